"""Choices: the short lists of words that parameters and members take, each a type by its name."""

import re
from typing import Any

from api.description.jsonschema import each, is_schema, reference
from schemas.vocabularies.lists import CODE_LISTS

NAMES = {code_list.words: name for name, code_list in CODE_LISTS.items()}
"""The names of code lists, by their words."""

UNNAMED = "CODE_LISTS in schemas/vocabularies/lists.py, or else api/description/choices.py,"
"""Where choices get their names."""

EVERYWHERE = {
    "assessed": ("Assessed", "A verdict, `outdated`, or `none`: not assessed."),
    "datetime_match": ("Match", "Whether possible matches are found, or only certain ones."),
    "filter-crs": ("FilterCrs", "The coordinate reference system of a filter."),
    "filter-lang": ("FilterLanguage", "The language of a filter."),
    "geometry": ("GeometryForm", "The form of geometries."),
    "include": ("ChangeInclude", "A part that changes can include."),
    "kind": ("TimelineKind", "The kind of an entry in a timeline."),
    "location_match": ("Match", "Whether possible matches are found, or only certain ones."),
    "measure": ("Measure", "What is counted."),
    "operation": ("ChangeOperation", "The operation on a record."),
    "resource": ("ResourceName", "The resource of a record."),
    "retracted": ("Retracted", "Whether retracted records are found."),
    "scopes": ("Scope", "A scope of a key."),
    "total": ("TotalPrecision", "The precision of a count."),
    "type": ("GeometryType", "A type of geometry (RFC 7946)."),
}
"""The names of choices that are the same wherever they are made, and what they are."""

OF_RESOURCES = {
    "expand": "A referenced record to embed.",
    "order": "The order of parts; `-` is descending.",
    "rows": "A list whose entries are rows.",
    "sort": "The order of a list; `-` is descending.",
}
"""Choices that every resource has of its own, named after it."""

PARTS = {
    "assessments": "Assessment",
    "dependents": "Dependent",
    "dyads": "Dyad",
    "revisions": "Revision",
    "timeline": "Timeline",
}
"""Operations whose choices are named after what they list, whatever the resource."""


class Choices:
    """The choices of a description, collected while it is made."""

    def __init__(self) -> None:
        """Begin with none."""
        self.schemas: dict[str, dict[str, Any]] = {}

    def named(self, schema: dict[str, Any], member: str, operation: str) -> dict[str, Any]:
        """Refer to a choice, of one word or of several, by its name; anything else stays."""
        if "items" in schema:
            return {**schema, "items": self.named(schema["items"], member, operation)}
        words = schema.get("enum")
        if not isinstance(words, list) or tuple(word for word in words if word) in NAMES:
            return schema
        name, about = name_of(member, operation)
        if None in words:
            raise LookupError(f"{UNNAMED} has no entry for the words of {member}: {words}.")
        made = {"type": "string", "description": about, "enum": words}
        if constants := constants_of(words):
            made["x-enum-varnames"] = constants
        if self.schemas.setdefault(name, made) != made:
            raise LookupError(f"{UNNAMED} has no entry for the words of {member}: {words}.")
        rest = {key: value for key, value in schema.items() if key not in {"enum", "type"}}
        return reference(name) | rest

    def inside(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Refer to the choices that stand anywhere in a schema by their names."""

        def members(part: dict[str, Any]) -> dict[str, Any]:
            if isinstance(part.get("properties"), dict) and not is_schema(part["properties"]):
                part["properties"] = {
                    name: self.named(value, name, "") for name, value in part["properties"].items()
                }
            return part

        named: dict[str, Any] = each(schema, members)
        return named


def name_of(member: str, operation: str) -> tuple[str, str]:
    """Name a choice by the member that takes it and the operation, and say what it is."""
    if member in EVERYWHERE:
        return EVERYWHERE[member]
    tag, _, verb = operation.partition(".")
    resource, verb = verb.split("_", 1) if tag == "exports" else (tag, verb)
    noun = resource.removesuffix("s").title()
    about = OF_RESOURCES[member]
    if verb.startswith("summary"):
        noun += "Summary"
    elif tag == "exports" and member != "expand":
        noun += "Export"
    return f"{PARTS.get(verb.partition('_')[0], noun)}{member.title()}", about


def constants_of(words: list[str]) -> list[str] | None:
    """Name the constants that clients have for words that no program could have as a name."""
    if all(re.fullmatch(r"[A-Za-z]\w*", word) for word in words):
        return None
    down = {word.removeprefix("-") for word in words if word.startswith("-")}
    return [constant(word, ordered=word.removeprefix("-") in down) for word in words]


def constant(word: str, *, ordered: bool) -> str:
    """Name the constant of a word, which may be a direction of an order."""
    name = re.sub(r"\W+", "_", word.removeprefix("-").rpartition("/")[2]).upper()
    return f"{name}_{'DESC' if word.startswith('-') else 'ASC'}" if ordered else name
