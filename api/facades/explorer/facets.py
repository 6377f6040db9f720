"""Facets: what else there is to choose from, and how many events each choice would list."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.facades.explorer.addresses import values_of
from api.facades.explorer.asking import ask

STATUS = "status"
FACETS = (STATUS, "type", "country", "dataset")

MAX_ROWS = 5_000
"""Maximum number of rows of each count: values times statuses."""


class Facets(NamedTuple):
    """Counts by facet, the most frequent first, and of all events that match.

    Where time is asked for, `certain` is how many of all certainly happened then.
    """

    values: Mapping[str, list[tuple[str, int]]]
    total: int
    certain: int


def facets_of(filters: Mapping[str, str]) -> Facets:
    """Count by each facet as if nothing were asked of the same, so that a choice can be widened.

    All are counted by status too, for then the counts leave out nothing that a list shows.
    """
    counted: dict[str, list[Any]] = {}
    open_ones = [facet for facet in FACETS if facet not in filters]
    if open_ones:
        found = ask("events/summary", by=[*map(words, open_ones)], limit=MAX_ROWS, **filters)
        several = [found, *found["further"]]
        counted = {name: each["items"] for name, each in zip(open_ones, several, strict=True)}
    for facet in FACETS:
        if facet in filters:
            others = {name: value for name, value in filters.items() if name != facet}
            found = ask("events/summary", by=words(facet), limit=MAX_ROWS, **others)
            counted[facet] = found["items"]
    chosen = values_of(STATUS, filters.get(STATUS, ""))
    listed = [row for row in counted[STATUS] if not chosen or row[STATUS] in chosen]
    certain = sum(row["count"] for row in listed)
    return Facets(
        {name: choices(name, counted[name], filters) for name in FACETS},
        certain + sum(row["possible"] for row in listed),
        certain,
    )


def words(facet: str) -> str:
    """Give the words by which a facet is counted."""
    return facet if facet == STATUS else f"{facet},{STATUS}"


def choices(
    facet: str, rows: list[dict[str, Any]], filters: Mapping[str, str]
) -> list[tuple[str, int]]:
    """Sum up the rows of each value; what is chosen is there even if nothing matches."""
    numbers: Counter[str] = Counter(dict.fromkeys(values_of(facet, filters.get(facet, "")), 0))
    for row in rows:
        if row[facet] is not None:
            numbers[row[facet]] += row["count"] + row["possible"]
    return numbers.most_common()
