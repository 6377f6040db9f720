"""Dates in words, with all of their doubt, and instants."""

import re
from datetime import datetime

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
    year, *rest = text.split("-")
    match rest:
        case []:
            return year
        case ["XX", "XX"] | ["XX"]:
            return f"a day in {year}"
        case ["24"]:
            return f"winter {year}–{(int(year) + 1) % 100:02}"  # noqa: RUF001
        case [season] if season in SEASONS:
            return f"{SEASONS[season]} {year}"
        case [month]:
            return f"{MONTHS[int(month) - 1]} {year}"
        case [month, "XX"]:
            return f"a day in {MONTHS[int(month) - 1]} {year}"
        case [month, number, *_]:
            return f"{int(number)} {MONTHS[int(month) - 1]} {year}"
    return text


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
    first, last = (
        each and each.year + (each.timetuple().tm_yday - 1) / DAYS_IN_YEAR
        for each in (span.starts_on, span.ends_on)
    )
    return first, last and last + 1 / DAYS_IN_YEAR
