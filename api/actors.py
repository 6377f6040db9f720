"""/actors, and the questions that only actors can answer."""

from functools import partial
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.answers import following, linked, standing
from api.http.context import database
from api.http.operation import FOUND, Answer, Operation, Variant, operation
from api.resource.matching import add_matching
from api.resource.networks import add_network
from api.resource.routes import resource
from api.resource.timelines import add_timeline
from models.actors import ACTORS
from models.derived import actor_dependents
from models.matching.candidates import match
from schemas.actors import ActorQuery, ActorSchema
from schemas.documents import DependentQuery, DependentSchema
from schemas.fields.ids import UUID as UUID_FORM
from schemas.matching import ActorMatchSchema

blueprint = resource(ACTORS, ActorSchema, ActorQuery)
add_matching(blueprint, ActorMatchSchema, partial(match, table=ACTORS))
add_network(blueprint)
add_timeline(blueprint)


@blueprint.get("/<uuid:record_id>/dependents")
@operation(
    Operation(
        "actors.dependents",
        {200: Answer("A page of the list.", Variant(DependentSchema, "List"), ("Link",))},
        FOUND,
        query=DependentQuery,
    )
)
def dependents(record_id: UUID, query: dict[str, Any]) -> Response:
    """List what is known through this actor alone: its statements, and events nobody else tells of.

    Ask how much rests on one source. These are statements that it made, that were made on its
    behalf, or that it passed on or published; and events of which all claims, mentions and
    narrations are among these or in its documents.
    """
    connection, limit = database(), query["limit"]
    actor = standing(ACTORS.get(connection, str(record_id)), ACTORS)
    after = following(query, rf"({'|'.join(actor_dependents.ORDER)}) {UUID_FORM.pattern}")
    found = actor_dependents.search(connection, actor.id, limit=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    items = [orjson.dumps(one).decode() for one in found[:limit]]
    return linked(items, query["sort"], last and (last["resource"], last["id"]))
