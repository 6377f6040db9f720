"""The feed: what it tells, by pages, by waiting and as a stream; under fire see test_feed.py."""

import json
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import psycopg
import pytest
from conftest import key_of, new_database
from test_cli import SECRET, ask, running
from test_errors import is_problem

from api import changes as view
from models import changes, database

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
    for resource in ("datasets", "documents", "actors", "locations", "events", "statements"):
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
    monkeypatch.setattr(changes, "CHUNK", 3)
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
    monkeypatch.setattr(changes, "PATIENCE", -1)
    assert len(page(client, after=before, limit=1000)["items"]) == 10


def test_a_database_that_takes_no_writes(fresh):
    """Where nothing can be written, what has its position is served, and the rest comes later."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "admin")
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    assert len(page(client)["items"]) == 1
    made(client, "actors", name="A")
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        kick(connection)
        assert told(client) == told(client) == [("datasets", 1, "create")]
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        kick(connection)
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
    assert [seats.acquire(blocking=False) for _ in range(3)] == [True, True, False]
    try:
        began = time.monotonic()
        assert page(client, after=latest, wait=20)["items"] == []
        answer = client.get(f"{FEED}/stream")
        assert "Retry-After" in answer.headers
        is_problem(answer, 503)
        assert time.monotonic() - began < 5
    finally:
        seats.release(2)
    assert page(client, after=latest, wait=1) == {"items": [], "next_cursor": latest}
    for query, sent in (("after=x", {}), ("", {"Last-Event-ID": "x"}), (f"after={'9' * 18}", {})):
        is_problem(client.get(f"{FEED}/stream?{query}", headers=sent), 400)
    assert [seats.acquire(blocking=False) for _ in range(3)] == [True, True, False]
    seats.release(2)


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
    monkeypatch.setattr(view, "LONGEST", 0)
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == status
    if status == 200:
        assert answer.mimetype == ("text/event-stream" if "stream" in path else "application/json")
    answer.close()


def test_a_stream_ends_by_itself(client, monkeypatch):
    """A stream says that it is there, where to go on, and ends; its seat is free again."""
    monkeypatch.setattr(view, "LONGEST", 0.5)
    monkeypatch.setattr(view, "SILENCE", 0)
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
