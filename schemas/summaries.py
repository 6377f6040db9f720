"""Summaries: counts of events or statements by group."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.events import EventFilter
from schemas.fields.groupings import TIMES, Groupings
from schemas.fields.parameters import one_of
from schemas.fields.values import Boolean, Integer, Reason
from schemas.fields.words import Word
from schemas.lists import Marked, Query
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

LIST = "One to three words, separated by commas: each row has one value per word; null is unknown. "
SEVERAL = (
    "If repeated, each list makes a summary of its own; the second and later ones are in "
    "`further`. "
)
WORDS = (
    "Words of time: `day`, `week` (ISO 8601), `month`, "
    "`quarter`, `year`; at most one per list. `location` is the record's own `location_id`, "
    "`place` the location of kind `level` that it is or lies in, `admin1` the one of that kind. "
)
SEVERAL_ROWS = (
    "`code:<scheme>` are the codes of one scheme. An event with several actors, roles, codes or "
    "publishers counts once in the row of each."
)
ROWS_OF_CLAIMS = (
    "Statements are counted, not their claims: one with several claims counts once in the row of "
    "each stance and aspect; filters on claims apply to the claims that are counted."
)

MEASURES = ("count", "fatalities", "casualties")
"""What is measured of events."""

MAX_ROWS = 100_000
"""Maximum number of rows of an answer, of all its lists."""


class Counting(Query):
    """Which part of a summary is sent, and what stands in it."""

    level = Word(
        "The kind of place for `by=place`, which requires it.",
        "admin1",
        known=own.LOCATION_KINDS,
        nullable=False,
    )
    limit = Integer(
        "Maximum number of rows of each list, of all lists together 100,000; the other rows are "
        "summed up in `others`.",
        1_000,
        least=1,
        most=MAX_ROWS,
        strict=False,
        nullable=False,
        load_default=1_000,
    )
    fill = Boolean(
        "Whether empty buckets of time between the first and the last are rows with zeros, for "
        "each combination of the other words, unless that would make more than 20,000 rows; see "
        "`filled`.",
        example=True,
        nullable=False,
        load_default=True,
    )
    facets = Boolean(
        "Count each list without the filters on its own words: `by=type` ignores `type`, and a "
        "word of time ignores `datetime`; `filter` and `q` always apply. Use it to show what "
        "else could be chosen.",
        example=True,
        nullable=False,
        load_default=False,
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def level_of_place(self, query: Mapping[str, Any], sent: Mapping[str, Any], **_: Any) -> None:
        """Refuse a level without a word for it, and the word without a level."""
        by_place = any("place" in words for words in query.get("by", ()))
        if by_place and "level" not in sent:
            raise ValidationError({"level": [Reason("by=place needs a level.", "required")]})
        if "level" in query and "by" in query and not by_place:
            raise ValidationError({"by": [Reason("level goes with by=place.", "required")]})

    @validates_schema
    def rows_in_all(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse several lists that may have more rows together than one may have."""
        each = MAX_ROWS // max(len(query["by"]), 1)
        if query["limit"] > each:
            sentence = f"{len(query['by'])} lists have {each} rows each at the most."
            raise ValidationError({"limit": [Reason(sentence, "range")]})


ORDER = (
    " `key`: by the words in their order, times and names ascending, unknown ones last; the "
    "others by that measure."
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

    by = Groupings(OF_EVENTS, f"{LIST}{SEVERAL}{WORDS}{SEVERAL_ROWS}", codes=True)
    measure = one_of(
        "The measures: the number of events, which is always included; `fatalities`; "
        "`casualties`, by kind of harm. By default `count,fatalities`.",
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

    by = Groupings(OF_STATEMENTS, f"{LIST}{SEVERAL}{WORDS}{ROWS_OF_CLAIMS}")
    order = orders("key", "count", "possible")


class EventSummaryTableQuery(EventSummaryQuery, Marked):
    """A summary of events as a table."""

    by = Groupings(OF_EVENTS, f"{LIST}{WORDS}{SEVERAL_ROWS}", codes=True, most=1)


class StatementSummaryTableQuery(StatementSummaryQuery, Marked):
    """A summary of statements as a table."""

    by = Groupings(OF_STATEMENTS, f"{LIST}{WORDS}{ROWS_OF_CLAIMS}", most=1)
