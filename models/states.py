"""States: what tells whether anything has been recorded between two reads."""

from time import monotonic
from typing import NamedTuple

from models.changes import CHANGES_AT_ONCE, NUMBERING_SECONDS, number
from models.database.connections import Connection

STATE = f"""
SELECT newest.position, newest.recorded_at, few.number, few.recorded_at, named.number, named.at
FROM (SELECT 1) AS one
LEFT JOIN (
    SELECT changes.position, changes.recorded_at FROM changes
    ORDER BY changes.position DESC LIMIT 1
) AS newest ON true
CROSS JOIN (
    SELECT count(*) AS number, max(each.recorded_at) AS recorded_at
    FROM (SELECT arrivals.recorded_at FROM arrivals LIMIT {CHANGES_AT_ONCE}) AS each
) AS few
CROSS JOIN (
    SELECT count(*) AS number, max(releases.at) AS at FROM releases
) AS named
"""
"""How far the feed has come, how much has arrived that has no position yet, and the releases.

Until it is given positions, what has arrived only grows: its number tells one state from another.
"""


def catch_up(connection: Connection) -> None:
    """Give positions to all that has arrived, unless that would take too long."""
    deadline = monotonic() + NUMBERING_SECONDS
    while number(connection) >= CHANGES_AT_ONCE and monotonic() < deadline:
        pass


class State(NamedTuple):
    """A state of all records and releases.

    Two reads of one state give the same `name`; it has none where so much has arrived that has no
    position yet that telling would take too long. `arrived` is how many such changes there are.
    """

    name: str | None
    arrived: int


def state(connection: Connection) -> State:
    """Read which state of all records and releases a connection sees."""
    [row] = connection.execute(STATE).fetchall()
    arrived: int = row[2]
    return State(None if arrived >= CHANGES_AT_ONCE else " ".join(map(str, row)), arrived)
