"""Boxes and circles on the surface of the earth, as PostgreSQL searches them."""

from collections.abc import Sequence
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Any

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the earth, in kilometres (IUGG)."""

HALF, WHOLE, POLE = 180.0, 360.0, 90.0
"""Degrees: half round the earth, all round it, and from the equator to a pole."""


def box(west: float, south: float, east: float, north: float) -> str:
    """Write a box as PostgreSQL reads it."""
    return f"({east!r},{north!r}),({west!r},{south!r})"


def boxes(bbox: list[float]) -> dict[str, str]:
    """Write a bounding box, and the same shifted by 360 degrees.

    West greater than east crosses the antimeridian (RFC 7946, section 5.2), and so may the
    extents of what is sought, whose east lies beyond 180 then.
    """
    west, south, east, north = bbox
    if west <= east == HALF:  # where 180 is, -180 is too
        again = box(west - WHOLE, south, east - WHOLE, north)
    elif west <= east:
        again = box(west + WHOLE, south, east + WHOLE, north)
    else:
        again = box(west - WHOLE, south, east, north)
        east += WHOLE
    return {"bbox_west": box(west, south, east, north), "bbox_east": again}


def boxes_around(bbox: list[float]) -> dict[str, str]:
    """Write a bounding box as `boxes` does, and the bounds of what lies wholly within."""
    west, south, east, north = bbox
    east += WHOLE if west > east else 0
    if east - west >= WHOLE:  # whatever crosses the antimeridian lies within, too
        within = {name: box(-WHOLE - HALF, south, WHOLE + HALF, north) for name in WITHIN}
    else:
        turned = -WHOLE if east >= HALF else WHOLE
        spans = ((west, east), (west + turned, east + turned))
        within = {
            name: box(left, south, right, north)
            for name, (left, right) in zip(WITHIN, spans, strict=True)
        }
    return boxes(bbox) | within


WITHIN = ("bbox_within", "bbox_within_turned")
"""Placeholders of the boxes that something has to lie wholly within one of."""


def circle(near: tuple[float, float, float]) -> dict[str, Any]:
    """Give the centre, the radius in kilometres, and the boxes in which a circle lies."""
    longitude, latitude, radius = near
    found = boxes([*box_around(near)])
    return {
        "near_west": found["bbox_west"],
        "near_east": found["bbox_east"],
        "near_point": f"({longitude!r},{latitude!r})",
        "near_radius": radius,
    }


def box_around(near: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """Give the box around a circle: its west, south, east and north, in degrees."""
    longitude, latitude, radius = near
    tall = degrees(radius / EARTH_RADIUS_KM)
    south, north = max(-POLE, latitude - tall), min(POLE, latitude + tall)
    if south > -POLE and north < POLE:
        # The circle's widest points are nearer to the pole than its centre.
        wide = degrees(asin(min(1.0, sin(radians(tall)) / cos(radians(latitude)))))
    else:  # around a pole, it holds every longitude
        wide = HALF
    west, east = longitude - wide, longitude + wide
    if wide >= HALF:
        west, east = -HALF, HALF
    elif west < -HALF:
        west += WHOLE
    elif east > HALF:
        east -= WHOLE
    return west, south, east, north


def widened(
    extent: tuple[float, float, float, float], circle: tuple[float, float, float]
) -> tuple[float, float, float, float]:
    """Widen the extent of a place, whose east may lie beyond 180, by a circle around its point."""
    west, south, east, north = box_around(circle)
    east += WHOLE if east < west else 0
    # The circle's longitudes are those nearest to the extent's, perhaps once more round the earth.
    west, east = min(
        (
            (min(extent[0], west + turn), max(extent[2], east + turn))
            for turn in (0.0, WHOLE, -WHOLE)
        ),
        key=lambda span: span[1] - span[0],
    )
    south, north = min(extent[1], south), max(extent[3], north)
    if east - west >= WHOLE:
        return -HALF, south, HALF, north
    turn = WHOLE if west < -HALF else 0.0
    return west + turn, south, east + turn, north


def kilometres(one: Sequence[float], other: Sequence[float]) -> float:
    """Give the great-circle distance of two points, by the haversine formula."""
    (west, south), (east, north) = one, other
    high, wide = sin(radians(north - south) / 2), sin(radians(east - west) / 2)
    square = high * high + cos(radians(south)) * cos(radians(north)) * wide * wide
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(square)))
