"""/actors, and the questions that only actors can answer."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response

from api.resource.dependents import dependents_route, page_of
from api.resource.matching import add_matching
from api.resource.networks import NETWORK
from api.resource.routes import resource
from api.resource.routing import add_routes
from api.resource.timelines import TIMELINE
from models.actors import ACTORS
from models.derived.actor_dependents import ORDER, search
from models.matching.candidates import match
from schemas.actors import ActorQuery, ActorSchema
from schemas.matching import ActorMatchSchema


def dependents(record_id: UUID, query: dict[str, Any]) -> Response:
    """List statements and events that depend on this actor alone.

    Use it to see how much depends on one source: statements that it made, that were made on its
    behalf, or that it passed on or published; and events whose claims, mentions and narrations are
    all among these or in its documents.
    """
    return page_of(ACTORS, search, ORDER, record_id, query)


blueprint = resource(ACTORS, ActorSchema, ActorQuery)
add_matching(blueprint, ActorMatchSchema, partial(match, table=ACTORS))
add_routes(blueprint, *NETWORK, TIMELINE, dependents_route(dependents))
