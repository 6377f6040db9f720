"""Borders of countries: those of Natural Earth (public domain), drawn as they are held (de facto).

The file is made by `tools/borders.py` and read when a map is drawn for the first time.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely

FILE = Path(__file__).with_name("world.npz")
"""The polygons of all levels: steps from position to position, in units."""

UNITS_IN_DEGREE = 200
"""How finely positions are kept: to about 500 metres."""

Level = Literal["coarse", "fine"]
"""Levels of detail: for the world (1:110,000,000), and for regions (1:50,000,000)."""


class World(NamedTuple):
    """Polygons, none of which crosses the antimeridian: their bounds, and whose they are."""

    polygons: Any
    bounds: Any
    countries: Any
    names: list[str]


@cache
def world(level: Level) -> World:
    """Read the borders of a level."""
    with np.load(FILE) as file:
        names, countries, rings, sizes, steps = (
            file[f"{level}_{part}"] for part in ("names", "countries", "rings", "sizes", "steps")
        )
    lines = np.repeat(np.arange(len(sizes)), sizes)
    positions = np.cumsum(steps, axis=1)
    # Each ring begins with its position itself: what all before it came to is taken away.
    before = np.cumsum(sizes) - sizes
    came_to = np.where(before > 0, positions[:, before - 1], 0)
    positions = positions - came_to[:, lines]
    linear = shapely.linearrings(positions.T / UNITS_IN_DEGREE, indices=lines)
    polygons = shapely.polygons(np.asarray(linear), indices=np.repeat(np.arange(len(rings)), rings))
    return World(polygons, shapely.bounds(polygons), countries, names.tolist())
