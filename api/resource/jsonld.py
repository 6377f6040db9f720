"""Records as linked data: JSON-LD that is read without asking anybody else for anything."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response, request

from api.http import conditional
from api.http.answers import existing
from api.http.context import database
from api.http.request import LD_JSON
from api.resource.operations import Resource
from schemas.layouts.linked.record import document


class JsonLd:
    """The view of one resource's records as linked data."""

    def __init__(self, views: Resource) -> None:
        """Serve the records of `views` in another form."""
        self.views = views

    def jsonld(self, record_id: UUID | str, query: dict[str, Any] | None = None) -> Response:
        """Read a record as linked data: schema.org, PROV-O, and own terms where these have none.

        Use it for knowledge graphs, and for tools that read RDF. The `@id` is the record's address,
        and other records are referred to by theirs; unknown values are omitted. Merged, withdrawn
        and unchanged records are answered as at the record's own address.
        """
        del query
        table = self.views.table
        stored = existing(self.views.get(database(), str(record_id)), table)
        conditional.may_read(stored)
        root = request.root_url.rstrip("/")
        text = embeddable(document(table.name, orjson.loads(stored.text), root))
        tag = conditional.tag(stored, text)
        answer = Response(text, 200, {"ETag": f'"{tag}"'}, mimetype=LD_JSON)
        return conditional.unchanged(tag) or answer


def embeddable(written: dict[str, Any]) -> str:
    r"""Write JSON that may stand in a page: each `<` is `\u003c`, so that no text ends a script."""
    return orjson.dumps(written).decode().replace("<", "\\u003c")
