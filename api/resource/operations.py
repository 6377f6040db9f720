"""The six operations that every resource has, made from its table and its schema."""

from itertools import chain
from typing import Any, LiteralString
from uuid import UUID

from flask import Response

from api.http import conditional
from api.http.answers import dress, listed, standing, tagged
from api.http.context import database
from api.http.errors import Stale, Taken
from api.http.request import JSON, MERGE_PATCH, body
from api.writing import store
from api.writing.draft import Draft, new_id
from api.writing.transaction import transact
from models.database.connections import Connection
from models.names.search import search_by_name
from models.store import idempotency, merges
from models.table import Stored, Table
from schemas.fields.ids import SLUG, Reference
from schemas.fields.parameters import CommaSeparated
from schemas.lists import Page
from schemas.problem import Fault
from schemas.record import RecordSchema

FIRST = '"1.0"'
"""The ETag of a new record."""


class Resource:
    """The views of one resource."""

    def __init__(self, table: Table, schema: RecordSchema, query: type[Page]) -> None:
        """Serve the records of `table`, which are shaped by `schema` and found by `query`."""
        self.table = table
        self.schema = schema
        self.pointing = [
            name
            for name, field in query().fields.items()
            if isinstance(field, CommaSeparated) and isinstance(field.inner, Reference)
        ]

    def search(self, query: dict[str, Any]) -> Response:
        """List records, by whatever is asked for."""
        members, expand = query.pop("members", None), query.pop("expand", None)
        whole = not self.schema.beside.isdisjoint(members or ())
        connection = database()
        asked = {name: query[name] for name in self.pointing if name in query}
        several = any(len(ids) > 1 for ids in asked.values())
        if several:
            query |= redirected(connection, asked)
        page = search_by_name(connection, self.table, **query, whole=whole)
        # Nothing points at a merged record, so that who asks for it alone has found nothing.
        if asked and not several and not page.texts and (instead := redirected(connection, asked)):
            page = search_by_name(connection, self.table, **{**query, **instead}, whole=whole)
        return listed(
            page, dress(connection, self.schema, page.texts, members, expand), query["sort"]
        )

    def create(self, query: dict[str, Any]) -> Response:
        """Create a record; the service makes its id, except that of a dataset."""
        sent = body()
        record_id = str(sent.get("id") if self.named else new_id())

        def work(connection: Connection) -> idempotency.Answer:
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

        def work(connection: Connection) -> idempotency.Answer:
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

        def work(connection: Connection) -> idempotency.Answer:
            draft = self.draft(str(record_id), sent, None)
            events = self.hold(connection, draft)
            standing(draft.current)
            draft.body = self.schema.merge(draft.standing, self.without_echoes(draft))
            return self.store(connection, draft, events)

        return transact(work, dry_run=query["dry_run"])

    def withdraw(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Withdraw a record that nothing refers to; its tombstone stays."""

        def work(connection: Connection) -> idempotency.Answer:
            events = store.hold(connection, [self.draft(str(record_id), {}, None)])
            stored = standing(self.get(connection, str(record_id), "UPDATE"))
            conditional.may_replace(stored)
            store.withdraw(connection, self.draft(str(record_id), {}, stored), events)
            return idempotency.Answer(204, {}, "")

        return transact(work, dry_run=query["dry_run"])

    @property
    def named(self) -> bool:
        """Tell whether clients give the records their ids: those of datasets are slugs."""
        return self.table.id_type == "text"

    def draft(self, record_id: str, sent: dict[str, Any], stored: Stored | None) -> Draft:
        """Make a draft of what was sent."""
        return Draft(self.table, self.schema, record_id, sent, stored)

    def get(
        self, connection: Connection, record_id: str, lock: LiteralString | None = None
    ) -> Stored | None:
        """Read what stands under an id from an address; nothing does under what cannot be one."""
        if self.named and not SLUG.fullmatch(record_id):
            return None
        return self.table.get(connection, record_id, lock=lock)

    def hold(self, connection: Connection, draft: Draft) -> set[str]:
        """Hold what stands in a draft's place, if it may be replaced, and events that depend on it.

        Returns the ids of the events.
        """
        events = self.held(connection, draft)
        if draft.current is not None:
            conditional.may_replace(standing(draft.current))
        return events

    def held(self, connection: Connection, draft: Draft) -> set[str]:
        """Hold what is or was in a draft's place, and events that depend on it; give their ids."""
        events = store.hold(connection, [draft])
        draft.current = self.get(connection, draft.id, self.table.lock_strength)
        store.still_hold(connection, [draft], events)
        return events

    def store(
        self, connection: Connection, draft: Draft, events: set[str] | None = None
    ) -> idempotency.Answer:
        """Store a draft, and answer with the record as it stands then."""
        if events is None:
            events = store.hold(connection, [draft])
        store.store(connection, [draft], events)
        place = {"Location": f"/v1/{self.table.name}/{draft.id}"}
        if draft.written and not draft.current:
            return idempotency.Answer(201, {"ETag": FIRST, **place}, draft.written)
        stored = standing(self.table.get(connection, draft.id))
        if draft.current:
            return idempotency.Answer(200, tagged(stored), stored.text)
        return idempotency.Answer(201, {**tagged(stored), **place}, stored.text)

    def without_echoes(self, draft: Draft) -> dict[str, Any]:
        """Leave out what the service makes and the client sends back as it got it."""
        sent, standing_now = draft.body, {"id": draft.id, **draft.standing}
        echoes = {
            name
            for name in self.schema.fields.keys() - self.schema.load_fields.keys()
            if name in sent and name in standing_now and sent[name] == standing_now[name]
        }
        return {name: value for name, value in sent.items() if name not in echoes}


def redirected(connection: Connection, asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Give parameters that ask for merged records: with those that stand for them."""
    known = merges.survivors(connection, [*chain(*asked.values())])
    return {
        name: [*dict.fromkeys(known.get(one, one) for one in ids)]
        for name, ids in asked.items()
        if known
    }
