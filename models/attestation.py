"""Attestation: how well an event is attested, counted from the claims on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from psycopg import Connection

from models import storing
from models.events import EVENTS

NOBODY = "Nobody asserts or denies that it occurred."

LOCKS = 4_017
"""The space of advisory locks that are for attestation: any number that nobody else uses."""


class Claim(NamedTuple):
    """Who says what of an event's occurrence, as far as counting goes."""

    stance: str
    origin: Any
    words: Any


def lock(connection: Connection[Any], event_ids: Iterable[str]) -> None:
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
            (LOCKS, ids),
        )


def recount(connection: Connection[Any], event_ids: Iterable[str]) -> None:
    """Count the claims on events that are held by `lock`, and store what has changed."""
    ids = sorted({*event_ids})
    if not ids:
        return
    claims = defaultdict(list)
    for event_id, *claim in connection.execute(
        "SELECT DISTINCT claims.event_id, claims.stance, claims.origin, claims.words FROM claims"
        " WHERE claims.event_id = ANY(%s::uuid[]) AND claims.aspect = 'occurrence'"
        " AND NOT claims.narrated",
        (ids,),
    ):
        claims[event_id].append(Claim(*claim))
    events = connection.execute(
        "SELECT events.id, events.derived, events.retracted, events.modality, events.verification,"
        " voices.documents, voices.reporting FROM events CROSS JOIN LATERAL ("
        "SELECT count(DISTINCT voice.id) AS documents,"
        " count(DISTINCT voice.id) FILTER (WHERE voice.reports) AS reporting FROM ("
        "SELECT mentions.document_id AS id, true AS reports FROM mentions"
        " WHERE mentions.event_id = events.id UNION ALL"
        " SELECT coalesce(claims.document_id, claims.statement_id), claims.stance = 'asserts'"
        " FROM claims WHERE claims.event_id = events.id AND claims.narrated"
        " AND claims.aspect = 'occurrence') AS voice) AS voices"
        " WHERE events.id = ANY(%s::uuid[]) AND NOT events.withdrawn",
        (ids,),
    ).fetchall()
    for event_id, derived, retracted, modality, verification, documents, reporting in events:
        found = attest(
            claims[event_id],
            retracted=retracted,
            modality=modality,
            verification=verification,
            documents=documents,
            reporting=reporting,
        )
        columns = stored(found)
        if columns["derived"] != derived:
            storing.derive(
                connection, EVENTS, {"id": event_id, **columns}, {"status": "%(status)s"}
            )


def first(record: Mapping[str, Any]) -> dict[str, str]:
    """Give the columns of a new event's attestation: nobody can have claimed anything of it yet."""
    documents = len({mention["document_id"] for mention in record["mentions"] or ()})
    verification = record["verification"]
    return stored(
        attest(
            [],
            retracted=False,
            modality=record["modality"],
            verification=verification and verification["level"],
            documents=documents,
            reporting=documents,
        )
    )


def stored(found: Mapping[str, Any]) -> dict[str, str]:
    """Write an attestation as the columns that keep it."""
    return {
        "derived": f',"attestation":{orjson.dumps(found).decode()}}}',
        "status": found["status"],
    }


def attest(  # noqa: PLR0913 - what an attestation may depend on
    claims: Sequence[Claim],
    *,
    retracted: bool,
    modality: str,
    verification: str | None,
    documents: int,
    reporting: int,
) -> dict[str, Any]:
    """Derive an attestation; its status is the first that fits, in the order of `statuses`."""
    origins = distinct(claims)
    counted = {
        stance: len({origins[claim] for claim in claims if claim.stance == stance})
        for stance in ("asserts", "denies", "questions")
    }
    asserted, denied = counted["asserts"], counted["denies"]
    status, rule = next(
        statuses(
            asserted,
            denied,
            reporting,
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
        "documents": documents,
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
    if denied:
        yield "denied", f"Denied by {origins_(denied)}, asserted by none."
    if asserted > 1:
        yield "corroborated", f"Asserted by {origins_(asserted)}, denied by none."
    if asserted:
        yield "claimed", "Asserted by 1 origin, denied by none."
    if reporting:
        yield "reported", "Only documents report it, in their own voice."
    yield "unattested", NOBODY


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
