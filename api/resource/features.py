"""Exports for maps: all that filters match, as GeoJSON."""

from typing import Any

from flask import Response

from api.description.contents import FEATURES
from api.http.formats import features
from api.http.formats.features import GEOJSON
from api.http.operation import READ, Answer, Section
from api.http.streaming import Export, opened
from api.resource.exports import Exports, as_of
from api.resource.routing import Route, add_routes
from models.lists import stream
from models.lists.features import Wanted
from models.lists.features import features as found_features
from models.table import Table
from schemas.choosing import chosen
from schemas.exports import Features, exporting
from schemas.lists import Page
from schemas.record import RecordSchema

SHAPE = "geometry"
"""The column that is no property of a feature unless it is asked for: the feature has it."""


class FeatureExports(Exports):
    """The export of one resource for maps."""

    def geojson(self, query: dict[str, Any]) -> Response:
        """Export all records that match as GeoJSON (RFC 7946), for maps.

        The geometry of a location is its own or else its point, and that of an event is its
        location's; a record without either is never placed at a surrounding location. The
        properties are the typed columns of the flat form. It is read in one snapshot. After the
        features come `"end": true`, their number and SHA-256: a truncated file is not valid JSON.
        """
        return opened(
            as_of(query),
            lambda export: export.response(
                features.write(self.features(export, query)), GEOJSON, f"{self.table.name}.geojson"
            ),
        )

    def features(self, export: Export, query: dict[str, Any]) -> Any:
        """Read the lines of the features."""
        asked = tuple(query.get("columns", ()))
        # A feature has its id and its shape beside its properties.
        unasked = {SHAPE} if not asked else {"id"} - {*asked}
        columns = [column for column in chosen(self.record, asked) if column.name not in unasked]
        source = found_features(
            self.table,
            self.matching(export, query),
            query["sort"],
            columns,
            Wanted(query["geometry"], query["unlocated"]),
        )
        return export.rows(source, stream.LINES)


def add_features(
    section: Section, table: Table, record: type[RecordSchema], query: type[Page]
) -> None:
    """Add the map of a resource to a section."""
    add_routes(
        section,
        Route(
            id=f"exports.{table.name}_geojson",
            rule=f"/{table.name}.geojson",
            view=FeatureExports(table, record, query).geojson,
            summary=f"Export {table.name} as a map",
            query=exporting(query, Features),
            answers={200: Answer("The features.", FEATURES, type=GEOJSON)},
            refusals=READ,
            streams=True,
        ),
    )
