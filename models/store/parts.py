"""Parts of a record, in child tables: how they are stored, and moved to their history."""

import re
from functools import cache
from typing import LiteralString

from psycopg import sql

from models.table import Child, Row, Table

GEOMETRIC = {"box", "point"}
"""Types whose equality is `~=`."""


def part_tables(table: Table) -> frozenset[str]:
    """Name the tables of a record's parts."""
    return frozenset(child.name for child in table.children)


def filled(table: Table, parameters: Row) -> tuple[Child, ...]:
    """List the child tables that a record may have parts in: only these need to be written."""
    return tuple(
        child
        for child in table.children
        if not child.rows or parameters[f"{child.name}_{next(iter(child.columns))}"]
    )


@cache
def placeholders(child: Child) -> tuple[str, ...]:
    """List the placeholders of a record's parts."""
    if child.rows:
        return tuple(f"{child.name}_{name}" for name in child.columns)
    return tuple(sorted({*re.findall(r"%\((\w+)\)s", child.select)} - {"id"}))


@cache
def adding(children: tuple[Child, ...]) -> bytes:
    """Compose the statement that stores the new parts of a record."""
    parts = [
        sql.SQL("{} AS ({} ON CONFLICT DO NOTHING)").format(
            sql.Identifier(f"its_{child.name}"), added(child)
        )
        for child in children
    ]
    return sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(parts)).as_bytes()


def given(child: Child) -> sql.Composable:
    """Compose the SELECT of a record's wanted parts."""
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


DELETING = """
{gone} AS (
    DELETE FROM {name} WHERE {name}.{key} = %(id)s{unless} RETURNING {name}.*
),
{kept} AS (
    INSERT INTO {history}
    SELECT after({gone}.recorded_at, %(recorded_at)s), {gone}.* FROM {gone}
    WHERE {gone}.recorded_at <> %(recorded_at)s
)
"""
"""Moves parts of a record from one table to its history."""


@cache
def deleting(children: tuple[Child, ...], *, all_of_them: bool) -> bytes:
    """Compose the statement that moves a record's parts to their history.

    Without `all_of_them`, unchanged parts stay.
    """
    parts = [
        sql.SQL(DELETING).format(
            gone=sql.Identifier(f"gone_{child.name}"),
            kept=sql.Identifier(f"kept_{child.name}"),
            name=sql.SQL(child.name),
            history=sql.SQL(f"{child.name}_history"),
            key=sql.Identifier(child.key),
            unless=sql.SQL("") if all_of_them else wanted(child),
        )
        for child in children
    ]
    return sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(parts)).as_bytes()


def wanted(child: Child) -> sql.Composable:
    """Compose the condition that a part is not among the wanted ones.

    Its first column tells most apart, so that the two are joined by it.
    """
    first, *others = child.columns.items()
    same = [sql.SQL("parts.{0} = {1}.{0}").format(sql.Identifier(first[0]), sql.SQL(child.name))]
    same += [
        sql.SQL(
            "coalesce(parts.{0} ~= {1}.{0}, parts.{0} IS NULL AND {1}.{0} IS NULL)"
            if kind in GEOMETRIC
            else "parts.{0} IS NOT DISTINCT FROM {1}.{0}"
        ).format(sql.Identifier(name), sql.SQL(child.name))
        for name, kind in others
    ]
    return sql.SQL(" AND NOT EXISTS (SELECT FROM ({}) AS parts ({}, {}) WHERE {})").format(
        given(child),
        sql.Identifier(child.key),
        sql.SQL(", ").join(map(sql.Identifier, child.columns)),
        sql.SQL(" AND ").join(same),
    )
