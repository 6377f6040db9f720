"""The feed: every change of a record once, in an order that never changes and misses nothing.

Each write puts its changes into `arrivals`, in its own transaction. Whoever reads the feed first
moves what has been committed by then to `changes`, and gives it its positions: one at a time, by a
lock that is held until the commit, and each sees what the one before has committed. So positions
have no gaps, whoever sees one sees all those before it, and a transaction that commits late comes
behind every position that was handed out by then: nothing slips in behind a cursor.

What is moved together is sorted by the instant of each change. A record's later change begins to
stand later, and can only be committed after the one before it: so whoever moves it moves the
earlier one with it, before it, or has found it moved. The same holds of what a write has seen, such
as the event that a statement is about.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import chain
from time import monotonic
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import errors, sql

from models.database.connections import Connection
from models.past import derivations
from models.table import UNASSESSED
from models.tables import TABLES

NUMBERING_LOCK = 4_017_263_513
"""The advisory lock under which positions are given: any number that nobody else uses."""

CHANGES_AT_ONCE = 10_000
"""How many changes are given positions at once, and all others of the last one's instant."""

NUMBERING_SECONDS = 2
"""How long a reader gives positions, where more has arrived than it needs."""

SPAN = 500_000
"""Number of positions scanned at once, however few of them match."""

WHOLE = 2**62
"""A span without an end."""

NUMBERING = """
WITH gone AS (
    DELETE FROM arrivals WHERE arrivals.recorded_at <= coalesce((
        SELECT arrivals.recorded_at FROM arrivals ORDER BY arrivals.recorded_at
        OFFSET %(chunk)s - 1 LIMIT 1
    ), 'infinity')
    RETURNING arrivals.number, arrivals.resource, arrivals.id, arrivals.version, arrivals.dataset,
        arrivals.operation, arrivals.recorded_at, arrivals.key_id, arrivals.method, arrivals.comment
),
numbered AS (
    INSERT INTO changes
        (position, resource, id, version, dataset, operation, recorded_at, key_id, method, comment)
    SELECT newest.position + row_number() OVER (ORDER BY gone.recorded_at, gone.number),
        gone.resource, gone.id, gone.version, gone.dataset, gone.operation, gone.recorded_at,
        gone.key_id, gone.method, gone.comment
    FROM gone, (SELECT coalesce(max(changes.position), 0) AS position FROM changes) AS newest
    RETURNING changes.position
)
SELECT count(*) FROM numbered
"""

STATE: LiteralString = """
WITH state AS MATERIALIZED (
    SELECT coalesce(newest.position, 0) AS newest, EXISTS (SELECT FROM arrivals) AS arrived, (
        SELECT changes.recorded_at FROM changes WHERE changes.position = %(position)s
    ) AS known, least(coalesce(newest.position, 0), %(until)s) AS until
    FROM (SELECT max(changes.position) AS position FROM changes) AS newest
)
SELECT state.newest, state.arrived, state.known, state.until, (
    SELECT changes.recorded_at FROM changes WHERE changes.position = state.until
), found.*
FROM state LEFT JOIN LATERAL ({page}) AS found ON true ORDER BY found.position {direction}
"""

PAGE: LiteralString = """
SELECT changes.position, changes.resource, changes.id, changes.version, changes.dataset,
    changes.operation, changes.recorded_at, changes.key_id, changes.method, changes.comment
FROM changes WHERE {conditions}
ORDER BY changes.position {direction} LIMIT %(limit)s
"""

FORWARDS: LiteralString = "changes.position > %(position)s AND changes.position <= %(until)s"
BACKWARDS: LiteralString = "changes.position < %(position)s AND changes.position >= %(until)s"
"""Which positions are scanned: behind a place, or before it."""

MERGED: LiteralString = """
SELECT each.* FROM unnest({values}::text[]) AS wanted (value) CROSS JOIN LATERAL ({page}) AS each
ORDER BY each.position {direction} LIMIT %(limit)s
"""

INDEXED = ("id", "dataset", "resource")
"""Columns that have an index with positions behind them; scans of several values are merged."""

RECORDS: LiteralString = """
SELECT wanted.position, ever.body || coalesce(ever.assessed, {}) || ever.derived
FROM unnest(%(positions)s::bigint[], %(ids)s::{}[], %(instants)s::timestamptz[])
    AS wanted (position, id, recorded_at)
JOIN {} AS ever ON ever.id = wanted.id AND ever.recorded_at = wanted.recorded_at
WHERE NOT ever.withdrawn
"""


class Ahead(Exception):  # noqa: N818 - it names what is so
    """The place is ahead of the feed, as after a restored backup."""


class Place(NamedTuple):
    """A place in the feed: after the change at a position, with its instant if known."""

    position: int
    recorded_at: datetime | None = None


BEGIN = Place(0)
"""The place before all changes."""


class Change(NamedTuple):
    """A change of a record: the version it made, when, by whom, how and why."""

    position: int
    resource: str
    id: str
    version: int
    dataset: str
    operation: str
    recorded_at: datetime
    key_id: UUID | None
    method: str | None
    comment: str | None


class Part(NamedTuple):
    """Changes, and the place after all that were searched.

    Also whether more follows that place, and whether more has arrived that has no position yet.
    """

    changes: list[Change]
    end: Place
    further: bool
    arrived: bool


def read(
    connection: Connection,
    after: Place,
    limit: int,
    asked: Mapping[str, list[str]],
    span: int = SPAN,
) -> Part:
    """Read up to `limit` matching changes after a place; or raise Ahead.

    All that was committed before is looked through, unless that would take too long.
    """
    deadline, more = monotonic() + NUMBERING_SECONDS, True
    while True:
        part = look(connection, after, limit, asked, span)
        if part.changes and (part.further or len(part.changes) == limit):
            return part
        if monotonic() > deadline:
            return part
        if part.further:
            after = part.end
        elif part.arrived and more:
            more = number(connection) >= CHANGES_AT_ONCE
        else:
            return part


def newest(connection: Connection) -> Place:
    """Give the place after all committed changes."""
    return read(connection, BEGIN, 0, {}, WHOLE).end


def look(
    connection: Connection,
    after: Place,
    limit: int,
    asked: Mapping[str, list[str]],
    span: int = SPAN,
) -> Part:
    """Read the changes that have a position, within a span, by one statement; or raise Ahead."""
    bound = after.position + span
    values = {**asked, "position": after.position, "until": bound, "limit": limit}
    rows = connection.reader.execute(selecting(tuple(sorted(asked))), values).fetchall()
    newest, arrived, known, until, recorded_at = rows[0][:5]
    if after.position > newest or (after.recorded_at and after.recorded_at != known):
        raise Ahead
    changes = [Change(*row[5:]) for row in rows if row[5] is not None]
    end = Place(until, recorded_at) if until else BEGIN
    if 0 < limit <= len(changes):
        end = Place(changes[-1].position, changes[-1].recorded_at)
    return Part(changes, end, newest > bound, arrived)


def read_back(
    connection: Connection,
    before: Place | None,
    limit: int,
    asked: Mapping[str, list[str]],
    span: int = SPAN,
) -> tuple[list[Change], Place | None]:
    """Read up to `limit` changes before a place, or the newest, in reverse order; or raise Ahead.

    Also gives the place before which to go on, None where nothing can be there any more.
    """
    deadline = monotonic() + NUMBERING_SECONDS
    before = before or Place(newest(connection).position + 1)
    statement = selecting(tuple(sorted(asked)), backwards=True)
    while True:
        first = max(before.position - span, 1)
        values = {**asked, "position": before.position, "until": first, "limit": limit + 1}
        rows = connection.reader.execute(statement, values).fetchall()
        last, _, known, _, recorded_at = rows[0][:5]
        if before.position > last + 1 or (before.recorded_at and before.recorded_at != known):
            raise Ahead
        changes = [Change(*row[5:]) for row in rows if row[5] is not None]
        if len(changes) > limit:
            end = changes[limit - 1]
            return changes[:limit], Place(end.position, end.recorded_at)
        before = Place(first, recorded_at)
        if first == 1:
            return changes, None
        if changes or monotonic() > deadline:
            return changes, before


def number(connection: Connection) -> int:
    """Assign positions to changes that have arrived, up to a maximum; count them.

    Nothing, 0, where the database takes no writes: another one does this then.
    """
    try:
        with connection.transaction():
            # Apart from what follows, which has to see what the holder before has committed.
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (NUMBERING_LOCK,))
            [[numbered]] = connection.execute(NUMBERING, {"chunk": CHANGES_AT_ONCE}).fetchall()
            return int(numbered)
    except errors.ReadOnlySqlTransaction:
        return 0


def records(connection: Connection, changes: Iterable[Change]) -> dict[int, str]:
    """Read records as their changes left them: position -> JSON text, unless withdrawn."""
    found: dict[int, str] = {}
    for resource, own in by_resource(changes):
        positions, ids, instants = map(list, zip(*own, strict=True))
        values = {"positions": positions, "ids": ids, "instants": instants}
        found |= dict(connection.execute(remembering(resource), values).fetchall())
    return found


def derived(connection: Connection, changes: Iterable[Change]) -> dict[int, dict[str, Any]]:
    """Read the derived members that changed: position -> member -> before and after."""
    several = by_resource(each for each in changes if each.operation not in {"create", "assess"})
    read = (derivations.read(connection, TABLES[resource], own) for resource, own in several)
    return dict(chain.from_iterable(read))


def by_resource(changes: Iterable[Change]) -> Iterator[tuple[str, list[tuple[int, str, datetime]]]]:
    """Group changes by resource: the position, the id and the instant of each."""
    found: dict[str, list[tuple[int, str, datetime]]] = {}
    for each in changes:
        found.setdefault(each.resource, []).append((each.position, each.id, each.recorded_at))
    yield from sorted(found.items())


@cache
def selecting(names: tuple[str, ...], *, backwards: bool = False) -> bytes:
    """Compose the statement that reads filtered changes after or before a place."""
    direction = sql.SQL("DESC" if backwards else "ASC")
    index = next((name for name in INDEXED if name in names), None)
    conditions = [
        sql.SQL("changes.{} = ANY({}::text[])").format(sql.Identifier(name), sql.Placeholder(name))
        for name in names
        if name != index
    ]
    if index:
        conditions.append(sql.SQL("changes.{} = wanted.value").format(sql.Identifier(index)))
    between = sql.SQL(BACKWARDS if backwards else FORWARDS)
    chosen = sql.SQL(" AND ").join([between, *conditions])
    page = sql.SQL(PAGE).format(conditions=chosen, direction=direction)
    if index:
        merged = sql.SQL(MERGED)
        page = merged.format(values=sql.Placeholder(index), page=page, direction=direction)
    return sql.SQL(STATE).format(page=page, direction=direction).as_bytes()


@cache
def remembering(resource: str) -> bytes:
    """Compose the statement that reads records of a resource at their changes."""
    table = TABLES[resource]
    names = sql.SQL(table.id_type), sql.SQL(f"{table.name}_ever")
    return sql.SQL(RECORDS).format(sql.Literal(UNASSESSED), *names).as_bytes()
