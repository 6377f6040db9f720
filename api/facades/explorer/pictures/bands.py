"""Bands of a timeline: events of which one end is open, as it is not known or there is none."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from math import sqrt
from typing import Literal, NamedTuple

from api.facades.explorer.pictures.units import code, day, label, last_day
from models.lists.buckets import Dated, Unit

Side = Literal["before", "after"]
"""Which end is open."""

NEVER, FOREVER = "-infinity", "infinity"
"""Days that are not known."""

WIDTH = 400
"""Width of the picture, in its units."""

LANES_FROM, LANE = 136, 9
"""Where bands begin below the bars, and the height of the lane of each, in units."""

THICKNESS = (2.0, 7.0)
"""Thickness of the thinnest and of the thickest band, in units."""

GAP = 1.5
"""Space beside the end that is known, so that what ends and what begins there stay apart."""

MIN_LENGTH = 12.0
"""Length of a band at the least, so that it can be seen to fade, in units."""

MAX_LANES = 4
"""Maximum number of bands on one side: neighbours are brought together."""


class Ended(NamedTuple):
    """Events that began, or ended, in a bucket, and whose other end is open.

    `first` and `last` are the days of the bucket, or of several. Where only a part of time is
    asked for, the end that is known may be `clipped` by that. `link` has the parameters that ask
    for them.
    """

    side: Side
    first: date
    last: date
    label: str
    events: int
    clipped: bool
    link: dict[str, str]


class Band(NamedTuple):
    """Where events are drawn of which one end is open: the band fades towards that.

    It lies in the middle of its lane.
    """

    of: Ended
    x: float
    width: float
    y: float
    height: float
    lane_y: int
    lane_height: int = LANE


class Asked(NamedTuple):
    """The days from and until which events are asked for, and whether there is a filter (CQL2)."""

    first: date | None = None
    last: date | None = None
    filtered: bool = False


def half_open(dated: Iterable[Dated]) -> list[tuple[Side, date, int]]:
    """Give the dates that are known at one end: which one is open, the bucket of the other."""
    found: list[tuple[Side, date, int]] = [
        ("after", day(first), count)
        for first, last, count in dated
        if first and first != NEVER and last == FOREVER
    ]
    return found + [
        ("before", day(last), count)
        for first, last, count in dated
        if first == NEVER and last and last != FOREVER
    ]


def open_ends(dated: Iterable[Dated], unit: Unit, asked: Asked) -> list[Ended]:
    """List events of which one end is open by the bucket of the other one, the earliest first."""
    counted: defaultdict[tuple[date, Side], int] = defaultdict(int)
    for side, first, count in half_open(dated):
        counted[first, side] += count
    found = []
    for (first, side), count in sorted(counted.items()):
        last = last_day(first, unit)
        if side == "after":
            clipped = asked.first is not None and first <= asked.first
        else:
            clipped = asked.last is not None and last >= asked.last
        more = {"after": " or before", "before": " or later"}[side] if clipped else ""
        datetime = code(first, unit) if asked.filtered else None
        found.append(
            Ended(
                side=side,
                first=first,
                last=last,
                label=f"{label(first, unit)}{more}",
                events=count,
                clipped=clipped,
                link=link_of(side, (first, last), clipped=clipped, datetime=datetime),
            )
        )
    return found


def link_of(
    side: Side, days: tuple[date, date], *, clipped: bool, datetime: str | None
) -> dict[str, str]:
    """Give the parameters that ask for events with an open end whose other one is between days.

    These are a filter of its own or, as there is one already, all events of a `datetime`.
    """
    if datetime:
        return {"datetime": datetime}
    known, unknown = ("starts_on", "ends_on") if side == "after" else ("ends_on", "starts_on")
    bounds = [f"{known} >= DATE('{days[0]}')", f"{known} <= DATE('{days[1]}')"]
    if clipped:
        del bounds[0 if side == "after" else 1]
    return {"filter": " AND ".join([f"{unknown} IS NULL", *bounds])}


def bands(ended: Sequence[Ended], days: Sequence[date], asked: Asked) -> tuple[list[Band], int]:
    """Draw events with an open end, neighbours together where there are many; count the lanes.

    `days` are the first ones of all buckets that are shown.
    """
    placed: list[tuple[int, Ended]] = []
    for side in ("before", "after"):
        rows = [row for row in ended if row.side == side]
        size = -(-len(rows) // MAX_LANES) or 1
        groups = [rows[start : start + size] for start in range(0, len(rows), size)]
        # The latest beginning is highest, as the earliest end is: both may fit into one lane.
        if side == "after":
            groups.reverse()
        placed += [(lane, joined(group, asked)) for lane, group in enumerate(groups)]
    most = max((row.events for _, row in placed), default=1)
    lanes = max((lane + 1 for lane, _ in placed), default=0)
    return [band(row, lane, most, days) for lane, row in placed], lanes


def joined(rows: Sequence[Ended], asked: Asked) -> Ended:
    """Take rows together."""
    [first, *_, last] = [*rows, *rows]
    if first is last:
        return first
    clipped = first.clipped if first.side == "after" else last.clipped
    days = first.first, last.last
    datetime = f"{days[0]}/{days[1]}" if asked.filtered else None
    return Ended(
        side=first.side,
        first=days[0],
        last=days[1],
        label=f"{first.label} to {last.label}",
        events=sum(row.events for row in rows),
        clipped=clipped,
        link=link_of(first.side, days, clipped=clipped, datetime=datetime),
    )


def band(row: Ended, lane: int, most: int, days: Sequence[date]) -> Band:
    """Draw one band; `most` is the number of events of the thickest one."""
    step = WIDTH / len(days)
    if row.side == "after":
        x = min(max(bisect_right(days, row.first) - 1, 0) * step + GAP, WIDTH - MIN_LENGTH)
        width = WIDTH - x
    else:
        x, width = 0.0, max(bisect_right(days, row.last) * step - GAP, MIN_LENGTH)
    height = THICKNESS[0] + (THICKNESS[1] - THICKNESS[0]) * sqrt(row.events / most)
    return Band(
        of=row,
        x=round(x, 2),
        width=round(width, 2),
        y=round(LANES_FROM + lane * LANE + (LANE - height) / 2, 2),
        height=round(height, 2),
        lane_y=LANES_FROM + lane * LANE,
    )
