"""Containment: derived for locations from their parents, and for events from locations."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, LiteralString

from models.database.connections import Connection
from models.events import WHERE
from models.locations import LOCATIONS
from models.store.records import ARRIVAL

INSIDE = """
WITH RECURSIVE inside AS (
    SELECT locations.id FROM locations WHERE locations.id = ANY(%s::uuid[])
    UNION
    SELECT locations.id FROM locations JOIN inside ON locations.parent_id = inside.id
)
SELECT locations.id FROM locations WHERE locations.id IN (SELECT inside.id FROM inside)
ORDER BY locations.id FOR UPDATE
"""
"""Locks locations and all inside them against writers of events, who lock theirs."""

PARENTS = """
WITH RECURSIVE above (id, parent_id) AS (
    SELECT locations.id, locations.parent_id FROM locations
    WHERE locations.id = ANY(%s) AND locations.parent_id IS NOT NULL
    UNION
    SELECT locations.id, locations.parent_id FROM above
    JOIN locations ON locations.id = above.parent_id WHERE locations.parent_id IS NOT NULL
)
SELECT above.id::text, above.parent_id::text FROM above ORDER BY above.id
"""
"""Locations and all that they lie in, each with its parent: one row each, however deep."""

AROUND = "SELECT locations.ancestors::text[] FROM locations WHERE locations.id = %s"
"""The ids of the locations that one lies in, the nearest first."""

TEXT: LiteralString = """(
    ',"derived_country":' || coalesce('"' || derived.country || '"', 'null') || '}'
)"""
"""The end of a location's text, as `locations.derived` writes it."""

ABOVE = """
WITH RECURSIVE above (id, above_id, depth) AS (
    SELECT locations.id, locations.id, 0 FROM locations WHERE locations.id = ANY(%(inside)s)
    UNION ALL
    SELECT above.id, locations.parent_id, above.depth + 1 FROM above
    JOIN locations ON locations.id = above.above_id WHERE locations.parent_id IS NOT NULL
),
derived AS (
    SELECT
        above.id,
        coalesce(
            array_agg(above.above_id ORDER BY above.depth) FILTER (WHERE above.depth > 0), '{}'
        ) AS ancestors,
        (
            array_agg(locations.own_country ORDER BY above.depth)
            FILTER (WHERE locations.own_country IS NOT NULL)
        )[1] AS country
    FROM above JOIN locations ON locations.id = above.above_id GROUP BY above.id
)
SELECT locations.id, derived.ancestors::text, derived.country
FROM locations JOIN derived ON derived.id = locations.id
WHERE (locations.ancestors, locations.country) IS DISTINCT FROM (derived.ancestors, derived.country)
    OR locations.derived <> {text}
""".replace("{text}", TEXT)
"""Ancestors of locations, nearest first, and the nearest country, where they have changed."""

DERIVE_LOCATIONS = f"""
WITH derived AS (
    SELECT given.id, given.ancestors::uuid[] AS ancestors, given.country
    FROM unnest(%(ids)s::uuid[], %(ancestors)s::text[], %(countries)s::text[])
        AS given (id, ancestors, country)
),
old AS (
    SELECT locations.* FROM locations WHERE locations.id = ANY(%(ids)s::uuid[])
),
kept AS (
    INSERT INTO locations_history SELECT after(old.recorded_at, %(now)s), old.* FROM old
    WHERE old.recorded_at <> %(now)s
),
new AS (
    UPDATE locations
    SET ancestors = derived.ancestors, country = derived.country, derived = {TEXT},
        derivations = old.derivations
            + (old.derived <> {TEXT} AND old.recorded_at <> %(now)s)::integer,
        recorded_at = after(old.recorded_at, %(now)s)
    FROM derived JOIN old ON old.id = derived.id
    WHERE locations.id = ANY(%(ids)s::uuid[]) AND locations.id = old.id
    RETURNING locations.*
)
{ARRIVAL}
SELECT 'locations', new.id::text, new.version, new.dataset, 'derive', new.recorded_at,
    NULL, NULL, NULL
FROM new JOIN old ON old.id = new.id WHERE new.derived <> old.derived AND NOT new.withdrawn
ON CONFLICT (recorded_at, resource, id) DO NOTHING
"""
"""Stores what locations lie in, and lets the feed know where their texts change by that.

What this very transaction has written has arrived already.
"""

DERIVE_EVENTS = """
WITH old AS (
    SELECT events.* FROM events JOIN locations ON locations.id = events.location_id
    WHERE events.location_id = ANY(%(inside)s)
        AND NOT (
            events.country IS NOT DISTINCT FROM
                country_then(locations.country, events.starts_on, events.ends_on)
            AND events.uncertainty_km IS NOT DISTINCT FROM locations.uncertainty_km
            AND coalesce(events.point ~= locations.point, events.point IS NULL
                AND locations.point IS NULL)
            AND coalesce(events.extent ~= locations.extent, events.extent IS NULL
                AND locations.extent IS NULL)
        )
    ORDER BY events.id FOR NO KEY UPDATE OF events
),
kept AS (
    INSERT INTO events_history SELECT after(old.recorded_at, %(now)s), old.* FROM old
    WHERE old.recorded_at <> %(now)s
)
UPDATE events
SET country = country_then(locations.country, events.starts_on, events.ends_on),
    point = locations.point, extent = locations.extent, uncertainty_km = locations.uncertainty_km,
    recorded_at = after(old.recorded_at, %(now)s)
FROM old JOIN locations ON locations.id = old.location_id
WHERE events.id = old.id
RETURNING events.id
"""
"""Derives the country, point and extent of events from their locations."""

DELETE_CELLS = """
WITH gone AS (
    DELETE FROM event_cells WHERE event_cells.event_id = ANY(%(moved)s) RETURNING event_cells.*
)
INSERT INTO event_cells_history
SELECT after(gone.recorded_at, %(now)s), gone.* FROM gone WHERE gone.recorded_at <> %(now)s
"""
"""By which cells events were found."""

INSERT_CELLS = f"""
INSERT INTO event_cells (event_id, cell, begins, at, extent, recorded_at)
SELECT events.id, cell, events.begins, {WHERE}, %(now)s FROM events
JOIN locations ON locations.id = events.location_id CROSS JOIN unnest(locations.cells) AS cell
WHERE events.id = ANY(%(moved)s) AND NOT events.withdrawn
"""
"""By which cells events are found."""

DERIVE_PLACES = """
WITH touched AS (
    SELECT DISTINCT event_places.event_id FROM event_places
    WHERE event_places.location_id = ANY(%(inside)s)
),
wanted AS (
    SELECT DISTINCT event_places.event_id, place AS location_id, event_places.begins
    FROM event_places
    JOIN locations ON locations.id = event_places.location_id
    CROSS JOIN unnest(locations.id || locations.ancestors) AS place
    WHERE event_places.named AND event_places.event_id IN (SELECT touched.event_id FROM touched)
),
gone AS (
    DELETE FROM event_places USING touched
    WHERE event_places.event_id = touched.event_id AND NOT event_places.named
        AND NOT EXISTS (
            SELECT FROM wanted
            WHERE wanted.event_id = event_places.event_id
                AND wanted.location_id = event_places.location_id
        )
    RETURNING event_places.*
),
kept AS (
    INSERT INTO event_places_history
    SELECT after(gone.recorded_at, %(now)s), gone.* FROM gone WHERE gone.recorded_at <> %(now)s
)
INSERT INTO event_places (event_id, location_id, begins, named, recorded_at)
SELECT wanted.event_id, wanted.location_id, wanted.begins, false, %(now)s FROM wanted
ON CONFLICT DO NOTHING
"""
"""Where events are found: their own locations, and everything that these lie in."""


class Circular(Exception):  # noqa: N818 - it names what is so
    """A location would lie in itself."""

    def __init__(self, location_id: str) -> None:
        """Keep which one."""
        super().__init__(location_id)
        self.id = location_id


def update(connection: Connection, ids: Iterable[str], now: datetime) -> list[Any]:
    """Derive the hierarchy above locations, and all in them, again; and that of their events.

    What changes stands since `now`. Lists those that lie elsewhere than before.
    Raises Circular where one would lie in itself.
    """
    inside: list[Any] = []
    found: list[Any] = [*ids]
    while len(inside) < len(found):
        # While this waits for others, they may put more inside.
        inside = found
        found = [row[0] for row in connection.execute(INSIDE, (inside,))]
    if circular := in_itself(dict(connection.execute(PARENTS, (inside,)).fetchall())):
        raise Circular(circular)
    given = {"inside": inside, "now": now}
    elsewhere: tuple[Any, ...] = ()
    if derived := connection.execute(ABOVE, given).fetchall():
        elsewhere, ancestors, countries = zip(*derived, strict=True)
        columns = {"ids": [*elsewhere], "ancestors": [*ancestors], "countries": [*countries]}
        connection.execute(DERIVE_LOCATIONS, {**columns, "now": now})
    moved = [row[0] for row in connection.execute(DERIVE_EVENTS, given)]
    if moved:
        connection.execute(DELETE_CELLS, {"moved": moved, "now": now})
        connection.execute(INSERT_CELLS, {"moved": moved, "now": now})
    connection.execute(DERIVE_PLACES, given)
    return [*elsewhere]


def in_itself(parents: Mapping[str, str]) -> str | None:
    """Find a location that lies in itself, by the parent of each; None where none does."""
    followed: set[str] = set()
    for start in parents:
        passed: set[str] = set()
        place = start
        while place in parents and place not in followed:
            followed.add(place)
            passed.add(place)
            place = parents[place]
        if place in passed:
            return place
    return None


def around(connection: Connection, location_id: str) -> list[str]:
    """Read the locations that one lies in, the nearest first: their JSON texts."""
    [[ids]] = connection.execute(AROUND, (location_id,)).fetchall()
    texts = LOCATIONS.fetch(connection, ids) if ids else {}
    return [texts[one] for one in ids if one in texts]
