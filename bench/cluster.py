"""The PostgreSQL that is measured on, with the databases of the worlds in it.

`python -m bench.cluster 100000 1000000` starts it, loads the worlds of so many events that are
missing or were loaded by another version, and tells how to connect. It lies in `bench/.data`, or
where the environment variable BENCH_DATA says, and runs until `python -m bench.cluster --stop`.
"""

import argparse
import hashlib
import os
from pathlib import Path
from unittest.mock import patch

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench.load import load, say, schema_of
from bench.revisions import LASTING, SINCE, revise
from bench.world import World
from models.database import embedded, migrating
from models.tables import TABLES

FOLDER = Path(os.environ.get("BENCH_DATA") or Path(__file__).with_name(".data"))

SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "16MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "max_connections": "200",
    "jit": "off",
}
"""What a server of 8 GB or more is mostly set to, as SHOW writes it."""

VERSION = "2"
"""Changed when the loader loads the same records in another way."""


def main() -> None:
    """Start the PostgreSQL that is measured on, and load what is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=main.__doc__)
    parser.add_argument("events", type=int, nargs="*")
    parser.add_argument("--stop", action="store_true")
    arguments = parser.parse_args()
    if arguments.stop:
        embedded.stop(FOLDER)
        return
    say(start(FOLDER))
    for events in arguments.events:
        say(database(events))


def start(folder: Path = FOLDER) -> str:
    """Give the conninfo of the PostgreSQL in a folder, started with SETTINGS unless it runs so."""
    # A server takes what its command line says before anything that it was told later.
    with patch.dict(embedded.SETTINGS, SETTINGS):
        url = embedded.start(folder, durable=True)
        with psycopg.connect(url) as connection:
            differing = [
                name
                for name, value in SETTINGS.items()
                if connection.execute("SELECT current_setting(%s)", (name,)).fetchone() != (value,)
            ]
        if differing:
            embedded.stop(folder)
            url = embedded.start(folder, durable=True)
    return url


def database(events: int, folder: Path = FOLDER) -> str:
    """Give the conninfo of the database of a world, loaded unless it is there and complete."""
    server, world, name = start(folder), World(events), f"attest_{events}"
    wanted = digest(world)
    url = make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        # Whoever wants the same one waits until it is loaded.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            (name,),
        ).fetchone()
        if row == (wanted,):
            return url
        new(connection, name)
        load(url, world)
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(wanted)))
    return url


def new(connection: psycopg.Connection, name: str) -> None:
    """Make an empty database, in the place of one of the same name."""
    for statement in (
        "DROP DATABASE IF EXISTS {} WITH (FORCE)",
        "CREATE DATABASE {} TEMPLATE template0",
    ):
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def digest(world: World) -> str:
    """Hash what makes a loaded world: the migrations, and what records look like when rendered."""
    found = hashlib.sha256(f"{VERSION} {world.size} {world.seed}".encode())
    for text in migrating.migrations().values():
        found.update(text.encode())
    for kind in ("actors", "locations", "documents"):
        for body in world.sent(kind, 0, 10):
            found.update(repr(body).encode())
    chunk = world.chunk(0)
    before = revise(world, 0, *chunk).values()
    found.update(f"{SINCE} {LASTING} {[*before][:100]}".encode())
    for name, records in zip(("events", "statements"), chunk, strict=True):
        for record in records[:1_000]:
            found.update(schema_of(name).render(record).encode())
            found.update(repr(TABLES[name].row(record)).encode())
    return f"bench {found.hexdigest()}"


if __name__ == "__main__":
    main()
