"""How many records each dataset has, of each resource."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from psycopg import sql

from models.database.connections import Connection
from models.lists.search import matching
from models.table import Table

COUNTED = """
SELECT {resource}, {table}.dataset, count(*) FROM {table} WHERE {condition} GROUP BY {table}.dataset
"""
"""The records of one resource that lists show."""

SHOWN = {"retracted_exclude": True}
"""The filter of lists where nothing is said."""


def sizes(connection: Connection, tables: Iterable[Table]) -> dict[str, dict[str, int]]:
    """Count the records that lists show: dataset -> resource -> number."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for resource, dataset, number in connection.execute(counting(tuple(tables))):
        found[dataset][resource] = number
    return found


@cache
def counting(tables: tuple[Table, ...]) -> bytes:
    """Compose the statement that counts the records of some resources."""
    return (
        sql.SQL(" UNION ALL ")
        .join(
            sql.SQL(COUNTED).format(
                resource=sql.Literal(table.name),
                table=sql.Identifier(table.name),
                condition=matching(table, SHOWN).where,
            )
            for table in tables
        )
        .as_bytes()
    )
