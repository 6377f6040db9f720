"""Functions of CQL2 in both encodings: literals, comparisons, and the unsupported ones."""

from typing import Any

from schemas.cql2 import shapes
from schemas.cql2.nodes import Node, Place, Refused, day, end, instant, interval, made
from schemas.fields.words import near

SPATIAL = ("s_intersects", "s_disjoint", "s_within", "s_contains", "s_dwithin")
UNSUPPORTED = ("s_equals", "s_touches", "s_overlaps", "s_crosses")
"""Spatial comparisons that there are, and those of the standard that there are not."""

TEMPORAL = (
    *("t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby"),
    *("t_finishes", "t_intersects", "t_meets", "t_metby", "t_overlappedby", "t_overlaps"),
    *("t_startedby", "t_starts"),
)
ARRAYS = ("a_equals", "a_contains", "a_containedby", "a_overlaps")
FOLDING = ("casei", "accenti")
LITERALS = ("date", "timestamp", "interval", "bbox")

COUNTS = {
    **dict.fromkeys((*SPATIAL, *UNSUPPORTED, *TEMPORAL, *ARRAYS), (2, 2)),
    "s_dwithin": (3, 4),
    **dict.fromkeys(FOLDING, (1, 1)),
    "date": (1, 1),
    "timestamp": (1, 1),
    "interval": (2, 2),
    "bbox": (4, 6),
}
"""How many arguments each function takes, at the least and at the most."""

KINDS = {
    **dict.fromkeys((*SPATIAL, *UNSUPPORTED), "spatial"),
    **dict.fromkeys(TEMPORAL, "temporal"),
    **dict.fromkeys(ARRAYS, "array_comparison"),
    **dict.fromkeys(FOLDING, "fold"),
}
"""The kind of node that each function makes."""


def call(name: str, arguments: tuple[Node, ...], at: Place) -> Node:
    """Make what a function stands for; Refused where there is no such function."""
    folded = name.lower()
    if folded not in COUNTS:
        probable = near(folded, COUNTS)
        guess = f" Did you mean {probable.upper()}?" if probable else ""
        raise Refused(at, "unknown", f"There is no function {name[:80]}.{guess}")
    least, most = COUNTS[folded]
    if not least <= len(arguments) <= most:
        many = f"{least}" if least == most else f"{least} to {most}"
        sentence = f"{folded.upper()} takes {many} argument{'' if many == '1' else 's'}."
        raise Refused(at, "arguments", sentence)
    if folded in UNSUPPORTED:
        known = ", ".join(each.upper() for each in SPATIAL)
        raise Refused(at, "unsupported", f"There is no {folded.upper()} here, but {known}.")
    if folded in LITERALS:
        return literal(folded, arguments, at)
    return made(KINDS[folded], (folded, *arguments), at)


def literal(name: str, arguments: tuple[Node, ...], at: Place) -> Node:
    """Read a value that is written as a function."""
    if name == "bbox":
        return shapes.box(arguments, at)
    if name == "interval":
        first, last = map(bound, arguments)
        return interval(first, last, at)
    [written] = arguments
    if written.kind != "text":
        sentence = f"{name.upper()} takes a text, as in {name.upper()}('{EXAMPLES[name]}')."
        raise Refused(written.at, "type", sentence)
    return (day if name == "date" else instant)(written.parts[0], written.at)


EXAMPLES = {"date": "2021-08-22", "timestamp": "2021-08-22T08:00:00Z"}
"""A value of each literal."""


def bound(argument: Node) -> Node:
    """Read an end of an interval: a text, a property, or a day or an instant."""
    if argument.kind == "text":
        return end(argument.parts[0], argument.at)
    if argument.kind in {"property", "date", "timestamp"}:
        return argument
    raise Refused(argument.at, "type", "An interval has days, instants, '..' or properties.")


def operation(name: str, arguments: tuple[Any, ...], at: Place) -> Node:
    """Make an operation that JSON names as it names functions."""
    folded = name.lower()
    kind = next((kind for kind, names in OPERATIONS.items() if folded in names), None)
    if kind is None:
        return call(name, arguments, at)
    least, most = 2, 2
    if kind in {"and", "or"}:
        most = len(arguments)
    elif kind in {"not", "null"}:
        least = most = 1
    elif kind == "between":
        least = most = 3
    if not least <= len(arguments) <= max(most, least):
        many = f"{least} or more" if kind in {"and", "or"} else f"{least}"
        raise Refused(at, "arguments", f"{name} takes {many} argument{'s'[: least > 1]}.")
    if kind in {"compare", "arithmetic"}:
        return made(kind, (folded, *arguments), at)
    if kind == "in":
        within, listed = arguments
        if listed.kind != "array" or not listed.parts:
            raise Refused(listed.at, "type", "in takes a list of values.")
        return made("in", (within, *listed.parts), at)
    return made(kind, arguments, at)


OPERATIONS = {
    "and": ("and",),
    "or": ("or",),
    "not": ("not",),
    "compare": ("=", "<>", "<", ">", "<=", ">="),
    "arithmetic": ("+", "-", "*", "/", "%", "div", "^"),
    "like": ("like",),
    "between": ("between",),
    "in": ("in",),
    "null": ("isnull",),
}
"""Names of operations in JSON, by the kind of node that each makes."""
