"""What a view tells of itself: by this it is guarded, is handed its query, and is described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response

from api.http.as_of import settled
from api.http.auth import authorize
from api.http.context import database
from api.http.request import JSON
from api.http.request import query as read_query
from models.past.as_of import entered
from schemas.lists import Query

View = Callable[..., Response]

READ = (400, 401, 403, 406)
"""How any read may be refused."""

FOUND = (*READ, 308, 404, 410)
WRITTEN = (*READ, 409, 413, 415, 422)
CHANGED = (*WRITTEN, 308, 404, 410, 412, 428)
WITHDRAWN = (*FOUND, 409, 412, 428)
"""How reading one record, and the writes, may be refused."""


@dataclass(frozen=True)
class Body:
    """What is sent: a schema of the description, and the media types that it may be sent as."""

    schema: str
    types: tuple[str, ...] = (JSON,)


@dataclass(frozen=True)
class Answer:
    """What is answered: a schema of the description or none, headers, a media type."""

    description: str
    schema: str | None = None
    headers: tuple[str, ...] = ()
    type: str = JSON


@dataclass(frozen=True)
class Operation:
    """One operation of the service, as openapi.yaml describes it."""

    id: str
    answers: Mapping[int, Answer]
    refusals: tuple[int, ...] = ()
    scope: str | None = "read"
    query: type[Query] = Query
    body: Body | None = None
    headers: tuple[str, ...] = field(default=())


def operation(described: Operation) -> Callable[[View], View]:
    """Guard a view by its scope, hand it its query as `query`, and remember its description."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**path: Any) -> Response:
            if described.scope:
                authorize(described.scope)
            query = read_query(described.query)
            as_of = query.pop("as_of", None)
            asked = path | ({"query": query} if query else {})
            if as_of is None:
                return view(**asked)
            with entered(database(), settled(as_of)):
                return view(**asked)

        guarded.operation = described  # type: ignore[attr-defined]
        return guarded

    return decorate
