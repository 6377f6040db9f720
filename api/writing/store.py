"""One write, from checked bodies to stored records: the same for a single one and a bundle."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from marshmallow import ValidationError

from api.http.context import comment, key, method
from api.http.errors import Overtaken, Stale, fault
from api.writing import quotes
from api.writing.draft import Draft
from models import documents, statements
from models.database.connections import Connection
from models.derived import attestation, containment
from models.store import merges, records, references
from models.store.external_ids import Conflict
from models.table import Stored
from schemas.fields.ids import SLUG, UUID
from schemas.instants import instant
from schemas.links import Link, links
from schemas.problem import Fault, Invalid, faults

SORTED = orjson.OPT_SORT_KEYS

ALONE = {"part_of_id", "responds_to_id", "superseded_by"}
"""Where a record cannot point at itself, not even by the id of one that was merged into it."""

ITSELF = "This is the record itself."


def hold(connection: Connection, drafts: Sequence[Draft]) -> set[str]:
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
    wanted |= shaken(connection, drafts)
    attestation.lock(connection, wanted - {draft.id for draft in drafts if draft.made})
    return wanted


def shaken(connection: Connection, drafts: Sequence[Draft]) -> set[str]:
    """List the events that documents say something of, which are retracted or the like."""
    weighed = [draft.id for draft in drafts if draft.operation and draft.table.name == "documents"]
    return attestation.resting_on(connection, weighed) if weighed else set()


def still_hold(connection: Connection, drafts: Sequence[Draft], held: set[str]) -> None:
    """Begin anew where more events came to depend on documents before these were held."""
    if shaken(connection, drafts) - held:
        raise Overtaken


def is_id(text: str) -> bool:
    """Tell whether a text is a UUID."""
    return UUID.fullmatch(text) is not None


def store(
    connection: Connection,
    drafts: Sequence[Draft],
    held: set[str],
    before: Sequence[Fault] = (),
    now: datetime | None = None,
) -> list[bool]:
    """Check and store drafts, all or none; tell which of them changed anything.

    `held` are the events held by `hold`, `now` the instant of the transaction where it has one.
    Raises Invalid with every fault of every draft, and those that were found `before`.
    """
    found = [*before, *(wrong for draft in drafts for wrong in load(draft))]
    spoken_of = claimed(drafts)
    now, lost = refer(connection, drafts, now)
    if instead := claimed(drafts) - spoken_of:  # for events that were merged
        attestation.lock(connection, instead)
        held = {*held, *instead}
    found += lost
    found += quotes.verify(connection, drafts)
    if found:
        raise Invalid(found)
    changed = [put(connection, draft, now) for draft in drafts]
    moved = [draft.id for draft in drafts if draft.table.name == "locations"]
    if moved and any(changed):
        settle(connection, drafts, moved, now)
    for draft, anew in zip(drafts, changed, strict=True):
        if anew and draft.table.name == "documents":
            quotes.verify_anew(connection, draft, now)
    attestation.recount(connection, held - unclaimed(drafts), now)
    return changed


def claimed(drafts: Sequence[Draft]) -> set[str]:
    """List the events that drafts claim something of."""
    return {
        claim["event_id"]
        for draft in drafts
        if draft.table.name == "statements"
        for claim in draft.record.get("claims") or ()
    }


def unclaimed(drafts: Sequence[Draft]) -> set[str]:
    """List new events that nothing claims anything of: they are stored with their attestation."""
    new = {draft.id for draft in drafts if draft.table.name == "events" and not draft.current}
    return new - claimed(drafts)


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
        return [Fault(f"{draft.pointer}/{name}", "circular", ITSELF)]
    draft.loaded = True
    draft.record["id"] = draft.id
    draft.record["dataset"] = draft.record.get("dataset", draft.id)
    return []


def refer(
    connection: Connection, drafts: Sequence[Draft], now: datetime | None = None
) -> tuple[datetime, list[Fault]]:
    """Check that what drafts refer to stands, or is among them; hold it.

    Where another record stands for one that was merged, they refer to that one. Gives the instant
    since when it is held, and the faults.
    """
    own = {(draft.table.name, draft.id) for draft in drafts}
    places, found = [], list[Fault]()
    for draft in drafts:
        # What was sent is walked, so that these faults are found along with all others.
        places += [
            (draft, link)
            for link in links(draft.schema, draft.record or draft.body, draft.pointer)
            if is_id(link.id)
        ]
        found += supersede(draft, places)
        dataset = draft.body.get("dataset")
        if draft.table.name != "datasets" and isinstance(dataset, str) and SLUG.fullmatch(dataset):
            link = Link(draft.body, "dataset", f"{draft.pointer}/dataset", "datasets")
            places.append((draft, link))
    lost, moment = references.missing(connection, wanted(places, own))
    if lost and (known := merges.survivors(connection, [record_id for _, record_id in lost])):
        for draft, link in places:
            survivor = known.get(link.id.lower())
            link.holder[link.key] = survivor or link.id
            if survivor == draft.id and link.key in ALONE:
                found.append(Fault(link.pointer, "circular", ITSELF))
        lost, moment = references.missing(connection, wanted(places, own))
    for draft in drafts:
        draft.record["refers_to"] = set()
    for draft, link in places:
        if is_id(link.id):
            draft.record["refers_to"].add(link.id.lower())
    found += [
        Fault(
            link.pointer,
            "not_found",
            f"There is no /v1/{link.to}/{link.id.lower()}, or it was withdrawn.",
        )
        for _, link in places
        if (link.to, link.id.lower()) in lost
    ]
    return now or moment, found


def supersede(draft: Draft, places: list[tuple[Draft, Link]]) -> list[Fault]:
    """Add where a retraction points at the record that takes its place; give what is wrong."""
    if not draft.retraction or draft.retraction["superseded_by"] is None:
        return []
    link = Link(draft.retraction, "superseded_by", "/superseded_by", draft.table.name)
    if link.id.lower() == draft.id:
        return [Fault(link.pointer, "circular", ITSELF)]
    if not is_id(link.id) and not (draft.table.id_type == "text" and SLUG.fullmatch(link.id)):
        return [Fault(link.pointer, "form", "This is no id.")]
    places.append((draft, link))
    return []


def wanted(places: Iterable[tuple[Draft, Link]], own: set[tuple[str, str]]) -> dict[str, set[str]]:
    """List what places point at, but for what is on its way itself: resource -> ids."""
    found: dict[str, set[str]] = {}
    for _, link in places:
        record_id = link.id.lower()
        if (link.to, record_id) not in own:
            found.setdefault(link.to, set()).add(record_id)
    return found


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


def put(connection: Connection, draft: Draft, now: datetime) -> bool:
    """Store a checked draft, unless it is what stands already."""
    standing = draft.standing
    if standing and draft.operation in {"", "change"} and unchanged(draft):
        return False
    operation = draft.operation or ("change" if draft.current else "create")
    stamped = stamps(draft.current, now, operation)
    retraction = draft.retraction
    if retraction and operation == "retract":
        retraction["retracted_at"] = stamped["updated_at"]
    record = {
        **draft.record,
        **stamped,
        "refers_to": sorted(draft.record["refers_to"]),
        "retraction": retraction,
        "retracted": retraction is not None,
    }
    record["created_at"] = standing.get("created_at") or record["updated_at"]
    record["body"] = draft.schema.render(record)
    record |= derived(connection, draft)
    draft.written = None if draft.table.whole else record["body"] + record["derived"]
    try:
        if draft.current:
            records.update(connection, draft.table, record)
        elif not records.insert(connection, draft.table, record):
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


def unchanged(draft: Draft) -> bool:
    """Tell whether a checked draft is what stands already."""
    standing = draft.schema.writable(draft.standing)
    record = draft.schema.writable(draft.record)
    return (
        standing == record
        and draft.retraction == draft.standing["retraction"]
        # To Python 1 is true, and 0 false.
        and orjson.dumps(standing, option=SORTED) == orjson.dumps(record, option=SORTED)
    )


def derived(connection: Connection, draft: Draft) -> dict[str, Any]:
    """Give what is stored beside a record's body, and ends its JSON text."""
    if draft.table.name == "statements":
        return {"derived": quotes.verdict(draft.record["quote_verified"])}
    if draft.table.name == "events":
        mentioned = {mention["document_id"] for mention in draft.record["mentions"] or ()}
        return attestation.first(draft.record, documents.retracted(connection, mentioned))
    return {"derived": "}"}


def settle(
    connection: Connection, drafts: Sequence[Draft], moved: list[str], now: datetime
) -> None:
    """Derive anew what lies in what; a location that would lie in itself is a fault."""
    try:
        containment.settle(connection, moved, now)
    except containment.Circular as circular:
        pointer = next((draft.pointer for draft in drafts if draft.id == circular.id), "")
        detail = "The location would lie in itself."
        raise fault(f"{pointer}/parent_id", "circular", detail) from circular


def withdraw(
    connection: Connection, draft: Draft, held: set[str], now: datetime | None = None
) -> None:
    """Withdraw a record that nothing refers to, with its weight in attestations."""
    references.refuse_if_referred(connection, draft.table.name, draft.id)
    now = now or references.missing(connection, {})[1]
    stamped = stamps(draft.current, now, draft.operation or "withdraw")
    records.withdraw(connection, draft.table, {"id": draft.id, **stamped})
    attestation.recount(connection, held, now)
