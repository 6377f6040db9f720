"""Reasons to refuse a request of any resource."""

from typing import Any

from schemas.problem import Fault, Invalid


class Withdrawn(Exception):  # noqa: N818 - it names what is so
    """The record was withdrawn; `tombstone` has its id, version, time and comment."""

    def __init__(self, tombstone: dict[str, Any]) -> None:
        """Keep the tombstone."""
        super().__init__("The record was withdrawn.")
        self.tombstone = tombstone


class Merged(Exception):  # noqa: N818
    """Another record stands for this one, which was merged into it."""

    def __init__(self, merged: str, into: str) -> None:
        """Keep both ids."""
        super().__init__(f"This record was merged into {into}.")
        self.merged = merged
        self.into = into


class Overtaken(Exception):  # noqa: N818
    """Another request wrote something that was not locked: the transaction must be retried."""


class InTheWay(Exception):  # noqa: N818
    """The request cannot be done in the present state."""


class Stale(Exception):  # noqa: N818
    """The record does not meet the request's condition, or no longer does."""

    def __init__(self, detail: str, current: str | None = None) -> None:
        """Keep the current record's JSON text, if there is one."""
        super().__init__(detail)
        self.current = current


class Taken(Invalid):
    """The chosen id belongs to another record."""


class Unconditional(Exception):  # noqa: N818
    """The request would change a record without naming its version."""


class Busy(Exception):  # noqa: N818
    """The worker sends its maximum number of exports; the next one must wait for an end."""


class NotInstalled(Exception):  # noqa: N818
    """The service lacks a library that it needs for this."""


class TooManyRows(Exception):  # noqa: N818
    """There are more rows than a file of this format can hold."""


class NoRoom(Exception):  # noqa: N818
    """A temporary file could not be written."""


class Unsettled(Exception):  # noqa: N818
    """The state at an instant is not final yet."""


def fault(where: str, code: str, detail: str) -> Invalid:
    """Make an Invalid of one fault."""
    return Invalid([Fault(where, code, detail)])
