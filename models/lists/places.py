"""Conditions on where a record's place lies, as it may or as it must."""

from typing import LiteralString

from models.lists import cells
from models.lists.earth import box_around, boxes, boxes_around, circle
from models.table import Among, Condition, Index


def located(
    table: LiteralString, registered: Among | None = None, precision: LiteralString = ""
) -> dict[str, Condition]:
    """Give the conditions on where a record's `point` and `extent` lie, or may lie.

    The extent holds the circle of `uncertainty_km` around the point. `registered` is the child
    table that has the cells of the extent; `precision` is the member that says how precisely the
    record's own place is known.
    """
    inside, around = indexes(registered) if registered else (None, None)
    return {
        "bbox": Condition(
            f"({table}.extent && %(bbox_west)s::box OR {table}.extent && %(bbox_east)s::box)"
            f" AND ({table}.uncertainty_km IS NULL"
            f" OR (box_distances(%(bbox_west)s::box, {table}.point))[1] <= {table}.uncertainty_km"
            f" OR {has_shape(table)})",
            values=boxes,
            index=inside,
        ),
        "near": Condition(
            f"({table}.extent && %(near_west)s::box OR {table}.extent && %(near_east)s::box)"
            f" AND CASE WHEN {table}.point IS NOT NULL"
            f" THEN great_circle({table}.point, %(near_point)s::point)"
            f" <= %(near_radius)s + coalesce({table}.uncertainty_km, 0)"
            f" ELSE {shape_is_near(table)} END",
            values=circle,
            index=around,
        ),
        "bbox_certainly": Condition(
            f"({table}.extent <@ %(bbox_within)s::box"
            f" OR {table}.extent <@ %(bbox_within_turned)s::box)"
            f" AND {is_precise(table, precision)}",
            values=boxes_around,
            index=inside,
        ),
        # The circle around a point is farther than that by its radius, a shape by its extent.
        "near_certainly": Condition(
            f"({table}.extent && %(near_west)s::box OR {table}.extent && %(near_east)s::box)"
            f" AND coalesce(great_circle({table}.point, %(near_point)s::point)"
            f" + coalesce({table}.uncertainty_km, 0) <= %(near_radius)s, true)"
            f" AND ({table}.uncertainty_km IS NOT NULL AND NOT {has_shape(table)}"
            f" OR (box_distances({table}.extent, %(near_point)s::point))[2] <= %(near_radius)s)"
            f" AND {is_precise(table, precision)}",
            values=circle,
            index=around,
        ),
    }


def indexes(registered: Among) -> tuple[Index, Index]:
    """Give the indexes by which cells find what may lie in a box, and in a circle."""
    cell: LiteralString = f"{registered.name}.cell = {{}} AND coalesce("
    at: LiteralString = f"box({registered.name}.at, {registered.name}.at)"
    extent: LiteralString = f"{registered.name}.extent"
    inside = Index(
        f"{cell}{extent} && %(bbox_west)s::box OR {extent} && %(bbox_east)s::box,"
        f" {at} && %(bbox_west)s::box OR {at} && %(bbox_east)s::box)",
        registered,
        lambda bbox: cells.cover(*bbox),
        exact=False,
    )
    around = Index(
        f"{cell}{at} && %(near_west)s::box OR {at} && %(near_east)s::box,"
        f" {extent} && %(near_west)s::box OR {extent} && %(near_east)s::box)",
        registered,
        lambda near: cells.circle(near, box_around(near)),
        exact=False,
    )
    return inside, around


def has_shape(table: LiteralString) -> LiteralString:
    """Give the condition that a record's place has a geometry."""
    shaped: LiteralString = "(locations.body || locations.derived)::json ->> 'geometry' IS NOT NULL"
    if table == "locations":
        return shaped
    # A scalar subquery is never turned into a hash of all places.
    return f"(SELECT {shaped} FROM locations WHERE locations.id = {table}.location_id)"


def shape_is_near(table: LiteralString) -> LiteralString:
    """Give the condition that the geometry of a place without a point reaches into a circle."""
    near: LiteralString = (
        "geometry_distance((locations.body || locations.derived)::jsonb -> 'geometry',"
        " %(near_point)s::point) <= %(near_radius)s"
    )
    if table == "locations":
        return near
    return (  # each place is measured once, however many records it has
        f"{table}.location_id IN (SELECT locations.id FROM locations"
        " WHERE (locations.extent && %(near_west)s::box"
        " OR locations.extent && %(near_east)s::box)"
        f" AND locations.point IS NULL AND {near})"
    )


def is_precise(table: LiteralString, member: LiteralString) -> LiteralString:
    """Give the condition that a record happened at its place, not only near or somewhere in it.

    Of a place that is given for a district or a country, nobody knows how far that reaches unless
    it has more than a point.
    """
    if not member:
        return "true"
    return (
        f"CASE coalesce(({table}.body || {table}.derived)::json ->> '{member}', 'exact')"
        " WHEN 'exact' THEN true WHEN 'near' THEN false WHEN 'unknown' THEN false"
        f" ELSE {table}.uncertainty_km IS NOT NULL"
        f" OR NOT coalesce({table}.extent ~= box({table}.point, {table}.point), false) END"
    )
