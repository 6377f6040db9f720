"""Ways to what is found by way of other records, of which one is gone when a list is read.

How many values are wanted, and how many rows have them, is known when the statement is executed:
it counts both, no further than it must. Few are found first, and sorted. Otherwise rows are looked
at in the order of the list, as an index has them, and whether they have a wanted value is told by
a hash of these or, where they are many, by looking for the one that the row has.
"""

from collections.abc import Iterator, Sequence
from typing import LiteralString, NamedTuple, Self

from psycopg import sql

from models.table import Across

MAX_SORTED_ROWS = 200
"""Maximum number of rows, and of values that they are found by, that are found first and sorted."""

FIRST, HASHING, PROBING = 1, 2, 3
"""The ways: rows found first, values hashed, and values looked for."""

CHOICE: LiteralString = """
WITH choice AS MATERIALIZED (
    SELECT CASE
        WHEN (SELECT count(*) FROM (SELECT FROM ({wanted}) AS every LIMIT {few} + 1) AS each)
            <= {few}
        THEN CASE WHEN (SELECT count(*) FROM {found} AS each) <= {few} THEN 1 ELSE 2 END
        WHEN (SELECT count(*) FROM (SELECT FROM ({wanted}) AS every LIMIT {many} + 1) AS each)
            <= {many}
        THEN 2 ELSE 3
    END AS way
)
"""
"""Chooses a way, once for all of them: no further is counted than it must."""

IS_CHOSEN: LiteralString = "(SELECT choice.way FROM choice) = {way}"
"""Whether a way is gone."""

FOUND: LiteralString = """
(
    SELECT its.* FROM (SELECT every.* FROM ({wanted}) AS every LIMIT {few}) AS every (value),
        LATERAL (
            SELECT {source}.* FROM {source} WHERE {column} = every.value LIMIT {few} + 1
        ) AS its
    LIMIT {few} + 1
)
"""
"""The rows that have a wanted value."""

HASHED: LiteralString = "coalesce({column} IN ({wanted} LIMIT {many}), false)"
"""Whether a row has a wanted value: written so that these are hashed, not joined.

The limit tells the planner that they fit into memory.
"""

PROBED: LiteralString = """
EXISTS (SELECT FROM ({wanted}) AS every (value) WHERE every.value = {column} OFFSET 0)
"""
"""Whether a row has a wanted value: written so that this is looked for, for each row."""


class Way(NamedTuple):
    """A way: when it is gone, and the rows that are found first, or else how one is chosen."""

    gone: sql.Composable
    found: sql.Composable | None
    chosen: sql.Composable | None

    def within(self, bounds: Sequence[sql.Composable]) -> Self:
        """Choose rows between bounds of their key."""
        if self.chosen is None:
            return self
        return self._replace(chosen=sql.SQL(" AND ").join([*bounds, self.chosen]))


def ways(across: Across) -> Iterator[Way]:
    """Give the ways to what is found across other records."""
    yield Way(part(across, IS_CHOSEN, FIRST), part(across, FOUND), None)
    yield Way(part(across, IS_CHOSEN, HASHING), None, part(across, HASHED))
    yield Way(part(across, IS_CHOSEN, PROBING), None, part(across, PROBED))


def choice(across: Across) -> sql.Composed:
    """Compose what chooses among the ways, before the statement that goes one of them."""
    return part(across, CHOICE)


def part(across: Across, text: LiteralString, way: int = 0) -> sql.Composed:
    """Compose a part of a statement."""
    names = {
        "column": sql.SQL(across.column),
        "source": sql.SQL(across.column.partition(".")[0]),
        "wanted": sql.SQL(across.wanted),
        "few": sql.Literal(MAX_SORTED_ROWS),
        "many": sql.Literal(across.many),
        "way": sql.Literal(way),
    }
    return sql.SQL(text).format(**names, found=sql.SQL(FOUND).format(**names))
