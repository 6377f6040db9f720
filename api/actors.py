"""/actors."""

from functools import partial

from api.blueprint import resource
from api.matching import add_matching
from models.actors import ACTORS
from models.matching import match
from schemas.actors import ActorQuery, ActorSchema
from schemas.matching import ActorMatchSchema

blueprint = resource(ACTORS, ActorSchema, ActorQuery)
add_matching(blueprint, ActorMatchSchema, partial(match, table=ACTORS))
