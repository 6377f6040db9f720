"""Statements that give all that matches, as texts or as flat rows, in an order or in none."""

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import sql

from models.database.connections import Connection
from models.database.streaming import Source
from models.lists.flat import Rows
from models.lists.search import Matching, matching
from models.lists.text import by_rarity
from models.table import Table, text

UNORDERED = "none"
"""The sort that leaves rows in the order in which they are found."""

LINES = sql.SQL("(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')")
"""COPY options for rows of one JSON text each, unchanged: it has no control characters."""

CELLS_FORMAT: LiteralString = "(FORMAT csv, HEADER true{})"
"""COPY options for rows as of RFC 4180, below a header."""


IN_ORDER: LiteralString = """
(
    SELECT {table}.id, {own} AS own, {key} AS key FROM {table} WHERE {where}
    ORDER BY {keys} OFFSET 0
) AS found CROSS JOIN LATERAL (
    SELECT {table}.*{record} FROM {table} WHERE {table}.id = found.id OFFSET 0
) AS {table}{joined} ORDER BY {order}
"""
AS_FOUND: LiteralString = """
(SELECT {table}.*{record} FROM {table} WHERE {where} OFFSET 0) AS {table}{joined}
"""
"""FROM clauses that give records in an order, or in none, under the table's own name."""


def found(connection: Connection, table: Table, asked: Mapping[str, Any]) -> Matching:
    """Compose the condition that records match."""
    return matching(table, by_rarity(connection, table, asked))


def texts(table: Table, wanted: Matching, sort: str, *, full: bool = False) -> Source:
    """Compose the statement that gives the JSON texts of all matching records."""
    statement = sql.SQL("SELECT {} AS text FROM {}").format(
        text(table, full=full), in_order(table, wanted, sort)
    )
    return Source(statement, wanted.values)


def cells(table: Table, wanted: Matching, sort: str, rows: Rows) -> Source:
    """Compose the statement that gives flat rows of all matching records."""
    statement = sql.SQL("SELECT {} FROM {}").format(
        rows.selected, in_order(table, wanted, sort, rows)
    )
    return Source(statement, wanted.values)


def as_cells(rows: Rows) -> sql.Composable:
    """Give the options of COPY for cells: with quotes around all free text.

    Spreadsheets may also end a cell at semicolons and tabs: without quotes, they would calculate
    the text behind one of these.
    """
    free = [sql.Identifier(column.name) for column in rows.columns if column.free]
    quoted = sql.SQL(", FORCE_QUOTE ({})").format(sql.SQL(", ").join(free)) if free else sql.SQL("")
    return sql.SQL(CELLS_FORMAT).format(quoted)


def in_order(table: Table, wanted: Matching, sort: str, rows: Rows | None = None) -> sql.Composable:
    """Compose the FROM, WHERE and ORDER BY of an export.

    Ids are sorted rather than records, which may be large: these are then read one by one, and the
    first of them comes at once.
    """
    names = {
        "table": sql.SQL(table.name),
        "where": wanted.where,
        "record": rows.record if rows else sql.SQL(""),
        "joined": rows.joined if rows else sql.SQL(""),
    }
    if sort == UNORDERED:
        return sql.SQL(AS_FOUND).format(**names)
    name, direction = sort.removeprefix("-"), sql.SQL(" DESC" if sort.startswith("-") else "")
    # Ids that are texts have the order of their code points, as releases digest them.
    own = sql.SQL(f"{table.name}.id" + (' COLLATE "C"' if table.id_type == "text" else ""))
    key = own if name == "id" else sql.SQL(table.orders[name].sql)
    by = ("found.own",) if name == "id" else ("found.key", "found.own")
    keys = [sql.SQL(each) + direction for each in by]
    return sql.SQL(IN_ORDER).format(
        **names,
        key=key,
        own=own,
        keys=sql.SQL(", ").join(sql.SQL(each.removeprefix("found.")) + direction for each in by),
        order=sql.SQL(", ").join([*keys, *(rows.order if rows else ())]),
    )
