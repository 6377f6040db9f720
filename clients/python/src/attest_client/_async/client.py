"""The client: one service, asked with one key."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from attest_client._api import asked
from attest_client._api import models as m
from attest_client._async.bundle import AsyncBundle
from attest_client._async.files import AsyncFiles
from attest_client._async.pages import AsyncChanges, AsyncPages, AsyncStream
from attest_client._async.resources import (
    AsyncActors,
    AsyncDatasets,
    AsyncDocuments,
    AsyncEvents,
    AsyncLocations,
    AsyncStatements,
)
from attest_client._async.transport import AsyncTransport
from attest_client._cache import Cache
from attest_client._models import WHOLE, Creating, Target, Whole, options
from attest_client._request import header, instant, request
from attest_client._retry import RETRY, Retry

CACHE_BYTES = 8_000_000
"""Bytes of answers that are kept with their ETags, where nothing else is said."""


class AsyncClient:
    """A service, at its root: `http://127.0.0.1:8000`, without `/v1`.

    Safe requests are sent again where no answer comes, or the service is too busy. Records that
    were read are kept with their ETags, and read anew only when they have changed. `timeout` is
    in seconds; `http` is a client of httpx to send by, for proxies and certificates.
    """

    def __init__(  # noqa: PLR0913 - all but the first have defaults
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 60,
        retry: Retry = RETRY,
        cache_bytes: int = CACHE_BYTES,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Ask a service, with a key where it wants one."""
        self._http = http or httpx.AsyncClient(timeout=timeout)
        self._http.base_url = httpx.URL(url)
        self._http.follow_redirects = True
        self._http.headers["User-Agent"] = f"attest-client/{version('attest-client')}"
        if key:
            self._http.headers["Authorization"] = f"Bearer {header('key', key)}"
        self._transport = AsyncTransport(self._http, retry, Cache(cache_bytes))
        self.datasets = AsyncDatasets(self._transport)
        self.documents = AsyncDocuments(self._transport)
        self.actors = AsyncActors(self._transport)
        self.locations = AsyncLocations(self._transport)
        self.events = AsyncEvents(self._transport)
        self.statements = AsyncStatements(self._transport)

    async def __aenter__(self) -> Self:
        """Keep connections until the block ends."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def as_of(self, when: datetime | str) -> AbstractContextManager[None]:
        """Read what was known at an instant, or in a release, until the block ends.

        It holds for this thread or task. What has no past, and what writes, raises NotInThePast.
        """
        return self._transport.at(instant(when))

    def bundle(self, dataset: str, /, **how: Unpack[Creating]) -> AsyncBundle:
        """Begin a bundle, which is sent when its block ends."""
        options(how, Creating)
        return AsyncBundle(
            self._transport,
            dataset,
            comment=how.get("comment"),
            dry_run=how.get("dry_run", False),
        )

    async def export(self, what: str, path: Target, how: Whole = WHOLE, /, **filters: Any) -> Path:
        """Write all that match to a file: `export("events", "events.parquet", country="AF")`.

        The suffix is the form. The file has its name once it is whole: until then, and where it
        breaks off, it ends with `.part`. Besides resources there are `events/summary`,
        `events/dyads` and `statements/summary`.
        """
        return await AsyncFiles(self._transport).export(what, path, filters, how)

    def changes(
        self, *, after: str | None = None, follow: bool = False, **filters: Unpack[asked.Changes]
    ) -> AsyncChanges:
        """Give all changes behind a cursor; with `follow`, wait for more and never end.

        Without `after` they begin with the first there was; `after="latest"` is behind the last.
        Its `cursor` is where to go on, the next time: keep it with what was made of the changes.
        """
        return AsyncChanges(self._transport, filters, after=after, follow=follow)

    def stream(self, *, after: str | None = None, **filters: Unpack[asked.Changes]) -> AsyncStream:
        """Give changes as they happen, for ever; its `cursor` is behind the last one."""
        return AsyncStream(self._transport, filters, after=after)

    def releases(self, **filters: Unpack[asked.Releases]) -> AsyncPages[m.Release]:
        """List the releases."""
        return AsyncPages(self._transport, "/v1/releases", filters, m.Release.from_dict)

    async def release(
        self, record: m.ReleaseInput | asked.ReleaseInput, /, *, dry_run: bool = False
    ) -> m.Release:
        """Give this instant a name, by which everything can be read as of it."""
        answer = await self.request("POST", "/v1/releases", {"dry_run": dry_run or None}, record)
        return m.Release.from_dict(answer)

    async def request(
        self,
        method: str,
        path: str,
        asked: Mapping[str, Any] | None = None,
        body: object = None,
        **ids: object,
    ) -> Any:
        """Send anything that the description has, by its path there, and give the JSON.

        `request("GET", "/v1/events/{id}/attestation", id=event.id)`.
        """
        made = request(method, path, asked, ids=ids, body=body, as_of=self._transport.as_of)
        answer = await self._transport.send(made)
        return answer.json() if answer.content else None
