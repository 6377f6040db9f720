"""/R.csv, /R.ndjson and their like: all that filters match, as files."""

from api.http.operation import Section
from api.resource.exports import add_exports
from api.resource.features import add_features
from api.resource.typed import add_typed_exports
from models.actors import ACTORS
from models.datasets import DATASETS
from models.documents import DOCUMENTS
from models.events import EVENTS
from models.locations import LOCATIONS
from models.statements import STATEMENTS
from schemas.actors import ActorQuery, ActorSchema
from schemas.datasets import DatasetQuery, DatasetSchema
from schemas.documents import DocumentQuery, DocumentSchema
from schemas.events import EventQuery, EventSchema
from schemas.locations import LocationQuery, LocationSchema
from schemas.statements import StatementQuery, StatementSchema

blueprint = Section("exports", "All that filters match, as a file, without a cap.", "/v1")

add_exports(blueprint, DATASETS, DatasetSchema, DatasetQuery)
add_exports(blueprint, DOCUMENTS, DocumentSchema, DocumentQuery)
add_exports(blueprint, ACTORS, ActorSchema, ActorQuery)
add_exports(blueprint, LOCATIONS, LocationSchema, LocationQuery)
add_exports(blueprint, EVENTS, EventSchema, EventQuery)
add_exports(blueprint, STATEMENTS, StatementSchema, StatementQuery)

add_features(blueprint, LOCATIONS, LocationSchema, LocationQuery)
add_features(blueprint, EVENTS, EventSchema, EventQuery)
add_typed_exports(blueprint, EVENTS, EventSchema, EventQuery)
add_typed_exports(blueprint, STATEMENTS, StatementSchema, StatementQuery)
