"""Rebuilding: stored texts are brought to the form in which this version writes them.

That is no change of a record: it is neither a revision nor in the feed, and what stood at an
instant is shown in the new form, too. Only the ETag changes, as with every byte.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from psycopg import sql
from psycopg.errors import DeadlockDetected

from models.database.connections import Connection
from models.store.chunks import Work, work_on_some
from models.table import Table

RECORDS_AT_ONCE = 500
"""Maximum number of records rebuilt in one transaction: whoever writes one of them waits for it."""


class Text(NamedTuple):
    """The text of a record, present or past: its body and derived members."""

    body: str
    derived: str


class Row(NamedTuple):
    """A stored row of a record, by its id and the instant since which it holds."""

    id: str
    since: datetime
    body: str
    derived: str


Renew = Callable[[Table, Text], Text]
"""Gives the text of a record the present form; one that has it already is left as it is."""


class Progress(NamedTuple):
    """Progress of a rebuild: records examined of a resource, and texts changed."""

    resource: str
    records: int
    changed: int


def due(connection: Connection, form: int) -> list[str]:
    """List the resources that may have records in an earlier form."""
    rows = connection.execute(
        "SELECT stored_forms.resource FROM stored_forms WHERE stored_forms.form < %s"
        " OR stored_forms.after IS NOT NULL ORDER BY stored_forms.resource",
        (form,),
    )
    return [resource for (resource,) in rows]


def outnumber(connection: Connection, table: Table, number: int) -> bool:
    """Say whether a table has more records than a number."""
    statement = sql.SQL("SELECT count(*) FROM (SELECT FROM {0} LIMIT %s + 1) AS first")
    [(found,)] = connection.execute(statement.format(sql.SQL(table.name)), (number,)).fetchall()
    return bool(found > number)


def rebuild(connection: Connection, table: Table, form: int, renew: Renew) -> Iterator[Progress]:
    """Rebuild the records of a table in steps, from where it stopped; yield progress."""
    while True:
        try:
            done = rebuild_some(connection, table, form, renew)
        except DeadlockDetected:  # a writer went on instead, and these come once more
            continue
        if done is None:
            return
        yield done


def rebuild_some(connection: Connection, table: Table, form: int, renew: Renew) -> Progress | None:
    """Rebuild the next records in a transaction; None after the last."""
    work = Work("stored_forms", "form", form, RECORDS_AT_ONCE)
    done = work_on_some(
        connection, table, work, lambda ids: renew_all(connection, table, ids, renew)
    )
    return Progress(table.name, *done) if done else None


def renew_all(connection: Connection, table: Table, ids: list[str], renew: Renew) -> int:
    """Rebuild all present and past texts of some records; count those that changed."""
    changed = 0
    for name in (table.name, f"{table.name}_history"):
        columns = sql.SQL(
            "SELECT {0}.id::text, {0}.recorded_at, {0}.body, {0}.derived FROM {0}"
            " WHERE {0}.id = ANY(%s::{1}[])"
        ).format(sql.SQL(name), sql.SQL(table.id_type))
        rows = [Row(*row) for row in connection.execute(columns, (ids,)).fetchall()]
        renewed = [
            Row(row.id, row.since, *text)
            for row in rows
            if (text := renew(table, Text(row.body, row.derived))) != (row.body, row.derived)
        ]
        if renewed:
            connection.execute(
                putting(table, name), [[*column] for column in zip(*renewed, strict=True)]
            )
        changed += len(renewed)
    return changed


def putting(table: Table, name: str) -> sql.Composed:
    """Compose the statement that replaces texts in the table `name`."""
    # Texts are sent in binary form: psycopg escapes each letter of those in a list otherwise.
    return sql.SQL(
        "UPDATE {0} SET body = given.body, derived = given.derived, derivations = derivations + 1"
        " FROM unnest(%b::text[]::{1}[], %b::timestamptz[], %b::text[], %b::text[])"
        " AS given (id, since, body, derived)"
        " WHERE {0}.id = given.id AND {0}.recorded_at = given.since"
    ).format(sql.SQL(name), sql.SQL(table.id_type))
