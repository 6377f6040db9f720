"""What only writes a log: it may fail, and no request with it."""

import os
import resource
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.processes import ATTEST, ask, environment, free_port
from support.service import key_of, new_database

from models.database import migrating

LIMIT = 4096
"""Bytes that a log may grow to where the disk is as good as full."""


@contextmanager
def serving(url, arguments, **more):
    """Run the service; give its root once it is ready. It must end well when it is told to."""
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(  # noqa: S603
        arguments, env=environment(port=port, database_url=url, workers=1), **more
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None
            assert time.monotonic() < deadline
            try:
                if ask(f"{root}/readyz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.05)
        yield root
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(timeout=10)


@pytest.fixture
def migrated(server):
    """Give a database that is ready, and the secret of a key to it."""
    with new_database(server) as url:
        migrating.migrate(url)
        yield url, key_of(url, "write")


def use(root, secret, dataset):
    """Read, write, be refused, and ask for what is not there."""
    assert ask(f"{root}/v1/datasets")[0] == 200
    sent = {"id": dataset, "name": dataset}
    assert ask(f"{root}/v1/datasets", secret, "POST", sent)[0] == 201
    assert ask(f"{root}/v1/datasets", secret, "POST", sent)[0] == 409
    assert ask(f"{root}/v1/events?colour=red")[0] == 400
    assert ask(f"{root}/v1/nothing")[0] == 404
    assert ask(f"{root}/healthz")[0] == 200


def test_the_reader_of_the_log_may_go(migrated):
    """`attest serve 2>&1 | head -1` serves on when `head` has seen enough."""
    url, secret = migrated
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb") as head,
        serving(url, [ATTEST, "serve"], stdout=writing, stderr=writing) as root,
    ):
        os.close(writing)
        assert head.readline()
        head.close()
        for number in range(3):
            use(root, secret, f"d{number}")


def test_the_disk_may_be_full(migrated):
    """A log on a full disk loses its lines, the first ones too."""
    url, secret = migrated
    with (
        Path("/dev/full").open("wb") as full,
        serving(url, [ATTEST, "serve"], stdout=full, stderr=full) as root,
    ):
        use(root, secret, "mine")


def test_standard_output_and_error_may_be_closed(migrated):
    """Closed from the start, they are no connection's number, and nothing is written into one."""
    url, secret = migrated
    command = f"exec {ATTEST} serve <&- >&- 2>&-"
    with serving(url, ["/bin/sh", "-c", command]) as root:
        use(root, secret, "mine")


def test_what_was_lost_is_counted(migrated, tmp_path):
    """Once a log can be written again, it says how many lines are missing."""
    url, secret = migrated
    log = tmp_path / "log"

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    with (
        log.open("ab") as file,
        serving(url, [ATTEST, "serve"], stdout=file, stderr=file, preexec_fn=small) as root,
    ):
        for number in range(8):
            use(root, secret, f"d{number}")
        assert log.stat().st_size == LIMIT
        os.truncate(log, 0)
        assert ask(f"{root}/v1/datasets")[0] == 200
        first = log.read_text().splitlines()[0]
        assert first.endswith("lines before this one could not be written.")
        assert int(first.split()[0]) > 10
