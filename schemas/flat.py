"""The flat form of records: columns as tables, spreadsheets and maps have them, one value each.

A column is named by the path of its member with underscores, `fatalities_best`. Names stand beside
the ids of actors and places, lists of words are joined, and what is deeper is JSON.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from marshmallow import Schema, fields

from schemas.claims import ClaimSchema
from schemas.events import EventSchema
from schemas.fields.ids import Finding, Reference
from schemas.fields.places import Point
from schemas.fields.values import Boolean, Float, Integer, List, Nested
from schemas.fields.words import MAX_WORDS_NAMED
from schemas.links import embedding
from schemas.record import LAST, RecordSchema
from schemas.vocabularies import own

Kind = Literal["text", "integer", "number", "boolean", "date", "instant", "list", "json"]
"""The type of a column's values: a list is one of texts."""

LIST_SEPARATOR = "; "
"""Stands between the values of a list, in the order kept."""

BEHIND = frozenset(LAST)
"""Members that every record has, whose columns come behind its own."""

LABELS = {"actors": "name", "locations": "name", "documents": "title", "events": "title"}
"""By resource: the member by which people know its records."""

AXES = {"longitude": 0, "latitude": 1}
"""Where the coordinates stand in a point."""

ROLES = "participants"
"""The member of which there are columns for each role, too."""

CLAIMS = "claims"
"""The claims that statements make of events: rows of events, though no member of theirs."""

SCALARS: tuple[tuple[type[fields.Field[Any]], Kind], ...] = (
    (Integer, "integer"),
    (Float, "number"),
    (Boolean, "boolean"),
)
FORMATS: dict[str, Kind] = {"date": "date", "date-time": "instant"}
"""Kinds of columns, by the class of a field and by the format that it publishes."""


class Column(NamedTuple):
    """A column: its name, its values' type and meaning, and where these stand in a record.

    With `label_of`, the value is the label of the record of that resource whose id stands there;
    with `axis`, one coordinate of the point. `free` is text that people have written. `derived` has
    no place in a record: the service finds it by the name of the column. `words` are those of a
    code list; `deep` says what a value that is JSON can be.
    """

    name: str
    kind: Kind
    description: str
    path: tuple[str, ...] = ()
    label_of: str | None = None
    axis: int | None = None
    free: bool = False
    role: str | None = None
    words: tuple[str, ...] = ()
    deep: Literal["array", "object", "any"] = "object"

    @property
    def derived(self) -> bool:
        """Tell whether the column is found by its name."""
        return not self.path


DERIVED: dict[type[RecordSchema], tuple[Column, ...]] = {
    EventSchema: (
        Column("location_kind", "text", "The kind of its location.", words=own.LOCATION_KINDS),
        Column("longitude", "number", "The longitude of its location, in degrees (WGS 84)."),
        Column("latitude", "number", "The latitude of its location, in degrees (WGS 84)."),
        Column(
            "uncertainty_km",
            "number",
            "How far the point of its location may be off, in kilometres.",
        ),
        Column(
            "country",
            "text",
            "The country of its location, or else of the nearest place around it that has one.",
        ),
    ),
}
"""Columns beside the members of a record, by the schema of its resource."""

CLAIMED = frozenset({EventSchema})
"""Schemas of resources that statements make claims of."""


@cache
def columns(record: type[RecordSchema], rows: str | None = None) -> tuple[Column, ...]:
    """List the columns of a resource, one row a record; or those of `rows`, one row an entry.

    Members that lists leave out, as the text of a document, come last: see `choosing.py`.
    """
    if rows is not None:
        return (*keys(record, rows), *inside(record, rows))
    members = [*flat(record())]
    common = [column for column in members if column.path[0] in BEHIND]
    own_ones = [column for column in members if column.path[0] not in BEHIND]
    found = (*own_ones, *DERIVED.get(record, ()), *common)
    return tuple(sorted(found, key=lambda column: column.path[:1] in unlisted(record)))


def unlisted(record: type[RecordSchema]) -> set[tuple[str, ...]]:
    """Give the paths of the members that lists leave out unless they are asked for."""
    return {(name,) for name in record.unlisted}


@cache
def entries(record: type[RecordSchema]) -> Mapping[str, type[Schema]]:
    """Give the lists of a record whose entries can be rows, with the schemas of these."""
    found = {
        name: type(field.inner.schema)
        for name, field in record().fields.items()
        if isinstance(field, List) and isinstance(field.inner, Nested)
    }
    return {**found, CLAIMS: ClaimSchema} if record in CLAIMED else found


def are_claims(record: type[RecordSchema], rows: str | None) -> bool:
    """Tell whether rows are the claims that statements make of records."""
    return rows == CLAIMS and record in CLAIMED


def inside(record: type[RecordSchema], rows: str) -> Iterator[Column]:
    """Give the columns of an entry, which are told from those it is found by."""
    found = [*flat(entries(record)[rows]())]
    known = {column.name for column in keys(record, rows)}
    if are_claims(record, rows):
        yield from (column for column in found if column.name not in known | {"event_title"})
        return
    prefix = f"{rows}_" if any(column.name in known for column in found) else ""
    for column in found:
        text = column.description.replace("of what `", f"of what `{prefix}")
        yield column._replace(name=prefix + column.name, description=text)


def keys(record: type[RecordSchema], rows: str) -> Iterator[Column]:
    """Give the columns by which an entry is found again."""
    one = noun(record)
    yield Column(f"{one}_id", "text", f"The {one} that it belongs to.")
    if are_claims(record, rows):
        yield Column("statement_id", "text", "The statement that makes the claim.")
        yield Column("act", "text", "The act performed by that statement.")
        yield Column("speaker_id", "text", "The speaker of that statement.")
        yield Column("speaker_name", "text", "The name of the speaker.", free=True)
        yield Column("document_id", "text", "The document that reports the statement.")
        yield Column("dataset", "text", "The dataset of the statement.")
    yield Column("position", "integer", "Where it stands in its list, from 0.")


def primary(record: type[RecordSchema], rows: str | None) -> tuple[str, ...]:
    """Name the columns that tell rows apart."""
    if rows is None:
        return ("id",)
    return ("statement_id" if are_claims(record, rows) else f"{noun(record)}_id", "position")


def noun(record: type[RecordSchema]) -> str:
    """Name one record of a resource."""
    return record.__name__.removesuffix("Schema").lower()


def flat(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[Column]:
    """Give the columns of an object's members, and of those nested in them.

    A nested member says what it is of first, since a column stands alone.
    """
    for name, field in schema.fields.items():
        here = (*path, name)
        if isinstance(field, Nested):
            for column in flat(field.schema, here):
                yield column._replace(description=f"{described(field)} {column.description}")
        elif isinstance(field, Point):
            for axis, place in AXES.items():
                text = f"The {axis} of its point, in degrees (WGS 84)."
                yield Column("_".join((*path, axis)), "number", text, here, axis=place)
        else:
            yield from flattened(name, field, here)


def flattened(name: str, field: fields.Field[Any], path: tuple[str, ...]) -> Iterator[Column]:
    """Give the columns of a member: its own and, where it is an id, one that names what it is."""
    kind = kind_of(field)
    published = field.metadata.keys() & {"enum", "format"}
    may_be_text = kind in {"text", "list"} or isinstance(field, fields.Raw)  # as what is claimed
    free = may_be_text and not published and not isinstance(field, Reference)
    if name == ROLES:
        yield from by_role(path)
    found = Column("_".join(path), kind, described(field), path, free=free)
    yield found._replace(words=words_of(field), deep=depth_of(field))
    if isinstance(field, Reference) and field.to in LABELS and (label := embedding(name)):
        column = "_".join((*path[:-1], label, LABELS[field.to]))
        text = f"The {LABELS[field.to]} of what `{'_'.join(path)}` names."
        yield Column(column, "text", text, path, label_of=field.to, free=True)


def by_role(path: tuple[str, ...]) -> Iterator[Column]:
    """Give the columns of participants by their role: their names, and their ids."""
    for role in own.PARTICIPANT_ROLES:
        names = f"Participants with the role {role}: their names, or else the words used."
        yield Column(f"{ROLES}_{role}", "list", names, path, free=True, role=role)
        ids = f"Participants with the role {role}: the ids of those recorded as actors."
        yield Column(f"{ROLES}_{role}_ids", "list", ids, path, label_of="actors", role=role)


def kind_of(field: fields.Field[Any]) -> Kind:
    """Tell the type of a column by its field."""
    if found := FORMATS.get(field.metadata.get("format", "")):
        return found
    for kind, name in SCALARS:
        if isinstance(field, kind):
            return name
    if isinstance(field, List) and not isinstance(field.inner, Nested):
        return "list"
    return "text" if isinstance(field, fields.String) else "json"


def words_of(field: fields.Field[Any]) -> tuple[str, ...]:
    """Give the words that a field takes, of a list that is not too long to be read."""
    words = tuple(word for word in field.metadata.get("enum", ()) if isinstance(word, str))
    return words if len(words) <= MAX_WORDS_NAMED else ()


def depth_of(field: fields.Field[Any]) -> Literal["array", "object", "any"]:
    """Tell what the JSON of a field can be."""
    if isinstance(field, Finding):
        return "any"
    return "array" if isinstance(field, List) else "object"


def described(field: fields.Field[Any]) -> str:
    """Give the meaning of a field."""
    return str(field.metadata["description"])
