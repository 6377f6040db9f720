"""openapi.yaml, derived: what the views tell of themselves, and the schemas, as OpenAPI 3.1."""

import re
from collections.abc import Callable
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import yaml
from flask import Flask
from werkzeug.routing import Rule

from api.description.jsonschema import reference
from api.description.schemas import Converter
from api.description.sharing import share
from api.http.operation import Answer, Operation, Section, name_of
from api.http.problems import PROBLEM, TITLES
from schemas.fields.ids import SLUG

VERSION = version("attest")

ABOUT = """Who did what to whom, where and when - and who says so.

Attest keeps structured event data coded from news reports: documents, actors, locations, events,
and *statements* with a stance toward events, from which it derives how well each event is
attested. Null means *not known or not recorded*; a zero, or an empty list, is a finding.
"""

REFUSALS = {
    400: "The query string, a header, or the JSON cannot be understood.",
    401: "A key is needed, or the one given is not valid.",
    403: "The key does not have the scope that this needs.",
    308: "The record was merged into another, which is at `Location`.",
    404: "There is no such record, nor was there ever one.",
    406: "The answer is JSON, which the Accept header does not take.",
    409: "Other records are in the way; `errors` names them.",
    410: "The record was withdrawn; `tombstone` is what is left of it.",
    412: "The record has changed since; `current` is how it stands.",
    413: "The body is larger than this service takes.",
    415: "The body is not sent as JSON.",
    422: "The body has faults; `errors` lists all of them.",
    428: "The request lacks `If-Match`.",
    500: "An error of the service itself.",
    503: "The database cannot serve now. Retry after `Retry-After` seconds.",
}
"""What each refusal means."""

ALWAYS = (500, 503)
"""What any operation may be answered."""

PARAMETERS: dict[str, dict[str, Any]] = {
    "If-Match": {
        "description": "The ETag of the version that this is about, or `*` for whatever stands. "
        "Needed to change or withdraw a record.",
        "schema": {"type": "string", "example": '"1.0"'},
    },
    "If-None-Match": {
        "description": "Reading: the ETag of what the client has, answered 304 if it still "
        "stands. Writing: `*`, to create only.",
        "schema": {"type": "string", "example": '"1.0"'},
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
        "schema": {"type": "string", "minLength": 1, "example": "1734-1795420800000000"},
    },
    "Idempotency-Key": {
        "description": "Any text that is new for each request meant anew: sent again within 24 "
        "hours with the same body, it is answered the same, and nothing is done twice.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
        },
    },
}
"""What requests say in their headers."""

EXAMPLE_ID = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"

PLACES: dict[str, dict[str, Any]] = {
    "id": {
        "description": "The id of the record.",
        "schema": {"type": "string", "format": "uuid", "example": EXAMPLE_ID},
    },
    "name": {
        "description": "The name of the release.",
        "schema": {"type": "string", "example": "2026.1"},
    },
    "number": {
        "description": "The number of the revision.",
        "schema": {"type": "integer", "minimum": 1, "example": 2},
    },
}
"""What stands in paths."""

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
"""What answers say in their headers."""

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
"""What each scope needs: a key, perhaps a key, or nothing."""


def described(app: Flask) -> dict[str, Any]:
    """Give the description of the service as it is made."""
    if "openapi" not in app.extensions:
        app.extensions["openapi"] = derive(app)
    document: dict[str, Any] = app.extensions["openapi"]
    return document


def text(app: Flask) -> str:
    """Write the description as it stands in openapi.yaml."""
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": 100}
    return str(yaml.dump(described(app), Dumper=Plain, **options))


class Plain(yaml.SafeDumper):
    """YAML in which everything is written out where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Use no anchors."""
        del data
        return True


def derive(app: Flask) -> dict[str, Any]:
    """Derive the description from the views and the schemas."""
    converter = Converter(VERSION)
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    views = [(rule, app.view_functions[rule.endpoint]) for rule in rules]
    operations = [view.operation for _, view in views if hasattr(view, "operation")]
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Attest",
            "version": VERSION,
            "summary": "Structured event data, with who says so.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This service."}],
        "security": [{"key": []}, {}],
        "tags": [
            {"name": blueprint.name, "description": blueprint.description}
            for blueprint in app.blueprints.values()
            if isinstance(blueprint, Section)
        ],
        "paths": {},
        "components": {
            "securitySchemes": {"key": BEARER},
            "schemas": converter.all(operations),
            "parameters": {
                name: {"name": name, "in": "header", **parameter}
                for name, parameter in PARAMETERS.items()
            },
            "headers": HEADERS,
            "responses": {responding(status): refusal(status) for status in REFUSALS},
        },
    }
    for rule, view in views:
        if hasattr(view, "operation"):
            path, parameters = path_of(rule)
            place = document["paths"].setdefault(
                path, {"parameters": parameters} if parameters else {}
            )
            [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            tag = rule.endpoint.partition(".")[0]
            place[method.lower()] = operate(view, view.operation, tag, converter)
    return share(document)


def path_of(rule: Rule) -> tuple[str, list[dict[str, Any]]]:
    """Write a rule as a path, and describe what stands in it."""
    path = re.sub(r"<(?:\w+:)?(?:record_)?(\w+)>", r"{\1}", rule.rule)
    parameters = []
    for name in re.findall(r"{(\w+)}", path):
        described = PLACES[name]
        if name == "id" and "<uuid:" not in rule.rule:
            described = {**described, "schema": DATASET}
        parameters.append({"name": name, "in": "path", "required": True, **described})
    return path, parameters


def operate(
    view: Callable[..., Any], operation: Operation, tag: str, converter: Converter
) -> dict[str, Any]:
    """Describe one operation."""
    summary, _, description = (view.__doc__ or "").partition("\n\n")
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [tag],
        "summary": summary.strip().removesuffix("."),
    }
    if description.strip():
        described["description"] = " ".join(description.split())
    described["security"] = SECURITY[operation.scope]
    parameters = [
        converter.parameter(name, field) for name, field in operation.query().fields.items()
    ]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in operation.headers]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        schema = reference(name_of(operation.body.content))
        described["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema} for kind in operation.body.types},
        }
    refused = sorted({*operation.refusals, *ALWAYS})
    described["responses"] = {
        **{str(status): answered(answer) for status, answer in operation.answers.items()},
        **{
            str(status): {"$ref": f"#/components/responses/{responding(status)}"}
            for status in refused
        },
    }
    return described


def answered(answer: Answer) -> dict[str, Any]:
    """Describe an answer."""
    found: dict[str, Any] = {
        "description": answer.description,
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in (*answer.headers, "X-Request-ID")
        },
    }
    if answer.content:
        found["content"] = {answer.type: {"schema": reference(name_of(answer.content))}}
    return found


def responding(status: int) -> str:
    """Name the component of a refusal."""
    return TITLES.get(status, HTTPStatus(status).phrase).replace(" ", "").replace("-", "")


def refusal(status: int) -> dict[str, Any]:
    """Describe a refusal."""
    more = {308: ["Location"], 401: ["WWW-Authenticate"], 503: ["Retry-After"]}.get(status, [])
    return {
        "description": REFUSALS[status],
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in (*more, "X-Request-ID")
        },
        "content": {PROBLEM: {"schema": reference("Problem")}},
    }
