"""Events over HTTP: who did what to whom, where and when, and how they are found."""

from typing import Final

import pytest
from support.answers import faults, names
from support.resources import MADE
from support.service import world

CURRENT: Final = {"If-Match": "*"}

MISSING: Final = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"

DATES: Final = {
    "day": "2021-08-20",
    "instant": "2021-08-15T23:30:00+04:30",
    "about": "2021-08-22~",
    "days": "2021-08-14/2021-08-16",
    "month": "2021-08",
    "season": "2021-22",
    "year": "2021",
    "decade": "202X",
    "since": "2021-08-18/..",
    "until": "../2021-08-18",
    "end unknown": "2021-08-19/",
    "start unknown": "/2021-08-17",
    "long ago": "1980/1989",
    "undated": None,
}

PEOPLE: Final = {
    "chief": [("movement", "leader", "2019/2021-08-20")],
    "recruit": [("movement", "member", "2021-08-21/..")],
    "envoy": [("movement", "spokesperson", None)],
    "minister": [("state", "official", "2010/..")],
    "stranger": [],
}


def make(client, title, resource="events", **fields):
    """Make a record that is known by its title or name, and give it."""
    own = {"external_ids": {"test": title}}
    if resource == "events":
        own |= {"title": title, "type": "other"}
    elif resource != "documents":
        own |= {"name": title}
    answer = client.post(f"/v1/{resource}", json={"dataset": "events", **own, **fields})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def change(client, event, **patch):
    """Change an event, and give it."""
    answer = client.patch(f"/v1/events/{event['id']}", json=patch, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


@pytest.fixture
def events(client):
    """Give a client of a service with a dataset for events."""
    client.put("/v1/datasets/events", json={})
    return client


@pytest.fixture(scope="module")
def calendar(server, template, settings):
    """Give a client that only reads events with dates of every kind."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/calendar", json={})
        for title, date in DATES.items():
            make(client, title, dataset="calendar", date=date)
        yield client


@pytest.fixture(scope="module")
def chronicle(server, template, settings):
    """Give a client that only reads events of every other kind, and the ids of all."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/chronicle", json={})
        client.put("/v1/datasets/annals", json={})
        ids = {}

        def add(title, resource="events", **fields):
            own = {"dataset": "chronicle"}
            ids[title] = make(client, title, resource, **own | fields)["id"]

        add("movement", "actors")
        add("state", "actors")
        for name, held in PEOPLE.items():
            affiliations = [
                {"actor_id": ids[of], "role": role, "date": date} for of, role, date in held
            ]
            add(name, "actors", affiliations=affiliations)
        add("land", "locations", country="AF")
        add("valley", "locations", parent_id=ids["land"], point=[69.47, 35.27])
        add("island", "locations", country="FJ", point=[179.9, -17])
        add("paper", "documents")
        add("post", "documents")

        def people(*who):
            return [{"actor_id": ids[name], "role": role} for name, role in who]

        add(
            "siege",
            type="coerce",
            mode="restrict",
            codes=[{"scheme": "cameo", "code": "191"}, {"scheme": "acled", "code": "a:b"}],
            location_id=ids["valley"],
            date="2021-08-20",
            participants=people(("chief", "initiator"), ("minister", "target")),
            fatalities={"low": 0, "best": 0, "high": 0},
            tags=["valley", "war"],
            mentions=[{"document_id": ids["paper"]}],
        )
        add(
            "talks",
            type="consult",
            mode="phone",
            codes=[{"scheme": "cameo", "code": "010"}],
            modality="planned",
            location_id=ids["island"],
            date="2021-08-21",
            participants=people(("chief", "target"), ("recruit", "initiator")),
            part_of_id=ids["siege"],
            related=[{"event_id": ids["siege"], "relation": "follows"}],
            tags=["peace"],
        )
        add(
            "raid",
            type="assault",
            mode="firearms",
            codes=[{"scheme": "cameo", "code": "10"}],
            other_locations=[{"location_id": ids["valley"]}],
            participants=people(("chief", "victim"), ("stranger", "initiator")),
            fatalities={"low": 2, "best": None, "high": 9},
            part_of_id=ids["siege"],
        )
        add(
            "battle",
            type="assault",
            date="2022",
            participants=people(("envoy", "participant"), ("minister", "participant")),
            fatalities={"low": 3, "best": 5, "high": 12},
            verification={"level": "confirmed"},
            related=[{"event_id": ids["siege"], "relation": "responds_to"}],
        )
        add("rumour", type="assault", fatalities={"low": None, "best": None, "high": None})
        add("riot", type="protest", mode="riot", dataset="annals", fatalities={"low": 4})
        for said, event, document in (("asserts", "raid", "post"), ("denies", "talks", "post")):
            body = {
                "dataset": "chronicle",
                "act": "assert",
                "form": "paraphrase",
                "speaker_id": ids["envoy"],
                "document_id": ids[document],
                "claims": [{"event_id": ids[event], "stance": said, "aspect": "occurrence"}],
            }
            assert client.post("/v1/statements", json=body).status_code == 201
        yield client, ids


def test_every_field_of_an_event_is_kept(events):
    """What is sent of an event is what is read, member by member, beside what is derived."""
    actor, place = make(events, "actor", "actors"), make(events, "place", "locations")
    document, other = make(events, "document", "documents"), make(events, "other")
    sent = {
        "dataset": "events",
        "title": "Siege of the Panjshir Valley",
        "description": "Surrounded on three sides.",
        "type": "coerce",
        "mode": "restrict",
        "contexts": ["military", "territory"],
        "codes": [
            {"scheme": "cameo", "code": "010", "label": None},
            {"scheme": "CAMEO 1.1b3", "code": "13y", "label": "Odd codes occur"},
        ],
        "modality": "actual",
        "date": "2021-08-22/2021-08-23~",
        "date_text": "last week",
        "date_anchor": "2021-08-23",
        "location_id": place["id"],
        "location_precision": "near",
        "location_text": "the valley north of Kabul",
        "other_locations": [
            {"location_id": place["id"], "role": "origin"},
            {"location_id": place["id"], "role": None},
        ],
        "participants": [
            {
                "actor_id": actor["id"],
                "label": "hundreds of fighters",
                "role": "initiator",
                "side": "a",
                "size": {"low": 0, "best": None, "high": 900, "text": "hundreds"},
                "certainty": "probable",
                "note": "The report names them once.",
            },
            {
                "actor_id": None,
                "label": "some villagers",
                "role": "victim",
                "side": None,
                "size": None,
                "certainty": None,
                "note": None,
            },
        ],
        "fatalities": {"low": 0, "best": 3, "high": None},
        "casualties": [
            {
                "kind": "killed",
                "actor_id": None,
                "label": None,
                "side": "a",
                "low": None,
                "best": 2,
                "high": None,
                "text": "two or so",
            }
        ],
        "part_of_id": other["id"],
        "related": [{"event_id": other["id"], "relation": "responds_to"}],
        "mentions": [
            {
                "document_id": document["id"],
                "quote": "laid siege to",
                "start": 0,
                "end": 13,
                "hedge": "reportedly",
            }
        ],
        "verification": {"level": "refuted", "note": "Seen.", "document_id": document["id"]},
        "external_ids": {"ucdp": "0412"},
        "tags": ["siege"],
        "attributes": {"coder": "A", "rounds": 0, "list": [], "nothing": None},
    }
    created = events.post("/v1/events", json=sent)
    assert created.status_code == 201, created.get_json()
    read = events.get(created.headers["Location"]).get_json()
    assert read == created.get_json()
    assert {name: read[name] for name in sent} == sent
    made = {"starts_on", "ends_on", "date_precision", "attestation"}
    assert read.keys() - sent.keys() == made | MADE
    [listed] = events.get("/v1/events?external_id=ucdp:0412").get_json()["items"]
    assert listed == read


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        *(
            (field, [])
            for field in (
                *("contexts", "codes", "other_locations", "participants", "related"),
                *("mentions", "casualties"),
            )
        ),
        ("fatalities", {"low": 0, "best": 0, "high": 0}),
    ],
)
def test_none_is_not_the_same_as_not_recorded(events, field, empty):
    """Nothing and zero are findings, null is none; each stays what it is."""
    assert make(events, "unknown")[field] is None
    event = make(events, "none", **{field: empty})
    assert event[field] == empty
    assert change(events, event, **{field: None})[field] is None
    assert change(events, event, **{field: empty})[field] == empty


def test_what_is_not_sent_is_not_known(events):
    """No member is given a value that nobody recorded; only an event's modality is assumed."""
    read = events.post("/v1/events", json={"dataset": "events", "type": "aid"}).get_json()
    known = {name for name, value in read.items() if value is not None}
    assert known == {
        *("id", "dataset", "type", "modality", "attestation", "external_ids", "tags"),
        *("attributes", "created_at", "updated_at", "version", "assessments"),
    }
    assert read["modality"] == "actual"


@pytest.mark.parametrize(
    ("date", "starts_on", "ends_on", "precision"),
    [
        ("2021-08-22", "2021-08-22", "2021-08-22", "day"),
        ("2021-08", "2021-08-01", "2021-08-31", "month"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2021?", "2021-01-01", "2021-12-31", "year"),
        ("198X", "1980-01-01", "1989-12-31", "decade"),
        ("2021-08-22T23:00:00-05:00", "2021-08-22", "2021-08-22", "instant"),
        ("2021-08-22/..", "2021-08-22", None, "interval"),
        ("/2021-08-22", None, "2021-08-22", "interval"),
        ("1995~/1999~", "1995-01-01", "1999-12-31", "interval"),
        (None, None, None, None),
    ],
)
def test_the_bounds_of_a_date_are_derived(events, date, starts_on, ends_on, precision):
    """A date is kept as written; its days and its precision are derived, and follow a change."""
    event = make(events, "a", date=date)
    derived = [event[name] for name in ("date", "starts_on", "ends_on", "date_precision")]
    assert derived == [date, starts_on, ends_on, precision]
    event = change(events, event, date="2001")
    assert (event["starts_on"], event["ends_on"]) == ("2001-01-01", "2001-12-31")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"type": None}, "/type", "null"),
        ({"type": "Coerce"}, "/type", "unknown"),
        ({"mode": "restrict"}, "/mode", "unknown"),
        ({"type": "coerce", "mode": "riot"}, "/mode", "unknown"),
        ({"type": "agree", "mode": "visit"}, "/mode", "unknown"),
        ({"modality": None}, "/modality", "null"),
        ({"modality": "possible"}, "/modality", "unknown"),
        ({"contexts": ["war"]}, "/contexts/0", "unknown"),
        ({"codes": [{"scheme": "cameo", "code": 191}]}, "/codes/0/code", "invalid"),
        ({"codes": [{"scheme": "cameo"}]}, "/codes/0/code", "required"),
        ({"date": "22.8.2021"}, "/date", "edtf"),
        ({"date": "2021-02-30"}, "/date", "edtf"),
        ({"location_precision": "district"}, "/location_precision", "unknown"),
        ({"participants": [{"role": "victim"}]}, "/participants/0", "required"),
        (
            {"participants": [{"label": None, "actor_id": None, "role": "victim"}]},
            "/participants/0",
            "required",
        ),
        ({"participants": [{"label": "", "role": "victim"}]}, "/participants/0/label", "invalid"),
        ({"participants": [{"label": "a"}]}, "/participants/0/role", "required"),
        (
            {"participants": [{"label": "a", "role": "victim", "size": {"low": 5, "high": 3}}]},
            "/participants/0/size/high",
            "order",
        ),
        ({"fatalities": {"low": 5, "best": 3}}, "/fatalities/best", "order"),
        ({"fatalities": {"best": 5, "high": 3}}, "/fatalities/high", "order"),
        ({"fatalities": {"low": 5, "high": 3}}, "/fatalities/high", "order"),
        ({"fatalities": {"low": -1}}, "/fatalities/low", "invalid"),
        ({"fatalities": {"best": "3"}}, "/fatalities/best", "invalid"),
        ({"fatalities": {"best": 2.5}}, "/fatalities/best", "invalid"),
        ({"fatalities": {"best": True}}, "/fatalities/best", "invalid"),
        ({"fatalities": {"most": 1}}, "/fatalities/most", "unknown"),
        ({"fatalities": 3}, "/fatalities", "invalid"),
        (
            {"related": [{"event_id": MISSING, "relation": "copies"}]},
            "/related/0/relation",
            "unknown",
        ),
        ({"verification": {"level": "probable"}}, "/verification/level", "unknown"),
        ({"verification": {"note": "Seen."}}, "/verification/level", "required"),
        ({"starts_on": "2021-08-22"}, "/starts_on", "read_only"),
        ({"ends_on": None}, "/ends_on", "read_only"),
        ({"date_precision": "day"}, "/date_precision", "read_only"),
        ({"attestation": {"status": "confirmed"}}, "/attestation", "read_only"),
        ({"status": "confirmed"}, "/status", "unknown"),
        ({"version": 1}, "/version", "read_only"),
        ({"retraction": None}, "/retraction", "read_only"),
        ({"location_id": MISSING}, "/location_id", "not_found"),
        (
            {"other_locations": [{"location_id": MISSING}]},
            "/other_locations/0/location_id",
            "not_found",
        ),
        (
            {"participants": [{"actor_id": MISSING, "role": "victim"}]},
            "/participants/0/actor_id",
            "not_found",
        ),
        ({"part_of_id": MISSING}, "/part_of_id", "not_found"),
        (
            {"related": [{"event_id": MISSING, "relation": "causes"}]},
            "/related/0/event_id",
            "not_found",
        ),
        ({"mentions": [{"document_id": MISSING}]}, "/mentions/0/document_id", "not_found"),
        (
            {"verification": {"level": "refuted", "document_id": MISSING}},
            "/verification/document_id",
            "not_found",
        ),
    ],
)
def test_a_wrong_member_is_named(calendar, fields, pointer, code):
    """A member that cannot be taken is refused by its pointer."""
    sent = {"dataset": "calendar", "type": "other", **fields}
    answer = calendar.post("/v1/events?dry_run=true", json=sent)
    assert (pointer, code) in faults(answer)


def test_the_modes_of_a_type_are_named(events):
    """Whoever takes a wrong mode is told the right ones, or that there is none."""
    for kind, known in {"protest": "demo, riot, strike, ", "agree": "none."}.items():
        answer = events.post("/v1/events", json={"type": kind, "mode": "visit", "dataset": "d"})
        [fault] = [each for each in answer.get_json()["errors"] if each["pointer"] == "/mode"]
        assert f"The modes of {kind} are: {known}" in fault["detail"]


def test_a_mode_must_fit_the_type_after_a_change_too(events):
    """A patch of either is held against the other as it stands."""
    event = make(events, "a", type="coerce", mode="restrict")
    address = f"/v1/events/{event['id']}"
    for patch in ({"type": "assault"}, {"mode": "riot"}):
        assert faults(events.patch(address, json=patch, headers=CURRENT)) == {("/mode", "unknown")}
    assert change(events, event, type="protest", mode="riot")["mode"] == "riot"


def test_what_the_service_makes_may_be_sent_back(events):
    """An event may be PUT as it was read; what is derived cannot be set to something else."""
    read = make(events, "a", date="2021-08-22", fatalities={"low": 0, "best": 1, "high": 2})
    address = f"/v1/events/{read['id']}"
    answer = events.put(address, json=read, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json() == read
    answer = events.put(address, json=read | {"title": "b"}, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    replaced = answer.get_json()
    assert replaced["version"] == 2
    stamps = {"title", "version", "updated_at"}
    assert {name: replaced[name] for name in replaced.keys() - stamps} == {
        name: read[name] for name in read.keys() - stamps
    }
    confirmed = read["attestation"] | {"status": "confirmed"}
    for wrong in ({"starts_on": "2021-08-21"}, {"attestation": confirmed}, {"version": 9}):
        [field] = wrong
        answer = events.put(address, json=replaced | wrong, headers=CURRENT)
        assert faults(answer) == {(f"/{field}", "read_only")}


def test_put_replaces_an_event_as_a_whole(events):
    """What a PUT leaves out is not known any more; what it repeats stays."""
    event = make(events, "a", date="2021-08-22", description="old", tags=["x"])
    sent = {"dataset": "events", "type": "other", "description": "old"}
    answer = events.put(f"/v1/events/{event['id']}", json=sent, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    replaced = answer.get_json()
    assert (replaced["description"], replaced["title"], replaced["date"]) == ("old", None, None)
    assert (replaced["starts_on"], replaced["tags"], replaced["external_ids"]) == (None, [], {})
    assert names(events, "/v1/events?datetime=2021") == set()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            "datetime=2021-08-15/2021-08-22",
            {*DATES} - {"long ago", "undated"},
        ),
        (
            "datetime=2021-08-15/2021-08-22&datetime_match=certain",
            {"day", "instant"},
        ),
        (
            "datetime=2021-08-14/2021-08-20&datetime_match=possible",
            {*DATES} - {"long ago", "undated", "about"},
        ),
        ("datetime=2021-08-14/2021-08-20&datetime_match=certain", {"day", "instant", "days"}),
        ("datetime=2021-08-15&datetime_match=certain", {"instant"}),
        (
            "datetime=2021-08-15",
            {"instant", "days", "month", "season", "year", "decade", "until", "start unknown"},
        ),
        (
            "datetime=2021-08&datetime_match=certain",
            {"day", "instant", "days", "month"},
        ),
        (
            "datetime=2021&datetime_match=certain",
            {"day", "instant", "days", "month", "season", "year"},
        ),
        ("datetime=../2021-08-16", {*DATES} - {"day", "about", "since", "end unknown", "undated"}),
        (
            "datetime=../2021-08-17&datetime_match=certain",
            {"instant", "days", "start unknown", "long ago"},
        ),
        (
            "datetime=2021-08-20/..",
            {"day", "about", "month", "season", "year", "decade", "since", "end unknown"},
        ),
        (
            "datetime=2021-08-18/..&datetime_match=certain",
            {"day", "since", "end unknown"},
        ),
        ("datetime=2030/..", {"since", "end unknown"}),
        ("datetime=1900", {"until", "start unknown"}),
        ("datetime=1985", {"until", "start unknown", "long ago"}),
        ("datetime=../..", {*DATES} - {"undated"}),
        ("datetime=../..&datetime_match=certain", {*DATES} - {"undated", "about"}),
        ("datetime=2021-08-20T00:00:00Z/2021-08-20T12:00:00Z&datetime_match=certain", set()),
    ],
)
def test_events_are_found_by_when_they_were(calendar, query, found):
    """Possible: the days overlap; certain: they lie wholly within; undated events are never found.

    A start or end that is open or not known reaches as far as time does.
    """
    assert names(calendar, f"/v1/events?dataset=calendar&{query}") == found


@pytest.mark.parametrize("match", ["possible", "certain"])
@pytest.mark.parametrize(
    "interval", ["2021-08-15/2021-08-22", "2021-08", "../2021-08-18", "2021-08-19/..", "1985"]
)
def test_what_is_certain_is_possible(calendar, match, interval):
    """Either list can be checked by the bounds that its events themselves state."""
    start, _, end = {"2021-08": "2021-08-01/2021-08-31", "1985": "1985-01-01/1985-12-31"}.get(
        interval, interval
    ).partition("/")
    start, end = start.replace("..", "0000"), end.replace("..", "9999")
    expected = set()
    for event in calendar.get("/v1/events?dataset=calendar").get_json()["items"]:
        if event["date"] is None:
            continue
        starts_on, ends_on = event["starts_on"] or "0000", event["ends_on"] or "9999"
        within = start <= starts_on and ends_on <= end and not {*event["date"]} & {*"?~%"}
        if within if match == "certain" else starts_on <= end and ends_on >= start:
            expected.add(event["title"])
    query = f"dataset=calendar&datetime={interval}&datetime_match={match}"
    assert names(calendar, f"/v1/events?{query}") == expected


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=assault", {"raid", "battle", "rumour"}),
        ("type=coerce,consult", {"siege", "talks"}),
        ("mode=restrict,phone", {"siege", "talks"}),
        ("type=assault&mode=firearms", {"raid"}),
        ("type=assault&mode=phone", set()),
        ("code=cameo:010", {"talks"}),
        ("code=cameo:10", {"raid"}),
        ("code=cameo:191,cameo:10", {"siege", "raid"}),
        ("code=acled:a:b", {"siege"}),
        ("code=acled:191", set()),
        ("modality=planned", {"talks"}),
        ("modality=actual&type=consult", set()),
        ("location={valley}", {"siege", "raid"}),
        ("location={land}", {"siege", "raid"}),
        ("location={land},{island}", {"siege", "raid", "talks"}),
        ("country=AF", {"siege"}),
        ("country=AF,FJ", {"siege", "talks"}),
        ("country=FJ&location={land}", set()),
        ("bbox=69,35,70,36", {"siege"}),
        ("bbox=179,-18,-179,-16", {"talks"}),
        ("near=-179.9,-17&radius=25", {"talks"}),
        ("near=-179.9,-17&radius=15", set()),
        ("near=69.17,34.53&radius=100", {"siege"}),
        ("actor={chief}", {"siege", "talks", "raid"}),
        ("actor={chief},{envoy}", {"siege", "talks", "raid", "battle"}),
        ("actor_role=target", {"siege", "talks"}),
        ("actor={chief}&actor_role=initiator", {"siege"}),
        ("actor={chief}&actor_role=victim,target", {"talks", "raid"}),
        ("actor={minister}&actor_role=initiator", set()),
        ("affiliated_with={movement}", {"siege", "talks", "raid", "battle"}),
        ("affiliated_with={movement}&actor={chief}", {"siege", "raid"}),
        ("affiliated_with={movement}&actor_role=initiator", {"siege", "talks"}),
        ("affiliated_with={movement}&actor_role=target", set()),
        ("affiliated_with={state}", {"siege", "battle"}),
        ("affiliated_with={state}&actor_role=initiator", set()),
        ("affiliated_with={stranger}", {"raid"}),
        ("status=unattested", {"rumour", "riot"}),
        ("status=hypothetical", {"talks"}),
        ("status=claimed,reported", {"raid", "siege"}),
        ("status=confirmed", {"battle"}),
        ("fatalities_min=0", {"siege", "raid", "battle", "riot"}),
        ("fatalities_min=1", {"raid", "battle", "riot"}),
        ("fatalities_min=3", {"battle", "riot"}),
        ("fatalities_min=5", {"battle"}),
        ("fatalities_min=6", set()),
        ("fatalities_max=0", {"siege"}),
        ("fatalities_max=5", {"siege", "battle"}),
        ("fatalities_max=8", {"siege", "battle"}),
        ("fatalities_max=9", {"siege", "battle", "raid"}),
        ("fatalities_max=1000000", {"siege", "battle", "raid"}),
        ("fatalities_min=1&fatalities_max=9", {"battle", "raid"}),
        ("document={paper}", {"siege"}),
        ("document={post}", {"raid", "talks"}),
        ("document={paper},{post}", {"siege", "raid", "talks"}),
        ("part_of={siege}", {"talks", "raid"}),
        ("part_of={siege}&type=assault", {"raid"}),
        ("part_of={raid}", set()),
        ("related={siege}", {"talks", "battle"}),
        ("related={talks},{battle}", {"siege"}),
        ("related={siege}&type=assault", {"battle"}),
        ("related={raid}", set()),
        ("tag=war,peace", {"siege", "talks"}),
        ("dataset=annals", {"riot"}),
        ("external_id=test:riot,test:raid", {"riot", "raid"}),
        ("external_id=test:riot&dataset=chronicle", set()),
        ("retracted=only", set()),
        ("retracted=include&dataset=annals", {"riot"}),
    ],
)
def test_events_are_found(chronicle, query, found):
    """Filters narrow each other, values with commas widen one; what is not known is not found.

    What is asked of a participant - who, as what, belonging to whom - is asked of one and the same.
    """
    client, ids = chronicle
    assert names(client, f"/v1/events?{query.format(**ids)}") == found


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("type=asault", "type"),
        ("certainty=sure", "certainty"),
        ("covers=kabul", "covers"),
        ("mode=restict", "mode"),
        ("code=191", "code"),
        ("modality=likely", "modality"),
        ("location=kabul", "location"),
        ("country=AFG", "country"),
        ("actor=taliban", "actor"),
        ("actor_role=perpetrator", "actor_role"),
        ("status=true", "status"),
        ("fatalities_min=-1", "fatalities_min"),
        ("fatalities_max=many", "fatalities_max"),
        ("fatalities_max=1.5", "fatalities_max"),
        ("datetime=last week", "datetime"),
        ("datetime=2021-08-22/2021-08-15", "datetime"),
        ("datetime=2021&datetime_match=sure", "datetime_match"),
        ("datetime_match=certain", "datetime"),
        ("document=x", "document"),
        ("part_of=x", "part_of"),
        ("bbox=0,0,1", "bbox"),
        ("sort=title", "sort"),
        ("titel=Siege", "titel"),
    ],
)
def test_a_wrong_question_is_refused(calendar, query, parameter):
    """A parameter that makes no sense is an error that names it, never ignored."""
    answer = calendar.get(f"/v1/events?{query}")
    assert answer.status_code == 400
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == {parameter}


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("-starts_on", ["about", "day", "end unknown"]),
        ("-ends_on", ["end unknown", "since", "decade"]),
        ("ends_on", ["undated", "long ago", "instant"]),
        ("created_at", ["day", "instant", "about"]),
        ("-created_at", ["undated", "long ago", "start unknown"]),
        ("-updated_at", ["undated", "long ago", "start unknown"]),
        (None, ["about", "day", "end unknown"]),
    ],
)
def test_events_are_sorted(calendar, sort, found):
    """A list comes in the order asked for, the newest first where none is."""
    query = f"&sort={sort}" if sort else ""
    items = calendar.get(f"/v1/events?dataset=calendar&limit=3{query}").get_json()["items"]
    assert [item["title"] for item in items] == found


def test_what_is_not_known_is_sorted_below_zero(chronicle):
    """Events sorted by fatalities begin with the deadliest; not known comes behind none."""
    client, _ = chronicle
    query = "/v1/events?type=assault,coerce&sort={}fatalities"
    for sign, step in (("-", 1), ("", -1)):
        items = client.get(query.format(sign)).get_json()["items"]
        best = [(item["fatalities"] or {"best": None})["best"] for item in items]
        assert best == [5, 0, None, None][::step]


@pytest.mark.parametrize("sort", ["starts_on", "ends_on", "fatalities", "created_at", "updated_at"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_neither_skip_nor_repeat(calendar, sort, sign):
    """Ties, open ends and unknown dates are walked over page by page as in one long page."""
    query = f"/v1/events?dataset=calendar&sort={sign}{sort}"
    whole = [item["id"] for item in calendar.get(query).get_json()["items"]]
    walked, cursor = [], ""
    while cursor is not None:
        page = calendar.get(f"{query}&limit=3" + (f"&cursor={cursor}" if cursor else "")).get_json()
        walked += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert walked == whole
    assert len({*whole}) == len(DATES)


def test_ties_are_broken_by_id(events):
    """Events of one day come in the order of their ids, in the direction of the sort."""
    ids = [make(events, str(number), date="2021-08-22")["id"] for number in range(4)]
    for sort, expected in (("starts_on", sorted(ids)), ("-starts_on", sorted(ids, reverse=True))):
        items = events.get(f"/v1/events?sort={sort}").get_json()["items"]
        assert [item["id"] for item in items] == expected


def test_what_others_refer_to_cannot_be_withdrawn(events):
    """An event is held by its parts, by what is related to it, and by what is said of it."""
    event = make(events, "a")
    part = make(events, "part", part_of_id=event["id"])
    related = make(events, "b", related=[{"event_id": event["id"], "relation": "same_as"}])
    claim = {"event_id": event["id"], "stance": "denies", "aspect": "date"}
    sent = {"dataset": "events", "act": "deny", "form": "paraphrase", "claims": [claim]}
    statement = events.post("/v1/statements", json=sent).get_json()
    referring = [f"/v1/events/{part['id']}", f"/v1/events/{related['id']}"]
    referring.append(f"/v1/statements/{statement['id']}")
    answer = events.delete(f"/v1/events/{event['id']}", headers=CURRENT)
    assert answer.status_code == 409
    told = [fault["detail"].partition(" ")[0] for fault in answer.get_json()["errors"]]
    assert sorted(told) == sorted(referring)
    for address in referring:
        assert events.delete(address, headers=CURRENT).status_code == 204
    assert events.delete(f"/v1/events/{event['id']}", headers=CURRENT).status_code == 204
    assert names(events, "/v1/events") == set()
    answer = events.post(
        "/v1/events", json={"dataset": "events", "type": "aid", "part_of_id": event["id"]}
    )
    assert faults(answer) == {("/part_of_id", "not_found")}


def test_a_withdrawn_event_is_found_by_nothing(events):
    """What an event was found by, its parts included, finds it no more once it is withdrawn."""
    actor, place = make(events, "actor", "actors"), make(events, "place", "locations")
    document = make(events, "document", "documents")
    event = make(
        events,
        "a",
        date="2021",
        location_id=place["id"],
        participants=[{"actor_id": actor["id"], "role": "victim"}],
        mentions=[{"document_id": document["id"]}],
    )
    queries = [
        *(f"location={place['id']}", f"actor={actor['id']}", f"document={document['id']}"),
        *("datetime=2021", "type=other", "external_id=test:a", "retracted=include"),
    ]
    for query in queries:
        assert names(events, f"/v1/events?{query}") == {"a"}
    events.delete(f"/v1/events/{event['id']}", headers=CURRENT)
    for query in queries:
        assert names(events, f"/v1/events?{query}") == set()
    for resource, record in (("actors", actor), ("locations", place), ("documents", document)):
        answer = events.delete(f"/v1/{resource}/{record['id']}", headers=CURRENT)
        assert answer.status_code == 204


def test_an_external_id_has_one_holder(events):
    """A conflict names the event that holds the id, and stores nothing."""
    holder = make(events, "a")
    answer = events.post(
        "/v1/events", json={"dataset": "events", "type": "aid", "external_ids": {"test": "a"}}
    )
    assert answer.status_code == 409
    [fault] = answer.get_json()["errors"]
    assert fault["pointer"] == "/external_ids/test"
    assert f"/v1/events/{holder['id']} " in fault["detail"]
    assert names(events, "/v1/events") == {"a"}


def test_a_change_is_found_and_what_it_replaced_is_not(events):
    """Participants, codes, tags and dates that are replaced are found by no filter any more."""
    one, other = make(events, "one", "actors"), make(events, "other", "actors")
    event = make(
        events,
        "a",
        date="2020",
        codes=[{"scheme": "cameo", "code": "10"}],
        tags=["old"],
        participants=[
            {"actor_id": one["id"], "role": "victim", "side": "a", "certainty": "certain"}
        ],
        fatalities={"best": 1},
    )
    change(
        events,
        event,
        date="2021",
        codes=[{"scheme": "cameo", "code": "010"}],
        tags=["new"],
        participants=[
            {
                "actor_id": other["id"],
                "role": "target",
                "side": " b\u0308 ",
                "certainty": "possible",
            }
        ],
        fatalities={"best": 7},
    )
    old = [
        *(
            "side=a",
            "certainty=certain",
            "datetime=2020",
            "code=cameo:10",
            "tag=old",
            f"actor={one['id']}",
        ),
        *("actor_role=victim", "fatalities_max=1"),
    ]
    new = [
        *("datetime=2021", "code=cameo:010", "tag=new", f"actor={other['id']}"),
        *("actor_role=target", "fatalities_min=7"),
        *("side=b%CC%88", "certainty=possible,probable", f"side=b%CC%88&actor={other['id']}"),
    ]
    assert [names(events, f"/v1/events?{query}") for query in old] == [set()] * len(old)
    assert [names(events, f"/v1/events?{query}") for query in new] == [{"a"}] * len(new)


@pytest.mark.parametrize(
    ("mention", "start", "end"),
    [
        ({"quote": "laid siege to"}, 12, 25),
        ({"quote": "laid siege to", "start": 12}, 12, 25),
        ({"quote": "laid siege to", "end": 25}, 12, 25),
        ({"quote": "'they say'", "start": 38, "end": 48}, 38, 48),
        ({"start": 0, "end": 11}, 0, 11),
    ],
)
def test_the_words_of_a_mention_are_found_in_its_document(events, mention, start, end):
    """A mention's quote is verified like a statement's, and found where no offset is given."""
    text = "The Taliban laid siege to the valley, “they say”."
    document = make(events, "document", "documents", text=text)
    event = make(events, "a", mentions=[{"document_id": document["id"], **mention}])
    [kept] = event["mentions"]
    assert (kept["start"], kept["end"], kept["quote"]) == (start, end, mention.get("quote"))


@pytest.mark.parametrize(
    ("mention", "fault", "told"),
    [
        ({"quote": "lifted the siege"}, ("/mentions/0/quote", "mismatch"), "nowhere"),
        (
            {"quote": "laid siege to", "start": 3},
            ("/mentions/0/quote", "mismatch"),
            "stands at 12-25",
        ),
        ({"start": 3, "end": 600}, ("/mentions/0/end", "range"), "38 code points"),
    ],
)
def test_a_mention_cannot_quote_what_is_not_there(events, mention, fault, told):
    """A quote that stands elsewhere, or nowhere, is refused with the nearest place."""
    text = "The Taliban laid siege to the valley.\n"
    document = make(events, "document", "documents", text=text)
    mentions = [{"document_id": document["id"], **mention}]
    sent = {"dataset": "events", "type": "aid", "mentions": mentions}
    answer = events.post("/v1/events", json=sent)
    assert faults(answer) == {fault}
    assert told in answer.get_json()["errors"][0]["detail"]


def test_an_event_can_be_changed_though_its_document_has_changed(events):
    """A correction of a text does not freeze the events that quoted it as it was."""
    document = make(events, "document", "documents", text="They laid siege to the valley.")
    mention = {"document_id": document["id"], "quote": "laid siege to"}
    event = make(events, "a", mentions=[mention])
    address = f"/v1/documents/{document['id']}"
    answer = events.patch(address, json={"text": "They came near."}, headers=CURRENT)
    assert answer.status_code == 200
    assert change(events, event, tags=["later"])["tags"] == ["later"]


def test_an_event_is_read_with_what_it_points_at(chronicle):
    """`expand` puts the records inside, beside their ids; `fields` leaves the rest out."""
    client, ids = chronicle
    query = "expand=location,participants.actor,part_of&fields=title,participants"
    read = client.get(f"/v1/events/{ids['talks']}?{query}").get_json()
    assert read.keys() == {"id", "title", "participants", "location", "part_of"}
    assert read["location"]["name"] == "island"
    assert read["part_of"]["title"] == "siege"
    names_ = [participant["actor"]["name"] for participant in read["participants"]]
    assert names_ == ["chief", "recruit"]


def test_the_siege_is_disputed(panjshir, found):
    """What one origin asserts and another denies is disputed, however often each says so."""
    siege = found("events", "E1")
    assert siege["attestation"]["status"] == "disputed"
    denied = panjshir.get(f"/v1/statements?event={siege['id']}&stance=denies").get_json()["items"]
    assert [statement["external_ids"]["seed"] for statement in denied] == ["S23"]


def test_withdrawing(panjshir, found):
    """Question 14: what rests on one statement alone stands no more when that is withdrawn."""
    for seed in ("S11", "S10"):  # the answer before what it answers
        address = f"/v1/statements/{found('statements', seed)['id']}"
        assert panjshir.delete(address, headers={"If-Match": "*"}).status_code == 204
    assert found("events", "E4")["attestation"]["status"] == "unattested"


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ("possible", {*("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E14", "E15")}),
        ("certain", {"E2", "E4", "E5", "E6"}),
    ],
)
def test_what_happened_between_two_sundays(panjshir, match, found):
    """Question 24: what possibly, and what certainly, happened on 15-22 August 2021."""
    query = f"/v1/events?datetime=2021-08-15/2021-08-22&datetime_match={match}"
    assert names(panjshir, query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=assault&modality=actual", {"E6", "E11", "E12", "E14"}),
        ("status=hypothetical", {"E10", "E16"}),
        ("modality=hypothetical", {"E10"}),
        ("status=denied", {"E15"}),
        ("status=disputed", {"E1"}),
        ("status=reported&datetime=2021-08", {"E3", "E6", "E7"}),
        ("status=confirmed", {"E5"}),
        ("fatalities_min=0", {"E11"}),
        ("fatalities_max=1000000", set()),
        ("code=cameo:190&modality=actual", {"E6", "E12"}),
        ("country=AF&datetime=198X", {"E3", "E7", "E8", "E9", "E12", "E14", "E15"}),
        ("country=AF&datetime=198X&datetime_match=certain", {"E12"}),
    ],
)
def test_questions_about_the_article(panjshir, query, found):
    """Questions 3, 5, 18 and 29: hypothetical is no assault, unknown is not zero."""
    assert names(panjshir, f"/v1/events?{query}") == found


def test_an_opponent_does_not_belong_to_what_it_opposes(panjshir, found):
    """`affiliated_with` finds the actor and those who belonged to it, not those against it."""
    taliban = found("actors", "taliban")["id"]
    own = names(panjshir, f"/v1/events?actor={taliban}")
    assert names(panjshir, f"/v1/events?affiliated_with={taliban}") == own | {"E12"}


def test_when_baghlan_was_fought_over(found):
    """Questions 23 and 29: bounds, precision and words; how many were killed is unknown, not 0."""
    event = found("events", "E6")
    assert (event["starts_on"], event["ends_on"]) == ("2021-08-16", "2021-08-22")
    assert (event["date_precision"], event["date_text"]) == ("interval", "last week")
    assert event["fatalities"] is None


def test_the_ultimatum(panjshir, found):
    """Question 15: by whom, to whom, until when, answered how."""
    ultimatum = found("events", "E4")
    roles = {item["role"]: item["actor_id"] for item in ultimatum["participants"]}
    assert roles == {
        "initiator": found("actors", "taliban")["id"],
        "target": found("actors", "ahmad-massoud")["id"],
    }
    assert ultimatum["attributes"]["deadline"] == "four hours"
    said = panjshir.get(f"/v1/statements?event={ultimatum['id']}&act=refuse").get_json()["items"]
    assert [statement["external_ids"]["seed"] for statement in said] == ["S11"]


def test_no_event_is_part_of_itself_by_another_id(client):
    """The id of an event that was merged means the one that stands for it, which is no part."""
    client.put("/v1/datasets/d", json={})
    one, other = (
        client.post("/v1/events", json={"dataset": "d", "type": "aid"}).get_json()["id"]
        for _ in range(2)
    )
    assert client.post(f"/v1/events/{other}/merge", json={"into": one}).status_code == 200
    path, superseded = f"/v1/events/{one}", {"reason": "An error.", "superseded_by": other}
    answers = {
        "/part_of_id": client.patch(path, json={"part_of_id": other}, headers=CURRENT),
        "/superseded_by": client.put(f"{path}/retraction", json=superseded, headers=CURRENT),
    }
    for pointer, answer in answers.items():
        assert answer.status_code == 422, answer.get_json()
        [fault] = answer.get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, "circular")


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        *(("side=a", True), ("side=c", False), ("side=a,c", True), ("certainty=reported", True)),
        *(("actor={one}&side=a", True), ("actor={one}&side=b", False)),
        *(("actor={other}&certainty=reported", True), ("actor={one}&certainty=reported", False)),
        *(("actor_role=target&side=b", True), ("actor_role=target&side=a", False)),
        *(("side=a&certainty=certain", True), ("side=a&certainty=reported", False)),
    ],
)
def test_side_and_certainty_are_of_one_participant(events, query, is_found):
    """A side, a certainty, an actor and a role that are asked for together are of one of them."""
    one, other = make(events, "one", "actors"), make(events, "other", "actors")
    participants = [
        {"actor_id": one["id"], "role": "initiator", "side": "a", "certainty": "certain"},
        {"actor_id": other["id"], "role": "target", "side": "b", "certainty": "reported"},
    ]
    make(events, "event", participants=participants)
    query = query.format(one=one["id"], other=other["id"])
    assert names(events, f"/v1/events?{query}") == ({"event"} if is_found else set())
