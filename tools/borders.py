"""Borders of countries for the maps of the pages, made of world-atlas (Natural Earth).

    npm pack world-atlas@2.0.2
    python -m tools.borders world-atlas-2.0.2.tgz

Natural Earth is in the public domain. Its borders are drawn as they are held (de facto).
"""

import json
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate

from api.facades.explorer.pictures.world import FILE, UNITS_IN_DEGREE

LEVELS = {"coarse": "countries-110m", "fine": "countries-50m"}
"""Levels of detail, and the file of the package that each is made of."""

HALF, WHOLE = 180.0, 360.0
"""Degrees: half round the earth, and all round it."""

POLE = -90.0
"""The latitude of the pole that a country lies around."""

Position = tuple[float, float]


def main(package: str) -> None:
    """Write the borders of all levels."""
    found: dict[str, Any] = {}
    with tarfile.open(package) as archive:
        for level, name in LEVELS.items():
            file = archive.extractfile(f"package/{name}.json")
            if file is None:
                raise FileNotFoundError(name)
            found |= arrays(level, json.load(file))
    np.savez_compressed(FILE, **found)
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")  # noqa: T201 - it tells what it made


def arrays(level: str, topology: Mapping[str, Any]) -> dict[str, Any]:
    """Give the polygons of a level as arrays of whole numbers: steps from position to position."""
    arcs = [[*decoded(arc, topology["transform"])] for arc in topology["arcs"]]
    names, countries, rings, sizes, steps = [], [], [], [], []
    for number, country in enumerate(topology["objects"]["countries"]["geometries"]):
        names.append(country["properties"]["name"])
        for polygon in polygons(country, arcs):
            lines = [units(ring) for ring in (polygon.exterior, *polygon.interiors)]
            lines = [line for line in lines if len(line) > 2]  # noqa: PLR2004 - a ring has an inside
            if not lines:
                continue
            countries.append(number)
            rings.append(len(lines))
            for line in lines:
                sizes.append(len(line))
                steps.append(np.diff(line, axis=0, prepend=np.zeros((1, 2), int)))
    return {
        f"{level}_names": np.array(names),
        f"{level}_countries": np.array(countries, np.int16),
        f"{level}_rings": np.array(rings, np.int16),
        f"{level}_sizes": np.array(sizes, np.int16),
        f"{level}_steps": np.concatenate(steps).astype(np.int32).T.copy(),
    }


def decoded(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> Iterator[Position]:
    """Yield the positions of an arc of a TopoJSON file, which are written as steps."""
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    across = up = 0
    for right, above in arc:
        across, up = across + right, up + above
        yield across * wide + west, up * high + south


def polygons(country: Mapping[str, Any], arcs: Sequence[list[Position]]) -> list[shapely.Polygon]:
    """Give the polygons of a country, each within 180 degrees west and east."""
    several = {"Polygon": [country["arcs"]], "MultiPolygon": country["arcs"]}[country["type"]]
    found: list[shapely.Polygon] = []
    for polygon in several:
        outer, *holes = (unwrapped(joined(ring, arcs)) for ring in polygon)
        whole = shapely.make_valid(shapely.Polygon(outer, holes))
        for turn in (-WHOLE, 0.0, WHOLE):
            part = shapely.intersection(
                translate(whole, turn), shapely.box(-HALF, POLE, HALF, -POLE)
            )
            found += [
                each
                for each in shapely.get_parts(part)
                if isinstance(each, shapely.Polygon) and not each.is_empty
            ]
    return found


def joined(ring: Sequence[int], arcs: Sequence[list[Position]]) -> list[Position]:
    """Join the arcs of a ring; a negative number is that of one that is walked backwards."""
    found: list[Position] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        found += arc[bool(found) :]
    return found


def unwrapped(ring: list[Position]) -> list[Position]:
    """Let a ring go on beyond 180 degrees; one around the pole goes on along that."""
    found, turn = [ring[0]], 0.0
    for (before, _), (now, up) in pairwise(ring):
        if abs(now - before) > HALF:
            turn += WHOLE if now < before else -WHOLE
        found.append((now + turn, up))
    if turn:
        found += [(found[-1][0], POLE), (found[0][0], POLE)]
    return found


def units(ring: shapely.LinearRing) -> Any:
    """Write a ring as whole numbers, without positions that are the same as the one before."""
    found = np.rint(shapely.get_coordinates(ring) * UNITS_IN_DEGREE).astype(int)
    moved = np.any(np.diff(found, axis=0, append=found[:1] + 1) != 0, axis=1)
    return found[moved][:-1]


if __name__ == "__main__":
    main(*sys.argv[1:])
