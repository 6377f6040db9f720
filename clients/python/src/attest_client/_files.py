"""Checks that an exported file is whole, by the end that its form has."""

import json
import zipfile
from collections.abc import Callable
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from attest_client._api.models.digest import Digest
from attest_client.problems import AttestError, Incomplete

PARQUET = b"PAR1"
"""The first and last bytes of a Parquet file."""


def check(path: Path, form: str, digest: Digest | None = None) -> int | None:
    """Raise Incomplete where a file is not whole; give its rows, where its end tells them.

    A CSV has no end that tells, so it is held against a digest that was asked for.
    """
    with path.open("rb") as file:
        if digest is not None:
            return _same(digest.rows, digest.sha256, file_digest(file, "sha256").hexdigest())
        if form in CHECKS:
            return CHECKS[form](file)
    return None


def can_check(form: str) -> None:
    """Raise where a form cannot be checked here: to read Arrow takes an extra."""
    if form == "arrow" and find_spec("pyarrow") is None:
        raise AttestError(
            "To check an Arrow stream takes pyarrow: install attest-client[pandas], or say "
            "check=False."
        )


def _same(rows: int, told: str, found: str) -> int:
    if told != found:
        raise Incomplete(f"The file has the SHA-256 {found}, and should have {told}.")
    return rows


def _lines(file: BinaryIO) -> int:
    """Check lines of JSON: the last one tells the digest of all before it."""
    digest, last = sha256(), b""
    for line in file:
        digest.update(last)
        last = line
    return _ended(last, digest.hexdigest())


def _features(file: BinaryIO) -> int:
    """Check GeoJSON: one feature a line, and behind them their digest."""
    digest, last, first = sha256(), b"", True
    for line in file:
        if not first and last:
            digest.update(last.rstrip(b"\r\n").removesuffix(b",") + b"\n")
        last, first = (b"" if first else line), False
    return _ended(b"{" + last.lstrip().removeprefix(b"],"), digest.hexdigest())


def _ended(end: bytes, found: str) -> int:
    try:
        told = json.loads(end)
        whole = told["end"] is True
        rows, digest = int(told["rows"]), str(told["sha256"])
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise Incomplete("The file breaks off: its end is missing.")
    return _same(rows, digest, found)


def _arrow(file: BinaryIO) -> int:
    """Check an Arrow stream: a last batch without rows tells the digest of all before it."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    end: dict[bytes, bytes] = {}
    before = last = file.tell()
    try:
        with pa.ipc.open_stream(file) as stream:
            before = file.tell()
            while not end:
                _, metadata = stream.read_next_batch_with_custom_metadata()
                end = dict(metadata or {})
                before, last = file.tell(), before
    except (StopIteration, pa.ArrowInvalid, OSError):
        raise Incomplete("The stream breaks off: its last batch is missing.") from None
    file.seek(0)
    digest = sha256()
    while last:
        read = file.read(min(last, 1 << 20))
        digest.update(read)
        last -= len(read)
    return _same(int(end[b"rows"]), end[b"sha256"].decode(), digest.hexdigest())


def _parquet(file: BinaryIO) -> None:
    """Check Parquet: it ends with what readers begin with."""
    size = file.seek(0, 2)
    file.seek(max(0, size - len(PARQUET)))
    if size <= 2 * len(PARQUET) or file.read() != PARQUET:
        raise Incomplete("The Parquet file breaks off: its end is missing.")


def _workbook(file: BinaryIO) -> None:
    """Check a workbook: it is a ZIP file, whose list of contents comes last."""
    if not zipfile.is_zipfile(file):
        raise Incomplete("The workbook breaks off: its end is missing.")


CHECKS: dict[str, Callable[[BinaryIO], int | None]] = {
    "ndjson": _lines,
    "geojson": _features,
    "arrow": _arrow,
    "parquet": _parquet,
    "xlsx": _workbook,
}
