"""Flask with psycopg, a marshmallow schema to dump, and jsonify: the usual synchronous way."""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, jsonify, request
from marshmallow import RAISE, Schema, fields, validate
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool
from uuid_utils.compat import uuid7

from bench.peers import queries
from schemas.vocabularies import own, plover

THREADS = 4
"""Threads of each worker, and its connections."""


class Strict(Schema):
    """A part of an event, with nothing unknown in it."""

    class Meta:
        """Unknown members are faults."""

        unknown = RAISE


class RangeSchema(Strict):
    """A number within bounds."""

    low = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(min=0))
    best = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(min=0))
    high = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(min=0))


class SizeSchema(RangeSchema):
    """How many took part."""

    text = fields.String(allow_none=True, load_default=None)


class CodeSchema(Strict):
    """What another ontology calls the event."""

    scheme = fields.String()
    code = fields.String()
    label = fields.String()


class PlaceSchema(Strict):
    """Another place."""

    location_id = fields.String()
    role = fields.String()


class ParticipantSchema(Strict):
    """Who took part, as what."""

    actor_id = fields.String(allow_none=True, load_default=None)
    label = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=2000))
    role = fields.String(required=True, validate=validate.OneOf(own.PARTICIPANT_ROLES))
    side = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=64))
    size = fields.Nested(SizeSchema, allow_none=True, load_default=None)
    certainty = fields.String(
        allow_none=True, load_default=None, validate=validate.Length(max=2000)
    )
    note = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=2000))


class NewParticipantSchema(ParticipantSchema):
    """A participant as it is received."""

    actor_id = fields.UUID(allow_none=True, load_default=None)


class RelationSchema(Strict):
    """What it is to another event."""

    event_id = fields.String()
    relation = fields.String()


class MentionSchema(Strict):
    """A document that reports it."""

    document_id = fields.String()
    quote = fields.String()
    start = fields.Integer()
    end = fields.Integer()
    hedge = fields.String()


class VerificationSchema(Strict):
    """A curator's judgement."""

    level = fields.String()
    note = fields.String()
    document_id = fields.String()


class AttestationSchema(Strict):
    """How well it is attested."""

    status = fields.String()
    asserted_by = fields.Integer()
    denied_by = fields.Integer()
    questioned_by = fields.Integer()
    origins = fields.Integer()
    documents = fields.Integer()
    rule = fields.String()


class CasualtySchema(Strict):
    """Who was harmed otherwise than killed."""

    kind = fields.String()
    low = fields.Integer()
    best = fields.Integer()
    high = fields.Integer()


class RetractionSchema(Strict):
    """Why it no longer stands."""

    reason = fields.String()
    retracted_at = fields.String()
    superseded_by = fields.String()


class EventSchema(Schema):
    """An event as it is sent."""

    id = fields.String()
    dataset = fields.String()
    title = fields.String()
    description = fields.String()
    type = fields.String()
    mode = fields.String()
    contexts = fields.List(fields.String())
    codes = fields.List(fields.Nested(CodeSchema))
    modality = fields.String()
    date = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    date_precision = fields.String()
    date_text = fields.String()
    date_anchor = fields.String()
    location_id = fields.String()
    location_precision = fields.String()
    location_text = fields.String()
    other_locations = fields.List(fields.Nested(PlaceSchema))
    participants = fields.List(fields.Nested(ParticipantSchema))
    fatalities = fields.Nested(RangeSchema)
    casualties = fields.List(fields.Nested(CasualtySchema))
    part_of_id = fields.String()
    related = fields.List(fields.Nested(RelationSchema))
    mentions = fields.List(fields.Nested(MentionSchema))
    verification = fields.Nested(VerificationSchema)
    external_ids = fields.Dict(keys=fields.String(), values=fields.String())
    tags = fields.List(fields.String())
    attributes = fields.Dict()
    created_at = fields.DateTime(format="iso")
    updated_at = fields.DateTime(format="iso")
    version = fields.Integer()
    retraction = fields.Nested(RetractionSchema)
    attestation = fields.Nested(AttestationSchema)
    assessments = fields.Dict()


class NewEventSchema(Strict):
    """An event as it is received: the members that the measurement sends."""

    dataset = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9][a-z0-9-]{0,63}\Z"))
    title = fields.String(
        allow_none=True, load_default=None, validate=validate.Length(min=1, max=2000)
    )
    description = fields.String(
        allow_none=True, load_default=None, validate=validate.Length(min=1, max=20_000)
    )
    type = fields.String(required=True, validate=validate.OneOf(plover.EVENT_TYPES))
    mode = fields.String(allow_none=True, load_default=None)
    modality = fields.String(load_default="actual", validate=validate.OneOf(own.MODALITIES))
    date = fields.Date(required=True)
    location_id = fields.UUID(allow_none=True, load_default=None)
    location_precision = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.OneOf(own.LOCATION_PRECISIONS),
    )
    participants = fields.List(
        fields.Nested(NewParticipantSchema), allow_none=True, load_default=None
    )
    fatalities = fields.Nested(RangeSchema, allow_none=True, load_default=None)
    external_ids = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    tags = fields.List(fields.String(), load_default=list)
    attributes = fields.Dict(load_default=dict)


ONE, MANY, NEW = EventSchema(), EventSchema(many=True), NewEventSchema()
JSON = frozenset({"fatalities", "external_ids", "attributes", "attestation"})
"""The columns of a new event that are JSON."""


def mark(_number: int) -> str:
    """Write a placeholder."""
    return "%s"


READING, INSERTING, JOINING = queries.reading(mark), queries.inserting(mark), queries.joining(mark)

app = Flask(__name__)
app.json.sort_keys = False
app.json.ensure_ascii = False
pool = ConnectionPool(
    os.environ["BENCH_URL"],
    min_size=THREADS,
    max_size=THREADS,
    open=True,  # gunicorn imports this in each worker, after the fork
    kwargs={
        "autocommit": True,
        "prepare_threshold": 0,
        "row_factory": dict_row,
        "options": "-c timezone=UTC",
    },
)


@app.get("/events/<uuid:event_id>")
def read(event_id: UUID) -> Response:
    """Read an event."""
    with pool.connection() as connection:
        row = connection.execute(READING, [event_id]).fetchone()
    if row is None:
        abort(404)
    return jsonify(ONE.dump(row))


@app.get("/events")
def search() -> Response:
    """List events, newest first."""
    limit = request.args.get("limit", queries.PAGE, int)
    cursor = request.args.get("cursor")
    asked = {
        **request.args,
        "limit": limit,
        "cursor": queries.decode(cursor) if cursor else None,
    }
    statement, values = queries.listing(mark, asked)
    with pool.connection() as connection:
        rows = connection.execute(statement, values).fetchall()
    items = rows[:limit]
    further = len(rows) > limit
    last = queries.encode(items[-1]["starts_on"], items[-1]["id"]) if further else None
    return jsonify(items=MANY.dump(items), next_cursor=last)


@app.post("/events")
def create() -> tuple[Response, int]:
    """Store an event and its participants."""
    sent: dict[str, Any] = NEW.load(request.get_json())
    event_id, now = uuid7(), datetime.now(UTC)
    event = {
        **sent,
        "id": event_id,
        "date": sent["date"].isoformat(),
        "starts_on": sent["date"],
        "ends_on": sent["date"],
        "date_precision": "day",
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "attestation": queries.UNATTESTED,
        "assessments": queries.UNASSESSED,
        "status": queries.UNATTESTED["status"],
        "sorts_on": sent["date"],
        "participants_known": sent["participants"] is not None,
    }
    values = [jsonb(event[name]) if name in JSON else event[name] for name in queries.WRITTEN]
    rows = [
        (
            event_id,
            position,
            *(jsonb(one[name]) if name == "size" else one[name] for name in queries.PARTICIPANT),
            sent["date"],
        )
        for position, one in enumerate(sent["participants"] or ())
    ]
    with pool.connection() as connection, connection.transaction():
        connection.execute(INSERTING, [*values, sent["location_id"]])
        connection.cursor().executemany(JOINING, rows)
    blank = dict.fromkeys(EventSchema().fields)
    return jsonify(ONE.dump({**blank, **event})), 201


def jsonb(value: Any) -> Jsonb | None:
    """Write a value as jsonb; nothing stays nothing."""
    return None if value is None else Jsonb(value)
