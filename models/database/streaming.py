"""Rows of one statement as PostgreSQL sends them (COPY, or a cursor), in one snapshot.

They are passed on in chunks as they come. While PostgreSQL is still looking for them, it is checked
now and then whether the client is still there.
"""

import select
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any, NamedTuple

import psycopg
from psycopg import ClientCursor, pq, sql

from models.database.connections import Connection, limit

CHUNK_BYTES = 65_536
"""Size from which received rows are passed on."""

POLL_MILLISECONDS = 500
"""How long to wait for rows before checking whether the client is still there."""

CANCEL_SECONDS = 5
"""Maximum time to cancel a statement."""


class Abandoned(Exception):  # noqa: N818 - it names what is so
    """The client has gone: nobody reads the rows."""


class Chunk(NamedTuple):
    """The bytes of some whole rows, and their number."""

    data: bytes
    rows: int


class Source(NamedTuple):
    """A statement that gives rows, with the values of its placeholders."""

    sql: sql.Composable
    values: Mapping[str, Any]


@contextmanager
def snapshot(connection: Connection, timeout: int) -> Iterator[None]:
    """Read in one snapshot, by statements that may take `timeout` ms.

    Within a transaction that is under way already, its own isolation level holds.
    """
    is_first = connection.info.transaction_status == pq.TransactionStatus.IDLE
    with connection.transaction(force_rollback=True):
        if is_first:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limit(connection, timeout)
        # No record comes twice: remembering results would be wasted.
        connection.execute("SET LOCAL enable_memoize = off")
        yield


def copied(
    connection: Connection,
    source: Source,
    form: sql.Composable,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Generator[Chunk, None, None]:
    """Yield the rows of a statement in chunks; Abandoned once they are not wanted any more."""
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
            wait(server, is_wanted)
    if parts:
        yield Chunk(b"".join(parts), len(parts))


def wait(server: pq.abc.PGconn, is_wanted: Callable[[], bool]) -> None:
    """Wait until PostgreSQL sends something; Abandoned once it is not wanted any more."""
    waiting = select.poll()
    # A long statement is not sent at once: what is left of it goes as soon as there is room.
    unsent = select.POLLOUT if server.flush() else 0
    waiting.register(server.socket, select.POLLIN | unsent)
    while not waiting.poll(POLL_MILLISECONDS):
        if not is_wanted():
            raise Abandoned
    server.consume_input()


def check(server: pq.abc.PGconn, wanted: pq.ExecStatus) -> pq.abc.PGresult:
    """Take the next result, which must have the wanted status; else raise its error.

    After the result of a statement that has ended, nothing more comes.
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
    """Cancel a statement, and read the rest of its results.

    Where that takes too long, the connection is closed: nothing else ends the statement.
    """
    try:
        if connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            connection.cancel_safe(timeout=CANCEL_SECONDS)
        drain(connection.pgconn, monotonic() + CANCEL_SECONDS)
    except (psycopg.Error, Abandoned):
        connection.close()


def drain(server: pq.abc.PGconn, deadline: float) -> None:
    """Read the rest of a statement's results; Abandoned if that takes too long."""

    def in_time() -> bool:
        return monotonic() < deadline

    while True:
        while server.is_busy():
            wait(server, in_time)
        result = server.get_result()
        if result is None:
            return
        if result.status == pq.ExecStatus.COPY_OUT:
            while (length := server.get_copy_data(1)[0]) >= 0:
                if not length:
                    wait(server, in_time)


def fetching(
    connection: Connection, source: Source, is_wanted: Callable[[], bool]
) -> Callable[[int], list[str]]:
    """Open a cursor; give the function that fetches its next texts, in between other statements."""
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
    """Give the one column of a statement's result; Abandoned once it is not wanted any more."""
    try:
        result = begun(connection, source, is_wanted, status)
    except BaseException:
        stop(connection)
        raise
    return [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]


def begun(
    connection: Connection, source: Source, is_wanted: Callable[[], bool], status: pq.ExecStatus
) -> pq.abc.PGresult:
    """Send a statement, and give its first result, which must have a status."""
    server = connection.pgconn
    written = ClientCursor(connection).mogrify(source.sql.as_bytes(), source.values)
    server.send_query(written.encode())
    while server.flush() or server.is_busy():
        wait(server, is_wanted)
    return check(server, status)
