"""Links: where a record points at others, and where those can be embedded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from schemas.fields.ids import Finding, Reference
from schemas.fields.values import List, Nested


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a record that points at another: `holder[key]`, an id of the resource `to`."""

    holder: Any
    key: Any
    pointer: str
    to: str

    @property
    def id(self) -> str:
        """The id that stands there."""
        return str(self.holder[self.key])


def links(schema: Schema, record: Any, pointer: str = "") -> Iterator[Link]:
    """Walk to every reference of a record, in its raw or its loaded form, whatever its faults."""
    if not isinstance(record, dict):
        return
    for name, field in schema.fields.items():
        value, where = record.get(name), f"{pointer}/{name}"
        if isinstance(field, (Reference, Finding)):
            yield from pointing(field, record, name, where)
        elif isinstance(field, Nested):
            yield from links(field.schema, value, where)
        elif isinstance(field, List) and isinstance(value, list):
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
    if to and isinstance(value, str):
        yield Link(record, name, where, to)
    elif isinstance(field, Finding):
        for member, its in field.inside(record).items():
            yield Link(value, member, f"{where}/{member}", its)


def paths(schema: Schema, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give what can be embedded in a record, as `participants.actor`, and its resource."""
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, List) else field
        if isinstance(inner, Nested):
            yield from paths(inner.schema, f"{prefix}{name}.")
        elif isinstance(inner, Reference) and (embedded := embedding(name)):
            yield prefix + embedded, inner.to


def embedding(name: str) -> str | None:
    """Name the member that holds the record which the field `name` points at."""
    if name.endswith("_ids"):
        return f"{name[:-4]}s"
    return name[:-3] if name.endswith("_id") else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is to be embedded in another: `holder[member]`, by its id or their ids."""

    holder: dict[str, Any]
    member: str
    to: str
    ids: list[str]
    many: bool


def embeddings(schema: Schema, record: dict[str, Any], wanted: set[str]) -> list[Place]:
    """Find where the wanted paths (`participants.actor`) lead in a record."""
    places: dict[str, Place] = {}
    for link in links(schema, record):
        steps = [step for step in link.pointer.split("/")[1:] if not step.isdigit()]
        member = embedding(steps[-1])
        if member is None or ".".join([*steps[:-1], member]) not in wanted:
            continue
        if isinstance(link.holder, list):
            places[link.pointer.rpartition("/")[0]] = Place(
                record, member, link.to, link.holder, many=True
            )
        else:
            places[link.pointer] = Place(link.holder, member, link.to, [link.id], many=False)
    return [*places.values()]
