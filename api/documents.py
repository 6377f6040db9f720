"""/documents, and the question what rests on one of them."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.answers import following, linked, standing
from api.http.context import database
from api.http.operation import FOUND, Answer, Operation, Variant, operation
from api.resource.routes import resource
from models.derived import dependents as resting
from models.documents import DOCUMENTS
from schemas.documents import DependentQuery, DependentSchema, DocumentQuery, DocumentSchema
from schemas.fields.ids import UUID as UUID_FORM

blueprint = resource(DOCUMENTS, DocumentSchema, DocumentQuery)


@blueprint.get("/<uuid:record_id>/dependents")
@operation(
    Operation(
        "documents.dependents",
        {200: Answer("A page of the list.", Variant(DependentSchema, "List"), ("Link",))},
        FOUND,
        query=DependentQuery,
    )
)
def dependents(record_id: UUID, query: dict[str, Any]) -> Response:
    """List what rests on this document alone: statements, and events that nothing else reports.

    Ask before the document is retracted or corrected: this is what would lose its ground.
    """
    connection, limit = database(), query["limit"]
    document = standing(DOCUMENTS.get(connection, str(record_id)), DOCUMENTS)
    after = following(query, rf"({'|'.join(resting.ORDER)}) {UUID_FORM.pattern}")
    found = resting.search(connection, document.id, limit=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    items = [orjson.dumps(one).decode() for one in found[:limit]]
    return linked(items, query["sort"], last and (last["resource"], last["id"]))
