"""CQL2 JSON: a filter read from its JSON."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from schemas.cql2 import shapes
from schemas.cql2.calls import operation
from schemas.cql2.nodes import (
    MAX_DEPTH,
    Node,
    Place,
    Refused,
    below,
    bounded,
    day,
    end,
    instant,
    interval,
    made,
    number,
)

LITERALS = ("property", "date", "timestamp", "interval", "bbox")
"""Members of which an object has one, where it is no operation and no geometry."""


def parse(text: str) -> Node:
    """Read a filter from the text of its JSON; Refused tells where it cannot be."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise Refused(error.pos + 1, "syntax", f"This is not JSON: {error.msg}.") from error
    except (ValueError, InvalidOperation) as error:  # a constant, or too many digits
        raise Refused("", "range", "A number is NaN or infinite, or too long.") from error
    except RecursionError as error:
        raise Refused("", "depth", f"This nests deeper than {MAX_DEPTH} levels.") from error
    return read(found)


def refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity."""
    message = f"{name} is no number of JSON"
    raise ValueError(message)


def read(value: Any) -> Node:
    """Read a filter from what its JSON says."""
    return bounded(node(value, "", 0))


def node(value: Any, at: Place, depth: int) -> Node:  # noqa: PLR0911 - one for each type
    """Read one part."""
    if depth > MAX_DEPTH:
        raise Refused(at, "depth", f"This nests deeper than {MAX_DEPTH} levels.")
    if isinstance(value, bool):
        return made("boolean", (value,), at)
    if isinstance(value, str):
        return made("text", (value,), at)
    if isinstance(value, (int, float, Decimal)):
        return number(str(value), at)
    if isinstance(value, list):
        items = enumerate(value)
        return made("array", tuple(node(each, below(at, n), depth + 1) for n, each in items), at)
    if not isinstance(value, Mapping):
        raise Refused(at, "type", "There is no null here: isNull asks for what is not known.")
    if "op" in value:
        return operated(value, at, depth)
    if "type" in value:
        return shapes.from_object(value, at)
    return literal(value, at, depth)


def operated(value: Mapping[str, Any], at: Place, depth: int) -> Node:
    """Read an operation or a function."""
    if extra := value.keys() - {"op", "args"}:
        raise Refused(at, "unknown", f"An operation has no member {min(extra)[:80]}.")
    name, arguments = value["op"], value.get("args")
    if not isinstance(name, str) or not isinstance(arguments, list):
        raise Refused(at, "type", "An operation has op, a text, and args, a list.")
    read_ones = (node(each, below(at, "args", n), depth + 1) for n, each in enumerate(arguments))
    return operation(name, tuple(read_ones), at)


def literal(value: Mapping[str, Any], at: Place, depth: int) -> Node:
    """Read an object that has one member, by its name."""
    if len(value) != 1 or next(iter(value)) not in LITERALS:
        listed = ", ".join(("op", *LITERALS))
        raise Refused(at, "type", f"An object here has one of {listed}, or is a geometry.")
    [(name, written)] = value.items()
    where = below(at, name)
    if name == "property":
        if not isinstance(written, str):
            raise Refused(where, "type", "The name of a property is a text.")
        return made("property", (written,), at)
    if name in {"date", "timestamp"}:
        return (day if name == "date" else instant)(written, where)
    if not isinstance(written, list):
        raise Refused(where, "type", f"{name} takes a list.")
    if name == "bbox":
        sides = [node(each, below(where, n), depth + 1) for n, each in enumerate(written)]
        return shapes.box(sides, at)
    if len(written) != 2:  # noqa: PLR2004 - it begins and ends
        raise Refused(where, "arguments", "An interval has two ends.")
    first, last = (bound(each, below(where, n), depth + 1) for n, each in enumerate(written))
    return interval(first, last, at)


def bound(value: Any, at: Place, depth: int) -> Node:
    """Read one end of an interval."""
    if not isinstance(value, Mapping):
        return end(value, at)
    found = node(value, at, depth)
    if found.kind in {"property", "date", "timestamp"}:
        return found
    raise Refused(at, "type", "An interval has days, instants, '..' or properties.")
