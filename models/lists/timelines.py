"""Timelines of actors: events, statements and affiliations in one order, found from indexes."""

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection

KINDS = ("affiliation", "event", "statement")
"""Kinds of entries, in the order of those of one day."""


class Entry(NamedTuple):
    """An entry of a timeline: its kind, its key and its id, of affiliations with their position."""

    kind: str
    key: str
    id: str


IS_SHOWN: LiteralString = "NOT statements.withdrawn AND NOT statements.retracted"
"""The condition on a statement that is shown."""

BRANCHES: Sequence[tuple[str, LiteralString, LiteralString, LiteralString, LiteralString]] = (
    (
        "event",
        "participants.begins",
        "participants.event_id",
        "events JOIN participants ON participants.event_id = events.id",
        "participants.actor_id = %(actor)s::uuid AND NOT events.withdrawn AND NOT events.retracted",
    ),
    (
        "statement",
        "statements.begins",
        "statements.id",
        "statements",
        f"statements.speaker_id = %(actor)s::uuid AND {IS_SHOWN}",
    ),
    (
        "statement",
        "statements.begins",
        "statements.id",
        "statements",
        f"statements.on_behalf_of_id = %(actor)s::uuid AND {IS_SHOWN}",
    ),
    (
        "statement",
        "listeners.begins",
        "listeners.statement_id",
        "statements JOIN listeners ON listeners.statement_id = statements.id",
        f"listeners.part = 'addressee' AND listeners.actor_id = %(actor)s::uuid AND {IS_SHOWN}",
    ),
    (
        "statement",
        "listeners.begins",
        "listeners.statement_id",
        "statements JOIN listeners ON listeners.statement_id = statements.id",
        f"listeners.part = 'carrier' AND listeners.actor_id = %(actor)s::uuid AND {IS_SHOWN}",
    ),
    (
        "statement",
        "claims.begins",
        "claims.statement_id",
        "statements JOIN claims ON claims.statement_id = statements.id",
        f"claims.actor_id = %(actor)s::uuid AND {IS_SHOWN}",
    ),
)
"""Where entries are found: their kind, key, id and source, and which of them are the actor's."""

LIST_AFFILIATIONS: LiteralString = """
    SELECT affiliations.starts_on::timestamp AS key, affiliations.starts_on, affiliations.ends_on,
        affiliations.actor_id || ' ' || lpad(affiliations.position::text, 5, '0') AS id
    FROM affiliations JOIN actors ON actors.id = affiliations.actor_id
    WHERE (affiliations.actor_id = %(actor)s::uuid OR affiliations.of_id = %(actor)s::uuid)
        AND NOT actors.withdrawn AND (NOT actors.retracted OR actors.id = %(actor)s::uuid)
"""
"""The affiliations of an actor, and those of others to it."""

DAYS: dict[str, LiteralString] = {
    "event": "events.begins < %(until)s::date + 1 AND events.ends_on >= %(since)s",
    "statement": "statements.begins < %(until)s::date + 1 AND statements.ends_on >= %(since)s",
    "affiliation": "affiliations.starts_on <= %(until)s AND affiliations.ends_on >= %(since)s",
}
"""Whether an entry may have been on the days that are asked for."""


class Asked(NamedTuple):
    """The requested part of a timeline: between `days` if any, and after an entry."""

    kinds: Sequence[str]
    descending: bool
    limit: int
    days: tuple[str, str] | None
    after: Entry | None


def search(connection: Connection, actor: str, asked: Asked) -> list[Entry]:
    """Find a part of an actor's timeline."""
    values: dict[str, Any] = {"actor": actor, "limit": asked.limit}
    if asked.days:
        values |= {"since": asked.days[0], "until": asked.days[1]}
    if asked.after:
        values |= {"key": asked.after.key, "id": asked.after.id}
    statement = sql.SQL(
        "SELECT found.kind, found.key::text, found.id"
        " FROM (SELECT DISTINCT each.* FROM ({each}) AS each (kind, key, id)) AS found"
        ' ORDER BY found.key {order}, found.kind COLLATE "C" {order}, found.id COLLATE "C" {order}'
        " LIMIT %(limit)s"
    ).format(each=sql.SQL(" UNION ALL ").join(branches(asked)), order=direction(asked))
    rows = ClientCursor(connection).execute(statement.as_bytes(), values).fetchall()
    return [Entry(*row) for row in rows]


def branches(asked: Asked) -> Iterator[sql.Composable]:
    """Compose the search for entries of each kind, after the last one."""
    for kind, key, record_id, source, own in BRANCHES:
        if kind in asked.kinds:
            yield sql.SQL(
                "(SELECT DISTINCT ON ({key}, {id}) {kind}, {key}, {id}::text FROM {source}"
                " WHERE {own} AND {wanted} ORDER BY {key} {order}, {id} {order} LIMIT %(limit)s)"
            ).format(
                kind=sql.Literal(kind),
                key=sql.SQL(key),
                id=sql.SQL(record_id),
                source=sql.SQL(source),
                own=sql.SQL(own),
                wanted=wanted(asked, kind, key, record_id),
                order=direction(asked),
            )
    if "affiliation" in asked.kinds:
        yield sql.SQL(
            "(SELECT 'affiliation', affiliations.key, affiliations.id FROM ({own}) AS affiliations"
            " WHERE {wanted})"
        ).format(
            own=sql.SQL(LIST_AFFILIATIONS),
            wanted=wanted(asked, "affiliation", "affiliations.key", 'affiliations.id COLLATE "C"'),
        )


def wanted(asked: Asked, kind: str, key: LiteralString, record_id: LiteralString) -> sql.Composable:
    """Compose the condition that an entry is between the days, and after the last one."""
    conditions: list[LiteralString] = ["true"]
    if asked.days:  # the key is that of an index, which the day that a record begins is not
        conditions += [DAYS[kind], key + " < %(until)s::date + 1"]
    if asked.after:
        last = asked.after.kind
        sign: LiteralString = "<" if asked.descending else ">"
        if kind == last:
            of: LiteralString = "text" if kind == "affiliation" else "uuid"
            after: LiteralString = "(%(key)s::timestamp, %(id)s::" + of + ")"
            conditions.append("(" + key + ", " + record_id + ") " + sign + " " + after)
        else:
            # Of those that have the same key, some kinds come after this one.
            same = (kind < last) if asked.descending else (kind > last)
            conditions.append(key + " " + sign + ("= " if same else " ") + "%(key)s::timestamp")
    return sql.SQL(" AND ").join(map(sql.SQL, conditions))


def direction(asked: Asked) -> sql.SQL:
    """Give the direction of the order."""
    return sql.SQL("DESC" if asked.descending else "ASC")
