"""/actors."""

from functools import partial

from api.resource.matching import add_matching
from api.resource.networks import add_network
from api.resource.routes import resource
from api.resource.timelines import add_timeline
from models.actors import ACTORS
from models.matching.candidates import match
from schemas.actors import ActorQuery, ActorSchema
from schemas.matching import ActorMatchSchema

blueprint = resource(ACTORS, ActorSchema, ActorQuery)
add_matching(blueprint, ActorMatchSchema, partial(match, table=ACTORS))
add_network(blueprint)
add_timeline(blueprint)
