"""Parts that stand in the description many times, put once where all can refer to them."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from api.description.choices import NAMES, constants_of
from api.description.jsonschema import each, reference, references
from api.description.parts import share_objects
from schemas.vocabularies.lists import CODE_LISTS


def share(document: dict[str, Any]) -> dict[str, Any]:
    """Name the code lists and the parameters that several operations have, and refer to them."""
    components = document["components"]
    share_parameters(document)
    document["paths"] = each(document["paths"], named)
    components["parameters"] = each(components["parameters"], named)
    components["schemas"] = each(components["schemas"], named)
    used = {*references(document)}
    for name, code_list in CODE_LISTS.items():
        if reference(name)["$ref"] in used:
            components["schemas"][name] = {
                "type": "string",
                "description": code_list.description,
                "enum": [*code_list.words],
            }
            if constants := constants_of([*code_list.words]):
                components["schemas"][name]["x-enum-varnames"] = constants
    share_objects(components["schemas"])
    components["schemas"] = dict(sorted(components["schemas"].items()))
    return document


def named(part: dict[str, Any]) -> dict[str, Any]:
    """Refer to code lists by their names, where a schema lists their words."""
    words = part.get("enum")
    if not isinstance(words, list):
        return part
    name = NAMES.get(tuple(word for word in words if word is not None))
    if name is None:
        return part
    rest = {member: value for member, value in part.items() if member not in {"enum", "type"}}
    if None in words:
        return {"anyOf": [reference(name), {"type": "null"}], **rest}
    return reference(name) | rest


def share_parameters(document: dict[str, Any]) -> None:
    """Put parameters that stand more than once among the components.

    One that only a single resource has is named after that as well, and one whose name is taken
    after the last word of its path.
    """
    places = [*parameter_lists(document["paths"])]
    owners: dict[bytes, list[str]] = {}
    for owner, _, place in places:
        for parameter in place:
            owners.setdefault(key(parameter), []).append(owner)
    names: dict[bytes, str] = {}
    shared: dict[str, dict[str, Any]] = document["components"]["parameters"]
    for owner, word, place in places:
        for position, parameter in enumerate(place):
            written = key(parameter)
            if "$ref" in parameter or len(owners[written]) == 1:
                continue
            if written not in names:
                name = parameter["name"]
                if len({*owners[written]}) == 1:
                    name = f"{owner}.{name}"
                names[written] = f"{word}.{name}" if name in shared else name
                shared[names[written]] = parameter
            place[position] = {"$ref": f"#/components/parameters/{names[written]}"}


def parameter_lists(paths: dict[str, Any]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Yield every list of parameters, with the resource and the last word of its path."""
    for path, operations in paths.items():
        words = re.findall(r"(?<=/)[^/{}]+", path.removeprefix("/v1"))
        owner, word = (words[0], words[-1]) if words else ("", "")
        if "parameters" in operations:
            yield owner, word, operations["parameters"]
        for operation in operations.values():
            if isinstance(operation, dict) and "parameters" in operation:
                yield owner, word, operation["parameters"]


def key(parameter: dict[str, Any]) -> bytes:
    """Write a parameter so that equal ones are written alike."""
    return orjson.dumps(parameter, option=orjson.OPT_SORT_KEYS)
