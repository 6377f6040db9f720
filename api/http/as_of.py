"""The instant of a read with `as_of`, once no write can change its state any more."""

import time
from datetime import datetime, timedelta

from flask import current_app

from api.http.context import database
from api.http.errors import Unsettled
from models import releases
from models.past import as_of as past
from schemas.instants import instant
from schemas.problem import BadQuery, Fault

AS_OF_WAIT_SECONDS = 2
"""How long a read waits for writes that began before its instant."""

HORIZON_POLL_SECONDS = 0.02
"""How long to wait between two looks."""


def instant_of(as_of: datetime | str) -> datetime:
    """Give the instant of an `as_of`, itself an instant or a release, once it is final.

    A write that began before it may still commit: a second read could then differ.
    Raises BadQuery where there is no such release, or the instant lies ahead, and Unsettled where
    a write takes too long.
    """
    if isinstance(as_of, str):
        known = releases.instant(database(), as_of)
        if known is None:
            detail = f"There is no release {as_of}; an instant has the form 2026-11-22T08:00:00Z."
            raise BadQuery([Fault("as_of", "not_found", detail)])
        return known
    wait_until(as_of, AS_OF_WAIT_SECONDS)
    return as_of


def wait_until(wanted: datetime, patience: float) -> None:
    """Wait until an instant is final, for at most some seconds."""
    known = current_app.extensions.get("final")
    deadline = time.monotonic() + patience
    while known is None or known < wanted:
        known, now = past.horizon(database())
        current_app.extensions["final"] = known
        if wanted - now > timedelta(seconds=patience):
            detail = f"This lies ahead: it is {instant(now)} here."
            raise BadQuery([Fault("as_of", "ahead", detail)])
        if known < wanted:
            if time.monotonic() > deadline:
                raise Unsettled(
                    f"A write that began at {instant(known)} is still under way, and could change"
                    " what stood then."
                )
            time.sleep(HORIZON_POLL_SECONDS)
