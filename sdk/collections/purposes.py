"""All operations as requests, in folders by what one wants to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sdk.collections.description import Operation
from sdk.collections.requests import Folder, Parameter, Request

PURPOSES = {
    "Ask": "Lists with filters, single records, matching, summaries and networks. Parameters that "
    "are not switched on show what else can be asked.",
    "Write": "The life of a record of each resource, from its creation to its withdrawal. The id "
    "that the first request gets is carried on, and so are ETags.",
    "Whole articles": "A document with all that it says, in one request.",
    "History": "Revisions, how they differ, instants that have a name, and the feed of changes.",
    "Export": "All that matches, as a file: tables, maps, workbooks, and what other tools read.",
    "Administer": "Keys, probes, the description, and what problems mean.",
}
"""The folders, in order."""

LEFT_OUT = {"changes.stream"}
"""Operations that do not end by themselves."""

LIFE = {
    "create": "",
    "replace": "etag",
    "change": "etag",
    "retract": "etag",
    "reinstate": "etag",
    "merge": "",
    "unmerge": "",
    "revert": "*",
    "assess": "",
    "assessments": "",
    "assessment": "",
    "unassess": "",
    "withdraw": "*",
}
"""The verbs of a record's life, in order, each with the value of `If-Match`."""

HISTORY = {"revisions", "revision", "diff"}
FILES = {"jsonld", "plover", "summary_csv", "dyads_csv", "dyads_graphml", "network_graphml"}
"""Verbs of History and Export."""

TRIED = {"bundles.create", "releases.create"}
"""Writes that are only tried out: they could not be sent twice, or would leave much behind."""

NEW_DATASET = "try-{{$timestamp}}"
"""The id of a dataset: another one each time, for that of a withdrawn one cannot be had again."""

CHANGES: dict[str, Any] = {"datasets": {"citation": "As tried out."}}
"""The body of a change, where a resource has no tags."""


def purpose(operation: Operation) -> str:
    """Say what one wants who sends this."""
    if operation.verb in LIFE and operation.resource not in {"bundles", "releases", "keys"}:
        return "Write"
    if operation.resource == "bundles":
        return "Whole articles"
    if operation.resource == "exports" or operation.verb in FILES:
        return "Export"
    if operation.verb in HISTORY or operation.resource in {"releases", "changes"}:
        return "History"
    return "Administer" if operation.resource in {"keys", "service", "problems"} else "Ask"


def folders(operations: Mapping[str, Operation]) -> Iterator[Folder]:
    """Give every operation a place in one of the folders."""
    known = [each for each in operations.values() if each.id not in LEFT_OUT]
    for name, description in PURPOSES.items():
        chosen = [each for each in known if purpose(each) == name]
        make = lived if name == "Write" else asked
        yield Folder(name, description, [*parted(chosen, make)])


def parted(operations: Sequence[Operation], make: Any) -> Iterator[Folder | Request]:
    """Part operations by what they are about, where they are about several things."""
    parts: dict[str, list[Operation]] = {}
    for each in operations:
        about = each.verb.partition("_")[0] if each.resource == "exports" else each.resource
        parts.setdefault(about, []).append(each)
    for about, found in parts.items():
        requests = make(about, found)
        if len(parts) == 1:
            yield from requests
        else:
            yield Folder(about.capitalize(), f"About {about}.", requests)


def asked(_about: str, operations: Sequence[Operation]) -> list[Request]:
    """Make requests that are about the example."""
    found = []
    for operation in sorted(operations, key=lambda each: each.method != "GET"):
        request = plain(operation)
        if operation.id == "keys.create":
            request = replace(request, keeps={"keys_id": "/id"})
        if operation.id == "keys.revoke":
            request = replace(request, path=operation.path.replace("{id}", "{{keys_id}}"))
        if operation.id in TRIED:
            query = [
                replace(each, sent=each.sent or each.name == "dry_run") for each in request.query
            ]
            request = replace(request, query=query)
        found.append(request)
    return found


def lived(resource: str, operations: Sequence[Operation]) -> list[Request]:
    """Make the requests of a record's life."""
    known = {each.verb: each for each in operations}
    bodies = bodies_of(resource, known["create"].body)
    held, etag = f"{resource}_id", f"{resource}_etag"
    found = []
    for verb, condition in LIFE.items():
        if verb not in known:
            continue
        request = plain(known[verb])
        sent = [Parameter("If-Match", f"{{{{{etag}}}}}" if condition == "etag" else condition)]
        keeps = {held: "/id"} if verb == "create" else {}
        if condition == "etag" or verb == "create":
            keeps[etag] = "ETag"
        found.append(
            replace(
                request,
                path=known[verb].path.replace("{id}", f"{{{{{held}}}}}"),
                headers=sent if condition else (),
                body=bodies.get(verb, request.body),
                keeps=keeps,
            )
        )
    return found


def bodies_of(resource: str, created: Mapping[str, Any]) -> dict[str, Any]:
    """Give the bodies of a record's life, by verb."""
    # An external id stays that of a withdrawn record: a second round could not have it again.
    first = again = {name: value for name, value in created.items() if name != "external_ids"}
    if resource == "datasets":
        first, again = {**first, "id": NEW_DATASET}, {**first, "id": "{{datasets_id}}"}
    return {
        "create": first,
        "replace": again,
        "change": CHANGES.get(resource, {"tags": ["tried-out"]}),
        "assess": {"verdict": "agree", "note": "It is what the report says."},
        "retract": {"reason": "The photos were taken in 2019."},
        "unmerge": {"comment": "Two of one name."},
    }


def plain(operation: Operation) -> Request:
    """Make a request of an operation as its examples fill it in."""
    path = operation.path
    for name, value in operation.places.items():
        path = path.replace(f"{{{name}}}", value)
    return Request(
        operation.summary,
        operation.method,
        path,
        operation.description,
        operation.query,
        (),
        operation.body,
        operation.types[0] if operation.types else "application/json",
        operation.statuses,
    )
