"""Connections: to PostgreSQL itself and through a PgBouncer in transaction mode, whatever ends."""

import inspect
import json
import os
import pwd
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest
from psycopg import ClientCursor, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from support.crowds import Crowd, statuses
from support.problems import blocked, unavailable
from support.processes import SECRET, ask, attest, free_port, running
from support.races import RACES, one_of_two_changes_is_made
from support.service import ROOT, Client, example, key_of, name_of, new_database

from api.app import create_app
from api.service.serve import pool_of
from models.database import connections, embedded, migrating

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")

THREADS, SERVERS = 16, 2
"""So many connections the service has to PgBouncer, and PgBouncer to PostgreSQL."""

LACKING = {
    "statement_timeout": ("0", "30000"),
    "idle_in_transaction_session_timeout": ("0", "60000"),
    "DateStyle": ("ISO, MDY", "ISO, YMD"),
    "jit": ("on", "off"),
    "max_parallel_workers_per_gather": ("2", "0"),
}
"""What a role has where nobody has set it up, and what it must have."""


@contextmanager
def bouncing(server):
    """Run a PgBouncer before a PostgreSQL; give its address, without the name of a database."""
    if PGBOUNCER is None:
        pytest.skip("There is no pgbouncer here: Debian has it in its package pgbouncer.")
    given = conninfo_to_dict(server)
    to = {name: given[name] for name in ("host", "port", "user", "password") if given.get(name)}
    with TemporaryDirectory(prefix="attest-pooler-") as folder:
        # As root it must run as somebody else, who can reach PostgreSQL's socket.
        place, account = Path(given.get("host") or ""), {}
        if os.geteuid() == 0:
            owner = place.stat().st_uid if place.is_absolute() else 0
            person = pwd.getpwuid(owner) if owner else pwd.getpwnam(embedded.ACCOUNT)
            account = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
            os.chown(folder, person.pw_uid, person.pw_gid)
        chosen = Path(folder, "pgbouncer.ini")
        chosen.write_text(
            f"[databases]\n* = {' '.join(f'{name}={value}' for name, value in to.items())}\n"
            "[pgbouncer]\npool_mode = transaction\nauth_type = any\nadmin_users = anybody\n"
            f"default_pool_size = {SERVERS}\nmax_client_conn = 200\n"
            f"listen_addr =\nlisten_port = 6432\nunix_socket_dir = {folder}\n"
        )
        chosen.chmod(0o644)
        said = Path(folder, "said")
        with (
            said.open("wb") as file,
            Popen([PGBOUNCER, chosen], stdout=file, stderr=file, **account) as process,  # noqa: S603
        ):
            try:
                deadline = monotonic() + 10
                while not Path(folder, ".s.PGSQL.6432").exists():
                    assert process.poll() is None, said.read_text()
                    assert monotonic() < deadline, said.read_text()
                    sleep(0.02)
                yield make_conninfo(host=folder, port=6432, user="anybody")
            finally:
                process.terminate()


def console(url, command):
    """Tell PgBouncer something, or ask it; it takes nothing but plain text."""
    administration = make_conninfo(url, dbname="pgbouncer")
    with (
        psycopg.connect(administration, autocommit=True, cursor_factory=ClientCursor) as connection,
        connection.execute(command) as cursor,
    ):
        return cursor.fetchall() if cursor.description else None


@contextmanager
def owned(server, prepared=None):
    """Make a database and a role that owns it; give its address as that role.

    With `prepared`, it is a copy of that database, and what its role owns there is the role's here.
    """
    role, password = f"attest_{uuid4().hex}", uuid4().hex
    with psycopg.connect(server, autocommit=True) as connection:
        made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(made.format(sql.Identifier(role), password))
        with new_database(server, prepared and name_of(prepared)) as url:
            change = sql.SQL("ALTER DATABASE {} OWNER TO {}")
            connection.execute(change.format(sql.Identifier(name_of(url)), sql.Identifier(role)))
            if prepared:
                reassign(url, conninfo_to_dict(prepared)["user"], role)
            yield make_conninfo(url, user=role, password=password)
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def reassign(url, before, role):
    """Give a role what another one owns in a database."""
    change = sql.SQL("REASSIGN OWNED BY {} TO {}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(change.format(sql.Identifier(before), sql.Identifier(role)))


@pytest.fixture(scope="module")
def prepared(server):
    """Give a database with all migrations applied by a role of its own, to be copied."""
    with owned(server) as url:
        migrating.migrate(url)
        # What is shared among databases would be reassigned as well: only tables shall be.
        with psycopg.connect(server, autocommit=True) as connection:
            change = sql.SQL("ALTER DATABASE {} OWNER TO CURRENT_USER")
            connection.execute(change.format(sql.Identifier(name_of(url))))
        yield url


def set_up(url, statement_timeout=30_000):
    """Give a role the settings that it needs behind a pooler."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in connections.role_settings(statement_timeout):
            connection.execute(statement)


@contextmanager
def served(url, settings, **chosen):
    """Make a service with more threads than a pooler has connections."""
    pool = pool_of({**settings, "threads": THREADS, "pool_wait": 10, **chosen}, url)
    pool.open(wait=True)
    try:
        app = create_app(pool, {**settings, **chosen})
        app.test_client_class = Client
        yield app
    finally:
        pool.close()


def keyed(app, url):
    """Give a client that may do everything."""
    client = app.test_client()
    client.secret = key_of(url, "admin")
    return client


@pytest.fixture(params=["directly", "pooled"])
def way(request, server, prepared, settings):
    """Give a way to PostgreSQL: its own address, the one to use, and how to serve it."""
    with owned(server, prepared) as url:

        @contextmanager
        def serving(**chosen):
            if request.param == "directly":
                with served(url, settings, **chosen) as app:
                    yield app
                return
            set_up(url, chosen.get("statement_timeout", 30_000))
            with (
                bouncing(url) as pooler,
                served(
                    make_conninfo(pooler, dbname=name_of(url)), settings, pooler=True, **chosen
                ) as app,
            ):
                yield app

        yield SimpleNamespace(url=url, serving=serving)


@pytest.fixture
def fresh(server, prepared, settings):
    """Give a database of a test's own and a service on it, with a PgBouncer between them."""
    with owned(server, prepared) as url, bouncing(url) as pooler:
        through = make_conninfo(pooler, dbname=name_of(url))
        set_up(url)
        with served(through, settings, pooler=True) as app:
            yield url, app


@pytest.fixture
def crowd(fresh):
    """Gather clients of a service behind a PgBouncer, with a dataset and nothing in it."""
    crowd = Crowd(*fresh)
    assert crowd.one.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    return crowd


@pytest.fixture
def sources(crowd):
    """Create actors and documents to speak and be quoted."""
    return (
        [crowd.posted("actors", name=f"Actor {n}")["id"] for n in range(6)],
        [crowd.posted("documents", title=f"Document {n}")["id"] for n in range(3)],
    )


# Through a pooler.


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_what_holds_without_a_pooler_holds_with_one(request, race):
    """What several do at once comes out the same where they share two connections."""
    race(*(request.getfixturevalue(name) for name in inspect.signature(race).parameters))


def test_of_two_changes_of_one_version_one_is_made(crowd):
    """Nor does a pooler let a change pass that comes too late."""
    one_of_two_changes_is_made(crowd, "actors", {"name": "A"}, "name", 20)


LISTS = (
    *("datasets", "documents", "actors", "locations", "events", "statements", "events?limit=2"),
    *("events?country=AF", "events?country=AF,PK", "events?status=disputed,denied,claimed"),
    *("events?datetime=2021-08-15/2021-08-22", "events?datetime=../2021-08&datetime_match=certain"),
    *("events?bbox=60,29,75,39", "events?near=69.17,34.53&radius=200&sort=-starts_on"),
    *("events?type=assault&total=exact", "events?total=estimate", "events?sort=-updated_at"),
    *("events?country=AF&datetime=2021-08-15/..&status=disputed", "events?fatalities_min=1"),
    *("events?external_id=seed:E1&expand=location,participants.actor", "events?tag=siege"),
    *("statements?stance=denies", "statements?stance=asserts&act=assert&sort=-updated_at"),
    *("statements?form=paraphrase&limit=5", "statements?form=direct_quote&total=exact"),
    *("actors?name=taliban", "actors?kind=organization&sort=name", "locations?country=AF"),
    *("documents?language=en", "locations?bbox=60,29,75,39&total=exact", "actors?sort=-name"),
)
"""Lists of all kinds: prepared and sent with their values where there is no pooler."""


def test_lists_are_the_same(server, settings):
    """Many read lists at once through few connections, and each gets what there is."""
    with owned(server) as url, bouncing(url) as pooler:
        through = make_conninfo(pooler, dbname=name_of(url))
        set_up(url)
        migrating.migrate(through)
        with served(url, settings) as direct, served(through, settings, pooler=True) as app:
            one = keyed(direct, url)
            assert one.post("/v1/bundles", json=example()).status_code == 201
            expected = {path: one.get(f"/v1/{path}") for path in LISTS}
            assert statuses(expected.values()) == {200: len(LISTS)}

            def reading(start):
                def work(client):
                    order = [*islice(cycle(LISTS), start, start + len(LISTS))]
                    return {path: client.get(f"/v1/{path}") for path in order}

                return work

            crowd = Crowd(url, app)
            for answers in crowd.together(*map(reading, range(THREADS))):
                for path, answer in answers.items():
                    assert answer.get_json() == expected[path].get_json(), path
            assert crowd.listed("events", limit=2) == expected["events"].get_json()["items"]
            # Nothing was prepared on either of the two connections.
            assert len(console(through, "SHOW SERVERS")) <= SERVERS
            with connections.connect(through) as connection:
                for _ in range(8):
                    prepared = connection.execute("SELECT count(*) FROM pg_prepared_statements")
                    assert prepared.fetchone() == (0,)


def test_from_the_first_command_to_the_last(server):
    """Migrating, loading, serving with several workers, keys: all of it goes through a pooler.

    A role that lacks settings is told of, each by its name, until it has what is printed.
    """
    with owned(server) as url, bouncing(url) as pooler:
        through = make_conninfo(pooler, dbname=name_of(url))
        chosen = {"database_url": through, "pooler": "true", "admin_key": SECRET}
        serving = {**chosen, "threads": THREADS // 2, "log_format": "json"}
        assert "up to date" in attest("migrate", **chosen)
        with running("serve", **serving) as (_, _, said):
            lacking = warned(said)
            assert {name: lacking.get(name) for name in LACKING} == LACKING
            assert {*lacking} - {*LACKING} <= {"TimeZone"}
        printed = attest("role-settings", **chosen)
        assert f"\n```\n{printed}```\n" in (ROOT / "docs" / "operations.md").read_text()
        with psycopg.connect(through, autocommit=True) as connection:
            connection.execute(printed)
        console(through, "RECONNECT")
        assert "created" in attest("load", ROOT / "examples" / "panjshir.json", **chosen)
        assert "valid" in attest("key", "list", **chosen)
        with running("serve", **serving) as (_, root, said):
            used(root)
            assert warned(said) == {}
            lines = [json.loads(line) for line in said.read_text().splitlines()]
            assert [line for line in lines if line.get("level") in {"warning", "error"}] == []


def warned(said):
    """List the settings that a service has said its connections lack."""
    lines = [json.loads(line) for line in said.read_text().splitlines() if line[0] == "{"]
    found = [line for line in lines if line["event"] == "connections lack a setting"]
    assert all("attest role-settings" in line["see"] for line in found)
    return {line["name"]: (line["value"], line["needed"]) for line in found}


def used(root):
    """Read and write with more threads than there are connections; all of it succeeds."""

    def work(number):
        for turn in range(12):
            path = LISTS[(number + turn) % len(LISTS)]
            actor = {"dataset": "panjshir-2021", "name": f"A {number} {turn}"}
            status, made = ask(f"{root}/v1/actors", SECRET, "POST", actor)
            assert (status, ask(f"{root}/v1/{path}", SECRET)[0]) == (201, 200)
            assert ask(f"{root}/v1/actors/{made['id']}", SECRET) == (200, made)

    with ThreadPoolExecutor(THREADS) as threads:
        assert len([*threads.map(work, range(THREADS))]) == THREADS


def test_a_pooler_that_nobody_has_told_of(server):
    """Where a pooler takes no settings and the service sends some, it says what to do."""
    with owned(server) as url, bouncing(url) as pooler:
        migrating.migrate(url)
        through = make_conninfo(pooler, dbname=name_of(url))
        said = attest("serve", status=1, database_url=through, port=free_port())
        assert "unsupported startup parameter: options (see ATTEST_POOLER)" in said


# By either way.


@contextmanager
def locked(url, table):
    """Let nobody use a table meanwhile."""
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("LOCK TABLE {}").format(sql.Identifier(table)))
        yield


def test_each_kind_of_request_has_a_limit_of_its_own(way):
    """Reads and single writes are given up soon, bundles wait longer, and nothing stays of that."""
    bundle = {"dataset": "d", "actors": [{"name": "A"}]}
    with way.serving(statement_timeout=300) as app:
        client, answers = keyed(app, way.url), []
        bundling = Thread(target=lambda: answers.append(client.post("/v1/bundles", json=bundle)))
        with locked(way.url, "datasets"):
            assert "timed out" in unavailable(client.get("/v1/datasets"), "query-timeout")["detail"]
            sent = {"id": "e"}
            assert (
                "timed out"
                in unavailable(client.post("/v1/datasets", json=sent), "query-timeout")["detail"]
            )
            bundling.start()
            blocked(way.url)
            sleep(1)
            assert not answers
        bundling.join(10)
        assert statuses(answers) == {201: 1}
        for connection in islice(held(app), 4):
            assert connection.execute("SHOW statement_timeout").fetchone() == ("300ms",)
            idle = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
            assert idle == ("1min",)
            assert connection.execute("SHOW timezone").fetchone() == ("UTC",)


def test_a_bundle_takes_too_long(way):
    """A bundle is given up too in the end."""
    with way.serving(bundle_timeout=300) as app, locked(way.url, "datasets"):
        answer = keyed(app, way.url).post("/v1/bundles", json={"dataset": "d"})
        assert "timed out" in unavailable(answer, "query-timeout")["detail"]


def test_a_probe_does_not_wait(way):
    """Whether the service can serve is known within seconds, whatever other requests wait."""
    with way.serving() as app, locked(way.url, "migrations"):
        began = monotonic()
        unavailable(app.test_client().get("/readyz"), "query-timeout")
        assert monotonic() - began < 10


def held(app):
    """Take the connections of a service, one after the other."""
    pool, taken = app.extensions["pool"], []
    try:
        for _ in range(THREADS):
            taken.append(pool.getconn())
            yield taken[-1]
    finally:
        for connection in taken:
            pool.putconn(connection)


def gone(app, url):
    """Wait until nobody but us is connected to a database, and a pooler has noticed."""
    with psycopg.connect(url, autocommit=True) as connection:
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        deadline = monotonic() + 10
        while connection.execute(others).fetchone() != (0,) and monotonic() < deadline:
            sleep(0.02)
    reached = app.extensions["pool"].conninfo
    while app.extensions["settings"]["pooler"] and console(reached, "SHOW SERVERS"):
        assert monotonic() < deadline
        sleep(0.02)


def everything_succeeds(app, url):
    """Read and write at once, with all connections that there are."""
    crowd = Crowd(url, app)

    def work(client):
        return [
            client.get("/v1/datasets"),
            client.post("/v1/datasets", json={"id": f"d{uuid4().hex}"}),
            client.get("/readyz"),
        ]

    found = [answer for answers in crowd.together(*[work] * THREADS) for answer in answers]
    assert statuses(found) == {200: 2 * THREADS, 201: THREADS}


def test_whoever_ends_connections_fails_no_request(way):
    """When PostgreSQL has ended all connections between two requests, neither fails."""
    with way.serving() as app:
        for _ in range(3):
            assert len([*held(app)]) == THREADS
            with psycopg.connect(way.url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND backend_type = 'client backend'"
                )
            gone(app, way.url)
            everything_succeeds(app, way.url)


@pytest.mark.parametrize("pooler", [False, True])
def test_postgresql_is_restarted(settings, pooler):
    """A PostgreSQL that stops and starts between two requests lets neither fail."""
    with TemporaryDirectory(prefix="attest-tests-") as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent, "cluster")
        url = embedded.start(folder, durable=False)
        try:
            migrating.migrate(url)
            with bouncing(url) if pooler else direct(url) as address:
                reached = make_conninfo(address, dbname=name_of(url))
                with served(reached, settings, pooler=pooler) as app:
                    assert len([*held(app)]) == THREADS
                    embedded.stop(folder)
                    assert embedded.start(folder, durable=False) == url
                    gone(app, url)
                    everything_succeeds(app, url)
        finally:
            embedded.stop(folder)


@contextmanager
def direct(url):
    """Give the address itself."""
    yield url
