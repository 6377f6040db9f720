"""Casualties over HTTP: who was harmed, by side; what contradicts itself; how they are found."""

import pytest
from support.answers import faults
from support.records import STAR, Records
from support.resources import NOBODY

SIDES = [
    {"label": "the garrison", "role": "target", "side": "a"},
    {"label": "the attackers", "role": "initiator", "side": "b"},
]


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def killed(**members):
    """Write an entry of those killed."""
    return {"kind": "killed", **members}


def full(entry):
    """Complete an entry by what is not known of it."""
    return {**dict.fromkeys(("actor_id", "label", "side", "low", "best", "high", "text")), **entry}


def test_a_casualty_report_by_side(records):
    """A report gives losses by side and those of bystanders; each is found by its own number."""
    village = records.make("actors", name="Villagers")
    casualties = [
        killed(side="a", low=7, best=9, high=12, text="about ten of ours"),
        killed(side="b", best=15),
        {"kind": "injured", "side": "a", "low": 20, "text": "dozens"},
        {"kind": "displaced", "actor_id": village, "low": 400, "high": 600},
        {"kind": "missing", "label": "two shepherds", "best": 2},
        {"kind": "detained", "best": 0},
        {"kind": "abducted", "text": "some"},
    ]
    event = records.make(
        "events",
        participants=SIDES,
        fatalities={"low": 22, "best": 24, "high": 30},
        casualties=casualties,
    )
    assert records.read("events", event)["casualties"] == [full(entry) for entry in casualties]
    for query, is_found in {
        "casualty_kind=killed&casualties_min=24": True,  # the deaths in all
        "casualty_kind=killed&casualties_min=25": False,
        "casualty_kind=injured&casualties_min=20": True,  # the lowest, where no best one is known
        "casualty_kind=injured&casualties_min=21": False,
        "casualty_kind=missing,injured&casualties_min=21": False,
        "casualties_min=400": True,
        "casualties_min=401": False,
        "casualty_kind=abducted": True,
        "casualty_kind=abducted&casualties_min=0": False,  # of these no number is known
        "casualty_kind=detained&casualties_min=0": True,  # none is a finding
        "casualty_kind=detained&casualties_min=1": False,
    }.items():
        asked = dict(each.split("=") for each in query.split("&"))
        assert records.ids("events", **asked) == [event] * is_found, query


def test_fatalities_alone_are_found_as_killed(records):
    """Whoever asks for those killed finds the deaths in all, broken down or not."""
    event = records.make("events", fatalities={"best": 3})
    unknown = records.make("events", fatalities={"high": 9})
    records.make("events", casualties=[{"kind": "injured", "best": 50}])
    assert {*records.ids("events", casualty_kind="killed")} == {event, unknown}
    assert records.ids("events", casualty_kind="killed", casualties_min=3) == [event]
    instant = records.now()
    records.change("events", event, fatalities=None)
    assert records.ids("events", casualty_kind="killed") == [unknown]
    assert records.ids("events", casualty_kind="killed", casualties_min=3, as_of=instant) == [event]


FOUR = {"best": 4}


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ({"casualties": [{"best": 1}]}, {("/casualties/0/kind", "required")}),
        ({"casualties": [{"kind": "harmed"}]}, {("/casualties/0/kind", "unknown")}),
        ({"casualties": [killed(low=3, best=2)]}, {("/casualties/0/best", "order")}),
        ({"casualties": [killed(best=-1)]}, {("/casualties/0/best", "invalid")}),
        ({"casualties": [killed(actor_id=NOBODY)]}, {("/casualties/0/actor_id", "not_found")}),
        ({"casualties": [killed(label="a", side="a")]}, {("/casualties/0/side", "exclusive")}),
        ({"casualties": [killed(number=1)]}, {("/casualties/0/number", "unknown")}),
        ({"casualties": [killed(), killed(best=1)]}, {("/casualties/1/kind", "repeated")}),
        (
            {"casualties": [killed(label="Local people"), killed(label="local  people")]},
            {("/casualties/1/kind", "repeated")},
        ),
        (
            {"casualties": [killed(), {"kind": "injured"}, killed(label="x"), killed(side="a")]},
            None,
        ),
        # However a letter with a mark is written, it is that letter; but a side is not its capital.
        (
            {
                "participants": [
                    {"label": side, "role": "target", "side": side}
                    for side in ("e\u0301", "\u00c9")
                ],
                "casualties": [killed(side="e\u0301", best=1), killed(side="\u00c9", best=1)],
            },
            None,
        ),
        (
            {"casualties": [killed(label="Cafe\u0301"), killed(label="caf\u00e9")]},
            {("/casualties/1/kind", "repeated")},
        ),
        # A side is one that a participant is on.
        ({"casualties": [killed(side="A")]}, {("/casualties/0/side", "unknown")}),
        (
            {"participants": None, "casualties": [killed(side="a")]},
            {("/casualties/0/side", "unknown")},
        ),
        # One entry, or the sides together, are more than the deaths in all.
        (
            {"fatalities": FOUR, "casualties": [killed(best=5)]},
            {("/casualties/0/best", "contradiction")},
        ),
        (
            {"fatalities": FOUR, "casualties": [{"kind": "injured", "best": 9}, killed(low=5)]},
            {("/casualties/1/low", "contradiction")},
        ),
        (
            {"fatalities": FOUR, "casualties": [killed(side="a", best=3), killed(side="b", low=2)]},
            {("/casualties", "contradiction")},
        ),
        (
            {
                "fatalities": FOUR,
                "casualties": [
                    killed(side="a", best=5),
                    killed(side="b", best=6),
                    killed(side="c"),
                ],
            },
            {
                ("/casualties/0/best", "contradiction"),
                ("/casualties/1/best", "contradiction"),
                ("/casualties/2/side", "unknown"),
            },
        ),
        # What may be so is taken: bounds that meet, what is not known, and what may overlap.
        ({"fatalities": FOUR, "casualties": [killed(best=4)]}, None),
        ({"fatalities": {"best": 4, "high": 6}, "casualties": [killed(best=6)]}, None),
        ({"fatalities": FOUR, "casualties": [killed(low=4, best=9, high=20)]}, None),
        ({"fatalities": FOUR, "casualties": [killed(high=9)]}, None),
        ({"fatalities": {"low": 4}, "casualties": [killed(best=9)]}, None),
        ({"casualties": [killed(best=9)]}, None),
        (
            {
                "fatalities": FOUR,
                "casualties": [killed(best=4), killed(label="women", best=4), killed(label="x")],
            },
            None,
        ),
        (
            {
                "fatalities": FOUR,
                "casualties": [killed(side="a", best=4), killed(label="x", best=4)],
            },
            None,
        ),
    ],
)
def test_what_contradicts_itself_is_refused(records, event, found):
    """A fault names its place; where the numbers can be reconciled in any way there is none."""
    sent = {"dataset": "d", "type": "assault", "participants": SIDES, **event}
    answer = records.client.post("/v1/events", json=sent)
    if found is None:
        assert answer.status_code == 201, answer.get_json()
    else:
        assert faults(answer) == found


def test_a_contradiction_shows_its_numbers(records):
    """The sentence says which numbers do not fit, also where a change of others makes them so."""
    casualties = [killed(side="a", low=7), killed(side="b", best=5)]
    event = records.make("events", participants=SIDES, casualties=casualties)
    address = f"/v1/events/{event}"
    answer = records.client.patch(address, json={"fatalities": {"high": 10}}, headers=STAR)
    [fault] = answer.get_json()["errors"]
    assert fault["detail"] == (
        "At least 7 of “a” + 5 of “b” = 12 were killed, but fatalities are 10 at most."
    )
    answer = records.client.patch(address, json={"participants": SIDES[:1]}, headers=STAR)
    [fault] = answer.get_json()["errors"]
    assert fault["detail"] == "No participant is on the side “b”; they are on: a."


def test_a_sentence_names_some_sides(records):
    """However many sides there are, a fault names the first of them and counts the others."""
    sides = [f"side {number:03}" for number in range(300)]
    casualties = [killed(side=side, best=1) for side in (*sides, *"ab")]
    participants = [{"label": side, "role": "target", "side": side} for side in sides]
    sent = {"dataset": "d", "type": "assault", "fatalities": {"best": 200}}
    sent |= {"participants": participants, "casualties": casualties}
    answer = records.client.post("/v1/events", json=sent)
    *unknown, contradiction = [each["detail"] for each in answer.get_json()["errors"]]
    ten = ", ".join(sides[:10])
    assert unknown == [
        f"No participant is on the side “{side}”; they are on: {ten}, 290 more." for side in "ab"
    ]
    assert contradiction.endswith(
        "“side 009” + 292 more = 302 were killed, but fatalities are 200 at most."
    )


def test_casualties_follow_a_merge(records):
    """Those of a merged actor are the survivor's; of two estimates the first is kept, whole."""
    one, other = records.make("actors"), records.make("actors", name="B")
    casualties = [
        killed(actor_id=one, best=3),
        killed(actor_id=other, low=4, best=5, high=6, text="half a dozen"),
        {"kind": "injured", "actor_id": other},
        {"kind": "injured", "actor_id": one, "best": 8},
    ]
    event = records.make("events", casualties=casualties)
    before = records.read("events", event)["casualties"]
    records.merge("actors", other, one)
    assert records.read("events", event)["casualties"] == [
        full(killed(actor_id=one, best=3)),
        full({"kind": "injured", "actor_id": one, "best": 8}),
    ]
    records.change("events", event, title="It can still be edited")
    records.unmerge("actors", other)
    assert records.read("events", event)["casualties"] == before
    answer = records.client.delete(f"/v1/actors/{other}", headers=STAR)
    assert answer.status_code == 409


def test_a_side_with_casualties_outlives_a_merge(records):
    """Whoever turns out to be on two sides stays on both where people of either were harmed."""
    one, other = records.make("actors"), records.make("actors", name="B")
    participants = [
        {"actor_id": actor, "role": "initiator", "side": side}
        for actor, side in ((one, "a"), (other, "b"))
    ]
    casualties = [killed(side="a", best=1), killed(side="b", best=2)]
    event = records.make("events", participants=participants, casualties=casualties)
    before = records.read("events", event)["participants"]
    records.merge("actors", other, one)
    sent = {"participants": participants, "casualties": casualties}
    for each in (event, records.make("events", **sent)):
        shown = records.change("events", each, title="It can still be edited")["participants"]
        assert [(entry["actor_id"], entry["side"]) for entry in shown] == [(one, "a"), (one, "b")]
    records.unmerge("actors", other)
    assert records.read("events", event)["participants"] == before


def test_claims_of_casualties_stand_side_by_side(records):
    """Who gives which number of whom is told by an event's explanation, and found by the number."""
    army = records.make("actors", name="Army")
    event = records.make("events")
    said = {}
    for number, value in (
        (1, killed(actor_id=army.upper(), low=2, best=3)),
        (2, {"kind": "injured", "label": "residents", "best": 40}),
        (3, killed(side="b")),
        (4, None),
    ):
        claim = {"event_id": event, "stance": "asserts", "aspect": "casualties", "value": value}
        said[number] = records.make("statements", claims=[claim])
    [aspect] = records.read("events", f"{event}/attestation")["aspects"]
    assert aspect["aspect"] == "casualties"
    told = {claim["statement_id"]: claim for claim in aspect["claims"]}
    unknown = dict.fromkeys(("actor_id", "label", "side", "low", "best", "high"))
    assert told[said[1]]["value"] == {
        **unknown,
        **killed(actor_id=army, low=2, best=3),
    }
    assert (told[said[1]]["value_name"], told[said[2]]["value_name"]) == ("Army", None)
    assert told[said[4]]["value"] is None
    assert records.ids("statements", aspect="casualties", value="3") == [said[1]]
    assert records.ids("statements", aspect="casualties", value="40") == [said[2]]
    other = records.make("actors", name="The army")
    records.merge("actors", army, other)
    assert records.read("statements", said[1])["claims"][0]["value"]["actor_id"] == other
    assert records.client.delete(f"/v1/actors/{other}", headers=STAR).status_code == 409


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (5, {("/claims/0/value", "invalid")}),
        ({"best": 5}, {("/claims/0/value/kind", "required")}),
        (killed(low=5, best=3), {("/claims/0/value/best", "order")}),
        (killed(label="a", side="b"), {("/claims/0/value/side", "exclusive")}),
        (killed(text="many"), {("/claims/0/value/text", "unknown")}),
        (killed(actor_id="somebody"), {("/claims/0/value/actor_id", "uuid")}),
        (killed(actor_id=NOBODY), {("/claims/0/value/actor_id", "not_found")}),
        (killed(actor_id="@nobody"), {("/claims/0/value/actor_id", "ref")}),
    ],
)
def test_a_claim_of_casualties_is_typed(records, value, found):
    """A claim on casualties has a kind and numbers, and at most one way of saying whose."""
    claim = {"event_id": records.make("events"), "stance": "asserts", "aspect": "casualties"}
    sent = {"dataset": "d", "act": "assert", "form": "paraphrase"}
    answer = records.client.post(
        "/v1/statements", json={**sent, "claims": [{**claim, "value": value}]}
    )
    assert faults(answer) == found


def test_casualties_in_a_bundle(records):
    """Refs lead from casualties, and from claims of them, to actors of the same bundle."""
    claim = {"event_id": "@fight", "stance": "asserts", "aspect": "casualties"}
    bundle = {
        "dataset": "d",
        "actors": [{"ref": "army", "name": "Army", "external_ids": {"own": "army"}}],
        "events": [
            {
                "ref": "fight",
                "type": "assault",
                "external_ids": {"own": "fight"},
                "casualties": [killed(actor_id="@army", best=2)],
            }
        ],
        "statements": [
            {
                "ref": "said",
                "act": "assert",
                "form": "paraphrase",
                "external_ids": {"own": "said"},
                "claims": [{**claim, "value": killed(actor_id="@army", best=2)}],
            }
        ],
    }
    ids = records.expect(201, records.client.post("/v1/bundles", json=bundle))["ids"]
    [harm] = records.read("events", ids["fight"])["casualties"]
    [claim] = records.read("statements", ids["said"])["claims"]
    assert harm["actor_id"] == claim["value"]["actor_id"] == ids["army"]
    expanded = records.read("events", ids["fight"], expand="casualties.actor")
    assert expanded["casualties"][0]["actor"]["name"] == "Army"
    again = records.expect(200, records.client.post("/v1/bundles", json=bundle))
    assert again["unchanged"] == {"actors": 1, "events": 1, "statements": 1}
