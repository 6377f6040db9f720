"""The way to PostgreSQL: connections, their settings, and migrations."""

import hashlib
import select
import time
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import Connection, Cursor, conninfo
from psycopg_pool import ConnectionPool

OLDEST = 150_000
"""PostgreSQL 15, as `server_version` writes it."""


class MigrationError(RuntimeError):
    """The schema cannot be brought to what this version needs."""


def configure(url: str, statement_timeout: int) -> str:
    """Add what every connection is set to: UTC, ISO dates, a limit for statements in ms."""
    options = (
        f"-c statement_timeout={statement_timeout} -c timezone=UTC -c datestyle=ISO,YMD"
        " -c idle_in_transaction_session_timeout=60s"
        # A page is a few hundred microseconds: to compile it or to share it out costs more.
        " -c jit=off -c max_parallel_workers_per_gather=0"
        # What is prepared has one way to be done; `finding` sends the rest with its values inside.
        " -c plan_cache_mode=force_generic_plan"
    )
    given = conninfo.conninfo_to_dict(url)
    together = f"{given.get('options') or ''} {options}".strip()
    more: dict[str, Any] = {"options": together, "application_name": "attest", "connect_timeout": 5}
    return conninfo.make_conninfo(url, **more)


def usable(connection: Connection[Any]) -> None:
    """Ask the server whether it is there, if it has said anything unasked; or OperationalError.

    A server that ends closes its connections, and an idle connection has nothing else to read: so
    looking costs microseconds, where asking each time would cost as much as a read.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)


def reader(connection: Connection[Any]) -> Cursor[Any]:
    """Give the one cursor that a connection keeps for reads: making one costs as much as a read.

    What it has found must be taken from it before it is used again.
    """
    kept: Cursor[Any] | None = connection.__dict__.get("reader")
    if kept is None:
        kept = connection.__dict__["reader"] = connection.cursor()
    return kept


def pool(url: str, *, size: int, statement_timeout: int, patience: float) -> ConnectionPool[Any]:
    """Make a pool that is not open yet: each worker opens its own, after the fork.

    `patience` is how long a request waits for a connection, in seconds.
    """
    return ConnectionPool(
        configure(url, statement_timeout),
        min_size=1,
        max_size=size,
        timeout=patience,
        max_waiting=size * 16,
        reconnect_timeout=0,
        open=False,
        check=usable,
        # Reads need no transaction: it would cost them two more round trips.
        kwargs={"autocommit": True, "prepare_threshold": 0},
        name="attest",
    )


def migrations() -> dict[str, str]:
    """Read the migrations in their order: name -> SQL."""
    folder = files("models") / "migrations"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {name: (folder / name).read_text(encoding="utf-8") for name in found}


def check(connection: Connection[Any]) -> None:
    """Refuse a PostgreSQL that cannot keep what there is to keep: MigrationError says why."""
    if connection.info.server_version < OLDEST:
        raise MigrationError(
            f"PostgreSQL 15 or newer is needed; this is {connection.info.server_version}."
        )
    # 201 is É in Unicode alone, so the encoding comes first.
    [encoding] = connection.execute("SHOW server_encoding").fetchone() or ("",)
    if encoding == "UTF8":
        [small] = connection.execute("SELECT lower(chr(201)) = chr(233)").fetchone() or (False,)
    if encoding != "UTF8" or not small:
        raise MigrationError(
            "The database must have the encoding UTF8, and a locale that knows all letters,"
            " such as C.UTF-8."
        )


def pending(connection: Connection[Any]) -> list[str]:
    """List the migrations that have not been applied yet; MigrationError for an edited one."""
    check(connection)
    known = connection.execute("SELECT to_regclass('migrations') IS NOT NULL").fetchone()
    applied: dict[str, str] = {}
    if known and known[0]:
        applied = dict(
            connection.execute(
                "SELECT migrations.name, migrations.digest FROM migrations"
            ).fetchall()
        )
    texts = migrations()
    for name, digest in applied.items():
        if name not in texts:
            raise MigrationError(
                f"The database has migration {name}, which this version does not know."
            )
        if hashlib.sha256(texts[name].encode()).hexdigest() != digest:
            raise MigrationError(f"Migration {name} was edited after it had been applied.")
    return [name for name in texts if name not in applied]


LOCK = 4_017_263_512
"""The advisory lock under which migrations run: any number that nobody else uses."""


def migrate(url: str) -> list[str]:
    """Apply the migrations that are missing, each in its own transaction; list their names."""
    with psycopg.connect(url, autocommit=True) as connection:
        check(connection)
        # Waiting inside PostgreSQL would deadlock with CREATE INDEX CONCURRENTLY: poll instead.
        while (
            connection.execute("SELECT true WHERE pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
            is None
        ):
            time.sleep(0.1)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations ("
            "name text CONSTRAINT migrations_pkey PRIMARY KEY, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
        names = pending(connection)
        for name in names:
            text = migrations()[name]
            with connection.transaction():
                connection.execute(text.encode())
                connection.execute(
                    "INSERT INTO migrations (name, digest) VALUES (%s, %s)",
                    (name, hashlib.sha256(text.encode()).hexdigest()),
                )
        return names
