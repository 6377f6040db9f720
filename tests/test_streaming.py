"""Exports under way: clients that leave, hang or are slow, workers and databases that die."""

import http.client
import os
import signal
import socket
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from support.processes import ask, running
from support.service import new_database

THREADS, EXPORTS = 6, 2

MEGABYTES = 30
"""How much an export has: more than the kernel keeps for a client that reads nothing."""

FILLED = """
INSERT INTO documents (id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to,
    derived, body, full_text, starts_on, ends_on, begins)
SELECT gen_random_uuid(), 1, 'd', now(), now(), now(), '{}', '{}', '}',
    '{"id":"x","dataset":"d"', repeat('siege ', 170000), '-infinity', 'infinity', '-infinity'
FROM generate_series(1, %s)
"""


@pytest.fixture(scope="module")
def database(server, template):
    """Give a database with documents of thirty megabytes."""
    with new_database(server, template) as url:
        with running("serve", database_url=url, workers=1, public_write="true") as (_, root, _):
            sent = {"id": "d", "name": "D"}
            assert ask(f"{root}/v1/datasets", method="POST", sent=sent)[0] == 201
        with psycopg.connect(url) as connection:
            connection.execute(FILLED, (MEGABYTES,))
        yield url


@pytest.fixture(scope="module")
def worker(database):
    """Serve it by one worker; give its root and its database."""
    given = {"workers": 1, "threads": THREADS, "exports": EXPORTS}
    with running("serve", database_url=database, **given) as (_, root, _):
        yield root, database


def exporting(url):
    """Count the connections that send an export, or hold a snapshot for one."""
    with psycopg.connect(url) as connection:
        [[count]] = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            " AND application_name = 'attest'"
        ).fetchall()
    return count


def until(condition, seconds):
    """Wait until a condition holds, for so many seconds at the most; give how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


@contextmanager
def asking(root, path="/v1/documents.csv?fields=id,text", version="1.1"):
    """Ask for an export and read nothing of it, by a small window."""
    place = urlsplit(root)
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((place.hostname, place.port))
        client.sendall(f"GET {path} HTTP/{version}\r\nHost: {place.netloc}\r\n\r\n".encode())
        yield client


def test_no_more_than_so_many_at_once(worker):
    """Beyond the limit an export is 503 and to be tried again; all else is served beside them."""
    root, url = worker
    with asking(root) as one, asking(root) as other:
        assert one.recv(12) == other.recv(12) == b"HTTP/1.1 200"
        status, problem = ask(f"{root}/v1/documents.csv")
        assert status == 503
        assert "exports" in problem["detail"]
        for _ in range(20):
            assert ask(f"{root}/v1/actors")[0] == 200
    until(lambda: exporting(url) == 0, 2)
    with asking(root, "/v1/datasets.csv") as client:
        assert client.recv(12) == b"HTTP/1.1 200"


def test_who_hangs_up_frees_the_connection(worker):
    """Within two seconds, midway."""
    root, url = worker
    with asking(root) as client:
        assert client.recv(1000)
        assert exporting(url) == 1
    until(lambda: exporting(url) == 0, 2)


@pytest.mark.parametrize("more", ["", "GET /v1/actors HTTP/1.1\r\n\r\n"])
@pytest.mark.parametrize(
    "path",
    [
        *("documents.ndjson", "documents.ndjson?fields=id", "documents.csv/digest"),
        *("events.xlsx", "events.parquet"),
    ],
)
def test_who_hangs_up_before_anything_is_sent(worker, path, more):
    """While PostgreSQL looks, too, and with further requests behind that nobody has read."""
    root, url = worker
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE documents, events IN ACCESS EXCLUSIVE MODE")
        with asking(root, f"/v1/{path}") as client:
            until(lambda: exporting(url) == 1, 5)
            client.sendall(more.encode())
        until(lambda: exporting(url) == 0, 2)


def test_who_reads_nothing_is_cut_off(worker):
    """After ten seconds without progress the connection is closed, and the export is over.

    In HTTP/1.0, where an answer ends as its connection does, the connection is reset.
    """
    root, url = worker
    with asking(root) as client, asking(root, version="1.0") as older:
        assert client.recv(1000)
        assert older.recv(1000)
        assert until(lambda: exporting(url) == 0, 15) > 8
        with suppress(ConnectionResetError):
            assert not rest(client).endswith(b"0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            rest(older)


def rest(client):
    """Read what a connection still has."""
    client.settimeout(5)
    got = b""
    while piece := client.recv(65_536):
        got += piece
    return got


def test_a_break_is_no_end(database):
    """A killed connection to the database, and a killed worker: the client sees that it broke.

    The service goes on, however often that happens.
    """
    given = {"workers": 1, "threads": THREADS}
    with running("serve", database_url=database, **given) as (process, root, _):
        place = urlsplit(root)
        for kill in ("connection", "connection", "connection", "worker"):
            client = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
            with closing(client):
                client.request("GET", "/v1/documents.csv?fields=id,text")
                answer = client.getresponse()
                assert answer.read(1000)
                if kill == "connection":
                    with psycopg.connect(database) as connection:
                        connection.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE datname = current_database() AND state = 'active'"
                            " AND pid <> pg_backend_pid() AND application_name = 'attest'"
                        )
                else:
                    for child in children(process.pid):
                        os.kill(child, signal.SIGKILL)
                with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                    answer.read()
            until(lambda: serves(root), 60)


def serves(root):
    """Tell whether a service answers."""
    with suppress(OSError):
        return ask(f"{root}/v1/actors")[0] == 200


def children(parent):
    """Give the processes that a process has started."""
    return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]


def test_a_statement_that_takes_too_long_is_told(database):
    """Before anything was sent, that is a problem like any other."""
    given = {"workers": 1, "export_timeout": 300}
    with (
        running("serve", database_url=database, **given) as (_, root, _),
        psycopg.connect(database) as connection,
    ):
        connection.execute("LOCK TABLE documents IN ACCESS EXCLUSIVE MODE")
        status, problem = ask(f"{root}/v1/documents.csv")
        assert status == 503
        assert "timed out" in problem["detail"]
