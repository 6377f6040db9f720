"""Standard output and standard error that never fail whoever writes to them."""

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson


class Tolerant:
    """A text stream that loses what cannot be written, and says so once it can be again.

    The reader of a pipe may be gone, or the disk full: a log is not worth a request.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to the file of a stream, each text at once."""
        self._stream = stream
        self._file = stream.fileno()
        self._lost = 0
        self._torn = False

    def write(self, text: str) -> int:
        """Write a text, or count it as lost; give its length either way.

        Raises TypeError for bytes, by which others tell a text stream from a binary one.
        """
        if not isinstance(text, str):
            raise TypeError("A text is written here.")
        notice = lost_lines(self._lost, like=text) if self._lost else ""
        ending = "\n" if self._torn else ""
        try:
            self._send(f"{ending}{notice}{text}".encode(self._stream.encoding, "backslashreplace"))
        except OSError:
            self._lost += 1
        else:
            self._lost, self._torn = 0, False
        return len(text)

    def _send(self, rest: bytes) -> None:
        while rest:
            written = os.write(self._file, rest)
            # If what is left cannot be written, the file ends within a line.
            self._torn = rest[written - 1 : written] != b"\n"
            rest = rest[written:]

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""

    def __getattr__(self, name: str) -> Any:
        """Be like the stream in all else: its encoding, whether it is a terminal."""
        return getattr(self._stream, name)


def lost_lines(count: int, like: str) -> str:
    """Write a line that says how many are missing, as JSON where the line after it is JSON."""
    event = f"{count} lines before this one could not be written."
    if not like.startswith("{"):
        return f"{event}\n"
    timestamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    line = {"event": event, "lost": count, "level": "warning", "timestamp": timestamp}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode()


def tolerate(*tolerant: str) -> None:
    """Let no failure to write to `stdout` or `stderr`, whichever are named, reach their writers.

    What is closed is opened to nowhere: else a connection could be given its number, and lines be
    written into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            while os.open(os.devnull, os.O_RDWR) < number:
                pass
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))
    for name in tolerant:
        stream = getattr(sys, name)
        with suppress(OSError):
            stream.flush()
        setattr(sys, name, Tolerant(stream))
