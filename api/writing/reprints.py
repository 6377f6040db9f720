"""Reprints: documents whose counts change when a write connects copies, or separates them.

Documents are tied to each other by the text that they have, and by what they reprint. Where the
ties of one change, what was counted changes only for what rests on two documents that it ties. Of
such two at least one is reached without what it reprints: by its text, old and new, and by its own
copies. Where its text alone changes, one is reached without that.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.writing.draft import Sent, Written
from models.database.connections import Connection
from models.derived.copies import Print, group
from models.documents import DOCUMENTS
from models.store import records
from schemas.fields.ids import is_id
from schemas.fields.quotes import digest

TIES = frozenset({"copy_of_id", "text", "text_sha256"})
"""Members by which a document is tied to others."""


def touched(connection: Connection, sent: Sequence[Sent]) -> set[str]:
    """List the documents that are, or may become, copies of those sent."""
    tied = [each for each in sent if may_tie(each)]
    if not tied:
        return set()
    ids = {each.id for each in tied if not each.generated}
    texts, reprinted = {*texts_of(tied)}, {*reprinted_by(tied)}
    [first, *others] = tied
    if others:
        return ids | named(group(connection, ids | reprinted, texts))
    if not first.body:  # it is withdrawn, and nothing rests on it: it may tie others no more
        found = group(connection, ids, without_copy=ids)
        tying = any(each.id in ids and each.copy_of_id and each.text for each in found)
        return named(found) if tying else ids
    if first.generated or (first.partial and {*first.body} & TIES == {"copy_of_id"}):
        return ids | named(group(connection, ids, texts, without_copy=ids))
    return ids | named(group(connection, ids | reprinted, texts))


def may_tie(sent: Sent) -> bool:
    """Say whether a write may connect copies, or separate them.

    Nothing rests on a new one; it ties others only where it has both a text and what it reprints.
    """
    if sent.generated:
        return isinstance(sent.body.get("copy_of_id"), str) and any(texts_of([sent]))
    if sent.weight_may_change and not sent.body:
        return False
    return not sent.partial or not TIES.isdisjoint(sent.body)


def texts_of(sent: Sequence[Sent]) -> list[str]:
    """List the hashes of the sent texts, which may have faults."""
    found = []
    for each in sent:
        text, given = each.body.get("text"), each.body.get("text_sha256")
        if isinstance(text, str):
            found.append(digest(text.encode(errors="replace").decode()))
        elif isinstance(given, str) and "\0" not in given:
            found.append(given.encode(errors="replace").decode())
    return found


def reprinted_by(sent: Sequence[Sent]) -> list[str]:
    """List the documents that those sent reprint, which may have faults."""
    named = (each.body.get("copy_of_id") for each in sent)
    return [each.lower() for each in named if isinstance(each, str) and is_id(each)]


def parted(connection: Connection, written: Sequence[Written]) -> set[str]:
    """List the documents whose counts a write changed, and lock them.

    Until commit, nobody else can say anything in them.
    """
    changed = [each for each in written if ties(each)]
    if not changed:
        return set()
    own = {each.checked.sent.id for each in changed}
    before = [stored_record(each) for each in changed]
    texts = {each["text_sha256"] for each in before if each.get("text_sha256")}
    if len(changed) > 1:
        reprinted = {each["copy_of_id"] for each in before if each.get("copy_of_id")}
        found = group(connection, own | reprinted, texts)
    elif reprints(before[0]) == reprints(changed[0].checked.record):
        found = group(connection, own, without_text=own)
    else:
        found = group(connection, own, texts, without_copy=own)
    if others := sorted(named(found) - own):
        records.lock(connection, DOCUMENTS, others, DOCUMENTS.lock_strength)
    return own | named(found)


def ties(written: Written) -> bool:
    """Say whether a document has another text or original than before.

    One that is new or restored ties others where it has both.
    """
    before, record = stored_record(written), written.checked.record
    if not before:
        return bool(record["text_sha256"] and reprints(record))
    return before["text_sha256"] != record["text_sha256"] or reprints(before) != reprints(record)


def stored_record(written: Written) -> Mapping[str, Any]:
    """Give a document before the write; empty if it was new or withdrawn."""
    current = written.checked.current
    return current.before if current.stored and not current.stored.withdrawn else {}


def reprints(document: Mapping[str, Any]) -> str | None:
    """Give the original of a document; early versions did not store it."""
    found: str | None = document.get("copy_of_id")
    return found


def named(prints: Sequence[Print]) -> set[str]:
    """Give the ids of documents."""
    return {each.id for each in prints}
