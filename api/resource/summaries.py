"""GET /summary of events and statements: how many have what in common."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response
from marshmallow import Schema

from api.http.context import database
from api.http.operation import READ, Answer, Operation, operation
from api.http.request import JSON
from api.resource.pointing import pointing, survivors_of
from models.database.connections import Connection
from models.lists.summaries.draft import Wanted
from models.lists.summaries.summary import summarise
from models.lists.summaries.words import own_filters
from models.table import Table
from schemas.lists import Query

NOT_FILTERS = {"by", "measure", "level", "order", "limit", "fill", "facets", "bom"}
"""Parameters that say what is counted by what, and how; the others say what is counted."""


def add_summary(
    blueprint: Blueprint, table: Table, query: type[Query], answer: type[Schema]
) -> None:
    """Add to a resource the question how many of its records have what in common."""
    references = {*pointing(query)}
    described = Operation(
        f"{table.name}.summary",
        {200: Answer("The rows, and what all of them come to.", answer)},
        READ,
        query=query,
        summary=f"Count {table.name} by what they have in common",
    )

    @blueprint.get("/summary")
    @operation(described)
    def summary(query: dict[str, Any]) -> Response:
        """Count what the filters of the list find, by up to three words.

        The words are those of `by`, and each row has a value of each. Doubt is kept: `count` is
        what certainly belongs to a row, `possible` what may lie in it besides. What is retracted,
        and of events what is planned or hypothetical, refuted or only denied, is left out unless it
        is asked for by name, and `left_out` says how many that are. A date that reaches over more
        than 53 buckets, or is open, or not known, is in the row whose time is null.
        """
        first, *further = summed(table, references, query)
        return Response(orjson.dumps({**first, "further": further}), mimetype=JSON)


def summed(table: Table, references: set[str], query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Count what is asked for by each list of words; `references` are parameters that are ids."""
    connection = database()
    asked = {name: value for name, value in query.items() if name not in NOT_FILTERS}
    if ids := {name: asked[name] for name in references & asked.keys()}:
        asked |= survivors_of(connection, ids)
    return [count(connection, table, query, words, asked) for words in query["by"]]


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
