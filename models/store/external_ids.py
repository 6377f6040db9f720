"""External ids: each is held by one record of a dataset and resource."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.database.connections import Connection

RELEASE_EXTERNAL_IDS = """
WITH gone AS (
    DELETE FROM external_ids
    WHERE external_ids.external_id = ANY(%(gone)s) AND external_ids.resource = %(resource)s
        AND external_ids.dataset = %(dataset)s AND external_ids.id = %(id)s
        AND external_ids.merged_from IS NULL
    RETURNING external_ids.*
)
INSERT INTO external_ids_history
SELECT after(gone.recorded_at, %(recorded_at)s), gone.* FROM gone
WHERE gone.recorded_at <> %(recorded_at)s
"""
"""Releases external ids, which go to the history."""

CLAIM_EXTERNAL_IDS = """
INSERT INTO external_ids (external_id, resource, dataset, id, recorded_at)
SELECT new, %(resource)s, %(dataset)s, %(id)s, %(recorded_at)s FROM unnest(%(new)s::text[]) AS new
ON CONFLICT DO NOTHING RETURNING external_id
"""
"""Takes external ids: waits for others who are about to take one, and leaves theirs to them."""


class Holder(NamedTuple):
    """The record that holds an external id, perhaps of one merged into it."""

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


def replace(
    connection: Connection, resource: str, record: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """Replace the external ids of a locked record, which had those of `before`; or Conflict.

    External ids inherited in a merge are released only when the merge is undone.
    """
    held, wanted = names(before), names(record)
    same_dataset = before["dataset"] == record["dataset"]
    gone = [name for name in held if not same_dataset or name not in wanted]
    new = [name for name in wanted if not same_dataset or name not in held]
    given = {**record, "resource": resource, "new": new}
    if gone:
        connection.execute(
            RELEASE_EXTERNAL_IDS, {**given, "gone": gone, "dataset": before["dataset"]}
        )
    if new and len(connection.execute(CLAIM_EXTERNAL_IDS, given).fetchall()) < len(new):
        refuse(connection, resource, record)


def refuse(connection: Connection, resource: str, record: Mapping[str, Any]) -> None:
    """Raise Conflict if other records hold external ids of this one."""
    holders = find(connection, resource, record["dataset"], names(record))
    others = [holder for holder in holders if holder.id != record["id"]]
    if others:
        raise Conflict(others)


def find(
    connection: Connection, resource: str, dataset: str, wanted: Sequence[str]
) -> list[Holder]:
    """Find the records that hold any of the wanted external ids, in a dataset."""
    rows = connection.execute(
        "SELECT external_ids.external_id, external_ids.resource, external_ids.id,"
        " external_ids.merged_from FROM external_ids"
        " WHERE external_ids.resource = %s AND external_ids.dataset = %s"
        " AND external_ids.external_id = ANY(%s)",
        (resource, dataset, list(wanted)),
    )
    return [Holder(*row) for row in rows]
