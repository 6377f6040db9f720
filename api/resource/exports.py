"""Exports of a resource: all that its filters match, as a file, each format at its own path."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import Response, request

from api.description.contents import CELLS, LINES
from api.http.answers import dress
from api.http.as_of import instant_of
from api.http.formats import cells, lines
from api.http.formats.cells import CSV
from api.http.formats.lines import NDJSON
from api.http.operation import READ, Answer, Section
from api.http.request import JSON
from api.http.streaming import Export, opened
from api.resource.finding import Finding
from api.resource.routing import Route, add_routes
from models.database.streaming import Chunk, Source, fetching
from models.lists import stream
from models.lists.flat import Rows
from models.lists.search import Matching
from models.table import Table
from schemas.choosing import chosen
from schemas.exports import Cells, DigestSchema, Lines, SchemaQuery, TableSchema, exporting
from schemas.flat import primary
from schemas.lists import Page
from schemas.record import RecordSchema
from schemas.selection import selection

HOW = {"sort", "members", "expand", "columns", "rows", "bom", "geometry", "unlocated"}
"""Parameters that say how what is found is written; the others say what is found."""

DRESSED_MOST = 500
"""Maximum number of records that are read at once to put others into them."""

DRESSED_BYTES = 1_048_576
"""Size of what such records are written as at once, about which there are fewer of them."""


class Exports:
    """The exports of one resource."""

    def __init__(self, table: Table, record: type[RecordSchema], query: type[Page]) -> None:
        """Export the records of `table`, shaped by `record` and found by the filters of `query`."""
        self.table, self.record, self.query = table, record, query
        self.finding = Finding(table, query)

    def matching(self, export: Export, query: Mapping[str, Any]) -> Matching:
        """Tell which records are exported."""
        asked = {name: value for name, value in query.items() if name not in HOW}
        filters = self.finding.filters(export.connection, asked)
        return stream.found(export.connection, self.table, filters)

    def ndjson(self, query: dict[str, Any]) -> Response:
        """Export all records that match as lines of JSON.

        Each line is a record as in the list, with the same `fields` and `expand`. The last line is
        `{"end": true, "rows": …, "sha256": …}`: without it the file is incomplete. It is read in
        one snapshot; an export of a release in the order of ids has the checksum of that release.
        """
        return opened(as_of(query), lambda export: self.written_lines(export, query))

    def written_lines(self, export: Export, query: dict[str, Any]) -> Response:
        """Write lines of JSON."""
        members, expand = query.get("members"), query.get("expand")
        full = not self.record.beside.isdisjoint(members or ())
        wanted = self.matching(export, query)
        source = stream.texts(self.table, wanted, query["sort"], full=full)
        if selection(self.record, tuple(members or ()), tuple(expand or ())).expand:
            chunks = self.dressed(export, source, members, expand)
        else:
            chunks = self.bared(export, export.rows(source, stream.LINES), members)
        return export.response(lines.write(chunks), NDJSON, f"{self.table.name}.ndjson")

    def bared(
        self, export: Export, chunks: Iterator[Chunk], members: list[str] | None
    ) -> Iterator[Chunk]:
        """Leave out of records the members not asked for."""
        if not members:
            return chunks
        lines = (chunk.data.decode().split("\n")[:-1] for chunk in chunks)
        return (self.chunk(export, texts, members, None) for texts in lines)

    def dressed(
        self,
        export: Export,
        source: Source,
        members: list[str] | None,
        expand: list[str] | None,
    ) -> Iterator[Chunk]:
        """Yield records with what they point at, the fewer at once the larger they are."""
        fetch, most = fetching(export.connection, source, export.is_wanted), 1
        while texts := fetch(most):
            chunk = self.chunk(export, texts, members, expand)
            yield chunk
            fitting = len(texts) * DRESSED_BYTES // len(chunk.data)
            most = max(1, min(fitting, 2 * most, DRESSED_MOST))

    def chunk(
        self, export: Export, texts: list[str], members: list[str] | None, expand: list[str] | None
    ) -> Chunk:
        """Write some records at once."""
        written = dress(export.connection, self.record(), texts, members, expand)
        return Chunk("".join(f"{text}\n" for text in written).encode(), len(written))

    def csv(self, query: dict[str, Any]) -> Response:
        """Export all records that match as a table.

        One row per record or, with `rows`, one per entry of a list in the records. Names are given
        beside ids, lists are joined by `; `, and deeper values are JSON; `/schema` describes every
        column. The file is read in one snapshot. `/digest` has its number of rows, size and
        SHA-256: clients notice a broken connection by themselves, and the digest shows whether a
        file that was passed on is complete.
        """
        return opened(
            as_of(query),
            lambda export: export.response(
                cells.write(self.cells(export, query), bom=query["bom"]),
                CSV,
                f"{query.get('rows', self.table.name)}.csv",
            ),
        )

    def digest(self, query: dict[str, Any]) -> Response:
        """Return the number of rows, size and SHA-256 of an export with the same parameters.

        Writes in between change it: send the same `as_of` to both, and any `sort` except `none`.
        All rows are read for it, which takes as long as the export.
        """

        def digested(export: Export) -> Response:
            chunks = self.cells(export, query)
            if request.method == "HEAD":  # which tells the headers alone
                export.close()
                return Response(iter(()), mimetype=JSON)
            found = cells.digested(export.wanted(chunks), bom=query["bom"])
            export.close()
            shown = {"rows": found.rows, "bytes": found.bytes, "sha256": found.sha256}
            return Response(orjson.dumps(shown), mimetype=JSON)

        return opened(as_of(query), digested)

    def cells(self, export: Export, query: Mapping[str, Any]) -> Iterator[Chunk]:
        """Read the rows of a table."""
        rows = query.get("rows")
        columns = chosen(self.record, tuple(query.get("columns", ())), rows)
        flat = Rows(self.table, columns, rows, "cells")
        source = stream.cells(self.table, self.matching(export, query), query["sort"], flat)
        return export.rows(source, stream.as_cells(flat))

    def columns(self, query: dict[str, Any] | None = None) -> Response:
        """Describe the columns of the table: names, types and meaning (Frictionless Table Schema).

        Send the same `rows` and `fields` as for the export.
        """
        query = query or {}
        found = chosen(self.record, tuple(query.get("columns", ())), query.get("rows"))
        keys = primary(self.record, query.get("rows"))
        return Response(orjson.dumps(cells.dictionary(found, keys)), mimetype=JSON)


def add_exports(
    section: Section, table: Table, record: type[RecordSchema], query: type[Page]
) -> None:
    """Add the exports of a resource to a section."""
    views, name = Exports(table, record, query), table.name
    add_routes(
        section,
        Route(
            id=f"exports.{name}_ndjson",
            rule=f"/{name}.ndjson",
            view=views.ndjson,
            summary=f"Export {name} as lines of JSON",
            query=exporting(query, Lines),
            answers={200: Answer("The lines.", LINES, type=NDJSON)},
            refusals=READ,
            streams=True,
        ),
        Route(
            id=f"exports.{name}_csv",
            rule=f"/{name}.csv",
            view=views.csv,
            summary=f"Export {name} as a table",
            query=exporting(query, Cells),
            answers={200: Answer("The table.", CELLS, type=CSV)},
            refusals=READ,
            streams=True,
        ),
        Route(
            id=f"exports.{name}_csv_digest",
            rule=f"/{name}.csv/digest",
            view=views.digest,
            summary=f"Digest the table of {name}",
            query=exporting(query, Cells),
            answers={200: Answer("What the file is like.", DigestSchema)},
            refusals=READ,
            streams=True,
        ),
        Route(
            id=f"exports.{name}_csv_schema",
            rule=f"/{name}.csv/schema",
            view=views.columns,
            summary=f"Describe the table of {name}",
            query=exporting(query, SchemaQuery),
            answers={200: Answer("The columns.", TableSchema)},
            refusals=READ,
        ),
    )


def as_of(query: dict[str, Any]) -> Any:
    """Take the instant that an export is about from its query; None for what stands."""
    asked = query.pop("as_of", None)
    return None if asked is None else instant_of(asked)
