"""Counts as CSV (RFC 4180): an answer that is at hand, one row for each of its items."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from models.lists.flat import FORMULA
from schemas.flat import LIST_SEPARATOR

FORMULA_SIGNS = tuple(chr(int(code)) for code in FORMULA.strip("()").split(","))
"""First characters of texts that get an apostrophe, as in the tables of records."""


ENDING_CELLS = re.compile('[",;\t\r\n]')
"""Characters that end a cell, for spreadsheets of any country: texts with one are quoted."""


def write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, bom: bool) -> bytes:
    """Write rows below one of their names; what a row does not have, or is null, is empty.

    The line feed behind the last row is left to the answer, which ends with one.
    """
    lines = [columns, *([row.get(column) for column in columns] for row in rows)]
    text = "\n".join(",".join(map(cell, line)) + "\r" for line in lines)
    return (BOM_UTF8 if bom else b"") + text.encode()


def cell(value: Any) -> str:
    """Write a cell: a text that a spreadsheet would calculate is made harmless."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value).lower()
    harmless = f"'{value}" if value.startswith(FORMULA_SIGNS) else value
    return f'"{harmless.replace(chr(34), 2 * chr(34))}"' if ENDING_CELLS.search(value) else harmless


def flat(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Give the values that are nested in an object, each by its path with underscores."""
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from flat(inner, f"{path}{name}_")
        else:
            yield f"{path}{name}", inner


def numbers(counts: Mapping[str, int]) -> str:
    """Write numbers by their names as `name:number; …`."""
    return LIST_SEPARATOR.join(f"{name}:{number}" for name, number in counts.items())


def header(counts: Mapping[str, Any]) -> str:
    """Write numbers by their names as a header: `name=number, …`; what is not known is left out."""
    return ", ".join(f"{name}={number}" for name, number in flat(counts) if number is not None)
