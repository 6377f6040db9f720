"""The feed of changes: read to its end, followed, streamed, and gone on with."""

import json
from itertools import islice
from threading import Timer
from uuid import uuid4

import pytest
from wire import answer, asking, broken, refusal, whole

from attest_client import Unreadable

CHANGE = {
    "resource": "events",
    "id": "1",
    "version": 1,
    "dataset": "mine",
    "operation": "create",
    "recorded_at": "2026-11-23T00:49:14.995461Z",
    "key_id": None,
    "method": None,
    "comment": None,
    "derived": None,
}


def named(position):
    """Give a change at a position."""
    return CHANGE | {"position": position}


@pytest.fixture
def dataset(client):
    """Give a dataset with three records, each created for itself."""
    made = client.datasets.create({"id": f"changes-{uuid4().hex[:8]}", "name": "Changes"}).id
    for name in "abc":
        client.actors.create({"dataset": made, "name": name})
    return made


def test_the_feed_is_read_to_its_end_and_gone_on_with(client, dataset):
    """A cursor is behind all that was handed out: the next reader gets what is new, and no more."""
    feed = client.changes(dataset=dataset, limit=2)
    assert [(each.resource, each.operation) for each in feed] == [
        ("datasets", "create"),
        *[("actors", "create")] * 3,
    ]
    assert list(client.changes(dataset=dataset, after=feed.cursor)) == []
    client.actors.create({"dataset": dataset, "name": "d"})
    [new] = client.changes(dataset=dataset, after=feed.cursor, include=["record"])
    assert new.record["name"] == "d"


def test_a_page_that_was_not_read_to_its_end_comes_again(client, dataset):
    """Who stops midway goes on at the page, and misses nothing."""
    feed = client.changes(dataset=dataset, limit=3)
    first = [each.id for each in islice(feed, 2)]
    again = [each.id for each in client.changes(dataset=dataset, after=feed.cursor)]
    assert again[:2] == first
    assert len(again) == 4


def test_following_waits_for_what_comes(client, dataset):
    """The feed does not end: what is written later is told at once."""
    feed = client.changes(dataset=dataset, follow=True)
    changes = iter(feed)
    assert len(list(islice(changes, 4))) == 4
    write_soon(client, dataset)
    assert next(changes).resource == "actors"


def test_a_stream_tells_what_happens(client, dataset):
    """Each change has its own cursor, by which another stream goes on."""
    feed = client.changes(dataset=dataset)
    list(feed)
    stream = client.stream(dataset=dataset, after=feed.cursor)
    changes = iter(stream)
    for name in "xy":
        write_soon(client, dataset, name)
    first, second = next(changes), next(changes)
    changes.close()
    assert stream.cursor.startswith(f"{first.position}-")
    again = iter(client.stream(dataset=dataset, after=stream.cursor))
    assert next(again).position == second.position
    again.close()


def write_soon(client, dataset, name="d"):
    """Create an actor while somebody waits."""
    Timer(0.3, client.actors.create, [{"dataset": dataset, "name": name}]).start()


def test_who_is_told_at_once_does_not_ask_in_a_circle():
    """Where too many wait already, nothing is answered at once: then it is asked again later."""
    nothing, something = (
        {"items": [], "next_cursor": "1"},
        {"items": [named(1)], "next_cursor": "2"},
    )
    with asking(answer(nothing), answer(something)) as (client, seen):
        assert next(iter(client.changes(after="1", follow=True))).position == 1
    assert [path for _, path, _, _ in seen] == ["/v1/changes?limit=200&after=1&wait=30"] * 2


def test_a_page_leads_behind_its_changes():
    """One that leads to itself would be told again and again."""
    page = answer({"items": [named(1)], "next_cursor": "1"})
    with asking(page) as (client, _), pytest.raises(Unreadable, match="to itself"):
        list(client.changes(after="1"))


def test_a_page_may_be_empty_and_not_the_last():
    """Where little matches, the cursor moves: the end is where it stands still."""
    pages = [("2", []), ("4", [named(3)]), ("5", []), ("5", [])]
    answers = [answer({"items": items, "next_cursor": cursor}) for cursor, items in pages]
    with asking(*answers) as (client, _):
        feed = client.changes()
        assert [each.position for each in feed] == [3]
        assert feed.cursor == "5"


def test_a_stream_that_breaks_is_gone_on_with():
    """It comes back with the id of the last change that was whole, however it ended."""
    first, second = (
        f"id: {number}-1\nevent: change\ndata: {json.dumps(named(number))}\n\n".encode()
        for number in (1, 2)
    )
    first = b"retry: 1\nid: 0\n\n" + first
    with asking(broken(first + second[:60], 9999), refusal(503), whole(second)) as (client, seen):
        changes = client.stream(after="0")
        assert [each.position for each in islice(changes, 2)] == [1, 2]
    assert [headers["Last-Event-ID"] for _, _, headers, _ in seen] == ["0", "1-1", "1-1"]
