"""The six operations that every resource has, made from its table, its schema and its query."""

from collections.abc import Callable
from typing import Any, LiteralString
from uuid import UUID

from flask import Blueprint, Response
from psycopg import Connection

from api import conditional, writing
from api.body import JSON, MERGE_PATCH, body
from api.context import database
from api.draft import Draft, new_id
from api.errors import Stale, Taken
from api.operation import Answer, Body, Operation, operation
from api.records import dress, listed, standing, tagged
from api.transaction import transact
from models import answers, finding
from models.table import Stored, Table
from schemas.fields import SLUG
from schemas.page import Page, Query, Read, Write
from schemas.problem import Fault
from schemas.record import RecordSchema

READ = (400, 401, 403, 406)
"""How any read may be refused."""

FOUND = (*READ, 404, 410)
WRITTEN = (*READ, 409, 413, 415, 422)
CHANGED = (*WRITTEN, 404, 410, 412, 428)
WITHDRAWN = (*FOUND, 409, 412, 428)
"""How reading one record, and the writes, may be refused."""


FIRST = '"1.0"'
"""The ETag of a new record."""


class Resource:
    """The views of one resource."""

    def __init__(self, table: Table, schema: RecordSchema) -> None:
        """Serve the records of `table`, which are shaped by `schema`."""
        self.table = table
        self.schema = schema

    def search(self, query: dict[str, Any]) -> Response:
        """List records, by whatever is asked for."""
        members, expand = query.pop("members", None), query.pop("expand", None)
        whole = not self.schema.beside.isdisjoint(members or ())
        connection = database()
        page = finding.search(connection, self.table, **query, whole=whole)
        return listed(
            page, dress(connection, self.schema, page.texts, members, expand), query["sort"]
        )

    def create(self, query: dict[str, Any]) -> Response:
        """Create a record; the service makes its id, except that of a dataset."""
        sent = body()
        record_id = str(sent.get("id") if self.named else new_id())

        def work(connection: Connection[Any]) -> answers.Answer:
            taken = Fault("/id", "taken", f"There is, or was, a dataset {record_id} already.")
            if self.named and self.get(connection, record_id):
                raise Taken([taken])
            try:
                draft = self.draft(record_id, sent, None)
                draft.made = not self.named
                return self.store(connection, draft)
            except Stale as error:
                raise Taken([taken]) from error

        return transact(work, dry_run=query["dry_run"], repeatable=True)

    def read(self, record_id: UUID | str, query: dict[str, Any] | None = None) -> Response:
        """Read a record."""
        connection, chosen = database(), query or {}
        stored = standing(self.get(connection, str(record_id)))
        [text] = dress(
            connection, self.schema, [stored.text], chosen.get("members"), chosen.get("expand")
        )
        tag = conditional.tag(stored, text if chosen else None)
        headers = {"ETag": f'"{tag}"'}
        if conditional.fresh(tag):
            return Response(status=304, headers=headers)
        return Response(text, 200, headers, mimetype=JSON)

    def replace(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Replace a record, or create it under this id."""
        sent = {**({"id": record_id} if self.named else {}), **body()}

        def work(connection: Connection[Any]) -> answers.Answer:
            draft = self.draft(str(record_id), sent, None)
            events = self.hold(connection, draft)
            if draft.current is None:
                conditional.may_create()
            draft.body = self.without_echoes(draft)
            return self.store(connection, draft, events)

        return transact(work, dry_run=query["dry_run"])

    def change(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Change some members of a record: a JSON merge patch (RFC 7396); null removes."""
        sent = body(MERGE_PATCH, JSON)

        def work(connection: Connection[Any]) -> answers.Answer:
            draft = self.draft(str(record_id), sent, None)
            events = self.hold(connection, draft)
            standing(draft.current)
            draft.body = self.schema.merge(draft.standing, self.without_echoes(draft))
            return self.store(connection, draft, events)

        return transact(work, dry_run=query["dry_run"])

    def withdraw(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Withdraw a record that nothing refers to; its tombstone stays."""

        def work(connection: Connection[Any]) -> answers.Answer:
            events = writing.hold(connection, [self.draft(str(record_id), {}, None)])
            stored = standing(self.get(connection, str(record_id), "UPDATE"))
            conditional.may_replace(stored)
            writing.withdraw(connection, self.draft(str(record_id), {}, stored), events)
            return answers.Answer(204, {}, "")

        return transact(work, dry_run=query["dry_run"])

    @property
    def named(self) -> bool:
        """Tell whether clients give the records their ids: those of datasets are slugs."""
        return self.table.id_type == "text"

    def draft(self, record_id: str, sent: dict[str, Any], stored: Stored | None) -> Draft:
        """Make a draft of what was sent."""
        return Draft(self.table, self.schema, record_id, sent, stored)

    def get(
        self, connection: Connection[Any], record_id: str, lock: LiteralString | None = None
    ) -> Stored | None:
        """Read what stands under an id from an address; nothing does under what cannot be one."""
        if self.named and not SLUG.fullmatch(record_id):
            return None
        return self.table.get(connection, record_id, lock=lock)

    def hold(self, connection: Connection[Any], draft: Draft) -> set[str]:
        """Hold what stands in a draft's place, if it may be replaced, and events that depend on it.

        Returns the ids of the events.
        """
        events = writing.hold(connection, [draft])
        draft.current = self.get(connection, draft.id, self.table.lock_strength)
        if draft.current is not None:
            conditional.may_replace(standing(draft.current))
        return events

    def store(
        self, connection: Connection[Any], draft: Draft, events: set[str] | None = None
    ) -> answers.Answer:
        """Store a draft, and answer with the record as it stands then."""
        if events is None:
            events = writing.hold(connection, [draft])
        writing.store(connection, [draft], events)
        place = {"Location": f"/v1/{self.table.name}/{draft.id}"}
        if draft.written and not draft.current:
            return answers.Answer(201, {"ETag": FIRST, **place}, draft.written)
        stored = standing(self.table.get(connection, draft.id))
        if draft.current:
            return answers.Answer(200, tagged(stored), stored.text)
        return answers.Answer(201, {**tagged(stored), **place}, stored.text)

    def without_echoes(self, draft: Draft) -> dict[str, Any]:
        """Leave out what the service makes and the client sends back as it got it."""
        sent, standing_now = draft.body, {"id": draft.id, **draft.standing}
        echoes = {
            name
            for name in self.schema.fields.keys() - self.schema.load_fields.keys()
            if name in sent and name in standing_now and sent[name] == standing_now[name]
        }
        return {name: value for name, value in sent.items() if name not in echoes}


def resource(table: Table, schema: type[RecordSchema], query: type[Page]) -> Blueprint:
    """Serve the records of a table: search, create, read, replace, change and withdraw them."""
    noun = schema.__name__.removesuffix("Schema")
    blueprint = Blueprint(table.name, __name__, url_prefix=f"/v1/{table.name}")
    blueprint.description = (schema.__doc__ or "").splitlines()[0]  # type: ignore[attr-defined]
    views = Resource(table, schema())
    every, one = "", "/<uuid:record_id>" if table.id_type == "uuid" else "/<record_id>"
    page = {200: Answer("A page of the list.", f"{noun}List", ("Link",))}
    record = {200: Answer("The record.", noun, ("ETag",))}
    created = {201: Answer("The new record.", noun, ("ETag", "Location"))}
    known = {304: Answer("The record is what the client has already.", None, ("ETag",))}
    gone = {204: Answer("The record is withdrawn.")}
    whole, patch = Body(f"{noun}Input"), Body(f"{noun}Patch", (MERGE_PATCH, JSON))
    match, none_match = "If-Match", "If-None-Match"
    key, why = "Idempotency-Key", "Edit-Comment"

    def add(  # noqa: PLR0913, PLR0917 - what there is to say of an operation
        rule: str,
        method: str,
        view: Callable[..., Response],
        asked: type[Query],
        answered: dict[int, Answer],
        refused: tuple[int, ...],
        sent: Body | None = None,
        headers: tuple[str, ...] = (),
    ) -> None:
        scope = "read" if method == "GET" else "write"
        name = f"{table.name}.{view.__name__}"
        about = Operation(name, answered, refused, scope, asked, sent, headers)
        blueprint.add_url_rule(rule, view.__name__, operation(about)(view), methods=[method])

    add(every, "GET", views.search, query, page, READ)
    add(every, "POST", views.create, Write, created, WRITTEN, whole, (key, why))
    add(one, "GET", views.read, one_query(query), record | known, FOUND, None, (none_match,))
    # A dataset's id stands in the address already.
    other = Body(f"{noun}Replacement") if views.named else whole
    add(
        one, "PUT", views.replace, Write, record | created, CHANGED, other, (match, none_match, why)
    )
    add(one, "PATCH", views.change, Write, record, CHANGED, patch, (match, why))
    add(one, "DELETE", views.withdraw, Write, gone, WITHDRAWN, None, (match, why))
    return blueprint


def one_query(query: type[Page]) -> type[Query]:
    """Take from a list's query what can be asked of one record."""
    declared = query._declared_fields  # noqa: SLF001 - marshmallow has no public name for them
    chosen: dict[str, Any] = {
        name: declared[name] for name in ("members", "expand") if name in declared
    }
    return type("ReadQuery", (Read,), chosen)
