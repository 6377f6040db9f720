"""Counterparts of an actor: events in common by year, and who acts on whom in them."""

from collections.abc import Sequence
from typing import Literal, LiteralString, NamedTuple

from psycopg import sql

from models.database.connections import Connection
from models.lists.counted import Counted
from models.lists.networks import OF_SOME, ROLES, fetch, looked

Way = Literal["to", "by", "together"]
"""Done to the other, done by it, or neither."""

STATEMENT: LiteralString = """
WITH {looked}, {roles}
SELECT others.actor_id::text, way.name,
    extract(year FROM coalesce(counted.first, counted.last))::integer, count(*)
FROM own JOIN roles AS others ON others.id = own.id
JOIN counted ON counted.id = own.id
CROSS JOIN LATERAL (VALUES
    ('to', own.acts AND others.suffers),
    ('by', others.acts AND own.suffers),
    ('together', NOT (own.acts AND others.suffers) AND NOT (others.acts AND own.suffers))
) AS way (name, holds)
WHERE way.holds AND others.actor_id = ANY(%(others)s::uuid[])
    AND others.actor_id <> own.actor_id
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


class Common(NamedTuple):
    """Events in common with another actor in a year; it is that in which they may have begun."""

    other: str
    way: Way
    year: int | None
    events: int


def by_year(
    connection: Connection, counted: Counted, actor: str, others: Sequence[str]
) -> list[Common]:
    """Count events of an actor with others by year, as its network counts them."""
    statement = sql.SQL(STATEMENT).format(looked=looked(counted, OF_SOME), roles=sql.SQL(ROLES))
    given = {"expanded": [actor], "others": [*others]}
    return [Common(*row) for row in fetch(connection, statement, counted, given)]
