"""How far off a place may lie, and countries that are no more."""

import math

import pytest

from models.lists.earth import EARTH_RADIUS_KM
from schemas.fields.dates import parse
from schemas.vocabularies import former, iso

DEGREE = math.radians(1) * EARTH_RADIUS_KM
"""Kilometres of a degree along a meridian."""

CURRENT = {"If-Match": "*"}

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]],
}

PLACES = {
    "point": {"point": [0, 0]},
    "exactly": {"point": [0, 0], "uncertainty_km": 0},
    "about": {"point": [0, 0], "uncertainty_km": DEGREE},
    "shape": {"point": [0, 0], "geometry": SQUARE},
    "both": {"point": [0, 0], "geometry": SQUARE, "uncertainty_km": 2 * DEGREE},
    "edge": {"point": [179.5, 0], "uncertainty_km": DEGREE},
    "pole": {"point": [0, 89.5], "uncertainty_km": DEGREE},
    "nowhere": {},
}
"""Places: one is known to within a degree, one across the antimeridian, one across the pole."""


def create(client, resource, **members):
    """Create a record and give it."""
    answer = client.post(f"/v1/{resource}", json={"dataset": "places", **members})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


@pytest.fixture
def places(client):
    """Make the places, each with an event there."""
    client.put("/v1/datasets/places", json={})
    for name, where in PLACES.items():
        place = create(client, "locations", name=name, **where)
        create(client, "events", title=name, type="other", location_id=place["id"])
    return client


def found(client, resource, query):
    """Name the records of a list."""
    items = client.get(f"/v1/{resource}?dataset=places&{query}").get_json()["items"]
    return {item["name" if resource == "locations" else "title"] for item in items}


EXACT = {"point", "exactly"}

AT_ZERO = {*EXACT, "about", "shape", "both"}


@pytest.mark.parametrize(
    ("query", "possible", "certain"),
    [
        ("bbox=-0.1,-0.1,0.1,0.1", AT_ZERO, EXACT),
        ("bbox=-1.01,-1.01,1.01,1.01", AT_ZERO, {*EXACT, "about", "shape"}),
        ("bbox=-2.01,-2.01,2.01,2.01", AT_ZERO, AT_ZERO),
        # A corner: the box around the circle reaches there, the circle does not.
        ("bbox=0.9,0.9,0.95,0.95", {"shape", "both"}, set()),
        ("bbox=0.6,0.6,0.95,0.95", {"about", "shape", "both"}, set()),
        ("bbox=-179.9,-1,-179,1", {"edge"}, set()),
        ("bbox=178,-2,-179,2", {"edge"}, {"edge"}),
        ("bbox=179,-2,-179.4,2", {"edge"}, set()),
        ("bbox=100,89.6,110,90", {"pole"}, set()),
        ("bbox=-180,88,180,90", {"pole"}, {"pole"}),
        ("bbox=-180,-90,180,90", {*PLACES} - {"nowhere"}, {*PLACES} - {"nowhere"}),
        (f"near=0,1.5&radius={0.4 * DEGREE}", {"both"}, set()),
        (f"near=0,1.5&radius={0.6 * DEGREE}", {"about", "both"}, set()),
        (f"near=0,1&radius={1.01 * DEGREE}", AT_ZERO, EXACT),
        (f"near=0,1&radius={2.01 * DEGREE}", AT_ZERO, {*EXACT, "about"}),
        (f"near=0,1&radius={2.3 * DEGREE}", AT_ZERO, {*EXACT, "about", "shape"}),
        (f"near=0,0&radius={2.9 * DEGREE}", AT_ZERO, AT_ZERO),
        (f"near=-179.5,0&radius={0.1 * DEGREE}", {"edge"}, set()),
        (f"near=-179.5,0&radius={2.1 * DEGREE}", {"edge"}, {"edge"}),
        (f"near=180,89.9&radius={0.1 * DEGREE}", {"pole"}, set()),
    ],
)
@pytest.mark.parametrize("resource", ["locations", "events"])
def test_where_a_place_may_and_must_lie(places, resource, query, possible, certain):
    """A place that may lie in a box or circle is found there; one wholly in it, for certain."""
    assert found(places, resource, query) == possible
    assert found(places, resource, f"{query}&location_match=possible") == possible
    assert found(places, resource, f"{query}&location_match=certain") == certain


@pytest.mark.parametrize(
    ("precision", "certain"),
    [
        *((None, {"point", "about"}), ("exact", {"point", "about"}), ("near", set())),
        *(("unknown", set()), ("admin1", {"about"}), ("country", {"about"})),
    ],
)
def test_how_precisely_an_event_is_placed(client, precision, certain):
    """An event near its place is certain nowhere; one somewhere in it is where an extent is."""
    client.put("/v1/datasets/places", json={})
    for name in ("point", "about"):
        place = create(client, "locations", name=name, **PLACES[name])
        where = {"location_id": place["id"], "location_precision": precision}
        create(client, "events", title=name, type="other", **where)
    for query in ("bbox=-3,-3,3,3", "near=0,0&radius=500"):
        assert found(client, "events", f"{query}&location_match=certain") == certain
        assert found(client, "events", query) == {"point", "about"}


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"uncertainty_km": 5}, "/point", "required"),
        ({"uncertainty_km": 0}, "/point", "required"),
        ({"uncertainty_km": -1, "point": [0, 0]}, "/uncertainty_km", "invalid"),
        ({"uncertainty_km": 20_101, "point": [0, 0]}, "/uncertainty_km", "invalid"),
        ({"uncertainty_km": "5", "point": [0, 0]}, "/uncertainty_km", "invalid"),
        ({"uncertainty_km": True, "point": [0, 0]}, "/uncertainty_km", "invalid"),
        ({"uncertainty_km": 5, "point": [0, 0], "country": "UK"}, "/country", "unknown"),
        ({"uncertainty_km": None, "point": None}, None, None),
        ({"uncertainty_km": 0, "point": [0, 0]}, None, None),
    ],
)
def test_what_a_radius_is(client, fields, pointer, code):
    """A radius is one around a point, zero or more, and null where nobody knows it."""
    client.put("/v1/datasets/places", json={})
    body = {"dataset": "places", "name": "x", **fields}
    answer = client.post("/v1/locations", json=body)
    if pointer is None:
        assert answer.get_json()["uncertainty_km"] == fields["uncertainty_km"]
        return
    [fault] = answer.get_json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, pointer, code)


def test_certain_of_what(client):
    """Nobody can be certain of no place; the default may be sent."""
    assert client.get("/v1/events?location_match=possible").status_code == 200
    answer = client.get("/v1/locations?location_match=certain")
    [fault] = answer.get_json()["errors"]
    assert (answer.status_code, fault["parameter"]) == (400, "bbox")


def test_a_radius_that_changes(places):
    """Events follow the radius of their place, both ways, and the past stays as it was."""
    query = "bbox=2.5,-1,3,1"
    [place] = places.get("/v1/locations?dataset=places&bbox=0,0,0,0&name=about").get_json()["items"]
    path = f"/v1/locations/{place['id']}"
    for radius, there in ((3 * DEGREE, {"about"}), (None, set()), (3 * DEGREE, {"about"})):
        answer = places.patch(path, json={"uncertainty_km": radius}, headers=CURRENT)
        assert answer.get_json()["uncertainty_km"] == radius
        for resource in ("locations", "events"):
            assert found(places, resource, query) == there
    # Only the point goes, and so nothing is known to within a radius of it.
    assert places.patch(path, json={"point": None}, headers=CURRENT).status_code == 422


# Countries that are no more.


def test_the_former_countries():
    """They are those of ISO 3166-3, each known by one code that no country has now."""
    assert len(former.FORMER) == 31
    codes = [each.code for each in former.FORMER]
    assert codes == sorted({*codes})
    assert not {*former.FORMER_COUNTRIES} & {*iso.COUNTRIES}
    assert {"SU", "YU", "DD", "CS", "CSHH", "CSXX", "ZR", "AN"} <= {*former.FORMER_COUNTRIES}
    for each in former.FORMER:
        assert parse(each.valid).ends_on is not None
    assert {code for two in former.SHARED.values() for code in two} <= {*codes}


def test_the_database_knows_the_same_dates(client):
    """An event is in a country that is no more on its first day and its last, and no day beside."""
    connection = client.application.extensions["pool"].getconn()

    def country(code, day):
        days = (code, *parse(day)[:2]) if isinstance(day, str) else (code, day, day)
        [[then]] = connection.execute("SELECT country_then(%s, %s::date, %s::date)", days)
        return then

    for each in former.FORMER:
        span = parse(each.valid)
        for code in (each.code, *(two for two, of in former.SHARED.items() if each.code in of)):
            assert country(code, span.ends_on) == code
            if span.starts_on:
                assert country(code, span.starts_on) == code
        after = span.ends_on.replace(year=span.ends_on.year + 20)
        assert country(each.code, after) is None
        day_after = span.ends_on.fromordinal(span.ends_on.toordinal() + 1)
        assert country(each.code, day_after) is None
        if span.starts_on:
            day_before = span.starts_on.fromordinal(span.starts_on.toordinal() - 1)
            assert country(each.code, day_before) is None
    assert country("AF", parse("0001").starts_on) == "AF"


@pytest.mark.parametrize(
    ("country", "date", "asked", "is_found"),
    [
        *(("SU", "1985", "SU", True), ("SU", "1991", "SU", True), ("SU", "198X", "SU", True)),
        *(("SU", "1992", "SU", False), ("SU", "1991-12-26/1995", "SU", True)),
        *(("SU", "1900", "SU", False), ("SU", None, "SU", True), ("SU", "1985/..", "SU", True)),
        *(("SU", "1985", "RU", False), ("AF", "1985", "SU", False), ("AF", "1985", "AF,SU", True)),
        *(("CS", "1985", "CS", True), ("CS", "2004", "CS", True), ("CS", "1999", "CS", False)),
        *(("CSHH", "1985", "CS", True), ("CSHH", "2004", "CS", False)),
        *(("CSXX", "2004", "CS", True), ("CSXX", "2004", "CSHH", False)),
        *(("CS", "1985", "CSHH", False), ("YU", "1999-03-24/1999-06-10", "YU", True)),
    ],
)
def test_events_in_a_former_country(client, country, date, asked, is_found):
    """An event is found in a country that is no more if it may have been when that was."""
    client.put("/v1/datasets/places", json={})
    whole = create(client, "locations", name="the country", country=country)
    part = create(client, "locations", name="a town", parent_id=whole["id"])
    event = create(client, "events", title="e", type="other", date=date, location_id=part["id"])
    query = f"country={asked}"
    assert bool(found(client, "events", query)) is is_found
    # The place itself, and an actor, are of the country whenever.
    wanted = {*asked.split(",")} | ({"CSHH", "CSXX"} if asked == "CS" else set())
    assert bool(found(client, "locations", query)) is (country in wanted)
    # It follows the date, and the country of the place.
    path = f"/v1/events/{event['id']}"
    client.patch(path, json={"date": None}, headers=CURRENT)
    assert bool(found(client, "events", query)) is (country in wanted)
    client.patch(f"/v1/locations/{whole['id']}", json={"country": "TV"}, headers=CURRENT)
    assert not found(client, "events", query)
    assert found(client, "events", "country=TV")


def test_an_actor_of_a_former_country(client):
    """An army of a state that is no more keeps that as its country; what is no code is refused."""
    client.put("/v1/datasets/places", json={})
    army = create(client, "actors", name="Soviet Army", country="SU")
    [listed] = client.get("/v1/actors?country=SU").get_json()["items"]
    assert listed == army
    for wrong in ("UK", "SUN", "SUHH", "su"):
        body = {"dataset": "places", "name": "x", "country": wrong}
        [fault] = client.post("/v1/actors", json=body).get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/country", "unknown")
