"""What is sent in a body, and everything that can be wrong with it before it is even read."""

import gzip
import json
from io import BytesIO
from uuid import uuid4

import pytest
from support.parameters import SCHEMAS as INPUTS
from support.problems import is_problem
from support.resources import NOBODY, RECORDS, RESOURCES
from support.service import client_on

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

POSTED = (*RESOURCES, "bundles", "keys")
"""The sections that take a body."""


@pytest.fixture
def dataset(client):
    """Make a dataset to put records into."""
    client.post("/v1/datasets", json={"id": "d"})
    return "d"


@pytest.fixture(scope="module")
def refusing(loaded, settings):
    """Give a client of a service that refuses whatever it is sent, and so stays as it is."""
    with client_on(loaded, settings) as client:
        client.post("/v1/datasets", json={"id": "d"})
        yield client


def post(client, text, path="/v1/actors", **more):
    """Send a body as it is written."""
    return client.post(path, data=text, **({"content_type": JSON} | more))


def faults(answer):
    """Give what is wrong with the body, as {pointer: code}."""
    return {error["pointer"]: error["code"] for error in is_problem(answer, 422)["errors"]}


# What is no JSON.


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b'{"dataset": "d"',
        b"{'dataset': 'd'}",
        b'{"a": 1,}',
        b'{"a": 01}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"a": "\n"}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": [-Infinity]}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": [{"c": 1, "d": 2, "c": 1}]}}',
        b"{}{}",
        b"name=x",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_is_no_json(refusing, text):
    """What is not JSON, or is read differently by others, is 400, however it is broken."""
    for resource in POSTED:
        is_problem(post(refusing, text, f"/v1/{resource}"), 400)


def test_a_name_that_stands_twice_is_named(refusing):
    """Duplicate names would be read differently by others (RFC 8259, section 4)."""
    answer = post(refusing, '{"name": "a", "attributes": {"x": 1, "y": 2, "x": 3}}')
    assert '"x" stands twice' in is_problem(answer, 400)["detail"]


def test_a_number_of_5000_digits(refusing):
    """A number that takes long to read is refused in words that are not Python's."""
    problem = post(
        refusing, f'{{"dataset": "d", "name": "a", "attributes": {{"n": {"9" * 5_000}}}}}'
    )
    assert problem.status_code in {400, 422}
    assert "sys." not in is_problem(problem, problem.status_code)["detail"]


@pytest.mark.parametrize("text", ["[]", '"text"', "1", "null", "true", "[{}]"])
def test_a_body_that_is_no_object(refusing, text):
    """A body is an object; anything else is one fault, of the whole."""
    for resource in POSTED:
        assert faults(post(refusing, text, f"/v1/{resource}")) == {"": "type"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("text", ["[]", "null", "1"])
def test_a_replacement_that_is_no_object(refusing, method, text):
    """Nor is a record ever replaced or patched by anything else."""
    answer = refusing.open(
        f"/v1/actors/{NOBODY}",
        method=method,
        data=text,
        content_type=JSON,
        headers={"If-Match": "*"},
    )
    assert faults(answer) == {"": "type"}


# What is JSON, but cannot be kept.


@pytest.mark.parametrize(
    ("attributes", "wrong"),
    [
        (r'{"n": 12345678901234567890}', {"/attributes/n": "range"}),
        (r'{"n": 9223372036854775808}', {"/attributes/n": "range"}),
        (r'{"n": -9223372036854775809}', {"/attributes/n": "range"}),
        (r'{"n": [1, {"m": 123456789012345678901}]}', {"/attributes/n/1/m": "range"}),
        (r'{"n": 1e400}', {"/attributes/n": "range"}),
        (r'{"n": -1e400}', {"/attributes/n": "range"}),
        (r'{"n": "a\u0000b"}', {"/attributes/n": "nul"}),
        (r'{"a\u0000b": 1}', {"/attributes/a\0b": "nul"}),
        (r'{"n": "\ud83d"}', {"/attributes/n": "surrogate"}),
        (r'{"n": "\udc00\ud800"}', {"/attributes/n": "surrogate"}),
        (r'{"a/b~c": "\u0000"}', {"/attributes/a~1b~0c": "nul"}),
        (
            r'{"a": "\u0000", "b": 1e999, "c": ["\ud800", 99999999999999999999]}',
            {
                "/attributes/a": "nul",
                "/attributes/b": "range",
                "/attributes/c/0": "surrogate",
                "/attributes/c/1": "range",
            },
        ),
    ],
)
def test_what_cannot_be_kept(refusing, attributes, wrong):
    """What PostgreSQL or another reader of JSON could not hold is refused where it stands."""
    text = f'{{"dataset": "d", "name": "a", "attributes": {attributes}}}'
    assert faults(post(refusing, text)) == wrong


def test_a_name_with_half_a_surrogate_pair(refusing):
    """A member's name is a text, too; the answer cannot repeat what is not UTF-8."""
    text = r'{"dataset": "d", "name": "a", "attributes": {"\ud800": 1}}'
    [error] = is_problem(post(refusing, text), 422)["errors"]
    assert error["code"] == "surrogate"
    assert error["pointer"].startswith("/attributes")


@pytest.mark.parametrize(
    "attributes",
    [
        {"n": 9_223_372_036_854_775_807, "m": -9_223_372_036_854_775_808},
        {"n": 1.5e300, "zero": 0, "half": -0.5},
        {"n": "🦉", "\U0001f989": '\u2028 \\ " / </script> \x7f \ufffd'},
        {"": {"": [None, True, False, [], {}]}},
        {"a/b": 1, "m~n": 2, "@ref": "@ref", "%s": "%(x)s", "$1": "'; DROP TABLE actors; --"},
    ],
)
def test_what_is_kept_as_it_was_sent(client, dataset, attributes):
    """Whatever can be kept comes back as it was sent, in the same order."""
    sent = json.dumps({"dataset": "d", "name": "a", "attributes": attributes})
    made = post(client, sent)
    assert made.status_code == 201
    read = json.loads(client.get(made.headers["Location"]).get_data())
    assert json.dumps(read["attributes"]) == json.dumps(attributes)


@pytest.mark.parametrize(("levels", "status"), [(99, 201), (101, 422), (900, 422), (3_000, 400)])
def test_nesting(client, dataset, levels, status):
    """Lists and objects may stand in each other, but not so deep that nobody could read them."""
    nested = "[" * levels + "]" * levels
    answer = post(client, f'{{"dataset": "d", "name": "a", "attributes": {{"n": {nested}}}}}')
    assert answer.status_code == status
    if status != 201:
        is_problem(answer, status)


# What it is sent as.


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", MERGE_PATCH, "json"],
)
def test_what_a_body_is_sent_as(refusing, content_type):
    """A body that is not called JSON is not taken for it."""
    for resource in POSTED:
        is_problem(post(refusing, "{}", f"/v1/{resource}", content_type=content_type), 415)


@pytest.mark.parametrize("content_type", [None, "text/plain", MERGE_PATCH])
def test_what_a_replacement_is_sent_as(refusing, content_type):
    """A whole record is no patch."""
    answer = refusing.put(f"/v1/actors/{NOBODY}", data="{}", content_type=content_type)
    is_problem(answer, 415)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (JSON, 200),
        (MERGE_PATCH, 200),
        (f"{MERGE_PATCH}; charset=utf-8", 200),
        (None, 415),
        ("application/json-patch+json", 415),
        ("text/plain", 415),
    ],
)
def test_what_a_patch_is_sent_as(client, dataset, content_type, status):
    """A patch is sent as a merge patch, or as JSON."""
    answer = client.patch(
        "/v1/datasets/d", data='{"name":"D"}', content_type=content_type, headers={"If-Match": "*"}
    )
    assert answer.status_code == status
    if status != 200:
        is_problem(answer, status)


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json; charset=utf-8"])
def test_json_by_its_other_names(client, content_type):
    """Case and charset of a media type do not matter."""
    assert post(client, '{"id":"x"}', "/v1/datasets", content_type=content_type).status_code == 201


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_compressed_body(refusing, coding):
    """A body is sent uncompressed, so that its size is known before it is read."""
    sent = gzip.compress(b'{"id":"x"}')
    is_problem(post(refusing, sent, "/v1/datasets", headers={"Content-Encoding": coding}), 415)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large(migrated, settings, method, chunked):
    """A body beyond max_body is 413, whether its length is given or not."""
    path = "/v1/datasets" if method == "POST" else "/v1/datasets/d"
    small = json.dumps({"id": "d", "description": "x" * (2_048 - 30)})
    with client_on(migrated, {**settings, "max_body": 2_048}) as client:
        for text, status in ((small, None), (json.dumps({"id": "d", "name": "x" * 2_048}), 413)):
            sent = {"input_stream": BytesIO(text.encode())} if chunked else {"data": text}
            environ = {"wsgi.input_terminated": True} if chunked else {}
            answer = client.open(
                path,
                method=method,
                content_type=JSON,
                headers={"If-None-Match": "*"} if method == "PUT" else {"If-Match": "*"},
                environ_overrides=environ,
                **sent,
            )
            if status:
                assert " 2,048 bytes" in is_problem(answer, status)["detail"]
            else:
                assert answer.status_code in {201, 404}


@pytest.mark.parametrize("path", ["match", "search"])
def test_questions_that_are_too_large(refusing, path):
    """A body that only asks is a megabyte at most, for whoever may read can send it."""
    sent = json.dumps({"x" * 1_048_576: 1})
    detail = is_problem(post(refusing, sent, f"/v1/actors/{path}"), 413)["detail"]
    assert detail == "The body has more than 1,048,576 bytes."


@pytest.mark.parametrize(
    ("member", "sent", "code"),
    [
        ("participants", [{"actor_id": NOBODY, "role": "target"}] * 10_001, "invalid"),
        ("external_ids", {f"s{n}": n for n in range(101)}, "length"),
    ],
)
def test_more_than_a_member_may_have(refusing, member, sent, code):
    """A member that is too long is refused as a whole, and its parts are not looked at."""
    sent = {"type": "assault", member: sent}
    found = {(f"/{member}", code), ("/dataset", "required")}
    answer = post(refusing, json.dumps(sent), "/v1/events")
    assert {*faults(answer).items()} == found


# All faults at once.


def test_all_faults_at_once(refusing):
    """Whoever corrects a body is told of everything that is wrong with it, the links too."""
    sent = {
        "dataset": "nowhere",
        "titel": "Siege",
        "id": str(uuid4()),
        "attestation": {"status": "confirmed"},
        "type": "coercion",
        "mode": "restrict",
        "date": "22 August 2021",
        "location_id": NOBODY,
        "fatalities": {"low": 5, "best": 3, "high": -1},
        "participants": [
            {"actor_id": NOBODY, "role": "target"},
            {"role": "aggressor", "label": "x"},
            {"role": "target"},
            "somebody",
        ],
        "mentions": [{"document_id": "x", "quote": ""}],
        "external_ids": {"Seed": "E1", "wikidata": 7},
        "tags": "siege",
        "attributes": [],
    }
    found = faults(refusing.post("/v1/events", json=sent))
    assert found == {
        "/dataset": "not_found",
        "/titel": "unknown",
        "/id": "read_only",
        "/attestation": "read_only",
        "/type": "unknown",
        "/date": "edtf",
        "/location_id": "not_found",
        "/fatalities/high": found["/fatalities/high"],
        "/fatalities/best": "order",
        "/participants/0/actor_id": "not_found",
        "/participants/1/role": "unknown",
        "/participants/2": "required",
        "/participants/3": found["/participants/3"],
        "/mentions/0/document_id": "uuid",
        "/mentions/0/quote": found["/mentions/0/quote"],
        "/external_ids/Seed": "scheme",
        "/external_ids/wikidata": "invalid",
        "/tags": "invalid",
        "/attributes": "invalid",
    }


@pytest.mark.parametrize(
    ("resource", "sent", "where"),
    [
        ("actors", {"nam": "x", "name": "x"}, {"/nam": "name"}),
        ("actors", {"name": "x", "kind": "organisation"}, {"/kind": "organization"}),
        ("events", {"type": "Protest"}, {"/type": "protest"}),
        ("events", {"type": "protest", "patricipants": []}, {"/patricipants": "participants"}),
        ("statements", {"act": "deny", "form": "direct quote"}, {"/form": "direct_quote"}),
        ("keys", {"name": "x", "scopes": ["wirte"]}, {"/scopes/0": "write"}),
        ("bundles", {"actor": []}, {"/actor": "actors"}),
        (
            "bundles",
            {"actors": [{"name": "x", "alias": [], "affiliation": []}]},
            {"/actors/0/affiliation": "affiliations"},
        ),
    ],
)
def test_what_was_probably_meant(refusing, resource, sent, where):
    """Where something near is known, the fault names it."""
    (pointer, meant), *_ = where.items()
    problem = is_problem(refusing.post(f"/v1/{resource}", json={"dataset": "d", **sent}), 422)
    [error] = [error for error in problem["errors"] if error["pointer"] == pointer]
    assert error["code"] == "unknown"
    assert f"Did you mean {meant}?" in error["detail"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": 5}, "/name"),
        ({"name": ["x"]}, "/name"),
        ({"name": "x" * 2_001}, "/name"),
        ({"names": {}}, "/names"),
        ({"names": [None]}, "/names/0"),
        ({"country": "AFG"}, "/country"),
        ({"tags": None}, "/tags"),
        ({"tags": [None]}, "/tags/0"),
        ({"tags": [1]}, "/tags/0"),
        ({"attributes": None}, "/attributes"),
        ({"attributes": "x"}, "/attributes"),
        ({"external_ids": None}, "/external_ids"),
        ({"external_ids": {"x": None}}, "/external_ids/x"),
        ({"external_ids": {"x": 1}}, "/external_ids/x"),
        ({"external_ids": {"x": ""}}, "/external_ids/x"),
        ({"external_ids": {"x": "y" * 501}}, "/external_ids/x"),
        ({"external_ids": {"": "y"}}, "/external_ids/"),
        ({"external_ids": {"x\n": "y"}}, "/external_ids/x\n"),
        ({"dataset": None}, "/dataset"),
        ({"dataset": "D"}, "/dataset"),
        ({"dataset": 1}, "/dataset"),
        ({"dataset": {}}, "/dataset"),
        ({"affiliations": [{"actor_id": 1, "role": "leader"}]}, "/affiliations/0/actor_id"),
        ({"version": 1}, "/version"),
        ({"created_at": "2021-08-22T00:00:00Z"}, "/created_at"),
        ({"retraction": {"reason": "x"}}, "/retraction"),
    ],
)
def test_a_value_of_another_kind(refusing, wrong, pointer):
    """Nothing is turned into what it is not, and nothing is cut."""
    answer = refusing.post("/v1/actors", json={"dataset": "d", "name": "x", **wrong})
    assert pointer in faults(answer)


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (resource, name)
        for resource in RECORDS
        for name, member in INPUTS[f"{resource[:-1].title()}Input"]["properties"].items()
        if "array" in member.get("type", ()) and name != "point"  # which is one value
    ],
)
def test_a_list_with_nothing_in_it(client, dataset, resource, name):
    """Null is no member of a list: what is not known is not in it."""
    described = INPUTS[f"{resource[:-1].title()}Input"]
    sent = {key: described["properties"][key]["example"] for key in described["required"]}
    sent["dataset"] = "d"
    assert client.post(f"/v1/{resource}", json=sent).status_code == 201
    answer = client.post(f"/v1/{resource}", json=sent | {name: [None]})
    assert [*faults(answer)] == [f"/{name}/0"]


@pytest.mark.parametrize("sent", [{}, {"id": None}, {"id": 5}, {"id": {}}, {"id": "A"}, {"id": ""}])
def test_a_dataset_without_a_name(refusing, sent):
    """A dataset's id is its name, and has to be one."""
    assert "/id" in faults(refusing.post("/v1/datasets", json=sent))


def test_what_is_created_twice(refusing):
    """There is one dataset of a name."""
    [error] = is_problem(refusing.post("/v1/datasets", json={"id": "d"}), 409)["errors"]
    assert (error["pointer"], error["code"]) == ("/id", "taken")
