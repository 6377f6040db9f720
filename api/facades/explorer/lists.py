"""Lists: which filters an address has, and what these are called."""

from collections.abc import Iterable, Mapping

import orjson
from flask import request

from api.facades.explorer.addresses import values_of, without
from api.http.context import database
from models.tables import TABLES
from schemas.fields.ids import UUID

OF_PAGE = frozenset(
    {"cursor", "limit", "as_of", "not_found", "fields", "expand", "highlight", "sort", "total"}
)
"""Parameters that are no filters: a page chooses itself what is in its rows."""

MAX_ROWS = 200
"""Maximum number of rows of a page."""

NAME = {"documents": "title", "events": "title", "statements": "text"}
"""Members that name records, where that is not `name`."""


def filters_of() -> dict[str, str]:
    """Give the filters in the address, as they are written."""
    return {name: value for name, value in request.args.items() if name not in OF_PAGE and value}


def limit_of(rows: int) -> str:
    """Give how many rows are asked for; what is no number is left to the API to refuse."""
    asked = request.args.get("limit", "")
    if not asked:
        return str(rows)
    return str(min(int(asked), MAX_ROWS)) if asked.isdecimal() else asked


def names_of(filters: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """Give the names of the records whose ids filters have: one statement a resource."""
    wanted: dict[str, set[str]] = {}
    for parameter, resource in named.items():
        ids = filter(UUID.fullmatch, values_of(parameter, filters.get(parameter, "")))
        wanted.setdefault(resource, set()).update(ids)
    return names_by_id(wanted)


def names_by_id(wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Give the names of records, by resource: one statement each."""
    names: dict[str, str] = {}
    for resource, ids in wanted.items():
        if ids:
            for one, text in TABLES[resource].fetch(database(), ids).items():
                names[one] = orjson.loads(text)[NAME.get(resource, "name")] or one
    return names


def chips_of(filters: Mapping[str, str], hidden: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """List what is asked for: a parameter, one of its values, and the address without that."""
    return [
        (parameter, value, without(parameter, value))
        for parameter, text in filters.items()
        if parameter not in hidden
        for value in values_of(parameter, text)
    ]
