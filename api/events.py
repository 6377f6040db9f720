"""/events, and the questions that only events can answer."""

from uuid import UUID

import orjson
from flask import Response

from api.http.answers import existing
from api.http.context import database
from api.http.operation import FOUND, Answer, Operation, operation
from api.http.request import JSON
from api.resource.counts import DYADS_TABLE, add_summary_table
from api.resource.matching import add_matching
from api.resource.networks import DYADS
from api.resource.plover import PLOVER
from api.resource.routes import resource
from api.resource.routing import add_routes
from api.resource.summaries import add_summary
from models.derived.explanation import explain
from models.events import EVENTS
from models.matching.events import match_events
from schemas.attestation import ExplanationSchema
from schemas.events import EventQuery, EventSchema
from schemas.lists import Read
from schemas.matching import EventMatchSchema
from schemas.summaries import EventSummaryQuery, EventSummaryTableQuery
from schemas.sums import EventRowSchema, EventSummarySchema

blueprint = resource(EVENTS, EventSchema, EventQuery)
add_matching(blueprint, EventMatchSchema, match_events)
add_summary(blueprint, EVENTS, EventSummaryQuery, EventSummarySchema)
add_summary_table(blueprint, EVENTS, EventSummaryTableQuery, EventRowSchema)
add_routes(blueprint, *DYADS, PLOVER, DYADS_TABLE)


@blueprint.get("/<uuid:record_id>/attestation")
@operation(
    Operation(
        "events.attestation",
        {200: Answer("The attestation, and its evidence.", ExplanationSchema)},
        FOUND,
        query=Read,
    )
)
def attestation(record_id: UUID) -> Response:
    """Explain an event's attestation: the statements and mentions behind each number.

    Use it to see why an event has its status. Claims on each aspect are shown side by side, and the
    rule says how the status was derived.
    """
    connection = database()
    found = explain(connection, existing(EVENTS.get(connection, str(record_id)), EVENTS))
    return Response(orjson.dumps(found), mimetype=JSON)
