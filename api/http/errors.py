"""Why a request is refused, whatever it asked for."""

from typing import Any

from schemas.problem import Fault, Invalid


class Withdrawn(Exception):  # noqa: N818 - it names what is so
    """The record was withdrawn; its tombstone is what is left of it."""

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
    """Others have written what should have been held; all is to be tried again."""


class InTheWay(Exception):  # noqa: N818
    """The request cannot be done in the present state."""


class Stale(Exception):  # noqa: N818
    """The record is not, or no longer, what the request's condition asks for."""

    def __init__(self, detail: str, current: str | None = None) -> None:
        """Keep the current record's JSON text, if there is one."""
        super().__init__(detail)
        self.current = current


class Taken(Invalid):
    """The id that was chosen is that of another record."""


class Unconditional(Exception):  # noqa: N818
    """The request would change a record without saying which version of it."""


class Busy(Exception):  # noqa: N818
    """The worker sends as many exports as it may; another one can be had when one has ended."""


class NotInstalled(Exception):  # noqa: N818
    """The service lacks a library that it needs for this."""


class TooManyRows(Exception):  # noqa: N818
    """More is found than a file of this format can hold."""


class NoRoom(Exception):  # noqa: N818
    """A temporary file could not be written."""


class Unsettled(Exception):  # noqa: N818
    """The state at an instant is not certain yet."""


def fault(where: str, code: str, detail: str) -> Invalid:
    """Make a refusal of one fault."""
    return Invalid([Fault(where, code, detail)])
