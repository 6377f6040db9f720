"""What is served under a resource's address, made from its table, its schema and its query."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from api.http.operation import (
    CHANGED,
    FOUND,
    READ,
    WITHDRAWN,
    WRITTEN,
    Answer,
    Body,
    Operation,
    operation,
)
from api.http.request import JSON, JSON_PATCH, MERGE_PATCH
from api.resource.history import History
from api.resource.merging import MERGED, Merging
from api.resource.operations import Resource
from models.table import Table
from schemas.lists import Page, Query, Read, Write
from schemas.record import RecordSchema
from schemas.revisions import DiffQuery, RevisionQuery


def resource(table: Table, schema: type[RecordSchema], query: type[Page]) -> Blueprint:
    """Serve the records of a table: what they are, what they were, and which are about the same."""
    noun = schema.__name__.removesuffix("Schema")
    blueprint = Blueprint(table.name, __name__, url_prefix=f"/v1/{table.name}")
    blueprint.description = (schema.__doc__ or "").splitlines()[0]  # type: ignore[attr-defined]
    views = Resource(table, schema(), query)
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
    other, both = Body(f"{noun}Replacement") if views.named else whole, (match, none_match, why)
    add(one, "PUT", views.replace, Write, record | created, CHANGED, other, both)
    add(one, "PATCH", views.change, Write, record, CHANGED, patch, (match, why))
    add(one, "DELETE", views.withdraw, Write, gone, WITHDRAWN, None, (match, why))

    past = History(views)
    revisions, revision = f"{one}/revisions", f"{one}/revisions/<int:number>"
    many = {200: Answer("A page of the list.", "RevisionList", ("Link",))}
    single = {200: Answer("The revision, with the record as it then was.", f"{noun}Revision")}
    patches = {200: Answer("What makes the one of the other.", "JsonPatch", (), JSON_PATCH)}
    kept = (*READ, 404)
    add(revisions, "GET", past.revisions, RevisionQuery, many, kept)
    add(revision, "GET", past.revision, Read, single, kept)
    add(f"{revision}/diff", "GET", past.diff, DiffQuery, patches, kept)
    to = Body("Revert")
    again = (*WRITTEN, 404, 412)
    add(f"{one}/revert", "POST", past.revert, Write, record, again, to, (match, key, why))
    why_not = Body("RetractionInput")
    add(f"{one}/retraction", "PUT", past.retract, Write, record, CHANGED, why_not, (match, why))
    add(f"{one}/retraction", "DELETE", past.reinstate, Write, record, CHANGED, None, (match, why))

    if table.name in MERGED:
        merging = Merging(views)
        united = {200: Answer("What was moved.", "MergeResult")}
        parted = {200: Answer("What was moved back, and what was not.", "UnmergeResult")}
        whither, comment = Body("Merge"), Body("Unmerge")
        alone = (*WRITTEN, 404)
        add(f"{one}/merge", "POST", merging.merge, Write, united, CHANGED, whither, (key, why))
        add(f"{one}/unmerge", "POST", merging.unmerge, Write, parted, alone, comment, (key, why))
    return blueprint


def one_query(query: type[Page]) -> type[Query]:
    """Take from a list's query what can be asked of one record."""
    declared = query._declared_fields  # noqa: SLF001 - marshmallow has no public name for them
    chosen: dict[str, Any] = {
        name: declared[name] for name in ("members", "expand") if name in declared
    }
    return type("ReadQuery", (Read,), chosen)
