"""A document being read: its text in pieces, each with the statements that quote it."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from api.facades.explorer.asking import pages_of
from api.facades.explorer.lists import names_by_id
from schemas.fields.ids import UUID

MAX_STATEMENTS = 500
"""Maximum number of statements that are shown beside a text."""

MAX_CHARACTERS = 300_000
"""Maximum length of a text that is shown: that of a book of 150 pages."""

NOTED = (
    "speaker_id,speaker.name,speaker_label,text,quote,start,end,form,act,claims,quote_verified,"
    "retraction,hedge"
)
"""Members of the statements beside a text."""

PARAGRAPHS = re.compile(r"(\n\s*\n)")


def reading_of(
    document: Mapping[str, Any] | None, statement: dict[str, Any] | None
) -> dict[str, Any]:
    """Give a document's paragraphs, its statements, and those that stand at no place of the text.

    The statement that is looked at is always among them.
    """
    focus = statement["id"] if statement else None
    noted: list[dict[str, Any]] = []
    if document:
        noted = pages_of(
            "statements",
            MAX_STATEMENTS,
            document=document["id"],
            retracted="include",
            sort="created_at",
            fields=NOTED,
        )
    more = len(noted) == MAX_STATEMENTS
    if document and statement and focus not in {each["id"] for each in noted}:
        noted.append(statement)
    text = (document or {}).get("text") or ""
    paragraphs = [*paragraphs_of(text[:MAX_CHARACTERS], noted, focus)]
    placed = {each["id"] for paragraph in paragraphs for each in paragraph["notes"]}
    return {
        "focus": focus,
        "paragraphs": paragraphs,
        "unplaced": [each for each in noted if each["id"] not in placed],
        "cut": len(text) > MAX_CHARACTERS,
        "more": more,
    }


def paragraphs_of(
    text: str, statements: Sequence[Mapping[str, Any]], focus: str | None
) -> Iterator[dict[str, Any]]:
    """Cut a text into paragraphs, and these into pieces, wherever a quote begins or ends.

    Each piece has the first quote that covers it, a paragraph a note for each that begins in it.
    """
    quoted = sorted(
        (each for each in statements if each["start"] is not None and each["end"] is not None),
        key=lambda each: (each["start"], each["end"]),
    )
    begins, ends = defaultdict(list), defaultdict(list)
    for each in quoted:
        begins[each["start"]].append(each)
        ends[each["end"]].append(each["id"])
    cuts = deque(sorted(begins.keys() | ends.keys()))
    # What covers a place is carried on, for a long text may have very many paragraphs.
    covering: dict[str, None] = {}
    last = 0
    for block in PARAGRAPHS.split(text):
        first, last = last, last + len(block)
        bounds = {first, last}
        while cuts and cuts[0] < last:
            bounds.add(cuts.popleft())
        pieces: list[dict[str, Any]] = []
        notes: list[Mapping[str, Any]] = []
        for begin, end in pairwise(sorted(bounds)):
            for one in ends.get(begin, ()):
                covering.pop(one, None)
            starting = begins.get(begin, ())
            notes += starting
            covering |= dict.fromkeys(each["id"] for each in starting)
            by = next(iter(covering), None)
            pieces.append({"text": text[begin:end], "by": by, "focus": focus in covering})
        if block.strip():
            yield {"pieces": pieces, "notes": notes}


def values_claimed(statement: Mapping[str, Any]) -> dict[str, str]:
    """Give the names of the actors and locations that a statement's claims have as values."""
    resources = {"responsibility": "actors", "casualties": "actors", "location": "locations"}
    wanted: dict[str, set[str]] = {}
    for claim in statement["claims"]:
        value = claim["value"]
        named = value.get("actor_id") if isinstance(value, dict) else value
        if claim["aspect"] in resources and isinstance(named, str) and UUID.fullmatch(named):
            wanted.setdefault(resources[claim["aspect"]], set()).add(named)
    return names_by_id(wanted)
