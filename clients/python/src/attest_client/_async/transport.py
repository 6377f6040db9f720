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
from attest_client.problems import Unreachable, refusal

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before anything of a request was sent: any request may be sent again."""

INSTANTS: ContextVar[Mapping[int, str]] = ContextVar("INSTANTS", default=MappingProxyType({}))
"""The instants that transports read as of, by their numbers, within blocks that say so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and its ETag."""

    content: bytes
    etag: str | None

    def json(self) -> Any:
        """Read the body as JSON."""
        return loads(self.content)


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
                answer = await self.http.request(
                    request.method,
                    request.address,
                    headers=headers,
                    content=request.content,
                    timeout=self._timeout(wait),
                )
            except httpx.TransportError as failure:
                await self._after_failure(request, attempt, failure)
                continue
            if answer.status_code == HTTPStatus.NOT_MODIFIED and held:
                return Answer(held.content, held.etag)
            if answer.is_success:
                return self._kept(request, answer)
            await self._after_refusal(request, attempt, answer)

    @asynccontextmanager
    async def stream(self, request: Request, wait: float = 0) -> AsyncIterator[httpx.Response]:
        """Send a request, again until it is answered, and give the answer before its body."""
        attempt, timeout = 0, self._timeout(wait)
        while True:
            attempt += 1
            asked = self.http.build_request(
                "GET", request.address, headers=request.headers, timeout=timeout
            )
            try:
                answer = await self.http.send(asked, stream=True)
            except httpx.TransportError as failure:
                await self._after_failure(request, attempt, failure)
                continue
            try:
                if answer.is_success:
                    yield answer
                    return
                await answer.aread()
            finally:
                await answer.aclose()
            await self._after_refusal(request, attempt, answer)

    async def _after_failure(
        self, request: Request, attempt: int, failure: httpx.TransportError
    ) -> None:
        """Wait before a request without an answer is sent again, or give up."""
        safe = request.repeatable or isinstance(failure, NOT_SENT)
        seconds = self.retry.seconds(attempt) if safe else None
        if seconds is None:
            _give_up(request, attempt, failure)
        await apause(seconds)

    async def _after_refusal(self, request: Request, attempt: int, answer: httpx.Response) -> None:
        """Wait before a request is sent again for which the service was too busy, or raise."""
        status = answer.status_code
        safe = status == TOO_OFTEN or (status in BUSY and request.repeatable)
        told = answer.headers.get("Retry-After")
        seconds = self.retry.seconds(attempt, told) if safe else None
        if seconds is None:
            raise refusal(status, answer.content, attempt)
        await apause(seconds)

    def _kept(self, request: Request, answer: httpx.Response) -> Answer:
        """Read an answer, and keep it where it has an ETag that a GET can name."""
        etag = answer.headers.get("ETag")
        if etag and "If-None-Match" in request.takes and request.method == "GET":
            self.cache.put(request.address, etag, answer.content)
        return Answer(answer.content, etag)

    def _timeout(self, wait: float) -> httpx.Timeout:
        given = self.http.timeout
        longer = None if given.read is None else given.read + wait
        return httpx.Timeout(given.connect, read=longer, write=given.write, pool=given.pool)


def _give_up(request: Request, attempt: int, failure: Exception) -> NoReturn:
    times = "once" if attempt == 1 else f"{attempt} times"
    raise Unreachable(
        f"{request.operation} was sent {times}, and not answered: {failure!r}"
    ) from failure
