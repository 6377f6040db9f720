"""Sends requests, again where that is safe, and keeps answers that have an ETag."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from json import loads
from types import MappingProxyType
from typing import Any, NoReturn

import httpx

from attest_client._cache import Cache, Tags
from attest_client._request import Request
from attest_client._retry import BUSY, TOO_OFTEN, Retry
from attest_client._wait import apause
from attest_client.problems import Refused, Unreachable, Unreadable, refusal

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before anything of a request was sent: any request may be sent again."""

NEVER = (httpx.LocalProtocolError, httpx.UnsupportedProtocol)
"""Failures of what cannot be sent at all."""

MOST_BYTES = 500_000_000
"""Maximum size of an answer that is read at once; exports have none."""

INSTANTS: ContextVar[Mapping[int, str]] = ContextVar("INSTANTS", default=MappingProxyType({}))
"""The instants that transports read as of, by their numbers, within blocks that say so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and its ETag."""

    content: bytes
    etag: str | None

    def json(self) -> Any:
        """Read the body as JSON; Unreadable where it is none."""
        return read(self.content)


class AsyncTransport:
    """Sends requests to one service, with one key."""

    def __init__(self, http: httpx.AsyncClient, retry: Retry, cache: Cache) -> None:
        """Send by `http`, try as often as `retry` says."""
        self.http, self.retry, self.cache = http, retry, cache
        self.tags = Tags()

    @property
    def as_of(self) -> str | None:
        """The instant that everything is read as of, where this is asked within `at`."""
        return INSTANTS.get().get(id(self))

    @contextmanager
    def at(self, instant: str) -> Iterator[None]:
        """Read everything as of an instant, in this thread or task, until the block ends."""
        before = INSTANTS.set({**INSTANTS.get(), id(self): instant})
        try:
            yield
        finally:
            INSTANTS.reset(before)

    async def send(self, request: Request, wait: float = 0) -> Answer:
        """Send a request and read the answer; `wait` is by how many seconds it may take longer."""
        headers, held = dict(request.headers), None
        if "If-None-Match" in request.takes and request.method == "GET":
            held = self.cache.get(request.address)
            if held:
                headers["If-None-Match"] = held.etag
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = await self._begin(request, headers, wait)
                content = await whole(answer)
            except httpx.RequestError as failure:
                await self._after_failure(request, attempt, failure)
                continue
            if answer.status_code == HTTPStatus.NOT_MODIFIED and held:
                return Answer(held.content, held.etag)
            if answer.request.method != request.method:
                raise redirected(request, answer)
            if answer.is_success:
                return self._kept(request, answer, content)
            await self._after_refusal(request, attempt, answer, content)

    @asynccontextmanager
    async def stream(self, request: Request, wait: float = 0) -> AsyncIterator[httpx.Response]:
        """Send a request, again until it is answered, and give the answer before its body."""
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = await self._begin(request, request.headers, wait)
            except httpx.RequestError as failure:
                await self._after_failure(request, attempt, failure)
                continue
            try:
                if answer.is_success:
                    yield answer
                    return
                content = await whole(answer)
            finally:
                await answer.aclose()
            await self._after_refusal(request, attempt, answer, content)

    async def _begin(
        self, request: Request, headers: Mapping[str, str], wait: float
    ) -> httpx.Response:
        """Send a request, and give the answer before its body."""
        asked = self.http.build_request(
            request.method,
            request.address,
            headers={name.encode(): value.encode() for name, value in headers.items()},
            content=request.content,
            timeout=self._timeout(wait),
        )
        return await self.http.send(asked, stream=True)

    async def _after_failure(
        self, request: Request, attempt: int, failure: httpx.RequestError
    ) -> None:
        """Wait before a request without an answer is sent again, or give up."""
        passing = isinstance(failure, httpx.TransportError) and not isinstance(failure, NEVER)
        safe = passing and (request.repeatable or isinstance(failure, NOT_SENT))
        seconds = self.retry.seconds(attempt) if safe else None
        if seconds is None:
            _give_up(request, attempt, failure)
        await apause(seconds)

    async def _after_refusal(
        self, request: Request, attempt: int, answer: httpx.Response, content: bytes
    ) -> None:
        """Wait before a request is sent again for which the service was too busy, or raise."""
        status = answer.status_code
        safe = status == TOO_OFTEN or (status in BUSY and request.repeatable)
        told = answer.headers.get("Retry-After")
        seconds = self.retry.seconds(attempt, told) if safe else None
        if seconds is None:
            raise refusal(status, content, attempt)
        await apause(seconds)

    def _kept(self, request: Request, answer: httpx.Response, content: bytes) -> Answer:
        """Read an answer, and keep it where it has an ETag that a GET can name."""
        etag = answer.headers.get("ETag")
        if etag and "If-None-Match" in request.takes and request.method == "GET":
            self.cache.put(request.address, etag, content)
        return Answer(content, etag)

    def _timeout(self, wait: float) -> httpx.Timeout:
        given = self.http.timeout
        longer = None if given.read is None else given.read + wait
        return httpx.Timeout(given.connect, read=longer, write=given.write, pool=given.pool)


def read(content: bytes | str) -> Any:
    """Read JSON; Unreadable where it is none."""
    try:
        return loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The answer is not JSON, but begins with {content[:100]!r}.") from error


async def whole(answer: httpx.Response) -> bytes:
    """Read the body of an answer; Unreadable where there is no end to it."""
    pieces, size = [], 0
    try:
        async for piece in answer.aiter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise Unreadable(f"The answer has more than {MOST_BYTES:,} bytes.")
    finally:
        await answer.aclose()
    return b"".join(pieces)


def redirected(request: Request, answer: httpx.Response) -> Refused:
    """Refuse to take for done what a redirect has turned into reading (RFC 9110, 15.4)."""
    detail = f"Nothing was written: it was redirected to {answer.url}. Name that service itself."
    return Refused(answer.history[0].status_code, None, f"{request.operation}: {detail}", 1)


def _give_up(request: Request, attempt: int, failure: Exception) -> NoReturn:
    times = "once" if attempt == 1 else f"{attempt} times"
    raise Unreachable(
        f"{request.operation} was sent {times}, and not answered: {failure!r}"
    ) from failure
