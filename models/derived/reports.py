"""Reports of an event: the statements that assert or project it."""

from typing import Any

import orjson

from models.database.connections import Connection
from models.statements import STATEMENTS

LIST_REPORTING = """
SELECT DISTINCT claims.statement_id::text FROM claims
WHERE claims.event_id = %s AND claims.aspect = 'occurrence'
    AND claims.stance IN ('asserts', 'projects')
ORDER BY claims.statement_id::text LIMIT %s
"""
"""The statements that assert or project an event."""

MAX_STATEMENTS = 100
"""Maximum number of statements read for one event."""


def reporting(connection: Connection, event_id: str) -> list[dict[str, Any]]:
    """Read the statements that assert or project an event, without retracted ones."""
    rows = connection.execute(LIST_REPORTING, (event_id, MAX_STATEMENTS)).fetchall()
    ids = [row[0] for row in rows]
    texts = STATEMENTS.fetch(connection, ids) if ids else {}
    found = [orjson.loads(texts[one]) for one in ids]
    return [statement for statement in found if statement["retraction"] is None]
