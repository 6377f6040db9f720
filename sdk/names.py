"""Names of methods in clients, derived from the description: `events.search` is `events.list`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

VERBS = {"search": "list", "read": "get", "change": "patch", "withdraw": "delete"}
"""Verbs that clients call otherwise than operations do."""

OF_OTHERS = {"assessment": "get_of", "assessments": "list_of"}
"""Operations on a resource that stand under another tag, by what they give."""

CASES = {
    "csharp": "Pascal",
    "go": "Pascal",
    "java": "camel",
    "python": "snake",
    "r": "snake",
    "typescript": "camel",
}
"""How each language writes the name of a method."""


def operations(description: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations of a description that clients have a method for."""
    for place in description["paths"].values():
        for method, operation in place.items():
            if isinstance(operation, dict) and not method.startswith("x-"):
                yield operation


def methods(description: Mapping[str, Any], language: str) -> dict[str, str]:
    """Name the method of each operation, by its id; each name is there once in a tag."""
    named: dict[str, str] = {}
    taken = set()
    for operation in operations(description):
        [tag], given = operation["tags"], operation["operationId"]
        name = method(tag, given)
        if (tag, name) in taken:
            raise ValueError(f"{tag} has two methods called {name}: see {__name__}.")
        taken.add((tag, name))
        named[given] = cased(name, CASES[language])
    return named


def method(tag: str, operation: str) -> str:
    """Name a method in its tag: without the tag, and by the verb that developers look for."""
    owner, _, verb = operation.partition(".")
    if owner == tag:
        return VERBS.get(verb, verb)
    return f"{OF_OTHERS.get(verb, verb)}_{owner.removesuffix('s')}"


def cased(name: str, case: str) -> str:
    """Write words with underscores between them as a language does."""
    if case == "snake":
        return name
    joined = re.sub(r"_(\w)", lambda found: found[1].upper(), name)
    return joined[0].upper() + joined[1:] if case == "Pascal" else joined
