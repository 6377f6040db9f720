"""Merging records that are about the same, so that one stands for both; and taking that back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from flask import Response

from api.http.answers import standing
from api.http.errors import InTheWay, Overtaken, fault
from api.http.request import body_of
from api.resource import gifts
from api.resource.operations import Resource
from api.writing.draft import SCHEMAS, Draft, Held, Sent
from api.writing.lock import Locked, lock
from api.writing.store import put_all, withdraw
from api.writing.transaction import transact
from models import assessments
from models.database.connections import Connection
from models.derived import attestation
from models.store import idempotency, merges, references
from models.store.merges import NO_FOLD, Fold, Merge, Moved
from models.table import NotFound
from models.tables import TABLES
from schemas.folding import fold, unfold
from schemas.links import links
from schemas.merges import MergeSchema, UnmergeSchema
from schemas.problem import Invalid

SUPERSEDED = "/retraction/superseded_by"
"""Where a retraction points at another record."""

RECORDS_AT_ONCE = 500
"""Maximum number of records that are checked and stored together."""

MOST_STAYED_SHOWN = 1_000
"""Maximum number of records listed that stay with a survivor."""


class Pointed(NamedTuple):
    """A record that is to point elsewhere, where it does, and its lists that had to be folded."""

    draft: Draft
    pointers: list[str]
    unfolded: dict[str, list[Any]]


class Merging:
    """The views of one resource that merge two of its records, and part them again."""

    def __init__(self, views: Resource) -> None:
        """Serve merges of the records of `views`."""
        self.views = views
        self.table = views.table
        self.schema = views.schema

    def merge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Merge this record into another: every reference follows, and the old id redirects.

        Do so where two records turn out to be of one thing. The other one is also called what this
        one was called. This one's id is answered with a redirect (308), and its source may send it
        again: it stays merged.
        """
        sent = body_of(MergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            into = merges.survivor(connection, sent["into"]) or sent["into"]
            result = self.unite(connection, str(record_id), into)
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])

    def unmerge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Undo a merge: restore both records and their references.

        Do so where they turn out to be two things after all. What has arrived since stays with the
        other one, and is listed.
        """
        sent = body_of(UnmergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            result = self.part(connection, str(record_id))
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])

    def unite(self, connection: Connection, merged: str, into: str) -> dict[str, Any]:
        """Merge two records that stand in the transaction under way; say what was moved."""
        both = {(self.table.name, merged), (self.table.name, into)}
        referrers = merges.referrers(connection, merged) - both
        (one, other, *pointing), events = self.lock(connection, merged, into, referrers)
        standing(one.stored, self.table)
        if merged == into:
            raise fault("/into", "circular", "This is the record itself.")
        if other.stored is None:
            raise fault("/into", "not_found", f"There is no /v1/{self.table.name}/{into}.")
        if other.stored.withdrawn or other.standing["retraction"]:
            became = "withdrawn" if other.stored.withdrawn else "retracted"
            raise InTheWay(f"/v1/{self.table.name}/{into} was {became}: nothing is merged into it.")
        if merges.referrers(connection, merged) - both != referrers:
            raise Overtaken
        now = references.instant(connection)
        earlier = merges.gifts(connection, [into]).get(into, [])
        body, given = gifts.united(one, other, earlier)
        drafts, moved, lists = [other.draft(body)], [], []
        folds = merges.folds(connection, referrers)
        for held in pointing:
            record = held.sent.table.name, held.sent.id
            pointed = self.point(held, merged, into, folds.get(record, NO_FOLD))
            drafts.append(pointed.draft)
            moved.append(Moved(*record, pointed.pointers))
            lists.append((*record, pointed.unfolded))
        merges.begin(connection, self.table, Merge(merged, into, now, given), moved)
        merges.keep(connection, lists)
        store_all(connection, drafts, events, now)
        withdraw(connection, one, (), "merge", now)
        assessments.recount(connection, self.table, into, now)
        return {
            "id": merged,
            "into": into,
            "moved": Counter(each.resource for each in moved),
        }

    def part(self, connection: Connection, merged: str) -> dict[str, Any]:
        """Undo a merge in the transaction under way; say what was moved, and what was not."""
        known = merges.find(connection, merged)
        if known is None:
            if self.table.get(connection, merged) is None:
                raise NotFound("There is no record with this id.")
            raise InTheWay("The record is not merged into another one.")
        merge, moved = known
        referrers = [(each.resource, each.id) for each in moved]
        (one, other, *pointing), events = self.lock(connection, merged, merge.into, referrers)
        if other.stored is None or other.stored.withdrawn:
            further = merges.survivor(connection, merge.into)
            what = f"merged into {further}: unmerge" if further else "withdrawn: restore"
            raise InTheWay(f"{merge.into} was {what} that one first.")
        arrived = (
            merges.referrers(connection, merge.into)
            - merges.referrers(connection, merge.into, merge.merged_at)
            - {(self.table.name, merged), *referrers}
        )
        now = references.instant(connection)
        stayed = [(resource, record_id, "arrived") for resource, record_id in sorted(arrived)]
        pointers = {(each.resource, each.id): each.pointers for each in moved}
        rehomed, lists = [], []
        folds = merges.folds(connection, referrers)
        for held in pointing:
            record = held.sent.table.name, held.sent.id
            if held.stored is None or held.stored.withdrawn:
                stayed.append((*record, "withdrawn"))
                continue
            folded = folds.get(record, NO_FOLD)
            pointed = self.point(held, merge.into, merged, folded, pointers[record])
            if pointed.pointers == pointers[record]:
                rehomed.append(pointed.draft)
                lists.append((*record, pointed.unfolded))
            else:
                stayed.append((*record, "changed"))
        merges.end(connection, self.table, merge, now)
        merges.keep(connection, lists)
        parted = one.draft(self.schema.writable(one.standing), "unmerge")
        survivor = other.draft(gifts.taken_back(other, merge.given))
        store_all(connection, [parted, survivor, *rehomed], events, now)
        for record_id in (merged, merge.into):
            assessments.recount(connection, self.table, record_id, now)
        return {
            "id": merged,
            "parted_from": merge.into,
            "rehomed": Counter(draft.sent.table.name for draft in rehomed),
            "stayed": [
                {"resource": resource, "id": record_id, "reason": reason}
                for resource, record_id, reason in stayed[:MOST_STAYED_SHOWN]
            ],
            "stayed_total": len(stayed),
        }

    def lock(
        self,
        connection: Connection,
        merged: str,
        into: str,
        referrers: Iterable[tuple[str, str]],
    ) -> Locked:
        """Lock the two records, against references too, and then those that point at them."""
        pointing = [
            Sent(TABLES[resource], SCHEMAS[resource], record_id, partial=True)
            for resource, record_id in sorted(referrers)
        ]
        both = [self.views.sent(merged), self.views.sent(into)]
        return lock(connection, [*both, *pointing], {merged, into})

    def point(
        self,
        held: Held,
        at: str,
        instead: str,
        folded: Fold,
        only: Sequence[str] | None = None,
    ) -> Pointed:
        """Draft a record that points at another one instead, where it does or `only` there.

        What was `folded` in it is laid out for that, and folded again: pointers are into the whole.
        """
        body = deepcopy(held.sent.schema.writable(held.standing))
        moved = {**folded.moved}
        if not unfold(body, folded.lists, moved):  # it was changed since: no place is known in it
            moved = {}
            only = only and [each for each in only if each.split("/")[1] not in folded.lists]
        places = [
            link
            for link in links(held.sent.schema, body)
            if link.to == self.table.name
            and link.id == at
            and (only is None or link.pointer in only)
        ]
        for link in places:
            link.holder[link.key] = instead
        pointers = [link.pointer for link in places]
        if only is None:
            moved |= {each: moved.get(each, frozenset()) | {at} for each in pointers}
        else:
            moved = {each: by - {instead} for each, by in moved.items() if by != {instead}}
        unfolded = fold(body, moved)
        draft = held.draft(body)
        retraction = draft.retraction or {"superseded_by": None}
        if retraction["superseded_by"] == at and SUPERSEDED in (only or [SUPERSEDED]):
            draft = replace(draft, retraction={**retraction, "superseded_by": instead})
            pointers.append(SUPERSEDED)
        return Pointed(draft, pointers, unfolded)


def store_all(
    connection: Connection, drafts: Sequence[Draft], events: set[str], now: datetime
) -> None:
    """Store many records, some at once; InTheWay where one cannot be."""
    touched: set[str] = set()
    for start in range(0, len(drafts), RECORDS_AT_ONCE):
        chunk = drafts[start : start + RECORDS_AT_ONCE]
        try:
            touched |= put_all(connection, chunk, events, now=now).events
        except Invalid as error:
            wrong = error.faults[0]
            detail = f"The records cannot be as they would have to: {wrong.where}: {wrong.detail}"
            raise InTheWay(detail) from error
    attestation.recount(connection, touched, now)
