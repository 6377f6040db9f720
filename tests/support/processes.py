"""The service as a process of its own, and requests to it."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ATTEST = Path(sys.executable).with_name("attest")


SECRET = "a-secret-of-more-than-32-characters"  # noqa: S105


PATIENCE = 60
"""Seconds that a service has to start, on a machine that is busy."""


def environment(**settings):
    """Give the environment of a command, with these settings and no others."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("ATTEST_")}
    return plain | {f"ATTEST_{name.upper()}": str(value) for name, value in settings.items()}


def attest(*arguments, status=0, traced=False, **settings):
    """Run a command to its end, and give what it says; on stderr, where it fails."""
    done = subprocess.run(  # noqa: S603
        [ATTEST, *map(str, arguments)],
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == status, done.stderr
    assert ("Traceback" in done.stderr) == traced
    return done.stderr if status else done.stdout


EACH = """
import json, sys
from api.service.cli import main
for command in json.loads(sys.argv[1]):
    try:
        main(command)
    except SystemExit as ended:
        print(f"\\n-- {ended.code}", file=sys.stderr, flush=True)
"""
"""A program that runs commands one after the other, since to start one takes a second."""


def failures(commands, **settings):
    """Run commands that fail; give what each says on stderr."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", EACH, json.dumps(commands)],
        env=environment(port=free_port(), **settings),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert "Traceback" not in done.stderr
    *said, rest = done.stderr.split("\n-- 1\n")
    assert (len(said), rest) == (len(commands), "")
    return said


def free_port():
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ask(url, secret=None, method="GET", sent=None):
    """Send a request over the loopback; give status and body."""
    headers = {"Content-Type": "application/json"}
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    data = None if sent is None else json.dumps(sent).encode()
    request = Request(url, data=data, headers=headers, method=method)  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read() or "null")
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.loads(refusal.read())


@contextmanager
def running(command, **settings):
    """Run a service until the block ends; give its process, its root and what it has said."""
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    with TemporaryDirectory(prefix="attest-cli-") as folder:
        said = Path(folder, "said")
        with said.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603
                [ATTEST, command],
                env=environment(port=port, **settings),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < deadline, said.read_text()
                with suppress(URLError, OSError):
                    if ask(f"{root}/readyz")[0] == 200:
                        break
                time.sleep(0.05)
            yield process, root, said
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=60)
