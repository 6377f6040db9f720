"""Ids that records have elsewhere: each is held by one record of a dataset and resource."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from models.database.connections import Connection

KEPT: LiteralString = (
    "INSERT INTO external_ids_history"
    " SELECT after(gone.recorded_at, %(recorded_at)s), gone.* FROM gone"
    " WHERE gone.recorded_at <> %(recorded_at)s"
)
"""Keeps who held what is let go of."""


class Holder(NamedTuple):
    """Which record holds an external id; perhaps that of one that was merged into it."""

    external_id: str
    resource: str
    id: str
    merged_from: str | None = None


class Conflict(Exception):  # noqa: N818 - it names what is so
    """External ids are held by other records of the same dataset and resource."""

    def __init__(self, holders: Sequence[Holder]) -> None:
        """Keep who holds them."""
        super().__init__(", ".join(f"{holder.external_id}: {holder.id}" for holder in holders))
        self.holders = holders
        self.pointer = ""
        self.withdrawn: set[str] = set()


def names(record: Mapping[str, Any]) -> list[str]:
    """Write a record's external ids as `scheme:value`."""
    return [f"{scheme}:{value}" for scheme, value in record["external_ids"].items()]


def hold(connection: Connection, resource: str, record: Mapping[str, Any]) -> None:
    """Hold a standing record's external ids, and let go of others; Conflict if one is taken.

    Those that it was given by a merge are let go of by the end of the merge alone.
    """
    wanted = names(record)
    held = {**record, "resource": resource, "wanted": wanted}
    connection.execute(
        "WITH gone AS (DELETE FROM external_ids WHERE external_ids.id = %(id)s"
        " AND external_ids.resource = %(resource)s AND external_ids.merged_from IS NULL"
        " AND (external_ids.external_id <> ALL(%(wanted)s) OR external_ids.dataset <> %(dataset)s)"
        " RETURNING external_ids.*)"
        f" {KEPT}",
        held,
    )
    if not wanted:
        return
    # Waits for others who are about to hold one of them, and leaves theirs to them.
    taken = connection.execute(
        "INSERT INTO external_ids (external_id, resource, dataset, id, recorded_at)"
        " SELECT wanted, %(resource)s, %(dataset)s, %(id)s, %(recorded_at)s"
        " FROM unnest(%(wanted)s::text[]) AS wanted ON CONFLICT DO NOTHING",
        held,
    )
    if taken.rowcount < len(wanted):
        refuse(connection, resource, record)


def refuse(connection: Connection, resource: str, record: Mapping[str, Any]) -> None:
    """Raise Conflict where others hold external ids of a record."""
    holders = find(connection, resource, record["dataset"], names(record))
    others = [holder for holder in holders if holder.id != record["id"]]
    if others:
        raise Conflict(others)


def find(
    connection: Connection, resource: str, dataset: str, wanted: Sequence[str]
) -> list[Holder]:
    """Find who holds any of the wanted external ids, in a dataset."""
    rows = connection.execute(
        "SELECT external_ids.external_id, external_ids.resource, external_ids.id,"
        " external_ids.merged_from FROM external_ids"
        " WHERE external_ids.resource = %s AND external_ids.dataset = %s"
        " AND external_ids.external_id = ANY(%s)",
        (resource, dataset, list(wanted)),
    )
    return [Holder(*row) for row in rows]
