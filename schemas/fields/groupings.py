"""Parameters that say what records are counted by."""

import re
from typing import Any

from marshmallow import ValidationError

from schemas.fields.parameters import CommaSeparated
from schemas.fields.values import Reason
from schemas.fields.words import Word, meant

MAX_WORDS = 3
"""Maximum number of words in a list."""

MAX_LISTS = 12
"""Maximum number of lists in a request."""

TIMES = ("day", "week", "month", "quarter", "year")
"""Words of time."""

CODE = re.compile(r"code:([^:,]{1,64})")
"""The word for codes of one scheme."""


class Groupings(CommaSeparated):
    """Lists of words, each given once more: words with commas between them."""

    def __init__(
        self,
        known: tuple[str, ...],
        description: str,
        *,
        codes: bool = False,
        most: int = MAX_LISTS,
    ) -> None:
        """Take up to three of the `known` words in each, and with `codes` `code:<scheme>` too."""
        self.known, self.codes, self.most = known, codes, most
        word = Word("A list.", known=known, nullable=False)
        super().__init__(word, description, "month,type" if codes else "day,stance", required=True)
        self.error_messages["required"] = f"Name one to three words to count by: {self.listed}."

    @property
    def listed(self) -> str:
        """All words, in a sentence."""
        return ", ".join([*self.known, *(["code:<scheme>"] if self.codes else [])])

    @property
    def pattern(self) -> str:
        """A regular expression of a list."""
        word = "|".join([*self.known, *([CODE.pattern.replace("(", "(?:")] if self.codes else [])])
        return f"^({word})(,({word})){{0,{MAX_WORDS - 1}}}$"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        given = [str(each) for each in (value if isinstance(value, list) else [value])]
        if len(given) > self.most:
            raise ValidationError(
                [Reason(f"These are {len(given)} lists; {self.most} at the most.", "length")]
            )
        lists = [tuple(each.split(",")) for each in dict.fromkeys(given)]
        if found := [reason for words in lists for reason in self.faults(words)]:
            raise ValidationError([*found])
        return lists

    def faults(self, words: tuple[str, ...]) -> list[Reason]:
        """List what is wrong with a list of words."""
        # Of a list that is too long, the first words will do: a guess takes its time.
        found = [reason for word in words[:MAX_WORDS] if (reason := self.unknown(word))]
        if len(words) > MAX_WORDS:
            found.append(
                Reason(f"These are {len(words)} words; {MAX_WORDS} at the most.", "length")
            )
        if len({*words}) < len(words):
            found.append(Reason("A word stands in a list once.", "repeated"))
        if len({*words} & {*TIMES}) > 1:
            sentence = "One word of time will do in a list: a month says which year it is of."
            found.append(Reason(sentence, "times"))
        return found

    def unknown(self, word: str) -> Reason | None:
        """Say that a word is not known, if it is not."""
        if word in self.known or (self.codes and CODE.fullmatch(word)):
            return None
        if self.codes and word.startswith("code"):
            return Reason("Codes are counted by their scheme: code:cameo.", "scheme")
        sentence = f"“{word[:80]}” is not among the known: {self.listed}.{meant(word, self.known)}"
        return Reason(sentence, "unknown")
