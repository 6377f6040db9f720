"""Where, when and with whom events are: counted as lists find them, and drawn."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from api.facades.explorer.asking import query_of
from api.facades.explorer.pictures.bands import FOREVER, NEVER, Asked
from api.facades.explorer.pictures.charts import Multiples, multiples
from api.facades.explorer.pictures.map import Map, draw
from api.facades.explorer.pictures.timeline import DAYS, Timeline, Window, extent, timeline
from api.facades.explorer.pictures.units import last_day
from api.facades.explorer.pictures.views import read, view_of
from api.http.context import database
from api.http.request import understood
from api.resource.finding import Finding
from models.events import EVENTS
from models.lists.buckets import Dated, Unit, buckets
from models.lists.counted import counted
from models.lists.counterparts import by_year
from models.lists.cql2.lifting import lift_filter
from models.lists.spots import Spot, spots
from models.lists.summaries.words import DATETIMES
from schemas.events import EventFilter

EVENTS_FOUND = Finding(EVENTS, EventFilter)
"""How events are found by the filters of a list."""

MAX_LOCATED, MAX_UNLOCATED = 60, 6
"""Maximum number of places in the table of a map, and of those beside it without coordinates."""

FINER: dict[Unit, Unit] = {"year": "month", "month": "day"}
"""The unit that may show more, where time shown in a unit is short."""

SLACK_DAYS = {"month": 366, "day": 62}
"""Number of days by which time shown in a coarser unit may be longer than in this one."""


FIRST_DAY = "0001-01-01"
"""Stands for an open start of what is asked for."""


class Places(NamedTuple):
    """Where events are: the map, and what is beside it.

    `located` are the places with coordinates that have most events, and `unlocated` those without;
    there are `places` and `unlocated_places` of them, with `events` and `unlocated_events`.
    `nowhere` is the number of events for which no place is recorded.
    """

    map: Map | None
    located: list[Spot]
    unlocated: list[Spot]
    events: int
    places: int
    unlocated_events: int
    unlocated_places: int
    nowhere: int

    @property
    def total(self) -> int:
        """Number of all events."""
        return self.events + self.unlocated_events + self.nowhere

    @property
    def outside(self) -> int:
        """Number of events whose place lies outside the map, though it may reach into it."""
        return self.map.outside if self.map else 0


class Times(NamedTuple):
    """When events are: the timeline, if any has a date that begins or ends.

    `undated` is how many have no date, and `endless` how many have one without begin and end.
    """

    timeline: Timeline | None
    undated: int
    endless: int
    total: int


def places_of(
    filters: Mapping[str, str],
    bbox: str | None = None,
    shapes: Sequence[Mapping[str, Any]] = (),
) -> Places:
    """Count the events that match a list's parameters by where they are, and draw a map of them.

    It shows the `bbox`, or else where they are; shapes (GeoJSON) are drawn to scale.
    """
    asked = asked_of(filters)  # which refuses a box that is none
    view = view_of([], read(bbox)) if bbox else None
    found = spots(
        database(),
        EVENTS,
        asked,
        width=view.east - view.west if view else None,
        most=(MAX_LOCATED, MAX_UNLOCATED),
    )
    events, places = found.sums.get("located", (0, 0))
    unlocated_events, unlocated_places = found.sums.get("unlocated", (0, 0))
    nowhere, _ = found.sums.get("nowhere", (0, 0))
    return Places(
        map=draw(found.cells, bbox, shapes),
        located=found.located,
        unlocated=found.unlocated,
        events=events,
        places=places,
        unlocated_events=unlocated_events,
        unlocated_places=unlocated_places,
        nowhere=nowhere,
    )


def times_of(filters: Mapping[str, str]) -> Times:
    """Count the events that match a list's parameters by when they are, and draw a timeline."""
    asked = asked_of(filters)
    bounds = bounds_of(asked)
    unit = first_unit(bounds)
    dated = buckets(database(), EVENTS, unit, asked)
    window = extent(dated, trimmed=unit == "year")
    if window:
        unit, dated, window = fitting(asked, unit, dated, window)
    return Times(
        timeline=window and timeline(dated, unit, window, bounds),
        undated=sum(row.records for row in dated if row.first is None),
        endless=sum(row.records for row in dated if (row.first, row.last) == (NEVER, FOREVER)),
        total=sum(row.records for row in dated),
    )


def years_with(actor: str, others: Sequence[str]) -> Multiples | None:
    """Count the events of an actor with others by year, as its network counts them; draw them."""
    looked_at = counted(database(), EVENTS, asked_of({}))
    return multiples(by_year(database(), looked_at, actor, others))


def fitting(
    asked: Mapping[str, Any], unit: Unit, dated: list[Dated], window: Window
) -> tuple[Unit, list[Dated], Window]:
    """Count in the unit that fits how much time is shown."""
    if unit == "year" and length(window, unit) > DAYS[unit]:
        decades = window[0].replace(year=max(window[0].year // 10 * 10, 1)), window[1]
        return "decade", buckets(database(), EVENTS, "decade", asked), decades
    while (finer := FINER.get(unit)) and length(window, unit) <= DAYS[finer] + SLACK_DAYS[finer]:
        finely = buckets(database(), EVENTS, finer, asked)
        # Years that are far from all others stay out of it.
        inner = extent(finely, within=(window[0], last_day(window[1], unit)))
        if inner is None or length(inner, finer) > DAYS[finer]:
            break
        unit, dated, window = finer, finely, inner
    return unit, dated, window


def length(window: Window, unit: Unit) -> int:
    """Give how many days are shown."""
    return (last_day(window[1], unit) - window[0]).days + 1


def first_unit(bounds: Asked) -> Unit:
    """Choose in which unit events are counted first, by how much time is asked for."""
    if bounds.first is None or bounds.last is None:
        return "year"
    days = (bounds.last - bounds.first).days + 1
    return "day" if days <= DAYS["day"] else "month" if days <= DAYS["month"] else "year"


def asked_of(filters: Mapping[str, str]) -> dict[str, Any]:
    """Read a list's parameters as the API does, with survivors for merged records."""
    query = {**understood(EventFilter, query_of(**filters).encode())}
    query.pop("as_of", None)
    return lift_filter(EVENTS, EVENTS_FOUND.filters(database(), query))


def bounds_of(asked: Mapping[str, Any]) -> Asked:
    """Give the days from and until which events are asked for, where these are known."""
    found = Asked(filtered="filter" in asked)
    for name in DATETIMES & asked.keys():
        first, last = asked[name].first_day, asked[name].last_day
        found = found._replace(
            first=None if first == FIRST_DAY else date.fromisoformat(first),
            last=None if last == FOREVER else date.fromisoformat(last),
        )
    return found
