"""Consonants that languages spell differently: `j` is not the same sound in English and German.

A name does not tell in which language it is spelled, and may have lost its accents. So what is
written stands for any sound that it is in English, French, German, Polish, Turkish, Dutch, Spanish
or Italian, and two words may be the same where all of their consonants agree.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

SOUNDS = {
    **{letter: letter.upper() for letter in "lrmn"},
    **dict.fromkeys(("p", "b", "bh"), "P"),
    **dict.fromkeys(("t", "d", "th", "dh"), "T"),
    **dict.fromkeys(("f", "v", "ph"), "F"),
    **dict.fromkeys(("k", "q", "gh"), "K"),
    **dict.fromkeys(("h", "kh"), "H"),
    # Z as in vision or jungle, X as in shoe, Q as in church, C as in tsar, V as in rose.
    **dict.fromkeys(("dsch", "dzh", "dzj", "dj", "jh", "zh", "zj"), "Z"),
    **dict.fromkeys(("tsch", "tch", "tsh", "tsj", "cz"), "Q"),
    **dict.fromkeys(("sh", "sj"), "X"),
    **dict.fromkeys(("ts", "tz"), "C"),
    "sch": "XZ",
    "sz": "XS",
    "ch": "XQH",
    "dz": "CZ",
    "g": "KZ",
    # Y may be silent.
    "j": "ZYH",
    "w": "FY",
    # These may have lost an accent.
    "c": "KCQZ",
    "s": "SVX",
    "z": "VCZ",
}
"""Consonants as they are written: what each may stand for."""

SOFT = {"c": "S"}
"""Further sounds of c before e, i and y."""

LEAST_FOR_ACCENTS, PLAIN = 4, {"s": "SV", "z": "VC"}
"""Number of consonants below which too much would be alike if accents were lost."""

FIRST = {
    **dict.fromkeys("aou", "A"),
    # E as in yes.
    **dict.fromkeys("eiy", "AE"),
    "j": "ZHE",
    "w": "F",
    "kh": "HK",
}
"""Sounds of vowels, and of some consonants, where a word begins with them."""

WRITTEN = re.compile(f"^[aeiouy]|(?![aeiouy])(?:{'|'.join(sorted(SOUNDS, key=len, reverse=True))})")
"""One of them, as long as it is, or a vowel with which a word begins."""

DOUBLED = re.compile(r"(.)\1+")
"""Letters that are doubled."""

READINGS: tuple[tuple[dict[str, str], int], ...] = (
    ({"j": "", "ch": "H", "^j": "A", "^ch": "H"}, 2),
    ({}, 3),
    ({"j": "H", "^j": "H"}, 3),
    ({"^kh": "K"}, 4),
)
"""Ways to read all of a word, and what is not as in the second: in German, Polish and Dutch; in
French and Turkish; in Spanish; and with k for kh. What is shorter sounds like too much else."""

CLASSES = str.maketrans({**dict.fromkeys("ZXQCV", "S"), "Y": None})
"""Sounds that are one in a key, and what is not in it."""

LEAST_CONSONANTS = 3
"""Minimum number of consonants in a word that is read in more ways than one."""


class Consonant(NamedTuple):
    """A consonant as written, with `^` at the start of a word, and the sounds it may have.

    In a key, it is the first of these, but c is never K there.
    """

    letters: str
    sounds: frozenset[str]
    key: str


def consonants(word: str) -> tuple[Consonant, ...]:
    """List the consonants of a word in which no letter is doubled."""
    if "x" in word:
        word = re.sub("^x", "sh", word).replace("x", "ks")
    found = [*WRITTEN.finditer(word)]
    few = len(found) < LEAST_FOR_ACCENTS
    return tuple(
        [
            consonant(each[0], word[each.end() : each.end() + 1], first=not each.start(), few=few)
            for each in found
        ]
    )


@lru_cache(4_096)
def consonant(letters: str, following: str, *, first: bool, few: bool) -> Consonant:
    """Give the sounds a consonant may have before a letter, in a word that may have a `few`."""
    sounds = SOUNDS.get(letters, "")
    if first:
        sounds = FIRST.get(letters, sounds)
    elif letters == "j" and not following:
        letters, sounds = "", "Y"
    if letters in SOFT and following in {*"eiy"}:
        sounds += SOFT[letters]
    if few:
        sounds = PLAIN.get(letters, sounds)
    key = "S" if letters == "c" else sounds[0].translate(CLASSES)
    return Consonant(f"^{letters}" if first else letters, frozenset(sounds), key)


def readings(word: Sequence[Consonant]) -> list[str]:
    """Give a word's keys in the ways to read it."""
    if len(word) < LEAST_CONSONANTS:
        return []
    letters = {each.letters for each in word}
    found = []
    for way, least in READINGS:
        if not way or not letters.isdisjoint(way):
            read = "".join([way.get(each.letters, each.key) for each in word])
            key = DOUBLED.sub(r"\1", read)
            if len(key) >= least and key not in found:
                found.append(key)
    return found


def agree(ours: Sequence[Consonant], theirs: Sequence[Consonant]) -> bool:
    """Say whether two words may have the same consonants, doubled ones counted once."""
    ours, theirs = distinct(ours), distinct(theirs)
    reached = skipping({0}, theirs)
    for consonant in ours:
        met = {
            place + 1
            for place in reached
            if place < len(theirs) and not consonant.sounds.isdisjoint(theirs[place].sounds)
        }
        reached = skipping(met | (reached if "Y" in consonant.sounds else set()), theirs)
    return len(theirs) in reached


def distinct(word: Sequence[Consonant]) -> list[Consonant]:
    """Remove repeated consonants from a word."""
    return [each for each, _ in groupby(word)]


def skipping(places: set[int], word: Sequence[Consonant]) -> set[int]:
    """Add the positions after consonants that may be silent."""
    found = {*places}
    for place, consonant in enumerate(word):
        if place in found and "Y" in consonant.sounds:
            found.add(place + 1)
    return found
