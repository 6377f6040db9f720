"""Digests of what is written, as it passes."""

import hashlib
from collections.abc import Iterator

from models.database.streaming import Chunk


class Digest:
    """Counts rows and bytes that pass, and takes their SHA-256."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rows = self.bytes = 0
        self._hash = hashlib.sha256()

    def passing(self, chunks: Iterator[Chunk]) -> Iterator[bytes]:
        """Pass chunks on, and count them."""
        for chunk in chunks:
            self.rows += chunk.rows
            self.bytes += len(chunk.data)
            self._hash.update(chunk.data)
            yield chunk.data

    @property
    def sha256(self) -> str:
        """Give the SHA-256 of all that has passed, in hexadecimal digits."""
        return self._hash.hexdigest()
