"""The routes of a resource: its table of contents."""

from collections.abc import Iterator
from typing import Any

from api.description.contents import DIFFERENCE, LINKED
from api.description.jsonschema import JSON_SCHEMA
from api.http.operation import (
    CHANGED,
    FOUND,
    READ,
    WITHDRAWN,
    WRITTEN,
    Answer,
    Body,
    Section,
    Variant,
)
from api.http.request import JSON, JSON_PATCH, LD_JSON, MERGE_PATCH, SCHEMA_JSON
from api.resource.asking import Asking
from api.resource.history import History
from api.resource.jsonld import JsonLd
from api.resource.merging import Merging
from api.resource.operations import Resource
from api.resource.routing import Route, add_routes, one_of, place_of
from models.table import Table
from schemas.lists import Page, Query, Read, Write
from schemas.merges import MergeResultSchema, MergeSchema, UnmergeResultSchema, UnmergeSchema
from schemas.record import RecordSchema, RetractionSchema
from schemas.revisions import DiffQuery, RevertSchema, RevisionQuery, RevisionSchema

IF_MATCH = ("If-Match",)
CONDITIONS = ("If-Match", "If-None-Match")
COMMENT = ("Edit-Comment",)
RETRIED = ("Idempotency-Key", "Edit-Comment")
"""Headers of requests."""

ASKED = (*READ, 413, 415, 422)
PAST = (*READ, 404)
"""How a question in a body, and reading what was, may be refused."""

UNCHANGED = {304: Answer("The record has not changed.", None, ("ETag",))}
"""How reading is answered to a client that has the record already."""


def resource(
    table: Table, schema: type[RecordSchema], query: type[Page], *, has_weight: bool = True
) -> Section:
    """Serve the records of a table: what they are, what they were, and which are about the same.

    What has no weight of its own cannot be retracted.
    """
    section = Section(table.name, (schema.__doc__ or "").splitlines()[0], f"/v1/{table.name}")
    views = Resource(table, schema(), query)
    add_routes(
        section,
        *lists(views, Asking(views, query), query),
        *records(views, JsonLd(views), query),
        *revisions(views, History(views)),
        *(retraction(views, History(views)) if has_weight else ()),
        *(merges(views, Merging(views)) if table.mergeable else ()),
    )
    return section


def lists(views: Resource, asking: Asking, query: type[Page]) -> Iterator[Route]:
    """List the routes of all records."""
    many, schema = views.table.name, type(views.schema)
    page, asked = Variant(schema, "List"), Body(Variant(query, "Body"))
    found = {200: Answer("A page of the list.", page, ("Accept-Query",))}
    yield Route(
        rule="",
        view=views.search,
        summary=f"List {many}",
        query=query,
        answers={200: Answer("A page of the list.", page, ("Link", "Accept-Query"))},
        refusals=READ,
    )
    yield Route(
        method="QUERY",
        rule="",
        view=asking.query,
        summary=f"List {many} by a query in the body",
        body=asked,
        answers=found,
        refusals=ASKED,
    )
    yield Route(
        method="POST",
        rule="/search",
        view=asking.find,
        summary=f"List {many} by a query in the body, sent as a POST",
        body=asked,
        answers=found,
        refusals=ASKED,
    )
    yield Route(
        rule="/queryables",
        view=asking.queryables,
        summary=f"List what {many} can be filtered by",
        answers={200: Answer("Their properties.", JSON_SCHEMA, type=SCHEMA_JSON)},
        refusals=READ,
    )
    yield Route(
        method="POST",
        rule="",
        view=views.create,
        summary=f"Create {one_of(many)}",
        scope="write",
        query=Write,
        body=Body(Variant(schema, "Input")),
        headers=RETRIED,
        answers={201: Answer("The new record.", schema, ("ETag", "Location"))},
        refusals=WRITTEN,
    )


def records(views: Resource, linked: JsonLd, query: type[Page]) -> Iterator[Route]:
    """List the routes of one record."""
    at, one, schema = place_of(views.table), one_of(views.table.name), type(views.schema)
    record = {200: Answer("The record.", schema, ("ETag",))}
    new = {201: Answer("The new record.", schema, ("ETag", "Location"))}
    as_linked_data = {200: Answer("The record as JSON-LD.", LINKED, ("ETag",), LD_JSON)}
    # A record that is replaced has its id in the address.
    replacement = "Replacement" if "id" in schema().load_fields else "Input"
    yield Route(
        rule=at,
        view=views.read,
        summary=f"Read {one}",
        query=one_query(query),
        headers=CONDITIONS,
        answers=record | UNCHANGED,
        refusals=(*FOUND, 412),
    )
    yield Route(
        rule=f"{at}.jsonld",
        view=linked.jsonld,
        summary=f"Read {one} as JSON-LD",
        query=Read,
        headers=CONDITIONS,
        answers=as_linked_data | UNCHANGED,
        refusals=(*FOUND, 412),
    )
    yield Route(
        method="PUT",
        rule=at,
        view=views.replace,
        summary=f"Replace {one}",
        scope="write",
        query=Write,
        body=Body(Variant(schema, replacement)),
        headers=CONDITIONS + COMMENT,
        answers=record | new,
        refusals=CHANGED,
    )
    yield Route(
        method="PATCH",
        rule=at,
        view=views.change,
        summary=f"Change members of {one}",
        scope="write",
        query=Write,
        body=Body(Variant(schema, "Patch"), (MERGE_PATCH, JSON)),
        headers=IF_MATCH + COMMENT,
        answers=record,
        refusals=CHANGED,
    )
    yield Route(
        method="DELETE",
        rule=at,
        view=views.withdraw,
        summary=f"Withdraw {one}",
        scope="write",
        query=Write,
        headers=IF_MATCH + COMMENT,
        answers={204: Answer("The record is withdrawn.")},
        refusals=WITHDRAWN,
    )


def revisions(views: Resource, history: History) -> Iterator[Route]:
    """List the routes of what a record was."""
    at, one, schema = place_of(views.table), one_of(views.table.name), type(views.schema)
    page, revision = Variant(RevisionSchema, "List"), Variant(schema, "Revision")
    as_it_was = "The revision, with the record as of it."
    yield Route(
        rule=f"{at}/revisions",
        view=history.revisions,
        summary=f"List the revisions of {one}",
        query=RevisionQuery,
        answers={200: Answer("A page of the list.", page, ("Link",))},
        refusals=PAST,
    )
    yield Route(
        rule=f"{at}/revisions/<int:number>",
        view=history.revision,
        summary=f"Read a revision of {one}",
        query=Read,
        answers={200: Answer(as_it_was, revision)},
        refusals=PAST,
    )
    yield Route(
        rule=f"{at}/revisions/<int:number>/diff",
        view=history.diff,
        summary=f"Compare two revisions of {one}",
        query=DiffQuery,
        answers={200: Answer("The JSON Patch between the two.", DIFFERENCE, type=JSON_PATCH)},
        refusals=PAST,
    )
    yield Route(
        method="POST",
        rule=f"{at}/revert",
        view=history.revert,
        summary=f"Revert {one} to an earlier revision",
        scope="write",
        query=Write,
        body=Body(RevertSchema),
        headers=IF_MATCH + RETRIED,
        answers={200: Answer("The record.", schema, ("ETag",))},
        refusals=(*WRITTEN, 404, 412),
    )


def retraction(views: Resource, history: History) -> Iterator[Route]:
    """List the routes by which a record is retracted, and reinstated."""
    rule = f"{place_of(views.table)}/retraction"
    record = {200: Answer("The record.", type(views.schema), ("ETag",))}
    yield Route(
        method="PUT",
        rule=rule,
        view=history.retract,
        summary=f"Retract {one_of(views.table.name)}",
        scope="write",
        query=Write,
        body=Body(Variant(RetractionSchema, "Input")),
        headers=IF_MATCH + COMMENT,
        answers=record,
        refusals=CHANGED,
    )
    yield Route(
        method="DELETE",
        rule=rule,
        view=history.reinstate,
        summary=f"Lift the retraction of {one_of(views.table.name)}",
        scope="write",
        query=Write,
        headers=IF_MATCH + COMMENT,
        answers=record,
        refusals=CHANGED,
    )


def merges(views: Resource, merging: Merging) -> Iterator[Route]:
    """List the routes of resources of which two records may be about the same."""
    at, one = place_of(views.table), one_of(views.table.name)
    moved_back = "The references that were moved back, and those that stayed."
    yield Route(
        method="POST",
        rule=f"{at}/merge",
        view=merging.merge,
        summary=f"Merge {one} into another",
        scope="write",
        query=Write,
        body=Body(MergeSchema),
        headers=RETRIED,
        answers={200: Answer("The references that were moved.", MergeResultSchema)},
        refusals=CHANGED,
    )
    yield Route(
        method="POST",
        rule=f"{at}/unmerge",
        view=merging.unmerge,
        summary=f"Undo the last merge of {one}",
        scope="write",
        query=Write,
        body=Body(UnmergeSchema),
        headers=RETRIED,
        answers={200: Answer(moved_back, UnmergeResultSchema)},
        refusals=(*WRITTEN, 404),
    )


def one_query(query: type[Page]) -> type[Query]:
    """Take from a list's query what can be asked of one record."""
    declared = query._declared_fields  # noqa: SLF001 - marshmallow has no public name for them
    chosen: dict[str, Any] = {
        name: declared[name] for name in ("members", "expand") if name in declared
    }
    return type("ReadQuery", (Read,), chosen)
