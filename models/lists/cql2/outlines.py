"""Shapes that the filters of CQL2 ask by, as values of a statement, and the boxes around them."""

import json
from collections.abc import Iterator
from typing import Any

from models.lists import earth

MAX_BOXES = 100
"""Maximum number of parts of a shape that each have a box of their own; all have one otherwise."""


def values_of(shape: Any, far: float | None, name: str) -> dict[str, Any]:
    """Give the values of a shape's placeholders."""
    holes = [
        (written(ring), number + 1)
        for number, polygon in enumerate(shape.polygons)
        for ring in polygon[1:]
    ]
    corners = [corner for polygon in shape.polygons for ring in polygon for corner in ring]
    around, again = earth.boxes(beyond(box_around(shape), far)).values()
    parts = len(shape.points) + len(shape.polygons)
    near = boxes(shape, far) if parts <= MAX_BOXES else (around, again)
    found = {
        "around": around,
        "again": again,
        "rings": [written(polygon[0]) for polygon in shape.polygons],
        "holes": [ring for ring, _ in holes],
        "of": [number for _, number in holes],
        "points": [f"({x!r},{y!r})" for x, y in shape.points],
        "vertices": [f"({x!r},{y!r})" for x, y in (*shape.points, *corners)],
        "far": far,
        "boxes": "{" + ";".join(near) + "}",  # boxes have commas between their corners
        "json": json.dumps({"type": "MultiPolygon", "coordinates": shape.polygons})
        if shape.polygons
        else None,
    }
    return {f"{name}_{part}": value for part, value in found.items()}


def written(ring: Any) -> str:
    """Write a ring as PostgreSQL reads a polygon."""
    return "(" + ",".join(f"({x!r},{y!r})" for x, y in ring) + ")"


def bounds(shape: Any) -> Iterator[tuple[float, float, float, float]]:
    """Give west, south, east and north of each part of a shape."""
    for x, y in shape.points:
        yield x, y, x, y
    for outer, *_ in shape.polygons:
        xs, ys = [x for x, _ in outer], [y for _, y in outer]
        yield min(xs), min(ys), max(xs), max(ys)


def boxes(shape: Any, far: float | None) -> Iterator[str]:
    """Write the boxes around a shape's parts, and so far around; also once more round the earth."""
    for sides in bounds(shape):
        yield from earth.boxes(beyond([*sides], far)).values()


def beyond(sides: list[float], far: float | None) -> list[float]:
    """Widen a box by a distance in kilometres."""
    west, south, east, north = sides
    around = (west, south, east + earth.WHOLE if east < west else east, north)
    for corner in [(x, y) for x in (west, east) for y in (south, north)] if far else ():
        around = earth.widened(around, (*corner, far or 0.0))
    return [*around] if far else sides


def box_around(shape: Any) -> list[float]:
    """Give the box around a shape; one that crosses the antimeridian goes on west of it."""
    found = [*bounds(shape)]
    if shape.kind == "BBox" and len(found) > 1:
        return [found[0][0], found[0][1], found[1][2], found[0][3]]
    west, south, east, north = zip(*found, strict=True)
    return [min(west), min(south), max(east), max(north)]
