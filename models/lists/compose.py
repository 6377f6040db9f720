"""List queries as SQL: one branch for each value of the driving index, merged by UNION ALL.

In a table's own order, an index that finds by one value has what it finds in order already, so
that a page is read off its end. What lasted long is read by a branch of its own, apart from what
lies between the days asked for.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.lists.across import Way, choice, ways
from models.lists.cql2.conditions import condition as cql2
from models.table import Among, Table, text

STATEMENTS_KEPT, FILTERED_KEPT = 2_048, 64
"""How many composed statements are remembered: those with a filter in CQL2 may be long."""


Filters = tuple[str | tuple[Any, ...], ...]
"""Parameters that a list is filtered by, and the shape of a filter in CQL2."""


class Plan(NamedTuple):
    """A plan of a list: its filters, and how its driving index is probed.

    `driver` is the parameter whose index drives the list, with so many `probes`; of `equalities`
    one value each is asked for. `after` is whether a cursor is given, and `full` whether texts
    have what lists leave out.
    """

    filters: Filters
    sort: str
    limit: int
    driver: str | None
    probes: int
    equalities: frozenset[str]
    after: bool
    full: bool

    @property
    def order(self) -> str:
        """The name of the order, without its direction."""
        return self.sort.removeprefix("-")

    @property
    def direction(self) -> sql.SQL:
        """The direction of the order."""
        return sql.SQL("DESC" if self.sort.startswith("-") else "ASC")


def indexed_order(table: Table) -> str:
    """Name the order that the table's indexes have."""
    own = f"{table.name}.{table.order}"
    return next(name for name, order in table.orders.items() if order.sql == own)


def select(table: Table, plan: Plan) -> bytes:
    """Give the statement that finds a page: id, key and JSON text of each record."""
    is_plain = not plan.filters or isinstance(plan.filters[-1], str)
    return (plain_page if is_plain else filtered_page)(table, plan)


def page(table: Table, plan: Plan) -> bytes:
    """Compose the statement that finds a page."""
    once = "DISTINCT ON (found.key, found.id) " if may_repeat(table, plan) else ""
    index = table.filters[plan.driver].index if plan.driver else None
    statement = sql.SQL(
        "{choice}SELECT {once}found.id::text, found.key::text, found.text"
        " FROM ({branches}) AS found"
        " ORDER BY found.key {direction}, found.id {direction} LIMIT {limit}"
    )
    each = [sql.SQL("({})").format(branch) for branch in branches(table, plan)]
    return statement.format(
        choice=choice(index.across) if index and index.across else sql.SQL(""),
        once=sql.SQL(once),
        branches=sql.SQL(" UNION ALL ").join(each),
        direction=plan.direction,
        limit=sql.Literal(plan.limit),
    ).as_bytes()


plain_page = lru_cache(STATEMENTS_KEPT)(page)
filtered_page = lru_cache(FILTERED_KEPT)(page)
"""Compose statements, or remember how they were composed."""


def may_repeat(table: Table, plan: Plan) -> bool:
    """Tell whether the driving index may find a record more than once."""
    index = table.filters[plan.driver].index if plan.driver else None
    return index is not None and index.child is not None


def branches(table: Table, plan: Plan) -> Iterator[sql.Composable]:
    """Compose the branches: one for each probe of the driving index, one for what lasted long."""
    condition = table.filters[plan.driver] if plan.driver else None
    in_order = plan.order == indexed_order(table)
    asked = [table.filters[name] for name in plan.filters if isinstance(name, str)]
    spans = [condition.span for condition in asked if condition.span]
    bounds: list[LiteralString] = []
    for span in spans if in_order else ():
        bounds.append(span.bounds)
        if span.long_ones:
            bounds.append(f"NOT ({span.long_ones})")
            wanted = conditions(table, plan.filters, equalities=plan.equalities)
            yield scan(table, plan, [*wanted, sql.SQL(span.long_ones)])
    index = condition.index if condition else None
    child = index.child if index and (plan.probes or index.across) else None
    key = sql.SQL(f"{child.name if child else table.name}.{table.order}") if in_order else None
    between = [sql.SQL(bound).format(key) for bound in bounds]
    others = tuple(name for name in plan.filters if name != plan.driver)
    wanted = [*between, *conditions(table, others, child, plan.equalities)]
    if condition and index and not index.exact:
        # What the index has found is only looked at again: no other index shall be tried for it.
        wanted.append(sql.SQL("coalesce({}, false)").format(sql.SQL(condition.sql)))
    if index and index.across:
        for way in ways(index.across):
            yield scan(table, plan, wanted, child, way.within(between))
    elif index is None or not plan.probes:
        yield scan(table, plan, wanted)
        return
    for number in range(plan.probes):
        probe = sql.SQL(index.probe).format(sql.Placeholder(f"{plan.driver}_{number}"))
        yield scan(table, plan, [probe, *wanted], child)


def scan(
    table: Table,
    plan: Plan,
    wanted: list[sql.Composable],
    child: Among | None = None,
    way: Way | None = None,
) -> sql.Composable:
    """Compose a scan in the order of the list, of the table or of a child's index.

    With a `way` to what is found across other records, by that.
    """
    order = table.orders[plan.order]
    names = {
        "table": sql.SQL(table.name),
        "id": sql.SQL(f"{table.name}.id"),
        "key": sql.SQL(order.sql),
        "type": sql.SQL(order.type),
        "id_type": sql.SQL(table.id_type),
        "sign": sql.SQL("<" if plan.sort.startswith("-") else ">"),
        "direction": plan.direction,
        "limit": sql.Literal(plan.limit),
        "text": text(table, full=plan.full),
        "rows": sql.SQL(table.name),
        "joined": sql.SQL(""),
        "once": sql.SQL(""),
    }
    if child:
        names |= {
            "id": sql.SQL(f"{child.name}.{child.id}"),
            "key": sql.SQL(f"{child.name}.{table.order}"),
            "once": sql.SQL(f"DISTINCT ON ({child.name}.{table.order}, {child.name}.{child.id}) "),
            "rows": sql.SQL(child.name),
            "joined": sql.SQL(f" JOIN {table.name} ON {table.name}.id = {child.name}.{child.id}"),
        }
    after: list[sql.Composable] = []
    if plan.after:
        behind = sql.SQL("({key}, {id}) {sign} (%(after_key)s::{type}, %(after_id)s::{id_type})")
        after = [behind.format(**names)]
    wanted = [*wanted, *after]
    if way and way.found:
        names["rows"] = sql.SQL("{} AS {}").format(way.found, names["rows"])
    elif way and way.chosen and child and not asks_more(table, plan, child):
        wanted = [*wanted, way.chosen]
    elif way and way.chosen:
        chosen = sql.SQL(" AND ").join([*after, way.chosen])
        walked = sql.SQL(WALKED_ROWS if child else WALKED)
        names["rows"] = walked.format(**names, chosen=chosen, all=sql.Literal(ALL))
        names |= {"id": sql.SQL("walked.id"), "key": sql.SQL("walked.key")}
        names["once"] = sql.SQL("DISTINCT ON (walked.key, walked.id) " if child else "")
    if way:
        wanted = [*wanted, way.gone]
    statement = sql.SQL(
        "SELECT {once}{id} AS id, {key} AS key, {text} AS text FROM {rows}{joined}"
        " WHERE {conditions} ORDER BY {key} {direction}, {id} {direction} LIMIT {limit}"
    )
    return statement.format(**names, conditions=sql.SQL(" AND ").join(wanted))


def asks_more(table: Table, plan: Plan, child: Among) -> bool:
    """Tell whether other filters are of the same rows of a child as the one that drives a list."""
    others = (name for name in plan.filters if isinstance(name, str) and name != plan.driver)
    return any(table.filters[name].among == child for name in others)


WALKED: LiteralString = """
(
    SELECT {id} AS id, {key} AS key FROM {table} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
) AS walked JOIN {table} ON {table}.id = walked.id
"""
"""Records in the order of the list, chosen by what an index alone has of them.

The limit, which is none, lets the planner prefer what begins at once.
"""

WALKED_ROWS: LiteralString = """
(
    SELECT {id} AS id, {rows}.position AS position, {key} AS key FROM {rows} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
) AS walked JOIN {rows} ON {id} = walked.id AND {rows}.position = walked.position
"""
"""Likewise rows of a child, of which more is asked than the index has."""

ALL = 2**62
"""A limit beyond all rows."""


def conditions(
    table: Table,
    filters: Filters,
    joined: Among | None = None,
    equalities: frozenset[str] = frozenset(),
) -> list[sql.Composable]:
    """Collect the conditions of filters; those among the same rows of a child become one EXISTS.

    The rows of a child that is `joined` are at hand already. Of `equalities` one value each is
    asked for.
    """
    found: list[sql.Composable] = [sql.SQL("NOT {}.withdrawn").format(sql.SQL(table.name))]
    children: dict[Among, list[sql.Composable]] = {joined: []} if joined else {}
    for name in filters:
        if not isinstance(name, str):
            found.append(cql2(table, name))
            continue
        condition = table.filters[name]
        if condition.index and name in equalities:
            found.append(sql.SQL(condition.index.probe).format(sql.Placeholder(f"{name}_0")))
        elif condition.among is None:
            found.append(sql.SQL(condition.sql))
        else:
            children.setdefault(condition.among, []).append(sql.SQL(condition.sql))
    for child, of_one_row in children.items():
        of_one_row.insert(0, sql.SQL(child.which))
        if child == joined:
            found += of_one_row
        else:
            row = f"{child.name}.{child.id}"
            exists = sql.SQL(f"EXISTS (SELECT FROM {child.name} WHERE {row} = {{}}.id AND {{}})")
            found.append(exists.format(sql.SQL(table.name), sql.SQL(" AND ").join(of_one_row)))
    return found
