"""Selections: which members of a record are sent, at any depth, and what is embedded for them."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from marshmallow import Schema, class_registry, fields

from schemas.fields.values import TEXT, Field, List, Nested
from schemas.fields.words import meant
from schemas.links import ways
from schemas.record import RecordSchema

Tree = dict[str, Any]
"""The members that are sent: name -> the tree of those inside, or True for all of it."""

SELECTIONS_KEPT = 512
"""How many selections are remembered."""


class Selection(NamedTuple):
    """What is sent of a record: a tree of its members, None for all, and what is embedded in it."""

    tree: Tree | None
    expand: frozenset[str]


class Member(Field, fields.String):
    """A member of a record or, by a path, of what is nested or embedded in it."""

    default_error_messages = TEXT | {"unknown": "{input} is no member.{meant}"}

    def __init__(self, record: type[RecordSchema], further: tuple[str, ...]) -> None:
        """Take the members of a record, those inside them, and `further` ones."""
        published = {"pattern": r'^[^,".]+(\.[^,".]+)*$'}
        super().__init__("A member.", "id", nullable=False, metadata=published)
        self.record, self.further = record, further

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        path: str = super()._deserialize(value, attr, data, **more)
        known = members(self.record)
        if path in self.further or path in known or is_free(known, path):
            return path
        names = (*known, *self.further)
        raise self.make_error("unknown", input=f"“{path[:80]}”", meant=meant(path, names))


@cache
def members(record: type[RecordSchema]) -> Mapping[str, str | None]:
    """Give the paths of all members: path -> None, or the expansion that brings it."""
    schema = record()
    found: dict[str, str | None] = dict.fromkeys(inside(schema))
    for way in ways(schema):
        to = embedded(way.to)
        found[way.member] = way.path
        own = (name for name in inside(to()) if name.partition(".")[0] not in to.unlisted)
        found |= {f"{way.member}.{name}": way.path for name in own}
    return found


def embedded(resource: str) -> type[RecordSchema]:
    """Give the schema of a resource's records, by its name: it may be of a later module."""
    found: Any = class_registry.get_class(f"{resource[:-1].title()}Schema")
    schema: type[RecordSchema] = found
    return schema


def inside(schema: Schema, prefix: str = "") -> Iterator[str]:
    """Give the paths of a schema's members, and of those nested in them."""
    for name, field in schema.fields.items():
        yield f"{prefix}{name}"
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested):
            yield from inside(inner.schema, f"{prefix}{name}.")


def is_free(known: Mapping[str, str | None], path: str) -> bool:
    """Tell whether a path leads into what may have any members, such as `attributes.coder`."""
    steps = path.split(".")
    free = {"attributes", "external_ids"} & {*steps[:-1]}
    return any(".".join(steps[: steps.index(name) + 1]) in known for name in free)


@lru_cache(SELECTIONS_KEPT)
def selection(
    record: type[RecordSchema], paths: tuple[str, ...], expand: tuple[str, ...]
) -> Selection:
    """Choose what is sent of a record by the paths of members, and by what is to be embedded.

    What is embedded is sent as a whole, unless members of it are chosen; of these, `id` always is.
    """
    if not paths:
        return Selection(None, frozenset(expand))
    known, every = members(record), [*ways(record())]
    tree: Tree = {"id": True, "score": True, "highlights": True}
    for path in paths:
        choose(tree, path.split("."))
    for way in every:
        top = way.member.partition(".")[0]
        if way.path in expand and top not in tree:
            tree[top] = True
        elif way.path in expand and reach(tree, way.member) is None:
            # Of a claim's value nothing is left out for what is embedded inside it.
            within = way.member.startswith(f"{way.path}.")
            choose(tree, (way.path if within else way.member).split("."))
    brought = {*expand, *(asked for path in paths if (asked := known.get(path)))}
    for way in every:
        of_it = reach(tree, way.member)
        if isinstance(of_it, dict):
            of_it["id"] = True
            brought.add(way.path)
    return Selection(tree, frozenset(brought))


def choose(tree: Tree, steps: list[str]) -> None:
    """Put a path into a tree; what is chosen as a whole stays so."""
    for step in steps[:-1]:
        below = tree.setdefault(step, {})
        if below is True:
            return
        tree = below
    tree[steps[-1]] = True


def reach(tree: Any, path: str) -> Any:
    """Give what a tree has at a path: None where nothing of it is chosen."""
    for step in path.split("."):
        if tree is True or tree is None:
            return tree
        tree = tree.get(step)
    return tree


def chosen(value: Any, tree: Any) -> Any:
    """Reduce a value to the members in a tree."""
    if tree is True:
        return value
    if isinstance(value, list):
        return [chosen(each, tree) for each in value]
    if isinstance(value, dict):
        return {name: chosen(each, tree[name]) for name, each in value.items() if name in tree}
    return value
