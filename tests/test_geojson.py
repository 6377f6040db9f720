"""Events and locations as GeoJSON over HTTP, held against the lists and against RFC 7946."""

import csv
import gzip
import hashlib
import io
import json

import pytest
from shapely.geometry import shape
from support.lists import walk
from support.records import Records
from support.rfc7946 import check_collection

PROBLEM = "application/problem+json"

BOX = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
POINT = {"type": "Point", "coordinates": [1.5, -0.25]}


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def collection(client, resource, query=""):
    """Export features, check what is promised of their text, and give them by their ids."""
    answer = client.get(f"/v1/{resource}.geojson?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/geo+json"
    text = answer.get_data()
    found = json.loads(text)
    check_collection(found)
    first, *lines, last, after = text.split(b"\n")
    assert first == b'{"type":"FeatureCollection","features":['
    assert last.startswith(b'],"end":true,')
    assert after == b""
    assert [json.loads(line.removesuffix(b",")) for line in lines] == found["features"]
    bare = b"".join(line.removesuffix(b",") + b"\n" for line in lines)
    assert found["sha256"] == hashlib.sha256(bare).hexdigest()
    assert found["rows"] == len(lines)
    features = {each["id"]: each for each in found["features"]}
    assert len(features) == len(lines)
    return features


def geometry(place, form):
    """Tell the geometry of a place, from its record."""
    if form == "full" and place["geometry"]:
        return place["geometry"]
    return place["point"] and {"type": "Point", "coordinates": place["point"]}


@pytest.mark.parametrize("form", ["full", "point"])
@pytest.mark.parametrize("unlocated", ["false", "true"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "retracted=include",
        "bbox=60,29,75,39",
        "near=12,12&radius=400",
        "country=AF&sort=-updated_at",
        "filter=country IS NULL&sort=none",
        "q=kabul",
        "tag=red,green",
    ],
)
@pytest.mark.parametrize("resource", ["events", "locations"])
def test_features_are_what_the_list_finds(truth, resource, query, form, unlocated):
    """Those records are features that the list finds, where the record of their place says."""
    listed = query.replace("sort=none", "")
    pages = walk(truth.client, f"/v1/{resource}?limit=1000&{listed}")
    expected = {}
    for record in (each for page in pages for each in page):
        place = record["id"] if resource == "locations" else record["location_id"]
        where = geometry(truth.all["locations"][place], form) if place else None
        if where or unlocated == "true":
            expected[record["id"]] = where
    asked = f"geometry={form}&unlocated={unlocated}&{query}"
    found = collection(truth.client, resource, asked)
    assert {each: feature["geometry"] for each, feature in found.items()} == expected
    if "sort" not in query:
        assert [*found] == sorted(found)
    elif "none" not in query:
        assert [*found] == [each for each in expected if each in found]


def test_shapes_are_shapes(truth):
    """Shapely reads every geometry as what the record has."""
    found = collection(truth.client, "locations")
    assert {each["geometry"]["type"] for each in found.values()} > {"Point", "Polygon"}
    for each, feature in found.items():
        place = truth.all["locations"][each]
        assert shape(feature["geometry"]).equals(shape(geometry(place, "full")))


@pytest.mark.parametrize("resource", ["events", "locations"])
def test_properties_are_typed_columns(truth, resource):
    """Properties are the columns of the CSV in their order, as the record has them in JSON."""
    text = truth.client.get(f"/v1/{resource}.csv").get_data(as_text=True)
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    features = collection(truth.client, resource, "unlocated=true")
    assert features.keys() == rows.keys()
    for each, feature in features.items():
        record, row, its = truth.all[resource][each], rows[each], feature["properties"]
        assert [*its] == [name for name in row if name != "geometry"]
        for name, value in its.items():
            assert (value is None) == (row[name] == "" and value != []), name
            if name in record:
                assert value == record[name], name
        if resource == "events":
            assert its["fatalities_best"] == (record["fatalities"] or {}).get("best")
            place = truth.all["locations"].get(record["location_id"], {})
            for name in ("name", "kind"):
                assert its[f"location_{name}"] == place.get(name)
            assert its["uncertainty_km"] == (place.get("uncertainty_km") or None)
            wanted = [one for one in record["participants"] or () if one["role"] == "initiator"]
            names = [one["label"] or truth.all["actors"][one["actor_id"]]["name"] for one in wanted]
            assert (its["participants_initiator"] or []) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("fields=id", ["id"]),
        ("fields=title,location_kind,country", ["title", "location_kind", "country"]),
        ("fields=fatalities", ["fatalities_low", "fatalities_best", "fatalities_high"]),
        ("fields=location.name", ["location_name"]),
    ],
)
def test_fields_choose_properties(truth, query, names):
    """`fields` chooses columns, in its order, as for CSV; a feature keeps its geometry."""
    for feature in collection(truth.client, "events", query).values():
        assert [*feature["properties"]] == names
        assert feature["geometry"]


def test_an_unnamed_district_is_no_point(records):
    """What has neither point nor geometry is nowhere, wherever its surroundings are."""
    province = records.make("locations", point=[69, 35], geometry=BOX, uncertainty_km=5)
    district = records.make("locations", name="A district", parent_id=province)
    there, here = (records.make("events", location_id=each) for each in (district, province))
    nowhere = records.make("events", location_text="somewhere")
    assert collection(records.client, "locations").keys() == {province}
    assert collection(records.client, "events").keys() == {here}
    found = collection(records.client, "events", "unlocated=true")
    assert {each: feature["geometry"] for each, feature in found.items()} == {
        there: None,
        nowhere: None,
        here: BOX,
    }
    assert found[here]["properties"]["uncertainty_km"] == 5
    points = collection(records.client, "events", "geometry=point")
    assert points[here]["geometry"] == {"type": "Point", "coordinates": [69, 35]}


@pytest.mark.parametrize(
    ("place", "full", "point"),
    [
        ({"geometry": BOX}, BOX, None),
        ({"geometry": POINT}, POINT, None),
        ({"geometry": POINT | {"coordinates": [1.5, -0.25, 900]}, "point": [1.5, -0.25]}, 900, 1.5),
        ({"geometry": {**BOX, "bbox": [0, 0, 2, 2]}}, {**BOX, "bbox": [0, 0, 2, 2]}, None),
        (
            {"geometry": {"type": "GeometryCollection", "geometries": [POINT, BOX]}},
            {"type": "GeometryCollection", "geometries": [POINT, BOX]},
            None,
        ),
        ({"geometry": {"type": "GeometryCollection", "geometries": []}}, None, None),
        (
            {"geometry": {"type": "GeometryCollection", "geometries": []}, "point": [1e-7, 0.1]},
            {"type": "Point", "coordinates": [1e-7, 0.1]},
            1e-7,
        ),
        ({"attributes": {"geometry": {"type": "Point"}}, "point": [-180, 90]}, -180, -180),
        ({"attributes": {"geometry": {"type": "Point"}}}, None, None),
        ({"name": '"geometry":{"type":"Point"}'}, None, None),
    ],
)
def test_geometry_of_a_place(records, place, full, point):
    """The geometry is the one that the location has, or else its point, and nothing else."""
    made = records.make("locations", **place)
    event = records.make("events", location_id=made)
    for form, expected in (("full", full), ("point", point)):
        for resource, own in (("locations", made), ("events", event)):
            query = f"geometry={form}&unlocated=true"
            found = collection(records.client, resource, query)[own]["geometry"]
            if isinstance(expected, (int, float)):
                assert expected in found["coordinates"]
            else:
                assert found == expected
            located = collection(records.client, resource, f"geometry={form}")
            assert located.keys() == ({own} if expected is not None else set())


def test_what_places_go_through(records):
    """Events are where their place is: moved, merged, put back, and as of each instant."""
    client = records.client
    one, other = records.make("locations", point=[1, 1]), records.make("locations", geometry=BOX)
    event = records.make("events", location_id=one)
    seen = []

    def note():
        dataset = records.change("datasets", "d", description=f"{len(seen)}")
        seen.append((dataset["updated_at"], collection(client, "events")[event]["geometry"]))
        return seen[-1][1]

    def at(*where):
        return {"type": "Point", "coordinates": [*where]}

    assert note() == at(1, 1)
    records.change("locations", one, point=[2, 2])
    assert note() == at(2, 2)
    records.merge("locations", one, other)
    assert note() == BOX
    records.unmerge("locations", one)
    assert note() == at(2, 2)
    records.change("events", event, location_id=None)
    assert collection(client, "events") == {}
    records.revert("events", event, 1)
    records.retract("events", event)
    assert collection(client, "events") == {}
    assert collection(client, "events", "retracted=only").keys() == {event}
    records.withdraw("events", event)
    assert collection(client, "events", "retracted=include") == {}
    for instant, where in seen:
        past = collection(client, "events", f"as_of={instant}")
        assert past[event]["geometry"] == where


NASTY = [
    'Quote " and \\ backslash',
    "Line\nfeed\r\nand\ttab",
    "U+2028 \u2028 and U+2029 \u2029 and U+0085 \u0085",
    "=HYPERLINK(1)",
    '],"end":true,"rows":0',
    "'quoted', {braced} %s %(x)s",
    "\U0001f600 ب\u202e",
]


def test_names_of_all_kinds(records):
    """Names are what was sent, and each feature stays on its line."""
    places = {records.make("locations", name=each, point=[0, 0]): each for each in NASTY}
    found = collection(records.client, "locations")
    listed = records.client.get("/v1/locations?limit=100").get_json()["items"]
    names = {each["id"]: each["name"] for each in listed}
    assert {each: feature["properties"]["name"] for each, feature in found.items()} == names
    assert names.keys() == places.keys()


def test_nothing_is_a_collection_too(records):
    """Where nothing is found, the collection is empty, and complete."""
    text = records.client.get("/v1/events.geojson").get_data(as_text=True)
    assert text == (
        '{"type":"FeatureCollection","features":[\n],"end":true,"rows":0,'
        f'"sha256":"{hashlib.sha256().hexdigest()}"}}\n'
    )


def test_a_large_geometry(records):
    """A geometry of many positions is written as it was sent."""
    shore = [[round(-179 + number / 60, 7), number % 2] for number in range(20_000)]
    coast = {"type": "LineString", "coordinates": shore}
    place = records.make("locations", geometry=coast)
    event = records.make("events", location_id=place)
    for resource, own in (("locations", place), ("events", event)):
        found = collection(records.client, resource, "fields=id")
        assert found[own]["geometry"] == coast


def test_how_it_is_sent(records):
    """It is coded on the way, HEAD tells the headers alone, and it is offered as a file."""
    records.make("locations", point=[0, 0])
    plain = records.client.get("/v1/locations.geojson")
    packed = records.client.get("/v1/locations.geojson", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    head = records.client.head("/v1/locations.geojson")
    assert (head.status_code, head.mimetype) == (200, "application/geo+json")
    assert 'filename="locations.geojson"' in plain.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/geo+json", 200),
        ("text/plain, application/json", 200),  # as GDAL asks
        ("application/geo+json, application/json;q=0.5", 200),
        ("text/html", 406),
    ],
)
def test_who_takes_json_takes_maps(client, accept, status):
    """GeoJSON is answered to those who ask for it, or for JSON."""
    answer = client.get("/v1/events.geojson", headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.mimetype == ("application/geo+json" if status == 200 else PROBLEM)


def test_a_thousand_ids(records):
    """A filter of many values finds what one of them finds."""
    place = records.make("locations", point=[3, 4])
    event = records.make("events", location_id=place)
    ids = [f"0197b2c4-5d1e-7003-8000-{number:012x}" for number in range(0xA00, 0xA00 + 150)]
    found = collection(records.client, "events", f"location={','.join([*ids, place])}")
    assert found.keys() == {event}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (
            "/v1/events.geojson?fields=titel&geometry=box&unlocated=maybe",
            {"fields", "geometry", "unlocated"},
        ),
        ("/v1/events.geojson?fields=", {"fields"}),
        ("/v1/locations.geojson?limit=5&cursor=x", {"limit", "cursor"}),
        ("/v1/locations.geojson?rows=names&bom=true", {"rows", "bom"}),
        ("/v1/events.geojson?expand=location&total=exact", {"expand", "total"}),
        ("/v1/events.geojson?sort=size&contry=AF", {"sort", "contry"}),
        ("/v1/events.geojson?filter=geometry&location=x", {"filter", "location"}),
        ("/v1/events.geojson?as_of=never", {"as_of"}),
    ],
)
def test_what_is_refused(client, path, named):
    """What cannot be asked is refused by name, before anything is sent."""
    answer = client.get(path)
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == named


def test_only_places_have_maps(client):
    """Other resources have no GeoJSON, and it is read only."""
    assert client.get("/v1/actors.geojson", checked=False).status_code == 404
    assert client.post("/v1/events.geojson", json={}, checked=False).status_code == 405
