"""The SQL that FastAPI and Flask share, each with the placeholders of its own driver."""

# ruff: noqa: S608 - SQL is put together here, from literals of ours alone

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

COLUMNS = (
    "id",
    "dataset",
    "title",
    "description",
    "type",
    "mode",
    "contexts",
    "codes",
    "modality",
    "date",
    "starts_on",
    "ends_on",
    "date_precision",
    "date_text",
    "date_anchor",
    "location_id",
    "location_precision",
    "location_text",
    "other_locations",
    "fatalities",
    "casualties",
    "part_of_id",
    "related",
    "mentions",
    "verification",
    "attestation",
    "assessments",
    "external_ids",
    "tags",
    "attributes",
    "created_at",
    "updated_at",
    "version",
    "retraction",
)
"""The columns of an event that are sent as they are."""

PARTICIPANT = ("actor_id", "label", "role", "side", "size", "certainty", "note")
"""The columns of a participant that are sent."""

TEXTS = frozenset({"id", "actor_id", "location_id", "part_of_id"})
"""Columns that are read as text, so that no driver makes an object of them only to write it."""

CONDITIONS = {
    "country": "events.country = {}",
    "type": "events.type = {}",
    "status": "events.status = {}",
}
"""What each parameter of the query string asks for."""

THROUGH = {
    "actor": ("peer.participants", "actor_id"),
    "location": ("peer.event_places", "location_id"),
}
"""What is found through another table: its name, and the column that is sought in it."""

PAGE = 50
"""So many events stand on a page where nobody says otherwise."""

Mark = Callable[[int], str]
"""Writes the placeholder of the n-th value, from 1."""


def columns(names: tuple[str, ...], table: str) -> str:
    """Write a list of columns."""
    return ", ".join(
        f"{table}.{name}::text AS {name}" if name in TEXTS else f"{table}.{name}" for name in names
    )


PARTICIPANTS = (
    f"LEFT JOIN LATERAL (SELECT json_agg(row_to_json(one)) AS participants FROM ("
    f"SELECT {columns(PARTICIPANT, 'participants')} FROM peer.participants"
    " WHERE participants.event_id = events.id ORDER BY participants.position) AS one"
    ") AS children ON true"
)
"""Joins an event's participants, as one JSON value: no second way to the database."""

MEMBERS = (
    f"{columns(COLUMNS, 'events')},"
    " coalesce(children.participants, CASE WHEN events.participants_known THEN '[]'::json END)"
    " AS participants"
)
"""All that is sent of an event."""


def reading(mark: Mark) -> str:
    """Compose the statement that reads one event."""
    return f"SELECT {MEMBERS} FROM peer.events {PARTICIPANTS} WHERE events.id = {mark(1)}"


def listing(mark: Mark, asked: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Compose the statement that finds a page, newest first; and its values.

    `asked` are parameters of the query string; a `cursor` is decoded already, to a day and an id.
    """
    values: list[Any] = []

    def put(value: Any) -> str:
        values.append(value)
        return mark(len(values))

    limit = asked.get("limit", PAGE) + 1
    cursor = asked.get("cursor")
    conditions = [
        CONDITIONS[name].format(put(asked[name])) for name in CONDITIONS if asked.get(name)
    ]
    after = "({}, {}) < ({}::text::date, {}::text::uuid)"
    through = next((name for name in THROUGH if asked.get(name)), None)
    source = "peer.events"
    if through and not conditions:
        # Read in order from one index; an event is there once for each of its rows.
        table, column = THROUGH[through]
        within = [f"found.{column} = {put(asked[through])}"]
        if cursor:
            within.append(after.format("found.sorts_on", "found.event_id", *map(put, cursor)))
        source = (
            "(SELECT DISTINCT found.sorts_on, found.event_id"
            f" FROM {table} AS found WHERE {' AND '.join(within)}"
            f" ORDER BY found.sorts_on DESC, found.event_id DESC LIMIT {put(limit)}) AS found"
            " JOIN peer.events ON events.id = found.event_id"
        )
    else:
        if through:
            table, column = THROUGH[through]
            conditions.append(
                f"events.id IN (SELECT found.event_id FROM {table} AS found"
                f" WHERE found.{column} = {put(asked[through])})"
            )
        if cursor:
            conditions.append(after.format("events.sorts_on", "events.id", *map(put, cursor)))
    where = " AND ".join(["events.retraction IS NULL", *conditions])
    # The page is found first, and only what stands on it is put together.
    statement = (
        f"SELECT {MEMBERS} FROM (SELECT events.* FROM {source} WHERE {where}"
        f" ORDER BY events.sorts_on DESC, events.id DESC LIMIT {put(limit)}) AS events"
        f" {PARTICIPANTS} ORDER BY events.sorts_on DESC, events.id DESC"
    )
    return statement, values


WRITTEN = (
    "id",
    "dataset",
    "title",
    "description",
    "type",
    "mode",
    "modality",
    "date",
    "starts_on",
    "ends_on",
    "date_precision",
    "location_id",
    "location_precision",
    "fatalities",
    "external_ids",
    "tags",
    "attributes",
    "created_at",
    "updated_at",
    "version",
    "attestation",
    "status",
    "sorts_on",
    "participants_known",
)
"""The columns of an event that is created."""


def inserting(mark: Mark) -> str:
    """Compose the statement that stores an event, with the country of its location."""
    values = ", ".join(mark(number) for number in range(1, len(WRITTEN) + 1))
    location = mark(len(WRITTEN) + 1)
    return (
        f"INSERT INTO peer.events ({', '.join(WRITTEN)}, country) VALUES ({values},"
        f" (SELECT locations.country FROM peer.locations WHERE locations.id = {location}))"
    )


TAKING_PART = ("event_id", "position", *PARTICIPANT, "sorts_on")
"""The columns of a participant that is stored."""


def joining(mark: Mark) -> str:
    """Compose the statement that stores a participant."""
    values = ", ".join(mark(number) for number in range(1, len(TAKING_PART) + 1))
    return f"INSERT INTO peer.participants ({', '.join(TAKING_PART)}) VALUES ({values})"


UNATTESTED = {
    "status": "unattested",
    "asserted_by": 0,
    "denied_by": 0,
    "questioned_by": 0,
    "origins": 0,
    "documents": 0,
    "rule": "Nobody asserts or denies that it occurred.",
}
"""What is known of a new event's attestation."""

UNASSESSED = {"agree": 0, "disagree": 0, "unsure": 0, "outdated": 0}
"""Counts of assessments of an event without any; the column has them as its default."""


def encode(starts_on: date | None, event_id: str) -> str:
    """Write the cursor behind an event."""
    return position(starts_on.isoformat() if starts_on else "-infinity", event_id)


def position(key: str, event_id: str) -> str:
    """Write the cursor behind an event, by its day as text."""
    return base64.urlsafe_b64encode(json.dumps([key, event_id]).encode()).decode()


def decode(cursor: str) -> tuple[str, str]:
    """Read a cursor: a day and an id; ValueError where it is none."""
    key, event_id = json.loads(base64.urlsafe_b64decode(cursor))
    return str(key), str(event_id)
