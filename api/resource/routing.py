"""Routes: how views that are made for a resource are put at their paths, and described."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint

from api.http.operation import Answer, Body, Operation, View, operation
from models.table import Table
from schemas.lists import Query


@dataclass(frozen=True, kw_only=True)
class Route:
    """An operation: its path in the section, the view that answers it, and its description.

    Unless it says otherwise, its `id` is the section's name and the view's, and its `summary` the
    first line of the view's docstring.
    """

    rule: str
    view: View
    answers: Mapping[int, Answer]
    refusals: tuple[int, ...]
    method: str = "GET"
    scope: str = "read"
    query: type[Query] = Query
    body: Body | None = None
    headers: tuple[str, ...] = ()
    streams: bool = False
    id: str = ""
    summary: str = ""


def add_routes(section: Blueprint, *routes: Route) -> None:
    """Add routes to a section."""
    for route in routes:
        described = Operation(
            id=route.id or f"{section.name}.{route.view.__name__}",
            answers=route.answers,
            refusals=route.refusals,
            scope=route.scope,
            query=route.query,
            body=route.body,
            headers=route.headers,
            streams=route.streams,
            summary=route.summary,
        )
        endpoint = described.id.replace(".", "_")
        view = operation(described)(route.view)
        section.add_url_rule(route.rule, endpoint, view, methods=[route.method])


def place_of(table: Table) -> str:
    """Write where a record is: the id of a dataset is any text, others are UUIDs."""
    return "/<uuid:record_id>" if table.id_type == "uuid" else "/<record_id>"


def one_of(resource: str) -> str:
    """Speak of one record of a resource: an actor, a document."""
    singular = resource.removesuffix("s")
    return f"{'an' if singular[0] in 'aeiou' else 'a'} {singular}"
