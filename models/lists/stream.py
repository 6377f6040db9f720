"""Streams of all that matches: one statement in one snapshot, however much it finds.

PostgreSQL writes the rows itself (COPY), and they are passed on in chunks as they come.
"""

import select
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
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

CANCEL_SECONDS = 5
"""How long it may take to tell PostgreSQL that a statement is not wanted any more."""

UNORDERED = "none"
"""The order in which rows come as they are found."""

LINES = sql.SQL("(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')")
"""Rows of one JSON text each, as they are: in these no control characters stand."""

CELLS: LiteralString = "(FORMAT csv, HEADER true{})"
"""Rows as RFC 4180 has them, below a row of their names."""


IN_ORDER: LiteralString = """
(
    SELECT {table}.id, {own} AS own, {key} AS key FROM {table} WHERE {where}
    ORDER BY {keys} OFFSET 0
) AS found CROSS JOIN LATERAL (
    SELECT {table}.*{record} FROM {table} WHERE {table}.id = found.id OFFSET 0
) AS {table}{joined} ORDER BY {order}
"""
AS_FOUND: LiteralString = """
(SELECT {table}.*{record} FROM {table} WHERE {where} OFFSET 0) AS {table}{joined}
"""
"""Records in an order, or in none, the table known by its own name."""


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
        # No record comes twice: to remember what was made of each would be in vain.
        connection.execute("SET LOCAL enable_memoize = off")
        yield


def found(connection: Connection, table: Table, asked: Mapping[str, Any]) -> Matching:
    """Tell which records match what is asked for."""
    return matching(table, by_rarity(connection, table, asked))


def texts(table: Table, wanted: Matching, sort: str, *, full: bool = False) -> Source:
    """Compose the statement that gives the JSON texts of all records that match."""
    statement = sql.SQL("SELECT {} AS text FROM {}").format(
        text(table, full=full), in_order(table, wanted, sort)
    )
    return Source(statement, wanted.values)


def cells(table: Table, wanted: Matching, sort: str, rows: Rows) -> Source:
    """Compose the statement that gives flat rows of all records that match."""
    statement = sql.SQL("SELECT {} FROM {}").format(
        rows.selected, in_order(table, wanted, sort, rows)
    )
    return Source(statement, wanted.values)


def as_cells(rows: Rows) -> sql.Composable:
    """Say how rows are copied: with quotes around all text that people have written.

    Spreadsheets that end a cell at semicolons and tabs, too, would else calculate what stands
    behind one of these.
    """
    free = [sql.Identifier(column.name) for column in rows.columns if column.free]
    quoted = sql.SQL(", FORCE_QUOTE ({})").format(sql.SQL(", ").join(free)) if free else sql.SQL("")
    return sql.SQL(CELLS).format(quoted)


def in_order(table: Table, wanted: Matching, sort: str, rows: Rows | None = None) -> sql.Composable:
    """Compose where rows come from, which of them, and in which order.

    Ids are sorted rather than records, which may be large: these are read one by one then, and the
    first of them is there at once.
    """
    names = {
        "table": sql.SQL(table.name),
        "where": wanted.where,
        "record": rows.record if rows else sql.SQL(""),
        "joined": rows.joined if rows else sql.SQL(""),
    }
    if sort == UNORDERED:
        return sql.SQL(AS_FOUND).format(**names)
    name, direction = sort.removeprefix("-"), sql.SQL(" DESC" if sort.startswith("-") else "")
    # Ids that are texts have the order of their code points, as releases digest them.
    own = sql.SQL(f"{table.name}.id" + (' COLLATE "C"' if table.id_type == "text" else ""))
    key = own if name == "id" else sql.SQL(table.orders[name].sql)
    by = ("found.own",) if name == "id" else ("found.key", "found.own")
    keys = [sql.SQL(each) + direction for each in by]
    return sql.SQL(IN_ORDER).format(
        **names,
        key=key,
        own=own,
        keys=sql.SQL(", ").join(sql.SQL(each.removeprefix("found.")) + direction for each in by),
        order=sql.SQL(", ").join([*keys, *(rows.order if rows else ())]),
    )


def copied(
    connection: Connection,
    source: Source,
    form: sql.Composable,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Generator[Chunk, None, None]:
    """Yield the rows of a statement in chunks; Abandoned as soon as they are not wanted any more.

    While PostgreSQL is still looking for them, that is looked after as well.
    """
    copying = source._replace(sql=sql.SQL("COPY ({}) TO STDOUT {}").format(source.sql, form))
    try:
        begun(connection, copying, is_wanted, pq.ExecStatus.COPY_OUT)
        yield from chunks(connection.pgconn, is_wanted)
        check(connection.pgconn, pq.ExecStatus.COMMAND_OK)
    except BaseException:
        stop(connection)
        raise


def chunks(server: pq.abc.PGconn, is_wanted: Callable[[], bool]) -> Iterator[Chunk]:
    """Yield the rows of a COPY under way."""
    parts, size = list[memoryview](), 0
    while (length := (row := server.get_copy_data(1))[0]) >= 0:
        if length:
            parts.append(row[1])
            size += length
        if parts and (size >= CHUNK_BYTES or not length):
            yield Chunk(b"".join(parts), len(parts))
            parts, size = [], 0
        elif not length:
            listen(server, is_wanted)
    if parts:
        yield Chunk(b"".join(parts), len(parts))


def listen(server: pq.abc.PGconn, is_wanted: Callable[[], bool]) -> None:
    """Wait until PostgreSQL says something; Abandoned if nobody wants that any more."""
    waiting = select.poll()
    # A long statement is not sent at once: what is left of it goes as soon as there is room.
    unsent = select.POLLOUT if server.flush() else 0
    waiting.register(server.socket, select.POLLIN | unsent)
    while not waiting.poll(LOOK_MILLISECONDS):
        if not is_wanted():
            raise Abandoned
    server.consume_input()


def check(server: pq.abc.PGconn, wanted: pq.ExecStatus) -> pq.abc.PGresult:
    """Take the next result, which must be the one that is wanted; or else what is wrong is raised.

    With that of a statement that has ended, it is over.
    """
    result = server.get_result()
    if result is None or result.status != wanted:
        code = result and result.error_field(pq.DiagnosticField.SQLSTATE)
        kind = psycopg.errors.lookup(code.decode()) if code else psycopg.OperationalError
        raise kind(result.get_error_message() if result else server.get_error_message())
    if wanted != pq.ExecStatus.COPY_OUT:
        server.get_result()
    return result


def stop(connection: Connection) -> None:
    """Break a statement off, and take what PostgreSQL still says of it.

    If it cannot be told so in time, the connection is closed: nothing else ends the statement.
    """
    try:
        if connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            connection.cancel_safe(timeout=CANCEL_SECONDS)
        drain(connection.pgconn, monotonic() + CANCEL_SECONDS)
    except (psycopg.Error, Abandoned):
        connection.close()


def drain(server: pq.abc.PGconn, deadline: float) -> None:
    """Take all that is left of a statement; Abandoned if that takes too long."""

    def in_time() -> bool:
        return monotonic() < deadline

    while True:
        while server.is_busy():
            listen(server, in_time)
        result = server.get_result()
        if result is None:
            return
        if result.status == pq.ExecStatus.COPY_OUT:
            while (length := server.get_copy_data(1)[0]) >= 0:
                if not length:
                    listen(server, in_time)


def fetching(
    connection: Connection, source: Source, is_wanted: Callable[[], bool]
) -> Callable[[int], list[str]]:
    """Give what fetches the next texts of a statement, that others can be read in between."""
    declared = source._replace(sql=sql.SQL("DECLARE exported CURSOR FOR {}").format(source.sql))
    answered(connection, declared, is_wanted, pq.ExecStatus.COMMAND_OK)

    def fetch(most: int) -> list[str]:
        statement = sql.SQL("FETCH {} FROM exported").format(sql.Literal(most))
        return answered(connection, Source(statement, {}), is_wanted)

    return fetch


def answered(
    connection: Connection,
    source: Source,
    is_wanted: Callable[[], bool],
    status: pq.ExecStatus = pq.ExecStatus.TUPLES_OK,
) -> list[str]:
    """Give the one column that a statement answers; Abandoned once it is not wanted any more."""
    try:
        result = begun(connection, source, is_wanted, status)
    except BaseException:
        stop(connection)
        raise
    return [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]


def begun(
    connection: Connection, source: Source, is_wanted: Callable[[], bool], status: pq.ExecStatus
) -> pq.abc.PGresult:
    """Send a statement, and give what PostgreSQL answers at first, which must be of a status."""
    server = connection.pgconn
    written = ClientCursor(connection).mogrify(source.sql.as_bytes(), source.values)
    server.send_query(written.encode())
    while server.flush() or server.is_busy():
        listen(server, is_wanted)
    return check(server, status)
