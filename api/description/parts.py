"""Objects inside schemas, named: clients have one type for them, not one for each place."""

from typing import Any

from api.description.jsonschema import each, is_schema, reference

OBJECTS = {
    "@context": "LinkedDataContext",
    "attributes": "Attributes",
    "checksums": "Checksums",
    "codes": "FaultCodes",
    "counts": "Counts",
    "created": "Counts",
    "derived": "DerivedChanges",
    "external_ids": "ExternalIds",
    "features": "Feature",
    "geometry": "Geometry",
    "highlights": "Highlight",
    "ids": "IdsByRef",
    "links": "Links",
    "linkset": "LinkContext",
    "merged": "Counts",
    "moved": "Counts",
    "patch": "JsonPatchOperation",
    "properties": "FeatureProperties",
    "rehomed": "Counts",
    "types": "TypeCounts",
    "unchanged": "Counts",
    "updated": "Counts",
    "withdrawn": "Counts",
}
"""The names of objects, by the members that hold them."""

ABOUT = {
    "Counts": "Numbers, by name.",
    "Geometry": "A geometry of GeoJSON (RFC 7946).",
    "GeometryInput": "A geometry of GeoJSON (RFC 7946).",
    "Links": "Addresses, by name.",
}
"""Descriptions of objects that have one name and several places, each with words of its own."""

FORMS = {"Input": "Input", "InBundle": "Input", "Replacement": "Input", "Patch": "Patch"}
"""Suffixes of the names of request schemas, and the suffix of the objects inside them."""

TEXTS = {"description", "example", "default"}
"""Keywords that describe an object where it stands, and are no part of its type."""


def share_objects(schemas: dict[str, dict[str, Any]]) -> None:
    """Give the objects inside schemas names of their own, and refer to them by these."""
    found: dict[str, dict[str, Any]] = {}
    for form, holder in sorted((form_of(name), name) for name in schemas):
        schema = schemas[holder]
        if holder == "JsonPatch":
            schema["items"] = referring(schema["items"], "patch", form, found)
        refer(schema, form, found)
    if clash := found.keys() & schemas.keys():
        raise ValueError(f"{min(clash)} is the name of two schemas: see {__name__}.")
    schemas |= found


def form_of(name: str) -> str:
    """Tell what is sent from what is answered, by the name of a schema."""
    return next((form for end, form in FORMS.items() if name.endswith(end)), "")


def refer(schema: dict[str, Any], form: str, found: dict[str, dict[str, Any]]) -> None:
    """Refer to the objects that are members of a schema, or the items of members."""
    for member, value in schema.get("properties", {}).items():
        if "anyOf" in value:
            value["anyOf"] = [referring(each, member, form, found) for each in value["anyOf"]]
        elif "items" in value:
            value["items"] = referring(value["items"], member, form, found)
        else:
            schema["properties"][member] = referring(value, member, form, found)


def referring(
    part: dict[str, Any], member: str, form: str, found: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Refer to an object, which may be null, by its name; anything else stays."""
    kinds = part.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" not in kinds:
        return part
    texts = {name: text for name, text in part.items() if name in TEXTS}
    shape = {**part, "type": "object"}
    refer(shape, form, found)
    name = name_of(member, form, plain(shape), found)
    about = {"description": ABOUT[name]} if name in ABOUT else {}
    made = {key: shape[key] for key in shape if key not in {"example", "default"}} | about
    found.setdefault(name, made)
    if "null" in kinds:
        return {"anyOf": [reference(name), {"type": "null"}], **texts}
    return reference(name) | texts


def name_of(member: str, form: str, shape: Any, found: dict[str, dict[str, Any]]) -> str:
    """Name an object as an equal one is named, or else by what holds it and its form."""
    name = OBJECTS[member]
    names = (name, *(f"{name}{end}" for end in sorted({*FORMS.values()})))
    for known in names:
        if known in found and plain(found[known]) == shape:
            return known
    for free in (name, f"{name}{form}"):
        if free not in found:
            return free
    raise ValueError(f"There are two kinds of {name}{form}: see {__name__}.")


def plain(shape: dict[str, Any]) -> Any:
    """Leave out of an object what is only told of it, and of what is in it."""

    def bare(part: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in part.items() if key not in TEXTS or is_schema(value)}

    return each(shape, bare)
