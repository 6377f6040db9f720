"""The six operations that every resource has, made from its table and its schema."""

from typing import Any, LiteralString
from uuid import UUID

from flask import Response

from api.http import conditional
from api.http.answers import dress, existing, listed, tagged
from api.http.context import database
from api.http.errors import Stale, Taken
from api.http.request import JSON, MERGE_PATCH, body
from api.resource.finding import Finding
from api.resource.highlighting import highlighted
from api.writing.draft import Current, Draft, Sent, new_id
from api.writing.lock import lock
from api.writing.store import store, withdraw
from api.writing.transaction import transact
from models.database.connections import Connection
from models.store import idempotency
from models.table import Stored, Table
from schemas.fields.ids import SLUG
from schemas.lists import Page
from schemas.problem import Fault
from schemas.record import RecordSchema


class Resource:
    """The views of one resource."""

    def __init__(self, table: Table, schema: RecordSchema, query: type[Page]) -> None:
        """Serve the records of `table`, which are shaped by `schema` and found by `query`."""
        self.table = table
        self.schema = schema
        self.finding = Finding(table, query)

    def search(self, query: dict[str, Any]) -> Response:
        """List records that match all filters.

        The list is paginated: `next_cursor` leads to the next page until it is null. A filter with
        several values matches records with any of them.
        """
        members, expand = query.pop("members", None), query.pop("expand", None)
        query["full"] = not self.schema.beside.isdisjoint(members or ())
        connection = database()
        highlight = query.pop("highlight", False)
        page = self.finding.page(connection, query)
        texts = highlighted(connection, page.texts, query["q"]) if highlight else page.texts
        order = query.get("best_first", query["sort"])
        return listed(page, dress(connection, self.schema, texts, members, expand), order)

    def create(self, query: dict[str, Any]) -> Response:
        """Create a record. Its id is generated; a dataset names its own.

        With an `Idempotency-Key` it is created once, however often it is sent; `dry_run=true`
        checks everything and stores nothing.
        """
        members = body()
        record_id = str(members.get("id") if self.named else new_id())
        taken = Fault("/id", "taken", f"There is, or was, a dataset {record_id} already.")

        def work(connection: Connection) -> idempotency.Answer:
            if self.named and self.get(connection, record_id):
                raise Taken([taken])
            sent = self.sent(record_id, members, generated=not self.named)
            try:
                current, events = self.lock(connection, sent)
                return self.store(connection, current.draft(), events)
            except Stale as error:
                raise Taken([taken]) from error

        return transact(work, dry_run=query["dry_run"], repeatable=True)

    def read(self, record_id: UUID | str, query: dict[str, Any] | None = None) -> Response:
        """Read a record.

        Send its ETag as `If-Match` to change or withdraw it. A merged record redirects to its
        survivor (308), a withdrawn one is 410 with its tombstone.
        """
        connection, chosen = database(), query or {}
        stored = existing(self.get(connection, str(record_id)), self.table)
        conditional.may_read(stored)
        [text] = dress(
            connection, self.schema, [stored.text], chosen.get("members"), chosen.get("expand")
        )
        tag = conditional.tag(stored, text if chosen else None)
        answer = Response(text, 200, {"ETag": f'"{tag}"'}, mimetype=JSON)
        return conditional.unchanged(tag) or answer

    def replace(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Replace a record, or create it under this id.

        Members that are not sent become null or empty: use PATCH to change only some. Replacing
        needs `If-Match`; `If-None-Match: *` creates only.
        """
        members = {**({"id": record_id} if self.named else {}), **body()}

        def work(connection: Connection) -> idempotency.Answer:
            current, events = self.lock(connection, self.sent(record_id, members))
            if current.stored is None:
                conditional.may_create()
            else:
                conditional.may_replace(existing(current.stored, self.table))
            return self.store(connection, current.draft(self.without_echoes(current)), events)

        return transact(work, dry_run=query["dry_run"])

    def change(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Change members of a record with a JSON merge patch (RFC 7396).

        Members that are not sent are unchanged; null sets a value to unknown, and a list is
        replaced as a whole. `If-Match` is required, so that no concurrent change is overwritten.
        """
        members = body(MERGE_PATCH, JSON)

        def work(connection: Connection) -> idempotency.Answer:
            current, events = self.lock(connection, self.sent(record_id, members, partial=True))
            conditional.may_replace(existing(current.stored, self.table))
            merged = self.schema.merge(current.before, self.without_echoes(current))
            return self.store(connection, current.draft(merged), events)

        return transact(work, dry_run=query["dry_run"])

    def withdraw(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Withdraw a record that no other refers to, leaving a tombstone.

        Withdraw records that should never have been stored; retract those that turned out to be
        wrong. Its revisions stay readable, and `revert` restores it. If other records refer to it,
        409 names them.
        """

        def work(connection: Connection) -> idempotency.Answer:
            current, events = self.lock(connection, self.sent(record_id), exclusively=True)
            conditional.may_replace(existing(current.stored, self.table))
            withdraw(connection, current, events)
            return idempotency.Answer(204, {}, "")

        return transact(work, dry_run=query["dry_run"])

    @property
    def named(self) -> bool:
        """Tell whether clients give the records their ids: those of datasets are slugs."""
        return self.table.id_type == "text"

    def sent(
        self,
        record_id: UUID | str,
        members: dict[str, Any] | None = None,
        *,
        partial: bool = False,
        generated: bool = False,
        weight_may_change: bool = False,
    ) -> Sent:
        """Give a record of this resource as it was sent."""
        return Sent(
            self.table,
            self.schema,
            str(record_id),
            members or {},
            partial=partial,
            generated=generated,
            weight_may_change=weight_may_change,
        )

    def get(
        self, connection: Connection, record_id: str, lock: LiteralString | None = None
    ) -> Stored | None:
        """Read the record with this id; None if there is none, or the text cannot be an id."""
        if self.named and not SLUG.fullmatch(record_id):
            return None
        return self.table.get(connection, record_id, lock=lock)

    def lock(
        self, connection: Connection, sent: Sent, *, exclusively: bool = False
    ) -> tuple[Current, set[str]]:
        """Lock the stored record and the events whose attestation it affects; give both."""
        if self.named and not SLUG.fullmatch(sent.id):  # nothing stands under such an id
            return Current(sent), set()
        [current], events = lock(connection, [sent], {sent.id} if exclusively else ())
        return current, events

    def store(self, connection: Connection, draft: Draft, events: set[str]) -> idempotency.Answer:
        """Store a draft, and answer with the record as it stands then."""
        [written] = store(connection, [draft], events)
        stored = written.stored or existing(self.table.get(connection, draft.sent.id))
        if draft.current.stored:
            return idempotency.Answer(200, tagged(stored), stored.text)
        place = {"Location": f"/v1/{self.table.name}/{stored.id}"}
        return idempotency.Answer(201, {**tagged(stored), **place}, stored.text)

    def without_echoes(self, current: Current) -> dict[str, Any]:
        """Leave out what the service makes and the client sends back as it got it."""
        sent, stands = current.sent.body, {"id": current.sent.id, **current.before}
        echoes = {
            name
            for name in self.schema.fields.keys() - self.schema.load_fields.keys()
            if name in sent and name in stands and sent[name] == stands[name]
        }
        return {name: value for name, value in sent.items() if name not in echoes}
