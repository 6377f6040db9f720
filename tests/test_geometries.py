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
