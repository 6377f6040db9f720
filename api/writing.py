"""One write, from checked bodies to stored records: the same for a single one and a bundle."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError
from psycopg import Connection

from api import quoting
from api.context import comment, key, method
from api.draft import Draft, instant
from api.errors import Stale, fault
from models import attestation, containment, documents, references, statements, storing
from models.external_ids import Conflict
from models.table import Stored
from schemas.fields import SLUG, UUID
from schemas.links import links
from schemas.problem import Fault, Invalid, faults


def hold(connection: Connection[Any], drafts: Sequence[Draft]) -> set[str]:
    """Hold the events whose attestations a write may change, before all else; give their ids.

    Statements that stand are held before them: otherwise their claims could move meanwhile.
    """
    wanted = {draft.id for draft in drafts if draft.table.name == "events"}
    sayings = [draft for draft in drafts if draft.table.name == "statements"]
    for draft in sayings:
        claimed = [link.id for link in links(draft.schema, draft.body) if link.to == "events"]
        wanted |= {event_id.lower() for event_id in claimed if is_id(event_id)}
    if sayings:
        wanted |= statements.held_claims(connection, [draft.id for draft in sayings])
    attestation.lock(connection, wanted - {draft.id for draft in drafts if draft.made})
    return wanted


def is_id(text: str) -> bool:
    """Tell whether a text is a UUID."""
    return UUID.fullmatch(text) is not None


def store(
    connection: Connection[Any],
    drafts: Sequence[Draft],
    held: set[str],
    before: Sequence[Fault] = (),
) -> list[bool]:
    """Check and store drafts, all or none; tell which of them changed anything.

    `held` are the events held by `hold`. Raises Invalid with every fault of every draft, and those
    that were found `before`.
    """
    found = [*before, *(wrong for draft in drafts for wrong in load(draft))]
    now, lost = refer(connection, drafts)
    found += lost
    found += quoting.verify(connection, drafts)
    if found:
        raise Invalid(found)
    changed = [put(connection, draft, now) for draft in drafts]
    moved = [draft.id for draft in drafts if draft.table.name == "locations"]
    if moved and any(changed):
        settle(connection, drafts, moved, now)
    for draft, anew in zip(drafts, changed, strict=True):
        if anew and draft.table.name == "documents":
            quoting.verify_anew(connection, draft, now)
    attestation.recount(connection, held - unclaimed(drafts), now)
    return changed


def unclaimed(drafts: Sequence[Draft]) -> set[str]:
    """List new events that nothing claims anything of: they are stored with their attestation."""
    claimed = {
        claim["event_id"]
        for draft in drafts
        if draft.table.name == "statements"
        for claim in draft.record["claims"] or ()
    }
    new = {draft.id for draft in drafts if draft.table.name == "events" and not draft.current}
    return new - claimed


def load(draft: Draft) -> list[Fault]:
    """Check a draft's body, and derive what can be derived from it alone; give its faults."""
    try:
        draft.record = draft.schema.load(draft.body)
    except ValidationError as error:
        return list(faults(error.normalized_messages(), draft.pointer))
    if draft.record.get("id", draft.id) != draft.id:
        detail = f"The id is {draft.id}, as in the address."
        return [Fault(f"{draft.pointer}/id", "mismatch", detail)]
    if draft.id in {draft.record.get("part_of_id"), draft.record.get("responds_to_id")}:
        name = "part_of_id" if draft.table.name == "events" else "responds_to_id"
        return [Fault(f"{draft.pointer}/{name}", "circular", "This is the record itself.")]
    draft.loaded = True
    draft.record["id"] = draft.id
    draft.record["dataset"] = draft.record.get("dataset", draft.id)
    return []


def refer(connection: Connection[Any], drafts: Sequence[Draft]) -> tuple[datetime, list[Fault]]:
    """Check that what drafts refer to stands, or is among them; hold it.

    Gives the instant since when it is held, and the faults.
    """
    own = {(draft.table.name, draft.id) for draft in drafts}
    sought: list[tuple[str, str, str]] = []
    for draft in drafts:
        # What was sent is walked, so that these faults are found along with all others.
        found = [*links(draft.schema, draft.record or draft.body, draft.pointer)]
        sought += [(link.to, link.id.lower(), link.pointer) for link in found if is_id(link.id)]
        draft.record["refers_to"] = sorted({link.id.lower() for link in found if is_id(link.id)})
        dataset = draft.body.get("dataset")
        if draft.table.name != "datasets" and isinstance(dataset, str) and SLUG.fullmatch(dataset):
            sought.append(("datasets", dataset, f"{draft.pointer}/dataset"))
    wanted: dict[str, set[str]] = {}
    for to, record_id, _ in sought:
        if (to, record_id) not in own:
            wanted.setdefault(to, set()).add(record_id)
    lost, now = references.missing(connection, wanted)
    return now, [
        Fault(pointer, "not_found", f"There is no /v1/{to}/{record_id}, or it was withdrawn.")
        for to, record_id, pointer in sought
        if (to, record_id) in lost
    ]


def stamps(current: Stored | None, now: datetime, operation: str) -> dict[str, Any]:
    """Give what every version is stamped with: its number, and when, by whom, how and why."""
    holder = key()
    moment = max(now, current.updated_at + timedelta(microseconds=1)) if current else now
    return {
        "version": current.version + 1 if current else 1,
        "updated_at": instant(moment),
        "recorded_at": now,
        "key_id": holder.id if holder else None,
        "method": method(),
        "comment": comment(),
        "operation": operation,
    }


def put(connection: Connection[Any], draft: Draft, now: datetime) -> bool:
    """Store a checked draft, unless it is what stands already."""
    standing, schema = draft.standing, draft.schema
    same = standing and schema.writable(standing) == schema.writable(draft.record)
    if same and not draft.operation:
        return False
    operation = draft.operation or ("change" if draft.current else "create")
    record = {
        **draft.record,
        **stamps(draft.current, now, operation),
        "retraction": draft.retraction,
        "retracted": draft.retraction is not None,
    }
    record["created_at"] = standing.get("created_at") or record["updated_at"]
    record["body"] = schema.render(record)
    record |= derived(connection, draft)
    draft.written = None if draft.table.whole else record["body"] + record["derived"]
    try:
        if draft.current:
            storing.update(connection, draft.table, record)
        elif not storing.insert(connection, draft.table, record):
            if draft.shared:
                return False
            raise Stale("Another request has just created this record.")
    except Conflict as conflict:
        conflict.pointer = draft.pointer
        conflict.withdrawn = {
            holder.id
            for holder in conflict.holders
            if (other := draft.table.get(connection, holder.id)) and other.withdrawn
        }
        raise
    return True


def derived(connection: Connection[Any], draft: Draft) -> dict[str, Any]:
    """Give what is stored beside a record's body, and ends its JSON text."""
    if draft.table.name == "statements":
        return {"derived": quoting.verdict(draft.record["quote_verified"])}
    if draft.table.name == "events":
        mentioned = {mention["document_id"] for mention in draft.record["mentions"] or ()}
        return attestation.first(draft.record, documents.retracted(connection, mentioned))
    return {"derived": "}"}


def settle(
    connection: Connection[Any], drafts: Sequence[Draft], moved: list[str], now: datetime
) -> None:
    """Derive anew what lies in what; a location that would lie in itself is a fault."""
    try:
        containment.settle(connection, moved, now)
    except containment.Circular as circular:
        pointer = next((draft.pointer for draft in drafts if draft.id == circular.id), "")
        detail = "The location would lie in itself."
        raise fault(f"{pointer}/parent_id", "circular", detail) from circular


def withdraw(connection: Connection[Any], draft: Draft, held: set[str]) -> None:
    """Withdraw a record that nothing refers to, with its weight in attestations."""
    references.refuse_if_referred(connection, draft.table.name, draft.id)
    _, now = references.missing(connection, {})
    stamped = stamps(draft.current, now, "withdraw")
    storing.withdraw(connection, draft.table, {"id": draft.id, **stamped})
    attestation.recount(connection, held, now)
