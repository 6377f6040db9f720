"""/R.csv, /R.ndjson and their like: all that filters match, as files."""

from api.http.operation import Section
from api.resource.exports import add_exports
from api.resource.features import add_features
from api.resource.typed import add_typed_exports
from models.events import EVENTS
from models.locations import LOCATIONS
from models.statements import STATEMENTS
from models.tables import TABLES
from schemas.resources import RESOURCES

blueprint = Section("exports", "All that filters match, as a file, without a cap.", "/v1")

for each in TABLES.values():
    add_exports(blueprint, each, *RESOURCES[each.name])
for each in (LOCATIONS, EVENTS):
    add_features(blueprint, each, *RESOURCES[each.name])
for each in (EVENTS, STATEMENTS):
    add_typed_exports(blueprint, each, *RESOURCES[each.name])
