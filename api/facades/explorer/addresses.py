"""Addresses of pages: those of the API without /v1, and as of the instant that is read."""

from collections.abc import Callable
from typing import Any

from flask import g, request

from api.facades.explorer.asking import address_of

API = "/v1"
"""The beginning of the API's addresses, which pages leave out."""

SEVERAL_IN_ONE = frozenset({"bbox", "near", "datetime", "filter", "name", "q", "geometry"})
"""Parameters that take one value, in which a comma separates nothing to choose from."""


def link(path: str, /, **parameters: Any) -> str:
    """Write the address of a page, as of the instant that is read."""
    return address_of(path, **{"as_of": g.get("as_of"), **parameters})


def linking(path: str, /, **always: Any) -> Callable[..., str]:
    """Give what writes addresses of a page that have some parameters always."""
    return lambda **parameters: link(path, **{**always, **parameters})


def change(**parameters: Any) -> str:
    """Write the address of this page with other parameters; None leaves one out."""
    now = {name: value for name, value in request.args.items() if name != "cursor"}
    return address_of(request.path, **{**now, **parameters})


def without(parameter: str, value: str) -> str:
    """Write the address of this list without one value of a parameter."""
    left = values_of(parameter, request.args.get(parameter, ""))
    rest = ",".join(each for each in left if each != value)
    further = {"datetime_match": None} if parameter == "datetime" else {}
    return change(**{parameter: rest or None}, **further)


def values_of(parameter: str, text: str) -> list[str]:
    """List the values that a parameter was given."""
    given = [text] if parameter in SEVERAL_IN_ONE else text.split(",")
    return [each for each in given if each]


def api(path: str | None = None, /, **parameters: Any) -> str:
    """Write the address of the same in the API, as of the instant that is read."""
    return API + link(path or request.path, **parameters)
