"""Attestation: how well an event is attested, counted from the claims on it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, LiteralString

import orjson

from models import documents
from models.database.connections import Connection
from models.derived import copies, disputes, statement_attestation
from models.derived.voices import Voices, counted, voices
from models.events import EVENTS
from models.store import records

UNATTESTED = "Nobody asserts or denies that it occurred."

LOCK_SPACE = 4_017
"""The space of advisory locks that are for attestation: any number that nobody else uses."""


DERIVED: dict[str, LiteralString] = {
    "status": "%(status)s",
    "disputed_on": "%(disputed_on)s::text[]",
}
"""Columns that a recount stores beside the end of an event's text."""


def lock(connection: Connection, event_ids: Iterable[str]) -> None:
    """Lock the attestations of events until commit, always in the same order.

    This must be a statement of its own before any that writes or counts: each statement sees
    what was committed when it began.
    """
    if ids := sorted({*event_ids}):
        # 4,096 locks are shared by all events: the server has room for a few thousand.
        connection.execute(
            "SELECT pg_advisory_xact_lock(%s, ordered.lock) FROM ("
            "SELECT DISTINCT hashtext(id) & 4095 AS lock FROM unnest(%s::text[]) AS id"
            " ORDER BY lock) AS ordered",
            (LOCK_SPACE, ids),
        )


def recount(connection: Connection, attested_ids: Iterable[str], now: datetime) -> set[str]:
    """Count the claims on locked events, and about statements, again, at `now`.

    Those that changed are stored and listed; an id that no event has is that of a statement.
    """
    ids = sorted({*attested_ids})
    if not ids:
        return set()
    said = voices(connection, ids)
    disputed = disputes.disputed_on(connection, said)
    events = connection.execute(
        "SELECT events.id::text, events.derived, events.disputed_on, events.retracted,"
        " events.modality, events.verification FROM events"
        " WHERE events.id = ANY(%s::uuid[]) AND NOT events.withdrawn",
        (ids,),
    ).fetchall()
    others = {*ids} - {event[0] for event in events}
    changed = statement_attestation.recount(connection, others, now) if others else set()
    for event_id, derived, disputed_on, retracted, modality, verification in events:
        found = attest(
            said[event_id], retracted=retracted, modality=modality, verification=verification
        )
        columns = stored(found, disputed.get(event_id))
        if (columns["derived"], columns["disputed_on"]) != (derived, disputed_on):
            record = {"id": event_id, "recorded_at": now, **columns}
            records.derive(connection, EVENTS, record, DERIVED)
            changed.add(event_id)
    return changed


def first(connection: Connection, record: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of a new event's attestation: it has no claims yet."""
    mentioned = {mention["document_id"] for mention in record["mentions"] or ()}
    weighty = mentioned - documents.retracted(connection, mentioned)
    speaking: set[Any] = weighty
    if len(weighty) > 1:
        original = copies.originals(copies.group(connection, weighty))
        speaking = {original.get(each, each) for each in weighty}
    verification = record["verification"]
    return stored(
        attest(
            Voices(set(), {("asserts", document) for document in speaking}),
            retracted=False,
            modality=record["modality"],
            verification=verification and verification["level"],
        )
    )


def stored(found: Mapping[str, Any], disputed_on: list[str] | None = None) -> dict[str, Any]:
    """Write an attestation, and the aspects that are disputed, as the columns that keep them."""
    return {
        "derived": f',"attestation":{orjson.dumps(found).decode()}}}',
        "status": found["status"],
        "disputed_on": disputed_on,
    }


def attest(
    said: Voices, *, retracted: bool, modality: str, verification: str | None
) -> dict[str, Any]:
    """Derive an attestation; its status is the first that fits, in the order of `statuses`."""
    each, origins = counted(said.claims)
    asserted, denied = each["asserts"], each["denies"]
    status, rule = next(
        statuses(
            asserted,
            denied,
            len(said.reporting),
            retracted=retracted,
            modality=modality,
            verification=verification,
        )
    )
    return {
        "status": status,
        "asserted_by": asserted,
        "denied_by": denied,
        "questioned_by": each["questions"],
        "origins": origins,
        "documents": len(said.documents),
        "rule": rule,
    }


def statuses(  # noqa: PLR0913 - what a status may depend on
    asserted: int,
    denied: int,
    reporting: int,
    *,
    retracted: bool,
    modality: str,
    verification: str | None,
) -> Iterator[tuple[str, str]]:
    """Give each status that fits, and the rule that says so; the first one counts."""
    if retracted:
        yield "retracted", "The event is retracted."
    if modality != "actual":
        yield "hypothetical", f"Its modality is {modality}, not actual."
    if verification:
        yield verification, f"A curator has {verification} it."
    if asserted and denied:
        yield "disputed", f"Asserted by {origins_(asserted)}, denied by {origins_(denied)}."
    if denied and reporting:
        whose = "1 document in its" if reporting == 1 else f"{reporting} documents in their"
        yield "disputed", f"Reported by {whose} own voice, denied by {origins_(denied)}."
    if denied:
        yield "denied", f"Denied by {origins_(denied)}, asserted by none."
    if asserted > 1:
        yield "corroborated", f"Asserted by {origins_(asserted)}, denied by none."
    if asserted:
        yield "claimed", "Asserted by 1 origin, denied by none."
    if reporting:
        yield "reported", "Only documents report it, in their own voice."
    yield "unattested", UNATTESTED


def origins_(count: int) -> str:
    """Write how many origins there are."""
    return f"{count} origin" if count == 1 else f"{count} origins"
