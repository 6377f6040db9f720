"""A collection and an environment for Postman (format 2.1)."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sdk.collections.requests import Check, Folder, Parameter, Request

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
BASE = "baseUrl"


def collection(name: str, description: str, folders: list[Folder]) -> dict[str, Any]:
    """Write folders as a collection."""
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, name)),
            "name": name,
            "description": description,
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}"}]},
        "item": [item(folder) for folder in folders],
    }


def environment(name: str, values: dict[str, str]) -> dict[str, Any]:
    """Write the variables that nobody but the user can know."""
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{name} environment")),
        "name": name,
        "values": [
            {"key": key, "value": value, "type": "secret" if key == "key" else "default"}
            for key, value in values.items()
        ],
        "_postman_variable_scope": "environment",
    }


def item(entry: Folder | Request) -> dict[str, Any]:
    """Write a folder or a request."""
    if isinstance(entry, Folder):
        return {
            "name": entry.name,
            "description": entry.description,
            "item": [item(each) for each in entry.entries],
        }
    request: dict[str, Any] = {
        "method": entry.method,
        "description": entry.description,
        "header": [header(each) for each in headers(entry)],
        "url": url(entry),
    }
    if entry.body is not None:
        text = json.dumps(entry.body, ensure_ascii=False, indent=2)
        raw = {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}
        request["body"] = raw
    script = {"type": "text/javascript", "exec": [*script_of(entry)]}
    return {
        "name": entry.name,
        "request": request,
        "event": [{"listen": "test", "script": script}],
    }


def headers(request: Request) -> Iterator[Parameter]:
    """List the headers of a request."""
    if request.body is not None:
        yield Parameter("Content-Type", request.media_type)
    yield from request.headers


def header(parameter: Parameter) -> dict[str, Any]:
    """Write a header."""
    return {"key": parameter.name, "value": parameter.value}


def url(request: Request) -> dict[str, Any]:
    """Write an address, with the parameters that can be switched on."""
    query = [each for each in request.query if each.value]
    sent = "&".join(f"{each.name}={each.value}" for each in query if each.sent)
    found: dict[str, Any] = {
        "raw": f"{{{{{BASE}}}}}{request.path}{'?' if sent else ''}{sent}",
        "host": [f"{{{{{BASE}}}}}"],
        "path": request.path.removeprefix("/").split("/"),
    }
    if query:
        found["query"] = [
            {
                "key": each.name,
                "value": each.value,
                **({} if each.sent else {"disabled": True}),
                **({"description": each.description} if each.description else {}),
            }
            for each in query
        ]
    return found


def script_of(request: Request) -> Iterator[str]:
    """Write the tests of an answer, and what is kept of it."""
    statuses = ", ".join(map(str, request.statuses))
    yield f"pm.test('It is answered {' or '.join(map(str, request.statuses))}', () => {{"
    yield f"  pm.expect(pm.response.code).to.be.oneOf([{statuses}]);"
    yield "});"
    for check in request.checks:
        yield from tested(check)
    for name, place in request.keeps.items():
        value = "pm.response.headers.get('ETag')" if place == "ETag" else found_at(place)
        yield f"pm.collectionVariables.set('{name}', {value});"


def tested(check: Check) -> Iterator[str]:
    """Write the test of a member."""
    wanted = f"pm.collectionVariables.get('{check.value}')" if check.variable else repr_js(check)
    yield f"pm.test('{check.pointer} is {'' if check.equal else 'not '}as expected', () => {{"
    chain = "to.eql" if check.equal else "to.not.eql"
    yield f"  pm.expect({found_at(check.pointer)} ?? null).{chain}({wanted});"
    yield "});"


def repr_js(check: Check) -> str:
    """Write a value in JavaScript."""
    return json.dumps(check.value)


def found_at(pointer: str) -> str:
    """Write a JSON pointer as an expression of JavaScript."""
    steps = (json.dumps(int(step) if step.isdigit() else step) for step in pointer.split("/")[1:])
    return "pm.response.json()" + "".join(f"?.[{step}]" for step in steps)
