"""The history of a record: revisions, reverting to one, and retraction."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from flask import Response
from jsonpatch import JsonPatch, make_patch

from api.http import conditional
from api.http.answers import existing, following, linked, tagged
from api.http.context import database
from api.http.errors import InTheWay, fault
from api.http.request import JSON, JSON_PATCH, body_of
from api.resource.operations import Resource
from api.writing.draft import Current, Draft, Operation
from api.writing.transaction import transact
from models.database.connections import Connection
from models.derived import changing
from models.past import revisions
from models.past.revisions import Revision
from models.store import idempotency, merges
from models.table import NotFound, Stored
from schemas.fields.ids import is_id
from schemas.instants import instant
from schemas.problem import escaped
from schemas.record import RetractionSchema
from schemas.revisions import RevertSchema

SORTED = orjson.OPT_SORT_KEYS

MAX_COMPARED_CHARACTERS = 131_072
"""Maximum length of two revisions together whose lists are compared item by item: that takes
quadratic time."""


class History:
    """The views of one resource that are about what its records were, and whether they hold."""

    def __init__(self, views: Resource) -> None:
        """Serve what became of the records of `views`."""
        self.views = views
        self.table = views.table
        self.schema = views.schema

    def revisions(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """List the revisions of a record: who wrote each, when, how and why.

        They can be read even if the record was withdrawn. `/diff` of a revision shows what it
        changed.
        """
        connection, limit = database(), query["limit"]
        after = following(query, r"[0-9]{1,9} ")
        found = revisions.search(
            connection,
            self.table,
            self.existing(connection, record_id),
            descending=query["sort"].startswith("-"),
            limit=limit + 1,
            after=int(after[0]) if after else None,
        )
        last = found[limit - 1].number if len(found) > limit else None
        items = [orjson.dumps(shown(revision)).decode() for revision in found[:limit]]
        return linked(items, query["sort"], last and (str(last), ""))

    def revision(self, record_id: UUID | str, number: int, query: Any = None) -> Response:
        """Read a revision, with the record as of it.

        The record is null if the revision withdrew it. To read it together with other records of
        that time, send the revision's instant as `as_of` instead.
        """
        del query
        found = self.get(database(), record_id, number)
        record = orjson.Fragment(found.text or "null")
        return Response(orjson.dumps({**shown(found), "record": record}), mimetype=JSON)

    def diff(
        self, record_id: UUID | str, number: int, query: dict[str, Any] | None = None
    ) -> Response:
        """Return the JSON Patch (RFC 6902) from another revision to this one.

        It shows what an edit changed: `against` is the other revision, by default the previous one.
        If there was no record, the document is null. If both revisions together have more than
        131,072 characters, members that differ are replaced as a whole.
        """
        connection = database()
        later = self.get(connection, record_id, number)
        against = (query or {}).get("against") or revisions.before(
            connection, self.table, str(record_id), number
        )
        earlier = self.get(connection, record_id, against).text if against else None
        texts = earlier or "null", later.text or "null"
        long = sum(map(len, texts)) > MAX_COMPARED_CHARACTERS
        patch = difference(*map(orjson.loads, texts), whole=long)
        return Response(orjson.dumps(patch), mimetype=JSON_PATCH)

    def revert(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Revert a record to an earlier revision, restoring it if it was withdrawn.

        It undoes mistaken changes by a new revision; the revisions in between are kept. The record
        has to be valid today, and the records that it refers to have to exist.
        """
        to = body_of(RevertSchema())["to"]

        def work(connection: Connection) -> idempotency.Answer:
            wanted = self.get(connection, record_id, to)
            if wanted.text is None:
                raise fault("/to", "withdrawn", f"By revision {to} the record was withdrawn.")
            before = orjson.loads(wanted.text)
            members = self.schema.writable(before)
            sent = self.views.sent(record_id, members, weight_may_change=True)
            current, events = self.views.lock(connection, sent)
            conditional.may_follow(current.stored)
            restored = current.stored is not None and current.stored.withdrawn
            if restored and merges.survivor(connection, sent.id):
                raise InTheWay("It was merged into another record: unmerge it first.")
            draft = current.draft(operation="restore" if restored else "change")
            draft = replace(draft, retraction=before["retraction"], reverted=True)
            return self.views.store(connection, draft, events)

        return transact(work, dry_run=query["dry_run"], repeatable=True)

    def retract(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Retract a record: it stays readable, but no longer counts.

        The body has the reason, and the record that replaces it. Attestations that depend on it are
        derived again, and lists omit it unless `retracted` includes it. With `dry_run`, `effects`
        lists the events whose status would change.
        """
        sent = body_of(RetractionSchema())
        if sent["superseded_by"] and is_id(sent["superseded_by"]):
            sent["superseded_by"] = sent["superseded_by"].lower()

        def work(connection: Connection) -> idempotency.Answer:
            current, stored, events = self.lock(connection, record_id)
            before = current.before["retraction"] or {}
            if all(before.get(name) == value for name, value in sent.items()):
                answer = idempotency.Answer(200, tagged(stored), stored.text)
                return with_effects(answer, changing.NONE) if query["dry_run"] else answer
            why = {"reason": sent["reason"], "retracted_at": None, **sent}
            draft = self.draft(current, "retract", why)
            return self.store(connection, draft, events, dry_run=query["dry_run"])

        return transact(work, dry_run=query["dry_run"])

    def reinstate(self, record_id: UUID | str, query: dict[str, Any]) -> Response:
        """Lift the retraction of a record: it counts again.

        Attestations that depend on it are derived again; with `dry_run`, `effects` lists the events
        whose status would change.
        """

        def work(connection: Connection) -> idempotency.Answer:
            current, _, events = self.lock(connection, record_id)
            if current.before["retraction"] is None:
                raise NotFound("The record is not retracted.")
            draft = self.draft(current, "reinstate", None)
            return self.store(connection, draft, events, dry_run=query["dry_run"])

        return transact(work, dry_run=query["dry_run"])

    def store(
        self, connection: Connection, draft: Draft, events: set[str], *, dry_run: bool
    ) -> idempotency.Answer:
        """Store a draft; where it is only tried, tell what else would change."""
        if not dry_run:
            return self.views.store(connection, draft, events)
        before = changing.statuses(connection, events)
        answer = self.views.store(connection, draft, events)
        return with_effects(answer, changing.effects(connection, before))

    def lock(
        self, connection: Connection, record_id: UUID | str
    ) -> tuple[Current, Stored, set[str]]:
        """Lock a record that stands and whose retraction may change, and the events it affects."""
        sent = self.views.sent(record_id, weight_may_change=True)
        current, events = self.views.lock(connection, sent)
        stored = existing(current.stored, self.table)
        conditional.may_replace(stored)
        return current, stored, events

    def draft(
        self, current: Current, operation: Operation, retraction: dict[str, Any] | None
    ) -> Draft:
        """Draft another retraction of a record, whose own members stay as they are."""
        draft = current.draft(self.schema.writable(current.before), operation)
        return replace(draft, retraction=retraction)

    def existing(self, connection: Connection, record_id: UUID | str) -> str:
        """Give the id of a record that is or was; NotFound where there never was one."""
        if self.views.get(connection, str(record_id)) is None:
            raise NotFound("There is no record with this id.")
        return str(record_id)

    def get(self, connection: Connection, record_id: UUID | str, number: int) -> Revision:
        """Read a revision with its text."""
        return revisions.get(connection, self.table, self.existing(connection, record_id), number)


def with_effects(answer: idempotency.Answer, effects: dict[str, Any]) -> idempotency.Answer:
    """Add to the record in an answer what else would change."""
    text = f'{answer.body.removesuffix("}")},"effects":{orjson.dumps(effects).decode()}}}'
    return idempotency.Answer(answer.status, answer.headers, text)


def shown(revision: Revision) -> dict[str, Any]:
    """Give a revision as it is shown, without its record."""
    described = revision._asdict()
    del described["text"]
    return {**described, "recorded_at": instant(revision.recorded_at)}


def difference(earlier: Any, later: Any, *, whole: bool) -> list[dict[str, Any]]:
    """Give the JSON Patch that makes one document of another, of whole members if that is asked."""
    if earlier is None or later is None:
        return [] if earlier == later else [{"op": "replace", "path": "", "value": later}]
    if whole:
        return [*replacements(earlier, later)]
    found: list[dict[str, Any]] = make_patch(earlier, later).patch
    made = JsonPatch(found).apply(earlier)
    # Where this one goes wrong, a client's would too. To Python 1 is true, and 0 false.
    if orjson.dumps(made, option=SORTED) != orjson.dumps(later, option=SORTED):
        return [{"op": "replace", "path": "", "value": later}]
    return found


def replacements(earlier: dict[str, Any], later: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the operations of a JSON Patch on the members of one object, each as a whole."""
    for name in earlier:  # not a set, whose order would differ from worker to worker
        if name not in later:
            yield {"op": "remove", "path": f"/{escaped(name)}"}
    for name, value in later.items():
        if name not in earlier:
            yield {"op": "add", "path": f"/{escaped(name)}", "value": value}
        elif orjson.dumps(earlier[name], option=SORTED) != orjson.dumps(value, option=SORTED):
            yield {"op": "replace", "path": f"/{escaped(name)}", "value": value}
