"""Dates in the Extended Date/Time Format, levels 0 and 1, and the days that they span."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from marshmallow import fields

from schemas.fields.values import TEXT, Field, Reason, refusal

PRECISIONS = ("instant", "day", "month", "season", "year", "decade", "century", "interval")
"""How finely a date is written, finest first; `interval` is whatever holds a slash."""

SEASONS = {"21": 3, "22": 6, "23": 9, "24": 12}
"""Spring, summer, autumn and winter, with the first of the three months of each.

EDTF leaves the months open; these are the meteorological ones of the northern hemisphere.
A winter bears the year of its December: `2001-24` ends on the last day of February 2002.
"""

MAX_DATE_CHARACTERS = 100
"""Characters that a date may have; an interval between two instants takes 51 and its fractions."""

_UNBOUNDED = ("", "..")

_MINUTES = 24 * 60

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[?~%]?")

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})(?:-XX)?[?~%]?")

_YEARS = re.compile(r"([0-9]{4}(?:-XX){0,2}|[0-9]{3}X|[0-9]{2}XX)[?~%]?")

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.([0-9]+))?"
    r"(Z|([+-])([01][0-9]|2[0-3])(?::([0-5][0-9]))?)?"
)

_FAULTS = (
    (re.compile(r"\A\Z"), "The date is empty; a date that is not known is null."),
    (re.compile(r"[^\x00-\x7F]"), "A date is written in ASCII characters."),
    (re.compile(r"\s"), "A date holds no white space."),
    (re.compile(r"/"), "An interval has one slash, between its start and its end."),
    (re.compile(r"[\[\]{}]"), "Sets of dates are EDTF level 2; levels 0 and 1 are supported."),
    (
        re.compile(r"[0-9]S[0-9]"),
        "Significant digits are EDTF level 2; levels 0 and 1 are supported.",
    ),
    (re.compile(r"\AY?-[0-9]|\AY[0-9]"), "The years supported are 0001 to 9999."),
    (re.compile(r"[0-9].*[xtz]"), "The letters X, T and Z are capitals."),
    (re.compile(r"T.*[?~%]"), "An instant has no qualifier."),
    (
        re.compile(r"[?~%]."),
        "One qualifier (?, ~ or %) stands at the end; qualified parts are EDTF level 2.",
    ),
    (
        re.compile(r"T[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9:]+)?\Z"),
        "A time has its seconds too, as in 2021-08-22T14:30:00.",
    ),
    (
        re.compile(r"[0-9]T"),
        "A time runs from 00:00:00 to 23:59:59, and Z or an offset such as +04:30 may follow it.",
    ),
    (
        re.compile(r"\A[0-9X]{4}(-[0-9X]{2}){0,2}[?~%]?\Z"),
        "Only the last digits are unspecified: 198X, 19XX, 2004-XX, 1985-04-XX, 1985-XX-XX.",
    ),
    (
        re.compile(r""),
        "A date is written as 2021, 2021-08 or 2021-08-22, an interval as start/end.",
    ),
)
"""Faults of a text that is no date, and how they are told; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day that a date may mean; None where that end is open or unknown."""

    starts_on: date | None
    ends_on: date | None
    precision: str


class _Moment(NamedTuple):
    minute: int
    second: str
    fraction: str


def parse(text: str) -> Span:
    """Read an EDTF date, instant or interval; raise ValueError with the reason where it is none.

    Source: the EDTF specification of the Library of Congress (2019), levels 0 and 1, for the years
    0001 to 9999. A qualifier widens no bound, and an instant is of the day that is written.
    """
    if len(text) > MAX_DATE_CHARACTERS:
        reason = f"A date has at most {MAX_DATE_CHARACTERS} characters."
        raise ValueError(reason)
    start, slash, end = text.partition("/")
    if not slash:
        return Span(*_single(text))
    starts_on = None if start in _UNBOUNDED else _single(start)[0]
    ends_on = None if end in _UNBOUNDED else _single(end)[1]
    if not start and not end:
        reason = "An interval states its start, its end or both."
        raise ValueError(reason)
    if starts_on and ends_on and (starts_on > ends_on or _is_later(start, end)):
        reason = f"The interval starts ({start}) after it ends ({end})."
        raise ValueError(reason)
    return Span(starts_on, ends_on, "interval")


def instants(text: str) -> tuple[datetime | None, datetime | None]:
    """Give the instants at which a date begins and ends that `parse` reads; None where unknown.

    A time without an offset is none: nobody knows where its clock stands.
    """
    start, slash, end = text.partition("/")
    first, last = (_INSTANT.fullmatch(part) for part in (start, end if slash else start))
    return _utc(first), _utc(last)


def ordered(text: str, day: date | None) -> str | None:
    """Give what a date or an instant of a day is sorted by, which lies on the day as written.

    In UTC an instant may lie a day before or behind: these three days are made to fit into one. A
    time without an offset is taken for one in UTC.
    """
    moment = _utc(_INSTANT.fullmatch(text), local=True)
    if moment is None or day is None:
        return day.isoformat() if day else None
    midnight = datetime.combine(day, time())
    within = (moment.replace(tzinfo=None) - midnight + timedelta(days=1)) / 3
    return (midnight + min(within, timedelta(days=1, microseconds=-1))).isoformat()


def _utc(written: re.Match[str] | None, *, local: bool = False) -> datetime | None:
    if written is None or (written[8] is None and not local):
        return None
    minute, second, fraction = _moment(written)
    try:
        day = datetime.fromordinal(minute // _MINUTES).replace(tzinfo=UTC)
        more = timedelta(minutes=minute % _MINUTES, seconds=int(second))
        return day + more + timedelta(microseconds=int(f"{fraction[:6]:0<6}"))
    except (ValueError, OverflowError):  # before the year 1, or after 9999
        return None


def _single(text: str) -> tuple[date, date, str]:
    if written := _DAY.fullmatch(text):
        day = _day(*written.groups())
        return day, day, "day"
    if written := _MONTH.fullmatch(text):
        year, month = written.groups()
        if month in SEASONS and "XX" not in text:
            return _season(_year(year), SEASONS[month])
        return _first(year, month), _last(_year(year), int(month)), "month"
    if written := _YEARS.fullmatch(text):
        return _years(written[1].removesuffix("-XX").removesuffix("-XX"))
    if written := _INSTANT.fullmatch(text):
        return _instant(written)
    raise ValueError(next(reason for fault, reason in _FAULTS if fault.search(text)))


def _years(digits: str) -> tuple[date, date, str]:
    precision = ("year", "decade", "century")[digits.count("X")]
    first, last = _year(digits.replace("X", "0")), _year(digits.replace("X", "9"))
    return date(first, 1, 1), date(last, 12, 31), precision


def _season(year: int, month: int) -> tuple[date, date, str]:
    years_later, months_before = divmod(month + 1, 12)
    last = _last(_year(str(year + years_later)), months_before + 1)
    return date(year, month, 1), last, "season"


def _instant(written: re.Match[str]) -> tuple[date, date, str]:
    day = _day(*written.group(1, 2, 3))
    # Seconds are inserted only at the end of a day in UTC: RFC 3339, section 5.7.
    if written[6] == "60" and _moment(written).minute % _MINUTES != _MINUTES - 1:
        reason = "A 61st second occurs only at 23:59:60 in UTC."
        raise ValueError(reason)
    return day, day, "instant"


def _moment(written: re.Match[str]) -> _Moment:
    day = _day(*written.group(1, 2, 3))
    offset = int(written[10] or 0) * 60 + int(written[11] or 0)
    minute = day.toordinal() * _MINUTES + int(written[4]) * 60 + int(written[5])
    minute += offset if written[9] == "-" else -offset
    return _Moment(minute, written[6], (written[7] or "").rstrip("0"))


def _is_later(text: str, other: str) -> bool:
    written, compared = _INSTANT.fullmatch(text), _INSTANT.fullmatch(other)
    if written is None or compared is None:
        return False
    # A local time cannot be ordered against one whose offset is known.
    if (written[8] is None) != (compared[8] is None):
        return False
    return _moment(written) > _moment(compared)


def _day(year: str, month: str, day: str) -> date:
    first = _first(year, month)
    try:
        return first.replace(day=int(day))
    except ValueError:
        reason = f"{year}-{month} has no day {day}."
        raise ValueError(reason) from None


def _first(year: str, month: str) -> date:
    number = int(month)
    if number not in range(1, 13):
        reason = f"There is no month {month}: 01 to 12 are months, 21 to 24 seasons without days."
        raise ValueError(reason)
    return date(_year(year), number, 1)


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _year(digits: str) -> int:
    number = int(digits)
    if not date.min.year <= number <= date.max.year:
        reason = f"The year {digits} lies outside the years supported, 0001 to 9999."
        raise ValueError(reason)
    return number


class Edtf(Field, fields.String):
    """A date as of the Extended Date/Time Format, kept as written."""

    default_error_messages = TEXT

    def __init__(self, description: str, example: object = "2021-08-22", **more: Any) -> None:
        """Take levels 0 and 1 of EDTF, as `parse` reads them."""
        super().__init__(description, example, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        try:
            parse(text)
        except ValueError as error:
            raise refusal("edtf", str(error)) from error
        return text


def not_yet(written: str | None) -> Reason | None:
    """Say that what has happened cannot begin after tomorrow, if it does: it is a slip."""
    begins = parse(written).starts_on if written else None
    if begins is None or begins <= datetime.now(UTC).date() + timedelta(days=1):
        return None
    return Reason(f"This lies after tomorrow: {begins.isoformat()}.", "future")


def bounds(date: str | None) -> dict[str, str | None]:
    """Derive the earliest and the latest day of an EDTF date, its precision, and its order.

    In order of that, what begins on one day is sorted: by instants, and what has no time first.
    """
    if date is None:
        return {"starts_on": None, "ends_on": None, "date_precision": None, "begins": None}
    span = parse(date)
    return {
        "begins": ordered(date.partition("/")[0], span.starts_on),
        "starts_on": span.starts_on.isoformat() if span.starts_on else None,
        "ends_on": span.ends_on.isoformat() if span.ends_on else None,
        "date_precision": span.precision,
    }
