"""A table of records: how those of one resource are found and read."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.database.connections import Connection

Row = Mapping[str, Any]
"""A record, or the parameters that are taken from it."""


UNASSESSED: LiteralString = ',"assessments":{"agree":0,"disagree":0,"unsure":0,"outdated":0}'
"""How the text of a record goes on behind its body that nobody has assessed."""


class NotFound(Exception):  # noqa: N818 - it names what is so
    """No record has, or ever had, this id."""


class Stored(NamedTuple):
    """A stored record: its two counters, whether it was withdrawn, and its JSON text."""

    id: str
    version: int
    derivations: int
    withdrawn: bool
    updated_at: datetime
    text: str

    @property
    def etag(self) -> str:
        """The ETag: it changes whenever a single byte of the record does."""
        return f"{self.version}.{self.derivations}"


@dataclass(frozen=True)
class Among:
    """Rows of a child table: its name, the column of the record's id, and which of its rows."""

    name: LiteralString
    id: LiteralString
    which: LiteralString = "true"


@dataclass(frozen=True)
class Indirect:
    """Rows found through other records: those whose `column` is among the `wanted` values.

    `wanted` is a SELECT of one column with the parameter's placeholder; more values of it than
    `many` are not hashed. See `models/lists/indirect.py`.
    """

    column: LiteralString
    wanted: LiteralString
    many: int = 20_000


@dataclass(frozen=True)
class Entries:
    """The entries of a list in a record, as filters find them: their rows, and members' columns."""

    among: Among
    members: Mapping[str, LiteralString]


@dataclass(frozen=True)
class Index:
    """An index that finds by one value, and has what it finds in the table's own `order`.

    `probe` is the condition on one value, `{}`; `values` are those to probe for, by default each
    one that was asked for. Where the index is that of a child table, the record is joined to it.
    An inexact index may return too much, never too little: the condition is checked again. It has
    nothing to probe for where everything is as likely to be found, and then the table is scanned.
    What is found `indirect`ly, through other records, comes beside what the probes find.
    """

    probe: LiteralString
    child: Among | None = None
    values: Callable[[Any], Sequence[Any]] = tuple
    exact: bool = True
    indirect: Indirect | None = None


@dataclass(frozen=True)
class Span:
    """Where in the table's own order a condition's records lie: bounds of their key, `{}`.

    Records that last long may lie anywhere: `long_ones` tells them, and has an index of its own.
    """

    bounds: LiteralString
    long_ones: LiteralString | None = None


@dataclass(frozen=True)
class Condition:
    """A condition of a query parameter, with a placeholder of the same name.

    Conditions `among` the same rows of a child table must hold for one and the same row. With
    `values`, placeholders of other names are given what that makes of the parameter. A list is
    read from the `index`, where there is one, and within the `span`.
    """

    sql: LiteralString
    among: Among | None = None
    values: Callable[[Any], Row] | None = None
    index: Index | None = None
    span: Span | None = None


@dataclass(frozen=True)
class Order:
    """An order of a list: an expression that is never null, and its type."""

    sql: LiteralString
    type: LiteralString


@dataclass(frozen=True, eq=False)
class Child:
    """A table of a record's parts: the column of the record's id, the other columns' types.

    Its rows are taken from the record, or else selected by the database: all columns of them, from
    the placeholders that the record's own row has.
    """

    name: LiteralString
    key: LiteralString
    columns: Mapping[LiteralString, LiteralString]
    rows: Callable[[Row], Iterable[Row]] | None = None
    select: LiteralString = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """How records of one resource are stored and found.

    `columns` are those of its own, each with the SQL of its value, whose placeholders `row` takes
    from a record; `derived` are those that change without the record being edited. `full` is the
    text of one record where lists leave something out of it. `order` is the column that indexes
    have the records in, by one of the `orders`; `composite` are parameters that share an index.
    Of a `mergeable` table two records may turn out to be about the same, and be merged. `members`
    are the columns that members of a record have, null where not known, and `entries` those of its
    lists: other members are only in its text.
    """

    name: LiteralString
    row: Callable[[Row], Row] = lambda _: {}
    columns: Mapping[str, LiteralString] = field(default_factory=dict)
    derived: frozenset[str] = frozenset()
    children: Sequence[Child] = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    members: Mapping[str, LiteralString] = field(default_factory=dict)
    entries: Mapping[str, Entries] = field(default_factory=dict)
    order: LiteralString = "created_at"
    composite: frozenset[str] = frozenset()
    full: LiteralString | None = None
    lock_strength: LiteralString = "NO KEY UPDATE"
    mergeable: bool = False
    id_type: LiteralString = "uuid"

    def get(
        self, connection: Connection, record_id: str, *, lock: LiteralString | None = None
    ) -> Stored | None:
        """Read a record, withdrawn or not; with `lock`, lock it until commit."""
        row = connection.reader.execute(reading(self, lock), (record_id,)).fetchone()
        return Stored(*row) if row else None

    def fetch(
        self, connection: Connection, ids: Iterable[str], *, full: bool = False
    ) -> dict[str, str]:
        """Read several records by their ids, withdrawn ones too: id -> JSON text.

        It is that of lists or, with `full`, that of one record.
        """
        return dict(connection.execute(fetching(self, full=full), (list(ids),)).fetchall())


def text(table: Table, *, full: bool) -> sql.Composable:
    """Give the expression of a record's JSON text; `full` with what lists leave out."""
    if full and table.full is not None:
        return sql.SQL(table.full)
    return sql.SQL("{0}.body || coalesce({0}.assessed, {1}) || {0}.derived").format(
        sql.SQL(table.name), sql.Literal(UNASSESSED)
    )


@cache
def reading(table: Table, lock: LiteralString | None) -> bytes:
    """Compose the statement that reads one record."""
    statement = sql.SQL(
        "SELECT {0}.id::text, {0}.version, {0}.derivations, {0}.withdrawn, {0}.updated_at, {1}"
        " FROM {0} WHERE {0}.id = %s{2}"
    )
    held = sql.SQL(" FOR {}").format(sql.SQL(lock)) if lock else sql.SQL("")
    return statement.format(sql.SQL(table.name), text(table, full=True), held).as_bytes()


def fetch_all(
    connection: Connection, wanted: Mapping[Table, Collection[str]]
) -> dict[Table, dict[str, str]]:
    """Read records of several tables by one statement: table -> id -> JSON text as in lists."""
    asked = {table: [*ids] for table, ids in wanted.items() if ids}
    found: dict[Table, dict[str, str]] = {table: {} for table in wanted}
    if not asked:
        return found
    tables = tuple(sorted(asked, key=lambda table: table.name))
    statement = fetching_all(tables)
    for place, *record in connection.execute(statement, [asked[each] for each in tables]):
        found[tables[place]].update([record])
    return found


@cache
def fetching_all(tables: tuple[Table, ...]) -> bytes:
    """Compose the statement that reads records of several tables, each with its table's place."""
    parts = [
        sql.SQL("SELECT {0}, {1}.id::text, {2} FROM {1} WHERE {1}.id = ANY(%s::{3}[])").format(
            sql.Literal(place),
            sql.SQL(table.name),
            text(table, full=False),
            sql.SQL(table.id_type),
        )
        for place, table in enumerate(tables)
    ]
    return sql.SQL(" UNION ALL ").join(parts).as_bytes()


@cache
def fetching(table: Table, *, full: bool) -> bytes:
    """Compose the statement that reads several records."""
    statement = sql.SQL("SELECT {0}.id::text, {1} FROM {0} WHERE {0}.id = ANY(%s::{2}[])")
    names = (sql.SQL(table.name), text(table, full=full), sql.SQL(table.id_type))
    return statement.format(*names).as_bytes()
