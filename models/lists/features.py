"""Records as features of GeoJSON (RFC 7946), each a line that PostgreSQL writes."""

from collections.abc import Sequence
from typing import Literal, LiteralString, NamedTuple

from psycopg import sql

from models.database.streaming import Source
from models.lists.flat import Column, Rows
from models.lists.search import Matching
from models.lists.stream import in_order
from models.table import Table

Shape = Literal["full", "point"]
"""Which geometry a record has: that of its place, or else its point; or the point alone."""

WRITTEN: LiteralString = """
    (
        SELECT written.it ->> 'geometry'
        FROM (SELECT (locations.body || '}}')::json AS it) AS written
        WHERE written.it #>> '{{geometry,geometries}}' IS DISTINCT FROM '[]'
    )
"""
"""The geometry of a location as it was sent: a collection of none is none."""

GEOMETRY: LiteralString = (
    f"CASE WHEN strpos(locations.body, '\"geometry\":{{{{') > 0 THEN {WRITTEN} END"
)
"""The same, read only where the location may have one."""

POINT: LiteralString = """
    '{{"type":"Point","coordinates":[' || {0}.point[0] || ',' || {0}.point[1] || ']}}'
"""

SHAPES: dict[str, LiteralString] = {
    "locations": GEOMETRY,
    "events": f"(SELECT {GEOMETRY} FROM locations WHERE locations.id = events.location_id)",
}
"""By table: the geometry of the place where a record is."""

FEATURE: LiteralString = """
    SELECT '{{"type":"Feature","id":"' || {table}.id || '","geometry":'
        || coalesce({geometry}, 'null') || ',"properties":' || row_to_json(properties) || '}}'
    FROM {source}
"""


class Wanted(NamedTuple):
    """The geometry of features, and whether records without a place are included."""

    shape: Shape
    unlocated: bool


class Properties(Rows):
    """The columns of records as the properties of features."""

    def __init__(self, table: Table, columns: Sequence[Column]) -> None:
        """Compose the properties of a table's records."""
        super().__init__(table, columns, None, "values")

    @property
    def joined(self) -> sql.Composable:
        """Give what stands behind the table, and the properties as one row."""
        together = sql.SQL("{} CROSS JOIN LATERAL (SELECT {}) AS properties")
        return together.format(super().joined, self.selected)


def features(
    table: Table, matching: Matching, sort: str, columns: Sequence[Column], wanted: Wanted
) -> Source:
    """Compose the statement that gives the features of all matching records."""
    name = sql.SQL(table.name)
    geometry = point = sql.SQL(POINT).format(name)
    if wanted.shape == "full":
        geometry = sql.SQL("coalesce({}, {})").format(sql.SQL(SHAPES[table.name]).format(), point)
    if not wanted.unlocated:
        known = sql.SQL("{} AND {}.{} IS NOT NULL")
        column = sql.SQL("point" if wanted.shape == "point" else "extent")
        matching = matching._replace(where=known.format(matching.where, name, column))
    source = in_order(table, matching, sort, Properties(table, columns))
    statement = sql.SQL(FEATURE).format(table=name, geometry=geometry, source=source)
    return Source(statement, matching.values)
