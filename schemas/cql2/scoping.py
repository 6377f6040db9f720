"""Scopes of conditions on list entries, as participants: which must hold for the same entry.

What one AND joins is of one and the same entry, alternatives of an OR among it included. An AND in
parentheses is about an entry of its own. NOT says that there is no such entry.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Tree = tuple[Any, ...]


def scoped(tree: Tree, *, negated: bool = False) -> Tree:
    """Wrap the conditions on the entries of each list in a `some`."""
    if tree[0] == "not":
        return ("not", scoped(tree[1], negated=True))
    if (rows := of_one_list(tree)) is not None:
        return ("some", rows, tree, negated)
    if tree[0] == "or":
        return ("or", *(scoped(inner, negated=negated) for inner in tree[1:]))
    if tree[0] != "and":
        return tree
    joined: dict[str, list[Tree]] = {}
    others = []
    for inner in tree[1:]:
        rows = of_one_list(inner)
        if rows is None:
            others.append(scoped(inner, negated=negated))
        else:
            joined.setdefault(rows, []).append(inner)
    entries = (("some", rows, ("and", *each), negated) for rows, each in joined.items())
    return ("and", *others, *entries)


def of_one_list(tree: Tree) -> str | None:
    """Name the list that a condition is about, or all alternatives of an OR; None for others."""
    if tree[0] == "or":
        found = {of_one_list(inner) for inner in tree[1:]}
        return found.pop() if len(found) == 1 else None
    if tree[0] in {"and", "not"}:
        return None
    return next(iter(rows_in(tree)), None)


def rows_in(tree: Tree) -> set[str]:
    """Name the lists that the values of a condition are of."""
    if tree[0] == "property":
        return {tree[2]} - {""}
    parts = tree[2:] if tree[0] in {"compare", "temporal", "spatial", "arrays"} else tree[1:]
    return {rows for part in parts if isinstance(part, tuple) and part for rows in inside(part)}


def inside(part: Tree) -> set[str]:
    """Name the lists of a part, if it is one that has any."""
    return rows_in(part) if part[0] in PARTS else set()


PARTS = {"property", "fold", "arithmetic", "interval"}
"""Parts of conditions in which properties may stand."""


def entries_in(tree: Any) -> Iterator[Tree]:
    """Yield the conditions of a filter that an entry of a list is to fit."""
    if isinstance(tree, tuple) and tree:
        if tree[0] == "some":
            yield tree
        else:
            for part in tree:
                yield from entries_in(part)


def conditions_in(tree: Tree) -> Iterator[Tree]:
    """Yield the conditions of a filter that no AND, OR or NOT takes apart."""
    if tree[0] not in {"and", "or", "not", "some"}:
        yield tree
    else:
        for part in tree[1:]:
            if isinstance(part, tuple):
                yield from conditions_in(part)


def ids_in(tree: Any) -> Iterator[str]:
    """Yield the ids of records that a filter names."""
    if isinstance(tree, tuple) and tree:
        if tree[:2] == ("value", "id"):
            yield tree[2]
        elif tree[:2] == ("values", "id"):
            yield from tree[2]
        else:
            for part in tree:
                yield from ids_in(part)


def replaced(tree: Any, known: Mapping[str, str]) -> Any:
    """Replace ids of records by others, where others are known."""
    if not isinstance(tree, tuple) or not tree:
        return tree
    if tree[:2] == ("value", "id"):
        return ("value", "id", known.get(tree[2], tree[2]))
    if tree[:2] == ("values", "id"):
        return ("values", "id", tuple(dict.fromkeys(known.get(each, each) for each in tree[2])))
    return tuple(replaced(part, known) for part in tree)
