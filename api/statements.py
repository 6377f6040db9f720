"""/statements."""

from api.resource.routes import resource
from models.statements import STATEMENTS
from schemas.statements import StatementQuery, StatementSchema

blueprint = resource(STATEMENTS, StatementSchema, StatementQuery)
