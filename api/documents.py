"""/documents, and the question what rests on one of them."""

from typing import Any
from uuid import UUID

from flask import Response

from api.resource.dependents import dependents_route, page_of
from api.resource.routes import resource
from api.resource.routing import add_routes
from models.derived.dependents import ORDER, search
from models.documents import DOCUMENTS
from schemas.documents import DocumentQuery, DocumentSchema


def dependents(record_id: UUID, query: dict[str, Any]) -> Response:
    """List statements and events that depend on this document alone.

    Use it before a document is retracted or corrected: these records have no other source.
    """
    return page_of(DOCUMENTS, search, ORDER, record_id, query)


blueprint = resource(DOCUMENTS, DocumentSchema, DocumentQuery)
add_routes(blueprint, dependents_route(dependents))
