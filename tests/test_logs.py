"""What only writes a log: it may fail, and no request with it."""

import json
import os
import resource
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.processes import ATTEST, PATIENCE, SECRET, ask, environment, free_port
from support.service import ROOT, key_of, new_database

from models.database import embedded, migrating

LIMIT = 4096
"""Bytes that a log may grow to where the disk is as good as full."""


@contextmanager
def serving(arguments, settings, **streams):
    """Run the service; give its root once it is ready. It must end well when it is told to."""
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(  # noqa: S603
        arguments, env=environment(port=port, workers=1, **settings), **streams
    )
    try:
        deadline = time.monotonic() + PATIENCE
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


@pytest.fixture
def full():
    """Give a file that nothing can be written to, as on a disk that is full."""
    with Path("/dev/full").open("wb") as file:
        yield file


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
        serving([ATTEST, "serve"], {"database_url": url}, stdout=writing, stderr=writing) as root,
    ):
        os.close(writing)
        assert head.readline()
        head.close()
        for number in range(3):
            use(root, secret, f"d{number}")


def test_the_disk_may_be_full(migrated, full):
    """A log on a full disk loses its lines, the first ones too."""
    url, secret = migrated
    with serving([ATTEST, "serve"], {"database_url": url}, stdout=full, stderr=full) as root:
        use(root, secret, "mine")


def test_standard_output_and_error_may_be_closed(migrated):
    """Closed from the start, they are no connection's number, and nothing is written into one."""
    url, secret = migrated
    command = f"exec {ATTEST} serve <&- >&- 2>&-"
    with serving(["/bin/sh", "-c", command], {"database_url": url}) as root:
        use(root, secret, "mine")


def test_what_was_lost_is_counted(migrated, tmp_path):
    """Once a log can be written again, it says how many lines are missing."""
    url, secret = migrated
    log = tmp_path / "log"

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    with (
        log.open("ab") as file,
        serving(
            [ATTEST, "serve"], {"database_url": url}, stdout=file, stderr=file, preexec_fn=small
        ) as root,
    ):
        for number in range(8):
            use(root, secret, f"d{number}")
        assert log.stat().st_size == LIMIT
        # A line that did not fit was torn, and is ended before the next one.
        ending = [] if log.read_bytes().endswith(b"\n") else [""]
        os.truncate(log, 0)
        assert ask(f"{root}/v1/datasets")[0] == 200
        lines = log.read_text().splitlines()
        assert lines[: len(ending)] == ending
        first, request = lines[len(ending) :][:2]
        notice = json.loads(first)
        assert notice["event"] == f"{notice['lost']} lines before this one could not be written."
        assert notice["lost"] > 10
        assert json.loads(request)["path"] == "/v1/datasets"


def test_a_first_run_may_tell_nobody(full):
    """`attest run` sets everything up and serves, though none of its lines can be written."""
    with TemporaryDirectory(prefix="attest-cli-") as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent, "data")
        settings = {"data_dir": folder, "admin_key": SECRET}
        try:
            with serving([ATTEST, "run"], settings, stdout=full, stderr=full) as root:
                assert ask(f"{root}/v1/statements")[1]["items"]
                use(root, SECRET, "mine")
        finally:
            embedded.stop(folder)


def told(url, *arguments, **streams):
    """Run a command; give its exit code and what it says on standard output."""
    done = subprocess.run(  # noqa: S603
        [ATTEST, *arguments],
        env=environment(database_url=url),
        check=False,
        timeout=PATIENCE,
        **streams,
    )
    return done.returncode, done.stdout


def test_a_command_goes_on_though_its_progress_is_lost(server, full):
    """Migrating and loading do all that they are told to, and a key is not made in secret."""
    file = ROOT / "examples" / "panjshir.json"
    with new_database(server) as url:
        assert told(url, "migrate", stdout=full, stderr=full)[0] == 0
        assert told(url, "load", file, file, stdout=full, stderr=full)[0] == 0
        code, secret = told(url, "key", "create", "mine", stdout=subprocess.PIPE, stderr=full)
        assert code == 0
        assert secret.startswith(b"attest_")


def test_an_answer_must_arrive(full):
    """A command that is asked for its output fails where that cannot be written."""
    assert told("", "openapi", stdout=full, stderr=subprocess.DEVNULL)[0] != 0
    assert told("", "settings", stdout=full, stderr=subprocess.DEVNULL)[0] != 0
