"""Derivations: derived members of records at an instant, and those before."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, LiteralString

import orjson
from psycopg import sql

from models.database.connections import Connection
from models.table import Table

BOTH: LiteralString = """
SELECT wanted.place, earlier.derived, its.derived
FROM unnest(%(places)s::bigint[], %(ids)s::{type}[], %(instants)s::timestamptz[])
    AS wanted (place, id, recorded_at)
JOIN {ever} AS its ON its.id = wanted.id AND its.recorded_at = wanted.recorded_at
LEFT JOIN LATERAL (
    SELECT old.derived FROM {history} AS old
    WHERE old.id = wanted.id AND old.recorded_at < wanted.recorded_at
    ORDER BY old.recorded_at DESC LIMIT 1
) AS earlier ON true
"""
"""Derived members of records since some instants, and as they were before these."""


def read(
    connection: Connection, table: Table, changes: Iterable[tuple[int, str, datetime]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the derived members that some changes made, each by its place, id and instant.

    Yields the place of each change by which that is so, and each member before and after it.
    """
    places, ids, instants = zip(*changes, strict=True)
    given = {"places": [*places], "ids": [*ids], "instants": [*instants]}
    for place, *ends in connection.execute(reading(table), given):
        before, after = (members(end or "}") for end in ends)
        found = {
            member: {"before": before.get(member), "after": value}
            for member, value in after.items()
            if before.get(member) != value
        }
        if found:
            yield place, found


def members(derived: str) -> dict[str, Any]:
    """Read the derived end of a record's text."""
    found: dict[str, Any] = orjson.loads(f"{{{derived.removeprefix(',')}")
    return found


@cache
def reading(table: Table) -> bytes:
    """Compose the statement that reads what was derived of a table's records."""
    return (
        sql.SQL(BOTH)
        .format(
            type=sql.SQL(table.id_type),
            ever=sql.SQL(f"{table.name}_ever"),
            history=sql.SQL(f"{table.name}_history"),
        )
        .as_bytes()
    )
