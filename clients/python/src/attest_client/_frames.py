"""Data frames, from exports: typed as the description of their columns says."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from attest_client.problems import AttestError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

    from attest_client._api.models.table import Table


def need(extra: str, *modules: str) -> None:
    """Raise AttestError where what an extra installs is not there."""
    if missing := [name for name in modules if find_spec(name) is None]:
        raise AttestError(f"This takes {', '.join(missing)}: install attest-client[{extra}].")


def pandas(path: Path, form: str, columns: Table) -> pd.DataFrame:
    """Read a table; what is not known is `<NA>`, and an empty list is an empty list."""
    import pandas as pd  # noqa: PLC0415 - an extra
    import pyarrow as pa  # noqa: PLC0415

    if form == "arrow":
        with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
            read = stream.read_all()
        named = [each.name for each in columns.fields if each.name in read.column_names]
        read = read.select(named)
    else:
        read = _csv(path, columns)
    frame: pd.DataFrame = read.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _csv(path: Path, columns: Table) -> pa.Table:
    """Read a CSV, in which only a cell without quotes is not known."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    types = {
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", "UTC"),
        "integer": pa.int64(),
        "number": pa.float64(),
    }
    read = csv.read_csv(
        path,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={each.name: types.get(each.type_, pa.string()) for each in columns.fields},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    for column in columns.fields:
        if column.type_ not in types and column.name in read.column_names:
            texts = pc.replace_substring_regex(read[column.name], "^'", "")  # see docs/exports.md
            if column.type_ == "list":
                texts = _lists(texts, str(column.delimiter))
            read = read.set_column(read.column_names.index(column.name), column.name, texts)
    return read


def _lists(texts: pa.ChunkedArray, delimiter: str) -> pa.ChunkedArray:
    """Split texts into lists; an empty text is an empty list."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    empty = pa.scalar([], pa.list_(pa.string()))
    return pc.if_else(pc.equal(texts, ""), empty, pc.split_pattern(texts, delimiter))


def geopandas(path: Path, columns: Table) -> gpd.GeoDataFrame:
    """Read a GeoJSON; its coordinates are longitude and latitude on WGS 84."""
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    features = json.loads(path.read_bytes())["features"]
    shapes = [
        None if each["geometry"] is None else shapely.geometry.shape(each["geometry"])
        for each in features
    ]
    rows: list[dict[str, Any]] = [{"id": each["id"], **each["properties"]} for each in features]
    named = [each.name for each in columns.fields]
    named = [name for name in named if name == "id" or any(name in row for row in rows[:1])]
    frame = gpd.GeoDataFrame(rows, columns=named, geometry=shapes, crs="OGC:CRS84")
    for column in columns.fields:
        if column.name in named and column.type_ in DTYPES:
            typed = pd.Series(frame[column.name], dtype=DTYPES[column.type_])
            frame[column.name] = typed
        elif column.name in named and column.type_ in {"date", "datetime"}:
            utc = column.type_ == "datetime"
            frame[column.name] = pd.to_datetime(frame[column.name], utc=utc, format="ISO8601")
    return frame


DTYPES = {"boolean": "boolean", "integer": "Int64", "number": "Float64", "string": "str"}
"""Types of columns that pandas has of its own, and in which what is not known is `<NA>`."""
