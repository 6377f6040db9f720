"""CSV (RFC 4180): rows of cells, and the dictionary of their columns."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from typing import Any

from api.http.formats.digests import Digest
from models.database.streaming import Chunk
from schemas.flat import LIST_SEPARATOR, Column

CSV = "text/csv"

TYPES = {"text": "string", "instant": "datetime"}
"""Types of Frictionless Table Schema where they have other names than ours."""


def write(chunks: Iterator[Chunk], *, bom: bool) -> Iterator[bytes]:
    """Write rows of cells, behind a byte order mark where that is wanted."""
    if bom:
        yield BOM_UTF8
    for chunk in chunks:
        yield chunk.data


def digested(chunks: Iterator[Chunk], *, bom: bool) -> Digest:
    """Give the digest of what `write` writes, below the row of names."""
    digest = Digest()
    for _ in digest.passing(marked(chunks, bom=bom)):
        pass
    digest.rows -= 1
    return digest


def marked(chunks: Iterator[Chunk], *, bom: bool) -> Iterator[Chunk]:
    """Put the byte order mark before the chunks, which is no row."""
    if bom:
        yield Chunk(BOM_UTF8, 0)
    yield from chunks


def dictionary(columns: Sequence[Column], keys: Sequence[str]) -> dict[str, Any]:
    """Describe columns as a Frictionless Table Schema."""
    return {
        "fields": [
            {
                "name": column.name,
                "type": column.deep
                if column.kind == "json"
                else TYPES.get(column.kind, column.kind),
                "description": column.description,
                **({"constraints": {"enum": [*column.words]}} if column.words else {}),
                **({"delimiter": LIST_SEPARATOR} if column.kind == "list" else {}),
            }
            for column in columns
        ],
        "missingValues": [""],
        "primaryKey": [*keys],
    }
