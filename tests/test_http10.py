"""HTTP/1.0, in which an answer ends where its connection does: a broken one is no end."""

import os
import signal
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from support.processes import running
from support.service import new_database, service

BYTES = 12_000_000
"""Size of an export that no socket takes at once."""

DOCUMENT = """
INSERT INTO documents (id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to,
    derived, body, full_text, starts_on, ends_on, begins)
SELECT gen_random_uuid(), 1, 'd', now(), now(), now(), '{}', '{}', '}',
    '{"id":"x","dataset":"d"', repeat('siege ', 20000), '-infinity', 'infinity', '-infinity'
FROM generate_series(1, 100)
"""

BREAKS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE xact_start IS NOT NULL"


def end_database(url, _process):
    """End the connections of whoever reads."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"{BREAKS} AND pid <> pg_backend_pid() AND datname = current_database()")


def kill_workers(_url, process):
    """Kill the workers of a service at once."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    for child in children.split():
        os.kill(int(child), signal.SIGKILL)


def read(root, then=None):
    """Read an export as a client of HTTP/1.0 does, and let something happen when it has begun."""
    place = urlsplit(root)
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((place.hostname, place.port))
        client.sendall(b"GET /v1/documents.ndjson?fields=text HTTP/1.0\r\n\r\n")
        found = client.recv(1_000)
        if then:
            then()
        while piece := client.recv(65_536):
            found += piece
    return found


def test_a_break_is_no_end(server, template, settings):
    """Whoever reads until the connection ends is told where it breaks; nginx by default does so."""
    with new_database(server, template) as url:
        with service(url, {**settings, "public_write": True}) as app:
            sent = {"id": "d", "name": "D"}
            assert app.test_client().post("/v1/datasets", json=sent).status_code == 201
        with psycopg.connect(url) as connection:
            connection.execute(DOCUMENT)
        with running("serve", database_url=url, workers=1) as (process, root, _):
            whole = read(root)
            assert len(whole) > BYTES
            assert whole.splitlines()[-1].startswith(b'{"end":true,"rows":100,')
            for happens in (end_database, kill_workers):
                with pytest.raises(ConnectionResetError):
                    read(root, lambda happens=happens: happens(url, process))
