"""The typed form of records: flat columns that keep their types, and the point of a map."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.choosing import chosen
from schemas.flat import AXES, Column, columns
from schemas.record import RecordSchema

GEOMETRY = "geometry"
"""The column of the point, behind all others."""

POINT = "The point of its location (WKB, longitude and latitude on WGS 84); null where it has none."
"""The meaning of that column."""


class Layout(NamedTuple):
    """The columns that are shown and, where the point is wanted, those of its coordinates."""

    columns: tuple[Column, ...]
    axes: tuple[Column, ...] = ()

    @property
    def read(self) -> tuple[Column, ...]:
        """Give the columns that are read."""
        return (*self.columns, *(axis for axis in self.axes if axis not in self.columns))


def layout(record: type[RecordSchema], wanted: Sequence[str], rows: str | None = None) -> Layout:
    """Choose columns by their names or by members', `geometry` among them; by default all.

    Raises Unknown for names that are neither.
    """
    axes = tuple(column for column in columns(record, rows) if column.name in AXES)
    others = [name for name in wanted if not (axes and name == GEOMETRY)]
    further = (GEOMETRY,) if axes else ()
    found = chosen(record, others, rows, further) if others or not wanted else ()
    return Layout(found, axes if len(others) < len(wanted) or not wanted else ())
