"""Claims of statements: how they are stored, found by value, and counted by origin."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

UNNAMED = UUID("6e1d6f0e-6d4c-5f0a-9b0c-0d5a7f2f4c11")
"""The namespace of origins that no actor stands for (name-based UUIDs: RFC 9562, section 5.5)."""


def origin(record: Mapping[str, Any]) -> UUID:
    """Give the origin of a statement: an actor, or an unnamed speaker of one document."""
    named = record["on_behalf_of_id"] or record["speaker_id"]
    if named:
        return UUID(named)
    return unnamed(record["document_id"] or record["id"], record["speaker_label"])


def unnamed(within: Any, label: str | None) -> UUID:
    """Give the origin of an unnamed speaker's statements `within` a document."""
    return uuid5(UNNAMED, f"{within} {' '.join((label or '').casefold().split())}")


def words(record: Mapping[str, Any]) -> UUID:
    """Give the id of a statement's words, equal for equal words whoever said or carried them."""
    return uuid5(UNNAMED, record["words"]) if record["words"] else origin(record)


def claims(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take a statement's claims."""
    for position, claim in enumerate(record["claims"] or ()):
        yield {
            "event_id": claim["event_id"],
            "about_id": claim["statement_id"],
            "position": position,
            "stance": claim["stance"],
            "aspect": claim["aspect"],
            "narrated": record["form"] == "narration",
            "origin": origin(record),
            "words": words(record),
            "document_id": record["document_id"],
            "begins": record["begins"],
            "value": claimed(claim["value"]),
            "actor_id": named(claim),
        }


def claimed(value: Any) -> str | None:
    """Write a claim's value as filters find it; of bounds, the best number."""
    if isinstance(value, Mapping):
        value = value["best"]
    return None if value is None else sought(str(value))


MAX_INDEXED = 500
"""Characters beyond which a value is found by its digest: an index takes no longer ones."""


def sought(value: str) -> str:
    """Write a value to be searched for."""
    return value if len(value) <= MAX_INDEXED else sha256(value.encode()).hexdigest()


def sought_all(values: list[str]) -> list[str]:
    """Write values to be searched for."""
    return [*map(sought, values)]


def named(claim: Mapping[str, Any]) -> str | None:
    """Give the actor of a claim's value: the one responsible or harmed."""
    value: Any = claim["value"]
    if claim["aspect"] == "casualties" and value is not None:
        value = value["actor_id"]
    return value if claim["aspect"] in {"responsibility", "casualties"} else None
