"""Server-Sent Events, line by line (WHATWG HTML, section 9.2.6)."""

from collections.abc import Iterator
from dataclasses import dataclass

LEAST_SECONDS, MOST_SECONDS = 0.1, 60.0
"""Seconds after which to come back, whatever the stream says: at the least, and at the most."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An event; one without data only says where to go on."""

    id: str
    data: str


class Reader:
    """Puts the lines of a stream together to events."""

    def __init__(self, last: str | None) -> None:
        """Begin behind an event, by its id."""
        self.last = last or ""
        self.retry = 1.0
        """Seconds after which to come back, as the stream says."""
        self._data: list[str] = []
        self._rest = b""

    def read(self, piece: bytes) -> Iterator[Sent]:
        """Take a piece of the stream, and give the events that it ends.

        Texts can have other characters that end a line in Unicode, such as U+2028.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            if sent := self.line(line.removesuffix(b"\r").decode(errors="replace")):
                yield sent

    def line(self, line: str) -> Sent | None:
        """Take a line, and give the event that it ends."""
        if not line:
            data, self._data = "\n".join(self._data), []
            return Sent(self.last, data)
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id" and value.isprintable():
            self.last = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = min(max(int(value[:9]) / 1000, LEAST_SECONDS), MOST_SECONDS)
        return None
