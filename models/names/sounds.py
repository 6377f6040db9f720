"""Names as they are compared: in ASCII, word by word, with the sound of each.

Scripts of the Arabic and Hebrew family write hardly any vowels, and each language spells sounds in
its own way. So what is left of a word in the end are its consonants, in classes: Massoud, Mas'ud,
Масуд and مسعود are all `MST`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, pairwise, product
from typing import Any, NamedTuple
from unicodedata import normalize

from anyascii import anyascii

from models.names.letters import (
    ABJAD,
    ACCENTS,
    ARTICLE,
    BEGINNING,
    DOT,
    EITHER,
    FIRST,
    GERESH,
    GREEK,
    HEBREW,
    KOREAN,
    SILENT,
    SURNAMES,
)
from models.names.spellings import DOUBLED, Consonant, consonants, readings

WORDS_REMEMBERED = 65_536
"""How many words are remembered with their sounds: the same ones come again and again."""

MAX_NAME_CODE_POINTS = 500
"""Maximum number of code points of a name that are compared."""

KEYS_PAIRED = 2
"""How many of the keys of a word are paired with those of others."""

READINGS_PAIRED = 2
"""How many of the keys of a word by other languages are, too."""

WIDEST = 12
"""Maximum number of words of a name that are compared: longer ones are whole sentences."""

SERVANT = re.compile(
    r"\babd(?:[aeiou]?l(?!l?[aeiou]?h?\b)|[aeiou](?=([rsdntz])\1)|[aeiou]l\b)"
    r"(?:\1)?(?: ?[aeu]l\b)? ?"
)
"""The first half of Abdulrahman, Abdurrahman, Abdel Rahman; but Abdullah is one word."""

CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where the syllables of Chinese and Korean names begin, as anyascii writes them."""

BETWEEN = re.compile(r"[\W_]+")
"""Separators of words in ASCII."""

ARTICLES = frozenset(("al", "el", "ul", "ol", "ur", "ud", "ad", "ar", "as", "ash", "az", "an"))
"""The Arabic article, as it is heard before different words."""

PARTICLES = ARTICLES | frozenset(
    (
        *("bin", "ibn", "ben", "bint", "bn", "ibnu", "oglu", "ould", "wld"),
        *("de", "del", "della", "den", "der", "des", "di", "do", "dos", "da", "du", "la", "le"),
        *("van", "von", "zu", "y", "e", "i", "wa", "of", "the", "and", "for", "in", "on", "to"),
    )
)
"""Words that are left out as often as not: they count little."""

LIGHT = 0.2
"""Weight of a particle, where another word has 1."""

VOWELS = "aeiouy"


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a name: in ASCII, its spelling by sound, and the keys of its sound."""

    plain: str
    spelling: str
    own_keys: frozenset[str]
    keys: frozenset[str]
    paired: tuple[str, ...]
    consonants: tuple[Consonant, ...]
    bones: str
    weight: float

    @property
    def coarse(self) -> str:
        """Its consonants in coarser classes, whichever way it is meant."""
        return same(self.bones.translate(COARSE))

    @property
    def bare(self) -> bool:
        """Whether few or none of its vowels are written."""
        return 5 * sum(letter in "aeiou" for letter in self.plain[1:]) < len(self.plain)


@dataclass(frozen=True, eq=False)
class Name:
    """A name as it is compared."""

    plain: str
    words: tuple[Word, ...]

    @cached_property
    def spine(self) -> str:
        """The consonants of all its words, in coarser classes: where words may stand as one."""
        return same("".join(word.coarse for word in self.words))

    @property
    def sounds(self) -> str:
        """List all its keys, separated by blanks."""
        heavy = [word.keys for word in self.words if word.weight > LIGHT]
        return " ".join(sorted({*self.rare.split(" ")}.union(*heavy)))

    @cached_property
    def rare(self) -> str:
        """List its rare keys: of two words in either order, and of several as one."""
        if len(self.words) == 1:
            return " ".join(sorted(self.words[0].keys))
        whole = "".join(word.plain for word in self.words)
        found = {*sound_of(whole[:MAX_NAME_CODE_POINTS]).keys}
        for one, other in pairwise(self.words):
            found |= sound_of(one.plain + other.plain).keys
        heavy = [word.paired for word in self.words if word.weight > LIGHT]
        for ours, theirs in combinations(heavy, 2):
            found |= {"+".join(sorted(pair)) for pair in product(ours, theirs)}
        return " ".join(sorted(found))


def names_of(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """Take all names of a record, each once, with the keys of their sounds."""
    known = [record["name"], *(name["name"] for name in record["names"] or ())]
    found = {name.plain: name.sounds for name in map(name_of, known)}
    return {"spoken_plain": [*found], "spoken_sounds": [*found.values()]}


def name_of(text: str) -> Name:
    """Give a name as it is compared."""
    return name_from_ascii(to_ascii(text))


@lru_cache(WORDS_REMEMBERED)
def name_from_ascii(plain: str) -> Name:
    """Give a name that is in ASCII already."""
    return Name(plain, tuple(word_of(word) for word in plain.split(" ")[:WIDEST]))


@lru_cache(WORDS_REMEMBERED)
def to_ascii(text: str) -> str:
    """Write a name in small letters of ASCII, its words with blanks between.

    What has no letters at all stands for itself.
    """
    folded = normalize("NFKC", text[:MAX_NAME_CODE_POINTS].casefold()).translate(ACCENTS)
    folded = KOREAN.sub(lambda surname: f"{SURNAMES[surname[0]]} ", folded)
    for letters, sound in GREEK:
        folded = folded.replace(letters, sound)
    folded = HEBREW.sub(lambda found: GERESH[found[1]], folded)
    folded = ARTICLE.sub("al ", folded.translate(ABJAD))
    folded = BEGINNING.sub(lambda first: FIRST[first[0]], folded)
    for letter, both, *_ in EITHER:
        folded = folded.replace(letter, both)
    ascii_only = anyascii(folded)
    if DOT.isdisjoint(text):
        ascii_only = CAPITALS.sub(" ", ascii_only)
    found = BETWEEN.sub(" ", SILENT.sub("", ascii_only.lower())).strip()
    return SERVANT.sub("abd al ", found).strip() or "_".join(folded.split())


SOUNDS = (
    *(("dzh", "j"), ("dsch", "j"), ("dj", "j"), ("shch", "sh"), ("tsch", "sh"), ("tch", "sh")),
    *(("sch", "sh"), ("ch", "sh"), ("ph", "f"), ("kh", "h"), ("gh", "g"), ("ck", "k")),
    *(("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"), ("x", "ks"), ("q", "k")),
    *(("ce", "se"), ("ci", "si"), ("cy", "sy"), ("c", "k"), ("o", "u"), ("y", "i")),
)
"""Spellings of one sound, the longest first: the letter that each sounds like."""

CLASSES = str.maketrans("bpvfdtgkszlrmnhj", "PPFFTTKKSSLRMNHJ", "aeiouyw")
"""Consonants, in classes of what is mistaken for each other; vowels go."""


WA = re.compile(r"^ou(?=[aei])")
"""French and Arabic w where a word begins with it."""

LISPED, BREATHED = re.compile("[td]h"), re.compile("(?<=[bgjkp])h(?=[aeiou])")
"""Consonants that are t or s, and an h that is next to none."""

HISSED, NASAL = re.compile("sh|zh|ts(?=h)"), re.compile("n(?=[bp])")
"""Consonants that are compared as s, and as m."""

COARSE = str.maketrans("TJ", "SK", "AFH")
"""Classes that are one where a word may be meant in several ways."""


def same(text: str) -> str:
    """Write doubled letters once."""
    return DOUBLED.sub(r"\1", text)


class Sound(NamedTuple):
    """The sound of a word: its spelling by sound, its consonants, and its keys."""

    spelling: str
    bones: str
    keys: frozenset[str]


@lru_cache(WORDS_REMEMBERED)
def word_of(plain: str) -> Word:
    """Analyse the sound of a word in ASCII; cached."""
    weight = LIGHT if plain in PARTICLES else 1.0
    own = sound_of(plain)
    if not plain.isalpha():
        return Word(plain, plain, own.keys, own.keys, (plain,), (), plain, weight)
    spelled = [consonants(same(each)) for each in hebrew_variants(plain)]
    more = [*dict.fromkeys(key for each in spelled for key in readings(each))]
    paired = dict.fromkeys((*sorted(own.keys)[:KEYS_PAIRED], *more[:READINGS_PAIRED]))
    keys = own.keys.union(more)
    return Word(plain, own.spelling, own.keys, keys, tuple(paired), spelled[0], own.bones, weight)


def sound_of(plain: str) -> Sound:
    """Give the sound of a word in ASCII, spelled as in English, Russian or Arabic."""
    if not plain.isalpha():  # a number sounds like no other
        return Sound(plain, plain, frozenset({plain}))
    forms = [pronounced(each) for each in hebrew_variants(plain)]
    found = [bones(variant) for each in forms for variant in variants(each)]
    # What has one consonant at the most sounds like too much else.
    keys = frozenset(each if len(each) > 1 else forms[0] for each in found)
    return Sound(forms[0][0] + forms[0][1:].replace("w", "u"), found[0], keys)


def hebrew_variants(plain: str) -> list[str]:
    """Give the words that one in ASCII may be: several only where it was in Hebrew."""
    found = [plain]
    for _, both, *sounds in EITHER:
        if both in plain:
            found = [each.replace(both, sound) for each in found for sound in sounds]
    return found


def pronounced(plain: str) -> str:
    """Spell a word in ASCII as it sounds."""
    sounds = WA.sub("w", plain)
    if sounds.startswith("x"):
        sounds = f"sh{sounds[1:]}"
    if sounds.endswith("ic"):  # as Slavic names end
        sounds = f"{sounds[:-2]}ish"
    for letters, sound in SOUNDS:
        sounds = sounds.replace(letters, sound)
    sounds = same(sounds)
    # A final h is mostly silent, but not all of a word.
    return sounds.removesuffix("h") if len(sounds) > 2 else sounds  # noqa: PLR2004


def variants(word: str) -> Iterator[str]:
    """Give the ways in which a word may be meant: w as a vowel or as v, th as t or s, j as g."""
    first, rest = word[:1], word[1:]
    vowels = [rest.replace("v", "").replace("w", ""), rest.replace("w", "v")]
    for each in dict.fromkeys(vowels):
        variant = first + each
        lisped = dict.fromkeys(LISPED.sub(sound, variant) for sound in "ts")
        for one, hard in product(lisped, (False, True)):
            yield one.replace("j", "g") if hard else one


def bones(word: str) -> str:
    """Reduce a word to its consonants, with a mark where it begins with a vowel."""
    sounds = BREATHED.sub("", word)
    sounds = HISSED.sub("s", sounds)
    sounds = NASAL.sub("m", sounds)
    if sounds[:1] == "w":
        sounds = f"v{sounds[1:]}"
    begins = "A" if sounds[:1] in {*VOWELS} else ""
    return begins + same(sounds.translate(CLASSES))
