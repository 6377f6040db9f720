"""Summaries as they are answered: rows, and what all of them come to."""

from marshmallow import Schema

from schemas.fields.ids import Id, example_id
from schemas.fields.values import Boolean, Integer, List, Nested, Raw, Text

MAX_SUM = 2**53 - 1
"""The largest sum that all readers of JSON read alike: that of all people is far below."""


class NamedSchema(Schema):
    """A record by its id and its name."""

    id = Id("The record.", example_id("actors"), required=True)
    name = Text("Its name.", "Taliban", required=True)


class SumSchema(Schema):
    """Sums of numbers of people; null if no event gives one."""

    low = Integer(
        "The sum of the lowest numbers: of an event that gives none, of its best.",
        4,
        required=True,
        most=MAX_SUM,
        nullable=True,
    )
    best = Integer(
        "The sum of the best numbers: of an event that gives none, of its lowest.",
        5,
        required=True,
        most=MAX_SUM,
        nullable=True,
    )
    high = Integer(
        "The sum of the highest numbers: of an event that gives none, of its best, or else lowest.",
        9,
        required=True,
        most=MAX_SUM,
        nullable=True,
    )
    not_known = Integer(
        "Number of events that give no number at all: unknown, not zero.",
        7,
        required=True,
        data_key="unknown",
    )


class HarmSumSchema(SumSchema):
    """People harmed in one way. Entries of an event may overlap: `low` takes its largest one."""

    count = Integer("Number of events with this kind of harm.", 12, required=True)


class HarmSumsSchema(Schema):
    """People harmed, by kind; kinds that no event reports are omitted."""

    killed = Nested(HarmSumSchema, "Killed, as `fatalities` say or else `casualties`.")
    injured = Nested(HarmSumSchema, "Injured.")
    missing = Nested(HarmSumSchema, "Missing.")
    abducted = Nested(HarmSumSchema, "Abducted.")
    detained = Nested(HarmSumSchema, "Detained.")
    displaced = Nested(HarmSumSchema, "Displaced.")


class MeasuredSchema(Schema):
    """What is measured of events."""

    disputed = Integer("How many of `count` are disputed.", 1, required=True)
    fatalities = Nested(SumSchema, "Deaths in the events of `count`.", nullable=False)
    casualties = Nested(HarmSumsSchema, "People harmed in the events of `count`.", nullable=False)


class CountedSchema(Schema):
    """Numbers of records: those that certainly belong here, and those that may."""

    count = Integer("Number of records that certainly belong here.", 12, required=True)
    possible = Integer(
        "Number of further records that may. With `datetime` or a word of time: their date spans "
        "more than that, or several buckets, or has a qualifier (`?`, `~`, `%`). With a word of "
        "participants: it is not certain that this one took part.",
        3,
        required=True,
    )


class RowSchema(CountedSchema):
    """The values that the records of a row share: those that they are counted by."""

    day = Text("The day.", "2021-08-22")
    week = Text("The week (ISO 8601), which begins on a Monday.", "2021-W33")
    month = Text("The month.", "2021-08")
    quarter = Text("The quarter.", "2021-Q3")
    year = Text("The year.", "2021")
    location = Nested(NamedSchema, "Their location.")
    place = Nested(NamedSchema, "The place of the `level` that they are in.")
    admin1 = Nested(NamedSchema, "The `admin1` that they are in.")
    dataset = Text("Their dataset.", "panjshir-2021")
    publisher = Nested(NamedSchema, "Who published a document that reports them.")


class EventRowSchema(RowSchema, MeasuredSchema):
    """The values that the events of a row share, and how many they are."""

    type = Text("Their type.", "coerce")
    mode = Text("Their mode.", "restrict")
    modality = Text("Whether they happened, were planned, or are supposed.", "actual")
    status = Text("How well they are attested.", "disputed")
    country = Text("Their country; it may be a former one.", "AF")
    actor = Nested(NamedSchema, "Who takes part; null where no actor is recorded.")
    actor_role = Text("The role of who takes part.", "initiator")
    codes = Raw("Their codes, by the scheme of `code:<scheme>`.", {"cameo": "191"}, nullable=False)


class StatementRowSchema(RowSchema):
    """The values that the statements of a row share, and how many they are."""

    act = Text("The act.", "assert")
    form = Text("How the words are given.", "paraphrase")
    stance = Text("The stance of a claim.", "asserts")
    aspect = Text("The aspect of a claim.", "occurrence")
    medium = Text("How it was said.", "interview")
    speaker = Nested(NamedSchema, "Who speaks; null where no actor is recorded.")


class OtherRowsSchema(CountedSchema):
    """Totals of the rows beyond `limit`; a record in several rows counts in each."""

    rows = Integer("How many rows these are.", 4, required=True)


class OtherEventRowsSchema(OtherRowsSchema, MeasuredSchema):
    """What the rows beyond `limit` come to; an event that is in several of them is in each."""


class TotalSchema(Schema):
    """The totals of all records, each counted once."""

    count = Integer(
        "How many records certainly lie within `datetime`: without it, all of them.",
        15,
        required=True,
    )
    possible = Integer(
        "How many more may lie within `datetime`: their date reaches beyond it, or has a qualifier "
        "(`?`, `~`, `%`).",
        3,
        required=True,
    )


class EventTotalSchema(TotalSchema, MeasuredSchema):
    """The totals of all events, each counted once."""


class StatementsLeftOutSchema(Schema):
    """Statements that match and are left out, for nothing asks for them by name."""

    retracted = Integer("Retracted; `retracted=include` counts them.", 0, required=True)


class EventsLeftOutSchema(StatementsLeftOutSchema):
    """Events that match and are left out, for nothing asks for them by name; each under one reason.

    In this order: retracted, not actual, refuted, denied.
    """

    not_actual = Integer(
        "Planned or hypothetical; `modality=`, or counting by it or by status, counts them.",
        2,
        required=True,
    )
    refuted = Integer(
        "Refuted by a curator; `status=`, or counting by it, counts them.", 0, required=True
    )
    denied = Integer("Only denied; `status=`, or counting by it, counts them.", 1, required=True)


BY = "The words of this summary."
ITEMS = "The rows, each with a member for each word."
OTHERS = "The rows beyond `limit`, summed up; null if there are none."
TOTAL = (
    "Totals over all records. The sum of the rows may be less, because of dates, or more, because "
    "of several actors."
)
LEFT_OUT = "Number of matching records excluded, by reason."
FILLED = (
    "Only with a word of time: whether empty buckets between the first and the last are rows with "
    "zeros. False with `fill=false`, and where these would make more than 20,000 rows."
)
FURTHER = "The summaries of further `by=`."


class EventSummaryPartSchema(Schema):
    """One summary of events."""

    by = List(Text("A word.", "month"), BY, required=True)
    items = List(Nested(EventRowSchema, "One row."), ITEMS, required=True)
    others = Nested(OtherEventRowsSchema, OTHERS, required=True, nullable=True)
    total = Nested(EventTotalSchema, TOTAL, required=True)
    left_out = Nested(EventsLeftOutSchema, LEFT_OUT, required=True)
    filled = Boolean(FILLED, example=True, nullable=False)


class EventSummarySchema(EventSummaryPartSchema):
    """A summary of events, by the first `by=`."""

    further = List(Nested(EventSummaryPartSchema, "One summary."), FURTHER, required=True)


class StatementSummaryPartSchema(Schema):
    """One summary of statements."""

    by = List(Text("A word.", "stance"), BY, required=True)
    items = List(Nested(StatementRowSchema, "One row."), ITEMS, required=True)
    others = Nested(OtherRowsSchema, OTHERS, required=True, nullable=True)
    total = Nested(TotalSchema, TOTAL, required=True)
    left_out = Nested(StatementsLeftOutSchema, LEFT_OUT, required=True)
    filled = Boolean(FILLED, example=True, nullable=False)


class StatementSummarySchema(StatementSummaryPartSchema):
    """A summary of statements, by the first `by=`."""

    further = List(Nested(StatementSummaryPartSchema, "One summary."), FURTHER, required=True)
