"""Events that are counted by default: those asserted to have happened."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.database.connections import Connection
from models.lists.cql2.lifting import lift_filter
from models.lists.cql2.shapes import members
from models.lists.search import matching
from models.lists.text import by_rarity
from models.table import Table

LEFT_OUT: dict[str, LiteralString] = {
    "retracted": "retracted",
    "not_actual": "hypothetical",
    "refuted": "refuted",
    "denied": "denied",
}
"""Why events are left out by default, and the status of these; the first that fits counts."""


def left_out(table: Table, asked: Mapping[str, Any], by: Sequence[str] = ()) -> list[str]:
    """List why records are left out: not what is asked for by name, or told apart by a word.

    Planned or hypothetical events count where `modality` or `status` is asked for, as a parameter
    or in a `filter`; denied and refuted ones where `status` is; retracted ones where `retracted`
    says so.
    """
    spoken = {*asked, *by, *(members(asked["filter"].shape) if "filter" in asked else ())}
    chosen = {"retracted"} & {name.removesuffix("_exclude") for name in asked}
    if table.name == "events" and not {"status", "attestation.status"} & spoken:
        chosen |= {"refuted", "denied"} | ({"not_actual"} if "modality" not in spoken else set())
    return [name for name in LEFT_OUT if name in chosen]


NARROW = frozenset({"country", "location"})
"""Filters whose index tells all events of a place quickly, however long these lasted."""


class Counted(NamedTuple):
    """Events that are looked at for a count, and which of them are counted.

    `parts` are conditions on rows of the table, each of which an index may serve; a row meets one
    of them at the most. `certain` tells whether it certainly lies within the asked `datetime`,
    `without` are the statuses that do not count. All have placeholders of the `values`.
    """

    parts: list[sql.Composable]
    certain: sql.Composable
    without: list[str]
    values: Mapping[str, Any]
    everything: bool


def counted(connection: Connection, table: Table, asked: Mapping[str, Any]) -> Counted:
    """Choose what is counted: what is asked for, and by default events said to have happened."""
    asked = lift_filter(table, by_rarity(connection, table, asked))
    looked = {name: value for name, value in asked.items() if name != "retracted_exclude"}
    return Counted(
        parts=parts(table, looked),
        certain=sql.SQL(certain(table, looked)),
        without=[LEFT_OUT[name] for name in left_out(table, asked)],
        values=matching(table, looked).values,
        everything=not looked,
    )


def parts(table: Table, asked: Mapping[str, Any]) -> list[sql.Composable]:
    """Split the condition into events between the days and long ones: each has its index.

    Not so within a place: to read what lasted long there would take longer than all the rest.
    """
    where = matching(table, asked).where
    if NARROW & asked.keys():
        return [where]
    name = next((name for name in asked if name != "filter" and table.filters[name].span), "")
    span = table.filters[name].span if name else None
    if span is None:
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


CERTAIN: LiteralString = "true"
"""The condition that a record is certain by its date where no date is asked for."""


def certain(table: Table, asked: Mapping[str, Any]) -> LiteralString:
    """Give the condition that a record lies wholly within the asked `datetime`, by its date."""
    for name in ("datetime", "datetime_at"):
        if name in asked:
            return table.filters[f"{name}_certainly"].sql
    return CERTAIN
