"""Finding by name: the parameter, the order it puts a list in, and the score it gives."""

from typing import Any

from schemas.fields.parameters import CommaSeparated, texts

SCORE: dict[str, Any] = {
    "type": "number",
    "description": "Only in lists found by `name`: the highest similarity of any of its names to "
    "a name asked for, from 0.5 to 1; 1 is the name itself.",
    "example": 0.978,
}
"""The score of a record in a list that was found by name."""


def called(example: str) -> CommaSeparated:
    """Filter by what a record is called."""
    return texts(
        "Records with this name or a similar one, whatever the spelling, transliteration, "
        "diacritics, word order and script; up to 1,000 of the most similar per name. Each has a "
        "`score`, and unless `sort` is given, the best come first.",
        example,
    )
