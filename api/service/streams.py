"""Standard output and standard error that never fail whoever writes to them."""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO


class Tolerant:
    """A text stream that loses what cannot be written, and says so once it can be again.

    The reader of a pipe may be gone, or the disk full: a log is not worth a request.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to the file of a stream, each text at once."""
        self._stream = stream
        self._file = stream.fileno()
        self._lost = 0

    def write(self, text: str) -> int:
        """Write a text, or count it as lost; give its length either way.

        Raises TypeError for bytes, by which others tell a text stream from a binary one.
        """
        if not isinstance(text, str):
            raise TypeError("A text is written here.")
        notice = f"{self._lost} lines before this one could not be written.\n" if self._lost else ""
        try:
            self._send(f"{notice}{text}".encode(self._stream.encoding, "backslashreplace"))
        except OSError:
            self._lost += 1
        else:
            self._lost = 0
        return len(text)

    def _send(self, rest: bytes) -> None:
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""

    def __getattr__(self, name: str) -> Any:
        """Be like the stream in all else: its encoding, whether it is a terminal."""
        return getattr(self._stream, name)


def tolerate() -> None:
    """Let no failure to write to standard output or standard error reach who writes there.

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
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    sys.stdout, sys.stderr = Tolerant(sys.stdout), Tolerant(sys.stderr)
