"""List queries as SQL: one branch for each value of the driving index, merged by UNION ALL.

An index on one value has its rows in the table's own order, so that a page is read off its end.
Records that last long are read by a branch of their own, apart from those between the days asked
for.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.lists.cql2.conditions import condition as cql2
from models.lists.indirect import Strategy, choice, strategies
from models.table import Among, Table, text

STATEMENTS_KEPT, FILTERED_KEPT = 2_048, 64
"""Number of composed statements that are cached: those with a CQL2 filter may be long."""


Filters = tuple[str | tuple[Any, ...], ...]
"""Parameters that a list is filtered by, and the shape of a filter in CQL2."""


class Plan(NamedTuple):
    """A plan of a list: its filters, and how its driving index is probed.

    `driver` is the parameter whose index drives the list, by a number of `probes`; `equalities`
    are the parameters with one value each. `after` says whether a cursor is given, and `full`
    whether texts include what lists leave out.
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
    bounds: list[LiteralString] = []
    for span in spans if in_order else ():
        bounds.append(span.bounds)
        if span.long_ones:
            bounds.append(f"NOT ({span.long_ones})")
            wanted = conditions(table, plan.filters, equalities=plan.equalities)
            yield scan(table, plan, [*wanted, sql.SQL(span.long_ones)])
    index = condition.index if condition else None
    child = index.child if index and (plan.probes or index.indirect) else None
    key = sql.SQL(f"{child.name if child else table.name}.{table.order}") if in_order else None
    between = [sql.SQL(bound).format(key) for bound in bounds]
    others = tuple(name for name in plan.filters if name != plan.driver)
    wanted = [*between, *conditions(table, others, child, plan.equalities)]
    if condition and index and not index.exact:
        # The rows that the index found are only checked again: coalesce keeps other indexes out.
        wanted.append(sql.SQL("coalesce({}, false)").format(sql.SQL(condition.sql)))
    if index and index.indirect:
        for strategy in strategies(index.indirect):
            yield scan(table, plan, wanted, child, strategy.within(between))
    elif index is None or not plan.probes:
        yield scan(table, plan, wanted)
        return
    for number in range(plan.probes):
        probe = sql.SQL(index.probe).format(sql.Placeholder(f"{plan.driver}_{number}"))
        yield scan(table, plan, [probe, *wanted], child)


class Source(NamedTuple):
    """Where a scan finds records: its FROM, a JOIN, and the id and the key of each row.

    `once` leaves out the further rows of a record.
    """

    rows: sql.Composable
    id: sql.Composable
    key: sql.Composable
    joined: sql.Composable = sql.SQL("")
    once: sql.Composable = sql.SQL("")


def of_table(table: Table, plan: Plan) -> Source:
    """Give the rows of the table itself."""
    key = table.orders[plan.order].sql
    return Source(sql.SQL(table.name), sql.SQL(f"{table.name}.id"), sql.SQL(key))


def of_child(table: Table, child: Among) -> Source:
    """Give the rows of a child, each with its record."""
    key, record_id = f"{child.name}.{table.order}", f"{child.name}.{child.id}"
    return Source(
        rows=sql.SQL(child.name),
        id=sql.SQL(record_id),
        key=sql.SQL(key),
        joined=sql.SQL(f" JOIN {table.name} ON {table.name}.id = {record_id}"),
        once=sql.SQL(f"DISTINCT ON ({key}, {record_id}) "),
    )


def walked(
    table: Table, plan: Plan, source: Source, child: Among | None, chosen: list[sql.Composable]
) -> Source:
    """Give the rows of a source that an index alone chooses, in the order of the list."""
    rows = sql.SQL(WALKED_ROWS if child else WALKED).format(
        **source._asdict(),
        table=sql.SQL(table.name),
        direction=plan.direction,
        chosen=sql.SQL(" AND ").join(chosen),
        all=sql.Literal(ALL),
    )
    return source._replace(
        rows=rows,
        id=sql.SQL("walked.id"),
        key=sql.SQL("walked.key"),
        once=sql.SQL("DISTINCT ON (walked.key, walked.id) " if child else ""),
    )


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


def behind(table: Table, plan: Plan, source: Source) -> sql.Composable:
    """Compose the condition that rows come after the cursor."""
    condition = sql.SQL("({key}, {id}) {sign} (%(after_key)s::{type}, %(after_id)s::{id_type})")
    return condition.format(
        key=source.key,
        id=source.id,
        sign=sql.SQL("<" if plan.sort.startswith("-") else ">"),
        type=sql.SQL(table.orders[plan.order].type),
        id_type=sql.SQL(table.id_type),
    )


def asks_more(table: Table, plan: Plan, child: Among) -> bool:
    """Say whether other filters are on the same rows of a child as the driving one."""
    others = (name for name in plan.filters if isinstance(name, str) and name != plan.driver)
    return any(table.filters[name].among == child for name in others)


WALKED: LiteralString = """
(
    SELECT {id} AS id, {key} AS key FROM {table} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
) AS walked JOIN {table} ON {table}.id = walked.id
"""
"""Records in the order of the list, chosen by the columns of an index alone.

The limit, beyond all rows, makes the planner prefer a plan that starts at once.
"""

WALKED_ROWS: LiteralString = """
(
    SELECT {id} AS id, {rows}.position AS position, {key} AS key FROM {rows} WHERE {chosen}
    ORDER BY {key} {direction}, {id} {direction} LIMIT {all}
) AS walked JOIN {rows} ON {id} = walked.id AND {rows}.position = walked.position
"""
"""Likewise rows of a child, of which other filters need columns that the index lacks."""

ALL = 2**62
"""A limit beyond all rows."""


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
