"""Dependents: records known through one record alone, of actors and of documents."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.answers import existing, following, linked
from api.http.context import database
from api.http.operation import FOUND, Answer, Variant, View
from api.resource.routing import Route
from models.table import Table
from schemas.documents import DependentQuery, DependentSchema
from schemas.fields.ids import UUID as UUID_FORM

Search = Callable[..., list[dict[str, Any]]]
"""Finds dependents: takes a connection, an id, `limit` and what the page comes `after`."""


def page_of(
    table: Table,
    search: Search,
    resources: Sequence[str],
    record_id: UUID,
    query: dict[str, Any],
) -> Response:
    """Answer with a page of what depends on a record: records of `resources`, in their order."""
    connection, limit = database(), query["limit"]
    record = existing(table.get(connection, str(record_id)), table)
    after = following(query, rf"({'|'.join(resources)}) {UUID_FORM.pattern}")
    found = search(connection, record.id, limit=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    items = [orjson.dumps(one).decode() for one in found[:limit]]
    return linked(items, query["sort"], last and (last["resource"], last["id"]))


def dependents_route(view: View) -> Route:
    """Give the route of a view that answers so."""
    return Route(
        rule="/<uuid:record_id>/dependents",
        view=view,
        query=DependentQuery,
        answers={200: Answer("A page of the list.", Variant(DependentSchema, "List"), ("Link",))},
        refusals=FOUND,
    )
