"""Attestation: how well an event is attested, counted from the claims on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import orjson

from models.database.connections import Connection
from models.events import EVENTS
from models.statements import unnamed
from models.store import records

UNATTESTED = "Nobody asserts or denies that it occurred."

LOCK_SPACE = 4_017
"""The space of advisory locks that are for attestation: any number that nobody else uses."""


class Claim(NamedTuple):
    """Who says what of an event's occurrence, as far as counting goes."""

    stance: str
    origin: Any
    words: Any


def lock(connection: Connection, event_ids: Iterable[str]) -> None:
    """Hold events' attestations against other writers until commit, in one order for all.

    This must be a statement of its own before any that writes or counts: each statement sees
    what was committed when it began.
    """
    if ids := sorted({*event_ids}):
        # So many locks do for all events: the server has room for a few thousand in all.
        connection.execute(
            "SELECT pg_advisory_xact_lock(%s, ordered.lock) FROM ("
            "SELECT DISTINCT hashtext(id) & 4095 AS lock FROM unnest(%s::text[]) AS id"
            " ORDER BY lock) AS ordered",
            (LOCK_SPACE, ids),
        )


WEIGHTLESS: LiteralString = """
SELECT statements.id FROM statements WHERE statements.retracted AND statements.id IN (
    SELECT claims.statement_id FROM claims WHERE claims.event_id = ANY(%(ids)s::uuid[])
)
UNION ALL
SELECT documents.id FROM documents WHERE documents.retracted AND documents.id IN (
    SELECT claims.document_id FROM claims WHERE claims.event_id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT mentions.document_id FROM mentions WHERE mentions.event_id = ANY(%(ids)s::uuid[])
)
"""
"""The retracted statements and documents among those that say something of events."""

ORIGINAL: LiteralString = """
LEFT JOIN LATERAL (
    SELECT copies.id FROM documents JOIN documents AS copies
        ON copies.text_sha256 = documents.text_sha256 AND NOT copies.withdrawn
    WHERE documents.id = {0}.document_id ORDER BY copies.id LIMIT 1
) AS original ON true
"""
"""Joins the document that stands for all with the same text as that of a claim or mention."""

CLAIMS: LiteralString = f"""
WITH weightless (id) AS ({WEIGHTLESS})
SELECT claims.event_id::text, claims.stance, claims.origin, claims.words, claims.narrated,
    coalesce(claims.document_id, claims.statement_id), original.id,
    CASE WHEN statements.speaker_id IS NULL AND statements.on_behalf_of_id IS NULL
        THEN (statements.body || statements.derived)::json ->> 'speaker_label' END,
    statements.speaker_id IS NULL AND statements.on_behalf_of_id IS NULL
        AND statements.id IS NOT NULL
FROM claims {ORIGINAL.format("claims")}
LEFT JOIN statements
    ON statements.id = claims.statement_id AND original.id <> claims.document_id
WHERE claims.event_id = ANY(%(ids)s::uuid[]) AND claims.aspect = 'occurrence'
    AND claims.statement_id NOT IN (SELECT weightless.id FROM weightless)
    AND coalesce(claims.document_id NOT IN (SELECT weightless.id FROM weightless), true)
UNION ALL
SELECT mentions.event_id::text, 'asserts', NULL, NULL, true, mentions.document_id, original.id,
    NULL, false
FROM mentions {ORIGINAL.format("mentions")}
WHERE mentions.event_id = ANY(%(ids)s::uuid[])
    AND mentions.document_id NOT IN (SELECT weightless.id FROM weightless)
"""
"""Claims on the occurrence of events, and documents that report them, but for retracted ones."""


def resting_on(connection: Connection, document_ids: Sequence[str]) -> set[str]:
    """List the events that documents mention, or that statements in them claim something of."""
    rows = connection.execute(
        "SELECT mentions.event_id::text FROM mentions"
        " WHERE mentions.document_id = ANY(%(ids)s::uuid[])"
        " UNION SELECT claims.event_id::text FROM claims"
        " WHERE claims.document_id = ANY(%(ids)s::uuid[])",
        {"ids": [*document_ids]},
    )
    return {row[0] for row in rows}


class Voices(NamedTuple):
    """Claims on an event's occurrence, and the documents that speak of it in their own voice."""

    claims: set[Claim]
    documents: set[Any]
    reporting: set[Any]


def voices(
    connection: Connection, event_ids: Iterable[str], without: str | None = None
) -> dict[str, Voices]:
    """Collect what counts for events: id -> voices; with `without`, as if a document were none."""
    found: dict[str, Voices] = defaultdict(lambda: Voices(set(), set(), set()))
    rows = connection.execute(CLAIMS, {"ids": [*event_ids]})
    for event_id, stance, origin, words, narrated, within, original, label, nobody in rows:
        said = found[event_id]
        if str(within) == without:
            continue
        if not narrated:
            claim = Claim(stance, origin, words)
            said.claims.add(in_original(claim, original, label) if nobody else claim)
            continue
        said.documents.add(original or within)
        if stance == "asserts":
            said.reporting.add(original or within)
    return found


def in_original(claim: Claim, original: Any, label: str | None) -> Claim:
    """Take the unnamed speaker of a copy for the one of the document that it copies."""
    origin = unnamed(original, label)
    return Claim(claim.stance, origin, origin if claim.words == claim.origin else claim.words)


def recount(connection: Connection, event_ids: Iterable[str], now: datetime) -> set[str]:
    """Count the claims on locked events again; store and list those that changed, at `now`."""
    ids = sorted({*event_ids})
    if not ids:
        return set()
    said = voices(connection, ids)
    events = connection.execute(
        "SELECT events.id::text, events.derived, events.retracted, events.modality,"
        " events.verification FROM events"
        " WHERE events.id = ANY(%s::uuid[]) AND NOT events.withdrawn",
        (ids,),
    ).fetchall()
    changed = set()
    for event_id, derived, retracted, modality, verification in events:
        found = attest(
            said[event_id], retracted=retracted, modality=modality, verification=verification
        )
        columns = stored(found)
        if columns["derived"] != derived:
            record = {"id": event_id, "recorded_at": now, **columns}
            records.derive(connection, EVENTS, record, {"status": "%(status)s"})
            changed.add(event_id)
    return changed


def first(record: Mapping[str, Any], retracted: Collection[str] = ()) -> dict[str, str]:
    """Give the columns of a new event's attestation: nobody can have claimed anything of it yet.

    Documents that are `retracted` have no weight.
    """
    documents = {mention["document_id"] for mention in record["mentions"] or ()} - {*retracted}
    verification = record["verification"]
    return stored(
        attest(
            Voices(set(), documents, documents),
            retracted=False,
            modality=record["modality"],
            verification=verification and verification["level"],
        )
    )


def stored(found: Mapping[str, Any]) -> dict[str, str]:
    """Write an attestation as the columns that keep it."""
    return {
        "derived": f',"attestation":{orjson.dumps(found).decode()}}}',
        "status": found["status"],
    }


def attest(
    said: Voices, *, retracted: bool, modality: str, verification: str | None
) -> dict[str, Any]:
    """Derive an attestation; its status is the first that fits, in the order of `statuses`."""
    origins = distinct(said.claims)
    counted = {
        stance: len({origins[claim] for claim in said.claims if claim.stance == stance})
        for stance in ("asserts", "denies", "questions")
    }
    asserted, denied = counted["asserts"], counted["denies"]
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
        "questioned_by": counted["questions"],
        "origins": len(set(origins.values())),
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
        told = "1 document in its" if reporting == 1 else f"{reporting} documents in their"
        yield "disputed", f"Reported by {told} own voice, denied by {origins_(denied)}."
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


def distinct(claims: Iterable[Claim]) -> Mapping[Claim, Any]:
    """Tell which claims come from one origin: of one speaker, or carrying the same words."""
    claims = list(claims)
    first: dict[Any, Any] = {}

    def find(node: Any) -> Any:
        while first.setdefault(node, node) != node:
            node = first[node]
        return node

    for claim in claims:
        one, other = find(claim.origin), find(claim.words)
        first[max(one, other)] = min(one, other)
    return {claim: find(claim.origin) for claim in claims}
