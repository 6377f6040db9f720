"""Disputes on events stored before this service derived disputes."""

from models.database import connections
from models.derived import attestation
from models.store import references

EVENTS_AT_ONCE = 500
"""Maximum number of events derived in one transaction, so that no writer waits for long."""

NEXT = """
DELETE FROM disputes_due WHERE disputes_due.event_id IN (
    SELECT disputes_due.event_id FROM disputes_due ORDER BY disputes_due.event_id
    LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING disputes_due.event_id::text
"""
"""The next events for which that is due; whoever does the same meanwhile takes others."""


def catch_up(url: str) -> int:
    """Derive the disputes of events that need it; count those that changed."""
    changed = 0
    with connections.connect(url) as connection:
        while True:
            with connection.transaction():
                connections.limit(connection, 0)
                ids = [row[0] for row in connection.execute(NEXT, (EVENTS_AT_ONCE,)).fetchall()]
                if not ids:
                    return changed
                attestation.lock(connection, ids)
                now = references.instant(connection)
                changed += len(attestation.recount(connection, ids, now))
