"""Dots on a map: places that lie too near each other are brought together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, product, zip_longest
from math import cos, hypot, radians, sqrt
from typing import Any, NamedTuple

from api.facades.explorer.pictures.views import KILOMETRES, WIDTH, Box, View, written
from models.lists.spots import AREAS, MAX_NAMES, Spot

NEAR = 23
"""How near each other places are brought together, in units of the picture."""

RADII = (4.5, 15.0)
"""Radius of the smallest and of the largest dot."""

ONLY = 6.0
"""Radius of dots that stand for one record each."""

MIN_RADIUS = 5.0
"""Radius of a dot at the least, so that it can be pointed at."""

FREE, MIN_FREE = 1 / 90, 0.02
"""Free space around the box of several places: a part of the view's width, and degrees."""

NUMBERED_FROM, DIGIT = 9.0, 2.9
"""Radius of a dot from which it has room for its number, and how much that is for a digit."""

THINNEST = 0.05
"""Cosine of a latitude at the least, as near the poles a circle has no end."""


WHOLE_FROM = 100
"""Tenths of a thousand or a million from which a number is written without them."""


class Dot(NamedTuple):
    """A mark for places: a dot, or a ring for an area, in which it is nobody knows where.

    `names` are those of the places with most records, `more` is how many others there are;
    `number` is written where there is room, and `link` has the parameters that ask for it.
    """

    x: float
    y: float
    radius: float
    events: int
    disputed: int
    names: str
    more: int
    area: bool
    number: str
    link: Mapping[str, str | None]


class Reach(NamedTuple):
    """A circle, drawn to scale, within which a place lies."""

    x: float
    y: float
    across: float
    up: float


class Placed(NamedTuple):
    """A spot, and where in the picture it is; `turned` is its longitude as it lies there."""

    spot: Spot
    x: float
    y: float
    turned: float


def spot_of(location: Mapping[str, Any], records: int = 1, doubted: int = 0) -> Spot | None:
    """Make a spot of a location's record, if it has a point."""
    if not location.get("point"):
        return None
    x, y = location["point"]
    return Spot(
        records=records,
        doubted=doubted,
        places=1,
        location_id=location["id"],
        names=[location["name"]],
        area=location.get("kind") in AREAS,
        x=x,
        y=y,
        box=(x, y, x, y),
        uncertainty_km=location.get("uncertainty_km"),
    )


def place(spots: Iterable[Spot], view: View) -> tuple[list[Placed], int]:
    """Give where in the picture spots are, and how many records lie outside."""
    found, outside = [], 0
    for spot in spots:
        if spot.x is None or spot.y is None:
            continue
        turned = view.turned(spot.x)
        if view.holds(turned, spot.y):
            found.append(Placed(spot, *view.at(turned, spot.y), turned))
        else:
            outside += spot.records
    return found, outside


def dots_of(placed: Sequence[Placed], view: View) -> tuple[list[Dot], list[Reach]]:
    """Draw spots, the largest first, and around places that lie somewhere the circle of that."""
    groups = together(placed)
    most = max((sum(each.spot.records for each in group) for group in groups), default=1)
    drawn = [(dot(group, most, view), group) for group in groups]
    drawn.sort(key=lambda one: -one[0].events)
    moved = apart([one for one, _ in drawn])
    drawn = [(one, group) for one, (_, group) in zip(moved, drawn, strict=True)]
    reaches = [
        reach
        for one, group in drawn
        for each in group
        if (reach := reach_of(each, view)) and reach.up > one.radius
    ]
    return [one for one, _ in drawn], reaches


def together(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Bring spots together: each joins the largest one near it, areas and points apart."""
    groups: list[list[Placed]] = []
    cells: defaultdict[tuple[int, int, bool], list[list[Placed]]] = defaultdict(list)
    for each in sorted(placed, key=lambda one: (-one.spot.records, one.x, one.y)):
        column, row = int(each.x // NEAR), int(each.y // NEAR)
        around = product((column - 1, column, column + 1), (row - 1, row, row + 1))
        near = chain.from_iterable(cells.get((*cell, each.spot.area), ()) for cell in around)
        for group in near:
            if hypot(group[0].x - each.x, group[0].y - each.y) < NEAR:
                group.append(each)
                break
        else:
            groups.append([each])
            cells[column, row, each.spot.area].append(groups[-1])
    return groups


def dot(group: Sequence[Placed], most: int, view: View) -> Dot:
    """Draw spots that were brought together; `most` is the number of records of the largest dot."""
    total = sum(each.spot.records for each in group) or 1
    # One place has one name; of several, each spot gives its first before any its second.
    names = [
        name
        for several in zip_longest(*(each.spot.names for each in group))
        for name in several
        if name
    ][:MAX_NAMES]
    places = sum(each.spot.places for each in group)
    [first, *others] = group
    one = first.spot.location_id if not others else None
    link: dict[str, str | None] = (
        {"location": one, "bbox": None} if one else {"bbox": written(box_of(group, view))}
    )
    radius = ONLY
    if most > 1:
        radius = max(MIN_RADIUS, RADII[0] + (RADII[1] - RADII[0]) * sqrt(total / most))
    events = sum(each.spot.records for each in group)
    number = short(events)
    return Dot(
        x=round(sum(each.x * each.spot.records for each in group) / total, 1),
        y=round(sum(each.y * each.spot.records for each in group) / total, 1),
        radius=round(radius, 1),
        events=events,
        disputed=sum(each.spot.doubted for each in group),
        names=", ".join(names),
        more=places - len(names),
        area=first.spot.area,
        number=number if radius > max(NUMBERED_FROM, DIGIT * len(number) + 1) else "",
        link=link,
    )


def short(number: int) -> str:
    """Write a number so that it has room in a dot, rounded down to two digits or more."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            tenths = number * 10 // size
            return f"{tenths // 10 if tenths >= WHOLE_FROM else tenths / 10:g}{letter}"
    return str(number)


def apart(dots: Sequence[Dot]) -> list[Dot]:
    """Move rings off the dots that they would hide: where in it something happened, nobody knows.

    Each is moved by one dot at the most.
    """
    points = [each for each in dots if not each.area]
    found = []
    for each in dots:
        if each.area:
            for point in points:
                far, least = hypot(each.x - point.x, each.y - point.y), each.radius + point.radius
                if far < least:
                    across, up = (
                        ((each.x - point.x) / far, (each.y - point.y) / far) if far else (1.0, 0.0)
                    )
                    each = each._replace(  # noqa: PLW2901
                        x=round(point.x + across * least, 1), y=round(point.y + up * least, 1)
                    )
                    break
        found.append(each)
    return found


def box_of(group: Iterable[Placed], view: View) -> Box:
    """Give the box in which the places of spots lie, with a little space around them."""
    free = max((view.east - view.west) * FREE, MIN_FREE)
    boxes = []
    for each in group:
        west, south, east, north = each.spot.box or (each.turned, each.spot.y) * 2
        turn = each.turned - (each.spot.x or 0.0)
        boxes.append((west + turn, south, east + turn, north))
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests) - free, min(souths) - free, max(easts) + free, max(norths) + free


def reach_of(each: Placed, view: View) -> Reach | None:
    """Draw the circle within which a place lies, if that is said, and in it something happened."""
    if not each.spot.uncertainty_km or each.spot.y is None:
        return None
    up = each.spot.uncertainty_km / KILOMETRES * view.scale
    across = up * view.squeeze / max(cos(radians(each.spot.y)), THINNEST)
    return Reach(*(round(value, 1) for value in (each.x, each.y, min(across, 2 * WIDTH), up)))
