"""FastAPI with asyncpg, and a pydantic response model: the usual asynchronous way."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Query
from psycopg.conninfo import conninfo_to_dict
from pydantic import BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7

from bench.peers import queries
from schemas.vocabularies import own, plover

POOL = 4
"""Connections of each worker, as many as the others have; asyncpg's own 10 were no faster."""


class Strict(BaseModel):
    """A part of an event, with nothing unknown in it."""

    model_config = ConfigDict(extra="forbid")


class Range(Strict):
    """A number within bounds."""

    low: int | None = Field(None, ge=0)
    best: int | None = Field(None, ge=0)
    high: int | None = Field(None, ge=0)


class Size(Range):
    """How many took part."""

    text: str | None = None


class Code(Strict):
    """What another ontology calls the event."""

    scheme: str
    code: str
    label: str | None = None


class Place(Strict):
    """Another place."""

    location_id: str
    role: str | None = None


class Participant(Strict):
    """Who took part, as what."""

    actor_id: str | None = None
    label: str | None = Field(None, max_length=2000)
    role: str
    side: str | None = Field(None, max_length=64)
    size: Size | None = None
    certainty: str | None = Field(None, max_length=2000)
    note: str | None = Field(None, max_length=2000)


class Relation(Strict):
    """What it is to another event."""

    event_id: str
    relation: str


class Mention(Strict):
    """A document that reports it."""

    document_id: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    hedge: str | None = None


class Verification(Strict):
    """A curator's judgement."""

    level: str
    note: str | None = None
    document_id: str | None = None


class Attestation(Strict):
    """How well it is attested."""

    status: str
    asserted_by: int
    denied_by: int
    questioned_by: int
    origins: int
    documents: int
    rule: str


class Casualty(Strict):
    """Who was harmed otherwise than killed."""

    kind: str
    low: int | None = None
    best: int | None = None
    high: int | None = None


class Retraction(Strict):
    """Why it no longer stands."""

    reason: str
    retracted_at: str | None = None
    superseded_by: str | None = None


class Event(BaseModel):
    """An event as it is sent."""

    id: str
    dataset: str
    title: str | None
    description: str | None
    type: str
    mode: str | None
    contexts: list[str] | None
    codes: list[Code] | None
    modality: str
    date: str | None
    starts_on: date | None
    ends_on: date | None
    date_precision: str | None
    date_text: str | None
    date_anchor: str | None
    location_id: str | None
    location_precision: str | None
    location_text: str | None
    other_locations: list[Place] | None
    participants: list[Participant] | None
    fatalities: Range | None
    casualties: list[Casualty] | None
    part_of_id: str | None
    related: list[Relation] | None
    mentions: list[Mention] | None
    verification: Verification | None
    external_ids: dict[str, str]
    tags: list[str]
    attributes: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    version: int
    retraction: Retraction | None
    attestation: Attestation
    assessments: dict[str, int]


class Page(BaseModel):
    """A page of a list."""

    items: list[Event]
    next_cursor: str | None


class NewParticipant(Participant):
    """A participant as it is received."""

    actor_id: UUID | None = None
    role: Literal[*own.PARTICIPANT_ROLES]


class NewEvent(Strict):
    """An event as it is received: the members that the measurement sends."""

    dataset: str = Field(max_length=64, pattern="^[a-z0-9][a-z0-9-]*$")
    title: str | None = Field(None, min_length=1, max_length=2000)
    description: str | None = Field(None, min_length=1, max_length=20_000)
    type: Literal[*plover.EVENT_TYPES]
    mode: str | None = None
    modality: Literal[*own.MODALITIES] = "actual"
    date: date
    location_id: UUID | None = None
    location_precision: Literal[*own.LOCATION_PRECISIONS] | None = None
    participants: list[NewParticipant] | None = None
    fatalities: Range | None = None
    external_ids: dict[str, str] = {}
    tags: list[str] = []
    attributes: dict[str, Any] = {}


def mark(number: int) -> str:
    """Write a placeholder."""
    return f"${number}"


READING, INSERTING, JOINING = queries.reading(mark), queries.inserting(mark), queries.joining(mark)


async def prepare(connection: asyncpg.Connection) -> None:
    """Let JSON be read and written by orjson."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            encoder=lambda value: orjson.dumps(value).decode(),
            decoder=orjson.loads,
            schema="pg_catalog",
        )


async def keep(_connection: asyncpg.Connection) -> None:
    """Give a connection back as it is: no request changes its session, so nothing is to reset."""


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Hold the pool as long as the worker lives."""
    given = conninfo_to_dict(os.environ["BENCH_URL"])
    known = {"host": "host", "port": "port", "user": "user", "dbname": "database"}
    async with asyncpg.create_pool(
        **{name: given[key] for key, name in known.items() if given.get(key)},
        password=given.get("password"),
        min_size=POOL,
        max_size=POOL,
        init=prepare,
        reset=keep,
        server_settings={"timezone": "UTC"},
    ) as pool:
        application.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/hello")
async def hello() -> dict[str, str]:
    """Answer nothing but a greeting."""
    return {"hello": "world"}


@app.get("/events/{event_id}", response_model=Event)
async def read(event_id: UUID) -> Any:
    """Read an event."""
    row = await app.state.pool.fetchrow(READING, event_id)
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.get("/events", response_model=Page)
async def search(  # noqa: PLR0913, PLR0917 - what a list can be asked
    country: str | None = None,
    type: str | None = None,  # noqa: A002 - the parameter's name
    status: str | None = None,
    actor: UUID | None = None,
    location: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = queries.PAGE,
) -> Any:
    """List events, newest first."""
    asked = {
        "country": country,
        "type": type,
        "status": status,
        "actor": actor,
        "location": location,
        "limit": limit,
        "cursor": queries.decode(cursor) if cursor else None,
    }
    rows = await app.state.pool.fetch(*flat(queries.listing(mark, asked)))
    items = [dict(row) for row in rows[:limit]]
    further = len(rows) > limit
    last = queries.encode(items[-1]["starts_on"], items[-1]["id"]) if further else None
    return {"items": items, "next_cursor": last}


def flat(statement: tuple[str, list[Any]]) -> list[Any]:
    """Give a statement and its values one behind the other."""
    return [statement[0], *statement[1]]


@app.post("/events", status_code=201, response_model=Event)
async def create(sent: NewEvent) -> Any:
    """Store an event and its participants."""
    event_id, now = uuid7(), datetime.now(UTC)
    event = {
        **sent.model_dump(),
        "id": event_id,
        "date": sent.date.isoformat(),
        "starts_on": sent.date,
        "ends_on": sent.date,
        "date_precision": "day",
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "attestation": queries.UNATTESTED,
        "assessments": queries.UNASSESSED,
        "status": queries.UNATTESTED["status"],
        "sorts_on": sent.date,
        "participants_known": sent.participants is not None,
    }
    rows = [
        (event_id, position, *(one[name] for name in queries.PARTICIPANT), sent.date)
        for position, one in enumerate(event["participants"] or ())
    ]
    values = [event[name] for name in queries.WRITTEN]
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(INSERTING, *values, sent.location_id)
        await connection.executemany(JOINING, rows)
    for one in event["participants"] or ():
        one["actor_id"] = one["actor_id"] and str(one["actor_id"])
    blank = dict.fromkeys(Event.model_fields)
    location_id = sent.location_id and str(sent.location_id)
    return {**blank, **event, "id": str(event_id), "location_id": location_id}
