"""How names are sorted: by a key made here, so that every PostgreSQL puts them in one order."""

from functools import lru_cache
from unicodedata import category, combining, name, normalize

from anyascii import anyascii

from models.names.letters import SILENT

SORTED_CODE_POINTS = 200
"""Maximum number of code points by which a name is sorted: an entry of an index has an end."""


@lru_cache(4_096)
def sort_key(text: str) -> str:
    """Give the key of a name: its letters without accents and case, and then the name itself.

    Its code points are compared. Punctuation is as good as a blank.
    """
    folded = "".join(map(letter, normalize("NFKD", SILENT.sub("", text.casefold()))))
    words = " ".join(folded.split())
    return f"{words[:SORTED_CODE_POINTS]}\t{normalize('NFC', text)[:SORTED_CODE_POINTS]}"


@lru_cache(4_096)
def letter(character: str) -> str:
    """Give what a character is sorted by: a Latin letter without its stroke, a mark not at all."""
    if combining(character):
        return ""
    if category(character)[0] not in "LMN":
        return " "
    if not character.isascii() and name(character, "").startswith("LATIN "):
        return anyascii(character).lower()
    return character
