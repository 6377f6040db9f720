"""Explanations of attestation: each statement, under the number it counts in.

What is retracted counts in none, and is listed apart.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from models.database.connections import Connection
from models.derived import copies, disputes, doubts, grades
from models.derived.disputes import Contradiction
from models.derived.evidence import Names, Weightless, read
from models.derived.voices import Claim, distinct, in_original
from models.derived.voices import voices as voices_of
from models.documents import DOCUMENTS
from models.statements import STATEMENTS
from models.table import Stored

SECTIONS = {
    "asserting": "asserts",
    "denying": "denies",
    "questioning": "questions",
    "projecting": "projects",
}
"""Where the claims of each stance on an event's occurrence are listed."""

CLAIMS = """
SELECT claims.statement_id::text, claims.position, claims.stance, claims.aspect, claims.narrated,
    claims.origin::text, claims.words::text
FROM claims WHERE claims.event_id = %s ORDER BY claims.statement_id, claims.position
"""
"""All that is claimed of an event."""

ABOUT = """
SELECT claims.about_id::text, claims.statement_id::text, claims.stance FROM claims
WHERE claims.about_id = ANY(%s::uuid[]) AND claims.stance IN ('denies', 'questions')
ORDER BY claims.statement_id, claims.position
"""
"""Who denies or questions that statements were made."""


def explain(connection: Connection, stored: Stored) -> dict[str, Any]:
    """List the statements and mentions behind each number of an event's attestation."""
    event, event_id = orjson.loads(stored.text), stored.id
    rows = connection.execute(CLAIMS, (event_id,)).fetchall()
    ids = {row[0] for row in rows}
    about = connection.execute(ABOUT, ([*ids],)).fetchall() if ids else []
    statements = read(connection, STATEMENTS, ids | {row[1] for row in about})
    mentioned = [mention["document_id"] for mention in event["mentions"] or ()]
    within = {statement["document_id"] for statement in statements.values()} - {None}
    prints = copies.kin(connection, {*mentioned, *within}) if mentioned or within else []
    original = copies.originals(prints)
    reprinted = copies.reprinted(prints)
    above = {one for each in (*mentioned, *within) for one in reprinted.get(each, ())}
    documents = read(connection, DOCUMENTS, {*mentioned, *within, *above})
    names = Names(connection, statements.values(), documents.values())
    weightless = Weightless(statements, documents)
    for subject, statement_id, stance in about:
        if not weightless.because(statement_id):
            names.doubt(subject, statements[statement_id], stance)
    claimed = {
        row[:2]: claim_of(statements[row[0]], Claim(row[2], *row[5:]), original) for row in rows
    }
    origins = distinct(
        claimed[statement_id, position]
        for statement_id, position, _, aspect, narrated, *_ in rows
        if aspect == "occurrence" and not narrated and not weightless.because(statement_id)
    )
    sections: dict[str, dict[Any, list[Any]]] = {stance: {} for stance in SECTIONS.values()}
    voices: dict[Any, list[Any]] = defaultdict(list)
    aspects: dict[str, list[Any]] = defaultdict(list)
    for statement_id, position, stance, aspect, narrated, *_ in rows:
        statement = statements[statement_id]
        evidence = names.evidence(statement, statement["claims"][position])
        if weightless.because(statement_id):
            weightless.add(statement_id, evidence)
        elif aspect != "occurrence":
            aspects[aspect].append(evidence)
        elif narrated:
            voices[statement["document_id"] or statement_id].append(evidence)
        else:
            counted = origins[claimed[statement_id, position]]
            sections[stance].setdefault(counted, []).append((statement, evidence))
    voiced = [("asserts", document_id) for document_id in weightless.weighty(mentioned)]
    said = [
        (stance, statements[statement_id]["document_id"])
        for statement_id, _, stance, aspect, *_ in rows
        if aspect == "occurrence" and not weightless.because(statement_id)
    ]
    heard = voices_of(connection, [event_id])
    disputed = disputes.contradictions(connection, heard).get(event_id, {})
    ways = doubts.Ways(names, documents, reprinted)
    own = own_voice(weightless.weighty(mentioned), documents, voices, original)
    counting = {one["document_id"] for one in own} | {one for each in own for one in each["copies"]}
    counting |= {
        statement["document_id"]
        for section in sections.values()
        for together in section.values()
        for statement, _ in together
    }
    return {
        "event_id": event_id,
        "title": event["title"],
        **event["attestation"],
        "disputed_on": disputes.listed(heard[event_id], disputed),
        **{
            section: [
                {**names.origin(together), "carriers": ways.of(together)}
                for together in sections[stance].values()
            ]
            for section, stance in SECTIONS.items()
        },
        "best_reliability": grades.best([*voiced, *said], documents),
        "own_voice": own,
        "aspects": [side_by_side(aspect, disputed, claims) for aspect, claims in aspects.items()],
        "carriers": {
            "asserting": ways.summary([*sections["asserts"].values()]),
            "denying": ways.summary([*sections["denies"].values()]),
        },
        "related": doubts.related(connection, event, sections.values(), names),
        "copies_of_retracted": doubts.of_retracted(counting, documents, reprinted),
        "retracted": weightless.listed(mentioned),
    }


def side_by_side(
    aspect: str, disputed: Mapping[str, Contradiction], claims: list[Any]
) -> dict[str, Any]:
    """Give the claims on an aspect, and whether and why they contradict each other."""
    why = disputed.get(aspect)
    return {
        "aspect": aspect,
        "disputed": why is not None,
        "rule": why and why.rule,
        "between": [*why.between] if why else [],
        "claims": claims,
    }


def claim_of(statement: Any, claim: Claim, original: Mapping[str, str]) -> Claim:
    """Give a claim as it counts; an unnamed speaker in a copy is the one in the original."""
    within = statement["document_id"]
    nobody = statement["speaker_id"] is None and statement["on_behalf_of_id"] is None
    if nobody and original.get(within, within) != within:
        return in_original(claim, original[within], statement["speaker_label"])
    return claim


def own_voice(
    mentioned: Collection[str],
    documents: Mapping[str, Any],
    voices: Mapping[Any, list[Any]],
    original: Mapping[str, str],
) -> list[dict[str, Any]]:
    """List the documents that report an event in their own voice, by mention or narration.

    Those that are copies of each other are one: the first of them, with the ids of the others.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in dict.fromkeys([*mentioned, *voices]):
        document = documents.get(one)
        entry = found.setdefault(
            original.get(one, one),
            {
                "document_id": one if document else None,
                "title": document and document["title"],
                "copies": [],
                "mentions": 0,
                "statements": [],
            },
        )
        if document and one != entry["document_id"]:
            entry["copies"].append(one)
        entry["mentions"] += [*mentioned].count(one)
        entry["statements"] += voices.get(one, [])
    return [*found.values()]
