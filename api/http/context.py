"""The context of a request: its connection, key and id, and the service's settings."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, g, request
from psycopg_pool import ConnectionPool

from models.database.connections import Connection
from models.keys import Key

METHOD = "attest.method"
"""Where a request of the service's own says how what it writes is made."""

IDS = "attest.ids"
"""Where a request of the service's own says by a function which id a new record of a bundle gets:
resource, position -> id."""


def settings() -> Mapping[str, Any]:
    """Give the settings that the service was made with."""
    return cast("Mapping[str, Any]", current_app.extensions["settings"])


def database(patience: float | None = None) -> Connection:
    """Give the request's connection: taken from the pool when first asked for, in autocommit.

    `patience` is how long to wait for it, in seconds, where that is not what requests wait.
    """
    if "connection" not in g:
        pool = cast("ConnectionPool[Connection]", current_app.extensions["pool"])
        g.connection = pool.getconn(patience)
    return cast("Connection", g.connection)


def key() -> Key | None:
    """Give the key that the request was made with, if any."""
    return cast("Key | None", g.get("key"))


def method() -> str | None:
    """Give the method of the request's key: human, model or import."""
    holder = key()
    return holder.method if holder else request.environ.get(METHOD)


def id_of(resource: str, position: int) -> str | None:
    """Give the id of a new record of a bundle, if the request sets one."""
    given = request.environ.get(IDS)
    return str(given(resource, position)) if given else None


def comment() -> str | None:
    """Give the request's Edit-Comment, if it has one."""
    return cast("str | None", g.get("comment"))


def request_id() -> str:
    """Give the id by which the request can be found in the logs."""
    return cast("str", g.get("request_id", ""))


def give_back(_error: BaseException | None = None) -> None:
    """Give the request's connection back to the pool."""
    connection = g.pop("connection", None)
    if connection is not None:
        current_app.extensions["pool"].putconn(connection)


def init(app: Flask, pool: ConnectionPool[Connection], chosen: Mapping[str, Any]) -> None:
    """Equip the service with its pool and settings."""
    app.extensions["pool"] = pool
    app.extensions["settings"] = chosen
    app.teardown_request(give_back)
