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

        Use it if two records turn out to be about the same thing. The survivor also gets the names
        of this record. The id of this record redirects (308), and it stays merged if its source
        sends it again.
        """
        sent = body_of(MergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            into = merges.survivor(connection, sent["into"]) or sent["into"]
            result = merge(connection, self.views.sent(record_id), self.views.sent(into))
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])

    def unmerge(self, record_id: UUID, query: dict[str, Any]) -> Response:
        """Undo a merge: restore both records and their references.

        Use it if they turn out to be two things after all. References that were added since stay
        with the survivor, and are listed.
        """
        sent = body_of(UnmergeSchema())

        def work(connection: Connection) -> idempotency.Answer:
            result = unmerge(connection, self.views.sent(record_id))
            return idempotency.Answer(200, {}, orjson.dumps(result).decode())

        return transact(work, dry_run=query["dry_run"], repeatable=True, comment=sent["comment"])
