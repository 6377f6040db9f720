"""How a record of any table is stored, replaced and withdrawn, with its parts."""

from collections.abc import Mapping
from functools import cache
from typing import Any, LiteralString

from psycopg import Connection, sql

from models import external_ids
from models.database import reader
from models.table import Child, Row, Table

COMMON: dict[str, LiteralString] = {
    "version": "%(version)s",
    "dataset": "%(dataset)s",
    "created_at": "%(created_at)s",
    "updated_at": "%(updated_at)s",
    "recorded_at": "%(recorded_at)s",
    "key_id": "%(key_id)s",
    "tags": "%(tags)s",
    "refers_to": "%(refers_to)s::uuid[]",
    "derived": "%(derived)s",
    "body": "%(body)s",
}
"""The columns that every table has, and the values they are given."""

TOMBSTONE: dict[str, LiteralString] = {
    "version": "%(version)s",
    "updated_at": "%(updated_at)s",
    "recorded_at": "%(recorded_at)s",
    "key_id": "%(key_id)s",
    "refers_to": "'{}'",
    "withdrawn": "true",
}
"""What becomes of a record that is withdrawn: its body stays, but it refers to nothing."""

DERIVATION: dict[str, LiteralString] = {
    "derived": "%(derived)s",
    "derivations": "derivations + 1",
    "recorded_at": "greatest(clock_timestamp(), recorded_at + interval '1 microsecond')",
}
"""What changes when something is derived anew for a record that itself stays as it is."""


def insert(connection: Connection[Any], table: Table, record: Row) -> bool:
    """Store a new record, its parts and its external ids, in one statement.

    False where its id is taken by now; Conflict where an external id is.
    """
    wanted = external_ids.names(record)
    parameters = {**values(table, record), "wanted": wanted}
    [[stored, held]] = reader(connection).execute(inserting(table), parameters).fetchall()
    if stored and held < len(wanted):
        external_ids.refuse(connection, table.name, record)
    return bool(stored)


def update(connection: Connection[Any], table: Table, record: Row) -> None:
    """Store the next version of a record, and its parts."""
    parameters = values(table, record)
    columns = {
        name: value
        for name, value in {**COMMON, **table.columns}.items()
        if name != "created_at" and name not in table.derived
    }
    replace(connection, table, columns, parameters)
    external_ids.hold(connection, table.name, record)
    if table.children:
        connection.execute(deleting(table), record)
        connection.execute(adding(table), parameters)


def withdraw(connection: Connection[Any], table: Table, record: Row) -> None:
    """Keep a last version of a record as its tombstone; its parts go."""
    replace(connection, table, TOMBSTONE, record)
    if table.children:
        connection.execute(deleting(table), record)


def derive(
    connection: Connection[Any], table: Table, record: Row, columns: Mapping[str, LiteralString]
) -> None:
    """Store what is derived anew for a record: the end of its text, and these columns."""
    replace(connection, table, {**DERIVATION, **columns}, record)


def replace(
    connection: Connection[Any], table: Table, columns: Mapping[str, LiteralString], record: Row
) -> None:
    """Change a record's row: the one UPDATE of records that there is."""
    connection.execute(updating(table, tuple(columns.items())), record)


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
        "INSERT INTO external_ids (external_id, resource, dataset, id)"
        " SELECT wanted, {}, %(dataset)s, %(id)s FROM stored, unnest(%(wanted)s::text[]) AS wanted"
        " ON CONFLICT DO NOTHING RETURNING external_id"
    ).format(sql.Literal(table.name))
    parts = [
        sql.SQL(", {} AS ({})").format(sql.Identifier(f"its_{child.name}"), added(child, "stored"))
        for child in table.children
    ]
    return (
        sql.SQL(
            "WITH stored AS ({}), held AS ({}){} SELECT (SELECT count(*) FROM stored),"
            " (SELECT count(*) FROM held)"
        )
        .format(record, held, sql.SQL("").join(parts))
        .as_bytes()
    )


@cache
def adding(table: Table) -> bytes:
    """Compose the statement that stores the parts of a record that stands."""
    parts = [
        sql.SQL("{} AS ({})").format(sql.Identifier(f"its_{child.name}"), added(child))
        for child in table.children
    ]
    return sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(parts)).as_bytes()


def added(child: Child, only: LiteralString = "") -> sql.Composable:
    """Compose the insertion of a record's parts; with `only`, if there is a row of that name."""
    select: sql.Composable = sql.SQL(child.select)
    if child.rows:
        given = [
            sql.SQL("{}::{}[]").format(sql.Placeholder(f"{child.name}_{name}"), sql.SQL(kind))
            for name, kind in child.columns.items()
        ]
        select = sql.SQL("SELECT %(id)s::uuid, given.* FROM unnest({}) AS given").format(
            sql.SQL(", ").join(given)
        )
    if only:
        select = sql.SQL("SELECT parts.* FROM {}, ({}) AS parts").format(sql.SQL(only), select)
    columns = [child.key, *child.columns]
    return sql.SQL("INSERT INTO {} ({}) {}").format(
        sql.SQL(child.name), sql.SQL(", ").join(map(sql.Identifier, columns)), select
    )


@cache
def deleting(table: Table) -> bytes:
    """Compose the statement that deletes a record's parts."""
    parts = [
        sql.SQL("{} AS (DELETE FROM {} WHERE {} = %(id)s)").format(
            sql.Identifier(f"its_{child.name}"), sql.SQL(child.name), sql.Identifier(child.key)
        )
        for child in table.children
    ]
    return sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(parts)).as_bytes()


@cache
def updating(table: Table, columns: tuple[tuple[str, LiteralString], ...]) -> bytes:
    """Compose the statement that changes a record's row."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.SQL(value)) for name, value in columns
    )
    statement = sql.SQL("UPDATE {} SET {} WHERE id = %(id)s")
    return statement.format(sql.SQL(table.name), assignments).as_bytes()
