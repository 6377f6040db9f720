"""Comparisons of places in the filters of CQL2 as SQL, by PostgreSQL's own geometry.

The geometry of a place is its shape, or else its point. A shape is taken apart into polygons with
their holes, points and lines; each is held against each part of what is asked for.
"""

from typing import LiteralString

from psycopg import sql

RING: LiteralString = (
    "(SELECT ('(' || string_agg('(' || (at ->> 0) || ',' || (at ->> 1) || ')', ',' ORDER BY n)"
    " || ')')::polygon FROM jsonb_array_elements({}) WITH ORDINALITY AS position_ (at, n))"
)
LINE: LiteralString = (
    "(SELECT ('[' || string_agg('(' || (at ->> 0) || ',' || (at ->> 1) || ')', ',' ORDER BY n)"
    " || ']')::path FROM jsonb_array_elements({}) WITH ORDINALITY AS position_ (at, n))"
)
POINT: LiteralString = "point(({0} ->> 0)::float8, ({0} ->> 1)::float8)"
"""A ring, a line and a position of GeoJSON as PostgreSQL's own."""


def parts() -> LiteralString:
    """Give the rows of a geometry's parts: polygons with their holes, points, lines."""
    ring, line, point = RING, LINE, POINT
    holes: LiteralString = (
        "ARRAY(SELECT " + ring.replace("{}", "hole") + " FROM jsonb_array_elements(c)"
        " WITH ORDINALITY AS ring_ (hole, n) WHERE n > 1)"
    )
    return (
        "(WITH whole AS (SELECT each ->> 'type' AS kind, each -> 'coordinates' AS c"
        " FROM jsonb_array_elements(coalesce({geometry} -> 'geometries',"
        " jsonb_build_array({geometry}))) AS parts_ (each)),"
        " single AS (SELECT kind, c FROM whole WHERE kind NOT LIKE 'Multi%%'"
        " UNION ALL SELECT substr(kind, 6), each FROM whole,"
        " jsonb_array_elements(c) AS parts_ (each) WHERE kind LIKE 'Multi%%')"
        " SELECT " + ring.replace("{}", "c -> 0") + " AS ring, " + holes + " AS holes,"
        " NULL::point AS at, NULL::path AS line FROM single WHERE kind = 'Polygon'"
        " UNION ALL SELECT NULL, NULL, " + point.replace("{0}", "c") + ", NULL"
        " FROM single WHERE kind = 'Point'"
        " UNION ALL SELECT NULL, NULL, "
        + point.replace("{0}", "(c -> 0)")
        + ", "
        + line.replace("{}", "c")
        + " FROM single WHERE kind = 'LineString')"
    )


ASKED: LiteralString = "unnest({name}_rings) WITH ORDINALITY AS asked (ring, n)"
HOLE: LiteralString = "unnest({name}_holes, {name}_of) AS hole (ring, n) WHERE hole.n = asked.n AND"
"""The polygons that are asked for, and the holes of one."""

IN_HOLE: LiteralString = f"EXISTS (SELECT FROM {HOLE} {{at}} <@ hole.ring)"
INSIDE: LiteralString = f"EXISTS (SELECT FROM {ASKED} WHERE {{at}} <@ asked.ring AND NOT {IN_HOLE})"
SAME: LiteralString = "EXISTS (SELECT FROM unnest({name}_points) AS sought WHERE {at} ~= sought)"
"""Whether a point lies in a polygon, or is one of the points asked for."""

MEETS: LiteralString = (
    f"EXISTS (SELECT FROM {ASKED} WHERE CASE"
    " WHEN part.ring IS NOT NULL THEN part.ring && asked.ring"
    f" AND NOT EXISTS (SELECT FROM {HOLE} part.ring <@ hole.ring)"
    " AND NOT EXISTS (SELECT FROM unnest(part.holes) AS own WHERE asked.ring <@ own)"
    " WHEN part.line IS NOT NULL THEN (part.at <@ asked.ring OR part.line ?# asked.ring::path)"
    f" AND NOT EXISTS (SELECT FROM {HOLE} part.at <@ hole.ring"
    " AND NOT part.line ?# hole.ring::path)"
    f" ELSE part.at <@ asked.ring AND NOT {IN_HOLE.replace('{at}', 'part.at')} END)"
)
"""Whether a part of a shape and a polygon that is asked for have anything in common."""

COVERS: LiteralString = (
    "EXISTS (SELECT FROM unnest({name}_points) AS sought WHERE CASE"
    " WHEN part.ring IS NOT NULL THEN sought <@ part.ring"
    " AND NOT EXISTS (SELECT FROM unnest(part.holes) AS own WHERE sought <@ own)"
    " WHEN part.line IS NOT NULL THEN sought <@ part.line ELSE sought ~= part.at END)"
)
"""Whether a part of a shape holds a point that is asked for."""

LIES_IN: LiteralString = (
    f"EXISTS (SELECT FROM {ASKED} WHERE CASE"
    " WHEN part.ring IS NOT NULL THEN part.ring <@ asked.ring"
    f" AND NOT EXISTS (SELECT FROM {HOLE} part.ring && hole.ring"
    " AND NOT EXISTS (SELECT FROM unnest(part.holes) AS own WHERE hole.ring <@ own))"
    " WHEN part.line IS NOT NULL THEN part.at <@ asked.ring"
    " AND NOT part.line ?# asked.ring::path"
    f" AND NOT EXISTS (SELECT FROM {HOLE} part.at <@ hole.ring OR part.line ?# hole.ring::path)"
    f" ELSE part.at <@ asked.ring AND NOT {IN_HOLE.replace('{at}', 'part.at')} END)"
)
"""Whether a part of a shape lies in a polygon that is asked for."""

HOLDS: LiteralString = (
    "EXISTS (SELECT FROM {parts} AS part WHERE asked.ring <@ part.ring"
    " AND NOT EXISTS (SELECT FROM unnest(part.holes) AS own WHERE asked.ring && own"
    f" AND NOT EXISTS (SELECT FROM {HOLE} own <@ hole.ring)))"
)
"""Whether a shape holds a polygon that is asked for."""

OF_POINT: dict[str, LiteralString] = {
    "s_intersects": f"({INSIDE} OR {SAME})",
    "s_within": f"({INSIDE} OR {SAME})",
    "s_contains": "(cardinality({name}_rings) = 0 AND cardinality({name}_points) = 1"
    f" AND {SAME})",
    "s_dwithin": f"({INSIDE} OR EXISTS (SELECT FROM unnest({{name}}_vertices) AS corner"
    " WHERE great_circle({at}, corner) <= {name}_far)"
    " OR coalesce(geometry_distance({name}_json, {at}) <= {name}_far, false))",
}
"""Conditions on the point of a place that has no shape; what takes long is asked for last."""

OF_SHAPE: dict[str, LiteralString] = {
    "s_intersects": f"EXISTS (SELECT FROM {{parts}} AS part WHERE {MEETS} OR {COVERS})",
    "s_within": f"NOT EXISTS (SELECT FROM {{parts}} AS part WHERE NOT ({LIES_IN}"
    " OR part.ring IS NULL AND part.line IS NULL AND "
    f"{SAME.replace('{at}', 'part.at')}))",
    "s_contains": f"(NOT EXISTS (SELECT FROM {ASKED} WHERE NOT {HOLDS})"
    " AND NOT EXISTS (SELECT FROM unnest({name}_points) AS sought WHERE NOT EXISTS"
    " (SELECT FROM {parts} AS part WHERE CASE"
    " WHEN part.ring IS NOT NULL THEN sought <@ part.ring"
    " AND NOT EXISTS (SELECT FROM unnest(part.holes) AS own WHERE sought <@ own)"
    " WHEN part.line IS NOT NULL THEN sought <@ part.line ELSE sought ~= part.at END)))",
    "s_dwithin": f"(EXISTS (SELECT FROM {{parts}} AS part WHERE {MEETS})"
    " OR EXISTS (SELECT FROM unnest({name}_vertices) AS corner"
    " WHERE geometry_distance({geometry}, corner) <= {name}_far)"
    " OR coalesce((SELECT bool_or(geometry_distance({name}_json,"
    " point((own ->> 0)::float8, (own ->> 1)::float8)) <= {name}_far)"
    " FROM jsonb_path_query({geometry}, '$.**.coordinates.**') AS own"
    " WHERE jsonb_typeof(own -> 0) = 'number'), false))",
}
"""Conditions on the shape of a place."""


def spatial(location: LiteralString, operator: str, member: str, name: str) -> sql.Composable:
    """Compose the comparison of a location with a shape; null without a place."""
    geometry: LiteralString = f"(({location}.body || {location}.derived)::jsonb -> 'geometry')"
    point: LiteralString = f"{location}.point"
    plain = "s_intersects" if operator == "s_disjoint" else operator
    of_point, of_shape = (
        table[plain]
        .replace("{parts}", parts())
        .replace("{geometry}", geometry)
        .replace("{at}", point)
        for table in (OF_POINT, OF_SHAPE)
    )
    if member == "point":
        written: LiteralString = given(f"CASE WHEN {point} IS NOT NULL THEN {of_point} END")
    else:
        written = within_reach(
            location,
            f"WHEN {IS_POINT} THEN {of_point}"
            f" WHEN jsonb_typeof({geometry}) = 'object' THEN {of_shape} ELSE {of_point}",
        )
    return finished(written, name, negated=operator == "s_disjoint")


def spatial_of(table: LiteralString, operator: str, name: str) -> sql.Composable:
    """Write how the place of a row lies to a shape, which has the point and extent of its location.

    Most places are points, and need no further look; each of the others is looked at once, however
    many records it has.
    """
    plain = "s_intersects" if operator == "s_disjoint" else operator
    of_point = OF_POINT[plain].replace("{at}", f"{table}.point")
    others: LiteralString = (
        f"{table}.location_id = ANY(ARRAY(SELECT referred.id FROM locations AS referred"
        f" WHERE ({IS_POINT.replace('{table}', 'referred')}) IS NOT TRUE AND {{referred}}))"
    )
    written = within_reach(table, f"WHEN {IS_POINT} THEN {of_point} ELSE {others}")
    referred = spatial("referred", plain, "geometry", name)
    return finished(written, name, negated=operator == "s_disjoint", referred=referred)


IS_POINT: LiteralString = "{table}.extent ~= box({table}.point, {table}.point)"
"""Whether a place is a point, and known to be just there."""


def within_reach(table: LiteralString, cases: LiteralString) -> LiteralString:
    """Ask of what lies near enough; unknown where it is not known where that is.

    An index on extents knows no lists of boxes, but it knows the two around all of them.
    """
    return (
        f"(({table}.extent && {{name}}_around OR {table}.extent && {{name}}_again) AND "
        + given(
            f"CASE WHEN {table}.extent IS NULL THEN NULL"
            f" WHEN NOT {table}.extent && ANY({{name}}_boxes) THEN false"
            f" {cases} END"
        )
        + ")"
    ).replace("{table}", table)


def given(condition: LiteralString) -> LiteralString:
    """Let a condition take the long values of a shape from where they are written once."""
    used = [part for part in LONG if f"{{name}}_{part}" in condition]
    values = ", ".join(f"{{name}}_{part}" for part in used)
    for part in used:
        condition = condition.replace(f"{{name}}_{part}", f"given.{part}_")
    columns = ", ".join(f"{part}_" for part in used)
    return f"(SELECT {condition} FROM (VALUES ({values})) AS given ({columns}))"


LONG: tuple[LiteralString, ...] = ("rings", "holes", "of", "points", "vertices", "json")
"""The values of a shape that are as long as its positions are many."""


def finished(
    written: LiteralString, name: str, *, negated: bool, **more: sql.Composable
) -> sql.Composable:
    """Put the placeholders of a shape's values where a template has their names."""
    whole: LiteralString = f"NOT ({written})" if negated else written
    return sql.SQL(filled(whole)).format(
        **{part: placeholder(name, part) for part in PLACEHOLDERS}, **more
    )


def filled(written: LiteralString) -> LiteralString:
    """Give each value of a shape a field of its own in a template."""
    for part in PLACEHOLDERS:
        written = written.replace(f"{{name}}_{part}", f"{{{part}}}")
    return written


PLACEHOLDERS: dict[str, LiteralString] = {
    "rings": "polygon[]",
    "holes": "polygon[]",
    "of": "bigint[]",
    "points": "point[]",
    "vertices": "point[]",
    "boxes": "box[]",
    "around": "box",
    "again": "box",
    "json": "jsonb",
    "far": "float8",
}
"""The values of a shape, and PostgreSQL's types of them."""


def placeholder(name: str, part: str) -> sql.Composable:
    """Write the placeholder of a value of a shape."""
    return sql.SQL(f"{{}}::{PLACEHOLDERS[part]}").format(sql.Placeholder(f"{name}_{part}"))
