"""Assessments: verdicts of keys on a version of a record; none of them edits it.

They stand under the id that they were written to, and stay there when that record is merged: its
survivor has those of all that were merged into it, of each key the one on itself before others.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import sql

from models.database.connections import Connection
from models.store import records
from models.store.merges import LIST_MERGED_INTO
from models.store.records import NO_AUTHOR
from models.table import Row, Table

NO_KEY = UUID(int=0)
"""Stands for the key of whoever writes without one."""

COUNTED_VERDICTS = ("agree", "disagree", "unsure", "outdated")
"""The results that assessments are counted under, in the order in which a record shows them."""


class Assessment(NamedTuple):
    """The verdict of a key on a record, and the version and id that it is on."""

    verdict: str
    note: str | None
    version: int
    key_id: UUID | None
    key_name: str | None
    method: str | None
    record_id: str
    assessed_at: datetime
    outdated: bool


FOUND: LiteralString = """
SELECT DISTINCT ON (assessments.key_id) assessments.key_id, assessments.id, assessments.version,
    assessments.verdict, assessments.note, assessments.method, assessments.recorded_at
FROM assessments
WHERE assessments.id = ANY(%(ids)s) AND assessments.resource = {name}
ORDER BY assessments.key_id, assessments.id <> %(id)s, assessments.recorded_at DESC, assessments.id
"""
"""The assessment of each key that counts: on the record itself, or else the last on a merged one.
"""

OUTDATED: LiteralString = (
    "found.id <> {table}.id::text OR found.version <> {table}.version OR {table}.withdrawn"
)

LISTED: LiteralString = f"""
SELECT found.verdict, found.note, found.version, nullif(found.key_id, %(nobody)s), keys.name,
    found.method, found.id, found.recorded_at, {OUTDATED}
FROM ({FOUND}) AS found
JOIN {{table}} ON {{table}}.id = %(id)s::{{type}}
LEFT JOIN keys ON keys.id = found.key_id
WHERE {{condition}}
ORDER BY found.recorded_at {{direction}}, found.key_id {{direction}} LIMIT %(limit)s
"""

COUNTED: LiteralString = f"""
SELECT {{table}}.assessed, CASE WHEN {OUTDATED} THEN 'outdated' ELSE found.verdict END AS became,
    count(found.key_id)
FROM {{table}} LEFT JOIN ({FOUND}) AS found ON true
WHERE {{table}}.id = %(id)s::{{type}} GROUP BY {{table}}.assessed, became
"""
"""The text that a record shows, and its assessments by result; of none, one row with zero."""

PUT = """
WITH old AS (
    SELECT assessments.* FROM assessments
    WHERE assessments.id = %(id)s AND assessments.resource = %(resource)s
        AND assessments.key_id = %(key_id)s
),
kept AS (
    INSERT INTO assessments_history SELECT after(old.recorded_at, %(now)s), old.* FROM old
    WHERE old.recorded_at <> %(now)s
)
INSERT INTO assessments (resource, id, key_id, version, verdict, note, method, recorded_at)
VALUES (%(resource)s, %(id)s, %(key_id)s, %(version)s, %(verdict)s, %(note)s, %(method)s, %(now)s)
ON CONFLICT (id, resource, key_id) DO UPDATE
SET version = excluded.version, verdict = excluded.verdict, note = excluded.note,
    method = excluded.method, recorded_at = after(assessments.recorded_at, excluded.recorded_at)
"""
"""Whoever writes holds the record: no other changes its assessments meanwhile."""

DELETE = """
WITH gone AS (
    DELETE FROM assessments
    WHERE assessments.id = ANY(%(ids)s) AND assessments.resource = %(resource)s
        AND assessments.key_id = %(key_id)s
    RETURNING assessments.*
)
INSERT INTO assessments_history SELECT after(gone.recorded_at, %(now)s), gone.* FROM gone
WHERE gone.recorded_at <> %(now)s
"""


def instant(connection: Connection, table: Table, record_id: str) -> datetime:
    """Give the instant of a change of a locked record."""
    # Who has a transaction's number has it before the instant: see `past.as_of.horizon`.
    statement = sql.SQL(
        "SELECT after({0}.recorded_at, CASE WHEN pg_current_xact_id() IS NOT NULL"
        " THEN clock_timestamp() END) FROM {0} WHERE {0}.id = %s"
    )
    composed = statement.format(sql.SQL(table.name)).as_bytes()
    [[now]] = connection.execute(composed, (record_id,)).fetchall()
    return now  # type: ignore[no-any-return]


def put(connection: Connection, table: Table, assessment: Row, by: Row, now: datetime) -> None:
    """Store the verdict of a key on a locked record, and count it there.

    The assessment has `id`, `key_id`, `version`, `verdict`, `note` and `method`; `by` is who does
    this, as the feed tells it.
    """
    connection.execute(PUT, {**assessment, "resource": table.name, "now": now})
    recount(connection, table, assessment["id"], now, by)


def delete(connection: Connection, table: Table, assessment: Row, by: Row, now: datetime) -> None:
    """Delete the verdict of a key on a locked record, also under ids merged into it.

    The assessment has `id` and `key_id`; `by` is as above.
    """
    ids = under(connection, assessment["id"])
    connection.execute(DELETE, {**assessment, "ids": ids, "resource": table.name, "now": now})
    recount(connection, table, assessment["id"], now, by)


def find(connection: Connection, table: Table, record_id: str, key_id: UUID) -> Assessment | None:
    """Find the verdict of a key on a record."""
    statement = listing(table, "found.key_id = %(key_id)s", "DESC")
    found = select(connection, statement, record_id, {"key_id": key_id, "limit": 1})
    return found[0] if found else None


def search(  # noqa: PLR0913 - of which record, and which part of the list
    connection: Connection,
    table: Table,
    record_id: str,
    *,
    descending: bool,
    limit: int,
    after: tuple[str, str] | None,
) -> list[Assessment]:
    """List the assessments of a record by their instants, after a microsecond and key."""
    given: dict[str, Any] = {"limit": limit}
    condition: LiteralString = "true"
    if after:
        given |= {"after_at": after[0], "after_key": after[1]}
        sign: LiteralString = "<" if descending else ">"
        condition = (
            f"(found.recorded_at, found.key_id) {sign} (timestamptz 'epoch'"
            " + %(after_at)s::bigint * interval '1 microsecond', %(after_key)s::uuid)"
        )
    statement = listing(table, condition, "DESC" if descending else "ASC")
    return select(connection, statement, record_id, given)


def select(
    connection: Connection, statement: bytes, record_id: str, given: Row
) -> list[Assessment]:
    """Read assessments of a record by a statement of `listing`."""
    ids = under(connection, record_id)
    rows = connection.execute(statement, {**given, "id": record_id, "ids": ids, "nobody": NO_KEY})
    return [Assessment(*row) for row in rows]


def recount(
    connection: Connection, table: Table, record_id: str, now: datetime, by: Row = NO_AUTHOR
) -> None:
    """Update the counts of verdicts in a locked record, if they changed."""
    ids = under(connection, record_id)
    rows = connection.execute(counting(table), {"id": record_id, "ids": ids}).fetchall()
    numbers = {verdict: number for _, verdict, number in rows if number}
    columns = {
        "assessed": written(numbers) if numbers else None,
        "verdicts": [*numbers] or None,
    }
    if columns["assessed"] != rows[0][0]:
        changes: dict[str, LiteralString] = {
            "assessed": "%(assessed)s",
            "verdicts": "%(verdicts)s",
            "derivations": "old.derivations + 1",
            "recorded_at": "%(recorded_at)s",
        }
        given = {"id": record_id, "recorded_at": now, **by, **columns}
        records.replace(connection, table, changes, given)


def written(numbers: dict[str, int]) -> str:
    """Write the counts of verdicts as a member of a record's text."""
    counts = ",".join(f'"{verdict}":{numbers.get(verdict, 0)}' for verdict in COUNTED_VERDICTS)
    return f',"assessments":{{{counts}}}'


def under(connection: Connection, record_id: str) -> Sequence[str]:
    """List the ids of a record and of all merged into it."""
    return [row[0] for row in connection.execute(LIST_MERGED_INTO, (record_id,))]


@cache
def listing(table: Table, condition: LiteralString, direction: LiteralString) -> bytes:
    """Compose the statement that lists assessments."""
    names = {"condition": sql.SQL(condition), "direction": sql.SQL(direction)}
    return sql.SQL(LISTED).format(**names, **parts(table)).as_bytes()


@cache
def counting(table: Table) -> bytes:
    """Compose the statement that counts assessments."""
    return sql.SQL(COUNTED).format(**parts(table)).as_bytes()


def parts(table: Table) -> dict[str, sql.Composable]:
    """Give what statements have of a table."""
    return {
        "table": sql.SQL(table.name),
        "name": sql.Literal(table.name),
        "type": sql.SQL(table.id_type),
    }
