"""XLSX (ECMA-376): a workbook of the rows, and of the meaning of their columns."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import IO, NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from api.http.errors import NoRoom
from api.http.formats.parts import FIXED, SHEET_END, SHEET_START, WORKBOOK
from models.database.streaming import Chunk
from models.lists.typed import plain, values
from schemas.flat import LIST_SEPARATOR, Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_ROWS = 100_000
"""Maximum number of rows of a workbook: programs read all of it before they show any."""

MAX_CELL_UNITS = 32_767
"""Maximum length of a cell, in units of UTF-16."""

CUT = "… [cut]"
"""Ends a cell that was longer."""

COMPRESSION_LEVEL = 1
"""Higher levels of zlib take much longer for little."""

PIECE_BYTES = 65_536
"""Size of the pieces in which the file is sent."""

FIRST_DAY = date(1900, 3, 1)
"""First day that all spreadsheets number alike: to some, 1900 was a leap year."""

EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
"""Instant from which days are numbered."""

HEAD, DAY, INSTANT = 1, 2, 3
"""Styles of cells, by their place in the workbook's list."""

WIDTHS = {"date": 11, "instant": 19}
"""Widths of columns that show nothing where they are narrower, in characters."""

UNFIT = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Characters that XML has no place for, and what would be read as one of them."""


class Sheet(NamedTuple):
    """A sheet: its name, its columns' names and widths, and the rows of its cells."""

    name: str
    columns: Sequence[str]
    widths: Mapping[int, int]
    rows: Iterator[Sequence[str]]


class Cells:
    """Cells of the columns of a table, which counts those that were too long."""

    def __init__(self, columns: Sequence[Column]) -> None:
        """Make cells for some columns."""
        self.columns = columns
        self.makers = [self.maker(column) for column in columns]
        self.cut: dict[str, int] = {}

    def maker(self, column: Column) -> Callable[[str, str], str]:
        """Give what makes a cell of a value, at an address."""
        makers: dict[str, Callable[[str, str], str]] = {
            "integer": number,
            "number": number,
            "boolean": boolean,
            "date": day,
            "instant": instant,
            "list": partial(self.listed, column.name),
        }
        return makers.get(column.kind, partial(self.text, column.name))

    def text(self, column: str, at: str, value: str) -> str:
        """Make a cell of a text, which is cut where it is too long."""
        if len(value) > MAX_CELL_UNITS // 2 and len(wide := value.encode("utf-16-le")) > (
            2 * MAX_CELL_UNITS
        ):
            self.cut[column] = self.cut.get(column, 0) + 1
            kept = wide[: 2 * (MAX_CELL_UNITS - len(CUT))]
            value = kept.decode("utf-16-le", errors="ignore") + CUT
        return text(at, value)

    def listed(self, column: str, at: str, value: str) -> str:
        """Make a cell of the values of a list."""
        return self.text(column, at, LIST_SEPARATOR.join(values(value)))

    def rows(self, chunks: Iterator[Chunk]) -> Iterator[list[str]]:
        """Make the cells of rows."""
        letters = [lettered(place) for place in range(len(self.columns))]
        number = 1
        for chunk in chunks:
            for line in chunk.data.decode().split("\n")[:-1]:
                number += 1
                yield [
                    make(f"{letter}{number}", plain(value) if "\\" in value else value)
                    for letter, make, value in zip(
                        letters, self.makers, line.split("\t"), strict=True
                    )
                    if value != "\\N"
                ]

    def explained(self) -> Iterator[list[str]]:
        """Make rows of the columns' meaning, and of how many cells of them were cut."""
        for place, column in enumerate(self.columns, 2):
            found = self.cut.get(column.name, 0)
            note = f"Texts of more than {MAX_CELL_UNITS:,} characters were cut: {found} of this "
            note += f"column, which end with “{CUT}”."
            shown = (column.name, column.kind, column.description, note if found else "")
            yield [text(f"{lettered(at)}{place}", each) for at, each in enumerate(shown) if each]


def write(columns: Sequence[Column], name: str, chunks: Iterator[Chunk]) -> Iterator[bytes]:
    """Write a workbook, and then yield it."""
    cells = Cells(columns)
    widths = {
        place: WIDTHS[column.kind] for place, column in enumerate(columns) if column.kind in WIDTHS
    }
    names = [column.name for column in columns]
    sheets = (
        Sheet(name, names, widths, cells.rows(chunks)),
        Sheet(
            "columns", ("name", "type", "description", "note"), {0: 30, 2: 80}, cells.explained()
        ),
    )
    with filled(sheets) as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def filled(sheets: Sequence[Sheet]) -> IO[bytes]:
    """Give a file without a name that has a workbook; NoRoom where there is none for it."""
    try:
        with ExitStack() as held:  # to close a file on a full disk fails as well
            file = held.enter_context(tempfile.TemporaryFile())
            fill(file, sheets)
            file.seek(0)
            held.pop_all()
            return file
    except OSError as error:
        raise NoRoom(str(error)) from error


def fill(file: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write the parts of a workbook, one sheet after the other."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as book:
        names = [quoteattr(each.name) for each in sheets]
        for name, content in {**FIXED, "xl/workbook.xml": WORKBOOK.format(*names)}.items():
            part = ZipInfo(name)  # of no time, so that the same rows make the same file
            book.writestr(part, content, ZIP_DEFLATED, COMPRESSION_LEVEL)
        for place, sheet in enumerate(sheets, 1):
            with book.open(f"xl/worksheets/sheet{place}.xml", "w", force_zip64=True) as lines:
                for piece in written(sheet):
                    lines.write(piece.encode())


def written(sheet: Sheet) -> Iterator[str]:
    """Write a sheet, whose first row has the names and stays where it is."""
    letters = [lettered(place) for place in range(len(sheet.columns))]
    widths = "".join(
        f'<col min="{place + 1}" max="{place + 1}" width="{width}" customWidth="1"/>'
        for place, width in sheet.widths.items()
    )
    yield SHEET_START.format(f"<cols>{widths}</cols>" if widths else "")
    names = zip(letters, sheet.columns, strict=True)
    yield row(1, [text(f"{letter}1", name, HEAD) for letter, name in names])
    last = 1
    for last, cells in enumerate(sheet.rows, 2):
        yield row(last, cells)
    yield SHEET_END.format(f"A1:{letters[-1]}{last}")


def row(place: int, cells: Sequence[str]) -> str:
    """Write a row."""
    return f'<row r="{place}">{"".join(cells)}</row>'


def text(at: str, value: str, style: int = 0) -> str:
    """Write a cell of text: it is never read as anything else, whatever it begins with."""
    if UNFIT.search(value):
        value = UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    styled = f' s="{style}"' if style else ""
    inside = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
    return f'<c r="{at}"{styled} t="inlineStr">{inside}</c>'


def number(at: str, value: str, style: int = 0) -> str:
    """Write a cell of a number, which is written as in JSON."""
    styled = f' s="{style}"' if style else ""
    return f'<c r="{at}"{styled}><v>{value}</v></c>'


def boolean(at: str, value: str) -> str:
    """Write a cell that is true or false."""
    return f'<c r="{at}" t="b"><v>{int(value == "true")}</v></c>'


def day(at: str, value: str) -> str:
    """Write a cell of a day; a text, where spreadsheets do not number it alike."""
    found = date.fromisoformat(value)
    if found < FIRST_DAY:
        return text(at, value)
    return number(at, str((found - EPOCH.date()).days), DAY)


def instant(at: str, value: str) -> str:
    """Write a cell of an instant, in UTC, for spreadsheets know no zones."""
    return number(at, repr((datetime.fromisoformat(value) - EPOCH) / timedelta(days=1)), INSTANT)


def lettered(place: int) -> str:
    """Give the letters of a column."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
