"""/{resource}/{id}/assessments: what others think of a record, for every resource."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http import conditional
from api.http.answers import existing, following, linked
from api.http.context import database, key, method
from api.http.errors import Stale
from api.http.operation import (
    FOUND,
    READ,
    Answer,
    Body,
    Section,
    Variant,
)
from api.http.request import JSON, body_of
from api.resource.routing import Route, add_routes, one_of, place_of
from api.writing.transaction import transact
from models import assessments
from models.assessments import NO_KEY, Assessment
from models.database.connections import Connection
from models.store import idempotency, records
from models.table import NotFound, Stored, Table
from models.tables import TABLES
from schemas.assessments import AssessmentQuery, AssessmentSchema
from schemas.fields.ids import SLUG
from schemas.instants import EPOCH, MICROSECOND, instant
from schemas.lists import Read, Write

blueprint = Section("assessments", "What others think of records.", "/v1")

ASSESSED = (*READ, 404, 409, 410, 412, 413, 415, 422)
TAKEN_BACK = (*READ, 404, 409, 410, 412)
"""How assessing, and taking that back, may be refused."""


class Assessing:
    """The views of one resource that are about what others think of its records."""

    def __init__(self, table: Table) -> None:
        """Serve the assessments of the records of a table."""
        self.table = table

    def assessments(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """List the assessments of a record: one per key, the latest first.

        Each has its author and method, the version of the record that it is about, and whether that
        is outdated. Assessments of records that were merged into this one are included; if a key
        has assessed both, only its assessment of this record is.
        """
        connection, limit = database(), query["limit"]
        stored = existing(self.get(connection, str(record_id)), self.table)
        found = assessments.search(
            connection,
            self.table,
            stored.id,
            descending=query["sort"].startswith("-"),
            limit=limit + 1,
            after=following(query, r"-?[0-9]{1,16} [0-9a-f-]{36}"),
        )
        last = found[limit - 1] if len(found) > limit else None
        return linked(map(text, found[:limit]), query["sort"], last and place(last))

    def assessment(self, record_id: UUID | str, query: dict[str, Any] | None = None) -> Response:
        """Read the assessment of a record by the key of this request.

        It is 404 if this key has not assessed the record.
        """
        del query
        connection = database()
        stored = existing(self.get(connection, str(record_id)), self.table)
        return Response(text(self.own(connection, stored)), mimetype=JSON)

    def assess(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Create or replace the assessment of a record by the key of this request.

        It is about the current version: send `version`, or `If-Match` with the record's ETag, to
        make sure that this is the one that was read. The record itself is not edited; it shows the
        number of each verdict. Where writing needs no key, all requests without one share one
        assessment.
        """
        sent = body_of(AssessmentSchema())

        def work(connection: Connection) -> idempotency.Answer:
            stored = self.lock(connection, str(record_id))
            if sent.get("version", stored.version) != stored.version:
                raise Stale(f"The record is of version {stored.version} by now.", stored.text)
            before = assessments.find(connection, self.table, stored.id, own_key())
            new = {
                "id": stored.id,
                "key_id": own_key(),
                "version": stored.version,
                "verdict": sent["verdict"],
                "note": sent["note"],
                "method": method(),
            }
            if before is None or before.record_id != stored.id or differs(before, new):
                now = assessments.instant(connection, self.table, stored.id)
                assessments.put(connection, self.table, new, author(), now)
            after = self.own(connection, stored)
            return idempotency.Answer(201 if before is None else 200, {}, text(after))

        return transact(work, dry_run=query["dry_run"])

    def unassess(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Delete the assessment of a record by the key of this request.

        Its assessments of records that were merged into this one are deleted with it.
        """

        def work(connection: Connection) -> idempotency.Answer:
            stored = self.lock(connection, str(record_id))
            self.own(connection, stored)
            now = assessments.instant(connection, self.table, stored.id)
            own = {"id": stored.id, "key_id": own_key()}
            assessments.delete(connection, self.table, own, author(), now)
            return idempotency.Answer(204, {}, "")

        return transact(work, dry_run=query["dry_run"])

    def get(self, connection: Connection, record_id: str) -> Stored | None:
        """Read the record with this id; None if there is none, or the text cannot be an id."""
        return self.table.get(connection, record_id) if self.may_be(record_id) else None

    def lock(self, connection: Connection, record_id: str) -> Stored:
        """Lock a record that stands, and is the one that If-Match names, if it names one."""
        ids = [record_id] if self.may_be(record_id) else []
        found = records.lock(connection, self.table, ids, "NO KEY UPDATE")
        stored = existing(found[0] if found else None, self.table)
        conditional.may_follow(stored)
        return stored

    def may_be(self, record_id: str) -> bool:
        """Tell whether a text can be the id of a record."""
        return self.table.id_type != "text" or bool(SLUG.fullmatch(record_id))

    def own(self, connection: Connection, stored: Stored) -> Assessment:
        """Find what the key of this request thinks of a record; NotFound where it does nothing."""
        found = assessments.find(connection, self.table, stored.id, own_key())
        if found is None:
            raise NotFound("This key has not assessed the record.")
        return found


def own_key() -> UUID:
    """Give the id of the request's key, or the one that stands for none."""
    holder = key()
    return holder.id if holder else NO_KEY


def author() -> dict[str, Any]:
    """Say who assesses, and how, as the feed tells it."""
    holder = key()
    return {
        "operation": "assess",
        "key_id": holder and holder.id,
        "method": method(),
        "comment": None,  # the assessment itself has a note
    }


def differs(before: Assessment, new: dict[str, Any]) -> bool:
    """Tell whether an assessment is another one than stands."""
    return any(getattr(before, name) != new[name] for name in ("version", "verdict", "note"))


def text(found: Assessment) -> str:
    """Write an assessment as it is sent."""
    shown = {**found._asdict(), "assessed_at": instant(found.assessed_at)}
    return orjson.dumps(shown).decode()


def place(found: Assessment) -> tuple[str, str]:
    """Give where an assessment stands in its list: its microsecond, and its key."""
    return str((found.assessed_at - EPOCH) // MICROSECOND), str(found.key_id or NO_KEY)


def add_assessments(section: Section, table: Table) -> None:
    """Add to a section the assessments of the records of a table."""
    views, name, one = Assessing(table), table.name, one_of(table.name)
    every = f"/{name}{place_of(table)}/assessments"
    mine = f"{every}/mine"
    page = Variant(AssessmentSchema, "List")
    own = {200: Answer("The assessment.", AssessmentSchema)}
    new = {201: Answer("The new assessment.", AssessmentSchema)}
    add_routes(
        section,
        Route(
            id=f"{name}.assessments",
            rule=every,
            view=views.assessments,
            summary=f"List the assessments of {one}",
            query=AssessmentQuery,
            answers={200: Answer("A page of the list.", page, ("Link",))},
            refusals=FOUND,
        ),
        Route(
            id=f"{name}.assessment",
            rule=mine,
            view=views.assessment,
            summary=f"Read your assessment of {one}",
            query=Read,
            answers=own,
            refusals=FOUND,
        ),
        Route(
            id=f"{name}.assess",
            method="PUT",
            rule=mine,
            view=views.assess,
            summary=f"Assess {one}",
            scope="write",
            query=Write,
            body=Body(Variant(AssessmentSchema, "Input")),
            headers=("If-Match",),
            answers=own | new,
            refusals=ASSESSED,
        ),
        Route(
            id=f"{name}.unassess",
            method="DELETE",
            rule=mine,
            view=views.unassess,
            summary=f"Delete your assessment of {one}",
            scope="write",
            query=Write,
            headers=("If-Match",),
            answers={204: Answer("The assessment is deleted.")},
            refusals=TAKEN_BACK,
        ),
    )


for each in TABLES.values():
    add_assessments(blueprint, each)
