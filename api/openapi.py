"""openapi.yaml, derived: what the views tell of themselves, and the schemas, as OpenAPI 3.1."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from api.errors import TITLES
from api.operation import Operation
from schemas import events, keys, problem
from schemas.bundles import MEMBERS, REF, BundleResultSchema, BundleSchema
from schemas.datasets import DatasetSchema
from schemas.fields import Nested
from schemas.page import CommaSeparated, Interval, ListSchema, Numbers, paths
from schemas.record import LAST, RecordSchema

VERSION = version("attest")

ABOUT = """Who did what to whom, where and when - and who says so.

Attest keeps structured event data coded from news reports: documents, actors, locations, events,
and *statements* with a stance toward events, from which it derives how well each event is
attested. Null means *not known or not recorded*; a zero, or an empty list, is a finding.
"""

RECORDS: dict[str, type[RecordSchema]] = {"datasets": DatasetSchema, **MEMBERS}
"""Every resource, and the schema of its records."""

OTHERS: tuple[type[Schema], ...] = (
    events.ExplanationSchema,
    problem.ProblemSchema,
    BundleResultSchema,
    keys.KeyInputSchema,
    keys.KeySchema,
    keys.NewKeySchema,
)

REFUSALS = {
    400: "The query string, a header, or the JSON cannot be understood.",
    401: "A key is needed, or the one given is not valid.",
    403: "The key does not have the scope that this needs.",
    404: "There is no such record, and never was.",
    406: "The answer is JSON, which the Accept header does not take.",
    409: "Other records are in the way; `errors` names them.",
    410: "The record was withdrawn; `tombstone` is what is left of it.",
    412: "The record is not what the request's condition says; `current` is how it stands.",
    413: "The body is larger than this service takes.",
    415: "The body is not sent as JSON.",
    422: "The body has faults; `errors` lists all of them.",
    428: "The request does not say which version of the record it is about.",
    500: "The service is at fault.",
    503: "The database cannot serve now; Retry-After says when to try again.",
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

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Which representation of the record this is; for If-Match.",
        "required": True,
        "schema": {"type": "string", "example": '"1.0"'},
    },
    "Location": {
        "description": "Where the new record is.",
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
        "description": "By which the request can be found in the logs: the client's own, or one made.",
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

EXAMPLE_ID = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"


class Plugin(MarshmallowPlugin):
    """marshmallow's fields, and ours."""


def described(app: Flask) -> dict[str, Any]:
    """Give the description of the service as it is made."""
    if "openapi" not in app.extensions:
        app.extensions["openapi"] = derive(app)
    document: dict[str, Any] = app.extensions["openapi"]
    return document


def text(app: Flask) -> str:
    """Write the description as it stands in openapi.yaml."""
    document: str = yaml.safe_dump(described(app), sort_keys=False, allow_unicode=True, width=100)
    return document


def derive(app: Flask) -> dict[str, Any]:
    """Derive the description from the views and the schemas."""
    plugin = MarshmallowPlugin()
    spec = APISpec("Attest", VERSION, "3.1.0", plugins=[plugin])
    assert plugin.converter is not None  # noqa: S101 - made by APISpec
    plugin.converter.add_attribute_function(ours)
    for schema in (*RECORDS.values(), *OTHERS):
        name = schema.__name__.removesuffix("Schema")
        if name not in spec.components.schemas:
            spec.components.schema(name, schema=schema)
    raw: dict[str, Any] = deepcopy(spec.to_dict()["components"]["schemas"])
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
            if hasattr(blueprint, "description")
        ],
        "paths": {},
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: `Authorization: Bearer <key>`. Reading may be open "
                    "to everybody; writing needs the scope `write`, keys need `admin`.",
                }
            },
            "schemas": dict(sorted(components(raw).items())),
            "parameters": {
                name: {"name": name, "in": "header", **parameter}
                for name, parameter in PARAMETERS.items()
            },
            "headers": HEADERS,
            "responses": {responding(status): refusal(status) for status in REFUSALS},
        },
    }
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "operation"):
            path, parameters = path_of(rule)
            place = document["paths"].setdefault(
                path, {"parameters": parameters} if parameters else {}
            )
            method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})).lower()
            blueprint = app.blueprints[rule.endpoint.partition(".")[0]]
            place[method] = operate(view, view.operation, blueprint.name, plugin)
    return document


def path_of(rule: Rule) -> tuple[str, list[dict[str, Any]]]:
    """Write a rule as a path, and describe what stands in it."""
    path = re.sub(r"<(?:\w+:)?record_id>", "{id}", rule.rule)
    if "{id}" not in path:
        return path, []
    schema: dict[str, Any] = {"type": "string", "format": "uuid", "example": EXAMPLE_ID}
    if "<uuid:" not in rule.rule:
        schema = {"type": "string", "example": "panjshir-2021"}
    description = "The id of the record."
    return path, [
        {"name": "id", "in": "path", "required": True, "description": description, "schema": schema}
    ]


def operate(
    view: Callable[..., Any], operation: Operation, tag: str, plugin: MarshmallowPlugin
) -> dict[str, Any]:
    """Describe one operation."""
    summary, _, description = (view.__doc__ or "").partition("\n\n")
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [tag],
        "summary": summary.strip().removesuffix("."),
    }
    if description.strip():
        described["description"] = re.sub(r"\s+", " ", description).strip()
    if operation.scope in {None, "read"}:
        described["security"] = [{}] if operation.scope is None else [{"key": []}, {}]
    else:
        described["security"] = [{"key": []}]
    parameters = [*queried(operation, plugin)]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in operation.headers]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        schema = {"$ref": f"#/components/schemas/{operation.body.schema}"}
        described["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": schema} for kind in operation.body.types},
        }
    described["responses"] = {
        **{str(status): answered(answer) for status, answer in operation.answers.items()},
        **{
            str(status): {"$ref": f"#/components/responses/{responding(status)}"}
            for status in sorted({*operation.refusals, *ALWAYS})
        },
    }
    return described


def queried(operation: Operation, plugin: MarshmallowPlugin) -> Iterator[dict[str, Any]]:
    """Describe the parameters of an operation's query string."""
    assert plugin.converter is not None  # noqa: S101 - made by APISpec
    for name, field in operation.query().fields.items():
        schema = without_null(plugin.converter.field2property(field))
        schema.pop("readOnly", None)
        parameter: dict[str, Any] = {
            "name": field.data_key or name,
            "in": "query",
            "required": False,
            "description": schema.pop("description"),
            "schema": schema,
        }
        if isinstance(field, CommaSeparated):
            parameter |= {"style": "form", "explode": False}
        yield parameter


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Take null from what a parameter may be: it is not given instead."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        schema = {**schema, "type": next(kind for kind in kinds if kind != "null")}
    if "default" in schema and schema["default"] is None:
        schema = {name: value for name, value in schema.items() if name != "default"}
    if "enum" in schema:
        schema = {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return schema


def answered(answer: Any) -> dict[str, Any]:
    """Describe an answer."""
    found: dict[str, Any] = {
        "description": answer.description,
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in (*answer.headers, "X-Request-ID")
        },
    }
    if answer.schema:
        schema = {"$ref": f"#/components/schemas/{answer.schema}"}
        found["content"] = {answer.type: {"schema": schema}}
    return found


def responding(status: int) -> str:
    """Name the component of a refusal."""
    return TITLES.get(status, HTTPStatus(status).phrase).replace(" ", "").replace("-", "")


def refusal(status: int) -> dict[str, Any]:
    """Describe a refusal."""
    more = {401: ["WWW-Authenticate"], 503: ["Retry-After"]}.get(status, [])
    return {
        "description": REFUSALS[status],
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in (*more, "X-Request-ID")
        },
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def ours(_converter: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """Describe our own fields to apispec: what JSON or text they are."""
    if isinstance(field, CommaSeparated):
        inner = without_null(_converter.field2property(field.inner))
        example = field.metadata.get("example")
        return {
            "type": "array",
            "items": {name: value for name, value in inner.items() if name != "example"},
            "minItems": 1,
            "example": str(example).split(",") if example else [],
        }
    if isinstance(field, Numbers):
        return {
            "type": "string",
            "pattern": r"^-?\d+(\.\d+)?" + rf"(,-?\d+(\.\d+)?){{{field.count - 1}}}$",
        }
    if isinstance(field, Interval) or type(field).__name__ in {"Scheme", "ExternalId", "Cursor"}:
        return {"type": "string"}
    if isinstance(field, Nested) and "anyOf" in ret:
        return {}
    return {}


def components(raw: dict[str, Any]) -> dict[str, Any]:
    """Make of each schema what is sent and what is answered: in answers, words are open."""
    names = {schema.__name__.removesuffix("Schema"): schema for schema in RECORDS.values()}
    found: dict[str, Any] = {}
    for name, schema in raw.items():
        found[name] = answering(schema)
        sent = sending(schema)
        if name in names:
            found[f"{name}Patch"] = patching(sent)
        found[f"{name}Input"] = sent
    for name, record in names.items():
        answer = found[name]
        answer["required"] = ["id"]
        answer["description"] = (record.__doc__ or "").splitlines()[0]
        for path, to in paths(record()):
            embed(found, name, path, RECORDS[to].__name__.removesuffix("Schema"), record())
        answer["properties"] = ordered(answer["properties"])
        found[f"{name}Input"]["properties"] = ordered(found[f"{name}Input"]["properties"])
        found[f"{name}List"] = page(name)
    found |= plain()
    found["Bundle"] = bundle(found)
    reachable = {*RECORDS_AND_MORE(names), *(f"{name}Input" for name in names)}
    return pruned(found, reachable)


def RECORDS_AND_MORE(names: Mapping[str, Any]) -> set[str]:  # noqa: N802
    """Name the components that operations use."""
    return {
        *names,
        *(f"{name}List" for name in names),
        *(f"{name}Patch" for name in names),
        *("Explanation", "Problem", "BundleResult", "Bundle", "KeyInput", "NewKey", "KeyList"),
        *("Home", "Health", "JsonSchema"),
    }


def pruned(found: dict[str, Any], roots: set[str]) -> dict[str, Any]:
    """Keep what the roots lead to."""
    kept: dict[str, Any] = {}
    pending = sorted(roots)
    while pending:
        name = pending.pop()
        if name not in kept:
            kept[name] = found[name]
            pending += [ref.rpartition("/")[2] for ref in refs(found[name])]
    return kept


def refs(schema: Any) -> Iterator[str]:
    """Find every reference in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from refs(value)


def ordered(properties: dict[str, Any]) -> dict[str, Any]:
    """Put what every record has behind its own, as in the records themselves."""
    own = [name for name in properties if name not in LAST]
    return {name: properties[name] for name in (*own, *LAST) if name in properties}


def answering(schema: Any) -> Any:
    """Make of a schema what is answered: without closed lists of words, defaults and patterns."""
    if isinstance(schema, list):
        return [answering(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: value if name in {"example", "required"} else answering(value)
        for name, value in schema.items()
        if name not in {"default", "readOnly", "pattern", "propertyNames"}
        and not is_enum(name, value)
    }
    if is_enum("enum", schema.get("enum")):
        words = [str(word) for word in schema["enum"] if word is not None]
        few = 40
        if len(words) <= few:
            kept["description"] = (
                f"{kept.get('description', '')} One of: {', '.join(words)}; more may come."
            )
    return kept


def is_enum(name: str, value: Any) -> bool:
    """Tell a list of words from a property that is called enum."""
    return name == "enum" and isinstance(value, list)


def sending(schema: Any) -> Any:
    """Make of a schema what is sent: without what the service makes, and of such parts only."""
    if isinstance(schema, list):
        return [sending(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: sending(value) for name, value in schema.items() if name != "example"}
    kept |= {"example": schema["example"]} if "example" in schema else {}
    if isinstance(schema.get("$ref"), str):
        kept["$ref"] = f"{schema['$ref']}Input"
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = {
            name: value for name, value in kept["properties"].items() if not value.get("readOnly")
        }
        kept["additionalProperties"] = False
    return kept


def patching(schema: dict[str, Any]) -> dict[str, Any]:
    """Make of what is sent a merge patch of it: nothing is needed, and null removes."""
    kept = deepcopy(schema)
    kept.pop("required", None)
    for member in kept["properties"].values():
        member.pop("default", None)
    return kept


def embed(found: dict[str, Any], name: str, path: str, to: str, record: RecordSchema) -> None:
    """Describe where a record can be embedded in another, along a path of members."""
    holder = found[name]
    *steps, member = path.split(".")
    for step in steps:
        holder = found[next(refs(holder["properties"][step])).rpartition("/")[2]]
    ref = {"$ref": f"#/components/schemas/{to}"}
    many = f"{member[:-1]}_ids" in holder["properties"]
    description = f"With `expand={path}`: the record itself."
    holder["properties"][member] = (
        {"type": "array", "items": ref, "description": description}
        if many
        else {"anyOf": [ref], "description": description}
    )
    del record


def page(name: str) -> dict[str, Any]:
    """Describe a page of a list."""
    following = ListSchema().fields
    return {
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {
                "type": "array",
                "items": {"$ref": f"#/components/schemas/{name}"},
                "description": "The records.",
            },
            "next_cursor": {
                "type": ["string", "null"],
                "description": following["next_cursor"].metadata["description"],
                "example": following["next_cursor"].metadata["example"],
            },
            "total": {
                "type": "integer",
                "description": following["total"].metadata["description"],
                "example": 17,
            },
        },
        "additionalProperties": False,
    }


def plain() -> dict[str, Any]:
    """Describe the few answers that no schema of ours makes."""
    return {
        "JsonSchema": {"type": "object", "description": "A schema, or the description itself."},
        "Health": {
            "type": "object",
            "required": ["status"],
            "properties": {"status": {"type": "string", "description": "`ok`.", "example": "ok"}},
        },
        "Home": {
            "type": "object",
            "required": ["name", "about", "version", "links"],
            "properties": {
                "name": {"type": "string", "description": "The service.", "example": "Attest"},
                "about": {"type": "string", "description": "What it is.", "example": ABOUT[:55]},
                "version": {"type": "string", "description": "Its version.", "example": VERSION},
                "links": {
                    "type": "object",
                    "description": "Where things are.",
                    "additionalProperties": {"type": "string"},
                    "example": {"docs": "http://127.0.0.1:8000/docs/"},
                },
            },
        },
        "KeyList": {
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Key"},
                    "description": "The keys, the oldest first; revoked ones too.",
                }
            },
        },
    }


def bundle(found: dict[str, Any]) -> dict[str, Any]:
    """Describe a bundle: the records as they are sent, each perhaps with a ref.

    Adds to `found` the variants of what is sent in which ids may be refs.
    """
    names = [schema.__name__.removesuffix("Schema") for schema in MEMBERS.values()]
    inputs = pruned(found, {f"{name}Input" for name in names})
    for name, schema in inputs.items():
        found[name.replace("Input", "InBundle")] = referring(schema)
    for name in names:
        member = found[f"{name}InBundle"]
        member["properties"] = {
            "ref": {
                "type": "string",
                "description": "What the bundle's other records call it, with `@` before.",
                "pattern": f"^{REF.pattern}$",
                "example": "taliban",
            },
            **member["properties"],
        }
        needed = [field for field in member.get("required", []) if field != "dataset"]
        member.pop("required", None)
        member |= {"required": needed} if needed else {}
    outline = BundleSchema().fields
    return {
        "type": "object",
        "description": "Records that are stored together or not at all.",
        "required": ["dataset"],
        "properties": {
            "dataset": deepcopy(found["ActorInput"]["properties"]["dataset"]),
            **{
                resource: {
                    "type": "array",
                    "description": outline[resource].metadata["description"],
                    "items": {"$ref": f"#/components/schemas/{name}InBundle"},
                }
                for resource, name in zip(MEMBERS, names, strict=True)
            },
        },
        "additionalProperties": False,
    }


def referring(schema: Any) -> Any:
    """Let every id of a schema also be a ref of the same bundle."""
    if isinstance(schema, list):
        return [referring(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: value if name == "example" else referring(value) for name, value in schema.items()
    }
    if kept.get("format") == "uuid":
        del kept["format"]
        kept["description"] = f"{kept.get('description', '')} Or `@ref`.".strip()
        kept["example"] = "@taliban"
    if isinstance(kept.get("$ref"), str):
        kept["$ref"] = kept["$ref"].replace("Input", "InBundle")
    return kept


@cache
def _defined(name: str) -> str:
    return f"#/$defs/{name}"


def self_contained(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Give one schema of the description as a JSON Schema that refers to nothing outside."""
    schemas = document["components"]["schemas"]

    def moved(schema: Any) -> Any:
        if isinstance(schema, list):
            return [moved(value) for value in schema]
        if not isinstance(schema, dict):
            return schema
        kept = {key: moved(value) for key, value in schema.items() if key != "example"}
        if "example" in schema:
            kept["examples"] = [schema["example"]]
        if isinstance(schema.get("$ref"), str):
            kept["$ref"] = _defined(schema["$ref"].rpartition("/")[2])
        return kept

    parts = pruned(schemas, {name})
    root = moved(parts.pop(name))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        **root,
        "$defs": {part: moved(schema) for part, schema in sorted(parts.items())},
    }
