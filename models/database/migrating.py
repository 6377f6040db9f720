"""Migrations: which there are, which are pending, and applying them."""

import hashlib
import time
from importlib.resources import files

from models.database.connections import Connection, connect, limit

OLDEST_SERVER_VERSION = 150_000
"""PostgreSQL 15, as `server_version` writes it."""


class MigrationError(RuntimeError):
    """The database cannot be migrated to this version."""


def migrations() -> dict[str, str]:
    """Read the migrations in their order: name -> SQL."""
    folder = files("models.database") / "migrations"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {name: (folder / name).read_text(encoding="utf-8") for name in found}


def check(connection: Connection) -> None:
    """Refuse a PostgreSQL that cannot store the data: MigrationError says why."""
    if connection.info.server_version < OLDEST_SERVER_VERSION:
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


def pending(connection: Connection) -> list[str]:
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


MIGRATION_LOCK = 4_017_263_512
"""The advisory lock under which migrations run: any number that nobody else uses."""


def migrate(url: str) -> list[str]:
    """Apply the migrations that are missing, each in its own transaction; list their names."""
    applied: list[str] = []
    with connect(url) as connection:
        check(connection)
        while True:
            # The lock is the transaction's, for a pooler may give the next one another session.
            with connection.transaction():
                limit(connection, 0)
                [held] = connection.execute(
                    "SELECT pg_try_advisory_xact_lock(%s)", (MIGRATION_LOCK,)
                ).fetchone() or (False,)
                missing = step(connection) if held else None
            if missing is None:
                # Waiting inside PostgreSQL would deadlock with CREATE INDEX CONCURRENTLY: poll.
                time.sleep(0.1)
            elif missing:
                applied.append(missing[0])
            else:
                return applied


def step(connection: Connection) -> list[str]:
    """Apply the first of the migrations that are missing, which are listed."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations ("
        "name text CONSTRAINT migrations_pkey PRIMARY KEY, digest text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
    )
    missing = pending(connection)
    for name in missing[:1]:
        text = migrations()[name]
        connection.execute(text.encode())
        connection.execute(
            "INSERT INTO migrations (name, digest) VALUES (%s, %s)",
            (name, hashlib.sha256(text.encode()).hexdigest()),
        )
    return missing
