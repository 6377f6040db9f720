"""How a record is stored, replaced and withdrawn, with its parts and its history.

A replaced row moves to the table's history in the statement that replaces it, which also announces
the change to the feed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.database.connections import Connection
from models.store import external_ids
from models.store.parts import added, adding, deleting, filled, placeholders
from models.table import UNASSESSED, Child, Row, Stored, Table, text

COMMON: dict[str, LiteralString] = {
    "version": "%(version)s",
    "dataset": "%(dataset)s",
    "created_at": "%(created_at)s",
    "updated_at": "%(updated_at)s",
    "recorded_at": "%(recorded_at)s",
    "key_id": "%(key_id)s",
    "method": "%(method)s",
    "comment": "%(comment)s",
    "operation": "%(operation)s",
    "tags": "%(tags)s",
    "refers_to": "%(refers_to)s::uuid[]",
    "retracted": "%(retracted)s",
    "withdrawn": "false",
    "derived": "%(derived)s",
    "body": "%(body)s",
}
"""The columns that every table has, and the values they are given."""

TOMBSTONE: dict[str, LiteralString] = {
    "version": "%(version)s",
    "updated_at": "%(updated_at)s",
    "recorded_at": "%(recorded_at)s",
    "key_id": "%(key_id)s",
    "method": "%(method)s",
    "comment": "%(comment)s",
    "operation": "%(operation)s",
    "refers_to": "'{}'",
    "withdrawn": "true",
}
"""Columns of a tombstone: its body stays, but it refers to nothing."""

OUTDATED: dict[str, LiteralString] = {
    "assessed": "CASE WHEN old.assessed IS NOT NULL THEN outdated(old.assessed) END",
    "verdicts": "CASE WHEN old.verdicts IS NOT NULL THEN ARRAY['outdated'] END",
}
"""Columns of another version: what was thought of a record is of an earlier one then."""

DERIVATION: dict[str, LiteralString] = {
    "derived": "%(derived)s",
    "derivations": "old.derivations + 1",
    "recorded_at": "%(recorded_at)s",
}
"""Columns that change when something is derived again for a record that itself stays."""

NO_AUTHOR = {"operation": "derive", "key_id": None, "method": None, "comment": None}
"""Stamps of a derivation: it has no author, and the version keeps its own."""

ARRIVAL: LiteralString = (
    "INSERT INTO arrivals"
    " (resource, id, version, dataset, operation, recorded_at, key_id, method, comment)"
)
"""How the feed learns of a change."""


class Update(NamedTuple):
    """The result of an update: tables in which parts changed, and the end of the text."""

    parts: frozenset[str]
    derivations: int
    end: str


def lock(
    connection: Connection, table: Table, ids: Sequence[str], strength: LiteralString
) -> list[Stored]:
    """Read records, withdrawn ones too, and lock them until commit in the order of their ids.

    The one place where records are locked: where one statement cannot lock them all, one for each
    id does the same.
    """
    rows = connection.reader.execute(locking(table, strength), (list(ids),)).fetchall()
    return [Stored(*row) for row in rows]


def insert(connection: Connection, table: Table, record: Row) -> bool:
    """Store a new record, its parts and its external ids, in one statement.

    False where its id is taken by now; Conflict where an external id is.
    """
    wanted = external_ids.names(record)
    parameters = {**values(table, record), "wanted": wanted}
    statement = inserting(table, filled(table, parameters), identified=bool(wanted))
    [[stored, held]] = connection.reader.execute(statement, used(statement, parameters)).fetchall()
    if stored and held < len(wanted):
        external_ids.refuse(connection, table.name, record)
    return bool(stored)


def update(
    connection: Connection, table: Table, record: Row, stored: Row, loaded: Row | None
) -> Update:
    """Store the next version of a locked record, and the parts that changed.

    `stored` is the record as it was read; `loaded` the same with all that its columns and parts
    are made of, None where it was withdrawn and has no parts.
    """
    parameters = values(table, record)
    columns = {
        name: value
        for name, value in {**COMMON, **table.columns, **OUTDATED}.items()
        if name != "created_at" and name not in table.derived
    }
    since, derivations, end = replace(connection, table, columns, parameters)
    parameters["recorded_at"] = since
    external_ids.replace(connection, table.name, parameters, stored)
    old = None if loaded is None else values(table, loaded)
    changed = tuple(
        child
        for child in table.children
        if old is None or any(old[name] != parameters[name] for name in placeholders(child))
    )
    if changed:
        for statement in (deleting(changed, all_of_them=False), adding(changed)):
            connection.execute(statement, used(statement, parameters))
    return Update(frozenset(child.name for child in changed), derivations, end)


def withdraw(connection: Connection, table: Table, record: Row) -> None:
    """Store the last version of a record as its tombstone, without parts."""
    since, _, _ = replace(connection, table, {**TOMBSTONE, **OUTDATED}, record)
    if table.children:
        statement = deleting(tuple(table.children), all_of_them=True)
        connection.execute(statement, {**record, "recorded_at": since})


def derive(
    connection: Connection, table: Table, record: Row, columns: Mapping[str, LiteralString]
) -> None:
    """Store newly derived members of a record: the end of its text, and columns."""
    replace(connection, table, {**DERIVATION, **columns}, {**NO_AUTHOR, **record})


def replace(
    connection: Connection, table: Table, columns: Mapping[str, LiteralString], record: Row
) -> tuple[datetime, int, str]:
    """Change a record's row: the only UPDATE of records.

    Returns the instant since when it stands: `recorded_at`, or later if what it replaces is from
    then or after; then how often something was derived for it, and its text behind its body.
    """
    statement = updating(table, tuple(columns.items()))
    [[since, derivations, end]] = connection.execute(statement, used(statement, record)).fetchall()
    return since, derivations, end


def used(statement: bytes, parameters: Row) -> dict[str, Any]:
    """Select the parameters that a statement uses.

    psycopg remembers how it reads a statement of its own only where these are 50 at the most.
    """
    return {name: parameters[name] for name in named(statement)}


@cache
def named(statement: bytes) -> tuple[str, ...]:
    """Name the placeholders of a statement."""
    found = re.findall(rb"%\((\w+)\)", statement)
    return tuple(dict.fromkeys(name.decode() for name in found))


def values(table: Table, record: Row) -> dict[str, Any]:
    """Give the values of the placeholders of a record's columns and parts."""
    found = {**record, **table.row(record)}
    for child in table.children:
        if child.rows:
            rows = [*child.rows(found)]
            found |= {f"{child.name}_{name}": [row[name] for row in rows] for name in child.columns}
    return found


@cache
def locking(table: Table, strength: LiteralString) -> bytes:
    """Compose the statement that reads and locks records."""
    statement = (
        "SELECT {0}.id::text, {0}.version, {0}.derivations, {0}.withdrawn, {0}.updated_at, {1}"
        " FROM {0} WHERE {0}.id = ANY(%s::{2}[]) ORDER BY {0}.id FOR {3}"
    )
    return (
        sql.SQL(statement)
        .format(
            sql.SQL(table.name),
            text(table, full=True),
            sql.SQL(table.id_type),
            sql.SQL(strength),
        )
        .as_bytes()
    )


@cache
def inserting(table: Table, children: tuple[Child, ...], *, identified: bool) -> bytes:
    """Compose the statement that stores a new record with all that belongs to it.

    That is its parts in the tables of `children`, and its external ids if it is `identified`. It
    answers how many records were stored, 1 or 0, and how many external ids.
    """
    columns = {"id": "%(id)s", **COMMON, **table.columns}
    insertion = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING RETURNING id")
    record = insertion.format(
        sql.SQL(table.name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.SQL, columns.values())),
    )
    # Waits for others who are about to hold one of the external ids, and leaves theirs to them.
    held = sql.SQL(
        "INSERT INTO external_ids (external_id, resource, dataset, id, recorded_at)"
        " SELECT wanted, {}, %(dataset)s, %(id)s, %(recorded_at)s"
        " FROM stored, unnest(%(wanted)s::text[]) AS wanted"
        " ON CONFLICT DO NOTHING RETURNING external_id"
    ).format(sql.Literal(table.name))
    arrival = sql.SQL(
        ARRIVAL + " SELECT {}, %(id)s::text, %(version)s, %(dataset)s, %(operation)s,"
        " %(recorded_at)s, %(key_id)s::uuid, %(method)s, %(comment)s FROM stored"
    ).format(sql.Literal(table.name))
    parts = [
        sql.SQL(", {} AS ({})").format(sql.Identifier(f"its_{child.name}"), added(child, "stored"))
        for child in children
    ]
    if identified:
        parts.append(sql.SQL(", held AS ({})").format(held))
    counted = sql.SQL("(SELECT count(*) FROM held)" if identified else "0")
    composed = sql.SQL(
        "WITH stored AS ({}), arrived AS ({}){} SELECT (SELECT count(*) FROM stored), {}"
    ).format(record, arrival, sql.SQL("").join(parts), counted)
    return composed.as_bytes()


UPDATING = """
WITH old AS (
    SELECT {table}.* FROM {table} WHERE {table}.id = %(id)s FOR NO KEY UPDATE
),
kept AS (
    INSERT INTO {history} SELECT after(old.recorded_at, %(recorded_at)s), old.* FROM old
    WHERE old.recorded_at <> %(recorded_at)s
),
new AS (
    UPDATE {table} SET {assignments} FROM old
    WHERE {table}.id = %(id)s AND old.id = {table}.id RETURNING {table}.*
),
arrived AS (
    {arrival}
    SELECT {name}, new.id::text, new.version, new.dataset, %(operation)s, new.recorded_at,
        %(key_id)s::uuid, %(method)s, %(comment)s
    FROM new
    ON CONFLICT (recorded_at, resource, id) DO UPDATE
    SET version = excluded.version, operation = excluded.operation, key_id = excluded.key_id,
        method = excluded.method, comment = excluded.comment
    WHERE excluded.operation <> 'derive'
)
SELECT new.recorded_at, new.derivations, coalesce(new.assessed, {unassessed}) || new.derived
FROM new
"""
"""Changes a record's row, keeps what it was, and lets the feed know.

A row written earlier in this transaction was never visible: it is not kept, and is announced once.
"""


@cache
def updating(table: Table, columns: tuple[tuple[str, LiteralString], ...]) -> bytes:
    """Compose the statement that changes a record's row, and moves the old one to the history."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(
            sql.Identifier(name),
            sql.SQL("after(old.recorded_at, %(recorded_at)s)" if name == "recorded_at" else value),
        )
        for name, value in columns
    )
    return (
        sql.SQL(UPDATING)
        .format(
            table=sql.SQL(table.name),
            history=sql.SQL(f"{table.name}_history"),
            assignments=assignments,
            arrival=sql.SQL(ARRIVAL),
            name=sql.Literal(table.name),
            unassessed=sql.Literal(UNASSESSED),
        )
        .as_bytes()
    )
