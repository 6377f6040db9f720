"""The resources: by their names in the URL, the schema of their records and the query of a list."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from schemas.actors import ActorQuery, ActorSchema
from schemas.datasets import DatasetQuery, DatasetSchema
from schemas.documents import DocumentQuery, DocumentSchema
from schemas.events import EventQuery, EventSchema
from schemas.lists import Page
from schemas.locations import LocationQuery, LocationSchema
from schemas.record import RecordSchema
from schemas.statements import StatementQuery, StatementSchema

Entry = TypeVar("Entry")


class Shape(NamedTuple):
    """The schema of a resource's records, and the parameters of their list."""

    record: type[RecordSchema]
    query: type[Page]


RESOURCES: dict[str, Shape] = {
    "datasets": Shape(DatasetSchema, DatasetQuery),
    "documents": Shape(DocumentSchema, DocumentQuery),
    "actors": Shape(ActorSchema, ActorQuery),
    "locations": Shape(LocationSchema, LocationQuery),
    "events": Shape(EventSchema, EventQuery),
    "statements": Shape(StatementSchema, StatementQuery),
}
"""Every resource, in the order of the description."""

MEMBERS: dict[str, type[RecordSchema]] = {
    name: shape.record for name, shape in RESOURCES.items() if name != "datasets"
}
"""Resources whose records are in a dataset, and in bundles: the schema of their records."""


def complete(
    place: str, entries: Mapping[str, Entry], names: Iterable[str] = RESOURCES
) -> Mapping[str, Entry]:
    """Require an entry for each resource; LookupError says which is missing, and from which list.

    `place` is the name of the list and its file.
    """
    if missing := [name for name in names if name not in entries]:
        raise LookupError(f"{place} has no entry for {', '.join(missing)}: add it there.")
    return entries
