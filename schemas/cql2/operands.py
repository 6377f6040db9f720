"""The values of a filter, and which kinds can be compared."""

from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from schemas.cql2.nodes import Node, Refused
from schemas.cql2.properties import Properties, Property, find, nearest
from schemas.fields.ids import is_id
from schemas.fields.words import MAX_WORDS_NAMED, meant

Tree = tuple[Any, ...]

NAMED = {
    "text": "a text",
    "number": "a number",
    "boolean": "TRUE or FALSE",
    "date": "a day",
    "timestamp": "an instant",
    "span": "a date in EDTF",
    "id": "an id",
    "geometry": "a geometry",
    "array": "a list of values",
    "list": "a list of entries",
    "object": "an object",
    "json": "any JSON",
    "interval": "an interval",
}
"""Kinds of values in words."""

PLAIN = {"text", "number", "boolean"}
"""Kinds of values that JSON has."""


@dataclass(frozen=True)
class Typed:
    """A value with its kind, and the property that it is, if it is one."""

    kind: str
    tree: Tree
    property: Property | None = None
    is_folded: bool = False


def described(node: Node) -> str:
    """Name a part of a filter."""
    if node.kind == "property":
        return str(node.parts[0])[:80]
    if node.kind == "text":
        return f"'{str(node.parts[0])[:40]}'"
    if node.kind in {"number", "boolean", "date", "timestamp"}:
        return str(node.parts[0])
    return NAMED.get(node.kind, "this")


def kinds_apart(left: Node, one: str, right: Node, other: str) -> str:
    """Say that two values cannot be compared, and what may be meant."""
    said = f"{described(left)} is {NAMED.get(one, one)}, {described(right)} is"
    sentence = f"{said} {NAMED.get(other, other)}: they cannot be compared."
    kinds = {one, other}
    if kinds == {"text", "date"}:
        return f"{sentence} A day is written DATE('2021-08-22')."
    if kinds == {"text", "timestamp"}:
        return f"{sentence} An instant is written TIMESTAMP('2021-08-22T08:00:00Z')."
    if "span" in kinds and kinds & {"date", "timestamp"}:
        return f"{sentence} T_INTERSECTS and its like compare it, or compare starts_on and ends_on."
    if kinds & {"object", "list"}:
        return f"{sentence} Its members are named behind a dot."
    if "array" in kinds:
        return f"{sentence} A_CONTAINS and its like compare lists."
    return sentence


class Operands:
    """Reads the values of one filter."""

    def __init__(self, known: Properties, parameters: frozenset[str]) -> None:
        """Take the properties that there are, and what is asked beside a filter."""
        self.known, self.parameters = known, parameters

    def property(self, node: Node) -> Typed:
        """Read a property; Refused where there is none of this name."""
        name = node.parts[0]
        found = find(self.known, name)
        if found is None:
            if name in self.known:
                sentence = f"The members of {name} are named behind a dot."
                raise Refused(node.at, "unknown", sentence)
            probable = nearest(self.known, name[:100])
            guess = f" Did you mean {probable}?" if probable else ""
            if name in self.parameters:
                guess = f" It is a parameter, which stands beside filter.{guess}"
            sentence = f"There is no property {name[:80]}.{guess}"
            raise Refused(node.at, "unknown", sentence)
        return Typed(found.kind, place(found, found.kind), found)

    def anything(self, node: Node) -> Typed:
        """Read a value of any kind."""
        if node.kind == "property":
            return self.property(node)
        if node.kind in {"text", "number", "boolean", "date", "timestamp"}:
            return Typed(node.kind, ("value", node.kind, node.parts[0]))
        if node.kind == "fold":
            how, inner = node.parts
            return Typed("text", ("fold", how, self.text(inner).tree), is_folded=True)
        if node.kind == "arithmetic":
            return self.arithmetic(node)
        if node.kind == "interval":
            return self.time(node)
        raise Refused(node.at, "type", f"A value stands here, and {described(node)} is none.")

    def arithmetic(self, node: Node) -> Typed:
        """Read an operation with numbers."""
        operator, *parts = node.parts
        if operator == "^":
            raise Refused(node.at, "unsupported", "There is no ^ here, but + - * / % and DIV.")
        return Typed("number", ("arithmetic", operator, *(self.number(part) for part in parts)))

    def number(self, node: Node) -> Tree:
        """Read a number."""
        found = as_json(self.anything(node), "number")
        if found.kind != "number":
            raise Refused(node.at, "type", f"A number stands here, and {described(node)} is none.")
        return found.tree

    def text(self, node: Node) -> Typed:
        """Read a text; a date in EDTF is one as it was written."""
        found = as_written(as_json(self.anything(node), "text"))
        if found.kind != "text":
            what = f"{described(node)} is {NAMED.get(found.kind, found.kind)}"
            raise Refused(node.at, "type", f"A text stands here, and {what}.")
        return found

    def pair(self, left: Node, right: Node) -> tuple[Typed, Typed]:
        """Read two values that are compared; Refused where they are of different kinds."""
        one, other = self.anything(left), self.anything(right)
        one, other = as_json(one, other.kind), as_json(other, one.kind)
        if "text" in {one.kind, other.kind}:
            one, other = as_written(one), as_written(other)
        if {one.kind, other.kind} == {"id", "text"}:
            one, other = as_id(one, left), as_id(other, right)
        kinds = {one.kind, other.kind}
        if len(kinds) > 1 and kinds != {"date", "timestamp"}:
            raise Refused(right.at, "type", kinds_apart(left, one.kind, right, other.kind))
        if not kinds <= {*PLAIN, "date", "timestamp", "id"}:
            sentence = f"{described(left)} is {NAMED.get(one.kind, one.kind)}: it has no value"
            raise Refused(left.at, "type", f"{sentence} that can be compared so.")
        return self.word(one, other, left), self.word(other, one, right)

    def word(self, value: Typed, of: Typed, node: Node) -> Typed:
        """Check a text against the code list of the property that it is compared with."""
        if of.property is None or node.kind != "text" or value.kind != "text":
            return value
        return Typed("text", ("value", "text", known_word(node.parts[0], of.property, node)))

    def time(self, node: Node) -> Typed:
        """Read a day, an instant, an interval, or a property that is one of them."""
        if node.kind == "interval":
            ends = [self.end(part) for part in node.parts]
            return Typed("interval", ("interval", *ends))
        found = self.anything(node)
        if found.kind not in {"date", "timestamp", "span"}:
            sentence = f"A time stands here, and {described(node)} is none: write DATE('…')."
            raise Refused(node.at, "type", sentence)
        return found

    def end(self, node: Node) -> Tree:
        """Read an end of an interval."""
        if node.kind == "open":
            return ("open",)
        found = self.time(node)
        if found.kind == "span":
            sentence = f"{described(node)} is an interval already: it stands alone."
            raise Refused(node.at, "type", sentence)
        return found.tree

    def array(self, node: Node) -> Typed:
        """Read a list of values: a property, values in parentheses, or a single value."""
        if node.kind != "property":
            items = node.parts if node.kind == "array" else (node,)
            return Typed("values", ("values", "", items))
        found = self.property(node)
        assert found.property is not None  # noqa: S101 - it was found
        if found.property.rows and found.kind in {"text", "id"}:
            return Typed(found.kind, ("gathered", *found.tree[1:]), found.property)
        if found.kind == "array":
            kind = found.property.items
            return Typed(kind, place(found.property, f"array:{kind}"), found.property)
        if found.kind == "json":
            return Typed("text", place(found.property, "array:text"), found.property)
        raise Refused(node.at, "type", f"{described(node)} is no list of values.")

    def items(self, values: Typed, kind: str, *both: Typed) -> Tree:
        """Read the values in parentheses, which are of the kind of the property beside them."""
        found = []
        of = next(each.property for each in both if each.property)
        for node in values.tree[2]:
            value = node.parts[0] if node.kind == "text" else None
            if value is None or (kind == "id" and not is_id(value)):
                sentence = f"{of.name} is a list of {'ids' if kind == 'id' else 'texts'}, and"
                raise Refused(node.at, "type", f"{sentence} {described(node)} is none of these.")
            found.append(value.lower() if kind == "id" else known_word(value, of, node))
        return ("values", kind, tuple(found))


def place(found: Property, kind: str) -> Tree:
    """Give the tree of a property."""
    return ("property", kind, found.rows, found.path, found.keys)


def as_json(value: Typed, kind: str) -> Typed:
    """Treat a property of any JSON type as the kind that it is compared with."""
    if value.kind != "json" or value.property is None or kind not in PLAIN:
        return value
    return Typed(kind, place(value.property, f"json:{kind}"), value.property)


def as_written(value: Typed) -> Typed:
    """Take a date for its text."""
    if value.kind != "span" or value.property is None:
        return value
    return Typed("text", place(value.property, "text"), value.property)


def as_id(value: Typed, node: Node) -> Typed:
    """Take a text for an id."""
    if value.kind == "id":
        return value
    if node.kind != "text" or not is_id(node.parts[0]):
        raise Refused(node.at, "uuid", f"{described(node)} is not a UUID.")
    return Typed("id", ("value", "id", node.parts[0].lower()))


def known_word(word: str, of: Property, node: Node) -> str:
    """Give a word of a property's code list, as it is today; Refused where it is not in it."""
    if of.composed:
        word = normalize("NFC", word)
    word = of.former.get(word, word)
    if of.known and word not in of.known:
        many = len(of.known)
        listed = ", ".join(of.known) if many <= MAX_WORDS_NAMED else f"{many} codes"
        sentence = f"“{word[:80]}” is not among the known: {listed}.{meant(word, of.known)}"
        raise Refused(node.at, "unknown", sentence)
    return word
