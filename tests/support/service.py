"""The service under test: its databases, its clients, and the reference article in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import yaml
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool
from werkzeug.test import TestResponse

from api.app import create_app
from models import keys
from models.database import connections
from models.database.connections import Connection
from support.contract import Contract

ROOT = Path(__file__).resolve().parents[2]


DESCRIBED = Contract(yaml.load((ROOT / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader))


class Client(FlaskClient):
    """A client that holds a key, and every answer against openapi.yaml."""

    secret: str | None = None

    def open(self, *args: Any, checked: bool = True, **more: Any) -> TestResponse:
        """Send a request; `checked=False` where the address or method is described nowhere."""
        headers = dict(more.pop("headers", None) or {})
        if self.secret and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.secret}"
        response = super().open(*args, headers=headers, **more)
        if checked:
            sent = more.get("json")
            chosen = sent.get("fields", "") if isinstance(sent, dict) else ""
            paths = any("." in each for each in (*response.request.args.getlist("fields"), *chosen))
            DESCRIBED.check(response.request.method, response.request.path, response, paths=paths)
        return response


@contextmanager
def new_database(server: str, template: str | None = None) -> Iterator[str]:
    """Make a database, perhaps a copy of another one, and drop it in the end."""
    name = f"attest_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        from_ = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template or "template0"))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + from_)
    yield make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def name_of(url: str) -> str:
    """Take the name of the database from its address."""
    return str(conninfo_to_dict(url)["dbname"])


def key_of(url: str, scope: str) -> str:
    """Make a key with a scope, and give its secret."""
    with Connection.connect(url, autocommit=True) as connection:
        return keys.create(connection, f"test {scope}", [scope])[1]


def example() -> Any:
    """Read the reference article, as it is shipped."""
    return json.loads((ROOT / "examples" / "panjshir.json").read_text())


@contextmanager
def service(url: str, settings: dict[str, Any], size: int = 4) -> Iterator[Flask]:
    """Make a service on a database, with a pool of its own."""
    pool = connections.pool(url, size=size, statement_timeout=30_000, patience=10)
    pool.open(wait=True)
    try:
        app = create_app(pool, settings)
        app.test_client_class = Client
        yield app
    finally:
        pool.close()


class OneConnection(ConnectionPool[Connection]):
    """A pool of one connection, which everybody is given, within one open transaction."""

    def __init__(self, connection: Connection) -> None:
        """Give out this connection."""
        super().__init__("", min_size=0, max_size=1, open=False)
        self.connection_given = connection

    def getconn(self, timeout: float | None = None) -> Connection:
        """Give the connection."""
        del timeout
        return self.connection_given

    def putconn(self, conn: Connection) -> None:
        """Keep it."""


@contextmanager
def never_committed(url: str) -> Iterator[OneConnection]:
    """Give a pool whose one connection is in a transaction that is never committed."""
    configured = connections.configure(url, 30_000)
    with (
        Connection.connect(configured, autocommit=True, prepare_threshold=0) as connection,
        connection.transaction(force_rollback=True),
    ):
        wait_for_others(connection)
        yield OneConnection(connection)


def wait_for_others(connection: Connection) -> None:
    """Let a connection wait between its tests for those of other files; a bundle ends that."""
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


@contextmanager
def client_on(url: str, settings: dict[str, Any], scope: str = "admin") -> Iterator[Client]:
    """Give a client of a service on a database that will be as it was before."""
    with never_committed(url) as pool:
        app = create_app(pool, settings)
        app.test_client_class = Client
        client = app.test_client()
        assert isinstance(client, Client)
        client.secret = keys.create(pool.getconn(), f"test {scope}", [scope])[1]
        yield client


@contextmanager
def world(server: str, template: str, settings: dict[str, Any]) -> Iterator[Client]:
    """Give a client of a service with a database of its own: nobody else's locks are in its way."""
    with new_database(server, template) as url, client_on(url, settings) as given:
        yield given


@contextmanager
def undone(world: Client) -> Iterator[Client]:
    """Give a new client of the same service, and undo in the end what is done with it."""
    connection = world.application.extensions["pool"].getconn()
    with connection.transaction(force_rollback=True):
        client = world.application.test_client()
        assert isinstance(client, Client)
        client.secret = world.secret
        yield client
