"""Merges: which record stands for which, and what was moved when it came to."""

from typing import Any

from psycopg import Connection

STANDING = """
WITH RECURSIVE walk (id, into_id, depth) AS (
    SELECT merged.id, merged.into_id, 1 FROM merged WHERE merged.id = ANY(%s)
    UNION ALL
    SELECT walk.id, merged.into_id, walk.depth + 1 FROM walk JOIN merged ON merged.id = walk.into_id
)
SELECT DISTINCT ON (walk.id) walk.id, walk.into_id FROM walk
ORDER BY walk.id, walk.depth DESC
"""
"""Which records stand for merged ones, by whatever way."""


def survivors(connection: Connection[Any], ids: list[str]) -> dict[str, str]:
    """Tell which records stand for those that were merged: id -> id."""
    return dict(connection.execute(STANDING, (ids,)).fetchall())


def survivor(connection: Connection[Any], record_id: str) -> str | None:
    """Tell which record stands for one, if that was merged."""
    return survivors(connection, [record_id]).get(record_id)
