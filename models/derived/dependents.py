"""Dependents of a document: records known through it alone."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from models.database.connections import Connection
from models.derived.voices import resting_on, voices
from models.events import EVENTS

EVENTS_AT_ONCE = 500
"""Maximum number of events examined at once."""

STATEMENTS_IN_DOCUMENT = """
SELECT statements.id::text, statements.body || statements.derived FROM statements
WHERE statements.document_id = %(document)s AND NOT statements.withdrawn
    AND NOT statements.retracted AND statements.id > %(after)s::uuid
ORDER BY statements.id LIMIT %(limit)s
"""
"""The statements that stand in a document, and nowhere else."""

ACTORS_IN_DOCUMENT = """
SELECT actors.id::text, actors.body || actors.derived FROM actors
WHERE actors.refers_to @> ARRAY[%(document)s::uuid] AND NOT actors.withdrawn
    AND NOT actors.retracted AND actors.id > %(after)s::uuid
ORDER BY actors.id LIMIT %(limit)s
"""
"""The actors of whom a document says to whom they are affiliated."""

ORDER = ("statements", "events", "actors")
"""The order of resources in the list."""

LEAST_ID = "00000000-0000-0000-0000-000000000000"


def search(
    connection: Connection, document_id: str, *, limit: int, after: tuple[str, str] | None
) -> list[dict[str, Any]]:
    """List the records known through a document alone, after a resource and id."""
    resource, last = after or (ORDER[0], LEAST_ID)
    found: list[dict[str, Any]] = []
    for name in ORDER[ORDER.index(resource) :]:
        asked = {"document": document_id, "after": last, "limit": limit - len(found)}
        found += LISTED[name](connection, asked)
        last = LEAST_ID
        if len(found) >= limit:
            break
    return found


def statements(connection: Connection, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the statements of a document."""
    for statement_id, text in connection.execute(STATEMENTS_IN_DOCUMENT, asked).fetchall():
        yield described("statements", statement_id, orjson.loads(text)["text"])


def events(connection: Connection, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events that no other document or statement speaks of."""
    resting = resting_on(connection, [asked["document"]]).events
    wanted, room = sorted(one for one in resting if one > asked["after"]), asked["limit"]
    for start in range(0, len(wanted), EVENTS_AT_ONCE):
        for event in alone(connection, asked["document"], wanted[start : start + EVENTS_AT_ONCE]):
            if not room:
                return
            room -= 1
            yield event


def alone(connection: Connection, document_id: str, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield those of some events that no other voice speaks of."""
    without = voices(connection, ids, without=document_id)
    texts = EVENTS.fetch(connection, ids)
    for event_id in ids:
        event = orjson.loads(texts[event_id])
        if not without[event_id].claims and not without[event_id].documents:
            status = event["attestation"]["status"]
            yield described("events", event_id, event["title"], status=status)


def actors(connection: Connection, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the actors with the affiliations that a document says of them."""
    for actor_id, text in connection.execute(ACTORS_IN_DOCUMENT, asked).fetchall():
        actor = orjson.loads(text)
        pointers = [
            f"/affiliations/{position}"
            for position, affiliation in enumerate(actor["affiliations"] or ())
            if affiliation["document_id"] == asked["document"]
        ]
        yield described("actors", actor_id, actor["name"], pointers=pointers)


LISTED = {"statements": statements, "events": events, "actors": actors}


def described(
    resource: str,
    record_id: str,
    title: str | None,
    *,
    status: str | None = None,
    pointers: Sequence[str] = ("",),
) -> dict[str, Any]:
    """Describe one record that rests on a document."""
    return {
        "resource": resource,
        "id": record_id,
        "title": title,
        "status": status,
        "pointers": [*pointers],
    }
