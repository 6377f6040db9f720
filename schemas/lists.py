"""The query string: what every list, record and write can be asked with."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, post_load, validates_schema

from schemas.cql2.parameters import CRS84, LANGUAGES, TEXT, About, Cql2, understood
from schemas.fields.ids import Slug
from schemas.fields.moments import Moment
from schemas.fields.parameters import (
    FOREIGN,
    CommaSeparated,
    Cursor,
    ExternalId,
    one_of,
    texts,
)
from schemas.fields.values import Boolean, Integer, Reason, Text
from schemas.fields.words import Word
from schemas.links import ways
from schemas.record import RecordSchema, Strict
from schemas.selection import Member
from schemas.vocabularies import own

NONE = "none"
"""Stands among verdicts for records that nobody has assessed."""


class Query(Strict):
    """A query string: parameters that are not given are not there."""

    part = "parameter"

    @classmethod
    def read(cls, arguments: Mapping[str, str | list[str]]) -> dict[str, Any]:
        """Load the parameters that were given; ValidationError lists all faults."""
        found: dict[str, Any] = loader(cls).load(arguments)
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    @cache
    def several(cls) -> frozenset[str]:
        """Name the parameters that take several values."""
        fields = loader(cls).load_fields.items()
        return frozenset(
            field.data_key or name for name, field in fields if isinstance(field, CommaSeparated)
        )


@cache
def loader(query: type[Query]) -> Query:
    """Make the one instance that loads query strings: making one costs more than loading."""
    return query()


class Marked(Query):
    """How a table is written as CSV."""

    bom = Boolean(
        "Begin with a byte order mark, so that Excel reads the file as UTF-8.",
        example=True,
        nullable=False,
        load_default=False,
    )


class Read(Query):
    """Parameters of every read."""

    as_of = Moment(
        "Read what was known at an instant (RFC 3339) or in a release, by its name.",
        "2021-09-01T00:00:00Z",
        nullable=False,
    )


class Filtered(Read):
    """A filter in CQL2, on whatever a record says."""

    record: ClassVar[type[RecordSchema]] = RecordSchema
    """The schema of the records that are filtered."""

    filter = Cql2(
        "A filter in CQL2 (OGC 21-065), as text or JSON: comparisons, lists, patterns, places, "
        "times, joined by AND, OR and NOT, on the properties that `queryables` lists.",
        "dataset = 'panjshir-2021' AND version = 1",
    )
    filter_lang = Word(
        "The language of `filter`.",
        TEXT,
        known=LANGUAGES,
        nullable=False,
        load_default=TEXT,
        data_key="filter-lang",
    )
    filter_crs = Word(
        "The coordinates in `filter`: only longitude and latitude (CRS84).",
        CRS84,
        known=(CRS84,),
        nullable=False,
        data_key="filter-crs",
    )

    @validates_schema(skip_on_field_errors=False)
    def understandable(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse a filter that is not understood."""
        if "filter" in query:
            understood(self.filterable(), query)

    @post_load
    def filtered(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the filter as it is understood."""
        found = {name: value for name, value in query.items() if not name.startswith("filter")}
        if "filter" in query:
            found["filter"] = understood(self.filterable(), query)
        return found

    def filterable(self) -> About:
        """Tell what a filter is about."""
        return About(self.record, frozenset(self.load_fields))


class Filter(Filtered):
    """Filters of every resource."""

    dataset = CommaSeparated(
        Slug("A slug.", "panjshir-2021", nullable=False), "The dataset.", "panjshir-2021"
    )
    external_id = CommaSeparated(
        ExternalId("An id elsewhere.", "seed:E1", nullable=False),
        "Records with this external id, `scheme:value`.",
        "seed:E1",
    )
    tag = texts("Records with this tag.", "resistance")
    method = one_of(
        "How records were last written, according to the key: by people, by a model, or "
        "imported. Records written without a key are not found.",
        own.METHODS,
    )
    assessed = one_of(
        "Records whose current version has such an assessment; `outdated`: an earlier version "
        "has one; `none`: no version has one.",
        (NONE, *own.VERDICTS, "outdated"),
    )
    retracted = Word(
        "Whether retracted records are excluded, included, or the only ones.",
        "exclude",
        known=("exclude", "include", "only"),
        nullable=False,
        load_default="exclude",
    )

    @post_load
    def which(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the choice into the condition that it asks for, if any."""
        chosen = query.pop("retracted")
        return query if chosen == "include" else query | {f"retracted_{chosen}": True}

    @post_load
    def by_whom(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Tell records that nobody has assessed from others, and what a model made of them."""
        if (query.get("method"), query.get("assessed")) == (["model"], [NONE]):
            del query["method"], query["assessed"]
            query["review"] = True
        if NONE in query.get("assessed", ()):
            verdicts = [each for each in query.pop("assessed") if each != NONE]
            query |= {"assessed_or_none": verdicts} if verdicts else {"assessed_none": True}
        return query


class Cut(Query):
    """Which part of a list is sent."""

    limit = Integer(
        "Maximum number of records per page.",
        50,
        least=1,
        most=1_000,
        strict=False,
        nullable=False,
        load_default=50,
    )
    cursor = Cursor(
        "The `next_cursor` of the previous page, with the same sort and, if the best come first, "
        "the same words.",
        "WyItc3RhcnRzX29uIiwi",
        nullable=False,
    )

    @validates_schema(skip_on_field_errors=True)
    def same_sort(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse a cursor of another order."""
        if "cursor" in query and query["cursor"][0] != self.order_of(query):
            raise ValidationError({"cursor": [Reason(FOREIGN, "cursor")]})

    def order_of(self, query: Mapping[str, Any]) -> str:
        """Name the order that is asked for, as cursors have it."""
        return str(query.get("sort", self.fields["sort"].metadata["enum"][0]))


class Page(Cut):
    """Which part of a list of records is sent, and whether all of them are counted."""

    total = Word(
        "Also count what matches: `exact` counts, `estimate` asks the planner.",
        "exact",
        known=("exact", "estimate"),
        nullable=False,
    )


class Write(Query):
    """Parameters of every write."""

    dry_run = Boolean(
        "Check everything and answer the same, but store nothing.",
        example=True,
        nullable=False,
        load_default=False,
    )


SCORED = "score"
"""The member that records found by name have."""


class ListSchema(Schema):
    """One page of a list."""

    next_cursor = Text(
        "The cursor of the next page; null on the last one.",
        "WyItc3Rh…",
        required=True,
        nullable=True,
    )
    total = Integer("Number of matches, if `total` was requested.", 17, nullable=False)
    ranked = Integer(
        "Only with `q`, and only where more records match or may match than were ranked: how many "
        "are in the list at all, the newest ones. With a `sort`, all of them are.",
        1_000,
        nullable=False,
    )


def members_of(record: type[RecordSchema], *further: str) -> CommaSeparated:
    """Choose which members of a record are sent, also `further` ones; `id` always is."""
    return CommaSeparated(
        Member(record, further),
        "The members to return, including those of nested objects and of referenced records, "
        "which are then embedded: `participants.role,participants.actor.name`. `id` is always "
        "returned. Members of a nested object that no path names are omitted, even if `required`.",
        "id,version",
        data_key="fields",
    )


def expansions(record: type[RecordSchema]) -> CommaSeparated:
    """Choose which records that this one points at are sent inside it."""
    known = tuple(dict.fromkeys(way.path for way in ways(record())))
    return CommaSeparated(
        Word("A record it refers to.", known[0], known=known, nullable=False),
        "The referenced records to embed, beside their ids.",
        known[0],
    )
