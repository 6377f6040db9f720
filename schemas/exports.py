"""Parameters of exports: those of lists but for paging, and how the file is to be."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from marshmallow import ValidationError, validates_schema

from schemas.choosing import Unknown, chosen
from schemas.fields.parameters import CommaSeparated
from schemas.fields.values import Boolean, Integer, List, Nested, Reason, Text
from schemas.fields.words import Word
from schemas.flat import entries
from schemas.lists import Filter, Marked, Page, Query, expansions, members_of
from schemas.record import RecordSchema, Strict
from schemas.typed import layout

UNORDERED = "none"
"""The order of rows as they are found."""


NO_PAGES = "An export has no pages: it sends all that matches."
ELSEWHERE = {
    **dict.fromkeys(("limit", "cursor", "total"), NO_PAGES),
    "expand": "Records are embedded in .ndjson alone; names stand beside ids here.",
    "rows": "Rows of entries are for tables of records with lists, such as /v1/events.csv.",
    "bom": "A byte order mark is for .csv alone.",
    "geometry": "Geometries are for .geojson.",
    "unlocated": "That is for .geojson; all that matches is sent here.",
}
"""Why an export lacks a parameter that lists or other exports have."""


class Exported(Query):
    """Parameters of every export: see `sorting` for its order."""

    def handle_error(self, error: ValidationError, data: Any, **more: Any) -> None:
        """Say where parameters of lists and of other exports belong."""
        super().handle_error(error, data, **more)
        if isinstance(error.messages, dict):
            for name in error.messages.keys() & ELSEWHERE.keys() - {*self.takes()}:
                error.messages[name] = [Reason(ELSEWHERE[name], "unknown")]


class Columns(Exported):
    """Which columns of the flat form are sent."""

    about: ClassVar[type[RecordSchema]] = RecordSchema
    """The schema of the records that the columns are taken from."""

    columns = CommaSeparated(
        Text("A column.", "id", nullable=False),
        "The columns, in this order; a member such as `fatalities` selects all its columns. "
        "`/schema` of the CSV lists them. Those that identify a row are always included: `id`, "
        "or for entries the record's id and `position`.",
        "id,dataset",
        data_key="fields",
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def known(self, query: Mapping[str, Any], sent: Mapping[str, Any], **_: Any) -> None:
        """Refuse a column that there is not."""
        if "rows" in sent and "rows" not in query:  # nobody knows whose columns they are
            return
        try:
            self.choose(tuple(query.get("columns", ())), query.get("rows"))
        except Unknown as error:
            reasons = [Reason(sentence, "unknown") for sentence in error.sentences]
            raise ValidationError({"fields": reasons}) from error

    def choose(self, wanted: tuple[str, ...], rows: str | None) -> None:
        """Choose the columns; Unknown where one is none."""
        chosen(self.about, wanted, rows)


class Lines(Exported):
    """How records are written as lines of JSON."""


class Cells(Columns, Marked):
    """How records are written as the cells of a spreadsheet."""


class Features(Columns):
    """How records are written as features on a map."""

    geometry = Word(
        "`full`: the geometry of the place if it has one, or else its point; `point`: only its "
        "point, for markers.",
        "full",
        known=("full", "point"),
        nullable=False,
        load_default="full",
    )
    unlocated = Boolean(
        "Also send records without such a geometry, with null instead.",
        example=True,
        nullable=False,
        load_default=False,
    )


class Sheet(Columns):
    """How records are written as the rows of a workbook."""


class Typed(Columns):
    """How records are written as columns that have types."""

    def choose(self, wanted: tuple[str, ...], rows: str | None) -> None:
        """Choose the columns, among which may be the point."""
        layout(self.about, wanted, rows)


class SchemaQuery(Columns):
    """Of which columns a schema is wanted."""


def rows_of(record: type[RecordSchema]) -> Word:
    """Choose the entries that are rows, instead of records."""
    return Word(
        "One row per entry of this list, with the record's id, instead of one per record; "
        "`claims` of events are those that statements make about them.",
        next(iter(entries(record))),
        known=tuple(entries(record)),
        nullable=False,
    )


def sorting(query: type[Page]) -> Word:
    """Choose an order among those of a list, or none."""
    listed = query().fields["sort"].metadata["enum"]
    return Word(
        "The order; `-` is descending, and ties are broken by id. `none` is fastest: rows come "
        "in no fixed order.",
        "id",
        known=(*dict.fromkeys(("id", *listed)), UNORDERED),
        nullable=False,
        load_default="id",
    )


@cache
def exporting(query: type[Page], how: type[Exported]) -> type[Query]:
    """Make the query of an export: the filters of a list, and `how` it is written."""
    filters = next(
        base for base in query.__mro__ if issubclass(base, Filter) and not issubclass(base, Page)
    )
    record = filters.record
    more: dict[str, Any] = {"sort": sorting(query)}
    if issubclass(how, Columns):
        more["about"] = record
    if issubclass(how, (Cells, Sheet, Typed, SchemaQuery)) and entries(record):
        more["rows"] = rows_of(record)
    if how is Lines:
        more |= {"members": members_of(record)}
        more |= {"expand": expansions(record)} if "expand" in query().fields else {}
    if how is SchemaQuery:
        del more["sort"]
        return type(f"{query.__name__}Columns", (how,), more)
    return type(f"{query.__name__}{how.__name__}", (filters, how), more)


class DigestSchema(Strict):
    """The size and digest of a file that holds all of an export."""

    rows = Integer("Number of rows, without that of the names.", 17, nullable=False)
    bytes = Integer("Size in bytes.", 4711, most=2**63 - 1, nullable=False)
    sha256 = Text(
        "SHA-256 of the bytes.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        nullable=False,
    )


class ConstraintsSchema(Strict):
    """The values that a column can have (Frictionless Table Schema)."""

    enum = List(
        Text("A word.", "disputed", nullable=False),
        "The words of its code list, where these are not too many; more may come.",
        nullable=False,
    )


class ColumnSchema(Strict):
    """One column (Frictionless Table Schema)."""

    sometimes = frozenset({"delimiter", "constraints"})

    name = Text("Its name.", "fatalities_best", nullable=False)
    type = Word(
        "The type of its values.",
        "integer",
        known=(
            *("any", "array", "boolean", "date", "datetime", "integer", "list", "number"),
            *("object", "string"),
        ),
        nullable=False,
    )
    description = Text("Its meaning.", "The best estimate.", nullable=False)
    constraints = Nested(ConstraintsSchema, "Of a code: the words that it can be.", nullable=False)
    delimiter = Text("Of a list: what stands between its values.", "; ")


class TableSchema(Strict):
    """The columns of a file (Frictionless Table Schema)."""

    fields_ = List(
        Nested(ColumnSchema, "One column."), "The columns.", nullable=False, data_key="fields"
    )
    missing_values = List(
        Text("A value.", "", shortest=0, nullable=False),
        "Cells that hold no value: not known, never none or zero.",
        nullable=False,
        data_key="missingValues",
    )
    primary_key = List(
        Text("A column.", "id", nullable=False),
        "Columns that tell rows apart.",
        nullable=False,
        data_key="primaryKey",
    )
