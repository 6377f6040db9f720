"""Grades: the best reliability of a source on each side of an event's attestation."""

from collections.abc import Iterable, Mapping
from typing import Any

SIDES = {"asserting": "asserts", "denying": "denies"}
"""The sides of whether an event occurred, and the stance of each."""


def best(said: Iterable[tuple[str, Any]], documents: Mapping[str, Any]) -> dict[str, str | None]:
    """Give the best grade on each side, of stances and the ids of documents; null where none is.

    `A` is the best. `F`, which says that nobody can judge, is given where no source is graded
    otherwise.
    """
    found = [(stance, grade(documents.get(document))) for stance, document in said]
    return {
        side: min((each for stance, each in found if each and stance == own), default=None)
        for side, own in SIDES.items()
    }


def grade(document: Any) -> str | None:
    """Give the grade of a document's source, if it has one."""
    source = (document or {}).get("source_reliability")
    found: str | None = source and source["grade"]
    return found
