"""/bundles: a whole article in one request, all or nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, current_app
from marshmallow import ValidationError

from api.description import openapi
from api.description.jsonschema import JSON_SCHEMA, self_contained
from api.http.context import settings
from api.http.errors import fault
from api.http.operation import WRITTEN, Answer, Body, Operation, Section, operation
from api.http.request import JSON, body
from api.writing import inheritance
from api.writing.draft import SCHEMAS, Current, Draft, Sent
from api.writing.identify import Identities, identify
from api.writing.lock import lock
from api.writing.store import store
from api.writing.transaction import transact
from models import bundles
from models.database.connections import Connection
from models.store import idempotency, merges
from models.tables import TABLES
from schemas.bundles import REF, BundleResultSchema, BundleSchema
from schemas.datasets import DatasetSchema
from schemas.fields.ids import SLUG
from schemas.folding import fold
from schemas.links import links
from schemas.lists import Write
from schemas.problem import Fault, Invalid, faults
from schemas.resources import MEMBERS

blueprint = Section("bundles", "Whole articles in one request.", "/v1/bundles")

NOTHING: dict[str, Any] = {}
"""A place in a bundle's list that holds no object."""


@blueprint.post("")
@operation(
    Operation(
        "bundles.create",
        {
            200: Answer("No record was new.", BundleResultSchema),
            201: Answer("Records were created.", BundleResultSchema),
        },
        (*WRITTEN, 413, 415),
        scope="write",
        query=Write,
        body=Body(BundleSchema),
        headers=("Idempotency-Key", "Edit-Comment"),
    )
)
def create(query: dict[str, Any]) -> Response:
    """Store a whole article: document, actors, locations, events and statements.

    Either all of it is stored or nothing. Wherever an id is expected, `@ref` refers to a record of
    the same bundle. A record whose external ids the dataset has already is updated: members that
    are sent replace the stored ones, the others are unchanged. Sending the same bundle twice
    changes nothing.
    """
    sent = body()
    bounded(sent, settings()["max_bundle_records"])
    return transact(
        lambda connection: load(connection, sent),
        dry_run=query["dry_run"],
        repeatable=True,
        timeout=settings()["bundle_timeout"],
    )


@blueprint.get("/schema")
@operation(
    Operation(
        "bundles.schema",
        {200: Answer("A JSON Schema (2020-12) without references to elsewhere.", JSON_SCHEMA)},
        (400, 401, 403, 406),
    )
)
def schema() -> Response:
    """Return the JSON Schema of bundles, usable as an extraction model's output format.

    Give it to a language model as its output format, or to a validator that checks bundles before
    they are sent. It is self-contained, and has a description and an example of every member.
    """
    schemas = openapi.described(current_app)["components"]["schemas"]
    return Response(orjson.dumps(self_contained(schemas, "Bundle")), mimetype=JSON)


def load(connection: Connection, members: dict[str, Any]) -> idempotency.Answer:
    """Store a bundle in the transaction under way, and say what became of it."""
    bundle, found = outline(members)
    digest = sha256(orjson.dumps(members, option=orjson.OPT_SORT_KEYS)).digest()
    before = bundles.remembered(connection, digest)
    identities = {
        resource: identify(
            connection, resource, bundle["dataset"], bundle[resource], before.get(resource)
        )
        for resource in MEMBERS
    }
    for each in identities.values():
        found += each.faults
    refs = named(bundle, identities)
    merged = {
        record.get("ref")
        for resource, each in identities.items()
        for position, record in enumerate(bundle[resource])
        if position in each.merged
    }
    sent = [*new_dataset(connection, bundle["dataset"])]
    for resource, each in identities.items():
        sent += send_all(resource, bundle, each, refs, merged)
    current, events = lock(connection, sent)
    live = [each for each in current if each.stored is None or not each.stored.withdrawn]
    written = store(connection, overlaid(connection, live), events, found)
    bundles.remember(
        connection, digest, {resource: each.ids for resource, each in identities.items()}
    )
    became: dict[str, Counter[str]] = {
        name: Counter() for name in ("created", "updated", "unchanged", "withdrawn", "merged")
    }
    for record in written:
        before_it = record.checked.current.stored
        state = "unchanged" if not record.changed else "updated" if before_it else "created"
        became[state][record.checked.sent.table.name] += 1
    became["withdrawn"].update(each.sent.table.name for each in current if each not in live)
    for resource, each in identities.items():
        if each.merged:
            became["merged"][resource] = len(each.merged)
    result = {"ids": {ref: record_id for ref, (_, record_id) in refs.items()}, **became}
    status = HTTPStatus.CREATED if became["created"] else HTTPStatus.OK
    return idempotency.Answer(status, {}, orjson.dumps(result).decode())


def bounded(sent: Mapping[str, Any], most: int) -> None:
    """Refuse a bundle of more records than the service takes at once."""
    count = sum(len(sent[name]) for name in MEMBERS if isinstance(sent.get(name), list))
    if count > most:
        detail = f"These are {count} records; a bundle has {most} at the most."
        raise fault("", "length", detail)


def new_dataset(connection: Connection, dataset: str) -> Iterator[Sent]:
    """Yield the bundle's dataset where there is none yet: others may create it at the same time."""
    if not TABLES["datasets"].get(connection, dataset):
        yield Sent(TABLES["datasets"], DatasetSchema(), dataset, {"id": dataset}, shared=True)


def outline(sent: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Check the outline of a bundle, and its refs; give what of it can be checked further.

    What is no list of objects is empty there, and a record that is no object stays as it is.
    """
    found: list[Fault] = []
    try:
        BundleSchema().load(sent)
    except ValidationError as error:
        found += faults(error.normalized_messages())
    bundle: dict[str, Any] = {"dataset": sent.get("dataset")}
    if not isinstance(bundle["dataset"], str) or not SLUG.fullmatch(bundle["dataset"]):
        raise Invalid(found)
    for resource in MEMBERS:
        records = sent.get(resource)
        bundle[resource] = records if isinstance(records, list) else []
        bundle[resource] = [
            record if isinstance(record, dict) else NOTHING for record in bundle[resource]
        ]
    seen: set[str] = set()
    for pointer, record in every(bundle):
        ref = record.get("ref")
        if "ref" in record and (not isinstance(ref, str) or not REF.fullmatch(ref)):
            found.append(Fault(f"{pointer}/ref", "form", f"A ref has the form {REF.pattern}."))
        elif ref in seen:
            found.append(Fault(f"{pointer}/ref", "repeated", f"Another record is called {ref}."))
        elif ref is not None:
            seen.add(ref)
        if record.get("dataset", bundle["dataset"]) != bundle["dataset"]:
            detail = "All records of a bundle are in its own dataset."
            found.append(Fault(f"{pointer}/dataset", "mismatch", detail))
    return bundle, found


def every(bundle: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every record of a bundle with its pointer."""
    for resource in MEMBERS:
        for position, record in enumerate(bundle[resource]):
            yield f"/{resource}/{position}", record


def named(
    bundle: dict[str, Any], identities: Mapping[str, Identities]
) -> dict[str, tuple[str, str]]:
    """Say which record each ref of a bundle stands for: resource and id."""
    refs: dict[str, tuple[str, str]] = {}
    for resource, each in identities.items():
        for record, record_id in zip(bundle[resource], each.ids, strict=True):
            if isinstance(record.get("ref"), str):
                refs.setdefault(record["ref"], (resource, record_id))
    return refs


def send_all(
    resource: str,
    bundle: dict[str, Any],
    identities: Identities,
    refs: Mapping[str, tuple[str, str]],
    merged: set[Any],
) -> Iterator[Sent]:
    """Yield the records of a bundle's list, ids in the place of refs, but for merged ones.

    Entries that come to be about one record, since a ref is of a `merged` one, are folded.
    """
    for position, record in enumerate(bundle[resource]):
        if record is NOTHING or position in identities.merged:
            continue
        body = orjson.loads(orjson.dumps({**record, "dataset": bundle["dataset"]}))
        body.pop("ref", None)
        moved = {}
        for link in links(SCHEMAS[resource], body):
            ref = link.id.removeprefix("@")
            to, record_id = refs.get(ref, ("", ""))
            if link.id.startswith("@") and to == link.to:
                link.holder[link.key] = record_id
                if ref in merged:
                    moved[link.pointer] = ref
        fold(body, moved)
        record_id = identities.ids[position]
        yield Sent(
            TABLES[resource],
            SCHEMAS[resource],
            record_id,
            body,
            f"/{resource}/{position}",
            partial=True,
            generated=record_id in identities.generated,
        )


def overlaid(connection: Connection, current: Sequence[Current]) -> list[Draft]:
    """Draft records with the sent members laid over the stored ones.

    What they inherited from records merged into them stays.
    """
    known = [each.sent.id for each in current if each.stored and each.sent.table.mergeable]
    given = merges.inherited(connection, known) if known else {}
    drafts = []
    for each in current:
        if not each.stored:
            drafts.append(each.draft())
            continue
        body = each.sent.schema.overlay(each.before, each.sent.body)
        for inherited in given.get(each.sent.id, ()):
            inheritance.add(body, inherited)
        drafts.append(each.draft(body))
    return drafts
