"""How lists are found: one statement for whatever is asked, read from the index that fits.

In a table's own order, an index that finds by one value has what it finds in order already, so
that a page is read off its end. Several values, or the cells of a box, are as many such readings,
merged. What lasted long is read apart from what lies between the days asked for.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, errors, sql

from models.database.connections import Connection
from models.past import as_of
from models.table import Among, Table, text

MOST = 32
"""So many readings are merged at the most; for more, the planner looks for a way by itself."""

REMEMBERED = 2_048
"""So many composed statements are kept."""


class BadCursor(Exception):  # noqa: N818 - it names what is so
    """The cursor's key is not one of its sort."""


class Page(NamedTuple):
    """Some records of a list: their JSON texts, the last one's key and id, how many match."""

    texts: list[str]
    after: tuple[str, str] | None
    total: int | None


class Statement(NamedTuple):
    """A statement, its values, and whether one plan is good for any of them.

    What is not steady is planned for the very values, which stand in it as literals then.
    """

    sql: bytes
    values: Mapping[str, Any]
    steady: bool


class Asked(NamedTuple):
    """What a list is asked for, as far as the statement depends on it."""

    names: tuple[str, ...]
    sort: str
    limit: int
    by: str | None
    values: int
    single: frozenset[str]
    after: bool
    whole: bool


def search(
    connection: Connection, table: Table, *, limit: int, total: str | None = None, **asked: Any
) -> Page:
    """Find a page of records, as `statement` describes it; BadCursor if `cursor` is of no use."""
    if instant := as_of.early(connection, table.name):
        asked["created_until"] = instant
    found = statement(table, limit=limit + 1, **asked)
    try:
        cursor = connection.reader if found.steady else ClientCursor(connection)
        rows = cursor.execute(found.sql, found.values).fetchall()
    except errors.DataError as error:
        if asked.get("cursor"):
            raise BadCursor from error
        raise
    last = rows[limit - 1] if len(rows) > limit else None
    for name in ("sort", "cursor", "whole"):
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
    whole: bool = False,
    **asked: Any,
) -> Statement:
    """Compose the statement that finds `limit` records by the filters asked for."""
    values = placeholders(table, asked)
    names = tuple(sorted(asked))
    index, looked_for = None, list[Any]()
    if sort.removeprefix("-") == ordered(table):
        index, looked_for = fitting(table, asked)
        values |= {f"{index}_{number}": value for number, value in enumerate(looked_for)}
    if cursor:
        values |= {"after_key": cursor[1], "after_id": cursor[2]}
    single = frozenset(name for name in names if name != index and is_single(table, name, asked))
    values |= {f"{name}_0": asked[name][0] for name in single}
    wanted = Asked(names, sort, limit, index, len(looked_for), single, cursor is not None, whole)
    return Statement(selecting(table, wanted), values, is_steady(table, wanted))


def is_single(table: Table, name: str, asked: Mapping[str, Any]) -> bool:
    """Tell whether one value of a column is asked for: an index may then go on by the next."""
    index, value = table.filters[name].index, asked[name]
    return index is not None and index.child is None and isinstance(value, list) and len(value) == 1


def is_steady(table: Table, asked: Asked) -> bool:
    """Tell whether one plan is good for any values: that of a single index."""
    filters = {*asked.names} - {"retracted_exclude"}
    if asked.by is None or asked.sort.removeprefix("-") != ordered(table):
        return not filters
    # How far days reach, the planner knows only when it sees them.
    return len(filters) == 1 or filters == table.together


def ordered(table: Table) -> str:
    """Give the sort whose order the table's indexes have."""
    own = f"{table.name}.{table.order}"
    return next(name for name, order in table.orders.items() if order.sql == own)


def fitting(table: Table, asked: Mapping[str, Any]) -> tuple[str | None, list[Any]]:
    """Choose an index among the filters asked for, the first that fits; and what to look for.

    What had been created by an early instant is so little that it is found by that, and looked at.
    """
    for name, condition in table.filters.items():
        if name in asked and condition.index:
            if "created_until" in asked:
                if condition.index.exact:
                    continue
                return name, []
            looked_for = [*condition.index.values(asked[name])]
            if len(looked_for) <= MOST:
                return name, looked_for
    return None, []


def placeholders(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give the placeholders of the conditions asked for their values."""
    values: dict[str, Any] = {}
    for name, value in asked.items():
        make = table.filters[name].values
        values |= make(value) if make else {name: value}
    return values


def count(connection: Connection, table: Table, how: str, asked: Mapping[str, Any]) -> int:
    """Count what matches (`exact`), or ask the planner how much it expects (`estimate`)."""
    names, values = tuple(sorted(asked)), placeholders(table, asked)
    # The planner is asked about these very values, hence no prepared statement.
    cursor = ClientCursor(connection)
    if how == "exact":
        [[number]] = cursor.execute(counting(table, names), values).fetchall()
        return int(number)
    explain: LiteralString = "EXPLAIN (FORMAT json) SELECT 1"
    [[plan]] = cursor.execute(counting(table, names, explain), values).fetchall()
    return int(plan[0]["Plan"]["Plan Rows"])


@lru_cache(REMEMBERED)
def selecting(table: Table, asked: Asked) -> bytes:
    """Compose the statement that finds a page: id, key and JSON text of each record."""
    once = "DISTINCT ON (found.key, found.id) " if is_repeated(table, asked) else ""
    statement = sql.SQL(
        "SELECT {once}found.id::text, found.key::text, found.text FROM ({readings}) AS found"
        " ORDER BY found.key {direction}, found.id {direction} LIMIT {limit}"
    )
    readings = [sql.SQL("({})").format(part) for part in parts(table, asked)]
    return statement.format(
        once=sql.SQL(once),
        readings=sql.SQL(" UNION ALL ").join(readings),
        direction=sql.SQL("DESC" if asked.sort.startswith("-") else "ASC"),
        limit=sql.Literal(asked.limit),
    ).as_bytes()


def is_repeated(table: Table, asked: Asked) -> bool:
    """Tell whether an index may find a record more than once."""
    index = table.filters[asked.by].index if asked.by else None
    return index is not None and index.child is not None


def parts(table: Table, asked: Asked) -> Iterator[sql.Composable]:
    """Compose the readings of a list: one for each value of its index, one for what lies apart."""
    condition = table.filters[asked.by] if asked.by else None
    own = asked.sort.removeprefix("-") == ordered(table)
    spans = [span for name in asked.names if (span := table.filters[name].span)] if own else []
    between: list[LiteralString] = []
    for span in spans:
        between.append(span.bounds)
        if span.apart:
            between.append(f"NOT ({span.apart})")
            among = conditions(table, asked.names, single=asked.single)
            yield reading(table, asked, [*among, sql.SQL(span.apart)])
    index = condition.index if condition else None
    child = index.child if index and asked.values else None
    key = sql.SQL(f"{child.name if child else table.name}.{table.order}") if own else None
    found: list[sql.Composable] = [sql.SQL(bound).format(key) for bound in between]
    rest = tuple(name for name in asked.names if name != asked.by)
    found += conditions(table, rest, child, asked.single)
    if condition and index and not index.exact:
        # What the index has found is only looked at again: no other index shall be tried for it.
        found.append(sql.SQL("coalesce({}, false)").format(sql.SQL(condition.sql)))
    if index is None or not asked.values:
        yield reading(table, asked, found)
        return
    for number in range(asked.values):
        one = sql.SQL(index.one).format(sql.Placeholder(f"{asked.by}_{number}"))
        yield reading(table, asked, [one, *found], child)


def reading(
    table: Table, asked: Asked, found: list[sql.Composable], child: Among | None = None
) -> sql.Composable:
    """Compose a reading in the order of the list, from the table or from a child's index."""
    order = table.orders[asked.sort.removeprefix("-")]
    descending = asked.sort.startswith("-")
    names = {
        "table": sql.SQL(table.name),
        "id": sql.SQL(f"{table.name}.id"),
        "key": sql.SQL(order.sql),
        "type": sql.SQL(order.type),
        "id_type": sql.SQL(table.id_type),
        "sign": sql.SQL("<" if descending else ">"),
        "direction": sql.SQL("DESC" if descending else "ASC"),
        "limit": sql.Literal(asked.limit),
        "text": text(table, whole=asked.whole),
        "source": sql.SQL(table.name),
        "once": sql.SQL(""),
    }
    if child:
        names |= {
            "id": sql.SQL(f"{child.name}.{child.id}"),
            "key": sql.SQL(f"{child.name}.{table.order}"),
            "once": sql.SQL(f"DISTINCT ON ({child.name}.{table.order}, {child.name}.{child.id}) "),
            "source": sql.SQL(
                f"{child.name} JOIN {table.name} ON {table.name}.id = {child.name}.{child.id}"
            ),
        }
    if asked.after:
        after = sql.SQL("({key}, {id}) {sign} (%(after_key)s::{type}, %(after_id)s::{id_type})")
        found = [*found, after.format(**names)]
    statement = sql.SQL(
        "SELECT {once}{id} AS id, {key} AS key, {text} AS text FROM {source} WHERE {conditions}"
        " ORDER BY {key} {direction}, {id} {direction} LIMIT {limit}"
    )
    return statement.format(**names, conditions=sql.SQL(" AND ").join(found))


@lru_cache(REMEMBERED)
def counting(
    table: Table, names: tuple[str, ...], select: LiteralString = "SELECT count(*)"
) -> bytes:
    """Compose the statement that counts, or otherwise selects, all that match."""
    together = sql.SQL(" AND ").join(conditions(table, names))
    statement = sql.SQL("{} FROM {} WHERE {}")
    return statement.format(sql.SQL(select), sql.SQL(table.name), together).as_bytes()


def conditions(
    table: Table,
    names: tuple[str, ...],
    joined: Among | None = None,
    single: frozenset[str] = frozenset(),
) -> list[sql.Composable]:
    """Collect the conditions asked for; those among the same child rows become one.

    The rows of a child table that is `joined` are at hand already. Of the names that are `single`,
    one value each is asked for.
    """
    found: list[sql.Composable] = [sql.SQL("NOT {}.withdrawn").format(sql.SQL(table.name))]
    groups: dict[Among, list[sql.Composable]] = {joined: []} if joined else {}
    for name in names:
        condition = table.filters[name]
        if condition.index and name in single:
            found.append(sql.SQL(condition.index.one).format(sql.Placeholder(f"{name}_0")))
        elif condition.among is None:
            found.append(sql.SQL(condition.sql))
        else:
            groups.setdefault(condition.among, []).append(sql.SQL(condition.sql))
    for child, together in groups.items():
        together.insert(0, sql.SQL(child.which))
        if child == joined:
            found += together
        else:
            row = f"{child.name}.{child.id}"
            exists = sql.SQL(f"EXISTS (SELECT FROM {child.name} WHERE {row} = {{}}.id AND {{}})")
            own = sql.SQL(table.name)
            found.append(exists.format(own, sql.SQL(" AND ").join(together)))
    return found
