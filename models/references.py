"""What records refer to, and what refers to them."""

from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

from psycopg import Connection, sql

from models.actors import ACTORS
from models.datasets import DATASETS
from models.documents import DOCUMENTS
from models.events import EVENTS
from models.locations import LOCATIONS
from models.statements import STATEMENTS
from models.table import Table

TABLES: dict[str, Table] = {
    table.name: table for table in (DATASETS, DOCUMENTS, ACTORS, LOCATIONS, EVENTS, STATEMENTS)
}
"""Every table of records, in an order in which each refers mostly to those before it."""


class Referred(Exception):  # noqa: N818 - it names what is so
    """A record cannot be withdrawn, since others refer to it."""

    def __init__(self, referrers: list[tuple[str, str]]) -> None:
        """Keep which: resource and id."""
        super().__init__(f"{len(referrers)} records")
        self.referrers = referrers


def missing(
    connection: Connection[Any], wanted: Mapping[str, Iterable[str]]
) -> set[tuple[str, str]]:
    """Say which of the wanted records (resource -> ids) do not stand; hold the others.

    Until commit, those that stand cannot be withdrawn by others.
    """
    lost: set[tuple[str, str]] = set()
    for resource in TABLES:
        ids = sorted(set(wanted.get(resource, ())))
        if ids:
            rows = connection.execute(_standing(resource), (ids,)).fetchall()
            lost |= {(resource, one) for one in set(ids) - {row[0] for row in rows}}
    return lost


def _standing(resource: str) -> bytes:
    table = TABLES[resource]
    return (
        sql.SQL(
            "SELECT {0}.id::text FROM {0} WHERE {0}.id = ANY(%s::{1}[]) AND NOT {0}.withdrawn"
            " ORDER BY {0}.id FOR KEY SHARE"
        )
        .format(sql.SQL(table.name), sql.SQL(table.id_type))
        .as_bytes()
    )


LARGEST = 20
"""So many referring records are named at the most."""


def refuse_if_referred(connection: Connection[Any], resource: str, record_id: str) -> None:
    """Raise Referred where standing records refer to this one, which is held already."""
    condition: LiteralString = "{0}.refers_to @> ARRAY[%(id)s::text::uuid]"
    if resource == "datasets":
        condition = "{0}.dataset = %(id)s::text"
    each = sql.SQL(
        f"(SELECT {{1}}, {{0}}.id::text FROM {{0}} WHERE {condition} AND NOT {{0}}.withdrawn"
        f" AND {{0}}.id::text <> %(id)s::text LIMIT {LARGEST})"
    )
    statement = sql.SQL(" UNION ALL ").join(
        each.format(sql.SQL(table.name), sql.Literal(table.name)) for table in TABLES.values()
    )
    referrers = connection.execute(statement, {"id": record_id}).fetchmany(LARGEST)
    if referrers:
        raise Referred(referrers)
