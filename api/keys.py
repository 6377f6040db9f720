"""/keys: who may read, write and administer; for administrators."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.context import database
from api.http.errors import InTheWay
from api.http.operation import Answer, Body, Operation, Section, operation
from api.http.request import JSON, body_of
from models import keys
from models.table import NotFound
from schemas.instants import instant
from schemas.keys import KeyInputSchema, KeyListSchema, KeyWithSecretSchema

blueprint = Section("keys", "API keys.", "/v1/keys")

REFUSALS = (400, 401, 403, 406)


@blueprint.get("")
@operation(
    Operation("keys.search", {200: Answer("All keys.", KeyListSchema)}, REFUSALS, scope="admin")
)
def search() -> Response:
    """List the keys, without their secrets; revoked ones too.

    Use it to find keys to revoke, and the name behind the `key_id` of a revision. This needs a key
    with the scope `admin`.
    """
    items = [shown(key) for key in keys.search(database())]
    return Response(orjson.dumps({"items": items}), mimetype=JSON)


@blueprint.post("")
@operation(
    Operation(
        "keys.create",
        {201: Answer("The new key, with its secret.", KeyWithSecretSchema)},
        (*REFUSALS, 413, 415, 422),
        scope="admin",
        body=Body(KeyInputSchema),
    )
)
def create() -> Response:
    """Create a key; its secret is shown in this answer only.

    Give each person and each program its own, with no more scopes than it needs. Only a hash of the
    secret is stored. This needs a key with the scope `admin`.
    """
    sent = body_of(KeyInputSchema())
    key, secret = keys.create(database(), sent["name"], sent["scopes"], method=sent["method"])
    return Response(orjson.dumps({**shown(key), "secret": secret}), 201, mimetype=JSON)


@blueprint.delete("/<uuid:record_id>")
@operation(
    Operation(
        "keys.revoke",
        {204: Answer("The key is revoked.")},
        (*REFUSALS, 404, 409),
        scope="admin",
    )
)
def revoke(record_id: UUID) -> Response:
    """Revoke a key at once, unless it is the last one with the scope `admin`.

    Records that were written with it stay, and still name it.
    """
    try:
        revoked = keys.revoke(database(), str(record_id), leave_one=True)
    except keys.LastError as error:
        raise InTheWay("Nobody could administer without this key: make another first.") from error
    if not revoked:
        raise NotFound("There is no valid key with this id.")
    return Response(status=204)


def shown(key: keys.Key) -> dict[str, Any]:
    """Give a key as it is shown."""
    return {
        "id": str(key.id),
        "name": key.name,
        "scopes": key.scopes,
        "method": key.method,
        "created_at": instant(key.created_at),
        "revoked_at": key.revoked_at and instant(key.revoked_at),
    }
