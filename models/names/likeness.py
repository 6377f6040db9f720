"""Likeness of two names, from 0 to 1: word by word, in any order, by spelling and sound."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from models.names.sounds import ARTICLES, LIGHT, WORDS_REMEMBERED, Name, Word, word_of
from models.names.spellings import agree

FOUND = 0.5
"""Likeness up to which a record is not found by name."""

NEARLY = 0.99
"""Maximum likeness of names that are written differently."""

ALIKE = 0.7
"""Likeness from which two words are taken for the same one."""

INITIAL = 0.75
"""How alike a word and its first letter are."""

SHUFFLED = 0.98
"""Factor where words are in another order."""

TOGETHER = 0.985
"""Factor where words are written as one, or one as two."""

MISSING, MORE, OTHER = 0.5, 0.25, 0.6
"""Costs of a word that is missing, of one too many, and of both at once besides."""

JOINED_LIKENESS = 0.9
"""Likeness from which words are taken to be written as one in one name only."""

MAX_WORDS_JOINED = (4, 3, 2)
"""Numbers of words that may be written as one."""

STEM, BEGUN = 5, 0.75
"""Initials: up to how many letters they have, and how alike one is to its word."""

SHORT, CLEAR = 2, 0.9
"""Number of consonants up to which a word alone tells little, unless it is as alike as that."""

BARE = 0.95
"""Likeness where only consonants can be compared, by how many differ."""

SURE = {True: (0.0, 0.5, 0.72, 0.88), False: (0.0, 0.3, 0.45, 0.65)}
"""Minimum likeness of words of one sound, by their number of consonants.

True is for words without written vowels, where consonants are nearly all that can be compared.
"""


def alike(asked: Name, known: Name) -> float:
    """Score the likeness of a name to the one asked for, from 0 to 1."""
    if asked.plain == known.plain:
        return 1.0
    found = compare(asked.words, known.words)
    if found >= TOGETHER or not (hides(asked, known) or hides(known, asked)):
        return min(found, NEARLY)
    ours, theirs = joined(asked.words, known.words), joined(known.words, asked.words)
    if len(ours) + len(theirs) < len(asked.words) + len(known.words):
        found = max(found, compare(ours, theirs) * TOGETHER)
    if len(asked.words) != len(known.words):
        one, other = (together(asked.words),), (together(known.words),)
        wholes = ((one, other), (one, known.words), (asked.words, other))
        whole = max(compare(ours, theirs, JOINED_LIKENESS) for ours, theirs in wholes)
        found = max(found, whole * TOGETHER)
    return min(found, NEARLY)


def hides(one: Name, other: Name) -> bool:
    """Say whether a word of one name may be several words of the other."""
    sounds = [word.keys for word in other.words]
    return any(
        all(word.keys.isdisjoint(keys) for keys in sounds) and word.coarse in other.spine
        for word in one.words
    )


def together(words: Iterable[Word]) -> Word:
    """Take several words as one."""
    return word_of("".join(word.plain for word in words))


def joined(words: Sequence[Word], others: Sequence[Word]) -> tuple[Word, ...]:
    """Take several words as one wherever the other name has that one."""
    found: list[Word] = []
    start = 0
    while start < len(words):
        runs = (words[start : start + length] for length in MAX_WORDS_JOINED)
        wholes = ((together(run), len(run)) for run in runs if len(run) > 1)
        fitting = (
            whole
            for whole in wholes
            if any(word_alike(whole[0], other) > JOINED_LIKENESS for other in others)
        )
        word, length = next(fitting, (words[start], 1))
        found.append(word)
        start += length
    return tuple(found)


def compare(asked: Sequence[Word], known: Sequence[Word], least: float = ALIKE) -> float:
    """Pair the words of two names, the most alike first, and weigh the words left over."""
    pairs = sorted(
        (
            (likeness, -row, -column)
            for row, one in enumerate(asked)
            for column, other in enumerate(known)
            if (likeness := word_alike(one, other)) >= least
        ),
        reverse=True,
    )
    taken: dict[int, int] = {}
    common = agreed = 0.0
    for likeness, row, column in pairs:
        if -row not in taken and -column not in taken.values():
            taken[-row] = -column
            weight = (asked[-row].weight + known[-column].weight) / 2
            common += weight
            agreed += weight * likeness
    if not common:
        return 0.0
    missing = sum(word.weight for row, word in enumerate(asked) if row not in taken)
    more = sum(word.weight for row, word in enumerate(known) if row not in taken.values())
    if max(missing, more) > LIGHT:
        least = NEARLY if missing > LIGHT else CLEAR
        if not any(
            is_distinctive(asked[row], known[column], least) for row, column in taken.items()
        ):
            return 0.0
    cost = MISSING * missing + MORE * more + OTHER * min(missing, more)
    order = [taken[row] for row in sorted(taken)]
    return agreed / (common + cost) * (1.0 if order == sorted(order) else SHUFFLED)


def is_distinctive(one: Word, other: Word, least: float) -> bool:
    """Say whether a shared word is distinctive enough where other words differ."""
    if min(one.weight, other.weight) <= LIGHT:
        return False
    return min(len(one.bones), len(other.bones)) > SHORT or word_alike(one, other) >= least


@lru_cache(WORDS_REMEMBERED)
def word_alike(one: Word, other: Word) -> float:
    """Score the likeness of two words, from 0 to 1; below ALIKE they are different words."""
    if one.plain == other.plain:
        return 1.0
    if not (one.plain.isalpha() and other.plain.isalpha()):
        return 0.0
    if 1 in {len(one.plain), len(other.plain)}:
        return INITIAL * (one.plain[0] == other.plain[0])
    if one.spelling == other.spelling or {one.plain, other.plain} <= ARTICLES:
        return NEARLY
    return sound_alike(one, other)


def sound_alike(one: Word, other: Word) -> float:
    """Score two words that are not the same."""
    ratio = fuzz.ratio(one.spelling, other.spelling) / 100
    vowels_unwritten = one.bare or other.bare
    shared = one.keys & other.keys
    same_spelling = not one.own_keys.isdisjoint(other.own_keys)
    if shared and (same_spelling or agree(one.consonants, other.consonants)):
        consonants = max(map(len, shared)) - (not same_spelling)
        least = SURE[vowels_unwritten][min(consonants, len(SURE[True]) - 1)]
        return least + (NEARLY - least) * ratio
    # Words of different sounds must be spelled nearly the same.
    sound = BARE * (fuzz.ratio(one.bones, other.bones) / 50 - 1)
    if vowels_unwritten:
        return sound
    short, long = sorted((one.spelling, other.spelling), key=len)
    if len(short) >= STEM and long.startswith(short):
        return BEGUN
    return max(2 * ratio - 1, sound if ratio > ALIKE else 0.0)
