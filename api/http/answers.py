"""Records in responses: one with its ETag, a page of a list, with embedded records."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from api.http.context import database
from api.http.errors import Merged, Withdrawn
from api.http.request import JSON
from models.database.connections import Connection
from models.lists.search import BadCursor, Page
from models.past import revisions
from models.store import merges
from models.table import NotFound, Stored, Table, fetch_all
from models.tables import TABLES
from schemas.fields.parameters import cursor
from schemas.instants import instant
from schemas.links import embeddings
from schemas.record import RecordSchema
from schemas.selection import Selection, chosen, reach, selection


def existing(stored: Stored | None, table: Table | None = None) -> Stored:
    """Give a record that exists; `table`, if given, has the comment of a withdrawal.

    NotFound where there never was one, Withdrawn for a tombstone, Merged where another stands for
    it.
    """
    if stored is None:
        raise NotFound("There is no record with this id.")
    if stored.withdrawn:
        if into := merges.survivor(database(), stored.id):
            raise Merged(stored.id, into)
        raise Withdrawn(
            {
                "id": stored.id,
                "version": stored.version,
                "withdrawn_at": instant(stored.updated_at),
                "comment": table and revisions.comment(database(), table, stored.id),
            }
        )
    return stored


def tagged(stored: Stored) -> dict[str, str]:
    """Give a record's ETag as a header."""
    return {"ETag": f'"{stored.etag}"'}


def listed(page: Page, texts: Iterable[str], sort: str) -> Response:
    """Answer with a page of a list: stored texts, joined."""
    response = linked(texts, sort, page.after, page.total, page.ranked)
    response.headers["Accept-Query"] = JSON  # RFC 10008, section 3
    return response


def linked(
    texts: Iterable[str],
    sort: str,
    after: tuple[str, str] | None,
    total: int | None = None,
    ranked: int | None = None,
) -> Response:
    """Answer with the texts of a list, and a link to the next page."""
    further = cursor(sort, *after) if after else None
    counted = "" if total is None else f',"total":{total}'
    counted += "" if ranked is None else f',"ranked":{ranked}'
    following = f'"{further}"' if further else "null"
    response = Response(
        f'{{"items":[{",".join(texts)}],"next_cursor":{following}{counted}}}', mimetype=JSON
    )
    if further and request.method in {"GET", "HEAD"}:  # what was asked in a body has no address
        response.headers["Link"] = next_page(cursor=further)
    return response


def next_page(**place: str) -> str:
    """Write the Link to the next page: the same request with another cursor."""
    arguments = urlencode({**request.args.to_dict(flat=False), **place}, doseq=True)
    return f'<{request.base_url}?{arguments}>; rel="next"'


def following(query: Mapping[str, Any], form: str) -> tuple[str, str] | None:
    """Read the cursor of a list: a key and an id, which together have a `form`."""
    if "cursor" not in query:
        return None
    _, key, last = query["cursor"]
    if not re.fullmatch(form, f"{key} {last}", re.ASCII):
        raise BadCursor
    return key, last


def dress(
    connection: Connection,
    schema: RecordSchema,
    texts: list[str],
    members: list[str] | None,
    expand: list[str] | None,
) -> list[str]:
    """Embed the records asked for by `expand`, and drop members not in `fields`."""
    if not members and not expand:
        return texts
    wanted = selection(type(schema), tuple(members or ()), tuple(expand or ()))
    records: list[dict[str, Any]] = [orjson.loads(text) for text in texts]
    if wanted.expand:
        embed(connection, schema, records, wanted)
    if wanted.tree:
        records = [chosen(record, wanted.tree) for record in records]
    return [orjson.dumps(record).decode() for record in records]


def embed(
    connection: Connection,
    schema: RecordSchema,
    records: list[dict[str, Any]],
    wanted: Selection,
) -> None:
    """Embed the wanted records in those that refer to them, by one statement."""
    places = [place for record in records for place in embeddings(schema, record, wanted.expand)]
    asked: dict[Table, set[str]] = {}
    for place in places:
        asked.setdefault(TABLES[place.to], set()).update(place.ids)
    texts = {table.name: found for table, found in fetch_all(connection, asked).items()}
    written: dict[tuple[str, str], orjson.Fragment] = {}
    trees = {place.path: reach(wanted.tree, place.path) for place in places}
    for place in places:
        for one in place.ids:
            if (place.path, one) not in written:
                text = texts[place.to][one]
                written[place.path, one] = orjson.Fragment(slim(text, trees[place.path]))
        embedded = [written[place.path, one] for one in place.ids]
        place.holder[place.member] = embedded if place.many else embedded[0]


def slim(text: str, tree: Any) -> str | bytes:
    """Reduce an embedded record's text to the chosen members; without a choice, keep it."""
    return orjson.dumps(chosen(orjson.loads(text), tree)) if isinstance(tree, dict) else text
