"""Who holds a place: events of the type `control`, and statements on what others hold."""

import json

import pytest
from support.service import ROOT

CONTROL = json.loads((ROOT / "examples" / "control.json").read_text())


@pytest.fixture
def held(panjshir):
    """Add who holds what to the reference case."""
    answer = panjshir.post("/v1/bundles", json=CONTROL)
    assert answer.status_code == 201, answer.get_json()
    assert answer.get_json()["created"] == {"events": 4, "statements": 1}
    return panjshir


def place(client, seed):
    """Give the id of a location."""
    [found] = client.get(f"/v1/locations?external_id=seed:{seed}&fields=id").get_json()["items"]
    return found["id"]


def holders(client, query):
    """Tell who is said to hold what, and how well that is attested, by one request."""
    path = f"/v1/events?type=control&expand=participants.actor&{query}"
    return {
        (one["actor"]["external_ids"]["seed"], event["attestation"]["status"])
        for event in client.get(path).get_json()["items"]
        for one in event["participants"]
    }


RIVALS = {("anti-taliban-forces", "reported"), ("taliban", "claimed")}


@pytest.mark.parametrize(
    ("where", "when", "found"),
    [
        ("location=panjshir-province", "2021-08-23", {("nrf", "reported")}),
        ("location=kabul", "2021-08-23", {("taliban", "reported")}),
        ("location=kabul", "2021-08-14", set()),
        ("location=baghlan-districts", "2021-08-22", {("anti-taliban-forces", "reported")}),
        ("location=baghlan-districts", "2021-08-23", RIVALS),
        ("location=baghlan", "2021-08-23", RIVALS),
        # What covers the pass is who holds the province; the province is not held with a part.
        ("location=panjshir-pass", "2021-08-23", set()),
        ("covers=panjshir-pass", "2021-08-23", {("nrf", "reported")}),
        ("covers=panjshir-province", "2021-08-23", {("nrf", "reported")}),
        ("covers=baghlan", "2021-08-23", set()),
        ("covers=afghanistan", "2021-08-23", set()),
    ],
)
def test_who_is_said_to_hold_a_place(held, where, when, found):
    """One request tells who is said to hold a place on a day, and on whose word."""
    name, _, seed = where.partition("=")
    assert holders(held, f"{name}={place(held, seed)}&datetime={when}") == found


def said(client, query):
    """Name the statements of a list."""
    path = f"/v1/statements?limit=1000&{query}"
    return {
        one["external_ids"]["seed"]
        for one in client.get(path).get_json()["items"]
        if one["external_ids"]
    }


def test_what_is_said_of_places_that_others_hold(held):
    """Statements cover a place that their speaker holds, one that he does not, or neither."""
    own, others = (said(held, f"speaker_holds={each}") for each in ("true", "false"))
    # Of the siege, the advance and the pass, the Taliban speak without holding them.
    assert others >= {"S1", "S3", "S5", "S8"}
    # Their spokesman says that they hold the districts, and Massoud denies a siege of his valley.
    assert own >= {"S23", "S24", "C4-1"}
    # The document's own voice holds nothing, and nobody knows who speaks in S4 and S10.
    assert not {"S2", "S4", "S12", "S30"} & (own | others)
    assert said(held, f"speaker_holds=false&event_location={place(held, 'baghlan')}") == {
        "S31",
        "S32",
    }


def test_nobody_is_said_to_hold_anything(panjshir):
    """Where no event is about control, no statement is one of either kind."""
    assert said(panjshir, "speaker_holds=true") == said(panjshir, "speaker_holds=false") == set()


@pytest.fixture
def valley(client):
    """Make a valley in a province, its holder, a rival, the holder's envoy, and a battle there."""
    client.put("/v1/datasets/valley", json={})
    ids = {}

    def make(resource, name, /, **members):
        answer = client.post(f"/v1/{resource}", json={"dataset": "valley", **members})
        assert answer.status_code == 201, answer.get_json()
        ids[name] = answer.get_json()["id"]
        return ids[name]

    for name in ("holder", "rival"):
        make("actors", name, name=name)
    envoy = {"actor_id": ids["holder"], "role": "spokesperson", "date": "2020/2021"}
    make("actors", "envoy", name="envoy", affiliations=[envoy])
    make("actors", "former", name="former", affiliations=[{**envoy, "date": "2010/2019"}])
    make("actors", "faction", name="faction", affiliations=[{**envoy, "role": "faction_of"}])
    make("actors", "foe", name="foe", affiliations=[{**envoy, "role": "opponent_of"}])
    make("locations", "province", name="province")
    make("locations", "valley", name="valley", parent_id=ids["province"])
    make("locations", "pass", name="pass", parent_id=ids["valley"])
    make("events", "battle", type="assault", date="2021-08-22", location_id=ids["valley"])

    def control(by="holder", at="valley", date="2021-08/..", **members):
        part = {"actor_id": ids[by], "role": "initiator"} if by else None
        event = {"type": "control", "date": date, "location_id": ids[at]}
        event["participants"] = [part] if part else None
        return make("events", "control", **(event | members))

    def speak(speaker="holder", event="battle", **members):
        claim = {"event_id": ids[event], "stance": "asserts", "aspect": "occurrence"}
        who = {"speaker_id": ids[speaker]} if speaker else {"speaker_label": "somebody"}
        body = {"act": "assert", "form": "paraphrase", **who, **members}
        make("statements", "statement", claims=[claim], **body)
        found = {
            each
            for each in ("true", "false")
            for one in client.get(f"/v1/statements?speaker_holds={each}").get_json()["items"]
            if one["id"] == ids["statement"]
        }
        return {frozenset(): None, frozenset({"true"}): True, frozenset({"false"}): False}[
            frozenset(found)
        ]

    return client, ids, control, speak


@pytest.mark.parametrize(
    ("speaker", "holds"),
    [
        *(("holder", True), ("rival", False), ("envoy", True), ("former", False)),
        *(("faction", True), ("foe", False), (None, None)),
    ],
)
def test_whose_place_it_is(valley, speaker, holds):
    """A place is the speaker's if he or whom he then belongs to holds it; unknown is neither."""
    _, _, control, speak = valley
    control()
    assert speak(speaker) is holds


def test_on_whose_behalf(valley):
    """Who speaks for the holder holds the place, and so does a holder's part of the speaker's."""
    _, ids, control, speak = valley
    control("faction")
    assert speak(None, on_behalf_of_id=ids["holder"]) is True
    assert speak("rival", on_behalf_of_id=ids["holder"]) is True
    assert speak("envoy") is False


@pytest.mark.parametrize(
    ("members", "holds"),
    [
        ({}, False),
        ({"at": "province"}, False),
        ({"at": "pass"}, None),
        ({"date": "2021-08-23/.."}, None),
        ({"date": "../2021-08-21"}, None),
        ({"date": "../2021-08-22"}, False),
        ({"date": None}, None),
        ({"by": None}, None),
        ({"participants": [{"label": "locals", "role": "initiator"}]}, None),
        ({"modality": "hypothetical"}, None),
        ({"verification": {"level": "refuted"}}, None),
        ({"verification": {"level": "confirmed"}}, False),
        ({"type": "coerce"}, None),
    ],
)
def test_what_counts_as_held(valley, members, holds):
    """Control counts if it may have been so then, there or around it, and its holder is known."""
    _, _, control, speak = valley
    control(**members)
    assert speak("rival") is holds


def test_an_event_without_a_date_or_a_place(valley):
    """When and where nobody knows, nobody is said to hold anything."""
    client, ids, control, speak = valley
    control()
    for change in ({"date": None}, {"date": "2021-08-22", "location_id": None}):
        path = f"/v1/events/{ids['battle']}"
        assert client.patch(path, json=change, headers={"If-Match": "*"}).status_code == 200
        assert speak("rival") is None


def test_the_nearest_place_counts_and_every_holder_of_it(valley):
    """Who holds the valley holds it, whoever holds the province; of two there, each does."""
    _, _, control, speak = valley
    control("rival", at="province")
    assert (speak("holder"), speak("rival")) == (False, True)
    control("holder")
    assert (speak("holder"), speak("rival")) == (True, False)
    control("rival")
    assert (speak("holder"), speak("rival"), speak("foe")) == (True, True, False)


def test_what_is_denied_retracted_or_withdrawn_does_not_count(valley):
    """Denied alone, control is none; what is disputed is said all the same."""
    client, ids, control, speak = valley
    control()
    claims = [{"event_id": ids["control"], "stance": "denies", "aspect": "occurrence"}]
    said_so = {"act": "deny", "form": "paraphrase", "speaker_id": ids["foe"], "claims": claims}
    assert client.post("/v1/statements", json={"dataset": "valley", **said_so}).status_code == 201
    assert speak("rival") is None
    speak("holder", event="control")
    assert speak("rival") is False
    path, star = f"/v1/events/{ids['control']}", {"If-Match": "*"}
    answer = client.put(f"{path}/retraction", json={"reason": "wrong"}, headers=star)
    assert answer.status_code == 200
    assert speak("rival") is None


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"mode": "seize"}, "/mode", "unknown"),
        ({"date": "2999-01-01/.."}, "/date", "future"),
    ],
)
def test_what_control_cannot_be(client, fields, pointer, code):
    """Control has no mode, and cannot begin in the future; that it goes on is no fault."""
    client.put("/v1/datasets/valley", json={})
    event = {"dataset": "valley", "type": "control", "date": "2021-08-15/.."}
    assert client.post("/v1/events", json=event).status_code == 201
    answer = client.post("/v1/events", json={**event, **fields})
    assert answer.status_code == 422
    [found] = answer.get_json()["errors"]
    assert (found["pointer"], found["code"]) == (pointer, code)
