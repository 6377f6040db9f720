"""Networks: actors that take part in events together, and the events counted for that."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.counted import LEFT_OUT, Counted

LOOKED: LiteralString = """
looked AS MATERIALIZED (
    {parts}
),
counted AS MATERIALIZED (
    SELECT looked.* FROM looked WHERE looked.status <> ALL(%(without)s::text[])
)
"""

PART: LiteralString = """
    SELECT events.id, events.type, {status} AS status, ({certain}) AS certain,
        nullif(events.begins::date, '-infinity') AS first,
        CASE events.ends_on WHEN 'infinity' THEN nullif(events.begins::date, '-infinity')
            ELSE nullif(events.ends_on, '-infinity') END AS last
    FROM events WHERE {where}
"""
"""Events that are looked at: an end that is open is no day, then it is the day of the begin.

All of this is in the index of summaries, so that nothing else is read of many events.
"""

STATUS: LiteralString = "events.status"
STATUS_BELOW: LiteralString = (
    "CASE WHEN events.modality <> 'actual' THEN 'hypothetical' ELSE events.status END"
)
"""The status that decides whether an event is counted; that of a retracted one hides another."""

NUMBERS: LiteralString = """
    count(*) FILTER (WHERE {0}.certain) AS count,
    count(*) FILTER (WHERE NOT {0}.certain) AS possible,
    count(*) FILTER (WHERE {0}.status = 'disputed') AS disputed,
    min({0}.first) AS first, max({0}.last) AS last
"""

SUMS: LiteralString = """
    sum({0}.count)::integer AS count, sum({0}.possible)::integer AS possible,
    sum({0}.disputed)::integer AS disputed, min({0}.first) AS first, max({0}.last) AS last
"""

TYPES: LiteralString = """
    json_object_agg({0}.type, {0}.count + {0}.possible
        ORDER BY {0}.count + {0}.possible DESC, {0}.type) AS types
"""

LEAVING: LiteralString = """
    SELECT json_build_object('statuses', (
        SELECT json_object_agg(left_out.status, left_out.number) FROM (
            SELECT looked.status, count(*) AS number FROM looked
            WHERE looked.status = ANY(%(without)s::text[]) GROUP BY looked.status
        ) AS left_out
    ), 'unnamed', (
        SELECT count(*) FROM counted JOIN participants ON participants.event_id = counted.id
        WHERE participants.actor_id IS NULL
            AND (%(roles)s::text[] IS NULL OR participants.role = ANY(%(roles)s::text[]))
    ))
"""
"""Events that are not counted, by their status, and participants that are no actors."""

ROLES: LiteralString = """
roles AS MATERIALIZED (
    SELECT counted.id, participants.actor_id, bool_or(participants.role = 'initiator') AS acts,
        bool_or(participants.role = 'target') AS suffers
    FROM counted JOIN participants ON participants.event_id = counted.id
    WHERE participants.actor_id IS NOT NULL
    GROUP BY counted.id, participants.actor_id
),
own AS MATERIALIZED (
    SELECT roles.* FROM roles WHERE roles.actor_id = ANY(%(expanded)s::uuid[])
)
"""
"""As what each actor takes part in each event."""

NEIGHBOURS: LiteralString = """
WITH {looked}, {roles}
SELECT roles.actor_id::text FROM roles
WHERE roles.actor_id <> ALL(%(expanded)s::uuid[])
GROUP BY roles.actor_id ORDER BY count(*) DESC, roles.actor_id LIMIT %(limit)s
"""
"""Who takes part in most events together with an actor."""

SIZES: LiteralString = """
SELECT given.id::text, (
    SELECT count(*) FROM (
        SELECT FROM participants WHERE participants.actor_id = given.id::uuid LIMIT %(most)s + 1
    ) AS few
)
FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS given (id, place) ORDER BY given.place
"""
"""In how many events actors take part, as far as that matters."""

NETWORK: LiteralString = """
WITH {looked}, {roles},
weighed AS MATERIALIZED (
    SELECT roles.actor_id AS id, count(*) AS count,
        CASE WHEN roles.actor_id = %(centre)s::uuid THEN 0 ELSE {distance} END AS distance
    FROM roles GROUP BY roles.actor_id
),
nodes AS MATERIALIZED (
    SELECT weighed.*, row_number() OVER (
        ORDER BY weighed.distance, weighed.count DESC, weighed.id
    ) AS place
    FROM weighed ORDER BY place LIMIT %(limit)s
),
pairs AS (
    SELECT own.id, link.source, link.target, link.relation
    FROM own JOIN roles ON roles.id = own.id
    CROSS JOIN LATERAL (VALUES
        (own.actor_id, roles.actor_id, 'toward', own.acts AND roles.suffers),
        (roles.actor_id, own.actor_id, 'toward',
            roles.acts AND own.suffers AND roles.actor_id <> own.actor_id),
        (least(own.actor_id, roles.actor_id), greatest(own.actor_id, roles.actor_id), 'together',
            roles.actor_id <> own.actor_id
            AND NOT (own.acts AND roles.suffers) AND NOT (roles.acts AND own.suffers))
    ) AS link (source, target, relation, holds)
    WHERE link.holds AND (roles.actor_id <> own.actor_id OR own.acts AND own.suffers)
        AND roles.actor_id IN (SELECT nodes.id FROM nodes)
        AND own.actor_id IN (SELECT nodes.id FROM nodes)
        AND (roles.actor_id <> ALL(%(expanded)s::uuid[]) OR own.actor_id <= roles.actor_id)
),
by_type AS MATERIALIZED (
    SELECT pairs.source, pairs.target, pairs.relation, counted.type, {numbers}
    FROM pairs JOIN counted ON counted.id = pairs.id
    GROUP BY pairs.source, pairs.target, pairs.relation, counted.type
),
links AS (
    SELECT by_type.source, by_type.target, by_type.relation, {sums}, {types}
    FROM by_type GROUP BY by_type.source, by_type.target, by_type.relation
)
SELECT (
    SELECT json_agg(json_build_object(
        'id', nodes.id, 'name', actors.name, 'kind', actors.kind, 'count', nodes.count,
        'distance', nodes.distance
    ) ORDER BY nodes.place)
    FROM nodes JOIN actors ON actors.id = nodes.id
), (
    SELECT json_agg(links ORDER BY links.count + links.possible DESC, links.source, links.target,
        links.relation)
    FROM links
), (
    SELECT count(*) FROM weighed
), ({leaving})
"""


OF_SOME: LiteralString = (
    "events.id IN (SELECT known.event_id FROM participants AS known"
    " WHERE known.actor_id = ANY(%(expanded)s::uuid[]))"
)
"""Events in which one of the actors takes part whose links are looked at."""

NEAR: LiteralString = """
    CASE WHEN roles.actor_id IN (
        SELECT others.actor_id FROM own JOIN roles AS others ON others.id = own.id
        WHERE own.actor_id = %(centre)s::uuid
    ) THEN 1 ELSE 2 END
"""
"""How far off an actor is that is not the one in the centre."""

MAX_EXPANDED = 20
"""Maximum number of neighbours whose own links are looked at."""

MAX_EVENTS_EXPANDED = 20_000
"""Maximum number of events that those neighbours take part in, all together."""


def network(
    connection: Connection, counted: Counted, actor: str, *, depth: int, limit: int
) -> dict[str, Any]:
    """Count the co-participants of an actor in events and, at depth 2, their own.

    Of a neighbour all links are looked at or none: those come first that have most in common with
    the actor, as long as they take part in no more events than can be looked at.
    """
    expanded = [actor]
    if depth > 1:
        expanded += expandable(connection, neighbours(connection, counted, actor, limit - 1))
    statement = sql.SQL(NETWORK).format(
        looked=looked(counted, OF_SOME),
        roles=sql.SQL(ROLES),
        distance=sql.SQL(NEAR if depth > 1 else "1"),
        numbers=sql.SQL(NUMBERS).format(sql.SQL("counted")),
        sums=sql.SQL(SUMS).format(sql.SQL("by_type")),
        types=sql.SQL(TYPES).format(sql.SQL("by_type")),
        leaving=sql.SQL(LEAVING),
    )
    given = {"expanded": expanded, "centre": actor, "limit": limit, "roles": None}
    [[nodes, links, number, leaving]] = fetch(connection, statement, counted, given)
    found = [{**node, "expanded": node["id"] in expanded} for node in nodes or []]
    beyond = number - len(found)
    return {
        "nodes": found,
        "links": links or [],
        "others": {"nodes": beyond} if beyond else None,
        "left_out": left_out(leaving),
    }


def neighbours(connection: Connection, counted: Counted, actor: str, limit: int) -> list[str]:
    """List the actors that take part in most events together with one."""
    statement = sql.SQL(NEIGHBOURS).format(looked=looked(counted, OF_SOME), roles=sql.SQL(ROLES))
    given = {"expanded": [actor], "limit": min(limit, MAX_EXPANDED)}
    return [row[0] for row in fetch(connection, statement, counted, given)]


def expandable(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Choose those of whom all events can be looked at, the first ones first."""
    room, chosen = MAX_EVENTS_EXPANDED, []
    given = {"ids": [*ids], "most": MAX_EVENTS_EXPANDED}
    for actor, events in connection.execute(SIZES, given).fetchall():
        if events <= room:
            room -= events
            chosen.append(actor)
    return chosen


def looked(counted: Counted, also: LiteralString = "true") -> sql.Composable:
    """Compose which events are looked at, and which of them counted."""
    only_actual = "hypothetical" in counted.without and "retracted" not in counted.without
    each = [
        sql.SQL(PART).format(
            status=sql.SQL(STATUS_BELOW if only_actual else STATUS),
            certain=counted.certain,
            where=sql.SQL("{} AND {}").format(sql.SQL(also), where),
        )
        for where in counted.parts
    ]
    return sql.SQL(LOOKED).format(parts=sql.SQL(" UNION ALL ").join(each))


def fetch(
    connection: Connection, statement: sql.Composable, counted: Counted, given: Mapping[str, Any]
) -> list[Any]:
    """Execute a statement, planned for its very values."""
    values = {**counted.values, "without": counted.without, **given}
    return ClientCursor(connection).execute(statement.as_bytes(), values).fetchall()


def left_out(leaving: Mapping[str, Any]) -> dict[str, int]:
    """Tell how many events were left out, by why, and how many participants that are no actors."""
    statuses = leaving["statuses"] or {}
    numbers = {name: statuses.get(status, 0) for name, status in LEFT_OUT.items()}
    return {**numbers, "unnamed": leaving["unnamed"]}
