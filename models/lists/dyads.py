"""Dyads: counts of events by pairs of initiator and target."""

from typing import Any, LiteralString

from psycopg import sql

from models.database.connections import Connection
from models.lists.counted import Counted
from models.lists.networks import LEAVING, NUMBERS, SUMS, TYPES, fetch, left_out, looked

EACH: LiteralString = """
    CROSS JOIN LATERAL (
        SELECT participants.actor_id FROM participants
        WHERE participants.event_id = counted.id AND participants.role = {role}
            AND participants.actor_id IS NOT NULL OFFSET 0
    ) AS {name}
"""
"""Participants of each event by itself, which is faster than to join them all for a part."""

ALL: LiteralString = """
    JOIN participants AS {name} ON {name}.event_id = counted.id AND {name}.role = {role}
        AND {name}.actor_id IS NOT NULL
"""

DYADS: LiteralString = """
WITH {looked},
pairs AS (
    SELECT DISTINCT counted.id, counted.type, counted.status, counted.certain, counted.first,
        counted.last, targets.actor_id AS target, initiators.actor_id AS initiator
    FROM counted {targets} {initiators}
),
by_type AS MATERIALIZED (
    SELECT pairs.initiator, pairs.target, pairs.type, {numbers}
    FROM pairs GROUP BY pairs.initiator, pairs.target, pairs.type
),
dyads AS MATERIALIZED (
    SELECT by_type.initiator, by_type.target, {sums}
    FROM by_type GROUP BY by_type.initiator, by_type.target
),
shown AS MATERIALIZED (
    SELECT dyads.*, row_number() OVER (ORDER BY {order}) AS place
    FROM dyads ORDER BY place LIMIT %(limit)s
),
types AS (
    SELECT shown.place, {types}
    FROM shown JOIN by_type ON by_type.initiator = shown.initiator
        AND by_type.target = shown.target
    GROUP BY shown.place
)
SELECT (
    SELECT json_agg(json_build_object(
        'initiator', json_build_object('id', shown.initiator, 'name', initiators.name),
        'target', json_build_object('id', shown.target, 'name', targets.name),
        'count', shown.count, 'possible', shown.possible, 'disputed', shown.disputed,
        'types', types.types, 'first', shown.first, 'last', shown.last
    ) ORDER BY shown.place)
    FROM shown JOIN types ON types.place = shown.place
    JOIN actors AS initiators ON initiators.id = shown.initiator
    JOIN actors AS targets ON targets.id = shown.target
), (
    SELECT json_build_object('dyads', count(*), 'count', sum(dyads.count),
        'possible', sum(dyads.possible), 'disputed', sum(dyads.disputed))
    FROM dyads
), ({leaving})
"""

ORDERS: dict[str, LiteralString] = {
    "count": "dyads.count + dyads.possible {0}, dyads.count {0}",
    "disputed": "dyads.disputed {0}, dyads.count + dyads.possible {0}",
    "first": "dyads.first {0} NULLS LAST",
    "last": "dyads.last {0} NULLS LAST",
}
"""Orders of dyads; ties are broken by the ids."""


def dyads(connection: Connection, counted: Counted, *, order: str, limit: int) -> dict[str, Any]:
    """Count the events of each pair of initiator and target, and sum up those after `limit`."""
    direction: LiteralString = "DESC" if order.startswith("-") else "ASC"
    joined: LiteralString = ALL if counted.everything else EACH
    statement = sql.SQL(DYADS).format(
        looked=looked(counted),
        targets=sql.SQL(joined).format(name=sql.SQL("targets"), role=sql.Literal("target")),
        initiators=sql.SQL(joined).format(
            name=sql.SQL("initiators"), role=sql.Literal("initiator")
        ),
        numbers=sql.SQL(NUMBERS).format(sql.SQL("pairs")),
        sums=sql.SQL(SUMS).format(sql.SQL("by_type")),
        types=sql.SQL(TYPES).format(sql.SQL("by_type")),
        order=sql.SQL(f"{ORDERS[order.removeprefix('-')]}, dyads.initiator, dyads.target").format(
            sql.SQL(direction)
        ),
        leaving=sql.SQL(LEAVING),
    )
    given = {"limit": limit, "roles": ["initiator", "target"]}
    [[found, all_of_them, leaving]] = fetch(connection, statement, counted, given)
    items = found or []
    rest = {
        name: (all_of_them[name] or 0) - (sum(item[name] for item in items))
        for name in ("count", "possible", "disputed")
    }
    beyond = all_of_them["dyads"] - len(items)
    return {
        "items": items,
        "others": {"dyads": beyond, **rest} if beyond else None,
        "left_out": left_out(leaving),
    }
