"""Across relations over HTTP: what is asked of one record by way of another, and shown of both."""

import random

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


@pytest.mark.parametrize("letter", ["a", "圍", "\U0001f989"])
def test_a_long_text_is_claimed_and_found(records, letter):
    """A text as long as one may be is stored and found, and one that begins alike is not."""
    drawn = random.Random(1)  # noqa: S311 - the same each time
    letters = [chr(ord(letter) + drawn.randrange(20)) for _ in range(2_000)]
    text, other = "".join(letters), "".join([*letters[:-1], "z"])
    event = records.make("events")
    said = records.make("statements", claims=[claim(event, "intent", text)])
    assert records.ids("statements", value=text) == [said]
    assert records.ids("statements", value=f"{text},{other}", sort="created_at") == [said]
    assert records.ids("statements", value=other) == []
    assert records.read("statements", said)["claims"][0]["value"] == text


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


# The country that a place lies in.


@pytest.fixture
def places(records):
    """Give a country, a province, a town in it, and a function that tells where they lie."""
    country = records.make("locations", name="Country", country="AF")
    province = records.make("locations", name="Province", parent_id=country)
    town = records.make("locations", name="Town", parent_id=province)

    def lie(**query):
        found = {
            name: records.read("locations", place, **query)["derived_country"]
            for name, place in (("country", country), ("province", province), ("town", town))
        }
        for code in ("AF", "UZ"):
            listed = {country, province, town} & {*records.ids("locations", country=code, **query)}
            assert len(listed) == [*found.values()].count(code)
        return [*found.values()]

    return records, country, province, town, lie


def test_places_show_their_country(places):
    """A place without a country of its own shows the nearest one around it, wherever it moves."""
    records, country, province, town, lie = places
    assert lie() == ["AF", "AF", "AF"]
    first = records.now()
    other = records.make("locations", country="UZ")
    records.change("locations", province, parent_id=other)
    assert lie() == ["AF", "UZ", "UZ"]
    records.change("locations", town, country="AF")
    assert lie() == ["AF", "UZ", "AF"]
    shown = records.change("locations", town, country=None)
    assert shown == records.read("locations", town)
    assert shown["derived_country"] == "UZ"
    assert shown["country"] is None
    records.change("locations", province, parent_id=None)
    assert lie() == ["AF", None, None]
    records.change("locations", province, parent_id=country)
    records.change("locations", country, country="UZ")
    assert lie() == ["UZ", "UZ", "UZ"]
    assert lie(as_of=first) == ["AF", "AF", "AF"]


def test_what_moves_has_another_tag(places):
    """Whenever the country of a place changes with another's, its tag does, and the feed tells."""
    records, country, province, town, _ = places
    client = records.client

    def tag(place):
        return client.get(f"/v1/locations/{place}").headers["ETag"]

    assert [tag(place) for place in (country, province, town)] == ['"1.0"'] * 3
    before = client.get("/v1/changes?after=latest").get_json()["next_cursor"]
    records.change("locations", country, name="Land")
    assert tag(town) == '"1.0"'
    records.change("locations", country, country="UZ")
    assert [tag(place) for place in (country, province, town)] == ['"3.0"', '"1.1"', '"1.1"']
    told = client.get(f"/v1/changes?after={before}&operation=derive&include=record").get_json()
    changed = {"derived_country": {"before": "AF", "after": "UZ"}}
    assert {item["id"]: item["derived"] for item in told["items"]} == {
        province: changed,
        town: changed,
    }
    for item in told["items"]:
        assert item["record"] == records.read("locations", item["id"])
    made = records.make("locations", parent_id=town)
    assert tag(made) == '"1.0"'
    [item] = client.get(f"/v1/changes?id={made}&include=record").get_json()["items"]
    assert item["record"]["derived_country"] == "UZ"


def test_a_country_follows_merges_and_reverts(places):
    """What lies in a merged place has the country of the survivor, until they are parted again."""
    records, _, province, town, lie = places
    other = records.make("locations", country="UZ")
    records.merge("locations", province, other)
    assert records.read("locations", town)["derived_country"] == "UZ"
    records.unmerge("locations", province)
    assert lie() == ["AF", "AF", "AF"]
    records.change("locations", town, parent_id=other)
    assert records.revert("locations", town, 1)["derived_country"] == "AF"
    village = records.make("locations", parent_id=province)
    records.withdraw("locations", village)
    records.change("locations", province, parent_id=other)
    assert records.revert("locations", village, 1)["derived_country"] == "UZ"


def test_a_country_is_shown_and_never_set(places):
    """It is sent back unchanged, or refused; what it is embedded in shows it, too."""
    records, _, _, town, _ = places
    place = records.read("locations", town)
    address = f"/v1/locations/{town}"
    headers = {"If-Match": "*"}
    assert records.expect(200, records.client.put(address, json=place, headers=headers)) == place
    answer = records.client.patch(address, json={"derived_country": "UZ"}, headers=headers)
    assert is_problem(answer, 422)["errors"][0]["code"] == "read_only"
    event = records.make("events", location_id=town)
    shown = records.read("events", event, fields="location.derived_country")
    assert shown["location"] == {"id": town, "derived_country": "AF"}


def test_a_bundle_tells_countries_at_once(records):
    """Places of one bundle that lie in one another, in any order, each have their country."""
    sent = {
        "dataset": "d",
        "locations": [
            {"ref": "town", "name": "Town", "parent_id": "@province"},
            {"ref": "province", "name": "Province", "parent_id": "@country"},
            {"ref": "country", "name": "Country", "country": "AF"},
        ],
    }
    ids = records.expect(201, records.client.post("/v1/bundles", json=sent))["ids"]
    for place in ids.values():
        assert records.read("locations", place)["derived_country"] == "AF"


# Of whom statements speak.


def test_what_is_said_about_an_actor(records):
    """Claims on events that an actor takes part in, and those that name it; one and the same."""
    army, others = records.make("actors"), records.make("actors")
    battle = records.make("events", participants=[{"actor_id": army, "role": "target"}])
    talks = records.make("events", participants=[{"actor_id": others, "role": "target"}])
    harmed = {"kind": "killed", "actor_id": army, "best": 2}
    said = {
        "of the battle": [claim(battle, "occurrence", None)],
        "of who did it": [claim(talks, "responsibility", army)],
        "of who was harmed": [claim(talks, "casualties", harmed)],
        "of the others": [claim(talks, "responsibility", others)],
        "by the army": [claim(talks, "occurrence", None)],
    }
    ids = {
        text: records.make("statements", claims=claims, speaker_id=army if "by" in text else None)
        for text, claims in said.items()
    }
    before = records.now()

    def found(**query):
        listed = records.ids("statements", **query)
        assert len({*listed}) == len(listed)
        return {text for text, record in ids.items() if record in listed}

    about = {"of the battle", "of who did it", "of who was harmed"}
    assert found(about=army) == found(about=army.upper()) == about
    assert found(about=army, sort="-created_at") == about
    assert found(about=f"{army},{others}") == {*said}
    assert found(about=army, aspect="responsibility,casualties") == about - {"of the battle"}
    assert found(about=army, event=battle) == {"of the battle"}
    assert found(about=army, speaker=army) == set()
    records.change("events", battle, participants=[])
    assert found(about=army) == about - {"of the battle"}
    assert found(about=army, as_of=before) == about
    troops = records.make("actors")
    records.merge("actors", army, troops)
    assert found(about=troops) == found(about=army) == about - {"of the battle"}
    assert found(about=troops, as_of=before) == set()
