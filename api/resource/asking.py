"""Questions about the records of a resource in a body, and what they can be filtered by."""

from http import HTTPStatus

import orjson
from flask import Response, request
from marshmallow import ValidationError

from api.http.as_of import instant_of
from api.http.context import database
from api.http.request import SCHEMA_JSON, short_body
from api.resource.operations import Resource
from models.past.as_of import entered
from schemas import bodies
from schemas.cql2.queryables import described
from schemas.lists import Page
from schemas.problem import BadQuery, Fault, Invalid, faults


class Asking:
    """The views by which one resource is asked in a body."""

    def __init__(self, views: Resource, query: type[Page]) -> None:
        """Ask the records that `views` serve, by the parameters of `query`."""
        self.views = views
        self.asked = query
        self.schema = type(views.schema)

    def query(self) -> Response:
        """List records that match all filters, given in the body as a JSON object.

        Its members are the parameters of the list, with JSON lists of up to 1,000 values, booleans
        and numbers, and a `filter` of up to 64 kB as text or as an object. The method is safe and
        changes nothing (RFC 10008); for the next page, send the same body with `cursor`.
        """
        try:
            query = bodies.read(self.asked, short_body())
        except ValidationError as error:
            raise Invalid([*faults(error.normalized_messages())]) from error
        as_of = query.pop("as_of", None)
        if as_of is None:
            return self.views.search(query)
        try:
            instant = instant_of(as_of)
        except BadQuery as error:
            found = [Fault(f"/{each.where}", each.code, each.detail) for each in error.faults]
            raise Invalid(found) from error
        with entered(database(), instant):
            return self.views.search(query)

    def find(self) -> Response:
        """List records like the method QUERY, for clients that cannot send it.

        The body is the same, a JSON object of the list's parameters; nothing is changed, and the
        scope `read` is sufficient.
        """
        return self.query()

    def queryables(self) -> Response:
        """Return a JSON Schema of the properties that a `filter` may name, with their meaning.

        Properties of list entries, such as `participants.role`, and of referenced records, such as
        `location.kind`, are named with dots.
        """
        found = described(self.schema, request.base_url)
        return Response(orjson.dumps(found), HTTPStatus.OK, mimetype=SCHEMA_JSON)
