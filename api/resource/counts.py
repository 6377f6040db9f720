"""Summaries and dyads as tables: CSV, one row a bucket or a pair."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields

from api.description.contents import COUNTS
from api.http.formats import counts
from api.http.formats.cells import CSV
from api.http.operation import READ, Answer
from api.resource.networks import found_dyads
from api.resource.routing import Route, add_routes
from api.resource.summaries import Summaries
from models.lists.summaries.words import CODE
from models.table import Table
from schemas.fields.values import Nested
from schemas.lists import Query
from schemas.networks import DyadTableQuery
from schemas.sums import RowSchema

LEFT_OUT, TOTAL = "Attest-Left-Out", "Attest-Total"
"""Headers that tell what is in no row."""

BESIDE = ("others", "rows")
"""Columns that tell the row of those that are not shown from others, and how many rows it is."""

DYAD = (
    *("initiator_id", "initiator_name", "target_id", "target_name"),
    *("count", "possible", "disputed", "types", "first", "last", "others", "dyads"),
)
"""Columns of dyads."""


class SummaryTables(Summaries):
    """The summary of one resource as a table."""

    def __init__(self, table: Table, query: type[Query], row: type[RowSchema]) -> None:
        """Count records of `table`, found by the filters of `query`, into rows shaped by `row`."""
        super().__init__(table, query)
        self.row = row

    def summary_csv(self, query: dict[str, Any]) -> Response:
        """Count the records that match, grouped by up to three words, as CSV.

        The rows and numbers of `/summary`, for one list of words: a column for each word, or two
        for its id and name, and one for each number. The last row sums up the rows beyond `limit`,
        with `others` true. The headers `Attest-Total` and `Attest-Left-Out` have the totals over
        all records, and the numbers of records excluded.
        """
        [found] = self.summed(query)
        columns = [*columns_of(self.row, found["by"], query.get("measure", ())), *BESIDE]
        shown = (dict(cells_of(item, columns)) for item in found["items"])
        rows = [{**each, "others": False, "rows": 1} for each in shown]
        if found["others"]:
            rows.append({**dict(cells_of(found["others"], columns)), "others": True})
        return answer(f"{self.table.name}-summary", columns, rows, query, found)


def add_summary_table(
    blueprint: Blueprint, table: Table, query: type[Query], row: type[RowSchema]
) -> None:
    """Add to a resource its summary as a table."""
    add_routes(
        blueprint,
        Route(
            rule="/summary.csv",
            view=SummaryTables(table, query, row).summary_csv,
            summary=f"Count {table.name} by group, as a table",
            query=query,
            answers={200: Answer("The rows.", COUNTS, (LEFT_OUT, TOTAL), CSV)},
            refusals=READ,
        ),
    )


def dyads_csv(query: dict[str, Any]) -> Response:
    """Count who does what to whom, as CSV.

    The rows of `/dyads`: ids and names of both actors, the numbers, and the `types` as `type:count;
    …`. The last row sums up the dyads beyond `limit`, with `others` true. The header
    `Attest-Left-Out` has the numbers of events excluded, and of participants that are not recorded
    actors.
    """
    bom = {"bom": query.pop("bom")}
    found = found_dyads(query)
    rows = [
        {
            **dict(counts.flat(item)),
            "types": counts.numbers(item["types"]),
            "others": False,
            "dyads": 1,
        }
        for item in found["items"]
    ]
    if found["others"]:
        rows.append({**found["others"], "others": True})
    return answer("events-dyads", DYAD, rows, bom, found)


DYADS_TABLE = Route(
    rule="/dyads.csv",
    view=dyads_csv,
    query=DyadTableQuery,
    answers={200: Answer("The dyads.", COUNTS, (LEFT_OUT,), CSV)},
    refusals=READ,
)
"""The route of events that gives their dyads as a table."""


def answer(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    query: Mapping[str, Any],
    found: Mapping[str, Any],
) -> Response:
    """Answer with a table, and with what is in no row of it."""
    response = Response(counts.write(columns, rows, bom=query["bom"]), mimetype=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers[LEFT_OUT] = counts.header(found["left_out"])
    if "total" in found:
        response.headers[TOTAL] = counts.header(found["total"])
    return response


def columns_of(row: type[RowSchema], by: Sequence[str], measures: Sequence[str]) -> Iterator[str]:
    """Name the columns of a summary: those of its words, and those of its numbers."""
    known = row().fields
    for word in by:
        if word.startswith(CODE):
            yield f"codes_{word.removeprefix(CODE)}"
        else:
            yield from leaves(word, known[word])
    for measured in dict.fromkeys(("count", "possible", "disputed", *measures)):
        if measured in known:
            yield from leaves(measured, known[measured])


def leaves(name: str, field: fields.Field[Any]) -> Iterator[str]:
    """Name the columns of a member, by their paths."""
    if not isinstance(field, Nested):
        yield name
        return
    inner: Schema = field.schema
    for member, each in inner.fields.items():
        yield from leaves(f"{name}_{each.data_key or member}", each)


def cells_of(item: Mapping[str, Any], columns: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Give the values of a row; counts of harm that no event reports are 0."""
    yield from ((name, 0) for name in columns if name.startswith("casualties_") and is_count(name))
    yield from counts.flat(item)


def is_count(column: str) -> bool:
    """Tell whether a column counts events, and no people."""
    return column.endswith(("_count", "_unknown"))
