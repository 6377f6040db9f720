"""Revisions: what was ever stored of a record, and going back to it."""

from schemas.fields.ids import Id
from schemas.fields.parameters import sorts
from schemas.fields.values import MAX_COUNT, Integer, Text
from schemas.fields.words import Word
from schemas.lists import Cut, Read
from schemas.record import Strict

OPERATIONS = (
    "create",
    "change",
    "withdraw",
    "restore",
    "retract",
    "reinstate",
    "merge",
    "unmerge",
)
"""Operations on a record."""

ASSESS = "assess"
"""Somebody has assessed the record, or taken that back: a change of the feed, but no revision."""

DERIVE = "derive"
"""Something derived has changed, and nobody edited it: a change of the feed, but no revision."""


class RevisionSchema(Strict):
    """One version of a record: who made it, when, how and why."""

    number = Integer("Its number: the record's `version`.", 2, nullable=False)
    recorded_at = Text(
        "When this revision was recorded.",
        "2026-11-22T08:00:00.000000Z",
        nullable=False,
        metadata={"format": "date-time"},
    )
    key_id = Id(
        "The key that it was written with; null where writing needs none.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
    )
    key_name = Text("The name of that key.", "extraction pipeline")
    method = Text("How it was made, according to the key: human, model or import.", "human")
    comment = Text("Why: the Edit-Comment.", "The dateline says Sunday.")
    operation = Word("The operation.", "change", known=OPERATIONS, nullable=False)


class RevertSchema(Strict):
    """Which revision a record is to be like again."""

    to = Integer("The number of the revision.", 1, least=1, required=True)


class RevisionQuery(Read, Cut):
    """A list of revisions."""

    sort = sorts("number")


class DiffQuery(Read):
    """The revision to compare with."""

    against = Integer(
        "The number of the revision that it is compared with; by default, the one before.",
        1,
        least=1,
        most=MAX_COUNT,
        strict=False,
        nullable=False,
    )
