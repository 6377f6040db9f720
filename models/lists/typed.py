"""Rows of typed exports: the form in which PostgreSQL writes them, and their number."""

import re
from collections.abc import Callable

from psycopg import sql

from models.database.connections import Connection
from models.database.streaming import Source, answered
from models.lists.flat import Rows
from models.lists.search import Matching
from models.lists.stream import UNORDERED, in_order

FIELDS = sql.SQL("(FORMAT csv)")
"""Rows in which `""` is an empty text, and nothing at all is null."""

TABBED = sql.SQL("(FORMAT text)")
"""Rows of one line each, with tabs between the values, and `\\N` for null."""

BEFORE_ITEM = "\x1f"
"""Stands before each value of a list."""

ESCAPED = (("\x1e1", "\x1f"), ("\x1e0", "\x1e"))
"""Escapes of control characters inside a value of a list, in the order of undoing them."""

CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
"""How PostgreSQL writes characters that tell values or rows apart."""


def plain(value: str) -> str:
    """Give what a value of tabbed rows means that has backslashes in it."""
    return re.sub(r"\\(.)", lambda found: CONTROLS.get(found[1], found[1]), value)


def values(text: str) -> list[str]:
    """Take the values of a list apart."""
    found = text.split(BEFORE_ITEM)[1:]
    for written, meant in ESCAPED:
        found = [value.replace(written, meant) for value in found]
    return found


def count(
    connection: Connection, wanted: Matching, rows: Rows, most: int, is_wanted: Callable[[], bool]
) -> int:
    """Count the matching rows, up to `most`; Abandoned once the client has gone."""
    source = in_order(rows.table, wanted, UNORDERED, rows if rows.rows else None)
    statement = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS found").format(
        source, sql.Literal(most)
    )
    [found] = answered(connection, Source(statement, wanted.values), is_wanted)
    return int(found)
