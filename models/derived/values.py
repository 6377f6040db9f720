"""Values of claims: which of them can both hold, and which lie within others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Value(Protocol):
    """A value that is claimed of an aspect; those that are compared are of one kind."""

    def __hash__(self) -> int:
        """Give equal values one place."""

    def meets(self, other: Any) -> bool:
        """Tell whether both can hold."""

    def lies_in(self, other: Any) -> bool:
        """Tell whether whoever denies the other denies this one."""

    def furthest(self, values: Sequence[Any]) -> tuple[Any, Any] | None:
        """Find two values of several that cannot both hold."""


@dataclass(frozen=True)
class Span:
    """Numbers, or days: from the lowest to the highest; None where that is open."""

    low: Any
    high: Any

    def meets(self, other: "Span") -> bool:
        """Tell whether they overlap."""
        return not (before(self, other) or before(other, self))

    def lies_in(self, other: "Span") -> bool:
        """Tell whether the other reaches at least as far both ways."""
        begins = other.low is None or (self.low is not None and self.low >= other.low)
        ends = other.high is None or (self.high is not None and self.high <= other.high)
        return begins and ends

    def furthest(self, values: Sequence["Span"]) -> tuple["Span", "Span"] | None:
        """Find the one that ends first, and the one that begins last, if they are apart."""
        ending = [each for each in values if each.high is not None]
        beginning = [each for each in values if each.low is not None]
        if not ending or not beginning:
            return None
        first = min(ending, key=lambda each: each.high)
        last = max(beginning, key=lambda each: each.low)
        return (first, last) if before(first, last) else None


def before(one: Span, other: Span) -> bool:
    """Tell whether a span ends before another one begins."""
    return one.high is not None and other.low is not None and bool(one.high < other.low)


@dataclass(frozen=True)
class Place:
    """A location, with all that it lies in and itself."""

    id: str
    above: frozenset[str]

    def meets(self, other: "Place") -> bool:
        """Tell whether one of the two is or contains the other."""
        return self.lies_in(other) or other.lies_in(self)

    def lies_in(self, other: "Place") -> bool:
        """Tell whether the other is or contains this one."""
        return other.id in self.above

    def furthest(self, values: Sequence["Place"]) -> tuple["Place", "Place"] | None:
        """Find the innermost, and one that does not contain it."""
        innermost = max(values, key=lambda each: len(each.above))
        return next(((innermost, each) for each in values if not innermost.lies_in(each)), None)


@dataclass(frozen=True)
class One:
    """Somebody who is named: another one is not the same."""

    name: str

    def meets(self, other: "One") -> bool:
        """Tell whether they are the same."""
        return self == other

    def lies_in(self, other: "One") -> bool:
        """Tell whether they are the same."""
        return self == other

    def furthest(self, values: Sequence["One"]) -> tuple["One", "One"] | None:
        """Find one, and another one."""
        return next(((values[0], each) for each in values if each != values[0]), None)


@dataclass(frozen=True)
class Words:
    """A text: whether another one says the contrary, no rule can tell."""

    folded: str

    def meets(self, other: "Words") -> bool:
        """Let any two texts be true."""
        del other
        return True

    def lies_in(self, other: "Words") -> bool:
        """Tell whether they are the same but for case and spaces."""
        return self == other

    def furthest(self, values: Sequence["Words"]) -> None:
        """Find none that cannot both hold."""
        del values


def keyed(aspect: str, value: Any, days: Sequence[str | None]) -> tuple[Any, Value] | None:
    """Read the value of a claim but on a location: what it is of, and itself; None where unknown.

    Casualties are of a kind of harm, and of those who were harmed; all else is of the event.
    """
    if value is None:
        return None
    if aspect == "responsibility":
        return None, One(value)
    if aspect in {"intent", "degree"}:
        return None, Words(folded(value))
    of: Any = None
    if aspect == "date":
        span = Span(*days)
    elif isinstance(value, Mapping):
        span = between(value)
        if aspect == "casualties":
            of = value["kind"], *whose(value)
    else:
        span = Span(value, value)
    return None if span == Span(None, None) else (of, span)


def between(numbers: Mapping[str, Any]) -> Span:
    """Give the span of `low`, `best` and `high`: a best number alone is that number."""
    low, best, high = (numbers.get(name) for name in ("low", "best", "high"))
    return Span(best, best) if low is None and high is None else Span(low, high)


def whose(harm: Mapping[str, Any]) -> tuple[str, str] | tuple[()]:
    """Tell who was harmed, if anybody does."""
    for name in ("actor_id", "label", "side"):
        if (named := harm.get(name)) is not None:
            return name, named if name == "actor_id" else folded(named)
    return ()


def folded(text: str) -> str:
    """Write a text without regard to case and spaces."""
    return " ".join(text.casefold().split())
