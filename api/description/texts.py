"""Texts of the description for refusals, headers, and parameters that no schema describes."""

from typing import Any

from schemas.fields.ids import SLUG

ABOUT = """Who did what to whom, where and when - and who says so.

Attest keeps structured event data coded from news reports: documents, actors, locations, events,
and *statements* with a stance toward events, from which it derives how well each event is
attested. Null means *not known or not recorded*; a zero, or an empty list, is a finding.

A filter that takes several values takes them joined by commas, or repeated, and matches any of
them. A value that contains a comma is put in double quotes, and a double quote inside is doubled.
Filters of different names are combined with AND.

Begin with `GET /v1/events`, and ask `/v1/events/{id}/attestation` why an event has its status. To
write, send a key as `Authorization: Bearer <key>`. Create a dataset first, and send whole articles
to `POST /v1/bundles`, where `dry_run=true` checks everything and stores nothing. Each refusal lists
all faults, and `/problems` says what to do about them.
"""


REFUSALS = {
    400: "The query string, a header, or the JSON cannot be understood.",
    401: "A key is needed, or the one given is not valid.",
    403: "The key lacks the scope that this operation requires.",
    308: "The record was merged into another, which is at `Location`.",
    404: "There is no such record, revision or name; with `as_of`, there was none then.",
    406: "The answer is JSON, which the Accept header excludes.",
    409: "The request conflicts with other records, which `errors` names.",
    410: "The record was withdrawn; `tombstone` has its id, version, time of withdrawal and "
    "Edit-Comment.",
    412: "The record has changed; `current` is its present version.",
    413: "The body is larger than this service accepts.",
    415: "The body is not sent as JSON.",
    422: "The body has faults; `errors` lists all of them.",
    428: "The request lacks `If-Match`.",
    501: "A library that this operation requires is not installed; `detail` names it.",
    500: "An error of the service itself.",
    503: "The service is temporarily unavailable. Retry after `Retry-After` seconds.",
}
"""The meaning of each refusal."""


PARTICULARS: dict[int, dict[str, Any]] = {
    400: {
        "errors": [
            {"parameter": "limit", "code": "invalid", "detail": "This lies between 1 and 1000."}
        ]
    },
    409: {
        "errors": [
            {
                "pointer": "/external_ids/seed",
                "code": "conflict",
                "detail": "seed:E1 is /v1/events/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01 already.",
            }
        ]
    },
    410: {
        "tombstone": {
            "id": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
            "version": 3,
            "withdrawn_at": "2026-06-28T09:30:00Z",
        }
    },
    412: {"current": {"id": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", "version": 3}},
    422: {
        "errors": [
            {
                "pointer": "/participants/0/actor_id",
                "code": "not_found",
                "detail": "There is no /v1/actors/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01, or it was "
                "withdrawn.",
            }
        ]
    },
}
"""Members of examples of refusals beside the status: which members, parameters or records."""


ALWAYS = (500, 503)
"""Statuses that any operation may answer."""


PARAMETERS: dict[str, dict[str, Any]] = {
    "If-Match": {
        "description": "The ETag of the version to change, or `*` for any. Required to change or "
        "withdraw a record.",
        "schema": {"type": "string", "example": "*"},
    },
    "If-None-Match": {
        "description": "Reading: the ETag of the client's copy, answered 304 if that is current. "
        "Writing: `*`, to create only.",
        "schema": {"type": "string"},
    },
    "Edit-Comment": {
        "description": "The reason for the write, up to 500 characters (UTF-8); stored with the "
        "revision.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 500,
            "example": "The dateline says Sunday.",
        },
    },
    "Last-Event-ID": {
        "description": "The id of the last event received: the stream begins after it, and "
        "`after` is ignored.",
        "schema": {"type": "string", "minLength": 1},
    },
    "Idempotency-Key": {
        "description": "A unique text per request. A retry with the same key and body within 24 "
        "hours gets the first answer, and nothing is done twice.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
}
"""Headers of requests."""


PLACES: dict[str, dict[str, Any]] = {
    "id": {
        "description": "The id of the record.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "name": {
        "description": "The name of the release.",
        "schema": {"type": "string", "example": "example"},
    },
    "problem": {
        "description": "The name of the type of problem.",
        "schema": {"type": "string", "example": "withdrawn"},
    },
    "number": {
        "description": "The number of the revision.",
        "schema": {"type": "integer", "minimum": 1, "example": 1},
    },
}
"""Parameters in paths."""


DATASET = {"type": "string", "pattern": f"^{SLUG.pattern}$", "example": "panjshir-2021"}
"""The id of a dataset."""


HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "The version of the record, for If-Match.",
        "required": True,
        "schema": {"type": "string", "example": '"1.0"'},
    },
    "Location": {
        "description": "The address of the new record.",
        "required": True,
        "schema": {
            "type": "string",
            "example": "/v1/events/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
        },
    },
    "Link": {
        "description": 'The next page, as rel="next"; absent on the last one (RFC 8288).',
        "schema": {
            "type": "string",
            "example": '<http://127.0.0.1:8000/v1/events?cursor=WyItc3Rh>; rel="next"',
        },
    },
    "Accept-Query": {
        "description": "The media type that a query in a body has here (RFC 10008).",
        "required": True,
        "schema": {"type": "string", "example": "application/json"},
    },
    "Attest-Left-Out": {
        "description": "Number of matching records excluded from all rows, by reason.",
        "required": True,
        "schema": {"type": "string", "example": "retracted=0, not_actual=2, refuted=0, denied=1"},
    },
    "Attest-Total": {
        "description": "Totals over all records, each counted once. Unknown totals are omitted.",
        "required": True,
        "schema": {
            "type": "string",
            "example": "count=15, possible=3, disputed=1, fatalities_unknown=15",
        },
    },
    "X-Request-ID": {
        "description": "The id of the request in the logs: the client's own, or a generated one.",
        "required": True,
        "schema": {"type": "string", "example": "01977f2f8a4c7d3c9f00"},
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "required": True,
        "schema": {"type": "string", "example": "2"},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate (RFC 6750).",
        "required": True,
        "schema": {"type": "string", "example": "Bearer"},
    },
}
"""Headers of answers."""


BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key: `Authorization: Bearer <key>`. Reading may be open to everybody; "
    "writing needs the scope `write`, keys need `admin`.",
}
"""How requests say who makes them."""


SECURITY: dict[str | None, list[dict[str, list[str]]]] = {
    None: [{}],
    "read": [{"key": []}, {}],
    "write": [{"key": []}],
    "admin": [{"key": []}],
}
"""The key that each scope needs: one, perhaps one, or none."""
