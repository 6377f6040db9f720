"""Where things are, and whether all is well."""

import psycopg
import pytest
import yaml
from support.problems import is_problem
from support.service import new_database, service

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("accept", ["application/json", "*/*", "", "text/csv"])
def test_where_things_are(client, accept):
    """The first page links to all that there is, and every link leads somewhere."""
    found = client.get("/", headers={"Accept": accept}).get_json()
    assert found["name"] == "Attest"
    assert {"docs", "openapi", "events", "statements", "bundle_schema"} <= {*found["links"]}
    for name, link in found["links"].items():
        path = link.removeprefix("http://localhost")
        answer = client.get(path, checked=False)
        assert answer.status_code == (405 if name == "bundles" else 200), link


def test_what_is_at_the_root_depends_on_who_asks(client):
    """A browser gets a page, and caches are told that others get JSON."""
    for accept, kind in ((BROWSER, "text/html"), ("application/json", "application/json")):
        answer = client.get("/", headers={"Accept": accept}, checked=False)
        assert answer.mimetype == kind
        assert "Accept" in answer.headers["Vary"]


def test_links_behind_a_proxy(migrated, settings):
    """Behind proxies of ours, links are as clients see them; otherwise nobody is believed."""
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "attest.example.org"}
    for proxies, root in ((1, "https://attest.example.org/"), (0, "http://localhost/")):
        with service(migrated, {**settings, "proxies": proxies}) as app:
            links = app.test_client().get("/", headers=sent).get_json()["links"]
            assert links["events"] == f"{root}v1/events"


def test_the_description_is_served(client):
    """The description is the same in YAML and in JSON."""
    text = client.get("/openapi.yaml")
    assert text.mimetype == "application/yaml"
    document = client.get("/openapi.json").get_json()
    written = yaml.load(text.get_data(), Loader=yaml.CSafeLoader)
    assert written["paths"].keys() == document["paths"].keys()
    assert written["info"] == document["info"]


def test_health_and_readiness(client):
    """A service that lives and can serve says so."""
    for path in ("/healthz", "/readyz"):
        assert client.get(path).get_json() == {"status": "ok"}
        assert client.head(path).status_code == 200


def test_a_database_that_is_not_migrated(server, settings):
    """A service whose database lacks a migration lives, but is not ready, and says why."""
    with new_database(server) as url, service(url, settings) as app:
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert "0001_resources.sql" in is_problem(answer, 503)["detail"]
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_database_of_another_version(fresh):
    """Nor is a service ready whose database is of a newer version, or was made by an edited one."""
    url, app = fresh
    client = app.test_client()
    for change in (
        "INSERT INTO migrations (name, digest) VALUES ('9999_later.sql', 'x')",
        "UPDATE migrations SET digest = 'x'",
    ):
        with psycopg.connect(url) as connection:
            connection.execute(change)
        answer = client.get("/readyz")
        assert "migration" in is_problem(answer, 503)["detail"].lower()
