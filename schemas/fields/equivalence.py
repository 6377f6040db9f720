"""Texts folded so that what Unicode holds to be the same is found, with where each piece stood."""

import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
"""Soft hyphen, zero-width space, non-joiner, joiner, word joiner and byte order mark."""

MAX_MARKS = 32
"""Maximum number of marks that are put in order behind a letter; nobody writes more."""

MAX_TRIES = 1_000
"""Maximum number of places that are looked at, though they begin or end within a letter."""


class Folded(NamedTuple):
    """A text in NFD without what is invisible; where each letter of it begins and ends."""

    text: str
    begins: Sequence[int]
    ends: Sequence[int]

    def find(self, quote: str) -> tuple[int, int] | None:
        """Find the first place of a folded quote, in the code points of the unfolded text."""
        first = self.text.find(quote) if quote else -1
        for _ in range(MAX_TRIES):
            if first < 0:
                return None
            if found := self.place(first, len(quote)):
                return found
            first = self.text.find(quote, first + 1)
        return None

    def at(self, quote: str, start: int | None, end: int | None) -> tuple[int, int] | None:
        """Find a folded quote where it begins at `start`, or else ends at `end`."""
        if start is not None:
            first = bisect_left(self.begins, start)
        else:
            first = bisect_right(self.ends, end or 0) - len(quote)
        if first < 0 or not self.text.startswith(quote, first):
            return None
        found = self.place(first, len(quote)) if quote else None
        return (
            found if found and (start in {None, found[0]}) and (end in {None, found[1]}) else None
        )

    def place(self, first: int, length: int) -> tuple[int, int] | None:
        """Say where letters of the folded text stood; None where they begin or end within one."""
        last = first + length - 1
        begin, end = self.begins[first], self.ends[last]
        if first and self.begins[first - 1] == begin:
            return None
        if last + 1 < len(self.text) and self.ends[last + 1] == end:
            return None
        return begin, end


def fold(text: str) -> Folded:
    """Fold a text letter by letter, each with the marks behind it."""
    if unicodedata.is_normalized("NFD", text) and INVISIBLE.isdisjoint(text):
        return Folded(text, range(len(text)), range(1, len(text) + 1))
    pieces, begins, ends = [], array("Q"), array("Q")
    begin = 0
    while begin < len(text):
        end = last = begin + 1
        while end < len(text) and end - begin < MAX_MARKS:
            if text[end] not in INVISIBLE:
                if not unicodedata.combining(text[end]):
                    break
                last = end + 1
            end += 1
        letter = "".join(each for each in text[begin:last] if each not in INVISIBLE)
        piece = unicodedata.normalize("NFD", letter)
        pieces.append(piece)
        begins.extend([begin] * len(piece))
        ends.extend([last] * len(piece))
        begin = end
    return Folded("".join(pieces), begins, ends)


folded_text = lru_cache(maxsize=1)(fold)
"""All the quotes of a document come in a row, so that the last text is kept."""
