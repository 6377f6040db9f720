"""The scenario of docs/scenario.arazzo.yaml as requests."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sdk.collections.description import Operation, read_yaml
from sdk.collections.requests import Check, Folder, Parameter, Request

OUTPUT = re.compile(r"\$steps\.(\w+)\.outputs\.(\w+)")
STATUS = re.compile(r"\$statusCode == (\d+)")
CONDITION = re.compile(r"\$response\.body#(\S+) (==|!=) (.+)")
BODY, ETAG = "$response.body#", "$response.header.ETag"


def scenario(operations: Mapping[str, Operation]) -> Folder:
    """Read the scenario: one request a step, in order."""
    document = read_yaml("docs/scenario.arazzo.yaml")
    [workflow] = document["workflows"]
    places = {(each.path, each.method.lower()): each for each in operations.values()}
    steps = [
        request(number, step, places[target(step["operationPath"])])
        for number, step in enumerate(workflow["steps"], 1)
    ]
    return Folder(document["info"]["title"], document["info"]["description"], steps)


def target(operation_path: str) -> tuple[str, str]:
    """Read which path and method an `operationPath` leads to."""
    _, _, pointer = operation_path.partition("#/paths/")
    path, _, method = pointer.rpartition("/")
    return path.replace("~1", "/").replace("~0", "~"), method


def request(number: int, step: Mapping[str, Any], operation: Operation) -> Request:
    """Make a request of a step."""
    sent: dict[str, list[Parameter]] = {"path": [], "query": [], "header": []}
    for each in step.get("parameters", ()):
        sent[each["in"]].append(Parameter(each["name"], variables(text(each["value"]))))
    path = operation.path
    for each in sent["path"]:
        path = path.replace(f"{{{each.name}}}", each.value)
    body = step.get("requestBody", {})
    conditions = [each["condition"] for each in step["successCriteria"]]
    return Request(
        f"{number}. {step['stepId']}",
        operation.method,
        path,
        step["description"],
        sent["query"],
        sent["header"],
        body.get("payload"),
        body.get("contentType", "application/json"),
        [int(found[1]) for each in conditions if (found := STATUS.fullmatch(each))],
        [check(found) for each in conditions if (found := CONDITION.fullmatch(each))],
        {
            f"{step['stepId']}_{name}": "ETag" if place == ETAG else place.removeprefix(BODY)
            for name, place in step.get("outputs", {}).items()
        },
    )


def text(value: Any) -> str:
    """Write a value as a parameter has it."""
    return value if isinstance(value, str) else json.dumps(value)


def variables(value: str) -> str:
    """Write what earlier steps have found as variables."""
    return OUTPUT.sub(r"{{\1_\2}}", value)


def check(condition: re.Match[str]) -> Check:
    """Read a condition on the answer's body."""
    pointer, sign, value = condition.groups()
    if found := OUTPUT.fullmatch(value):
        return Check(pointer, sign == "==", "_".join(found.groups()), variable=True)
    return Check(pointer, sign == "==", None if value == "null" else value.strip("'"))
