"""Quotes follow their document's text to its next version, and are stored again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from api.writing.draft import SCHEMAS, Checked, Current, Sent
from api.writing.quotes import OFFSETS, PASSAGE, check, followed, quoted, shifted
from models import documents, events, statements
from models.database.connections import Connection
from models.store import records
from models.table import Table
from schemas.fields.ids import is_id
from schemas.links import links


def follow_texts(
    connection: Connection, written: Sequence[Checked], now: datetime
) -> Iterator[Checked]:
    """Yield the records to store again, since passages they quote moved in a document's text.

    Where only the verification of a statement's quote changes, that alone is stored. Records among
    the `written` have been verified already.
    """
    own = {each.sent.id for each in written}
    for document in written:
        if document.sent.table is not documents.DOCUMENTS or not document.current.stored:
            continue
        before, after = document.current.before["text"], document.record["text"]
        if before == after:
            continue
        for quoting in statements.quoting(connection, document.sent.id):
            if quoting.id in own:
                continue
            place = {**orjson.loads(quoting.text), "quote_verified": quoting.quote_verified}
            moved, verified = verify_again(place, before, after)
            if moved != {name: place[name] for name in OFFSETS}:
                for current, record in lock_existing(
                    connection, statements.STATEMENTS, [quoting.id]
                ):
                    yield checked_again(current, {**record, **moved, "quote_verified": True})
            elif verified != quoting.quote_verified:
                derived = statements.derived(
                    quote_verified=verified, attestation=place.get("attestation")
                )
                store_verification(connection, quoting.id, verified, derived, now)
        if before and after:
            yield from moved_mentions(connection, document.sent.id, before, after, own)


def moved_mentions(
    connection: Connection, document_id: str, before: str, after: str, own: set[str]
) -> Iterator[Checked]:
    """Yield the events to store again, since passages that their mentions quote moved."""
    mentioning = events.mentioning(connection, document_id)
    for current, record in lock_existing(connection, events.EVENTS, [*{*mentioning} - own]):
        mentions = [
            each | shifted(each, before, after) if each["document_id"] == document_id else each
            for each in record["mentions"] or ()
        ]
        if mentions != (record["mentions"] or []):
            yield checked_again(current, {**record, "mentions": mentions})


def verify_again(
    place: dict[str, Any], before: str | None, after: str | None
) -> tuple[dict[str, int | None], bool | None]:
    """Give the offsets of a quote in the next version of a text, and whether it is verified."""
    offsets: dict[str, int | None] = {name: place[name] for name in OFFSETS}
    if after is None or place["quote"] is None:
        return offsets, None
    if before is None or not quoted(place) or None in offsets.values():
        passage = {name: place[name] for name in PASSAGE}
        return offsets, not check(passage, after, "", own=False)
    found, verified = followed(place, before, after)
    return {**found}, verified


def store_verification(
    connection: Connection,
    statement_id: str,
    verified: bool | None,  # noqa: FBT001 - it is the value itself
    derived: str,
    now: datetime,
) -> None:
    """Store whether a statement's quote was verified."""
    change = {
        "id": statement_id,
        "recorded_at": now,
        "derived": derived,
        "quote_verified": verified,
    }
    columns = {"quote_verified": "%(quote_verified)s"}
    records.derive(connection, statements.STATEMENTS, change, columns)


def lock_existing(
    connection: Connection, table: Table, ids: Sequence[str]
) -> Iterator[tuple[Current, dict[str, Any]]]:
    """Lock records, and yield those not withdrawn, each as its schema loads it."""
    for stored in records.lock(connection, table, ids, table.lock_strength):
        current = Current(Sent(table, SCHEMAS[table.name], stored.id), stored)
        if current.loaded is not None:
            yield current, current.loaded


def checked_again(current: Current, record: dict[str, Any]) -> Checked:
    """Check a record in which only offsets in texts changed."""
    draft = current.draft(record)
    named = {link.id.lower() for link in links(current.sent.schema, record) if is_id(link.id)}
    if superseding := (draft.retraction or {}).get("superseded_by"):
        named.add(superseding)
    return Checked(draft, record, frozenset(named))
