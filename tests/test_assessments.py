"""Assessments over HTTP: what others think of a record, of which version, and how it is found."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from support.records import STAR, Records
from support.resources import MERGED, MINIMAL, NOBODY, RESOURCES
from support.service import key_of, service

from models import keys

NONE = {"agree": 0, "disagree": 0, "unsure": 0, "outdated": 0}


@pytest.fixture
def records(client):
    """Give the records of a service, to be made and changed."""
    return Records(client)


@pytest.fixture
def keyed(client):
    """Make keys, and give the head of a request that each is sent in."""
    connection = client.application.extensions["pool"].getconn()

    def make(name, method="human", scope="write"):
        _, secret = keys.create(connection, name, [scope], method=method)
        return {"Authorization": f"Bearer {secret}"}

    return make


def mine(resource, record):
    """Give the address of one's own assessment."""
    return f"/v1/{resource}/{record}/assessments/mine"


def assess(client, resource, record, verdict, head=None, **more):
    """Assess a record; give the answer."""
    return client.put(mine(resource, record), json={"verdict": verdict, **more}, headers=head)


def counted(record):
    """Give of what a record shows the numbers that are not zero."""
    return {name: number for name, number in record["assessments"].items() if number}


def listed(client, resource, record, **query):
    """List the assessments of a record: by whom, which, and whether it is outdated."""
    answer = client.get(f"/v1/{resource}/{record}/assessments", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return {
        (each["key_name"], each["verdict"], each["outdated"]) for each in answer.get_json()["items"]
    }


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_record_shows_what_others_think_of_it(client, records, resource):
    """An assessment is shown and found, and edits nothing; it can be changed and taken back."""
    one = records.make(resource)
    before = client.get(f"/v1/{resource}/{one}")
    assert before.get_json()["assessments"] == NONE
    address = mine(resource, one)
    assert client.get(address).status_code == client.delete(address).status_code == 404
    made = assess(client, resource, one, "agree", note=" As reported. ")
    own = records.expect(201, made)
    assert own.pop("assessed_at") > before.get_json()["updated_at"]
    assert own.pop("key_id")
    assert own == {
        "verdict": "agree",
        "note": "As reported.",
        "version": 1,
        "key_name": "test admin",
        "method": "human",
        "record_id": one,
        "outdated": False,
    }
    assert client.get(address).get_json() == made.get_json()
    [item] = client.get(f"/v1/{resource}/{one}/assessments").get_json()["items"]
    assert item == made.get_json()
    after = client.get(f"/v1/{resource}/{one}")
    assert after.get_json() == {**before.get_json(), "assessments": {**NONE, "agree": 1}}
    assert after.headers["ETag"] != before.headers["ETag"]
    assert len(records.revisions(resource, one)) == 1
    assert records.expect(200, assess(client, resource, one, "unsure"))["note"] is None
    assert counted(records.read(resource, one)) == {"unsure": 1}
    assert records.ids(resource, assessed="unsure") == [one]
    assert records.ids(resource, assessed="agree,disagree,outdated") == []
    assert one in records.ids(resource, assessed="none,unsure")
    records.change(resource, one, tags=["x"])
    assert counted(records.read(resource, one)) == {"outdated": 1}
    assert records.ids(resource, assessed="outdated") == [one]
    assert client.get(address).get_json()["outdated"] is True
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert records.read(resource, one)["assessments"] == NONE
    assert one in records.ids(resource, assessed="none")
    assert listed(client, resource, one) == set()


def test_a_reviewed_machine_record(client, records, keyed):
    """A record made by a model is found until somebody looks at it, and again once it is edited."""
    model, reader = keyed("extraction pipeline", "model"), keyed("second reader")
    sent = {"dataset": "d", **MINIMAL["events"]}
    made = records.expect(201, client.post("/v1/events", json=sent, headers=model))["id"]
    records.make("events")
    assert records.ids("events", method="model", assessed="none") == [made]
    assert records.expect(201, assess(client, "events", made, "agree", reader))["outdated"] is False
    assert records.ids("events", method="model", assessed="none") == []
    assert records.ids("events", method="model", assessed="agree") == [made]
    patch = {"title": "Another"}
    edited = client.patch(f"/v1/events/{made}", json=patch, headers={**model, **STAR})
    assert records.expect(200, edited)["assessments"] == {**NONE, "outdated": 1}
    assert records.ids("events", method="model", assessed="agree") == []
    assert records.ids("events", method="model", assessed="outdated") == [made]
    assert records.ids("events", method="model", assessed="none") == []
    assess(client, "events", made, "disagree", reader)
    assert records.ids("events", assessed="outdated") == []
    assert records.ids("events", assessed="disagree", method="model") == [made]
    records.change("events", made, title="By hand")
    assert records.ids("events", method="model") == []
    assert made in records.ids("events", method="human")


@pytest.mark.parametrize(
    ("sent", "pointer", "code"),
    [
        ({}, "/verdict", "required"),
        ({"verdict": "agreed"}, "/verdict", "unknown"),
        ({"verdict": "outdated"}, "/verdict", "unknown"),
        ({"verdict": None}, "/verdict", "null"),
        ({"verdict": "agree", "note": ""}, "/note", "invalid"),
        ({"verdict": "agree", "note": "x" * 5_001}, "/note", "invalid"),
        ({"verdict": "agree", "version": 0}, "/version", "invalid"),
        ({"verdict": "agree", "version": None}, "/version", "null"),
        ({"verdict": "agree", "outdated": False}, "/outdated", "read_only"),
        ({"verdict": "agree", "key_name": "x"}, "/key_name", "read_only"),
        ({"verdict": "agree", "comment": "x"}, "/comment", "unknown"),
    ],
)
def test_a_wrong_member_is_named(client, records, sent, pointer, code):
    """A body that cannot be taken is refused by the pointer of each fault."""
    answer = client.put(mine("events", records.make("events")), json=sent)
    [fault] = records.expect(422, answer)["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


def test_the_record_itself_cannot_be_told_what_others_think(client, records):
    """The counts that a record shows may come back as they are, and are not set by anybody."""
    one = records.make("events")
    same = records.read("events", one)
    address = f"/v1/events/{one}"
    assert client.put(address, json=same, headers=STAR).status_code == 200
    wrong = client.patch(address, json={"assessments": {**NONE, "agree": 9}}, headers=STAR)
    [fault] = records.expect(422, wrong)["errors"]
    assert (fault["pointer"], fault["code"]) == ("/assessments", "read_only")


def test_an_assessment_may_say_which_version_it_is_of(client, records):
    """`version`, or the record's ETag, is that of what was read; else 412 shows what stands."""
    one = records.make("events")
    tag = client.get(f"/v1/events/{one}").headers["ETag"]
    assert assess(client, "events", one, "agree", {"If-Match": tag}).status_code == 201
    assert assess(client, "events", one, "unsure", version=1).status_code == 200
    records.change("events", one, title="B")
    for stale in (
        assess(client, "events", one, "agree", version=1),
        assess(client, "events", one, "agree", version=3),
        assess(client, "events", one, "agree", {"If-Match": tag}),
        client.delete(mine("events", one), headers={"If-Match": tag}),
    ):
        assert records.expect(412, stale)["current"]["title"] == "B"
    assert listed(client, "events", one) == {("test admin", "unsure", True)}


def test_the_same_again_changes_nothing(client, records):
    """An assessment that is sent again is answered as it stands, and no change is told."""
    one = records.make("actors")
    first = records.expect(201, assess(client, "actors", one, "agree"))
    tag = client.get(f"/v1/actors/{one}").headers["ETag"]
    assert records.expect(200, assess(client, "actors", one, "agree")) == first
    assert client.get(f"/v1/actors/{one}").headers["ETag"] == tag
    records.change("actors", one, name="B")
    confirmed = records.expect(200, assess(client, "actors", one, "agree"))
    assert (confirmed["version"], confirmed["outdated"]) == (2, False)
    assert confirmed["assessed_at"] > first["assessed_at"]


def test_nothing_is_kept_of_a_dry_run(client, records):
    """With `dry_run`, all is checked and answered the same."""
    one = records.make("events")
    address = f"{mine('events', one)}?dry_run=true"
    tried = records.expect(201, client.put(address, json={"verdict": "agree"}))
    assert (tried["verdict"], tried["version"]) == ("agree", 1)
    assert client.get(mine("events", one)).status_code == 404
    assess(client, "events", one, "agree")
    assert client.delete(address).status_code == 204
    assert counted(records.read("events", one)) == {"agree": 1}


def test_who_may_assess(client, records, keyed):
    """Whoever may write may assess; a key that reads sees, and keys that are revoked stay named."""
    one = records.make("events")
    reader, writer = keyed("reader", scope="read"), keyed("writer", "import")
    assert assess(client, "events", one, "agree", reader).status_code == 403
    assert client.delete(mine("events", one), headers=reader).status_code == 403
    assert client.get(mine("events", one), headers=reader).status_code == 404
    key_id = records.expect(201, assess(client, "events", one, "disagree", writer))["key_id"]
    assess(client, "events", one, "agree")
    assert counted(records.read("events", one)) == {"agree": 1, "disagree": 1}
    assert client.delete(f"/v1/keys/{key_id}").status_code == 204
    [_, other] = client.get(f"/v1/events/{one}/assessments").get_json()["items"]
    assert (other["key_id"], other["key_name"], other["method"]) == (key_id, "writer", "import")
    assert client.delete(mine("events", one)).status_code == 204
    assert listed(client, "events", one) == {("writer", "disagree", False)}


def test_where_writing_needs_no_key(fresh, settings):
    """Those without a key share one assessment, which names none."""
    url, app = fresh
    with service(url, {**settings, "public_read": True, "public_write": True}) as open_to_all:
        client, other = open_to_all.test_client(), app.test_client()
        other.secret = key_of(url, "write")
        records = Records(client)
        one = records.make("events")
        own = records.expect(201, assess(client, "events", one, "agree"))
        assert (own["key_id"], own["key_name"], own["method"]) == (None, None, None)
        assert assess(client, "events", one, "unsure").status_code == 200
        assert assess(other, "events", one, "agree").status_code == 201
        assert counted(records.read("events", one)) == {"agree": 1, "unsure": 1}
        assert client.delete(mine("events", one)).status_code == 204
        assert client.get(mine("events", one)).status_code == 404
        assert listed(client, "events", one) == {("test write", "agree", False)}


@pytest.mark.parametrize("resource", RESOURCES)
def test_what_is_not_there_is_not_assessed(client, records, resource):
    """An id that nothing has is 404; a withdrawn record is 410, and restored has them again."""
    one, none = records.make(resource), "No Slug" if resource == "datasets" else NOBODY
    assess(client, resource, one, "agree")
    records.withdraw(resource, one)
    for record, status in ((none, 404), (one, 410)):
        for answer in (
            client.get(f"/v1/{resource}/{record}/assessments"),
            client.get(mine(resource, record)),
            assess(client, resource, record, "agree"),
            client.delete(mine(resource, record)),
        ):
            assert answer.status_code == status
    assert one not in records.ids(resource, assessed="agree,outdated", retracted="include")
    restored = records.revert(resource, one, 1)
    assert counted(restored) == {"outdated": 1}
    assert restored == records.read(resource, one)
    assert listed(client, resource, one) == {("test admin", "agree", True)}


def test_a_retracted_record_may_be_assessed(client, records):
    """A retraction makes another version, of which one may think anew."""
    one = records.make("events")
    assess(client, "events", one, "disagree")
    assert counted(records.retract("events", one)) == {"outdated": 1}
    assert assess(client, "events", one, "agree").status_code == 200
    assert records.ids("events", retracted="only", assessed="agree") == [one]


@pytest.mark.parametrize("resource", MERGED)
def test_a_survivor_has_the_assessments_of_both(client, records, keyed, resource):
    """Those on the merged record count as outdated; of one key, its own on the survivor stands."""
    both, old = keyed("both"), keyed("old")
    one, into = records.make(resource, tags=["1"]), records.make(resource, tags=["2"])
    for record, verdict in ((one, "disagree"), (into, "agree")):
        assess(client, resource, record, verdict, both)
    assess(client, resource, one, "unsure", old, note="Two of one name?")
    before = records.now()
    records.merge(resource, one, into)
    merged = records.read(resource, into)
    own_is_outdated = merged["version"] > 1  # where it was also given a name
    expected = {("both", "agree", own_is_outdated), ("old", "unsure", True)}
    assert listed(client, resource, into) == expected
    assert counted(merged) == ({"outdated": 2} if own_is_outdated else {"agree": 1, "outdated": 1})
    assert assess(client, resource, one, "agree", old).status_code == 409
    answer = client.get(mine(resource, one), headers=old)
    assert answer.status_code == 308
    assert answer.headers["Location"] == mine(resource, into)
    own = client.get(answer.headers["Location"], headers=old).get_json()
    assert (own["record_id"], own["note"]) == (one, "Two of one name?")
    then = listed(client, resource, one, as_of=before)
    assert then == {("both", "disagree", False), ("old", "unsure", False)}
    assert listed(client, resource, into, as_of=before) == {("both", "agree", False)}
    # What is thought of the survivor takes the place of what was thought of the merged record.
    assert assess(client, resource, into, "agree", old).status_code == 200
    assert ("old", "agree", False) in listed(client, resource, into)
    # The one on the survivor is taken back, and with it the one behind it.
    assert client.delete(mine(resource, into), headers=both).status_code == 204
    assert listed(client, resource, into) == {("old", "agree", False)}
    records.unmerge(resource, one)
    assert listed(client, resource, one) == {("old", "unsure", True)}
    assert counted(records.read(resource, one)) == {"outdated": 1}
    assert {name for name, *_ in listed(client, resource, into)} == {"old"}
    assert sum(records.read(resource, into)["assessments"].values()) == 1


def test_merges_one_after_another(client, records, keyed):
    """A survivor that is merged in turn hands on what it has, and is given it back."""
    people = [keyed(name) for name in ("a", "b", "c")]
    ids = [records.make("actors", name=name) for name in ("One", "Two", "Three")]
    for record, head in zip(ids, people, strict=True):
        assess(client, "actors", record, "agree", head)
    records.merge("actors", ids[0], ids[1])
    records.merge("actors", ids[1], ids[2])
    assert counted(records.read("actors", ids[2])) == {"outdated": 3}
    assert {name for name, *_ in listed(client, "actors", ids[2])} == {"a", "b", "c"}
    records.unmerge("actors", ids[1])
    assert {name for name, *_ in listed(client, "actors", ids[1])} == {"a", "b"}
    assert counted(records.read("actors", ids[1])) == {"outdated": 2}
    assert counted(records.read("actors", ids[2])) == {"outdated": 1}


def test_a_list_by_pages(client, records, keyed):
    """Pages of a list have each assessment once, in the order of their instants, both ways."""
    one = records.make("events")
    names = [f"reader {number}" for number in range(5)]
    for name in names:
        assess(client, "events", one, "agree", keyed(name))
    for sort, expected in (("assessed_at", names), ("-assessed_at", names[::-1])):
        found, query = [], {"limit": 2, "sort": sort}
        while query:
            page = client.get(f"/v1/events/{one}/assessments", query_string=query).get_json()
            found += [each["key_name"] for each in page["items"]]
            cursor = page["next_cursor"]
            query = cursor and {"limit": 2, "sort": sort, "cursor": cursor}
        assert found == expected


def test_as_of_an_instant(client, records, keyed):
    """Lists, counts and filters are those of the instant: what was thought then, of what stood."""
    one, reader = records.make("events"), keyed("reader")
    instants = [records.now()]
    steps = (
        lambda: assess(client, "events", one, "agree", reader),
        lambda: assess(client, "events", one, "disagree", reader),
        lambda: records.change("events", one, title="B"),
        lambda: client.delete(mine("events", one), headers=reader),
    )
    for step in steps:
        step()
        instants.append(records.now())
    expected = [
        (set(), "none", {}),
        ({("reader", "agree", False)}, "agree", {"agree": 1}),
        ({("reader", "disagree", False)}, "disagree", {"disagree": 1}),
        ({("reader", "disagree", True)}, "outdated", {"outdated": 1}),
        (set(), "none", {}),
    ]
    for as_of, (found, assessed, counts) in zip(instants, expected, strict=True):
        assert listed(client, "events", one, as_of=as_of) == found
        assert counted(records.read("events", one, as_of=as_of)) == counts
        for verdict in ("none", "agree", "disagree", "outdated"):
            ids = records.ids("events", assessed=verdict, as_of=as_of)
            assert ids == ([one] if verdict == assessed else [])
        status = client.get(f"{mine('events', one)}?as_of={as_of}", headers=reader).status_code
        assert status == (200 if found else 404)


def test_the_feed_tells_of_assessments(client, records, keyed):
    """Each is an `assess` of the record, by whom and how, with what the record shows since."""
    one, reader = records.make("events"), keyed("reader", "model")
    latest = client.get("/v1/changes?after=latest").get_json()["next_cursor"]
    own = assess(client, "events", one, "agree", reader).get_json()
    client.delete(mine("events", one), headers=reader)
    query = {"after": latest, "operation": "assess", "include": "record"}
    found = client.get("/v1/changes", query_string=query).get_json()["items"]
    assert [each["record"]["assessments"]["agree"] for each in found] == [1, 0]
    for change in found:
        assert (change["resource"], change["id"], change["version"]) == ("events", one, 1)
        assert (change["key_id"], change["method"]) == (own["key_id"], "model")


def test_many_at_once(fresh):
    """Keys that assess a record at once, while it is edited, are each counted once."""
    url, app = fresh
    admin = app.test_client()
    admin.secret = key_of(url, "admin")
    records = Records(admin)
    one = records.make("events")
    readers = 6
    barrier = Barrier(readers + 1)

    def read(number):
        client = app.test_client()
        client.secret = key_of(url, "write")
        barrier.wait()
        for turn in range(5):
            verdict = ("agree", "disagree", "unsure")[(number + turn) % 3]
            assert assess(client, "events", one, verdict).status_code in {200, 201}

    def edit():
        barrier.wait()
        for turn in range(5):
            records.change("events", one, title=f"Turn {turn}")

    with ThreadPoolExecutor(readers + 1) as threads:
        reading = [threads.submit(read, number) for number in range(readers)]
        for work in (*reading, threads.submit(edit)):
            work.result()
    record = records.read("events", one)
    assert sum(record["assessments"].values()) == readers
    items = admin.get(f"/v1/events/{one}/assessments").get_json()["items"]
    for name, number in record["assessments"].items():
        told = [
            each for each in items if ("outdated" if each["outdated"] else each["verdict"]) == name
        ]
        assert len(told) == number
    with psycopg.connect(url) as connection:
        [[history]] = connection.execute("SELECT count(*) FROM assessments_history")
    assert history == readers * 4
