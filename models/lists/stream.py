"""Streams of all that matches: one statement in one snapshot, however much it finds.

PostgreSQL writes the rows itself (COPY), and they are passed on in chunks as they come.
"""

import select
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import ClientCursor, pq, sql

from models.database.connections import Connection, limit
from models.lists.flat import Rows
from models.lists.search import Matching, matching
from models.lists.text import by_rarity
from models.table import Table, text

CHUNK_BYTES = 65_536
"""Size from which rows that have come are passed on."""

LOOK_MILLISECONDS = 500
"""How long to wait for rows before it is looked whether somebody still wants them."""

UNORDERED = "none"
"""The order in which rows come as they are found."""

LINES: LiteralString = "(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
"""Rows of one JSON text each, as they are: in these no control characters stand."""

CELLS: LiteralString = "(FORMAT csv, HEADER true)"
"""Rows as RFC 4180 has them, below a row of their names."""


class Abandoned(Exception):  # noqa: N818 - it names what is so
    """Nobody wants the rows any more."""


class Chunk(NamedTuple):
    """Some whole rows as they are sent, and how many they are."""

    data: bytes
    rows: int


class Source(NamedTuple):
    """A statement that gives rows, with the values of its placeholders."""

    sql: sql.Composable
    values: Mapping[str, Any]


@contextmanager
def snapshot(connection: Connection, timeout: int) -> Iterator[None]:
    """Read what stands now, and only that, by statements that may take as long, in ms.

    Where a transaction is under way already, it is read as that does.
    """
    is_first = connection.info.transaction_status == pq.TransactionStatus.IDLE
    with connection.transaction(force_rollback=True):
        if is_first:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limit(connection, timeout)
        yield


def found(connection: Connection, table: Table, asked: Mapping[str, Any]) -> Matching:
    """Tell which records match what is asked for."""
    return matching(table, by_rarity(connection, table, asked))


def texts(table: Table, wanted: Matching, sort: str, *, full: bool = False) -> Source:
    """Compose the statement that gives the JSON texts of all records that match."""
    statement = sql.SQL("SELECT {} AS text FROM {} WHERE {}{}").format(
        text(table, full=full), sql.SQL(table.name), wanted.where, ordered(table, sort)
    )
    return Source(statement, wanted.values)


def cells(table: Table, wanted: Matching, sort: str, rows: Rows) -> Source:
    """Compose the statement that gives flat rows of all records that match."""
    statement = sql.SQL("SELECT {} FROM {} WHERE {}{}").format(
        rows.selected, rows.source, wanted.where, ordered(table, sort, rows)
    )
    return Source(statement, wanted.values)


def ordered(table: Table, sort: str, rows: Rows | None = None) -> sql.Composable:
    """Compose the order of rows: that of their records, and within each its own."""
    if sort == UNORDERED:
        return sql.SQL("")
    name = sort.removeprefix("-")
    direction = sql.SQL(" DESC" if sort.startswith("-") else "")
    # Ids that are texts have the order of their code points, as releases digest them.
    own = sql.SQL(f"{table.name}.id" + (' COLLATE "C"' if table.id_type == "text" else ""))
    keys = [own] if name == "id" else [sql.SQL(table.orders[name].sql), own]
    each = [sql.SQL("{}{}").format(key, direction) for key in keys]
    return sql.SQL(" ORDER BY {}").format(
        sql.SQL(", ").join([*each, *(rows.order if rows else ())])
    )


def copied(
    connection: Connection,
    source: Source,
    form: LiteralString,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Chunk]:
    """Yield the rows of a statement in chunks; Abandoned as soon as they are not wanted any more.

    While PostgreSQL is still looking for them, that is looked after as well.
    """
    statement = sql.SQL("COPY ({}) TO STDOUT {}").format(source.sql, sql.SQL(form))
    with ClientCursor(connection).copy(statement.as_bytes(), source.values):
        server = connection.pgconn
        waiting = select.poll()
        waiting.register(server.socket, select.POLLIN)
        parts, size = list[memoryview](), 0
        while (row := server.get_copy_data(1))[0] >= 0:
            if row[0]:
                parts.append(row[1])
                size += row[0]
                if size < CHUNK_BYTES:
                    continue
            if parts:
                yield Chunk(b"".join(parts), len(parts))
                parts, size = [], 0
            if row[0]:
                continue
            while not waiting.poll(LOOK_MILLISECONDS):
                if not is_wanted():
                    raise Abandoned
            server.consume_input()
        if parts:
            yield Chunk(b"".join(parts), len(parts))
        finish(server)


def finish(server: pq.abc.PGconn) -> None:
    """Take the result of a COPY that has ended; OperationalError if it was broken off."""
    failure: Exception | None = None
    while result := server.get_result():
        if result.status != pq.ExecStatus.COMMAND_OK:
            code = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
            kind = psycopg.errors.lookup(code) if code else psycopg.OperationalError
            failure = kind(result.get_error_message())
    if failure:
        raise failure


def fetched(connection: Connection, source: Source, at_once: int) -> Iterator[list[str]]:
    """Yield the texts of a statement by `at_once`, so that others can be read in between."""
    with connection.cursor("exported") as cursor:
        cursor.itersize = at_once
        cursor.execute(source.sql.as_bytes(), source.values)
        while rows := cursor.fetchmany(at_once):
            yield [row[0] for row in rows]
