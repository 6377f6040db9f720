"""The contenders as processes: how each is started, tuned, watched and ended."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).absolute().parents[2]
"""The folder that holds the service."""

PATIENCE = 60.0
"""Seconds that a server has until it answers."""

WORKERS = 2
THREADS = 4
"""Processes of each contender but datasette, which has one; threads of gunicorn's workers."""

GUNICORN = (
    "-m",
    "gunicorn",
    "--bind=127.0.0.1:{port}",
    f"--workers={WORKERS}",
    f"--threads={THREADS}",
    "--worker-class=gthread",
    "--keep-alive=75",
    "--no-control-socket",
)

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "attest": ("-c", "from api.service.cli import main; main()", "serve"),
    "fastapi": (
        "-m",
        "uvicorn",
        "--host=127.0.0.1",
        "--port={port}",
        f"--workers={WORKERS}",
        "--loop=uvloop",
        "--http=httptools",
        "--no-access-log",
        "--log-level=warning",
        "bench.peers.fastapi_app:app",
    ),
    "flask": (*GUNICORN, "bench.peers.flask_app:app"),
    "hello": (*GUNICORN, "bench.peers.hello_app:app"),
    "datasette": (
        "-m",
        "datasette",
        "serve",
        "--host=127.0.0.1",
        "--port={port}",
        "--immutable={file}",
        "--inspect-file={file}.json",
        "--setting",
        "suggest_facets",
        "off",
    ),
}
"""How Python starts each contender."""

FIRST = {
    "attest": "/v1/events?limit=1",
    "fastapi": "/hello",
    "flask": "/events?limit=1",
    "hello": "/hello",
    "datasette": "/-/versions.json",
}
"""What each is asked until it answers."""


@dataclass(frozen=True)
class Server:
    """A contender that serves."""

    name: str
    port: int
    pid: int

    def ask(
        self, path: str, method: str = "GET", body: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask it something: status, headers by names in lower case, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers(self.name, body))
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()

    def memory(self) -> dict[str, int]:
        """Give the proportional set size of each of its processes, in KiB: the parent's first."""
        found = {str(pid): pss(pid) for pid in family(self.pid)}
        return {pid: size for pid, size in found.items() if size}


def headers(name: str, body: str | None = None) -> dict[str, str]:
    """Give what a request to a contender carries."""
    del name  # none of them asks who it is
    return {"Content-Type": "application/json"} if body else {}


@contextmanager
def serving(
    names: tuple[str, ...], url: str, folder: Path, file: Path | None = None
) -> Iterator[dict[str, Server]]:
    """Serve the database at `url` by each of the contenders, with their logs in `folder`."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(served(name, url, folder, file)) for name in names}


@contextmanager
def served(name: str, url: str, folder: Path, file: Path | None) -> Iterator[Server]:
    """Serve by one contender, and end its processes."""
    port = free_port()
    command = [part.format(port=port, file=file) for part in COMMANDS[name]]
    own = {
        "ATTEST_DATABASE_URL": url,
        "ATTEST_PORT": str(port),
        "ATTEST_PUBLIC_WRITE": "true",
        "ATTEST_WORKERS": str(WORKERS),
        "ATTEST_THREADS": str(THREADS),
    }
    inherited = {key: at for key, at in os.environ.items() if not key.startswith("ATTEST_")}
    environment = {
        **inherited,
        **(own if name == "attest" else {"BENCH_URL": url}),
        "PYTHONPATH": str(ROOT),
    }
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    server = Server(name, port, process.pid)
    try:
        wait(server, process, folder)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(server: Server, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until a server answers; RuntimeError with the end of its log if it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.ask(FIRST[server.name])[0] == http.client.OK:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    said = (folder / f"{server.name}.log").read_text(errors="replace").splitlines()[-20:]
    raise RuntimeError("\n".join([f"{server.name} does not serve:", *said]))


def free_port() -> int:
    """Give a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """List a process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += sorted(child for child, parent in parents.items() if parent == one)
    return found


def pss(pid: int) -> int:
    """Read the proportional set size of a process, in KiB; 0 where it cannot be read."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:"), 0)
