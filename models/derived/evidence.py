"""Evidence: statements and documents as explanations show them, with the names of who speaks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from models.actors import ACTORS
from models.database.connections import Connection
from models.locations import LOCATIONS
from models.statements import NOBODY_SAYS
from models.table import Table, fetch_all


def read(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, Any]:
    """Read several records: id -> record."""
    texts = table.fetch(connection, ids)
    return {record_id: orjson.loads(text) for record_id, text in texts.items()}


class Retracted:
    """The retracted ones among the statements and documents that say something of an event."""

    def __init__(self, statements: Mapping[str, Any], documents: Mapping[str, Any]) -> None:
        """Take all that say something of the event, by their ids."""
        self.statements, self.documents = statements, documents

    def source_of(self, statement_id: str) -> Any:
        """Give the retracted record that takes a statement's weight: itself, or its document.

        None where it has weight.
        """
        statement = self.statements[statement_id]
        within = self.documents.get(statement["document_id"])
        return next((one for one in (statement, within) if one and one["retraction"]), None)

    def left_out_of(self, mentioned: Iterable[str]) -> list[str]:
        """Leave out the retracted documents among those that an event mentions."""
        return [one for one in mentioned if not self.documents[one]["retraction"]]

    def listed(
        self, mentioned: list[str], evidence: Mapping[str, list[Any]]
    ) -> list[dict[str, Any]]:
        """List the retracted records, with the evidence that each takes the weight from."""
        gone = [one for one in mentioned if self.documents[one]["retraction"]]
        return [
            {
                "resource": "documents" if one in self.documents else "statements",
                "id": one,
                "title": self.documents[one]["title"] if one in self.documents else None,
                "reason": (self.documents.get(one) or self.statements[one])["retraction"]["reason"],
                "mentions": mentioned.count(one),
                "statements": evidence.get(one, []),
            }
            for one in dict.fromkeys([*gone, *evidence])
        ]


class Names:
    """Names of the actors and locations in some statements, and of those who carried these."""

    def __init__(
        self, connection: Connection, statements: Iterable[Any], documents: Iterable[Any]
    ) -> None:
        """Read the names of all at once."""
        actors = {document["publisher_id"] for document in documents}
        wanted: dict[str, set[Any]] = {"responsibility": actors, "location": set()}
        for statement in statements:
            actors |= {statement["speaker_id"], statement["on_behalf_of_id"]}
            actors |= {step["actor_id"] for step in statement["chain"] or ()}
            for claim in statement["claims"] or ():
                if claim["aspect"] in NAMED_BY_ASPECT:
                    wanted[NAMED_BY_ASPECT[claim["aspect"]]].add(target(claim["value"]))
        tables = {"responsibility": ACTORS, "location": LOCATIONS}
        texts = fetch_all(
            connection, {tables[aspect]: [*filter(is_id, ids)] for aspect, ids in wanted.items()}
        )
        self.records = {
            aspect: {one: orjson.loads(text) for one, text in texts[table].items()}
            for aspect, table in tables.items()
        }
        self.doubts: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def name(self, record_id: str | None, aspect: str = "responsibility") -> str | None:
        """Give the name of an actor, or of what else is claimed of an aspect."""
        record = self.records.get(aspect, {}).get(record_id or "")
        name: str | None = record and record["name"]
        return name

    def speaker(self, statement: Any) -> str | None:
        """Say who made a statement, in one name or label."""
        label: str | None = statement["speaker_label"]
        return self.name(statement["speaker_id"]) or label

    def doubt(self, subject: str, statement: Any, stance: str) -> None:
        """Record that a statement denies or questions that another one was made."""
        self.doubts[subject].append(
            {
                "statement_id": statement["id"],
                "document_id": statement["document_id"],
                "speaker_id": statement["speaker_id"],
                "speaker": self.speaker(statement),
                "stance": stance,
                "text": statement["text"],
            }
        )

    def evidence(self, statement: Any, claim: Any) -> dict[str, Any]:
        """Give a statement and what it claims, as evidence."""
        value = claim["value"]
        return {
            "statement_id": statement["id"],
            **{name: statement[name] for name in COPIED_MEMBERS},
            "chain": statement["chain"] and [*map(self.step, statement["chain"])],
            "speaker": self.speaker(statement),
            **{name: claim[name] for name in ("stance", "aspect", "value")},
            "value_name": self.name(target(value), NAMED_BY_ASPECT.get(claim["aspect"], "")),
            "note": claim["note"],
            "attestation": statement.get("attestation") or NOBODY_SAYS,
            "doubted_by": self.doubts.get(statement["id"], []),
        }

    def step(self, step: Any) -> dict[str, Any]:
        """Give one step of a chain, with the name of who it is."""
        return {**step, "name": self.name(step["actor_id"]) or step["label"]}

    def origin(self, together: list[tuple[Any, dict[str, Any]]]) -> dict[str, Any]:
        """Give one origin and its statements."""
        statement = together[0][0]
        actor_id = statement["on_behalf_of_id"] or statement["speaker_id"]
        return {
            "origin": self.name(actor_id) or statement["speaker_label"] or "unnamed",
            "actor_id": actor_id,
            "statements": [evidence for _, evidence in together],
        }


COPIED_MEMBERS = (
    *("document_id", "external_ids", "act", "form", "text", "quote", "quote_verified", "hedge"),
    *("date", "medium", "speaker_id", "speaker_label", "speaker_role"),
)
"""Members that evidence copies from its statement."""

NAMED_BY_ASPECT = {
    "responsibility": "responsibility",
    "casualties": "responsibility",
    "location": "location",
}
"""Aspects whose values name actors or locations: aspect -> the one under which names are read."""


def target(value: Any) -> str:
    """Give the id in a claim's value, which may be an object or the id itself; else its text."""
    if isinstance(value, dict):
        value = value.get("actor_id")
    return value if isinstance(value, str) else ""


def is_id(value: str | None) -> bool:
    """Say whether a claim's value is an id: a UUID in its usual form."""
    try:
        return value is not None and str(UUID(value)) == value
    except ValueError:
        return False
