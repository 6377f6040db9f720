"""Locations over HTTP: what lies in what, where on the earth, and which shapes are taken."""

import json
import math
from pathlib import Path
from typing import Final

import pytest
from support.answers import faults, names
from support.article import DATA
from support.resources import MADE
from support.service import world
from support.truth import away

CURRENT: Final = {"If-Match": "*"}

SUITE: Final = Path(DATA or "", "suite-geojson")

GEOMETRIES: Final = frozenset(
    {
        *("point", "multipoint", "linestring", "multilinestring"),
        *("polygon", "multipolygon", "geometrycollection"),
    }
)
"""Folders of the suite that hold geometries; the others hold features."""

SQUARE: Final = {
    "type": "Polygon",
    "coordinates": [[[10, 10], [20, 10], [20, 20], [10, 20], [10, 10]]],
}

PLACES: Final = {
    "here": [0.0, 0.0],
    "east": [1.0, 0.0],
    "kabul": [69.17, 34.53],
    "fiji": [178.44, -18.14],
    "taveuni": [-179.99, -16.85],
    "antarctic": [0.0, -89.9],
    "far-antarctic": [180.0, -89.9],
    "arctic": [-90.0, 89.5],
    "tromso": [18.96, 69.65],
    "half-way": [179.5, 0.1],
}


def make(client, name, **fields):
    """Make a location that is known by its name, and give it."""
    sent = {"dataset": "places", "name": name, "external_ids": {"test": name}, **fields}
    answer = client.post("/v1/locations", json=sent)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def change(client, resource, record, **patch):
    """Change a record, and give it."""
    answer = client.patch(f"/v1/{resource}/{record['id']}", json=patch, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def wrong(client, **fields):
    """Say what is wrong with a location, which is not kept even if nothing is."""
    sent = {"dataset": "earth", "name": "a", **fields}
    return faults(client.post("/v1/locations?dry_run=true", json=sent))


def kilometres(one, other):
    """Give the great-circle distance by the spherical law of cosines, unlike the service."""
    (west, south), (east, north) = (map(math.radians, place) for place in (one, other))
    cosine = math.sin(south) * math.sin(north)
    cosine += math.cos(south) * math.cos(north) * math.cos(east - west)
    return 6371.0088 * math.acos(max(-1.0, min(1.0, cosine)))


@pytest.fixture
def places(client):
    """Give a client of a service with a dataset for places."""
    client.put("/v1/datasets/places", json={})
    return client


@pytest.fixture(scope="module")
def earth(server, template, settings):
    """Give a client that only reads places all over the earth."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/earth", json={})
        for name, point in PLACES.items():
            make(client, name, dataset="earth", point=point)
        make(client, "nowhere", dataset="earth")
        make(client, "square", dataset="earth", geometry=SQUARE)
        yield client


@pytest.fixture(scope="module")
def nested(server, template, settings):
    """Give a client that only reads places which lie in each other, and their ids."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/nested", json={})
        client.put("/v1/datasets/other", json={})
        ids = {}

        def place(name, **fields):
            ids[name] = make(client, name, **{"dataset": "nested", **fields})["id"]

        place("land", kind="country", country="AF", tags=["landlocked", "south"])
        place("north", kind="admin1", parent_id=ids["land"], tags=["north"])
        place("south", kind="admin1", parent_id=ids["land"], borders=[ids["north"]])
        place("valley", kind="area", parent_id=ids["north"], names=[{"name": "Ущелье"}])
        place("village", kind="populated_place", parent_id=ids["valley"])
        place("enclave", kind="area", parent_id=ids["north"], country="UZ")
        place("hamlet", kind="populated_place", parent_id=ids["enclave"])
        place("abroad", kind="country", country="UZ", borders=[ids["land"]], dataset="other")
        place("lone", kind=None, borders=[])
        yield client, ids


def test_every_field_of_a_location_is_kept(places):
    """What is sent of a location is what is read, member by member."""
    parent, neighbour = make(places, "parent"), make(places, "neighbour")
    sent = {
        "dataset": "places",
        "name": "Panjshir Valley",
        "names": [
            {"name": "درهٔ پنجشیر", "language": "fa", "script": "Arab", "kind": "primary"},
            {"name": "Panjsher", "language": None, "script": None, "kind": "transliteration"},
        ],
        "kind": "area",
        "parent_id": parent["id"],
        "borders": [neighbour["id"]],
        "country": "AF",
        "point": [69.47, 35.27],
        "uncertainty_km": 0.5,
        "geometry": SQUARE,
        "external_ids": {"wikidata": "Q1", "geonames": "0412"},
        "tags": ["valley", "mountains"],
        "attributes": {"height": 2217.5, "passes": [], "known": None},
    }
    created = places.post("/v1/locations", json=sent)
    assert created.status_code == 201
    read = places.get(created.headers["Location"]).get_json()
    assert read == created.get_json()
    assert {name: read[name] for name in sent} == sent
    assert read.keys() - sent.keys() == MADE | {"derived_country"}
    assert (read["version"], read["retraction"]) == (1, None)


@pytest.mark.parametrize("field", ["names", "borders"])
def test_none_is_not_the_same_as_not_recorded(places, field):
    """An empty list is a finding, null is none; both stay what they are."""
    assert make(places, "unknown")[field] is None
    assert make(places, "null", **{field: None})[field] is None
    none = make(places, "none", **{field: []})
    assert none[field] == []
    assert change(places, "locations", none, **{field: None})[field] is None


def test_no_coordinate_is_made_up(places):
    """A place without coordinates has none, and [0, 0] is a place like any other."""
    nowhere = make(places, "nowhere", country="AF")
    assert (nowhere["point"], nowhere["geometry"]) == (None, None)
    assert make(places, "null island", point=[0, 0])["point"] == [0, 0]
    assert names(places, "/v1/locations?near=0,0&radius=20100") == {"null island"}
    assert names(places, "/v1/locations?bbox=-180,-90,180,90") == {"null island"}


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"name": None}, "/name", "null"),
        ({"name": ""}, "/name", "invalid"),
        ({"kind": "vally"}, "/kind", "unknown"),
        ({"country": "AFG"}, "/country", "unknown"),
        ({"country": "af"}, "/country", "unknown"),
        ({"country": "UK"}, "/country", "unknown"),
        ({"parent_id": "north"}, "/parent_id", "uuid"),
        ({"borders": [None]}, "/borders/0", "null"),
        ({"names": [{"language": "fa"}]}, "/names/0/name", "required"),
        ({"names": [{"name": "a", "language": "klingonese"}]}, "/names/0/language", "language"),
        ({"names": [{"name": "a", "kind": "nickname"}]}, "/names/0/kind", "unknown"),
        ({"latitude": 3}, "/latitude", "unknown"),
        ({"id": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"}, "/id", "read_only"),
        ({"version": 1}, "/version", "read_only"),
        ({"created_at": "2021-08-22T00:00:00Z"}, "/created_at", "read_only"),
        ({"retraction": {"reason": "wrong"}}, "/retraction", "read_only"),
    ],
)
def test_a_wrong_member_is_named(earth, fields, pointer, code):
    """A member that cannot be taken is refused by its pointer."""
    assert wrong(earth, **fields) == {(pointer, code)}


@pytest.mark.parametrize(
    "point",
    [
        [69, 100],
        [181, 0],
        [-180.01, 0],
        [0, -90.5],
        [69.47],
        [69.47, 35.27, 2217],
        ["69.47", "35.27"],
        [None, 35],
        [True, False],
        [],
        "69.47,35.27",
        {"type": "Point", "coordinates": [69.47, 35.27]},
    ],
)
def test_a_point_is_a_longitude_and_a_latitude(earth, point):
    """A point that lies nowhere on the earth, or is no pair of numbers, is refused."""
    assert wrong(earth, point=point) == {("/point", "point")}


@pytest.mark.parametrize("point", [[180, 90], [-180, -90], [0.0, 0.0], [69.123456789012345, 1]])
def test_the_ends_of_the_earth_are_points(places, point):
    """The antimeridian and the poles are places, and no digit of a coordinate is lost."""
    assert make(places, "a", point=point)["point"] == point


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[0, 0], [1, 0], [1, 1], [0, 0]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 91], [0, 0]]]},
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [1, 0]]]]},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "LineString", "coordinates": []},
        {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]], [[0, 0]]]},
        {"type": "Point", "coordinates": [[0, 0]]},
        {"type": "Point", "coordinates": [0, 100]},
        {"type": "Point", "coordinates": [0, 0, 0, 0]},
        {"type": "Point", "coordinates": ["0", "0"]},
        {"type": "Point", "coordinates": None},
        {"type": "point", "coordinates": [0, 0]},
        {"type": "Circle", "coordinates": [0, 0]},
        {"type": "Feature", "geometry": SQUARE, "properties": {}},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 91]}]},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "GeometryCollection", "geometries": []}],
        },
        {"type": "Point", "coordinates": [0, 0], "title": "foreign members are unknown fields"},
        {"type": None},
        {},
        [0, 0],
        "POINT(0 0)",
    ],
)
def test_a_geometry_is_valid_geojson(earth, geometry):
    """What RFC 7946 does not call a geometry is refused, at the geometry."""
    assert wrong(earth, geometry=geometry) == {("/geometry", "geojson")}


def suite(kind):
    """Give the geometries of the public GeoJSON suite, or a case that says that it is absent."""
    files = [
        file for file in sorted(SUITE.glob(f"{kind}/*/*.json")) if file.parent.name in GEOMETRIES
    ]
    absent = pytest.param(None, marks=pytest.mark.skip(reason="the GeoJSON suite is not here"))
    return [pytest.param(file, id=f"{file.parent.name}-{file.stem}") for file in files] or [absent]


@pytest.mark.parametrize("file", suite("valid"))
def test_the_suites_valid_geometries_are_kept(earth, places, file):
    """Valid geometries are kept as sent; only foreign members are refused, as all unknown ones."""
    geometry = json.loads(file.read_text())
    if geometry.pop("title", None):
        titled = geometry | {"title": "foreign"}
        assert wrong(earth, geometry=titled) == {("/geometry", "geojson")}
    assert make(places, "a", geometry=geometry)["geometry"] == geometry


@pytest.mark.parametrize("file", suite("invalid"))
def test_the_suites_invalid_geometries_are_refused(earth, file):
    """Nothing is stored that another reader of GeoJSON would choke on."""
    assert wrong(earth, geometry=json.loads(file.read_text())) == {("/geometry", "geojson")}


@pytest.mark.parametrize("bbox", [[0, 0], [0, 0, 0], 42, None, "0,0,0,0", [0, 0, 0, "0"]])
def test_the_bbox_of_a_geometry_is_checked(earth, bbox):
    """A bbox in a geometry has four numbers, or six (RFC 7946, section 5)."""
    geometry = {"type": "Point", "coordinates": [0, 0], "bbox": bbox}
    assert wrong(earth, geometry=geometry) == {("/geometry", "geojson")}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("near=0,0&radius=111.19", {"here"}),
        ("near=0,0&radius=111.20", {"here", "east"}),
        ("near=0,0&radius=0", {"here"}),
        ("near=180,-17&radius=200", {"taveuni"}),
        ("near=-179.9,-17&radius=250", {"fiji", "taveuni"}),
        ("near=179.9,-17&radius=250", {"fiji", "taveuni"}),
        ("near=-180,0&radius=60", {"half-way"}),
        ("near=90,-90&radius=20", {"antarctic", "far-antarctic"}),
        ("near=0,-89.95&radius=10", {"antarctic"}),
        ("near=90,89.6&radius=120", {"arctic"}),
        ("near=90,89.6&radius=90", set()),
        ("near=0,69&radius=800", {"tromso"}),
        ("near=0,69&radius=700", set()),
        ("near=69,34&radius=100&name=Kabul", {"kabul"}),
        ("near=69,34&radius=10", set()),
        ("near=15,15&radius=1000", {"square"}),
        ("near=15,15&radius=0", {"square"}),
        ("near=15,20.1&radius=11", set()),
        ("near=15,20.1&radius=12", {"square"}),
    ],
)
def test_near_is_a_circle_on_the_globe(earth, query, found):
    """Distances are great-circle kilometres, across the antimeridian and over the poles."""
    assert names(earth, f"/v1/locations?dataset=earth&{query}") == found


@pytest.mark.parametrize("radius", [0.5, 300, 2_000, 6_000, 10_000, 15_000, 19_990, 20_100])
@pytest.mark.parametrize(
    "centre", [(0, 0), (180, 0), (-179.5, -17), (69, 34), (-120, 85), (30, -89.99), (0, 69)]
)
def test_near_finds_what_a_formula_finds(earth, centre, radius):
    """No circle, small or half round the earth, loses or gains a place by how it is looked up."""
    found = {name for name, point in PLACES.items() if kilometres(centre, point) <= radius}
    found |= {"square"} if away((10, 10, 20, 20), centre) <= radius else set()
    query = f"near={centre[0]},{centre[1]}&radius={radius}"
    assert names(earth, f"/v1/locations?dataset=earth&{query}") == found


def test_an_extent_over_the_antimeridian_that_ends_at_greenwich(places):
    """A shape that is cut at the antimeridian reaches from its west eastwards up to Greenwich."""
    cut = [(170, 180), (-180, -170), (-10, 0)]
    rings = [[[[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]] for west, east in cut]
    make(places, "belt", geometry={"type": "MultiPolygon", "coordinates": rings})
    found = {
        bbox: names(places, f"/v1/locations?bbox={bbox}") for bbox in ("175,0,176,1", "90,0,91,1")
    }
    assert found == {"175,0,176,1": {"belt"}, "90,0,91,1": set()}


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("-180,-90,180,90", {*PLACES, "square"}),
        ("0,0,1,1", {"here", "east"}),
        ("-1,-1,0.5,1", {"here"}),
        ("170,-30,-170,0", {"fiji", "taveuni"}),
        ("-170,-30,170,0", {"here", "east"}),
        ("179,-90,-179,90", {"half-way", "taveuni", "far-antarctic"}),
        ("19,19,30,30", {"square"}),
        ("12,12,13,13", {"square"}),
        ("20,20,30,30", {"square"}),
        ("20.01,10,30,20", set()),
        ("0,0,0,0", {"here"}),
    ],
)
def test_a_bbox_may_cross_the_antimeridian(earth, bbox, found):
    """West greater than east goes round the back; borders belong to it; a shape overlaps it."""
    assert names(earth, f"/v1/locations?dataset=earth&bbox={bbox}") == found


def test_a_bbox_finds_a_place_by_its_shape_and_its_point(places):
    """A place lies where its geometry and its point do."""
    make(places, "a", geometry=SQUARE, point=[25, 15])
    for bbox in ("24,14,26,16", "10,10,11,11"):
        assert names(places, f"/v1/locations?bbox={bbox}") == {"a"}
    assert names(places, "/v1/locations?bbox=30,10,40,20") == set()


def test_a_shape_cut_at_the_antimeridian_is_found_on_both_sides_only(places):
    """A geometry cut in two (RFC 7946, section 3.1.9) does not reach round the whole earth."""
    halves = [
        [[[177, -19], [180, -19], [180, -16], [177, -16], [177, -19]]],
        [[[-180, -19], [-178, -19], [-178, -16], [-180, -16], [-180, -19]]],
    ]
    make(places, "fiji", geometry={"type": "MultiPolygon", "coordinates": halves})
    for bbox in ("176,-20,178,-15", "-179,-20,-170,-15", "170,-20,-170,-15"):
        assert names(places, f"/v1/locations?bbox={bbox}") == {"fiji"}
    assert names(places, "/v1/locations?bbox=-10,-20,10,-15") == set()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"),
        ("bbox=0,0,181,1", "bbox"),
        ("bbox=0,10,1,5", "bbox"),
        ("bbox=0,nan,1,5", "bbox"),
        ("near=0,91&radius=1", "near"),
        ("near=0&radius=1", "near"),
        ("near=0,0", "radius"),
        ("radius=10", "near"),
        ("near=0,0&radius=-1", "radius"),
        ("near=0,0&radius=inf", "radius"),
        ("near=0,0&radius=20101", "radius"),
        ("within=kabul", "within"),
        ("borders=kabul", "borders"),
        ("kind=town", "kind"),
        ("country=Afghanistan", "country"),
        ("parent=1", "parent"),
    ],
)
def test_a_wrong_question_is_refused(earth, query, parameter):
    """A parameter that makes no sense is an error that names it, never ignored."""
    answer = earth.get(f"/v1/locations?{query}")
    assert answer.status_code == 400
    assert parameter in {fault["parameter"] for fault in answer.get_json()["errors"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=valley", {"valley"}),
        ("name=VALLEY,Lone", {"valley", "lone"}),
        ("name=Vallay", {"valley"}),
        ("name=hill", set()),
        ("name=ущелье", {"valley"}),
        ("name=УЩЕЛЬЕ", {"valley"}),
        ("kind=admin1", {"north", "south"}),
        ("kind=admin1,country", {"north", "south", "land", "abroad"}),
        ("country=UZ", {"enclave", "hamlet", "abroad"}),
        ("country=AF", {"land", "north", "south", "valley", "village"}),
        ("country=AF,UZ&kind=area", {"valley", "enclave"}),
        ("within={land}", {"north", "south", "valley", "village", "enclave", "hamlet"}),
        ("within={north}", {"valley", "village", "enclave", "hamlet"}),
        ("within={valley},{enclave}", {"village", "hamlet"}),
        ("within={village}", set()),
        ("within={north}&country=AF", {"valley", "village"}),
        ("borders={north}", {"south"}),
        ("borders={south}", {"north"}),
        ("borders={land}", {"abroad"}),
        ("borders={abroad}", {"land"}),
        ("borders={north},{abroad}", {"south", "land"}),
        ("borders={valley}", set()),
        ("tag=landlocked,north", {"land", "north"}),
        ("tag=south&kind=country", {"land"}),
        ("dataset=other", {"abroad"}),
        ("dataset=nested,other&kind=country", {"land", "abroad"}),
        ("external_id=test:lone,test:valley", {"lone", "valley"}),
        ("external_id=other:lone", set()),
        ("retracted=only", set()),
    ],
)
def test_locations_are_found(nested, query, found):
    """Filters narrow each other, values with commas widen one; borders have two sides."""
    client, ids = nested
    assert names(client, f"/v1/locations?{query.format(**ids)}") == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["abroad", "enclave", "hamlet"]),
        ("-name", ["village", "valley", "south"]),
        ("created_at", ["land", "north", "south"]),
        ("-created_at", ["lone", "abroad", "hamlet"]),
        ("updated_at", ["land", "north", "south"]),
    ],
)
def test_locations_are_sorted(nested, sort, found):
    """A list comes in the order asked for."""
    client, _ = nested
    items = client.get(f"/v1/locations?sort={sort}&limit=3").get_json()["items"]
    assert [item["name"] for item in items] == found


def test_places_of_one_name_are_sorted_by_id(places):
    """Ties are broken by id, in the direction of the sort: pages neither skip nor repeat."""
    ids = [make(places, "same", external_ids={})["id"] for _ in range(5)]
    for sort, expected in (("name", sorted(ids)), ("-name", sorted(ids, reverse=True))):
        walked, query = [], f"/v1/locations?sort={sort}&limit=2"
        cursor = ""
        while cursor is not None:
            page = places.get(query + (f"&cursor={cursor}" if cursor else "")).get_json()
            walked += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert walked == expected


@pytest.fixture
def realm(places):
    """Make two countries, a province, valley and village in one, an event in that; give them."""
    made = {name: make(places, name, country=code) for name, code in (("a", "AF"), ("b", "UZ"))}
    made["province"] = make(places, "province", parent_id=made["a"]["id"])
    made["valley"] = make(places, "valley", parent_id=made["province"]["id"])
    made["village"] = make(places, "village", parent_id=made["valley"]["id"], point=[69, 35])
    sent = {
        "dataset": "places",
        "type": "other",
        "location_id": made["village"]["id"],
        "other_locations": [{"location_id": made["b"]["id"], "role": "origin"}],
        "external_ids": {"test": "event"},
    }
    made["event"] = places.post("/v1/events", json=sent).get_json()
    sent = {
        "dataset": "places",
        "act": "assert",
        "form": "paraphrase",
        "location_id": made["village"]["id"],
        "claims": [{"event_id": made["event"]["id"], "stance": "asserts", "aspect": "date"}],
        "external_ids": {"test": "statement"},
    }
    made["statement"] = places.post("/v1/statements", json=sent).get_json()
    return made


def test_what_lies_in_a_place_moves_with_it(places, realm):
    """A province that changes countries takes along all in it, and what happened there."""
    a, b, province = realm["a"]["id"], realm["b"]["id"], realm["province"]
    inside = {"province", "valley", "village"}
    assert names(places, f"/v1/locations?within={a}") == inside
    assert names(places, "/v1/events?country=AF") == {"event"}

    change(places, "locations", province, parent_id=b)

    assert names(places, f"/v1/locations?within={a}") == set()
    assert names(places, f"/v1/locations?within={b}") == inside
    assert names(places, "/v1/locations?country=UZ") == inside | {"b"}
    assert names(places, "/v1/events?country=AF") == set()
    assert names(places, "/v1/events?country=UZ") == {"event"}
    assert names(places, f"/v1/events?location={a}") == set()
    for place in (b, province["id"], realm["valley"]["id"], realm["village"]["id"]):
        assert names(places, f"/v1/events?location={place}") == {"event"}
    assert names(places, f"/v1/statements?location={a}") == set()
    assert names(places, f"/v1/statements?location={b}") == {"statement"}
    assert names(places, f"/v1/statements?event_location={a}") == set()
    assert names(places, f"/v1/statements?event_location={b}") == {"statement"}


def test_what_an_event_names_itself_stays_when_a_place_moves(places, realm):
    """A move takes away what lay around an event, never a place that the event names."""
    b = realm["b"]["id"]
    change(places, "locations", realm["province"], parent_id=b)
    change(places, "locations", realm["province"], parent_id=None)
    assert names(places, f"/v1/events?location={b}") == {"event"}
    assert names(places, f"/v1/events?location={realm['a']['id']}") == set()
    assert names(places, "/v1/events?country=AF,UZ") == set()


def test_a_place_gets_a_parent_between(places, realm):
    """A level put in between is found at once, from above and from below."""
    between = make(places, "between", parent_id=realm["province"]["id"])
    change(places, "locations", realm["valley"], parent_id=between["id"])
    assert names(places, f"/v1/locations?within={between['id']}") == {"valley", "village"}
    assert names(places, f"/v1/events?location={between['id']}") == {"event"}
    assert names(places, f"/v1/events?location={realm['a']['id']}") == {"event"}


def test_a_country_is_inherited_from_the_nearest(places, realm):
    """A place lies in the country that it, or else the nearest place around it, is recorded in."""
    change(places, "locations", realm["valley"], country="TJ")
    assert names(places, "/v1/locations?country=TJ") == {"valley", "village"}
    assert names(places, "/v1/events?country=TJ") == {"event"}
    change(places, "locations", realm["a"], country="PK")
    assert names(places, "/v1/locations?country=PK") == {"a", "province"}
    village = places.get(f"/v1/locations/{realm['village']['id']}").get_json()
    assert village["country"] is None


def test_an_event_follows_the_coordinates_of_its_place(places, realm):
    """Where a place is corrected to is where its events are found, and nowhere else."""
    assert names(places, "/v1/events?near=69,35&radius=1") == {"event"}
    change(places, "locations", realm["village"], point=[10, 10])
    assert names(places, "/v1/events?near=69,35&radius=1") == set()
    assert names(places, "/v1/events?bbox=68,34,70,36") == set()
    assert names(places, "/v1/events?near=10,10&radius=1") == {"event"}
    change(places, "locations", realm["village"], geometry=SQUARE)
    assert names(places, "/v1/events?bbox=19,19,30,30") == {"event"}
    change(places, "locations", realm["village"], point=None, geometry=None)
    assert names(places, "/v1/events?bbox=-180,-90,180,90") == set()
    assert names(places, "/v1/events?near=0,0&radius=20100") == set()


def test_an_event_that_moves_is_found_where_it_is(places, realm):
    """An event's own new place replaces the old one and all that this lies in."""
    change(places, "events", realm["event"], location_id=realm["b"]["id"], other_locations=[])
    assert names(places, f"/v1/events?location={realm['a']['id']}") == set()
    assert names(places, "/v1/events?country=UZ") == {"event"}
    change(places, "events", realm["event"], location_id=None)
    assert names(places, "/v1/events?country=UZ") == set()


@pytest.mark.parametrize("inner", ["province", "valley", "village"])
def test_no_place_lies_in_itself(places, realm, inner):
    """A parent that lies in the place, at any depth, or is the place, is refused; nothing moves."""
    address = f"/v1/locations/{realm['province']['id']}"
    before = places.get(address).get_json()
    patch = {"parent_id": realm[inner]["id"]}
    assert faults(places.patch(address, json=patch, headers=CURRENT)) == {
        ("/parent_id", "circular")
    }
    assert places.get(address).get_json() == before
    assert names(places, f"/v1/locations?within={realm['a']['id']}") == {
        *("province", "valley", "village")
    }


@pytest.mark.parametrize("field", ["parent_id", "borders"])
def test_what_is_not_there_cannot_be_referred_to(places, field):
    """A place that never was, or stands no more, is refused by its pointer."""
    gone = make(places, "gone")["id"]
    places.delete(f"/v1/locations/{gone}", headers=CURRENT)
    for missing in (gone, "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"):
        value, pointer = (missing, "/parent_id")
        if field == "borders":
            value, pointer = [make(places, missing)["id"], missing], "/borders/1"
        sent = {"dataset": "places", "name": "a", field: value}
        assert faults(places.post("/v1/locations", json=sent)) == {(pointer, "not_found")}


def test_what_others_refer_to_cannot_be_withdrawn(places, realm):
    """What lies in a place, borders it, happened or was said there holds it, and is named."""
    neighbour = make(places, "neighbour", borders=[realm["village"]["id"]])
    answer = places.delete(f"/v1/locations/{realm['village']['id']}", headers=CURRENT)
    assert answer.status_code == 409
    told = " ".join(fault["detail"] for fault in answer.get_json()["errors"])
    assert f"/v1/locations/{neighbour['id']} " in told
    assert f"/v1/events/{realm['event']['id']} " in told
    assert f"/v1/statements/{realm['statement']['id']} " in told
    answer = places.delete(f"/v1/locations/{realm['valley']['id']}", headers=CURRENT)
    assert answer.status_code == 409
    [fault] = answer.get_json()["errors"]
    assert f"/v1/locations/{realm['village']['id']} " in fault["detail"]


def test_the_neighbours_of_panjshir(panjshir, found):
    """Question 28: all in Panjshir and its neighbours; unnamed districts are no points."""
    province = found("locations", "panjshir-province")["id"]
    neighbours = panjshir.get(f"/v1/locations?borders={province}").get_json()["items"]
    assert [place["external_ids"]["seed"] for place in neighbours] == ["baghlan"]
    wanted = ",".join([province, *(place["id"] for place in neighbours)])
    events = panjshir.get(f"/v1/events?location={wanted}").get_json()["items"]
    assert {event["external_ids"]["seed"] for event in events} == {
        *("E1", "E2", "E3", "E4", "E6", "E7", "E9", "E10", "E14", "E15")
    }
    assert found("locations", "baghlan-districts")["point"] is None
    near = panjshir.get("/v1/events?near=69,36&radius=200").get_json()["items"]
    seeds = {event["external_ids"]["seed"] for event in near}
    assert "E14" in seeds
    assert "E6" not in seeds
