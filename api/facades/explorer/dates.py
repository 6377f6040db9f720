"""Dates in words, with all of their doubt, and instants."""

import re
from datetime import date, datetime

from schemas.fields.dates import parse

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
DOUBTS = {"?": "perhaps ", "~": "about ", "%": "perhaps about "}

DAY = r"\d{4}-\d\d-\d\d"
DAYS_IN_YEAR = 365.25


def dated(text: str | None) -> str:
    """Write an EDTF date (levels 0 and 1) in words."""
    if not text:
        return "Date not known"
    if "/" not in text:
        return single(text)
    start, end = text.split("/")
    if start in ("", ".."):
        return f"until {single(end)}" + ("" if start else ", start unknown")
    if end in ("", ".."):
        return f"since {single(start)}" + ("" if end else ", end unknown")
    first, last = single(start), single(end)
    if re.fullmatch(f"{DAY}/{DAY}", text):
        if start[:7] == end[:7]:
            return f"{int(start[8:])}–{last}"  # noqa: RUF001 - a range has this dash
        if start[:4] == end[:4]:
            first = first.removesuffix(f" {start[:4]}")
    return f"{first} – {last}"  # noqa: RUF001


def single(text: str) -> str:
    """Write a date that is no interval in words."""
    doubt = DOUBTS.get(text[-1], "")
    written, _, clock = text.rstrip("?~%").partition("T")
    return doubt + day(written) + (f", {time(clock)}" if clock else "")


def day(text: str) -> str:
    """Write a day, month, season, year, decade or century in words."""
    if text.endswith("X") and "-" not in text:
        return f"the {text.replace('X', '0')}s"
    year, month, number = (*text.split("-"), "", "")[:3]
    if month == "24":
        return f"winter {year}–{(int(year) + 1) % 100:02}"  # noqa: RUF001
    known = [number.lstrip("0"), SEASONS.get(month) or month_of(month), year]
    said = " ".join(each for each in known if each and each != "XX")
    return f"a day in {said}" if "XX" in (month, number) else said


def month_of(number: str) -> str:
    """Give the name of a month; nothing where it is not known."""
    return MONTHS[int(number) - 1] if number.isdecimal() else ""


def time(text: str) -> str:
    """Write a time of day, to the minute; one without an offset is local."""
    zone = re.search(r"(Z|[+-]\d\d(:\d\d)?)$", text)
    if zone is None:
        return f"{text[:5]} local time"
    return f"{text[:5]} UTC{'' if zone[0] == 'Z' else zone[0]}"


def loses(text: str | None) -> bool:
    """Tell whether words say less than the date does, so that it is shown beside them."""
    return bool(text) and bool(re.search(r"[/X?~%T]|-2[1-4]$", text or ""))


def instant(text: str) -> str:
    """Write an instant (RFC 3339) to the second, in UTC as the service gives it."""
    moment = datetime.fromisoformat(text)
    return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}, {moment:%H:%M:%S}"


def years(text: str | None) -> tuple[float | None, float | None]:
    """Give the bounds of a date in years, such as 2021.5; None where an end is not known."""
    if text is None:
        return None, None
    span = parse(text)
    first = None if span.starts_on is None else in_years(span.starts_on)
    last = None if span.ends_on is None else in_years(span.ends_on) + 1 / DAYS_IN_YEAR
    return first, last


def in_years(day: date) -> float:
    """Write a day as a year with its fraction."""
    return day.year + (day.timetuple().tm_yday - 1) / DAYS_IN_YEAR
