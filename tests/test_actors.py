"""Actors over HTTP: their names, and what they were to each other at which time."""

from typing import Final

import pytest
from support.answers import faults, names
from support.resources import MADE
from support.service import world

CURRENT: Final = {"If-Match": "*"}

MISSING: Final = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"


def make(client, known_as, **fields):
    """Make an actor, mostly of the name that it is known by, and give it."""
    own = {"dataset": "actors", "name": known_as, "external_ids": {"test": known_as}}
    sent = own | fields
    answer = client.post("/v1/actors", json=sent)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


@pytest.fixture
def actors(client):
    """Give a client of a service with a dataset for actors."""
    client.put("/v1/datasets/actors", json={})
    return client


@pytest.fixture(scope="module")
def movement(server, template, settings):
    """Give a client that only reads a movement and who belonged to it when, and their ids."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/movement", json={})
        client.put("/v1/datasets/elsewhere", json={})
        ids = {}

        def actor(name, *held, **fields):
            affiliations = [
                {"actor_id": ids[of], "role": role, "date": date} for of, role, date in held
            ]
            fields = {"dataset": "movement", "affiliations": affiliations, **fields}
            ids[name] = make(client, name, **fields)["id"]

        actor("movement", kind="organization", sector="REB", country="AF", tags=["armed", "old"])
        actor("state", kind="organization", sector="GOV", country="AF", tags=["old"])
        actor("leader", ("movement", "leader", "2019/.."), kind="person", country="AF")
        actor("former", ("movement", "member", "2015-03/2018"), kind="person", country="PK")
        actor("since unknown", ("movement", "spokesperson", None), kind="person")
        actor("end unknown", ("movement", "member", "2021-08-16/"), kind="person")
        actor("start unknown", ("movement", "official", "/2021-08-15"), kind="person")
        actor(
            "turncoat",
            ("state", "official", "2010/2021-08-15"),
            ("movement", "commander", "2021-08-16/.."),
            kind="person",
            sector="MIL",
        )
        actor("crowd", kind="collective", country="XK", dataset="elsewhere")
        yield client, ids


def test_every_field_of_an_actor_is_kept(actors):
    """What is sent of an actor is what is read, member by member."""
    front = make(actors, "front")
    document = actors.post("/v1/documents", json={"dataset": "actors"}).get_json()
    sent = {
        "dataset": "actors",
        "name": "Ahmad Massoud",
        "names": [
            {"name": "احمد مسعود", "language": "fa", "script": "Arab", "kind": "primary"},
            {"name": "Ahmad Mas'ud", "language": "fa-Latn", "script": None, "kind": "alias"},
            {"name": "AM", "language": None, "script": None, "kind": "acronym"},
        ],
        "kind": "person",
        "sector": "REB",
        "reliability": "B",
        "country": "AF",
        "description": "Son of a commander.\nLeads the front.",
        "affiliations": [
            {
                "actor_id": front["id"],
                "role": "leader",
                "title": "resistance leader",
                "date": "2019-09-05/..",
                "document_id": document["id"],
            },
            {
                "actor_id": front["id"],
                "role": "founder",
                "title": None,
                "date": None,
                "document_id": None,
            },
        ],
        "external_ids": {"wikidata": "Q66498906", "ucdp": "0412"},
        "tags": ["resistance"],
        "attributes": {"age": 0, "aliases": [], "checked": False, "note": None},
    }
    created = actors.post("/v1/actors", json=sent)
    assert created.status_code == 201
    read = actors.get(created.headers["Location"]).get_json()
    assert read == created.get_json()
    assert {name: read[name] for name in sent} == sent
    assert read.keys() - sent.keys() == MADE


@pytest.mark.parametrize("field", ["names", "affiliations"])
def test_none_is_not_the_same_as_not_recorded(actors, field):
    """An empty list is a finding, null is none; both stay what they are."""
    assert make(actors, "unknown")[field] is None
    assert make(actors, "none", **{field: []})[field] == []


def test_what_is_not_sent_is_not_known(actors):
    """No member is given a value that nobody recorded."""
    sent = {"dataset": "actors", "name": "a"}
    read = actors.post("/v1/actors", json=sent).get_json()
    unknown = ("names", "kind", "sector", "country", "description", "affiliations", "retraction")
    assert {read[name] for name in unknown} == {None}
    assert (read["external_ids"], read["tags"], read["attributes"]) == ({}, [], {})


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"name": None}, "/name", "null"),
        ({"kind": "group"}, "/kind", "unknown"),
        ({"sector": "reb"}, "/sector", "unknown"),
        ({"country": "AFG"}, "/country", "unknown"),
        ({"tags": None}, "/tags", "null"),
        ({"tags": [""]}, "/tags/0", "invalid"),
        ({"attributes": []}, "/attributes", "invalid"),
        ({"external_ids": {"Wikidata": "Q1"}}, "/external_ids/Wikidata", "scheme"),
        ({"external_ids": {"ucdp": 412}}, "/external_ids/ucdp", "invalid"),
        ({"dataset": "nowhere"}, "/dataset", "not_found"),
        ({"dataset": None}, "/dataset", "null"),
        ({"affiliations": [{"actor_id": MISSING}]}, "/affiliations/0/role", "required"),
        ({"affiliations": [{"role": "member"}]}, "/affiliations/0/actor_id", "required"),
        (
            {"affiliations": [{"actor_id": MISSING, "role": "boss"}]},
            "/affiliations/0/role",
            "unknown",
        ),
        (
            {"affiliations": [{"actor_id": MISSING, "role": "member", "date": "2021-13"}]},
            "/affiliations/0/date",
            "edtf",
        ),
        (
            {"affiliations": [{"actor_id": MISSING, "role": "member", "date": "2021/2019"}]},
            "/affiliations/0/date",
            "edtf",
        ),
        ({"held": []}, "/held", "unknown"),
        ({"id": MISSING}, "/id", "read_only"),
        ({"version": 7}, "/version", "read_only"),
        ({"updated_at": "2021-08-22T00:00:00Z"}, "/updated_at", "read_only"),
        ({"retraction": None}, "/retraction", "read_only"),
    ],
)
def test_a_wrong_member_is_named(movement, fields, pointer, code):
    """A member that cannot be taken is refused by its pointer."""
    client, _ = movement
    sent = {"dataset": "movement", "name": "a", **fields}
    assert (pointer, code) in faults(client.post("/v1/actors?dry_run=true", json=sent))


def test_all_faults_are_listed_at_once(movement):
    """Wrong members and references that lead nowhere are told in one answer."""
    client, ids = movement
    affiliations = [
        {"actor_id": ids["leader"], "role": "member", "document_id": ids["leader"]},
        {"actor_id": MISSING, "role": "member"},
    ]
    sent = {"dataset": "movement", "kind": "man", "affiliations": affiliations}
    assert faults(client.post("/v1/actors", json=sent)) == {
        ("/name", "required"),
        ("/kind", "unknown"),
        ("/affiliations/0/document_id", "not_found"),
        ("/affiliations/1/actor_id", "not_found"),
    }


def test_what_the_service_makes_may_be_sent_back(actors):
    """A record may be PUT as it was read; another value of what the service makes is refused."""
    read = make(actors, "a")
    address = f"/v1/actors/{read['id']}"
    answer = actors.put(address, json=read | {"kind": "person"}, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    changed = answer.get_json()
    assert (changed["kind"], changed["version"]) == ("person", 2)
    stale = actors.put(address, json=read, headers=CURRENT)
    assert faults(stale) == {("/version", "read_only"), ("/updated_at", "read_only")}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=organization", {"movement", "state"}),
        ("kind=organization,collective", {"movement", "state", "crowd"}),
        ("sector=GOV,MIL", {"state", "turncoat"}),
        ("country=AF", {"movement", "state", "leader"}),
        ("country=AF,XK&kind=person,collective", {"leader", "crowd"}),
        ("tag=armed", {"movement"}),
        ("tag=armed,old", {"movement", "state"}),
        ("tag=old&sector=GOV", {"state"}),
        ("dataset=elsewhere", {"crowd"}),
        ("external_id=test:crowd,test:leader", {"crowd", "leader"}),
        ("external_id=test:crowd&dataset=movement", set()),
        ("name=LEADER", {"leader"}),
        ("name=lead", set()),
        ("retracted=only", set()),
        ("retracted=include&kind=collective", {"crowd"}),
        (
            "affiliated_with={movement}",
            {"leader", "former", "since unknown", "end unknown", "start unknown", "turncoat"},
        ),
        ("affiliated_with={state}", {"turncoat"}),
        ("affiliated_with={leader}", set()),
        ("affiliation_role=official", {"start unknown", "turncoat"}),
        ("affiliation_role=leader,spokesperson", {"leader", "since unknown"}),
        ("affiliated_with={movement}&affiliation_role=official", {"start unknown"}),
        ("affiliated_with={state}&affiliation_role=commander", set()),
        ("affiliated_with={movement},{state}&affiliation_role=commander", {"turncoat"}),
    ],
)
def test_actors_are_found(movement, query, found):
    """Filters narrow each other, values with commas widen one; with and as what go together."""
    client, ids = movement
    assert names(client, f"/v1/actors?{query.format(**ids)}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("datetime=2021-08-15", {"leader", "since unknown", "start unknown"}),
        ("datetime=2021-08-16", {"leader", "since unknown", "end unknown", "turncoat"}),
        ("datetime=2016", {"since unknown", "start unknown", "former"}),
        ("datetime=2018-12-31", {"since unknown", "start unknown", "former"}),
        ("datetime=2015-02", {"since unknown", "start unknown"}),
        ("datetime=2015-03", {"since unknown", "start unknown", "former"}),
        ("datetime=../2015-02-28", {"since unknown", "start unknown"}),
        ("datetime=2035/..", {"leader", "since unknown", "end unknown", "turncoat"}),
        ("datetime=2021-08-16&affiliation_role=member", {"end unknown"}),
        ("datetime=2016&affiliation_role=member", {"former"}),
        ("datetime=2021-08-15&affiliation_role=commander", set()),
        ("datetime=2021-08-15T23:59:59Z&affiliation_role=leader", {"leader"}),
    ],
)
def test_affiliations_are_found_by_when_they_held(movement, query, found):
    """An affiliation held, or may have held: unknown dates and open ends rule nothing out."""
    client, ids = movement
    query = f"/v1/actors?affiliated_with={ids['movement']}&{query}"
    assert names(client, query) == found


def test_time_and_role_are_of_one_affiliation(movement):
    """Question 22: who held an office then; what was held at another time does not count."""
    client, ids = movement
    assert names(client, f"/v1/actors?affiliated_with={ids['state']}&datetime=2021-08-15") == {
        "turncoat"
    }
    assert names(client, f"/v1/actors?affiliated_with={ids['state']}&datetime=2021-08-16") == set()
    assert names(client, "/v1/actors?affiliation_role=official&datetime=2022") == set()
    assert names(client, "/v1/actors?affiliation_role=commander&datetime=2012") == set()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("kind=people", "kind"),
        ("sector=XYZ", "sector"),
        ("country=AF,YY", "country"),
        ("affiliated_with=taliban", "affiliated_with"),
        ("affiliation_role=boss", "affiliation_role"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2021-08-22/2021-08-15", "datetime"),
        ("retracted=yes", "retracted"),
        ("external_id=Q1", "external_id"),
        ("dataset=No Slug", "dataset"),
        ("tag=a,,b", "tag"),
        ("sort=kind", "sort"),
        ("nam=Massoud", "nam"),
    ],
)
def test_a_wrong_question_is_refused(movement, query, parameter):
    """A parameter that makes no sense is an error that names it, never ignored."""
    client, _ = movement
    answer = client.get(f"/v1/actors?{query}")
    assert answer.status_code == 400
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == {parameter}


@pytest.mark.parametrize("name", ["Élysée", "Öcalan", "Μακάριος", "Чечня", "İzmir"])
def test_a_name_is_found_whatever_its_case(actors, name):
    """Case is folded in every script, in the main name and in all others."""
    make(actors, "main", name=name)
    make(actors, "other", name="x", names=[{"name": name}])
    for asked in (name, name.upper(), name.lower()):
        assert names(actors, f"/v1/actors?name={asked}") == {"main", "other"}


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["crowd", "end unknown", "former"]),
        ("-name", ["turncoat", "state", "start unknown"]),
        ("created_at", ["movement", "state", "leader"]),
        ("-created_at", ["crowd", "turncoat", "start unknown"]),
        ("-updated_at", ["crowd", "turncoat", "start unknown"]),
    ],
)
def test_actors_are_sorted(movement, sort, found):
    """A list comes in the order asked for."""
    client, _ = movement
    items = client.get(f"/v1/actors?sort={sort}&limit=3").get_json()["items"]
    assert [item["name"] for item in items] == found


def test_an_affiliation_that_is_taken_away_is_found_no_more(actors):
    """The list of affiliations is replaced as a whole, and what is found with it."""
    front, other = make(actors, "front"), make(actors, "other")
    held = [{"actor_id": front["id"], "role": "member", "date": "2021"}]
    actor = make(actors, "a", affiliations=held)
    patch = {"affiliations": [{"actor_id": other["id"], "role": "leader", "date": "2022"}]}
    answer = actors.patch(f"/v1/actors/{actor['id']}", json=patch, headers=CURRENT)
    assert answer.status_code == 200
    assert names(actors, f"/v1/actors?affiliated_with={front['id']}") == set()
    assert names(actors, f"/v1/actors?affiliated_with={other['id']}&datetime=2022") == {"a"}
    actors.delete(f"/v1/actors/{actor['id']}", headers=CURRENT)
    assert names(actors, f"/v1/actors?affiliated_with={other['id']}") == set()


def test_what_others_refer_to_cannot_be_withdrawn(actors):
    """An actor is held by whoever names it, wherever in a record, and they are told."""
    actor = make(actors, "a")
    by = {"dataset": "actors"}
    claim = {"stance": "asserts", "aspect": "responsibility", "value": actor["id"]}
    event = actors.post("/v1/events", json={**by, "type": "other"}).get_json()
    bodies = {
        "actors": [
            {"name": "b", "affiliations": [{"actor_id": actor["id"], "role": "member"}]},
        ],
        "documents": [{"publisher_id": actor["id"]}],
        "events": [
            {"type": "other", "participants": [{"actor_id": actor["id"], "role": "victim"}]}
        ],
        "statements": [
            {"speaker_id": actor["id"]},
            {"on_behalf_of_id": actor["id"]},
            {"addressee_ids": [actor["id"]]},
            {"chain": [{"actor_id": actor["id"]}]},
            {"claims": [{"event_id": event["id"], **claim}]},
        ],
    }
    made = []
    for resource, sent in bodies.items():
        for body in sent:
            said = {"act": "assert", "form": "paraphrase"} if resource == "statements" else {}
            answer = actors.post(f"/v1/{resource}", json={**by, **said, **body})
            assert answer.status_code == 201, answer.get_json()
            made.append(answer.headers["Location"])
    answer = actors.delete(f"/v1/actors/{actor['id']}", headers=CURRENT)
    assert answer.status_code == 409
    told = sorted(fault["detail"].partition(" ")[0] for fault in answer.get_json()["errors"])
    assert told == sorted(made)
    for address in made:
        assert actors.delete(address, headers=CURRENT).status_code == 204
    assert actors.delete(f"/v1/actors/{actor['id']}", headers=CURRENT).status_code == 204
    gone = actors.get(f"/v1/actors/{actor['id']}")
    assert gone.status_code == 410
    assert gone.get_json()["tombstone"]["id"] == actor["id"]
    assert names(actors, "/v1/actors?name=a") == set()


def test_what_was_withdrawn_cannot_be_referred_to(actors):
    """A reference to an actor that stands no more is refused by its pointer."""
    gone = make(actors, "gone")["id"]
    actors.delete(f"/v1/actors/{gone}", headers=CURRENT)
    sent = {
        "dataset": "actors",
        "name": "a",
        "affiliations": [{"actor_id": gone, "role": "member"}],
    }
    assert faults(actors.post("/v1/actors", json=sent)) == {
        ("/affiliations/0/actor_id", "not_found")
    }


def test_two_actors_may_name_each_other(actors):
    """Affiliations may go round: one's leader is the other's follower."""
    one, other = make(actors, "one"), make(actors, "other")
    for actor, towards in ((one, other), (other, one)):
        patch = {"affiliations": [{"actor_id": towards["id"], "role": "opponent_of"}]}
        answer = actors.patch(f"/v1/actors/{actor['id']}", json=patch, headers=CURRENT)
        assert answer.status_code == 200
        assert names(actors, f"/v1/actors?affiliated_with={towards['id']}") == {actor["name"]}


def test_an_external_id_has_one_holder(actors):
    """An external id is held once in a dataset and resource; a conflict names the holder."""
    holder = make(actors, "a", external_ids={"wikidata": "Q1", "ucdp": "10"})
    sent = {"dataset": "actors", "name": "b", "external_ids": {"wikidata": "Q2", "ucdp": "10"}}
    answer = actors.post("/v1/actors", json=sent)
    assert answer.status_code == 409
    [fault] = answer.get_json()["errors"]
    assert fault["pointer"] == "/external_ids/ucdp"
    assert f"/v1/actors/{holder['id']} " in fault["detail"]
    free = [
        ("actors", {"name": "c", "external_ids": {"ucdp": "010"}}),
        ("actors", {"name": "d", "external_ids": {"gdelt": "10", "wikidata": "Q3"}}),
        ("locations", {"name": "e", "external_ids": {"ucdp": "10"}}),
    ]
    for resource, body in free:
        answer = actors.post(f"/v1/{resource}", json={"dataset": "actors", **body})
        assert answer.status_code == 201, answer.get_json()
    actors.put("/v1/datasets/others", json={})
    moved = {**sent, "dataset": "others"}
    answer = actors.post("/v1/actors", json=moved)
    assert answer.status_code == 201
    patch = {"dataset": "actors"}
    moving = actors.patch(answer.headers["Location"], json=patch, headers=CURRENT)
    assert moving.status_code == 409
    found = actors.get("/v1/actors?external_id=ucdp:10").get_json()["items"]
    assert sorted(actor["name"] for actor in found) == ["a", "b"]


def test_an_external_id_that_is_let_go_can_be_held_by_another(actors):
    """A scheme removed by a patch is free again; others keep theirs."""
    actor = make(actors, "a", external_ids={"wikidata": "Q1", "ucdp": "10"})
    patch = {"external_ids": {"ucdp": None}}
    answer = actors.patch(f"/v1/actors/{actor['id']}", json=patch, headers=CURRENT)
    assert answer.get_json()["external_ids"] == {"wikidata": "Q1"}
    make(actors, "b", external_ids={"ucdp": "10"})
    sent = {"dataset": "actors", "name": "c", "external_ids": {"wikidata": "Q1"}}
    assert actors.post("/v1/actors", json=sent).status_code == 409


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Islamic Emirate", {"taliban"}),
        ("islamic emirate", {"taliban"}),
        ("طالبان", {"taliban"}),
        ("Ahmad Masood", {"ahmad-massoud"}),
        ("Ahmad Mas'ud", {"ahmad-massoud"}),
        ("احمد مسعود", {"ahmad-massoud"}),
        ("Massoud", {"ahmad-massoud"}),
        ("NRF", {"nrf"}),
    ],
)
def test_who_is_called_so(panjshir, asked, found):
    """Question 19: an actor is found by each name it is recorded with, before those like it."""
    items = panjshir.get("/v1/actors", query_string={"name": asked}).get_json()["items"]
    exactly = [item["external_ids"]["seed"] for item in items if item["score"] == 1]
    assert {*exactly} == found
    assert [item["score"] for item in items] == sorted((i["score"] for i in items), reverse=True)


def test_who_speaks_for_the_taliban(panjshir, found):
    """Question 8: the spokesmen; since when is not known, which is null and rules out no day."""
    taliban = found("actors", "taliban")["id"]
    query = f"/v1/actors?affiliated_with={taliban}&affiliation_role=spokesperson"
    for when in ("", "&datetime=1999", "&datetime=2021-08-23"):
        assert names(panjshir, query + when) == {"mujahid", "unnamed-spokesman"}
    [held] = found("actors", "mujahid")["affiliations"]
    assert (held["title"], held["date"]) == ("spokesman", None)


def test_who_held_which_office(panjshir, found):
    """Questions 21 and 22: a past role is found before its end, and not after it."""
    government = found("actors", "afghan-government")["id"]
    query = f"/v1/actors?affiliated_with={government}"
    assert names(panjshir, query) == {"saleh", "former-troops"}
    assert names(panjshir, f"{query}&datetime=2021-08-22&affiliation_role=official") == {"saleh"}
    assert names(panjshir, f"{query}&datetime=2021-08-23") == set()
    assert names(panjshir, "/v1/actors?tag=past-role") == {
        *("haqqani", "ahmad-shah-massoud", "saleh", "former-troops")
    }
    assert found("actors", "saleh")["affiliations"][0]["title"] == "former vice president"
