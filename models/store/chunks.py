"""Work on all records of a table, some at a time, once for each version of that work."""

from collections.abc import Callable
from typing import LiteralString, NamedTuple, TypeVar

from psycopg import sql

from models.database import connections
from models.database.connections import Connection
from models.table import Table

Result = TypeVar("Result")


class Work(NamedTuple):
    """Work on all records: its version, and the table that keeps its progress.

    That table has for each resource the version, in a column of that name, and the id `after`
    which it goes on, null where all is done. Whoever writes a record that is worked on waits, so
    that few are at once.
    """

    progress: LiteralString
    column: LiteralString
    version: int
    records_at_once: int


def work_on_some(
    connection: Connection, table: Table, work: Work, do: Callable[[list[str]], Result]
) -> tuple[int, Result] | None:
    """Do the work on the next records, in a transaction; None where all is done.

    Gives how many records these were, and what `do` has given for their ids.
    """
    names = {"progress": sql.SQL(work.progress), "version": sql.SQL(work.column)}
    with connection.transaction():
        connections.limit(connection, 0)
        # Whoever does the same meanwhile waits, and goes on from here.
        reading = "SELECT {version}, after::text FROM {progress} WHERE resource = %s FOR UPDATE"
        [(version, after)] = connection.execute(
            sql.SQL(reading).format(**names), (table.name,)
        ).fetchall()
        if version > work.version or (version == work.version and after is None):
            return None
        ids = following(
            connection, table, after if version == work.version else None, work.records_at_once
        )
        done = do(ids)
        writing = "UPDATE {progress} SET {version} = %s, after = %s WHERE resource = %s"
        last = ids[-1] if len(ids) == work.records_at_once else None
        connection.execute(sql.SQL(writing).format(**names), (work.version, last, table.name))
    return len(ids), done


def following(connection: Connection, table: Table, after: str | None, limit: int) -> list[str]:
    """List the next records, and lock them in the order of their ids as every write does."""
    statement = sql.SQL(
        "SELECT {0}.id::text FROM {0} WHERE {1} ORDER BY {0}.id LIMIT %(limit)s FOR NO KEY UPDATE"
    ).format(
        sql.SQL(table.name),
        sql.SQL(f"{table.name}.id > %(after)s::{table.id_type}" if after else "true"),
    )
    given = {"after": after, "limit": limit}
    return [each for (each,) in connection.execute(statement, given).fetchall()]
