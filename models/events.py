"""How events are stored and found."""

from collections.abc import Iterator, Mapping
from typing import Any, LiteralString

from models.database.connections import Connection
from models.lists import text
from models.lists.conditions import (
    UNDATED,
    among,
    begun,
    belongers,
    belonging,
    dated,
    days,
    days_kept,
    indirect,
    is_qualified,
    kept,
    shared,
    within,
)
from models.lists.places import located
from models.lists.texts import worded, words_of
from models.table import Among, Child, Condition, Entries, Indirect, Order, Table

PARTICIPANTS = Among("participants", "event_id")
PLACES = Among("event_places", "event_id")
CELLS = Among("event_cells", "event_id")
CASUALTIES = Among("casualties", "event_id")

FATALITIES = -1
"""The position among casualties of the deaths in all."""

WHERE: LiteralString = (
    "CASE WHEN locations.uncertainty_km IS NULL THEN locations.point END,"
    " CASE WHEN locations.extent ~= box(locations.point, locations.point) THEN NULL"
    " ELSE locations.extent END"
)
"""Point and extent kept beside a cell of a location, so that most need no further look.

Where it is not known where the point lies, the extent alone tells.
"""


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from an event."""
    fatalities = record["fatalities"] or {"low": None, "best": None, "high": None}
    best = fatalities["best"]
    named = [record["location_id"], *(at["location_id"] for at in record["other_locations"] or ())]
    return {
        "type": record["type"],
        "mode": record["mode"],
        "modality": record["modality"],
        "verification": record["verification"] and record["verification"]["level"],
        "codes": [f"{code['scheme']}:{code['code']}" for code in record["codes"] or ()],
        "location_id": record["location_id"],
        "places": [location_id for location_id in named if location_id],
        "part_of_id": record["part_of_id"],
        "related": [relation["event_id"] for relation in record["related"] or ()],
        "fatalities": -1 if best is None else best,
        "fatalities_low": fatalities["low"] if best is None else best,
        "fatalities_high": fatalities["high"] if best is None else best,
        **beside(fatalities),
        **words_of(record),
        **days(record, unknown=UNDATED),
        "qualified": is_qualified(record),
    }


def beside(number: Mapping[str, Any]) -> dict[str, int | None]:
    """Give the lowest and highest number, where these are others than the best, or else lowest."""
    best = number["low"] if number["best"] is None else number["best"]
    lowest, highest = (number[name] if number[name] != best else None for name in ("low", "high"))
    return {"lowest": lowest, "highest": highest}


def participants(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take an event's participants."""
    for position, participant in enumerate(record["participants"] or ()):
        yield {
            "position": position,
            "actor_id": participant["actor_id"],
            "role": participant["role"],
            "side": participant["side"],
            "certainty": participant["certainty"],
            "begins": record["begins"],
        }


def casualties(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take how many of whom were harmed; the deaths in all, too, as its row has them."""
    begins = record["begins"]
    for position, harm in enumerate(record["casualties"] or ()):
        number = harm["low"] if harm["best"] is None else harm["best"]
        row = {"position": position, "kind": harm["kind"], "number": number, "begins": begins}
        yield row | beside(harm)
    number, deaths = (
        record["fatalities_low"],
        {name: record[name] for name in ("lowest", "highest")},
    )
    if number is not None or record["fatalities_high"] is not None:
        row = {"position": FATALITIES, "kind": "killed", "number": number, "begins": begins}
        yield row | deaths


def mentions(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take the documents that report an event in their own voice."""
    for position, mention in enumerate(record["mentions"] or ()):
        yield {"position": position, "document_id": mention["document_id"]}


def mentioning(connection: Connection, document_id: str) -> list[str]:
    """List the ids of the events that mention a document."""
    rows = connection.execute(
        "SELECT DISTINCT mentions.event_id::text FROM mentions WHERE mentions.document_id = %s",
        (document_id,),
    )
    return [row[0] for row in rows]


REPORTED: LiteralString = (
    "SELECT mentions.event_id FROM mentions WHERE mentions.document_id = ANY(%(document)s::uuid[])"
    " UNION SELECT claims.event_id FROM claims"
    " WHERE claims.document_id = ANY(%(document)s::uuid[]) AND claims.event_id IS NOT NULL"
)
"""The events that documents report, in their own voice or by a statement in them."""

EVENTS = Table(
    name="events",
    mergeable=True,
    row=row,
    columns={
        "type": "%(type)s",
        "mode": "%(mode)s",
        "modality": "%(modality)s",
        "verification": "%(verification)s",
        "codes": "%(codes)s",
        "status": "%(status)s",
        "disputed_on": "%(disputed_on)s::text[]",
        "begins": "%(begins)s",
        "starts_on": "%(starts_on)s",
        "ends_on": "%(ends_on)s",
        "location_id": "%(location_id)s",
        "country": "(SELECT country_then(locations.country, %(starts_on)s::date, %(ends_on)s::date)"
        " FROM locations WHERE locations.id = %(location_id)s)",
        "point": "(SELECT locations.point FROM locations WHERE locations.id = %(location_id)s)",
        "extent": "(SELECT locations.extent FROM locations WHERE locations.id = %(location_id)s)",
        "uncertainty_km": "(SELECT locations.uncertainty_km FROM locations"
        " WHERE locations.id = %(location_id)s)",
        "part_of_id": "%(part_of_id)s",
        "related": "%(related)s::uuid[]",
        "fatalities": "%(fatalities)s",
        "fatalities_low": "%(fatalities_low)s",
        "fatalities_high": "%(fatalities_high)s",
        "lowest": "%(lowest)s",
        "highest": "%(highest)s",
        "qualified": "%(qualified)s",
    },
    children=[
        Child(
            "participants",
            "event_id",
            {
                "position": "smallint",
                "actor_id": "uuid",
                "role": "text",
                "side": "text",
                "certainty": "text",
                "begins": "timestamp",
            },
            participants,
        ),
        Child(
            "event_places",
            "event_id",
            {"location_id": "uuid", "begins": "timestamp", "named": "boolean"},
            select="SELECT %(id)s::uuid, place, %(begins)s::timestamp,"
            " bool_or(place = locations.id) FROM locations"
            " CROSS JOIN unnest(locations.id || locations.ancestors) AS place"
            " WHERE locations.id = ANY(%(places)s::uuid[]) GROUP BY place",
        ),
        Child(
            "event_cells",
            "event_id",
            {"cell": "integer", "begins": "timestamp", "at": "point", "extent": "box"},
            select=f"SELECT %(id)s::uuid, cell, %(begins)s::timestamp, {WHERE}"
            " FROM locations CROSS JOIN unnest(locations.cells) AS cell"
            " WHERE locations.id = %(location_id)s::uuid",
        ),
        Child(
            "casualties",
            "event_id",
            {
                "position": "smallint",
                "kind": "text",
                "number": "integer",
                "lowest": "integer",
                "highest": "integer",
                "begins": "timestamp",
            },
            casualties,
        ),
        Child("mentions", "event_id", {"position": "smallint", "document_id": "uuid"}, mentions),
        worded("event_words", "event_id"),
    ],
    # An index is chosen in this order, so that what tells most apart comes first.
    filters={
        "actor": within(PARTICIPANTS, "actor_id", "actor", "uuid"),
        "part_of": among("events", "part_of_id", "part_of", "uuid"),
        "location": within(PLACES, "location_id", "location", "uuid"),
        **located("events", CELLS, precision="location_precision"),
        "certainty": within(PARTICIPANTS, "certainty"),
        "side": within(PARTICIPANTS, "side"),
        "mode": among("events", "mode"),
        "casualty_kind": within(CASUALTIES, "kind", "casualty_kind"),
        "country": among("events", "country"),
        "document": indirect(f"events.id IN ({REPORTED})", Indirect("events.id", REPORTED)),
        "affiliated_with": indirect(
            belonging("participants.actor_id", "affiliated_with", "events"),
            Indirect("participants.actor_id", belongers("affiliated_with")),
            PARTICIPANTS,
            exact=False,
        ),
        "status": among("events", "status"),
        "disputed_on": Condition("events.disputed_on && %(disputed_on)s::text[]"),
        "modality": among("events", "modality"),
        "type": among("events", "type"),
        **shared("events"),
        **text.conditions("events", "event_words", "event_id"),
        **dated("events"),
        **begun("events"),
        "code": Condition("events.codes && %(code)s::text[]"),
        "actor_role": within(PARTICIPANTS, "role", "actor_role"),
        # All references of events have an index, and few of them are relations.
        "related": Condition(
            "(events.refers_to && %(related)s::uuid[] AND events.related && %(related)s::uuid[]"
            " OR events.id = ANY(ARRAY(SELECT unnest(others.related) FROM events AS others"
            " WHERE others.id = ANY(%(related)s::uuid[]) AND NOT others.withdrawn)))"
        ),
        "covers": Condition(
            "events.location_id = ANY(ARRAY(SELECT unnest(locations.id || locations.ancestors)"
            " FROM locations WHERE locations.id = ANY(%(covers)s::uuid[])"
            " AND NOT locations.withdrawn))"
        ),
        "fatalities_min": Condition("events.fatalities_low >= %(fatalities_min)s"),
        "casualties_min": Condition("casualties.number >= %(casualties_min)s", among=CASUALTIES),
        "fatalities_max": Condition("events.fatalities_high <= %(fatalities_max)s"),
    },
    members={
        **kept("events", "type", "mode", "modality", "country", "location_id", "part_of_id"),
        **days_kept("events", "date"),
        "attestation.status": "events.status",
        "verification.level": "events.verification",
        "fatalities.best": "NULLIF(events.fatalities, -1)",
        "location.country": "events.country",
        "location.geometry": "events.extent",
    },
    entries={
        "participants": Entries(
            PARTICIPANTS,
            {name: f"participants.{name}" for name in ("actor_id", "role", "side", "certainty")},
        ),
        "casualties": Entries(
            Among("casualties", "event_id", f"casualties.position > {FATALITIES}"),
            {"kind": "casualties.kind"},
        ),
        "mentions": Entries(Among("mentions", "event_id"), {"document_id": "mentions.document_id"}),
    },
    orders={
        "starts_on": Order("events.begins", "timestamp"),
        "ends_on": Order("events.ends_on", "date"),
        "fatalities": Order("events.fatalities", "integer"),
        "created_at": Order("events.created_at", "timestamptz"),
        "updated_at": Order("events.updated_at", "timestamptz"),
    },
    order="begins",
    composite=frozenset({"country", "type"}),
    # Attestation is stored by its recount alone, once the event stands.
    derived=frozenset({"derived", "status", "disputed_on"}),
)
"""Events: typed columns for finding, the condition of each parameter, what can be sorted by."""
