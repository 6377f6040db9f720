"""POST /match of actors, locations and events: find before you write, scored and explained."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response

from api.http.context import database, settings
from api.http.errors import fault
from api.http.operation import Answer, Body, Variant
from api.http.request import JSON, body_of
from api.resource.routing import Route, add_routes
from models.matching.candidates import Match, Wanted
from schemas.matching import MatchResultsSchema, MatchSchema

REFUSED = (400, 401, 403, 406, 413, 415, 422)
"""How a question may be refused that is sent in a body."""

Matching = Callable[..., list[list[Match]]]
"""Finds candidates for each query: takes a connection, and what is `wanted`."""


class Candidates:
    """The view that finds records of one resource by descriptions of them."""

    def __init__(self, schema: type[MatchSchema], matching: Matching) -> None:
        """Read queries by `schema`, and answer them by `matching`."""
        self.schema = schema()
        self.matching = matching

    def match(self) -> Response:
        """Match descriptions to records, for up to 500 queries at once.

        Use it before records are created, or to link names in other data to records. Each candidate
        has a score from 0 to 1, and the features that it is computed from; a feature that one of
        the two lacks is not counted.
        """
        most = settings()["max_match_names"]
        found: Mapping[str, Any] = body_of(self.schema, partial(bounded, most=most))
        results = [
            {"candidates": [candidate(match) for match in matches]}
            for matches in self.matching(database(), wanted=Wanted(**found))
        ]
        return Response(orjson.dumps({"results": results}), mimetype=JSON)


def add_matching(blueprint: Blueprint, schema: type[MatchSchema], matching: Matching) -> None:
    """Add to a resource the question which of its records may be meant."""
    add_routes(
        blueprint,
        Route(
            method="POST",
            rule="/match",
            view=Candidates(schema, matching).match,
            summary=f"Match descriptions to {blueprint.name}",
            body=Body(Variant(schema, "Input")),
            answers={200: Answer("The candidates for each query.", MatchResultsSchema)},
            refusals=REFUSED,
        ),
    )


def bounded(sent: Mapping[str, Any], most: int) -> None:
    """Refuse more names than are looked for at once: each takes some time, even if it is faulty."""
    queries = sent.get("queries")
    count = sum(named(query) for query in (queries if isinstance(queries, list) else ()))
    if count > most:
        detail = f"These are {count} names and participants; {most} at the most are looked for."
        raise fault("/queries", "length", detail)


def named(query: Any) -> int:
    """Count the names and participants of a query as it was sent, whatever else is in it."""
    if not isinstance(query, Mapping):
        return 0
    lists = [query.get(several) for several in ("names", "participants")]
    own = int(query.get("name") is not None)
    return own + sum(len(each) for each in lists if isinstance(each, list))


def candidate(match: Match) -> dict[str, Any]:
    """Write a match so that people can judge it."""
    record = match.record
    called = "name" if "name" in record else "title"
    return {
        "id": record["id"],
        "score": match.score,
        "features": match.features,
        called: record[called],
        "external_ids": record["external_ids"],
    }
