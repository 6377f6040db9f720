"""The description with its code lists and parameters written out, and the parameters of lists."""

from importlib import import_module
from itertools import chain

from support.service import DESCRIBED

DOCUMENT = DESCRIBED.document


def written_out(part, document):
    """Put code lists and parameters where a part refers to them; other references stay."""
    if isinstance(part, list):
        return [written_out(each, document) for each in part]
    if not isinstance(part, dict):
        return part
    part = {name: written_out(value, document) for name, value in part.items()}
    if isinstance(part.get("$ref"), str):
        to = target(part["$ref"], document)
        if "enum" in to or "in" in to:
            own = {name: value for name, value in part.items() if name != "$ref"}
            return {**written_out(to, document), **own}
    words = [each["enum"] for each in part.get("anyOf", ()) if "enum" in each]
    if words:
        own = {name: value for name, value in part.items() if name != "anyOf"}
        nothing = [None] if {"type": "null"} in part["anyOf"] else []
        kinds = ["string", "null"] if nothing else "string"
        return {"type": kinds, "enum": [*chain(*words), *nothing], **own}
    return part


def target(pointer, document):
    """Give what a reference points at."""
    part = document
    for step in pointer.split("/")[1:]:
        part = part[step]
    return part


PATHS = written_out(DOCUMENT["paths"], DOCUMENT)

SCHEMAS = written_out(DOCUMENT["components"]["schemas"], DOCUMENT)

PAGE = {"as_of", "limit", "cursor", "total", "sort", "fields", "expand", "highlight"}
PAGE |= {"filter-lang", "filter-crs"}
"""What a list can be asked besides what it is filtered by."""


def query_of(resource):
    """Give the schema of the query string of a resource's list."""
    return getattr(import_module(f"schemas.{resource}"), f"{resource[:-1].title()}Query")


def parameters(resource):
    """Give the parameters of a resource's list, as they are described."""
    found = PATHS[f"/v1/{resource}"]["get"]["parameters"]
    return {each["name"]: each for each in found if each["in"] == "query"}
