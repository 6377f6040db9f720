"""Conditions and columns that several tables share."""

from collections.abc import Mapping
from math import asin, cos, degrees, radians, sin
from typing import Any, LiteralString

from models.table import Condition

EARTH = 6371.0088
"""The mean radius of the earth, in kilometres (IUGG)."""


def shared(table: LiteralString) -> dict[str, Condition]:
    """Give the conditions that records of every table can be found by."""
    return {
        "dataset": Condition(f"{table}.dataset = ANY(%(dataset)s)"),
        "external_id": Condition(
            f"{table}.id::text IN (SELECT external_ids.id FROM external_ids"
            " WHERE external_ids.external_id = ANY(%(external_id)s)"
            f" AND external_ids.resource = '{table}')"
        ),
        "tag": Condition(f"{table}.tags && %(tag)s::text[]"),
        "retracted_exclude": Condition(f"NOT {table}.retracted"),
        "retracted_only": Condition(f"{table}.retracted"),
    }


def located(table: LiteralString) -> dict[str, Condition]:
    """Give the conditions on where a record's `point` and `extent` lie."""
    return {
        "bbox": Condition(
            f"({table}.extent && %(bbox_west)s::box OR {table}.extent && %(bbox_east)s::box)",
            values=boxes,
        ),
        "near": Condition(
            f"({table}.point <@ %(near_west)s::box OR {table}.point <@ %(near_east)s::box)"
            f" AND great_circle({table}.point, %(near_point)s::point) <= %(near_radius)s",
            values=circle,
        ),
    }


def dated(table: LiteralString) -> dict[str, Condition]:
    """Give the conditions on the days between a record's `starts_on` and `ends_on`."""
    return {
        "datetime": Condition(
            f"{table}.starts_on <= %(datetime_to)s AND {table}.ends_on >= %(datetime_from)s",
            values=interval,
        ),
        "datetime_certainly": Condition(
            f"{table}.starts_on >= %(datetime_begin)s AND {table}.ends_on <= %(datetime_to)s"
            f" AND {table}.ends_on > '-infinity'",
            values=interval,
        ),
    }


def interval(bounds: tuple[str, str]) -> dict[str, str]:
    """Give the first and last day of an interval; from an open start, undated records stay out."""
    start, end = bounds
    return {
        "datetime_from": start,
        "datetime_to": end,
        "datetime_begin": "-infinity" if start == "0001-01-01" else start,
    }


def box(west: float, south: float, east: float, north: float) -> str:
    """Write a box as PostgreSQL reads it."""
    return f"({east!r},{north!r}),({west!r},{south!r})"


def boxes(bbox: list[float]) -> dict[str, str]:
    """Split a bounding box at the antimeridian, if it crosses it (RFC 7946, section 5.2)."""
    west, south, east, north = bbox
    if west <= east:
        whole = box(west, south, east, north)
        return {"bbox_west": whole, "bbox_east": whole}
    return {
        "bbox_west": box(west, south, 180.0, north),
        "bbox_east": box(-180.0, south, east, north),
    }


HALF, WHOLE, POLE = 180.0, 360.0, 90.0
"""Degrees: half round the earth, all round it, and from the equator to a pole."""


def circle(near: tuple[float, float, float]) -> dict[str, Any]:
    """Give the centre, the radius in kilometres, and the boxes in which a circle lies."""
    longitude, latitude, radius = near
    tall = degrees(radius / EARTH)
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
    split = boxes([west, south, east, north])
    return {
        "near_west": split["bbox_west"],
        "near_east": split["bbox_east"],
        "near_point": f"({longitude!r},{latitude!r})",
        "near_radius": radius,
    }


def days(record: Mapping[str, Any], *, unknown: tuple[str, str]) -> dict[str, str]:
    """Give the columns of a record's days, from its date and derived bounds.

    `unknown` are the bounds of a record that has no date at all.
    """
    if record.get("date") is None:
        return {"starts_on": unknown[0], "ends_on": unknown[1]}
    return {
        "starts_on": record["starts_on"] or "-infinity",
        "ends_on": record["ends_on"] or "infinity",
    }


UNDATED = ("-infinity", "-infinity")
"""The bounds of a record without a date: before everything, so that no interval finds it."""

ALWAYS = ("-infinity", "infinity")
"""The bounds of what may have held at any time, since nobody says when."""


def names(record: Mapping[str, Any]) -> list[str]:
    """List all names of a record, in lower case, each once."""
    known = [record["name"], *(name["name"] for name in record["names"] or ())]
    return [*dict.fromkeys(name.lower() for name in known)]
