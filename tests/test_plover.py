"""PLOVER JSON over HTTP: an event by the field names of another ontology's layout."""

import pytest
from support.records import Records

from schemas.layouts.plover.record import KNOWN_TO, QUADS, RESOLUTIONS, SIDES
from schemas.vocabularies import own, plover


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def read(records, **event):
    """Make an event, and read it as PLOVER JSON."""
    made = records.make("events", **event)
    return records.expect(200, records.client.get(f"/v1/events/{made}.plover.json"))


def test_what_nobody_knows_is_null(records):
    """An event of which only the type is known has no date, nobody, no place and no number."""
    found = read(records, type="assault", title=None)
    known = {name: value for name, value in found.items() if value is not None}
    assert known.pop("id")
    assert known.pop("coded_date") + "T" + known.pop("coded_time")
    assert known.pop("attestation")["status"] == "unattested"
    assert known == {"has_event": True, "event": ["ASSAULT"], "quad_code": 4}


def test_code_lists_are_covered():
    """Whatever type, role, kind and precision there is, it is told what it is there."""
    assert {*plover.EVENT_TYPES} - {*QUADS} == {"control", "other"}
    assert {*SIDES} == {*own.PARTICIPANT_ROLES}
    assert {*own.LOCATION_KINDS} - {*RESOLUTIONS} == {"area", "other"}
    assert {*own.LOCATION_PRECISIONS} - {*KNOWN_TO} == {"exact"}


@pytest.mark.parametrize("kind", ["control", "other"])
def test_types_that_plover_lacks(records, kind):
    """What is no event to PLOVER has no category, and says so."""
    found = read(records, type=kind)
    assert (found["has_event"], found["event"], found["quad_code"]) == (False, [], None)


@pytest.mark.parametrize(
    ("date", "when"),
    [
        ("2021-08-22", ("2021-08-22", None, None, None)),
        ("2021-08-22/2021-08-23", ("2021-08-22", None, "2021-08-23", None)),
        ("2021-08-22/2021-08-22", ("2021-08-22", None, None, None)),
        ("2021-08", (None, None, None, None)),
        ("2021-08-22~", (None, None, None, None)),
        ("2021-08-22/..", ("2021-08-22", None, None, None)),
        ("/2021-08-23", (None, None, "2021-08-23", None)),
        ("2021-08-22T14:30:00Z", ("2021-08-22", "14:30:00Z", None, None)),
        (
            "2021-08-22T14:30:00Z/2021-08-22T18:00:00Z",
            ("2021-08-22", "14:30:00Z", None, "18:00:00Z"),
        ),
    ],
)
def test_dates(records, date, when):
    """A day is told where it is known; the date as it was recorded always is."""
    found = read(records, date=date)
    assert tuple(found[name] for name in ("date", "time", "enddate", "endtime")) == when
    assert found["edtf"] == date


def test_who_did_it_to_whom(records):
    """Each has a country or what stands for it, a sector, and the name or the words used."""
    taliban = records.make(
        "actors", name="Taliban", country="AF", sector="REB", external_ids={"wikidata": "Q42418"}
    )
    relief = records.make("actors", name="Relief", country="CH", sector="NGO")
    found = read(
        records,
        participants=[
            {"actor_id": taliban, "role": "initiator"},
            {"label": "elders", "role": "mediator"},
            {"actor_id": relief, "role": "target"},
            {"label": "some men", "role": "victim"},
        ],
    )
    names = ("code", "sector", "entity_text", "identifier_id", "identifier_text", "role")
    told = {
        side: [tuple(one[name] for name in names) for one in found[side]]
        for side in ("actor", "recipient")
    }
    assert told == {
        "actor": [
            ("AFG", "REB", None, "Q42418", "Taliban", "initiator"),
            (None, None, "elders", None, None, "mediator"),
        ],
        "recipient": [
            ("NGO", None, None, None, "Relief", "target"),
            (None, None, "some men", None, None, "victim"),
        ],
    }
    assert [one["actor_id"] for one in found["actor"]] == [taliban, None]
    meeting = read(records, participants=[{"actor_id": taliban, "role": "participant"}])
    assert ([one["code"] for one in meeting["actor"]], meeting["recipient"]) == (["AFG"], [])


@pytest.fixture
def places(records):
    """Make places that lie in each other; give their ids by name."""
    made = {}
    for name, kind, parent, more in (
        ("Country", "country", None, {"country": "AF"}),
        ("Province", "admin1", "Country", {}),
        ("District", "admin2", "Province", {}),
        ("Ward", "admin3", "District", {}),
        ("City", "populated_place", "District", {"external_ids": {"geonames": "1138958"}}),
        ("Bridge", "facility", "City", {}),
        ("Valley", "area", "Province", {}),
        ("Sea", "area", None, {}),
        ("Bay", "area", None, {"uncertainty_km": 40}),
    ):
        own = {"name": name, "kind": kind, "parent_id": made.get(parent), "point": [69.5, 35]}
        made[name] = records.make("locations", **own, **more)
    return made


POINT, NOWHERE = (35, 69.5), (None, None)
INSIDE = ("City", "District", "Province", "Country")
AROUND = (None, None, None, None)


@pytest.mark.parametrize(
    ("place", "precision", "told"),
    [
        ("Bridge", "exact", (INSIDE, POINT, 5)),
        ("Bridge", None, (INSIDE, POINT, 5)),
        ("City", "exact", (INSIDE, POINT, 4)),
        ("City", "near", (INSIDE, POINT, 3)),
        ("City", "admin1", (INSIDE, POINT, 2)),
        ("City", "unknown", (INSIDE, NOWHERE, None)),
        ("District", None, ((None, *INSIDE[1:]), POINT, 3)),
        ("Ward", "exact", ((None, *INSIDE[1:]), POINT, 3)),
        ("Valley", "near", ((None, None, *INSIDE[2:]), POINT, 2)),
        ("Country", "exact", ((None, None, None, "Country"), POINT, 1)),
        ("Sea", "exact", (AROUND, NOWHERE, None)),
        ("Bay", None, (AROUND, POINT, None)),
    ],
)
def test_places(records, places, place, precision, told):
    """A place is told by what it lies in; a point never without how exact it is."""
    where = {"location_id": places[place], "location_precision": precision}
    found = read(records, **where, location_text="there")["event_loc"]
    levels = tuple(found[name] for name in ("city", "district", "province", "country"))
    assert (levels, (found["lat"], found["lon"]), found["resolution"]) == told
    assert (found["extracted_place"], found["resolved_place"]) == ("there", place)
    assert found["country_code"] == ("AFG" if levels[-1] else None)
    assert found["geonameid"] == (1138958 if place == "City" else None)
    assert found["uncertainty_km"] == (40 if place == "Bay" else None)


@pytest.mark.parametrize("geonames", ["1e3", "-1", "0", "\uff11\uff12", "9" * 20, ""])
def test_ids_that_are_no_numbers(records, geonames):
    """What is no number of GeoNames is none of its ids."""
    known = {"external_ids": {"geonames": geonames}} if geonames else {}
    place = records.make("locations", **known)
    assert read(records, location_id=place)["event_loc"]["geonameid"] is None


def test_numbers_that_overlap_are_not_added_up(records):
    """Deaths are those in all; of other harm a number is told where there is one only."""
    found = read(
        records,
        fatalities={"best": 0},
        casualties=[
            {"kind": "injured", "label": "men", "best": 2},
            {"kind": "injured", "label": "guests", "best": 1},
            {"kind": "detained", "best": 3},
        ],
    )
    assert found["size"] == {"dead": 0, "injured": None, "arrested": 3}
    assert read(records, fatalities={"low": 3})["size"] is None


@pytest.mark.parametrize(
    ("event", "context"),
    [
        ({}, None),
        ({"contexts": []}, []),
        ({"contexts": ["territory"]}, ["territory"]),
        ({"contexts": ["territory"], "modality": "planned"}, ["territory", "future"]),
        ({"modality": "hypothetical"}, ["hypothetical"]),
        ({"verification": {"level": "refuted"}}, ["negation"]),
    ],
)
def test_what_has_not_happened_says_so(records, event, context):
    """Contexts tell what is planned, supposed or refuted; nobody takes it for a fact."""
    assert read(records, **event)["context"] == context


def test_who_reports_it(records):
    """Words and documents are those that assert it; what was retracted tells of nothing."""
    publisher = records.make("actors", name="Reuters")
    titles = ("own", "said", "denied", "wrong")
    documents = {
        title: records.make(
            "documents", title=title, language="en-GB", publisher_id=publisher, licence="CC0-1.0"
        )
        for title in titles
    }
    larger = records.make("events")
    event = records.make(
        "events",
        part_of_id=larger,
        description="A note.",
        mentions=[
            {"document_id": documents["own"], "quote": "laid siege to"},
            {"document_id": documents["wrong"]},
        ],
    )
    for document, stance, quote in (
        ("said", "asserts", "are stationed near"),
        ("denied", "denies", "no signs"),
        ("wrong", "asserts", "made up"),
    ):
        claims = [{"event_id": event, "stance": stance, "aspect": "occurrence"}]
        records.make("statements", document_id=documents[document], quote=quote, claims=claims)
    records.retract("documents", documents["wrong"])
    address = f"/v1/events/{event}.plover.json"
    answer = records.client.get(address)
    found = records.expect(200, answer)
    assert found["event_text"] == ["laid siege to", "are stationed near"]
    assert (found["link"], found["comment"]) == (larger, "A note.")
    assert found["cite_info"] == {
        "url": None,
        "title": "own",
        "language": "en",
        "publication": "Reuters",
        "license": "CC0-1.0",
        "document_id": documents["own"],
    }
    assert [each["title"] for each in found["other_cite_info"]] == ["said"]
    # What is told elsewhere changes the answer, and so its tag; the event itself has not changed.
    records.change("actors", publisher, name="Another")
    changed = records.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert records.expect(200, changed)["cite_info"]["publication"] == "Another"
    assert changed.headers["ETag"].partition("-")[0] == answer.headers["ETag"].partition("-")[0]


def test_the_example_as_it_was(panjshir, found):
    """The example reads as it was known at an instant, with what is told elsewhere."""
    siege, article = found("events", "E1"), found("documents", "article")
    address = f"/v1/events/{siege['id']}.plover.json"
    before = panjshir.get(address).get_json()
    assert before["cite_info"]["title"] == article["title"]
    panjshir.patch(
        f"/v1/documents/{article['id']}", json={"title": "New"}, headers={"If-Match": "*"}
    )
    assert panjshir.get(address).get_json()["cite_info"]["title"] == "New"
    then = panjshir.get(f"{address}?as_of={article['updated_at']}").get_json()
    assert then == before
