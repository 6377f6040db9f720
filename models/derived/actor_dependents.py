"""Dependents of an actor: records known through it alone, as their speaker or carrier."""

from typing import Any, LiteralString

import orjson

from models.database.connections import Connection
from models.derived.dependents import LEAST_ID, described
from models.events import EVENTS

ORDER = ("statements", "events")
"""The order of resources in the list."""

OWN: LiteralString = """
    SELECT statements.id FROM statements
    WHERE statements.speaker_id = %(actor)s::uuid AND {0}
    UNION
    SELECT statements.id FROM statements
    WHERE statements.on_behalf_of_id = %(actor)s::uuid AND {0}
    UNION
    SELECT statements.id FROM listeners JOIN statements ON statements.id = listeners.statement_id
    WHERE listeners.part = 'carrier' AND listeners.actor_id = %(actor)s::uuid AND {0}
    UNION
    SELECT statements.id FROM documents JOIN statements ON statements.document_id = documents.id
    WHERE documents.publisher_id = %(actor)s::uuid AND NOT documents.withdrawn AND {0}
""".format("NOT statements.withdrawn AND NOT statements.retracted")
"""Statements that an actor made, carried or published, or that were made on its behalf."""

LIST_STATEMENTS: LiteralString = f"""
WITH own (id) AS ({OWN})
SELECT statements.id::text, statements.body || statements.derived, documents.publisher_id::text
FROM own JOIN statements ON statements.id = own.id
LEFT JOIN documents ON documents.id = statements.document_id
WHERE own.id > %(after)s::uuid ORDER BY own.id LIMIT %(limit)s
"""

LIST_EVENTS: LiteralString = f"""
WITH own (id) AS MATERIALIZED ({OWN}),
published AS MATERIALIZED (
    SELECT documents.id FROM documents
    WHERE documents.publisher_id = %(actor)s::uuid AND NOT documents.withdrawn
        AND NOT documents.retracted
),
resting (id) AS (
    SELECT claims.event_id FROM own JOIN claims ON claims.statement_id = own.id
    LEFT JOIN documents ON documents.id = claims.document_id
    WHERE claims.event_id IS NOT NULL AND claims.aspect = 'occurrence'
        AND NOT coalesce(documents.retracted, false)
    UNION
    SELECT mentions.event_id FROM published JOIN mentions ON mentions.document_id = published.id
)
SELECT resting.id::text FROM resting
WHERE resting.id > %(after)s::uuid
    AND NOT coalesce((
        SELECT true FROM claims JOIN statements ON statements.id = claims.statement_id
        LEFT JOIN documents ON documents.id = claims.document_id
        WHERE claims.event_id = resting.id AND claims.aspect = 'occurrence'
            AND NOT statements.retracted AND NOT coalesce(documents.retracted, false)
            AND claims.statement_id NOT IN (SELECT own.id FROM own) LIMIT 1
    ), false)
    AND NOT coalesce((
        SELECT true FROM mentions JOIN documents ON documents.id = mentions.document_id
        WHERE mentions.event_id = resting.id AND NOT documents.retracted
            AND mentions.document_id NOT IN (SELECT published.id FROM published) LIMIT 1
    ), false)
ORDER BY resting.id LIMIT %(limit)s
"""
"""Events that occurred according to one actor alone.

Written so that each of them is looked at by itself, for they are few beside all claims.
"""


def search(
    connection: Connection, actor: str, *, limit: int, after: tuple[str, str] | None
) -> list[dict[str, Any]]:
    """List the records known through an actor alone, after a resource and id."""
    resource, last = after or (ORDER[0], LEAST_ID)
    found: list[dict[str, Any]] = []
    if resource == "statements":
        found += statements(connection, {"actor": actor, "after": last, "limit": limit})
        last = LEAST_ID
    if len(found) < limit:
        room = limit - len(found)
        found += events(connection, {"actor": actor, "after": last, "limit": room})
    return found


def statements(connection: Connection, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """List the statements that name an actor as a source, with pointers to where."""
    found = []
    for statement_id, text, publisher in connection.execute(LIST_STATEMENTS, asked).fetchall():
        statement = orjson.loads(text)
        named = {
            "/speaker_id": statement["speaker_id"],
            "/on_behalf_of_id": statement["on_behalf_of_id"],
            "/document_id": publisher,
        }
        for position, step in enumerate(statement["chain"] or ()):
            named[f"/chain/{position}/actor_id"] = step["actor_id"]
        pointers = [pointer for pointer, actor in named.items() if actor == asked["actor"]]
        found.append(described("statements", statement_id, statement["text"], pointers=pointers))
    return found


def events(connection: Connection, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """List the events that occurred according to one actor alone."""
    ids = [row[0] for row in connection.execute(LIST_EVENTS, asked).fetchall()]
    texts = EVENTS.fetch(connection, ids)
    records = [(event_id, orjson.loads(texts[event_id])) for event_id in ids]
    return [
        described("events", event_id, event["title"], status=event["attestation"]["status"])
        for event_id, event in records
    ]
