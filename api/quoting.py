"""Quotes: found or verified in the texts of their documents when either is written."""

from collections.abc import Sequence
from typing import Any

import orjson
from psycopg import Connection

from api.draft import Draft
from models import documents, statements, storing
from schemas.problem import Fault
from schemas.quotes import Mismatch, locate

PASSAGE = ("document_id", "quote", "start", "end")
"""What says where in which text a quote stands."""


def verify(connection: Connection[Any], drafts: Sequence[Draft]) -> list[Fault]:
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
        before = draft.standing if passage is draft.record else {}
        if before.get("quote_verified") is False and same(passage, before):
            # The document's text was changed under it, which a write of something else leaves so.
            passage["quote_verified"] = False
        elif text is not None:
            found += check(passage, text, pointer, own=passage is draft.record)
    return found


def same(passage: dict[str, Any], before: dict[str, Any]) -> bool:
    """Tell whether a passage is where and what it was."""
    return all(passage[name] == before[name] for name in PASSAGE)


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


def verdict(verified: bool | None) -> str:  # noqa: FBT001 - it is the value itself
    """Write whether a quote is verified, as the end of a statement's text."""
    return f',"quote_verified":{orjson.dumps(verified).decode()}}}'


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
            storing.derive(
                connection,
                statements.STATEMENTS,
                {"id": quoting.id, "derived": verdict(verified), "quote_verified": verified},
                {"quote_verified": "%(quote_verified)s"},
            )
