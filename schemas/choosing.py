"""Choice of flat columns, by their own names or by members with several columns."""

from collections.abc import Iterable, Iterator, Sequence

from schemas.fields.words import meant
from schemas.flat import Column, columns, noun, primary, unlisted
from schemas.record import RecordSchema


class Unknown(Exception):  # noqa: N818 - it names what is so
    """No column has some of the names asked for; a sentence about each."""

    def __init__(self, *sentences: str) -> None:
        """Take the sentences."""
        super().__init__(*sentences)
        self.sentences = sentences


def chosen(
    record: type[RecordSchema],
    wanted: Sequence[str],
    rows: str | None = None,
    further: tuple[str, ...] = (),
) -> tuple[Column, ...]:
    """Choose columns by their names or by members', with dots or underscores; by default all.

    A member stands for all of its columns, and those that tell rows apart are always there. Raises
    Unknown for names that are neither, which may have meant one of `further`, too.
    """
    every = columns(record, rows)
    if not wanted:
        return tuple(column for column in every if column.path[:1] not in unlisted(record))
    names = [name.replace(".", "_") for name in wanted]
    unknown = [
        given
        for name, given in zip(names, wanted, strict=True)
        if not any(is_meant(name, column) for column in every)
    ]
    if unknown:
        raise Unknown(*(sentence(given, record, rows, further) for given in unknown))
    apart = [name for name in primary(record, rows) if name not in names]
    return tuple(in_order(every, [*apart, *names]))


def sentence(
    given: str, record: type[RecordSchema], rows: str | None, further: tuple[str, ...]
) -> str:
    """Say that a name is no column, and which one was probably meant or where all are listed."""
    known = (*(column.name for column in columns(record, rows)), *further)
    name = given.replace(".", "_")
    prefixed = f"{rows}_{name}"
    probably = meant(prefixed if prefixed in known else name, known)
    asked = f"?rows={rows}" if rows else ""
    listed = f" /v1/{noun(record)}s.csv/schema{asked} lists the columns."
    return f"“{given[:80]}” is no column{f' of {rows}' if rows else ''}.{probably or listed}"


def in_order(every: Iterable[Column], names: Sequence[str]) -> Iterator[Column]:
    """Give the columns that are meant, once each, in the order of the names."""
    seen: set[str] = set()
    for name in names:
        exact = [column for column in every if column.name == name]
        for column in exact or [column for column in every if is_meant(name, column)]:
            if column.name not in seen:
                seen.add(column.name)
                yield column


def is_meant(name: str, column: Column) -> bool:
    """Tell whether a name is that of a column or of a member that it belongs to."""
    return column.name == name or column.name.startswith(f"{name}_")
