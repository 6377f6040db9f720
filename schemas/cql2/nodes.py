"""The parts of a filter as they were read, each with its place, and how many there may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from schemas.fields.moments import read_instant
from schemas.problem import escaped

MAX_DEPTH = 32
"""Maximum depth of conditions, operations and parentheses in each other."""

MAX_LITERALS, MAX_VERTICES = 1_000, 5_000
"""Maximum number of values in a filter, and of positions in its geometries."""

MAX_OPERATIONS = 100
"""Maximum number of operations with numbers in a filter."""

MAX_DIGITS = 40
"""Maximum number of digits of a number, and how many places its point may be moved."""

Place = int | str
"""Where a part stands: a character of the text, counted from 1, or a JSON pointer."""


class Refused(Exception):  # noqa: N818 - it names what is so
    """A filter that cannot be understood: where, a code for programs, and why."""

    def __init__(self, at: Place, code: str, sentence: str) -> None:
        """Keep where the fault is, its code, and the sentence for people."""
        super().__init__(sentence)
        self.at = at
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        """Say where the fault is, and what it is."""
        if isinstance(self.at, int):
            return f"At character {self.at}: {self.sentence}"
        return f"At {self.at}: {self.sentence}" if self.at else self.sentence


@dataclass(frozen=True, slots=True)
class Node:
    """One part: its kind, what it is made of, where it stands, and how deep it goes."""

    kind: str
    parts: tuple[Any, ...]
    at: Place
    depth: int = 1

    @property
    def nodes(self) -> Iterator["Node"]:
        """Those of its parts that are nodes themselves."""
        return (part for part in self.parts if isinstance(part, Node))


def made(kind: str, parts: tuple[Any, ...], at: Place) -> Node:
    """Make a node; Refused where it lies too deep."""
    depth = 1 + max((part.depth for part in parts if isinstance(part, Node)), default=0)
    if depth > MAX_DEPTH:
        raise Refused(at, "depth", f"This nests deeper than {MAX_DEPTH} levels.")
    return Node(kind, parts, at, depth)


def number(written: str, at: Place) -> Node:
    """Read a number: whole ones stay whole."""
    try:
        value = Decimal(written)
    except InvalidOperation:  # its exponent is itself too long
        value = Decimal(f"1e{MAX_DIGITS + 1}")
    _, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS or abs(int(exponent)) > MAX_DIGITS:
        raise Refused(at, "range", f"A number has {MAX_DIGITS} digits at the most.")
    whole = written.lstrip("+-").isdigit()
    return made("number", (int(value) if whole else value,), at)


def day(written: Any, at: Place) -> Node:
    """Parse a day; Refused if it is none."""
    try:
        return made("date", (date.fromisoformat(written),) if is_day(written) else (), at)
    except ValueError as error:
        raise Refused(at, "date", f"“{str(written)[:40]}” is no day such as 2021-08-22.") from error


def is_day(written: Any) -> bool:
    """Tell whether a text has the form of a day; ValueError where it is no text."""
    if not isinstance(written, str) or len(written) != len("2021-08-22"):
        raise ValueError
    return True


def instant(written: Any, at: Place) -> Node:
    """Parse an instant; Refused if it is none."""
    found = read_instant(written) if isinstance(written, str) else None
    if found is None:
        sentence = f"“{str(written)[:40]}” is no instant such as 2021-08-22T08:00:00Z."
        raise Refused(at, "timestamp", sentence)
    return made("timestamp", (found,), at)


OPEN = ".."
"""Stands for an end of an interval that is open."""


def end(written: Any, at: Place) -> Node:
    """Read one end of an interval: a day, an instant, or `..`."""
    if written == OPEN:
        return made("open", (), at)
    is_instant = isinstance(written, str) and "t" in written.lower()
    return instant(written, at) if is_instant else day(written, at)


def interval(first: Node, last: Node, at: Place) -> Node:
    """Make an interval; Refused where it ends before it begins."""
    if {first.kind, last.kind} <= {"date", "timestamp"}:
        begins, ends = moment(first), moment(last)
        if begins > ends and not (last.kind == "date" and begins.date() == ends.date()):
            raise Refused(at, "order", "This interval ends before it begins.")
    return made("interval", (first, last), at)


def moment(node: Node) -> datetime:
    """Give the instant at which a day or an instant begins."""
    value = node.parts[0]
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for inner in node.nodes:
        yield from walk(inner)


LITERALS = {"text", "number", "boolean", "date", "timestamp", "open", "geometry"}
"""Kinds of nodes that are values."""


def bounded(node: Node) -> Node:
    """Return the filter; Refused for too many values, positions or operations."""
    literals = vertices = operations = 0
    for each in walk(node):
        literals += each.kind in LITERALS
        vertices += each.parts[0].vertices if each.kind == "geometry" else 0
        operations += each.kind == "arithmetic"
        if operations > MAX_OPERATIONS:
            sentence = f"A filter has {MAX_OPERATIONS} operations with numbers at the most."
            raise Refused(each.at, "length", sentence)
        if literals > MAX_LITERALS:
            raise Refused(each.at, "length", f"A filter has {MAX_LITERALS} values at the most.")
        if vertices > MAX_VERTICES:
            sentence = f"A filter has {MAX_VERTICES} positions at the most."
            raise Refused(each.at, "length", sentence)
    return node


def below(at: Place, *steps: object) -> Place:
    """Extend a JSON pointer by further steps."""
    return "/".join([str(at), *map(escaped, steps)])
