"""Dictionaries of typed columns, as they stand inside a file."""

from collections.abc import Sequence
from typing import Any

from api.http.formats import cells
from schemas.typed import GEOMETRY, POINT, Layout


def dictionary(layout: Layout, keys: Sequence[str]) -> dict[str, Any]:
    """Describe the columns as a Frictionless Table Schema: lists are lists, and null is null."""
    found = cells.dictionary(layout.columns, keys)
    for each in found["fields"]:
        each.pop("delimiter", None)
    if layout.axes:
        found["fields"].append({"name": GEOMETRY, "type": "any", "description": POINT})
    return {**found, "missingValues": []}
