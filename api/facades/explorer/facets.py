"""Facets of events: what else there is to choose from, and how many each choice would list."""

from collections.abc import Mapping
from typing import NamedTuple

from api.facades.explorer.addresses import values_of
from api.facades.explorer.counting import asked_of
from api.http.context import database
from models.events import EVENTS
from models.lists import facets

FACETS = ("status", "type", "country", "dataset")


class Choices(NamedTuple):
    """By facet, its values with the number of events that each would list, most frequent first.

    `total` is how many events are listed, and `certain` how many of them certainly happened in the
    time that is asked for.
    """

    values: Mapping[str, list[tuple[str, int]]]
    total: int
    certain: int


def choices_of(filters: Mapping[str, str]) -> Choices:
    """Count the choices of each facet, with all filters but its own.

    What is chosen is there even if nothing matches.
    """
    found = facets.count(database(), EVENTS, FACETS, asked_of(filters))
    values = {}
    for facet, rows in found.values.items():
        chosen = dict.fromkeys(values_of(facet, filters.get(facet, "")))
        known = {value: number for value, number in rows if value is not None}
        values[facet] = [*known.items(), *((each, 0) for each in chosen if each not in known)]
    return Choices(values, found.total, found.certain)
