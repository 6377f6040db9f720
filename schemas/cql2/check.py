"""Checks a filter against the properties of a resource, and makes the tree that SQL is made of.

The tree is nested tuples of plain values, each with its kind in front:

    ("and" | "or", condition …) ("not", condition) ("constant", true or false)
    ("some", rows, condition, negated)       an entry of a list of the record fits; see `scoping`
    ("compare", operator, value, value) ("between", value, value, value) ("in", value, values)
    ("like", value, value) ("null" | "known", value)
    ("spatial", operator, property, ("shape", shape, kilometres))
    ("temporal" | "arrays", operator, value, value)

    ("property" | "gathered", kind, rows, path, keys) ("value", kind, value) ("values", kind, value)
    ("fold", how, value) ("arithmetic", operator, value, value) ("interval", value, value) ("open",)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from schemas.cql2.nodes import Node, Refused
from schemas.cql2.operands import Operands, described, kinds_apart
from schemas.cql2.properties import Properties
from schemas.cql2.scoping import conditions_in, entries_in, rows_in, scoped

Tree = tuple[Any, ...]


@dataclass
class Checked:
    """A filter as a tree, or what is wrong with it."""

    tree: Tree
    faults: list[Refused]


Checks = Mapping[str, Callable[[Node], Tree]]
"""The function that checks each kind of condition."""

MAX_ENTRIES = 24
"""Maximum number of entries of lists, as participants, that a filter asks for one by one."""

MAX_CONDITIONS = 100
"""Maximum number of conditions of a filter: each may have to read the text of each record."""

NOTHING: Tree = ("constant", False)
"""Stands for a condition that is refused."""


def checked(node: Node, known: Properties, parameters: frozenset[str] = frozenset()) -> Checked:
    """Check a filter, and find all that is wrong with it."""
    check = Check(Operands(known, parameters))
    tree = scoped(check.condition(node))
    if sum(1 for _ in entries_in(tree)) > MAX_ENTRIES:
        sentence = f"A filter asks for {MAX_ENTRIES} entries of lists at the most."
        check.faults.append(Refused(node.at, "length", sentence))
    if sum(1 for _ in conditions_in(tree)) > MAX_CONDITIONS:
        sentence = f"A filter has {MAX_CONDITIONS} conditions at the most; IN takes more values."
        check.faults.append(Refused(node.at, "length", sentence))
    return Checked(NOTHING if check.faults else tree, check.faults)


class Check:
    """Checks the conditions of one filter, and keeps what is wrong with them."""

    def __init__(self, operands: Operands) -> None:
        """Begin, without faults."""
        self.operands = operands
        self.faults: list[Refused] = []
        self.kinds: Checks = {
            "compare": self.compare,
            "like": self.like,
            "between": self.between,
            "in": self.among,
            "null": lambda node: ("null", self.operands.anything(node.parts[0]).tree),
            "spatial": self.spatial,
            "temporal": self.temporal,
            "array_comparison": self.arrays,
        }

    def condition(self, node: Node) -> Tree:
        """Check what is true or false."""
        if node.kind in {"and", "or"}:
            inner = tuple(self.condition(part) for part in node.nodes)
            return one_of(inner) if node.kind == "or" else ("and", *inner)
        if node.kind == "not":
            [inner_one] = node.nodes
            found = self.condition(inner_one)
            return ("known", found[1]) if found[0] == "null" else ("not", found)
        if node.kind == "boolean":
            return ("constant", node.parts[0])
        try:
            return self.predicate(node)
        except Refused as fault:
            self.faults.append(fault)
            return NOTHING

    def predicate(self, node: Node) -> Tree:
        """Check a condition that is not made of others; Refused says what is wrong with it."""
        if node.kind not in self.kinds:
            what = described(node)
            raise Refused(node.at, "type", f"A condition stands here, and {what} is none.")
        found = self.kinds[node.kind](node)
        if len(lists := sorted(rows_in(found))) > 1:
            sentence = f"One condition is about one list, not about {' and '.join(lists)}."
            raise Refused(node.at, "type", sentence)
        return found

    def compare(self, node: Node) -> Tree:
        """Check a comparison of two values."""
        operator, left, right = node.parts
        one, other = self.operands.pair(left, right)
        if one.kind in {"id", "boolean"} and operator not in {"=", "<>"}:
            sentence = f"{described(left)} is only compared by = and <>, not by {operator}."
            raise Refused(node.at, "type", sentence)
        return ("compare", operator, one.tree, other.tree)

    def like(self, node: Node) -> Tree:
        """Check a comparison with a pattern."""
        subject, pattern = node.parts
        one = self.operands.text(subject)
        written = pattern
        while written.kind == "fold":
            written = written.parts[1]
        if written.kind != "text":
            raise Refused(pattern.at, "type", "LIKE takes a pattern, a text in single quotes.")
        text = written.parts[0]
        if (len(text) - len(text.rstrip("\\"))) % 2:
            sentence = "A pattern does not end with a single backslash: it takes the next sign."
            raise Refused(written.at, "pattern", sentence)
        return ("like", one.tree, self.operands.text(pattern).tree)

    def between(self, node: Node) -> Tree:
        """Check a range."""
        subject, low, high = node.parts
        one, least = self.operands.pair(subject, low)
        again, most = self.operands.pair(subject, high)
        if one.kind not in {"number", "date", "timestamp", "text"} or again.kind != one.kind:
            raise Refused(node.at, "type", f"{described(subject)} has no order.")
        return ("between", one.tree, least.tree, most.tree)

    def among(self, node: Node) -> Tree:
        """Check a list of values: plain ones are looked for at once."""
        subject, *items = node.parts
        pairs = [self.operands.pair(subject, item) for item in items]
        one = pairs[0][0]
        values = [other.tree for _, other in pairs]
        plain = all(value[0] == "value" and value[1] == one.kind for value in values)
        if plain and all(first.tree == one.tree for first, _ in pairs):
            return ("in", one.tree, ("values", one.kind, tuple(value[2] for value in values)))
        return ("or", *(("compare", "=", first.tree, other.tree) for first, other in pairs))

    def spatial(self, node: Node) -> Tree:
        """Check a comparison of a place with a shape."""
        name, left, right, *distance = node.parts
        if left.kind == "geometry":
            name = {"s_within": "s_contains", "s_contains": "s_within"}.get(name, name)
            left, right = right, left
        place = self.operands.anything(left)
        if place.kind != "geometry" or right.kind != "geometry":
            wrong = left if place.kind != "geometry" else right
            sentence = (
                f"{name.upper()} takes a property with a place, as geometry, and a POINT, BBOX,"
                f" POLYGON or MULTIPOLYGON; {described(wrong)} is none."
            )
            raise Refused(wrong.at, "type", sentence)
        shape = right.parts[0]
        if not shape.points and not shape.polygons:
            sentence = f"Nothing is asked for by a {shape.kind.upper()} here: POINT, BBOX, POLYGON."
            raise Refused(right.at, "unsupported", sentence)
        return ("spatial", name, place.tree, ("shape", shape, kilometres(node, distance)))

    def temporal(self, node: Node) -> Tree:
        """Check a comparison of two times."""
        name, left, right = node.parts
        return ("temporal", name, self.operands.time(left).tree, self.operands.time(right).tree)

    def arrays(self, node: Node) -> Tree:
        """Check a comparison of two lists of values."""
        name, left, right = node.parts
        one, other = self.operands.array(left), self.operands.array(right)
        property_one = one.property or other.property
        if property_one is None:
            raise Refused(node.at, "type", f"{name.upper()} takes a property that is a list.")
        kind = next(each.kind for each in (one, other) if each.property)
        trees = []
        for each in (one, other):
            trees.append(
                each.tree if each.property else self.operands.items(each, kind, one, other)
            )
            if each.property and each.kind != kind:
                raise Refused(node.at, "type", kinds_apart(left, kind, right, each.kind))
        return ("arrays", name, *trees)


def one_of(inner: tuple[Tree, ...]) -> Tree:
    """Join conditions by OR; whether one property has one value or another is asked at once."""
    subjects, values = set(), []
    for tree in inner:
        if tree[:2] == ("compare", "=") and tree[2][0] == "property" and tree[3][0] == "value":
            subjects.add(tree[2])
            values.append(tree[3])
        else:
            return ("or", *inner)
    if len(subjects) == 1 and len({value[1] for value in values}) == 1:
        kind = values[0][1]
        return ("in", subjects.pop(), ("values", kind, tuple(value[2] for value in values)))
    return ("or", *inner)


KILOMETRES = {"km": 1.0, "kilometers": 1.0, "kilometres": 1.0, "m": 0.001, "meters": 0.001}
KILOMETRES |= {"metres": 0.001, "mi": 1.609344, "nmi": 1.852}
"""Kilometres of each unit."""

FARTHEST_KM = 20_100
"""Half round the earth."""


def kilometres(node: Node, distance: list[Node]) -> float | None:
    """Read a distance and its unit, metres where none is given; None where it has none."""
    if not distance:
        return None
    number, *units = distance
    unit = units[0].parts[0] if units and units[0].kind == "text" else "m"
    if number.kind != "number" or normalize("NFC", str(unit)) not in KILOMETRES:
        sentence = f"A distance is a number and one of the units {', '.join(KILOMETRES)}."
        raise Refused(node.at, "type", sentence)
    found = float(number.parts[0]) * KILOMETRES[unit]
    if not 0 <= found <= FARTHEST_KM:
        sentence = f"This lies between 0 and {FARTHEST_KM} kilometres."
        raise Refused(number.at, "range", sentence)
    return found
