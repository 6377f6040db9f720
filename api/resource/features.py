"""Exports for maps: all that filters match, as GeoJSON."""

from typing import Any

from flask import Response

from api.http.formats import features
from api.http.formats.features import GEOJSON
from api.http.operation import READ, Answer, Json, Operation, Section, operation
from api.http.streaming import Export, opened
from api.resource.exports import Exports, as_of
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

FEATURES = Json(
    "FeatureCollection",
    {
        "type": "object",
        "description": "A collection of features (RFC 7946), one a line. The members behind them "
        "tell that it is complete: one that breaks off is no JSON.",
        "required": ["type", "features", "end", "rows", "sha256"],
        "properties": {
            "type": {
                "type": "string",
                "const": "FeatureCollection",
                "description": "Always so.",
                "example": "FeatureCollection",
            },
            "features": {
                "type": "array",
                "description": "The records.",
                "items": {
                    "type": "object",
                    "required": ["type", "id", "geometry", "properties"],
                    "properties": {
                        "type": {
                            "type": "string",
                            "const": "Feature",
                            "description": "Always so.",
                            "example": "Feature",
                        },
                        "id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The record.",
                            "example": "0197b2c4-5d1e-7003-8000-000000000004",
                        },
                        "geometry": {
                            "type": ["object", "null"],
                            "required": ["type"],
                            "properties": {
                                "type": {
                                    "type": "string",
                                    "description": "Its type (RFC 7946).",
                                    "example": "Point",
                                },
                            },
                            "description": "Where it is; null where that is not known.",
                            "additionalProperties": True,
                        },
                        "properties": {
                            "type": "object",
                            "description": "The columns of its flat form, which `/schema` beside "
                            "the CSV describes, each of its own type: lists are lists.",
                            "additionalProperties": True,
                        },
                    },
                },
            },
            "end": {"const": True, "description": "All features came.", "example": True},
            "rows": {
                "type": "integer",
                "minimum": 0,
                "description": "How many they are.",
                "example": 1,
            },
            "sha256": {
                "type": "string",
                "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "pattern": "^[0-9a-f]{64}$",
                "description": "SHA-256 of the lines of the features, each without the comma "
                "between it and the next one, and with a line feed at its end.",
            },
        },
    },
)
"""Content of the answer."""


def add_features(
    section: Section, table: Table, record: type[RecordSchema], query: type[Page]
) -> None:
    """Add the map of a resource to a section."""
    exports = Exports(table, record, query)
    described = Operation(
        f"exports.{table.name}_geojson",
        {200: Answer("The features.", FEATURES, type=GEOJSON)},
        READ,
        query=exporting(query, Features),
        summary=f"Export {table.name} as a map",
        streams=True,
    )

    @section.get(f"/{table.name}.geojson", endpoint=f"{table.name}_geojson")
    @operation(described)
    def geojson(query: dict[str, Any]) -> Response:
        """Export all records that match as GeoJSON (RFC 7946), for maps.

        The geometry of a location is its own, or else its point, and that of an event is the one
        of its location: what has neither is never where its surroundings are. The properties are
        the columns of the flat form, typed. All of it is of one instant. Behind the features
        stand `"end": true`, their number and SHA-256: what breaks off is no JSON.
        """
        return opened(
            as_of(query),
            lambda export: export.response(
                features.write(written(export, query)), GEOJSON, f"{table.name}.geojson"
            ),
        )

    def written(export: Export, query: dict[str, Any]) -> Any:
        """Read the lines of the features."""
        asked = tuple(query.get("columns", ()))
        # A feature has its id and its shape beside its properties.
        unasked = {SHAPE} if not asked else {"id"} - {*asked}
        columns = [column for column in chosen(record, asked) if column.name not in unasked]
        source = found_features(
            table,
            exports.matching(export, query),
            query["sort"],
            columns,
            Wanted(query["geometry"], query["unlocated"]),
        )
        return export.rows(source, stream.LINES)
