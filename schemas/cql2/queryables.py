"""Queryables: a JSON Schema of what a filter on the records of a resource may name."""

from typing import Any

from marshmallow import fields

from schemas.cql2.properties import Property, properties
from schemas.record import RecordSchema

TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "span": {"type": "string", "format": "edtf"},
    "id": {"type": "string", "format": "uuid"},
    "geometry": {"format": "geometry-any"},
    "list": {"type": "array"},
    "object": {"type": "object"},
    "json": {},
    "external_ids": {"type": "object"},
}
"""JSON Schemas of the kinds of values."""

WHAT = {
    "list": " As a whole, it is only asked whether it IS NULL.",
    "object": " As a whole, it is only asked whether it IS NULL.",
    "span": " A date in EDTF: the functions T_… compare its days, = and LIKE its text.",
}
"""Sentences that follow the descriptions of members of some kinds."""


def described(record: type[RecordSchema], address: str) -> dict[str, Any]:
    """Describe what a filter may name, at the address of the description."""
    found = properties(record).values()
    plain = {each.name: one(each) for each in found if each.kind != "external_ids"}
    patterns = {
        f"^{each.name.replace('.', chr(92) + '.')}\\..+$": one(each, inside=True)
        for each in found
        if each.open
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": f"Queryables of {record.__name__.removesuffix('Schema').lower()}s",
        "type": "object",
        "properties": plain,
        "patternProperties": patterns,
        "additionalProperties": False,
    }


def one(of: Property, *, inside: bool = False) -> dict[str, Any]:
    """Describe one property; `inside`, whatever stands in it by a name of its own."""
    metadata = of.described.metadata if of.described is not None else {}
    found = {
        "title": of.name.replace("_", " ").replace(".", ", ").capitalize(),
        "description": metadata.get("description", "") + WHAT.get(of.kind, ""),
    }
    if inside:
        texts = {"type": "string"} if of.kind == "external_ids" else {}
        return {"title": f"{found['title']}, by name", "description": found["description"], **texts}
    if of.kind == "array":
        items = dict(TYPES[of.items])
        return {**found, "type": "array", "items": {**items, **words(of)}}
    whole = {"type": "integer"} if isinstance(of.described, fields.Integer) else {}
    place = {"format": "geometry-point"} if of.path[-1:] == ("point",) else {}
    kind = {**TYPES[of.kind], **whole, **(place if of.kind == "geometry" else {})}
    return {**found, **kind, **words(of)}


def words(of: Property) -> dict[str, Any]:
    """List the words of a property's code list, if it has one."""
    return {"enum": [*of.known]} if of.known else {}
