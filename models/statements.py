"""How statements are stored and found, and how their claims count."""

from collections.abc import Iterator, Mapping
from typing import Any, LiteralString, NamedTuple

import orjson

from models.claims import claims, sought_all
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
from models.lists.control import SPEAKER_HOLDS
from models.lists.indirect import MAX_SORTED_ROWS
from models.lists.texts import worded, words_of
from models.table import Among, Child, Condition, Entries, Index, Indirect, Order, Table

CLAIMS = Among("claims", "statement_id")
ADDRESSEES = Among("listeners", "statement_id", "listeners.part = 'addressee'")
CARRIERS = Among("listeners", "statement_id", "listeners.part = 'carrier'")


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from a statement."""
    return {
        "act": record["act"],
        "form": record["form"],
        "medium": record["medium"],
        "hedged": record["hedge"] is not None,
        "quote_verified": record["quote_verified"],
        "speaker_id": record["speaker_id"],
        "on_behalf_of_id": record["on_behalf_of_id"],
        "document_id": record["document_id"],
        "location_id": record["location_id"],
        "responds_to_id": record["responds_to_id"],
        "credibility": record["credibility"],
        **words_of(record),
        **days(record, unknown=UNDATED),
        "qualified": is_qualified(record),
    }


def listeners(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take whom a statement was said to, and who carried it on."""
    said = {"begins": record["begins"]}
    for position, actor_id in enumerate(record["addressee_ids"] or ()):
        yield {"position": position, "actor_id": actor_id, "part": "addressee", **said}
    for position, carrier in enumerate(record["chain"] or ()):
        if carrier["actor_id"] is not None:
            actor_id = carrier["actor_id"]
            yield {"position": position, "actor_id": actor_id, "part": "carrier", **said}


INSIDE: LiteralString = (
    "SELECT locations.id FROM locations WHERE locations.id = ANY(%(location)s::uuid[])"
    " OR locations.ancestors && %(location)s::uuid[]"
)
"""The places asked for, and all that lie in them."""

HAPPENED: LiteralString = (
    "SELECT event_places.event_id FROM event_places"
    " WHERE event_places.location_id = ANY(%(event_location)s::uuid[])"
)
"""The events at the places asked for, or inside them."""

TAKEN_PART_IN: LiteralString = (
    "SELECT participants.event_id FROM participants"
    " WHERE participants.actor_id = ANY(%(about)s::uuid[])"
)
"""The events in which the actors asked about take part."""

GRADED: LiteralString = (
    "SELECT documents.id FROM documents"
    " WHERE documents.source_reliability = ANY(%(reliability)s::text[])"
)
"""The documents whose sources are as reliable as asked for."""

STATEMENTS = Table(
    name="statements",
    row=row,
    columns={
        "act": "%(act)s",
        "form": "%(form)s",
        "medium": "%(medium)s",
        "hedged": "%(hedged)s",
        "quote_verified": "%(quote_verified)s",
        "speaker_id": "%(speaker_id)s",
        "on_behalf_of_id": "%(on_behalf_of_id)s",
        "document_id": "%(document_id)s",
        "location_id": "%(location_id)s",
        "responds_to_id": "%(responds_to_id)s",
        "credibility": "%(credibility)s",
        "begins": "%(begins)s",
        "starts_on": "%(starts_on)s",
        "ends_on": "%(ends_on)s",
        "qualified": "%(qualified)s",
    },
    children=[
        Child(
            "listeners",
            "statement_id",
            {"position": "smallint", "actor_id": "uuid", "part": "text", "begins": "timestamp"},
            listeners,
        ),
        Child(
            "claims",
            "statement_id",
            {
                "position": "smallint",
                "event_id": "uuid",
                "about_id": "uuid",
                "stance": "text",
                "aspect": "text",
                "narrated": "boolean",
                "origin": "uuid",
                "words": "uuid",
                "document_id": "uuid",
                "begins": "timestamp",
                "value": "text",
                "actor_id": "uuid",
            },
            claims,
        ),
        worded("statement_words", "statement_id"),
    ],
    # An index is chosen in this order, so that what tells most apart comes first.
    filters={
        "statement": within(CLAIMS, "about_id", "statement", "uuid"),
        "event": within(CLAIMS, "event_id", "event", "uuid"),
        "responds_to": among("statements", "responds_to_id", "responds_to", "uuid"),
        "document": among("statements", "document_id", "document", "uuid"),
        "addressee": within(ADDRESSEES, "actor_id", "addressee", "uuid"),
        "carrier": within(CARRIERS, "actor_id", "carrier", "uuid"),
        "speaker": among("statements", "speaker_id", "speaker", "uuid"),
        "on_behalf_of": among("statements", "on_behalf_of_id", "on_behalf_of", "uuid"),
        "location": indirect(
            f"statements.location_id IN ({INSIDE})",
            # To find places takes more than to look at one.
            Indirect("statements.location_id", INSIDE, many=MAX_SORTED_ROWS),
        ),
        "about": Condition(
            f"(claims.actor_id = ANY(%(about)s::uuid[]) OR claims.event_id IN ({TAKEN_PART_IN}))",
            among=CLAIMS,
            index=Index(
                "claims.actor_id = {}", CLAIMS, indirect=Indirect("claims.event_id", TAKEN_PART_IN)
            ),
        ),
        "event_location": indirect(
            f"claims.event_id IN ({HAPPENED})", Indirect("claims.event_id", HAPPENED), CLAIMS
        ),
        "speaker_affiliated_with": indirect(
            belonging("statements.speaker_id", "speaker_affiliated_with", "statements"),
            Indirect("statements.speaker_id", belongers("speaker_affiliated_with")),
            exact=False,
        ),
        "medium": among("statements", "medium"),
        "credibility": among("statements", "credibility", type="smallint"),
        "reliability": indirect(
            f"statements.document_id IN ({GRADED})", Indirect("statements.document_id", GRADED)
        ),
        "act": among("statements", "act"),
        "form": among("statements", "form"),
        "value": Condition(
            "claims.value = ANY(%(value)s::text[])",
            among=CLAIMS,
            values=lambda asked: {"value": sought_all(asked)},
            index=Index("claims.value = {}", CLAIMS, sought_all),
        ),
        "stance": within(CLAIMS, "stance"),
        "aspect": within(CLAIMS, "aspect"),
        **shared("statements"),
        **text.conditions("statements", "statement_words", "statement_id"),
        **dated("statements"),
        **begun("statements"),
        "speaker_holds": Condition(SPEAKER_HOLDS, among=CLAIMS),
        "hedged": Condition(
            "statements.hedged = %(hedged)s",
            index=Index("statements.hedged = {}", values=lambda asked: [asked]),
        ),
        "quote_verified": Condition(
            "statements.quote_verified = %(quote_verified)s",
            index=Index("statements.quote_verified = {}", values=lambda asked: [asked]),
        ),
    },
    members={
        **kept("statements", "act", "form", "medium", "quote_verified", "credibility"),
        **days_kept("statements", "date"),
        "speaker_id": "statements.speaker_id",
        "on_behalf_of_id": "statements.on_behalf_of_id",
        "document_id": "statements.document_id",
        "location_id": "statements.location_id",
        "responds_to_id": "statements.responds_to_id",
    },
    entries={
        "claims": Entries(
            CLAIMS,
            {
                "event_id": "claims.event_id",
                "statement_id": "claims.about_id",
                "stance": "claims.stance",
                "aspect": "claims.aspect",
            },
        ),
    },
    orders={
        "starts_on": Order("statements.begins", "timestamp"),
        "created_at": Order("statements.created_at", "timestamptz"),
        "updated_at": Order("statements.updated_at", "timestamptz"),
    },
    order="begins",
)
"""Statements; `event`, `statement`, `stance`, `aspect`, `value`, `event_location` and
`speaker_holds` are of one and the same claim."""

NOBODY_SAYS = {"asserted": 0, "denied": 0, "questioned": 0}
"""The attestation of a statement of which no other says that it was made, or was not."""


def derived(*, quote_verified: bool | None, attestation: Mapping[str, int] | None) -> str:
    """Write what is derived of a statement, as the end of its text."""
    ends = {"quote_verified": quote_verified, "attestation": attestation or NOBODY_SAYS}
    return f",{orjson.dumps(ends).decode()[1:]}"


class Quoting(NamedTuple):
    """A statement that quotes a document, by its stored text."""

    id: str
    text: str
    quote_verified: bool | None


def quoting(connection: Connection, document_id: str) -> list[Quoting]:
    """Read the statements of a document, and lock them until commit."""
    rows = connection.execute(
        "SELECT statements.id::text, statements.body || statements.derived,"
        " statements.quote_verified"
        " FROM statements WHERE statements.document_id = %s AND NOT statements.withdrawn"
        " ORDER BY statements.id FOR NO KEY UPDATE",
        (document_id,),
    )
    return [Quoting(*row) for row in rows]
