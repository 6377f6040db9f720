"""GET /v1/events/{id}.plover.json: an event as other programs for event data read it."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http import conditional
from api.http.answers import dress, existing
from api.http.context import database
from api.http.operation import FOUND, Answer
from api.http.request import JSON
from api.resource.routing import Route
from models.database.connections import Connection
from models.derived.containment import around
from models.derived.reports import reporting
from models.documents import DOCUMENTS
from models.events import EVENTS
from schemas.documents import DocumentSchema
from schemas.events import EventSchema
from schemas.layouts.plover.fields import PloverSchema
from schemas.layouts.plover.record import Context, plover
from schemas.lists import Read

NAMED = ["participants.actor", "location"]
"""Records that are embedded in an event for their names and codes."""


def plover_json(record_id: UUID, query: dict[str, Any] | None = None) -> Response:
    """Read an event as PLOVER JSON.

    The fields are those of the PLOVER manual, and a few more that are marked as such. Fields that
    records never have, such as religion or age, are omitted; unknown values are null. `attestation`
    says how well the event is attested: PLOVER has no field for doubt.
    """
    del query
    connection = database()
    stored = existing(EVENTS.get(connection, str(record_id)), EVENTS)
    conditional.may_read(stored)
    [text] = dress(connection, EventSchema(), [stored.text], None, NAMED)
    event = orjson.loads(text)
    written = orjson.dumps(plover(event, context_of(connection, event))).decode()
    tag = conditional.tag(stored, written)
    answer = Response(written, 200, {"ETag": f'"{tag}"'}, mimetype=JSON)
    return conditional.unchanged(tag) or answer


PLOVER = Route(
    id="events.plover",
    rule="/<uuid:record_id>.plover.json",
    view=plover_json,
    query=Read,
    headers=("If-Match", "If-None-Match"),
    answers={
        200: Answer("The event as PLOVER JSON.", PloverSchema, ("ETag",)),
        304: Answer("Nothing of it has changed.", None, ("ETag",)),
    },
    refusals=(*FOUND, 412),
)
"""The route of events that gives each in PLOVER JSON."""


def context_of(connection: Connection, event: dict[str, Any]) -> Context:
    """Read what else tells of an event; what is retracted, or stands in what is, does not."""
    place = event["location_id"]
    statements = reporting(connection, event["id"])
    within = [each["document_id"] for each in (*(event["mentions"] or ()), *statements)]
    ids = [*dict.fromkeys(one for one in within if one is not None)]
    texts = DOCUMENTS.fetch(connection, ids) if ids else {}
    dressed = dress(connection, DocumentSchema(), [texts[one] for one in ids], None, ["publisher"])
    documents = [
        document for text in dressed if (document := orjson.loads(text))["retraction"] is None
    ]
    reporting_ids = {None, *(document["id"] for document in documents)}
    return Context(
        around=[orjson.loads(text) for text in around(connection, place)] if place else [],
        statements=[each for each in statements if each["document_id"] in reporting_ids],
        documents=documents,
    )
