"""Filters that point at records: which ones they are, and what stands for merged ids in them."""

from itertools import chain
from typing import Any

from models.database.connections import Connection
from models.store import merges
from schemas.cql2.parameters import Cql2
from schemas.cql2.scoping import ids_in, replaced
from schemas.fields.ids import ClaimedValue, Reference
from schemas.fields.parameters import CommaSeparated
from schemas.lists import Query


def pointing(query: type[Query]) -> list[str]:
    """Name the parameters whose values are ids of records, or may be."""
    return [
        name
        for name, field in query().fields.items()
        if isinstance(field, Cql2)
        or (
            isinstance(field, CommaSeparated) and isinstance(field.inner, (Reference, ClaimedValue))
        )
    ]


def ids_of(value: Any) -> list[str]:
    """List the ids that a parameter names: one by one, or anywhere in a filter."""
    return value if isinstance(value, list) else [*ids_in(value)]


def survivors_of(connection: Connection, asked: dict[str, Any]) -> dict[str, Any]:
    """Replace ids of merged records by those of their survivors; nothing where none is merged."""
    named = [*chain(*map(ids_of, asked.values()))]
    known = merges.survivors(connection, named) if named else {}
    return {
        name: [*dict.fromkeys(known.get(record_id, record_id) for record_id in value)]
        if isinstance(value, list)
        else replaced(value, known)
        for name, value in asked.items()
        if known
    }
