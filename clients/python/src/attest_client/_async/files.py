"""Exports: streamed to a file, and given its name once it is whole."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from attest_client._api.models.digest import Digest
from attest_client._api.operations import OPERATIONS
from attest_client._async.transport import AsyncTransport
from attest_client._files import can_check, check
from attest_client._models import WHOLE, Target, Whole
from attest_client._progress import bar
from attest_client._request import Request, instant, request
from attest_client._wait import aapart, apause
from attest_client.problems import Incomplete

PART = ".part"
"""The end of a file's name until it is whole."""


class AsyncFiles:
    """Exports of one service."""

    def __init__(self, transport: AsyncTransport) -> None:
        """Ask by a transport."""
        self._transport = transport

    async def export(
        self,
        what: str,
        path: Target,
        asked: Mapping[str, Any],
        how: Whole = WHOLE,
    ) -> Path:
        """Write what is asked for to a file, whose suffix is its form; see Client.export."""
        target = Path(path)
        form = target.suffix.removeprefix(".")
        if how.check:
            can_check(form)
        made = request("GET", route(what, form), asked, as_of=self._transport.as_of)
        part = target.with_name(target.name + PART)
        attempt = 0
        while True:
            attempt += 1
            try:
                date = await self._fetch(made, part, target.name, how)
                if how.check:
                    digest = await self._digest(made, what, form)
                    await aapart(check, part, form, digest)
            except (httpx.RequestError, Incomplete) as failure:
                seconds = self._transport.retry.seconds(attempt)
                if seconds is None:
                    message = (
                        f"{made.operation} was begun {attempt} times, and broke off: {failure}"
                    )
                    raise Incomplete(message) from failure
                if isinstance(failure, Incomplete) and form == "csv":
                    made, seconds = as_it_was(made, date), max(seconds, 1)  # that second is over
                await apause(seconds)
            else:
                return part.replace(target)

    async def _fetch(self, made: Request, part: Path, name: str, how: Whole) -> str | None:
        """Write the body of an answer to a file, and tell when it was begun, by its own clock."""
        with begun(part) as file, bar(name, wanted=how.progress) as told:
            async with self._transport.stream(made, SORTING_SECONDS) as answer:
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)
                    told(len(chunk))
                date: str | None = answer.headers.get("Date")
        return date

    async def _digest(self, made: Request, what: str, form: str) -> Digest | None:
        """Ask for the digest of a form that has none inside."""
        path = f"/v1/{what}.{form}/digest"
        if f"GET {path}" not in OPERATIONS:
            return None
        query = made.address.partition("?")[2]
        asked = replace(request("GET", path), address=f"{path}?{query}" if query else path)
        answer = await self._transport.send(asked, wait=DIGEST_SECONDS)
        return Digest.from_dict(answer.json())


SORTING_SECONDS = 240
"""Seconds more than other answers that the next piece may take: large tables are sorted first."""

DIGEST_SECONDS = 3600
"""Seconds more than other answers that a digest may take: it reads all of the export."""


def begun(path: Path) -> BinaryIO:
    """Begin a file anew: a link that somebody else has laid there is not followed."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def route(what: str, form: str) -> str:
    """Give the path of an export, or raise ValueError with the forms that there are."""
    path = f"/v1/{what}.{form}"
    if f"GET {path}" not in OPERATIONS:
        start = f"GET /v1/{what}."
        ends = (each.removeprefix(start) for each in OPERATIONS if each.startswith(start))
        forms = ", ".join(sorted(end for end in ends if "/" not in end))
        raise ValueError(
            f"{what} cannot be exported as {form or 'a file without a suffix'}; as {forms}."
            if forms
            else f"There are no exports of {what}."
        )
    return path


def as_it_was(made: Request, date: str | None) -> Request:
    """Ask for an export as of the end of the second in which it was begun, by the service's clock.

    What was written between a CSV and its digest makes the two differ; as of an instant, it cannot.
    """
    if "as_of=" in made.address or date is None:
        return made
    began = parsedate_to_datetime(date).astimezone(UTC) + timedelta(seconds=1)
    mark = "&" if "?" in made.address else "?"
    return replace(made, address=f"{made.address}{mark}as_of={instant(began)}")
