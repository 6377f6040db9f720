"""Writes what attest_client is made of and git does not keep: `generate.py [openapi.yaml]`.

`_api` has the models that openapi-python-client makes of the description, the types of what is
asked and sent, and a table of the parameters that each operation takes. `_sync` is `_async`
without `async` and `await`.
"""

import copy
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "src" / "attest_client"
OPTIONS = HERE.parents[1] / "sdk" / "python.yaml"

ASKED = {
    f"{resource.title()}{kind}": pattern.format(resource)
    for resource in ("datasets", "documents", "actors", "locations", "events", "statements")
    for kind, pattern in (("List", "/v1/{}"), ("Export", "/v1/{}.*"))
} | {
    "EventsSummary": "/v1/events/summary",
    "StatementsSummary": "/v1/statements/summary",
    "EventsDyads": "/v1/events/dyads",
    "ActorsNetwork": "/v1/actors/{id}/network",
    "ActorsTimeline": "/v1/actors/{id}/timeline",
    "Revisions": "/v1/events/{id}/revisions",
    "Assessments": "/v1/events/{id}/assessments",
    "Dependents": "/v1/documents/{id}/dependents",
    "Releases": "/v1/releases",
    "Changes": "/v1/changes",
}
"""Types of what a GET is asked: the parameters of the paths that match, but for those in OWN."""

WIDER = {
    "datetime": "date | tuple[date | None, date | None]",
    "filter": "Mapping[str, Any]",
}
"""Types that parameters take besides those of the description, by their names."""

EITHER = (("Change", "id"), ("Assessment", "record_id"))
"""Members of models that are UUIDs, or names of datasets."""

OWN = {"Changes": ("after", "wait", "sort")}
"""Parameters that are arguments of the client's own, by the type that they are not in."""

WORDS = {
    r"\basync ": "",
    r"\bawait ": "",
    r"\b_async\b": "_sync",
    r"\bAsync(?=[A-Z])": "",
    r"\b__a(?=iter__|next__|enter__|exit__)": "__",
    r"\ba(?=iter_bytes\b|iter_lines\b|close\b|read\b|pause\b|apart\b)": "",
    r"\basynccontextmanager\b": "contextmanager",
    r"\bStopAsyncIteration\b": "StopIteration",
}
"""Patterns in `_async`, and their replacements in `_sync`."""

LAZY = '''
_WHERE = {names}


def __getattr__(name: str) -> object:
    """Import a model when it is first asked for: all of them together take a second."""
    if name not in _WHERE:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    return getattr(import_module(f".{{_WHERE[name]}}", __name__), name)
'''

HEADER = '''"""The {} of the service, written by generate.py from its description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Required, TypeAlias, TypedDict
from uuid import UUID

if TYPE_CHECKING:
    from attest_client._api import models

Id: TypeAlias = UUID | str
'''


class Types:
    """The types of what is sent, as the description has them, in the order of their names."""

    def __init__(self, described: dict[str, Any]) -> None:
        """Begin with none."""
        self.schemas = described["components"]["schemas"]
        self.written: dict[str, str] = {}

    def of(self, schema: Mapping[str, Any]) -> str:
        """Give the type of a value, as it is written in Python."""
        if "$ref" in schema:
            return self.named(schema["$ref"].rpartition("/")[2])
        if either := schema.get("anyOf") or schema.get("oneOf"):
            return " | ".join(dict.fromkeys(self.of(each) for each in either))
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        return " | ".join(self.kind(kind, schema) for kind in kinds) or "Any"

    def kind(self, kind: str, schema: Mapping[str, Any]) -> str:
        """Give the type of a value of one JSON type."""
        if "enum" in schema and kind == "string":
            words = [json.dumps(word) for word in schema["enum"] if word is not None]
            return f"Literal[{', '.join(words)}]"
        if kind == "array":
            return f"Sequence[{self.of(schema.get('items', {}))}]"
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"Mapping[str, {self.of(values) if isinstance(values, dict) else 'Any'}]"
        if kind == "string" and ("x-refers-to" in schema or schema.get("format") == "uuid"):
            return "Id"
        plain = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
        return plain.get(kind, "None")

    def parameter(self, parameter: Mapping[str, Any]) -> str:
        """Give the type of a parameter: one value stands for a list of it."""
        type_ = self.of(parameter["schema"])
        either = [type_]
        if type_.startswith("Sequence["):
            either.append(type_[len("Sequence[") : -1])
            if parameter.get("explode"):
                either.append("Sequence[Sequence[str]]")
        if wider := WIDER.get(parameter["name"]):
            either.append(wider)
        return " | ".join(either)

    def named(self, name: str) -> str:
        """Write the type of a schema that has a name, and give that."""
        schema = self.schemas[name]
        if name not in self.written:
            self.written[name] = ""  # it may hold itself
            if "enum" in schema:
                either = f"models.{name} | {self.of(schema)}"
                self.written[name] = f"{name}: TypeAlias = {either!r}"
            elif "properties" in schema:
                needed = schema.get("required", ())
                members = (
                    (member, self.of(each), each.get("description", ""), member in needed)
                    for member, each in schema["properties"].items()
                )
                self.written[name] = written(name, schema.get("description", ""), members)
            else:
                self.written[name] = f"{name}: TypeAlias = {self.of(schema)!r}"
        return name


def written(name: str, meaning: str, members: Any) -> str:
    """Write a TypedDict; `members` are names, types, meanings, and whether they are needed."""
    lines = [f"class {name}(TypedDict, total=False):", f'    """{meaning or name}"""']
    for member, type_, described, needed in members:
        lines += ["", f"    {member}: {f'Required[{type_}]' if needed else type_}"]
        if described:
            lines.append(f'    """{described}"""'.replace("\\", "\\\\").replace('""""', '" """'))
    return "\n".join(lines)


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Give each operation: `GET /v1/events`, its parameters by name, and itself."""
    parameters = described["components"]["parameters"]
    for path, item in described["paths"].items():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                listed = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                whole = [
                    parameters[each["$ref"].removeprefix("#/components/parameters/")]
                    if "$ref" in each
                    else each
                    for each in listed
                ]
                taken = {each["name"]: each for each in whole if each["in"] != "path"}
                yield f"{method.upper()} {path}", taken, item[method]


def types(described: dict[str, Any]) -> str:
    """Write the types of all that is asked and sent."""
    made = Types(described)
    asked: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in ASKED}
    for operation, taken, whole in operations(described):
        method, _, path = operation.partition(" ")
        for content in whole.get("requestBody", {}).get("content", {}).values():
            reference = content["schema"].get("$ref", "")
            if reference and not reference.endswith("QueryBody"):
                made.of(content["schema"])
        for name, pattern in ASKED.items():
            if method == "GET" and fnmatch(path, pattern) and "/" not in path[len(pattern) - 1 :]:
                for each in taken.values():
                    if each["in"] == "query" and each["name"] not in OWN.get(name, ()):
                        member = each["name"].replace("-", "_")
                        type_ = made.parameter(each)
                        before, _ = asked[name].get(member, (type_, ""))
                        both = type_ if type_ == before else f"{before} | {type_}"
                        asked[name][member] = (both, each.get("description", ""))
    parts = [made.written[name] for name in sorted(made.written)]
    parts += [
        written(
            name, "Parameters that it takes.", ((m, t, d, False) for m, (t, d) in members.items())
        )
        for name, members in asked.items()
    ]
    return "\n\n\n".join([HEADER.format("types of what is asked and sent"), *parts]) + "\n"


def table(described: dict[str, Any]) -> str:
    """Write what each operation takes in its query and headers."""
    rows = [
        f'    "{operation}": frozenset({sorted(taken)!r}),'
        for operation, taken, _ in operations(described)
    ]
    queries = []
    for operation, _, whole in operations(described):
        for content in whole.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            if name.endswith("QueryBody"):
                members = described["components"]["schemas"][name]["properties"]
                found = {
                    member: each["items"].get("type", "") if each.get("type") == "array" else None
                    for member, each in members.items()
                }
                queries.append(f'    "{operation}": {found!r},')
    return "\n".join(
        [
            '"""The parameters that each operation takes, written by generate.py."""',
            "\nOPERATIONS: dict[str, frozenset[str]] = {",
            *rows,
            "}\n\nQUERIES: dict[str, dict[str, str | None]] = {",
            *queries,
            '}\n"""Members of queries in a body: of lists, the type of what is in them."""\n',
        ]
    )


def models(described: dict[str, Any], target: Path) -> None:
    """Make the models by openapi-python-client, and let them be imported one by one."""
    for schema, member in EITHER:
        part = described["components"]["schemas"][schema]["properties"][member]
        part["anyOf"] = [{"type": part.pop("type"), "format": "uuid"}, {"type": "string"}]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        description = Path(folder) / "description.json"
        description.write_text(json.dumps(described, default=str))
        command = [Path(sys.executable).with_name("openapi-python-client"), "generate"]
        command += ["--path", description, "--config", OPTIONS, "--meta", "none"]
        done = subprocess.run(  # noqa: S603 - the generator of our lock, by its path
            [*map(str, command), "--output-path", str(made)],
            env={"PATH": str(Path(sys.executable).parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        target.mkdir()
        shutil.copy(made / "types.py", target)
        shutil.copytree(made / "models", target / "models")
    init = target / "models" / "__init__.py"
    text = init.read_text()
    found = re.findall(r"^from \.(\w+) import (\w+)$", text, re.MULTILINE)
    names = "{\n" + "".join(f'    "{name}": "{file}",\n' for file, name in found) + "}"
    imports, _, exported = text.partition("__all__")
    kept = "".join(f"    from .{file} import {name} as {name}\n" for file, name in found)
    opening, _, _ = imports.partition("from .")
    init.write_text(
        f"{opening}from importlib import import_module\nfrom typing import TYPE_CHECKING\n\n"
        f"if TYPE_CHECKING:\n{kept}{LAZY.format(names=names)}\n\n__all__{exported}"
    )


def without_async(source: str) -> str:
    """Write a module of `_async` as that of `_sync`."""
    for word, instead in WORDS.items():
        source = re.sub(word, instead, source)
    return source


def main() -> None:
    """Write both, where anything that they are made of has changed."""
    description = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parents[1] / "openapi.yaml")
    api, sync = PACKAGE / "_api", PACKAGE / "_sync"
    shutil.rmtree(sync, ignore_errors=True)
    sync.mkdir()
    for module in sorted((PACKAGE / "_async").glob("*.py")):
        (sync / module.name).write_text(without_async(module.read_text()))
    sources = (description, OPTIONS, Path(__file__), HERE / "requirements-dev.txt")
    digest = sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()
    made_of = api / "made-of"
    if made_of.is_file() and made_of.read_text() == digest:
        return
    described = yaml.load(description.read_text(), Loader=yaml.CSafeLoader)
    shutil.rmtree(api, ignore_errors=True)
    models(copy.deepcopy(described), api)
    opening = f'"""Made by generate.py from the description of {described["info"]["title"]}."""\n'
    (api / "__init__.py").write_text(opening)
    (api / "asked.py").write_text(types(described))
    (api / "operations.py").write_text(table(described))
    made_of.write_text(digest)


if __name__ == "__main__":
    main()
