"""Instants and intervals as a query string asks for them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from marshmallow import fields

from schemas.fields.dates import instants, parse
from schemas.fields.values import Field, refusal

EARLIEST, LATEST = "0001-01-01", "infinity"
"""Bounds of an open interval; a date that is not known at all lies before the earliest."""


class Asked(NamedTuple):
    """When is asked for: the first and the last day, and the instants, where these have times."""

    first_day: str
    last_day: str
    begins: datetime | None = None
    ends: datetime | None = None
    whole_from: str = EARLIEST
    whole_to: str = LATEST
    """The first and the last day that lie within as a whole."""

    @property
    def is_timed(self) -> bool:
        """Whether it has a time of day."""
        return self.begins is not None or self.ends is not None


def unsent_plus(text: str) -> str:
    """Restore a plus that was sent as it stands, which means a space in a query string."""
    return re.sub(r" (?=\d\d(?::?\d\d)?(?:/|\Z))", "+", text)


class Interval(Field, fields.Field[Any]):
    """A date, an instant, or an interval of them, read as `Asked`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        # RFC 3339 takes small letters as well.
        text = re.sub(r"(?<=\d)[tz]", lambda found: found[0].upper(), unsent_plus(str(value)))
        if text in {"..", "../..", "/..", "../"}:
            return Asked(EARLIEST, LATEST)
        try:
            span = parse(text)
        except ValueError as error:
            raise refusal("datetime", str(error)) from error
        first, last = span.starts_on, span.ends_on
        begins, ends = instants(text)
        begin, _, end = text.partition("/")
        late = begins and "T00:00:00" not in begin
        early = ends and "T23:59:59" not in (end or begin)
        return Asked(
            first.isoformat() if first else EARLIEST,
            last.isoformat() if last else LATEST,
            begins,
            ends,
            (first + timedelta(days=1 if late else 0)).isoformat() if first else EARLIEST,
            (last - timedelta(days=1 if early else 0)).isoformat() if last else LATEST,
        )


INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
"""An instant (RFC 3339, section 5.6)."""

RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The name of a release."""


class Moment(Field, fields.Field[Any]):
    """An instant, or the name of a release."""

    default_error_messages = {
        "as_of": "This is no instant such as 2026-11-22T08:00:00Z, and no name of a release."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        text = unsent_plus(str(value))
        if RELEASE.fullmatch(text):
            return text
        moment = read_instant(text)
        if moment is None:
            raise self.make_error("as_of")
        return moment


def read_instant(text: str) -> datetime | None:
    """Read an instant, to the microsecond; None where it is none, or on no calendar."""
    found = INSTANT.fullmatch(text)
    if not found:
        return None
    day, time, fraction, zone = found.groups()
    fraction = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{time}.{fraction}{zone.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
