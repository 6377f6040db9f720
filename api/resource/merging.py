"""Merging records that are about the same, so that one stands for both; and taking that back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.answers import standing
from api.http.errors import InTheWay, Overtaken, fault
from api.http.request import body_of
from api.resource.operations import Resource
from api.writing import store
from api.writing.draft import SCHEMAS, Draft
from api.writing.transaction import transact
from models.database.connections import Connection
from models.store import idempotency, merges, references
from models.store.merges import Merge, Moved
from models.table import NotFound
from models.tables import TABLES
from schemas.links import links
from schemas.merges import MergeSchema, UnmergeSchema
from schemas.problem import Invalid
from schemas.record import RecordSchema

MERGED = {"actors", "locations", "events"}
"""The resources of which two records may turn out to be about the same."""

UNITED = ("affiliations", "mentions", "codes")
"""Lists of a merged record that the other one is given, beside its names and external ids."""

SUPERSEDED = "/retraction/superseded_by"
"""Where a retraction points at another record."""

AT_ONCE = 500
"""So many records are stored at once."""

SHOWN = 1_000
"""So many records that stay with a survivor are listed."""


class Merging:
    """The views of one resource that merge two of its records, and part them again."""

    def __init__(self, views: Resource) -> None:
        """Serve merges of the records of `views`."""
        self.views = views
        self.table = views.table
        self.schema = views.schema

    def merge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Merge a record into another one: what pointed at it points at that one, by any id.

        The other one is also called what this one was called. This one's id is answered with a
        redirect (308), and its source may send it again: it stays merged.
        """
        sent = body_of(MergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            into = merges.survivor(connection, sent["into"]) or sent["into"]
            result = self.unite(connection, str(record_id), into)
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])

    def unmerge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Part a record from the one that it was merged into: both are what they were before.

        What has arrived since stays with the other one, and is listed.
        """
        sent = body_of(UnmergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            result = self.part(connection, str(record_id))
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])

    def unite(self, connection: Connection, merged: str, into: str) -> dict[str, Any]:
        """Merge two records that stand in the transaction under way; say what was moved."""
        both = {(self.table.name, merged), (self.table.name, into)}
        found = merges.referrers(connection, merged) - both
        one, other = self.draft(merged, "merge"), self.draft(into)
        pointing = [*drafts(found)]
        events = self.hold(connection, [one, other, *pointing])
        standing(one.current)
        if other.current is None or other.current.withdrawn:
            detail = f"There is no /v1/{self.table.name}/{into}, or it was withdrawn."
            raise fault("/into", "not_found", detail)
        if merged == into:
            raise fault("/into", "circular", "This is the record itself.")
        if merges.referrers(connection, merged) - both != found:
            raise Overtaken
        _, now = references.missing(connection, {})
        earlier = merges.gifts(connection, [into]).get(into, [])
        given = self.unite_members(one, other, earlier)
        moved = [
            Moved(draft.table.name, draft.id, self.point(draft, merged, into)) for draft in pointing
        ]
        merges.begin(connection, self.table, Merge(merged, into, now, given), moved)
        store_all(connection, [other, *pointing], events, now)
        store.withdraw(connection, one, set(), now)
        return {
            "id": merged,
            "into": into,
            "moved": Counter(draft.table.name for draft in pointing),
        }

    def part(self, connection: Connection, merged: str) -> dict[str, Any]:
        """Part two records that were merged in the transaction under way; say what was moved."""
        known = merges.find(connection, merged)
        if known is None:
            if self.table.get(connection, merged) is None:
                raise NotFound("There is no record with this id.")
            raise InTheWay("The record is not merged into another one.")
        merge, moved = known
        one, other = self.draft(merged, "unmerge"), self.draft(merge.into)
        pointing = [*drafts((each.resource, each.id) for each in moved)]
        events = self.hold(connection, [one, other, *pointing])
        if other.current is None or other.current.withdrawn:
            further = merges.survivor(connection, merge.into)
            what = f"merged into {further}: unmerge" if further else "withdrawn: restore"
            raise InTheWay(f"{merge.into} was {what} that one first.")
        arrived = (
            merges.referrers(connection, merge.into)
            - merges.referrers(connection, merge.into, merge.merged_at)
            - {(self.table.name, merged), *((each.resource, each.id) for each in moved)}
        )
        _, now = references.missing(connection, {})
        stayed = [(resource, one_id, "arrived") for resource, one_id in sorted(arrived)]
        rehomed = []
        for draft, each in zip(pointing, moved, strict=True):
            if draft.current is None or draft.current.withdrawn:
                stayed.append((each.resource, each.id, "withdrawn"))
            elif self.point(draft, merge.into, merged, each.pointers) != each.pointers:
                stayed.append((each.resource, each.id, "changed"))
            else:
                rehomed.append(draft)
        one.body = self.schema.writable(one.standing)
        self.take_back(other, merge.given)
        merges.end(connection, self.table, merge, now)
        store_all(connection, [one], set(), now)
        store_all(connection, [other, *rehomed], events, now)
        return {
            "id": merged,
            "parted_from": merge.into,
            "rehomed": Counter(draft.table.name for draft in rehomed),
            "stayed": [
                {"resource": resource, "id": one_id, "reason": reason}
                for resource, one_id, reason in stayed[:SHOWN]
            ],
            "stayed_total": len(stayed),
        }

    def draft(self, record_id: str, operation: str = "") -> Draft:
        """Make a draft of one of the two records."""
        draft = self.views.draft(record_id, {}, None)
        draft.operation = operation
        return draft

    def hold(self, connection: Connection, held: Sequence[Draft]) -> set[str]:
        """Hold the two records, the first of the drafts, and those that point at them."""
        events = store.hold(connection, held)
        merges.hold(connection, self.table.name, [draft.id for draft in held[:2]])
        for draft in sorted(held, key=lambda draft: (draft.table.name, draft.id)):
            draft.current = draft.table.get(connection, draft.id, lock=draft.table.lock_strength)
        return events

    def point(
        self, draft: Draft, at: str, instead: str, only: Sequence[str] | None = None
    ) -> list[str]:
        """Let a record point at another one instead, where it does or `only` there; give where."""
        draft.body = deepcopy(draft.schema.writable(draft.standing))
        places = [
            link
            for link in links(draft.schema, draft.body)
            if link.to == self.table.name
            and link.id == at
            and (only is None or link.pointer in only)
        ]
        for link in places:
            link.holder[link.key] = instead
        pointers = [link.pointer for link in places]
        retraction = draft.retraction
        if (
            retraction
            and retraction["superseded_by"] == at
            and SUPERSEDED in (only or [SUPERSEDED])
        ):
            draft.retraction = {**retraction, "superseded_by": instead}
            draft.operation = "change"
            pointers.append(SUPERSEDED)
        return pointers

    def unite_members(
        self, one: Draft, other: Draft, earlier: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Give one record what another is called and says of others; tell what it was given.

        What it has only by `earlier` merges was absent before, in whatever order they are undone.
        """
        before, body = one.standing, deepcopy(self.schema.writable(other.standing))
        given: dict[str, Any] = {"dropped": drop(self.schema, body, self.table.name, one.id)}
        given["absent"] = [
            name
            for name in ("names", *UNITED)
            if name in body
            and (body[name] is None or any(name in gift["absent"] for gift in earlier))
        ]
        if before["dataset"] == body["dataset"]:
            given["external_ids"] = {
                scheme: value
                for scheme, value in before["external_ids"].items()
                if scheme not in body["external_ids"]
            }
        if "names" in body:
            given["names"] = [*further_names(before, body)]
        for name in UNITED:
            if name in body:
                given[name] = [
                    entry
                    for entry in before[name] or ()
                    if entry not in (body[name] or ())
                    and entry.get("actor_id") not in {one.id, other.id}
                ]
        give(body, given)
        other.body = body
        return given

    def take_back(self, other: Draft, given: dict[str, Any]) -> None:
        """Take from a record what it was given, unless that was changed since."""
        body = deepcopy(self.schema.writable(other.standing))
        for scheme, value in given.get("external_ids", {}).items():
            if body["external_ids"].get(scheme) == value:
                del body["external_ids"][scheme]
        for name in ("names", *UNITED):
            for entry in given.get(name, ()):
                if entry in (body[name] or ()):
                    body[name].remove(entry)
            if name in given["absent"] and not body[name]:
                body[name] = None
        for name, entries in given["dropped"].items():
            body[name] = [*(body[name] or ()), *entries]
        other.body = body


def give(body: dict[str, Any], given: dict[str, Any]) -> None:
    """Give a record what belongs to one that is merged into it, unless it has it.

    What was sent in the place of a list or an object is left for the schema to find.
    """
    if given.get("external_ids") and isinstance(body["external_ids"], dict):
        own = body["external_ids"]
        body["external_ids"] = {**own, **given["external_ids"], **own}
    for name in ("names", *UNITED):
        if not isinstance(body.get(name), list | None):
            continue
        entries = [entry for entry in given.get(name, ()) if not has(body[name] or (), entry)]
        if entries:
            body[name] = [*(body[name] or ()), *entries]


def has(entries: Iterable[Any], wanted: dict[str, Any]) -> bool:
    """Tell whether a list has an entry, which may be sent without the members that it lacks."""
    return any(
        isinstance(entry, dict) and {**dict.fromkeys(wanted), **entry} == wanted
        for entry in entries
    )


def drafts(found: Iterable[tuple[str, str]]) -> Iterator[Draft]:
    """Make drafts of records by resource and id."""
    for resource, record_id in sorted(found):
        yield Draft(TABLES[resource], SCHEMAS[resource], record_id, {})


def store_all(
    connection: Connection, changed: Sequence[Draft], events: set[str], now: datetime
) -> None:
    """Store many records, some at once; InTheWay where one cannot be."""
    for start in range(0, len(changed), AT_ONCE):
        chunk, last = changed[start : start + AT_ONCE], start + AT_ONCE >= len(changed)
        try:
            store.store(connection, chunk, events if last else set(), now=now)
        except Invalid as error:
            wrong = error.faults[0]
            detail = f"The records cannot be as they would have to: {wrong.where}: {wrong.detail}"
            raise InTheWay(detail) from error


def drop(
    schema: RecordSchema, body: dict[str, Any], resource: str, record_id: str
) -> dict[str, list[Any]]:
    """Drop what a record says of one that is about the same; InTheWay where that is no list."""
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
    """Give the names of a record that another one does not have, as further ones of that."""
    known = {body["name"].casefold(), *(name["name"].casefold() for name in body["names"] or ())}
    own = {"name": before["name"], "language": None, "script": None, "kind": "alias"}
    for name in [own, *(before["names"] or ())]:
        if name["name"].casefold() not in known:
            known.add(name["name"].casefold())
            yield {**name, "kind": "alias" if name["kind"] == "primary" else name["kind"]}
