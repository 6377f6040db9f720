"""Effects of a dry run: the events whose status would change."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.database.connections import Connection

MAX_LISTED = 1_000
"""Maximum number of events listed whose status would change; the others are counted."""


def statuses(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Read the statuses of events: id -> status; ids of other records are left out."""
    rows = connection.execute(
        "SELECT events.id::text, events.status FROM events"
        " WHERE events.id = ANY(%s::uuid[]) AND NOT events.withdrawn",
        ([*ids],),
    )
    return dict(rows.fetchall())


NONE: dict[str, Any] = {"events": [], "events_total": 0}
"""The effect of a write that changes nothing."""


def effects(connection: Connection, before: Mapping[str, str]) -> dict[str, Any]:
    """List the events whose status changed, and count them."""
    after = statuses(connection, before)
    changed = sorted(one for one, status in after.items() if before.get(one, status) != status)
    titles = dict(
        connection.execute(
            "SELECT events.id::text, (events.body || events.derived)::json ->> 'title'"
            " FROM events WHERE events.id = ANY(%s::uuid[])",
            (changed[:MAX_LISTED],),
        ).fetchall()
    )
    return {
        "events": [
            {"id": one, "title": titles[one], "from": before[one], "to": after[one]}
            for one in changed[:MAX_LISTED]
        ],
        "events_total": len(changed),
    }
