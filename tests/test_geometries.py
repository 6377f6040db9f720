"""Geometries that are stored are valid, and none goes round the whole earth by mistake."""

from time import process_time

import pytest
from support.answers import faults


def polygon(*rings):
    """Give a polygon of rings, each of which is closed."""
    return {"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])] for ring in rings]}


SQUARE = ((0, 0), (4, 0), (4, 4), (0, 4))

REFUSED = {
    "a bow tie": (polygon(((0, 0), (2, 2), (2, 0), (0, 2))), "self-intersection at [1 1]"),
    "a hole outside": (polygon(SQUARE, ((8, 8), (9, 8), (9, 9))), "hole lies outside shell"),
    "a hole across": (polygon(SQUARE, ((2, 2), (8, 2), (2, 3))), "self-intersection"),
    "nothing": (polygon(((1, 1), (1, 1), (1, 1))), "valid geometry"),
    "a line of one place": ({"type": "LineString", "coordinates": [[1, 1], [1, 1]]}, "too few"),
    "polygons over each other": (
        {
            "type": "MultiPolygon",
            "coordinates": [polygon(SQUARE)["coordinates"], polygon(SQUARE)["coordinates"]],
        },
        "self-intersection",
    ),
    "uncut": (
        polygon(((179, 10), (-179, 10), (-179, 12), (179, 12))),
        "from [179, 10] to [-179, 10]",
    ),
    "an uncut line": ({"type": "LineString", "coordinates": [[179, 1], [-179, 1]]}, "antimeridian"),
    "uncut, in a collection": (
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "LineString", "coordinates": [[179, 1], [-179, 1]]}],
        },
        "antimeridian",
    ),
    "too far apart": (polygon(((-170, 50), (30, 50), (30, 70), (-170, 70))), "in between"),
}

TAKEN = {
    "a square with a hole": polygon(SQUARE, ((1, 1), (2, 1), (2, 2), (1, 2))),
    "wound clockwise": polygon(SQUARE[::-1]),
    "the whole earth": polygon(((-180, -90), (180, -90), (180, 90), (-180, 90))),
    "cut": {
        "type": "MultiPolygon",
        "coordinates": [
            polygon(((179, 10), (180, 10), (180, 12), (179, 12)))["coordinates"],
            polygon(((-180, 10), (-179, 10), (-179, 12), (-180, 12)))["coordinates"],
        ],
    },
    "with altitudes": {"type": "LineString", "coordinates": [[1, 1, 900], [2, 2, 900]]},
    "with a place in between": polygon(
        ((-170, 50), (-70, 50), (30, 50), (30, 70), (-70, 70), (-170, 70))
    ),
}


def post(client, geometry):
    """Post a location with a geometry."""
    client.post("/v1/datasets", json={"id": "d"})
    return client.post("/v1/locations", json={"dataset": "d", "name": "A", "geometry": geometry})


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_valid_is_refused_with_the_reason(client, case):
    """The fault says what is wrong, and where."""
    geometry, reason = REFUSED[case]
    answer = post(client, geometry)
    assert faults(answer) == {("/geometry", "geojson")}
    assert reason in answer.get_json()["errors"][0]["detail"].lower()


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_valid_is_kept_as_it_was_sent(client, case):
    """Nothing is cut, turned or rounded."""
    answer = post(client, TAKEN[case])
    assert answer.status_code == 201, answer.get_json()
    assert answer.get_json()["geometry"] == TAKEN[case]


def test_a_ring_of_many_positions_is_checked_at_once(client):
    """100,000 positions that zigzag take seconds at the most."""
    teeth = [(number / 1_000, 40 + number % 2) for number in range(50_000)]
    begun = process_time()
    answer = post(client, polygon((*teeth, (49.999, 0), (0, 0))))
    assert answer.status_code == 201, answer.get_json()
    crossed = [(number / 1_000, 40 - 41 * (number % 2)) for number in range(50_000)]
    assert post(client, polygon((*crossed, (49.999, 0), (0, 0)))).status_code == 422
    assert process_time() - begun < 10


LAKE = polygon(SQUARE, ((1, 1), (3, 1), (3, 3), (1, 3)))

ISLAND = polygon(((1.5, 1.5), (2, 1.5), (2, 2), (1.5, 2)))

NEAR = {
    "in a square": (polygon(SQUARE), (2, 2), 0),
    "in a square wound clockwise": (polygon(SQUARE[::-1]), (2, 2), 0),
    "east of a square": (polygon(SQUARE), (5, 0), 111.195),
    "north of its middle": (polygon(SQUARE), (2, 5), 111.195),  # its corners are farther
    "in a hole": (LAKE, (2, 2.5), 55.597),
    "on land beside a hole": (LAKE, (0.5, 2), 0),
    "on an island in a hole": (
        {"type": "MultiPolygon", "coordinates": [LAKE["coordinates"], ISLAND["coordinates"]]},
        (1.6, 1.6),
        0,
    ),
    "in two polygons of a collection": (
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE), LAKE]},
        (0.5, 0.5),
        0,
    ),
    "beside a line that turns": (
        {"type": "LineString", "coordinates": [[0, 0], [4, 0], [4, 4]]},
        (2, 1),
        111.195,
    ),
    "beside one line of two": (
        {"type": "MultiLineString", "coordinates": [[[8, 0], [9, 0]], [[0, 0], [4, 0]]]},
        (6, 0),
        222.390,
    ),
    "where two lines would meet": (
        {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]], [[3, 0], [4, 0]]]},
        (2, 0),
        111.195,
    ),
    "beside a point": ({"type": "Point", "coordinates": [1, 0, 900]}, (2, 0), 111.195),
    "beside points": ({"type": "MultiPoint", "coordinates": [[9, 0], [1, 0]]}, (2, 0), 111.195),
    "in a line's loop": (
        {"type": "LineString", "coordinates": [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]},
        (1, 1),
        111.178,
    ),
    "over the antimeridian": (TAKEN["cut"], (-178, 11), 109.153),
    "on the antimeridian": (TAKEN["cut"], (180, 11), 0),
    "at a pole": (polygon(((-180, -90), (180, -90), (180, -80), (-180, -80))), (77, -79), 111.195),
    "in a country": (polygon(((60, 29), (75, 29), (75, 39), (60, 39))), (69.17, 34.53), 0),
    "north of a long parallel": (
        polygon(((0, 10), (100, 10), (100, 60), (0, 60))),
        (50, 61),
        111.195,
    ),
}
"""A geometry, a point, and the kilometres between them."""


@pytest.mark.parametrize("case", NEAR)
def test_near_finds_places_by_their_geometry(client, case):
    """A place without a point, and what happened there, lie as far as the nearest of it."""
    geometry, (east, north), far = NEAR[case]
    place = post(client, geometry).get_json()["id"]
    happened = {"dataset": "d", "type": "other", "location_id": place}
    assert client.post("/v1/events", json=happened).status_code == 201
    around = [max(far * share, 0) for share in (0.999, 1.001)]
    for resource in ("locations", "events"):
        found = [
            len(client.get(f"/v1/{resource}?near={east},{north}&radius={radius}").json["items"])
            for radius in around
        ]
        assert found == ([0, 1] if far else [1, 1]), resource


def test_near_goes_by_the_point_where_there_is_one(client):
    """A point says better than the outline around it where a place is."""
    place = post(client, polygon(SQUARE))
    sent = {"dataset": "d", "name": "A", "geometry": polygon(SQUARE), "point": [0.5, 0.5]}
    here = place.headers["Location"]
    before = place.get_json()["updated_at"]
    assert client.put(here, json=sent, headers={"If-Match": "*"}).status_code == 200
    query = "/v1/locations?near=3,3&radius=100"
    assert client.get(query).json["items"] == []
    assert len(client.get(f"{query}&as_of={before}").json["items"]) == 1
