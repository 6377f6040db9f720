"""Views of a map: parts of the earth, projected so that their middle is true to scale."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees; where it crosses the antimeridian, east lies beyond 180
or, as it is written in addresses, west of west."""

WIDTH = 400
"""Width of a map, in the units of its picture."""

RATIO, WIDE_RATIO = 4 / 3, 2.0
"""Width to height of a map of a part of the earth, and of one of much of it."""

WIDE_FROM, WORLD_FROM = 120.0, 330.0
"""Width from which a map is of much of the earth, and from which of all of it, in degrees."""

HALF, WHOLE = 180.0, 360.0
"""Degrees: half round the earth, and all round it."""

KILOMETRES = 111.195
"""Kilometres in a degree of latitude."""

SOUTH, NORTH = -58.0, 80.0
"""Where people live: latitudes between which the world is shown at the least."""

FARTHEST = 85.0
"""The latitude beyond which nothing is shown but what lies there."""

STEEPEST = 70.0
"""The latitude beyond which a map is not squeezed further."""

MARGIN, MIN_MARGIN = 0.08, 1.2
"""Free space around what is shown: a part of its size, and degrees."""

MIN_SIZE = 0.05
"""Least width and height of a view, in degrees."""


@dataclass(frozen=True)
class View:
    """A part of the earth; its west may lie beyond -180, and its east beyond 180."""

    west: float
    south: float
    east: float
    north: float

    @cached_property
    def squeeze(self) -> float:
        """How much narrower a degree of longitude is than one of latitude."""
        return cos(radians(min(abs((self.south + self.north) / 2), STEEPEST)))

    @cached_property
    def scale(self) -> float:
        """Units of the picture in a degree of latitude."""
        return WIDTH / ((self.east - self.west) * self.squeeze)

    @cached_property
    def height(self) -> float:
        """Height of the picture, in its units."""
        return (self.north - self.south) * self.scale

    @property
    def box(self) -> Box:
        """Its bounds."""
        return self.west, self.south, self.east, self.north

    @cached_property
    def turns(self) -> list[float]:
        """Degrees by which the earth is turned so that some of it is seen here."""
        return [
            turn
            for turn in (0.0, WHOLE, -WHOLE)
            if self.west < HALF + turn and self.east > turn - HALF
        ]

    def turned(self, longitude: float) -> float:
        """Write a longitude as it lies here, if it does."""
        for turn in self.turns:
            if self.west <= longitude + turn <= self.east:
                return longitude + turn
        return longitude

    def holds(self, longitude: float, latitude: float) -> bool:
        """Tell whether a position lies here; its longitude is one that was `turned`."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Give where in the picture a position lies."""
        wide = self.squeeze * self.scale
        return (longitude - self.west) * wide, (self.north - latitude) * self.scale


def read(bbox: str) -> Box:
    """Read a box as addresses have it; its east may then lie beyond 180."""
    west, south, east, north = map(float, bbox.split(","))
    return west, south, east + (WHOLE if east < west else 0.0), north


def written(box: Box, digits: int = 3) -> str:
    """Write a box as addresses have it."""
    west, south, east, north = box
    if east - west >= WHOLE:
        west, east = -HALF, HALF
    found = (within(west), max(south, -90.0), within(east), min(north, 90.0))
    return ",".join(f"{value:.{digits}f}".rstrip("0").rstrip(".") for value in found)


def within(longitude: float) -> float:
    """Write a longitude as one between -180 and 180."""
    return longitude if -HALF <= longitude <= HALF else (longitude + HALF) % WHOLE - HALF


def view_of(boxes: Sequence[Box], asked: Box | None = None, margin: float = MIN_MARGIN) -> View:
    """Choose what a map shows: the box that is asked for, or where all boxes lie, with a margin.

    `margin` is that at the least, in degrees.
    """
    if asked is None:
        west, east = narrowest(boxes)
        south, north = min(box[1] for box in boxes), max(box[3] for box in boxes)
        free = max((east - west) * MARGIN, (north - south) * MARGIN, margin)
        west, south, east, north = west - free, south - free, east + free, north + free
    else:
        west, south, east, north = asked
    spare = [max(MIN_SIZE - size, 0) / 2 for size in (east - west, north - south)]
    west, south, east, north = (
        *(west - spare[0], south - spare[1]),
        *(east + spare[0], north + spare[1]),
    )
    squeeze = View(west, south, east, north).squeeze
    ratio = (RATIO if east - west < WIDE_FROM else WIDE_RATIO) / squeeze
    wide, high = (
        max(east - west, (north - south) * ratio),
        max(north - south, (east - west) / ratio),
    )
    if wide > WORLD_FROM:
        seen = [
            box for box in boxes if asked is None or (asked[1] <= box[1] and box[3] <= asked[3])
        ]
        low = min([SOUTH, *(box[1] - margin for box in seen)])
        top = max([NORTH, *(box[3] + margin for box in seen)])
        return View(-HALF, max(low, -90.0), HALF, min(top, 90.0))
    middle = (west + east) / 2, (south + north) / 2
    west, east = middle[0] - wide / 2, middle[0] + wide / 2
    low, top = middle[1] - high / 2, middle[1] + high / 2
    turn = -WHOLE if west >= HALF else WHOLE if east <= -HALF else 0.0
    return View(
        west + turn,
        max(low, min(south, -FARTHEST), -90.0),
        east + turn,
        min(top, max(north, FARTHEST), 90.0),
    )


def narrowest(boxes: Iterable[Box]) -> tuple[float, float]:
    """Give the west and east within which all boxes lie.

    They lie across the antimeridian only where that is less than half round the earth.
    """
    spans = sorted(placed(boxes))
    east = max(span[1] for span in spans)
    usual = spans[0][0], min(east, spans[0][0] + WHOLE)
    # What goes on beyond 180 covers the beginning, too.
    reached, widest, chosen = east - WHOLE, WHOLE, usual
    for west, end in spans:
        width = WHOLE - (west - reached)
        if west > reached and width < min(widest, HALF):
            widest, chosen = width, (west, west + width)
        reached = max(reached, end)
    return chosen if chosen[1] - chosen[0] < usual[1] - usual[0] else usual


def placed(boxes: Iterable[Box]) -> Iterator[tuple[float, float]]:
    """Yield the spans of boxes, each beginning between -180 and 180."""
    for west, _, east, _ in boxes:
        start = within(west)
        yield start, start + min(east - west, WHOLE)
