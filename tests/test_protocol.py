"""What generated clients, browsers and tools send, and what hostile ones do."""

import gzip

import pytest
from backports import zstd
from flask.testing import FlaskClient
from support.parameters import PATHS
from support.records import STAR, Records
from support.resources import RESOURCES


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def filled(client, path):
    """Put into a path what the reference article has there."""
    resource = path.split("/")[2] if path.count("/") > 1 else ""
    if "{id}" in path and resource in RESOURCES:
        [record] = client.get(f"/v1/{resource}?limit=1&fields=id").get_json()["items"]
        path = path.replace("{id}", record["id"])
    return path.replace("{number}", "1").replace("{name}", "2026.1")


# Accept.

PROBLEM = "application/problem+json"


@pytest.mark.parametrize("accept", [PROBLEM, "text/html", "image/png, text/csv;q=0.5"])
def test_an_answer_without_a_body_refuses_no_accept(records, accept):
    """What is withdrawn or revoked answers nothing, which everybody takes."""
    one = records.make("actors")
    headers = {**STAR, "Accept": accept}
    assert records.client.delete(f"/v1/actors/{one}", headers=headers).status_code == 204
    key = records.client.post("/v1/keys", json={"name": "k", "scopes": ["read"]}).get_json()
    answer = records.client.delete(f"/v1/keys/{key['id']}", headers={"Accept": accept})
    assert answer.status_code == 204
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/actors", 200), ("/v1/nothing", 404), ("/v1/actors?x=1", 400)]
)
def test_whoever_takes_problems_alone(client, path, status):
    """`Accept: application/problem+json` refuses nothing."""
    client = FlaskClient(client.application)
    assert client.get(path, headers={"Accept": PROBLEM}).status_code == status


@pytest.mark.parametrize("path", ["/v1/actors", "/v1/changes/stream", "/v1/bundles/schema"])
def test_what_is_not_taken(client, path):
    """An answer of another type than any that is taken is refused, as the operation declares."""
    assert client.get(path, headers={"Accept": "text/csv"}).status_code == 406


# Defaults and several values.


def test_every_declared_default_may_be_sent(panjshir):
    """A default that is sent changes nothing, for all operations and each default."""
    sent = 0
    for path, operations in PATHS.items():
        parameters = operations.get("get", {}).get("parameters", ())
        asked = filled(panjshir, path)
        named = {each["name"] for each in parameters}
        needed = {"by": "month"} if "by" in named else {}
        for parameter in parameters:
            default = parameter["schema"].get("default") if parameter["in"] == "query" else None
            queries = [needed, *([{"name": "Massoud"}] if "name" in named else [])]
            for query in queries if default is not None else ():
                plain = panjshir.get(asked, query_string=query)
                value = str(default).lower() if isinstance(default, bool) else default
                given = panjshir.get(asked, query_string={**query, parameter["name"]: value})
                assert (plain.status_code, plain.data) == (given.status_code, given.data), asked
                sent += 1
    assert sent >= 35


def test_defaults_of_writes_may_be_sent(records):
    """The same for bodies and writes: an actor is the same with all defaults sent."""
    plain = records.read("actors", records.make("actors"))
    sent = {"dataset": "d", "name": plain["name"], "tags": [], "attributes": {}, "external_ids": {}}
    answer = records.client.post("/v1/actors?dry_run=false", json=sent)
    given = records.expect(201, answer)
    differing = {"id", "created_at", "updated_at"}
    assert {k: v for k, v in given.items() if k not in differing} == {
        k: v for k, v in plain.items() if k not in differing
    }


VALUES = ["a,b", '"quoted"', 'a ""b"", c', "plain", " e\u0301,\u200bx"]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_with_a_comma_is_found(records, value):
    """Whatever can be written as a tag, external id or code is found again, in double quotes."""
    event = records.make(
        "events",
        tags=[value],
        external_ids={"own": value},
        codes=[{"scheme": "s", "code": value}],
    )
    records.make("events", tags=["a", "b"])
    quoted = '"' + value.replace('"', '""') + '"'
    assert records.ids("events", tag=quoted) == [event]
    assert records.ids("events", external_id=quoted.replace('"', '"own:', 1)) == [event]
    assert records.ids("events", code=quoted.replace('"', '"s:', 1)) == [event]
    assert records.ids("events", tag=["none", quoted]) == [event]


def test_several_values_are_repeated_or_separated(panjshir):
    """`type=a&type=b` is `type=a,b`, also on the next page."""
    asked = {"commas": "type=coerce,threaten", "repeated": "type=coerce&type=threaten"}
    pages = {}
    for name, query in asked.items():
        first = panjshir.get(f"/v1/events?{query}&limit=1&sort=created_at")
        link = first.headers["Link"].partition(">")[0].lstrip("<")
        pages[name] = [first.data, panjshir.get(link).data]
        assert first.get_json()["items"]
    assert pages["commas"] == pages["repeated"]


def test_an_address_is_taken_as_it_is(records):
    """A document is found by an address with commas and quotes in it."""
    url = "https://example.org/a,b,(c)?q=1,2"
    one = records.make("documents", url=url)
    assert records.ids("documents", url=url) == [one]
    answer = records.client.get("/v1/documents", query_string={"url": [url, url]})
    assert records.expect(400, answer)["errors"][0]["code"] == "repeated"


def test_the_very_name_comes_first(records):
    """Of names that are alike the one asked for comes first, commas and all."""
    for name in ("Jane Doe Inc.", "Doe Jane Inc", "Doe, Jane, Inc.", "Inc. Jane Doe"):
        records.make("actors", name=name)
    found = records.client.get("/v1/actors", query_string={"name": '"Doe, Jane, Inc."'})
    assert found.get_json()["items"][0]["name"] == "Doe, Jane, Inc."


# Faults, and where they are.


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/events/abc", "id"),
        ("/v1/events/abc/attestation", "id"),
        ("/v1/actors/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c0/revisions", "id"),
        ("/v1/actors/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01/revisions/x", "number"),
    ],
)
def test_a_parameter_of_the_path(client, path, parameter):
    """What cannot be an id or a number is told so."""
    problem = client.get(path).get_json()
    assert problem["status"] == 404
    [fault] = problem["errors"]
    assert fault["parameter"] == parameter
    assert "not a" in fault["detail"]


@pytest.mark.parametrize("path", ["//v1/actors", "///v1/actors", "/v1//actors", "/v1/actors//"])
def test_slashes_too_many(client, path):
    """Several slashes are no single one."""
    app = client.application
    with app.test_request_context("/v1/actors", environ_overrides={"PATH_INFO": path}):
        assert app.full_dispatch_request().status_code == 404


def test_a_read_with_a_condition(records):
    """`If-Match` on GET: 412 where the record is another version, with the one that stands."""
    one = records.make("actors")
    address = f"/v1/actors/{one}"
    tag = records.client.get(address).headers["ETag"]
    assert records.client.get(address, headers={"If-Match": tag}).status_code == 200
    assert records.client.get(address, headers={"If-Match": "*"}).status_code == 200
    records.change("actors", one, name="Another")
    answer = records.client.get(address, headers={"If-Match": tag})
    assert records.expect(412, answer)["current"]["name"] == "Another"
    assert records.client.head(address, headers={"If-Match": tag}).status_code == 412


def test_faults_of_headers(records):
    """A fault of a header names the header, and nothing speaks of the query string."""
    headers = {"Edit-Comment": "x" * 501}
    answer = records.client.post("/v1/actors", json={"dataset": "d", "name": "A"}, headers=headers)
    problem = records.expect(400, answer)
    assert problem["errors"][0]["header"] == "Edit-Comment"
    assert "query" not in problem["detail"]


def test_options_and_line_ends(client):
    """OPTIONS has no content, and text ends with a line feed."""
    client = FlaskClient(client.application)
    options = client.options("/v1/actors")
    assert options.status_code == 200
    assert "Content-Type" not in options.headers
    assert "POST" in options.headers["Allow"]
    for path in ("/v1/actors", "/v1/nothing", "/", "/openapi.yaml", "/openapi.json"):
        assert client.get(path).data.endswith(b"\n")


def test_the_last_administrator(client):
    """The last key that can administer is not revoked; one of two is."""
    keys = {each["name"]: each for each in client.get("/v1/keys").get_json()["items"]}
    [own] = [key for key in keys.values() if "admin" in key["scopes"] and not key["revoked_at"]]
    assert client.delete(f"/v1/keys/{own['id']}").status_code == 409
    other = client.post("/v1/keys", json={"name": "b", "scopes": ["admin"]}).get_json()
    assert client.delete(f"/v1/keys/{other['id']}").status_code == 204
    assert client.delete(f"/v1/keys/{own['id']}").status_code == 409


@pytest.mark.parametrize("name", ["a\u0007b", "a\nb", "a\u009bb", "a\u202eb", "a\u2028b", "\u200b"])
def test_names_of_keys(client, name):
    """A key's name shows what it is."""
    answer = client.post("/v1/keys", json={"name": name, "scopes": ["read"]})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/name"


def test_a_tombstone_says_why(records):
    """What was withdrawn says when, and why, as the Edit-Comment did."""
    one = records.make("actors")
    headers = {**STAR, "Edit-Comment": "Coded twice."}
    records.client.delete(f"/v1/actors/{one}", headers=headers)
    tombstone = records.expect(410, records.client.get(f"/v1/actors/{one}"))["tombstone"]
    assert tombstone["comment"] == "Coded twice."


@pytest.mark.parametrize("became", ["retracted", "withdrawn"])
def test_merging_into_what_does_not_stand(records, became):
    """Nothing is merged into a record that is retracted or withdrawn, which would hide it."""
    one, into = records.make("actors"), records.make("actors")
    (records.retract if became == "retracted" else records.withdraw)("actors", into)
    answer = records.client.post(f"/v1/actors/{one}/merge", json={"into": into})
    assert became in records.expect(409, answer)["detail"]
    records.read("actors", one)


# Hosts.


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("attest.example.org:8000", 200),
        ("[::1]:8000", 200),
        ("", 400),
        ("a b", 400),
        ("a/b", 400),
        ("evil.example,other", 400),
        ("a@b", 400),
        ("a:port", 400),
        ("a:65535", 200),
        ("a:65536", 400),
    ],
)
def test_a_host(client, host, status):
    """A host is one host; on loopback any will do."""
    answer = client.get("/v1/actors", headers={"Host": host})
    assert answer.status_code == status
    if status == 400:
        assert answer.get_json()["errors"][0]["header"] == "Host"


# Codings.


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("gzip;q=0", None),
        ("br", None),
        (None, None),
    ],
)
def test_codings(panjshir, accepted, coding):
    """Answers over 1 kB are compressed as the client likes, and say so; nothing else changes."""
    headers = {"Accept-Encoding": accepted} if accepted else {}
    plain = panjshir.get("/v1/events?limit=20")
    answer = panjshir.get("/v1/events?limit=20", headers=headers)
    unpack = {"gzip": gzip.decompress, "zstd": zstd.decompress, None: bytes}[coding]
    assert answer.headers.get("Content-Encoding") == coding
    assert unpack(answer.data) == plain.data
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    if coding:
        assert len(answer.data) < len(plain.data) / 4


def test_tags_of_codings(panjshir):
    """Each coding of a record has a strong ETag of its own, by which it is known and written."""
    [event] = panjshir.get("/v1/events?external_id=seed:E1&fields=id").get_json()["items"]
    address, packed = f"/v1/events/{event['id']}", {"Accept-Encoding": "gzip"}
    plain, coded = panjshir.get(address), panjshir.get(address, headers=packed)
    assert coded.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    for answer in (plain, coded):
        tag = answer.headers["ETag"]
        again = panjshir.get(address, headers={**packed, "If-None-Match": tag})
        assert (again.status_code, again.headers["ETag"], again.data) == (304, tag, b"")
    headers = {"If-Match": coded.headers["ETag"]}
    assert panjshir.patch(address, json={"tags": ["x"]}, headers=headers).status_code == 200


def test_the_description_is_known_by_its_tag(client):
    """The description is made once, and not sent again to whoever has it."""
    for path in ("/openapi.yaml", "/openapi.json"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


# Hostile bodies.


def test_many_faults_are_counted(records):
    """The first 100 faults are listed, the rest counted."""
    sent = {"dataset": "d", "name": "A", **{f"unknown{n}": 1 for n in range(5_000)}}
    answer = records.client.post("/v1/actors", json=sent)
    problem = records.expect(422, answer)
    assert len(problem["errors"]) == 100
    assert problem["further_errors"] == 4_900
    assert len(answer.data) < 20_000


def test_a_bundle_of_too_many_records(records):
    """A bundle has as many records as the setting says."""
    actors = [{"name": "A"}] * 10_001
    answer = records.client.post("/v1/bundles", json={"dataset": "d", "actors": actors})
    [fault] = records.expect(422, answer)["errors"]
    assert (fault["pointer"], fault["code"]) == ("", "length")


def test_matches_for_too_many_names(records):
    """Names and participants of a request for matches are counted together."""
    many = [{"participants": [{"name": "A"}] * 20}] * 51
    answer = records.client.post("/v1/events/match", json={"queries": many})
    assert records.expect(422, answer)["errors"][0]["code"] == "length"
