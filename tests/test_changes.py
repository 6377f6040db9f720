"""The feed: what it tells, by pages, by waiting and as a stream; under fire see test_fire.py."""

import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import psycopg
import pytest
from support.problems import is_problem
from support.processes import SECRET, ask, running
from support.resources import RESOURCES
from support.service import key_of, new_database

from api import changes as view
from models import changes
from models.database import migrating
from models.database.connections import Connection

STAR = {"If-Match": "*"}

FEED = "/v1/changes"


def made(client, resource, **members):
    """Create a record of the dataset `d`, and give it."""
    answer = client.post(f"/v1/{resource}", json={"dataset": "d", **members})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def page(client, **query):
    """Read a page of the feed."""
    answer = client.get(FEED, query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def told(client, **query):
    """Say what the feed tells: of which resource, which version, and what became of it."""
    return [
        (item["resource"], item["version"], item["operation"])
        for item in page(client, **query)["items"]
    ]


@pytest.fixture
def story(client):
    """Write, change and withdraw an actor, and have an event claimed; give its place and both."""
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    before = page(client, after="latest")["next_cursor"]
    actor = made(client, "actors", name="A")
    why = {**STAR, "Edit-Comment": "A better name."}
    address = f"/v1/actors/{actor['id']}"
    assert client.patch(address, json={"name": "B"}, headers=why).status_code == 200
    event = made(client, "events", type="assault")
    claims = [{"event_id": event["id"], "stance": "asserts", "aspect": "occurrence"}]
    speaker = {"speaker_label": "a spokesman"}
    made(client, "statements", act="assert", form="paraphrase", claims=claims, **speaker)
    assert client.delete(address, headers=STAR).status_code == 204
    return before, actor, event


STORY = [
    ("actors", 1, "create"),
    ("actors", 2, "change"),
    ("events", 1, "create"),
    ("statements", 1, "create"),
    ("events", 1, "derive"),
    ("actors", 3, "withdraw"),
]


def test_every_change_is_told_once_in_order(client, story):
    """Each write is in the feed as it was written: what, of which version, by whom, and why."""
    before, actor, _ = story
    items = page(client, after=before)["items"]
    assert told(client, after=before) == STORY
    positions = [item["position"] for item in items]
    assert positions == [*range(positions[0], positions[0] + len(STORY))]
    assert {item["dataset"] for item in items} == {"d"}
    created, changed = items[:2]
    assert created["id"] == changed["id"] == actor["id"]
    assert created["key_id"] == changed["key_id"] is not None
    assert changed["method"] == "human"
    assert [created["comment"], changed["comment"]] == [None, "A better name."]
    assert created["recorded_at"] < changed["recorded_at"]
    derived = items[4]
    assert derived["key_id"] is derived["method"] is derived["comment"] is None


def test_the_feed_begins_with_the_first_change(client, story):
    """Without a cursor the feed begins where everything did."""
    assert told(client)[-6:] == told(client, after="0")[-6:] == STORY
    assert page(client)["items"][0]["position"] == 1


def test_pages_follow_each_other(client, story):
    """Cursors and links lead through the feed; at its end, the cursor stays what it is."""
    cursor, link, found = story[0], f"{FEED}?{urlencode({'after': story[0], 'limit': 2})}", []
    while True:
        answer = client.get(link)
        items, following = answer.get_json()["items"], answer.get_json()["next_cursor"]
        assert answer.headers["Link"].endswith('>; rel="next"')
        link = answer.headers["Link"].partition(">")[0].removeprefix("<http://localhost")
        if not items:
            break
        assert cursor != following
        cursor = following
        found += [(item["resource"], item["version"], item["operation"]) for item in items]
    assert found == STORY
    assert following == cursor
    made(client, "actors", name="C")
    assert told(client, after=cursor) == [("actors", 1, "create")]


def test_positions_are_cursors_too(client, story):
    """Whoever kept a position instead of a cursor can go on from there."""
    first = page(client, after=story[0])["items"][0]["position"]
    assert told(client, after=first) == STORY[1:]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"resource": "actors"}, [STORY[0], STORY[1], STORY[5]]),
        ({"resource": "actors,statements"}, [STORY[0], STORY[1], STORY[3], STORY[5]]),
        ({"operation": "derive,withdraw"}, STORY[4:]),
        ({"dataset": "d"}, STORY),
        ({"dataset": "d,e", "resource": "events", "operation": "derive"}, [STORY[4]]),
        ({"dataset": "e"}, []),
        ({"resource": "actors", "limit": 2}, STORY[:2]),
        ({"dataset": "d", "limit": 1}, STORY[:1]),
    ],
)
def test_filters(client, story, query, found):
    """Filters choose what is told, and the cursor goes on behind what was looked through."""
    assert told(client, after=story[0], **query) == found
    cursor = page(client, after=story[0], **query)["next_cursor"]
    if "limit" not in query:
        assert cursor == page(client, after="latest")["next_cursor"]
        assert page(client, after=cursor, **query) == {"items": [], "next_cursor": cursor}


BACK = {"sort": "-position"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, STORY[::-1]),
        ({"resource": "actors"}, [STORY[5], STORY[1], STORY[0]]),
        ({"resource": "actors,events", "operation": "create"}, [STORY[2], STORY[0]]),
        ({"id": "actor"}, [STORY[5], STORY[1], STORY[0]]),
        ({"id": "actor,event"}, [STORY[5], STORY[4], STORY[2], STORY[1], STORY[0]]),
        ({"id": "event", "resource": "actors"}, []),
        ({"id": "d"}, []),
    ],
)
@pytest.mark.parametrize("limit", [2, 50])
def test_backwards(client, story, query, found, limit):
    """The newest change first, by pages that end where the feed begins, whatever is chosen."""
    ids = {"actor": story[1]["id"], "event": story[2]["id"]}
    if "id" in query:
        query = {**query, "id": ",".join(ids.get(each, each) for each in query["id"].split(","))}
    first = int(story[0].partition("-")[0])
    items, asked = [], {**BACK, **query, "limit": limit}
    while True:
        answer = page(client, **asked)
        items += answer["items"]
        assert len(answer["items"]) <= limit
        if answer["next_cursor"] is None:
            break
        asked["after"] = answer["next_cursor"]
    told_ = [
        (item["resource"], item["version"], item["operation"])
        for item in items
        if item["position"] > first
    ]
    assert told_ == found
    positions = [item["position"] for item in items]
    assert positions == sorted(positions, reverse=True)


def test_backwards_in_spans(client, story, monkeypatch):
    """Few positions are scanned at once; what is chosen is found all the same."""
    monkeypatch.setattr(changes.read_back, "__defaults__", (2,))
    actor = story[1]["id"]
    items = page(client, id=actor, limit=1, **BACK)["items"]
    assert [item["operation"] for item in items] == ["withdraw"]
    items = page(client, id=actor, after=items[0]["position"], **BACK)["items"]
    assert [item["operation"] for item in items] == ["change"]
    assert told(client, id="none", **BACK) == []


def test_one_record_forwards(client, story):
    """`id` chooses the changes of one record, in capitals too, and of a dataset by its slug."""
    event = story[2]["id"]
    assert told(client, id=event.upper(), after=story[0]) == [STORY[2], STORY[4]]
    assert told(client, id="d") == [("datasets", 1, "create")]
    assert told(client, id=event, after=page(client, id=event)["next_cursor"]) == []


def test_an_events_history_is_one_request(client, story):
    """Whatever changes its status tells so, from what to what: others, an edit, a retraction."""
    event = story[2]["id"]
    denied = [{"event_id": event, "stance": "denies", "aspect": "occurrence"}]
    made(client, "statements", act="deny", form="paraphrase", claims=denied, speaker_label="a man")
    newest, earlier, created = page(client, id=event, **BACK)["items"]
    assert created["derived"] is None
    assert {*newest["derived"]} == {*earlier["derived"]} == {"attestation"}
    steps = [item["derived"]["attestation"][side] for item in (earlier, newest) for side in SIDES]
    assert [step["status"] for step in steps] == ["unattested", "claimed", "claimed", "disputed"]
    assert steps[-1]["rule"] == "Asserted by 1 origin, denied by 1 origin."
    assert steps[-1] == client.get(f"/v1/events/{event}").get_json()["attestation"]
    assert steps[1] == steps[2]
    address = f"/v1/events/{event}"
    assert client.patch(address, json={"title": "T"}, headers=STAR).status_code == 200
    planned = {"modality": "planned"}
    assert client.patch(address, json=planned, headers=STAR).status_code == 200
    gone = {"reason": "x"}
    assert client.put(f"{address}/retraction", json=gone, headers=STAR).status_code == 200
    told_ = [
        (item["operation"], item["derived"] and item["derived"]["attestation"]["after"]["status"])
        for item in page(client, id=event)["items"][3:]
    ]
    assert told_ == [("change", None), ("change", "hypothetical"), ("retract", "retracted")]


SIDES = ("before", "after")


def test_what_else_is_derived(client):
    """A document's grade, what is said of a statement: a derivation tells whatever it changed."""
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    actor = made(client, "actors", name="A")
    paper = made(client, "documents", title="T", publisher_id=actor["id"])
    said = made(client, "statements", act="deny", form="paraphrase")
    before = page(client, after="latest")["next_cursor"]
    address = f"/v1/actors/{actor['id']}"
    assert client.patch(address, json={"reliability": "B"}, headers=STAR).status_code == 200
    claims = [{"statement_id": said["id"], "stance": "denies", "aspect": "occurrence"}]
    made(client, "statements", act="deny", form="paraphrase", claims=claims)
    found = {
        item["id"]: item["derived"]
        for item in page(client, after=before, operation="derive")["items"]
    }
    grade = {"grade": "B", "of": "publisher", "actor_id": actor["id"]}
    assert found[paper["id"]] == {"source_reliability": {"before": None, "after": grade}}
    counts = {"asserted": 0, "denied": 0, "questioned": 0}
    after = {**counts, "denied": 1}
    assert found[said["id"]] == {"attestation": {"before": counts, "after": after}}


def test_records_as_they_were(client, story):
    """With `include=record` each change has the record as it stood by it, null once withdrawn."""
    items = page(client, after=story[0], include="record")["items"]
    records = [item["record"] for item in items]
    assert [record and record["version"] for record in records] == [1, 2, 1, 1, 1, None]
    assert [records[0]["name"], records[1]["name"]] == ["A", "B"]
    assert records[0] == story[1]
    assert [records[2]["attestation"]["status"], records[4]["attestation"]["status"]] == [
        "unattested",
        "claimed",
    ]
    assert records[4] == client.get(f"/v1/events/{story[2]['id']}").get_json()
    assert all("record" not in item for item in page(client, after=story[0])["items"])


def test_records_are_as_in_lists(client):
    """A document's text is left out of its changes, as it is of lists; a dataset has a name."""
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    before = page(client, after="latest")["next_cursor"]
    made(client, "documents", title="T", text="A long text.")
    assert client.patch("/v1/datasets/d", json={"name": "E"}, headers=STAR).status_code == 200
    document, dataset = page(client, after=before, include="record")["items"]
    assert document["record"] == client.get("/v1/documents").get_json()["items"][0]
    assert (dataset["id"], dataset["record"]["name"]) == ("d", "E")


def test_what_is_not_kept_is_not_told(client, story):
    """A dry run, a refused write and one that changes nothing leave no trace in the feed."""
    latest = page(client, after="latest")["next_cursor"]
    actor = {"dataset": "d", "name": "C"}
    assert client.post("/v1/actors?dry_run=true", json=actor).status_code == 201
    assert client.post("/v1/actors", json={**actor, "dataset": "none"}).status_code == 422
    same = client.patch("/v1/datasets/d", json={"name": "D"}, headers=STAR)
    assert same.status_code == 200
    assert page(client, after=latest) == {"items": [], "next_cursor": latest}


def test_a_bundle_is_told_record_by_record(panjshir):
    """The example has arrived record by record, each once, and those it points at before it."""
    items, cursor = [], "0"
    while found := page(panjshir, after=cursor, limit=7):
        if not found["items"]:
            break
        items, cursor = items + found["items"], found["next_cursor"]
    created = [(item["resource"], item["id"]) for item in items if item["operation"] == "create"]
    assert len(created) == len({*created})
    for resource in RESOURCES:
        standing = panjshir.get(f"/v1/{resource}?limit=1000").get_json()["items"]
        assert {one for name, one in created if name == resource} == {it["id"] for it in standing}
    assert [item["position"] for item in items] == [*range(1, len(items) + 1)]


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("after=x", "after", "cursor"),
        ("after=-1", "after", "cursor"),
        ("after=", "after", "cursor"),
        ("after=1-", "after", "cursor"),
        ("after=%D9%A1", "after", "cursor"),
        (f"after={'9' * 19}", "after", "cursor"),
        (f"after={'9' * 18}", "after", "ahead"),
        (f"after=1-{'9' * 16}", "after", "ahead"),
        (f"after=1-{'9' * 17}", "after", "cursor"),
        ("after=0-1", "after", "ahead"),
        ("resource=keys", "resource", "unknown"),
        ("operation=delete", "operation", "unknown"),
        ("dataset=A", "dataset", "form"),
        ("include=text", "include", "unknown"),
        ("wait=61", "wait", "invalid"),
        ("wait=-1", "wait", "invalid"),
        ("limit=0", "limit", "invalid"),
        ("limit=1001", "limit", "invalid"),
        ("as_of=2021-01-01T00:00:00Z", "as_of", "unknown"),
        ("id=A%20record", "id", "id"),
        ("sort=recorded_at", "sort", "unknown"),
        ("sort=-position&wait=1", "wait", "order"),
        ("sort=-position&after=999999999", "after", "ahead"),
        ("sort=-position&after=1-1", "after", "ahead"),
    ],
)
def test_what_cannot_be_asked(panjshir, query, parameter, code):
    """What makes no sense is refused, with the parameter that is wrong."""
    page(panjshir)
    problem = is_problem(panjshir.get(f"{FEED}?{query}"), 400)
    assert [(it["parameter"], it["code"]) for it in problem["errors"]] == [(parameter, code)]


def test_a_restored_backup_is_noticed(client, story):
    """A cursor of a feed that was longer is refused, also once the feed has grown beyond it."""
    connection = client.application.extensions["pool"].getconn()
    late = page(client, after="latest")["next_cursor"]
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM changes WHERE position >= %s", (late.partition("-")[0],))
        problem = is_problem(client.get(FEED, query_string={"after": late}), 400)
        assert problem["errors"][0]["code"] == "ahead"
        for name in "XYZ":
            made(client, "actors", name=name)
        assert told(client, after=story[0])[-1] == ("actors", 1, "create")
        problem = is_problem(client.get(FEED, query_string={"after": late}), 400)
        assert problem["errors"][0]["code"] == "ahead"
    assert page(client, after=late)["items"] == []


def test_a_feed_that_nobody_has_read_is_read_in_chunks(client, monkeypatch):
    """However much has arrived, it gets its positions chunk by chunk, and only what is needed."""
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    before = page(client, after="latest")["next_cursor"]
    monkeypatch.setattr(changes, "CHANGES_AT_ONCE", 3)
    for number in range(10):
        made(client, "actors", name=str(number))
    connection = client.application.extensions["pool"].getconn()

    def arrived():
        return connection.execute("SELECT count(*) FROM arrivals").fetchone()[0]

    assert len(page(client, after=before, limit=2)["items"]) == 2
    assert arrived() == 7
    assert len(page(client, after=before, limit=1000)["items"]) == 10
    assert arrived() == 0
    made(client, "actors", name="late")
    monkeypatch.setattr(changes, "NUMBERING_SECONDS", -1)
    assert len(page(client, after=before, limit=1000)["items"]) == 10


def test_a_long_feed_is_looked_through_in_spans(client, story, monkeypatch):
    """However little matches, a request ends in time; its cursor is behind what it looked at."""
    monkeypatch.setattr(changes.read, "__defaults__", (2,))
    assert told(client, after=story[0]) == STORY[:2]
    assert told(client, after=story[0], operation="derive") == [STORY[4]]
    assert told(client, after=story[0], operation="merge") == []
    monkeypatch.setattr(changes, "NUMBERING_SECONDS", -1)
    first = page(client, after=story[0], operation="derive")
    assert first["items"] == []
    second = page(client, after=first["next_cursor"], operation="derive")
    assert second["items"] == []
    third = page(client, after=second["next_cursor"], operation="derive")
    assert [item["operation"] for item in third["items"]] == ["derive"]


def test_a_database_that_takes_no_writes(fresh):
    """Where nothing can be written, what has its position is served, and the rest comes later."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "admin")
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    assert len(page(client)["items"]) == 1
    made(client, "actors", name="A")
    with Connection.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        kick(connection)
        until(lambda: client.get(FEED).status_code == 200)
        assert told(client) == told(client) == [("datasets", 1, "create")]
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        kick(connection)
    until(lambda: client.get(FEED).status_code == 200)
    assert told(client) == [("datasets", 1, "create"), ("actors", 1, "create")]


def kick(connection):
    """End all other connections to a database."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_a_late_commit_comes_late(fresh):
    """What commits behind a cursor that was handed out comes behind it, however early it began."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "admin")
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    with psycopg.connect(url) as late:
        late.execute(
            "INSERT INTO arrivals (resource, id, version, dataset, operation, recorded_at)"
            " VALUES ('actors', %s, 1, 'd', 'create', clock_timestamp())",
            (str(uuid4()),),
        )
        made(client, "actors", name="A")
        seen = page(client)
        assert len(seen["items"]) == 2
        late.commit()
    [item] = page(client, after=seen["next_cursor"])["items"]
    assert item["recorded_at"] < seen["items"][-1]["recorded_at"]
    assert item["position"] == 3


def test_several_give_positions_at_once(fresh):
    """Whoever numbers waits for who numbers: no position is given twice, none is left out."""
    url, app = fresh
    secret = key_of(url, "admin")
    one = app.test_client()
    one.secret = secret
    assert one.put("/v1/datasets/d", json={"name": "D"}).status_code == 201

    def work(number):
        client = app.test_client()
        client.secret = secret
        for turn in range(15):
            mine = made(client, "actors", name=f"{number} {turn}")["id"]
            latest = page(client, resource="actors", limit=1000)["items"]
            assert mine in {item["id"] for item in latest}

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    items = page(one, limit=1000)["items"]
    assert [item["position"] for item in items] == [*range(1, 122)]
    assert len({item["id"] for item in items}) == 121


def test_waiting_has_seats(client, monkeypatch):
    """Half of the threads may wait; who finds no seat is answered at once with what there is."""
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    latest = page(client, after="latest")["next_cursor"]
    seats = client.application.extensions["seats"]
    assert [seats.acquire(blocking=False) for _ in range(4)] == [True, True, True, False]
    try:
        began = time.monotonic()
        assert page(client, after=latest, wait=20)["items"] == []
        answer = client.get(f"{FEED}/stream")
        assert "Retry-After" in answer.headers
        is_problem(answer, 503)
        assert time.monotonic() - began < 5
    finally:
        seats.release(3)
    assert page(client, after=latest, wait=1) == {"items": [], "next_cursor": latest}
    for query, sent in (("after=x", {}), ("", {"Last-Event-ID": "x"}), (f"after={'9' * 18}", {})):
        is_problem(client.get(f"{FEED}/stream?{query}", headers=sent), 400)
    assert [seats.acquire(blocking=False) for _ in range(4)] == [True, True, True, False]
    seats.release(3)


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        (FEED, "text/event-stream", 406),
        (FEED, "application/json", 200),
        (f"{FEED}/stream", "application/json", 406),
        (f"{FEED}/stream", "text/html, application/json", 406),
        (f"{FEED}/stream", "text/event-stream", 200),
        (f"{FEED}/stream", "text/*", 200),
        (f"{FEED}/stream", "*/*", 200),
    ],
)
def test_only_who_takes_events_gets_them(client, monkeypatch, path, accept, status):
    """A stream is sent to who takes one; everything else is JSON."""
    monkeypatch.setattr(view, "STREAM_SECONDS", 0)
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == status
    if status == 200:
        assert answer.mimetype == ("text/event-stream" if "stream" in path else "application/json")
    answer.close()


def test_a_stream_ends_by_itself(client, monkeypatch):
    """A stream says that it is there, where to go on, and ends; its seat is free again."""
    monkeypatch.setattr(view, "STREAM_SECONDS", 0.5)
    monkeypatch.setattr(view, "KEEP_ALIVE_SECONDS", 0)
    for method in (client.get, client.head, client.get):
        answer = method(f"{FEED}/stream")
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-cache"
        text = answer.get_data(as_text=True)
        latest = page(client, after="latest")["next_cursor"]
        if method == client.get:
            assert text.startswith(f"retry: 1000\nid: {latest}\n\n: still here\nid: {latest}\n\n")
        answer.close()


# On gunicorn

SEATS = 4
"""So many may wait at a worker of twice as many threads."""


@contextmanager
def serving(server):
    """Serve a database with one dataset by one worker, of whose threads half may wait."""
    with new_database(server) as url:
        migrating.migrate(url)
        more = {"database_url": url, "workers": 1, "threads": 2 * SEATS, "admin_key": SECRET}
        with running("serve", **more) as (process, root, said):
            send(root, "PUT", "/v1/datasets/d", {"name": "D"})
            yield process, root, url, said
            assert "Traceback" not in said.read_text()


@pytest.fixture(scope="module")
def served(server):
    """Serve, for all tests that leave it as it was; give its root."""
    with serving(server) as (_, root, _, _):
        yield root


@pytest.fixture
def worker(served):
    """Give the root of a worker at which nobody waits any more."""
    time.sleep(0.5)
    return served


def send(root, method, path, body):
    """Write something over the loopback, and give it."""
    status, answer = ask(root + path, SECRET, method, body)
    assert status in {200, 201}, answer
    return answer


def latest(root):
    """Give the cursor behind all that has changed."""
    return ask(f"{root}{FEED}?after=latest")[1]["next_cursor"]


def until(condition):
    """Wait until a condition holds, but not for ever."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Stream:
    """A client of the stream: what it was sent, event by event."""

    def __init__(self, root, query="", **headers):
        """Take what is to be asked for."""
        self.root, self.path = root, f"{FEED}/stream?{query}"
        self.headers = {"Accept": "text/event-stream", **headers}

    def connects(self):
        """Connect, and read the head of the answer; tell whether there is a seat."""
        self.connection = HTTPConnection(urlsplit(self.root).netloc, timeout=20)
        self.connection.request("GET", self.path, headers=self.headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status in {200, 503}
        if self.answer.status == 503:
            self.close()
        return self.answer.status == 200

    def event(self):
        """Read the next event: its members; nothing at the end."""
        members = {}
        while line := self.answer.readline().decode():
            if line == "\n":
                return members
            name, _, value = line.rstrip("\n").partition(": ")
            members[name] = value
        return None

    def close(self):
        """Go away."""
        self.answer.close()
        self.connection.close()

    def __enter__(self):
        """Connect once there is a seat, and read how the stream begins."""
        until(self.connects)
        self.begin = self.event()
        return self

    def __exit__(self, *_):
        """Go away."""
        self.close()


def is_seated(root):
    """Tell whether there is a seat, by taking it."""
    stream = Stream(root)
    found = stream.connects()
    stream.close()
    return found


def test_who_waits_is_answered_with_the_first_change(worker):
    """A request that waits is answered as soon as something that it asks for has changed."""
    cursor = latest(worker)
    with ThreadPoolExecutor() as threads:
        waits = threads.submit(ask, f"{worker}{FEED}?after={cursor}&wait=30&resource=actors")
        time.sleep(0.5)
        send(worker, "POST", "/v1/events", {"dataset": "d", "type": "assault"})
        time.sleep(0.5)
        assert not waits.done()
        actor = send(worker, "POST", "/v1/actors", {"dataset": "d", "name": "A"})
        began = time.monotonic()
        [item] = waits.result()[1]["items"]
    assert item["id"] == actor["id"]
    assert time.monotonic() - began < 2


def test_who_waits_in_vain_is_answered_in_the_end(worker):
    """After as many seconds as were asked for the answer is empty, with the same cursor."""
    cursor = latest(worker)
    began = time.monotonic()
    assert ask(f"{worker}{FEED}?after={cursor}&wait=2")[1] == {"items": [], "next_cursor": cursor}
    assert 2 <= time.monotonic() - began < 5


def test_many_who_wait_are_in_nobodys_way(worker):
    """However many want to wait, others are served, and everybody is answered."""
    cursor = latest(worker)
    with ThreadPoolExecutor(60) as threads:
        waits = [threads.submit(ask, f"{worker}{FEED}?after={cursor}&wait=4") for _ in range(60)]
        began = time.monotonic()
        for _ in range(20):
            assert ask(f"{worker}/v1/actors")[0] == 200
        assert time.monotonic() - began < 4
        assert {each.result()[0] for each in waits} == {200}


def test_a_stream_tells_what_changes(worker):
    """Each change is an event, with a cursor as its id, from the moment of connecting on."""
    send(worker, "POST", "/v1/actors", {"dataset": "d", "name": "Before"})
    with Stream(worker, "include=record&resource=actors") as stream:
        assert stream.begin == {"retry": "1000", "id": latest(worker)}
        send(worker, "POST", "/v1/events", {"dataset": "d", "type": "assault"})
        actor = send(worker, "POST", "/v1/actors", {"dataset": "d", "name": "After\nwards"})
        event = stream.event()
    assert (event["event"], event["id"]) == ("change", latest(worker))
    item = json.loads(event["data"])
    assert (item["operation"], item["id"], item["record"]) == ("create", actor["id"], actor)


def test_a_stream_goes_on_where_it_broke_off(worker):
    """Who comes back with the id of the last event misses nothing, whatever `after` says."""
    with Stream(worker) as stream:
        first = send(worker, "POST", "/v1/actors", {"dataset": "d", "name": "1"})
        event = stream.event()
        assert json.loads(event["data"])["id"] == first["id"]
    made_meanwhile = [
        send(worker, "POST", "/v1/actors", {"dataset": "d", "name": name})["id"] for name in "23"
    ]
    with Stream(worker, "after=latest", **{"Last-Event-ID": event["id"]}) as stream:
        assert stream.begin["id"] == event["id"]
        assert [json.loads(stream.event()["data"])["id"] for _ in "23"] == made_meanwhile


def test_a_stream_that_was_told_nothing_goes_on_too(worker):
    """The id comes before any event: who is cut off by then knows where to go on as well."""
    with Stream(worker) as stream:
        last = stream.begin["id"]
    actor = send(worker, "POST", "/v1/actors", {"dataset": "d", "name": "A"})
    with Stream(worker, **{"Last-Event-ID": last}) as stream:
        assert json.loads(stream.event()["data"])["id"] == actor["id"]


def test_who_goes_away_leaves_a_seat(worker):
    """A stream or a request that waits ends soon after its client has gone."""
    with ExitStack() as streams:
        for _ in range(SEATS):
            streams.enter_context(Stream(worker))
        assert not is_seated(worker)
        assert ask(f"{worker}/v1/actors")[0] == 200
    until(lambda: is_seated(worker))
    time.sleep(1)
    place = urlsplit(worker)
    waits = [socket.create_connection((place.hostname, place.port)) for _ in range(SEATS)]
    for each in waits:
        wait = f"GET {FEED}?after={latest(worker)}&wait=60 HTTP/1.1\r\nHost: x\r\n\r\n"
        each.sendall(wait.encode())
    until(lambda: not is_seated(worker))
    for each in waits:
        each.close()
    until(lambda: is_seated(worker))


def test_a_worker_that_is_to_end_ends_what_waits(server):
    """Told to end, a worker ends streams and waiting at once, even where a client reads nothing."""
    with serving(server) as (process, root, url, _):
        with psycopg.connect(url) as connection:
            connection.execute(
                "INSERT INTO changes SELECT position, 'events', 'x', 1, 'd', 'create', now(), NULL,"
                " NULL, repeat('x', 1000) FROM generate_series(2, 30000) AS position"
            )
        place = urlsplit(root)
        with (
            socket.create_connection((place.hostname, place.port)) as deaf,
            ThreadPoolExecutor() as threads,
        ):
            deaf.sendall(f"GET {FEED}/stream?after=0 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            waits = threads.submit(ask, f"{root}{FEED}?after={latest(root)}&wait=60")
            time.sleep(1.5)
            assert not waits.done()
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            status, found = waits.result()
            assert (status, found["items"]) == (200, [])
            assert process.wait(timeout=20) == 0
            assert time.monotonic() - began < 8


def test_a_database_that_goes_away(server):
    """Where the database goes away, who waits is told so, and streams end; they can come back."""
    with serving(server) as (_, root, url, said):
        cursor = latest(root)
        with psycopg.connect(server, autocommit=True) as other, ThreadPoolExecutor() as threads:
            name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
            with Stream(root) as stream:
                waits = threads.submit(ask, f"{root}{FEED}?after={cursor}&wait=60")
                time.sleep(0.5)
                other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    (name,),
                )
                assert waits.result()[0] == 503
                while stream.event():
                    pass
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        until(lambda: ask(f"{root}/readyz")[0] == 200)
        actor = send(root, "POST", "/v1/actors", {"dataset": "d", "name": "A"})
        with Stream(root, **{"Last-Event-ID": cursor}) as stream:
            assert json.loads(stream.event()["data"])["id"] == actor["id"]
        assert "stream broken off" in said.read_text()
