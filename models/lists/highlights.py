"""Highlights: the matches of `q` in a record."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from models.lists.text import Operand, operands
from models.lists.texts import texts
from models.lists.words import Token, kept, language, tokens

MAX_HIGHLIGHTS, MAX_OF_ONE = 10, 3
"""Maximum number of highlights of a record, and of one of its members."""

AROUND = 60
"""Code points that are shown on either side of a match, or a few less."""

BEGIN, END = "⟦", "⟧"
"""The marks before and behind a match in its snippet."""

LEFT_OUT = "…"
"""Stands for what a snippet leaves out at its ends."""


class Highlight(NamedTuple):
    """A match: the JSON pointer of its member, its offsets, and the words around it."""

    field: str
    snippet: str
    start: int
    end: int


class Kept(NamedTuple):
    """A word of a text, and its keys."""

    token: Token
    lexemes: Sequence[str]


def highlights(record: Mapping[str, Any], asked: Any, most: int) -> tuple[list[Highlight], int]:
    """Find the matches in up to `most` code points; give the number searched, too."""
    phrases = [
        operands(text) for each in asked.alternatives for text, excluded in each if not excluded
    ]
    code = language(record.get("language"))
    found: list[Highlight] = []
    seen = 0
    for written in texts(record):
        text = written.text[: most - seen]
        seen += len(text)
        for start, end in islice(places(text, code, phrases), MAX_OF_ONE):
            found.append(Highlight(written.pointer, snippet(written.text, start, end), start, end))
        if len(found) >= MAX_HIGHLIGHTS or seen >= most:
            break
    return found[:MAX_HIGHLIGHTS], seen


def places(
    text: str, code: str | None, phrases: Sequence[Sequence[Operand]]
) -> Iterator[tuple[int, int]]:
    """Yield the matches of some phrases in a text, without overlaps."""
    words = [Kept(token, kept(token.text, code)) for token in tokens(text)]
    last = 0
    for number, word in enumerate(words):
        if word.token.start < last:
            continue
        ends = [end for each in phrases if (end := end_of(words, number, each))]
        if ends:
            last = max(ends)
            yield word.token.start, last


def end_of(words: Sequence[Kept], number: int, phrase: Sequence[Operand]) -> int | None:
    """Give the end of a phrase that starts at a word; None without a match."""
    for operand in phrase:
        number += operand.distance
        if number >= len(words) or not fits(words[number].lexemes, operand):
            return None
    token = words[number].token
    return token.start + 1 if phrase[-1].prefix else token.end


def fits(lexemes: Sequence[str], operand: Operand) -> bool:
    """Say whether a word matches."""
    if operand.prefix:
        return any(lexeme.startswith(tuple(operand.lexemes)) for lexeme in lexemes)
    return not operand.found.isdisjoint(lexemes)


def snippet(text: str, start: int, end: int) -> str:
    """Give the words around a match, which is marked."""
    first, last = max(start - AROUND, 0), min(end + AROUND, len(text))
    before, after = text[first:start], text[end:last]
    if first:
        before = LEFT_OUT + (before.partition(" ")[2] if " " in before else before)
    if last < len(text):
        after = (after.rpartition(" ")[0] if " " in after else after) + LEFT_OUT
    return f"{before}{BEGIN}{text[start:end]}{END}{after}"
