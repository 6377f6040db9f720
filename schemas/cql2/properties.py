"""The properties of a resource that a filter may name, derived from the schema of its records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from schemas.fields.dates import Edtf
from schemas.fields.ids import ExternalIds, Finding, Reference
from schemas.fields.places import Geometry, Point
from schemas.fields.values import Composed, List, Nested, Object, Raw
from schemas.fields.words import Word, near
from schemas.links import embedding
from schemas.record import RecordSchema

Step = str | tuple[str, str]
"""One step of a path: a member, or a reference to follow to a record of a resource."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its kind, and where in a record it stands.

    With `rows`, it is of each entry of that list, and `path` leads on from there. Below `open`
    ones any member may be named. `items` are those of an array.
    """

    name: str
    kind: str
    path: tuple[Step, ...]
    rows: str = ""
    items: str = ""
    open: bool = False
    keys: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    former: Mapping[str, str] = field(default_factory=dict, hash=False)
    composed: bool = False
    described: Any = field(default=None, compare=False)


Properties = Mapping[str, Property]

TIMED = ("date", "published_on", "affiliations.date")
"""Dates whose days are kept beside the record, so that they can be compared as intervals."""


@cache
def properties(record: type[RecordSchema]) -> Properties:
    """List the properties of a resource by their names."""
    schema = record()
    found = {each.name: each for each in members(schema)}
    found |= {name: kept(name, (name,), each) for name, each in record.further.items()}
    if "location_id" in schema.fields:
        where = found["location.geometry"]
        found["geometry"] = replace(where, name="geometry")
    return dict(sorted(found.items()))


def members(
    schema: Schema, prefix: str = "", path: tuple[Step, ...] = (), rows: str = "", hops: int = 1
) -> Iterator[Property]:
    """Yield the properties of an object, those inside it, and those of what it refers to."""
    for name, each in schema.fields.items():
        full, there = f"{prefix}{name}", (*path, name)
        if isinstance(each, Nested):
            yield from members(each.schema, f"{full}.", there, rows, hops)
            if not rows:
                yield Property(full, "object", there, described=each)
        elif isinstance(each, List) and isinstance(each.inner, Nested):
            if not rows and not path:
                yield Property(full, "list", there, described=each)
                yield from members(each.inner.schema, f"{full}.", (), full, hops)
        else:
            yield kept(full, there, each, rows)
        inner = embedding(name)
        if isinstance(each, Reference) and inner and hops:
            to = referred(each.to)
            yield from further(to, f"{prefix}{inner}.", (*path, (name, each.to)), rows)


def further(to: Schema, prefix: str, path: tuple[Step, ...], rows: str) -> Iterator[Property]:
    """Yield the properties of a record that is referred to: all but its lists."""
    for each in members(to, hops=0):
        plain = each.kind not in {"list", "array", "json", "object"} and not each.rows
        if plain and each.path[0] not in UNREACHED:
            kind = "text" if each.kind == "span" else each.kind
            full, there = prefix + each.name, (*path, *each.path)
            yield replace(each, name=full, kind=kind, path=there, rows=rows)


UNREACHED = {"assessments", "text", "created_at", "updated_at", "version", "retraction"}
"""Members of a record that is referred to by which nothing is found."""


def referred(resource: str) -> Schema:
    """Make the schema of a resource that something refers to; all of them are known by now."""
    name = f"{resource.removesuffix('s').title()}Schema"
    return next(each for each in RecordSchema.__subclasses__() if each.__name__ == name)()


def kept(name: str, path: tuple[Step, ...], each: fields.Field[Any], rows: str = "") -> Property:
    """Describe a property by its field."""
    kind = kind_of(name, each)
    found = Property(name, kind, path, rows, described=each)
    inner = each.inner if isinstance(each, List) else each
    if kind == "array":
        found = replace(found, items="id" if isinstance(inner, Reference) else "text")
    if isinstance(inner, Word) and inner.known:
        found = replace(found, known=inner.known, former=inner.former)
    if isinstance(each, (ExternalIds, Object, Finding)):
        found = replace(found, open=True)
    return replace(found, composed=isinstance(inner, (Composed, ExternalIds)))


def kind_of(name: str, each: fields.Field[Any]) -> str:
    """Tell of which kind the values of a field are."""
    if isinstance(each, Edtf):
        return "span" if name in TIMED else "text"
    form = each.metadata.get("format")
    if form in FORMATS:
        return FORMATS[form]
    return next((kind for of, kind in KINDS if isinstance(each, of)), "text")


FORMATS = {"date": "date", "date-time": "timestamp", "uuid": "id"}
"""Kinds of values by the format of a text."""

KINDS: tuple[tuple[Any, str], ...] = (
    (ExternalIds, "external_ids"),
    ((Point, Geometry), "geometry"),
    ((Finding, Raw, Object), "json"),
    (fields.List, "array"),
    (fields.Boolean, "boolean"),
    (fields.Number, "number"),
    (Reference, "id"),
)
"""Kinds of values by the kind of field; whatever is none of these is a text."""


def find(known: Properties, name: str) -> Property | None:
    """Find a property by its name: one that is listed, or a member of an open one."""
    if name in known:
        found = known[name]
        return None if found.kind == "external_ids" else found
    above, dot, key = name.partition(".")
    while dot and key:
        holder = known.get(above)
        if holder and holder.open:
            if holder.kind == "external_ids":
                return replace(holder, kind="text", keys=(key,), name=name)
            return replace(holder, keys=tuple(key.split(".")), name=name)
        more, dot, key = key.partition(".")
        above = f"{above}.{more}"
    return None


def nearest(known: Properties, name: str) -> str | None:
    """Give the property that was probably meant by a name that is none."""
    if f"{name}_id" in known:
        return f"{name}_id"
    if within := inside(known, name):
        return within[0] if len(within) == 1 else None
    if probable := near(name, known):
        return probable
    ends = {each.rpartition(".")[2]: each for each in reversed([*known])}
    last = near(name.rpartition(".")[2], ends)
    return ends[last] if last else None


def inside(known: Properties, name: str) -> list[str]:
    """List the properties that end in a name, or in the id of what it names: the least deep."""
    found = [each for each in known if each.rpartition(".")[2] in {name, f"{name}_id"}]
    least = min((each.count(".") for each in found), default=0)
    return [each for each in found if each.count(".") == least]
