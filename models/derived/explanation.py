"""Explanations of attestation: each statement, under the number it counts in.

What is retracted counts in none, and is listed apart.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import orjson

from models.database.connections import Connection
from models.derived import copies, disputes, doubts, grades
from models.derived.disputes import Contradiction
from models.derived.doubts import Together
from models.derived.evidence import Names, Retracted, read
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

LIST_CLAIMS = """
SELECT claims.statement_id::text, claims.position, claims.stance, claims.aspect, claims.narrated,
    claims.origin::text, claims.words::text
FROM claims WHERE claims.event_id = %s ORDER BY claims.statement_id, claims.position
"""
"""All claims on an event."""

LIST_DOUBTS = """
SELECT claims.about_id::text, claims.statement_id::text, claims.stance FROM claims
WHERE claims.about_id = ANY(%s::uuid[]) AND claims.stance IN ('denies', 'questions')
ORDER BY claims.statement_id, claims.position
"""
"""Claims that deny or question that statements were made."""


class Row(NamedTuple):
    """A claim on the event, by its place in a statement."""

    statement_id: str
    position: int
    stance: str
    aspect: str
    narrated: bool
    origin: str
    words: str


class Sorted(NamedTuple):
    """The claims on an event as evidence, each in the one place where it is listed.

    `sections` are those of origins on the occurrence: stance -> origin -> evidence; `narrations`
    those of documents in their own voice: id -> evidence; `aspects` those on anything else;
    `weightless` those of retracted records: id of the record -> evidence.
    """

    sections: dict[str, dict[Any, Together]]
    narrations: dict[str, list[Any]]
    aspects: dict[str, list[Any]]
    weightless: dict[str, list[Any]]

    def statements(self) -> Iterator[Any]:
        """Give the statements by which origins speak of the occurrence."""
        for section in self.sections.values():
            for together in section.values():
                for statement, _ in together:
                    yield statement


class Case:
    """All that is said of one event: claims, their statements and documents, and names."""

    def __init__(self, connection: Connection, event_id: str, mentioned: list[str]) -> None:
        """Read everything, of the documents that the event mentions, too."""
        self.mentioned = mentioned
        rows = connection.execute(LIST_CLAIMS, (event_id,)).fetchall()
        self.rows = [Row(*row) for row in rows]
        ids = {row.statement_id for row in self.rows}
        doubts_of = connection.execute(LIST_DOUBTS, ([*ids],)).fetchall() if ids else []
        self.statements = read(connection, STATEMENTS, ids | {row[1] for row in doubts_of})
        own = {each["document_id"] for each in self.statements.values()} - {None}
        direct = {*mentioned, *own}
        prints = copies.group(connection, direct) if direct else []
        self.original, self.reprinted = copies.originals(prints), copies.reprinted(prints)
        above = {one for each in direct for one in self.reprinted.get(each, ())}
        self.documents = read(connection, DOCUMENTS, direct | above)
        self.retracted = Retracted(self.statements, self.documents)
        self.names = Names(connection, self.statements.values(), self.documents.values())
        for subject, statement_id, stance in doubts_of:
            if not self.retracted.source_of(statement_id):
                self.names.doubt(subject, self.statements[statement_id], stance)

    @cached_property
    def on_occurrence(self) -> list[Row]:
        """The claims with weight on whether the event occurred."""
        return [
            row
            for row in self.rows
            if row.aspect == "occurrence" and not self.retracted.source_of(row.statement_id)
        ]

    def claim(self, row: Row) -> Claim:
        """Give a claim as it counts; an unnamed speaker in a copy is the one in the original."""
        claim = Claim(row.stance, row.origin, row.words)
        statement = self.statements[row.statement_id]
        within = statement["document_id"]
        is_unnamed = statement["speaker_id"] is None and statement["on_behalf_of_id"] is None
        if is_unnamed and self.original.get(within, within) != within:
            return in_original(claim, self.original[within], statement["speaker_label"])
        return claim

    def sorted(self) -> Sorted:
        """Sort the claims into the places where they are listed."""
        claims = {row: self.claim(row) for row in self.on_occurrence if not row.narrated}
        origins = distinct(claims.values())
        sections: dict[str, dict[Any, Together]] = {each: {} for each in SECTIONS.values()}
        result = Sorted(sections, defaultdict(list), defaultdict(list), defaultdict(list))
        for row in self.rows:
            statement = self.statements[row.statement_id]
            evidence = self.names.evidence(statement, statement["claims"][row.position])
            if source := self.retracted.source_of(row.statement_id):
                result.weightless[source["id"]].append(evidence)
            elif row.aspect != "occurrence":
                result.aspects[row.aspect].append(evidence)
            elif row.narrated:
                result.narrations[statement["document_id"] or statement["id"]].append(evidence)
            else:
                origin = origins[claims[row]]
                sections[row.stance].setdefault(origin, []).append((statement, evidence))
        return result

    def best_reliability(self) -> dict[str, str | None]:
        """Give the best grade of a source on each side of whether the event occurred."""
        weighty = self.retracted.left_out_of(self.mentioned)
        said = [("asserts", document_id) for document_id in weighty]
        said += [
            (row.stance, self.statements[row.statement_id]["document_id"])
            for row in self.on_occurrence
        ]
        return grades.best(said, self.documents)

    def own_voice(self, narrations: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
        """List the documents that report the event in their own voice, by mention or narration.

        Those that are copies of each other are one: the first of them, with the ids of the others.
        """
        mentioned = self.retracted.left_out_of(self.mentioned)
        listed: dict[str, dict[str, Any]] = {}
        for one in dict.fromkeys([*mentioned, *narrations]):
            document = self.documents.get(one)
            entry = listed.setdefault(
                self.original.get(one, one),
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
            entry["mentions"] += mentioned.count(one)
            entry["statements"] += narrations.get(one, [])
        return [*listed.values()]


def explain(connection: Connection, stored: Stored) -> dict[str, Any]:
    """List the statements and mentions behind each number of an event's attestation."""
    event, event_id = orjson.loads(stored.text), stored.id
    case = Case(connection, event_id, [each["document_id"] for each in event["mentions"] or ()])
    evidence = case.sorted()
    sections = evidence.sections
    voices = voices_of(connection, [event_id])
    disputed = disputes.contradictions(connection, voices).get(event_id, {})
    carriers = doubts.Carriers(case.names, case.documents, case.reprinted)
    own_voice = case.own_voice(evidence.narrations)
    counting = {statement["document_id"] for statement in evidence.statements()}
    for one in own_voice:
        counting |= {one["document_id"], *one["copies"]}
    return {
        "event_id": event_id,
        "title": event["title"],
        **event["attestation"],
        "disputed_on": disputes.listed(voices[event_id], disputed),
        **{
            section: [
                {**case.names.origin(together), "carriers": carriers.of(together)}
                for together in sections[stance].values()
            ]
            for section, stance in SECTIONS.items()
        },
        "best_reliability": case.best_reliability(),
        "own_voice": own_voice,
        "aspects": [
            side_by_side(aspect, disputed, claims) for aspect, claims in evidence.aspects.items()
        ],
        "carriers": {
            "asserting": carriers.summary([*sections["asserts"].values()]),
            "denying": carriers.summary([*sections["denies"].values()]),
        },
        "related": doubts.related(connection, event, sections.values(), case.names),
        "copies_of_retracted": doubts.of_retracted(counting, case.documents, case.reprinted),
        "retracted": case.retracted.listed(case.mentioned, evidence.weightless),
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
