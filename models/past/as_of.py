"""The past: the state at an instant, read by the same statements as the present.

The schema `past` has a view for each table that is read, of the same name (migration 0003).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg import Cursor, sql

from models.database.connections import Connection

HORIZON = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT least(clock.now, (
    SELECT min(pg_stat_activity.xact_start) FROM pg_stat_activity
    WHERE pg_stat_activity.datname = current_database()
        AND pg_stat_activity.backend_xid IS NOT NULL
        AND pg_stat_activity.pid <> pg_backend_pid() AND clock.now IS NOT NULL
)), clock.now FROM clock
"""
"""Until when nothing more can come: the clock, or the begin of the oldest open transaction that
writes. Whoever begins to write after the clock was read takes a later instant."""

MAX_VERSIONS_EARLY = 5_000
"""An instant is "early" if at most this many versions existed by then."""

MARK = b" /* past */"
"""Tells a statement about the past from the same one about what stands: their plans differ."""


class Reader(Cursor[Any]):
    """A cursor whose statements are prepared apart from those that read the present."""

    def execute(self, query: Any, *arguments: Any, **more: Any) -> "Reader":
        """Execute a statement, marked."""
        if isinstance(query, str):
            query = query.encode()
        if isinstance(query, bytes):
            query += MARK
        return super().execute(query, *arguments, **more)


def horizon(connection: Connection) -> tuple[datetime, datetime]:
    """Give the instant up to which the past is final, and the time of the database."""
    [row] = connection.execute(HORIZON).fetchall()
    return row[0], row[1]


@contextmanager
def entered(connection: Connection, instant: datetime) -> Iterator[None]:
    """Let a connection read the state at an instant, which must be final, and nothing else."""
    present = connection.cursor_factory, connection.reader
    with connection.transaction(force_rollback=True):  # which undoes the settings
        connection.execute(
            "SELECT set_config('search_path', 'past,' || current_setting('search_path'), true),"
            " set_config('attest.as_of', %s, true)",
            (instant.isoformat(),),
        )
        connection.cursor_factory = Reader
        connection.reader = connection.cursor()
        connection.as_of = instant
        try:
            yield
        finally:
            connection.cursor_factory, connection.reader = present
            connection.as_of = None


def early(connection: Connection, name: str) -> datetime | None:
    """Give the instant that a connection reads, if few records of a table had been created by then.

    In the order of a list, rows that old are scattered among all that have come since.
    """
    if connection.as_of is None:
        return None
    # What was created first stays so: it is asked for once, as soon as there are many.
    if name not in connection.many_since:
        statement = sql.SQL("SELECT created_at FROM {} ORDER BY created_at, id OFFSET {} LIMIT 1")
        ever = statement.format(sql.Identifier(f"{name}_ever"), MAX_VERSIONS_EARLY)
        row = connection.execute(ever, prepare=False).fetchone()
        if row is None:
            return None
        connection.many_since[name] = row[0]
    return connection.as_of if connection.as_of < connection.many_since[name] else None
