"""List queries: one SQL statement per request, driven by the first index that fits."""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, errors, sql

from models.database.connections import Connection
from models.lists.compose import conditions, indexed_order, select
from models.lists.cql2.lifting import lift_filter
from models.lists.sources import Filters, Plan
from models.lists.text import by_rarity
from models.past import as_of
from models.table import Table

MAX_PROBES = 32
"""Maximum number of probes of an index; for more, the planner looks for a way by itself."""


class BadCursor(Exception):  # noqa: N818 - it names what is so
    """The cursor's key is not one of its sort."""


class Page(NamedTuple):
    """A page of a list: JSON texts, the key and id of the last record, the total.

    `ranked` is how many of those that match are in the list at all, if these are not all of them.
    """

    texts: list[str]
    after: tuple[str, str] | None
    total: int | None
    ranked: int | None = None


class Statement(NamedTuple):
    """A statement, its values, and whether one plan is good for any values.

    What is not `reusable` is planned for the very values, which then stand in it as literals.
    """

    sql: bytes
    values: Mapping[str, Any]
    reusable: bool


class Matching(NamedTuple):
    """The condition that a record matches all filters, in SQL, with its values.

    It holds of a row of the table, by its own name, which may stand beside others in a statement.
    """

    where: sql.Composable
    values: Mapping[str, Any]


def matching(table: Table, asked: Mapping[str, Any]) -> Matching:
    """Compose the condition that a record matches all filters."""
    asked = lift_filter(table, asked)
    found = conditions(table, filters_of(asked))
    return Matching(sql.SQL(" AND ").join(found), placeholders(table, asked))


def search(
    connection: Connection, table: Table, *, limit: int, total: str | None = None, **asked: Any
) -> Page:
    """Find a page of records, as `statement` describes it; BadCursor for a wrong cursor."""
    if instant := as_of.early(connection, table.name):
        asked["created_until"] = instant
    asked = by_rarity(connection, table, asked)
    found = statement(table, limit=limit + 1, **asked)
    try:
        cursor = connection.reader if found.reusable else ClientCursor(connection)
        rows = cursor.execute(found.sql, found.values).fetchall()
    except errors.DataError as error:
        if asked.get("cursor"):
            raise BadCursor from error
        raise
    last = rows[limit - 1] if len(rows) > limit else None
    for name in ("sort", "cursor", "full"):
        asked.pop(name, None)
    return Page(
        [row[2] for row in rows[:limit]],
        (last[1], last[0]) if last else None,
        count(connection, table, total, asked) if total else None,
    )


def statement(
    table: Table,
    *,
    sort: str,
    limit: int,
    cursor: tuple[str, str, str] | None = None,
    full: bool = False,
    **asked: Any,
) -> Statement:
    """Compose the statement that finds `limit` records by the filters asked for."""
    asked = lift_filter(table, asked)
    values = placeholders(table, asked)
    filters = filters_of(asked)
    driver, probes = None, list[Any]()
    if sort.removeprefix("-") == indexed_order(table):
        driver, probes = driving_index(table, asked)
        values |= {f"{driver}_{number}": value for number, value in enumerate(probes)}
    if cursor:
        values |= {"after_key": cursor[1], "after_id": cursor[2]}
    equalities = frozenset(
        name for name in asked if name not in {driver, "filter"} and is_equality(table, name, asked)
    )
    values |= {f"{name}_0": asked[name][0] for name in equalities}
    plan = Plan(filters, sort, limit, driver, len(probes), equalities, cursor is not None, full)
    return Statement(select(table, plan), values, is_reusable(table, plan))


def driving_index(table: Table, asked: Mapping[str, Any]) -> tuple[str | None, list[Any]]:
    """Choose the index that drives a list, the first that fits, and the values to probe.

    What had been created by an early instant is so little that it is found by that, and filtered.
    """
    for name, condition in table.filters.items():
        if name in asked and condition.index:
            if "created_until" in asked:
                if condition.index.exact or condition.index.indirect:
                    continue
                return name, []
            probes = [*condition.index.values(asked[name])]
            if len(probes) <= MAX_PROBES:
                return name, probes
    return None, []


def is_equality(table: Table, name: str, asked: Mapping[str, Any]) -> bool:
    """Say whether a column is asked for one value: an index can then go on with the next one."""
    index, value = table.filters[name].index, asked[name]
    if index is None or index.child is not None or index.indirect is not None:
        return False
    return isinstance(value, list) and len(value) == 1


def is_reusable(table: Table, plan: Plan) -> bool:
    """Say whether one plan is good for any values: that of a single index."""
    filters = {*plan.filters} - {"retracted_exclude"}
    index = table.filters[plan.driver].index if plan.driver else None
    if index is not None and index.indirect is not None:
        return False
    if plan.driver is None or plan.order != indexed_order(table):
        return not filters
    # How far days reach, the planner knows only when it sees them.
    return len(filters) == 1 or filters == table.composite


def filters_of(asked: Mapping[str, Any]) -> Filters:
    """Give the filters of a list: the names of parameters, and the shape of a CQL2 filter."""
    names = sorted(asked.keys() - {"filter"})
    return (*names, asked["filter"].shape) if "filter" in asked else tuple(names)


def placeholders(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of the conditions' placeholders."""
    values: dict[str, Any] = {}
    for name, value in asked.items():
        if name == "filter":
            values |= value.values
            continue
        make = table.filters[name].values
        values |= make(value) if make else {name: value}
    return values


def count(connection: Connection, table: Table, how: str, asked: Mapping[str, Any]) -> int:
    """Count the matches (`exact`), or take the planner's estimate (`estimate`)."""
    # The planner is asked about these very values, hence no prepared statement.
    cursor = ClientCursor(connection)
    if how == "exact":
        found = counting(table, asked)
        [[number]] = cursor.execute(found.sql, found.values).fetchall()
        return int(number)
    found = counting(table, asked, "EXPLAIN (FORMAT json) SELECT 1")
    [[plan]] = cursor.execute(found.sql, found.values).fetchall()
    return int(plan[0]["Plan"]["Plan Rows"])


def counting(
    table: Table, asked: Mapping[str, Any], what: LiteralString = "SELECT count(*)"
) -> Statement:
    """Compose the statement that counts, or otherwise selects, all matches."""
    found = matching(table, asked)
    statement = sql.SQL("{} FROM {} WHERE {}").format(
        sql.SQL(what), sql.SQL(table.name), found.where
    )
    return Statement(statement.as_bytes(), found.values, reusable=False)
