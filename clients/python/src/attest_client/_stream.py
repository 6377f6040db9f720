"""Server-Sent Events, line by line (WHATWG HTML, section 9.2.6)."""

from dataclasses import dataclass


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

    def line(self, line: str) -> Sent | None:
        """Take a line, and give the event that it ends."""
        if not line:
            data, self._data = "\n".join(self._data), []
            return Sent(self.last, data)
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id":
            self.last = value
        elif name == "retry" and value.isdigit():
            self.retry = int(value) / 1000
        return None
