"""Names of records stored before the rules by which names are derived changed."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import sql

from models.database.connections import Connection
from models.names.search import child_of
from models.names.sorting import sort_key
from models.names.sounds import names_of
from models.store import deriving
from models.store.chunks import Work
from models.store.deriving import Part, Revision, Rules
from models.table import Table, text

RULES = 1
"""Version of the rules by which names are compared and sorted: a change of them needs another."""

RECORDS_AT_ONCE = 1_000
"""Maximum number of records derived in one transaction, so that no writer waits for long."""


def catch_up(url: str) -> int:
    """Derive the names of all records by the rules of this version; count the records."""
    work = Work("derived_names", "version", RULES, RECORDS_AT_ONCE)
    return deriving.catch_up(url, Rules(work, child_of, record, parts, sort))


def record(table: Table) -> sql.Composable:
    """Give the SQL for the members that names are taken from."""
    return sql.SQL(
        "json_build_object('name', ({0})::json -> 'name', 'names', ({0})::json -> 'names')"
    ).format(text(table, full=False))


def parts(found: dict[str, Any]) -> Iterator[Part]:
    """Derive the names of a record."""
    spoken = names_of(found)
    names = zip(spoken["spoken_plain"], spoken["spoken_sounds"], strict=True)
    for position, (plain, sounds) in enumerate(names, 1):
        yield position, plain, sounds


def sort(connection: Connection, table: Table, revisions: Sequence[Revision]) -> None:
    """Set the sort keys of records, present and past."""
    keys = [
        (each.id, each.since, sort_key(each.record["name"])) for each in revisions if each.record
    ]
    setting = sql.SQL(
        "UPDATE {0} SET sort_key = given.key"
        " FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS given (id, since, key)"
        " WHERE {0}.id = given.id AND {0}.recorded_at = given.since AND {0}.sort_key <> given.key"
    )
    for name in (table.name, f"{table.name}_history") if keys else ():
        given = [[*column] for column in zip(*keys, strict=True)]
        connection.execute(setting.format(sql.SQL(name)), given)
