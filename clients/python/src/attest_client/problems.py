"""Exceptions: refusals of the service, and answers that do not come or come in part."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from attest_client._api.models.fault import Fault
from attest_client._api.models.problem import Problem
from attest_client._api.types import Unset


class AttestError(Exception):
    """Anything that this client raises by itself."""


class Unreachable(AttestError):
    """No answer came, however often it was asked for."""


class Incomplete(AttestError):
    """A file or stream ended before its end, or is not what its digest says."""


class Unreadable(AttestError):
    """An answer came that is not the service's, such as the page of a proxy."""


class Unversioned(AttestError, ValueError):
    """A write does not say which version of the record it is about."""


class NotInThePast(AttestError, ValueError):
    """Within `as_of`, something is asked that has no past, or something is written."""


class Refused(AttestError):
    """The service refused: `problem` is its answer (RFC 9457)."""

    status: int
    attempts: int
    """Number of times it was sent: of a write sent twice, the first may have been done."""

    def __init__(self, status: int, problem: Problem | None, text: str, attempts: int) -> None:
        """Tell what the service says, with all faults."""
        self.status, self.problem, self.attempts = status, problem, attempts
        self.detail = problem.detail if problem else text
        faults = "".join(f"\n  {_place(each)}: {each.detail}" for each in self.errors)
        super().__init__(f"{status}: {self.detail}{faults}")

    @property
    def errors(self) -> Sequence[Fault]:
        """All faults: each with `pointer`, `parameter` or `header`, a `code` and a `detail`."""
        errors = self.problem.errors if self.problem else ()
        return () if isinstance(errors, Unset) else errors

    @property
    def request_id(self) -> str | None:
        """The id of the request in the logs of the service."""
        return self.problem.request_id if self.problem else None

    def member(self, name: str) -> Any:
        """Give a member of the problem that only some have, or None."""
        value = getattr(self.problem, name, None)
        return None if isinstance(value, Unset) else value


class BadRequest(Refused):
    """The query or a header has faults, or the body is no JSON (400)."""


class Unauthorized(Refused):
    """A key is needed, or the one given is not valid (401)."""


class Forbidden(Refused):
    """The key lacks the scope that this needs (403)."""


class NotFound(Refused):
    """There is no such record (404)."""


class Conflict(Refused):
    """Other records are in the way (409)."""


class Gone(Refused):
    """The record was withdrawn (410)."""

    @property
    def tombstone(self) -> Any:
        """The rest of it that is kept."""
        return self.member("tombstone")


class PreconditionFailed(Refused):
    """The record has changed since it was read (412)."""

    @property
    def current(self) -> Any:
        """The record as it stands now, as JSON."""
        return self.member("current")


class TooLarge(Refused):
    """The body is larger than the service takes (413)."""


class Invalid(Refused):
    """The body has faults (422): see `errors`."""


class PreconditionRequired(Refused):
    """A write lacks `If-Match` (428)."""


class TooManyRequests(Refused):
    """The service wants to be asked less often (429)."""


class NotProvided(Refused):
    """A library that this requires is not installed (501)."""


class Unavailable(Refused):
    """The service cannot answer now (503)."""


class ByStatus:
    """The exceptions by the status that they stand for."""

    KINDS: ClassVar[dict[int, type[Refused]]] = {
        400: BadRequest,
        401: Unauthorized,
        403: Forbidden,
        404: NotFound,
        409: Conflict,
        410: Gone,
        412: PreconditionFailed,
        413: TooLarge,
        422: Invalid,
        428: PreconditionRequired,
        429: TooManyRequests,
        501: NotProvided,
        503: Unavailable,
    }


def refusal(status: int, content: bytes, attempts: int = 1) -> Refused:
    """Give the exception for an answer that is a refusal, be it the service's or a proxy's."""
    try:
        problem = Problem.from_dict(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        problem = None
    text = content[:200].decode(errors="replace")
    return ByStatus.KINDS.get(status, Refused)(status, problem, text, attempts)


def _place(fault: Fault) -> str:
    for name in (fault.pointer, fault.parameter, fault.header):
        if not isinstance(name, Unset):
            return name or "the body"
    return fault.code
