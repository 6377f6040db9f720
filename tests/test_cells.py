"""Cells of the earth: what lies in a box is registered where a search for it looks."""

import math

import psycopg
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from support.service import key_of, new_database

from models.database import connections, migrating
from models.database.connections import Connection
from models.lists import cells, search
from models.lists.earth import box, box_around
from models.store.backfill import catch_up

CURRENT = {"If-Match": "*"}

FIRST = "0001_resources.sql"
"""The migration before that with the cells."""

EDGES = sorted(
    {
        round(edge, 6)
        for grid in cells.GRIDS
        for number in (0, 1, 2, grid.across // 2, grid.across - 1, grid.across)
        for edge in (number * grid.size - 180, number * grid.size - 90)
        if abs(edge) <= 180
    }
)
"""Where cells begin and end."""


def degrees(limit):
    """Draw a longitude or a latitude: any, or one where a cell begins."""
    edges = [edge for edge in EDGES if abs(edge) <= limit] + [-limit, limit, 0.0]
    return st.floats(-limit, limit) | st.sampled_from(edges)


@st.composite
def boxes(draw):
    """Draw west, south, east and north, of any size; east may lie beyond 180 if west does not."""
    west, south = draw(degrees(180)), draw(degrees(90))
    size = st.sampled_from(
        [0.0, 1e-9, 0.001, 0.05, 0.096, 0.48, 1.0, 2.4, 12.0, 50.0, 179.0, 360.0]
    )
    wide, high = draw(size | st.floats(0, 360)), draw(size | st.floats(0, 180))
    return west, south, min(west + wide, west + 360), min(south + high, 90.0)


@st.composite
def pairs(draw):
    """Draw a place's extent and a box that touches it, as often as not at an edge."""
    extent = draw(boxes())
    west, south, east, north = extent
    _, _, wide, high = draw(boxes())
    wide, high = wide % 360, abs(high)
    # Some point of the extent is some point of the box, or one of its corners.
    at = draw(st.sampled_from([west, east]) | st.floats(west, east))
    level = draw(st.sampled_from([south, north]) | st.floats(south, north))
    share = draw(st.sampled_from([0.0, 1.0]) | st.floats(0, 1))
    low = max(level - share * high, -90.0)
    return extent, (
        wrapped(at - share * wide),
        low,
        wrapped(at + (1 - share) * wide),
        max(low, level),
    )


def wrapped(longitude):
    """Give a longitude between -180 and 180, as clients write it."""
    while longitude > 180:
        longitude -= 360
    while longitude < -180:
        longitude += 360
    return longitude


def overlapping(extent, asked):
    """Tell whether two boxes have a place of the earth in common."""
    west, south, east, north = extent
    low, bottom, high, top = asked
    high += 360 if low > high else 0
    return (
        south <= top
        and bottom <= north
        and any(west + turn <= high and low <= east + turn for turn in (-720, -360, 0, 360, 720))
    )


@pytest.fixture(scope="module")
def registered(migrated):
    """Give a function that tells the cells of an extent and a point."""
    with Connection.connect(connections.configure(migrated, 30_000), autocommit=True) as connection:

        def cells_of(extent, point=None):
            at = f"({point[0]!r},{point[1]!r})" if point else None
            [[found]] = connection.execute(
                "SELECT cells(%s::box, %s::point)", (box(*extent), at)
            ).fetchall()
            return found

        yield cells_of


QUICK = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@QUICK
@example(((180.0, 0.0, 180.0, 0.0), (-180.0, 0.0, -180.0, 0.0)))
@example(((-180.0, 0.0, -180.0, 0.0), (180.0, 0.0, 180.0, 0.0)))
@example(((0.0, 90.0, 0.0, 90.0), (0.0, 90.0, 0.0, 90.0)))
@example(((12.0, 12.0, 12.0, 12.0), (11.0, 11.0, 12.0, 12.0)))
@example(((-180.0, -90.0, 180.0, 90.0), (5.0, 5.0, 5.0, 5.0)))
@example(((170.0, -10.0, 200.0, 10.0), (-170.0, 0.0, -165.0, 5.0)))
@given(pair=pairs())
def test_what_touches_a_box_shares_a_cell_with_it(registered, pair):
    """Every extent that a box touches is registered in a cell that the search looks into."""
    extent, asked = pair
    looked_for = cells.cover(*asked)
    assume(looked_for and overlapping(extent, asked))
    assert {*looked_for} & {*registered(extent)}


@st.composite
def circles(draw):
    """Draw a centre, a radius in kilometres, and a point inside the circle."""
    centre = draw(st.tuples(degrees(180), degrees(90)))
    radius = draw(st.sampled_from([0.0, 1.0, 50.0, 1_000.0, 9_000.0]) | st.floats(0, 20_100))
    bearing, share = draw(st.floats(0, 6.2831)), draw(st.floats(0, 1))
    return centre, radius, beyond(centre, bearing, radius * share)


@QUICK
@given(circle=circles(), size=boxes())
def test_what_lies_in_a_circle_shares_a_cell_with_it(registered, circle, size):
    """Every point of a circle, and what lies there, is registered where the search looks."""
    centre, radius, (west, south) = circle
    looked_for = cells.circle((*centre, radius), box_around((*centre, radius)))
    assume(looked_for)
    assert {*looked_for} & {*registered((west, south, west, south), (west, south))}
    east, north = west + size[2] - size[0], min(south + size[3] - size[1], 90.0)
    assert {*looked_for} & {*registered((west, south, east, north))}


def beyond(centre, bearing, far):
    """Give the point that lies so many kilometres from another one, in a direction."""
    angle, level = far / 6371.0088, math.radians(centre[1])
    sine = math.sin(level) * math.cos(angle)
    sine += math.cos(level) * math.sin(angle) * math.cos(bearing)
    latitude = math.asin(max(-1.0, min(1.0, sine)))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(level),
        math.cos(angle) - math.sin(level) * math.sin(latitude),
    )
    return wrapped(centre[0] + math.degrees(turn)), math.degrees(latitude)


@QUICK
@given(extent=boxes())
def test_an_extent_lies_in_few_cells(registered, extent):
    """An extent is registered few times at each size, and once at the least; none twice."""
    found = registered(extent)
    assert 1 <= len(found) <= len(cells.GRIDS) * cells.MAX_CELLS_OF_EXTENT * 2
    assert len({*found}) == len(found)
    for grid in cells.GRIDS:
        last = grid.first + grid.across * grid.up
        assert (
            len([cell for cell in found if grid.first <= cell < last]) <= cells.MAX_CELLS_OF_EXTENT
        )


@QUICK
@given(asked=boxes())
def test_a_search_looks_into_few_cells(asked):
    """A search for a box looks into so few cells that readings of all of them are merged."""
    west, south, east, north = asked
    found = cells.cover(west, south, wrapped(east) if east > 180 else east, north)
    assert len({*found}) == len(found) <= search.MAX_PROBES


def test_numbers_of_cells_are_those_of_one_cell():
    """Cells of all sizes are numbered one after the other, so that no two share a number."""
    following = 1
    for grid in cells.GRIDS:
        assert grid.first == following
        assert (grid.across * grid.size, grid.up * grid.size) == pytest.approx((360, 180))
        following += grid.across * grid.up
    for grid in cells.GRIDS[:3]:
        whole = grid.inside(-180, -90, 179.9999, 90)
        assert sorted(whole) == [*range(grid.first, grid.first + grid.across * grid.up)]


@QUICK
@given(point=st.tuples(degrees(180), degrees(90)))
def test_the_database_numbers_cells_as_the_search_does(registered, point):
    """A point lies in the same cell of each size, whoever computes it."""
    expected = {cell for grid in cells.GRIDS for cell in grid.inside(*point, *point)}
    assert {cell for cell in registered((*point, *point), point) if cell > 0} == expected


def found(client, query):
    """Say which events a list finds, by the ids that tests have given."""
    answer = client.get(f"/v1/events?{query}")
    assert answer.status_code == 200, answer.get_json()
    return {item["external_ids"]["test"] for item in answer.get_json()["items"]}


def test_events_move_with_their_place(client):
    """A place that is stored with other coordinates takes along where its events are found."""
    client.put("/v1/datasets/d", json={})
    place = {"dataset": "d", "name": "a", "point": [69.0, 35.0]}
    where = client.post("/v1/locations", json=place).headers["Location"]
    for name in ("one", "two"):
        sent = {"dataset": "d", "type": "other", "external_ids": {"test": name}}
        sent["location_id"] = where.rpartition("/")[2]
        assert client.post("/v1/events", json=sent).status_code == 201
    shape = {"type": "LineString", "coordinates": [[-60, -10], [-40, 10]]}
    other = {"type": "LineString", "coordinates": [[-20, -10], [0, 10]]}
    moves = [
        ({"point": [69.0, 35.0]}, "bbox=68.99,34.99,69.01,35.01", "near=69,35&radius=1"),
        ({"point": [-180.0, 89.9]}, "bbox=-180,89.8,-179,90", "near=180,90&radius=20"),
        ({"geometry": shape}, "bbox=-50,0,-49,1", None),
        ({"geometry": other, "point": [-20, -10]}, "bbox=-1,9,0,10", "near=-20,-10&radius=1"),
        ({"point": [69.02, 35.02]}, "bbox=69.02,35.02,69.02,35.02", "near=69.02,35.02&radius=0.1"),
        ({}, None, None),
    ]
    asked = [query for _, *queries in moves for query in queries if query]
    for coordinates, *queries in moves:
        sent = {"dataset": "d", "name": "a", **coordinates}
        assert client.put(where, json=sent, headers=CURRENT).status_code == 200
        for query in asked:
            lie = query in queries
            assert found(client, query) == ({"one", "two"} if lie else set()), (coordinates, query)
        assert found(client, "bbox=-180,-90,180,90") == ({"one", "two"} if coordinates else set())


# What was stored before there were cells.


TABLES = (
    *("datasets", "documents", "actors", "affiliations", "locations", "events", "participants"),
    *("event_places", "mentions", "statements", "listeners", "claims", "external_ids"),
)
"""The tables of the first migration, each behind those that it refers to."""

WRITTEN = (
    *(None, "2021-08-22", "2015/2024", "../2021", "2021/..", "2021-08-22T01:00:00+04:30"),
    *("2021-08-22T06:30:00Z", "2021-08-22T14:30:00.25", "2021-08-22T20:00:00-11:00/2021-08-24"),
)
"""Dates of all forms that days and instants are taken from."""

BUNDLE = {
    "dataset": "d",
    "documents": [
        {"title": date or "undated", "published_on": date}
        for date in WRITTEN
        if date != "2015/2024"
    ],
    "actors": [{"ref": "a", "name": "a"}],
    "locations": [
        {"ref": "village", "name": "village", "point": [69.0, 35.0], "parent_id": "@land"},
        {"ref": "pole", "name": "pole", "point": [180, 90]},
        {"ref": "nowhere", "name": "nowhere"},
        {
            "ref": "land",
            "name": "land",
            "geometry": {"type": "LineString", "coordinates": [[60, 29], [75, 39]]},
            "point": [66, 34],
        },
        {
            "ref": "area",
            "name": "area",
            "geometry": {"type": "LineString", "coordinates": [[1.5, 1.5], [1.6, 1.55]]},
        },
        {
            "ref": "half",
            "name": "half",
            "geometry": {"type": "LineString", "coordinates": [[-100, -80], [0, 0], [100, 80]]},
        },
    ],
    "events": [
        {"ref": f"{where}{number}", "type": "other", "location_id": f"@{where}", "date": date}
        for where in ("village", "pole", "nowhere", "land", "area", "half")
        for number, date in enumerate(WRITTEN)
    ],
    "statements": [
        {
            "act": "assert",
            "form": "paraphrase",
            "date": date,
            "addressee_ids": ["@a"],
            "chain": [{"actor_id": "@a"}, {"label": "the press"}],
            "claims": [{"event_id": "@village0", "stance": "asserts", "aspect": "date"}] * 2,
        }
        for date in WRITTEN
    ],
}


AFTERWARDS = {"recorded_at", "key_id", "method", "comment", "operation"}
"""Columns that say when and how a row came to stand; here, by a migration."""


def stored(url):
    """Give all rows of all tables of records, as text, but for what a migration cannot know."""
    with psycopg.connect(url) as connection:
        found = {}
        for table in (*TABLES, "event_cells"):
            columns = connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped ORDER BY attname",
                (table,),
            )
            kept = ", ".join(name for (name,) in columns if name not in AFTERWARDS)
            rows = connection.execute(
                f"SELECT ROW({kept})::text FROM {table} ORDER BY 1"  # noqa: S608 - a name of ours
            )
            found[table] = rows.fetchall()
        return found


def columns_of(connection, table):
    """List the columns of a table."""
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attnum",
        (table,),
    )
    return [name for (name,) in rows]


def test_what_was_stored_before(fresh, server, monkeypatch):
    """Migrations derive for records that stand what the service stores with new ones."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "admin")
    made = client.post("/v1/bundles", json=BUNDLE)
    assert made.status_code == 201, made.get_json()
    gone = made.get_json()["ids"]["half1"]
    assert client.delete(f"/v1/events/{gone}", headers=CURRENT).status_code == 204
    everything = migrating.migrations()
    with new_database(server) as older:
        with monkeypatch.context() as patched:
            patched.setattr(migrating, "migrations", lambda: {FIRST: everything[FIRST]})
            assert migrating.migrate(older) == [FIRST]
        with psycopg.connect(url) as source, psycopg.connect(older) as target:
            for table in TABLES:
                columns, known = (columns_of(each, table) for each in (target, source))
                # What was dropped since is empty there.
                had = {"starts_on": "begins::date", **{name: name for name in known}}
                sent = ", ".join(had.get(name, f"'{{}}' AS {name}") for name in columns)
                query = f"COPY (SELECT {sent} FROM {table}) TO STDOUT"  # noqa: S608
                with (
                    source.cursor().copy(query) as given,
                    target.cursor().copy(
                        f"COPY {table} ({', '.join(columns)}) FROM STDIN"
                    ) as taken,
                ):
                    for data in given:
                        taken.write(data)
        assert migrating.migrate(older) == [name for name in everything if name != FIRST]
        assert catch_up(older)
        found, expected = stored(older), stored(url)
    assert len(expected["event_cells"]) > 50
    assert found == expected
