"""/bundles: a whole article in one request, all or nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import orjson
from flask import Blueprint, Response, current_app
from marshmallow import ValidationError
from psycopg import Connection

from api import openapi, writing
from api.body import JSON, body
from api.operation import Answer, Body, Operation, operation
from api.resource import WRITTEN
from models import answers, bundles, external_ids
from models.references import TABLES
from schemas.bundles import MEMBERS, REF, BundleSchema
from schemas.datasets import DatasetSchema
from schemas.fields import links
from schemas.page import Write
from schemas.problem import Fault, Invalid, faults
from schemas.record import RecordSchema

blueprint = Blueprint("bundles", __name__, url_prefix="/v1/bundles")
blueprint.description = "Whole articles in one request."  # type: ignore[attr-defined]

SCHEMAS: Mapping[str, RecordSchema] = {resource: schema() for resource, schema in MEMBERS.items()}


@blueprint.post("")
@operation(
    Operation(
        "bundles.create",
        {
            200: Answer("Nothing was new.", "BundleResult"),
            201: Answer("Records were created.", "BundleResult"),
        },
        (*WRITTEN, 413, 415),
        scope="write",
        query=Write,
        body=Body("Bundle"),
        headers=("Idempotency-Key",),
    )
)
def create(query: dict[str, Any]) -> Response:
    """Store a whole article: document, actors, locations, events and statements.

    Wherever an id is expected, `@ref` names a record of the same bundle. A record whose external
    ids the dataset holds already is changed: members that are sent replace those that stand, the
    others are left alone. The same bundle sent twice changes nothing.
    """
    sent = body()
    return writing.transact(
        lambda connection: load(connection, sent), dry_run=query["dry_run"], repeatable=True
    )


@blueprint.get("/schema")
@operation(
    Operation(
        "bundles.schema",
        {200: Answer("A JSON Schema (2020-12) without references to elsewhere.", "JsonSchema")},
        (400, 401, 403, 406),
    )
)
def schema() -> Response:
    """Describe a bundle as a JSON Schema, fit to be an extraction model's output format."""
    document = openapi.described(current_app)
    return Response(orjson.dumps(openapi.self_contained(document, "Bundle")), mimetype=JSON)


def load(connection: Connection[Any], sent: dict[str, Any]) -> answers.Answer:
    """Store a bundle in the transaction under way, and say what became of it."""
    bundle = checked(sent)
    dataset = bundle["dataset"]
    digest = sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).digest()
    before = bundles.remembered(connection, digest)
    ids = {
        resource: identify(connection, resource, dataset, bundle[resource], before.get(resource))
        for resource in MEMBERS
    }
    refs = named(bundle, ids)
    drafts = [draft for resource in MEMBERS for draft in draft_all(resource, bundle, ids, refs)]
    if not TABLES["datasets"].get(connection, dataset):
        whole = DatasetSchema()
        drafts.insert(0, writing.Draft(TABLES["datasets"], whole, dataset, {"id": dataset}))
    held = writing.hold(
        connection, [(draft.table.name, draft.id, draft.schema, draft.body) for draft in drafts]
    )
    stay = [draft for draft in drafts if stays_withdrawn(connection, draft, dataset)]
    live = [draft for draft in drafts if draft not in stay]
    changed = writing.store(connection, live, held)
    bundles.remember(connection, digest, ids)
    became: dict[str, Counter[str]] = {
        name: Counter() for name in ("created", "updated", "unchanged", "withdrawn")
    }
    for draft, anew in zip(live, changed, strict=True):
        state = "unchanged" if not anew else "updated" if draft.current else "created"
        became[state][draft.table.name] += 1
    for draft in stay:
        became["withdrawn"][draft.table.name] += 1
    result = {"ids": {ref: record_id for ref, (_, record_id) in refs.items()}, **became}
    return answers.Answer(201 if became["created"] else 200, {}, orjson.dumps(result).decode())


def checked(sent: dict[str, Any]) -> dict[str, Any]:
    """Check the outline of a bundle, and its refs; Invalid lists the faults."""
    found: list[Fault] = []
    try:
        bundle: dict[str, Any] = BundleSchema().load(sent)
    except ValidationError as error:
        raise Invalid([*faults(error.normalized_messages())]) from error
    seen: set[str] = set()
    for pointer, record in every(bundle):
        ref = record.get("ref")
        if ref is None:
            continue
        if not isinstance(ref, str) or not REF.fullmatch(ref):
            found.append(Fault(f"{pointer}/ref", "form", f"A ref has the form {REF.pattern}."))
        elif ref in seen:
            found.append(Fault(f"{pointer}/ref", "repeated", f"Another record is called {ref}."))
        else:
            seen.add(ref)
    for pointer, record in every(bundle):
        if "dataset" in record and record["dataset"] != bundle["dataset"]:
            detail = "All records of a bundle are in its own dataset."
            found.append(Fault(f"{pointer}/dataset", "mismatch", detail))
    if found:
        raise Invalid(found)
    return bundle


def every(bundle: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every record of a bundle with its pointer."""
    for resource in MEMBERS:
        for position, record in enumerate(bundle[resource]):
            yield f"/{resource}/{position}", record


def identify(
    connection: Connection[Any],
    resource: str,
    dataset: str,
    records: list[dict[str, Any]],
    before: list[str] | None,
) -> list[str]:
    """Give each record its id: of the one that holds its external ids, or a new one.

    A record without external ids keeps the id it was given when the same bundle was sent before.
    """
    names = [external_names(record) for record in records]
    found: list[Fault] = []
    holders = {
        holder.external_id: holder.id
        for holder in external_ids.find(connection, resource, dataset, [*{*sum(names, [])}])
    }
    ids: list[str] = []
    given: dict[str, int] = {}
    for position, own in enumerate(names):
        known = {holders[name] for name in own if name in holders}
        pointer = f"/{resource}/{position}/external_ids"
        if len(known) > 1:
            detail = f"They are of different records: {', '.join(sorted(known))}."
            found.append(Fault(pointer, "conflict", detail))
        for name in own:
            if given.setdefault(name, position) != position:
                detail = f"/{resource}/{given[name]} has {name} too."
                found.append(Fault(f"{pointer}/{name.partition(':')[0]}", "repeated", detail))
        remembered = before[position] if before and not own else None
        ids.append(next(iter(known), None) or remembered or writing.new_id())
    if not found:
        for position, record_id in enumerate(ids):
            if ids.index(record_id) != position:
                detail = f"/{resource}/{ids.index(record_id)} is the same record."
                found.append(Fault(f"/{resource}/{position}", "repeated", detail))
    if found:
        raise Invalid(found)
    return ids


def external_names(record: dict[str, Any]) -> list[str]:
    """Write the external ids of a raw record as `scheme:value`, whatever is wrong with it."""
    sent = record.get("external_ids")
    if not isinstance(sent, dict):
        return []
    return [f"{scheme}:{value}" for scheme, value in sent.items() if isinstance(value, str)]


def named(bundle: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, tuple[str, str]]:
    """Say what each ref of a bundle stands for: resource and id."""
    return {
        record["ref"]: (resource, record_id)
        for resource in MEMBERS
        for record, record_id in zip(bundle[resource], ids[resource], strict=True)
        if record.get("ref") is not None
    }


def draft_all(
    resource: str,
    bundle: dict[str, Any],
    ids: dict[str, list[str]],
    refs: dict[str, tuple[str, str]],
) -> Iterator[writing.Draft]:
    """Make drafts of a bundle's records of one resource, their refs replaced by ids."""
    for position, record in enumerate(bundle[resource]):
        sent = orjson.loads(orjson.dumps({**record, "dataset": bundle["dataset"]}))
        sent.pop("ref", None)
        for link in links(SCHEMAS[resource], sent):
            to, record_id = refs.get(link.id.removeprefix("@"), ("", ""))
            if link.id.startswith("@") and to == link.to:
                link.holder[link.key] = record_id
        yield writing.Draft(
            TABLES[resource],
            SCHEMAS[resource],
            ids[resource][position],
            sent,
            pointer=f"/{resource}/{position}",
        )


def stays_withdrawn(connection: Connection[Any], draft: writing.Draft, dataset: str) -> bool:
    """Read and hold what stands of a draft, and lay what was sent over it; tell if withdrawn."""
    if draft.table.name == "datasets":
        return False
    stored = draft.table.get(connection, draft.id, lock=draft.table.lock_strength)
    if stored is None:
        return False
    if stored.withdrawn:
        return True
    draft.current = stored
    draft.body = draft.schema.merge(draft.standing, draft.body)
    return False
