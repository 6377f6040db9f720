"""Which events are counted where nothing is said: those that are said to have happened."""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.lists.conditions import certainly
from models.lists.search import matching
from models.table import Table

LEFT_OUT: dict[str, LiteralString] = {
    "not_actual": "hypothetical",
    "denied": "denied",
    "refuted": "refuted",
    "retracted": "retracted",
}
"""What counts leave out by default: the member that tells how many, and the status of these."""


class Counted(NamedTuple):
    """What is looked at for a count, and which of it is counted.

    `parts` are conditions on rows of the table, each of which an index may serve; a row meets one
    of them at the most. `certain` tells whether it surely lies in what is asked for, `without` are
    the statuses that do not count. All have placeholders of the `values`.
    """

    parts: list[sql.Composable]
    certain: sql.Composable
    without: list[str]
    values: Mapping[str, Any]
    everything: bool


def counted(table: Table, asked: Mapping[str, Any]) -> Counted:
    """Tell what is counted of events: whatever is asked for, and otherwise what is said to be so.

    Planned or hypothetical events count where `modality` or `status` is asked for, denied and
    refuted ones where `status` is, retracted ones where `retracted` says so.
    """
    looked = {name: value for name, value in asked.items() if name != "retracted_exclude"}
    without = ["retracted"] if "retracted_exclude" in asked else []
    if "status" not in asked:
        without += ["denied", "refuted"]
        without += [] if "modality" in asked else ["hypothetical"]
    return Counted(
        parts=parts(table, looked),
        certain=certain(looked),
        without=without,
        values=matching(table, looked).values,
        everything=not looked,
    )


def parts(table: Table, asked: Mapping[str, Any]) -> list[sql.Composable]:
    """Part what lies between days from what lasted long, as lists do: an index finds either."""
    where = matching(table, asked).where
    name = next((name for name in asked if table.filters[name].span), None)
    span = table.filters[name].span if name else None
    if not name or not span:
        return [where]
    bounds = sql.SQL(span.bounds).format(sql.SQL(f"{table.name}.{table.order}"))
    if span.long_ones is None:
        return [sql.SQL("{} AND {}").format(where, bounds)]
    others = matching(table, {each: value for each, value in asked.items() if each != name}).where
    # Written so that what lasted long is not looked for by its days, which tell little.
    then = sql.SQL("coalesce({}, false)").format(sql.SQL(table.filters[name].sql))
    long_ones = sql.SQL(f"{span.long_ones} AND {table.name}.begins < %(datetime_to)s::date + 2")
    return [
        sql.SQL("{} AND {} AND NOT ({})").format(where, bounds, sql.SQL(span.long_ones)),
        sql.SQL("{} AND {} AND {}").format(others, long_ones, then),
    ]


CERTAINLY = certainly("events", "date")


def certain(asked: Mapping[str, Any]) -> sql.Composable:
    """Give the condition that an event lies wholly within what is asked for, by its date."""
    for name in ("datetime", "datetime_at"):
        if name in asked:
            return sql.SQL(CERTAINLY[f"{name}_certainly"].sql)
    return sql.SQL("true")
