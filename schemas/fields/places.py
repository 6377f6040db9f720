"""Places on the earth: a point, and a geometry as of GeoJSON (RFC 7946)."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import shapely
from marshmallow import fields
from shapely.geometry import shape

from schemas.fields.values import Field, refusal

DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How deep each type of geometry nests its positions (RFC 7946, section 3.1)."""

LONGITUDE, LATITUDE = 180.0, 90.0


def position(value: Any) -> list[float]:
    """Check a position: longitude, latitude, and perhaps an altitude; ValueError otherwise."""
    if not isinstance(value, list) or not 2 <= len(value) <= 3:  # noqa: PLR2004 - RFC 7946, 3.1.1
        raise ValueError("A position is [longitude, latitude], in degrees.")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ValueError("Longitude and latitude are numbers.")  # noqa: TRY004 - every fault of a geometry is a ValueError
    if not math.isfinite(sum(value)) or abs(value[0]) > LONGITUDE or abs(value[1]) > LATITUDE:
        raise ValueError(
            "Longitude lies between -180 and 180, latitude between -90 and 90, in this order."
        )
    return value


def lines(geometry: Any) -> Iterator[list[list[float]]]:
    """Check a geometry and yield its lines of positions; ValueError says what is wrong with it."""
    if not isinstance(geometry, Mapping) or not isinstance(geometry.get("type"), str):
        raise ValueError("A geometry is an object with a type.")  # noqa: TRY004 - as above
    if "bbox" in geometry:
        bounding(geometry["bbox"])
    kind = geometry["type"]
    if kind == "GeometryCollection":
        yield from _collection(geometry)
        return
    if kind not in DEPTHS:
        raise ValueError(f"The type is one of {', '.join(DEPTHS)}, GeometryCollection.")
    if extra := set(geometry) - {"type", "coordinates", "bbox"}:
        raise ValueError(f"A geometry has no member {min(extra)}.")
    shortest = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}.get(kind, 0)
    for line in _lines(geometry.get("coordinates"), DEPTHS[kind]):
        if len(line) < shortest:
            raise ValueError(f"A line of a {kind} has {shortest} positions or more.")
        if kind.endswith("Polygon") and line[0] != line[-1]:
            raise ValueError("A ring of a polygon ends where it begins.")
        yield line


def bounding(box: Any) -> None:
    """Check a bounding box: two positions, the south-western one first (RFC 7946, section 5)."""
    if not isinstance(box, list) or len(box) not in {4, 6}:
        raise ValueError("A bbox has four numbers, or six with altitudes.")
    south_west, north_east = position(box[: len(box) // 2]), position(box[len(box) // 2 :])
    if south_west[1] > north_east[1]:
        raise ValueError("The south of a bbox lies north of its north.")


def _collection(collection: Mapping[str, Any]) -> Iterator[list[list[float]]]:
    """Check each geometry of a collection."""
    members = collection.get("geometries")
    if not isinstance(members, list) or set(collection) - {"type", "geometries", "bbox"}:
        raise ValueError("A GeometryCollection has a list of geometries, and nothing else.")
    for member in members:
        if isinstance(member, Mapping) and member.get("type") == "GeometryCollection":
            raise ValueError("A GeometryCollection does not hold another one.")
        yield from lines(member)


def _lines(coordinates: Any, depth: int) -> Iterator[list[list[float]]]:
    """Yield the lists of positions that stand `depth` deep in the coordinates."""
    if depth <= 1:
        found = [coordinates] if depth == 0 else coordinates
        if not isinstance(found, list) or not found:
            raise ValueError("The coordinates do not nest as deep as the type says, or are empty.")
        yield [position(value) for value in found]
        return
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError("The coordinates do not nest as deep as the type says, or are empty.")
    for inner in coordinates:
        yield from _lines(inner, depth - 1)


def uncrossed(line: list[list[float]]) -> None:
    """Refuse a line that goes round the earth the short way, over the antimeridian, uncut."""
    for one, other in pairwise(line):
        if LONGITUDE < abs(one[0] - other[0]) < 2 * LONGITUDE:
            raise ValueError(
                f"From {one[:2]} to {other[:2]} are more than 180 degrees. Where that crosses the "
                "antimeridian, cut it there into two parts (RFC 7946, section 3.1.9); where it "
                "does not, put a position in between."
            )


def simple(geometry: Any) -> None:
    """Refuse a geometry whose rings cross themselves or each other, or enclose nothing."""
    reason = shapely.is_valid_reason(shape(geometry))
    if reason != "Valid Geometry":
        what, _, where = reason.partition("[")
        raise ValueError(
            f"This is no valid geometry: {what.lower()} at [{where}." if where else reason
        )


def extent(point: list[float] | None, geometry: Any) -> tuple[float, float, float, float] | None:
    """Give west, south, east, north of a place in degrees, or None where nothing is known of it.

    A geometry that is cut at the antimeridian (RFC 7946, section 3.1.9) goes on east of it: its
    east lies between 180 and 540.
    """
    found = list(lines(geometry)) if geometry else []
    found += [[point]] if point else []
    if not found:
        return None
    spans = [(min(at[0] for at in line), max(at[0] for at in line)) for line in found]
    cut = any(west == -LONGITUDE for west, _ in spans) and any(
        east == LONGITUDE for _, east in spans
    )
    if cut and all(east - west < LONGITUDE for west, east in spans):
        spans = [(west + 360, east + 360) if east <= 0 else (west, east) for west, east in spans]
    latitudes = [at[1] for line in found for at in line]
    return (
        min(west for west, _ in spans),
        min(latitudes),
        max(east for _, east in spans),
        max(latitudes),
    )


class Point(Field, fields.Raw):
    """Longitude and latitude in degrees (WGS 84), in this order."""

    def __init__(self, description: str, example: object, **more: Any) -> None:
        """Publish the form of the pair."""
        published = {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        }
        super().__init__(description, example, metadata=published, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        try:
            if len(position(value)) == 2:  # noqa: PLR2004 - longitude and latitude
                return value
        except ValueError as error:
            raise refusal("point", str(error)) from error
        raise refusal("point", "A point is [longitude, latitude], without altitude.")


class Geometry(Field, fields.Raw):
    """A GeoJSON geometry."""

    def __init__(self, description: str, example: object, **more: Any) -> None:
        """Publish the outline of the object; the details are GeoJSON's own."""
        published = {
            "type": "object",
            "required": ["type"],
            "additionalProperties": True,
            "properties": {
                "type": {
                    "type": "string",
                    "description": "Its type (RFC 7946).",
                    "example": "Point",
                    "enum": [*DEPTHS, "GeometryCollection"],
                }
            },
        }
        super().__init__(description, example, metadata=published, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        try:
            for line in lines(value):
                uncrossed(line)
            simple(value)
        except ValueError as error:
            raise refusal("geojson", str(error)) from error
        return value
