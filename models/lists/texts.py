"""The free texts of a record, and the words of each."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, LiteralString, NamedTuple

from models.lists.words import UNSPACED, WORD, kept, language, tokens
from models.table import Child

NAMING, SAYING, NOTING, READING = "ABCD"
"""How much it weighs that a word stands somewhere: in what names a record, in what was said or
seen, in what is remarked on it, and in the full text of a document."""

WEIGHTS = f"{NAMING}{SAYING}{NOTING}{READING}"
"""The weights, the greatest first; what names a part of a record weighs as what was said."""

WRITTEN = {
    **dict.fromkeys(("title", "name"), NAMING),
    **dict.fromkeys(("quote", "text", "label", "speaker_label", "location_text"), SAYING),
    **dict.fromkeys(("description", "note", "hedge", "condition", "speaker_role"), NOTING),
    **dict.fromkeys(("date_text", "published_note", "reason", "value"), NOTING),
}
"""Members that are written by people, at any depth, and how much a word in them weighs."""

LEFT_OUT = frozenset({"attributes", "attestation", "assessments", "external_ids", "files"})
"""Members in which nothing is looked for: they may be anything, or nobody has written them."""

WORDED_ASPECTS = ("intent", "degree")
"""Aspects on which the value of a claim is a text."""

APART = 8
"""Words that might stand between two members, so that no phrase begins in one and goes on in
another."""

LAST_PLACE = 16_383
"""The last place that PostgreSQL tells from others: phrases are found before it."""

MAX_PLACES = 255
"""Maximum number of places of a word that PostgreSQL keeps."""

MAX_BYTES = 1_000_000
"""Maximum size of the words of a record, a little less than that of a `tsvector`. The words that
come when it is reached are left out."""

ENTRY_BYTES, PLACE_BYTES = 12, 2
"""Maximum bytes that a word takes beside its letters, and each further place of it."""

MAX_WORDS = 100_000
"""Maximum number of words of a record that are looked at."""


class Written(NamedTuple):
    """A text of a record: the JSON pointer of its member, and the weight of its words."""

    pointer: str
    text: str
    weight: str


def worded(name: LiteralString, key: LiteralString) -> Child:
    """Give the table of a record's words, from what `words_of` takes from the record."""
    select: LiteralString = "SELECT %(id)s::uuid, %(lexemes)s::tsvector"
    return Child(name, key, {"lexemes": "tsvector"}, select=select)


def texts(record: Mapping[str, Any]) -> Iterator[Written]:
    """Take the free texts of a record; the full text of a document last."""
    last = None
    for name, value in record.items():
        if name in LEFT_OUT:
            continue
        if name == "text" and "text_sha256" in record:
            last = value
        elif isinstance(value, str):
            if name in WRITTEN:
                yield Written(f"/{name}", value, WRITTEN[name])
        elif isinstance(value, (list, dict)) and value:
            yield from texts_in(f"/{name}", value)
    if last:
        yield Written("/text", last, READING)


def texts_in(pointer: str, part: Any) -> Iterator[Written]:
    """Take the free texts of a part of a record."""
    if isinstance(part, list):
        for position, item in enumerate(part):
            if isinstance(item, (list, dict)):
                yield from texts_in(f"{pointer}/{position}", item)
        return
    for name, value in part.items():
        if isinstance(value, str):
            weight = WRITTEN.get(name)
            if weight and (name != "value" or part.get("aspect") in WORDED_ASPECTS):
                yield Written(f"{pointer}/{name}", value, max(weight, SAYING, key=WEIGHTS.index))
        elif isinstance(value, (list, dict)) and value and name not in LEFT_OUT:
            yield from texts_in(f"{pointer}/{name}", value)


def words_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Take the words of a record, with positions and weights, as a `tsvector`."""
    code = language(record.get("language"))
    found: dict[str, list[str]] = {}
    place = size = count = 0
    for written in texts(record):
        weight = written.weight
        for word in words_in(written.text):
            place += 1
            count += 1
            at = f"{place}{weight}" if place < LAST_PLACE else f"{LAST_PLACE}{weight}"
            for lexeme in kept(word, code):
                places = found.get(lexeme)
                if places is not None:
                    if len(places) < MAX_PLACES and places[-1] != at:
                        size += PLACE_BYTES
                        places.append(at)
                elif size < MAX_BYTES:
                    size += len(lexeme) * (1 if lexeme.isascii() else 4) + ENTRY_BYTES
                    found[lexeme] = [at]
            if count == MAX_WORDS:
                break
        place += APART
    return {"lexemes": " ".join([f"'{lexeme}':{','.join(at)}" for lexeme, at in found.items()])}


def words_in(text: str) -> list[str]:
    """Take the words of a text, with consecutive positions."""
    if text.isascii() or not UNSPACED.search(text):
        return WORD.findall(text.replace("_", " "))
    return [token.text for token in islice(tokens(text), MAX_WORDS)]
