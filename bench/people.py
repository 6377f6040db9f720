"""Names that somebody might have: made of given and family names, and of what groups are called."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
"""Given and family names by country, what groups are called, what places are made of."""

ARABIC = dict(zip("abdefghijklmnopqrstuvwyz", "ابدهفجحيجكلمنوبقرستوفويز", strict=True))
CYRILLIC = dict(zip("abdefghijklmnopqrstuvwyz", "абдефгхийклмнопкрстуввиз", strict=True))
"""Letters of other scripts, one for each: not well spelled, but so as to be in the way."""


def people(count: int) -> Iterator[dict[str, Any]]:
    """Make actors, the same each time: five persons to a group, every third with an alias."""
    drawn = random.Random(count)  # noqa: S311 - it shall be the same each time
    names = {
        country: [kind["given"].split(), kind["family"].split()]
        for country, kind in WORDS["peoples"].items()
    }
    places = [stem + end for stem in WORDS["stems"].split() for end in WORDS["endings"].split()]
    for number in range(count):
        country = drawn.choice([*names])
        given, family = (drawn.choice(part) for part in names[country])
        if number % 6 == 5:  # noqa: PLR2004 - the sixth is a group
            place = drawn.choice(places)
            name = drawn.choice(WORDS["groups"]).format(place=place, given=given, family=family)
            yield {"name": name, "kind": "organization", "country": country}
            continue
        middle = drawn.choice([*names[country][0], *[""] * 40])
        name = " ".join(part for part in (given, middle, family) if part)
        letters = drawn.choice((ARABIC, CYRILLIC)) if number % 3 == 0 else None
        yield {
            "name": name,
            "names": [{"name": other_script(name, letters), "kind": "alias"}] if letters else None,
            "kind": "person",
            "country": country,
        }


def other_script(name: str, letters: dict[str, str]) -> str:
    """Write a name letter by letter in another script."""
    return "".join(letters.get(letter, " " * (letter in " -")) for letter in name.casefold())
