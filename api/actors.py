"""/actors."""

from functools import partial

from api.resource.matching import add_matching
from api.resource.routes import resource
from models.actors import ACTORS
from models.matching.candidates import match
from schemas.actors import ActorQuery, ActorSchema
from schemas.matching import ActorMatchSchema

blueprint = resource(ACTORS, ActorSchema, ActorQuery)
add_matching(blueprint, ActorMatchSchema, partial(match, table=ACTORS))
