"""Verbatim quotes and where they stand in a text, in code points, the end exclusive."""

import hashlib
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from schemas.fields.equivalence import fold, folded_text

QUOTATION_MARKS = "'\"`‘’‚‛“”„‟«»‹›′″"  # noqa: RUF001 - they are what it is about
"""Marks that count as the same one, because outlets and editors set each other's anew."""

_SAME_MARK = str.maketrans(dict.fromkeys(QUOTATION_MARKS, "'"))

_NO_MARK = str.maketrans(dict.fromkeys(QUOTATION_MARKS))

# Every other letter keeps its length in lower case, so that places stay where they are.
_SAME_LETTER = str.maketrans({"İ": "i"})

_Place = tuple[int, int]


class Mismatch(ValueError):  # noqa: N818 - it names what is so, as the other refusals do
    """A quote does not stand where it is said to; `nearest` is where it, or nearly it, stands."""

    def __init__(self, message: str, nearest: _Place | None = None) -> None:
        """Take the reason, and the start and the exclusive end of the place, in code points."""
        super().__init__(message)
        self.nearest = nearest


def locate(text: str, quote: str, start: int | None, end: int | None) -> _Place:
    """Find a quote, or verify it where an offset is given; raise Mismatch where it is not.

    Offsets are code points of the text as it is, the end exclusive; one of them follows from the
    other. All quotation marks count as the same, and so do composed and decomposed letters, with or
    without what is invisible; but of several places one that agrees in them is found first.
    """
    if not quote:
        reason = "The quote is empty."
        raise Mismatch(reason)
    if start is None and end is None:
        return _find(text, quote)
    given = start, end
    if start is None:
        start = (end or 0) - len(quote)
    if end is None:
        end = start + len(quote)
    stands = 0 <= start <= end <= len(text) and _marked(text[start:end]) == _marked(quote)
    if stands:
        return start, end
    equivalent = folded_text(_marked_text(text)).at(fold(_marked(quote)).text, *given)
    if equivalent:
        return equivalent
    reason = f"The quote does not stand at {start}-{end}"
    if end - start != len(quote):
        reason += f", and it has {len(quote)} code points, not {end - start}"
    elif start < 0 or end > len(text):
        reason += f", and the text has {len(text)} code points"
    raise _mismatch(reason, text, quote, start)


def follow(before: str, after: str, start: int, end: int) -> _Place | None:
    """Follow a passage from a text to the next version of it; None where that cannot be told.

    What lies before or behind all that was changed is followed by its offsets; what lies between is
    the same only where it stands once in both versions. All quotation marks count as the same.
    """
    edit = _edit(before, after)
    if end <= edit.head:
        return start, end
    if start >= len(before) - edit.tail:
        shift = len(after) - len(before)
        return start + shift, end + shift
    quote = edit.before[start:end]
    if _once(edit.before, quote) and _once(edit.after, quote):
        place = edit.after.find(quote)
        return place, place + len(quote)
    return None


def is_once(text: str, quote: str) -> bool:
    """Tell whether a quote stands in a text, and stands there only once, however marks are set."""
    return _once(_marked_text(text), _marked(quote))


class _Edit(NamedTuple):
    before: str
    after: str
    head: int
    tail: int


@lru_cache(maxsize=1)
def _edit(before: str, after: str) -> _Edit:
    before, after = _marked(before), _marked(after)
    head = _shared(before, after)
    rest = min(len(before), len(after)) - head
    return _Edit(before, after, head, min(_shared(before[::-1], after[::-1]), rest))


def _once(text: str, quote: str) -> bool:
    first = text.find(quote)
    return first >= 0 and text.find(quote, first + 1) < 0


def _shared(one: str, other: str) -> int:
    """Count the code points with which both begin, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def digest(text: str) -> str:
    """Hash a text: SHA-256 of its UTF-8, in hexadecimal; ValueError where it has surrogates."""
    return hashlib.sha256(text.encode()).hexdigest()


def words(quote: str) -> str:
    """Reduce a quote to its words, by which the same ones are known in several outlets.

    Compatibility forms (NFKD) and case are folded, combining marks, quotation marks and invisible
    characters are dropped, and white space and punctuation separate the words by one space; but not
    in scripts that put none between words.
    """
    folded = unicodedata.normalize("NFKC", quote).translate(_NO_MARK).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    # Arabic and web text carry joiners, direction marks and soft hyphens, which nobody reads, and
    # some outlets write vowel marks that others leave out.
    folded = "".join(
        letter for letter in folded if unicodedata.category(letter) not in {"Cf", "Mn", "Me"}
    )
    folded = unicodedata.normalize("NFKC", folded.casefold())
    return _UNSPACED.sub("", " ".join("".join(map(_spaced, folded)).split()))


_WITHOUT_SPACES = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u19e0-\u19ff\u1a20-\u1aaf"
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff"
    "\uaa60-\uaadf\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Tai, kana and Han: scripts without spaces between words."""

_UNSPACED = re.compile(f"(?<=[{_WITHOUT_SPACES}]) (?=[{_WITHOUT_SPACES}])")

_LETTERS = re.compile(f"[{_WITHOUT_SPACES}]")

MIN_WORDS, MIN_LETTERS = 5, 12
"""Words, or letters of scripts without spaces, that are not the same by chance."""


def telling_words(quote: str | None) -> str | None:
    """Reduce a quote to its words, if these are enough to know it by; see `words`."""
    reduced = words(quote or "")
    return reduced if is_telling(reduced) else None


def is_telling(reduced: str) -> bool:
    """Tell whether a quote, as reduced by `words`, is too long to be the same by chance."""
    return len(reduced.split()) >= MIN_WORDS or len(_LETTERS.findall(reduced)) >= MIN_LETTERS


def _spaced(letter: str) -> str:
    return " " if unicodedata.category(letter)[0] in "PZ" else letter


def _marked(text: str) -> str:
    return text.translate(_SAME_MARK)


# All the quotes of a document come in a row, so that the last text is kept, here and below.
_marked_text = lru_cache(maxsize=1)(_marked)


def _find(text: str, quote: str) -> _Place:
    start = text.find(quote)
    if start < 0:
        start = _marked_text(text).find(_marked(quote))
    if start < 0:
        equivalent = folded_text(_marked_text(text)).find(fold(_marked(quote)).text)
        if equivalent:
            return equivalent
        reason = "The quote does not stand in the text"
        raise _mismatch(reason, text, quote, 0)
    return start, start + len(quote)


def _mismatch(reason: str, text: str, quote: str, start: int) -> Mismatch:
    text, quote = _marked_text(text), _marked(quote)
    found = _nearest(text, quote, start)
    if found is not None:
        nearest = found, found + len(quote)
        return Mismatch(f"{reason}; it stands at {nearest[0]}-{nearest[1]}.", nearest)
    variant = _nearest_variant(text, quote, start)
    if variant is not None:
        place = f"{variant[0]}-{variant[1]}"
        return Mismatch(f"{reason}; at {place} case or white space differ.", variant)
    return Mismatch("The quote stands nowhere in the text.")


def _nearest(text: str, quote: str, start: int) -> int | None:
    start = min(max(start, 0), len(text))
    after = text.find(quote, start)
    # Backwards in a reversed copy: str.rfind takes quadratic time on texts made for it.
    head = text[: start + len(quote) - 1]
    reach = head[::-1].find(quote[::-1])
    before = len(head) - reach - len(quote)
    if reach < 0:
        return after if after >= 0 else None
    return before if after < 0 or start - before <= after - start else after


def _nearest_variant(text: str, quote: str, start: int) -> _Place | None:
    plain = _plain(text)
    quote = " ".join(_lowered(quote).split())
    if not plain.starts or not quote:
        return None
    found = _nearest(plain.text, quote, _shifted(start, plain.origins, plain.starts))
    if found is None:
        return None
    last = _shifted(found + len(quote) - 1, plain.starts, plain.origins)
    return _shifted(found, plain.starts, plain.origins), last + 1


class _Plain(NamedTuple):
    text: str
    starts: Sequence[int]
    origins: Sequence[int]


@lru_cache(maxsize=1)
def _plain(text: str) -> _Plain:
    pieces, starts, origins = [], array("Q"), array("Q")
    start = 0
    for match in re.finditer(r"\S+", _lowered(text)):
        pieces.append(match[0])
        starts.append(start)
        origins.append(match.start())
        start += len(match[0]) + 1
    return _Plain(" ".join(pieces), starts, origins)


def _shifted(place: int, starts: Sequence[int], others: Sequence[int]) -> int:
    index = max(bisect_right(starts, place) - 1, 0)
    return others[index] + place - starts[index]


def _lowered(text: str) -> str:
    # A capital sigma is lowered by its place in the word, which need not be the quote's.
    return text.translate(_SAME_LETTER).lower().replace("ς", "σ")  # noqa: RUF001 - Greek
