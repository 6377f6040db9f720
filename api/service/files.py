"""Files that are written piece by piece, and have their name only once all of it is there."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

END_BYTES = 200
"""Size of what is kept of a file, to see how it ends: the last line of NDJSON is shorter."""


class Incomplete(Exception):  # noqa: N818 - it names what is so
    """A file does not end as files of its kind do."""


class Passing:
    """Bytes on their way into a file: their number, that of rows where known, and the end."""

    ending = b""
    """Bytes at the end of such files, but for white space."""

    rows: int | None = None

    def __init__(self) -> None:
        """Begin with nothing."""
        self.bytes = 0
        self.end = b""

    def take(self, piece: bytes) -> bytes:
        """Count a piece."""
        self.bytes += len(piece)
        self.end = piece[-END_BYTES:] if len(piece) >= END_BYTES else self.end + piece
        return piece

    def check(self) -> None:
        """Look whether all of it has come; Incomplete otherwise."""
        if not self.end.rstrip().endswith(self.ending):
            raise Incomplete


class Lines(Passing):
    """Lines of JSON: the last one tells how many stand before it."""

    def __init__(self) -> None:
        """Begin before the last line, which is no row."""
        super().__init__()
        self.rows = -1

    def take(self, piece: bytes) -> bytes:
        """Count a piece and the lines that end in it."""
        self.rows = (self.rows or 0) + piece.count(b"\n")
        return super().take(piece)

    def check(self) -> None:
        """Look whether the last line is there, and counts right."""
        last = self.end.rpartition(b"\n")[0].rpartition(b"\n")[2]
        try:
            end = orjson.loads(last)
        except ValueError as error:
            raise Incomplete from error
        if end.get("end") is not True or end["rows"] != self.rows:
            raise Incomplete


class Cells(Passing):
    """CSV: a line feed within quotes ends no row."""

    def __init__(self) -> None:
        """Begin before the row of names."""
        super().__init__()
        self.rows = -1
        self.quoted = False

    def take(self, piece: bytes) -> bytes:
        """Count a piece and the rows that end in it; a quote within quotes is two."""
        parts = piece.split(b'"')
        ended = sum(part.count(b"\n") for part in parts[self.quoted :: 2])
        self.rows = (self.rows or 0) + ended
        self.quoted ^= len(parts) % 2 == 0
        return super().take(piece)

    def check(self) -> None:
        """Look whether the last row has ended."""
        if self.quoted or not self.end.endswith(b"\n"):
            raise Incomplete


class Arrow(Passing):
    """An Arrow stream."""

    ending = b"\xff\xff\xff\xff\0\0\0\0"


class Graph(Passing):
    """A graph in XML."""

    ending = b"</graphml>"


class Objects(Passing):
    """An object of JSON."""

    ending = b"}"


class Parquet(Passing):
    """A Parquet file."""

    ending = b"PAR1"


KINDS: Mapping[str, type[Passing]] = {
    "arrow": Arrow,
    "csv": Cells,
    "geojson": Objects,
    "graphml": Graph,
    "ndjson": Lines,
    "parquet": Parquet,
}
"""Kinds of files by their suffix; of others only the size is known."""


@contextmanager
def written(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give a file to write beside `file`, which is put in its place if the block succeeds.

    FileExistsError, in a sentence, where there is one already, unless it may be replaced.
    """
    part = file.with_name(f"{file.name}.part")
    refuse_existing(file, force=force)
    try:
        stream = part.open("xb")
    except FileExistsError:
        sentence = f"{part} exists: another command writes it, or left it when it was killed."
        raise FileExistsError(sentence) from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        refuse_existing(file, force=force)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def refuse_existing(file: Path, *, force: bool) -> None:
    """Refuse to write where something stands, unless it is a file that may be replaced."""
    if file.exists() and not (force and file.is_file()):
        remedy = "give --force to replace it" if file.is_file() else "it is no file"
        raise FileExistsError(f"{file} exists: {remedy}.")
