"""The views that merge two records of a resource, and undo it."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.http.request import body_of
from api.resource.operations import Resource
from api.writing.merging import merge, unmerge
from api.writing.transaction import transact
from models.database.connections import Connection
from models.store import idempotency, merges
from schemas.merges import MergeSchema, UnmergeSchema


class Merging:
    """The views of one resource that merge two of its records, and part them again."""

    def __init__(self, views: Resource) -> None:
        """Serve merges of the records of `views`."""
        self.views = views

    def merge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Merge this record into another: every reference follows, and the old id redirects.

        Do so where two records turn out to be of one thing. The other one is also called what this
        one was called. This one's id is answered with a redirect (308), and its source may send it
        again: it stays merged.
        """
        sent = body_of(MergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            into = merges.survivor(connection, sent["into"]) or sent["into"]
            result = merge(connection, self.views.sent(record_id), self.views.sent(into))
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])

    def unmerge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Undo a merge: restore both records and their references.

        Do so where they turn out to be two things after all. What has arrived since stays with the
        other one, and is listed.
        """
        sent = body_of(UnmergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            result = unmerge(connection, self.views.sent(record_id))
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])
