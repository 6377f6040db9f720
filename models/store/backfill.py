"""Names of records that stood before a migration, derived in Python."""

from typing import LiteralString

import orjson
from psycopg import sql

from models.database import connections
from models.database.connections import Connection
from models.names.search import child_of
from models.names.sounds import spoken
from models.store import parts
from models.table import Child, Table, text
from models.tables import TABLES

RECORDS_AT_ONCE = 1_000
"""Maximum number of records named in one transaction, so that no writer waits for long."""


def catch_up(url: str) -> int:
    """Derive the names of all records that have none yet; tell how many these were."""
    done = 0
    with connections.connect(url) as connection:
        for table in TABLES.values():
            if child := child_of(table):
                while named := name_some(connection, table, child):
                    done += named
    return done


def name_some(connection: Connection, table: Table, child: Child) -> int:
    """Derive the names of some records that have none, if there are any; tell how many."""
    with connection.transaction():
        connections.limit(connection, 0)
        ids = [
            found[0]
            for found in connection.execute(finding(table, child, f" LIMIT {RECORDS_AT_ONCE}"))
        ]
        # Whoever changes a record names it; what is held now is looked at once more.
        lock = sql.SQL("SELECT id FROM {} WHERE id = ANY(%s) ORDER BY id FOR UPDATE")
        connection.execute(lock.format(sql.SQL(table.name)), (ids,))
        among: LiteralString = f" AND {table.name}.id = ANY(%s)"
        rows = connection.execute(finding(table, child, among), (ids,)).fetchall()
        # They were called so as long as they stood.
        since = {"recorded_at": "-infinity"}
        nameless = [{"id": own, **since, **spoken(orjson.loads(body))} for own, body in rows]
        connection.cursor().executemany(parts.added(child).as_bytes(), nameless)
    return len(ids)


def finding(table: Table, child: Child, which: LiteralString) -> sql.Composed:
    """Compose the statement that finds records without names: their ids and texts."""
    return sql.SQL(
        "SELECT {0}.id, {1} FROM {0} WHERE NOT {0}.withdrawn AND NOT EXISTS"
        " (SELECT FROM {2} WHERE {2}.{3} = {0}.id){4}"
    ).format(
        sql.SQL(table.name),
        text(table, full=False),
        sql.SQL(child.name),
        sql.SQL(child.key),
        sql.SQL(which),
    )
