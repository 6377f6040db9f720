"""The six operations that every resource has, made from its table, its schema and its query."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
from flask import Blueprint, Response, request
from marshmallow import fields
from psycopg import Connection

from api import conditional, writing
from api.body import JSON, MERGE_PATCH, body
from api.context import database
from api.errors import Withdrawn, fault
from api.operation import Answer, Body, Operation, operation
from models import answers
from models.references import TABLES
from models.table import NotFound, Page, Stored, Table
from schemas.page import Page as PageQuery
from schemas.page import Query, Write, cursor, embeddings
from schemas.record import RecordSchema

READ = (400, 401, 403, 406)
"""How any read may be refused."""

WRITTEN = (*READ, 409, 412, 422)
"""How any write may be refused, besides."""


def resource(table: Table, schema: type[RecordSchema], query: type[PageQuery]) -> Blueprint:
    """Serve the records of a table: search, create, read, replace, change and withdraw them."""
    blueprint = Blueprint(table.name, __name__, url_prefix=f"/v1/{table.name}")
    blueprint.description = (schema.__doc__ or "").splitlines()[0]  # type: ignore[attr-defined]
    noun = schema.__name__.removesuffix("Schema")
    one = "/<uuid:record_id>" if table.id_type == "uuid" else "/<record_id>"
    shape = schema()
    shown = one_query(query)
    record = {200: Answer("The record.", noun, ("ETag",))}
    created = {201: Answer("The new record.", noun, ("ETag", "Location"))}

    @blueprint.get("")
    @operation(
        Operation(
            f"{table.name}.search",
            {200: Answer("A page of the list.", f"{noun}List", ("Link",))},
            READ,
            query=query,
        )
    )
    def search(query: dict[str, Any]) -> Response:
        """List records, by whatever is asked for."""
        only, expand = query.pop("only", None), query.pop("expand", None)
        whole = bool(only) and not shape.beside.isdisjoint(only)
        connection = database()
        page = table.search(connection, **query, whole=whole)
        texts = dress(connection, shape, page.texts, only, expand)
        return listed(page, texts, query["sort"])

    @blueprint.post("")
    @operation(
        Operation(
            f"{table.name}.create",
            created,
            (*WRITTEN, 413, 415),
            scope="write",
            query=Write,
            body=Body(f"{noun}Input"),
            headers=("Idempotency-Key",),
        )
    )
    def create(query: dict[str, Any]) -> Response:
        """Create a record; the service makes its id."""
        sent = body()
        record_id = sent.get("id") if table.name == "datasets" else writing.new_id()

        def work(connection: Connection[Any]) -> answers.Answer:
            held = writing.hold(connection, [(table.name, str(record_id), shape, sent)])
            draft = writing.Draft(table, shape, str(record_id), sent)
            if table.name == "datasets" and table.get(connection, draft.id):
                raise fault("/id", "taken", f"There is a dataset {draft.id} already.")
            writing.store(connection, [draft], held)
            return written(connection, draft.id, 201)

        return writing.transact(work, dry_run=query["dry_run"], repeatable=True)

    @blueprint.get(one)
    @operation(
        Operation(
            f"{table.name}.read",
            {**record, 304: Answer("The record is what the client has already.", None, ("ETag",))},
            (*READ, 404, 410),
            query=shown,
            headers=("If-None-Match",),
        )
    )
    def read(record_id: UUID | str, query: dict[str, Any] | None = None) -> Response:
        """Read a record."""
        connection = database()
        stored = standing(table.get(connection, str(record_id)))
        if conditional.fresh(stored):
            return Response(status=304, headers=tagged(stored))
        chosen = query or {}
        [text] = dress(connection, shape, [stored.text], chosen.get("only"), chosen.get("expand"))
        return Response(text, 200, tagged(stored), mimetype=JSON)

    @blueprint.put(one)
    @operation(
        Operation(
            f"{table.name}.replace",
            {**record, **created},
            (*WRITTEN, 410, 413, 415, 428),
            scope="write",
            query=Write,
            body=Body(f"{noun}Input"),
            headers=("If-Match", "If-None-Match"),
        )
    )
    def replace(record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Replace a record, or create it under this id."""
        sent = body()
        if table.name == "datasets":
            sent = {"id": record_id, **sent}
            if sent["id"] != record_id:
                raise fault("/id", "mismatch", "The id is not the one in the address.")

        def work(connection: Connection[Any]) -> answers.Answer:
            return put(connection, str(record_id), sent, merging=False)

        return writing.transact(work, dry_run=query["dry_run"])

    @blueprint.patch(one)
    @operation(
        Operation(
            f"{table.name}.change",
            record,
            (*WRITTEN, 404, 410, 413, 415, 428),
            scope="write",
            query=Write,
            body=Body(f"{noun}Patch", (MERGE_PATCH, JSON)),
            headers=("If-Match",),
        )
    )
    def change(record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Change some members of a record: a JSON merge patch (RFC 7396); null removes."""
        sent = body(MERGE_PATCH, JSON)

        def work(connection: Connection[Any]) -> answers.Answer:
            return put(connection, str(record_id), sent, merging=True)

        return writing.transact(work, dry_run=query["dry_run"])

    @blueprint.delete(one)
    @operation(
        Operation(
            f"{table.name}.withdraw",
            {204: Answer("The record is withdrawn.")},
            (*READ, 404, 409, 410, 412, 428),
            scope="write",
            query=Write,
            headers=("If-Match",),
        )
    )
    def withdraw(record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Withdraw a record that nothing refers to; its tombstone stays."""

        def work(connection: Connection[Any]) -> answers.Answer:
            held = writing.hold(connection, [(table.name, str(record_id), shape, {})])
            stored = standing(table.get(connection, str(record_id), lock="UPDATE"))
            conditional.may_replace(stored)
            writing.withdraw(connection, writing.Draft(table, shape, stored.id, {}, stored), held)
            return answers.Answer(204, {}, "")

        return writing.transact(work, dry_run=query["dry_run"])

    def put(
        connection: Connection[Any], record_id: str, sent: dict[str, Any], *, merging: bool
    ) -> answers.Answer:
        """Store what was sent under an id, as a patch or as a whole."""
        held = writing.hold(connection, [(table.name, record_id, shape, sent)])
        stored = table.get(connection, record_id, lock=table.lock_strength)
        if stored is None and not merging:
            conditional.may_create()
        else:
            stored = standing(stored)
            conditional.may_replace(stored)
        current = orjson.loads(stored.text) if stored else {}
        given = without_echoes(shape, sent, current)
        whole = shape.merge(current, given) if merging else given
        writing.store(connection, [writing.Draft(table, shape, record_id, whole, stored)], held)
        return written(connection, record_id, 200 if stored else 201)

    def written(connection: Connection[Any], record_id: str, status: int) -> answers.Answer:
        """Answer a write with the record as it stands now."""
        stored = standing(table.get(connection, record_id))
        place = {"Location": f"{blueprint.url_prefix}/{record_id}"} if status == 201 else {}  # noqa: PLR2004
        return answers.Answer(status, {**tagged(stored), **place}, stored.text)

    return blueprint


def one_query(query: type[PageQuery]) -> type[Query]:
    """Take from a list's query what can be asked of one record."""
    declared = query._declared_fields  # noqa: SLF001 - marshmallow has no public name for them
    chosen: dict[str, fields.Field] = {
        name: declared[name] for name in ("only", "expand") if name in declared
    }
    return type("ReadQuery", (Query,), chosen)


def without_echoes(
    schema: RecordSchema, sent: dict[str, Any], current: dict[str, Any]
) -> dict[str, Any]:
    """Leave out what the service makes and the client sends back as it got it."""
    echoes = {
        name
        for name in schema.dump_fields
        if name in sent and name in current and sent[name] == current[name]
    }
    return {name: value for name, value in sent.items() if name not in echoes}


def standing(stored: Stored | None) -> Stored:
    """Give a record that stands; NotFound where there never was one, Withdrawn for a tombstone."""
    if stored is None:
        raise NotFound("There is no record with this id.")
    if stored.withdrawn:
        raise Withdrawn(
            {
                "id": stored.id,
                "version": stored.version,
                "withdrawn_at": writing.instant(stored.updated_at),
            }
        )
    return stored


def tagged(stored: Stored) -> dict[str, str]:
    """Give a record's ETag as a header."""
    return {"ETag": f'"{stored.etag}"'}


def listed(page: Page, texts: Iterable[str], sort: str) -> Response:
    """Answer with a page of a list: stored texts, joined."""
    further = cursor(sort, *page.after) if page.after else None
    total = "" if page.total is None else f',"total":{page.total}'
    following = f'"{further}"' if further else "null"
    response = Response(
        f'{{"items":[{",".join(texts)}],"next_cursor":{following}{total}}}', mimetype=JSON
    )
    if further:
        arguments = {**request.args, "cursor": further}
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in arguments.items())
        response.headers["Link"] = f'<{request.base_url}?{query}>; rel="next"'
    return response


def dress(
    connection: Connection[Any],
    schema: RecordSchema,
    texts: list[str],
    only: list[str] | None,
    expand: list[str] | None,
) -> list[str]:
    """Put into records what they point at, and leave out the members not asked for."""
    if not only and not expand:
        return texts
    records: list[dict[str, Any]] = [orjson.loads(text) for text in texts]
    if expand:
        embed(connection, schema, records, {*expand})
    if only:
        wanted = {"id", *only, *(path.partition(".")[0] for path in expand or ())}
        records = [
            {name: value for name, value in record.items() if name in wanted} for record in records
        ]
    return [orjson.dumps(record).decode() for record in records]


def embed(
    connection: Connection[Any],
    schema: RecordSchema,
    records: list[dict[str, Any]],
    wanted: set[str],
) -> None:
    """Put the wanted records into those that point at them: one statement a resource."""
    places = [place for record in records for place in embeddings(schema, record, wanted)]
    found = {}
    for to in {place.to for place in places}:
        ids = {one for place in places if place.to == to for one in place.ids}
        texts = TABLES[to].fetch(connection, ids)
        found[to] = {one: orjson.Fragment(text) for one, text in texts.items()}
    for place in places:
        embedded = [found[place.to][one] for one in place.ids]
        place.holder[place.member] = embedded if place.many else embedded[0]
