"""/statements."""

from api.resource.routes import resource
from api.resource.summaries import add_summary
from models.statements import STATEMENTS
from schemas.statements import StatementQuery, StatementSchema
from schemas.summaries import StatementSummaryQuery
from schemas.sums import StatementSummarySchema

blueprint = resource(STATEMENTS, StatementSchema, StatementQuery)
add_summary(blueprint, STATEMENTS, StatementSummaryQuery, StatementSummarySchema)
