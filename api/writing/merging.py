"""Merging two records that are about the same, and undoing that, in the transaction under way."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from api.http.answers import existing
from api.http.errors import InTheWay, Overtaken, fault
from api.writing import inheritance
from api.writing.draft import SCHEMAS, Current, Draft, Sent
from api.writing.lock import Key, Locked, lock
from api.writing.redirecting import Redirected, References
from api.writing.store import put_all, withdraw
from models import assessments
from models.database.connections import Connection
from models.derived import attestation
from models.store import merges, references
from models.store.merges import NO_FOLD, Merge, Moved
from models.table import NotFound
from models.tables import TABLES
from schemas.problem import Invalid

RECORDS_AT_ONCE = 500
"""Maximum number of records that are checked and stored together."""

MAX_STAYED_SHOWN = 1_000
"""Maximum number of records listed that stay with a survivor."""


def merge(connection: Connection, merged: Sent, into: Sent) -> dict[str, Any]:
    """Merge a record into another one of its resource; count the records that referred to it."""
    table = merged.table
    both = {(table.name, merged.id), (table.name, into.id)}
    referrers = merges.referrers(connection, merged.id) - both
    (one, survivor, *current), events = lock_all(connection, merged, into, referrers)
    existing(one.stored, table)
    refuse_unfit(merged, survivor)
    if merges.referrers(connection, merged.id) - both != referrers:
        raise Overtaken
    now = references.instant(connection)
    earlier = merges.inherited(connection, [into.id]).get(into.id, [])
    body, given = inheritance.inherit(one, survivor, earlier)
    folds = merges.folds(connection, referrers)
    redirected = [
        References(each, table.name, folds.get(each.key, NO_FOLD)).redirect(merged.id, into.id)
        for each in current
    ]
    moved = [Moved(*each.key, each.pointers) for each in redirected]
    merges.begin(connection, table, Merge(merged.id, into.id, now, given), moved)
    store_all(connection, [survivor.draft(body)], redirected, events, now)
    withdraw(connection, one, (), "merge", now)
    assessments.recount(connection, table, into.id, now)
    return {
        "id": merged.id,
        "into": into.id,
        "moved": Counter(each.resource for each in moved),
    }


def refuse_unfit(merged: Sent, survivor: Current) -> None:
    """Refuse to merge a record into itself, or into one that is missing, withdrawn or retracted."""
    into = survivor.sent.id
    address = f"/v1/{merged.table.name}/{into}"
    if merged.id == into:
        raise fault("/into", "circular", "This is the record itself.")
    if survivor.stored is None:
        raise fault("/into", "not_found", f"There is no {address}.")
    if survivor.stored.withdrawn:
        raise InTheWay(f"{address} was withdrawn: nothing is merged into it.")
    if survivor.before["retraction"]:
        raise InTheWay(f"{address} was retracted: nothing is merged into it.")


def unmerge(connection: Connection, merged: Sent) -> dict[str, Any]:
    """Undo the merge of a record; count the references restored, and list those that stayed."""
    table = merged.table
    undone, moved = find(connection, merged)
    pointers = {(each.resource, each.id): each.pointers for each in moved}
    into = replace(merged, id=undone.into)
    (one, survivor, *current), events = lock_all(connection, merged, into, pointers)
    refuse_gone(connection, survivor)
    arrived = (
        merges.referrers(connection, into.id)
        - merges.referrers(connection, into.id, undone.merged_at)
        - {(table.name, merged.id), *pointers}
    )
    stayed = [(resource, record_id, "arrived") for resource, record_id in sorted(arrived)]
    restored = []
    folds = merges.folds(connection, pointers)
    for each in current:
        if each.stored is None or each.stored.withdrawn:
            stayed.append((*each.key, "withdrawn"))
            continue
        links = References(each, table.name, folds.get(each.key, NO_FOLD))
        record = links.restore(merged.id, into.id, pointers[each.key])
        if record.pointers == pointers[each.key]:
            restored.append(record)
        else:
            stayed.append((*each.key, "changed"))
    now = references.instant(connection)
    merges.end(connection, table, undone, now)
    again = one.draft(merged.schema.writable(one.before), "unmerge")
    without = survivor.draft(inheritance.give_back(survivor, undone.given))
    store_all(connection, [again, without], restored, events, now)
    for record_id in (merged.id, into.id):
        assessments.recount(connection, table, record_id, now)
    return {
        "id": merged.id,
        "parted_from": into.id,
        "rehomed": Counter(resource for resource, _ in (each.key for each in restored)),
        "stayed": [
            {"resource": resource, "id": record_id, "reason": reason}
            for resource, record_id, reason in stayed[:MAX_STAYED_SHOWN]
        ],
        "stayed_total": len(stayed),
    }


def find(connection: Connection, merged: Sent) -> tuple[Merge, list[Moved]]:
    """Find the merge of a record, and the references that it moved."""
    if found := merges.find(connection, merged.id):
        return found
    if merged.table.get(connection, merged.id) is None:
        raise NotFound("There is no record with this id.")
    raise InTheWay("The record is not merged into another one.")


def refuse_gone(connection: Connection, survivor: Current) -> None:
    """Refuse to undo a merge into a record that was withdrawn or merged itself since."""
    if survivor.stored and not survivor.stored.withdrawn:
        return
    into = survivor.sent.id
    if further := merges.survivor(connection, into):
        raise InTheWay(f"{into} was merged into {further}: unmerge that one first.")
    raise InTheWay(f"{into} was withdrawn: restore that one first.")


def lock_all(connection: Connection, merged: Sent, into: Sent, referrers: Iterable[Key]) -> Locked:
    """Lock the two records, against references too, and then those that refer to them."""
    referring = [
        Sent(TABLES[resource], SCHEMAS[resource], record_id, partial=True)
        for resource, record_id in sorted(referrers)
    ]
    return lock(connection, [merged, into, *referring], {merged.id, into.id})


def store_all(
    connection: Connection,
    own: Sequence[Draft],
    redirected: Sequence[Redirected],
    events: set[str],
    now: datetime,
) -> None:
    """Store `own` drafts and redirected records, some at once; InTheWay where one cannot be."""
    merges.keep(connection, [(*each.key, each.unfolded) for each in redirected])
    drafts = [*own, *(each.draft for each in redirected)]
    recounted: set[str] = set()
    for start in range(0, len(drafts), RECORDS_AT_ONCE):
        chunk = drafts[start : start + RECORDS_AT_ONCE]
        try:
            recounted |= put_all(connection, chunk, events, now=now).events
        except Invalid as error:
            [first, *_] = error.faults
            detail = f"A record would become invalid: {first.where}: {first.detail}"
            raise InTheWay(detail) from error
    attestation.recount(connection, recounted, now)
