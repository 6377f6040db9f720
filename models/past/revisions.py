"""Revisions: every version of a record, with who made it, when, how and why."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from psycopg import sql

from models.database.connections import Connection
from models.table import NotFound, Table, text


class Revision(NamedTuple):
    """One version of a record; its text is None where it was withdrawn, or was not asked for."""

    number: int
    recorded_at: datetime
    key_id: str | None
    key_name: str | None
    method: str | None
    comment: str | None
    operation: str
    text: str | None


def search(  # noqa: PLR0913 - which record, and which part of the list
    connection: Connection,
    table: Table,
    record_id: str,
    *,
    descending: bool,
    limit: int,
    after: int | None,
) -> list[Revision]:
    """List revisions of a record after the number `after`, without their texts."""
    statement = listing(table, descending=descending)
    found = connection.execute(statement, {"id": record_id, "after": after, "limit": limit})
    return [Revision._make([*row, None]) for row in found]


def get(connection: Connection, table: Table, record_id: str, number: int) -> Revision:
    """Read one revision with its text; NotFound for an unknown number."""
    found = connection.execute(reading(table), {"id": record_id, "number": number}).fetchone()
    if found is None:
        raise NotFound(f"There is no revision {number}, or nothing was kept of it.")
    return Revision(*found)


def comment(connection: Connection, table: Table, record_id: str) -> str | None:
    """Give the comment on the present version of a record."""
    statement = sql.SQL("SELECT {0}.comment FROM {0} WHERE {0}.id = %s").format(sql.SQL(table.name))
    row = connection.execute(statement.as_bytes(), (record_id,)).fetchone()
    return row[0] if row else None


def before(connection: Connection, table: Table, record_id: str, number: int) -> int | None:
    """Give the number of the revision before one; None for the first."""
    earlier = search(connection, table, record_id, descending=True, limit=1, after=number)
    return earlier[0].number if earlier else None


COLUMNS = (
    "{0}.version, {0}.recorded_at, {0}.key_id::text,"
    " (SELECT keys.name FROM keys WHERE keys.id = {0}.key_id),"
    " {0}.method, {0}.comment, {0}.operation"
)

UNTIL = (
    "{0}.recorded_at <= coalesce("
    "nullif(current_setting('attest.as_of', true), '')::timestamptz, 'infinity')"
)
"""Also of revisions, only those are seen that stood by the instant that is asked about."""


@cache
def listing(table: Table, *, descending: bool) -> sql.Composed:
    """Compose the statement that lists revisions, each as first stored."""
    return sql.SQL(
        f"SELECT DISTINCT ON ({{0}}.version) {COLUMNS} FROM {{1}} AS {{0}}"
        f" WHERE {{0}}.id = %(id)s AND {UNTIL}"
        " AND (%(after)s::integer IS NULL OR {0}.version {2} %(after)s::integer)"
        " ORDER BY {0}.version {3}, {0}.recorded_at LIMIT %(limit)s"
    ).format(
        sql.SQL(table.name),
        sql.SQL(f"{table.name}_ever"),
        sql.SQL("<" if descending else ">"),
        sql.SQL("DESC" if descending else "ASC"),
    )


@cache
def reading(table: Table) -> sql.Composed:
    """Compose the statement that reads one revision, as first stored."""
    return sql.SQL(
        f"SELECT {COLUMNS}, CASE WHEN NOT {{0}}.withdrawn THEN {{2}} END FROM {{1}} AS {{0}}"
        f" WHERE {{0}}.id = %(id)s AND {{0}}.version = %(number)s AND {UNTIL}"
        " ORDER BY {0}.recorded_at LIMIT 1"
    ).format(sql.SQL(table.name), sql.SQL(f"{table.name}_ever"), text(table, full=True))
