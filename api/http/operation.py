"""Operations: how a view is authorized, given its query, and described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema

from api.http.as_of import instant_of
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
CHANGED = (*WRITTEN, 404, 410, 412, 428)
WITHDRAWN = (*READ, 404, 409, 410, 412, 428)
"""How reading one record, and the writes, may be refused."""


@dataclass(frozen=True)
class Variant:
    """A schema in another form: a `List` of it, its `Input`, its `Patch`, its `Revision`."""

    schema: type[Schema]
    form: str

    @property
    def name(self) -> str:
        """Give its name in the description."""
        return f"{noun(self.schema)}{self.form}"


@dataclass(frozen=True, eq=False)
class Json:
    """A JSON Schema written by hand, for content without a marshmallow schema."""

    name: str
    schema: Mapping[str, Any]


Content = type[Schema] | Variant | Json
"""The content of a body or an answer."""


def noun(schema: type[Schema]) -> str:
    """Give the noun of a schema."""
    return schema.__name__.removesuffix("Schema")


def name_of(content: Content) -> str:
    """Give the name of content in the description."""
    return content.name if isinstance(content, (Variant, Json)) else noun(content)


@dataclass(frozen=True)
class Body:
    """A request's body, and the media types it may have."""

    content: Content
    types: tuple[str, ...] = (JSON,)


@dataclass(frozen=True)
class Answer:
    """An answer: its content, if any, its headers and its media type."""

    description: str
    content: Content | None = None
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
    streams: bool = False
    """Whether the view reads the past by itself, for it is read on after it has returned."""

    summary: str = ""
    """Its purpose in a few words; by default the first line of its view's docstring."""

    @property
    def refused(self) -> tuple[int, ...]:
        """The statuses of its refusals. An operation without content cannot answer 406."""
        refusals = {*self.refusals} - (set() if self.types else {HTTPStatus.NOT_ACCEPTABLE})
        return tuple(sorted(refusals))

    @property
    def types(self) -> tuple[str, ...]:
        """The media types of the answers."""
        return tuple(dict.fromkeys(each.type for each in self.answers.values() if each.content))


class Section(Blueprint):
    """A part of the service, under an address of its own, with its description."""

    def __init__(self, name: str, description: str, address: str | None = None) -> None:
        """Serve a part of the service at an address, by default all of it."""
        super().__init__(name, __name__, url_prefix=address)
        self.description = description


def operation(described: Operation) -> Callable[[View], View]:
    """Require a scope for a view, give it its `query`, and register its description."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**path: Any) -> Response:
            if described.scope:
                authorize(described.scope)
            query = read_query(described.query)
            as_of = None if described.streams else query.pop("as_of", None)
            asked = path | ({"query": query} if query else {})
            if as_of is None:
                return view(**asked)
            with entered(database(), instant_of(as_of)):
                return view(**asked)

        guarded.operation = described  # type: ignore[attr-defined]
        return guarded

    return decorate
