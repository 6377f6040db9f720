"""Geometries of filters: points, boxes, polygons and multipolygons, checked as GeoJSON is."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from schemas.cql2.nodes import Node, Place, Refused, made
from schemas.fields.places import DEPTHS, LATITUDE, LONGITUDE, lines, simple, uncrossed

Ring = tuple[tuple[float, float], ...]
"""Positions of a closed line."""


class Shape(NamedTuple):
    """A geometry as it is asked for: points, or polygons, each an outer ring and its holes.

    `lines` cannot be searched by; they are kept for the error message.
    """

    points: tuple[tuple[float, float], ...]
    polygons: tuple[tuple[Ring, ...], ...]
    kind: str

    @property
    def vertices(self) -> int:
        """How many positions it has."""
        rings = sum(len(ring) for polygon in self.polygons for ring in polygon)
        return len(self.points) + rings


KINDS = {kind.lower(): kind for kind in (*DEPTHS, "GeometryCollection")}
"""Types of geometries by their names in well-known text."""

TAKEN = ("Point", "MultiPoint", "Polygon", "MultiPolygon")
"""Types of geometries that something can be asked for by."""


def from_text(kind: str, items: Sequence[Any], at: Place) -> Node:
    """Make a geometry of well-known text."""
    name = KINDS[kind.lower()]
    if name == "GeometryCollection":
        return made("geometry", (Shape((), (), name),), at)
    coordinates: Any = [plain(item, at) for item in items]
    if name == "Point" and coordinates:
        coordinates = coordinates[0] if len(coordinates) == 1 else coordinates
    if name == "MultiPoint":  # its positions may stand in parentheses of their own
        nested = [each[0] if each and isinstance(each[0], list) else each for each in coordinates]
        coordinates = nested
    return from_object({"type": name, "coordinates": coordinates}, at)


def plain(item: Any, at: Place, depth: int = 0) -> Any:
    """Give positions of well-known text as GeoJSON has them."""
    if depth > max(DEPTHS.values()):
        raise Refused(at, "geometry", "The coordinates nest deeper than the type says.")
    if isinstance(item, Node):
        raise Refused(at, "geometry", "Positions stand here, two numbers each.")
    return [plain(each, at, depth + 1) for each in item] if isinstance(item, tuple) else item


def from_object(value: Mapping[str, Any], at: Place) -> Node:
    """Make a geometry of GeoJSON; Refused says what is wrong with it."""
    kind = value.get("type")
    if kind not in TAKEN:
        if kind not in KINDS.values():
            raise Refused(at, "geometry", f"The types of geometries are {', '.join(TAKEN)}.")
        return made("geometry", (Shape((), (), str(kind)),), at)
    value = numbers(value)
    try:
        for line in lines(value):
            uncrossed(line)
        if kind.endswith("Polygon"):
            simple(value)
    except ValueError as error:
        raise Refused(at, "geometry", str(error)) from error
    coordinates = value["coordinates"]
    if kind.endswith("Point"):
        points = [coordinates] if kind == "Point" else coordinates
        return made("geometry", (Shape(tuple(map(pair, points)), (), kind),), at)
    polygons = [coordinates] if kind == "Polygon" else coordinates
    rings = tuple(tuple(tuple(map(pair, ring)) for ring in polygon) for polygon in polygons)
    return made("geometry", (Shape((), rings, kind),), at)


def numbers(value: Any) -> Any:
    """Give decimal numbers as those of JSON."""
    if isinstance(value, Mapping):
        return {name: numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    if isinstance(value, (str, bool)) or value is None:
        return value
    return float(value)


def pair(position: Sequence[float]) -> tuple[float, float]:
    """Give longitude and latitude of a position."""
    return float(position[0]), float(position[1])


def box(sides: Sequence[Any], at: Place) -> Node:
    """Make a bounding box: one polygon, or two where it crosses the antimeridian."""
    if len(sides) not in {4, 6} or not all(isinstance(each, Node) for each in sides):
        raise Refused(at, "bbox", "A box has four numbers: west, south, east, north.")
    if any(side.kind != "number" for side in sides):
        raise Refused(at, "bbox", "A box has four numbers: west, south, east, north.")
    found = [float(side.parts[0]) for side in sides]
    west, south, east, north = found if len(found) == 4 else (*found[:2], *found[3:5])  # noqa: PLR2004 - with altitudes there are six
    if max(abs(west), abs(east)) > LONGITUDE or max(abs(south), abs(north)) > LATITUDE:
        sentence = "Longitudes lie between -180 and 180, latitudes between -90 and 90."
        raise Refused(at, "bbox", sentence)
    if south > north:
        raise Refused(at, "bbox", "South lies north of north: west, south, east, north.")
    spans = ((west, east),) if west <= east else ((west, LONGITUDE), (-LONGITUDE, east))
    polygons = tuple((rectangle(left, south, right, north),) for left, right in spans)
    return made("geometry", (Shape((), polygons, "BBox"),), at)


def rectangle(west: float, south: float, east: float, north: float) -> Ring:
    """Give the ring of a box."""
    return ((west, south), (east, south), (east, north), (west, north), (west, south))
