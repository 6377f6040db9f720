"""Plans of lists, and the rows in which a scan of one finds its records.

They are the table's own, those of a child, or rows that indexes alone choose, in the order of the
list, before their records are looked at.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.table import Among, Table

Filters = tuple[str | tuple[Any, ...], ...]
"""Parameters that a list is filtered by, and the shape of a filter in CQL2."""


class Plan(NamedTuple):
    """A plan of a list: its filters, and how its driving index is probed.

    `driver` is the parameter whose index drives the list, by a number of `probes`; `equalities`
    are the parameters with one value each. `after` says whether a cursor is given, and `full`
    whether texts include what lists leave out.
    """

    filters: Filters
    sort: str
    limit: int
    driver: str | None
    probes: int
    equalities: frozenset[str]
    after: bool
    full: bool

    @property
    def order(self) -> str:
        """The name of the order, without its direction."""
        return self.sort.removeprefix("-")

    @property
    def direction(self) -> sql.SQL:
        """The direction of the order."""
        return sql.SQL("DESC" if self.sort.startswith("-") else "ASC")


class Source(NamedTuple):
    """Where a scan finds records: its FROM, a JOIN, and the id and the key of each row.

    `once` leaves out the further rows of a record.
    """

    rows: sql.Composable
    id: sql.Composable
    key: sql.Composable
    joined: sql.Composable = sql.SQL("")
    once: sql.Composable = sql.SQL("")


def of_table(table: Table, plan: Plan) -> Source:
    """Give the rows of the table itself."""
    key = table.orders[plan.order].sql
    return Source(sql.SQL(table.name), sql.SQL(f"{table.name}.id"), sql.SQL(key))


def of_child(table: Table, child: Among) -> Source:
    """Give the rows of a child, each with its record."""
    key, record_id = f"{child.name}.{table.order}", f"{child.name}.{child.id}"
    return Source(
        rows=sql.SQL(child.name),
        id=sql.SQL(record_id),
        key=sql.SQL(key),
        joined=sql.SQL(f" JOIN {table.name} ON {table.name}.id = {record_id}"),
        once=sql.SQL(f"DISTINCT ON ({key}, {record_id}) "),
    )


def walked(
    table: Table, plan: Plan, source: Source, child: Among | None, chosen: list[sql.Composable]
) -> Source:
    """Give the rows of a source that an index alone chooses, in the order of the list."""
    rows = sql.SQL(WALKED_ROWS if child else WALKED).format(
        **source._asdict(),
        table=sql.SQL(table.name),
        direction=plan.direction,
        chosen=sql.SQL(" AND ").join(chosen),
        all=sql.Literal(ALL),
    )
    return source._replace(
        rows=rows,
        id=sql.SQL("walked.id"),
        key=sql.SQL("walked.key"),
        once=sql.SQL("DISTINCT ON (walked.key, walked.id) " if child else ""),
    )


def merged(
    table: Table,
    plan: Plan,
    child: Among,
    probed: list[sql.Composable],
    between: Sequence[sql.Composable],
) -> Source:
    """Give the rows of a child that several probes find, each record once, in the list's order.

    They are merged before their records are looked at: a costly condition is computed by one scan.
    """
    source = of_child(table, child)
    after = [behind(table, plan, source)] if plan.after else []
    each = [
        sql.SQL(PROBED).format(
            **source._asdict(),
            chosen=sql.SQL(" AND ").join([probe, *between, *after]),
            direction=plan.direction,
            all=sql.Literal(ALL),
        )
        for probe in probed
    ]
    rows = sql.SQL(MERGED).format(
        branches=sql.SQL(" UNION ALL ").join(each),
        table=sql.SQL(table.name),
        direction=plan.direction,
        all=sql.Literal(ALL),
    )
    return Source(rows, sql.SQL("merged.id"), sql.SQL("merged.key"))


def behind(table: Table, plan: Plan, source: Source) -> sql.Composable:
    """Compose the condition that rows come after the cursor."""
    condition = sql.SQL("({key}, {id}) {sign} (%(after_key)s::{type}, %(after_id)s::{id_type})")
    return condition.format(
        key=source.key,
        id=source.id,
        sign=sql.SQL("<" if plan.sort.startswith("-") else ">"),
        type=sql.SQL(table.orders[plan.order].type),
        id_type=sql.SQL(table.id_type),
    )


WALKED: LiteralString = """
(
    SELECT {id} AS id, {key} AS key FROM {table} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
) AS walked JOIN {table} ON {table}.id = walked.id
"""
"""Records in the order of the list, chosen by the columns of an index alone.

The limit, beyond all rows, makes the planner prefer a plan that starts at once.
"""

WALKED_ROWS: LiteralString = """
(
    SELECT {id} AS id, {rows}.position AS position, {key} AS key FROM {rows} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
) AS walked JOIN {rows} ON {id} = walked.id AND {rows}.position = walked.position
"""
"""Likewise rows of a child, of which other filters need columns that the index lacks."""

PROBED: LiteralString = """
(
    SELECT {id} AS id, {key} AS key FROM {rows} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
)
"""
"""Records that one probe of an index finds, in the order of the list."""

MERGED: LiteralString = """
(
    SELECT DISTINCT ON (probed.key, probed.id) probed.id, probed.key FROM ({branches}) AS probed
    ORDER BY probed.key {direction}, probed.id {direction} LIMIT {all}
) AS merged JOIN {table} ON {table}.id = merged.id
"""
"""Records that several probes of an index find."""

ALL = 2**62
"""A limit beyond all rows."""
