"""/locations."""

from api.resource import resource
from models.locations import LOCATIONS
from schemas.locations import LocationQuery, LocationSchema

blueprint = resource(LOCATIONS, LocationSchema, LocationQuery)
