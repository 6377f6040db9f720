"""Lists that come by pages, and the feed of changes, which has no end."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, Generic, TypeVar

import httpx

from attest_client._api.models.change import Change
from attest_client._api.models.change_list import ChangeList
from attest_client._api.operations import QUERIES
from attest_client._async.transport import AsyncTransport, read
from attest_client._request import LONGEST_ADDRESS, request, search, written
from attest_client._stream import Reader
from attest_client._wait import apause
from attest_client.problems import Unreadable

Item = TypeVar("Item")

PAGE = 200
"""Records a page, where all pages are wanted and `limit` says nothing else."""

WAIT_SECONDS = 30
"""Seconds that the service waits for a change before it says that there is none."""


class AsyncPages(Generic[Item]):
    """All that a list has, page after page; each is asked for when the one before was read."""

    cursor: str | None = None
    """Where the page behind the one read last begins; None before the first and behind the last."""

    def __init__(
        self,
        transport: AsyncTransport,
        path: str,
        asked: Mapping[str, Any],
        item: Callable[[Any], Item],
        ids: Mapping[str, object] | None = None,
    ) -> None:
        """List what is at a path; `item` makes an item of JSON."""
        self._transport, self._path, self._item, self._ids = transport, path, item, ids
        self._asked = {"limit": PAGE, **asked}
        self._as_of = transport.as_of
        self._start = self._asked.pop("cursor", None)

    async def rows(self) -> AsyncIterator[dict[str, Any]]:
        """Give record after record as JSON has it: with paths in `fields`, or where it counts."""
        async for page in self._pages():
            for each in page:
                yield each

    async def pages(self) -> AsyncIterator[list[Item]]:
        """Give page after page."""
        if "." in written(self._asked.get("fields", "")):
            raise ValueError("Models have no room for paths in `fields`: read rows().")
        async for page in self._pages():
            yield [self._item(each) for each in page]

    async def __aiter__(self) -> AsyncIterator[Item]:
        """Give record after record."""
        async for page in self.pages():
            for each in page:
                yield each

    async def _pages(self) -> AsyncIterator[list[dict[str, Any]]]:
        cursor = self._start
        while True:
            asked = {**self._asked, "cursor": cursor}
            made = request("GET", self._path, asked, ids=self._ids, as_of=self._as_of)
            if len(made.address) > LONGEST_ADDRESS and f"POST {self._path}/search" in QUERIES:
                made = search(self._path, asked, self._as_of)
            page = (await self._transport.send(made)).json()
            before, cursor = cursor, page["next_cursor"]
            if cursor is not None and cursor == before:
                raise Unreadable(f"{made.operation} has no end: a page leads to itself.")
            self.cursor = cursor
            yield page["items"]
            if cursor is None:
                return


class AsyncChanges:
    """Changes in the order of the feed. `cursor` is where to go on after those handed out."""

    cursor: str | None
    """Behind the changes that were handed out: a page at a time, as the feed gives cursors."""

    def __init__(
        self,
        transport: AsyncTransport,
        asked: Mapping[str, Any],
        *,
        after: str | None,
        follow: bool,
    ) -> None:
        """Begin behind a cursor, or with the first change there was."""
        self._transport, self._asked, self._follow = transport, dict(asked), follow
        self.cursor = after

    async def pages(self) -> AsyncIterator[ChangeList]:
        """Give page after page; of a page that was not asked behind, the cursor stays before it."""
        wait = WAIT_SECONDS if self._follow else 0
        while True:
            asked = {"limit": PAGE, **self._asked, "after": self.cursor, "wait": wait or None}
            made = request("GET", "/v1/changes", asked, as_of=self._transport.as_of)
            began = monotonic()
            page = ChangeList.from_dict((await self._transport.send(made, wait)).json())
            if page.items and page.next_cursor == self.cursor:
                raise Unreadable(f"{made.operation} has no end: a page leads to itself.")
            if page.items:
                yield page
            stands = not page.items and page.next_cursor == self.cursor
            self.cursor = page.next_cursor
            if stands and not self._follow:
                return
            if stands and monotonic() - began < 1:  # too many wait already: it was told at once
                await apause(1)

    async def __aiter__(self) -> AsyncIterator[Change]:
        """Give change after change."""
        async for page in self.pages():
            for each in page.items:
                yield each


class AsyncStream:
    """Changes as they happen. `cursor` is behind the one that was handed out last."""

    cursor: str | None

    def __init__(
        self, transport: AsyncTransport, asked: Mapping[str, Any], *, after: str | None
    ) -> None:
        """Begin behind a cursor, or now."""
        self._transport, self._asked = transport, dict(asked)
        self.cursor = after

    async def __aiter__(self) -> AsyncIterator[Change]:
        """Give change after change, and come back whenever the stream ends."""
        made = request("GET", "/v1/changes/stream", self._asked, as_of=self._transport.as_of)
        while True:
            headers = {"Last-Event-ID": self.cursor} if self.cursor else {}
            reader = Reader(self.cursor)
            async with self._transport.stream(replace(made, headers=headers)) as answer:
                try:
                    async for piece in answer.aiter_bytes():
                        for sent in reader.read(piece):
                            if sent.data:
                                yield Change.from_dict(read(sent.data))
                            self.cursor = sent.id or self.cursor
                except httpx.RequestError:
                    pass  # it is broken off: what is missing comes behind the cursor
            await apause(reader.retry)
