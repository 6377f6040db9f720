"""Assessments: what somebody thinks of a record, of which version of it, and why."""

from schemas.fields.ids import Id, example_id
from schemas.fields.parameters import sorts
from schemas.fields.values import Boolean, Integer, Text
from schemas.fields.words import Word
from schemas.lists import Cut, Read
from schemas.record import Strict
from schemas.vocabularies import own

MAX_NOTE_CHARACTERS = 5_000
"""Maximum length of a note."""


class AssessmentSchema(Strict):
    """The assessment of a record by one key."""

    verdict = Word(
        "The verdict: the record is right, it is wrong, or it cannot be decided.",
        "agree",
        known=own.VERDICTS,
        required=True,
    )
    note = Text(
        "Why.", "The article says the same of all three districts.", longest=MAX_NOTE_CHARACTERS
    )
    version = Integer(
        "The version of the record that it is about. If sent, it must be the current one; by "
        "default, it is.",
        1,
        least=1,
        nullable=False,
    )
    key_id = Id(
        "The key that it was written with; null where writing needs none.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
        dump_only=True,
    )
    key_name = Text("The name of that key.", "desk, second reader", dump_only=True)
    method = Word(
        "How it was made, according to the key.", "human", known=own.METHODS, dump_only=True
    )
    record_id = Text(
        "The id of the record that was assessed: this one, or one that was merged into it since. "
        "A UUID; of a dataset, its name.",
        example_id("events"),
        dump_only=True,
        nullable=False,
    )
    assessed_at = Text(
        "When it was written, or last changed.",
        "2026-11-22T08:00:00.000000Z",
        dump_only=True,
        nullable=False,
        metadata={"format": "date-time"},
    )
    outdated = Boolean(
        "Whether it is of an earlier version of the record, or of one that was merged into it.",
        example=False,
        dump_only=True,
        nullable=False,
    )


class AssessmentQuery(Read, Cut):
    """A list of assessments."""

    sort = sorts("assessed_at")
