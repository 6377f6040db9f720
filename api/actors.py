"""/actors."""

from api.blueprint import resource
from models.actors import ACTORS
from schemas.actors import ActorQuery, ActorSchema

blueprint = resource(ACTORS, ActorSchema, ActorQuery)
