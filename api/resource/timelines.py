"""Timelines of actors: what they did, said and were, in one order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.answers import existing, following, linked
from api.http.context import database
from api.http.operation import FOUND, Answer, Variant
from api.resource.routing import Route
from models.actors import ACTORS
from models.database.connections import Connection
from models.lists import timelines
from models.lists.timelines import KINDS, Asked, Entry
from models.tables import TABLES
from schemas.fields.dates import bounds
from schemas.fields.ids import UUID as UUID_FORM
from schemas.networks import TimelineEntrySchema, TimelineQuery

FORM = rf"[-0-9:. a-z]+ ({'|'.join(KINDS)}) {UUID_FORM.pattern}( [0-9]{{5}})?"
"""Key, kind and id in a cursor."""


def timeline(record_id: UUID, query: dict[str, Any]) -> Response:
    """List an actor's events, statements and affiliations by date.

    These are events in which it takes part, whatever their status; statements that it made or
    passed on, that were made on its behalf or addressed to it, or that name it as responsible; and
    affiliations, its own and those to it. Retracted records are omitted; entries without a date
    come last in descending order.
    """
    connection, limit = database(), query["limit"]
    actor = existing(ACTORS.get(connection, str(record_id)), ACTORS)
    when, last = query.get("datetime"), following(query, FORM)
    asked = Asked(
        kinds=query.get("kind", KINDS),
        descending=query["sort"].startswith("-"),
        limit=limit + 1,
        days=(when.first_day, when.last_day) if when else None,
        after=entry_of(*last) if last else None,
    )
    found = timelines.search(connection, actor.id, asked)
    beyond = found[limit - 1] if len(found) > limit else None
    items = [orjson.dumps(one).decode() for one in shown(connection, actor.id, found[:limit])]
    return linked(items, query["sort"], beyond and (beyond.key, f"{beyond.kind} {beyond.id}"))


TIMELINE = Route(
    rule="/<uuid:record_id>/timeline",
    view=timeline,
    query=TimelineQuery,
    answers={200: Answer("A page of it.", Variant(TimelineEntrySchema, "List"), ("Link",))},
    refusals=FOUND,
)
"""The route of actors that gives the timeline of each."""


def entry_of(key: str, last: str) -> Entry:
    """Read the last entry of a page in a cursor."""
    kind, _, record_id = last.partition(" ")
    return Entry(kind, key, record_id)


def shown(connection: Connection, actor: str, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """Yield entries as they are shown, from the records that they are of."""
    records = {kind: read(connection, kind, entries) for kind in KINDS}
    others = {
        one["actor_id"]
        for holder in records["affiliation"].values()
        for one in holder["affiliations"] or ()
    }
    names = {
        one: orjson.loads(text)["name"] for one, text in ACTORS.fetch(connection, others).items()
    } | {one: holder["name"] for one, holder in records["affiliation"].items()}
    for entry in entries:
        record_id, _, position = entry.id.partition(" ")
        record = records[entry.kind][record_id]
        if entry.kind == "event":
            yield event(actor, record)
        elif entry.kind == "statement":
            yield statement(actor, record)
        else:
            yield affiliation(actor, record, int(position), names)


def read(connection: Connection, kind: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """Read the records that entries of a kind are of: id -> record."""
    table = TABLES["actors" if kind == "affiliation" else f"{kind}s"]
    ids = {entry.id.partition(" ")[0] for entry in entries if entry.kind == kind}
    texts = table.fetch(connection, ids) if ids else {}
    return {record_id: orjson.loads(text) for record_id, text in texts.items()}


def event(actor: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """Show an event."""
    roles = (one["role"] for one in record["participants"] if one["actor_id"] == actor)
    return {
        **entry("event", record),
        "parts": [*dict.fromkeys(roles)],
        "type": record["type"],
        "title": record["title"],
        "status": record["attestation"]["status"],
    }


def statement(actor: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """Show a statement."""
    parts = {
        "speaker": record["speaker_id"] == actor,
        "on_behalf_of": record["on_behalf_of_id"] == actor,
        "addressee": actor in (record["addressee_ids"] or ()),
        "carrier": any(step["actor_id"] == actor for step in record["chain"] or ()),
        "about": any(names(claim["value"], actor) for claim in record["claims"] or ()),
    }
    return {
        **entry("statement", record),
        "parts": [part for part, is_so in parts.items() if is_so],
        "type": record["act"],
        "title": record["text"],
    }


def names(value: Any, actor: str) -> bool:
    """Tell whether the value of a claim is an actor, or names it."""
    return bool((value.get("actor_id") if isinstance(value, Mapping) else value) == actor)


def affiliation(
    actor: str, holder: Mapping[str, Any], position: int, known: Mapping[str, str]
) -> dict[str, Any]:
    """Show an affiliation."""
    one = holder["affiliations"][position]
    is_own = holder["id"] == actor
    other = one["actor_id"] if is_own else holder["id"]
    return {
        **entry("affiliation", {"id": holder["id"], **one, **bounds(one["date"])}),
        "position": position,
        "parts": ["affiliated" if is_own else "affiliated_by"],
        "type": one["role"],
        "title": one["title"],
        "other": {"id": other, "name": known[other]},
    }


def entry(kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """Give what entries of all kinds have."""
    dated = {name: record[name] for name in ("id", "date", "starts_on", "ends_on")}
    return {"kind": kind, **dated, "position": None, "status": None, "other": None}
