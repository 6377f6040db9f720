"""Units of time: how it is cut into buckets, and what these are called."""

from datetime import date, timedelta

from api.facades.explorer.dates import MONTHS
from models.lists.buckets import Unit


def steps(first: date, last: date, unit: Unit) -> list[date]:
    """List the first days of all buckets between two of them."""
    found = [first]
    while found[-1] < last and (following := after(found[-1], unit)):
        found.append(following)
    return found


def after(first: date, unit: Unit) -> date | None:
    """Give the first day of the next bucket, if there is one in the calendar."""
    try:
        match unit:
            case "day":
                return first + timedelta(1)
            case "month":
                return date(first.year + first.month // 12, first.month % 12 + 1, 1)
            case "year":
                return date(first.year + 1, 1, 1)
            case _:
                return date(first.year // 10 * 10 + 10, 1, 1)
    except (ValueError, OverflowError):
        return None


def last_day(first: date, unit: Unit) -> date:
    """Give the last day of a bucket."""
    following = after(first, unit)
    return following - timedelta(1) if following else date.max


def code(first: date, unit: Unit) -> str:
    """Write a bucket as a date (EDTF)."""
    text = first.isoformat()
    return {"day": text, "month": text[:7], "year": text[:4], "decade": f"{text[:3]}X"}[unit]


def label(first: date, unit: Unit) -> str:
    """Write a bucket in words."""
    month = MONTHS[first.month - 1][:3]
    words = {
        "day": f"{first.day} {month} {first.year}",
        "month": f"{month} {first.year}",
        "year": str(first.year),
        "decade": f"{first.year // 10 * 10}s",
    }
    return words[unit]


def day(text: str) -> date:
    """Read a day as PostgreSQL writes it; the first decade begins before the calendar does."""
    return date.min if text.endswith(" BC") else date.fromisoformat(text)


def reached(first: date, last: date, unit: Unit) -> int:
    """Give how many buckets lie between two."""
    match unit:
        case "day":
            return (last - first).days
        case "month":
            return (last.year - first.year) * 12 + last.month - first.month
        case "year":
            return last.year - first.year
        case _:
            return (last.year - first.year) // 10
