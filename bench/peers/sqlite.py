"""The copy that datasette serves: the members that fit into columns, in a file of SQLite."""

# ruff: noqa: S608 - SQL is put together here, from literals of ours alone

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

COLUMNS = {
    "id": "events.id::text",
    "dataset": "events.dataset",
    "title": "events.title",
    "description": "events.description",
    "type": "events.type",
    "mode": "events.mode",
    "codes": "events.codes::text",
    "modality": "events.modality",
    "date": "events.date",
    "starts_on": "events.starts_on::text",
    "ends_on": "events.ends_on::text",
    "date_precision": "events.date_precision",
    "location_id": "events.location_id::text",
    "location_precision": "events.location_precision",
    "participants": (
        "(SELECT json_agg(json_build_object('actor_id', participants.actor_id,"
        " 'role', participants.role) ORDER BY participants.position)::text"
        " FROM peer.participants WHERE participants.event_id = events.id)"
    ),
    "fatalities": "events.fatalities::text",
    "external_ids": "events.external_ids::text",
    "tags": "to_json(events.tags)::text",
    "attestation": "events.attestation::text",
    "updated_at": "events.updated_at::text",
    "version": "events.version",
    "country": "events.country",
    "status": "events.status",
    "sorts_on": "CASE WHEN isfinite(events.sorts_on) THEN events.sorts_on::text ELSE '' END",
}
"""The columns of the copy, each with the SQL of its value."""

INDEXES = (
    "CREATE INDEX newest ON events (sorts_on DESC, id)",
    "CREATE INDEX country ON events (country, sorts_on DESC, id)",
    "CREATE INDEX country_type ON events (country, type, sorts_on DESC, id)",
    "CREATE INDEX status ON events (status, sorts_on DESC, id)",
)
"""The same indexes as the other peers have, as far as datasette's own filters use them."""


def copy(url: str, file: Path) -> None:
    """Copy the events of the peers into a new file of SQLite."""
    target = sqlite3.connect(file)
    with closing(target), target, psycopg.connect(url) as source:
        target.execute("PRAGMA journal_mode = off")
        target.execute(f"CREATE TABLE events ({table()})")
        statement: Any = f"SELECT {', '.join(COLUMNS.values())} FROM peer.events ORDER BY id"
        places = ", ".join("?" * len(COLUMNS))
        with source.cursor("events") as cursor:
            cursor.itersize = 10_000
            cursor.execute(statement)
            target.executemany(f"INSERT INTO events VALUES ({places})", cursor)
        for index in INDEXES:
            target.execute(index)
        target.execute("ANALYZE")


def table() -> str:
    """Write the columns of the copy."""
    kinds = {"version": "INTEGER"}
    columns = [f"{name} {kinds.get(name, 'TEXT')}" for name in COLUMNS]
    return ", ".join([*columns, "PRIMARY KEY (id)"])
