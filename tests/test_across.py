"""Across relations over HTTP: what is asked of one record by way of another, and shown of both."""

import pytest
from support.problems import is_problem
from support.records import Records


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


# Members of what is nested and embedded.


SLIM = [
    ("participants.role", {"participants": [{"role": "initiator"}, {"role": "target"}]}),
    (
        "participants.actor.name",
        {"participants": [{"actor": {"id": "army", "name": "Army"}}, {}]},
    ),
    (
        "participants.role,participants.actor.name,participants.label",
        {
            "participants": [
                {"role": "initiator", "label": None, "actor": {"id": "army", "name": "Army"}},
                {"role": "target", "label": "men"},
            ]
        },
    ),
    ("location.name", {"location": {"id": "town", "name": "Town"}}),
    ("location.names.name", {"location": {"id": "town", "names": [{"name": "Stadt"}]}}),
    ("fatalities.best", {"fatalities": {"best": 3}}),
    ("fatalities,fatalities.best", {"fatalities": {"low": None, "best": 3, "high": None}}),
    ("attestation.status", {"attestation": {"status": "reported"}}),
    ("attributes.coder", {"attributes": {"coder": "A"}}),
    ("attributes.nothing", {"attributes": {}}),
    ("attributes.by.name", {"attributes": {"by": {"name": "B"}}}),
    ("external_ids.seed", {"external_ids": {"seed": "E"}}),
    ("assessments.agree", {"assessments": {"agree": 0}}),
    ("part_of.title", {}),
    ("mentions.document.title", {"mentions": [{"document": {"id": "paper", "title": "T"}}]}),
]
"""What is sent of an event for `fields`; ids stand there as the names of their records."""


@pytest.fixture
def battle(records):
    """Give an event that points at records of three kinds, and the names of all by their ids."""
    ids = {
        "army": records.make("actors", name="Army"),
        "town": records.make("locations", name="Town", names=[{"name": "Stadt"}]),
        "paper": records.make("documents", title="T", text="A text."),
    }
    event = records.make(
        "events",
        participants=[
            {"actor_id": ids["army"], "role": "initiator"},
            {"label": "men", "role": "target"},
        ],
        location_id=ids["town"],
        fatalities={"best": 3},
        attributes={"coder": "A", "by": {"name": "B", "year": 2021}},
        external_ids={"seed": "E", "desk": "1"},
        mentions=[{"document_id": ids["paper"]}],
    )
    return records, event, {record: name for name, record in ids.items()}


def named(value, names):
    """Put names in the place of ids."""
    if isinstance(value, dict):
        return {name: named(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [named(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(("members", "found"), SLIM)
def test_members_of_what_is_inside(battle, members, found):
    """A path sends what it leads to, embeds what it leads through, and leaves out all else."""
    records, event, names = battle
    one = named(records.read("events", event, fields=members), names)
    assert one == {"id": event, **found}
    listed = records.client.get("/v1/events", query_string={"fields": members}).get_json()
    assert named(listed["items"], names) == [one]


@pytest.mark.parametrize(
    ("query", "inside"),
    [
        ({"fields": "title", "expand": "location"}, {"title", "location"}),
        ({"fields": "location.name", "expand": "location"}, {"location"}),
        ({"fields": "participants.role", "expand": "location"}, {"participants", "location"}),
    ],
)
def test_members_beside_what_is_embedded(battle, query, inside):
    """What `expand` names is sent as a whole, unless members of it are chosen."""
    records, event, _ = battle
    found = records.read("events", event, **query)
    assert {*found} == {"id", *inside}
    is_slim = "location." in query["fields"]
    assert ({*found["location"]} == {"id", "name"}) == is_slim
    both = records.read("events", event, fields="participants.role", expand="participants.actor")
    [first, second] = both["participants"]
    assert first["role"] == "initiator"
    assert first["actor"] == records.read("actors", first["actor"]["id"])
    assert second == {"role": "target"}


@pytest.mark.parametrize(
    ("path", "probably"),
    [
        ("participants.actor.nam", "participants.actor.name"),
        ("participant.role", "participants.role"),
        ("participants.actor.affiliations.actor.name", ""),
        ("mentions.document.text", ""),
        ("title.length", ""),
        ("participants..role", ""),
        (".title", "title"),
        ("location.borders.0", ""),
        ("x" * 3_000, ""),
    ],
)
def test_paths_that_lead_nowhere(client, path, probably):
    """An unknown path is refused, and the nearest one named."""
    answer = client.get("/v1/events", query_string={"fields": f"title,{path}"})
    [error] = is_problem(answer, 400)["errors"]
    assert (error["parameter"], error["code"]) == ("fields", "unknown")
    assert probably in error["detail"]
    assert ("Did you mean" in error["detail"]) >= bool(probably)


def test_what_is_slim_has_a_tag_of_its_own(battle):
    """Of what is shown in part, the tag changes with what is shown, and with nothing else."""
    records, event, names = battle
    army = next(record for record, name in names.items() if name == "army")
    address = f"/v1/events/{event}?fields=participants.actor.name"
    tag = records.client.get(address).headers["ETag"]
    before = records.now()
    records.change("actors", army, sector="MIL")
    same = records.client.get(address, headers={"If-None-Match": tag})
    assert same.status_code == 304
    records.change("actors", army, name="The army")
    other = records.client.get(address, headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.get_json()["participants"][0]["actor"]["name"] == "The army"
    then = records.read("events", event, fields="participants.actor.name", as_of=before)
    assert then["participants"][0]["actor"]["name"] == "Army"


# What is claimed.


def claim(event, aspect, value):
    """Write a claim."""
    return {"event_id": event, "stance": "asserts", "aspect": aspect, "value": value}


@pytest.fixture
def claimed(records):
    """Give a statement with a claim of each kind, and the ids of what it claims."""
    event = records.make("events")
    actor = records.make("actors", name="Army")
    place = records.make("locations", name="Town")
    claims = [
        claim(event, "responsibility", actor),
        claim(event, "location", place),
        claim(event, "casualties", {"kind": "killed", "actor_id": actor, "best": 2}),
        claim(event, "fatalities", 5),
        claim(event, "occurrence", None),
    ]
    return records, records.make("statements", claims=claims), actor, place


def test_what_is_claimed_is_embedded(claimed):
    """An actor or a place that a claim names stands beside its id, by what it is."""
    records, said, actor, place = claimed
    shown = records.read("statements", said, expand="claims.value")["claims"]
    actor_, place_ = records.read("actors", actor), records.read("locations", place)
    assert [each.get("value_actor") for each in shown] == [actor_, None, None, None, None]
    assert [each.get("value_location") for each in shown] == [None, place_, None, None, None]
    assert shown[2]["value"]["actor"] == actor_
    assert [shown[0]["value"], shown[1]["value"], shown[3]["value"]] == [actor, place, 5]
    names = "claims.aspect,claims.value_actor.name,claims.value_location.name"
    slim = records.read("statements", said, fields=names)["claims"]
    assert slim[:2] == [
        {"aspect": "responsibility", "value_actor": {"id": actor, "name": "Army"}},
        {"aspect": "location", "value_location": {"id": place, "name": "Town"}},
    ]


def test_what_is_claimed_follows_merges(claimed):
    """Who is asked for by the id of a merged record is found, and shown, as its survivor."""
    records, said, actor, _ = claimed
    other = records.make("actors", name="The army")
    records.merge("actors", actor, other)
    [first, *_] = records.read("statements", said, expand="claims.value")["claims"]
    assert first["value_actor"]["name"] == "The army"
    for value in (actor, other, actor.upper(), f"{actor},nothing"):
        assert records.ids("statements", value=value) == [said]
    records.unmerge("actors", actor)
    assert records.ids("statements", value=other) == []


# Explanations.


def test_how_a_statement_reached_us(records):
    """An explanation tells of each statement when it was said, by what medium, and through whom."""
    event, agency = records.make("events"), records.make("actors", name="Agency")
    paper = records.make("documents", text="There are no signs of it.")
    chain = [
        {"actor_id": agency, "medium": "telephone_interview", "date": "2021-08-22"},
        {"label": "local press"},
    ]
    on = {"event_id": event, "stance": "denies", "aspect": "occurrence"}
    told = {
        "speaker_label": "a spokesman",
        "speaker_role": "spokesman of the front",
        "date": "2021-08-21",
        "medium": "telephone_interview",
        "quote": "no signs",
        "document_id": paper,
    }
    records.make("statements", claims=[on], chain=chain, **told)
    records.make("statements", claims=[on])
    found = records.client.get(f"/v1/events/{event}/attestation").get_json()["denying"]
    first, second = sorted(
        (each for origin in found for each in origin["statements"]), key=lambda one: not one["date"]
    )
    assert {name: first[name] for name in told} == told
    assert first["quote_verified"] is True
    assert first["chain"] == [
        {"actor_id": agency, "label": None, "name": "Agency", **chain[0]},
        {"actor_id": None, "medium": None, "date": None, **chain[1], "name": "local press"},
    ]
    assert [second[name] for name in (*told, "chain", "quote_verified")] == [None] * 8
