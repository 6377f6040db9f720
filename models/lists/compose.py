"""List queries as SQL: one branch for each value of the driving index, merged by UNION ALL.

An index on one value has its rows in the table's own order, so that a page is read off its end.
Records that last long are read by a branch of their own, apart from those between the days asked
for.
"""

from collections.abc import Iterator
from functools import lru_cache

from psycopg import sql

from models.lists.cql2.conditions import condition as cql2
from models.lists.indirect import Strategy, choice, strategies
from models.lists.sources import (
    Filters,
    Plan,
    Source,
    behind,
    merged,
    of_child,
    of_table,
    walked,
)
from models.table import Among, Index, Table, text

STATEMENTS_KEPT, FILTERED_KEPT = 2_048, 64
"""Number of composed statements that are cached: those with a CQL2 filter may be long."""


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
        choice=choice(index.indirect) if index and index.indirect else sql.SQL(""),
        once=sql.SQL(once),
        branches=sql.SQL(" UNION ALL ").join(each),
        direction=plan.direction,
        limit=sql.Literal(plan.limit),
    ).as_bytes()


plain_page = lru_cache(STATEMENTS_KEPT)(page)
filtered_page = lru_cache(FILTERED_KEPT)(page)
"""Compose a statement, or take it from the cache."""


def may_repeat(table: Table, plan: Plan) -> bool:
    """Say whether the driving index may find a record more than once."""
    index = table.filters[plan.driver].index if plan.driver else None
    return index is not None and index.child is not None


def branches(table: Table, plan: Plan) -> Iterator[sql.Composable]:
    """Compose the branches: one for each probe of the driving index, one for long records."""
    condition = table.filters[plan.driver] if plan.driver else None
    in_order = plan.order == indexed_order(table)
    asked = [table.filters[name] for name in plan.filters if isinstance(name, str)]
    spans = [condition.span for condition in asked if condition.span]
    short: list[sql.Composable] = []
    for span in spans if in_order else ():
        if span.long_ones:
            short.append(sql.SQL(f"NOT ({span.long_ones})"))
            wanted = conditions(table, plan.filters, equalities=plan.equalities)
            yield scan(table, plan, [*wanted, sql.SQL(span.long_ones)])
    index = condition.index if condition else None
    child = index.child if index and (plan.probes or index.indirect) else None
    key = sql.SQL(f"{child.name if child else table.name}.{table.order}") if in_order else None
    between = [sql.SQL(span.bounds).format(key) for span in spans if in_order]
    others = tuple(name for name in plan.filters if name != plan.driver)
    again: list[sql.Composable] = []
    if condition and index and not index.exact:
        # The rows that the index found are only checked again: coalesce keeps other indexes out.
        again = [sql.SQL("coalesce({}, false)").format(sql.SQL(condition.sql))]
    if index and child and again and not index.indirect:
        source = merged(table, plan, child, probes(plan, index), between)
        wanted = [*short, *conditions(table, others, None, plan.equalities), *again]
        yield found(table, plan, source, wanted)
        return
    wanted = [*between, *short, *conditions(table, others, child, plan.equalities), *again]
    if index and index.indirect:
        for strategy in strategies(index.indirect):
            yield scan(table, plan, wanted, child, strategy.within([*between, *short]))
    elif index is None or not plan.probes:
        yield scan(table, plan, wanted)
        return
    for probe in probes(plan, index):
        yield scan(table, plan, [probe, *wanted], child)


def probes(plan: Plan, index: Index) -> list[sql.Composable]:
    """Compose the condition of each probe of the driving index."""
    values = (sql.Placeholder(f"{plan.driver}_{number}") for number in range(plan.probes))
    return [sql.SQL(index.probe).format(value) for value in values]


def scan(
    table: Table,
    plan: Plan,
    wanted: list[sql.Composable],
    child: Among | None = None,
    strategy: Strategy | None = None,
) -> sql.Composable:
    """Compose a scan in the order of the list, of the table or of a child's index.

    With a `strategy`, of what it finds through other records.
    """
    source = of_child(table, child) if child else of_table(table, plan)
    after = [behind(table, plan, source)] if plan.after else []
    wanted = [*wanted, *after]
    if strategy and strategy.rows:
        source = source._replace(rows=sql.SQL("{} AS {}").format(strategy.rows, source.rows))
    elif strategy and strategy.condition and child and not asks_more(table, plan, child):
        wanted.append(strategy.condition)
    elif strategy and strategy.condition:
        source = walked(table, plan, source, child, [*after, strategy.condition])
    if strategy:
        wanted.append(strategy.is_chosen)
    return found(table, plan, source, wanted)


def found(table: Table, plan: Plan, source: Source, wanted: list[sql.Composable]) -> sql.Composable:
    """Compose what a list reads of the rows of a source that fit, in its order."""
    statement = sql.SQL(
        "SELECT {once}{id} AS id, {key} AS key, {text} AS text FROM {rows}{joined}"
        " WHERE {conditions} ORDER BY {key} {direction}, {id} {direction} LIMIT {limit}"
    )
    return statement.format(
        **source._asdict(),
        text=text(table, full=plan.full),
        conditions=sql.SQL(" AND ").join(wanted),
        direction=plan.direction,
        limit=sql.Literal(plan.limit),
    )


def asks_more(table: Table, plan: Plan, child: Among) -> bool:
    """Say whether other filters are on the same rows of a child as the driving one."""
    others = (name for name in plan.filters if isinstance(name, str) and name != plan.driver)
    return any(table.filters[name].among == child for name in others)


def conditions(
    table: Table,
    filters: Filters,
    joined: Among | None = None,
    equalities: frozenset[str] = frozenset(),
) -> list[sql.Composable]:
    """Collect the conditions of filters; those on the same rows of a child become one EXISTS.

    The rows of a `joined` child are in the statement already. `equalities` are the parameters with
    one value each.
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
