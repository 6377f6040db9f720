"""Merging records that are about the same, and taking that back."""

from schemas.fields.ids import Id, Reference, example_id
from schemas.fields.values import Integer, List, Map, Nested, Text
from schemas.fields.words import Word
from schemas.record import Strict

MAX_COMMENT_CHARACTERS = 500
"""Maximum length of a comment."""


class MergeSchema(Strict):
    """Which record is to stand for this one."""

    into = Reference("", "The survivor.", example_id("actors", 12), required=True)
    comment = Text(
        "Why; kept with every revision that this makes. The header Edit-Comment may be used "
        "instead.",
        "The same person: both are sons of Ahmad Shah Massoud.",
        longest=MAX_COMMENT_CHARACTERS,
    )


class UnmergeSchema(Strict):
    """Why a record is to stand for itself again."""

    comment = Text("Why.", "Two persons of the same name.", longest=MAX_COMMENT_CHARACTERS)


def numbers(description: str) -> Map:
    """Count records by their resource."""
    return Map(
        description,
        {"events": 12},
        values=Integer("How many.", 12, nullable=False),
        nullable=False,
    )


class MergeResultSchema(Strict):
    """The result of a merge."""

    id = Id("The merged record.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    into = Id("The survivor.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c02", nullable=False)
    moved = numbers("Number of records whose references moved, by resource.")


class UnmovedRecordSchema(Strict):
    """A record that goes on pointing at the survivor."""

    resource = Text("Its resource.", "events", nullable=False)
    id = Id("Its id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c03", nullable=False)
    reason = Word(
        "Why: it `arrived` since the merge, so that it is unknown which of the two it means; or "
        "it was `changed` or `withdrawn` since.",
        "arrived",
        nullable=False,
    )


class UnmergeResultSchema(Strict):
    """The result of undoing a merge."""

    id = Id(
        "The record that was restored.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
        nullable=False,
    )
    parted_from = Id(
        "The survivor that it was parted from.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c02",
        nullable=False,
    )
    rehomed = numbers("Number of records that refer to it again, by resource.")
    stayed = List(
        Nested(UnmovedRecordSchema, "One record."),
        "The records that stay with the survivor, up to 1,000 of them.",
        nullable=False,
    )
    stayed_total = Integer("Number of records that stayed with the survivor.", 3, nullable=False)
