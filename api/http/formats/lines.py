"""NDJSON: one record a line, and a last line that tells whether all of them came."""

from collections.abc import Iterator

import orjson

from api.http.formats.digests import Digest
from models.database.streaming import Chunk

NDJSON = "application/x-ndjson"


def write(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    """Write lines, and behind them how many they are and the SHA-256 of their bytes."""
    digest = Digest()
    yield from digest.passing(chunks)
    end = {"end": True, "rows": digest.rows, "sha256": digest.sha256}
    yield orjson.dumps(end, option=orjson.OPT_APPEND_NEWLINE)
