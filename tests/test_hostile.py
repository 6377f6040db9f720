"""What hostile clients send over a socket of their own: chunks, heads, and bodies that cost."""

import json
import re
import socket
import time
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from support.processes import running
from support.service import new_database

from models.database import migrating


@pytest.fixture(scope="module")
def service(server):
    """Serve an empty database with a small limit; give the root and the key."""
    with new_database(server) as url:
        migrating.migrate(url)
        given = {"database_url": url, "workers": 1, "max_body": 300_000, "public_write": "true"}
        with running("serve", **given, worker_memory=64) as (process, root, _):
            yield process, urlsplit(root).netloc


def told(netloc, sent):
    """Send bytes on a connection; give the status of each answer until it is closed."""
    host, _, port = netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        received = b""
        # Whoever is refused early may be cut off while still sending.
        with suppress(OSError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while part := connection.recv(65_536):
                received += part
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", received)], received


def chunked(*chunks, path="/v1/datasets"):
    """Write a request whose body comes in chunks that are given as they are."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + b"".join(chunks)


def chunk(data):
    """Write a chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@pytest.mark.parametrize(
    ("size", "status"), [(200_000, 201), (299_983, 201), (300_001, 413), (900_000, 413)]
)
def test_chunks_over_the_limit(service, size, status):
    """A body that comes in chunks has the same limit as one whose length is announced."""
    _, netloc = service
    body = json.dumps({"id": f"d{size}"}).encode()
    body += b" " * (size - len(body))
    parts = [chunk(body[at : at + 50_000]) for at in range(0, size, 50_000)]
    statuses, received = told(netloc, chunked(*parts, b"0\r\n\r\n"))
    if status == 201:
        assert statuses == [201], received
    else:  # or the connection was cut off before the answer could be read
        assert statuses in ([413], []), received


@pytest.mark.parametrize(
    "broken",
    [
        b"zz\r\n{}\r\n0\r\n\r\n",
        b"-5\r\n{}\r\n",
        b"0x5\r\n{    }\r\n0\r\n\r\n",
        b"5\r\n{}\r\n",
        b"2\r\n{}zz",
        b"0\r\n" + b"a: b\r\n" * 200_000 + b"\r\n",
        b"+2\r\n{}\r\n0\r\n\r\n",
        b"",
    ],
    ids=range(8),
)
def test_broken_chunks(service, broken):
    """Chunks that are none are a bad request, answered once, and the connection is closed."""
    _, netloc = service
    statuses, received = told(netloc, chunked(broken))
    assert statuses in ([400], []), received
    assert b"Traceback" not in received


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /v1/actors HTTP/1.1\r\n\r\n", 400),
        ("GET /v1/actors HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /v1/actors HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET /v1/actors HTTP/1.0\r\n\r\n", 200),
        ("GET //v1/actors HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    ],
)
def test_heads(service, head, status):
    """A request names one host, and its path has no slash too many."""
    _, netloc = service
    assert told(netloc, head.encode())[0][0] == status


def test_names_that_stand_twice(service):
    """A body of many members, the last of which stands twice, is refused at once."""
    _, netloc = service
    members = ",".join(f'"{n:x}":0' for n in range(20_000))
    body = f'{{{members},"0":1,"4e1f":1}}'
    began = time.perf_counter()
    with closing(HTTPConnection(netloc)) as connection:
        connection.request("POST", "/v1/datasets", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 400
        assert "stands twice" in json.loads(answer.read())["detail"]
    assert time.perf_counter() - began < 2


def test_clients_that_do_not_close_keep_nobody_waiting(service):
    """Connections that the service has ended are left to their clients, and then closed."""
    _, netloc = service
    host, _, port = netloc.partition(":")
    sent = b"GET /v1/actors HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        ended = [
            held.enter_context(socket.create_connection((host, int(port)), timeout=10))
            for _ in range(5)
        ]
        for connection in ended:
            connection.sendall(sent)
            assert connection.recv(12) == b"HTTP/1.1 200"
        began = time.monotonic()
        assert told(netloc, sent)[0] == [200]
        assert time.monotonic() - began < 2
        for connection in ended:
            while connection.recv(65_536):
                pass
        with suppress(ConnectionError):
            while time.monotonic() - began < 10:
                ended[0].sendall(b"x")
                time.sleep(0.1)
        assert time.monotonic() - began < 6


def test_a_grown_worker_is_replaced(service):
    """A worker that has grown beyond its limit ends when it has nothing to do; nobody notices."""
    process, netloc = service
    before = workers(process.pid)
    unknown = json.dumps({f"{n:x}": [[]] for n in range(15_000)})
    until = time.monotonic() + 20
    while workers(process.pid) == before and time.monotonic() < until:
        # A connection that is kept may end with the worker, as any may that nothing is asked on.
        with closing(HTTPConnection(netloc)) as connection:
            sent = {"Content-Type": "application/json"}
            connection.request("POST", "/v1/datasets", unknown, sent)
            assert connection.getresponse().status == 422
        time.sleep(0.3)
    assert workers(process.pid) != before


def workers(master):
    """List the processes that a process has started."""
    with open(f"/proc/{master}/task/{master}/children") as listed:  # noqa: PTH123
        return listed.read()
