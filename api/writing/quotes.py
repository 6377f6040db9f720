"""Quotes: found or verified in the texts of their documents when either is written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from api.writing.draft import Draft
from models import documents
from models.database.connections import Connection
from schemas.fields.ids import is_id
from schemas.fields.quotes import Mismatch, follow, is_once, locate
from schemas.problem import Fault

OFFSETS = ("start", "end")
PASSAGE = ("document_id", "quote", *OFFSETS)
"""Members that say where in which text a quote stands."""


class Passage(NamedTuple):
    """A passage of a document's text that a record quotes, and those it quoted before."""

    place: dict[str, Any]
    pointer: str
    before: Mapping[tuple[Any, ...], list[dict[str, Any]]]
    """Each by what and where it was: a record may have thousands."""

    is_record: bool
    """Whether it is the record itself, a statement, and no mention within it."""

    restored: bool
    """Whether the record was withdrawn, and not verified again when texts were changed."""

    reverted: bool
    """Whether the record is as it once was: then its offsets may be those of an earlier text."""

    @property
    def is_known(self) -> bool:
        """Whether its offsets are known, and nothing of it changed since."""
        known = self.place["quote"] is None or None not in {self.place[name] for name in OFFSETS}
        return known and bool(self.same) and not self.restored

    @property
    def same(self) -> list[dict[str, Any]]:
        """The equal passages of the record before."""
        return self.before.get(known_by(self.place), [])


def verify(
    connection: Connection, drafts: Sequence[tuple[Draft, dict[str, Any] | None]]
) -> list[Fault]:
    """Find or verify the quotes of drafts, fill in their offsets, and give the faults.

    Each has its record, or None where it has other faults: then it is verified as far as it can be
    read. What a record quoted before in a document that is not written now is not verified again.
    """
    written: dict[str, str | None] = {
        draft.sent.id: text
        for draft, _ in drafts
        if draft.sent.table is documents.DOCUMENTS
        and isinstance(text := draft.body.get("text"), str | None)
    }
    replaced = {
        draft.sent.id: draft.current.before["text"]
        for draft, _ in drafts
        if draft.sent.id in written and draft.current.before
    }
    found = [passage for each in drafts for passage in passages(*each)]
    sought = [
        passage
        for passage in found
        if passage.place["document_id"] in written or not passage.is_known
    ]
    ids = {passage.place["document_id"] for passage in sought if passage.place["document_id"]}
    texts = documents.texts(connection, ids - written.keys()) | written
    for passage in found:
        if passage.is_record:
            verified = [other.get("quote_verified") for other in passage.same]
            passage.place["quote_verified"] = verified[0] if verified else None
    faults = []
    for passage in sought:
        document_id = passage.place["document_id"]
        before, after = replaced.get(document_id), written.get(document_id)
        if not (before and after and passage.is_known):
            faults += checked(passage, texts)
        elif not passage.is_record:
            passage.place.update(shifted(passage.place, before, after))
        elif quoted(passage.place):
            place, stands = followed(passage.place, before, after)
            passage.place.update(place, quote_verified=stands)
        else:
            faults += checked(passage, texts)
    return faults


def passages(draft: Draft, record: dict[str, Any] | None) -> Iterator[Passage]:
    """Yield the passages that a draft quotes."""
    schema, stored, earlier = draft.sent.schema, draft.current.stored, draft.current.before
    restored = stored is not None and stored.withdrawn
    before: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for _, place in schema.passages(earlier) if earlier else ():
        before.setdefault(known_by(place), []).append(place)
    for pointer, place in schema.passages(draft.body if record is None else record):
        if record is not None or is_readable(place):
            where = draft.sent.pointer + pointer
            yield Passage(place, where, before, place is record, restored, draft.reverted)


def checked(passage: Passage, texts: Mapping[str, str | None]) -> list[Fault]:
    """Verify a passage, unless its document has no text."""
    place = passage.place
    text = texts.get(place["document_id"])
    if text is None:
        if passage.is_record:
            place["quote_verified"] = None
        return []
    own = passage.is_record
    kept = own and any(
        all(place[name] == old[name] for name in OFFSETS) and place["quote"] != old["quote"]
        for olds in passage.before.values()
        for old in olds
    )
    if own:
        place["quote_verified"] = None
    wrong = check(place, text, passage.pointer, own=own, kept=kept)
    if not passage.reverted and not any(not same.get("quote_verified") for same in passage.same):
        return wrong
    # The document's text was changed under it: a write of something else leaves it so.
    if own and wrong:
        place["quote_verified"] = None if place["quote"] is None else False
    return []


def is_readable(passage: Any) -> bool:
    """Say whether a sent value can be read as a passage, and fill in missing members."""
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


def known_by(passage: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the key of a passage: its quote and offsets."""
    return tuple(passage[name] for name in PASSAGE)


def check(
    passage: dict[str, Any], text: str, pointer: str, *, own: bool, kept: bool = False
) -> list[Fault]:
    """Verify one passage against its document's text, and fill in its offsets.

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


def quoted(place: Mapping[str, Any]) -> bool:
    """Say whether a passage has a quote that was verified."""
    return place["quote"] is not None and place["quote_verified"] is not None


def followed(place: Mapping[str, Any], before: str, after: str) -> tuple[dict[str, int], bool]:
    """Follow a quote to the next version of a text; give its offsets, and whether it is verified.

    One that has been lost is found again only where it stood, and only if it stands nowhere else.
    """
    start, end = place["start"], place["end"]
    if place["quote_verified"]:
        found = follow(before, after, start, end)
    else:
        found = None
        if is_once(after, place["quote"]):
            with suppress(Mismatch):
                found = locate(after, place["quote"], start, end)
    start, end = found or (start, end)
    return {"start": start, "end": end}, found is not None


def shifted(mention: Mapping[str, Any], before: str, after: str) -> dict[str, int]:
    """Follow a mention's quote to the next version of a text; keep its offsets if it is lost."""
    quote, start, end = mention["quote"], mention["start"], mention["end"]
    if quote is None or start is None or end is None:
        return {}
    with suppress(Mismatch):
        if found := follow(before, after, *locate(before, quote, start, end)):
            return dict(zip(OFFSETS, found, strict=True))
    return {}
