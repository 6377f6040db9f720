"""How a record of any table is stored, replaced and withdrawn, with its parts."""

from collections.abc import Mapping
from functools import cache
from typing import Any, LiteralString

from psycopg import Connection, sql

from models import external_ids
from models.table import Row, Table

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
    """Store a new record, and its parts; false where its id is taken by now."""
    parameters = {**record, **table.row(record)}
    if connection.execute(inserting(table), parameters).rowcount == 0:
        return False
    external_ids.hold(connection, table.name, record)
    store_children(connection, table, parameters)
    return True


def update(connection: Connection[Any], table: Table, record: Row) -> None:
    """Store the next version of a record, and its parts."""
    parameters = {**record, **table.row(record)}
    columns = {
        name: value
        for name, value in {**COMMON, **table.columns}.items()
        if name != "created_at" and name not in table.derived
    }
    replace(connection, table, columns, parameters)
    external_ids.hold(connection, table.name, record)
    delete_children(connection, table, record)
    store_children(connection, table, parameters)


def withdraw(connection: Connection[Any], table: Table, record: Row) -> None:
    """Keep a last version of a record as its tombstone; its parts go."""
    replace(connection, table, TOMBSTONE, record)
    delete_children(connection, table, record)


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


@cache
def inserting(table: Table) -> bytes:
    """Compose the statement that stores a new record."""
    columns = {"id": "%(id)s", **COMMON, **table.columns}
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING")
    return statement.format(
        sql.SQL(table.name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.SQL, columns.values())),
    ).as_bytes()


@cache
def updating(table: Table, columns: tuple[tuple[str, LiteralString], ...]) -> bytes:
    """Compose the statement that changes a record's row."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.SQL(value)) for name, value in columns
    )
    statement = sql.SQL("UPDATE {} SET {} WHERE id = %(id)s")
    return statement.format(sql.SQL(table.name), assignments).as_bytes()


def delete_children(connection: Connection[Any], table: Table, record: Row) -> None:
    """Delete a record's parts."""
    for child in table.children:
        statement = sql.SQL("DELETE FROM {} WHERE {} = %(id)s")
        connection.execute(
            statement.format(sql.SQL(child.name), sql.SQL(child.key)), {"id": record["id"]}
        )


def store_children(connection: Connection[Any], table: Table, parameters: Row) -> None:
    """Store a record's parts."""
    for child in table.children:
        rows = [{"id": parameters["id"], **row} for row in child.rows(parameters)]
        if rows:
            connection.cursor().executemany(child.insert, rows)
