"""openapi.yaml, derived: what the views tell of themselves, and the schemas, as OpenAPI 3.1."""

import re
from collections.abc import Callable
from http import HTTPStatus
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import orjson
import yaml
from flask import Flask
from werkzeug.routing import Rule

from api.description.examples import body_of, id_in, parameters_of
from api.description.jsonschema import reference
from api.description.schemas import Converter
from api.description.sections import introduced
from api.description.sharing import share
from api.description.texts import (
    ABOUT,
    ALWAYS,
    BEARER,
    DATASET,
    HEADERS,
    PARAMETERS,
    PARTICULARS,
    PLACES,
    REFUSALS,
    SECURITY,
)
from api.http.causes import of_status
from api.http.operation import Answer, Operation, Section, name_of
from api.http.problem_types import ProblemType, answered_with
from api.http.problems import PROBLEM, TITLES

VERSION = version("attest")

SAMPLES = orjson.loads(files("api.description").joinpath("samples.json").read_bytes())
"""Requests in several languages, by operation; `make openapi` writes them of the scenario."""


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


def json(app: Flask) -> str:
    """Write the description as JSON."""
    return orjson.dumps(described(app)).decode()


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
            "contact": {"name": "Whoever runs this service"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This service."}],
        "security": [{"key": []}, {}],
        "tags": [
            introduced(blueprint.name)
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
            # OpenAPI knows no QUERY before 3.2: until then it stands in an extension of ours.
            named = f"x-{method.lower()}" if method == "QUERY" else method.lower()
            place[named] = operate(view, view.operation, tag, converter)
    document["components"]["schemas"] |= converter.choices.schemas
    return share(document)


def path_of(rule: Rule) -> tuple[str, list[dict[str, Any]]]:
    """Write a rule as a path, and describe what stands in it."""
    path = re.sub(r"<(?:\w+:)?(?:record_)?(\w+)>", r"{\1}", rule.rule)
    parameters = []
    for name in re.findall(r"{(\w+)}", path):
        described = PLACES[name]
        if name == "id" and "<uuid:" not in rule.rule:
            described = {**described, "schema": DATASET}
        elif name == "id":
            described = {**described, "schema": {**described["schema"], "example": id_in(path)}}
        parameters.append({"name": name, "in": "path", "required": True, **described})
    return path, parameters


def operate(
    view: Callable[..., Any], operation: Operation, tag: str, converter: Converter
) -> dict[str, Any]:
    """Describe one operation."""
    text = view.__doc__ or ""
    summary, _, description = text.partition("\n\n")
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [tag],
        "summary": operation.summary or summary.strip().removesuffix("."),
        "description": " ".join((text if operation.summary else description or text).split()),
    }
    described["security"] = SECURITY[operation.scope]
    tried = parameters_of(operation.id, operation.query)
    parameters = [
        converter.parameter(operation.id, field.data_key or name, field, tried)
        for name, field in operation.query().fields.items()
    ]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in operation.headers]
    if parameters:
        described["parameters"] = parameters
    if samples := SAMPLES.get(operation.id):
        described["x-codeSamples"] = samples
    if operation.body:
        schema = reference(name_of(operation.body.content))
        shown = body_of(operation.id)
        example = {} if shown is None else {"example": shown}
        described["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema, **example} for kind in operation.body.types},
        }
    refused = sorted({*operation.refused, *ALWAYS})
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


EXAMPLE_TYPES = {
    400: ProblemType.INVALID_QUERY,
    404: ProblemType.NOT_FOUND,
    308: ProblemType.MERGED,
}
"""By status: the type of problem that is the example, where another is less of one."""


def responding(status: int) -> str:
    """Name the component of a refusal."""
    return TITLES.get(status, HTTPStatus(status).phrase).replace(" ", "").replace("-", "")


def refusal(status: int) -> dict[str, Any]:
    """Describe a refusal."""
    more = {308: ["Location"], 401: ["WWW-Authenticate"], 503: ["Retry-After"]}.get(status, [])
    types = ", ".join(f"`{kind.uri}`" for kind in answered_with(status))
    return {
        "description": f"{REFUSALS[status]} Its type is one of: {types}.",
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in (*more, "X-Request-ID")
        },
        "content": {PROBLEM: {"schema": reference("Problem"), "example": refused(status)}},
    }


def refused(status: int) -> dict[str, Any]:
    """Give an example of a refusal."""
    kind = EXAMPLE_TYPES.get(status) or of_status(status)
    example = {
        "type": kind.uri,
        "title": kind.title,
        "status": status,
        "detail": REFUSALS[status],
        "instance": "/v1/events",
        "request_id": "01977f2f8a4c7d3c9f00",
    }
    return {**example, **PARTICULARS.get(status, {})}
