"""References: the records that a write refers to, and those that refer to a record."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import LiteralString

from psycopg import sql

from models.database.connections import Connection
from models.tables import TABLES


class Referred(Exception):  # noqa: N818 - it names what is so
    """A record cannot be withdrawn, since others refer to it."""

    def __init__(self, referrers: list[tuple[str, str]]) -> None:
        """Keep which: resource and id."""
        super().__init__(f"{len(referrers)} records")
        self.referrers = referrers


def missing(
    connection: Connection, wanted: Mapping[str, Iterable[str]]
) -> tuple[set[tuple[str, str]], datetime]:
    """List the wanted records (resource -> ids) that are missing, and lock the others.

    Until commit, those that stand cannot be withdrawn by others. Also gives the instant at which
    they are locked.
    """
    ids = {resource: sorted({*wanted[resource]}) for resource in TABLES if resource in wanted}
    [[*found, now]] = connection.reader.execute(_standing(tuple(ids)), ids).fetchall()
    lost = {
        (resource, one)
        for (resource, sought), existing in zip(ids.items(), found, strict=True)
        for one in {*sought} - {*existing}
    }
    return lost, now


def instant(connection: Connection) -> datetime:
    """Give the instant of a writing transaction, and assign its transaction id."""
    return missing(connection, {})[1]


@cache
def _standing(resources: tuple[str, ...]) -> bytes:
    """Compose the statement that locks records: arrays of ids by resource, and the instant."""
    each = [
        sql.SQL(
            "ARRAY(SELECT {0}.id::text FROM {0} WHERE {0}.id = ANY({2}::{1}[])"
            " AND NOT {0}.withdrawn ORDER BY {0}.id FOR KEY SHARE)"
        ).format(
            sql.SQL(TABLES[resource].name),
            sql.SQL(TABLES[resource].id_type),
            sql.Placeholder(resource),
        )
        for resource in resources
    ]
    # Who has a transaction's number has it before the instant: see `past.as_of.horizon`.
    clock = sql.SQL("CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END")
    return sql.SQL("SELECT {}").format(sql.SQL(", ").join([*each, clock])).as_bytes()


MAX_REFERRERS = 20
"""Maximum number of referring records that are named."""

REPLACED: LiteralString = (
    "CASE WHEN {0}.retracted THEN ({0}.body || {0}.derived)::json"
    " #>> ARRAY['retraction', 'superseded_by'] = %(id)s::text END"
)
"""Which datasets, of which there are few, a dataset takes the place of: it has no UUID."""


def refuse_if_referred(connection: Connection, resource: str, record_id: str) -> None:
    """Raise Referred if records refer to this one, which is locked already."""
    conditions: dict[str, LiteralString] = dict.fromkeys(
        TABLES, "{0}.refers_to @> ARRAY[%(id)s::text::uuid]"
    )
    if resource == "datasets":
        conditions = dict.fromkeys(TABLES, "{0}.dataset = %(id)s::text") | {"datasets": REPLACED}
    each = (
        sql.SQL(
            f"(SELECT {{1}}, {{0}}.id::text FROM {{0}} WHERE {conditions[name]}"
            f" AND NOT {{0}}.withdrawn AND {{0}}.id::text <> %(id)s::text LIMIT {MAX_REFERRERS})"
        ).format(sql.SQL(table.name), sql.Literal(table.name))
        for name, table in TABLES.items()
    )
    statement = sql.SQL(" UNION ALL ").join(each)
    referrers = connection.execute(statement, {"id": record_id}).fetchmany(MAX_REFERRERS)
    if referrers:
        raise Referred(referrers)
