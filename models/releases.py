"""Releases: named instants, with counts and digests of the records then."""

import hashlib
from datetime import datetime
from typing import NamedTuple

import orjson
from psycopg import sql

from models.database.connections import Connection
from models.past import as_of
from models.table import Row, Table, text
from models.tables import TABLES

RECORDS_AT_ONCE = 2_000
"""Maximum number of records read at once."""


class Contents(NamedTuple):
    """Contents of a release: records of each resource, and a digest of each and of all."""

    counts: dict[str, int]
    checksums: dict[str, str]
    checksum: str


def instant(connection: Connection, name: str) -> datetime | None:
    """Give the instant of a release; None for an unknown name."""
    found = connection.execute(
        "SELECT releases.at FROM releases WHERE releases.name = %s", (name,)
    ).fetchone()
    return found[0] if found else None


def contents(connection: Connection, at: datetime, dataset: str | None = None) -> Contents:
    """Count and digest the records that lists show as of an instant, which must be final.

    Those of one `dataset` alone, where it is given. The digest (SHA-256) is of their JSON texts in
    the order of their ids, a line feed after each; that of all is of one resource after the other,
    in the order of TABLES.
    """
    counts: dict[str, int] = {}
    checksums: dict[str, str] = {}
    everything = hashlib.sha256()
    with as_of.entered(connection, at):
        for name, table in TABLES.items():
            digest, counts[name] = hashlib.sha256(), 0
            with connection.cursor("contents") as cursor:
                cursor.itersize = RECORDS_AT_ONCE
                for (record,) in cursor.execute(listing(table), {"dataset": dataset}):
                    line = f"{record}\n".encode()
                    digest.update(line)
                    everything.update(line)
                    counts[name] += 1
            checksums[name] = digest.hexdigest()
    return Contents(counts, checksums, everything.hexdigest())


def listing(table: Table) -> sql.Composed:
    """Compose the statement that reads all records which lists show, or those of a dataset."""
    return sql.SQL(
        "SELECT {1} FROM {0} WHERE NOT {0}.withdrawn AND NOT {0}.retracted"
        " AND (%(dataset)s::text IS NULL OR {0}.dataset = %(dataset)s) ORDER BY {0}.id {2}"
    ).format(
        sql.SQL(table.name),
        text(table, full=False),
        sql.SQL('COLLATE "C"' if table.id_type == "text" else ""),
    )


def insert(connection: Connection, release: Row) -> bool:
    """Keep a release; false where its name is taken."""
    given = {**release, "body": orjson.dumps(release["body"]).decode()}
    row = connection.execute(
        "INSERT INTO releases (name, at, dataset, body)"
        " VALUES (%(name)s, %(at)s, %(dataset)s, %(body)s)"
        " ON CONFLICT DO NOTHING RETURNING releases.name",
        given,
    ).fetchone()
    return row is not None


def get(connection: Connection, name: str) -> str | None:
    """Read a release: its JSON text."""
    found = connection.execute(
        "SELECT releases.body FROM releases WHERE releases.name = %s", (name,)
    ).fetchone()
    return found[0] if found else None


def search(
    connection: Connection,
    *,
    descending: bool,
    limit: int,
    after: tuple[str, str] | None,
    dataset: list[str] | None = None,
) -> list[tuple[str, str, str]]:
    """List releases in the order of their instants: microsecond, name and JSON text of each.

    Those of some datasets alone, where these are given.
    """
    statement = sql.SQL(
        "SELECT (extract(epoch FROM releases.at) * 1000000)::bigint::text, releases.name,"
        " releases.body FROM releases WHERE (%(name)s::text IS NULL OR (releases.at, releases.name)"
        " {sign} (timestamptz 'epoch' + %(at)s::bigint * interval '1 microsecond', %(name)s::text))"
        " AND (%(dataset)s::text[] IS NULL OR releases.dataset = ANY(%(dataset)s)) ORDER"
        " BY releases.at {direction}, releases.name {direction} LIMIT %(limit)s"
    ).format(
        sign=sql.SQL("<" if descending else ">"),
        direction=sql.SQL("DESC" if descending else "ASC"),
    )
    at, name = after or (None, None)
    given = {"at": at, "name": name, "dataset": dataset, "limit": limit}
    return connection.execute(statement, given).fetchall()
