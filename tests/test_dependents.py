"""What rests on an actor, and what a retraction would change that is only tried, over HTTP."""

import pytest
from support.lists import walk
from support.records import STAR, Records


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def claims(event, stance="asserts"):
    """Write a claim that an event occurred, or did not."""
    return [{"event_id": event, "stance": stance, "aspect": "occurrence"}]


@pytest.fixture
def known(records):
    """Give an agency, its spokesman and another agency, and events that these tell of."""
    ids = {name: records.make("actors", name=name) for name in ("agency", "spokesman", "other")}
    ids["paper"] = records.make("documents", title="A", publisher_id=ids["agency"])
    ids["other paper"] = records.make("documents", title="B", publisher_id=ids["other"])
    for name, papers in {
        "told": [],
        "told twice": [],
        "mentioned": ["paper"],
        "mentioned twice": ["paper", "other paper"],
        "said elsewhere": ["other paper"],
        "unheard of": [],
    }.items():
        mentions = [{"document_id": ids[each]} for each in papers]
        ids[name] = records.make("events", title=name, mentions=mentions)
    ids["by him"] = records.make(
        "statements",
        speaker_id=ids["spokesman"],
        on_behalf_of_id=ids["agency"],
        claims=[*claims(ids["told"]), *claims(ids["told twice"]), *claims(ids["said elsewhere"])],
    )
    ids["by another"] = records.make(
        "statements", speaker_id=ids["other"], claims=claims(ids["told twice"], "denies")
    )
    ids["passed on"] = records.make(
        "statements", speaker_label="a woman", chain=[{"actor_id": ids["agency"]}], claims=[]
    )
    ids["printed"] = records.make("statements", speaker_label="a man", document_id=ids["paper"])
    return ids


def dependents(records, actor, **query):
    """List what rests on an actor: resource, id, status and pointers."""
    found = records.read("actors", f"{actor}/dependents", **query)["items"]
    return {(one["resource"], one["id"], one["status"], *one["pointers"]) for one in found}


def test_dependents_of_an_actor(records, known):
    """Its statements, by whatever way, and the events that nobody else tells of."""
    assert dependents(records, known["agency"]) == {
        ("statements", known["by him"], None, "/on_behalf_of_id"),
        ("statements", known["passed on"], None, "/chain/0/actor_id"),
        ("statements", known["printed"], None, "/document_id"),
        ("events", known["told"], "claimed", ""),
        ("events", known["mentioned"], "reported", ""),
    }
    assert dependents(records, known["spokesman"]) == {
        ("statements", known["by him"], None, "/speaker_id"),
        ("events", known["told"], "claimed", ""),
    }
    assert dependents(records, known["other"]) == {
        ("statements", known["by another"], None, "/speaker_id")
    }


def test_dependents_are_those_of_today(records, known):
    """What is retracted supports nothing, so that more rests on others; as of before, it did."""
    before, instant = dependents(records, known["agency"]), records.now()
    records.retract("documents", known["other paper"])
    records.retract("statements", known["by another"])
    more = {
        ("events", known["told twice"], "claimed", ""),
        ("events", known["mentioned twice"], "reported", ""),
        ("events", known["said elsewhere"], "claimed", ""),
    }
    assert dependents(records, known["agency"]) == before | more
    assert dependents(records, known["agency"], as_of=instant) == before
    records.retract("documents", known["paper"])
    assert {one for one in dependents(records, known["agency"]) if one[0] == "events"} == {
        ("events", known[name], "claimed", "") for name in ("told", "told twice", "said elsewhere")
    }


def test_dependents_page_by_page(records, known):
    """Pages go on from one resource to the next, and a merged actor redirects."""
    path = f"/v1/actors/{known['agency']}/dependents"
    whole = [one for page in walk(records.client, path) for one in page]
    for limit in (1, 2, 3, 4):
        pages = [*walk(records.client, f"{path}?limit={limit}")]
        assert [one for page in pages for one in page] == whole
        assert all(len(page) == limit for page in pages[:-1])
    records.merge("actors", known["agency"], known["other"])
    assert records.client.get(path).headers["Location"] == path.replace(
        known["agency"], known["other"]
    )


def test_dependents_of_a_document(records, known):
    """Its statements, the events that nothing else tells of, and affiliations, page by page."""
    further = records.make("events", title="C", mentions=[{"document_id": known["paper"]}])
    affiliation = {"actor_id": known["agency"], "role": "member", "document_id": known["paper"]}
    member = records.make("actors", name="D", affiliations=[affiliation])
    whole = [
        ("statements", known["printed"], None, [""]),
        *(("events", each, "reported", [""]) for each in sorted([known["mentioned"], further])),
        ("actors", member, None, ["/affiliations/0"]),
    ]
    for limit in (1, 2, 3, 4, 50):
        pages = [*walk(records.client, f"/v1/documents/{known['paper']}/dependents?limit={limit}")]
        found = [one for page in pages for one in page]
        assert [
            (one["resource"], one["id"], one["status"], one["pointers"]) for one in found
        ] == whole
        assert all(len(page) == limit for page in pages[:-1])


def tried(records, resource, record, method="PUT"):
    """Try a retraction, or to lift it; give the record, and what else would change."""
    address = f"/v1/{resource}/{record}/retraction?dry_run=true"
    sent = {"reason": "wrong"} if method == "PUT" else None
    answer = records.client.open(address, method=method, json=sent, headers=STAR)
    found = records.expect(200, answer)
    return found, found.pop("effects")


def changes(effects):
    """Give from what to what events would change, by their titles."""
    assert effects["events_total"] == len(effects["events"])
    return {one["title"]: (one["from"], one["to"]) for one in effects["events"]}


def test_what_a_retraction_would_change(records, known):
    """A dry run tells which events change, keeps nothing, and is right about it."""
    for resource, name, expected in (
        ("statements", "by another", {"told twice": ("disputed", "claimed")}),
        (
            "statements",
            "by him",
            {
                "told": ("claimed", "unattested"),
                "told twice": ("disputed", "denied"),
                "said elsewhere": ("claimed", "reported"),
            },
        ),
        ("documents", "paper", {"mentioned": ("reported", "unattested")}),
        ("events", "told", {"told": ("claimed", "retracted")}),
        ("actors", "agency", {}),
        ("statements", "printed", {}),
    ):
        before = {each: records.read("events", known[each]) for each in expected}
        record, effects = tried(records, resource, known[name])
        assert record["retraction"]["reason"] == "wrong"
        assert changes(effects) == expected
        assert before == {each: records.read("events", known[each]) for each in expected}
        kept = records.retract(resource, known[name])
        assert "effects" not in kept
        assert {
            each: records.read("events", known[each])["attestation"]["status"] for each in before
        } == {each: to for each, (_, to) in expected.items()}
        _, again = tried(records, resource, known[name])
        assert changes(again) == {}
        _, lifted = tried(records, resource, known[name], "DELETE")
        assert changes(lifted) == {each: (to, was) for each, (was, to) in expected.items()}
        records.lift(resource, known[name])


def test_many_effects_are_counted(records, monkeypatch):
    """No more events are listed than fit, and all of them counted."""
    monkeypatch.setattr("models.derived.changing.MAX_LISTED", 2)
    paper = records.make("documents")
    for _ in range(3):
        records.make("events", mentions=[{"document_id": paper}])
    _, effects = tried(records, "documents", paper)
    assert (len(effects["events"]), effects["events_total"]) == (2, 3)
