"""Facets: how many records each choice of a filter would find, with all other filters."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.counted import certain
from models.lists.search import matching
from models.lists.text import by_rarity
from models.past import as_of
from models.table import Table

COUNTED: LiteralString = """
WITH counted AS MATERIALIZED (
    SELECT {columns}, {certain} AS certain, count(*) AS records
    FROM {table} WHERE {where} GROUP BY {numbers}
)
"""
"""The records that match all filters but those of facets, by the values of all facets."""

BY_FACET: LiteralString = """
SELECT {facet}, counted.{facet_column}::text, sum(counted.records)::bigint, 0::bigint FROM counted
WHERE {others} GROUP BY counted.{facet_column}
"""

ALL: LiteralString = """
SELECT NULL, NULL, coalesce(sum(counted.records), 0)::bigint,
    coalesce(sum(counted.records) FILTER (WHERE counted.certain), 0)::bigint
FROM counted WHERE {chosen}
"""


class Facets(NamedTuple):
    """Counts of records by facet, the most frequent values first, and of all that match.

    `certain` is how many of all lie within the time that is asked for with certainty.
    """

    values: Mapping[str, list[tuple[str | None, int]]]
    total: int
    certain: int


def count(
    connection: Connection, table: Table, facets: Sequence[LiteralString], asked: Mapping[str, Any]
) -> Facets:
    """Count the records by facets: columns of the table with filters of their names.

    Each is counted without its own filter, so that a choice can be widened. All are counted from
    one pass over what matches the other filters.
    """
    if instant := as_of.early(connection, table.name):
        asked = {**asked, "created_until": instant}
    chosen = {facet: asked[facet] for facet in facets if facet in asked}
    others = {name: value for name, value in asked.items() if name not in chosen}
    found = matching(table, by_rarity(connection, table, others))
    columns = [sql.SQL("{}.{}").format(*map(sql.SQL, (table.name, facet))) for facet in facets]
    counted = sql.SQL(COUNTED).format(
        columns=sql.SQL(", ").join(columns),
        certain=sql.SQL(certain(table, asked)),
        table=sql.SQL(table.name),
        where=found.where,
        numbers=sql.SQL(", ").join(map(sql.Literal, range(1, len(facets) + 2))),
    )
    parts = [
        sql.SQL(BY_FACET).format(
            facet=sql.Literal(facet),
            facet_column=sql.SQL(facet),
            others=condition(chosen.keys() - {facet}),
        )
        for facet in facets
    ]
    parts.append(sql.SQL(ALL).format(chosen=condition(chosen.keys())))
    statement = counted + sql.SQL(" UNION ALL ").join(parts)
    given = {**matching(table, asked).values, **found.values, **of_facets(chosen)}
    values: dict[str, list[tuple[str | None, int]]] = {facet: [] for facet in facets}
    sums = (0, 0)
    for facet, value, records, surely in ClientCursor(connection).execute(statement, given):
        if facet is None:
            sums = (records, surely)
        else:
            values[facet].append((value, records))
    for rows in values.values():
        rows.sort(key=lambda row: (-row[1], row[0] or ""))
    return Facets(values, *sums)


def condition(facets: Any) -> sql.Composable:
    """Compose the condition that counted records have the chosen values of some facets."""
    each = sql.SQL("counted.{} = ANY({})")
    found = [
        each.format(sql.SQL(facet), sql.Placeholder(f"facet_{facet}")) for facet in sorted(facets)
    ]
    return sql.SQL(" AND ").join(found) if found else sql.SQL("true")


def of_facets(chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give the placeholders of the chosen values."""
    return {f"facet_{facet}": [*values] for facet, values in chosen.items()}
