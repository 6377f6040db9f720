"""Bundles taken before, so that repeating one changes nothing."""

import orjson

from models.database.connections import Connection


def remembered(connection: Connection, digest: bytes) -> dict[str, list[str]]:
    """Give the ids that the records of the same bundle were given: resource -> ids in order.

    Two that send the same bundle at once do it one after the other.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (int.from_bytes(digest[:7]),))
    row = connection.execute(
        "SELECT bundles.ids FROM bundles WHERE bundles.digest = %s", (digest,)
    ).fetchone()
    return orjson.loads(row[0]) if row else {}


def remember(connection: Connection, digest: bytes, ids: dict[str, list[str]]) -> None:
    """Keep the ids that the records of a bundle were given."""
    connection.execute(
        "INSERT INTO bundles (digest, ids) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (digest, orjson.dumps(ids).decode()),
    )
