"""Retraction over HTTP: a record is kept, but no longer stands, and has no weight."""

import pytest
from support.answers import faults
from support.crowds import Crowd, statuses
from support.problems import is_problem
from support.records import STAR, Records
from support.resources import NOBODY, RECORDS

ORDER = ("statements", "events", "locations", "actors", "documents", "datasets")


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def asserting(event, stance="asserts", aspect="occurrence"):
    """Write claims on an event."""
    return [{"event_id": event, "stance": stance, "aspect": aspect}]


@pytest.mark.parametrize("resource", RECORDS)
def test_a_retracted_record_is_kept_and_left_out_of_lists(records, resource):
    """A retracted record is read under its id, says why, and is listed only where asked for."""
    one, other = records.make(resource), records.make(resource, tags=["other"])
    before = records.read(resource, one)
    after = records.retract(resource, one, reason="The photos were taken in 2019.")
    differing = {name for name in after if after[name] != before[name]}
    assert differing - {"attestation"} == {"retraction", "version", "updated_at"}
    assert after["retraction"] == {
        "reason": "The photos were taken in 2019.",
        "retracted_at": after["updated_at"],
        "superseded_by": None,
    }
    assert records.read(resource, one) == after
    assert one not in records.ids(resource)
    assert one not in records.ids(resource, retracted="exclude")
    assert {one, other} <= {*records.ids(resource, retracted="include")}
    assert records.ids(resource, retracted="only") == [one]
    lifted = records.lift(resource, one)
    differing = {name for name in lifted if lifted[name] != before[name]}
    assert differing == {"version", "updated_at"}
    assert one in records.ids(resource)
    assert records.ids(resource, retracted="only") == []


@pytest.mark.parametrize("resource", RECORDS)
def test_what_takes_its_place(records, resource):
    """superseded_by names a record of the same resource that stands; it must not be withdrawn."""
    one, other = records.make(resource), records.make(resource, tags=["x"])
    after = records.retract(resource, one, superseded_by=other)
    assert after["retraction"]["superseded_by"] == other
    if resource != "datasets":
        answer = records.client.delete(f"/v1/{resource}/{other}", headers=STAR)
        [fault] = is_problem(answer, 409)["errors"]
        assert f"/v1/{resource}/{one}" in fault["detail"]
        records.lift(resource, one)
        records.withdraw(resource, other)


@pytest.mark.parametrize("resource", RECORDS)
def test_what_cannot_take_its_place(records, resource):
    """Itself, what is not there, is withdrawn or is of another resource is a fault."""
    one = records.make(resource)
    gone = records.make(resource, tags=["x"])
    records.withdraw(resource, gone)
    foreign = records.make("actors" if resource != "actors" else "events")
    address = f"/v1/{resource}/{one}/retraction"
    nowhere = NOBODY
    for superseded_by, code in (
        (one, "circular"),
        (nowhere, "not_found"),
        (gone, "not_found"),
        (foreign, None),
        ("No id!", "form"),
        ("", None),
        (7, None),
        ([one], None),
        ({}, None),
    ):
        sent = {"reason": "x", "superseded_by": superseded_by}
        answer = records.client.put(address, json=sent, headers=STAR)
        [(pointer, found)] = faults(answer)
        assert pointer == "/superseded_by", superseded_by
        assert code in {None, found}, superseded_by
    if resource != "datasets":
        sent = {"reason": "x", "superseded_by": one.upper()}
        answer = records.client.put(address, json=sent, headers=STAR)
        assert faults(answer) == {("/superseded_by", "circular")}
    assert records.read(resource, one)["retraction"] is None


def test_an_id_in_capitals_takes_its_place_all_the_same(records):
    """superseded_by is kept as the service writes ids, so that it is recognized everywhere."""
    one, other = records.make("actors"), records.make("actors")
    after = records.retract("actors", one, superseded_by=other.upper())
    assert after["retraction"]["superseded_by"] == other
    is_problem(records.client.delete(f"/v1/actors/{other}", headers=STAR), 409)


@pytest.mark.parametrize(
    ("sent", "pointer", "code"),
    [
        ({}, "/reason", "required"),
        ({"reason": None}, "/reason", None),
        ({"reason": ""}, "/reason", None),
        ({"reason": 3}, "/reason", None),
        ({"reason": ["x"]}, "/reason", None),
        ({"reason": "x", "retracted_at": "2021-01-01T00:00:00Z"}, "/retracted_at", "read_only"),
        ({"reason": "x", "supersededby": None}, "/supersededby", "unknown"),
        ({"reason": "x", "comment": "y"}, "/comment", "unknown"),
    ],
)
def test_a_wrong_retraction(records, sent, pointer, code):
    """What a retraction does not take is refused with its pointer."""
    one = records.make("actors")
    answer = records.client.put(f"/v1/actors/{one}/retraction", json=sent, headers=STAR)
    found = dict(faults(answer))
    assert pointer in found
    assert code in {None, found[pointer]}
    assert records.read("actors", one)["retraction"] is None


def test_what_can_be_retracted(records):
    """What is not there is 404, what was withdrawn 410, what was merged 409."""
    gone, one, into = (records.make("actors") for _ in "abc")
    records.withdraw("actors", gone)
    records.merge("actors", one, into)
    for record, status in ((NOBODY, 404), (gone, 410), (one, 409)):
        address = f"/v1/actors/{record}/retraction"
        is_problem(records.client.put(address, json={"reason": "x"}, headers=STAR), status)
        answer = records.client.delete(address, headers=STAR)
        is_problem(answer, status)
    assert answer.get_json()["merged_into"] == into
    is_problem(records.client.delete(f"/v1/actors/{into}/retraction", headers=STAR), 404)


def test_a_retraction_is_for_the_version_that_was_seen(records):
    """Like any change, it wants If-Match, and a stale one is told what stands."""
    one = records.make("actors")
    address = f"/v1/actors/{one}"
    old = records.client.get(address).headers["ETag"]
    new = records.client.patch(address, json={"name": "B"}, headers=STAR).headers["ETag"]
    sent = {"reason": "x"}
    is_problem(records.client.put(f"{address}/retraction", json=sent), 428)
    is_problem(records.client.delete(f"{address}/retraction"), 428)
    stale = {"If-Match": old}
    answer = records.client.put(f"{address}/retraction", json=sent, headers=stale)
    assert is_problem(answer, 412)["current"]["name"] == "B"
    answer = records.client.put(f"{address}/retraction", json=sent, headers={"If-Match": new})
    assert records.expect(200, answer)["retraction"]["reason"] == "x"
    assert answer.headers["ETag"] == records.client.get(address).headers["ETag"]
    is_problem(records.client.delete(f"{address}/retraction", headers={"If-Match": new}), 412)


def test_the_same_retraction_twice(records):
    """To retract for the same reason again changes nothing; for another one it does."""
    one, other = records.make("actors"), records.make("actors")
    first = records.retract("actors", one, reason="a")
    assert records.retract("actors", one, reason="a") == first
    second = records.retract("actors", one, reason="b", superseded_by=other)
    assert second["version"] == first["version"] + 1
    assert second["retraction"]["retracted_at"] > first["retraction"]["retracted_at"]
    assert records.retract("actors", one, reason="b", superseded_by=other) == second


def test_a_retraction_is_replaced_as_a_whole(records):
    """PUT replaces: without superseded_by, nothing takes the record's place any more."""
    one, other = records.make("actors"), records.make("actors")
    records.retract("actors", one, reason="a", superseded_by=other)
    again = records.retract("actors", one, reason="a")
    assert again["retraction"]["superseded_by"] is None
    records.withdraw("actors", other)


def test_a_retraction_is_tried(records):
    """A dry run answers the same, and keeps nothing: neither retraction nor weight."""
    event = records.make("events")
    statement = records.make("statements", claims=asserting(event), speaker_label="a")
    address = f"/v1/statements/{statement}"
    query = "retraction?dry_run=true"
    tried = records.client.put(f"{address}/{query}", json={"reason": "x"}, headers=STAR)
    assert records.expect(200, tried)["retraction"]["reason"] == "x"
    assert records.read("statements", statement)["retraction"] is None
    assert records.read("events", event)["attestation"]["status"] == "claimed"
    records.retract("statements", statement)
    tried = records.client.delete(f"{address}/{query}", headers=STAR)
    assert records.expect(200, tried)["retraction"] is None
    assert records.read("statements", statement)["retraction"]["reason"] == "wrong"
    assert records.read("events", event)["attestation"]["status"] == "unattested"


def test_a_retracted_record_can_be_edited(records):
    """A change, a replacement or a bundle leaves the retraction as it is; it is read only there."""
    one = records.make("actors", external_ids={"own": "1"})
    retraction = records.retract("actors", one)["retraction"]
    assert records.change("actors", one, name="B")["retraction"] == retraction
    stands = records.read("actors", one)
    answer = records.client.put(f"/v1/actors/{one}", json=stands | {"name": "C"}, headers=STAR)
    assert records.expect(200, answer)["retraction"] == retraction
    actor = {"name": "D", "external_ids": {"own": "1"}}
    answer = records.client.post("/v1/bundles", json={"dataset": "d", "actors": [actor]})
    records.expect(200, answer)
    assert records.read("actors", one)["name"] == "D"
    assert records.read("actors", one)["retraction"] == retraction
    answer = records.client.patch(f"/v1/actors/{one}", json={"retraction": None}, headers=STAR)
    assert faults(answer) == {("/retraction", "read_only")}


def test_a_retracted_record_can_be_pointed_at(records):
    """What points at a retracted record stays; it is found there, and can be embedded."""
    one = records.make("actors")
    event = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    records.retract("actors", one)
    assert records.ids("events", actor=one) == [event]
    shown = records.read("events", event, expand="participants.actor")
    assert shown["participants"][0]["actor"]["retraction"]["reason"] == "wrong"
    records.make("events", participants=[{"actor_id": one, "role": "victim"}])


def test_a_retracted_event(records):
    """An event that is retracted is so by its status, before all else, whatever is said of it."""
    event = records.make("events", modality="planned", verification={"level": "refuted"})
    records.make("statements", claims=asserting(event), speaker_label="a")
    retracted = records.retract("events", event)
    assert retracted["attestation"]["status"] == "retracted"
    assert retracted["attestation"]["asserted_by"] == 1
    records.make("statements", claims=asserting(event, "denies"), speaker_label="b")
    attestation = records.read("events", event)["attestation"]
    assert (attestation["status"], attestation["denied_by"]) == ("retracted", 1)
    assert records.ids("events", status="retracted", retracted="include") == [event]
    assert records.change("events", event, modality="actual")["attestation"] == attestation
    assert records.lift("events", event)["attestation"]["status"] == "refuted"


# Weight.


def weights(client):
    """Tell how each event of the reference article is attested."""
    found = client.get("/v1/events?limit=1000").get_json()["items"]
    return {event["external_ids"]["seed"]: event["attestation"] for event in found}


def explained(client):
    """Tell what stands behind the attestation of each event, whose lists fit its numbers."""
    found = {}
    for event in client.get("/v1/events?limit=1000").get_json()["items"]:
        told = client.get(f"/v1/events/{event['id']}/attestation").get_json()
        assert {name: told[name] for name in event["attestation"]} == event["attestation"]
        names = ("asserted_by", "denied_by", "questioned_by", "documents")
        lists = ("asserting", "denying", "questioning", "own_voice")
        assert [told[name] for name in names] == [len(told[name]) for name in lists]
        found[event["external_ids"]["seed"]] = told
    return found


def test_a_documents_weight(panjshir, found):
    """Retracting the article leaves nothing attested; lifting that gives back all, to the byte.

    Only what a curator knows from elsewhere is still confirmed.
    """
    before, told = weights(panjshir), explained(panjshir)
    assert {one["status"] for one in before.values()} == {
        *("disputed", "claimed", "reported", "hypothetical", "denied", "confirmed")
    }
    [article] = panjshir.get("/v1/documents").get_json()["items"]
    address = f"/v1/documents/{article['id']}/retraction"
    sent = {"reason": "It was made up."}
    assert panjshir.put(address, json=sent, headers=STAR).status_code == 200
    gone = weights(panjshir)
    assert gone.keys() == before.keys()
    for seed, attestation in gone.items():
        expected = {"E5": "confirmed", "E10": "hypothetical", "E16": "hypothetical"}
        assert attestation["status"] == expected.get(seed, "unattested")
        counted = ("asserted_by", "denied_by", "questioned_by", "origins", "documents")
        assert [attestation[name] for name in counted] == [0] * 5
    hidden = explained(panjshir)
    for seed, explanation in hidden.items():
        listed = ("asserting", "denying", "questioning", "projecting", "own_voice", "aspects")
        assert [explanation[name] for name in listed] == [[]] * 6
        [document] = explanation["retracted"]
        assert (document["resource"], document["id"]) == ("documents", article["id"])
        assert (document["title"], document["reason"]) == (article["title"], "It was made up.")
        assert document["mentions"] == sum(one["mentions"] for one in told[seed]["own_voice"])
        assert spoken(document) == spoken(told[seed])
    assert panjshir.delete(address, headers=STAR).status_code == 200
    assert weights(panjshir) == before
    assert explained(panjshir) == told
    assert found("events", "E1")["attestation"]["status"] == "disputed"


def spoken(part):
    """List the claims anywhere within an explanation."""
    if isinstance(part, list):
        return sorted(one for each in part for one in spoken(each))
    if isinstance(part, dict) and "stance" in part:
        return [(part["statement_id"], part["stance"], part["aspect"])]
    inner = part.values() if isinstance(part, dict) else ()
    return sorted(one for each in inner for one in spoken(each))


def test_a_statements_weight(panjshir, found):
    """Retracting the one denial settles the dispute over the siege; lifting it, brings it back."""
    siege, denial = found("events", "E1")["id"], found("statements", "S23")["id"]
    before = weights(panjshir)["E1"]
    address = f"/v1/statements/{denial}/retraction"
    panjshir.put(address, json={"reason": "misheard"}, headers=STAR)
    assert weights(panjshir)["E1"]["status"] == "claimed"
    assert explained(panjshir)["E1"]["denying"] == []
    [gone] = panjshir.get(f"/v1/events/{siege}/attestation").get_json()["retracted"]
    assert (gone["resource"], gone["id"], gone["title"]) == ("statements", denial, None)
    assert (gone["reason"], gone["mentions"]) == ("misheard", 0)
    assert [one["stance"] for one in gone["statements"]] == ["denies"]
    panjshir.delete(address, headers=STAR)
    assert weights(panjshir)["E1"] == before


def test_what_is_retracted_twice_over(records):
    """A statement that is retracted in a retracted document has weight when neither is any more."""
    event, document = records.make("events"), records.make("documents")
    said = {"claims": asserting(event), "document_id": document}
    one = records.make("statements", **said, speaker_label="a")
    records.make("statements", **said, speaker_label="b")

    def told():
        answer = records.client.get(f"/v1/events/{event}/attestation").get_json()
        gone = [(each["resource"], len(each["statements"])) for each in answer["retracted"]]
        return answer["asserted_by"], sorted(gone)

    assert told() == (2, [])
    records.retract("documents", document)
    assert told() == (0, [("documents", 2)])
    records.retract("statements", one)
    assert told() == (0, [("documents", 1), ("statements", 1)])
    records.lift("documents", document)
    assert told() == (1, [("statements", 1)])
    records.lift("statements", one)
    assert told() == (2, [])


def test_new_statements_on_a_retracted_document(records):
    """What is written onto, or moved to, a retracted document has no weight; moved away, it has."""
    event = records.make("events")
    document, other = records.make("documents"), records.make("documents")
    records.retract("documents", document)
    said = {"claims": asserting(event), "speaker_label": "a"}
    one = records.make("statements", **said, document_id=document)
    narrated = {"claims": asserting(event), "form": "narration", "document_id": document}
    records.make("statements", **narrated)
    bundled = {"act": "assert", "form": "paraphrase", "speaker_label": "b", "document_id": document}
    bundled["claims"] = asserting(event, "denies")
    sent = {"dataset": "d", "statements": [bundled]}
    records.expect(201, records.client.post("/v1/bundles", json=sent))
    assert records.read("events", event)["attestation"]["status"] == "unattested"
    records.change("statements", one, document_id=other)
    assert records.read("events", event)["attestation"]["status"] == "claimed"
    records.change("statements", one, document_id=document)
    assert records.read("events", event)["attestation"]["status"] == "unattested"
    records.lift("documents", document)
    attestation = records.read("events", event)["attestation"]
    assert (attestation["status"], attestation["documents"]) == ("disputed", 1)


@pytest.mark.parametrize("create", ["post", "put", "bundle"])
def test_new_mentions_of_a_retracted_document(records, create):
    """A new event that mentions a retracted document is not reported by it, however created."""
    document, other = records.make("documents"), records.make("documents")
    records.retract("documents", document)
    event = {"dataset": "d", "type": "aid", "mentions": [{"document_id": document}]}
    if create == "post":
        made = records.client.post("/v1/events", json=event).get_json()
        assert made["attestation"]["status"] == "unattested"
        one = made["id"]
    elif create == "put":
        one = NOBODY
        records.expect(201, records.client.put(f"/v1/events/{one}", json=event))
    else:
        sent = {"dataset": "d", "events": [{**event, "ref": "e"}]}
        one = records.expect(201, records.client.post("/v1/bundles", json=sent))["ids"]["e"]
    assert records.read("events", one)["attestation"]["status"] == "unattested"
    both = [{"document_id": document}, {"document_id": other}]
    changed = records.change("events", one, mentions=both)
    assert (changed["attestation"]["status"], changed["attestation"]["documents"]) == (
        "reported",
        1,
    )
    records.lift("documents", document)
    assert records.read("events", one)["attestation"]["documents"] == 2


def test_going_back_gives_weight_and_takes_it(records):
    """A document that is reverted to before, or into, its retraction has or loses its weight."""
    event, document = records.make("events"), records.make("documents")
    records.make("statements", claims=asserting(event), document_id=document, speaker_label="a")
    records.retract("documents", document)
    for to, status in ((1, "claimed"), (2, "unattested"), (3, "claimed")):
        records.revert("documents", document, to)
        assert records.read("events", event)["attestation"]["status"] == status


def test_withdrawing_what_is_retracted(records):
    """A retracted record can be withdrawn, and is then restored retracted."""
    one = records.make("documents")
    retraction = records.retract("documents", one)["retraction"]
    records.withdraw("documents", one)
    assert records.ids("documents", retracted="include") == []
    assert records.revert("documents", one, 2)["retraction"] == retraction


def test_a_chain_of_superseding_records(records):
    """A record that takes another's place may itself be retracted for a third."""
    a, b, c = (records.make("events") for _ in "abc")
    records.retract("events", a, superseded_by=b)
    records.retract("events", b, superseded_by=c)
    records.retract("events", c)
    assert {*records.ids("events", retracted="only")} == {a, b, c}
    for record in (b, c):
        is_problem(records.client.delete(f"/v1/events/{record}", headers=STAR), 409)


# Several at once.


@pytest.fixture
def crowd(fresh):
    """Gather clients of a service with a dataset and nothing in it."""
    crowd = Crowd(*fresh)
    assert crowd.one.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    return crowd


def test_a_document_is_retracted_while_statements_on_it_are_written(crowd):
    """Whatever comes first, in the end nothing on a retracted document has weight; lifted, all."""
    for turn in range(6):
        document = crowd.posted("documents", title=str(turn))["id"]
        events = [crowd.posted("events", type="assault")["id"] for _ in range(8)]

        def saying(event):
            sent = {"dataset": "d", "act": "assert", "form": "paraphrase"}
            sent |= {"speaker_label": "a", "document_id": document, "claims": asserting(event)}  # noqa: B023
            return lambda client: client.post("/v1/statements", json=sent)

        def mentioning(event):
            mentions = [{"document_id": document}]  # noqa: B023
            return crowd.put("events", event, mentions=mentions)

        def retracting(client):
            address = f"/v1/documents/{document}/retraction"  # noqa: B023
            return client.put(address, json={"reason": "x"}, headers=STAR)

        def lifting(client):
            return client.delete(f"/v1/documents/{document}/retraction", headers=STAR)  # noqa: B023

        works = [*map(saying, events[:4]), *map(mentioning, events[4:6])]
        answers = crowd.together(*works, retracting)
        found = statuses(answers)
        assert found == {201: 4, 200: 3}, found
        for event in events:
            told = crowd.read("events", event)["attestation"]
            assert (told["status"], told["origins"], told["documents"]) == ("unattested", 0, 0)
        works = [saying(events[6]), mentioning(events[7])]
        assert statuses(crowd.together(*works, lifting)) == {201: 1, 200: 2}
        found = [crowd.read("events", event)["attestation"]["status"] for event in events]
        assert found == ["claimed"] * 4 + ["reported"] * 2 + ["claimed", "reported"]


def test_a_record_is_retracted_while_it_is_changed(crowd):
    """Retraction and changes of one record by many: no change is lost, and it ends retracted."""
    one = crowd.posted("events", type="assault")["id"]

    def retracting(client):
        return client.put(f"/v1/events/{one}/retraction", json={"reason": "x"}, headers=STAR)

    works = [crowd.put("events", one, **{name: "x"}) for name in ("title", "description", "mode")]
    answers = crowd.together(*works[:2], retracting)
    assert statuses(answers) == {200: 3}
    event = crowd.read("events", one)
    assert (event["title"], event["description"], event["version"]) == ("x", "x", 4)
    assert event["attestation"]["status"] == "retracted"


def test_what_takes_a_place_is_withdrawn_meanwhile(crowd):
    """Of retracting in favour of a record and withdrawing that record, one is refused."""
    for _ in range(12):
        one, other = (crowd.posted("actors", name=name)["id"] for name in "ab")
        sent = {"reason": "x", "superseded_by": other}
        answers = crowd.together(
            lambda client: client.put(f"/v1/actors/{one}/retraction", json=sent, headers=STAR),  # noqa: B023
            lambda client: client.delete(f"/v1/actors/{other}", headers=STAR),  # noqa: B023
        )
        found = [answer.status_code for answer in answers]
        assert found in ([200, 409], [422, 204])
