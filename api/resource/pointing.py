"""Filters that point at records: which ones they are, and what stands for merged ids in them."""

from itertools import chain

from models.database.connections import Connection
from models.store import merges
from schemas.fields.ids import ClaimedValue, Reference
from schemas.fields.parameters import CommaSeparated
from schemas.lists import Query


def pointing(query: type[Query]) -> list[str]:
    """Name the parameters whose values are ids of records, or may be."""
    return [
        name
        for name, field in query().fields.items()
        if isinstance(field, CommaSeparated) and isinstance(field.inner, (Reference, ClaimedValue))
    ]


def survivors_of(connection: Connection, asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Replace ids of merged records by those of their survivors; nothing where none is merged."""
    known = merges.survivors(connection, [*chain(*asked.values())])
    return {
        name: [*dict.fromkeys(known.get(record_id, record_id) for record_id in ids)]
        for name, ids in asked.items()
        if known
    }
