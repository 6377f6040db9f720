"""How records are found: by name, by words or by filters, with survivors for merged records."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from models.database.connections import Connection
from models.lists.ranked import search_by_text
from models.lists.search import Page, search
from models.names.search import child_of, scored, search_by_name
from models.store import merges
from models.table import Table
from schemas.cql2.parameters import Cql2
from schemas.cql2.scoping import ids_in, replaced
from schemas.fields.ids import ClaimedValue, Reference
from schemas.fields.parameters import CommaSeparated
from schemas.lists import Query


class Finding:
    """How a query finds records of one resource."""

    def __init__(self, table: Table, query: type[Query]) -> None:
        """Find records of `table` by the parameters of `query`."""
        self.table = table
        self.references = references(query)

    def page(self, connection: Connection, query: dict[str, Any]) -> Page:
        """Find a page of a list.

        One more statement replaces ids of merged records: before the page is read if several ids
        are asked for, and otherwise only if nothing is found, for nothing refers to merged records.
        """
        find = search_by_name if "name" in query else search_by_text if "q" in query else search
        asked = self.ids_asked(query)
        if any(len(ids_of(value)) > 1 for value in asked.values()):
            query = query | survivors_of(connection, asked)
            asked = {}
        page = find(connection, self.table, **query)
        if asked and not page.texts and (instead := survivors_of(connection, asked)):
            page = find(connection, self.table, **query | instead)
        return page

    def filters(self, connection: Connection, query: Mapping[str, Any]) -> dict[str, Any]:
        """Give the filters that find all records that match, as `matching` takes them."""
        found = {**query, **survivors_of(connection, self.ids_asked(query))}
        if "name" in found and child_of(self.table):
            found["name"] = [*scored(connection, self.table, found)]
        return found

    def ids_asked(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Take from a query the parameters whose values are ids of records."""
        return {name: query[name] for name in self.references if name in query}


def references(query: type[Query]) -> list[str]:
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


def survivors_of(connection: Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
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
