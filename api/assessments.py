"""/{resource}/{id}/assessments: what others think of a record, for every resource."""

from typing import Any, NamedTuple
from uuid import UUID

import orjson
from flask import Response

from api.http import conditional
from api.http.answers import following, linked, standing
from api.http.context import database, key, method
from api.http.errors import Stale
from api.http.operation import (
    FOUND,
    READ,
    Answer,
    Body,
    Operation,
    Section,
    Variant,
    operation,
)
from api.http.request import JSON, body_of
from api.resource.routes import one_of, rule_of
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
from schemas.lists import Query, Read, Write

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
        """List what others think of a record: one assessment a key, the latest first.

        Each says by whom and how it was made, of which version of the record, and whether that is
        an earlier one by now. A record that others were merged into has theirs, too; where a key
        has assessed both, it is the one on the record itself.
        """
        connection, limit = database(), query["limit"]
        stored = standing(self.get(connection, str(record_id)), self.table)
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
        """Read what the key of this request thinks of a record.

        It is 404 where this key has not assessed it yet.
        """
        del query
        connection = database()
        stored = standing(self.get(connection, str(record_id)), self.table)
        return Response(text(self.own(connection, stored)), mimetype=JSON)

    def assess(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Say what the key of this request thinks of a record, instead of what it thought before.

        It is of the version that stands: send `version`, or `If-Match` with the record's ETag, to
        be sure that this is what was read. The record itself is not edited; it shows how many
        think what of it. Where writing needs no key, all who have none share one assessment.
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
        """Take back what the key of this request thinks of a record.

        What it thought of records that were merged into this one is taken back with it.
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
        """Read what stands under an id from an address; nothing does under what cannot be one."""
        return self.table.get(connection, record_id) if self.may_be(record_id) else None

    def lock(self, connection: Connection, record_id: str) -> Stored:
        """Lock a record that stands, and is the one that If-Match names, if it names one."""
        ids = [record_id] if self.may_be(record_id) else []
        found = records.lock(connection, self.table, ids, "NO KEY UPDATE")
        stored = standing(found[0] if found else None, self.table)
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


class Route(NamedTuple):
    """One operation on the assessments of every resource."""

    rule: str
    method: str
    view: str
    summary: str
    query: type[Query]
    answers: dict[int, Answer]
    refusals: tuple[int, ...]
    body: Body | None = None
    headers: tuple[str, ...] = ()


ALL, MINE = "/{id}/assessments", "/{id}/assessments/mine"

OWN = Answer("The assessment.", AssessmentSchema)
NEW = Answer("The new assessment.", AssessmentSchema)
PAGE = Answer("A page of the list.", Variant(AssessmentSchema, "List"), ("Link",))
GONE = Answer("The assessment is taken back.")
SENT = Body(Variant(AssessmentSchema, "Input"))
MATCH = ("If-Match",)

ROUTES = (
    Route(
        rule=ALL,
        method="GET",
        view="assessments",
        summary="List the assessments of {one}",
        query=AssessmentQuery,
        answers={200: PAGE},
        refusals=FOUND,
    ),
    Route(
        rule=MINE,
        method="GET",
        view="assessment",
        summary="Read your assessment of {one}",
        query=Read,
        answers={200: OWN},
        refusals=FOUND,
    ),
    Route(
        rule=MINE,
        method="PUT",
        view="assess",
        summary="Assess {one}",
        query=Write,
        answers={200: OWN, 201: NEW},
        refusals=ASSESSED,
        body=SENT,
        headers=MATCH,
    ),
    Route(
        rule=MINE,
        method="DELETE",
        view="unassess",
        summary="Take back your assessment of {one}",
        query=Write,
        answers={204: GONE},
        refusals=TAKEN_BACK,
        headers=MATCH,
    ),
)
"""Routes of every resource."""


def add(table: Table) -> None:
    """Serve the assessments of the records of a table."""
    views = Assessing(table)
    for route in ROUTES:
        described = Operation(
            id=f"{table.name}.{route.view}",
            answers=route.answers,
            refusals=route.refusals,
            scope="read" if route.method == "GET" else "write",
            query=route.query,
            body=route.body,
            headers=route.headers,
            summary=route.summary.format(one=one_of(table.name)),
        )
        blueprint.add_url_rule(
            f"/{table.name}{rule_of(table, route.rule)}",
            f"{table.name}_{route.view}",
            operation(described)(getattr(views, route.view)),
            methods=[route.method],
        )


for each in TABLES.values():
    add(each)
