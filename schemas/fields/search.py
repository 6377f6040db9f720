"""What is asked of full text: words, "phrases", OR and -minus, as web searches have it."""

import re
import unicodedata
from typing import Any, NamedTuple

from marshmallow import fields

from schemas.fields.values import Field, refusal

MAX_CODE_POINTS = 1_000
"""Maximum length of what is asked for, in code points."""

MAX_WORDS = 32
"""Maximum number of words that are asked for, those of phrases and excluded ones too."""

QUOTES = str.maketrans("“”„", '"""')
"""Quotation marks that mean the same."""

TERM = re.compile(r'(-*)(?:"([^"]*)"|([^\s"]+))')
"""A phrase, or a word; both may be excluded."""

PIECE = re.compile(r"[^\W_]+")
"""What is counted as a word."""


HIGHLIGHTS: dict[str, Any] = {
    "type": "array",
    "description": "Only in lists with `highlight=true`: the first occurrences of the words of "
    "`q` in the record, up to 10, and up to 3 per member.",
    "items": {
        "type": "object",
        "required": ["field", "snippet", "start", "end"],
        "properties": {
            "field": {
                "type": "string",
                "description": "JSON pointer to the member (RFC 6901).",
                "example": "/participants/0/label",
            },
            "snippet": {
                "type": "string",
                "description": "The surrounding text, with the match between `⟦` and `⟧`, and "
                "`…` where text is omitted. This is text, not HTML.",
                "example": "…laid ⟦siege⟧ to the valley",
            },
            "start": {
                "type": "integer",
                "minimum": 0,
                "description": "Start of the match in the member's text, in code points.",
                "example": 14,
            },
            "end": {
                "type": "integer",
                "minimum": 1,
                "description": "End of the match, in code points (exclusive).",
                "example": 19,
            },
        },
        "additionalProperties": False,
    },
}
"""Where a record has the words that it was found by."""


class Term(NamedTuple):
    """A word, or a phrase, and whether it must not be there."""

    text: str
    excluded: bool


class Words(NamedTuple):
    """What is asked of full text: alternatives, of each of which all terms must fit."""

    alternatives: tuple[tuple[Term, ...], ...]


class FullText(Field, fields.Field[Any]):
    """Words that are looked for, read as `Words`."""

    def __init__(self, description: str, example: object, **more: Any) -> None:
        """Take a text of bounded length."""
        bounds = {"type": "string", "minLength": 1, "maxLength": MAX_CODE_POINTS}
        super().__init__(description, example, nullable=False, metadata=bounds, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        text = str(value).translate(QUOTES)
        if len(text) > MAX_CODE_POINTS:
            raise refusal("length", f"This has {MAX_CODE_POINTS} characters at the most.")
        if text.count('"') % 2:
            raise refusal("quotes", "A phrase stands between two double quotes; one is missing.")
        return Words(tuple(map(tuple, read(text))))


def read(text: str) -> list[list[Term]]:
    """Take a text apart into alternatives; ValidationError where one has nothing to look for."""
    alternatives: list[list[Term]] = [[]]
    count = 0
    for minus, phrase, word in TERM.findall(text):
        if word == "OR" and not minus:
            alternatives.append([])
            continue
        term = phrase or word
        count += words(term)
        if words(term):
            alternatives[-1].append(Term(term, bool(minus)))
    if count > MAX_WORDS:
        raise refusal("words", f"These are {count} words; {MAX_WORDS} at the most are looked for.")
    if not count:
        raise refusal("words", "There is no word in this to look for.")
    if not all(alternatives):
        raise refusal("words", "OR stands between two words or phrases that are looked for.")
    if any(all(term.excluded for term in each) for each in alternatives):
        sentence = "Something must be looked for beside what is excluded, on either side of OR."
        raise refusal("excluded", sentence)
    return alternatives


def words(text: str) -> int:
    """Count the words of a text, or what stands between spaces."""
    return len(PIECE.findall("".join(filter(is_no_mark, unicodedata.normalize("NFKC", text)))))


def is_no_mark(letter: str) -> bool:
    """Tell whether a character stands by itself, and not on or under the one before it."""
    return unicodedata.category(letter)[0] != "M"
