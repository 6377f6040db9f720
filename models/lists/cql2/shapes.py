"""The shape of a filter: its tree with names for values, by which statements are remembered."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from models.lists.cql2.outlines import values_of

Tree = tuple[Any, ...]


class Shaped(NamedTuple):
    """The shape of a filter, and the values of its placeholders."""

    shape: Tree
    values: Mapping[str, Any]


def shaped(tree: Tree) -> Shaped:
    """Part the shape of a filter from its values."""
    values: dict[str, Any] = {}
    return Shaped(part(tree, values), values)


def part(tree: Any, values: dict[str, Any]) -> Any:  # noqa: PLR0911 - one for each kind
    """Give the shape of a part, and add its values to those that there are."""
    if not isinstance(tree, tuple) or not tree:
        return tree
    name = f"filter_{len(values)}"
    if tree[0] == "value":
        values[name] = tree[2]
        return ("value", tree[1], name)
    if tree[0] == "values":
        values[name] = list(tree[2])
        return ("values", tree[1], name)
    if tree[0] == "shape":
        values |= values_of(tree[1], tree[2], name)
        return ("shape", name)
    if tree[0] in {"property", "gathered"}:
        if not tree[4]:
            return tree
        values[name] = list(tree[4])
        return (*tree[:4], name)
    return tuple(part(each, values) for each in tree)


def members(tree: Any) -> Iterator[str]:
    """Yield the members of the record that a filter, or its shape, speaks of: their paths."""
    if isinstance(tree, tuple) and tree:
        if tree[0] in {"property", "gathered"} and not tree[2]:
            yield ".".join(map(str, tree[3]))
        else:
            for each in tree:
                yield from members(each)
