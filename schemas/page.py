"""The query string: what every list, record and write can be asked with."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from schemas.edtf import parse
from schemas.fields import (
    Boolean,
    Field,
    Float,
    Integer,
    List,
    Nested,
    Reference,
    Slug,
    Text,
    Word,
    links,
    refusal,
)
from schemas.record import SCHEME, RecordSchema, Strict

EARLIEST, LATEST = "0001-01-01", "infinity"
"""Bounds of an open interval; a date that is not known at all lies before the earliest."""


class CommaSeparated(Field, fields.Field):
    """Values with commas between them, any of which may fit."""

    default_error_messages = {"empty": "A value is missing between the commas."}

    def __init__(self, inner: fields.Field, description: str, example: object, **more: Any) -> None:
        """Read each value as `inner` does."""
        super().__init__(description, example, nullable=False, **more)
        self.inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        parts = str(value).split(",")
        if not all(parts):
            raise self.make_error("empty")
        return [self.inner.deserialize(part) for part in dict.fromkeys(parts)]


class Interval(Field, fields.Field):
    """A date, an instant, or an interval of them, read as its earliest and its latest day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        if value in {"..", "../.."}:
            return EARLIEST, LATEST
        try:
            span = parse(str(value))
        except ValueError as error:
            raise refusal("datetime", str(error)) from error
        earliest = span.starts_on.isoformat() if span.starts_on else EARLIEST
        return earliest, span.ends_on.isoformat() if span.ends_on else LATEST


class Numbers(Field, fields.Field):
    """A fixed count of numbers with commas between them."""

    def __init__(self, count: int, description: str, example: object, **more: Any) -> None:
        """Take `count` numbers, longitudes and latitudes in turn."""
        super().__init__(description, example, nullable=False, **more)
        self.count = count

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        parts = str(value).split(",")
        try:
            numbers = [float(part) for part in parts if part.strip() == part and "_" not in part]
        except ValueError:
            numbers = []
        if len(numbers) != self.count or len(parts) != self.count:
            raise refusal("numbers", f"This takes {self.count} numbers with commas between them.")
        for number, limit in zip(numbers, [180.0, 90.0] * 2, strict=False):
            if not abs(number) <= limit:
                sentence = "Longitudes lie between -180 and 180, latitudes between -90 and 90."
                raise refusal("degrees", sentence)
        if self.count == 4 and numbers[1] > numbers[3]:  # noqa: PLR2004 - west, south, east, north
            raise refusal("bbox", "South lies north of north: west,south,east,north is the order.")
        return numbers


class Scheme(Field, fields.Field):
    """A value in a scheme, written `scheme:value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        scheme, colon, code = str(value).partition(":")
        if not colon or not code or not scheme:
            raise refusal("scheme", "This has the form scheme:value.")
        return f"{scheme}:{code}"


class ExternalId(Scheme):
    """An id elsewhere, written `scheme:value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        found = super()._deserialize(value, attr, data, **more)
        if not SCHEME.fullmatch(found.partition(":")[0]):
            raise refusal("scheme", "The name of a scheme has a-z, 0-9 and . _ - inside.")
        return found


class Cursor(Field, fields.Field):
    """Where a page ends: opaque to clients; a sort, its last key, and the last id."""

    default_error_messages = {"cursor": "This is no cursor of this service, or not of this sort."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        try:
            sort, key, last = orjson.loads(base64.urlsafe_b64decode(str(value).encode()))
            if all(isinstance(part, str) for part in (sort, key, last)):
                return sort, key, last
        except (binascii.Error, ValueError, TypeError) as error:
            raise self.make_error("cursor") from error
        raise self.make_error("cursor")


def cursor(sort: str, key: str, last: str) -> str:
    """Write a cursor: the sort, the key of the page's last record as text, and its id."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, key, last])).decode()


def one_of(description: str, known: tuple[str, ...], **more: Any) -> CommaSeparated:
    """Filter by words of a code list."""
    return CommaSeparated(
        Word("One of them.", known[0], known=known, nullable=False),
        description,
        known[0],
        **more,
    )


def ids(to: str, description: str) -> CommaSeparated:
    """Filter by ids of records of the resource `to`."""
    example = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
    return CommaSeparated(Reference(to, "An id.", example, nullable=False), description, example)


def texts(description: str, example: str) -> CommaSeparated:
    """Filter by words that no code list holds."""
    return CommaSeparated(Text("A text.", example, nullable=False), description, example)


class Query(Strict):
    """A query string: parameters that are not given are not there."""

    part = "parameter"

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> dict[str, Any]:
        """Load the parameters that were given; ValidationError lists all faults."""
        found: dict[str, Any] = cls().load(arguments)
        return {name: value for name, value in found.items() if value is not None}


class Filter(Query):
    """What records of every resource can be found by."""

    dataset = CommaSeparated(
        Slug("A slug.", "panjshir-2021", nullable=False), "In which dataset.", "panjshir-2021"
    )
    external_id = CommaSeparated(
        ExternalId("An id elsewhere.", "seed:E1", nullable=False),
        "Known elsewhere as `scheme:value`.",
        "seed:E1",
    )
    tag = texts("Having the tag.", "resistance")
    retracted = Word(
        "Whether retracted records are left out, in, or alone.",
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


class Located(Query):
    """What can be found by where on the earth it is."""

    bbox = Numbers(
        4,
        "Within west,south,east,north, in degrees; west greater than east crosses the "
        "antimeridian. A place with a geometry is found by its bounding box.",
        "69,35,71,36",
    )
    near = Numbers(2, "Within `radius` of longitude,latitude.", "69.17,34.53")
    radius = Float("Great-circle distance to `near`, in kilometres.", 100, nullable=False)

    @validates_schema(skip_on_field_errors=False)
    def both(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse a centre without a distance, and a distance without a centre."""
        if ("near" in query) == ("radius" in query):
            if not 0 <= query.get("radius", 0) <= 20_100:  # noqa: PLR2004 - half round the earth
                raise ValidationError({"radius": ["This lies between 0 and 20100 km."]})
            return
        missing = "radius" if "near" in query else "near"
        raise ValidationError({missing: ["near and radius go together."]})

    @post_load
    def circle(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Make one condition of centre and distance."""
        if "near" in query:
            query["near"] = (*query["near"], query.pop("radius"))
        return query


class Dated(Query):
    """What can be found by when it was."""

    datetime = Interval(
        "When: a date, an instant, or `start/end` with `..` for open (RFC 3339 as in OGC API "
        "Features; any EDTF date such as `2021-08` will do). Undated records are not found.",
        "2021-08-15/2021-08-22",
        nullable=False,
    )


def paths(schema: Schema, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give what can be embedded in a record, as `participants.actor`, and its resource."""
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested):
            yield from paths(inner.schema, f"{prefix}{name}.")
        elif isinstance(inner, Reference) and (embedded := embedding(name)):
            yield prefix + embedded, inner.to


def embedding(name: str) -> str | None:
    """Name the member that holds the record which the field `name` points at."""
    if name.endswith("_ids"):
        return f"{name[:-4]}s"
    return name[:-3] if name.endswith("_id") else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is to be embedded in another: `holder[member]`, by its id or their ids."""

    holder: dict[str, Any]
    member: str
    to: str
    ids: list[str]
    many: bool


def embeddings(schema: Schema, record: dict[str, Any], wanted: set[str]) -> list[Place]:
    """Find where the wanted paths (`participants.actor`) lead in a record."""
    places: dict[str, Place] = {}
    for link in links(schema, record):
        steps = [step for step in link.pointer.split("/")[1:] if not step.isdigit()]
        member = embedding(steps[-1])
        if member is None or ".".join([*steps[:-1], member]) not in wanted:
            continue
        if isinstance(link.holder, list):
            places[link.pointer.rpartition("/")[0]] = Place(
                record, member, link.to, link.holder, many=True
            )
        else:
            places[link.pointer] = Place(link.holder, member, link.to, [link.id], many=False)
    return [*places.values()]


def members(record: type[RecordSchema]) -> CommaSeparated:
    """Choose which members of a record are sent; `id` always is."""
    known = tuple(record().fields)
    return CommaSeparated(
        Word("A member.", "id", known=known, nullable=False),
        "Which members are sent; `id` always is.",
        "id,version",
        data_key="fields",
    )


def expansions(record: type[RecordSchema]) -> CommaSeparated:
    """Choose which records that this one points at are sent inside it."""
    known = tuple(path for path, _ in paths(record()))
    return CommaSeparated(
        Word("What it points at.", known[0], known=known, nullable=False),
        "Which of the records that it points at are sent inside it, beside their ids.",
        known[0],
    )


def sorts(*names: str) -> Word:
    """Choose an order among the names, each also the other way round."""
    known = tuple(name for each in names for name in (f"-{each}", each))
    return Word(
        "The order; `-` is descending. Ties are broken by id.",
        known[0],
        known=known,
        nullable=False,
        load_default=known[0],
    )


class Page(Query):
    """Which part of a list is sent."""

    limit = Integer(
        "How many records a page has at the most.",
        50,
        least=1,
        most=1_000,
        strict=False,
        nullable=False,
        load_default=50,
    )
    cursor = Cursor(
        "Where to go on: `next_cursor` of the page before, with the same sort.",
        nullable=False,
    )
    total = Word(
        "Also count what matches: `exact` counts, `estimate` asks the planner.",
        "exact",
        known=("exact", "estimate"),
        nullable=False,
    )

    @validates_schema(skip_on_field_errors=True)
    def same_sort(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse a cursor of another order."""
        if "cursor" in query:
            sort = query["cursor"][0]
            if sort != query["sort"]:
                raise ValidationError({"cursor": [Cursor.default_error_messages["cursor"]]})


class Write(Query):
    """What every write can be asked with."""

    dry_run = Boolean(
        "Check everything and answer the same, but keep nothing.",
        True,
        nullable=False,
        load_default=False,
    )


class ListSchema(Schema):
    """One page of a list."""

    next_cursor = Text(
        "Where the next page begins; null on the last one.",
        "WyItc3Rh…",
        required=True,
        nullable=True,
    )
    total = Integer("How many match, when `total` was asked for.", 17, nullable=False)
