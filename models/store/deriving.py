"""Parts of records that Python derives, for records stored before the rules changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from psycopg import sql

from models.database import connections
from models.database.connections import Connection
from models.store.chunks import Work, work_on_some
from models.table import Child, Table
from models.tables import TABLES

Part = tuple[Any, ...]
"""A row of a child table: its columns, in their order, without those of the record and of time."""


class Revision(NamedTuple):
    """A record since an instant; None where it was withdrawn."""

    id: str
    since: datetime
    record: dict[str, Any] | None


class Stay(NamedTuple):
    """A part of a record, since when and until when it was there."""

    id: str
    part: Part
    since: datetime
    until: datetime | None


class Rules(NamedTuple):
    """Rules that derive parts: the child table that keeps them, and the function.

    `record` is the SQL of what they are taken from, as JSON. What follows from revisions besides
    is set by `further`.
    """

    work: Work
    child: Callable[[Table], Child | None]
    record: Callable[[Table], sql.Composable]
    parts: Callable[[dict[str, Any]], Iterable[Part]]
    further: Callable[[Connection, Table, Sequence[Revision]], None] | None = None


def catch_up(url: str, rules: Rules) -> int:
    """Derive the parts of all records by these rules; count the records."""
    done = 0
    with connections.connect(url) as connection:
        for table in TABLES.values():
            if child := rules.child(table):
                before = done
                while derived := derive_some(connection, table, child, rules):
                    done += derived
                if done > before:  # how frequent they are, questions want to know at once
                    connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(child.name)))
    return done


def derive_some(connection: Connection, table: Table, child: Child, rules: Rules) -> int:
    """Derive the parts of the next records that need it; count them."""

    def derive(ids: list[str]) -> None:
        revisions = revisions_of(connection, table, ids, rules)
        by_record = groupby(revisions, key=attrgetter("id"))
        stays = [stay for _, its in by_record for stay in stays_of(its, rules)]
        replace(connection, child, ids, stays)
        if rules.further:
            rules.further(connection, table, revisions)

    done = work_on_some(connection, table, rules.work, derive)
    return done[0] if done else 0


def revisions_of(
    connection: Connection, table: Table, ids: list[str], rules: Rules
) -> list[Revision]:
    """Read the revisions of records, by id and time."""
    statement = sql.SQL(
        "SELECT {0}.id::text, {0}.recorded_at, CASE WHEN NOT {0}.withdrawn THEN {1} END"
        " FROM {2} AS {0} WHERE {0}.id = ANY(%s::uuid[]) ORDER BY {0}.id, {0}.recorded_at"
    ).format(sql.SQL(table.name), rules.record(table), sql.SQL(f"{table.name}_ever"))
    return [Revision(*row) for row in connection.execute(statement, (ids,)).fetchall()]


def stays_of(revisions: Iterable[Revision], rules: Rules) -> Iterator[Stay]:
    """Give the parts of a record, each with since when and until when it had them."""
    since: dict[Part, datetime] = {}
    record_id = ""
    for record_id, start, record in revisions:
        parts = {} if record is None else dict.fromkeys(rules.parts(record))
        for part in [*since]:
            if part not in parts:
                yield Stay(record_id, part, since.pop(part), start)
        for part in parts:
            since.setdefault(part, start)
    for part, start in since.items():
        yield Stay(record_id, part, start, None)


def replace(connection: Connection, child: Child, ids: list[str], stays: Iterable[Stay]) -> None:
    """Replace the parts of records, present and past."""
    rows: dict[bool, list[tuple[Any, ...]]] = {True: [], False: []}
    for stay in stays:
        rows[stay.until is None].append((stay.id, stay.since, stay.until, *stay.part))
    columns = [sql.SQL(name) for name in child.columns]
    names = {
        "key": sql.SQL(child.key),
        "columns": sql.SQL(", ").join(columns),
        "values": sql.SQL(", ").join(
            sql.SQL(
                "string_to_array(given.{}, ' ')" if of == "text[]" else f"given.{{}}::{of}"
            ).format(name)
            for name, of in zip(columns, child.columns.values(), strict=True)
        ),
        # Texts are sent in binary form: psycopg escapes each letter of those in a list otherwise.
        "given": sql.SQL(", ").join(
            sql.SQL("%b::smallint[]" if of == "smallint" else "%b::text[]")
            for of in child.columns.values()
        ),
    }
    for stands, table, until in (
        (True, child.name, ""),
        (False, f"{child.name}_history", "superseded_at, "),
    ):
        names |= {"table": sql.SQL(table), "until": sql.SQL(until)}
        deletion = sql.SQL("DELETE FROM {table} WHERE {table}.{key} = ANY(%s::uuid[])")
        connection.execute(deletion.format(**names), (ids,))
        insertion = sql.SQL(
            "INSERT INTO {table} ({until}{key}, recorded_at, {columns})"
            " SELECT {until}given.id::uuid, given.since, {values} FROM unnest("
            "%b::text[], %b::timestamptz[], %b::timestamptz[], {given})"
            " AS given (id, since, superseded_at, {columns})"
        )
        if rows[stands]:
            given = [[*column] for column in zip(*rows[stands], strict=True)]
            connection.execute(insertion.format(**names), given)
