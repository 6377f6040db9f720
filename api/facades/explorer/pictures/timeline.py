"""Timelines: events by time, with all doubt about it.

Certain is solid, possible is hatched, and what has an end that nobody knows is a band that fades.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from api.facades.explorer.pictures.bands import (
    FOREVER,
    LANE,
    LANES_FROM,
    NEVER,
    WIDTH,
    Asked,
    Band,
    Ended,
    bands,
    half_open,
    open_ends,
)
from api.facades.explorer.pictures.units import code, day, label, last_day, reached, steps
from models.lists.buckets import Dated, Unit
from models.lists.summaries.compose import MAX_REACHED

HEIGHT = 96
"""Height of the highest bar, in units of the picture."""

BASE = 112
"""Where the bars stand: units from the top."""

MAX_WIDTH, MIN_STEP = 40, 3
"""Width of a bar at the most, and from which there is space between two, in units."""

DAYS = {"day": 62, "month": 366 * 6, "year": 366 * 80}
"""Number of days up to which time is shown in a unit."""

FEW_LABELS = 4
"""Number of bars up to which there is no room for a label in the middle."""

EVENTS_PER_OUTLIER = 100
"""Of as many events, one may be left out at either end where it is far from all others."""

Window = tuple[date, date]
"""The first days of the first and of the last bucket that are shown."""

NOTHING = Asked()
"""Nothing is asked for of time."""


class Bar(NamedTuple):
    """A bucket of time: its date (EDTF), its words, its numbers, and where they are drawn."""

    code: str
    label: str
    certain: int
    possible: int
    x: float
    width: float
    full_width: float
    certain_y: float
    certain_height: float
    possible_y: float
    possible_height: float


class Beyond(NamedTuple):
    """Events that lie far from all others: how many, and the interval in which they are."""

    events: int
    datetime: str


class Timeline(NamedTuple):
    """A timeline: its bars and bands, and what is counted beside.

    `possible` is the number of events that may be in several bars, `vague` that of events that may
    be in too many. The picture goes from its `start` to its `end`, in units from the top.
    """

    unit: Unit
    bars: list[Bar]
    bands: list[Band]
    ended: list[Ended]
    top: int
    start: int
    end: int
    first: str
    middle: str
    last: str
    earlier: Beyond | None
    later: Beyond | None
    possible: int
    vague: int
    most_reached: int = MAX_REACHED

    @property
    def open(self) -> int:
        """Number of events with one open end."""
        return sum(row.events for row in self.ended)

    @property
    def some(self) -> list[Bar]:
        """The bars in which something is or may be."""
        return [bar for bar in self.bars if bar.certain or bar.possible]


def bounded(dated: Iterable[Dated]) -> list[tuple[date, date, bool, int]]:
    """Give the dates that are known at both ends: first and last bucket, whether certain, count."""
    return [
        (day(first), day(last or first), last is None, count)
        for first, last, count in dated
        if first and first != NEVER and last != FOREVER
    ]


def extent(
    dated: Iterable[Dated], *, within: Window | None = None, trimmed: bool = False
) -> Window | None:
    """Choose from when to when time is shown: the first and the last bucket `within` some days.

    With `trimmed`, what is far from all others is left out, if it has few of all events.
    """
    known = [
        (max(first, within[0]), min(last, within[1]), count) if within else (first, last, count)
        for first, last, _, count in bounded(dated)
        if within is None or (first <= within[1] and last >= within[0])
    ]
    if not known:
        days = [found for _, found, _ in half_open(dated)]
        return (min(days), max(days)) if days else None
    starts, ends = Counter[date](), Counter[date]()
    for first, last, count in known:
        starts[first] += count
        ends[last] += count
    whole = min(starts), max(ends)
    few = starts.total() // EVENTS_PER_OUTLIER if trimmed else 0
    inner = at(starts, few), at(ends, ends.total() - 1 - few)
    if few and inner[0] <= inner[1] and (inner[1] - inner[0]) * 2 < whole[1] - whole[0]:
        return inner
    return whole


def at(counted: Counter[date], position: int) -> date:
    """Give the day that stands at a position of all, in their order."""
    days = sorted(counted)
    sums = accumulate(counted[day] for day in days)
    return next(day for day, so_far in zip(days, sums, strict=True) if so_far > position)


def timeline(
    dated: Sequence[Dated], unit: Unit, window: Window, asked: Asked = NOTHING
) -> Timeline:
    """Draw events by their buckets, from the first to the last one of a window."""
    days = steps(*window, unit)
    number = {first: position for position, first in enumerate(days)}
    certain, edges, vague = [0] * len(days), [0] * (len(days) + 1), 0
    earlier = later = hatched = 0
    for first, last, surely, count in bounded(dated):
        if last < days[0]:
            earlier += count
        elif first > days[-1]:
            later += count
        elif surely:
            certain[number[first]] += count
        elif reached(first, last, unit) >= MAX_REACHED:
            vague += count
        else:
            hatched += count
            edges[number.get(first, 0)] += count
            edges[number.get(last, len(days) - 1) + 1] -= count
    possible = [*accumulate(edges)][:-1]
    bars = drawn(days, unit, certain, possible)
    ended = open_ends(dated, unit, asked)
    fading, lanes = bands(ended, days, asked)
    return Timeline(
        unit=unit,
        bars=bars,
        bands=fading,
        ended=ended,
        top=max(map(sum, zip(certain, possible, strict=True))),
        start=0 if any(certain) or any(possible) else BASE - LANE,
        end=LANES_FROM + lanes * LANE if lanes else LANES_FROM - LANE + 3,
        first=bars[0].label,
        middle=bars[len(bars) // 2].label if len(bars) > FEW_LABELS else "",
        last=bars[-1].label,
        earlier=Beyond(earlier, f"../{eve(days[0])}") if earlier else None,
        later=Beyond(later, f"{morrow(last_day(days[-1], unit))}/..") if later else None,
        possible=hatched,
        vague=vague,
    )


def eve(first: date) -> date:
    """Give the day before."""
    return first - timedelta(1)


def morrow(last: date) -> date:
    """Give the day after."""
    return last + timedelta(1)


def drawn(
    days: Sequence[date], unit: Unit, certain: Sequence[int], possible: Sequence[int]
) -> list[Bar]:
    """Draw what is certain and, on top of it, what is possible in each bucket."""
    top = max(map(sum, zip(certain, possible, strict=True))) or 1
    step = WIDTH / len(days)
    gap = 1 if step > MIN_STEP else 0
    found = []
    for number, first in enumerate(days):
        solid, hatched = (each[number] / top * HEIGHT for each in (certain, possible))
        found.append(
            Bar(
                code=code(first, unit),
                label=label(first, unit),
                certain=certain[number],
                possible=possible[number],
                x=round(number * step, 2),
                width=round(min(step - gap, MAX_WIDTH), 2),
                full_width=round(step, 2),
                certain_y=round(BASE - solid, 2),
                certain_height=round(solid, 2),
                possible_y=round(BASE - solid - hatched, 2),
                possible_height=round(hatched, 2),
            )
        )
    return found
