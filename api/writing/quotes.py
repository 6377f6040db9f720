"""Quotes: found or verified in the texts of their documents when either is written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from api.writing.draft import Checked, Draft
from models import documents, statements
from models.database.connections import Connection
from models.store import records
from schemas.fields.ids import is_id
from schemas.fields.quotes import Mismatch, locate
from schemas.problem import Fault

OFFSETS = ("start", "end")
PASSAGE = ("document_id", "quote", *OFFSETS)
"""Members that say where in which text a quote stands."""


class Passage(NamedTuple):
    """A passage of a document's text that a record points at, and those it pointed at before."""

    place: dict[str, Any]
    pointer: str
    before: list[dict[str, Any]]
    is_record: bool
    """Whether it is the record itself, a statement, and no mention within it."""

    restored: bool
    """Whether the record was withdrawn, and not verified again when texts were changed."""

    @property
    def settled(self) -> bool:
        """Whether it is known where it stands, and nothing of it has changed since."""
        known = self.place["quote"] is None or None not in {self.place[name] for name in OFFSETS}
        return known and bool(self.same) and not self.restored

    @property
    def same(self) -> list[dict[str, Any]]:
        """The passages of the record before that were this very one."""
        return [other for other in self.before if same(self.place, other)]


def verify(
    connection: Connection, drafts: Sequence[tuple[Draft, dict[str, Any] | None]]
) -> list[Fault]:
    """Find or verify what drafts quote, fill in where it stands, and give the faults.

    Each has its record, or None where it has other faults: then it is verified as far as it can be
    read. What a record quoted before in a document that is not written now is not verified again.
    """
    written: dict[str, str | None] = {
        draft.sent.id: text
        for draft, _ in drafts
        if draft.sent.table is documents.DOCUMENTS
        and isinstance(text := draft.body.get("text"), str | None)
    }
    found = [passage for each in drafts for passage in passages(*each)]
    sought = [
        passage
        for passage in found
        if passage.place["document_id"] in written or not passage.settled
    ]
    ids = {passage.place["document_id"] for passage in sought if passage.place["document_id"]}
    texts = documents.texts(connection, ids - written.keys()) | written
    for passage in found:
        if passage.is_record:
            verified = [other.get("quote_verified") for other in passage.same]
            passage.place["quote_verified"] = verified[0] if verified else None
    return [fault for passage in sought for fault in checked(passage, texts)]


def passages(draft: Draft, record: dict[str, Any] | None) -> Iterator[Passage]:
    """Yield what a draft points at in texts."""
    schema, stored, standing = draft.sent.schema, draft.held.stored, draft.held.standing
    restored = stored is not None and stored.withdrawn
    before = [place for _, place in schema.passages(standing)] if standing else []
    for pointer, place in schema.passages(draft.body if record is None else record):
        if record is not None or is_readable(place):
            where = draft.sent.pointer + pointer
            yield Passage(place, where, before, place is record, restored)


def checked(passage: Passage, texts: Mapping[str, str | None]) -> list[Fault]:
    """Verify a passage, unless nobody knows its document's text."""
    place = passage.place
    text = texts.get(place["document_id"])
    if text is None:
        if passage.is_record:
            place["quote_verified"] = None
        return []
    own = passage.is_record
    kept = own and any(all(place[name] == old[name] for name in OFFSETS) for old in passage.before)
    if own:
        place["quote_verified"] = None
    wrong = check(place, text, passage.pointer, own=own, kept=kept)
    if not any(not other.get("quote_verified") for other in passage.same):
        return wrong
    # The document's text was changed under it: a write of something else leaves it so.
    if own and wrong:
        place["quote_verified"] = None if place["quote"] is None else False
    return []


def is_readable(passage: Any) -> bool:
    """Tell whether something that was sent can be read as a passage, and fill in what it lacks."""
    if not isinstance(passage, dict):
        return False
    for name in PASSAGE:
        passage.setdefault(name, None)
    return (
        isinstance(passage["document_id"], str)
        and is_id(passage["document_id"])
        and isinstance(passage["quote"], str | None)
        and isinstance(passage["start"], int | None)
        and isinstance(passage["end"], int | None)
    )


def same(passage: dict[str, Any], before: dict[str, Any]) -> bool:
    """Tell whether a passage is where and what it was."""
    return all(passage[name] == before[name] for name in PASSAGE)


def check(
    passage: dict[str, Any], text: str, pointer: str, *, own: bool, kept: bool = False
) -> list[Fault]:
    """Verify one passage against the text it points into, and fill in where it stands.

    Offsets that are `kept` from the version before may be wrong: then it is found anew.
    """
    start, end = passage["start"], passage["end"]
    if passage["quote"] is None:
        if max(start or 0, end or 0) > len(text):
            detail = f"The document's text has {len(text)} code points."
            return [Fault(f"{pointer}/{'end' if end else 'start'}", "range", detail)]
        return []
    try:
        passage["start"], passage["end"] = locate(text, passage["quote"], start, end)
    except Mismatch as mismatch:
        anew = {**passage, **dict.fromkeys(OFFSETS)}
        if kept and not check(anew, text, pointer, own=own):
            passage |= anew
            return []
        return [Fault(f"{pointer}/quote", "mismatch", str(mismatch))]
    if own:
        passage["quote_verified"] = True
    return []


def verdict(verified: bool | None) -> str:  # noqa: FBT001 - it is the value itself
    """Write whether a quote is verified, as the end of a statement's text."""
    return f',"quote_verified":{orjson.dumps(verified).decode()}}}'


def verify_again(connection: Connection, document: Checked, now: datetime) -> None:
    """Verify the statements that quote a document by its new text, and store what changed."""
    text = document.record["text"]
    if not document.held.stored or document.held.standing["text"] == text:
        return
    for quoting in statements.quoting(connection, document.sent.id):
        statement = orjson.loads(quoting.text)
        verified = None
        if text is not None and statement["quote"] is not None:
            passage = {name: statement[name] for name in PASSAGE}
            verified = not check(passage, text, "", own=False)
        if verified != quoting.quote_verified:
            records.derive(
                connection,
                statements.STATEMENTS,
                {
                    "id": quoting.id,
                    "recorded_at": now,
                    "derived": verdict(verified),
                    "quote_verified": verified,
                },
                {"quote_verified": "%(quote_verified)s"},
            )
