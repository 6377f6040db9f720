"""Small charts beside text: affiliations in time, numbers that are claimed, and events by year."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor
from typing import Any, Literal, NamedTuple

from api.facades.explorer.dates import years
from models.lists.counterparts import Common, Way

SPAN_WIDTH, LEAST_SPAN = 300, 2.0
"""Width of the picture of spans, and of a span at the least, in its units."""

MARGIN, LEAST_MARGIN = 0.08, 0.5
"""Time shown before and after all spans: a part of the whole, and years at the least."""

TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
MAX_TICKS = 6
"""Numbers of years between two ticks, and how many ticks there are at the most."""

RANGE_FROM, RANGE_WIDTH, RANGE_ROOM = 6, 96, 1.25
"""Where numbers begin, how far they reach, and how much more than the largest that is."""

MULTIPLE_WIDTH, MULTIPLE_HEIGHT = 160, 24
"""Width of a small multiple, and height of its highest bar up and down, in units."""

MAX_YEARS, LEAST_YEARS = 40, 3
"""Number of years that small multiples show at the most, and from which they are drawn."""

MAX_BAR, LEAST_BAR, GAP = 14.0, 1.0, 1.5
"""Width of a bar at the most and at the least, and the space between two, in units."""

Known = Literal["both", "start", "end", "neither"]
"""Which ends of a span are known."""


class Span(NamedTuple):
    """A span of time: a bar that fades towards an end that is not known or open."""

    x: float
    width: float
    known: Known


class Spans(NamedTuple):
    """Spans of time, drawn to one scale: years and where they stand, and a bar for each date."""

    ticks: list[tuple[int, float]]
    bars: list[Span]


class Range(NamedTuple):
    """A number that is claimed: a dot, a line between what is known, a broken one beyond it."""

    dot: float | None
    line: tuple[float, float] | None
    broken: tuple[float, float] | None


class Year(NamedTuple):
    """A bar of a small multiple: up what was done to the other or together, down what by it."""

    year: int
    x: float
    width: float
    up: float
    down: float


class Multiple(NamedTuple):
    """Events with one counterpart: bars by year, and how many in all."""

    bars: list[Year]
    to: int
    by: int
    together: int


class Multiples(NamedTuple):
    """Events by year with each counterpart, on one scale; `others` is by its id.

    `before` is how many lie before the first year that is shown, `undated` how many have no date.
    """

    first: int
    last: int
    top: int
    others: Mapping[str, Multiple]
    before: int
    undated: int


def spans(dates: Sequence[str | None]) -> Spans | None:
    """Draw dates (EDTF) as spans of time; none where no end of any is known."""
    bounds = [years(each) for each in dates]
    known = [end for each in bounds for end in each if end is not None]
    if not known:
        return None
    low, high = floor(min(known)), ceil(max(known))
    free = max((high - low) * MARGIN, LEAST_MARGIN)
    start, scale = low - free, SPAN_WIDTH / (high - low + 2 * free)
    step = next((each for each in TICKS if (high - low) / each <= MAX_TICKS), TICKS[-1])
    return Spans(
        ticks=[
            (year, round((year - start) * scale, 1))
            for year in range(low, high + 1)
            if year % step == 0
        ],
        bars=[span(first, last, start, scale) for first, last in bounds],
    )


def span(first: float | None, last: float | None, start: float, scale: float) -> Span:
    """Draw one span, from edge to edge where an end is not known."""
    x = 0.0 if first is None else (first - start) * scale
    end = SPAN_WIDTH if last is None else (last - start) * scale
    known: Known = "both"
    if first is None or last is None:
        known = "neither" if first is last else "end" if first is None else "start"
    return Span(round(x, 1), round(max(end - x, LEAST_SPAN), 1), known)


def ranges(values: Sequence[Any]) -> list[Range | None]:
    """Draw numbers, or objects with `low`, `best` and `high`, on one scale from zero."""
    numbers = [bounds_of(value) for value in values]
    known = [each for bounds in numbers for each in bounds if each is not None]
    most = (max(known, default=0) or 1) * RANGE_ROOM
    return [range_of(*bounds, RANGE_WIDTH / most) for bounds in numbers]


def bounds_of(value: Any) -> tuple[int | None, int | None, int | None]:
    """Give the lowest, the best and the highest number of a value, as far as they are said."""
    if isinstance(value, Mapping):
        return value.get("low"), value.get("best"), value.get("high")
    return None, value if isinstance(value, int) else None, None


def range_of(low: int | None, best: int | None, high: int | None, scale: float) -> Range | None:
    """Draw one number; it is broken towards zero or more where only the other end is said."""
    at = [round(RANGE_FROM + each * scale, 1) for each in (low, best, high) if each is not None]
    if not at:
        return None
    broken = None
    if low is None and high is not None:
        broken = float(RANGE_FROM), at[0]
    elif high is None and low is not None:
        broken = at[-1], float(RANGE_FROM + RANGE_WIDTH)
    number = best if best is not None else low if low == high or high is None else None
    return Range(
        dot=None if number is None else round(RANGE_FROM + number * scale, 1),
        line=(at[0], at[-1]) if at[0] < at[-1] else None,
        broken=broken,
    )


def multiples(common: Iterable[Common]) -> Multiples | None:
    """Draw events with counterparts by year; none where they lie within few years."""
    counted: defaultdict[str, Counter[tuple[Way, int | None]]] = defaultdict(Counter)
    for each in common:
        counted[each.other][each.way, each.year] += each.events
    known = [year for numbers in counted.values() for _, year in numbers if year is not None]
    if not known:
        return None
    last = max(known)
    first = max(min(known), last - MAX_YEARS + 1)
    if last - first + 1 < LEAST_YEARS:
        return None
    heights = {other: heights_of(numbers, first) for other, numbers in counted.items()}
    top = max((max(each) for rows in heights.values() for each in rows.values()), default=1)
    step = MULTIPLE_WIDTH / (last - first + 1)
    width = round(min(max(step - GAP, LEAST_BAR), MAX_BAR), 1)
    scale = MULTIPLE_HEIGHT / top
    return Multiples(
        first=first,
        last=last,
        top=top,
        others={
            other: Multiple(
                [
                    Year(
                        year,
                        round((year - first) * step, 1),
                        width,
                        round(up * scale, 1),
                        round(down * scale, 1),
                    )
                    for year, (up, down) in sorted(heights[other].items())
                ],
                *(sum(n for (way, _), n in numbers.items() if way == each) for each in WAYS),
            )
            for other, numbers in counted.items()
        },
        before=sum(
            number
            for numbers in counted.values()
            for (_, year), number in numbers.items()
            if year is not None and year < first
        ),
        undated=sum(
            number
            for numbers in counted.values()
            for (_, year), number in numbers.items()
            if year is None
        ),
    )


WAYS: tuple[Way, ...] = ("to", "by", "together")
"""In the order of the numbers of a multiple."""


def heights_of(
    numbers: Mapping[tuple[Way, int | None], int], first: int
) -> dict[int, tuple[int, int]]:
    """Give how many events are up and down in each year from the first one."""
    found: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (way, year), number in numbers.items():
        if year is not None and year >= first:
            found[year][way == "by"] += number
    return {year: (up, down) for year, (up, down) in found.items()}
