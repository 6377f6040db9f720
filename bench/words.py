"""Names and sentences that nobody wrote: made of syllables and patterns, always the same ones."""

from typing import Any

import numpy as np

SYLLABLES = (
    *("ba", "dar", "go", "kan", "lu", "mir", "na", "or", "pel", "qa", "ri", "sho", "tan", "ul"),
    *("va", "wes", "ya", "zar", "be", "chi", "dun", "fa", "hel", "is", "jo", "kol", "men", "nur"),
)
"""What names are made of."""

PATTERNS = (
    "{a} said that the {b} near {c} had been {d} after {e}.",
    "Residents of {c} reported {e} and said the {b} was {d}.",
    "According to {a}, at least two columns reached {c} before the {b} was {d}.",
    "The {b} in {c} remained {d} on the next morning, {a} told reporters.",
    "{a} denied any part in {e} and called the accounts from {c} exaggerated.",
    "Neither side has confirmed how many were hurt when the {b} in {c} was {d}.",
    "Roads between {c} and the {b} were {d} for several hours because of {e}.",
    "Talks were put off after {e}, though {a} spoke of progress in {c}.",
)
"""Sentences of news, with places for who, what, where, how and why."""

FILLINGS = {
    "a": (
        *("a spokesman", "the governor's office", "local elders", "an army statement"),
        *("two witnesses", "a doctor at the hospital", "the interior ministry", "an aid worker"),
    ),
    "b": (
        *("checkpoint", "district centre", "main bridge", "police post", "market"),
        *("supply base", "border crossing", "village school"),
    ),
    "d": (
        *("closed", "retaken", "damaged by shelling", "searched", "left undefended"),
        *("surrounded on three sides", "handed over", "set on fire"),
    ),
    "e": (
        *("a night of clashes", "an exchange of fire", "an ambush", "the arrest of a commander"),
        *("days of protests", "an air strike", "the withdrawal of troops", "a roadside explosion"),
    ),
}
"""What stands in these places; `c` is a name."""

PHRASES = {
    "agree": "agreement reached",
    "consult": "talks held",
    "support": "support declared",
    "concede": "concession made",
    "cooperate": "joint operation",
    "aid": "aid delivered",
    "retreat": "withdrawal of forces",
    "request": "request made",
    "accuse": "accusation raised",
    "reject": "proposal rejected",
    "threaten": "threat issued",
    "protest": "demonstration held",
    "sanction": "sanctions imposed",
    "mobilize": "troops deployed",
    "coerce": "arrests and restrictions",
    "assault": "armed attack",
    "other": "incident",
}
"""How a title tells of an event of each type (PLOVER)."""


def names(draw: np.random.Generator, count: int) -> list[str]:
    """Make so many names, of two to four syllables; some are the same."""
    lengths = draw.integers(2, 5, count).tolist()
    chosen = draw.integers(0, len(SYLLABLES), (count, 4)).tolist()
    return [
        "".join(SYLLABLES[one] for one in word[:length]).capitalize()
        for word, length in zip(chosen, lengths, strict=True)
    ]


def sentences(draw: np.random.Generator, count: int) -> list[str]:
    """Make so many sentences, of 60 to 130 characters."""
    made = []
    for place in names(draw, count):
        filling: dict[str, Any] = {
            slot: words[draw.integers(len(words))] for slot, words in FILLINGS.items()
        }
        sentence = PATTERNS[draw.integers(len(PATTERNS))].format(c=place, **filling)
        made.append(sentence[0].upper() + sentence[1:])
    return made
