"""Decides whether to send a request again, and after how many seconds."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TOO_OFTEN = 429
BUSY = frozenset({TOO_OFTEN, 502, 503, 504})
"""Answers after which the same request may succeed."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Attempts and waits: each time up to twice as long as before, at random."""

    attempts: int = 5
    """Maximum number of times a request is sent; 1 is never again."""
    first: float = 0.5
    """Maximum number of seconds before the second attempt."""
    longest: float = 60.0
    """Maximum number of seconds before any; a service that asks for more is not asked again."""

    def seconds(self, attempt: int, asked_for: str | None = None) -> float | None:
        """Tell how long to wait after an attempt, 1 and so on; None is to give up."""
        if attempt >= self.attempts:
            return None
        jitter = random.uniform(0, min(self.longest, self.first * 2 ** (attempt - 1)))  # noqa: S311
        told = after(asked_for)
        if told is None:
            return jitter
        return None if told > self.longest else told + min(jitter, self.first)


RETRY = Retry()
"""The policy that holds where nothing is said."""


def after(header: str | None) -> float | None:
    """Read `Retry-After`: seconds, or a date (RFC 9110)."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(header)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
