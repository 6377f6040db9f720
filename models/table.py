"""A table of records: how those of one resource are found and read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection, errors, sql

Row = Mapping[str, Any]
"""A record, or the parameters that are taken from it."""


class NotFound(Exception):  # noqa: N818 - it names what is so
    """No record has this id, and none ever had."""


class BadCursor(Exception):  # noqa: N818 - it names what is so
    """The cursor's key is not one of its sort."""


class Stored(NamedTuple):
    """A record as it stands: its two counters, whether it was withdrawn, and its JSON text."""

    id: str
    version: int
    derivations: int
    withdrawn: bool
    updated_at: datetime
    text: str

    @property
    def etag(self) -> str:
        """What changes whenever a single byte of the record does."""
        return f"{self.version}.{self.derivations}"


class Page(NamedTuple):
    """Some records of a list: their JSON texts, the last one's key and id, how many match."""

    texts: list[str]
    after: tuple[str, str] | None
    total: int | None


@dataclass(frozen=True)
class Condition:
    """What a query parameter asks for, with a placeholder of the same name.

    Conditions `among` the same rows of a child table must hold for one and the same row. With
    `values`, placeholders of other names are given what that makes of the parameter.
    """

    sql: LiteralString
    among: LiteralString | None = None
    values: Callable[[Any], Row] | None = None


@dataclass(frozen=True)
class Order:
    """What a list can be sorted by: an expression that is never null, and its type."""

    sql: LiteralString
    type: LiteralString


@dataclass(frozen=True)
class Child:
    """A table of a record's parts: how they are inserted, and from what."""

    name: LiteralString
    key: LiteralString
    insert: LiteralString
    rows: Callable[[Row], Iterable[Row]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """How records of one resource are stored and found.

    `columns` are those of its own, each with the SQL of its value, whose placeholders `row` takes
    from a record; `derived` are those that change without the record being edited. `whole` is the
    text of one record where lists leave something out of it.
    """

    name: LiteralString
    row: Callable[[Row], Row] = lambda _: {}
    columns: Mapping[str, LiteralString] = field(default_factory=dict)
    derived: frozenset[str] = frozenset()
    children: Sequence[Child] = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    whole: LiteralString | None = None
    lock_strength: LiteralString = "NO KEY UPDATE"
    id_type: LiteralString = "uuid"

    def search(  # noqa: PLR0913 - what a list can be asked
        self,
        connection: Connection[Any],
        *,
        sort: str,
        limit: int,
        cursor: tuple[str, str, str] | None = None,
        total: str | None = None,
        whole: bool = False,
        **asked: Any,
    ) -> Page:
        """Find a page of records by the filters asked for; BadCursor if `cursor` is of no use."""
        names = tuple(sorted(asked))
        values = self.values(asked)
        after = {"after_key": cursor[1], "after_id": cursor[2]} if cursor else {}
        statement = selecting(self, names, sort, after=cursor is not None, whole=whole)
        try:
            rows = connection.execute(statement, {**values, **after, "limit": limit + 1}).fetchall()
        except errors.DataError as error:
            if cursor:
                raise BadCursor from error
            raise
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(
            [row[2] for row in rows[:limit]],
            (last[1], last[0]) if last else None,
            self.count(connection, names, values, total) if total else None,
        )

    def values(self, asked: Row) -> dict[str, Any]:
        """Give the placeholders of the conditions asked for their values."""
        values: dict[str, Any] = {}
        for name, value in asked.items():
            make = self.filters[name].values
            values |= make(value) if make else {name: value}
        return values

    def count(
        self, connection: Connection[Any], asked: tuple[str, ...], values: Row, how: str
    ) -> int:
        """Count what matches (`exact`), or ask the planner how much it expects (`estimate`)."""
        if how == "exact":
            [count] = connection.execute(counting(self, asked), values).fetchone() or (0,)
            return int(count)
        # The planner is asked about these very values, hence no prepared statement.
        plan = connection.execute(
            counting(self, asked, "EXPLAIN (FORMAT json) SELECT 1"), values, prepare=False
        )
        [[found]] = plan.fetchall()
        return int(found[0]["Plan"]["Plan Rows"])

    def get(
        self, connection: Connection[Any], record_id: str, *, lock: LiteralString | None = None
    ) -> Stored | None:
        """Read a record, withdrawn or not; with `lock`, hold it against others until commit."""
        row = connection.execute(reading(self, lock), (record_id,)).fetchone()
        return Stored(*row) if row else None

    def fetch(self, connection: Connection[Any], ids: Iterable[str]) -> dict[str, str]:
        """Read several records by their ids, withdrawn ones too: id -> JSON text as in lists."""
        return dict(connection.execute(fetching(self), (list(ids),)).fetchall())


def text(table: Table, *, whole: bool) -> sql.Composable:
    """Give the expression of a record's JSON text; `whole` with what lists leave out."""
    if whole and table.whole is not None:
        return sql.SQL(table.whole)
    return sql.SQL("{0}.body || {0}.derived").format(sql.SQL(table.name))


@cache
def selecting(
    table: Table, asked: tuple[str, ...], sort: str, *, after: bool, whole: bool
) -> bytes:
    """Compose the statement that finds a page."""
    order = table.orders[sort.removeprefix("-")]
    descending = sort.startswith("-")
    names = {
        "table": sql.SQL(table.name),
        "key": sql.SQL(order.sql),
        "type": sql.SQL(order.type),
        "id_type": sql.SQL(table.id_type),
        "sign": sql.SQL("<" if descending else ">"),
        "direction": sql.SQL("DESC" if descending else "ASC"),
        "text": text(table, whole=whole),
    }
    found = conditions(table, asked)
    if after:
        found.append(
            sql.SQL(
                "({key}, {table}.id) {sign} (%(after_key)s::{type}, %(after_id)s::{id_type})"
            ).format(**names)
        )
    statement = sql.SQL(
        "SELECT {table}.id::text, ({key})::text, {text} FROM {table} WHERE {conditions}"
        " ORDER BY {key} {direction}, {table}.id {direction} LIMIT %(limit)s"
    )
    return statement.format(**names, conditions=sql.SQL(" AND ").join(found)).as_bytes()


@cache
def counting(
    table: Table, asked: tuple[str, ...], select: LiteralString = "SELECT count(*)"
) -> bytes:
    """Compose the statement that counts, or otherwise selects, all that match."""
    statement = sql.SQL("{} FROM {} WHERE {}")
    together = sql.SQL(" AND ").join(conditions(table, asked))
    return statement.format(sql.SQL(select), sql.SQL(table.name), together).as_bytes()


def conditions(table: Table, asked: tuple[str, ...]) -> list[sql.Composable]:
    """Collect the conditions asked for; those among the same child rows become one."""
    found: list[sql.Composable] = [sql.SQL("NOT {}.withdrawn").format(sql.SQL(table.name))]
    groups: dict[LiteralString, list[sql.Composable]] = {}
    for name in asked:
        condition = table.filters[name]
        if condition.among is None:
            found.append(sql.SQL(condition.sql))
        else:
            groups.setdefault(condition.among, []).append(sql.SQL(condition.sql))
    found += [
        sql.SQL(among).format(sql.SQL(" AND ").join(together)) for among, together in groups.items()
    ]
    return found


@cache
def reading(table: Table, lock: LiteralString | None) -> bytes:
    """Compose the statement that reads one record."""
    statement = sql.SQL(
        "SELECT {0}.id::text, {0}.version, {0}.derivations, {0}.withdrawn, {0}.updated_at, {1}"
        " FROM {0} WHERE {0}.id = %s{2}"
    )
    held = sql.SQL(" FOR {}").format(sql.SQL(lock)) if lock else sql.SQL("")
    return statement.format(sql.SQL(table.name), text(table, whole=True), held).as_bytes()


@cache
def fetching(table: Table) -> bytes:
    """Compose the statement that reads several records."""
    statement = sql.SQL("SELECT {0}.id::text, {1} FROM {0} WHERE {0}.id = ANY(%s::{2}[])")
    names = (sql.SQL(table.name), text(table, whole=False), sql.SQL(table.id_type))
    return statement.format(*names).as_bytes()
