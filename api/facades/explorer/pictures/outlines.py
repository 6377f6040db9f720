"""Outlines on a map: of countries, and of places, clipped to what is shown and thinned."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry import shape

from api.facades.explorer.pictures.views import HALF, WIDTH, View
from api.facades.explorer.pictures.world import world

COARSE_FROM = 100
"""Width of a view, in degrees, from which the world's coarse outlines are fine enough."""

TOLERANCE = 0.4
"""How far an outline may be from where it is, in units of the picture."""

BEYOND = 3
"""How far beyond the edge outlines go on, in units of the picture, so that it cuts no line."""

LETTER, ROOM = 6.2, 1.5
"""Width of a letter, and width of a country in square roots of its area: names need room."""

NEAR = 0.01
"""How near positions are taken for the same, in units of the picture."""

TENTHS = 10
"""Positions are written in tenths of a unit."""

POINT, LINE, POLYGON = 0, 1, 3
"""Types of geometries."""


class Label(NamedTuple):
    """The name of a country, where it has most room, and the size of that."""

    x: float
    y: float
    name: str
    size: float


class Outline(NamedTuple):
    """A shape of a place: an outline of areas, a way of lines, and points."""

    areas: str
    lines: str
    points: list[tuple[float, float]]


def land(view: View) -> tuple[str, list[Label]]:
    """Draw the countries that are seen, and name those that have room for it."""
    borders = world("coarse" if view.east - view.west > COARSE_FROM else "fine")
    parts, owners = [], []
    for turn in view.turns:
        west, south, east, north = edge(view, turn)
        low, high = borders.bounds[:, :2], borders.bounds[:, 2:]
        seen = ((low < (east, north)) & (high > (west, south))).all(axis=1)
        cut = seen & ~((low >= (west, south)) & (high <= (east, north))).all(axis=1)
        polygons = borders.polygons.copy()
        polygons[cut] = shapely.clip_by_rect(polygons[cut], west, south, east, north)
        parts.append(projected(polygons[seen], view, turn))
        owners.append(borders.countries[seen])
    polygons, countries = np.concatenate(parts), np.concatenate(owners)
    for seam in seams(view):
        polygons, countries = rejoined(polygons, countries, seam)
    polygons, index = shapely.get_parts(thinned(polygons), return_index=True)
    drawn = ~shapely.is_empty(polygons) & (shapely.get_type_id(polygons) == POLYGON)
    polygons, countries = polygons[drawn], countries[index[drawn]]
    return path(polygons), named(polygons, countries, borders.names)


def outline(geometry: Mapping[str, Any], view: View) -> Outline:
    """Draw a geometry (GeoJSON), as far as it is seen."""
    whole = flat([shape(dict(geometry))])
    parts = []
    for turn in view.turns:
        clipped = shapely.clip_by_rect(whole, *edge(view, turn))
        parts.append(projected(clipped, view, turn))
    found = flat(np.concatenate(parts))
    kinds = shapely.get_type_id(found)
    polygons = found[kinds == POLYGON]
    for seam in seams(view):
        polygons, _ = rejoined(polygons, np.zeros(len(polygons), int), seam)
    polygons = flat(thinned(polygons))
    points = shapely.get_coordinates(found[kinds == POINT]).round(1).tolist()
    return Outline(
        path(polygons[shapely.get_type_id(polygons) == POLYGON]),
        path(flat(thinned(found[kinds == LINE])), end=""),
        [(x, y) for x, y in points],
    )


def edge(view: View, turn: float) -> tuple[float, float, float, float]:
    """Give the box that is drawn of an earth that is turned, in its own degrees."""
    free = BEYOND / view.scale
    wide = free / view.squeeze
    return (
        view.west - turn - wide,
        view.south - free,
        view.east - turn + wide,
        view.north + free,
    )


def flat(geometries: Any) -> Any:
    """Take geometries that consist of others apart, and leave out those that are empty."""
    parts = shapely.get_parts(shapely.get_parts(geometries))
    return parts[~shapely.is_empty(parts)]


def projected(geometries: Any, view: View, turn: float) -> Any:
    """Give geometries in the units of the picture."""
    scale, wide = view.scale, view.scale * view.squeeze
    return shapely.transform(
        geometries, lambda at: np.add(at, (turn - view.west, -view.north)) * (wide, -scale)
    )


def thinned(geometries: Any) -> Any:
    """Leave out positions that nobody would see."""
    return shapely.simplify(geometries, TOLERANCE, preserve_topology=False)


def seams(view: View) -> list[float]:
    """List where in the picture the antimeridian lies, if it is seen."""
    found = [view.at(longitude, 0)[0] for longitude in (-HALF, HALF)]
    return [x for x in found if 0 < x < WIDTH]


def rejoined(polygons: Any, countries: Any, seam: float) -> tuple[Any, Any]:
    """Join what was cut at the antimeridian, so that no line is drawn there."""
    touching = (np.abs(shapely.bounds(polygons)[:, [0, 2]] - seam) < NEAR).any(axis=1)
    rest, owners = [polygons[~touching]], [countries[~touching]]
    for country in np.unique(countries[touching]):
        halves = shapely.make_valid(polygons[touching & (countries == country)])
        rest.append(flat([shapely.union_all(halves, grid_size=NEAR)]))
        owners.append(np.full(len(rest[-1]), country))
    return np.concatenate(rest), np.concatenate(owners)


def named(polygons: Any, countries: Any, names: Sequence[str]) -> list[Label]:
    """Name countries where there is room, at the middle of their largest part."""
    areas, middles = shapely.area(polygons), shapely.get_coordinates(shapely.centroid(polygons))
    largest: dict[int, int] = {}
    for number, country in enumerate(countries.tolist()):
        if country not in largest or areas[number] > areas[largest[country]]:
            largest[country] = number
    return [
        Label(round(middles[number][0]), round(middles[number][1]), names[country], areas[number])
        for country, number in largest.items()
        if len(names[country]) * LETTER < sqrt(areas[number]) * ROOM
    ]


def unobstructed(
    labels: Iterable[Label], spots: Sequence[tuple[float, float, float]]
) -> list[Label]:
    """Leave out names that would lie on spots (x, y, radius), on others or over the edge."""
    kept: list[Label] = []
    for label in sorted(labels, key=lambda each: -each.size):
        half = len(label.name) * LETTER / 2
        free = half < label.x < WIDTH - half and all(
            abs(x - label.x) > half + radius or abs(y - label.y + 4) > radius + 7
            for x, y, radius in spots
        )
        if free and all(
            abs(other.x - label.x) > half + len(other.name) * LETTER / 2 + 4
            or abs(other.y - label.y) > 2 * LETTER
            for other in kept
        ):
            kept.append(label)
    return kept


def path(geometries: Any, end: str = "z") -> str:
    """Write the lines and rings of geometries as a path, from step to step."""
    rings = shapely.get_rings(geometries) if end else geometries
    positions, index = shapely.get_coordinates(rings, return_index=True)
    if not len(positions):
        return ""
    tenths = np.rint(positions * TENTHS).astype(int)
    steps = np.diff(tenths, axis=0, prepend=tenths[:1])
    begins = np.flatnonzero(np.diff(index, prepend=-1))
    ends = np.append(begins[1:], len(index))
    found = []
    for begin, after in zip(begins.tolist(), ends.tolist(), strict=True):
        # A ring ends where it begins.
        rest = steps[begin + 1 : after - len(end)].ravel().tolist()
        if rest:
            start = "".join(map(number, tenths[begin].tolist()))
            found.append(f"M{start}l{''.join(map(number, rest))}{end}")
    return "".join(found)


@cache
def number(tenths: int) -> str:
    """Write a number of a path, after a space unless its sign tells it from the one before."""
    whole, rest = divmod(abs(tenths), TENTHS)
    text = f"{whole or ''}.{rest}" if rest else str(whole)
    return f"-{text}" if tenths < 0 else f" {text}"
