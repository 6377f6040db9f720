"""The routes of a resource, one row each."""

from typing import Any, NamedTuple

from api.description.jsonschema import JSON_SCHEMA
from api.http.operation import (
    CHANGED,
    FOUND,
    READ,
    WITHDRAWN,
    WRITTEN,
    Answer,
    Body,
    Content,
    Json,
    Operation,
    Section,
    Variant,
    operation,
)
from api.http.request import JSON, JSON_PATCH, LD_JSON, MERGE_PATCH, SCHEMA_JSON
from api.resource.asking import Asking
from api.resource.history import History
from api.resource.jsonld import LINKED, JsonLd
from api.resource.merging import Merging
from api.resource.operations import Resource
from models.table import Table
from schemas.lists import Page, Query, Read, Write
from schemas.merges import MergeResultSchema, MergeSchema, UnmergeResultSchema, UnmergeSchema
from schemas.record import RecordSchema, RetractionSchema
from schemas.revisions import DiffQuery, RevertSchema, RevisionQuery, RevisionSchema

DIFFERENCE = Json(
    "JsonPatch",
    {
        "type": "array",
        "description": "A JSON Patch (RFC 6902): operations, to be applied one after the other.",
        "items": {
            "type": "object",
            "required": ["op", "path"],
            "properties": {
                "op": {
                    "type": "string",
                    "description": "What is done: add, remove, replace, move, copy or test.",
                    "example": "replace",
                },
                "path": {
                    "type": "string",
                    "description": "Where (RFC 6901).",
                    "example": "/attestation/status",
                },
                "from": {
                    "type": "string",
                    "description": "The source of a move or copy (RFC 6901).",
                    "example": "/tags/0",
                },
                "value": {"description": "The value to put there.", "example": "disputed"},
            },
        },
    },
)
"""The difference between two revisions."""

ETAG, LINK, CREATED = ("ETag",), ("Link",), ("ETag", "Location")
LISTED = ("Link", "Accept-Query")
"""Headers of answers."""

MATCH, NONE_MATCH, KEY, WHY = "If-Match", "If-None-Match", "Idempotency-Key", "Edit-Comment"
"""Headers of requests."""

Part = type[Any] | Variant | Json | str | None
"""A schema or a query; or by a word one of the resource's own.

Those are `record`, and its variants `List`, `Input`, `Patch`, `Replacement` and `Revision`; of
queries, `list` and `one`.
"""


class Reply(NamedTuple):
    """An answer, some part of which may be the resource's own."""

    description: str
    part: Part = None
    headers: tuple[str, ...] = ()


Replies = dict[int, Reply]

PAGE: Replies = {200: Reply("A page of the list.", "List", LISTED)}
FOUND_SO: Replies = {200: Reply("A page of the list.", "List", ("Accept-Query",))}
RECORD: Replies = {200: Reply("The record.", "record", ETAG)}
LINKED_DATA: Replies = {200: Reply("The record as JSON-LD.", LINKED, ETAG)}
KNOWN: Replies = {304: Reply("The record has not changed.", None, ETAG)}
NEW: Replies = {201: Reply("The new record.", "record", CREATED)}
GONE: Replies = {204: Reply("The record is withdrawn.")}
REVISIONS: Replies = {200: Reply("A page of the list.", Variant(RevisionSchema, "List"), LINK)}
REVISION: Replies = {200: Reply("The revision, with the record as it then was.", "Revision")}
PATCHES: Replies = {200: Reply("The JSON Patch between the two.", DIFFERENCE)}
UNITED: Replies = {200: Reply("What was moved.", MergeResultSchema)}
PARTED: Replies = {200: Reply("What was moved back, and what stayed.", UnmergeResultSchema)}

KINDS = ((DIFFERENCE, JSON_PATCH), (JSON_SCHEMA, SCHEMA_JSON), (LINKED, LD_JSON))
"""The media types of what is not plain JSON."""

REASON = Variant(RetractionSchema, "Input")

QUERYABLES: Replies = {200: Reply("Their properties.", JSON_SCHEMA)}

ASKED = (*READ, 413, 415, 422)
"""How a question in a body may be refused."""

PAST = (*READ, 404)
REVERTED = (*WRITTEN, 404, 412)
UNMERGED = (*WRITTEN, 404)
"""How reading what was, reverting and unmerging may be refused."""


class Route(NamedTuple):
    """One operation that every resource has."""

    rule: str
    method: str
    view: str
    query: Part
    body: Part
    replies: Replies
    refusals: tuple[int, ...]
    headers: tuple[str, ...] = ()


SUMMARIES = {
    "search": "List {many}",
    "query": "List {many} by a query in the body",
    "find": "List {many} by a query in the body, sent as a POST",
    "queryables": "List what {many} can be filtered by",
    "create": "Create {one}",
    "read": "Read {one}",
    "jsonld": "Read {one} as JSON-LD",
    "replace": "Replace {one}",
    "change": "Change members of {one}",
    "withdraw": "Withdraw {one}",
    "revisions": "List the revisions of {one}",
    "revision": "Read a revision of {one}",
    "diff": "Compare two revisions of {one}",
    "revert": "Revert {one} to an earlier revision",
    "retract": "Retract {one}",
    "reinstate": "Lift the retraction of {one}",
    "merge": "Merge {one} into another",
    "unmerge": "Undo the last merge of {one}",
}
"""A summary of each view, to be put in words of its resource."""

ONE, REVISED, RETRACTED = "/{id}", "/{id}/revisions", "/{id}/retraction"
AS_LINKED_DATA = "/{id}.jsonld"

READING = {"GET", "QUERY", "find"}
"""Methods that only read, and the view that does so whatever its method."""

ROUTES = (
    # rule   method  view      query  body          replies       refusals  headers
    Route("", "GET", "search", "list", None, PAGE, READ),
    Route("", "QUERY", "query", None, "Body", FOUND_SO, ASKED),
    Route("/search", "POST", "find", None, "Body", FOUND_SO, ASKED),
    Route("/queryables", "GET", "queryables", None, None, QUERYABLES, READ),
    Route("", "POST", "create", Write, "Input", NEW, WRITTEN, (KEY, WHY)),
    Route(ONE, "GET", "read", "one", None, RECORD | KNOWN, (*FOUND, 412), (MATCH, NONE_MATCH)),
    Route(
        *(AS_LINKED_DATA, "GET", "jsonld", Read, None, LINKED_DATA | KNOWN, (*FOUND, 412)),
        (MATCH, NONE_MATCH),
    ),
    Route(
        *(ONE, "PUT", "replace", Write, "Replacement", RECORD | NEW, CHANGED),
        (MATCH, NONE_MATCH, WHY),
    ),
    Route(ONE, "PATCH", "change", Write, "Patch", RECORD, CHANGED, (MATCH, WHY)),
    Route(ONE, "DELETE", "withdraw", Write, None, GONE, WITHDRAWN, (MATCH, WHY)),
    Route(REVISED, "GET", "revisions", RevisionQuery, None, REVISIONS, PAST),
    Route(f"{REVISED}/{{number}}", "GET", "revision", Read, None, REVISION, PAST),
    Route(f"{REVISED}/{{number}}/diff", "GET", "diff", DiffQuery, None, PATCHES, PAST),
    Route(
        "/{id}/revert", "POST", "revert", Write, RevertSchema, RECORD, REVERTED, (MATCH, KEY, WHY)
    ),
    Route(RETRACTED, "PUT", "retract", Write, REASON, RECORD, CHANGED, (MATCH, WHY)),
    Route(RETRACTED, "DELETE", "reinstate", Write, None, RECORD, CHANGED, (MATCH, WHY)),
)
"""Routes of every resource."""

MERGES = (
    Route("/{id}/merge", "POST", "merge", Write, MergeSchema, UNITED, CHANGED, (KEY, WHY)),
    Route("/{id}/unmerge", "POST", "unmerge", Write, UnmergeSchema, PARTED, UNMERGED, (KEY, WHY)),
)
"""Routes of resources whose records can be merged."""


def resource(
    table: Table, schema: type[RecordSchema], query: type[Page], *, has_weight: bool = True
) -> Section:
    """Serve the records of a table: what they are, what they were, and which are about the same.

    What has no weight of its own cannot be retracted.
    """
    section = Section(table.name, (schema.__doc__ or "").splitlines()[0], f"/v1/{table.name}")
    views = Resource(table, schema(), query)
    served = (views, JsonLd(views), Asking(views, query), History(views), Merging(views))
    queries = {"list": query, "one": one_query(query)}
    offered = (*ROUTES, *(MERGES if table.mergeable else ()))
    for route in (
        offered if has_weight else tuple(each for each in offered if each.rule != RETRACTED)
    ):
        view = next(getattr(each, route.view) for each in served if hasattr(each, route.view))
        described = Operation(
            id=f"{table.name}.{route.view}",
            answers={status: answer(schema, reply) for status, reply in route.replies.items()},
            refusals=route.refusals,
            scope="read" if route.method in READING or route.view in READING else "write",
            query=queries[route.query] if isinstance(route.query, str) else route.query or Query,
            body=Body(Variant(query, "Body")) if route.body == "Body" else body(schema, route.body),
            headers=route.headers,
            summary=SUMMARIES[route.view].format(many=table.name, one=one_of(table.name)),
        )
        rule = rule_of(table, route.rule)
        section.add_url_rule(rule, route.view, operation(described)(view), methods=[route.method])
    return section


def one_of(resource: str) -> str:
    """Speak of one record of a resource: an actor, a document."""
    singular = resource.removesuffix("s")
    return f"{'an' if singular[0] in 'aeiou' else 'a'} {singular}"


def rule_of(table: Table, rule: str) -> str:
    """Write a rule as Flask reads it: the id of a dataset is any text, others are UUIDs."""
    record = "<uuid:record_id>" if table.id_type == "uuid" else "<record_id>"
    return rule.replace("{id}", record).replace("{number}", "<int:number>")


def answer(schema: type[RecordSchema], reply: Reply) -> Answer:
    """Make an answer of a reply."""
    kind = next((kind for part, kind in KINDS if reply.part is part), JSON)
    return Answer(reply.description, content(schema, reply.part), reply.headers, kind)


def body(schema: type[RecordSchema], part: Part) -> Body | None:
    """Make a body; a record that is replaced has its id in the address."""
    if part == "Replacement" and "id" not in schema().load_fields:
        part = "Input"
    given = content(schema, part)
    kinds = (MERGE_PATCH, JSON) if part == "Patch" else (JSON,)
    return None if given is None else Body(given, kinds)


def content(schema: type[RecordSchema], part: Part) -> Content | None:
    """Give the schema of a part."""
    if isinstance(part, str):
        return schema if part == "record" else Variant(schema, part)
    return part


def one_query(query: type[Page]) -> type[Query]:
    """Take from a list's query what can be asked of one record."""
    declared = query._declared_fields  # noqa: SLF001 - marshmallow has no public name for them
    chosen: dict[str, Any] = {
        name: declared[name] for name in ("members", "expand") if name in declared
    }
    return type("ReadQuery", (Read,), chosen)
