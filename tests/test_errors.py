"""What is answered when something is wrong: one form for everything, and nothing left unsaid."""

import re
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

import psycopg
import pytest
from psycopg import sql
from support.problems import blocked, is_problem, unavailable
from support.resources import NOBODY, RESOURCES
from support.service import Client, client_on, key_of, name_of, new_database

from api.app import create_app
from models.database import connections


def faults(answer, status=400, where="parameter"):
    """Give what is wrong, as {where: code}."""
    return {error[where]: error["code"] for error in is_problem(answer, status)["errors"]}


@pytest.fixture(scope="module")
def asked(loaded, settings):
    """Give a client of a service that is only asked, whose answers depend on no other test."""
    with client_on(loaded, settings) as client:
        yield client


# Addresses and methods.


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1",
        "/v1/nothing",
        "/v1/events/nothing",
        "/v1/events/{id}/nothing",
        "/v1/events/not-a-uuid",
        "/v1/events/0197b2c45d1e7c3a9f002b6d7a8e9c01",
        "/v1//events",
        "/%2Fv1/events",
        "/v1/actors/%00",
        "/v1/actors/%ff",
        "/v1/events/<script>alert(1)</script>",
        "/v2/events",
    ],
)
def test_nothing_is_there(asked, path):
    """What is at no address is 404, whatever is done there, and not in HTML."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = asked.open(path.replace("{id}", NOBODY), method=method, checked=False)
        is_problem(answer, 404)


@pytest.mark.parametrize("resource", RESOURCES)
def test_no_such_record(asked, resource):
    """An id that nobody has is 404, for reads and for changes alike."""
    path = f"/v1/{resource}/{NOBODY}"
    is_problem(asked.get(path), 404)
    is_problem(asked.patch(path, json={}, headers={"If-Match": "*"}), 404)
    is_problem(asked.delete(path, headers={"If-Match": "*"}), 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "name", ["%00", "a%00b", "%ff", "A", "-", "x" * 65, "x" * 3_000, "%F0%9F%A6%89"]
)
def test_what_cannot_be_the_name_of_a_dataset(asked, method, name):
    """A name that no dataset can have is no fault of the service."""
    answer = asked.open(
        f"/v1/datasets/{name}",
        method=method,
        json=None if method in {"GET", "DELETE"} else {"name": "x"},
        headers={"If-None-Match": "*"} if method == "PUT" else {"If-Match": "*"},
    )
    is_problem(answer, 422 if method == "PUT" else 404)


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/v1/events", "PATCH", {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}),
        ("/v1/events", "DELETE", {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}),
        (f"/v1/events/{NOBODY}", "POST", {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}),
        (f"/v1/events/{NOBODY}/attestation", "PUT", {"GET", "HEAD", "OPTIONS"}),
        ("/v1/bundles", "GET", {"POST", "OPTIONS"}),
        ("/v1/bundles/schema", "POST", {"GET", "HEAD", "OPTIONS"}),
        ("/healthz", "POST", {"GET", "HEAD", "OPTIONS"}),
        ("/v1/events", "BREW", {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}),
    ],
)
def test_a_method_that_is_not_for_this(asked, path, method, allowed):
    """What cannot be done at an address is 405, and Allow lists what can."""
    answer = asked.open(path, method=method, checked=False)
    is_problem(answer, 405)
    assert {*re.split(r", *", answer.headers["Allow"])} == allowed
    options = asked.open(path, method="OPTIONS", checked=False)
    assert (options.status_code, options.get_data()) == (200, b"")
    assert {*re.split(r", *", options.headers["Allow"])} == allowed


def test_a_slash_at_the_end_is_no_other_address(client):
    """/v1/events/ is /v1/events, without a redirect on which clients lose their key."""
    assert client.get("/v1/events/", checked=False).get_json() == {"items": [], "next_cursor": None}
    assert client.post("/v1/datasets/", json={"id": "a"}, checked=False).status_code == 201


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/*", 200),
        ("*/*", 200),
        ("text/html, application/json;q=0.1", 200),
        ("", 200),
        ("text/html", 406),
        ("text/csv, image/*", 406),
        ("application/json;q=0", 406),
        ("nonsense", 406),
    ],
)
def test_what_is_accepted(asked, accept, status):
    """Who takes no JSON is told so, and in a problem, not in HTML."""
    answer = asked.get("/v1/events", headers={"Accept": accept})
    if status == 200:
        assert answer.status_code == 200
    else:
        is_problem(answer, status)


# The query string.


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("nothing=1", {"nothing": "unknown"}),
        ("limit=0", {"limit": "invalid"}),
        ("limit=1001", {"limit": "invalid"}),
        ("limit=-1", {"limit": "invalid"}),
        ("limit=", {"limit": "invalid"}),
        ("limit=ten", {"limit": "invalid"}),
        ("limit=1.5", {"limit": "invalid"}),
        ("limit=1_0", {"limit": "invalid"}),
        ("limit=99999999999999999999", {"limit": "invalid"}),
        ("sort=title", {"sort": "unknown"}),
        ("sort=", {"sort": "unknown"}),
        ("total=yes", {"total": "unknown"}),
        ("fields=id,nothing", {"fields": "unknown"}),
        ("fields=", {"fields": "empty"}),
        ("fields=id,,title", {"fields": "empty"}),
        ("expand=nothing", {"expand": "unknown"}),
        ("expand=location_id", {"expand": "unknown"}),
        ("type=protest,riot", {"type": "unknown"}),
        ("country=af", {"country": "unknown"}),
        ("actor=somebody", {"actor": "uuid"}),
        ("actor=@taliban", {"actor": "ref"}),
        ("datetime=yesterday", {"datetime": "datetime"}),
        ("datetime=2021-02-30", {"datetime": "datetime"}),
        ("bbox=1,2,3", {"bbox": "numbers"}),
        ("bbox=1,2,3,nan", {"bbox": "degrees"}),
        ("bbox=69,36,71,35", {"bbox": "bbox"}),
        ("near=1,2", {"radius": "required"}),
        ("radius=5", {"near": "required"}),
        ("near=1,2&radius=nan", {"radius": "invalid"}),
        ("near=1,2&radius=-1", {"radius": "range"}),
        ("code=191", {"code": "scheme"}),
        ("external_id=E1", {"external_id": "scheme"}),
        ("retracted=maybe", {"retracted": "unknown"}),
        ("fatalities_min=-1", {"fatalities_min": "invalid"}),
        ("limit=10&limit=20", {"limit": "repeated"}),
        ("retracted=only&retracted=only", {"retracted": "repeated"}),
        ('tag="a",', {"tag": "empty"}),
        ('tag=",",,"b"', {"tag": "empty"}),
        ('tag="a', {"tag": "quotes"}),
        ('tag="a"b', {"tag": "quotes"}),
        ('tag=b,"",c', {"tag": "empty"}),
        ("tag=a&tag=", {"tag": "empty"}),
        ("tag=a%00b", {"tag": "nul"}),
        ("tag=%00", {"tag": "nul"}),
        ("tag=%ff", {"tag": "utf8"}),
        ("tag=%ed%a0%80", {"tag": "utf8"}),
        ("%00=1", {"\0": "unknown"}),
        ("only=id", {"only": "unknown"}),
        ("sort=-title&fields=nope&limit=x&wrong=1&type=none", None),
    ],
)
def test_a_query_that_cannot_be_understood(asked, query, wrong):
    """Each wrong parameter is named, and all of them at once."""
    found = faults(asked.get("/v1/events", query_string=query))
    if wrong is None:
        assert {*found} == {"sort", "fields", "limit", "wrong", "type"}
    else:
        assert found == wrong


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("datetim=2021", "datetime"),
        ("actors=x", "actor"),
        ("Limit=1", "limit"),
        ("sort=-start_on", "-starts_on"),
        ("fields=titel", "title"),
        ("expand=participant.actor", "participants.actor"),
        ("type=protests", "protest"),
        ("status=disputd", "disputed"),
    ],
)
def test_what_was_probably_meant(asked, query, meant):
    """Where something near is known, the fault names it."""
    [error] = is_problem(asked.get("/v1/events", query_string=query), 400)["errors"]
    assert f"Did you mean {meant}?" in error["detail"]
    assert error["code"] == "unknown"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", f"/v1/{resource}/{NOBODY}") for resource in RESOURCES),
        *((method, f"/v1/events/{NOBODY}") for method in ("PUT", "PATCH", "DELETE")),
        *(("POST", f"/v1/{resource}") for resource in (*RESOURCES, "bundles")),
        ("GET", f"/v1/events/{NOBODY}/attestation"),
        ("GET", "/v1/bundles/schema"),
        ("GET", "/v1/keys"),
        ("POST", "/v1/keys"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/"),
        ("GET", "/openapi.json"),
    ],
)
def test_no_parameter_is_ignored(asked, method, path):
    """An unknown parameter is an error everywhere, not only where lists are filtered."""
    more = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
    answer = asked.open(f"{path}?nothing=1", method=method, **more)
    assert faults(answer) == {"nothing": "unknown"}


@pytest.mark.parametrize("value", ["yes", "1", "True", ""])
def test_a_dry_run_is_true_or_false(asked, value):
    """What nearly says true is refused, for it decides whether something is kept."""
    answer = asked.post(f"/v1/datasets?dry_run={value}", json={"id": "kept"})
    assert {*faults(answer)} == {"dry_run"}
    is_problem(asked.get("/v1/datasets/kept"), 404)


# The request's id.


@pytest.mark.parametrize("sent", ["a", "01977f2f-8a4c:7d3c.x_y", "x" * 128])
def test_the_clients_own_request_id(asked, sent):
    """A plain id that the asked sends is the request's, in the answer and in the problem."""
    answer = asked.get("/v1/events?limit=0", headers={"X-Request-ID": sent})
    assert is_problem(answer, 400)["request_id"] == sent
    good = asked.get("/v1/events", headers={"X-Request-ID": sent})
    assert good.headers["X-Request-ID"] == sent


@pytest.mark.parametrize(
    "sent",
    ["", " ", "x" * 129, "a b", "<script>", '{"a":1}', "a\tb", "é", "\x1b[31m", "a;b", "a,b"],
)
def test_a_malicious_request_id(asked, sent):
    """What could do harm in a log or a page is not taken over."""
    answer = asked.get("/v1/events", headers={"X-Request-ID": sent})
    assert re.fullmatch(r"[0-9a-f]{20}", answer.headers["X-Request-ID"])


def test_every_request_has_an_id_of_its_own(asked):
    """Without the asked's, the service makes one for each request."""
    made = {asked.get("/v1/events").headers["X-Request-ID"] for _ in range(5)}
    assert len(made) == 5


def test_what_keeps_browsers_from_mistakes(asked):
    """No answer is taken for something else, cached without asking, or framed."""
    for answer in (asked.get("/v1/events"), asked.get("/v1/x", checked=False)):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_services_own_fault(server, template, settings):
    """A crash is a problem too, which tells nothing but where to look."""
    with new_database(server, template) as url, client_on(url, settings) as client:
        pool = client.application.extensions["pool"]
        pool.getconn().execute("ALTER TABLE actors RENAME COLUMN country TO land")
        answer = client.get("/v1/actors?country=AF")
        problem = is_problem(answer, 500)
        assert not re.search("country|column|SELECT", problem["detail"])


# The database is not there, or too slow.


@contextmanager
def served(url, settings, *, timeout=30_000, size=2):
    """Give a client of a service whose pool does not wait long."""
    pool = connections.pool(url, size=size, statement_timeout=timeout, patience=1)
    pool.open(wait=True)
    try:
        app = create_app(pool, settings)
        app.test_client_class = Client
        client = app.test_client()
        client.secret = key_of(url, "admin")
        yield client
    finally:
        pool.close()


def shut(url, server, allowed):
    """Let nobody into a database any more, and out with who is inside; or open it again."""
    with psycopg.connect(server, autocommit=True) as connection:
        name = name_of(url)
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.SQL(str(allowed))
            )
        )
        if not allowed:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )


def test_the_database_dies_and_comes_back(server, template, settings):
    """While the database is away, reads and writes are 503; once it is back, all is well."""
    with new_database(server, template) as url, served(url, settings) as client:
        assert client.post("/v1/datasets", json={"id": "before"}).status_code == 201
        shut(url, server, allowed=False)
        unavailable(client.get("/v1/datasets"))
        unavailable(client.get("/v1/datasets/before"))
        unavailable(client.post("/v1/datasets", json={"id": "while"}))
        unavailable(client.get("/readyz"))
        assert client.get("/healthz").status_code == 200
        shut(url, server, allowed=True)
        deadline = monotonic() + 10
        while (answer := client.get("/readyz")).status_code != 200 and monotonic() < deadline:
            sleep(0.1)
        assert answer.status_code == 200
        assert client.post("/v1/datasets", json={"id": "after"}).status_code == 201
        found = client.get("/v1/datasets?sort=id").get_json()["items"]
        assert [dataset["id"] for dataset in found] == ["after", "before"]


def test_connections_that_broke_are_not_given_out(server, template, settings):
    """When the database was restarted meanwhile, the next request does not notice."""
    with new_database(server, template) as url, served(url, settings) as client:
        assert client.get("/v1/datasets").status_code == 200
        shut(url, server, allowed=False)
        shut(url, server, allowed=True)
        assert client.get("/v1/datasets").status_code == 200
        assert client.post("/v1/datasets", json={"id": "after"}).status_code == 201


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_database_dies_in_the_middle(server, template, settings, method):
    """A connection that breaks during a statement is 503, and the next request has a new one."""
    answers = []
    with new_database(server, template) as url, served(url, settings) as client:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE datasets")
            thread = Thread(
                target=lambda: answers.append(
                    client.open(
                        "/v1/datasets",
                        method=method,
                        json={"id": "a"} if method == "POST" else None,
                    )
                )
            )
            thread.start()
            with psycopg.connect(url, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", (blocked(url),))
            thread.join(10)
        unavailable(answers[0])
        assert client.get("/v1/datasets").get_json()["items"] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_statement_takes_too_long(server, template, settings, method):
    """A statement beyond statement_timeout is given up and 503; the connection serves on."""
    with (
        new_database(server, template) as url,
        served(url, settings, timeout=200, size=1) as client,
    ):
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE datasets")
            sent = {"id": "a"} if method == "POST" else None
            problem = unavailable(
                client.open("/v1/datasets", method=method, json=sent), "query-timeout"
            )
            assert "timed out" in problem["detail"]
        assert client.get("/v1/datasets").get_json()["items"] == []


def test_no_connection_becomes_free(server, template, settings):
    """Who has waited in vain for a connection gets 503."""
    with (
        new_database(server, template) as url,
        served(url, settings, size=1) as client,
        client.application.extensions["pool"].connection(),
    ):
        unavailable(client.get("/v1/datasets"), "busy")
        unavailable(client.get("/readyz"), "busy")


def test_the_database_is_gone(server, template, settings):
    """A service whose database was dropped lives, and is not ready."""
    with new_database(server, template) as url, served(url, settings) as client:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name_of(url)))
            )
        assert client.get("/healthz").get_json() == {"status": "ok"}
        unavailable(client.get("/readyz"))
        unavailable(client.get("/v1/events"))
        with psycopg.connect(server, autocommit=True) as connection:  # new_database drops it
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name_of(url))))


def test_a_read_only_database(server, template, settings):
    """A replica serves reads, and writes are 503."""
    with new_database(server, template) as url:
        secret = key_of(url, "admin")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(
                    sql.Identifier(name_of(url))
                )
            )
        pool = connections.pool(url, size=1, statement_timeout=1_000, patience=1)
        pool.open(wait=True)
        with pool:
            app = create_app(pool, settings)
            app.test_client_class = Client
            client = app.test_client()
            client.secret = secret
            assert client.get("/v1/datasets").status_code == 200
            unavailable(client.post("/v1/datasets", json={"id": "a"}))
