"""Circles: a chain of references by one member must not come back to its start."""

from collections.abc import Iterable
from functools import cache

from psycopg import sql

from models.database.connections import Connection
from models.table import Table


def onward(
    connection: Connection, table: Table, path: tuple[str, ...], ids: Iterable[str]
) -> dict[str, str | None]:
    """Follow stored records by the member at a path: id -> id, or None.

    Until commit, others cannot change where they lead: whoever closes a circle from the other side
    waits for this write, and this one for that, until PostgreSQL tells one of them to try again.
    """
    rows = connection.execute(_leading(table.name), (list(path), sorted({*ids})))
    return dict(rows.fetchall())


@cache
def _leading(table: str) -> bytes:
    statement = sql.SQL(
        "SELECT {0}.id::text, ({0}.body || {0}.derived)::jsonb #>> %s FROM {0}"
        " WHERE {0}.id = ANY(%s::uuid[]) AND NOT {0}.withdrawn ORDER BY {0}.id FOR SHARE"
    )
    return statement.format(sql.Identifier(table)).as_bytes()
