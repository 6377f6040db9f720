"""Conditions of a filter that an index serves: they become those of the plain parameters.

What a filter asks of every record, joined by AND, may be what a parameter asks; that one is asked
for instead, and its index found as for any list. What is only implied is asked for beside.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from models.lists.cql2.outlines import box_around
from models.lists.cql2.shapes import Shaped, shaped
from models.table import Among, Table

Tree = tuple[Any, ...]


class Lifted(NamedTuple):
    """A parameter with its value, and whether that is the whole of the condition."""

    parameter: str
    value: Any
    whole: bool = True


class Days(NamedTuple):
    """Days that something is asked of, as `interval` of the conditions takes them."""

    first_day: str
    last_day: str
    begins: None = None
    ends: None = None
    whole_from: str = "0001-01-01"
    whole_to: str = "infinity"


def lift_filter(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Rewrite the indexable conditions of a CQL2 filter as parameters; shape the rest."""
    tree = asked.get("filter")
    if tree is None or isinstance(tree, Shaped):
        return dict(asked)
    found = {name: value for name, value in asked.items() if name != "filter"}
    rest = []
    for each in tree[1:] if tree[0] == "and" else (tree,):
        lifted = [*lift(table, each)]
        among = {condition.among for name in found if (condition := table.filters.get(name))}
        fitting = [
            one
            for one in lifted
            if one.parameter not in found and not apart(table, one.parameter, among)
        ]
        found |= {one.parameter: one.value for one in fitting}
        if not fitting or len(fitting) < len(lifted) or not all(one.whole for one in fitting):
            rest.append(each)
    if rest:
        found["filter"] = shaped(rest[0] if len(rest) == 1 else ("and", *rest))
    return found


def apart(table: Table, parameter: str, among: set[Among | None]) -> bool:
    """Whether a parameter is of the same child table as others, and so would be of their entry."""
    condition = table.filters[parameter]
    return condition.among is not None and condition.among in among


def lift(table: Table, tree: Tree) -> Iterator[Lifted]:
    """Yield what a condition asks, as parameters ask it."""
    match tree:
        case ("some", rows, ("and", *inner), _):
            found = [one for each in inner for one in [*of_entry(table, rows, each)][:1]]
            names = {one.parameter for one in found}
            whole = len(found) == len(inner) == len(names)
            yield from (
                one._replace(whole=whole) for one in {o.parameter: o for o in found}.values()
            )
        case ("some", rows, inner, _):
            yield from of_entry(table, rows, inner)
        case ("spatial", operator, (_, _, _, path, _), ("shape", shape, None)):
            if operator != "s_disjoint" and path[-1] == "geometry" and "bbox" in table.filters:
                yield Lifted("bbox", box_around(shape), whole=False)
        case ("temporal", "t_intersects", ("property", "span", "", (name,), ()), days):
            asked = days_of(days)
            if asked and table.members.get(f"{name}.first") and "datetime" in table.filters:
                yield Lifted("datetime", asked)
        case ("compare", operator, ("property", "date", "", ("starts_on",), ()), ("value", _, day)):
            yield from begun(table, operator, day)
        case (
            "between",
            ("property", "date", "", ("starts_on",), ()),
            ("value", _, first),
            ("value", _, last),
        ):
            yield from begun(table, ">=", first)
            yield from begun(table, "<=", last)
        case ("compare", "=", ("property", _, "", ("external_ids",), (scheme,)), ("value", _, of)):
            yield Lifted("external_id", [f"{scheme}:{of}"])
        case _:
            yield from of_entry(table, "", tree)


def of_entry(table: Table, rows: str, tree: Tree) -> Iterator[Lifted]:
    """Yield what a condition on the value of one column asks."""
    match tree:
        case ("compare", "=", ("property", _, r, path, ()), ("value", _, value)) if r == rows:
            values = [value]
        case ("in", ("property", _, r, path, ()), ("values", _, several)) if r == rows:
            values = [*dict.fromkeys(several)]
        case _:
            return
    entries = table.entries.get(rows)
    members = (entries.members if entries else {}) if rows else table.members
    column = members.get(".".join(step if isinstance(step, str) else step[0][:-3] for step in path))
    for name, condition in table.filters.items():
        index = condition.index
        if column and index and index.probe == f"{column} = {{}}":
            if index.values is tuple:
                yield Lifted(name, values)
            elif len(values) == 1:
                yield Lifted(name, values[0])
            return


def begun(table: Table, operator: str, day: date) -> Iterator[Lifted]:
    """Yield when a record begins, by the column that lists are in the order of."""
    if "starts_from" not in table.filters or day.year in {date.min.year, date.max.year}:
        return
    after = day + timedelta(days=1)
    if operator in {"=", ">=", ">"}:
        yield Lifted("starts_from", after if operator == ">" else day)
    if operator in {"=", "<=", "<"}:
        yield Lifted("starts_before", day if operator == "<" else after)


def days_of(time: Tree) -> Days | None:
    """Give the days of a literal, if it has days."""
    match time:
        case ("value", "date", day):
            return Days(day.isoformat(), day.isoformat())
        case ("interval", first, last):
            ends = [end[2] if end[:2] == ("value", "date") else None for end in (first, last)]
            if all(end or kind == ("open",) for end, kind in zip(ends, (first, last), strict=True)):
                begin, end = ends
                return Days(
                    begin.isoformat() if begin else "0001-01-01",
                    end.isoformat() if end else "infinity",
                )
    return None
