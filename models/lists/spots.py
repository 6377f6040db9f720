"""Where records are, as a map shows them: counts of those that match, by cells of a grid."""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.search import matching
from models.lists.text import by_rarity
from models.past import as_of
from models.table import Table

CELLS_ACROSS = 40
"""Number of cells from the west to the east of what is shown."""

MIN_DEGREES = 1.0
"""Width of what is shown at the least, where it follows from the places."""

MAX_NAMES = 3
"""Maximum number of places of a cell that are named."""

AREAS: tuple[LiteralString, ...] = ("country", "admin1", "admin2", "admin3", "area")
"""Kinds of places in which something may have happened anywhere."""

BOUNDS: LiteralString = """
    SELECT greatest(
        CASE WHEN shown.turned < 180 THEN least(shown.wide, shown.turned) ELSE shown.wide END,
        shown.high * 4 / 3, {least}
    ) / {across} AS size
    FROM (
        SELECT max(located.x) - min(located.x) AS wide, max(located.y) - min(located.y) AS high,
            max(located.turned) - min(located.turned) AS turned
        FROM located
    ) AS shown
"""

STATEMENT: LiteralString = """
WITH counted AS MATERIALIZED (
    SELECT {table}.location_id, count(*) AS events,
        count(*) FILTER (WHERE {table}.status IN ('disputed', 'denied')) AS doubted
    FROM {table} WHERE {where} GROUP BY {table}.location_id
),
places AS MATERIALIZED (
    SELECT counted.location_id, counted.events, counted.doubted, locations.name,
        locations.uncertainty_km, coalesce(locations.point, @@ locations.extent) AS at,
        locations.point IS NULL OR coalesce(locations.kind = ANY({areas}), false) AS area
    FROM counted LEFT JOIN locations ON locations.id = counted.location_id
),
located AS MATERIALIZED (
    SELECT places.*, places.at[0] - CASE WHEN places.at[0] > 180 THEN 360 ELSE 0 END AS x,
        places.at[0] + CASE WHEN places.at[0] < 0 THEN 360 ELSE 0 END AS turned,
        places.at[1] AS y
    FROM places WHERE places.at IS NOT NULL
),
unlocated AS MATERIALIZED (
    SELECT places.* FROM places WHERE places.at IS NULL AND places.location_id IS NOT NULL
),
grid AS MATERIALIZED ({size})
(
    SELECT 'cell', sum(located.events)::bigint, sum(located.doubted)::bigint, count(*),
        CASE WHEN count(*) = 1 THEN min(located.location_id::text) END,
        (array_agg(located.name ORDER BY located.events DESC, located.location_id))[:{names}],
        located.area, sum(located.x * located.events) / sum(located.events),
        sum(located.y * located.events) / sum(located.events),
        min(located.x), min(located.y), max(located.x), max(located.y),
        CASE WHEN count(*) = 1 THEN max(located.uncertainty_km) END
    FROM located CROSS JOIN grid
    GROUP BY floor(located.x / grid.size), floor(located.y / grid.size), located.area
)
UNION ALL (
    SELECT 'located', located.events, located.doubted, 1, located.location_id::text,
        ARRAY[located.name], located.area, located.x, located.y, {nothing}
    FROM located ORDER BY located.events DESC, located.location_id LIMIT %(most_located)s
)
UNION ALL (
    SELECT 'unlocated', unlocated.events, unlocated.doubted, 1, unlocated.location_id::text,
        ARRAY[unlocated.name], false, NULL, NULL, {nothing}
    FROM unlocated ORDER BY unlocated.events DESC, unlocated.location_id
    LIMIT %(most_unlocated)s
)
UNION ALL (
    SELECT CASE WHEN places.location_id IS NULL THEN 'nowhere'
        WHEN places.at IS NULL THEN 'all unlocated' ELSE 'all located' END,
        sum(places.events)::bigint, sum(places.doubted)::bigint, count(*),
        NULL, NULL, false, NULL, NULL, {nothing}
    FROM places GROUP BY 1
)
"""


class Spot(NamedTuple):
    """A place, or several that lie near each other: how many records are there, and where.

    `x` and `y` are their middle in degrees, `box` is in which they lie: west, south, east, north.
    Of an `area`, it is not known where in it something happened.
    """

    records: int
    doubted: int
    places: int
    location_id: str | None
    names: list[str]
    area: bool
    x: float | None
    y: float | None
    box: tuple[float, float, float, float] | None
    uncertainty_km: float | None


class Spots(NamedTuple):
    """Records by where they are.

    `cells` are all that have coordinates, `located` and `unlocated` the places with and without
    these that have most records, and `sums` of both, and of what is `nowhere`, are the number of
    records and of places.
    """

    cells: list[Spot]
    located: list[Spot]
    unlocated: list[Spot]
    sums: Mapping[str, tuple[int, int]]


def spots(
    connection: Connection,
    table: Table,
    asked: Mapping[str, Any],
    *,
    width: float | None,
    most: tuple[int, int],
) -> Spots:
    """Count the records that match by where they are.

    `width` is that of what is shown, in degrees; where it is not given, all places are shown.
    `most` is how many places with and without coordinates are listed.
    """
    if instant := as_of.early(connection, table.name):
        asked = {**asked, "created_until": instant}
    found = matching(table, by_rarity(connection, table, asked))
    size = (
        sql.SQL(BOUNDS).format(least=MIN_DEGREES, across=CELLS_ACROSS)
        if width is None
        else sql.SQL("SELECT {}::float8 AS size").format(width / CELLS_ACROSS)
    )
    statement = sql.SQL(STATEMENT).format(
        table=sql.SQL(table.name),
        where=found.where,
        areas=[*AREAS],
        size=size,
        names=MAX_NAMES,
        nothing=sql.SQL("NULL, NULL, NULL, NULL, NULL"),
    )
    given = {**found.values, "most_located": most[0], "most_unlocated": most[1]}
    rows = ClientCursor(connection).execute(statement, given).fetchall()
    by_kind: dict[str, list[Spot]] = {"cell": [], "located": [], "unlocated": []}
    sums = {}
    for kind, records, doubted, places, location_id, names, area, x, y, *box, uncertainty in rows:
        if kind in by_kind:
            around = None if box[0] is None else (box[0], box[1], box[2], box[3])
            one = Spot(
                records, doubted, places, location_id, names, area, x, y, around, uncertainty
            )
            by_kind[kind].append(one)
        else:
            sums[kind.removeprefix("all ")] = (records, places)
    return Spots(by_kind["cell"], by_kind["located"], by_kind["unlocated"], sums)
