"""/locations."""

from functools import partial

from api.resource.matching import add_matching
from api.resource.routes import resource
from models.locations import LOCATIONS
from models.matching.candidates import match
from schemas.locations import LocationQuery, LocationSchema
from schemas.matching import LocationMatchSchema

blueprint = resource(LOCATIONS, LocationSchema, LocationQuery)
add_matching(blueprint, LocationMatchSchema, partial(match, table=LOCATIONS))
