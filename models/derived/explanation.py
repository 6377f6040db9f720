"""Explanations of attestation: each statement, under the number it counts in.

What is retracted counts in none, and is listed apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from models.actors import ACTORS
from models.database.connections import Connection
from models.derived import grades
from models.derived.attestation import ORIGINAL, Claim, distinct, in_original
from models.documents import DOCUMENTS
from models.locations import LOCATIONS
from models.statements import STATEMENTS
from models.table import Stored, Table

SECTIONS = {
    "asserting": "asserts",
    "denying": "denies",
    "questioning": "questions",
    "projecting": "projects",
}
"""Where the claims of each stance on an event's occurrence are listed."""


def explain(connection: Connection, stored: Stored) -> dict[str, Any]:
    """List the statements and mentions behind each number of an event's attestation."""
    event, event_id = orjson.loads(stored.text), stored.id
    rows = connection.execute(
        "SELECT claims.statement_id::text, claims.position, claims.stance, claims.aspect,"
        " claims.narrated, claims.origin, claims.words, original.id::text"
        f" FROM claims {ORIGINAL.format('claims')}"
        " WHERE claims.event_id = %s ORDER BY claims.statement_id, claims.position",
        (event_id,),
    ).fetchall()
    statements = records(connection, STATEMENTS, {row[0] for row in rows})
    mentioned = [mention["document_id"] for mention in event["mentions"] or ()]
    within = {statement["document_id"] for statement in statements.values()} - {None}
    documents = records(connection, DOCUMENTS, {*mentioned, *within})
    names = Names(connection, statements.values())
    weightless = Weightless(statements, documents)
    claimed = {row[:2]: claim_of(statements[row[0]], *row[2:3], *row[5:]) for row in rows}
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
    return {
        "event_id": event_id,
        "title": event["title"],
        **event["attestation"],
        **{
            section: [names.origin(together) for together in sections[stance].values()]
            for section, stance in SECTIONS.items()
        },
        "best_reliability": grades.best([*voiced, *said], documents),
        "own_voice": own_voice(weightless.weighty(mentioned), documents, voices),
        "aspects": [{"aspect": aspect, "claims": claims} for aspect, claims in aspects.items()],
        "retracted": weightless.listed(mentioned),
    }


def claim_of(statement: Any, stance: str, origin: Any, words: Any, original: str | None) -> Claim:
    """Give a claim as it counts; an unnamed speaker in a copy is the one in the original."""
    claim = Claim(stance, origin, words)
    nobody = statement["speaker_id"] is None and statement["on_behalf_of_id"] is None
    if nobody and original not in (None, statement["document_id"]):
        return in_original(claim, original, statement["speaker_label"])
    return claim


def records(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, Any]:
    """Read several records: id -> record."""
    texts = table.fetch(connection, ids)
    return {record_id: orjson.loads(text) for record_id, text in texts.items()}


class Weightless:
    """Claims on an event by retracted statements, or in retracted documents."""

    def __init__(self, statements: Mapping[str, Any], documents: Mapping[str, Any]) -> None:
        """Take all that say something of the event, by their ids."""
        self.statements, self.documents = statements, documents
        self.evidence: dict[str, list[Any]] = defaultdict(list)

    def because(self, statement_id: str) -> Any:
        """Give the retracted record for which a statement has no weight: itself, or its document.

        None where it has weight.
        """
        statement = self.statements[statement_id]
        within = self.documents.get(statement["document_id"])
        return next((one for one in (statement, within) if one and one["retraction"]), None)

    def weighty(self, mentioned: Iterable[str]) -> list[str]:
        """Leave out the retracted documents among those that an event mentions."""
        return [one for one in mentioned if not self.documents[one]["retraction"]]

    def add(self, statement_id: str, evidence: dict[str, Any]) -> None:
        """Keep what a statement without weight says."""
        self.evidence[self.because(statement_id)["id"]].append(evidence)

    def listed(self, mentioned: list[str]) -> list[dict[str, Any]]:
        """List the retracted records, with what has no weight for each of them."""
        gone = [one for one in mentioned if self.documents[one]["retraction"]]
        return [
            {
                "resource": "documents" if one in self.documents else "statements",
                "id": one,
                "title": self.documents[one]["title"] if one in self.documents else None,
                "reason": (self.documents.get(one) or self.statements[one])["retraction"]["reason"],
                "mentions": mentioned.count(one),
                "statements": self.evidence.get(one, []),
            }
            for one in dict.fromkeys([*gone, *self.evidence])
        ]


class Names:
    """Names of the actors and locations of some statements."""

    def __init__(self, connection: Connection, statements: Iterable[Any]) -> None:
        """Read the names of all at once."""
        wanted: dict[str, set[Any]] = {"responsibility": set(), "location": set()}
        for statement in statements:
            wanted["responsibility"] |= {statement["speaker_id"], statement["on_behalf_of_id"]}
            for claim in statement["claims"] or ():
                if claim["aspect"] in NAMED:
                    wanted[NAMED[claim["aspect"]]].add(target(claim["value"]))
        self.names = {
            aspect: {
                record_id: record["name"]
                for record_id, record in records(connection, table, filter(is_id, ids)).items()
            }
            for (aspect, ids), table in zip(wanted.items(), (ACTORS, LOCATIONS), strict=True)
        }

    def speaker(self, statement: Any) -> str | None:
        """Say who made a statement, in one name or label."""
        name = self.names["responsibility"].get(statement["speaker_id"])
        label: str | None = statement["speaker_label"]
        return name or label

    def evidence(self, statement: Any, claim: Any) -> dict[str, Any]:
        """Give a statement and what it claims, as evidence."""
        taken = ("document_id", "external_ids", "act", "form", "text", "quote", "hedge")
        value = claim["value"]
        return {
            "statement_id": statement["id"],
            **{name: statement[name] for name in taken},
            "speaker_id": statement["speaker_id"],
            "speaker": self.speaker(statement),
            **{name: claim[name] for name in ("stance", "aspect", "value")},
            "value_name": self.names.get(NAMED.get(claim["aspect"], ""), {}).get(target(value)),
            "note": claim["note"],
        }

    def origin(self, together: list[tuple[Any, dict[str, Any]]]) -> dict[str, Any]:
        """Give one origin, and what it says."""
        statement = together[0][0]
        actor_id = statement["on_behalf_of_id"] or statement["speaker_id"]
        return {
            "origin": self.names["responsibility"].get(actor_id)
            or statement["speaker_label"]
            or "unnamed",
            "actor_id": actor_id,
            "statements": [evidence for _, evidence in together],
        }


NAMED = {
    "responsibility": "responsibility",
    "casualties": "responsibility",
    "location": "location",
}
"""Aspects whose values name actors or locations, and which aspect's these are."""


def target(value: Any) -> str:
    """Give the id that a claim's value is, or has in it; another text is left as it is."""
    if isinstance(value, dict):
        value = value.get("actor_id")
    return value if isinstance(value, str) else ""


def is_id(value: str | None) -> bool:
    """Tell ids from other values of a claim: they have the one form of a UUID."""
    try:
        return value is not None and str(UUID(value)) == value
    except ValueError:
        return False


def own_voice(
    mentioned: list[str], documents: Mapping[str, Any], voices: Mapping[Any, list[Any]]
) -> list[dict[str, Any]]:
    """List the documents that report an event in their own voice, by mention or narration.

    Those with the same text are one: the first of them.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in dict.fromkeys([*mentioned, *voices]):
        document = documents.get(one)
        text = (document and document["text_sha256"]) or one
        entry = found.setdefault(
            text,
            {
                "document_id": one if document else None,
                "title": document and document["title"],
                "mentions": 0,
                "statements": [],
            },
        )
        entry["mentions"] += mentioned.count(one)
        entry["statements"] += voices.get(one, [])
    return [*found.values()]
