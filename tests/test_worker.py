"""The worker: one thread leads, and a slow request keeps nobody else waiting."""

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from support.processes import ask, running
from support.service import new_database

from models.database import migrating

THREADS = 3


@pytest.fixture(scope="module", params=["leader", "threads"])
def worker(request, server):
    """Serve an empty database by one worker; give its process, its root and the database."""
    with new_database(server) as url:
        migrating.migrate(url)
        given = {"database_url": url, "workers": 1, "threads": THREADS, "worker": request.param}
        with running("serve", **given) as (process, root, _):
            yield process, root, url


@contextmanager
def standstill(url, table):
    """Keep everybody from reading a table."""
    with psycopg.connect(url) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def waiting(url):
    """Count the statements that wait for a lock."""
    with psycopg.connect(url) as connection:
        [[count]] = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        ).fetchall()
    return count


def until(condition):
    """Wait until a condition holds, but not for ever."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_slow_requests_keep_nobody_waiting(worker):
    """While all threads but one are at slow requests, others are answered at once."""
    _, root, url = worker
    with ThreadPoolExecutor() as pool:
        with standstill(url, "events"):
            slow = [pool.submit(ask, f"{root}/v1/events") for _ in range(THREADS - 1)]
            until(lambda: waiting(url) == THREADS - 1)
            began = time.monotonic()
            for _ in range(50):
                assert ask(f"{root}/v1/actors")[0] == 200
            assert time.monotonic() - began < 5
            assert not any(each.done() for each in slow)
        assert [each.result()[0] for each in slow] == [200] * len(slow)


def test_more_slow_requests_than_threads(worker):
    """When all threads are at slow requests, everybody waits for them, and nobody is lost."""
    _, root, url = worker
    with ThreadPoolExecutor(max_workers=16) as pool:
        with standstill(url, "events"):
            slow = [pool.submit(ask, f"{root}/v1/events") for _ in range(2 * THREADS)]
            until(lambda: waiting(url) == THREADS)
            others = [pool.submit(ask, f"{root}/v1/actors") for _ in range(8)]
            assert not wait(others, timeout=0.5).done
        assert [each.result()[0] for each in slow + others] == [200] * (2 * THREADS + 8)
    assert ask(f"{root}/v1/events")[0] == 200


def test_many_at_once(worker):
    """Fast and slow requests of many connections are each answered with what was asked."""
    _, root, url = worker
    place = urlsplit(root).netloc

    def converse(number):
        connection = HTTPConnection(place, timeout=30)
        for turn in range(20):
            connection.request("GET", f"/v1/actors?tag={number}-{turn}", headers={"Accept": "*/*"})
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.read() == b'{"items":[],"next_cursor":null}\n'
            missing = f"/v1/events/00000000-0000-4000-8000-{number:06}{turn:06}"
            connection.request("GET", missing)
            answer = connection.getresponse()
            assert answer.status == 404
            assert missing.encode() in answer.read()
        connection.close()
        return number

    with ThreadPoolExecutor(max_workers=24) as pool:
        busy = [pool.submit(converse, number) for number in range(24)]
        for _ in range(5):
            with standstill(url, "events"):
                time.sleep(0.05)
            time.sleep(0.02)
        assert sorted(each.result() for each in busy) == [*range(24)]


def test_connections_that_say_nothing(request, worker):
    """Idle connections, more than there are threads, take no thread where one of them leads."""
    if request.node.callspec.params["worker"] == "threads":
        pytest.skip("gunicorn's own worker has a thread wait for each new connection")
    _, root, _ = worker
    place = urlsplit(root)
    idle = [socket.create_connection((place.hostname, place.port)) for _ in range(20 * THREADS)]
    try:
        began = time.monotonic()
        assert ask(f"{root}/v1/actors")[0] == 200
        assert time.monotonic() - began < 2
        late = idle[-1]
        late.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        late.settimeout(10)
        assert late.recv(12) == b"HTTP/1.1 200"
    finally:
        for each in idle:
            each.close()


def test_requests_sent_ahead(worker):
    """Requests that come without waiting for an answer are answered in their order."""
    _, root, _ = worker
    place = urlsplit(root)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        first = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(first + last)
        answered = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answered.index(b"HTTP/1.1 200") < answered.index(b"HTTP/1.1 404")


def test_a_worker_that_ends_answers_whom_it_has_accepted(worker):
    """Connections that are made while one worker ends and another starts are all answered."""
    process, root, _ = worker
    place = urlsplit(root).netloc

    def connect_until_replaced(ending):
        statuses = []
        while children(process.pid) in ([ending], []):
            with closing(HTTPConnection(place, timeout=20)) as connection:
                connection.request("GET", "/healthz")
                statuses.append(connection.getresponse().status)
        return statuses

    with ThreadPoolExecutor() as pool:
        for _ in range(5):
            [ending] = children(process.pid)
            clients = [pool.submit(connect_until_replaced, ending) for _ in range(4)]
            time.sleep(0.1)
            os.kill(ending, signal.SIGTERM)
            assert {status for each in clients for status in each.result(timeout=30)} == {200}


def children(master):
    """List the processes that a process has started."""
    listed = Path(f"/proc/{master}/task/{master}/children").read_text("ascii")
    return [int(each) for each in listed.split()]


def test_a_worker_ends_when_it_is_told(server):
    """What is under way is answered before a worker ends, however slow it is."""
    with new_database(server) as url:
        migrating.migrate(url)
        with (
            running("serve", database_url=url, workers=1, threads=2) as (process, root, _),
            ThreadPoolExecutor() as pool,
        ):
            with standstill(url, "events"):
                slow = pool.submit(ask, f"{root}/v1/events")
                until(lambda: waiting(url) == 1)
                process.send_signal(signal.SIGTERM)
                time.sleep(1)
                assert process.poll() is None
            assert slow.result()[0] == 200
            assert process.wait(timeout=20) == 0
