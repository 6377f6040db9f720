"""One write, from drafts to stored records: the same for a single record and for a bundle."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from api.http.context import comment, key, method
from api.http.errors import Stale
from api.writing import following
from api.writing.check import check
from api.writing.draft import Checked, Current, Draft, Operation, Written
from api.writing.effects import effects_of, update_dependents
from models.database.connections import Connection
from models.derived import attestation
from models.store import records, references
from models.store.external_ids import Conflict
from models.store.parts import part_tables
from models.table import UNASSESSED, Stored
from schemas.instants import instant
from schemas.problem import Fault, Invalid


class Outcome(NamedTuple):
    """The written records, the events to count again, and the instant of the transaction."""

    written: list[Written]
    events: set[str]
    now: datetime


def store(
    connection: Connection,
    drafts: Sequence[Draft],
    events: set[str],
    found: Sequence[Fault] = (),
) -> list[Written]:
    """Check and store drafts, all or none; give the result of each.

    `events` are locked. Raises Invalid with all faults of all drafts, and those `found` before.
    """
    outcome = put_all(connection, drafts, events, found)
    counted = attestation.recount(connection, outcome.events, outcome.now)
    return [
        replace(written, stored=None) if written.checked.sent.id in counted else written
        for written in outcome.written
    ]


def put_all(
    connection: Connection,
    drafts: Sequence[Draft],
    events: set[str],
    found: Sequence[Fault] = (),
    now: datetime | None = None,
) -> Outcome:
    """Check and store drafts; the caller counts claims again.

    `now` is the instant of the transaction, where it has one already.
    """
    checked, faults, instant_held = check(connection, drafts)
    if found or faults:
        raise Invalid([*found, *faults])
    now = now or instant_held
    claimed = {one for each in checked for one in effects_of(each.sent).claimed_events(each)}
    if survivors := claimed - events:
        attestation.lock(connection, survivors)
    written = [put(connection, each, now) for each in checked]
    changed = [each for each in written if each.changed]
    for moved in following.follow_texts(connection, [each.checked for each in written], now):
        put(connection, moved, now)
    recounted = update_dependents(connection, changed, events | survivors, now)
    return Outcome(written, recounted, now)


def put(connection: Connection, checked: Checked, now: datetime) -> Written:
    """Store a checked record, unless it is unchanged."""
    current, draft, sent = checked.current, checked.draft, checked.sent
    if current.stored and draft.operation == "change" and unchanged(checked):
        return Written(checked, current.stored, changed=False)
    record = stamped(checked, now)
    body = sent.schema.render(record)
    columns = effects_of(sent).derive(connection, checked)
    row = {**record, "body": body, **columns}
    try:
        if current.stored:
            loaded = current.loaded if sent.table.children else None
            update = records.update(connection, sent.table, row, current.before, loaded)
            parts, derivations, end = update
        elif records.insert(connection, sent.table, row):
            parts, derivations, end = part_tables(sent.table), 0, UNASSESSED + columns["derived"]
        elif sent.shared:
            return Written(checked, None, changed=False)
        else:
            raise Stale("Another request has just created this record.")
    except Conflict as conflict:
        explain(connection, conflict, checked)
        raise
    # The text of such a record is put together from more than what is at hand.
    if sent.table.full or effects_of(sent).derives_later(checked):
        return Written(checked, None, parts=parts)
    stored = Stored(
        id=sent.id,
        version=record["version"],
        derivations=derivations,
        withdrawn=False,
        updated_at=record["moment"],
        text=body + end,
    )
    return Written(checked, stored, parts=parts)


def stamped(checked: Checked, now: datetime) -> dict[str, Any]:
    """Add the stamps of the new version to a record: its number, when, by whom, how and why."""
    stored, draft = checked.current.stored, checked.draft
    stamps = stamp(stored, now, draft.operation)
    retraction = draft.retraction
    if retraction and draft.operation == "retract":
        retraction = {**retraction, "retracted_at": stamps["updated_at"]}
    return {
        **checked.record,
        **stamps,
        "created_at": checked.current.before.get("created_at") or stamps["updated_at"],
        "refers_to": sorted(checked.refers_to),
        "retraction": retraction,
        "retracted": retraction is not None,
    }


def stamp(stored: Stored | None, now: datetime, operation: Operation) -> dict[str, Any]:
    """Give the stamps of a version; its `moment` is later than that of the one before."""
    holder = key()
    moment = max(now, stored.updated_at + timedelta(microseconds=1)) if stored else now
    return {
        "version": stored.version + 1 if stored else 1,
        "moment": moment,
        "updated_at": instant(moment),
        "recorded_at": now,
        "key_id": holder.id if holder else None,
        "method": method(),
        "comment": comment(),
        "operation": operation,
    }


def unchanged(checked: Checked) -> bool:
    """Say whether a checked record is unchanged."""
    schema, current = checked.sent.schema, checked.current
    before, record = schema.writable(current.before), schema.writable(checked.record)
    return checked.draft.retraction == current.before["retraction"] and alike(before, record)


def alike(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same: 35 is 35.0, but 1 is not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def explain(connection: Connection, conflict: Conflict, checked: Checked) -> None:
    """Add to a conflict the record's pointer, and which holders were withdrawn."""
    conflict.pointer = checked.sent.pointer
    table = checked.sent.table
    stored = (table.get(connection, holder.id) for holder in conflict.holders)
    conflict.withdrawn = {other.id for other in stored if other and other.withdrawn}


def withdraw(
    connection: Connection,
    current: Current,
    events: Iterable[str],
    operation: Operation = "withdraw",
    now: datetime | None = None,
) -> None:
    """Withdraw a record that nothing refers to, with its weight in attestations."""
    table, record_id = current.sent.table, current.sent.id
    references.refuse_if_referred(connection, table.name, record_id)
    now = now or references.instant(connection)
    stamps = stamp(current.stored, now, operation)
    records.withdraw(connection, table, {"id": record_id, **stamps})
    attestation.recount(connection, {*events} - {record_id}, now)
