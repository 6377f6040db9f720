"""Sources over HTTP: documents are as reliable as their publishers, unless graded themselves."""

from itertools import chain

import pytest
from support.crowds import Crowd, statuses
from support.races import posting
from support.records import Records


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def given(grade, publisher=None):
    """Write the grade of a document: that of a publisher, or its own."""
    of = "publisher" if publisher else "document"
    return {"grade": grade, "of": of, "actor_id": publisher}


def source(records, document, **query):
    """Read how reliable the source of a document is."""
    return records.read("documents", document, **query)["source_reliability"]


def test_a_document_has_its_own_grade_or_that_of_its_publisher(records):
    """Its own one wins; without either there is none, and filters find it so."""
    press = records.make("actors", reliability="C")
    nobody = records.make("actors")
    found = {
        records.make("documents", publisher_id=press): given("C", press),
        records.make("documents", publisher_id=press, reliability="E"): given("E"),
        records.make("documents", publisher_id=nobody): None,
        records.make("documents", publisher_id=nobody, reliability="F"): given("F"),
        records.make("documents"): None,
    }
    assert {document: source(records, document) for document in found} == found
    for grade in "ABCDEF":
        expected = [one for one, known in found.items() if known and known["grade"] == grade]
        assert records.ids("documents", reliability=grade) == expected
        said = [records.make("statements", document_id=one, tags=[grade]) for one in expected]
        assert records.ids("statements", reliability=grade) == said
    assert records.ids("actors", reliability="C") == [press]
    assert records.ids("actors", reliability="A,B") == []
    sent = {"dataset": "d", "source_reliability": given("A")}
    [fault] = records.client.post("/v1/documents", json=sent).get_json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/source_reliability", "read_only")


@pytest.fixture
def report(records):
    """Give a graded publisher and a document of it."""
    press = records.make("actors", name="Press", reliability="B")
    return press, records.make("documents", publisher_id=press)


CHANGES = {
    "its publisher is graded otherwise": (
        lambda records, press, _: records.change("actors", press, reliability="D"),
        lambda press: given("D", press),
    ),
    "its publisher is graded no longer": (
        lambda records, press, _: records.change("actors", press, reliability=None),
        lambda _: None,
    ),
    "its publisher is retracted": (
        lambda records, press, _: records.retract("actors", press),
        lambda _: None,
    ),
    "it is graded itself": (
        lambda records, _, document: records.change("documents", document, reliability="A"),
        lambda _: given("A"),
    ),
    "it has no publisher": (
        lambda records, _, document: records.change("documents", document, publisher_id=None),
        lambda _: None,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_grade_follows(records, report, change):
    """A grade follows at once when its source changes, and is as it was as of before."""
    press, document = report
    work, expected = CHANGES[change]
    before, instant = records.read("documents", document), records.now()
    work(records, press, document)
    after = records.read("documents", document)
    assert source(records, document) == expected(press)
    assert source(records, document, as_of=instant) == given("B", press)
    assert records.ids("documents", reliability="B") == []
    assert records.ids("documents", reliability="B", as_of=instant) == [document]
    if after["version"] == before["version"]:
        assert {name for name in after if after[name] != before[name]} == {"source_reliability"}
        feed = records.client.get("/v1/changes?operation=derive&limit=1000").get_json()["items"]
        assert [(each["resource"], each["id"]) for each in feed] == [("documents", document)]
        etags = [
            records.client.get(f"/v1/documents/{document}", query_string=query).headers["ETag"]
            for query in ({}, {"as_of": instant})
        ]
        assert etags == ['"1.1"', '"1.0"']
    else:
        records.revert("documents", document, before["version"])
        assert source(records, document) == given("B", press)


def test_the_grade_follows_a_retraction_that_is_lifted(records, report):
    """A publisher that is no longer retracted lends its grade again."""
    press, document = report
    records.retract("actors", press)
    records.lift("actors", press)
    assert source(records, document) == given("B", press)


def test_the_grade_follows_a_merge(records, report):
    """The documents of a merged publisher have the survivor's grade, and its own afterwards."""
    press, document = report
    other = records.make("actors", name="The Press", reliability="E")
    own = records.make("documents", publisher_id=other)
    records.merge("actors", press, other)
    assert source(records, document) == source(records, own) == given("E", other)
    records.change("actors", other, reliability="C")
    assert source(records, document) == given("C", other)
    records.unmerge("actors", press)
    assert source(records, document) == given("B", press)
    assert source(records, own) == given("C", other)


def test_what_changes_nothing_derives_nothing(records, report):
    """Edits of a publisher that leave its grade, and documents graded themselves, stay as is."""
    press, document = report
    own = records.make("documents", publisher_id=press, reliability="A")
    records.change("actors", press, name="Another name")
    records.change("actors", press, reliability="C")
    etags = [records.client.get(f"/v1/documents/{one}").headers["ETag"] for one in (document, own)]
    assert etags == ['"1.1"', '"1.0"']


def test_a_publisher_and_its_documents_in_one_bundle(records):
    """A bundle derives the grade, in whatever order its records are stored."""
    bundle = {
        "dataset": "d",
        "documents": [
            {"ref": "report", "publisher_id": "@press", "external_ids": {"own": "report"}}
        ],
        "actors": [
            {"ref": "press", "name": "A", "reliability": "B", "external_ids": {"own": "press"}}
        ],
    }
    ids = records.expect(201, records.client.post("/v1/bundles", json=bundle))["ids"]
    assert source(records, ids["report"]) == given("B", ids["press"])
    [revision] = records.revisions("documents", ids["report"])
    assert revision["operation"] == "create"
    again = records.expect(200, records.client.post("/v1/bundles", json=bundle))
    assert again["unchanged"] == {"documents": 1, "actors": 1}
    bundle["actors"][0]["reliability"] = "D"
    records.expect(200, records.client.post("/v1/bundles", json=bundle))
    assert source(records, ids["report"]) == given("D", ids["press"])


def test_many_documents_follow(records):
    """More documents than are derived at once follow, all at one instant."""
    documents = [{"ref": f"d{n}", "publisher_id": "@press"} for n in range(1_001)]
    bundle = {"dataset": "d", "documents": documents, "actors": [{"ref": "press", "name": "A"}]}
    press = records.expect(201, records.client.post("/v1/bundles", json=bundle))["ids"]["press"]
    records.change("actors", press, reliability="B")
    answer = records.client.get("/v1/documents?reliability=B&total=exact&limit=1").get_json()
    assert answer["total"] == 1_001


def test_a_grade_and_a_document_at_once(fresh):
    """Whoever comes first of a new grade and a new document, the document has that grade."""
    crowd = Crowd(*fresh)
    assert crowd.one.put("/v1/datasets/d", json={}).status_code == 201
    press = crowd.posted("actors", name="A")["id"]
    document = crowd.posted("documents", publisher_id=press)["id"]
    post = posting("documents", [{"publisher_id": press}])
    for grade in "ABCDEF" * 3:
        edit = crowd.put("documents", document, attributes={"grade": grade})
        regrade = crowd.put("actors", press, reliability=grade)
        *posted, edited, regraded = crowd.together(post, post, edit, regrade)
        assert {*statuses([*chain(*posted), edited, regraded])} == {200, 201}
        found = crowd.listed("documents")
        assert {document["source_reliability"]["grade"] for document in found} == {grade}


def test_the_best_grade_on_each_side(records):
    """An explanation gives the best grade among those who assert, and among those who deny."""
    event = records.make("events")

    def best():
        found = records.read("events", f"{event}/attestation")["best_reliability"]
        return found["asserting"], found["denying"]

    def say(stance, grade, aspect="occurrence", **members):
        document = records.make("documents", reliability=grade)
        claim = {"event_id": event, "stance": stance, "aspect": aspect}
        records.make("statements", document_id=document, claims=[claim], **members)
        return document

    assert best() == (None, None)
    say("asserts", None)
    say("asserts", "A", aspect="degree")
    say("questions", "A")
    assert best() == (None, None)
    say("denies", "F")
    assert best() == (None, "F")
    say("denies", "E")
    assert best() == (None, "E")
    press = records.make("actors", reliability="D")
    document = records.make("documents", publisher_id=press)
    records.change("events", event, mentions=[{"document_id": document}])
    assert best() == ("D", "E")
    records.change("actors", press, reliability="C")
    assert best() == ("C", "E")
    told = say("asserts", "B", form="narration")
    assert best() == ("B", "E")
    status = records.read("events", event)["attestation"]["status"]
    records.retract("documents", told)
    assert best() == ("C", "E")
    assert records.read("events", event)["attestation"]["status"] == status == "disputed"
