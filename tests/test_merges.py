"""Merges over HTTP: one record stands for two, by either id, until they are parted again."""

import random
from collections import Counter
from itertools import permutations, product

import pytest
from support.answers import faults
from support.crowds import Crowd, statuses
from support.problems import is_problem
from support.records import STAR, Records
from support.resources import MERGED, MINIMAL, NOBODY, RESOURCES


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def pointing(records, one):
    """Make everything that can point at an actor, each once; give resource, id, and how to ask."""
    event = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    other = records.make("actors", affiliations=[{"actor_id": one, "role": "member"}])
    said = records.make("statements", speaker_id=one)
    heard = records.make("statements", addressee_ids=[one])
    behalf = records.make("statements", on_behalf_of_id=one)
    carried = records.make("statements", chain=[{"actor_id": one}])
    published = records.make("documents", publisher_id=one)
    return [
        ("events", event, {"actor": one}),
        ("actors", other, {"affiliated_with": one}),
        ("statements", said, {"speaker": one}),
        ("statements", heard, {"addressee": one}),
        ("statements", behalf, {"on_behalf_of": one}),
        ("statements", carried, {"carrier": one}),
        ("documents", published, {"publisher": one}),
    ]


def whole(records, *resources):
    """Read all that stands of some resources, but for versions and when they were made."""
    found = {}
    for resource in resources or RESOURCES:
        query = {"limit": 1000, "retracted": "include"}
        answer = records.client.get(f"/v1/{resource}", query_string=query)
        for item in records.expect(200, answer)["items"]:
            found[item["id"]] = {
                name: value for name, value in item.items() if name not in {"version", "updated_at"}
            }
    return found


@pytest.mark.parametrize("resource", MERGED)
def test_a_merged_record_is_answered_by_the_one_that_stands_for_it(records, resource):
    """The old id redirects who reads, with what was asked behind it; writes are refused."""
    one, into = records.make(resource), records.make(resource)
    answer = records.merge(resource, one, into)
    assert answer == {"id": one, "into": into, "moved": {}}
    client, address = records.client, f"/v1/{resource}/{one}"
    for method, path, more in (
        ("GET", "", {}),
        ("HEAD", "", {}),
        ("GET", "?fields=id", {}),
        ("PUT", "", {"json": {"dataset": "d", **MINIMAL[resource]}, "headers": STAR}),
        ("PATCH", "?dry_run=true", {"json": {"tags": []}, "headers": STAR}),
        ("DELETE", "", {"headers": STAR}),
        ("PUT", "/retraction", {"json": {"reason": "x"}, "headers": STAR}),
        ("POST", "/merge", {"json": {"into": into}}),
    ):
        asked = client.open(address + path, method=method, **more)
        status = 308 if method in {"GET", "HEAD"} else 409
        assert asked.status_code == status, (method, path)
        place = f"/v1/{resource}/{into}{path}" if status == 308 else None
        assert asked.headers.get("Location") == place
        if method != "HEAD":
            assert is_problem(asked, status)["merged_into"] == into
    # A client that follows redirects withdraws nothing.
    client.delete(address, headers=STAR, follow_redirects=True)
    followed = client.get(f"{address}?fields=id", follow_redirects=True)
    assert followed.get_json() == {"id": into}
    assert one not in records.ids(resource, retracted="include")
    capitals = client.get(f"/v1/{resource}/{one.upper()}")
    assert (capitals.status_code, capitals.headers["Location"]) == (308, f"/v1/{resource}/{into}")


def test_a_merged_events_explanation(records):
    """What lies under a merged event's address is redirected too."""
    one, into = records.make("events"), records.make("events")
    records.merge("events", one, into)
    answer = records.client.get(f"/v1/events/{one}/attestation")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/v1/events/{into}/attestation"


def test_all_that_pointed_at_the_one_points_at_the_other(records):
    """References of every kind move, and are found by either id; unmerged, they move back."""
    one, into = records.make("actors", name="B"), records.make("actors", name="A")
    found = pointing(records, one)
    kept = pointing(records, into)
    before = whole(records)
    moved = records.merge("actors", one, into)["moved"]
    assert moved == {"events": 1, "actors": 1, "statements": 4, "documents": 1}
    for (resource, record, query), (_, other, _) in zip(found, kept, strict=True):
        assert one not in str(records.read(resource, record))
        assert into in str(records.read(resource, record))
        [name] = query
        for asked in (one, into, f"{one},{into}", one.upper()):
            assert {*records.ids(resource, **{name: asked})} == {record, other}
        assert records.revisions(resource, record)[-1]["operation"] == "change"
    parted = records.unmerge("actors", one)
    assert parted["rehomed"] == moved
    assert (parted["id"], parted["parted_from"], parted["stayed"]) == (one, into, [])
    assert whole(records) == before
    for (resource, record, query), (_, other, asked) in zip(found, kept, strict=True):
        assert records.ids(resource, **query) == [record]
        assert records.ids(resource, **asked) == [other]


def test_locations_move_with_what_lies_in_them(records):
    """Places within, borders, events and statements there, other locations: all move and return."""
    one, into = records.make("locations", name="B"), records.make("locations", name="A")
    inside = records.make("locations", parent_id=one)
    beside = records.make("locations", borders=[one])
    event = records.make("events", location_id=inside)
    other = records.make("events", other_locations=[{"location_id": one, "role": "route"}])
    said = records.make("statements", location_id=one)
    before = whole(records)
    assert records.merge("locations", one, into)["moved"] == {
        "locations": 2,
        "events": 1,
        "statements": 1,
    }
    for asked in (one, into):
        assert {*records.ids("locations", within=asked)} >= {inside}
        assert records.ids("locations", borders=asked) == [beside]
        assert event in records.ids("events", location=asked)
        assert records.ids("statements", location=asked) == [said]
    assert into in str(records.read("events", other))
    records.unmerge("locations", one)
    assert whole(records) == before
    assert event in records.ids("events", location=one)
    assert records.ids("events", location=into) == []


def test_events_move_with_what_is_said_of_them(records):
    """Claims, parts, related events move; the survivor's attestation counts both, then no more."""
    one, into = records.make("events", title="B"), records.make("events", title="A")
    document, second = records.make("documents"), records.make("documents")
    records.change("events", one, mentions=[{"document_id": document}])
    records.change("events", into, mentions=[{"document_id": document}, {"document_id": second}])
    part = records.make("events", part_of_id=one)
    after = records.make("events", related=[{"event_id": one, "relation": "follows"}])
    for event, stance, label in (
        (one, "asserts", "a"),
        (into, "asserts", "b"),
        (one, "denies", "c"),
    ):
        claims = [{"event_id": event, "stance": stance, "aspect": "occurrence"}]
        records.make("statements", claims=claims, speaker_label=label)
    before = whole(records)
    records.merge("events", one, into)
    attestation = records.read("events", into)["attestation"]
    assert (attestation["status"], attestation["asserted_by"]) == ("disputed", 2)
    assert attestation["documents"] == 2
    assert records.read("events", part)["part_of_id"] == into
    assert records.read("events", after)["related"][0]["event_id"] == into
    assert records.ids("events", part_of=one) == [part]
    assert len(records.ids("statements", event=one)) == 3
    records.unmerge("events", one)
    assert whole(records) == before


def test_what_is_said_of_a_merged_event_counts(records):
    """A claim on a merged event's id is one on the survivor, and moves its attestation."""
    one, into = records.make("events"), records.make("events")
    records.merge("events", one, into)
    claims = [{"event_id": one, "stance": "asserts", "aspect": "occurrence"}]
    said = records.make("statements", claims=claims, speaker_label="a")
    assert records.read("events", into)["attestation"]["asserted_by"] == 1
    other = records.make("statements", speaker_label="b")
    records.change("statements", other, claims=[{**claims[0], "stance": "denies"}])
    assert records.read("events", into)["attestation"]["status"] == "disputed"
    statement = {"act": "assert", "form": "paraphrase", "speaker_label": "c", "claims": claims}
    send(records, {"dataset": "d", "statements": [statement]}, 201)
    assert records.read("events", into)["attestation"]["asserted_by"] == 2
    records.withdraw("statements", said)
    assert records.read("events", into)["attestation"]["asserted_by"] == 1


def test_what_the_survivor_is_given(records):
    """Names, external ids, affiliations: what the other one has and it has not; then taken back."""
    group, other = records.make("actors", name="G"), records.make("actors", name="H")
    role = {"role": "member"}
    one = records.make(
        "actors",
        name="Masood",
        names=[
            {"name": "Massoud", "kind": "primary"},
            {"name": "AHMAD MASSOUD"},
            {"name": "مسعود", "language": "fa", "kind": "transliteration"},
        ],
        external_ids={"wikidata": "Q1", "viaf": "7"},
        affiliations=[{"actor_id": group, **role}, {"actor_id": other, **role}],
    )
    into = records.make(
        "actors",
        name="Ahmad Massoud",
        external_ids={"wikidata": "Q2"},
        affiliations=[{"actor_id": group, **role}],
    )
    before = whole(records, "actors")
    records.merge("actors", one, into)
    both = records.read("actors", into)
    assert both["name"] == "Ahmad Massoud"
    assert [(name["name"], name["kind"]) for name in both["names"]] == [
        ("Masood", "alias"),
        ("Massoud", "alias"),
        ("مسعود", "transliteration"),
    ]
    assert both["external_ids"] == {"wikidata": "Q2", "viaf": "7"}
    assert [each["actor_id"] for each in both["affiliations"]] == [group, other]
    for external_id in ("wikidata:Q1", "wikidata:Q2", "viaf:7"):
        assert records.ids("actors", external_id=external_id) == [into], external_id
    for name in ("masood", "Massoud", "مسعود", "ahmad massoud"):
        assert into in records.ids("actors", name=name)
    records.unmerge("actors", one)
    assert whole(records, "actors") == before
    assert records.ids("actors", external_id="viaf:7") == [one]
    assert records.ids("actors", external_id="wikidata:Q1") == [one]
    assert records.ids("actors", external_id="wikidata:Q2") == [into]


@pytest.mark.parametrize(
    ("resource", "members"),
    [
        ("actors", {}),
        ("actors", {"names": [], "affiliations": []}),
        ("actors", {"names": [{"name": "A"}]}),
        ("events", {"mentions": [], "codes": []}),
        ("events", {"codes": [{"scheme": "cameo", "code": "010"}]}),
        ("locations", {"names": None, "point": [69.1, 35.2]}),
        ("locations", {"names": [], "external_ids": {"own": "1"}}),
    ],
)
@pytest.mark.parametrize("other", [False, True])
def test_parting_gives_back_what_was(records, resource, members, other):
    """Both records are, to the byte, what they were: what was unknown is not made empty."""
    one, into = records.make(resource, **members), records.make(resource, tags=["x"])
    one, into = (into, one) if other else (one, into)
    before = whole(records)
    records.merge(resource, one, into)
    records.unmerge(resource, one)
    assert whole(records) == before


def test_what_was_given_and_changed_since_stays(records):
    """Parting takes back only what still is as it was given; what was edited since is kept."""
    one = records.make("actors", name="B", external_ids={"own": "1"})
    into = records.make("actors", name="A")
    records.merge("actors", one, into)
    names = records.read("actors", into)["names"]
    names[0]["language"] = "en"
    records.change("actors", into, names=[*names, {"name": "C"}])
    records.unmerge("actors", one)
    after = records.read("actors", into)
    assert [name["name"] for name in after["names"]] == ["B", "C"]
    assert after["external_ids"] == {}
    assert records.read("actors", one)["external_ids"] == {"own": "1"}


# Parting what has gone on meanwhile.


def test_what_arrived_since_stays(records):
    """What came to point at the survivor since the merge stays there, and is listed with reason."""
    one, into = records.make("actors", name="B"), records.make("actors", name="A")
    old, changed, gone = (
        records.make("events", participants=[{"actor_id": one, "role": "target"}]) for _ in "abc"
    )
    own = records.make("events", participants=[{"actor_id": into, "role": "target"}])
    records.merge("actors", one, into)
    new = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    assert records.read("events", new)["participants"][0]["actor_id"] == into
    records.change("events", changed, participants=[])
    records.withdraw("events", gone)
    records.change("events", old, title="Edited")
    parted = records.unmerge("actors", one)
    assert parted["rehomed"] == {"events": 1}
    assert {(each["id"], each["reason"]) for each in parted["stayed"]} == {
        (new, "arrived"),
        (changed, "changed"),
        (gone, "withdrawn"),
    }
    assert parted["stayed_total"] == 3
    assert records.read("events", old)["participants"][0]["actor_id"] == one
    assert records.read("events", old)["title"] == "Edited"
    assert {*records.ids("events", actor=into)} == {own, new}


def test_a_reference_that_moved_within_its_list_stays(records):
    """Where a record was edited so that another place points there, nothing is guessed."""
    one, into, third = (records.make("actors", name=name) for name in "BAC")
    event = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    records.merge("actors", one, into)
    parts = [{"actor_id": third, "role": "target"}, {"actor_id": into, "role": "target"}]
    records.change("events", event, participants=parts)
    parted = records.unmerge("actors", one)
    [stayed] = parted["stayed"]
    assert (stayed["id"], stayed["reason"]) == (event, "changed")
    assert records.read("events", event)["participants"][1]["actor_id"] == into


def test_a_record_that_pointed_at_both(records):
    """Only the places that were moved are moved back."""
    one, into = records.make("actors", name="B"), records.make("actors", name="A")
    parts = [{"actor_id": actor, "role": "target"} for actor in (into, one, into)]
    event = records.make("events", participants=parts)
    records.merge("actors", one, into)
    shown = [each["actor_id"] for each in records.read("events", event)["participants"]]
    assert shown == [into, into]
    records.unmerge("actors", one)
    shown = [each["actor_id"] for each in records.read("events", event)["participants"]]
    assert shown == [into, one, into]


# Entries that come to be about one record.


def roles(records, event):
    """Give who takes part in an event, as what."""
    found = records.read("events", event)["participants"]
    return [(each["actor_id"], each["role"]) for each in found]


def test_two_participants_merged_into_one_are_one_for_each_role(records):
    """They are two again when parted; what the second alone knew is told of the one."""
    one, into = records.make("actors", name="B"), records.make("actors", name="A")
    size = {"low": 20, "best": None, "high": 40, "text": None}
    sent = [
        {"actor_id": into, "role": "initiator", "side": "a"},
        {"actor_id": one, "role": "initiator", "side": "b", "size": size},
        {"actor_id": one, "role": "victim"},
    ]
    event = records.make("events", participants=sent)
    before = records.read("events", event)["participants"]
    records.merge("actors", one, into)
    assert roles(records, event) == [(into, "initiator"), (into, "victim")]
    shown = records.read("events", event)["participants"][0]
    assert (shown["side"], shown["size"]) == ("a", size)
    assert records.ids("events", actor=one, actor_role="initiator") == [event]
    records.unmerge("actors", one)
    assert records.read("events", event)["participants"] == before


def test_what_was_written_twice_stays_twice(records):
    """Two groups of one actor in one role were written so, and are no effect of a merge."""
    one, into = records.make("actors", name="B"), records.make("actors", name="A")
    sent = [{"actor_id": one, "role": "target", "side": side} for side in "ab"]
    event = records.make("events", participants=[*sent, {"actor_id": into, "role": "target"}])
    records.merge("actors", one, into)
    assert roles(records, event) == [(into, "target")] * 2
    sides = [each["side"] for each in records.read("events", event)["participants"]]
    assert sides == ["a", "b"]
    records.unmerge("actors", one)
    assert roles(records, event) == [(one, "target"), (one, "target"), (into, "target")]


@pytest.mark.parametrize("undone", [*permutations(range(3))])
def test_merges_into_one_are_undone_in_any_order(records, undone):
    """Whichever of several is parted first, its own entries come back, and in their places."""
    *ones, into = (records.make("actors", name=name) for name in "ABCD")
    roles_of = [(*pair,) for pair in product([*ones, into], ("initiator", "target"))]
    sent = [{"actor_id": actor, "role": role} for actor, role in roles_of]
    event = records.make("events", participants=sent)
    for one in ones:
        records.merge("actors", one, into)
    assert roles(records, event) == [(into, "initiator"), (into, "target")]
    parted = []
    for number in undone:
        records.unmerge("actors", ones[number])
        parted.append(ones[number])
        stands = [(actor if actor in parted else into, role) for actor, role in roles_of]
        assert roles(records, event) == [*dict.fromkeys(stands)]
    assert roles(records, event) == roles_of


def test_a_chain_is_folded_and_parted_from_its_end(records):
    """Three that are one are two when the last merge is undone, and three in the end."""
    one, two, three = (records.make("actors", name=name) for name in "ABC")
    sent = [{"actor_id": actor, "role": "target"} for actor in (one, two, three)]
    event = records.make("events", participants=sent)
    records.merge("actors", one, two)
    records.merge("actors", two, three)
    assert roles(records, event) == [(three, "target")]
    records.unmerge("actors", two)
    assert roles(records, event) == [(two, "target"), (three, "target")]
    records.unmerge("actors", one)
    assert roles(records, event) == [(actor, "target") for actor in (one, two, three)]


def test_an_edit_of_what_was_folded_stands(records):
    """Who takes part is as it was written since the merge; the parting says that it stays."""
    one, into = records.make("actors", name="B"), records.make("actors", name="A")
    sent = [{"actor_id": actor, "role": "target"} for actor in (one, into)]
    event = records.make("events", participants=sent)
    records.merge("actors", one, into)
    said = {"participants": [{"actor_id": into, "role": "victim"}]}
    address = f"/v1/events/{event}"
    assert records.client.patch(address, json=said, headers=STAR).status_code == 200
    records.unmerge("actors", one)
    assert roles(records, event) == [(into, "victim")]


def test_what_is_written_by_old_ids_is_folded_too(records):
    """An event that is posted, or sent again by its source, names each once for each role."""
    client = records.client
    sent = {
        "dataset": "d",
        "actors": [
            {"ref": name, "name": name, "external_ids": {"own": name}} for name in ("one", "into")
        ],
        "events": [
            {
                "type": "aid",
                "external_ids": {"own": "e"},
                "participants": [
                    {"actor_id": f"@{name}", "role": "target"} for name in ("into", "one")
                ],
            }
        ],
    }
    ids = records.expect(201, client.post("/v1/bundles", json=sent))["ids"]
    [event] = records.ids("events")
    records.merge("actors", ids["one"], ids["into"])
    version = records.read("events", event)["version"]
    answer = records.expect(200, client.post("/v1/bundles", json=sent))
    assert (answer["unchanged"]["events"], answer["merged"]) == (1, {"actors": 1})
    assert records.read("events", event)["version"] == version
    victims = [{"actor_id": record_id, "role": "victim"} for record_id in ids.values()]
    new = records.make("events", participants=victims)
    assert roles(records, new) == [(ids["into"], "victim")]
    records.unmerge("actors", ids["one"])
    assert roles(records, event) == [(ids["into"], "target"), (ids["one"], "target")]


@pytest.mark.parametrize(
    ("resource", "of", "member", "entry"),
    [
        ("statements", "actors", "addressee_ids", lambda one: one),
        ("locations", "locations", "borders", lambda one: one),
        ("actors", "actors", "affiliations", lambda one: {"actor_id": one, "role": "member"}),
        ("events", "events", "related", lambda one: {"event_id": one, "relation": "follows"}),
        ("events", "locations", "other_locations", lambda one: {"location_id": one}),
        (
            "statements",
            "events",
            "claims",
            lambda one: {"event_id": one, "stance": "denies", "aspect": "occurrence"},
        ),
    ],
)
def test_what_is_said_of_both_is_said_once(records, resource, of, member, entry):
    """Addressees, borders and the like stand once after a merge, and twice once it is undone."""
    one, into = records.make(of), records.make(of)
    record = records.make(resource, **{member: [entry(one), entry(into)]})
    before = records.read(resource, record)[member]
    records.merge(of, one, into)
    assert records.read(resource, record)[member] == before[1:]
    records.unmerge(of, one)
    assert records.read(resource, record)[member] == before


# Chains.


def chain(records, resource="actors"):
    """Make three records with something pointing at each, and merge A into B, B into C."""
    ids = [records.make(resource, name=name, external_ids={"own": name}) for name in "ABC"]
    events = [
        records.make("events", participants=[{"actor_id": one, "role": "target"}]) for one in ids
    ]
    before = whole(records)
    records.merge(resource, ids[0], ids[1])
    between = whole(records)
    records.merge(resource, ids[1], ids[2])
    return ids, events, before, between


def test_a_chain_of_merges(records):
    """Every id of a chain redirects to its end at once, also as a filter and a reference."""
    (a, b, c), events, _, _ = chain(records)
    for one in (a, b):
        answer = records.client.get(f"/v1/actors/{one}")
        assert answer.headers["Location"] == f"/v1/actors/{c}"
        assert {*records.ids("events", actor=one)} == {*events}
        new = records.make("events", participants=[{"actor_id": one, "role": "victim"}])
        assert records.read("events", new)["participants"][0]["actor_id"] == c
        records.withdraw("events", new)
    for name in "ABC":
        assert records.ids("actors", external_id=f"own:{name}") == [c]


def test_a_chain_is_parted_in_order(records):
    """The last merge is undone first; each step brings back what stood before that merge."""
    (a, b, _), _, before, between = chain(records)
    records.unmerge("actors", b)
    assert whole(records) == between
    assert records.client.get(f"/v1/actors/{a}").headers["Location"] == f"/v1/actors/{b}"
    records.unmerge("actors", a)
    assert whole(records) == before


def test_a_chain_is_not_parted_out_of_order(records):
    """The first of two merges is not undone before the second; the refusal says what to do."""
    (a, b, c), _, before, _ = chain(records)
    answer = records.client.post(f"/v1/actors/{a}/unmerge", json={})
    detail = is_problem(answer, 409)["detail"]
    assert b in detail
    assert c in detail
    records.unmerge("actors", b)
    records.unmerge("actors", a)
    assert whole(records) == before


def test_several_merged_into_one_are_parted_in_any_order(records):
    """Two that were merged into a third one after another are parted from it in either order."""
    for order in ((0, 1), (1, 0)):
        into = records.make("actors", name="C", tags=["x"])
        ids = [records.make("actors", name=name, names=[{"name": "N"}]) for name in "AB"]
        for one in ids:
            records.make("events", participants=[{"actor_id": one, "role": "target"}])
        before = whole(records)
        for one in ids:
            records.merge("actors", one, into)
        for position in order:
            records.unmerge("actors", ids[position])
        assert whole(records) == before


def test_merging_into_what_was_merged(records):
    """`into` may name a merged record: the one that stands for it is meant."""
    a, b, c = (records.make("actors", name=name) for name in "ABC")
    records.merge("actors", b, c)
    assert records.merge("actors", a, b)["into"] == c
    assert records.client.get(f"/v1/actors/{a}").headers["Location"] == f"/v1/actors/{c}"


def test_merging_back(records):
    """B cannot be merged into A, which was merged into it; once parted, it can."""
    a, b = records.make("actors", name="A"), records.make("actors", name="B")
    records.merge("actors", a, b)
    answer = records.client.post(f"/v1/actors/{b}/merge", json={"into": a})
    assert faults(answer) == {("/into", "circular")}
    records.unmerge("actors", a)
    records.merge("actors", b, a)
    assert records.client.get(f"/v1/actors/{b}").headers["Location"] == f"/v1/actors/{a}"


def test_merging_again_after_parting(records):
    """Merging and parting may be repeated: nothing of it adds up."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    records.make("events", participants=[{"actor_id": one, "role": "target"}])
    before = whole(records)
    for _ in range(3):
        records.merge("actors", one, into)
        records.unmerge("actors", one)
    assert whole(records) == before
    operations = Counter(each["operation"] for each in records.revisions("actors", one))
    assert operations == {"create": 1, "merge": 3, "unmerge": 3}


# Faults.


@pytest.mark.parametrize("resource", MERGED)
def test_a_wrong_merge(records, resource):
    """What a merge cannot be into, or does not take, is a fault with its pointer."""
    one, gone = records.make(resource), records.make(resource)
    foreign = records.make("documents")
    records.withdraw(resource, gone)
    address = f"/v1/{resource}/{one}/merge"
    for sent, found in (
        ({}, {("/into", "required")}),
        ({"into": one}, {("/into", "circular")}),
        ({"into": one.upper()}, {("/into", "circular")}),
        ({"into": NOBODY}, {("/into", "not_found")}),
        ({"into": foreign}, {("/into", "not_found")}),
        ({"into": None}, None),
        ({"into": "x"}, None),
        ({"into": 7}, None),
        ({"into": [NOBODY]}, None),
        ({"into": "@ref"}, None),
        ({"into": NOBODY, "comment": "x" * 501}, {("/comment", "invalid")}),
        ({"into": NOBODY, "comment": 3}, None),
        ({"into": NOBODY, "why": "x"}, {("/why", "unknown")}),
    ):
        answer = records.client.post(address, json=sent)
        assert faults(answer) == found if found else faults(answer), sent
    is_problem(records.client.post(address, json=[]), 422)
    is_problem(records.client.post(address, data="{", content_type="application/json"), 400)
    is_problem(records.client.post(f"/v1/{resource}/{NOBODY}/merge", json={"into": one}), 404)
    is_problem(records.client.post(f"/v1/{resource}/{gone}/merge", json={"into": one}), 410)
    assert records.read(resource, one)["version"] == 1


@pytest.mark.parametrize("resource", MERGED)
def test_a_wrong_parting(records, resource):
    """What never was is 404; what is not merged, or was withdrawn, cannot be parted: 409."""
    one, gone = records.make(resource), records.make(resource)
    records.withdraw(resource, gone)
    for record, status in ((NOBODY, 404), (one, 409), (gone, 409)):
        is_problem(records.client.post(f"/v1/{resource}/{record}/unmerge", json={}), status)
    for sent in ({"into": one}, {"comment": 1}, {"comment": "x" * 501}):
        answer = records.client.post(f"/v1/{resource}/{one}/unmerge", json=sent)
        is_problem(answer, 422)


@pytest.mark.parametrize("resource", sorted({*RESOURCES} - {*MERGED}))
def test_what_is_not_merged(records, resource):
    """Documents, statements and datasets have no merge: there is nothing at that address."""
    one = records.make(resource)
    address = f"/v1/{resource}/{one}/merge"
    answer = records.client.post(address, json={"into": one}, checked=False)
    assert answer.status_code == 404


def test_two_of_which_one_points_at_the_other(records):
    """A record is not merged with one that it lies in or is a part of: the refusal says where."""
    valley = records.make("locations")
    village = records.make("locations", parent_id=valley)
    hamlet = records.make("locations", parent_id=village)
    war = records.make("events")
    battle = records.make("events", part_of_id=war)
    before = whole(records)
    for resource, one, into in (
        ("locations", valley, village),
        ("locations", village, valley),
        ("locations", valley, hamlet),
        ("events", battle, war),
        ("events", war, battle),
    ):
        answer = records.client.post(f"/v1/{resource}/{one}/merge", json={"into": into})
        assert answer.status_code in {200, 409}, answer.get_json()
        if answer.status_code == 200:
            records.unmerge(resource, one)
        assert whole(records) == before


def test_a_location_is_not_merged_into_what_lies_in_it(records):
    """What would lie in itself then is refused, and nothing of the merge is kept."""
    valley = records.make("locations")
    village = records.make("locations", parent_id=valley)
    hamlet = records.make("locations", parent_id=village)
    for into in (village, hamlet):
        answer = records.client.post(f"/v1/locations/{valley}/merge", json={"into": into})
        is_problem(answer, 409)
    assert records.read("locations", valley)["version"] == 1


def test_what_two_say_of_each_other_is_dropped(records):
    """Borders, affiliations and relations between the two are dropped, and given back."""
    one = records.make("actors", name="A")
    into = records.make("actors", name="B", affiliations=[{"actor_id": one, "role": "leader"}])
    records.change("actors", one, affiliations=[{"actor_id": into, "role": "member"}])
    first, second = records.make("events"), records.make("events")
    relation = {"relation": "same_as"}
    records.change("events", first, related=[{"event_id": second, **relation}])
    records.change("events", second, related=[{"event_id": first, **relation}])
    here, there = records.make("locations"), records.make("locations")
    records.change("locations", here, borders=[there])
    records.change("locations", there, borders=[here])
    before = whole(records)
    for resource, old, new, name in (
        ("actors", one, into, "affiliations"),
        ("events", first, second, "related"),
        ("locations", here, there, "borders"),
    ):
        records.merge(resource, old, new)
        assert records.read(resource, new)[name] == []
        records.unmerge(resource, old)
    assert whole(records) == before


def test_a_merge_across_datasets(records):
    """Records of two datasets may be merged; external ids stay with the dataset they are of."""
    records.expect(201, records.client.put("/v1/datasets/e", json={}))
    one = records.make("actors", dataset="e", name="B", external_ids={"own": "1"})
    into = records.make("actors", name="A", external_ids={"own": "1"})
    before = whole(records)
    records.merge("actors", one, into)
    assert records.read("actors", into)["external_ids"] == {"own": "1"}
    assert records.ids("actors", external_id="own:1") == [into]
    records.unmerge("actors", one)
    assert whole(records) == before
    assert {*records.ids("actors", external_id="own:1")} == {one, into}
    assert records.ids("actors", external_id="own:1", dataset="e") == [one]


# Sources that send their records again.


def sources(records, second="d"):
    """Let two sources send an actor each, with an event in which it takes part; give the ids."""
    sent = []
    for dataset, scheme in (("d", "left"), (second, "right")):
        actor = {"ref": "a", "name": f"The {scheme}", "external_ids": {scheme: "1"}}
        event = {"ref": "e", "type": "aid", "external_ids": {scheme: "2"}}
        event["participants"] = [{"actor_id": "@a", "role": "initiator"}]
        sent.append({"dataset": dataset, "actors": [actor], "events": [event]})
    ids = [send(records, one, 201)["ids"] for one in sent]
    return sent, ids


def send(records, bundle, status=200):
    """Send a bundle."""
    return records.expect(status, records.client.post("/v1/bundles", json=bundle))


@pytest.mark.parametrize("second", ["d", "e"])
@pytest.mark.parametrize("changed", [False, True])
def test_sources_that_send_merged_records_again(records, second, changed):
    """Both sources' records stay merged, whatever they send; their events point at the survivor."""
    sent, (left, right) = sources(records, second)
    records.merge("actors", right["a"], left["a"])
    if changed:
        sent[1]["actors"][0] |= {"name": "New", "tags": ["new"]}
        sent[1]["events"][0]["title"] = "New"
    for _ in range(2):
        answer = send(records, sent[1])
        assert answer["ids"] == {"a": left["a"], "e": right["e"]}
        assert answer["merged"] == {"actors": 1}
        assert send(records, sent[0])["ids"] == left
    assert records.read("actors", left["a"])["name"] == "The left"
    assert records.client.get(f"/v1/actors/{right['a']}").status_code == 308
    assert {*records.ids("events", actor=left["a"])} == {left["e"], right["e"]}
    assert len(records.ids("actors")) == 1
    records.unmerge("actors", right["a"])
    after = send(records, sent[1])
    assert after["ids"] == right
    assert records.read("actors", right["a"])["name"] == ("New" if changed else "The right")


def test_a_source_that_names_its_record_by_no_external_id(records):
    """A record without external ids is known again by its bundle, also when it was merged."""
    bundle = {"dataset": "d", "actors": [{"ref": "a", "name": "A"}, {"ref": "b", "name": "B"}]}
    ids = send(records, bundle, 201)["ids"]
    records.merge("actors", ids["a"], ids["b"])
    again = send(records, bundle)
    assert again["ids"] == {"a": ids["b"], "b": ids["b"]}
    assert again["merged"] == {"actors": 1}
    records.unmerge("actors", ids["a"])
    assert send(records, bundle)["ids"] == ids


def test_a_source_sends_both_of_two_merged_records(records):
    """One bundle may hold both records: the merged one is passed over, the other is changed."""
    actors = [{"ref": name, "name": name, "external_ids": {"own": name}} for name in "ab"]
    bundle = {"dataset": "d", "actors": actors}
    ids = send(records, bundle, 201)["ids"]
    records.merge("actors", ids["a"], ids["b"])
    for actor in actors:
        actor["description"] = f"of {actor['name']}"
    answer = send(records, bundle)
    assert answer["ids"] == {"a": ids["b"], "b": ids["b"]}
    assert records.read("actors", ids["b"])["description"] == "of b"
    assert answer["merged"] == {"actors": 1}


def test_writing_a_merged_record_by_its_external_id(records):
    """A POST with the external id of a merged record is a conflict that names the survivor."""
    one = records.make("actors", external_ids={"own": "1"})
    into = records.make("actors")
    records.merge("actors", one, into)
    sent = {"dataset": "d", "name": "A", "external_ids": {"own": "1"}}
    [fault] = is_problem(records.client.post("/v1/actors", json=sent), 409)["errors"]
    assert into in fault["detail"]


def test_withdrawn_records_that_are_sent_again(records):
    """A withdrawn record that its source sends again stays withdrawn, beside merged ones too."""
    sent, (left, right) = sources(records)
    records.withdraw("events", right["e"])
    records.merge("actors", right["a"], left["a"])
    answer = send(records, sent[1])
    assert (answer["withdrawn"], answer["merged"]) == ({"events": 1}, {"actors": 1})
    assert records.client.get(f"/v1/events/{right['e']}").status_code == 410


# Retraction, withdrawal, going back.


def test_retracted_records_in_merges(records):
    """A retracted record may be merged and parted; each keeps its own retraction."""
    one, into, third = (records.make("actors", name=name) for name in "ABC")
    records.retract("actors", one, reason="one", superseded_by=third)
    before = whole(records)
    records.merge("actors", one, into)
    assert records.read("actors", into)["retraction"] is None
    records.unmerge("actors", one)
    assert whole(records) == before


def test_retractions_that_name_a_merged_record(records):
    """What a merged record took the place of is replaced by the survivor, and later by it again."""
    one, into, old = (records.make("actors", name=name) for name in "ABC")
    records.retract("actors", old, superseded_by=one)
    before = whole(records)
    assert records.merge("actors", one, into)["moved"] == {"actors": 1}
    assert records.read("actors", old)["retraction"]["superseded_by"] == into
    records.unmerge("actors", one)
    assert whole(records) == before


@pytest.mark.parametrize("whose", ["one", "into"])
def test_two_of_which_one_takes_the_others_place(records, whose):
    """Merging a retracted record with the one that takes its place leaves nothing circular."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    pair = (one, into) if whose == "one" else (into, one)
    records.retract("actors", pair[0], superseded_by=pair[1])
    before = whole(records)
    answer = records.client.post(f"/v1/actors/{one}/merge", json={"into": into})
    if answer.status_code == 200:
        retraction = records.read("actors", into)["retraction"]
        assert retraction is None or retraction["superseded_by"] not in {one, into}
        records.unmerge("actors", one)
    else:
        is_problem(answer, 409)
    assert whole(records) == before


def test_a_survivor_that_is_withdrawn(records):
    """A survivor that nothing refers to can be withdrawn; the merged id is then gone with it."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    records.merge("actors", one, into)
    records.withdraw("actors", into)
    answer = records.client.get(f"/v1/actors/{one}", follow_redirects=True)
    assert answer.status_code == 410
    detail = is_problem(records.client.post(f"/v1/actors/{one}/unmerge", json={}), 409)["detail"]
    assert into in detail
    event = {"dataset": "d", "type": "aid"}
    event["participants"] = [{"actor_id": one, "role": "target"}]
    answer = records.client.post("/v1/events", json=event)
    assert faults(answer) == {("/participants/0/actor_id", "not_found")}
    records.revert("actors", into, 2)
    records.unmerge("actors", one)
    assert records.read("actors", one)["name"] == "A"


def test_going_back_to_before_a_merge(records):
    """A merged record is not restored but by parting; the survivor may go back to before."""
    one, into = (
        records.make("actors", name=name, external_ids={"own": name}) for name in ("A", "B")
    )
    records.merge("actors", one, into)
    is_problem(records.client.post(f"/v1/actors/{one}/revert", json={"to": 1}), 409)
    after = records.revert("actors", into, 1)
    assert (after["names"], after["external_ids"]) == (None, {"own": "B"})
    assert records.ids("actors", external_id="own:A") == [into]
    records.unmerge("actors", one)
    assert records.ids("actors", external_id="own:A") == [one]
    assert records.read("actors", into)["external_ids"] == {"own": "B"}


def test_going_back_to_what_the_survivor_was_given(records):
    """After parting, the survivor cannot go back to the external ids that the other has again."""
    one = records.make("actors", name="A", external_ids={"own": "1"})
    into = records.make("actors", name="B")
    records.merge("actors", one, into)
    records.unmerge("actors", one)
    answer = records.client.post(f"/v1/actors/{into}/revert", json={"to": 2})
    [fault] = is_problem(answer, 409)["errors"]
    assert one in fault["detail"]


# Trying, repeating, telling why.


def test_a_merge_is_tried(records):
    """A dry run of a merge or a parting answers the same, and keeps nothing."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    records.make("events", participants=[{"actor_id": one, "role": "target"}])
    before = whole(records)
    address = f"/v1/actors/{one}"
    tried = records.client.post(f"{address}/merge?dry_run=true", json={"into": into})
    assert whole(records) == before
    assert records.read("actors", one)["version"] == 1
    assert records.merge("actors", one, into) == records.expect(200, tried)
    merged = whole(records)
    tried = records.client.post(f"{address}/unmerge?dry_run=true", json={})
    assert whole(records) == merged
    assert records.client.get(address).status_code == 308
    assert records.unmerge("actors", one) == records.expect(200, tried)


def test_a_merge_is_repeated_safely(records):
    """The same Idempotency-Key is answered the same, whatever happened since; done once."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    address, headers = f"/v1/actors/{one}", {"Idempotency-Key": "k"}
    first = records.client.post(f"{address}/merge", json={"into": into}, headers=headers)
    again = records.client.post(f"{address}/merge", json={"into": into}, headers=headers)
    assert (first.status_code, first.get_data()) == (200, again.get_data())
    other = {"Idempotency-Key": "l"}
    first = records.client.post(f"{address}/unmerge", json={}, headers=other)
    again = records.client.post(f"{address}/unmerge", json={}, headers=other)
    assert (first.status_code, first.get_data()) == (200, again.get_data())
    again = records.client.post(f"{address}/merge", json={"into": into}, headers=headers)
    assert again.status_code == 200
    assert records.read("actors", one)["name"] == "A"
    is_problem(records.client.post(f"{address}/unmerge", json={}, headers=headers), 422)


@pytest.mark.parametrize(
    ("comment", "header", "kept"),
    [("why", None, "why"), (None, "why", "why"), ("body", "header", "body"), (None, None, None)],
)
def test_why_two_were_merged(records, comment, header, kept):
    """The comment stands with every revision that a merge makes: of both, and of what moved."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    event = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    headers = {"Edit-Comment": header} if header else {}
    sent = {"into": into, "comment": comment}
    records.expect(200, records.client.post(f"/v1/actors/{one}/merge", json=sent, headers=headers))
    sent = {"comment": comment}
    answer = records.client.post(f"/v1/actors/{one}/unmerge", json=sent, headers=headers)
    records.expect(200, answer)
    for resource, record, operations in (
        ("actors", one, ["merge", "unmerge"]),
        ("actors", into, ["change", "change"]),
        ("events", event, ["change", "change"]),
    ):
        made = records.revisions(resource, record)[1:]
        assert [(each["operation"], each["comment"]) for each in made] == [
            (operation, kept) for operation in operations
        ]


def test_a_merge_for_no_reason(records):
    """A comment in the body says something; without one, the header's stands in its place."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    blank = {"into": into, "comment": " \u200b"}
    answer = records.client.post(f"/v1/actors/{one}/merge", json=blank)
    assert records.expect(422, answer)["errors"][0]["code"] == "blank"
    records.merge("actors", one, into)
    assert records.revisions("actors", one)[-1]["comment"] is None
    for comment in (None, "said"):
        answer = records.client.post(
            f"/v1/actors/{one}/unmerge",
            json={"comment": comment},
            headers={"Edit-Comment": "x" * 501},
        )
        assert records.expect(400, answer)["errors"][0]["header"] == "Edit-Comment"
    headers = {"Edit-Comment": "why"}
    answer = records.client.post(f"/v1/actors/{one}/unmerge", json={}, headers=headers)
    records.expect(200, answer)
    assert records.revisions("actors", one)[-1]["comment"] == "why"


def test_an_actor_with_many_referrers(records):
    """Of 1,500 records that point at one all are moved in one request, and all moved back."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    for start in range(0, 1_500, 500):
        events = [
            {
                "type": "aid",
                "title": str(number),
                "participants": [{"actor_id": one, "role": "target"}],
            }
            for number in range(start, start + 500)
        ]
        send(records, {"dataset": "d", "events": events}, 201)
    assert records.merge("actors", one, into)["moved"] == {"events": 1_500}
    query = {"actor": into, "total": "exact", "limit": 1}
    assert records.client.get("/v1/events", query_string=query).get_json()["total"] == 1_500
    query["actor"] = one
    assert records.client.get("/v1/events", query_string=query).get_json()["total"] == 1_500
    parted = records.unmerge("actors", one)
    assert (parted["rehomed"], parted["stayed_total"]) == ({"events": 1_500}, 0)
    assert records.client.get("/v1/events", query_string=query).get_json()["total"] == 1_500
    query["actor"] = into
    assert records.client.get("/v1/events", query_string=query).get_json()["total"] == 0


def test_the_reference_article_merged_and_parted(panjshir, found):
    """Any two actors, places or events of the article can be merged and parted without a trace."""
    chosen = random.Random(7)  # noqa: S311 - it shall be the same each time
    for resource in MERGED:
        every = panjshir.get(f"/v1/{resource}?limit=1000").get_json()["items"]
        for _ in range(12):
            one, into = chosen.sample(every, 2)
            before = whole_of(panjshir)
            address = f"/v1/{resource}/{one['id']}"
            answer = panjshir.post(f"{address}/merge", json={"into": into["id"]})
            if answer.status_code == 409:
                assert whole_of(panjshir) == before
                continue
            assert answer.status_code == 200, answer.get_json()
            assert not mentioned(panjshir, one["id"])
            answer = panjshir.post(f"{address}/unmerge", json={})
            assert answer.status_code == 200, answer.get_json()
            assert answer.get_json()["stayed"] == []
            assert whole_of(panjshir) == before
    assert found("events", "E1")["attestation"]["status"] == "disputed"


def whole_of(client):
    """Read all that stands, but for versions and when they were made."""
    reader = Records.__new__(Records)
    reader.client = client
    return whole(reader)


def mentioned(client, record):
    """Tell whether a record is named by any other that stands."""
    return record in str(whole_of(client))


# Several at once.


@pytest.fixture
def crowd(fresh):
    """Gather clients of a service with a dataset and nothing in it."""
    crowd = Crowd(*fresh)
    assert crowd.one.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    return crowd


def merging(resource, one, into):
    """Give a work that merges."""
    return lambda client: client.post(f"/v1/{resource}/{one}/merge", json={"into": into})


def test_a_record_is_merged_while_others_write_of_it(crowd):
    """Nothing points at a merged record in the end, whoever wrote when; nothing is lost."""
    for turn in range(8):
        one, into = (crowd.posted("actors", name=name)["id"] for name in "AB")
        part = [{"actor_id": one, "role": "target"}]
        standing = [crowd.posted("events", type="aid", participants=part)["id"] for _ in range(3)]
        other = crowd.posted("events", type="aid")["id"]

        def writing(client):
            sent = {"dataset": "d", "type": "aid", "participants": part}  # noqa: B023
            return client.post("/v1/events", json=sent)

        def bundling(client):
            event = {"type": "aid", "participants": part}  # noqa: B023
            return client.post("/v1/bundles", json={"dataset": "d", "events": [event, event]})

        works = [
            writing,
            bundling,
            writing,
            crowd.put("events", other, participants=part),
            crowd.put("events", standing[0], title="x"),
            merging("actors", one, into),
            lambda client: client.post(
                "/v1/statements",
                json={"dataset": "d", "act": "deny", "form": "paraphrase", "speaker_id": one},  # noqa: B023
            ),
        ]
        chosen = random.Random(turn)  # noqa: S311
        chosen.shuffle(works)
        found = statuses(crowd.together(*works))
        assert found == {201: 4, 200: 3}, found
        assert crowd.one.get(f"/v1/actors/{one}").status_code == 308
        events = crowd.listed("events", actor=into)
        assert len(events) == 8
        assert one not in str(events)
        said = crowd.listed("statements", speaker=into)
        assert len(said) == 1
        assert one not in str(said)
        if turn % 2:
            answer = crowd.one.post(f"/v1/actors/{one}/unmerge", json={}).get_json()
            moved = sum(answer["rehomed"].values())
            assert moved + answer["stayed_total"] == 9
            assert len(crowd.listed("events", actor=one)) == answer["rehomed"]["events"]
            total = len(crowd.listed("events", actor=one)) + len(crowd.listed("events", actor=into))
            assert total == 8


def test_two_merges_that_cross(crowd):
    """Of merging A into B and B into A one is done; the other is refused or redirected."""
    for _ in range(12):
        one, other = (crowd.posted("actors", name=name)["id"] for name in "AB")
        answers = crowd.together(merging("actors", one, other), merging("actors", other, one))
        found = statuses(answers)
        assert found[200] == 1, [answer.get_json() for answer in answers]
        assert found[409] + found[422] == 1, found
        standing = [each["id"] for each in crowd.listed("actors")]
        assert len({one, other} & {*standing}) == 1


def test_merges_in_a_ring(crowd):
    """A into B, B into C, C into A at once: one stands in the end, and all ids lead to it."""
    for _ in range(8):
        a, b, c = (crowd.posted("actors", name=name)["id"] for name in "ABC")
        answers = crowd.together(
            merging("actors", a, b), merging("actors", b, c), merging("actors", c, a)
        )
        found = statuses(answers)
        assert found[200] == 2, [answer.get_json() for answer in answers]
        ends = {
            crowd.one.get(f"/v1/actors/{one}", follow_redirects=True).get_json()["id"]
            for one in (a, b, c)
        }
        assert len(ends) == 1


@pytest.mark.parametrize("which", ["one", "into"])
def test_a_merge_and_a_withdrawal(crowd, which):
    """Of merging a record and withdrawing either, one comes first, and the other is told."""
    for _ in range(12):
        one, into = (crowd.posted("actors", name=name)["id"] for name in "AB")
        gone = one if which == "one" else into
        merge, withdrawal = (
            answer.status_code
            for answer in crowd.together(
                merging("actors", one, into),
                lambda client: client.delete(f"/v1/actors/{gone}", headers=STAR),  # noqa: B023
            )
        )
        expected = {"one": {(200, 409), (410, 204)}, "into": {(200, 204), (409, 204)}}
        assert (merge, withdrawal) in expected[which]


def test_several_are_merged_into_one_at_once(crowd):
    """Eight records merged into a ninth at once: all their referrers, names and ids arrive."""
    into = crowd.posted("actors", name="X")["id"]
    ids = [
        crowd.posted("actors", name=f"N{number}", external_ids={f"s{number}": "1"})["id"]
        for number in range(8)
    ]
    for one in ids:
        crowd.posted("events", type="aid", participants=[{"actor_id": one, "role": "target"}])
    crowd.posted(
        "events", type="aid", participants=[{"actor_id": one, "role": "target"} for one in ids]
    )
    found = statuses(crowd.together(*[merging("actors", one, into) for one in ids]))
    retried = [one for one in ids if crowd.one.get(f"/v1/actors/{one}").status_code != 308]
    assert found == {200: 8 - len(retried), 503: len(retried)} or not retried
    for one in retried:
        assert merging("actors", one, into)(crowd.one).status_code == 200
    actor = crowd.read("actors", into)
    assert {name["name"] for name in actor["names"]} == {f"N{number}" for number in range(8)}
    assert len(actor["external_ids"]) == 8
    assert len(crowd.listed("events", actor=into)) == 9
    for one in ids:
        assert crowd.one.post(f"/v1/actors/{one}/unmerge", json={}).status_code == 200
        assert len(crowd.listed("events", actor=one)) == 2
    assert crowd.read("actors", into)["names"] is None


def test_a_merge_while_statements_on_either_event_are_written(crowd):
    """The survivor's attestation counts all that is said of both, whoever wrote when."""
    for _ in range(8):
        one, into = (crowd.posted("events", type="assault")["id"] for _ in "ab")

        def saying(event, label):
            claims = [{"event_id": event, "stance": "asserts", "aspect": "occurrence"}]
            sent = {"dataset": "d", "act": "assert", "form": "paraphrase", "claims": claims}
            return lambda client: client.post(
                "/v1/statements", json=sent | {"speaker_label": label}
            )

        works = [saying(event, label) for event in (one, into) for label in "abc"]
        answers = crowd.together(*works, merging("events", one, into))
        assert statuses(answers) == {201: 6, 200: 1}
        attestation = crowd.read("events", into)["attestation"]
        assert (attestation["asserted_by"], attestation["status"]) == (6, "corroborated")
        assert len(crowd.listed("statements", event=one)) == 6


def test_of_many_partings_one_is_made(crowd):
    """Parting the same two at once is done once; the others are told that they are not merged."""
    one, into = (crowd.posted("actors", name=name)["id"] for name in "AB")
    for _ in range(5):
        assert merging("actors", one, into)(crowd.one).status_code == 200
        answers = crowd.together(
            *[lambda client: client.post(f"/v1/actors/{one}/unmerge", json={})] * 6
        )
        assert statuses(answers) == {200: 1, 409: 5}
        assert crowd.read("actors", one)["name"] == "A"
