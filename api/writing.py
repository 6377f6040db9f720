"""One write, from checked bodies to stored records: the same for a single one and a bundle."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request
from marshmallow import ValidationError
from psycopg import Connection, Rollback
from uuid_utils.compat import uuid7

from api.context import database, key
from api.errors import Stale, fault
from models import answers, attestation, documents, locations, references, statements
from models.answers import Answer
from models.external_ids import Conflict
from models.table import Stored, Table
from schemas.fields import Link, links
from schemas.problem import Fault, Invalid, faults
from schemas.quotes import Mismatch, locate
from schemas.record import RecordSchema

IDEMPOTENCY_KEY = "Idempotency-Key"

LONGEST_KEY = 255
"""So many characters an Idempotency-Key may have."""


@dataclass
class Draft:
    """A record that is about to be stored: what was sent of it, and what stands now, if anything."""

    table: Table
    schema: RecordSchema
    id: str
    body: dict[str, Any]
    current: Stored | None = None
    pointer: str = ""
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def standing(self) -> dict[str, Any]:
        """The record as it stands; empty where it is new."""
        return orjson.loads(self.current.text) if self.current else {}


def new_id() -> str:
    """Make an id: a UUID of version 7."""
    return str(uuid7())


def transact(
    work: Callable[[Connection[Any]], Answer], *, dry_run: bool, repeatable: bool = False
) -> Response:
    """Do the work of a write in one transaction, and answer.

    With `repeatable`, the same Idempotency-Key is answered the same without doing it again. With
    `dry_run` everything is done, checked and answered, and nothing is kept.
    """
    connection, holder = database(), key()
    name = request.headers.get(IDEMPOTENCY_KEY) if repeatable else None
    if name is not None and not 0 < len(name) <= LONGEST_KEY:
        raise fault("", "idempotency_key", f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.")
    owner = holder.id if holder else None
    with connection.transaction() as transaction:
        answer = name and answers.claim(connection, owner, name, fingerprint())
        if not answer:
            answer = work(connection)
            if name is not None and not dry_run:
                answers.keep(connection, owner, name, answer)
        if dry_run:
            raise Rollback(transaction)
    return Response(answer.body, answer.status, answer.headers, mimetype="application/json")


def fingerprint() -> bytes:
    """Tell a request from others: its address, and what it sends."""
    sent = request.get_data()
    return sha256(b"\n".join([request.method.encode(), request.full_path.encode(), sent])).digest()


def hold(
    connection: Connection[Any], drafts: Iterable[tuple[str, str, RecordSchema, Any]]
) -> set[str]:
    """Hold the events whose attestations a write may change, before anything else is.

    A draft is given as resource, id, schema and raw body. Returns the ids of the events.
    """
    held: set[str] = set()
    for resource, record_id, schema, body in drafts:
        if resource == "events":
            held.add(record_id)
        elif resource == "statements":
            held |= {link.id for link in links(schema, body) if is_claim(link) and is_id(link.id)}
            held |= {*statements.claimed(connection, [record_id])}
    if held:
        attestation.lock(connection, held)
    return held


def is_claim(link: Link) -> bool:
    """Tell whether a link is from a claim to its event."""
    return link.to == "events"


def is_id(text: str) -> bool:
    """Tell whether a text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def store(connection: Connection[Any], drafts: Sequence[Draft], held: set[str]) -> list[bool]:
    """Check and store drafts, all or none; tell which of them changed anything.

    `held` are the events held by `hold`. Raises Invalid with every fault of every draft.
    """
    found = [wrong for draft in drafts for wrong in load(draft)]
    found += refer(connection, drafts)
    found += quote(connection, [draft for draft in drafts if draft.record])
    if found:
        raise Invalid(found)
    now = connection.execute("SELECT clock_timestamp()").fetchone()[0]  # type: ignore[index]
    changed = [put(connection, draft, now) for draft in drafts]
    moved = [draft.id for draft in drafts if draft.table.name == "locations"]
    if moved and any(changed):
        settle(connection, drafts, moved)
    for draft, anew in zip(drafts, changed, strict=True):
        if anew and draft.table.name == "documents":
            verify_anew(connection, draft)
    attestation.recount(connection, held)
    return changed


def load(draft: Draft) -> list[Fault]:
    """Check a draft's body, and derive what can be derived from it alone; give its faults."""
    try:
        draft.record = draft.schema.load(draft.body)
    except ValidationError as error:
        return list(faults(error.normalized_messages(), draft.pointer))
    draft.record["id"] = draft.id
    draft.record["dataset"] = draft.record.get("dataset", draft.id)
    return []


def refer(connection: Connection[Any], drafts: Sequence[Draft]) -> list[Fault]:
    """Check that what drafts refer to stands, or is among them; hold it; give the faults."""
    own = {(draft.table.name, draft.id) for draft in drafts}
    sought: list[tuple[str, str, str]] = []
    for draft in drafts:
        # What was sent is walked, so that these faults are found along with all others.
        found = [*links(draft.schema, draft.record or draft.body, draft.pointer)]
        sought += [(link.to, link.id.lower(), link.pointer) for link in found if is_id(link.id)]
        draft.record["refers_to"] = sorted({link.id.lower() for link in found if is_id(link.id)})
        dataset = draft.body.get("dataset")
        if draft.table.name != "datasets" and isinstance(dataset, str):
            sought.append(("datasets", dataset, f"{draft.pointer}/dataset"))
    wanted: dict[str, set[str]] = {}
    for to, record_id, _ in sought:
        if (to, record_id) not in own:
            wanted.setdefault(to, set()).add(record_id)
    lost = references.missing(connection, wanted)
    return [
        Fault(pointer, "not_found", f"There is no /v1/{to}/{record_id}, or it was withdrawn.")
        for to, record_id, pointer in sought
        if (to, record_id) in lost
    ]


PASSAGE = ("document_id", "quote", "start", "end")
"""What says where in which text a quote stands."""


def quote(connection: Connection[Any], drafts: Sequence[Draft]) -> list[Fault]:
    """Find or verify what drafts quote, fill in where it stands, and give the faults."""
    passages = [
        (draft, draft.pointer + pointer, passage)
        for draft in drafts
        if "dataset" in draft.record
        for pointer, passage in draft.schema.passages(draft.record)
    ]
    texts: dict[str, str | None] = documents.texts(
        connection, {passage["document_id"] for _, _, passage in passages if passage["document_id"]}
    )
    texts |= {
        draft.id: draft.record.get("text") for draft in drafts if draft.table.name == "documents"
    }
    found = []
    for draft, pointer, passage in passages:
        if passage is draft.record:
            passage["quote_verified"] = None
        text = texts.get(passage["document_id"]) if passage["document_id"] else None
        before = draft.standing
        if passage is draft.record and before.get("quote_verified") is False:
            # Its document's text was changed under it, which a write of something else leaves so.
            if all(passage[name] == before[name] for name in PASSAGE):
                passage["quote_verified"] = False
                continue
        if text is not None:
            found += check(passage, text, pointer, own=passage is draft.record)
    return found


def check(passage: dict[str, Any], text: str, pointer: str, *, own: bool) -> list[Fault]:
    """Verify one passage against the text it points into, and fill in where it stands."""
    start, end = passage["start"], passage["end"]
    if passage["quote"] is None:
        if max(start or 0, end or 0) > len(text):
            detail = f"The document's text has {len(text)} code points."
            return [Fault(f"{pointer}/{'end' if end else 'start'}", "range", detail)]
        return []
    try:
        passage["start"], passage["end"] = locate(text, passage["quote"], start, end)
    except Mismatch as mismatch:
        return [Fault(f"{pointer}/quote", "mismatch", str(mismatch))]
    if own:
        passage["quote_verified"] = True
    return []


def instant(moment: datetime) -> str:
    """Write an instant as of RFC 3339: in UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamps(current: Stored | None, now: datetime) -> dict[str, Any]:
    """Give what every version is stamped with: its number, when and by which key it was made."""
    holder = key()
    moment = max(now, current.updated_at + timedelta(microseconds=1)) if current else now
    return {
        "version": current.version + 1 if current else 1,
        "updated_at": instant(moment),
        "recorded_at": moment,
        "key_id": holder.id if holder else None,
    }


def put(connection: Connection[Any], draft: Draft, now: datetime) -> bool:
    """Store a checked draft, unless it is what stands already."""
    standing, schema = draft.standing, draft.schema
    if standing and schema.writable(standing) == schema.writable(draft.record):
        return False
    record = {
        **draft.record,
        **stamps(draft.current, now),
        "retraction": standing.get("retraction"),
    }
    record["created_at"] = standing.get("created_at") or record["updated_at"]
    record["body"] = schema.render(record)
    record |= derived(draft)
    try:
        if draft.current:
            draft.table.update(connection, record)
        elif not draft.table.insert(connection, record):
            raise Stale("Another request has just created this record.")
    except Conflict as conflict:
        conflict.pointer = draft.pointer
        raise
    return True


def derived(draft: Draft) -> dict[str, Any]:
    """Give what is stored beside a record's body, and ends its JSON text."""
    if draft.table.name == "statements":
        return {"derived": verdict(draft.record["quote_verified"])}
    if draft.table.name == "events":
        return {"derived": f',"attestation":{attestation.UNATTESTED}}}', "status": "unattested"}
    return {"derived": "}"}


def verdict(verified: bool | None) -> str:  # noqa: FBT001 - it is the value itself
    """Write whether a quote is verified, as the end of a statement's text."""
    return f',"quote_verified":{orjson.dumps(verified).decode()}}}'


def settle(connection: Connection[Any], drafts: Sequence[Draft], moved: list[str]) -> None:
    """Derive anew what lies in what; a location that would lie in itself is a fault."""
    try:
        locations.settle(connection, moved)
    except locations.Circular as circular:
        pointer = next((draft.pointer for draft in drafts if draft.id == circular.id), "")
        detail = "The location would lie in itself."
        raise fault(f"{pointer}/parent_id", "circular", detail) from circular


def verify_anew(connection: Connection[Any], draft: Draft) -> None:
    """Hold the statements that quote a document against its new text, and store what changed."""
    text = draft.record["text"]
    if not draft.current or draft.standing["text"] == text:
        return
    for quoting in statements.quoting(connection, draft.id):
        statement = orjson.loads(quoting.text)
        verified = None
        if text is not None and statement["quote"] is not None:
            passage = {name: statement[name] for name in PASSAGE}
            # Offsets that were never given are not made up afterwards.
            verified = passage["start"] is not None and not check(passage, text, "", own=False)
        if verified != quoting.quote_verified:
            statements.STATEMENTS.derive(
                connection,
                {"id": quoting.id, "derived": verdict(verified), "quote_verified": verified},
                {"quote_verified": "%(quote_verified)s"},
            )


def withdraw(connection: Connection[Any], draft: Draft, held: set[str]) -> None:
    """Withdraw a record that nothing refers to, with its weight in attestations."""
    references.refuse_if_referred(connection, draft.table.name, draft.id)
    now = connection.execute("SELECT clock_timestamp()").fetchone()[0]  # type: ignore[index]
    draft.table.withdraw(connection, {"id": draft.id, **stamps(draft.current, now)})
    attestation.recount(connection, held)
