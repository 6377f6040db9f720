"""Merges: the survivor of each merged record, and the references that were moved."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import orjson
from psycopg import sql

from models.database.connections import Connection
from models.table import Table
from models.tables import TABLES

FIND_SURVIVORS = """
WITH RECURSIVE walk (id, into_id, depth) AS (
    SELECT merged.id, merged.into_id, 1 FROM merged WHERE merged.id = ANY(%s)
    UNION ALL
    SELECT walk.id, merged.into_id, walk.depth + 1 FROM walk JOIN merged ON merged.id = walk.into_id
)
SELECT DISTINCT ON (walk.id) walk.id, walk.into_id FROM walk ORDER BY walk.id, walk.depth DESC
"""
"""The survivors of merged records, through any number of merges."""

MOVE_EXTERNAL_IDS = """
WITH old AS (
    SELECT external_ids.* FROM external_ids
    WHERE external_ids.resource = %(resource)s AND external_ids.id = %(id)s FOR UPDATE
),
kept AS (
    INSERT INTO external_ids_history SELECT after(old.recorded_at, %(now)s), old.* FROM old
    WHERE old.recorded_at <> %(now)s
)
UPDATE external_ids
SET id = %(into)s, merged_from = coalesce(old.merged_from, %(id)s),
    recorded_at = after(old.recorded_at, %(now)s)
FROM old
WHERE external_ids.external_id = old.external_id AND external_ids.resource = old.resource
    AND external_ids.dataset = old.dataset
"""
"""Moves the external ids of a merged record to its survivor."""

LIST_MERGED_INTO = """
WITH RECURSIVE under (id) AS (
    SELECT %s::text
    UNION ALL
    SELECT merged.id FROM merged JOIN under ON merged.into_id = under.id
)
SELECT under.id FROM under
"""
"""A record and all that are merged into it, through any number of merges."""

RETURN_EXTERNAL_IDS = """
WITH old AS (
    SELECT external_ids.* FROM external_ids
    WHERE external_ids.resource = %(resource)s AND external_ids.id = %(into)s
        AND external_ids.merged_from = ANY(%(under)s) FOR UPDATE
),
kept AS (
    INSERT INTO external_ids_history SELECT after(old.recorded_at, %(now)s), old.* FROM old
    WHERE old.recorded_at <> %(now)s
)
UPDATE external_ids
SET id = %(id)s, merged_from = nullif(old.merged_from, %(id)s),
    recorded_at = after(old.recorded_at, %(now)s)
FROM old
WHERE external_ids.external_id = old.external_id AND external_ids.resource = old.resource
    AND external_ids.dataset = old.dataset
"""
"""Returns external ids from a survivor to the record that was merged into it."""


class Merge(NamedTuple):
    """A merge: both records, when, and what the survivor inherited."""

    id: str
    into: str
    merged_at: datetime
    given: dict[str, Any]


class Moved(NamedTuple):
    """Where a record pointed at one that was merged."""

    resource: str
    id: str
    pointers: list[str]


class Fold(NamedTuple):
    """The lists of a record before they were folded, and the merges by which pointers moved."""

    lists: dict[str, list[Any]]
    moved: dict[str, frozenset[str]]


NO_FOLD = Fold({}, {})


def survivors(connection: Connection, ids: list[str]) -> dict[str, str]:
    """Map merged records to their survivors: id -> id."""
    return dict(connection.execute(FIND_SURVIVORS, (ids,)).fetchall())


def survivor(connection: Connection, record_id: str) -> str | None:
    """Give the survivor of a record, if that was merged."""
    return survivors(connection, [record_id]).get(record_id)


def referrers(
    connection: Connection, record_id: str, at: datetime | None = None
) -> set[tuple[str, str]]:
    """List the records that refer to one, now or at an instant: resource and id."""
    each: LiteralString = (
        "SELECT {0}, {1}.id::text FROM {2} AS {1} WHERE {1}.refers_to @> ARRAY[%(id)s::uuid]"
        " AND NOT {1}.withdrawn"
    )
    if at:
        each += " AND {1}.recorded_at <= %(at)s AND {1}.superseded_at > %(at)s"
    tables = [table for table in TABLES.values() if table.id_type == "uuid"]
    statement = sql.SQL(" UNION ALL ").join(
        sql.SQL(each).format(
            sql.Literal(table.name),
            sql.SQL(table.name),
            sql.SQL(f"{table.name}_ever" if at else table.name),
        )
        for table in tables
    )
    return {*connection.execute(statement, {"id": record_id, "at": at}).fetchall()}


def folds(
    connection: Connection, records: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Fold]:
    """Give what was folded in records, each named by its resource and its id."""
    ids = [record_id for _, record_id in records]
    found = {
        (resource, record_id): Fold(orjson.loads(lists), {})
        for resource, record_id, lists in connection.execute(
            "SELECT unfolded.resource, unfolded.referrer::text, unfolded.lists FROM unfolded"
            " WHERE unfolded.referrer = ANY(%s::uuid[])",
            (ids,),
        )
    }
    for resource, record_id, merged, pointers in connection.execute(
        "SELECT moved.resource, moved.referrer::text, moved.id::text, moved.pointers FROM moved"
        " WHERE moved.referrer = ANY(%s::uuid[])",
        ([record_id for _, record_id in found],),
    ):
        if (resource, record_id) in found:
            known = found[resource, record_id].moved
            for pointer in pointers:
                known[pointer] = known.get(pointer, frozenset()) | {merged}
    return found


def keep(connection: Connection, lists: Sequence[tuple[str, str, dict[str, list[Any]]]]) -> None:
    """Keep the lists, if any, that were folded in records, each named by resource and id."""
    connection.execute(
        "DELETE FROM unfolded USING unnest(%s::text[], %s::uuid[]) AS record (resource, id)"
        " WHERE unfolded.resource = record.resource AND unfolded.referrer = record.id",
        ([resource for resource, _, _ in lists], [record_id for _, record_id, _ in lists]),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO unfolded (resource, referrer, lists) VALUES (%s, %s, %s)",
            [
                (resource, record_id, orjson.dumps(entries).decode())
                for resource, record_id, entries in lists
                if entries
            ],
        )


def begin(connection: Connection, table: Table, merge: Merge, moved: Iterable[Moved]) -> None:
    """Store a merge since `merged_at`, and the references that it moves."""
    given = {
        "id": merge.id,
        "into": merge.into,
        "now": merge.merged_at,
        "resource": table.name,
        "given": orjson.dumps(merge.given).decode(),
    }
    connection.execute(MOVE_EXTERNAL_IDS, given)
    connection.execute(
        "INSERT INTO merged (id, into_id, recorded_at) VALUES (%(id)s, %(into)s, %(now)s)", given
    )
    connection.execute(
        "INSERT INTO merges (id, into_id, merged_at, given)"
        " VALUES (%(id)s, %(into)s, %(now)s, %(given)s)",
        given,
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO moved (id, resource, referrer, pointers) VALUES (%s, %s, %s, %s)",
            [(merge.id, *one) for one in moved],
        )


def find(connection: Connection, record_id: str) -> tuple[Merge, list[Moved]] | None:
    """Find the merge of a record, and what was moved; None where it is not merged."""
    row = connection.execute(
        "SELECT merges.id::text, merges.into_id::text, merges.merged_at, merges.given FROM merges"
        " WHERE merges.id = %s FOR UPDATE",
        (record_id,),
    ).fetchone()
    if row is None:
        return None
    moved = connection.execute(
        "SELECT moved.resource, moved.referrer::text, moved.pointers FROM moved"
        " WHERE moved.id = %s ORDER BY moved.resource, moved.referrer",
        (record_id,),
    )
    return Merge(row[0], row[1], row[2], orjson.loads(row[3])), [Moved(*one) for one in moved]


def inherited(connection: Connection, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """List what records inherited from those merged into them: id -> what each gave."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = connection.execute(
        "SELECT merges.into_id::text, merges.given FROM merges"
        " WHERE merges.into_id = ANY(%s::uuid[]) ORDER BY merges.merged_at",
        (list(ids),),
    )
    for into, given in rows:
        found.setdefault(into, []).append(orjson.loads(given))
    return found


def end(connection: Connection, table: Table, merge: Merge, now: datetime) -> None:
    """End a merge at `now`."""
    given = {"id": merge.id, "into": merge.into, "now": now, "resource": table.name}
    under = [row[0] for row in connection.execute(LIST_MERGED_INTO, (merge.id,))]
    connection.execute(RETURN_EXTERNAL_IDS, {**given, "under": under})
    connection.execute(
        "WITH gone AS (DELETE FROM merged WHERE merged.id = %(id)s RETURNING merged.*)"
        " INSERT INTO merged_history"
        " SELECT after(gone.recorded_at, %(now)s), gone.* FROM gone"
        " WHERE gone.recorded_at <> %(now)s",
        given,
    )
    connection.execute("DELETE FROM moved WHERE moved.id = %(id)s", given)
    connection.execute("DELETE FROM merges WHERE merges.id = %(id)s", given)
