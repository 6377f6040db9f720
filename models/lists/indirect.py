"""Filters that find rows through other records, by one of three strategies.

The best one depends on the number of wanted values and of rows that have them. The statement counts
both when it runs, no further than it must, and chooses: few rows are found first and sorted;
otherwise rows are read in the order of the list, from an index, and each is checked against a hash
of the wanted values or, where these are many, by a lookup of its own value.
"""

from collections.abc import Iterator, Sequence
from typing import LiteralString, NamedTuple, Self

from psycopg import sql

from models.table import Indirect

MAX_SORTED_ROWS = 200
"""Maximum number of rows, and of values that they are found by, that are found first and sorted."""

FIRST, HASHED, PROBED = 1, 2, 3
"""The strategies, as a statement numbers them."""

CHOICE: LiteralString = """
WITH choice AS MATERIALIZED (
    SELECT CASE
        WHEN (SELECT count(*) FROM (SELECT FROM ({wanted}) AS every LIMIT {few} + 1) AS each)
            <= {few}
        THEN CASE WHEN (SELECT count(*) FROM {found} AS each) <= {few} THEN 1 ELSE 2 END
        WHEN (SELECT count(*) FROM (SELECT FROM ({wanted}) AS every LIMIT {many} + 1) AS each)
            <= {many}
        THEN 2 ELSE 3
    END AS strategy
)
"""
"""Chooses a strategy, once for a whole statement."""

IS_CHOSEN: LiteralString = "(SELECT choice.strategy FROM choice) = {strategy}"

FOUND_ROWS: LiteralString = """
(
    SELECT its.* FROM (SELECT every.* FROM ({wanted}) AS every LIMIT {few}) AS every (value),
        LATERAL (
            SELECT {source}.* FROM {source} WHERE {column} = every.value LIMIT {few} + 1
        ) AS its
    LIMIT {few} + 1
)
"""
"""The rows that have a wanted value."""

IN_HASH: LiteralString = "coalesce({column} IN ({wanted} LIMIT {many}), false)"
"""The condition that a row has a wanted value, in a form that is hashed, not joined.

The limit tells the planner that the values fit into memory.
"""

LOOKED_UP: LiteralString = """
EXISTS (SELECT FROM ({wanted}) AS every (value) WHERE every.value = {column} OFFSET 0)
"""
"""The condition that a row has a wanted value, in a form that is looked up for each row."""


class Strategy(NamedTuple):
    """A strategy: whether it is the chosen one, and either its rows or a condition on others."""

    is_chosen: sql.Composable
    rows: sql.Composable | None
    condition: sql.Composable | None

    def within(self, bounds: Sequence[sql.Composable]) -> Self:
        """Restrict the condition to rows between bounds of their key."""
        if self.condition is None:
            return self
        return self._replace(condition=sql.SQL(" AND ").join([*bounds, self.condition]))


def strategies(indirect: Indirect) -> Iterator[Strategy]:
    """Give the three strategies."""
    yield Strategy(part(indirect, IS_CHOSEN, FIRST), part(indirect, FOUND_ROWS), None)
    yield Strategy(part(indirect, IS_CHOSEN, HASHED), None, part(indirect, IN_HASH))
    yield Strategy(part(indirect, IS_CHOSEN, PROBED), None, part(indirect, LOOKED_UP))


def choice(indirect: Indirect) -> sql.Composed:
    """Compose the choice of a strategy, which goes before the statement."""
    return part(indirect, CHOICE)


def part(indirect: Indirect, text: LiteralString, strategy: int = 0) -> sql.Composed:
    """Compose a part of a statement."""
    names = {
        "column": sql.SQL(indirect.column),
        "source": sql.SQL(indirect.column.partition(".")[0]),
        "wanted": sql.SQL(indirect.wanted),
        "few": sql.Literal(MAX_SORTED_ROWS),
        "many": sql.Literal(indirect.many),
        "strategy": sql.Literal(strategy),
    }
    return sql.SQL(text).format(**names, found=sql.SQL(FOUND_ROWS).format(**names))
