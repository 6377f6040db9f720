"""Words of code lists, and what was probably meant by one that is in none."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from marshmallow import fields

from schemas.fields.values import TEXT, Field
from schemas.vocabularies import iso

MAX_WORDS_NAMED = 40
"""Maximum number of words of a code list that an error names."""


class Word(Field, fields.String):
    """One word of a code list, given as its `known` words; with none, any word."""

    default_error_messages = TEXT | {"unknown": "{input} is not among the known: {known}.{meant}"}

    def __init__(
        self,
        description: str,
        example: object = None,
        *,
        known: tuple[str, ...] = (),
        former: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        """Take one of `known`, and for one that stood there formerly the one it is now."""
        metadata = {"enum": [*known]} if known else {}
        super().__init__(description, example, metadata=metadata, **more)
        self.known = known
        self.former = former or {}
        if self.allow_none and known:
            self.metadata["enum"].append(None)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        word = super()._deserialize(value, attr, data, **more)
        word = self.former.get(word, word)
        if self.known and word not in self.known:
            raise self.make_error(
                "unknown",
                input=f"“{word[:80]}”",
                known=", ".join(self.known)
                if len(self.known) <= MAX_WORDS_NAMED
                else f"{len(self.known)} codes",
                meant=meant(word, self.known),
            )
        return word


def meant(word: str, known: tuple[str, ...]) -> str:
    """Say which known word was probably meant, or nothing."""
    probable = near(word, known)
    return f" Did you mean {probable}?" if probable else ""


class Country(Word):
    """A country: ISO 3166-1 alpha-2, plus XK, or one that is no more: ISO 3166-3."""

    def __init__(self, description: str, example: object = "AF", **more: Any) -> None:
        """Take the officially assigned codes, XK, and those of former countries."""
        super().__init__(description, example, known=iso.ALL_COUNTRIES, **more)


class Language(Field, fields.String):
    """A language tag (BCP 47)."""

    default_error_messages = TEXT | {"language": "This is not a BCP 47 language tag."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        tag = super()._deserialize(value, attr, data, **more)
        if not iso.is_language_tag(tag):
            raise self.make_error("language")
        return tag


MAX_WORD_CHARACTERS = 100
"""Characters beyond which no word is guessed: comparing takes quadratic time."""


def near(word: str, known: Iterable[str]) -> str | None:
    """Give the known word most probably meant, whatever its case and hyphens; None if none is."""
    if len(word) > MAX_WORD_CHARACTERS:
        return None
    plain = {_plain(name): name for name in known}
    return next((plain[name] for name in get_close_matches(_plain(word), plain, n=1)), None)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")
