"""Answers that are kept with their ETags, and the ETags of records that were read."""

import weakref
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple


class Kept(NamedTuple):
    """An answer that holds as long as its ETag does."""

    etag: str
    content: bytes


class Cache:
    """The answers used last, up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        """Begin with none."""
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the answers."""
        return len(self._kept)

    def get(self, address: str) -> Kept | None:
        """Give an answer, if there is one; it will be the last to go."""
        with self._lock:
            if found := self._kept.get(address):
                self._kept.move_to_end(address)
            return found

    def put(self, address: str, etag: str, content: bytes) -> None:
        """Keep an answer, and give up those not used for longest where there is no room."""
        with self._lock:
            if before := self._kept.pop(address, None):
                self.bytes -= len(before.content)
            if len(content) > self.most_bytes:
                return
            self._kept[address] = Kept(etag, content)
            self.bytes += len(content)
            while self.bytes > self.most_bytes:
                _, gone = self._kept.popitem(last=False)
                self.bytes -= len(gone.content)


class Tags:
    """The ETags of records, for as long as somebody has the record."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tags: dict[int, tuple[weakref.ref[object], str]] = {}

    def remember(self, record: object, etag: str | None) -> None:
        """Keep the ETag that a record came with."""
        if etag:
            number = id(record)
            gone = weakref.ref(record, lambda _: self._tags.pop(number, None))
            self._tags[number] = (gone, etag)

    def of(self, record: object) -> str | None:
        """Give the ETag of this very object, if it came with one."""
        reference, etag = self._tags.get(id(record), (None, None))
        return etag if reference and reference() is record else None
