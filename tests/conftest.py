"""What tests start from: a PostgreSQL, a service on it, the reference article in it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from support.service import (
    Client,
    client_on,
    example,
    key_of,
    name_of,
    new_database,
    service,
    undone,
    wait_for_others,
    world,
)
from support.truth import Truth
from support.versions import ANY_POSTGRESQL

from api.service.settings import read
from models.database import embedded, migrating


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests for which one PostgreSQL is as good as another, so that `-m` knows them."""
    for item in items:
        file, test = item.path.stem, getattr(item, "originalname", item.name)
        if file in ANY_POSTGRESQL or f"{file}::{test}" in ANY_POSTGRESQL:
            item.add_marker("any_postgresql")


@pytest.fixture(scope="session")
def migrated(server: str, template: str) -> Iterator[str]:
    """Give a database with all migrations applied and nothing in it, which nobody writes to."""
    with new_database(server, template) as url:
        yield url


@pytest.fixture(scope="session")
def loaded(server: str, template: str, settings: dict[str, Any]) -> Iterator[str]:
    """Give a database with the reference article in it, which nobody writes to."""
    with new_database(server, template) as url:
        with service(url, settings) as app:
            client = app.test_client()
            client.secret = key_of(url, "admin")
            answer = client.post("/v1/bundles", json=example())
            assert answer.status_code == 201, answer.get_json()
        yield url


@pytest.fixture(scope="session")
def panjshir_world(loaded: str, settings: dict[str, Any]) -> Iterator[Client]:
    """Give a client of a service that holds the reference article; made once."""
    with client_on(loaded, settings) as given:
        yield given


@pytest.fixture
def panjshir(panjshir_world: Client) -> Iterator[Client]:
    """Give a client of a service that holds the reference article, and will again."""
    with undone(panjshir_world) as given:
        yield given


@pytest.fixture
def found(panjshir: Client) -> Callable[[str, str], dict[str, Any]]:
    """Find a record of the reference article: by its resource and its seed id."""

    def find(resource: str, seed: str) -> dict[str, Any]:
        answer = panjshir.get(f"/v1/{resource}", query_string={"external_id": f"seed:{seed}"})
        [record] = answer.get_json()["items"]
        return dict(record)

    return find


@pytest.fixture
def fresh(server: str, template: str, settings: dict[str, Any]) -> Iterator[tuple[str, Flask]]:
    """Give a database of a test's own and a service on it, for what several do at once."""
    with new_database(server, template) as url, service(url, settings, 12) as app:
        yield url, app


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give a PostgreSQL for all tests: the one in ATTEST_DATABASE_URL, or an embedded one."""
    if url := os.environ.get("ATTEST_DATABASE_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="attest-tests-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as somebody else
        place = Path(folder) / "data"
        place.mkdir()
        yield embedded.start(place, durable=False)
        embedded.stop(place)


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """Name a database with all migrations applied, to which nobody connects: it is copied."""
    with new_database(server) as url:
        migrating.migrate(url)
        yield name_of(url)


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    """Give the settings that hold where nothing is said."""
    return read({})


@pytest.fixture(scope="session")
def empty_world(server: str, template: str, settings: dict[str, Any]) -> Iterator[Client]:
    """Give a client of a service that holds nothing; made once, for making one takes time."""
    with world(server, template, settings) as given:
        yield given


@pytest.fixture(scope="session")
def truth(server: str, template: str, settings: dict[str, Any]) -> Iterator[Truth]:
    """Give what may be found, read record by record, and a client that asks; made once."""
    with world(server, template, settings) as given:
        made = Truth(given)
        wait_for_others(given.application.extensions["pool"].getconn())
        yield made


@pytest.fixture
def client(empty_world: Client) -> Iterator[Client]:
    """Give a client of a service that holds nothing, and will again."""
    with undone(empty_world) as given:
        yield given
