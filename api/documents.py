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
    """List what rests on this document alone: statements, and events that nothing else reports.

    Ask before the document is retracted or corrected: this is what would lose its ground.
    """
    return page_of(DOCUMENTS, search, ORDER, record_id, query)


blueprint = resource(DOCUMENTS, DocumentSchema, DocumentQuery)
add_routes(blueprint, dependents_route(dependents))
