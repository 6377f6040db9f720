"""Comparisons of times in the filters of CQL2 as SQL: days, instants, intervals."""

from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.lists.cql2.values import Values, kind_of

Tree = tuple[Any, ...]

RELATIONS: dict[str, LiteralString] = {
    "t_after": "{s} > {t2}",
    "t_before": "{e} < {s2}",
    "t_contains": "{s} < {s2} AND {e} > {t2}",
    "t_disjoint": "({e} < {s2} OR {s} > {t2})",
    "t_during": "{s} > {s2} AND {e} < {t2}",
    "t_equals": "{s} = {s2} AND {e} = {t2}",
    "t_finishedby": "{s} < {s2} AND {e} = {t2}",
    "t_finishes": "{s} > {s2} AND {e} = {t2}",
    "t_intersects": "{s} <= {t2} AND {e} >= {s2}",
    "t_meets": "{e} = {s2}",
    "t_metby": "{s} = {t2}",
    "t_overlappedby": "{s} > {s2} AND {s} < {t2} AND {e} > {t2}",
    "t_overlaps": "{s} < {s2} AND {e} > {s2} AND {e} < {t2}",
    "t_startedby": "{s} = {s2} AND {e} > {t2}",
    "t_starts": "{s} = {s2} AND {e} < {t2}",
}
"""How two intervals lie to each other (OGC 21-065, table 7): the start and the end of each."""


class Ends(NamedTuple):
    """The two ends of a time, and whether one of them is a day."""

    start: sql.Composable
    end: sql.Composable
    in_days: bool


def temporal(values: Values, relation: str, left: Tree, right: Tree) -> sql.Composable:
    """Write how two times lie to each other: by days, in UTC, where either has no time of day."""
    one, other = ends(values, left), ends(values, right)
    if one.in_days or other.in_days:
        one, other = in_days(one, left), in_days(other, right)
    return sql.SQL(f"({RELATIONS[relation]})").format(
        s=one.start, e=one.end, s2=other.start, t2=other.end
    )


def ends(values: Values, time: Tree) -> Ends:
    """Write the two ends of a time."""
    if time[0] == "interval":
        first, last = time[1:]
        open_type: LiteralString = (
            "date" if "date" in {kind_of(each) for each in (first, last)} else "timestamptz"
        )
        start = end_of(values, first, f"'-infinity'::{open_type}")
        end = end_of(values, last, f"'infinity'::{open_type}")
        if {first[0], last[0]} & {"open"} or kind_of(first) == kind_of(last):
            return Ends(start, end, open_type == "date")
        return Ends(as_day(start, first), as_day(end, last), in_days=True)
    if kind_of(time) == "span":
        return span(values, time)
    written = values.write(time)
    return Ends(written, written, kind_of(time) == "date")


def end_of(values: Values, end: Tree, otherwise: LiteralString) -> sql.Composable:
    """Write an end of an interval, which may be open."""
    return sql.SQL(otherwise) if end[0] == "open" else values.write(end)


def span(values: Values, time: Tree) -> Ends:
    """Write the days of a date in EDTF: null where there is no date."""
    _, _, rows, path, _ = time
    columns = [values.column(rows, (*path, end)) for end in ("first", "last")]
    known = sql.SQL("{} IS NOT NULL").format(values.property(("property", "text", rows, path, ())))
    if not rows:  # a record without a date ends before everything
        known = sql.SQL("{} > '-infinity'").format(sql.SQL(columns[1] or ""))
    start, end = (
        sql.SQL("CASE WHEN {} THEN {} END").format(known, sql.SQL(column or ""))
        for column in columns
    )
    return Ends(start, end, in_days=True)


def in_days(found: Ends, time: Tree) -> Ends:
    """Give the days of a time."""
    if found.in_days:
        return found
    first, last = time[1:] if time[0] == "interval" else (time, time)
    return Ends(as_day(found.start, first), as_day(found.end, last), in_days=True)


def as_day(written: sql.Composable, time: Tree) -> sql.Composable:
    """Write the day, in UTC, of an instant."""
    if time[0] != "open" and kind_of(time) == "date":
        return written
    return sql.SQL("({} AT TIME ZONE 'UTC')::date").format(written)


def compared(operator: str, values: Values, instant: Tree, day: Tree) -> sql.Composable:
    """Write a comparison of an instant with a day, which is all of its hours in UTC."""
    relations: dict[str, LiteralString] = {
        "=": "({0} >= {1} AND {0} < {2})",
        "<>": "({0} < {1} OR {0} >= {2})",
        "<": "{0} < {1}",
        "<=": "{0} < {2}",
        ">": "{0} >= {2}",
        ">=": "{0} >= {1}",
    }
    midnight = sql.SQL("({}::timestamp AT TIME ZONE 'UTC')").format(values.write(day))
    next_one = sql.SQL("(({} + 1)::timestamp AT TIME ZONE 'UTC')").format(values.write(day))
    return sql.SQL(relations[operator]).format(values.write(instant), midnight, next_one)
