"""/locations."""

from api.blueprint import resource
from models.locations import LOCATIONS
from schemas.locations import LocationQuery, LocationSchema

blueprint = resource(LOCATIONS, LocationSchema, LocationQuery)
