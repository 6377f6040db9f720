"""When records are: counts of those that match, by the buckets in which their dates begin and end.

Days are clipped, and taken for certain, as summaries do.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.search import matching
from models.lists.summaries.draft import Draft, Wanted
from models.lists.text import by_rarity
from models.past import as_of
from models.table import Table

Unit = Literal["day", "month", "year", "decade"]

STATEMENT = """
SELECT dated.first::date::text, dated.last::date::text, count(*)
FROM (SELECT {first} AS first, {last} AS last FROM {table} WHERE {where}) AS dated
GROUP BY dated.first, dated.last
"""


class Dated(NamedTuple):
    """Records of the same buckets: the first day of the first, and of the last one.

    A day is `-infinity` or `infinity` where it is not known. There is no last bucket where they
    are certainly in the first one, and none of either where they have no date.
    """

    first: str | None
    last: str | None
    records: int


def buckets(
    connection: Connection, table: Table, unit: Unit, asked: Mapping[str, Any]
) -> list[Dated]:
    """Count the records that match by the buckets of their dates."""
    if instant := as_of.early(connection, table.name):
        asked = {**asked, "created_until": instant}
    asked = by_rarity(connection, table, asked)
    draft = Draft(table, Wanted(by=("year",)), asked)
    draft.unit = unit
    found = matching(table, asked)
    statement = sql.SQL(STATEMENT).format(
        table=sql.SQL(table.name),
        where=found.where,
        **{name: sql.SQL(value) for name, value in draft.days().items()},
    )
    rows = ClientCursor(connection).execute(statement, {**draft.values(), **found.values})
    return [
        Dated(None if (first, last) == ("-infinity", None) else first, last, records)
        for first, last, records in rows.fetchall()
    ]
