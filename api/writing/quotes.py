"""Quotes: found or verified in the texts of their documents when either is written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from api.writing.draft import Draft
from models import documents, statements
from models.database.connections import Connection
from models.store import records
from schemas.fields.ids import UUID
from schemas.fields.quotes import Mismatch, locate
from schemas.problem import Fault

OFFSETS = ("start", "end")
PASSAGE = ("document_id", "quote", *OFFSETS)
"""What says where in which text a quote stands."""


def verify(connection: Connection, drafts: Sequence[Draft]) -> list[Fault]:
    """Find or verify what drafts quote, fill in where it stands, and give the faults.

    Drafts that have other faults are verified as far as they can be read.
    """
    passages = [
        (draft, draft.pointer + pointer, passage)
        for draft in drafts
        for pointer, passage in draft.schema.passages(draft.record if draft.loaded else draft.body)
        if draft.loaded or is_readable(passage)
    ]
    ids = {passage["document_id"] for _, _, passage in passages if passage["document_id"]}
    texts: dict[str, str | None] = documents.texts(connection, ids)
    texts |= {
        draft.id: text
        for draft in drafts
        if draft.table.name == "documents"
        and isinstance(text := draft.body.get("text"), str | None)
    }
    found = []
    for draft, pointer, passage in passages:
        own = passage is draft.record
        if own:
            passage["quote_verified"] = None
        text = texts.get(passage["document_id"])
        before = [before for _, before in draft.schema.passages(draft.standing) if draft.current]
        if text is None:
            continue
        kept = own and all(passage[name] == draft.standing.get(name) for name in OFFSETS)
        wrong = check(passage, text, pointer, own=own, kept=kept)
        if any(same(passage, other) and not other.get("quote_verified") for other in before):
            # The document's text was changed under it: a write of something else leaves it so.
            if own and wrong:
                passage["quote_verified"] = None if passage["quote"] is None else False
        else:
            found += wrong
    return found


def is_readable(passage: Any) -> bool:
    """Tell whether something that was sent can be read as a passage, and fill in what it lacks."""
    if not isinstance(passage, dict):
        return False
    for name in PASSAGE:
        passage.setdefault(name, None)
    return (
        isinstance(passage["document_id"], str)
        and UUID.fullmatch(passage["document_id"]) is not None
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


def verify_anew(connection: Connection, draft: Draft, now: datetime) -> None:
    """Hold the statements that quote a document against its new text, and store what changed."""
    text = draft.record["text"]
    if not draft.current or draft.standing["text"] == text:
        return
    for quoting in statements.quoting(connection, draft.id):
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
