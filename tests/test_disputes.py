"""Disputes over HTTP: events of which not all that is claimed on an aspect can be true."""

import random

import pytest
from support.disputes import disputed
from support.records import Records
from support.resources import NOBODY
from support.service import key_of

from models.database.connections import Connection
from models.derived import catching_up
from schemas.fields.dates import parse
from schemas.vocabularies.own import ASPECTS


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


class Clash:
    """An event, and who claims what of it."""

    def __init__(self, records):
        """Make three actors, a country, a province, a town in it, another one, and the event."""
        self.records = records
        self.ids = {f"actor {n}": records.make("actors", name=f"Actor {n}") for n in (1, 2, 3)}
        self.ids["country"] = self.place()
        self.ids["province"] = self.place("country")
        self.ids["town"] = self.place("province")
        self.ids["beside"] = self.place("country")
        self.ids["event"] = self.event = records.make("events", title="A clash")

    def place(self, parent=None):
        """Make a place."""
        return self.records.make("locations", name="A place", parent_id=self.ids.get(parent))

    def says(self, who, aspect, value=None, stance="asserts", **more):
        """Let somebody claim something of the event, or a document itself; give the statement."""
        value = self.ids.get(value, value) if isinstance(value, str) else value
        if isinstance(value, dict) and "actor_id" in value:
            value = {**value, "actor_id": self.ids[value["actor_id"]]}
        claim = {"event_id": self.event, "stance": stance, "aspect": aspect, "value": value}
        voice = {"form": "narration"} if who is None else {"speaker_id": self.ids[who]}
        return self.records.make("statements", claims=[claim], **voice, **more)

    def aspects(self, **query):
        """Tell on which aspects the event is found to be disputed."""
        return {
            aspect
            for aspect in ASPECTS
            if self.event in self.records.ids("events", disputed_on=aspect, **query)
        }


@pytest.fixture
def clash(records):
    """Give an event, and nothing that is claimed of it."""
    return Clash(records)


def killed(**members):
    """Write how many of whom were killed."""
    return {"kind": "killed", **members}


@pytest.mark.parametrize(
    ("aspect", "one", "other", "contradictory"),
    [
        ("fatalities", 5, 5, False),
        ("fatalities", 5, 12, True),
        ("fatalities", {"low": 3, "high": 6}, {"low": 6}, False),
        ("fatalities", {"low": 3, "high": 6}, {"low": 7}, True),
        ("fatalities", {"best": 5}, {"low": 6}, True),
        ("fatalities", {"low": 3, "best": 5}, 60, False),
        ("fatalities", 0, {"low": 1}, True),
        ("fatalities", 5, None, False),
        ("date", "2021-08", "2021-08-22", False),
        ("date", "2021-08-21", "2021-08-22", True),
        ("date", "2021-08-15/..", "2021", False),
        ("date", "2021-08-15/..", "2021-08-01/2021-08-14", True),
        ("date", "2021-24", "2022-02-28~", False),
        ("location", "town", "province", False),
        ("location", "country", "beside", False),
        ("location", "town", "beside", True),
        ("responsibility", "actor 1", "actor 1", False),
        ("responsibility", "actor 1", "actor 3", True),
        ("intent", "revenge", "plunder", False),
        ("degree", "a siege", "a blockade", False),
        ("casualties", killed(low=5), killed(high=4), True),
        ("casualties", killed(low=5), killed(label="Guards", high=4), False),
        ("casualties", killed(label="guards", best=5), killed(label=" Guards", best=4), True),
        ("casualties", killed(actor_id="actor 1", best=5), killed(side="a", best=4), False),
        ("casualties", killed(best=5), {"kind": "injured", "best": 4}, False),
    ],
)
def test_what_cannot_both_be_so(clash, aspect, one, other, contradictory):
    """Two who assert different values contradict each other where these cannot both hold."""
    first = clash.says("actor 1", aspect, one)
    assert clash.aspects() == set()
    clash.says("actor 1", aspect, other)
    assert clash.aspects() == set()  # nobody contradicts himself
    second = clash.says("actor 2", aspect, other)
    clash.records.withdraw("statements", first)
    assert clash.aspects() == set()
    clash.says("actor 3", aspect, one)
    assert clash.aspects() == ({aspect} if contradictory else set())
    clash.records.withdraw("statements", second)


@pytest.mark.parametrize(
    ("aspect", "asserted", "denied", "contradictory"),
    [
        ("occurrence", None, None, True),
        ("fatalities", 5, 5, True),
        ("fatalities", 5, {"low": 1}, True),
        ("fatalities", {"low": 1}, 5, False),
        ("date", "2021-08-22", "2021-08", True),
        ("date", "2021-08", "2021-08-22", False),
        ("location", "town", "province", True),
        ("location", "province", "town", False),
        ("responsibility", "actor 1", "actor 1", True),
        ("responsibility", "actor 1", "actor 2", False),
        ("responsibility", "actor 1", None, False),
        ("intent", "To plunder", "to  plunder", True),
        ("degree", "a siege", "a blockade", False),
        ("casualties", killed(best=5), killed(low=4), True),
    ],
)
def test_what_one_asserts_and_another_denies(clash, aspect, asserted, denied, contradictory):
    """Whoever denies a value denies what lies within it; a question or a threat denies nothing."""
    clash.says("actor 1", aspect, asserted)
    for stance in ("questions", "projects"):
        clash.says("actor 2", aspect, denied, stance)
    assert clash.aspects() == set()
    clash.says("actor 3", aspect, denied, "denies")
    assert clash.aspects() == ({aspect} if contradictory else set())


def test_who_says_several_things(clash):
    """Who names two that did it contradicts only whoever names neither of them."""
    for actor in ("actor 1", "actor 2"):
        clash.says("actor 1", "responsibility", actor)
    clash.says("actor 2", "responsibility", "actor 2")
    assert clash.aspects() == set()
    clash.says("actor 3", "responsibility", "actor 3")
    assert clash.aspects() == {"responsibility"}


def test_the_voice_of_a_document(clash):
    """What a document says itself counts as its own voice, once for all its copies."""
    one = clash.records.make("documents", title="One")
    other = clash.records.make("documents", title="Other")
    clash.says(None, "fatalities", 5, document_id=one)
    clash.says(None, "fatalities", 7, document_id=other)
    assert clash.aspects() == {"fatalities"}
    clash.records.change("documents", other, copy_of_id=one)
    assert clash.aspects() == set()
    clash.records.change("documents", other, copy_of_id=None)
    assert clash.aspects() == {"fatalities"}
    clash.records.change("events", clash.event, mentions=[{"document_id": one}])
    clash.says("actor 1", "occurrence", None, "denies")
    assert clash.aspects() == {"fatalities", "occurrence"}


def test_the_same_words_are_one_voice(clash):
    """The same quote is one origin, whoever is said to have said it."""
    words = {"quote": "There were five or maybe seven of them.", "form": "direct_quote"}
    for who, number in (("actor 1", 5), ("actor 2", 7)):
        clash.says(who, "fatalities", number, **words)
    assert clash.aspects() == set()


def test_it_follows_whatever_changes(clash):
    """Retraction, another value, a claim that goes: each is counted at once, and as of before."""
    paper = clash.records.make("documents", title="A paper")
    one = clash.says("actor 1", "fatalities", {"low": 1, "high": 3}, document_id=paper)
    clash.says("actor 2", "fatalities", {"low": 5, "high": 9})
    seen = {clash.records.now(): {"fatalities"}}
    for resource, record in (("statements", one), ("documents", paper)):
        clash.records.retract(resource, record)
        seen[clash.records.now()] = set()
        clash.records.lift(resource, record)
        seen[clash.records.now()] = {"fatalities"}
    [claim] = clash.records.read("statements", one)["claims"]
    for value in ({"low": 4, "high": 6}, {"low": 1, "high": 3}):
        clash.records.change("statements", one, claims=[{**claim, "value": value}])
        seen[clash.records.now()] = {"fatalities"} if value["low"] == 1 else set()
    clash.records.change("statements", one, claims=[])
    seen[clash.records.now()] = set()
    assert clash.aspects() == set()
    assert {instant: clash.aspects(as_of=instant) for instant in seen} == seen


@pytest.mark.parametrize("resource", ["actors", "locations"])
def test_it_follows_merges(clash, resource):
    """Two that turn out to be one are no contradiction, and are one again when they are parted."""
    aspect = "responsibility" if resource == "actors" else "location"
    one, other = ("actor 2", "actor 3") if resource == "actors" else ("town", "beside")
    clash.says("actor 1", aspect, one)
    clash.records.make(
        "statements",
        speaker_label="a witness",
        claims=[
            {
                "event_id": clash.event,
                "stance": "asserts",
                "aspect": aspect,
                "value": clash.ids[other],
            }
        ],
    )
    assert clash.aspects() == {aspect}
    clash.records.merge(resource, clash.ids[one], clash.ids[other])
    assert clash.aspects() == set()
    clash.records.unmerge(resource, clash.ids[one])
    assert clash.aspects() == {aspect}


def test_it_follows_merges_of_those_who_were_harmed(clash):
    """Whose people were killed stands inside a value, and a merge changes it there."""
    clash.says("actor 1", "casualties", killed(actor_id="actor 2", low=5))
    clash.says("actor 3", "casualties", killed(actor_id="actor 1", high=4))
    assert clash.aspects() == set()
    clash.records.merge("actors", clash.ids["actor 2"], clash.ids["actor 1"])
    assert clash.aspects() == {"casualties"}


def test_it_follows_places_that_move(clash):
    """Whether two places can both be meant depends on what they lie in."""
    clash.says("actor 1", "location", "town")
    clash.says("actor 2", "location", "beside")
    before = clash.records.now()
    clash.records.change("locations", clash.ids["beside"], parent_id=clash.ids["town"])
    assert clash.aspects() == set()
    clash.records.change("locations", clash.ids["beside"], parent_id=None)
    clash.records.change("locations", clash.ids["province"], parent_id=clash.ids["beside"])
    assert clash.aspects() == set()
    clash.records.change("locations", clash.ids["province"], parent_id=None)
    assert clash.aspects() == clash.aspects(as_of=before) == {"location"}


def test_the_explanation_says_why(clash):
    """Beside the claims on an aspect stands whether they contradict, why, and two that do."""
    one = clash.says("actor 1", "fatalities", 5)
    other = clash.says("actor 2", "fatalities", 12)
    clash.says("actor 1", "intent", "to plunder")
    clash.says("actor 1", "occurrence")
    clash.says("actor 2", "occurrence", None, "denies")
    found = clash.records.read("events", f"{clash.ids['event']}/attestation")
    assert found["disputed_on"] == ["fatalities", "occurrence"]
    told = {each.pop("aspect"): each for each in found["aspects"]}
    assert not told["intent"]["disputed"]
    assert (told["intent"]["rule"], told["intent"]["between"]) == (None, [])
    assert told["fatalities"]["disputed"]
    assert told["fatalities"]["rule"] == "Two voices assert what cannot both be so."
    assert sorted(told["fatalities"]["between"]) == sorted([one, other])


def test_the_record_stays_as_it_is(clash):
    """A dispute about anything else moves neither status nor version, and the feed tells of it."""
    before = clash.records.read("events", clash.event)
    clash.says("actor 1", "fatalities", 5)
    clash.says("actor 2", "fatalities", 12)
    assert clash.records.read("events", clash.event) == before
    feed = clash.records.expect(200, clash.records.client.get("/v1/changes?resource=events"))[
        "items"
    ]
    assert [each["operation"] for each in feed] == ["create", "derive"]


def value(drawn, clash, aspect):
    """Draw something to claim."""
    bounds = drawn.choice([{"low": 1}, {"high": 3}, {"low": 2, "high": 6}, {"best": 5}])
    whom = drawn.choice([{}, {}, {"label": drawn.choice(["men", "Men"])}])
    return drawn.choice(
        {
            "occurrence": [None],
            "responsibility": [clash.ids[f"actor {n}"] for n in (1, 2, 3)],
            "location": [clash.ids[name] for name in ("country", "province", "town", "beside")],
            "date": ["2021", "2021-08", "2021-08-22", "2021-08-23/..", "../2021-08-22", "202X"],
            "fatalities": [5, 6, bounds],
            "casualties": [{"kind": drawn.choice(["killed", "injured"]), **whom, **bounds}],
            "intent": ["revenge", "Revenge", "plunder"],
            "degree": ["much", None],
        }[aspect]
    )


def test_whatever_is_claimed(clash):
    """Events with a few random claims are found as every claim held against every other says."""
    drawn = random.Random(12)  # noqa: S311 - it shall be the same each time
    above = {clash.ids["town"]: [clash.ids["province"], clash.ids["country"]]}
    above |= {
        clash.ids["province"]: [clash.ids["country"]],
        clash.ids["beside"]: [clash.ids["country"]],
    }
    events, heard, made = [], {}, []
    for number in range(150):
        events.append({"ref": f"e{number}", "type": "other", "title": f"{number}"})
        wanted = drawn.choice(ASPECTS[1:])
        heard[number] = []
        for _ in range(drawn.randint(2, 5)):
            voice = clash.ids[f"actor {drawn.choice([1, 2, 3])}"]
            told = {
                "event_id": f"@e{number}",
                "stance": drawn.choice(["asserts", "asserts", "denies", "questions"]),
                "aspect": wanted,
                "value": value(drawn, clash, wanted),
            }
            heard[number].append((voice, told["stance"], wanted, told["value"]))
            about = {"act": "assert", "form": "paraphrase", "text": "x"}
            made.append({**about, "speaker_id": voice, "claims": [told]})
    sent = {"dataset": "d", "events": events, "statements": made}
    ids = clash.records.expect(201, clash.records.client.post("/v1/bundles", json=sent))["ids"]
    counts = dict.fromkeys(ASPECTS, 0)
    for aspect in ASPECTS[1:]:
        expected = {
            ids[f"e{number}"]
            for number, each in heard.items()
            if aspect in disputed(each, lambda place: above.get(place, []))
        }
        assert {*clash.records.ids("events", disputed_on=aspect)} == expected
        counts[aspect] = len(expected)
    assert all(counts[aspect] for aspect in ASPECTS[1:]), counts


DATES = [
    *("2021", "202X", "20XX", "2021-XX", "2021-XX-XX", "2021-08", "2021-08-XX", "2020-02", "2021~"),
    *("2021-21", "2021-22", "2021-23", "2021-24", "2019-24?", "2021-08-22", "2021-08-22%"),
    *(
        "2021-08-22T23:30:00+04:30",
        "2021-08-22T23:59:60Z",
        "2021/2022-02",
        "2021-08~/..",
        "../2021",
    ),
    *("2021-08-22/", "/2021-24", "0001", "9999-12", "2021-08-22T01:02:03/2021-08-23T04:05:06Z"),
]


def test_days_in_sql_are_those_in_python(client):
    """What a date may mean is the same where PostgreSQL reads it."""
    connection = client.application.extensions["pool"].getconn()
    rows = connection.execute(
        "SELECT written, to_char(lower(days_of(written)), 'YYYY-MM-DD'),"
        " to_char(upper(days_of(written)) - 1, 'YYYY-MM-DD') FROM unnest(%s::text[]) AS written",
        (DATES,),
    ).fetchall()
    expected = [
        (text, *(day and day.isoformat() for day in (parse(text).starts_on, parse(text).ends_on)))
        for text in DATES
    ]
    assert sorted(rows) == sorted(expected)


def test_what_stood_before_is_derived(fresh):
    """Events that stood before disputes were derived are caught up on, a few at a time."""
    url, app = fresh
    client = app.test_client()
    with Connection.connect(url, autocommit=True) as connection:
        client.secret = key_of(url, "write")
        records = Records(client)
        event = records.make("events")
        for number in (5, 7):
            claim = {"event_id": event, "stance": "asserts", "aspect": "fatalities"}
            records.make("statements", claims=[{**claim, "value": number}])
        assert records.ids("events", disputed_on="fatalities") == [event]
        connection.execute("UPDATE events SET disputed_on = NULL")
        assert records.ids("events", disputed_on="fatalities") == []
        connection.execute("INSERT INTO disputes_due VALUES (%s), (%s)", (event, NOBODY))
        assert catching_up.catch_up(url) == 1
        assert catching_up.catch_up(url) == 0
        assert records.ids("events", disputed_on="fatalities") == [event]
