"""Lists: which filters an address has, what these are called, and the page that shows them."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import orjson
from flask import redirect, request
from werkzeug import Response

from api.facades.explorer.addresses import api, values_of, without
from api.facades.explorer.asking import ask
from api.facades.explorer.forms import canonical
from api.facades.explorer.rendering import render
from api.http.context import database
from models.table import fetch_all
from models.tables import TABLES
from schemas.fields.ids import UUID

OF_PAGE = frozenset(
    {"cursor", "limit", "as_of", "not_found", "fields", "expand", "highlight", "sort", "total"}
)
"""Parameters that are no filters: a page chooses itself what is in its rows."""

ROWS = 50
"""Number of rows of a page where nothing is said."""

MAX_ROWS = 200
"""Maximum number of rows of a page."""

NAME = {"documents": "title", "events": "title", "statements": "text"}
"""Members that name records, where that is not `name`."""


def filters_of() -> dict[str, str]:
    """Give the filters in the address, as they are written."""
    return {name: value for name, value in request.args.items() if name not in OF_PAGE and value}


def limit_of(rows: int) -> str:
    """Give how many rows are asked for; what is no number is left to the API to refuse."""
    asked = request.args.get("limit") or str(rows)
    is_number = re.fullmatch("[0-9]{1,9}", asked)
    return str(min(int(asked), MAX_ROWS)) if is_number else asked


def rows_asked() -> dict[str, str | None]:
    """Give which rows of a list are asked for, where the address says so."""
    return {name: request.args.get(name) for name in ("limit", "cursor")}


def names_of(filters: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """Give the names of the records whose ids filters have."""
    wanted: dict[str, set[str]] = {}
    for parameter, resource in named.items():
        ids = filter(UUID.fullmatch, values_of(parameter, filters.get(parameter, "")))
        wanted.setdefault(resource, set()).update(ids)
    return names_by_id(wanted)


def names_by_id(wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Give the names of records, by resource, with one statement."""
    asked = {TABLES[resource]: [*ids] for resource, ids in wanted.items()}
    return {
        one: orjson.loads(text)[NAME.get(table.name, "name")] or one
        for table, texts in fetch_all(database(), asked).items()
        for one, text in texts.items()
    }


def chips_of(filters: Mapping[str, str], hidden: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """List what is asked for: a parameter, one of its values, and the address without that."""
    return [
        (parameter, value, without(parameter, value))
        for parameter, text in filters.items()
        if parameter not in hidden
        for value in values_of(parameter, text)
    ]


def shown(
    resource: str,
    named: Mapping[str, str],
    *,
    helpers: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    asked: Mapping[str, str] = MappingProxyType({}),
    sort: str | None = None,
    **further: Any,
) -> str | Response:
    """Show a page of a list with its form, or lead a form that was sent to the API's parameters.

    `named` and `helpers` are as in `names_of` and `canonical`. `asked` has the parameters that
    choose members of records, and `sort` the order where neither names nor words are asked for.
    `further` is given to the template of the resource.
    """
    if target := canonical(resource, **helpers):
        return redirect(target)
    filters = filters_of()
    order = request.args.get("sort") or (None if {"name", "q"} & filters.keys() else sort)
    listed = ask(
        resource,
        limit=limit_of(ROWS),
        cursor=request.args.get("cursor"),
        sort=order,
        total="exact",
        **asked,
        **filters,
    )
    return render(
        f"{resource}.html",
        listed=listed,
        filters=filters,
        names=names_of(filters, named),
        chips=chips_of(filters, hidden=("datetime_match",)),
        api=api(sort=order, **rows_asked(), **filters),
        csv=api(f"/{resource}.csv", **filters),
        **further,
    )
