"""/bundles: a whole article in one request, all or nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

import orjson
from flask import Blueprint, Response, current_app
from marshmallow import ValidationError

from api.description import openapi
from api.description.jsonschema import self_contained
from api.http.context import settings
from api.http.operation import WRITTEN, Answer, Body, Operation, operation
from api.http.request import JSON, body
from api.resource.merging import MERGED, give
from api.writing import store
from api.writing.draft import SCHEMAS, Draft, new_id
from api.writing.transaction import transact
from models import bundles
from models.database.connections import Connection
from models.store import external_ids, idempotency, merges
from models.tables import TABLES
from schemas.bundles import MEMBERS, REF, BundleSchema
from schemas.datasets import DatasetSchema
from schemas.fields.ids import SLUG
from schemas.links import links
from schemas.lists import Write
from schemas.problem import Fault, Invalid, faults

blueprint = Blueprint("bundles", __name__, url_prefix="/v1/bundles")
blueprint.description = "Whole articles in one request."  # type: ignore[attr-defined]

NOTHING: dict[str, Any] = {}
"""What stands where a bundle has something that is no record."""


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
        headers=("Idempotency-Key", "Edit-Comment"),
    )
)
def create(query: dict[str, Any]) -> Response:
    """Store a whole article: document, actors, locations, events and statements.

    Wherever an id is expected, `@ref` names a record of the same bundle. A record whose external
    ids the dataset holds already is changed: members that are sent replace those that stand, the
    others are left alone. The same bundle sent twice changes nothing.
    """
    sent = body()
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
        {200: Answer("A JSON Schema (2020-12) without references to elsewhere.", "JsonSchema")},
        (400, 401, 403, 406),
    )
)
def schema() -> Response:
    """Describe a bundle as a JSON Schema, fit to be an extraction model's output format."""
    schemas = openapi.described(current_app)["components"]["schemas"]
    return Response(orjson.dumps(self_contained(schemas, "Bundle")), mimetype=JSON)


def load(connection: Connection, sent: dict[str, Any]) -> idempotency.Answer:
    """Store a bundle in the transaction under way, and say what became of it."""
    bundle, found = outline(sent)
    dataset = bundle["dataset"]
    digest = sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).digest()
    before = bundles.remembered(connection, digest)
    ids: dict[str, list[str]] = {}
    made: set[str] = set()
    merged: dict[str, set[int]] = {}
    for resource in MEMBERS:
        ids[resource], new, merged[resource], conflicts = identify(
            connection, resource, dataset, bundle[resource], before.get(resource)
        )
        made |= new
        found += conflicts
    refs = named(bundle, ids)
    for resource, positions in merged.items():
        for position in positions:
            bundle[resource][position] = NOTHING
    drafts = [draft for resource in MEMBERS for draft in draft_all(resource, bundle, ids, refs)]
    for draft in drafts:
        draft.made = draft.id in made
    if not TABLES["datasets"].get(connection, dataset):
        drafts.insert(
            0, Draft(TABLES["datasets"], DatasetSchema(), dataset, {"id": dataset}, shared=True)
        )
    held = store.hold(connection, drafts)
    in_order = sorted(drafts, key=lambda draft: (draft.table.name, draft.id))
    stay = [draft for draft in in_order if stays_withdrawn(connection, draft)]
    live = [draft for draft in drafts if draft not in stay]
    keep_gifts(connection, [draft for draft in live if draft.current])
    changed = store.store(connection, live, held, found)
    bundles.remember(connection, digest, ids)
    became: dict[str, Counter[str]] = {
        name: Counter() for name in ("created", "updated", "unchanged", "withdrawn", "merged")
    }
    for draft, anew in zip(live, changed, strict=True):
        state = "unchanged" if not anew else "updated" if draft.current else "created"
        became[state][draft.table.name] += 1
    for draft in stay:
        became["withdrawn"][draft.table.name] += 1
    for resource, positions in merged.items():
        if positions:
            became["merged"][resource] = len(positions)
    result = {"ids": {ref: record_id for ref, (_, record_id) in refs.items()}, **became}
    return idempotency.Answer(201 if became["created"] else 200, {}, orjson.dumps(result).decode())


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


def identify(
    connection: Connection,
    resource: str,
    dataset: str,
    records: list[dict[str, Any]],
    before: list[str] | None,
) -> tuple[list[str], set[str], set[int], list[Fault]]:
    """Give each record its id: of the one that holds its external ids, or one that is made for it.

    A record without external ids keeps the id it was given when the same bundle was sent before.
    One that was merged has the id of the one that stands for it. Returns all ids, those that were
    made, the positions of those that were merged, and the faults.
    """
    names = [external_names(record) for record in records]
    found: list[Fault] = []
    holding = external_ids.find(connection, resource, dataset, [*{*chain.from_iterable(names)}])
    holders = {holder.external_id: holder.id for holder in holding}
    taken = {holder.external_id for holder in holding if holder.merged_from}
    ids: list[str] = []
    made: set[str] = set()
    merged: set[int] = set()
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
        if known and all(name in taken for name in own if name in holders):
            merged.add(position)
        remembered = before[position] if before and not own else None
        if remembered and (survivor := merges.survivor(connection, remembered)):
            remembered = survivor
            merged.add(position)
        record_id = next(iter(known), None) or remembered
        if record_id is None:
            record_id = new_id()
            made.add(record_id)
        ids.append(record_id)
    single = [(position, one) for position, one in enumerate(ids) if position not in merged]
    first = {record_id: position for position, record_id in reversed(single)}
    for position, record_id in single:
        if first[record_id] != position and not found:
            detail = f"/{resource}/{first[record_id]} is the same record."
            found.append(Fault(f"/{resource}/{position}", "repeated", detail))
    return ids, made, merged, found


def external_names(record: dict[str, Any]) -> list[str]:
    """Write the external ids of a raw record as `scheme:value`, whatever is wrong with it."""
    sent = record.get("external_ids")
    if not isinstance(sent, dict):
        return []
    return [f"{scheme}:{value}" for scheme, value in sent.items() if isinstance(value, str)]


def named(bundle: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, tuple[str, str]]:
    """Say what each ref of a bundle stands for: resource and id."""
    refs: dict[str, tuple[str, str]] = {}
    for resource in MEMBERS:
        for record, record_id in zip(bundle[resource], ids[resource], strict=True):
            if isinstance(record.get("ref"), str):
                refs.setdefault(record["ref"], (resource, record_id))
    return refs


def draft_all(
    resource: str,
    bundle: dict[str, Any],
    ids: dict[str, list[str]],
    refs: dict[str, tuple[str, str]],
) -> Iterator[Draft]:
    """Make drafts of a bundle's records of one resource, their refs replaced by ids."""
    for position, record in enumerate(bundle[resource]):
        if record is NOTHING:
            continue
        sent = orjson.loads(orjson.dumps({**record, "dataset": bundle["dataset"]}))
        sent.pop("ref", None)
        for link in links(SCHEMAS[resource], sent):
            to, record_id = refs.get(link.id.removeprefix("@"), ("", ""))
            if link.id.startswith("@") and to == link.to:
                link.holder[link.key] = record_id
        yield Draft(
            TABLES[resource],
            SCHEMAS[resource],
            ids[resource][position],
            sent,
            pointer=f"/{resource}/{position}",
        )


def keep_gifts(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Leave with records what others gave them that were merged into them."""
    found = merges.gifts(connection, [draft.id for draft in drafts if draft.table.name in MERGED])
    for draft in drafts:
        for given in found.get(draft.id, ()):
            give(draft.body, given)


def stays_withdrawn(connection: Connection, draft: Draft) -> bool:
    """Read and hold what stands of a draft, and lay what was sent over it; tell if withdrawn."""
    if draft.table.name == "datasets":
        return False
    stored = draft.table.get(connection, draft.id, lock=draft.table.lock_strength)
    if stored is None:
        return False
    if stored.withdrawn:
        return True
    draft.current = stored
    draft.body = draft.schema.overlay(draft.standing, draft.body)
    return False
