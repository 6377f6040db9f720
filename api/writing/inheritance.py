"""Inheritance: names, ids and entries that a survivor takes over, and their return."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from api.http.errors import InTheWay
from api.writing.draft import Current
from schemas.links import links
from schemas.record import RecordSchema

INHERITED = ("affiliations", "mentions", "codes")
"""Lists whose entries a survivor inherits, beside names and external ids."""


def inherit(
    merged: Current, survivor: Current, earlier: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give a survivor the names, ids and entries of a merged record; also list what it was given.

    Lists that the survivor has only by `earlier` merges count as absent before, so that merges can
    be undone in any order.
    """
    schema, resource = survivor.sent.schema, survivor.sent.table.name
    before, body = merged.before, deepcopy(schema.writable(survivor.before))
    given: dict[str, Any] = {"dropped": drop(schema, body, resource, merged.sent.id)}
    given["absent"] = [
        name
        for name in ("names", *INHERITED)
        if name in body
        and (body[name] is None or (body[name] and any(name in each["absent"] for each in earlier)))
    ]
    if before["dataset"] == body["dataset"]:
        given["external_ids"] = {
            scheme: value
            for scheme, value in before["external_ids"].items()
            if scheme not in body["external_ids"]
        }
    if "names" in body:
        given["names"] = [*further_names(before, body)]
    for name in INHERITED:
        if name in body:
            given[name] = [
                entry
                for entry in before[name] or ()
                if entry not in (body[name] or ())
                and entry.get("actor_id") not in {merged.sent.id, survivor.sent.id}
            ]
    add(body, given)
    return body, given


def give_back(survivor: Current, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the survivor's body without what it inherited, unless that was changed since."""
    body = deepcopy(survivor.sent.schema.writable(survivor.before))
    for scheme, value in given.get("external_ids", {}).items():
        if body["external_ids"].get(scheme) == value:
            del body["external_ids"][scheme]
    for name in ("names", *INHERITED):
        for entry in given.get(name, ()):
            if entry in (body[name] or ()):
                body[name].remove(entry)
        if name in given["absent"] and not body[name]:
            body[name] = None
    for name, entries in given["dropped"].items():
        body[name] = [*(body[name] or ()), *entries]
    return body


def add(body: dict[str, Any], given: dict[str, Any]) -> None:
    """Add to a record what it inherited, unless it has it.

    A value of the wrong type in a place of a list or an object is left for the schema to refuse.
    """
    if given.get("external_ids") and isinstance(body["external_ids"], dict):
        own = body["external_ids"]
        body["external_ids"] = {**own, **given["external_ids"], **own}
    for name in ("names", *INHERITED):
        if not isinstance(body.get(name), list | None):
            continue
        entries = [entry for entry in given.get(name, ()) if not has(body[name] or (), entry)]
        if entries:
            body[name] = [*(body[name] or ()), *entries]


def has(entries: Iterable[Any], wanted: dict[str, Any]) -> bool:
    """Say whether a list has an entry; null members may be missing in it."""
    return any(
        isinstance(entry, dict) and {**dict.fromkeys(wanted), **entry} == wanted
        for entry in entries
    )


def drop(
    schema: RecordSchema, body: dict[str, Any], resource: str, record_id: str
) -> dict[str, list[Any]]:
    """Drop the list entries of a record that refer to another; InTheWay for other references."""
    places: dict[str, set[int]] = {}
    for link in links(schema, body):
        if (link.to, link.id) == (resource, record_id):
            _, name, *steps = link.pointer.split("/")
            if not steps:
                raise InTheWay(f"The one record points at the other: {link.pointer}.")
            places.setdefault(name, set()).add(int(steps[0]))
    dropped = {}
    for name, positions in places.items():
        dropped[name] = [body[name][position] for position in sorted(positions)]
        body[name] = [
            entry for position, entry in enumerate(body[name]) if position not in positions
        ]
    return dropped


def further_names(before: dict[str, Any], body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the names of a record that another one lacks, as further names of that one."""
    known = {body["name"].casefold(), *(name["name"].casefold() for name in body["names"] or ())}
    own = {"name": before["name"], "language": None, "script": None, "kind": "alias"}
    for name in [own, *(before["names"] or ())]:
        if name["name"].casefold() not in known:
            known.add(name["name"].casefold())
            yield {**name, "kind": "alias" if name["kind"] == "primary" else name["kind"]}
