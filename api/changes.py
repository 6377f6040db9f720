"""/changes: every change of a record once, in order; by pages, by waiting, or as a stream."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import orjson
import structlog
from flask import Response, current_app, request
from marshmallow import ValidationError
from psycopg_pool import ConnectionPool

from api.description.contents import STREAMED
from api.http.answers import next_page
from api.http.causes import FAILURES
from api.http.context import database, give_back
from api.http.operation import Answer, Operation, Section, operation
from api.http.problem_types import ProblemType
from api.http.problems import RETRY_AFTER, problem
from api.http.request import JSON
from api.http.waiting import CLIENT_POLL_SECONDS, Watch, seats
from models import changes
from models.changes import BEGIN, Ahead, Change, Place
from models.database.connections import Connection
from schemas.changes import LATEST, Behind, ChangeListSchema, ChangeQuery, StreamQuery, cursor
from schemas.instants import instant
from schemas.problem import BadHeader, BadQuery, Fault

log = structlog.get_logger()

blueprint = Section("changes", "The feed of changes.", "/v1/changes")

REFUSALS = (400, 401, 403, 406)

EVENT_STREAM = "text/event-stream"

FILTERS = ("dataset", "id", "operation", "resource")
"""Parameters by which changes are chosen."""

LAST_EVENT_ID = "Last-Event-ID"

CHANGES_AT_ONCE = 100
"""Maximum number of changes that a stream reads at once."""

STREAM_SECONDS = 300
"""How long a stream lasts; then its client reconnects and goes on."""

BREAKS: tuple[type[Exception], ...] = (Ahead, *FAILURES)
"""Failures that end a stream: its client reconnects, and is told then."""

KEEP_ALIVE_SECONDS = 10
"""Seconds after which a stream says that it is still there."""


@dataclass
class Feed:
    """A request's view of the feed, and how far it has read it."""

    after: Place
    asked: Mapping[str, list[str]]
    with_records: bool

    def follow(self, connection: Connection, limit: int) -> list[tuple[str, bytes]]:
        """Go on by up to `limit` changes: the cursor of each, and its JSON text."""
        part = changes.read(connection, self.after, limit, self.asked)
        self.after = part.end
        return self.written(connection, part.changes)

    def written(self, connection: Connection, several: Sequence[Change]) -> list[tuple[str, bytes]]:
        """Write changes as they are sent: the cursor of each, and its JSON text."""
        records = changes.records(connection, several) if self.with_records else {}
        derived = changes.derived(connection, several)
        return [
            (cursor(each.position, each.recorded_at), self.shown(each, records, derived))
            for each in several
        ]

    def look(self, pool: ConnectionPool[Connection]) -> list[tuple[str, bytes]]:
        """Go on with a connection that is given back at once."""
        connection = pool.getconn()
        try:
            return self.follow(connection, CHANGES_AT_ONCE)
        finally:
            pool.putconn(connection)

    def shown(
        self, change: Change, records: Mapping[int, str], derived: Mapping[int, Any]
    ) -> bytes:
        """Write a change as it is sent."""
        item: dict[str, Any] = {
            **change._asdict(),
            "recorded_at": instant(change.recorded_at),
            "key_id": change.key_id and str(change.key_id),
            "derived": derived.get(change.position),
        }
        if self.with_records:
            text = records.get(change.position)
            item["record"] = text and orjson.Fragment(text)
        return orjson.dumps(item)


@blueprint.get("")
@operation(
    Operation(
        "changes.search",
        {200: Answer("A page of the feed.", ChangeListSchema, ("Link",))},
        REFUSALS,
        query=ChangeQuery,
    )
)
def search(query: dict[str, Any]) -> Response:
    """List changes, oldest first; optionally wait for the next one.

    Pass `next_cursor` as `after` to continue, even if the page is empty; with `wait`, an empty page
    is answered only after that many seconds. `sort=-position` begins with the newest change; with
    `id`, it gives the history of a record.
    """
    if query["sort"] == "-position":
        return search_back(query)
    with asking("after"):
        feed = begin(query, query.get("after"))
        items = feed.follow(database(), query["limit"])
        if query["wait"] and not items and seats().acquire(blocking=False):
            try:
                items = wait(feed, query["limit"], query["wait"])
            finally:
                seats().release()
    return listed(items, cursor(*feed.after))


def search_back(query: dict[str, Any]) -> Response:
    """List changes, newest first."""
    after = query.get("after", LATEST)
    feed = begin(query, BEGIN)
    with asking("after"):
        before = None if after == LATEST else Place(*after)
        several, end = changes.read_back(database(), before, query["limit"], feed.asked)
    return listed(feed.written(database(), several), end and cursor(*end))


def listed(items: list[tuple[str, bytes]], following: str | None) -> Response:
    """Answer with a page of the feed, and where it goes on."""
    texts = b",".join(text for _, text in items)
    further = b'"%b"' % following.encode() if following else b"null"
    response = Response(b'{"items":[%b],"next_cursor":%b}' % (texts, further), mimetype=JSON)
    if following:
        response.headers["Link"] = next_page(after=following)
    return response


@blueprint.get("/stream")
@operation(
    Operation(
        "changes.stream",
        {200: Answer("The stream of changes.", STREAMED, type=EVENT_STREAM)},
        REFUSALS,
        query=StreamQuery,
        headers=(LAST_EVENT_ID,),
    )
)
def stream(query: dict[str, Any] | None = None) -> Response:
    """Stream changes as they happen (Server-Sent Events).

    Each event `change` has a change as its data and a cursor as its id. The stream begins after
    `Last-Event-ID` or else `after`, or else now, and ends after some minutes: clients reconnect by
    themselves with the last id, and miss nothing.
    """
    query = query or {}
    if not seats().acquire(blocking=False):
        return problem(
            ProblemType.BUSY,
            "Too many are waiting for changes.",
            headers={"Retry-After": RETRY_AFTER},
        )
    try:
        last = request.headers.get(LAST_EVENT_ID)
        with asking(LAST_EVENT_ID if last else "after"):
            feed = begin(query, placed(last) if last else query.get("after", LATEST))
            # What is wrong with the place is told before the stream begins.
            changes.look(database(), feed.after, 0, {})
        pool = current_app.extensions["pool"]
        response = Response(events(pool, feed, Watch()), mimetype=EVENT_STREAM)
    except BaseException:
        seats().release()
        raise
    response.call_on_close(seats().release)
    response.headers["X-Accel-Buffering"] = "no"  # or a proxy would keep it until it is long
    return response


@contextmanager
def asking(parameter: str) -> Iterator[None]:
    """Refuse a place that the feed does not lead to, which was given by a parameter."""
    try:
        yield
    except Ahead as error:
        detail = (
            "The feed does not lead to this cursor, so it is older: was a backup restored, or does "
            "this database lag behind another one?"
        )
        raise BadQuery([Fault(parameter, "ahead", detail)]) from error


def begin(query: Mapping[str, Any], after: Any) -> Feed:
    """Begin to follow the feed behind a place, by default from the first change on."""
    place = changes.newest(database()) if after == LATEST else Place(*(after or BEGIN))
    asked = {name: query[name] for name in FILTERS if name in query}
    return Feed(place, asked, with_records="include" in query)


def placed(text: str) -> Any:
    """Read a cursor from the header that says which event was the last."""
    try:
        return Behind("").deserialize(text)
    except ValidationError as error:
        raise BadHeader([Fault(LAST_EVENT_ID, "cursor", str(error.messages[0]))]) from error


def wait(feed: Feed, limit: int, seconds: int) -> list[tuple[str, bytes]]:
    """Look again and again until there is something, without a connection in between."""
    watch, ends = Watch(), monotonic() + seconds
    items: list[tuple[str, bytes]] = []
    while not items and monotonic() < ends and not watch.over():
        give_back()
        sleep(CLIENT_POLL_SECONDS)
        items = feed.follow(database(), limit)
    return items


def events(pool: ConnectionPool[Connection], feed: Feed, watch: Watch) -> Iterator[bytes]:
    """Write what comes as events, as long as its client takes them; there is no request any more.

    A cursor without data tells clients where to go on though nothing has come for them.
    """
    ends, last_sent = monotonic() + STREAM_SECONDS, monotonic()
    yield b"retry: 1000\nid: %b\n\n" % cursor(*feed.after).encode()
    while monotonic() < ends and watch.takes_more():
        try:
            items = feed.look(pool)
        except BREAKS as error:
            log.warning("stream broken off", error=type(error).__name__, reason=str(error).strip())
            return
        for place, text in items:
            if not watch.takes_more():
                return
            yield b"id: %b\nevent: change\ndata: %b\n\n" % (place.encode(), text)
        if items:
            last_sent = monotonic()
            continue
        if monotonic() - last_sent > KEEP_ALIVE_SECONDS:
            last_sent = monotonic()
            yield b": still here\nid: %b\n\n" % cursor(*feed.after).encode()
        sleep(CLIENT_POLL_SECONDS)
