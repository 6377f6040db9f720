"""A table of records: the one way in which they are found, read, stored and withdrawn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection, errors, sql

from models import external_ids

type_Row = Mapping[str, Any]


class NotFound(Exception):  # noqa: N818 - it names what is so
    """No record has this id, and none ever had."""


class BadCursor(Exception):  # noqa: N818 - it names what is so
    """A cursor's key is not one of its sort."""


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
    values: Callable[[Any], Mapping[str, Any]] | None = None


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
    rows: Callable[[type_Row], Iterable[type_Row]]


COMMON: dict[str, LiteralString] = {
    "version": "%(version)s",
    "dataset": "%(dataset)s",
    "created_at": "%(created_at)s",
    "updated_at": "%(updated_at)s",
    "recorded_at": "%(recorded_at)s",
    "key_id": "%(key_id)s",
    "tags": "%(tags)s",
    "refers_to": "%(refers_to)s::uuid[]",
    "derived": "%(derived)s",
    "body": "%(body)s",
}
"""The columns that every table has, and the values they are given."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """How records of one resource are stored and found: all in SQL, written beside it."""

    name: LiteralString
    row: Callable[[type_Row], type_Row] = lambda _: {}
    columns: Mapping[str, LiteralString] = field(default_factory=dict)
    children: Sequence[Child] = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    whole: LiteralString | None = None
    lock_strength: LiteralString = "NO KEY UPDATE"
    derived: frozenset[str] = frozenset()
    id_type: LiteralString = "uuid"

    def __hash__(self) -> int:
        """A table is itself alone: composed statements are kept by it."""
        return id(self)

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
        """Find a page of records by the filters asked for."""
        after = cursor is not None
        parameters = {**self._values(asked), "limit": limit + 1}
        if cursor:
            parameters |= {"after_key": cursor[1], "after_id": cursor[2]}
        statement = self._search(tuple(sorted(asked)), sort, after=after, whole=whole)
        try:
            rows = connection.execute(statement, parameters).fetchall()
        except errors.DataError as error:
            if after:
                raise BadCursor from error
            raise
        more = len(rows) > limit
        rows = rows[:limit]
        return Page(
            [row[2] for row in rows],
            (rows[-1][1], rows[-1][0]) if more else None,
            self._count(connection, asked, total) if total else None,
        )

    def _values(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Give the placeholders of the conditions asked for their values."""
        values: dict[str, Any] = {}
        for name, value in asked.items():
            make = self.filters[name].values
            values |= make(value) if make else {name: value}
        return values

    def _count(self, connection: Connection[Any], asked: dict[str, Any], how: str) -> int:
        """Count what matches, or ask the planner for its estimate."""
        names, values = tuple(sorted(asked)), self._values(asked)
        if how == "exact":
            return int(connection.execute(self._counting(names), values).fetchone()[0])  # type: ignore[index]
        # The planner's guess is made for these very values, hence no prepared statement.
        plan = connection.execute(
            b"EXPLAIN (FORMAT json) " + self._matching(names), values, prepare=False
        ).fetchone()
        return int(plan[0][0]["Plan"]["Plan Rows"])  # type: ignore[index]

    @cache  # noqa: B019 - tables live as long as the process
    def _search(self, asked: tuple[str, ...], sort: str, *, after: bool, whole: bool) -> bytes:
        """Compose the statement that finds a page."""
        order = self.orders[sort.removeprefix("-")]
        descending = sort.startswith("-")
        key, own = sql.SQL(order.sql), sql.SQL("{}.id").format(sql.SQL(self.name))
        conditions = self._conditions(asked)
        if after:
            conditions.append(
                sql.SQL(
                    "({key}, {id}) {sign} (%(after_key)s::{type}, %(after_id)s::{id_type})"
                ).format(
                    key=key,
                    id=own,
                    sign=sql.SQL("<" if descending else ">"),
                    type=sql.SQL(order.type),
                    id_type=sql.SQL(self.id_type),
                )
            )
        return (
            sql.SQL(
                "SELECT {id}::text, ({key})::text, {text} FROM {table} WHERE {conditions}"
                " ORDER BY {key} {direction}, {id} {direction} LIMIT %(limit)s"
            )
            .format(
                id=own,
                key=key,
                text=self._text(whole=whole),
                table=sql.SQL(self.name),
                conditions=sql.SQL(" AND ").join(conditions),
                direction=sql.SQL("DESC" if descending else "ASC"),
            )
            .as_bytes()
        )

    @cache  # noqa: B019
    def _matching(self, asked: tuple[str, ...]) -> bytes:
        """Compose the statement that selects all that match."""
        return self._all(asked, "SELECT 1")

    @cache  # noqa: B019
    def _counting(self, asked: tuple[str, ...]) -> bytes:
        """Compose the statement that counts all that match."""
        return self._all(asked, "SELECT count(*)")

    def _all(self, asked: tuple[str, ...], select: LiteralString) -> bytes:
        return (
            sql.SQL("{} FROM {} WHERE {}")
            .format(
                sql.SQL(select),
                sql.SQL(self.name),
                sql.SQL(" AND ").join(self._conditions(asked)),
            )
            .as_bytes()
        )

    def _conditions(self, asked: tuple[str, ...]) -> list[sql.Composable]:
        """Collect the conditions asked for; those on the same child rows become one."""
        found: list[sql.Composable] = [sql.SQL("NOT {}.withdrawn").format(sql.SQL(self.name))]
        groups: dict[LiteralString, list[sql.Composable]] = {}
        for name in asked:
            condition = self.filters[name]
            if condition.among is None:
                found.append(sql.SQL(condition.sql))
            else:
                groups.setdefault(condition.among, []).append(sql.SQL(condition.sql))
        found += [
            sql.SQL(among).format(sql.SQL(" AND ").join(together))
            for among, together in groups.items()
        ]
        return found

    def _text(self, *, whole: bool) -> sql.Composable:
        """Give the expression of a record's JSON text; `whole` with what lists leave out."""
        if whole and self.whole is not None:
            return sql.SQL(self.whole)
        return sql.SQL("{0}.body || {0}.derived").format(sql.SQL(self.name))

    def get(
        self, connection: Connection[Any], record_id: str, *, lock: LiteralString | None = None
    ) -> Stored | None:
        """Read a record, withdrawn or not; with `lock`, hold it against others until commit."""
        row = connection.execute(self._get(lock), (record_id,)).fetchone()
        return Stored(*row) if row else None

    @cache  # noqa: B019
    def _get(self, lock: LiteralString | None) -> bytes:
        """Compose the statement that reads one record."""
        return (
            sql.SQL(
                "SELECT {0}.id::text, {0}.version, {0}.derivations, {0}.withdrawn,"
                " {0}.updated_at, {1} FROM {0} WHERE {0}.id = %s{2}"
            )
            .format(
                sql.SQL(self.name),
                self._text(whole=True),
                sql.SQL(f" FOR {lock}" if lock else ""),
            )
            .as_bytes()
        )

    def fetch(self, connection: Connection[Any], ids: Iterable[str]) -> dict[str, str]:
        """Read several records by their ids, withdrawn ones too: id -> JSON text as in lists."""
        statement = (
            sql.SQL("SELECT {0}.id::text, {1} FROM {0} WHERE {0}.id = ANY(%s::{2}[])")
            .format(sql.SQL(self.name), self._text(whole=False), sql.SQL(self.id_type))
            .as_bytes()
        )
        return dict(connection.execute(statement, (list(ids),)).fetchall())

    def insert(self, connection: Connection[Any], record: type_Row) -> bool:
        """Store a new record, and its parts; false where its id is taken by now."""
        columns = {"id": "%(id)s", **COMMON, **self.columns}
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING").format(
            sql.SQL(self.name),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(map(sql.SQL, columns.values())),
        )
        parameters = {**record, **self.row(record)}
        if connection.execute(statement, parameters).rowcount == 0:
            return False
        external_ids.hold(connection, self.name, record)
        self._store_children(connection, parameters)
        return True

    def update(self, connection: Connection[Any], record: type_Row) -> None:
        """Store the next version of a record, and its parts."""
        columns = {
            name: value
            for name, value in {**COMMON, **self.columns}.items()
            if name != "created_at" and name not in self.derived
        }
        parameters = {**record, **self.row(record)}
        self._replace(connection, columns, parameters)
        external_ids.hold(connection, self.name, record)
        self._delete_children(connection, record["id"])
        self._store_children(connection, parameters)

    def withdraw(self, connection: Connection[Any], record: type_Row) -> None:
        """Keep a last version of a record as its tombstone; it refers to nothing any more."""
        columns = {
            name: COMMON[name]
            for name in ("version", "updated_at", "recorded_at", "key_id", "refers_to")
        }
        self._replace(connection, {**columns, "withdrawn": "true"}, record | {"refers_to": []})
        self._delete_children(connection, record["id"])

    def derive(
        self, connection: Connection[Any], record: type_Row, columns: Mapping[str, LiteralString]
    ) -> None:
        """Store what is derived anew for a record whose own version stays; `recorded_at` moves on."""
        own: dict[str, LiteralString] = {
            "derived": "%(derived)s",
            "derivations": "derivations + 1",
            "recorded_at": "greatest(clock_timestamp(), recorded_at + interval '1 microsecond')",
        }
        self._replace(connection, {**own, **columns}, record)

    def _replace(
        self, connection: Connection[Any], columns: Mapping[str, LiteralString], record: type_Row
    ) -> None:
        """Change a row: the one UPDATE of records that there is."""
        statement = sql.SQL("UPDATE {} SET {} WHERE id = %(id)s").format(
            sql.SQL(self.name),
            sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.SQL(value))
                for name, value in columns.items()
            ),
        )
        connection.execute(statement, record)

    def _delete_children(self, connection: Connection[Any], record_id: str) -> None:
        for child in self.children:
            statement = sql.SQL("DELETE FROM {} WHERE {} = %s").format(
                sql.SQL(child.name), sql.SQL(child.key)
            )
            connection.execute(statement, (record_id,))

    def _store_children(self, connection: Connection[Any], parameters: type_Row) -> None:
        for child in self.children:
            rows = [{"id": parameters["id"], **row} for row in child.rows(parameters)]
            if rows:
                connection.cursor().executemany(child.insert, rows)
