"""/releases: instants that have a name, to be read and cited by it."""

from typing import Any

import orjson
from flask import Response

from api.http.answers import following, linked
from api.http.as_of import wait_until
from api.http.context import database, key, settings
from api.http.errors import Taken
from api.http.operation import READ, WRITTEN, Answer, Body, Operation, Section, Variant, operation
from api.http.request import JSON, body_of
from api.writing.transaction import transact
from models import releases
from models.database.connections import Connection
from models.past.as_of import horizon
from models.store import idempotency, references
from models.table import NotFound
from schemas.fields.moments import RELEASE
from schemas.instants import instant
from schemas.lists import Write
from schemas.problem import Fault, Invalid
from schemas.releases import ReleaseInputSchema, ReleaseQuery, ReleaseSchema

blueprint = Section("releases", "Named instants.", "/v1/releases")

RELEASE_WAIT_SECONDS = 30
"""How long a new release waits for writes that began before it."""


@blueprint.get("")
@operation(
    Operation(
        "releases.search",
        {200: Answer("A page of the list.", Variant(ReleaseSchema, "List"), ("Link",))},
        READ,
        query=ReleaseQuery,
    )
)
def search(query: dict[str, Any]) -> Response:
    """List the releases, the latest first; with `dataset`, only its own.

    Use it to find the name to cite, or to send as `as_of`. Each has its instant, and the numbers
    and checksums of the records of that time.
    """
    descending, limit = query["sort"].startswith("-"), query["limit"]
    after = following(query, rf"[0-9]{{1,16}} {RELEASE.pattern}")
    found = releases.search(
        database(),
        descending=descending,
        limit=limit + 1,
        after=after,
        dataset=query.get("dataset"),
    )
    last = found[limit - 1][:2] if len(found) > limit else None
    return linked([text for _, _, text in found[:limit]], query["sort"], last)


@blueprint.get("/<name>")
@operation(Operation("releases.read", {200: Answer("The release.", ReleaseSchema)}, (*READ, 404)))
def read(name: str) -> Response:
    """Read a release.

    Compare its checksums with those of a copy. Send its name as `as_of` with any read to get the
    records as of the release.
    """
    found = releases.get(database(), name) if RELEASE.fullmatch(name) else None
    if found is None:
        raise NotFound("There is no release of this name.")
    return Response(found, mimetype=JSON)


@blueprint.post("")
@operation(
    Operation(
        "releases.create",
        {201: Answer("The new release.", ReleaseSchema, ("Location",))},
        WRITTEN,
        scope="write",
        query=Write,
        body=Body(ReleaseInputSchema),
        headers=("Idempotency-Key",),
    )
)
def create(query: dict[str, Any]) -> Response:
    """Name the present instant, to be read later with `as_of`.

    It includes all earlier writes and no later ones: it waits for writes in progress. A release of
    one `dataset` counts and digests only the records of it; to read these, send `dataset` with
    `as_of`.
    """
    sent = body_of(ReleaseInputSchema())
    _, now = horizon(database())
    wait_until(now, RELEASE_WAIT_SECONDS)

    def work(connection: Connection) -> idempotency.Answer:
        holder, dataset = key(), sent["dataset"]
        if dataset is not None and references.missing(connection, {"datasets": {dataset}})[0]:
            missing = f"There is no /v1/datasets/{dataset}, or it was withdrawn."
            raise Invalid([Fault("/dataset", "not_found", missing)])
        found = releases.contents(connection, now, dataset)
        shown = {
            "name": sent["name"],
            "at": instant(now),
            "note": sent["note"],
            "dataset": dataset,
            "key_id": holder and str(holder.id),
            **found._asdict(),
        }
        if not releases.insert(connection, {**shown, "at": now, "body": shown}):
            taken = f"There is a release {sent['name']} already."
            raise Taken([Fault("/name", "taken", taken)])
        place = {"Location": f"/v1/releases/{sent['name']}"}
        return idempotency.Answer(201, place, orjson.dumps(shown).decode())

    return transact(
        work, dry_run=query["dry_run"], repeatable=True, timeout=settings()["bundle_timeout"]
    )
