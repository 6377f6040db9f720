"""Releases: instants that have a name."""

from datetime import datetime
from typing import Any

from psycopg import Connection


def instant(connection: Connection[Any], name: str) -> datetime | None:
    """Give the instant of a release; None where there is none of this name."""
    row = connection.execute("SELECT releases.at FROM releases WHERE releases.name = %s", (name,))
    found = row.fetchone()
    return found[0] if found else None
