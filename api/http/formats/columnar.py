"""Parquet and Arrow: columns that keep their types, made of rows of texts by pyarrow.

This module is imported by what needs it alone: pyarrow is an extra, and takes much memory.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyarrow import csv, ipc
from pyarrow import parquet as pq

from api.http.formats.dictionaries import dictionary
from models.database.streaming import Chunk
from models.lists.typed import BEFORE_ITEM, ESCAPED
from schemas.flat import AXES
from schemas.typed import GEOMETRY, POINT, Layout

BLOCK_BYTES = 1_048_576
"""Size from which texts are parsed: larger blocks are no faster, and take more memory."""

GROUP_BYTES = 16 * BLOCK_BYTES
"""Size from which a row group of a Parquet file is written."""

TYPES = {
    "text": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", "UTC"),
    "list": pa.list_(pa.string()),
}
"""Types of columns, by the kind of them."""

GEO = {
    "version": "1.1.0",
    "primary_column": GEOMETRY,
    "columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": ["Point"]}},
}
"""GeoParquet 1.1: its coordinates are longitude and latitude (OGC:CRS84) where none are named."""

GEOARROW = {
    "ARROW:extension:name": "geoarrow.wkb",
    "ARROW:extension:metadata": '{"crs":"OGC:CRS84","crs_type":"authority_code"}',
}
"""GeoArrow: what tells a geometry from other bytes."""


class Outbox:
    """A file that keeps what is written until it is sent."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.closed = False
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep some bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is sent when it is taken."""

    def close(self) -> None:
        """Take no more."""
        self.closed = True

    def take(self) -> bytes:
        """Give what was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def schema(
    layout: Layout, keys: Sequence[str], geometry: Mapping[str, str] = MappingProxyType({})
) -> pa.Schema:
    """Describe the columns, by further words that of the `geometry`.

    Their dictionary stands beside them (Frictionless Table Schema).
    """
    fields = [
        pa.field(column.name, TYPES[column.kind], metadata={"description": column.description})
        for column in layout.columns
    ]
    metadata = {"table_schema": orjson.dumps(dictionary(layout, keys))}
    if layout.axes:
        told_of = {"description": POINT, **geometry}
        fields.append(pa.field(GEOMETRY, pa.binary(), metadata=told_of))
        metadata["geo"] = orjson.dumps(GEO)
    return pa.schema(fields, metadata=metadata)


def batches(
    chunks: Iterator[Chunk], layout: Layout, columns: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Read rows of texts as batches of typed columns."""
    options = csv.ConvertOptions(
        column_types={
            column.name: pa.string() if column.kind == "list" else TYPES[column.kind]
            for column in layout.read
        },
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )
    parsing = csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    names = [column.name for column in layout.read]
    for block in blocks(chunks):
        reading = csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names)
        read = csv.read_csv(
            pa.BufferReader(block),
            read_options=reading,
            parse_options=parsing,
            convert_options=options,
        ).combine_chunks()
        found = {name: read.column(name).chunk(0) for name in names}
        yield pa.record_batch([*arrays(found, layout)], schema=columns)


def blocks(chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """Gather chunks until they are worth parsing."""
    parts, size = list[bytes](), 0
    for chunk in chunks:
        parts.append(chunk.data)
        size += len(chunk.data)
        if size >= BLOCK_BYTES:
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


def arrays(found: dict[str, pa.Array], layout: Layout) -> Iterator[pa.Array]:
    """Give the columns that are shown: lists taken apart, the point made of its coordinates."""
    for column in layout.columns:
        yield apart(found[column.name]) if column.kind == "list" else found[column.name]
    if layout.axes:
        yield points(*(found[axis] for axis in sorted(AXES, key=lambda axis: AXES[axis])))


def apart(texts: pa.StringArray) -> pa.ListArray:
    """Take the values of lists apart: nothing stands before the first one."""
    lists = pc.list_slice(pc.split_pattern(texts, BEFORE_ITEM), 1)
    if not pc.any(pc.match_substring(texts, ESCAPED[-1][1])).as_py():
        return lists
    values = lists.flatten()
    for written, meant in ESCAPED:
        values = pc.replace_substring(values, written, meant)
    sizes = pc.fill_null(pc.list_value_length(lists), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(sizes)])
    return pa.ListArray.from_arrays(offsets, values, mask=lists.is_null())


def points(longitudes: pa.DoubleArray, latitudes: pa.DoubleArray) -> pa.BinaryArray:
    """Make points of coordinates, in WKB (little endian); null where there are none."""
    at = shapely.points(*(axis.to_numpy(zero_copy_only=False) for axis in (longitudes, latitudes)))
    written = shapely.to_wkb(at, byte_order=1)
    return pa.array(written, pa.binary(), mask=longitudes.is_null().to_numpy(zero_copy_only=False))


def parquet(found: Iterable[pa.RecordBatch], columns: pa.Schema) -> Iterator[bytes]:
    """Write a Parquet file, group by group; what is broken off has no end, and cannot be opened."""
    outbox = Outbox()
    with pq.ParquetWriter(pa.PythonFile(outbox, "w"), columns, compression="zstd") as file:
        for group in groups(found):
            file.write_table(pa.Table.from_batches(group, columns))
            yield outbox.take()
    yield outbox.take()
    pa.default_memory_pool().release_unused()


def groups(found: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Gather batches until they are worth a row group."""
    group, size = list[pa.RecordBatch](), 0
    for batch in found:
        group.append(batch)
        size += batch.nbytes
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def stream(found: Iterable[pa.RecordBatch], columns: pa.Schema) -> Iterator[bytes]:
    """Write an Arrow IPC stream, whose last batch is empty and tells whether all came.

    Its metadata are the number of rows and the SHA-256 of all bytes that stand before it.
    """
    outbox, digest, rows = Outbox(), hashlib.sha256(), 0
    with ipc.new_stream(pa.PythonFile(outbox, "w"), columns) as file:
        for batch in found:
            file.write_batch(batch)
            rows += batch.num_rows
            written = outbox.take()
            digest.update(written)
            yield written
        nothing = pa.record_batch([pa.array([], each.type) for each in columns], schema=columns)
        if not rows:
            # pyarrow writes the schema with the first batch, and the digest is of the schema too.
            file.write_batch(nothing)
        written = outbox.take()
        digest.update(written)
        end = {"end": "true", "rows": str(rows), "sha256": digest.hexdigest()}
        file.write_batch(nothing, custom_metadata=end)
    yield written + outbox.take()
    pa.default_memory_pool().release_unused()
