"""Queries in a body, described: the parameters of a list as members of a JSON object."""

from typing import Any

from api.description.choices import Choices
from api.description.jsonschema import reference, sized, without_null
from schemas.bodies import MAX_VALUES
from schemas.cql2.parameters import Cql2
from schemas.fields.parameters import CommaSeparated, Numbers
from schemas.lists import loader

CQL2: dict[str, Any] = {
    "description": "A condition in CQL2, as text or as JSON.",
    "anyOf": [{"type": "string"}, reference("Cql2Json")],
}

CQL2_JSON: dict[str, Any] = {
    "type": "object",
    "description": "A condition in CQL2 JSON: every Boolean expression is an operation.",
    "required": ["op", "args"],
    "properties": {
        "op": {"type": "string", "description": "The operation.", "example": "="},
        "args": {
            "type": "array",
            "description": "What it is applied to: operations, properties and literals.",
            "items": {},
            "example": [{"property": "kind"}, "person"],
        },
    },
    "additionalProperties": False,
}
"""Conditions as they are sent in a body, in outline."""


def query_body(converter: Any, query: Any, choices: Choices) -> dict[str, Any]:
    """Describe the body that asks what a query string of this schema does."""
    fields = {field.data_key or name: field for name, field in loader(query).load_fields.items()}
    operation = f"{query.__name__.removesuffix('Query').lower()}s.find"
    return {
        "type": "object",
        "description": "A query: the parameters of the list, by their names.",
        "properties": {
            name: choices.named(member(converter, field), name, operation)
            for name, field in fields.items()
        },
        "additionalProperties": False,
    }


def member(converter: Any, field: Any) -> dict[str, Any]:
    """Describe a parameter as JSON has it."""
    shown = {name: field.metadata[name] for name in ("description", "example")}
    if isinstance(field, CommaSeparated):
        items = sized(without_null(converter.field2property(field.inner)))
        items.pop("example", None)
        several = {"type": "array", "items": items, "minItems": 1, "maxItems": MAX_VALUES}
        one = field.inner.metadata.get("example", shown["example"])
        return {**shown, **several, "example": [one]}
    if isinstance(field, Numbers):
        many = {"minItems": field.count, "maxItems": field.count}
        example = [float(each) for each in str(shown["example"]).split(",")]
        return {**shown, "type": "array", "items": {"type": "number"}, **many, "example": example}
    if isinstance(field, Cql2):
        return {**reference("Cql2"), **shown}
    found = sized(without_null(converter.field2property(field)))
    return {**found, "example": shown["example"]}
