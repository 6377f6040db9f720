"""The API asked in process: by its own addresses and parameters, on the page's connection."""

from typing import Any
from urllib.parse import quote, urlencode

import orjson
from flask import current_app

from api.http.request import understood

MORE_ROWS = 1_000
"""Maximum number of records that a list gives at once."""


def query_of(**parameters: Any) -> str:
    """Write parameters as the API reads them; those that are None or empty are left out.

    Commas, colons and slashes stand as they are, so that people can read an address.
    """
    given = {name: value for name, value in parameters.items() if value not in (None, "", [])}
    return urlencode(given, safe=",:/", quote_via=quote, doseq=True)


def address_of(path: str, /, **parameters: Any) -> str:
    """Write an address: a path with its parameters."""
    text = query_of(**parameters)
    return f"{path}?{text}" if text else path


def ask(path: str, /, **parameters: Any) -> Any:
    """Answer `GET /v1/<path>` as the API does, read from JSON.

    What is wrong with the parameters, or not there, is raised as it is by the API.
    """
    endpoint, arguments = current_app.url_map.bind("").match(f"/v1/{path}", "GET")
    view: Any = current_app.view_functions[endpoint]
    query = {**understood(view.operation.query, query_of(**parameters).encode())}
    # A page reads one state: it has entered the past already.
    query.pop("as_of", None)
    answer = view.__wrapped__(**arguments, **({"query": query} if query else {}))
    return orjson.loads(answer.get_data())


def pages_of(path: str, most: int, /, **parameters: Any) -> list[dict[str, Any]]:
    """Read a list page by page, up to some records."""
    items: list[dict[str, Any]] = []
    cursor = None
    while len(items) < most:
        limit = min(MORE_ROWS, most - len(items))
        page = ask(path, limit=limit, cursor=cursor, **parameters)
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return items
