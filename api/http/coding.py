"""Content codings: gzip or zstd, where the client accepts it and the answer is large enough."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, request

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST_BYTES = 1_000
"""Size from which an answer is compressed."""

GZIP_LEVEL, ZSTD_LEVEL, ZSTD_STREAM_LEVEL = 1, 1, 3
"""Higher levels take longer than a fast network saves; see docs/performance.md."""

GZIP_WINDOW = zlib.MAX_WBITS | 16
"""Tells zlib to write the head and tail of gzip around what it compresses."""

CODINGS = {
    "zstd": lambda data: zstd.compress(data, ZSTD_LEVEL),
    "gzip": lambda data: gzip.compress(data, GZIP_LEVEL, mtime=0),
}
"""How each coding compresses, those preferred first."""


STREAMED: dict[str, Callable[[], Any]] = {
    "zstd": lambda: zstd.ZstdCompressor(ZSTD_STREAM_LEVEL),
    "gzip": lambda: zlib.compressobj(GZIP_LEVEL, wbits=GZIP_WINDOW),
}
"""Compressors of answers that are sent piece by piece, by the coding."""


def tags(tag: str) -> tuple[str, ...]:
    """List the ETags of a representation, without and in each coding."""
    return tag, *(f"{tag}-{coding}" for coding in CODINGS)


def chosen() -> str | None:
    """Choose the coding that the client prefers; None if it accepts none of ours."""
    accepted = request.accept_encodings
    liked = {coding: accepted.quality(coding) for coding in CODINGS}
    best = max(liked, key=lambda coding: liked[coding])
    plain = next((quality for coding, quality in accepted if coding == "identity"), 0)
    return best if liked[best] > 0 and liked[best] >= plain else None


def code(response: Response) -> Response:
    """Compress an answer, and mark its strong ETag with the coding."""
    if "HTTP_ACCEPT_ENCODING" not in request.environ or not response.is_sequence:
        return response
    data = response.get_data()
    if len(data) < LEAST_BYTES or "Content-Encoding" in response.headers:
        return response
    if coding := chosen():
        response.set_data(CODINGS[coding](data))
        response.headers["Content-Encoding"] = coding
        if tag := response.headers.get("ETag"):
            response.headers["ETag"] = f'{tag[:-1]}-{coding}"'
    return response


def streamed(pieces: Iterator[bytes], coding: str | None) -> Iterator[bytes]:
    """Compress pieces as they come."""
    if coding is None:
        yield from pieces
        return
    coder = STREAMED[coding]()
    for piece in pieces:
        if coded := coder.compress(piece):
            yield coded
    yield coder.flush()


def end_line(response: Response) -> Response:
    """End the text of an answer with a line feed."""
    if response.is_sequence and (data := response.get_data()):
        response.set_data(data + b"\n")
    return response


def init(app: Flask) -> None:
    """Compress every answer that is not streamed."""
    app.after_request(code)
    app.after_request(end_line)  # runs before
