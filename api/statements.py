"""/statements."""

from api.resource.counts import add_summary_table
from api.resource.routes import resource
from api.resource.summaries import add_summary
from models.statements import STATEMENTS
from schemas.statements import StatementQuery, StatementSchema
from schemas.summaries import StatementSummaryQuery, StatementSummaryTableQuery
from schemas.sums import StatementRowSchema, StatementSummarySchema

blueprint = resource(STATEMENTS, StatementSchema, StatementQuery)
add_summary(blueprint, STATEMENTS, StatementSummaryQuery, StatementSummarySchema)
add_summary_table(blueprint, STATEMENTS, StatementSummaryTableQuery, StatementRowSchema)
