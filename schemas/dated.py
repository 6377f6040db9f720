"""Filters by date: what may have been then, and what certainly was."""

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.fields.moments import Interval
from schemas.fields.values import Reason
from schemas.fields.words import Word
from schemas.lists import Query


class Dated(Query):
    """Filters by date."""

    datetime = Interval(
        "When: a date, an instant, or `start/end` with `..` for open (RFC 3339 as in OGC API "
        "Features; any EDTF date such as `2021-08` will do). Undated records are not found.",
        "2021-08-15/2021-08-22",
        nullable=False,
    )

    @post_load
    def by_the_clock(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Use the timed filter if the interval has a time of day."""
        if "datetime" in query and query["datetime"] and query["datetime"].is_timed:
            query["datetime_at"] = query.pop("datetime")
        return query


class Certain(Query):
    """Whether a date is to lie within what is asked for, beside `Dated`."""

    datetime_match = Word(
        "`possible`: what may have been then; `certain`: what lies wholly within `datetime`, and "
        "whose date has none of the qualifiers `?`, `~` and `%`.",
        "certain",
        known=("possible", "certain"),
        nullable=False,
        load_default="possible",
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def match_what(self, _query: Any, sent: Any, **_: Any) -> None:
        """Refuse `datetime_match=certain` without `datetime`."""
        if sent.get("datetime_match") == "certain" and "datetime" not in sent:
            reason = Reason("datetime_match=certain needs it.", "required")
            raise ValidationError({"datetime": [reason]})

    @post_load
    def match(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the choice of how to match into the condition that it asks for."""
        certain = query.pop("datetime_match") == "certain"
        for name in ("datetime", "datetime_at"):
            if certain and name in query:
                query[f"{name}_certainly"] = query.pop(name)
        return query
