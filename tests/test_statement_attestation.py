"""Claims about statements over HTTP: "he never said that", counted as what is said of events."""

import pytest
from support.crowds import Crowd, statuses
from support.records import STAR, Records
from support.resources import NOBODY


class Desk(Records):
    """A statement, and what others say of it."""

    def __init__(self, client):
        """Make an event, and a statement that asserts it."""
        super().__init__(client)
        self.event = self.make("events")
        on = {"event_id": self.event, "stance": "asserts", "aspect": "occurrence"}
        self.said = self.make("statements", speaker_label="a general", claims=[on])

    def claim(self, stance="denies", about=None, **more):
        """Write a claim about the statement, or another one."""
        return {
            "statement_id": about or self.said,
            "stance": stance,
            "aspect": "occurrence",
            **more,
        }

    def say(self, stance="denies", **more):
        """Make a statement about the statement; give its id."""
        return self.make("statements", claims=[self.claim(stance)], **more)

    def counts(self, said=None, **query):
        """Tell how often it is asserted, denied and questioned that it was made."""
        found = self.read("statements", said or self.said, **query)["attestation"]
        return tuple(found[name] for name in ("asserted", "denied", "questioned"))


@pytest.fixture
def desk(client):
    """Give a statement of which nothing is said yet."""
    return Desk(client)


def test_a_denied_statement(desk):
    """Who denies that it was made is counted at once, as an origin, then and now, and explained."""
    assert desk.counts() == (0, 0, 0)
    before = desk.now()
    tag = desk.client.get(f"/v1/statements/{desk.said}").headers["ETag"]
    ministry = desk.make("actors", name="Ministry")
    denial = desk.say(speaker_id=ministry, text="He never said that.")
    desk.say(speaker_id=ministry, text="He did not say so.")
    assert desk.counts() == (0, 1, 0)
    desk.say("asserts", speaker_label="a witness")
    assert desk.counts() == (1, 1, 0)
    read = desk.client.get(f"/v1/statements/{desk.said}")
    assert read.headers["ETag"] != tag
    assert read.get_json()["version"] == 1
    assert read.get_json()["quote_verified"] is None
    assert desk.counts(as_of=before) == (0, 0, 0)
    explained = desk.expect(200, desk.client.get(f"/v1/events/{desk.event}/attestation"))
    [evidence] = explained["asserting"][0]["statements"]
    assert evidence["attestation"] == {"asserted": 1, "denied": 1, "questioned": 0}
    assert evidence["doubted_by"][0] == {
        "statement_id": denial,
        "document_id": None,
        "speaker_id": ministry,
        "speaker": "Ministry",
        "stance": "denies",
        "text": "He never said that.",
    }
    # It decides nothing about the event, which is as well attested as before.
    assert desk.read("events", desk.event)["attestation"]["status"] == "claimed"
    found = desk.expect(200, desk.client.get("/v1/changes?resource=statements&limit=1000"))
    operations = [each["operation"] for each in found["items"] if each["id"] == desk.said]
    assert operations == ["create", "derive", "derive"]


def test_whatever_takes_weight_away(desk):
    """Retraction, withdrawal and changes of a statement or its document are counted at once."""
    paper = desk.make("documents", text="He never said that.")
    denial = desk.say(speaker_label="a spokesman", document_id=paper)
    assert desk.counts() == (0, 1, 0)
    for resource, record in (("documents", paper), ("statements", denial)):
        desk.retract(resource, record)
        assert desk.counts() == (0, 0, 0)
        desk.lift(resource, record)
        assert desk.counts() == (0, 1, 0)
    desk.change("statements", denial, claims=[desk.claim("questions")])
    assert desk.counts() == (0, 0, 1)
    copy = desk.make("documents", text="He never said that!", copy_of_id=paper)
    other = desk.say("questions", speaker_label="A Spokesman", document_id=copy)
    assert desk.counts() == (0, 0, 1)
    desk.change("documents", copy, copy_of_id=None)
    assert desk.counts() == (0, 0, 2)
    desk.change("documents", copy, text="He never said that.")
    assert desk.counts() == (0, 0, 1)
    desk.withdraw("statements", other)
    desk.withdraw("statements", denial)
    assert desk.counts() == (0, 0, 0)
    desk.revert("statements", denial, 1)
    assert desk.counts() == (0, 1, 0)
    desk.change("statements", denial, claims=[])
    assert desk.counts() == (0, 0, 0)


def test_the_document_itself_says_so(desk):
    """A narration is its document's own voice, which is one origin, as often as it is printed."""
    paper = desk.make("documents", text="He said nothing.")
    twin = desk.make("documents", text="He said nothing.")
    for within in (paper, paper, twin):
        desk.say(form="narration", document_id=within)
    assert desk.counts() == (0, 1, 0)
    desk.say(form="narration")
    assert desk.counts() == (0, 2, 0)


def test_counts_stay_when_the_statement_changes(desk):
    """A change of the statement, or of its document's text, leaves what others say of it alone."""
    paper = desk.make("documents", text="We shall win, he said.")
    desk.change("statements", desk.said, document_id=paper, quote="We shall win")
    desk.say(speaker_label="a spokesman")
    assert desk.counts() == (0, 1, 0)
    desk.change("documents", paper, text="They shall win, he said.")
    read = desk.read("statements", desk.said)
    assert (read["quote_verified"], read["attestation"]["denied"]) == (False, 1)
    desk.change("statements", desk.said, tags=["checked"])
    assert desk.counts() == (0, 1, 0)
    sent = {**read, "quote": None, "start": None, "end": None}
    for name in ("version", "updated_at"):
        del sent[name]
    desk.expect(200, desk.client.put(f"/v1/statements/{desk.said}", json=sent, headers=STAR))
    assert desk.counts() == (0, 1, 0)


@pytest.mark.parametrize(
    ("claim", "faults"),
    [
        ({}, {("event_id", "required")}),
        ({"event_id": None, "statement_id": None}, {("event_id", "required")}),
        ({"event_id": "event", "statement_id": "said"}, {("statement_id", "subject")}),
        ({"statement_id": "said", "aspect": "date"}, {("aspect", "subject")}),
        ({"statement_id": "said", "stance": "projects"}, {("stance", "subject")}),
        (
            {"statement_id": "said", "stance": "projects", "aspect": "intent"},
            {("aspect", "subject"), ("stance", "subject")},
        ),
        ({"statement_id": "said", "value": "never"}, {("value", "value")}),
        ({"statement_id": NOBODY}, {("statement_id", "not_found")}),
        ({"statement_id": "event"}, {("statement_id", "not_found")}),
        ({"statement_id": "nobody"}, {("statement_id", "uuid")}),
        ({"statement_id": 7}, {("statement_id", "invalid")}),
    ],
)
def test_faults_of_claims(desk, claim, faults):
    """A claim is on an event or about a statement, of which it says that it was made or not."""
    known = {"event": desk.event, "said": desk.said}
    claim = {name: known.get(value, value) for name, value in claim.items()}
    claim = {"stance": "denies", "aspect": "occurrence", **claim}
    sent = {"dataset": "d", "act": "deny", "form": "paraphrase", "claims": [claim]}
    found = desk.expect(422, desk.client.post("/v1/statements", json=sent))["errors"]
    named = {(fault["pointer"].removeprefix("/claims/0/"), fault["code"]) for fault in found}
    assert named == faults


def test_statements_found_by_what_they_are_about(desk):
    """Lists find who speaks of a statement, who answers it, and how credible that is."""
    denial = desk.say(speaker_label="a spokesman", credibility=2)
    answer = desk.make("statements", responds_to_id=desk.said, credibility=5)
    assert desk.ids("statements", statement=desk.said) == [denial]
    assert desk.ids("statements", statement=desk.said, stance="asserts") == []
    assert desk.ids("statements", statement=desk.said, stance="denies", aspect="occurrence")
    assert desk.ids("statements", statement=denial) == []
    assert desk.ids("statements", responds_to=desk.said) == [answer]
    assert desk.ids("statements", credibility="2,5", sort="created_at") == [denial, answer]
    assert desk.ids("statements", credibility="1") == []
    shown = desk.read("statements", denial, expand="claims.statement")
    assert shown["claims"][0]["statement"]["id"] == desk.said
    for query in ("credibility=0", "credibility=7", "credibility=high"):
        [fault] = desk.expect(400, desk.client.get(f"/v1/statements?{query}"))["errors"]
        assert fault["parameter"] == "credibility"


def test_two_deny_each_other_in_one_bundle(desk):
    """Statements of a bundle may speak of each other: what is said is no circle."""
    base = {"act": "deny", "form": "paraphrase"}
    sent = {
        "dataset": "d",
        "statements": [
            {"ref": "a", **base, "speaker_label": "a", "claims": [desk.claim(about="@b")]},
            {"ref": "b", **base, "speaker_label": "b", "claims": [desk.claim(about="@a")]},
        ],
    }
    ids = desk.expect(201, desk.client.post("/v1/bundles", json=sent))["ids"]
    assert [desk.counts(ids[ref]) for ref in "ab"] == [(0, 1, 0), (0, 1, 0)]
    answer = desk.client.delete(f"/v1/statements/{ids['a']}", headers=STAR)
    assert ids["b"] in str(desk.expect(409, answer))
    sent["statements"][0]["claims"][0]["statement_id"] = "@a"
    [fault] = desk.expect(422, desk.client.post("/v1/bundles", json=sent))["errors"]
    assert (fault["pointer"], fault["code"]) == (
        "/statements/0/claims/0/statement_id",
        "circular",
    )


def test_merges_leave_claims_about_statements_alone(desk):
    """When events or speakers are merged, what is said of statements is counted as before."""
    one, other = desk.make("actors"), desk.make("actors")
    survivor = desk.make("events")
    on = {"event_id": desk.event, "stance": "denies", "aspect": "occurrence"}
    for speaker in (one, other):
        desk.make("statements", speaker_id=speaker, claims=[desk.claim(), on])
    assert desk.counts() == (0, 2, 0)
    desk.merge("events", desk.event, survivor)
    assert desk.counts() == (0, 2, 0)
    desk.merge("actors", one, other)
    assert desk.counts() == (0, 1, 0)
    desk.unmerge("actors", one)
    assert desk.counts() == (0, 2, 0)
    desk.unmerge("events", desk.event)
    assert desk.counts() == (0, 2, 0)
    assert desk.read("events", desk.event)["attestation"]["denied_by"] == 2


def test_many_who_deny_at_once(fresh):
    """Claims that are written at once, while the statement changes, are all counted."""
    crowd = Crowd(*fresh)
    desk = Desk(crowd.one)
    on = {"event_id": desk.event, "stance": "denies", "aspect": "occurrence"}

    def deny(number):
        sent = {"dataset": "d", "act": "deny", "form": "paraphrase", "speaker_label": f"{number}"}
        sent["claims"] = [on, desk.claim()]
        return lambda client: client.post("/v1/statements", json=sent)

    def change(number):
        address, sent = f"/v1/statements/{desk.said}", {"tags": [f"t{number}"]}
        return lambda client: client.patch(address, json=sent, headers=STAR)

    answers = crowd.together(*map(deny, range(6)), *map(change, range(3)))
    assert statuses(answers) == {201: 6, 200: 3}
    assert desk.counts() == (0, 6, 0)
    assert desk.read("events", desk.event)["attestation"]["denied_by"] == 6
