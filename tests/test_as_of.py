"""Reads as of an instant over HTTP: what this service held then, and nothing that came later."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Event, Thread

import psycopg
import pytest
from support.problems import is_problem
from support.records import STAR, Records
from support.resources import NOBODY, RECORDS, RESOURCES
from support.service import key_of

BEFORE_ALL = "2001-01-01T00:00:00Z"


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def read_as_of(client, path, as_of, **more):
    """Ask for what stood."""
    query = {"as_of": as_of, **more.pop("query", {})}
    return client.get(path, query_string=query, **more)


# The instant.


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "as_of"),
        ("%20", "as_of"),
        ("2021-09-01T00:00Z", "as_of"),
        ("2021-09-01T00:00:00", "as_of"),
        ("2021-09-01 00:00:00Z", "as_of"),
        ("2021-02-30T00:00:00Z", "as_of"),
        ("2021-09-01T24:00:00Z", "as_of"),
        ("2021-09-01T00:00:00.Z", "as_of"),
        ("2021-09-01T00:00:00%2B2", "as_of"),
        ("2021-09-01T00:00:00%2B25:00", "as_of"),
        ("0001-01-01T00:00:00%2B01:00", "as_of"),
        ("..", "as_of"),
        ("-1", "as_of"),
        ("a/b", "as_of"),
        ("2021", "not_found"),
        ("2021-09-01", "not_found"),
        ("never-released", "not_found"),
        ("2999-01-01T00:00:00Z", "ahead"),
        ("9999-12-31T23:59:59.999999Z", "ahead"),
    ],
)
def test_no_instant_that_could_be_read_as_of(records, sent, code):
    """What is malformed, lies ahead or is no release is refused as the parameter's fault."""
    one = records.make("events")
    for path in (
        "/v1/events",
        f"/v1/events/{one}",
        f"/v1/events/{one}/attestation",
        f"/v1/events/{one}/revisions",
        f"/v1/events/{one}/revisions/1",
        f"/v1/events/{one}/revisions/1/diff",
        "/v1/datasets/d",
    ):
        [fault] = is_problem(records.client.get(f"{path}?as_of={sent}"), 400)["errors"]
        assert (fault["parameter"], fault["code"]) == ("as_of", code), path
    for path in ("/v1/events", f"/v1/events/{one}"):
        assert records.client.get(path).status_code == 200


def test_an_instant_given_twice(records):
    """as_of is given once, and a write has none."""
    query = f"as_of={BEFORE_ALL}&as_of={BEFORE_ALL}"
    [fault] = is_problem(records.client.get(f"/v1/events?{query}"), 400)["errors"]
    assert (fault["parameter"], fault["code"]) == ("as_of", "repeated")
    sent = {"dataset": "d", "type": "aid"}
    answer = records.client.post(f"/v1/events?as_of={BEFORE_ALL}", json=sent)
    [fault] = is_problem(answer, 400)["errors"]
    assert (fault["parameter"], fault["code"]) == ("as_of", "unknown")


def test_one_instant_is_written_in_many_ways(records):
    """Time zones, a plus as it is or encoded, small letters and fractions mean what they say."""
    one = records.make("actors", name="before")
    instant = records.now()
    records.change("actors", one, name="after")
    moment = datetime.fromisoformat(instant)
    east = moment.astimezone(timezone(timedelta(hours=4, minutes=30))).isoformat()
    west = moment.astimezone(timezone(-timedelta(hours=3))).isoformat()
    for sent in (
        instant,
        instant.lower(),
        instant.replace("Z", "%2B00:00"),
        instant.replace("Z", "-00:00"),
        instant.replace("Z", "+00:00"),
        instant.replace("Z", "000999Z"),
        east.replace("+", "%2B"),
        east,
        west,
    ):
        answer = records.client.get(f"/v1/actors/{one}?as_of={sent}")
        assert records.expect(200, answer)["name"] == "before", sent


def test_an_instant_is_exact_to_the_microsecond(records):
    """A version stands from its own instant on, and until the one before the next version's."""
    one = records.make("actors", name="0")
    for number in range(1, 4):
        records.change("actors", one, name=str(number))
    revisions = records.revisions("actors", one)
    for revision in revisions:
        since = datetime.fromisoformat(revision["recorded_at"])
        number = revision["number"]
        answer = read_as_of(records.client, f"/v1/actors/{one}", revision["recorded_at"])
        assert records.expect(200, answer)["version"] == number
        earlier = (since - timedelta(microseconds=1)).isoformat()
        answer = read_as_of(records.client, f"/v1/actors/{one}", earlier)
        if number == 1:
            is_problem(answer, 404)
        else:
            assert records.expect(200, answer)["version"] == number - 1


def test_before_everything(records):
    """Before anything was recorded, lists are empty, and nothing stands under any id."""
    ids = {resource: records.make(resource) for resource in RESOURCES}
    for resource, one in ids.items():
        answer = read_as_of(records.client, f"/v1/{resource}", BEFORE_ALL, query={"total": "exact"})
        page = records.expect(200, answer)
        assert (page["items"], page["next_cursor"], page["total"]) == ([], None, 0)
        for path in ("", "/revisions", "/revisions/1", "/revisions/1/diff"):
            is_problem(read_as_of(records.client, f"/v1/{resource}/{one}{path}", BEFORE_ALL), 404)
        assert records.client.get(f"/v1/{resource}/{one}").status_code == 200
    answer = read_as_of(records.client, f"/v1/events/{ids['events']}/attestation", BEFORE_ALL)
    is_problem(answer, 404)


def test_now_is_an_instant_too(records):
    """A read of this very moment shows what was written just before."""
    one = records.make("actors")
    for _ in range(5):
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        assert read_as_of(records.client, f"/v1/actors/{one}", now).status_code == 200
        records.change("actors", one, name=now)


# What stood.


@pytest.mark.parametrize("resource", RECORDS)
def test_each_state_of_a_record(records, resource):
    """What stood, was withdrawn or retracted then is answered as it was answered then."""
    one = records.make(resource)
    states = [(records.now(), 200, records.read(resource, one))]
    changed = records.change(resource, one, tags=["t"])
    states.append((records.now(), 200, changed))
    retracted = records.retract(resource, one)
    states.append((records.now(), 200, retracted))
    records.withdraw(resource, one)
    states.append((records.now(), 410, None))
    restored = records.revert(resource, one, 2)
    states.append((records.now(), 200, restored))
    for as_of, status, record in states:
        answer = read_as_of(records.client, f"/v1/{resource}/{one}", as_of)
        assert answer.status_code == status
        if record:
            assert answer.get_json() == record
        else:
            assert is_problem(answer, 410)["tombstone"]["version"] == 4
        for choice in ("exclude", "include", "only"):
            query = {"retracted": choice, "fields": "id", "limit": 1000}
            page = read_as_of(records.client, f"/v1/{resource}", as_of, query=query).get_json()
            listed = one in {item["id"] for item in page["items"]}
            gone = bool(record and record["retraction"])
            stands = record is not None
            assert listed == (
                stands and choice in ({"include", "only"} if gone else {"exclude", "include"})
            )


def test_merges_are_seen_as_they_were(records):
    """Before a merge both stood; then one redirects, as in filters; parted, both stand again."""
    one, into = records.make("actors", name="A"), records.make("actors", name="B")
    event = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    apart = records.now()
    records.merge("actors", one, into)
    merged = records.now()
    records.unmerge("actors", one)
    parted = records.now()
    for as_of, status in ((apart, 200), (merged, 308), (parted, 200)):
        answer = read_as_of(records.client, f"/v1/actors/{one}", as_of)
        assert answer.status_code == status
        if status == 308:
            assert f"/v1/actors/{into}?as_of=" in answer.headers["Location"]
            followed = records.client.get(answer.headers["Location"])
            assert followed.get_json()["id"] == into
        assert records.ids("events", as_of=as_of, actor=one) == [event]
        by_other = records.ids("events", as_of=as_of, actor=into)
        assert by_other == ([event] if status == 308 else [])
        part = records.read("events", event, as_of=as_of)["participants"][0]
        assert part["actor_id"] == (into if status == 308 else one)


def test_filters_find_what_was_so(records):
    """Every part that records are found by is that of the instant: also external ids and places."""
    valley, other = records.make("locations", name="V"), records.make("locations", name="O")
    village = records.make("locations", parent_id=valley)
    actor = records.make("actors", name="Old", external_ids={"own": "1"})
    event = records.make("events", location_id=village, date="2021-08-15", tags=["t"])
    before = records.now()
    records.change("locations", village, parent_id=other)
    records.change("actors", actor, name="New", external_ids={"own": "2"})
    records.change("events", event, date="2020", tags=[], type="aid")
    after = records.now()
    for resource, query, then, later in (
        ("locations", {"within": valley}, [village], []),
        ("locations", {"within": other}, [], [village]),
        ("events", {"location": valley}, [event], []),
        ("events", {"location": other}, [], [event]),
        ("actors", {"name": "Old"}, [actor], []),
        ("actors", {"name": "New"}, [], [actor]),
        ("actors", {"external_id": "own:1"}, [actor], []),
        ("actors", {"external_id": "own:2"}, [], [actor]),
        ("events", {"datetime": "2021-08"}, [event], []),
        ("events", {"tag": "t"}, [event], []),
        ("events", {"type": "aid"}, [], [event]),
    ):
        found = {*records.ids(resource, as_of=before, **query)} - {valley, other}
        assert found == {*then}, query
        found = {*records.ids(resource, as_of=after, **query)} - {valley, other}
        assert found == {*later}, query
        assert {*records.ids(resource, **query)} - {valley, other} == {*later}


def test_an_attestation_as_it_was_counted(records):
    """The attestation, its explanation and the list by status are those of the instant."""
    event, document = records.make("events"), records.make("documents")
    claims = [{"event_id": event, "stance": "asserts", "aspect": "occurrence"}]
    states = [(records.now(), "unattested", 0)]
    said = {"claims": claims, "speaker_label": "a", "document_id": document}
    records.make("statements", **said)
    states.append((records.now(), "claimed", 0))
    records.retract("documents", document)
    states.append((records.now(), "unattested", 1))
    records.lift("documents", document)
    states.append((records.now(), "claimed", 0))
    for as_of, status, retracted in states:
        address = f"/v1/events/{event}/attestation"
        told = records.expect(200, read_as_of(records.client, address, as_of))
        assert (told["status"], len(told["retracted"])) == (status, retracted)
        assert len(told["asserting"]) == told["asserted_by"]
        assert records.read("events", event, as_of=as_of)["attestation"]["status"] == status
        assert records.ids("events", as_of=as_of, status=status) == [event]


def test_revisions_as_they_were_listed(records):
    """Only those revisions are listed, read and compared that there were by then."""
    one = records.make("actors", name="0")
    instants = [records.now()]
    for number in range(1, 4):
        records.change("actors", one, name=str(number))
        instants.append(records.now())
    for known, as_of in enumerate(instants, 1):
        listed = records.revisions("actors", one, as_of=as_of)
        assert [each["number"] for each in listed] == [*range(1, known + 1)]
        for number in range(1, 5):
            address = f"/v1/actors/{one}/revisions/{number}"
            expected = 200 if number <= known else 404
            assert read_as_of(records.client, address, as_of).status_code == expected
            assert read_as_of(records.client, f"{address}/diff", as_of).status_code == expected
            query = {"against": known}
            answer = read_as_of(records.client, f"{address}/diff", as_of, query=query)
            assert answer.status_code == expected


def test_paging_through_what_stood(records):
    """Pages by cursor stay those of the instant, whatever is written between them."""
    ids = [records.make("actors", name=f"{number:02}") for number in range(12)]
    as_of = records.now()
    expected = records.ids("actors", sort="name")
    assert expected == ids
    found, query = [], {"sort": "name", "limit": 5, "as_of": as_of}
    while True:
        answer = records.client.get("/v1/actors", query_string=query)
        page = records.expect(200, answer)
        found += [item["id"] for item in page["items"]]
        records.withdraw("actors", ids.pop())
        records.change("actors", ids[0], name=f"{len(ids):02}z")
        records.make("actors", name="00")
        if page["next_cursor"] is None:
            break
        assert "as_of=" in answer.headers["Link"]
        query["cursor"] = page["next_cursor"]
    assert found == expected
    assert [
        item["name"]
        for item in records.client.get(
            "/v1/actors", query_string={"sort": "name", "limit": 1000, "as_of": as_of}
        ).get_json()["items"]
    ] == [f"{number:02}" for number in range(12)]


def test_following_the_link(records):
    """The link to the next page keeps the instant, however it was written."""
    for name in "abc":
        records.make("actors", name=name)
    as_of = records.now().replace("Z", "+00:00")
    records.make("actors", name="d")
    address, found = "/v1/actors?limit=1&as_of=" + as_of, []
    while address:
        answer = records.client.get(address)
        found += [item["name"] for item in records.expect(200, answer)["items"]]
        address = (
            answer.headers.get("Link", "").partition(">")[0][1:].replace("http://localhost", "")
        )
    assert sorted(found) == ["a", "b", "c"]


def test_what_is_embedded_is_as_it_was(records):
    """Expand embeds records as they stood then; fields and total are of then, too."""
    actor = records.make("actors", name="before")
    event = records.make("events", participants=[{"actor_id": actor, "role": "target"}])
    as_of = records.now()
    records.change("actors", actor, name="after")
    records.make("events")
    query = {"expand": "participants.actor", "fields": "title", "total": "exact"}
    page = read_as_of(records.client, "/v1/events", as_of, query=query).get_json()
    [item] = page["items"]
    assert (item["id"], page["total"]) == (event, 1)
    assert item["participants"][0]["actor"]["name"] == "before"
    assert item.keys() == {"id", "title", "participants"}
    query.pop("total")
    one = read_as_of(records.client, f"/v1/events/{event}", as_of, query=query).get_json()
    assert one == item
    estimated = read_as_of(records.client, "/v1/events", as_of, query={"total": "estimate"})
    assert estimated.get_json()["total"] >= 0


def test_asking_whether_it_is_known_already(records):
    """An ETag as of an instant is that of the version which stood; HEAD answers like GET."""
    one = records.make("actors", name="A")
    tag = records.client.get(f"/v1/actors/{one}").headers["ETag"]
    as_of = records.now()
    records.change("actors", one, name="B")
    address = f"/v1/actors/{one}"
    answer = read_as_of(records.client, address, as_of)
    assert answer.headers["ETag"] == tag
    known = read_as_of(records.client, address, as_of, headers={"If-None-Match": tag})
    assert (known.status_code, known.get_data()) == (304, b"")
    assert records.client.get(address, headers={"If-None-Match": tag}).status_code == 200
    head = records.client.head(address, query_string={"as_of": as_of})
    assert (head.status_code, head.headers["ETag"], head.get_data()) == (200, tag, b"")
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]
    head = records.client.head(address, query_string={"as_of": BEFORE_ALL})
    assert head.status_code == 404


# The connection, afterwards.


@pytest.fixture
def busy(fresh):
    """Give a service whose every request has the same connection, and the database's address."""
    url, app = fresh
    pool = app.extensions["pool"]
    pool.resize(1, 1)
    client = app.test_client()
    client.secret = key_of(url, "admin")
    return url, Records(client)


def test_a_read_of_the_past_leaves_the_connection_as_it_was(busy):
    """Whatever becomes of such a read, the next one on that connection is of what stands."""
    _, records = busy
    one = records.make("events", title="before")
    as_of = records.now()
    records.change("events", one, title="after")
    failing = (
        (f"/v1/events/{one}", {}, 200),
        (f"/v1/events/{NOBODY}", {}, 404),
        ("/v1/events", {"cursor": "WyJzdGFydHNfb24iLCJ4IiwieCJd", "sort": "starts_on"}, 400),
        ("/v1/events", {"cursor": "WyJjcmVhdGVkX2F0IiwieCIsIngiXQ==", "sort": "created_at"}, 400),
        (f"/v1/events/{one}/revisions/9", {}, 404),
        ("/v1/events", {"q-unknown": "x"}, 400),
        ("/v1/events", {"total": "estimate", "expand": "location"}, 200),
    )
    for path, query, status in failing:
        answer = read_as_of(records.client, path, as_of, query=query)
        assert answer.status_code == status, (path, answer.get_json())
        assert records.read("events", one)["title"] == "after"
        assert records.ids("events") == [one]
        stood = read_as_of(records.client, f"/v1/events/{one}", as_of)
        assert stood.get_json()["title"] == "before"
        records.change("events", one, attributes={"n": path})
    with records.client.application.extensions["pool"].connection() as connection:
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)
        found = connection.execute("SELECT current_setting('attest.as_of', true)").fetchone()
        assert found[0] in {None, ""}
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_read_of_the_past_that_takes_too_long(busy):
    """A statement that is given up is 503 with Retry-After; afterwards all is as it was."""
    url, records = busy
    one = records.make("events", title="before")
    as_of = records.now()
    records.change("events", one, title="after")
    pool = records.client.application.extensions["pool"]
    with pool.connection() as connection:
        connection.execute("SET statement_timeout = 300")
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE events_history IN ACCESS EXCLUSIVE MODE")
        other.commit()
        # The lock alone makes no write that could still change what stood.
        other.execute("LOCK TABLE events_history IN ACCESS EXCLUSIVE MODE")
        answer = read_as_of(records.client, f"/v1/events/{one}", as_of)
        problem = is_problem(answer, 503)
        assert answer.headers["Retry-After"]
        assert problem["detail"]
    assert records.read("events", one)["title"] == "after"
    stood = read_as_of(records.client, f"/v1/events/{one}", as_of)
    assert stood.get_json()["title"] == "before"


# Writes that are under way.


@pytest.fixture
def served(fresh):
    """Give a database of a test's own, and the records of a service on it."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "admin")
    return url, Records(client)


def now():
    """Give this very moment, as text."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


WRITING = "UPDATE keys SET name = name || '.'"
"""A write that somebody else has begun, and not ended."""


def test_a_read_of_now_waits_for_a_write_under_way(served):
    """While somebody writes, a read of now waits, then is 503; what is settled answers at once."""
    url, records = served
    one = records.make("actors", name="before")
    earlier = records.now()
    with psycopg.connect(url) as other:
        other.execute(WRITING)
        began = time.monotonic()
        answer = read_as_of(records.client, f"/v1/actors/{one}", now())
        waited = time.monotonic() - began
        problem = is_problem(answer, 503)
        assert answer.headers["Retry-After"]
        assert "under way" in problem["detail"]
        assert 1.5 < waited < 8
        began = time.monotonic()
        answer = read_as_of(records.client, f"/v1/actors/{one}", earlier)
        assert records.expect(200, answer)["name"] == "before"
        assert records.read("actors", one)["name"] == "before"
        assert time.monotonic() - began < 1
        other.rollback()
    assert read_as_of(records.client, f"/v1/actors/{one}", now()).status_code == 200


def test_a_read_of_now_waits_until_a_write_ends(served):
    """A read that waited for a write shows what that has written, and is the same ever after."""
    url, records = served
    one = records.make("actors", name="before")
    with psycopg.connect(url) as other:
        other.execute(WRITING)
        as_of = now()

        def end():
            time.sleep(0.6)
            other.commit()

        ending = Thread(target=end)
        ending.start()
        began = time.monotonic()
        first = read_as_of(records.client, f"/v1/actors/{one}", as_of)
        assert time.monotonic() - began > 0.3
        ending.join()
    records.change("actors", one, name="after")
    again = read_as_of(records.client, f"/v1/actors/{one}", as_of)
    assert (first.status_code, first.get_json()["name"]) == (200, "before")
    assert first.get_data() == again.get_data()


def test_who_only_reads_is_not_waited_for(served):
    """A transaction that has written nothing, however long it is open, holds up nobody."""
    url, records = served
    one = records.make("actors")
    with psycopg.connect(url) as other:
        other.execute("SELECT count(*) FROM actors")
        began = time.monotonic()
        assert read_as_of(records.client, f"/v1/actors/{one}", now()).status_code == 200
        assert time.monotonic() - began < 1


def test_an_instant_just_ahead_is_waited_for(served):
    """A client whose clock is a little fast is served; one whose clock is much faster is told."""
    _, records = served
    one = records.make("actors")
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    began = time.monotonic()
    assert read_as_of(records.client, f"/v1/actors/{one}", soon).status_code == 200
    assert 0.5 < time.monotonic() - began < 5
    late = (datetime.now(UTC) + timedelta(seconds=60)).isoformat().replace("+00:00", "Z")
    [fault] = is_problem(read_as_of(records.client, f"/v1/actors/{one}", late), 400)["errors"]
    assert fault["code"] == "ahead"


def written_on(records, url, one, stop):
    """Give works that go on writing until they are to stop: two at once, and one that is slow."""
    app, secret = records.client.application, records.client.secret

    def writing():
        client = app.test_client()
        client.secret = secret
        number = 0
        while not stop.is_set():
            number += 1
            answer = client.patch(f"/v1/actors/{one}", json={"name": str(number)}, headers=STAR)
            assert answer.status_code == 200, answer.get_json()

    def slow():
        with psycopg.connect(url) as other:
            while not stop.is_set():
                other.execute(WRITING)
                time.sleep(0.05)
                other.rollback()
                time.sleep(0.02)

    return writing, writing, slow


def test_what_was_read_once_is_read_again(served):
    """Around writes that end late, two reads as of one instant are the same, each time."""
    url, records = served
    one = records.make("actors", name="0")
    stop, seen = Event(), []
    with ThreadPoolExecutor(3) as threads:
        works = [threads.submit(work) for work in written_on(records, url, one, stop)]
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            as_of = now()
            answer = read_as_of(records.client, f"/v1/actors/{one}", as_of)
            if answer.status_code == 200:
                seen.append((as_of, answer.get_data()))
        stop.set()
        for work in works:
            work.result()
    assert len(seen) > 5
    for as_of, text in seen:
        assert read_as_of(records.client, f"/v1/actors/{one}", as_of).get_data() == text
    versions = [json.loads(text)["version"] for _, text in seen]
    assert versions == sorted(versions)
