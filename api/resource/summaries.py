"""GET /summary of events and statements: counts by group."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response
from marshmallow import Schema

from api.http.context import database
from api.http.operation import READ, Answer
from api.http.request import JSON
from api.resource.finding import Finding
from api.resource.routing import Route, add_routes
from models.database.connections import Connection
from models.lists.summaries.draft import Wanted
from models.lists.summaries.summary import summarise
from models.lists.summaries.words import own_filters
from models.table import Table
from schemas.lists import Query

NOT_FILTERS = {"by", "measure", "level", "order", "limit", "fill", "facets", "bom"}
"""Parameters that say what is counted by what, and how; the others say what is counted."""


class Summaries:
    """The summary of one resource."""

    def __init__(self, table: Table, query: type[Query]) -> None:
        """Count the records of `table`, found by the filters of `query`."""
        self.table = table
        self.finding = Finding(table, query)

    def summary(self, query: dict[str, Any]) -> Response:
        """Count the records that match, grouped by up to three words.

        The words are those of `by`, and each row has one value of each. Uncertainty is kept:
        `count` is the number of records that certainly belong to a row, `possible` that of further
        ones that may. Retracted records, and planned, hypothetical, refuted or only denied events,
        are excluded unless requested by name; `left_out` has their numbers. Records whose date
        spans more than 53 buckets, is open or unknown, are in the row whose time is null.
        """
        first, *further = self.summed(query)
        return Response(orjson.dumps({**first, "further": further}), mimetype=JSON)

    def summed(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Count what is asked for by each list of words."""
        connection = database()
        asked = {name: value for name, value in query.items() if name not in NOT_FILTERS}
        filters = self.finding.filters(connection, asked)
        return [count(connection, self.table, query, words, filters) for words in query["by"]]


def add_summary(
    blueprint: Blueprint, table: Table, query: type[Query], answer: type[Schema]
) -> None:
    """Add to a resource the question how many of its records have what in common."""
    add_routes(
        blueprint,
        Route(
            rule="/summary",
            view=Summaries(table, query).summary,
            summary=f"Count {table.name} by group",
            query=query,
            answers={200: Answer("The rows, and the totals over all records.", answer)},
            refusals=READ,
        ),
    )


def count(
    connection: Connection,
    table: Table,
    query: Mapping[str, Any],
    words: tuple[str, ...],
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """Count what is asked for by a list of words; for facets, without the filters by the same."""
    own = own_filters(table, words) if query["facets"] else frozenset()
    wanted = Wanted(
        words,
        frozenset(query.get("measure", ())),
        query.get("level"),
        query["order"],
        query["limit"],
        query["fill"],
    )
    filters = {name: value for name, value in asked.items() if name not in own}
    return summarise(connection, table, wanted, filters)
