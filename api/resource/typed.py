"""Typed exports of a resource: Parquet, Arrow and XLSX, each at its own path."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from flask import Response

from api.description.contents import ARROW_STREAM, PARQUET_FILE, WORKBOOK
from api.http.errors import NotInstalled, TooManyRows
from api.http.formats import sheets
from api.http.formats.sheets import XLSX
from api.http.operation import READ, Answer, Section
from api.http.streaming import Export, opened
from api.resource.exports import Exports, as_of
from api.resource.routing import Route, add_routes
from models.database.streaming import Source
from models.lists import stream, typed
from models.lists.flat import Rows
from models.lists.search import Matching
from models.table import Table
from schemas.choosing import chosen
from schemas.exports import Sheet, Typed, exporting
from schemas.flat import primary
from schemas.lists import Page
from schemas.record import RecordSchema
from schemas.typed import Layout, layout

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"
"""Media types, as they are registered."""

LIBRARY = "pyarrow"
"""The library that writes columns."""

LACKING = f"This service lacks {LIBRARY}: install attest[parquet], or take {{}}, which needs none."
"""The sentence of the refusal where it is not installed."""

Written = Callable[["Iterator[pa.RecordBatch]", "pa.Schema"], Iterator[bytes]]


class TypedExports(Exports):
    """The exports of one resource whose columns keep their types."""

    def parquet(self, query: dict[str, Any]) -> Response:
        """Export all records that match as a Parquet file.

        The columns are those of the CSV, with types: days, instants (UTC), numbers, lists of texts;
        deeper values are JSON. The file's metadata have the data dictionary as `table_schema`
        (Frictionless Table Schema), and each field has its description. The last column of events
        is their point, `geometry` (GeoParquet 1.1, longitude and latitude on WGS 84), null if their
        location has none. It is read in one snapshot. A truncated file has no footer and cannot be
        opened.
        """
        return self.columnar(query, "parquet", PARQUET)

    def arrow(self, query: dict[str, Any]) -> Response:
        """Export all records that match as an Arrow IPC stream.

        The columns are those of the Parquet file. Readers cannot tell a truncated stream from a
        complete one: a complete stream ends with a batch without rows, whose message has custom
        metadata: `end` (`true`), `rows`, the number of rows, and `sha256`, the SHA-256 of all bytes
        of the stream before that message. It is read in one snapshot.
        """
        return self.columnar(query, "arrow", ARROW)

    def columnar(self, query: dict[str, Any], suffix: str, media_type: str) -> Response:
        """Write columns by pyarrow, which is imported when it is first needed."""
        if find_spec(LIBRARY) is None:
            raise NotInstalled(LACKING.format(f"/v1/{self.table.name}.csv"))
        from api.http.formats import columnar  # noqa: PLC0415 - an extra, of many megabytes

        rows = query.get("rows")
        wanted = layout(self.record, tuple(query.get("columns", ())), rows)
        keys = primary(self.record, rows)
        if media_type == PARQUET:
            write: Written = columnar.parquet
            schema = columnar.schema(wanted, keys)
        else:
            write = columnar.stream
            schema = columnar.schema(wanted, keys, columnar.GEOARROW)

        def written(export: Export) -> Response:
            source = self.source(self.matching(export, query), query, wanted)
            chunks = export.rows(source, typed.FIELDS)
            pieces = write(columnar.batches(chunks, wanted, schema), schema)
            name = f"{rows or self.table.name}.{suffix}"
            return export.response(pieces, media_type, name, compact=media_type == PARQUET)

        return opened(as_of(query), written)

    def xlsx(self, query: dict[str, Any]) -> Response:
        """Export all records that match as a workbook, up to 100,000 rows.

        The columns are those of the CSV, lists joined by `; `; numbers are numbers, days are days
        from March 1900 on, and instants are in UTC. Text is text, even if it begins with `=`. A
        cell holds 32,767 characters: longer text is cut, ends with `… [cut]`, and is noted in the
        second sheet, `columns`, which describes every column. It is read in one snapshot.
        """

        def written(export: Export) -> Response:
            pieces = self.workbook(export, query)
            name = f"{query.get('rows', self.table.name)}.xlsx"
            return export.response(pieces, XLSX, name, compact=True)

        return opened(as_of(query), written)

    def workbook(self, export: Export, query: Mapping[str, Any]) -> Iterator[bytes]:
        """Write a workbook; TooManyRows before anything of it is sent."""
        rows = query.get("rows")
        wanted = Layout(chosen(self.record, tuple(query.get("columns", ())), rows))
        connection, most = export.connection, sheets.MAX_ROWS
        matching = self.matching(export, query)
        counted = Rows(self.table, wanted.columns, rows, "typed")
        found = typed.count(connection, matching, counted, most + 1, export.is_wanted)
        if found > most:
            raise TooManyRows(
                f"A workbook has {most:,} rows at the most, and more than that match: narrow the "
                f"filters, or take /v1/{self.table.name}.csv, which takes as many as there are."
            )
        source = self.source(matching, query, wanted)
        chunks = export.wanted(export.rows(source, typed.TABBED))
        yield from sheets.write(wanted.columns, rows or self.table.name, chunks)

    def source(self, matching: Matching, query: Mapping[str, Any], wanted: Layout) -> Source:
        """Compose the statement that gives the rows, as texts of which types are made."""
        rows = Rows(self.table, wanted.read, query.get("rows"), "typed")
        return stream.cells(self.table, matching, query["sort"], rows)


def add_typed_exports(
    section: Section, table: Table, record: type[RecordSchema], query: type[Page]
) -> None:
    """Add the typed exports of a resource to a section."""
    views, name = TypedExports(table, record, query), table.name
    columnar = exporting(query, Typed)
    add_routes(
        section,
        Route(
            id=f"exports.{name}_parquet",
            rule=f"/{name}.parquet",
            view=views.parquet,
            summary=f"Export {name} as Parquet",
            query=columnar,
            answers={200: Answer("The file.", PARQUET_FILE, type=PARQUET)},
            refusals=(*READ, 501),
            streams=True,
        ),
        Route(
            id=f"exports.{name}_arrow",
            rule=f"/{name}.arrow",
            view=views.arrow,
            summary=f"Export {name} as an Arrow stream",
            query=columnar,
            answers={200: Answer("The file.", ARROW_STREAM, type=ARROW)},
            refusals=(*READ, 501),
            streams=True,
        ),
        Route(
            id=f"exports.{name}_xlsx",
            rule=f"/{name}.xlsx",
            view=views.xlsx,
            summary=f"Export {name} as a workbook",
            query=exporting(query, Sheet),
            answers={200: Answer("The file.", WORKBOOK, type=XLSX)},
            refusals=READ,
            streams=True,
        ),
    )
