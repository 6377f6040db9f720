"""Texts of the description for refusals, headers, and parameters that no schema describes."""

from typing import Any

from schemas.fields.ids import SLUG

ABOUT = """Who did what to whom, where and when - and who says so.

Attest keeps structured event data coded from news reports: documents, actors, locations, events,
and *statements* with a stance toward events, from which it derives how well each event is
attested. Null means *not known or not recorded*; a zero, or an empty list, is a finding.

A filter that takes several values takes them joined by commas, or repeated: any of them will do. A
value that has a comma itself stands in double quotes, in which a double quote is written twice.
Filters of different names have to hold together.

Begin with `GET /v1/events`, and ask `/v1/events/{id}/attestation` why an event has its status. To
write, send a key as `Authorization: Bearer <key>`; a dataset comes first, and a whole article goes
to `POST /v1/bundles`, where `dry_run=true` checks everything and keeps nothing. Each refusal lists
all that is wrong, and `/problems` tells what to do about it.
"""


REFUSALS = {
    400: "The query string, a header, or the JSON cannot be understood.",
    401: "A key is needed, or the one given is not valid.",
    403: "The key does not have the scope that this needs.",
    308: "The record was merged into another, which is at `Location`.",
    404: "There is no such record, revision or name; with `as_of`, there was none then.",
    406: "The answer is JSON, which the Accept header does not take.",
    409: "It is not possible as things stand; `errors` names other records that are in the way.",
    410: "The record was withdrawn; `tombstone` is what is left of it, with the Edit-Comment.",
    412: "The record has changed since; `current` is how it stands.",
    413: "The body is larger than this service takes.",
    415: "The body is not sent as JSON.",
    422: "The body has faults; `errors` lists all of them.",
    428: "The request lacks `If-Match`.",
    501: "The service lacks a library that this needs; `detail` says which to install.",
    500: "An error of the service itself.",
    503: "The database cannot serve now. Retry after `Retry-After` seconds.",
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
        "description": "The ETag of the version that this is about, or `*` for whatever stands. "
        "Needed to change or withdraw a record.",
        "schema": {"type": "string", "example": "*"},
    },
    "If-None-Match": {
        "description": "Reading: the ETag of what the client has, answered 304 if it still "
        "stands. Writing: `*`, to create only.",
        "schema": {"type": "string"},
    },
    "Edit-Comment": {
        "description": "Why this is written, in up to 500 characters (UTF-8); kept with the "
        "revision, for everybody who may read it.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 500,
            "example": "The dateline says Sunday.",
        },
    },
    "Last-Event-ID": {
        "description": "The id of the last event that the client has had: the stream begins "
        "behind it, whatever `after` says.",
        "schema": {"type": "string", "minLength": 1},
    },
    "Idempotency-Key": {
        "description": "Any text that is new for each request meant anew: sent again within 24 "
        "hours with the same body, it is answered the same, and nothing is done twice.",
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
        "description": 'The next page, as rel="next"; not there on the last one (RFC 8288).',
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
        "description": "How many records match and are in no row, by reason.",
        "required": True,
        "schema": {"type": "string", "example": "retracted=0, not_actual=2, refuted=0, denied=1"},
    },
    "Attest-Total": {
        "description": "The totals of all records, each once; what is not known is not there.",
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
