"""Checks of a draft before it is stored: its schema, its references, and its quotes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from marshmallow import ValidationError

from api.writing import quotes
from api.writing.circles import circular
from api.writing.draft import Checked, Draft
from models.database.connections import Connection
from models.store import merges, references
from schemas.fields.ids import SLUG, is_id
from schemas.folding import fold
from schemas.links import Link, links
from schemas.problem import Fault, faults

ITSELF = "This is the record itself."


class Result(NamedTuple):
    """The checked drafts, the faults, and the instant since which references are locked."""

    checked: list[Checked]
    faults: list[Fault]
    now: datetime


class Place(NamedTuple):
    """Where a draft points at another record."""

    draft: Draft
    link: Link


def check(connection: Connection, drafts: Sequence[Draft]) -> Result:
    """Check drafts, which may refer to each other, and lock what else they refer to.

    A reference to a record that was merged into another becomes one to that. All faults of all
    drafts are found, as far as they can be read.
    """
    found: list[Fault] = []
    records: list[dict[str, Any] | None] = []
    for draft in drafts:
        record, wrong = load(draft)
        records.append(record)
        found += wrong
    places: list[Place] = []
    for draft, record in zip(drafts, records, strict=True):
        places += pointing(draft, draft.body if record is None else record)
        superseding, wrong = superseded(draft)
        places += superseding
        found += wrong
    own = {(draft.sent.table.name, draft.sent.id) for draft in drafts}
    now, wrong = refer(connection, places, own)
    found += wrong
    for draft, record in zip(drafts, records, strict=True):
        if record is not None and draft.moved:
            fold(record, draft.moved)
    leading = [*zip(drafts, records, strict=True)]
    wrong, led = circular(connection, leading)
    found += wrong
    now = references.instant(connection) if led else now
    found += quotes.verify(connection, leading)
    refers_to: dict[Draft, set[str]] = {draft: set() for draft in drafts}
    for draft, link in places:
        if is_id(link.id):
            refers_to[draft].add(link.id.lower())
    checked = [
        Checked(draft, record, frozenset(refers_to[draft]))
        for draft, record in zip(drafts, records, strict=True)
        if record is not None
    ]
    return Result(checked, found, now)


def load(draft: Draft) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Load a draft's body by its schema; give the record, or None, and the faults."""
    sent = draft.sent
    try:
        record = sent.schema.load(draft.body)
    except ValidationError as error:
        return None, [*faults(error.normalized_messages(), sent.pointer)]
    if record.get("id", sent.id) != sent.id:
        detail = f"The id is {sent.id}, as in the address."
        return None, [Fault(f"{sent.pointer}/id", "mismatch", detail)]
    itself = [
        Fault(link.pointer, "circular", ITSELF)
        for link in links(sent.schema, record, sent.pointer)
        if (link.to, link.id) == (sent.table.name, sent.id)
    ]
    if itself:
        return None, itself
    return {**record, "id": sent.id, "dataset": record.get("dataset", sent.id)}, []


def pointing(draft: Draft, record: dict[str, Any]) -> list[Place]:
    """List where a record points at others, and at its dataset; `record` may have any fault."""
    sent = draft.sent
    places = [
        Place(draft, link) for link in links(sent.schema, record, sent.pointer) if is_id(link.id)
    ]
    dataset = draft.body.get("dataset") if "dataset" in sent.schema.load_fields else None
    if isinstance(dataset, str) and SLUG.fullmatch(dataset):
        link = Link(draft.body, "dataset", f"{sent.pointer}/dataset", "datasets")
        places.append(Place(draft, link))
    return places


def superseded(draft: Draft) -> tuple[list[Place], list[Fault]]:
    """Give the reference of a retraction to the superseding record, and its faults."""
    if not draft.retraction or draft.retraction["superseded_by"] is None:
        return [], []
    sent = draft.sent
    link = Link(draft.retraction, "superseded_by", "/superseded_by", sent.table.name)
    if link.id.lower() == sent.id:
        return [], [Fault(link.pointer, "circular", ITSELF)]
    if not is_id(link.id):
        return [], [Fault(link.pointer, "form", "This is no id.")]
    return [Place(draft, link)], []


def refer(
    connection: Connection, places: Sequence[Place], own: set[tuple[str, str]]
) -> tuple[datetime, list[Fault]]:
    """Lock the targets of places, redirected to survivors; give the instant and the faults.

    The `own` records of the write need not be stored yet.
    """
    missing, now = references.missing(connection, targets(places, own))
    found: list[Fault] = []
    if missing:
        survivors = merges.survivors(connection, [record_id for _, record_id in missing])
        found += redirect(places, survivors)
        if survivors:
            missing, now = references.missing(connection, targets(places, own))
    found += [
        Fault(
            link.pointer,
            "not_found",
            f"There is no /v1/{link.to}/{link.id.lower()}, or it was withdrawn.",
        )
        for _, link in places
        if (link.to, link.id.lower()) in missing
    ]
    return now, found


def redirect(places: Iterable[Place], survivors: dict[str, str]) -> list[Fault]:
    """Redirect places to the survivors of merged records; list those that point at themselves."""
    found = []
    for draft, link in places:
        merged = link.id.lower()
        survivor = survivors.get(merged)
        if survivor is None:
            continue
        link.holder[link.key] = survivor
        draft.moved[link.pointer.removeprefix(draft.sent.pointer)] = merged
        if (link.to, survivor) == (draft.sent.table.name, draft.sent.id):
            found.append(Fault(link.pointer, "circular", ITSELF))
    return found


def targets(places: Iterable[Place], own: set[tuple[str, str]]) -> dict[str, set[str]]:
    """List what places point at outside the write: resource -> ids."""
    found: dict[str, set[str]] = {}
    for _, link in places:
        record_id = link.id.lower()
        if (link.to, record_id) not in own:
            found.setdefault(link.to, set()).add(record_id)
    return found
