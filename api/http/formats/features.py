"""GeoJSON (RFC 7946): one feature a line, and behind them whether all of them came."""

from collections.abc import Iterator

import orjson

from api.http.formats.digests import Digest
from models.database.streaming import Chunk

GEOJSON = "application/geo+json"

HEAD = b'{"type":"FeatureCollection","features":[\n'
BETWEEN = b",\n"
"""Stands between features: a line feed is only at the end of a line, for JSON escapes others."""


def write(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    """Write a collection of the lines, and behind them their number and the SHA-256 of their bytes.

    That is of each line as it comes: without the comma, and with its line feed.
    """
    digest = Digest()
    before = HEAD
    for data in digest.passing(chunks):
        yield before + data[:-1].replace(b"\n", BETWEEN)
        before = BETWEEN
    end = orjson.dumps({"end": True, "rows": digest.rows, "sha256": digest.sha256})
    yield (b"\n" if digest.rows else HEAD) + b"]," + end[1:] + b"\n"
