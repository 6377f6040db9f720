"""openapi.yaml as collections need it: operations with their parameters and examples."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sdk.collections.requests import Parameter

ROOT = Path(__file__).parent.parent.parent

SHOWN = {
    "limit",
    "by",
    "level",
    "measure",
    "rows",
    "fields",
    "country",
    "kind",
    "datetime",
    "stance",
    "publisher",
}
"""Parameters that are sent as they are filled in; the others are there to be switched on."""


@dataclass(frozen=True)
class Operation:
    """An operation: where it is, and an example of everything that it can be sent."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    places: Mapping[str, str]
    """Examples of the parameters in its path."""

    query: tuple[Parameter, ...]
    types: tuple[str, ...]
    """Media types of its body, the one to take first."""

    body: Any
    statuses: tuple[int, ...]
    """Statuses that tell that all is well; 501 among them, where a library may be missing."""

    @property
    def resource(self) -> str:
        """The part of its id that says what it is about."""
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        """The part of its id that says what is done."""
        return self.id.partition(".")[2]


def read_yaml(path: str) -> Any:
    """Read a YAML file of the project."""
    return yaml.load((ROOT / path).read_text(), Loader=yaml.CSafeLoader)


def operations() -> dict[str, Operation]:
    """Read all operations, by their ids."""
    document = read_yaml("openapi.yaml")
    resolver = Resolver(document)
    found = {}
    for path, place in document["paths"].items():
        shared = place.get("parameters", [])
        for method, described in place.items():
            if method in {"get", "put", "post", "patch", "delete"}:
                operation = resolver.operation(method.upper(), path, described, shared)
                found[operation.id] = operation
    return found


def expected(status: str) -> bool:
    """Tell whether a status is as good as any: not refused, or refused for want of a library."""
    return status < "300" or status == "501"


class Resolver:
    """References of a description, followed."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Resolve within a document."""
        self.document = document

    def resolved(self, node: Any) -> Any:
        """Follow a reference, if it is one."""
        while "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def operation(
        self, method: str, path: str, described: Mapping[str, Any], shared: list[Any]
    ) -> Operation:
        """Read one operation."""
        parameters = [self.resolved(each) for each in [*shared, *described.get("parameters", ())]]
        contents = self.resolved(described.get("requestBody", {})).get("content", {})
        bodies = [each["example"] for each in contents.values() if "example" in each]
        return Operation(
            described["operationId"],
            method,
            path,
            described["summary"],
            described["description"],
            {each["name"]: self.example(each) for each in parameters if each["in"] == "path"},
            tuple(self.parameter(each) for each in parameters if each["in"] == "query"),
            tuple(contents),
            bodies[0] if bodies else None,
            tuple(int(status) for status in described["responses"] if expected(status)),
        )

    def parameter(self, described: Mapping[str, Any]) -> Parameter:
        """Read a parameter of a query string."""
        example = self.example(described)
        sent = described.get("required", False) or described["name"] in SHOWN
        return Parameter(
            described["name"], example, sent and example != "", described["description"]
        )

    def example(self, described: Mapping[str, Any]) -> str:
        """Write a parameter's example as it is sent; empty where there is none."""
        schema = described["schema"]
        value = schema.get("example", self.resolved(schema).get("example", ""))
        if isinstance(value, list):
            return ",".join(map(str, value))
        return value if isinstance(value, str) else json.dumps(value)
