"""Summaries: how many events or statements have what in common."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, post_load, validates_schema

from schemas.events import EventFilter
from schemas.fields.groupings import TIMES, Groupings
from schemas.fields.ids import example_id
from schemas.fields.parameters import one_of
from schemas.fields.values import Boolean, Integer, List, Nested, Raw, Reason, Text
from schemas.fields.words import Word
from schemas.lists import Query
from schemas.statements import StatementFilter
from schemas.vocabularies import own

PLACES = ("location", "place", "admin1")
"""Words of place: the record's own, what that lies in at a `level`, and that at one level."""

OF_EVENTS = (
    *(*TIMES, "type", "mode", "modality", "status", "country", *PLACES),
    *("actor", "actor_role", "dataset", "publisher"),
)
OF_STATEMENTS = (
    *(*TIMES, "act", "form", "stance", "aspect", "medium", "speaker"),
    *(*PLACES, "dataset", "publisher"),
)
"""Words that events and statements are counted by."""

LISTS = (
    "One to three words with commas between them: a row tells for each of them what its records "
    "have in common, null where that is not known. Given more than once, each list is a summary of "
    "its own, the further ones in `further`. Words of time: `day`, `week` (ISO 8601), `month`, "
    "`quarter`, `year`; one of them in a list. `location` is the record's own `location_id`, "
    "`place` what that is or lies in at `level`, `admin1` the same at that level. "
)

MOST = 2**53 - 1
"""The largest sum that all readers of JSON read alike: that of all people is far below."""

MEASURES = ("count", "fatalities", "casualties")
"""What is measured of events."""


class Counting(Query):
    """Which part of a summary is sent, and what stands in it."""

    level = Word(
        "The kind of place that `by=place` counts by.",
        "admin1",
        known=own.LOCATION_KINDS,
        nullable=False,
    )
    limit = Integer(
        "Maximum number of rows; what the other rows come to is `others`.",
        1_000,
        least=1,
        most=100_000,
        strict=False,
        nullable=False,
        load_default=1_000,
    )
    fill = Boolean(
        "Whether empty buckets of time between the first and the last are rows with zeros, for "
        "each combination of the other words; refused beyond 20,000 rows.",
        example=True,
        nullable=False,
        load_default=True,
    )
    facets = Boolean(
        "Count each list as if nothing were asked of its own words: `by=type` without `type`, a "
        "word of time without `datetime`. So a page shows what else could be chosen.",
        example=True,
        nullable=False,
        load_default=False,
    )

    @validates_schema(skip_on_field_errors=False)
    def level_of_place(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse a level without a word for it, and the word without a level."""
        by_place = any("place" in words for words in query.get("by", ()))
        if by_place and "level" not in query:
            raise ValidationError({"level": [Reason("by=place needs a level.", "required")]})
        if "level" in query and "by" in query and not by_place:
            raise ValidationError({"by": [Reason("level goes with by=place.", "required")]})


ORDER = (
    " `key`: by the words in their order, times and names ascending, what is not known last; the "
    "others by what is measured."
)


def orders(*names: str) -> Word:
    """Choose the order of rows."""
    known = tuple(name for each in names for name in (each, f"-{each}"))
    return Word(
        f"The order of the rows; `-` is descending.{ORDER}",
        known[0],
        known=known,
        nullable=False,
        load_default=known[0],
    )


class EventSummaryQuery(EventFilter, Counting):
    """A summary of events."""

    by = Groupings(
        OF_EVENTS,
        f"{LISTS}`code:<scheme>` are the codes of one scheme. An event with several actors, roles, "
        "codes or publishers counts once in the row of each.",
        codes=True,
    )
    measure = one_of(
        "What is measured: the number of events, which always is; `fatalities`; `casualties`, by "
        "kind of harm. Where it is not sent: `count,fatalities`.",
        MEASURES,
    )
    order = orders("key", "count", "possible", "disputed", "fatalities")

    @validates_schema
    def order_measured(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse an order by what is not measured."""
        measured = query.get("measure", MEASURES)
        if query["order"].removeprefix("-") == "fatalities" and "fatalities" not in measured:
            sentence = "order=fatalities needs measure=fatalities."
            raise ValidationError({"measure": [Reason(sentence, "required")]})

    @post_load
    def measures(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Measure deaths, too, where nothing is said."""
        return {"measure": ["count", "fatalities"], **query}


class StatementSummaryQuery(StatementFilter, Counting):
    """A summary of statements."""

    by = Groupings(
        OF_STATEMENTS,
        f"{LISTS}Statements are counted, not their claims: one with several claims counts once in "
        "the row of each stance and aspect; what is asked of claims holds of those that are "
        "counted.",
    )
    order = orders("key", "count", "possible")


class NamedSchema(Schema):
    """A record by its id and its name."""

    id = Text("The record.", example_id("actors"), required=True)
    name = Text("Its name.", "Taliban", required=True)


class SumSchema(Schema):
    """What numbers of people come to; null where no event tells any."""

    low = Integer(
        "The sum of the lowest numbers: of an event that gives none, of its best.",
        4,
        required=True,
        most=MOST,
        nullable=True,
    )
    best = Integer(
        "The sum of the best numbers: of an event that gives none, of its lowest.",
        5,
        required=True,
        most=MOST,
        nullable=True,
    )
    high = Integer(
        "The sum of the highest numbers: of an event that gives none, of its best, or else lowest.",
        9,
        required=True,
        most=MOST,
        nullable=True,
    )
    not_known = Integer(
        "How many events give no number at all: that is not none.",
        7,
        required=True,
        data_key="unknown",
    )


class HarmSumSchema(SumSchema):
    """People harmed in one way. Entries of an event may overlap: `low` takes its largest one."""

    count = Integer("How many events say that people were harmed so.", 12, required=True)


class HarmSumsSchema(Schema):
    """People harmed, by kind; a kind is left out that no event tells of."""

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
    """How many records there are, and may be."""

    count = Integer("How many records certainly belong here.", 12, required=True)
    possible = Integer(
        "How many more may: their date reaches over several buckets or has a qualifier (`?`, `~`, "
        "`%`), or it is not certain that who is counted by took part.",
        3,
        required=True,
    )


class RowSchema(CountedSchema):
    """What the records of a row have in common, as far as they are counted by it."""

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
    """What the events of a row have in common, and how many they are."""

    type = Text("Their type.", "coerce")
    mode = Text("Their mode.", "restrict")
    modality = Text("Whether they happened, were planned, or are supposed.", "actual")
    status = Text("How well they are attested.", "disputed")
    country = Text("Their country; it may be one that is no more.", "AF")
    actor = Nested(NamedSchema, "Who takes part; null where no actor is recorded.")
    actor_role = Text("The role of who takes part.", "initiator")
    codes = Raw("Their codes, by the scheme of `code:<scheme>`.", {"cameo": "191"}, nullable=False)


class StatementRowSchema(RowSchema):
    """What the statements of a row have in common, and how many they are."""

    act = Text("What is done by saying so.", "assert")
    form = Text("How the words are given.", "paraphrase")
    stance = Text("The stance of a claim.", "asserts")
    aspect = Text("The aspect of a claim.", "occurrence")
    medium = Text("How it was said.", "interview")
    speaker = Nested(NamedSchema, "Who speaks; null where no actor is recorded.")


class OtherRowsSchema(CountedSchema):
    """What the rows beyond `limit` come to; a record that is in several of them is in each."""

    rows = Integer("How many rows these are.", 4, required=True)


class OtherEventRowsSchema(OtherRowsSchema, MeasuredSchema):
    """What the rows beyond `limit` come to; an event that is in several of them is in each."""


class TotalSchema(Schema):
    """What all records come to, each once, whatever its date."""

    count = Integer("How many records are counted.", 15, required=True)


class EventTotalSchema(TotalSchema, MeasuredSchema):
    """What all events come to, each once, whatever its date."""


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


BY = "The words that are counted by."
ITEMS = "The rows, each with a member for each word."
OTHERS = "What the rows beyond `limit` come to; null where there are none."
TOTAL = "What all records come to. A sum of rows may be less, by dates, or more, by several actors."
LEFT_OUT = "How many match and are left out, by reason."
FURTHER = "The summaries of further `by=`."


class EventSummaryPartSchema(Schema):
    """One summary of events."""

    by = List(Text("A word.", "month"), BY, required=True)
    items = List(Nested(EventRowSchema, "One row."), ITEMS, required=True)
    others = Nested(OtherEventRowsSchema, OTHERS, required=True, nullable=True)
    total = Nested(EventTotalSchema, TOTAL, required=True)
    left_out = Nested(EventsLeftOutSchema, LEFT_OUT, required=True)


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


class StatementSummarySchema(StatementSummaryPartSchema):
    """A summary of statements, by the first `by=`."""

    further = List(Nested(StatementSummaryPartSchema, "One summary."), FURTHER, required=True)
