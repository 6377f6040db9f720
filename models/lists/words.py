"""Words as full text compares them: folded, with stems; pairs in scripts without spaces.

A word is kept in small letters without its accents, and beside it, in its place, its stem in the
language of its record. English stems are kept as they are; those of another language stand behind
its code, `fr/attaqu`, so that no text is found by a stem that it has in a language of others. What
is written without spaces is kept by each two letters that follow each other.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

LONGEST_WORD = 64
"""Code points by which a word is compared: what follows them makes no difference."""

WORDS_REMEMBERED = 65_536

ENGLISH = "en"
"""The language in which texts are read that do not say theirs."""

LANGUAGES = {
    "LATIN": {
        "ca": "catalan",
        "cs": "czech",
        "da": "danish",
        "de": "german",
        "es": "spanish",
        "et": "estonian",
        "eu": "basque",
        "fi": "finnish",
        "fr": "french",
        "ga": "irish",
        "hu": "hungarian",
        "id": "indonesian",
        "it": "italian",
        "lt": "lithuanian",
        "nl": "dutch",
        "no": "norwegian",
        "pl": "polish",
        "pt": "portuguese",
        "ro": "romanian",
        "sr": "serbian",
        "sv": "swedish",
        "tr": "turkish",
        ENGLISH: "english",
    },
    "CYRILLIC": {"ru": "russian", "sr": "serbian"},
    "ARABIC": {"ar": "arabic", "fa": "persian"},
    "DEVANAGARI": {"hi": "hindi", "ne": "nepali"},
    "GREEK": {"el": "greek"},
    "ARMENIAN": {"hy": "armenian"},
    "HEBREW": {"yi": "yiddish"},
    "TAMIL": {"ta": "tamil"},
}
"""Languages whose words have stems (Snowball), by their script and code (ISO 639-1)."""

SAME = {"nb": "no", "nn": "no", "hr": "sr", "bs": "sr", "sh": "sr"}
"""Codes of languages whose stems are those of another one."""

WITHOUT_SPACES = (
    *((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x19E0, 0x19FF)),
    *((0x1A20, 0x1AAF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF)),
    *((0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF)),
    *((0xFF66, 0xFF9F), (0x20000, 0x3FFFF)),
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Tai, kana and Han: scripts without spaces between words."""

LAST_WITH_MARKS = 0xFFFF
"""The last code point that is looked at for marks: with others, the expression would be slow."""

APOSTROPHES = "'`’‘ʼʻʿʾ′´׳"  # noqa: RUF001 - they look like each other
"""Marks that may stand within a word, or for ayn and hamza."""

MARKS = dict.fromkeys(
    [
        *(*range(0x0300, 0x0370), *range(0x0591, 0x05C8), *range(0x0610, 0x061B), 0x0640),
        *(*range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE), *map(ord, APOSTROPHES)),
    ]
)
"""Accents of Latin, Greek, Cyrillic, Hebrew and Arabic letters: left out. Others write vowels."""

LETTERS = str.maketrans("øđłıħŧŋðəςیىکة", "odlihtndeσييكه") | {  # noqa: RUF001 - of other scripts
    ord(letter): two for letter, two in (("æ", "ae"), ("œ", "oe"), ("þ", "th"))
}
"""Letters that are compared as others: those with strokes, and Persian ones as Arabic ones."""


def written(*intervals: tuple[int, int]) -> str:
    """Write intervals of code points as a regular expression."""
    return "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in intervals)


MARK = "".join(
    re.escape(chr(code))
    for code in range(0x300, LAST_WITH_MARKS + 1)
    if unicodedata.category(chr(code))[0] == "M"
)
"""Marks that belong to the letter before them."""

WORD = re.compile(f"\\w[\\w{MARK}]*(?:[{APOSTROPHES}][\\w{MARK}]+)*")
"""A word, which may have apostrophes inside, or what stands between spaces where these are few."""

UNSPACED = re.compile(f"([{written(*WITHOUT_SPACES)}]+)")
"""Letters of scripts without spaces."""


class Token(NamedTuple):
    """A word of a text, or a pair of letters of a script without spaces.

    `start` and `end` are code points; `place` counts the words, and such letters.
    """

    text: str
    place: int
    start: int
    end: int
    unspaced: bool


def tokens(text: str) -> Iterator[Token]:
    """Take the words of a text, in order; the last letter of a run is a token of its own."""
    place = 0
    # No word has an underscore in it.
    for found in WORD.finditer(text.replace("_", " ")):
        start, end = found.span()
        if found[0].isascii() or not UNSPACED.search(found[0]):
            yield Token(found[0], place, start, end, unspaced=False)
            place += 1
            continue
        for piece in UNSPACED.split(found[0]):
            end = start + len(piece)
            if UNSPACED.match(piece):
                for at in range(start, end):
                    last = min(at + 2, end)
                    yield Token(text[at:last], place, at, last, unspaced=True)
                    place += 1
            elif WORD.match(piece):
                yield Token(piece, place, start, end, unspaced=False)
                place += 1
            start = end


@lru_cache(WORDS_REMEMBERED)
def folded(word: str) -> str:
    """Fold a word: lower case, no accents, ASCII digits."""
    if word.isascii():
        plain = word.lower().replace("'", "").replace("`", "")
    else:
        bare = unicodedata.normalize("NFKD", word.casefold()).translate(MARKS)
        plain = unicodedata.normalize("NFC", bare).translate(LETTERS)
        if not plain.isalpha():
            plain = "".join(str(unicodedata.decimal(letter, letter)) for letter in plain)
    return plain[:LONGEST_WORD]


STEMMERS = threading.local()
"""The stemmers of a thread, which are not made to be shared."""


@lru_cache(WORDS_REMEMBERED)
def stem(word: str, code: str, algorithm: str) -> str:
    """Give the stem of a word in a language, folded."""
    stemmers: dict[str, Stemmer.Stemmer] = STEMMERS.__dict__
    if code not in stemmers:
        stemmers[code] = Stemmer.Stemmer(algorithm)
    lowered = unicodedata.normalize("NFC", word.casefold())[:LONGEST_WORD]
    return folded(stemmers[code].stemWord(lowered.replace("’", "'")))  # noqa: RUF001


@lru_cache(4_096)
def script(letter: str) -> str:
    """Name the script of a letter."""
    return unicodedata.name(letter, "").partition(" ")[0]


def language(tag: str | None) -> str | None:
    """Give the code of a language's stems; None if it has no stemmer."""
    if tag is None:
        return ENGLISH
    code = tag.partition("-")[0].lower()
    code = SAME.get(code, code)
    return code if any(code in known for known in LANGUAGES.values()) else None


def forms(word: str) -> list[str]:
    """Give a word, and what an elided one before it leaves of it, as `attaque` of `l'attaque`."""
    whole, *others = re.split(f"[{APOSTROPHES}]", word, maxsplit=1)
    return [word, *others] if others and len(whole) <= len("qu") else [word]


@lru_cache(WORDS_REMEMBERED)
def kept(word: str, code: str | None) -> tuple[str, ...]:
    """Give the keys of a record's word: itself, its parts and its stems."""
    found = []
    parts = [part for part in re.split(f"[{APOSTROPHES}]", word) if len(part) > len("qu")]
    for form in (word, *parts):
        found.append(folded(form))
        if code and (algorithm := LANGUAGES.get(script(form[0]), {}).get(code)):
            found.append(stemmed(form, code, algorithm))
    return tuple(dict.fromkeys(filter(None, found)))


@lru_cache(WORDS_REMEMBERED)
def wanted(word: str) -> tuple[str, ...]:
    """Give the keys that find a word: itself, or its stem in a language of its script."""
    found = []
    for form in forms(word):
        found.append(folded(form))
        for code, algorithm in LANGUAGES.get(script(form[0]), {}).items():
            found.append(stemmed(form, code, algorithm))
    return tuple(dict.fromkeys(filter(None, found)))


def stemmed(word: str, code: str, algorithm: str) -> str:
    """Write the key of a stem."""
    root = stem(word, code, algorithm)
    return root if code == ENGLISH or not root else f"{code}/{root}"
