"""How a record of any table is stored, replaced and withdrawn, with its parts and its past.

Whatever stops to stand goes to the table's history in the statement that puts something else in
its place, and each change of a record arrives at the feed in that statement too.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, LiteralString

from psycopg import sql

from models.database.connections import Connection
from models.store import external_ids
from models.table import Child, Row, Table

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
"""What becomes of a record that is withdrawn: its body stays, but it refers to nothing."""

DERIVATION: dict[str, LiteralString] = {
    "derived": "%(derived)s",
    "derivations": "old.derivations + 1",
    "recorded_at": "%(recorded_at)s",
}
"""What changes when something is derived anew for a record that itself stays as it is."""

NOBODY = {"operation": "derive", "key_id": None, "method": None, "comment": None}
"""Who derives something anew: the version is still that of whoever made it."""

ARRIVAL: LiteralString = (
    "INSERT INTO arrivals"
    " (resource, id, version, dataset, operation, recorded_at, key_id, method, comment)"
)
"""How the feed learns of a change."""


def insert(connection: Connection, table: Table, record: Row) -> bool:
    """Store a new record, its parts and its external ids, in one statement.

    False where its id is taken by now; Conflict where an external id is.
    """
    wanted = external_ids.names(record)
    parameters = {**values(table, record), "wanted": wanted}
    [[stored, held]] = connection.reader.execute(inserting(table), parameters).fetchall()
    if stored and held < len(wanted):
        external_ids.refuse(connection, table.name, record)
    return bool(stored)


def update(connection: Connection, table: Table, record: Row) -> None:
    """Store the next version of a record, and those of its parts that have changed."""
    parameters = values(table, record)
    columns = {
        name: value
        for name, value in {**COMMON, **table.columns}.items()
        if name != "created_at" and name not in table.derived
    }
    parameters["recorded_at"] = replace(connection, table, columns, parameters)
    external_ids.hold(connection, table.name, parameters)
    if table.children:
        connection.execute(deleting(table, stay=True), parameters)
        connection.execute(adding(table), parameters)


def withdraw(connection: Connection, table: Table, record: Row) -> None:
    """Keep a last version of a record as its tombstone; its parts go."""
    since = replace(connection, table, TOMBSTONE, record)
    if table.children:
        connection.execute(deleting(table, stay=False), {**record, "recorded_at": since})


def derive(
    connection: Connection, table: Table, record: Row, columns: Mapping[str, LiteralString]
) -> None:
    """Store what is derived anew for a record: the end of its text, and these columns."""
    replace(connection, table, {**DERIVATION, **columns}, {**NOBODY, **record})


def replace(
    connection: Connection, table: Table, columns: Mapping[str, LiteralString], record: Row
) -> datetime:
    """Change a record's row: the one UPDATE of records that there is.

    Returns the instant since when it stands: `recorded_at`, or later if what it replaces is from
    then or after.
    """
    statement = updating(table, tuple(columns.items()))
    [[since]] = connection.execute(statement, record).fetchall()
    return since  # type: ignore[no-any-return]


def values(table: Table, record: Row) -> dict[str, Any]:
    """Give the placeholders of a record's columns and parts their values."""
    found = {**record, **table.row(record)}
    for child in table.children:
        if child.rows:
            rows = [*child.rows(found)]
            found |= {f"{child.name}_{name}": [row[name] for row in rows] for name in child.columns}
    return found


@cache
def inserting(table: Table) -> bytes:
    """Compose the statement that stores a new record with all that belongs to it.

    It answers how many records were stored, 1 or 0, and how many external ids.
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
        for child in table.children
    ]
    return (
        sql.SQL(
            "WITH stored AS ({}), held AS ({}), arrived AS ({}){}"
            " SELECT (SELECT count(*) FROM stored), (SELECT count(*) FROM held)"
        )
        .format(record, held, arrival, sql.SQL("").join(parts))
        .as_bytes()
    )


@cache
def adding(table: Table) -> bytes:
    """Compose the statement that stores those parts of a record that do not stand yet."""
    parts = [
        sql.SQL("{} AS ({} ON CONFLICT DO NOTHING)").format(
            sql.Identifier(f"its_{child.name}"), added(child)
        )
        for child in table.children
    ]
    return sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(parts)).as_bytes()


def given(child: Child) -> sql.Composable:
    """Compose what selects a record's parts as they are to be."""
    if not child.rows:
        return sql.SQL(child.select)
    arrays = [
        sql.SQL("{}::{}[]").format(sql.Placeholder(f"{child.name}_{name}"), sql.SQL(kind))
        for name, kind in child.columns.items()
    ]
    return sql.SQL("SELECT %(id)s::uuid, given.* FROM unnest({}) AS given").format(
        sql.SQL(", ").join(arrays)
    )


def added(child: Child, only: LiteralString = "") -> sql.Composable:
    """Compose the insertion of a record's parts; with `only`, if there is a row of that name."""
    columns = [child.key, *child.columns, "recorded_at"]
    return sql.SQL(
        "INSERT INTO {} ({}) SELECT parts.*, %(recorded_at)s::timestamptz FROM {}({}) AS parts"
    ).format(
        sql.SQL(child.name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(f"{only}, ") if only else sql.SQL(""),
        given(child),
    )


@cache
def deleting(table: Table, *, stay: bool) -> bytes:
    """Compose the statement that moves a record's parts to their history.

    With `stay`, those stay that are to be as they are.
    """
    parts = []
    for child in table.children:
        columns = sql.SQL(", ").join(map(sql.Identifier, child.columns))
        goes: sql.Composable = sql.SQL("")
        if stay:
            # As texts, for points and boxes have no equality.
            goes = sql.SQL(
                " AND ROW({0})::text NOT IN (SELECT ROW({0})::text FROM ({1}) AS parts ({2}, {0}))"
            ).format(columns, given(child), sql.Identifier(child.key))
        parts.append(
            sql.SQL(
                "{gone} AS (DELETE FROM {name} WHERE {key} = %(id)s{goes} RETURNING {name}.*),"
                " {kept} AS (INSERT INTO {history}"
                " SELECT after({gone}.recorded_at, %(recorded_at)s), {gone}.* FROM {gone}"
                " WHERE {gone}.recorded_at <> %(recorded_at)s)"
            ).format(
                gone=sql.Identifier(f"gone_{child.name}"),
                kept=sql.Identifier(f"kept_{child.name}"),
                name=sql.SQL(child.name),
                history=sql.SQL(f"{child.name}_history"),
                key=sql.Identifier(child.key),
                goes=goes,
            )
        )
    return sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(parts)).as_bytes()


@cache
def updating(table: Table, columns: tuple[tuple[str, LiteralString], ...]) -> bytes:
    """Compose the statement that changes a record's row, and keeps what it was.

    What this very transaction has put there never stood: it is not kept, and arrives once.
    """
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(
            sql.Identifier(name),
            sql.SQL("after(old.recorded_at, %(recorded_at)s)" if name == "recorded_at" else value),
        )
        for name, value in columns
    )
    return (
        sql.SQL(
            "WITH old AS (SELECT {table}.* FROM {table} WHERE {table}.id = %(id)s"
            " FOR NO KEY UPDATE),"
            " kept AS (INSERT INTO {history}"
            " SELECT after(old.recorded_at, %(recorded_at)s), old.* FROM old"
            " WHERE old.recorded_at <> %(recorded_at)s),"
            " anew AS (UPDATE {table} SET {assignments} FROM old WHERE {table}.id = old.id"
            " RETURNING {table}.*),"
            " arrived AS ({arrival} SELECT {name}, anew.id::text, anew.version, anew.dataset,"
            " %(operation)s, anew.recorded_at, %(key_id)s::uuid, %(method)s, %(comment)s FROM anew"
            " ON CONFLICT (recorded_at, resource, id) DO UPDATE SET version = excluded.version,"
            " operation = excluded.operation, key_id = excluded.key_id, method = excluded.method,"
            " comment = excluded.comment WHERE excluded.operation <> 'derive')"
            " SELECT anew.recorded_at FROM anew"
        )
        .format(
            table=sql.SQL(table.name),
            history=sql.SQL(f"{table.name}_history"),
            assignments=assignments,
            arrival=sql.SQL(ARRIVAL),
            name=sql.Literal(table.name),
        )
        .as_bytes()
    )
