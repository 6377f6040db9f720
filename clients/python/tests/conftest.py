"""Fixtures: a service with the example, started as its users start it."""

import os
import socket
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from attest_client import Client, Retry

ROOT = Path(__file__).resolve().parents[3]
ATTEST = Path(os.environ.get("ATTEST", ROOT / ".venv" / "bin" / "attest"))
KEY = "a-key-of-more-than-32-characters-for-tests"
PATIENCE_SECONDS = 90


@pytest.fixture(scope="session")
def url():
    """Give the root of a service that holds the example, with a PostgreSQL of its own."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    plain = {name: text for name, text in os.environ.items() if not name.startswith("ATTEST_")}
    with TemporaryDirectory(prefix="attest-client-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as somebody else
        settings = {"PORT": port, "DATA_DIR": f"{folder}/data", "ADMIN_KEY": KEY}
        said = Path(folder, "said")
        with said.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 - the service, by its path
                [ATTEST, "run"],
                cwd=folder,
                env=plain | {f"ATTEST_{name}": str(value) for name, value in settings.items()},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        root = f"http://127.0.0.1:{port}"
        try:
            wait(process, root, said)
            yield root
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait(process, root, said):
    """Wait until a service is ready."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        try:
            if httpx.get(f"{root}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)


@pytest.fixture(scope="session")
def key():
    """Give the key of that service's administrator."""
    return KEY


@pytest.fixture(scope="session")
def client(url, key):
    """Give a client that may do everything."""
    with Client(url, key, retry=Retry(first=0.05)) as made:
        yield made
