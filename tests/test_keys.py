"""Keys: who may do what, and what nobody ever gets to see."""

import hashlib
import re

import pytest
from structlog.testing import capture_logs
from support.problems import is_problem
from support.resources import MINIMAL, NOBODY, RECORDS, RESOURCES
from support.service import client_on

from api.http.log import identified
from models import keys

READS = [
    *((f"/v1/{resource}", "GET") for resource in RESOURCES),
    (f"/v1/events/{NOBODY}", "GET"),
    (f"/v1/events/{NOBODY}", "HEAD"),
    (f"/v1/events/{NOBODY}/attestation", "GET"),
    ("/v1/bundles/schema", "GET"),
]
WRITES = [
    *((f"/v1/{resource}", "POST") for resource in (*RESOURCES, "bundles")),
    *((f"/v1/events/{NOBODY}", method) for method in ("PUT", "PATCH", "DELETE")),
    (f"/v1/events/{NOBODY}?dry_run=true", "PUT"),
]
ADMINISTRATION = [("/v1/keys", "GET"), ("/v1/keys", "POST"), (f"/v1/keys/{NOBODY}", "DELETE")]
"""What needs which scope."""

NEEDED = [
    *((path, method, "read") for path, method in READS),
    *((path, method, "write") for path, method in WRITES),
    *((path, method, "admin") for path, method in ADMINISTRATION),
]


@pytest.fixture(params=[True, False], ids=["public", "private"])
def guarded(request, migrated, settings):
    """Give a client of a service that everybody may read, or nobody without a key."""
    with client_on(migrated, {**settings, "public_read": request.param}) as client:
        yield client, request.param


def holding(client, *scopes):
    """Make a key, and give it with its secret."""
    return keys.create(client.application.extensions["pool"].getconn(), "other", [*scopes])


def send(client, path, method, secret):
    """Send a request, with whatever key."""
    client.secret = secret
    json = {"x": 1} if method in {"POST", "PUT", "PATCH"} else None
    return client.open(path, method=method, json=json)


# Scopes.


def test_each_scope_has_those_before_it(guarded):
    """A key may do what its scope and those before it say: read, write, admin; more is 403."""
    client, _ = guarded
    secrets = {scope: holding(client, scope)[1] for scope in keys.SCOPES}
    for path, method, needed in NEEDED:
        for scope, secret in secrets.items():
            answer = send(client, path, method, secret)
            if keys.SCOPES.index(scope) >= keys.SCOPES.index(needed):
                assert answer.status_code not in {401, 403}, (path, method, scope)
            elif method == "HEAD":
                assert answer.status_code == 403
            else:
                assert needed in is_problem(answer, 403)["detail"], (path, method, scope)


def test_without_a_key(guarded):
    """Who has no key may read where reading is public, and nothing else; how to get in is said."""
    client, public = guarded
    for path, method, needed in NEEDED:
        answer = send(client, path, method, None)
        if needed == "read" and public:
            assert answer.status_code in {200, 404}, (path, method)
        else:
            assert answer.status_code == 401, (path, method)
            assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
            if method != "HEAD":
                is_problem(answer, 401)


def test_what_is_open_to_all(guarded):
    """Where things are, and whether all is well, is told to everybody."""
    client, _ = guarded
    client.secret = None
    for path in ("/", "/healthz", "/readyz", "/openapi.json", "/openapi.yaml"):
        assert client.get(path).status_code == 200
    assert client.get("/docs/", checked=False).status_code == 200


def test_writing_without_a_key(migrated, settings):
    """Everybody may write where the settings say so; administering always needs a key."""
    with client_on(migrated, {**settings, "public_write": True}) as client:
        client.secret = None
        assert client.post("/v1/datasets", json={"id": "d"}).status_code == 201
        for path, method in ADMINISTRATION:
            is_problem(send(client, path, method, None), 401)
        retry = {"Idempotency-Key": "x"}
        made = [client.post("/v1/datasets", json={"id": "e"}, headers=retry) for _ in "12"]
        assert [answer.status_code for answer in made] == [201, 201]


def test_a_key_with_several_scopes(client):
    """A key may have several scopes; the widest counts."""
    secret = holding(client, "read", "write")[1]
    assert send(client, "/v1/datasets", "POST", secret).status_code == 422
    is_problem(send(client, "/v1/keys", "GET", secret), 403)


# What is no key.


@pytest.mark.parametrize(
    "sent",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Bearer x",
        "Bearer \xe9\xff",
        "Bearer attest_\u20ac".encode().decode("latin-1"),
        "Bearer {secret}x",
        "Bearer {secret} {secret}",
        "Bearer \0",
        "Bearer " + "x" * 10_000,
        "Basic {secret}",
        "Basic dXNlcjpwYXNz",
        "{secret}",
        "Digest username=x",
        "Bearer eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImFkbWluIn0.",
    ],
    ids=lambda sent: repr(sent[:20]),
)
def test_what_is_no_key(guarded, sent):
    """A key that is not valid is 401 even where none is needed: its holder expects more."""
    client, _ = guarded
    headers = {"Authorization": sent.replace("{secret}", client.secret)}
    for path, method in (("/v1/events", "GET"), ("/v1/keys", "GET"), ("/v1/datasets", "POST")):
        json = {"id": "d"} if method == "POST" else None
        answer = client.open(path, method=method, headers=headers, json=json)
        problem = is_problem(answer, 401)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"].replace("'", '"') or (
            "error=invalid_token" in answer.headers["WWW-Authenticate"]
        )
        assert client.secret not in str(problem)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer", "Bearer "])
def test_how_a_scheme_is_written(client, scheme):
    """The name of a scheme has no case (RFC 9110, 11.1)."""
    headers = {"Authorization": f"{scheme} {client.secret}"}
    assert client.get("/v1/keys", headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["access_token", "api_key", "key", "token"])
def test_a_key_in_the_address(guarded, name):
    """A key never stands in a URL; one that does counts for nothing."""
    client, public = guarded
    secret, client.secret = client.secret, None
    answer = client.get(f"/v1/events?{name}={secret}")
    assert answer.status_code == (400 if public else 401)
    assert client.get(f"/v1/keys?{name}={secret}").status_code == 401


# Making, listing and revoking.


def test_making_a_key(client):
    """A new key works at once, and its secret is shown in that answer alone."""
    made = client.post("/v1/keys", json={"name": "pipeline", "scopes": ["write"]})
    assert made.status_code == 201
    key = made.get_json()
    assert {**key, "secret": ""} == {
        "id": key["id"],
        "name": "pipeline",
        "scopes": ["write"],
        "method": "human",
        "created_at": key["created_at"],
        "revoked_at": None,
        "secret": "",
    }
    assert len(key["secret"]) >= 40
    listed = client.get("/v1/keys")
    [same] = [each for each in listed.get_json()["items"] if each["id"] == key["id"]]
    assert same == {name: value for name, value in key.items() if name != "secret"}
    assert key["secret"] not in listed.get_data(as_text=True)
    assert send(client, "/v1/datasets", "POST", key["secret"]).status_code == 422


def test_secrets_are_not_guessed(client):
    """No two secrets are alike."""
    made = [client.post("/v1/keys", json={"name": "x", "scopes": ["read"]}) for _ in range(5)]
    assert len({answer.get_json()["secret"] for answer in made}) == 5


def test_revoking(client):
    """A revoked key is worth nothing from that moment on, and stays in the list."""
    key, secret = holding(client, "write")
    admin = client.secret
    assert send(client, "/v1/datasets", "POST", secret).status_code == 422
    assert send(client, f"/v1/keys/{key.id}", "DELETE", admin).status_code == 204
    is_problem(send(client, "/v1/datasets", "POST", secret), 401)
    is_problem(send(client, "/v1/events", "GET", secret), 401)
    is_problem(send(client, f"/v1/keys/{key.id}", "DELETE", admin), 404)
    is_problem(send(client, f"/v1/keys/{NOBODY}", "DELETE", admin), 404)
    [listed] = [
        each for each in client.get("/v1/keys").get_json()["items"] if each["id"] == str(key.id)
    ]
    assert listed["revoked_at"] > listed["created_at"]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"/name", "/scopes"}),
        ({"name": "", "scopes": ["read"]}, {"/name"}),
        ({"name": "x" * 201, "scopes": ["read"]}, {"/name"}),
        ({"name": "x", "scopes": "read"}, {"/scopes"}),
        ({"name": "x", "scopes": ["root"]}, {"/scopes/0"}),
        ({"name": "x", "scopes": ["read", None]}, {"/scopes/1"}),
        ({"name": "x", "scopes": None}, {"/scopes"}),
        ({"name": "x", "scopes": ["read"], "secret": "mine"}, {"/secret"}),
    ],
)
def test_a_key_that_cannot_be_made(client, sent, wrong):
    """All faults are listed, and no key is made."""
    before = client.get("/v1/keys").get_json()
    problem = is_problem(client.post("/v1/keys", json=sent), 422)
    assert {error["pointer"] for error in problem["errors"]} == wrong
    assert client.get("/v1/keys").get_json() == before


# What is kept, and what is not.


def test_only_digests_are_kept(client):
    """A stolen table of keys opens nothing: it has SHA-256 digests, and secrets nowhere."""
    secret = client.post("/v1/keys", json={"name": "x", "scopes": ["read"]}).get_json()["secret"]
    connection = client.application.extensions["pool"].getconn()
    rows = connection.execute("SELECT keys::text, keys.digest FROM keys").fetchall()
    assert hashlib.sha256(secret.encode()).digest() in {bytes(digest) for _, digest in rows}
    assert not any(secret in text or secret.removeprefix("attest_") in text for text, _ in rows)


def test_secrets_are_not_logged(guarded):
    """Neither keys nor what was asked for is in the log; the request's and the key's id are."""
    client, _ = guarded
    key, secret = holding(client, "write")
    with capture_logs(processors=[identified]) as lines:
        answers = [
            send(client, "/v1/datasets?dry_run=true", "POST", secret),
            send(client, "/v1/events?tag=private", "GET", secret),
            send(client, "/v1/keys", "GET", secret),
            send(client, "/v1/events", "GET", f"{secret}x"),
        ]
    text = str(lines)
    assert secret not in text
    assert "private" not in text
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in requests] == [answer.status_code for answer in answers]
    assert [line["key"] for line in requests] == [str(key.id)] * 3 + [None]
    assert [line["request_id"] for line in requests] == [
        answer.headers["X-Request-ID"] for answer in answers
    ]
    assert all(line["milliseconds"] >= 0 for line in requests)


def test_health_is_not_logged(client):
    """What is asked every second does not fill the log."""
    with capture_logs() as lines:
        client.get("/healthz")
        client.get("/readyz")
    assert lines == []


def test_every_write_records_its_key(client):
    """Of every record it is known which key made the version that stands."""
    key, secret = holding(client, "write")
    connection = client.application.extensions["pool"].getconn()

    def recorded(table, record_id):
        query = f"SELECT {table}.key_id FROM {table} WHERE {table}.id = %s"  # noqa: S608
        return connection.execute(query, (record_id,)).fetchone()[0]

    admin = client.secret
    client.post("/v1/datasets", json={"id": "d"})
    path = client.post("/v1/actors", json={"dataset": "d", "name": "A"}).headers["Location"]
    actor = path.rpartition("/")[2]
    first = recorded("actors", actor)
    assert first not in {None, key.id}
    anyway = {"If-Match": "*"}
    for write in (
        lambda: client.patch(path, json={"name": "B"}, headers=anyway),
        lambda: client.put(path, json={"dataset": "d", "name": "C"}, headers=anyway),
        lambda: client.delete(path, headers=anyway),
    ):
        client.secret = secret
        assert write().status_code in {200, 204}
        assert recorded("actors", actor) == key.id
        client.secret = admin
        if client.get(path).status_code == 200:
            client.patch(path, json={"name": "A"}, headers=anyway)
            assert recorded("actors", actor) == first
    client.secret = secret
    for resource in RECORDS:
        sent = {"dataset": "d", **MINIMAL[resource]}
        made = client.post(f"/v1/{resource}", json=sent).get_json()
        assert recorded(resource, made["id"]) == key.id
    made = client.post(
        "/v1/bundles", json={"dataset": "e", "actors": [{"ref": "a", "name": "A"}]}
    ).get_json()
    assert recorded("actors", made["ids"]["a"]) == recorded("datasets", "e") == key.id


def test_no_answer_names_a_key(client):
    """Who wrote something is not told to whoever reads it."""
    client.post("/v1/datasets", json={"id": "d"})
    text = client.get("/v1/datasets/d").get_data(as_text=True)
    ids = {each["id"] for each in client.get("/v1/keys").get_json()["items"]}
    assert not any(key_id in text for key_id in ids)
    assert not re.search("key", text)
