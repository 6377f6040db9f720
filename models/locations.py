"""How locations are stored and found, and what is derived from what lies in what."""

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import Connection

from models.common import box, located, names, shared
from models.table import Condition, Order, Table


class Circular(Exception):  # noqa: N818 - it names what is so
    """A location would lie in itself."""

    def __init__(self, location_id: str) -> None:
        """Keep which one."""
        super().__init__(location_id)
        self.id = location_id


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from a location."""
    point, extent = record["point"], record["extent"]
    return {
        "name": record["name"],
        "names": names(record),
        "kind": record["kind"],
        "parent_id": record["parent_id"],
        "borders": record["borders"] or [],
        "country": record["country"],
        "point": f"({point[0]!r},{point[1]!r})" if point else None,
        "extent": box(*extent) if extent else None,
    }


LOCATIONS = Table(
    name="locations",
    row=row,
    columns={
        "name": "%(name)s",
        "names": "%(names)s",
        "kind": "%(kind)s",
        "parent_id": "%(parent_id)s",
        "borders": "%(borders)s::uuid[]",
        "own_country": "%(country)s",
        "point": "%(point)s::point",
        "extent": "%(extent)s::box",
    },
    filters={
        **shared("locations"),
        **located("locations"),
        "name": Condition(
            "locations.names && ARRAY(SELECT lower(name) FROM unnest(%(name)s::text[]) AS name)"
        ),
        "kind": Condition("locations.kind = ANY(%(kind)s)"),
        "country": Condition("locations.country = ANY(%(country)s)"),
        "within": Condition("locations.ancestors && %(within)s::uuid[]"),
        "borders": Condition(  # a border has two sides, and one of them may have recorded it
            "(locations.borders && %(borders)s::uuid[] OR locations.id IN (SELECT unnest("
            "neighbours.borders) FROM locations AS neighbours"
            " WHERE neighbours.id = ANY(%(borders)s::uuid[]) AND NOT neighbours.withdrawn))"
        ),
    },
    orders={
        "created_at": Order("locations.created_at", "timestamptz"),
        "updated_at": Order("locations.updated_at", "timestamptz"),
        "name": Order("locations.name", "text"),
    },
    # Who writes an event holds its location; one that moves waits for them, and they for it.
    lock_strength="UPDATE",
)
"""Locations; what lies in what is derived by `settle`."""


def settle(connection: Connection[Any], ids: Iterable[str]) -> None:
    """Derive anew what locations, and all that lies in them, lie in; and their events with them.

    Raises Circular where one would lie in itself.
    """
    affected = [
        row[0]
        for row in connection.execute(
            "WITH RECURSIVE inside AS ("
            " SELECT locations.id FROM locations WHERE locations.id = ANY(%s::uuid[])"
            " UNION SELECT locations.id FROM locations JOIN inside ON locations.parent_id = inside.id"
            ") SELECT locations.id::text FROM locations WHERE locations.id IN (SELECT inside.id FROM inside)"
            # In this order, and against writers of events, who hold the locations they name.
            " ORDER BY locations.id FOR UPDATE",
            (list(ids),),
        )
    ]
    circular = connection.execute(
        "WITH RECURSIVE above (id, above_id) AS ("
        " SELECT locations.id, locations.parent_id FROM locations"
        " WHERE locations.id = ANY(%s::uuid[]) AND locations.parent_id IS NOT NULL"
        " UNION SELECT above.id, locations.parent_id FROM above"
        " JOIN locations ON locations.id = above.above_id WHERE locations.parent_id IS NOT NULL"
        ") SELECT above.id::text FROM above WHERE above.id = above.above_id LIMIT 1",
        (affected,),
    ).fetchone()
    if circular:
        raise Circular(circular[0])
    moved = connection.execute(
        "WITH RECURSIVE above (id, above_id, depth) AS ("
        " SELECT locations.id, locations.id, 0 FROM locations WHERE locations.id = ANY(%s::uuid[])"
        " UNION ALL SELECT above.id, locations.parent_id, above.depth + 1 FROM above"
        " JOIN locations ON locations.id = above.above_id WHERE locations.parent_id IS NOT NULL"
        "), derived AS (SELECT above.id,"
        " coalesce(array_agg(above.above_id ORDER BY above.depth) FILTER (WHERE above.depth > 0), '{}')"
        " AS ancestors,"
        " (array_agg(locations.own_country ORDER BY above.depth)"
        " FILTER (WHERE locations.own_country IS NOT NULL))[1] AS country"
        " FROM above JOIN locations ON locations.id = above.above_id GROUP BY above.id"
        ") UPDATE locations SET ancestors = derived.ancestors, country = derived.country"
        " FROM derived WHERE derived.id = locations.id RETURNING locations.id",
        (affected,),
    ).fetchall()
    inside = [row[0] for row in moved]
    connection.execute(
        "UPDATE events SET country = locations.country, point = locations.point,"
        " extent = locations.extent FROM locations"
        " WHERE locations.id = events.location_id AND events.location_id = ANY(%s)"
        " AND NOT events.withdrawn"
        " AND (events.country, events.point::text, events.extent::text) IS DISTINCT FROM"
        " (locations.country, locations.point::text, locations.extent::text)",
        (inside,),
    )
    connection.execute(
        "WITH touched AS (SELECT DISTINCT event_places.event_id FROM event_places"
        " WHERE event_places.location_id = ANY(%(inside)s)),"
        " wanted AS (SELECT DISTINCT named.event_id, place AS location_id, named.starts_on"
        " FROM event_places AS named JOIN locations ON locations.id = named.location_id"
        " CROSS JOIN unnest(locations.id || locations.ancestors) AS place"
        " WHERE named.named AND named.event_id IN (SELECT touched.event_id FROM touched)),"
        " gone AS (DELETE FROM event_places USING touched"
        " WHERE event_places.event_id = touched.event_id AND NOT event_places.named"
        " AND NOT EXISTS (SELECT FROM wanted WHERE wanted.event_id = event_places.event_id"
        " AND wanted.location_id = event_places.location_id))"
        " INSERT INTO event_places (event_id, location_id, starts_on, named)"
        " SELECT wanted.event_id, wanted.location_id, wanted.starts_on, false FROM wanted"
        " ON CONFLICT DO NOTHING",
        {"inside": inside},
    )
