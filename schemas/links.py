"""Links: where a record points at others, and where those can be embedded."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from marshmallow import Schema

from schemas.fields.ids import Finding, Reference
from schemas.fields.values import MAX_ITEMS, List, Nested


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a record that points at another: `holder[key]`, an id of the resource `to`."""

    holder: Any
    key: Any
    pointer: str
    to: str
    finding: str | None = None
    """The member of a claim that it is or stands in, if it is what is claimed."""

    @property
    def id(self) -> str:
        """The id that stands there."""
        return str(self.holder[self.key])


def links(schema: Schema, record: Any, pointer: str = "") -> Iterator[Link]:
    """Walk to every reference of a record, in its raw or its loaded form, whatever its faults.

    A list of more items than one may have is refused as a whole, and not walked.
    """
    if not isinstance(record, dict):
        return
    for name, field in schema.fields.items():
        value, where = record.get(name), f"{pointer}/{name}"
        if isinstance(field, (Reference, Finding)):
            yield from pointing(field, record, name, where)
        elif isinstance(field, Nested):
            yield from links(field.schema, value, where)
        elif isinstance(field, List) and isinstance(value, list) and len(value) <= MAX_ITEMS:
            for position, item in enumerate(value):
                if isinstance(field.inner, Nested):
                    yield from links(field.inner.schema, item, f"{where}/{position}")
                elif isinstance(field.inner, Reference) and isinstance(item, str):
                    yield Link(value, position, f"{where}/{position}", field.inner.to)


def pointing(
    field: Reference | Finding, record: dict[str, Any], name: str, where: str
) -> Iterator[Link]:
    """Yield where one member points at others: the claim of casualties does so inside its value."""
    to, value = field.target(record), record.get(name)
    finding = name if isinstance(field, Finding) else None
    if to and isinstance(value, str):
        yield Link(record, name, where, to, finding)
    elif isinstance(field, Finding):
        for member, its in field.inside(record).items():
            yield Link(value, member, f"{where}/{member}", its, finding)


class Way(NamedTuple):
    """How a record is embedded in another: by which path, in which member, of which resource."""

    path: str
    member: str
    to: str


def ways(schema: Schema, prefix: str = "") -> Iterator[Way]:
    """Give what can be embedded in a record, as `participants.actor`.

    What is claimed is embedded beside its id by what it is: `claims.value_actor`.
    """
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested):
            yield from ways(inner.schema, f"{prefix}{name}.")
        elif isinstance(inner, Reference) and (embedded := embedding(name)):
            yield Way(prefix + embedded, prefix + embedded, inner.to)
        elif isinstance(inner, Finding):
            for to in dict.fromkeys(inner.targets.values()):
                yield Way(prefix + name, prefix + valued(name, to), to)
            for its in inner.parts.values():
                for member, to in its.items():
                    yield Way(prefix + name, f"{prefix}{name}.{embedding(member)}", to)


def embedding(name: str) -> str | None:
    """Name the member that holds the record which the field `name` points at."""
    if name.endswith("_ids"):
        return f"{name[:-4]}s"
    return name[:-3] if name.endswith("_id") else None


def valued(name: str, to: str) -> str:
    """Name the member that embeds the record that a claim's value refers to."""
    return f"{name}_{to.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is to be embedded in another: `holder[member]`, by its id or their ids.

    `path` is that of the member.
    """

    path: str
    holder: dict[str, Any]
    member: str
    to: str
    ids: list[str]
    many: bool


def embeddings(schema: Schema, record: dict[str, Any], wanted: Container[str]) -> list[Place]:
    """Find where the wanted paths (`participants.actor`) lead in a record."""
    places: dict[str, Place] = {}
    for link in links(schema, record):
        steps = [step for step in link.pointer.split("/")[1:] if not step.isdigit()]
        if link.finding:
            is_itself = link.key == link.finding
            member = valued(link.finding, link.to) if is_itself else embedding(steps[-1])
            path = ".".join(steps if is_itself else steps[:-1])
        else:
            member = embedding(steps[-1])
            path = ".".join([*steps[:-1], member or ""])
        if member is None or path not in wanted:
            continue
        where = ".".join([*steps[:-1], member])
        if isinstance(link.holder, list):
            places[link.pointer.rpartition("/")[0]] = Place(
                where, record, member, link.to, link.holder, many=True
            )
        else:
            places[link.pointer] = Place(where, link.holder, member, link.to, [link.id], many=False)
    return [*places.values()]
