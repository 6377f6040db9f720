"""JSON Schemas, and what can be made of them, whatever they describe."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from api.http.operation import Json

JSON_SCHEMA = Json("JsonSchema", {"type": "object", "description": "A JSON Schema."})

MAX_INT32 = 2**31 - 1
"""The largest number that clients can tell from others where an integer has no format."""

MAX_WORDS_LISTED = 40
"""Maximum number of words listed in a description; longer lists are named instead."""


def reference(name: str) -> dict[str, str]:
    """Refer to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Take null from what a parameter may be: it is not given instead."""
    kept = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    if isinstance(kept.get("type"), list):
        kept["type"] = next(kind for kind in kept["type"] if kind != "null")
    if "enum" in kept:
        kept["enum"] = [value for value in kept["enum"] if value is not None]
    return kept


def each(schema: Any, change: Any) -> Any:
    """Apply a change to every schema inside a schema, and then to itself; examples stay."""
    if isinstance(schema, list):
        return [each(value, change) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: value
        if name in {"example", "enum", "required"} and not is_schema(value)
        else each(value, change)
        for name, value in schema.items()
    }
    return change(kept)


def is_schema(value: Any) -> bool:
    """Tell a property that is called `enum` or `required` from the keyword."""
    return isinstance(value, dict) and isinstance(value.get("description"), str)


def answering(schema: Any) -> Any:
    """Make of a schema what is answered: words and members are open there, for more may come."""

    def opened(part: dict[str, Any]) -> dict[str, Any]:
        if part.get("additionalProperties") is False:
            part["additionalProperties"] = True
        words = part.get("enum")
        if isinstance(words, list) and len(words) <= MAX_WORDS_LISTED:
            listed = ", ".join(str(word) for word in words if word is not None)
            part["description"] = f"{part.get('description', '')} One of: {listed}; more may come."
        closed = {"default", "readOnly", "pattern", "propertyNames", "enum"}
        return {
            name: value for name, value in part.items() if name not in closed or is_schema(value)
        }

    return each(schema, opened)


def sized(part: dict[str, Any]) -> dict[str, Any]:
    """Say of a number how large it may be: clients take less where nothing is said.

    A UUID is always of one length, and no text to some generators.
    """
    kinds = part.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if part.get("format") == "uuid":
        part.pop("minLength", None)
        part.pop("maxLength", None)
    if "number" in kinds:
        part["format"] = "double"
    elif "integer" in kinds and part.get("maximum", MAX_INT32 + 1) > MAX_INT32:
        part["format"] = "int64"
    return part


def sending(schema: Any) -> Any:
    """Make of a schema what is sent: without what the service makes, and of such parts only."""

    def only_sent(part: dict[str, Any]) -> dict[str, Any]:
        if isinstance(part.get("$ref"), str):
            part["$ref"] += "Input"
        if isinstance(part.get("properties"), dict) and not is_schema(part["properties"]):
            members = part["properties"].items()
            part["properties"] = {
                name: member for name, member in members if not member.get("readOnly")
            }
            if part.get("additionalProperties") is not True:
                part["additionalProperties"] = False
        return part

    return each(schema, only_sent)


def references(schema: Any) -> Iterator[str]:
    """Find every reference in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def pruned(found: dict[str, Any], roots: set[str]) -> dict[str, Any]:
    """Keep what the roots lead to."""
    kept: dict[str, Any] = {}
    pending = sorted(roots)
    while pending:
        name = pending.pop()
        if name not in kept:
            kept[name] = found[name]
            pending += [ref.rpartition("/")[2] for ref in references(found[name])]
    return kept


def self_contained(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    """Give one schema of the description as a JSON Schema that refers to nothing outside."""

    def moved(part: dict[str, Any]) -> dict[str, Any]:
        if "example" in part and not is_schema(part["example"]):
            part["examples"] = [part.pop("example")]
        if isinstance(part.get("$ref"), str):
            part["$ref"] = f"#/$defs/{part['$ref'].rpartition('/')[2]}"
        return part

    parts = each(deepcopy(pruned(schemas, {name})), lambda part: part)
    parts = {part: each(schema, moved) for part, schema in parts.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        **parts.pop(name),
        "$defs": dict(sorted(parts.items())),
    }
