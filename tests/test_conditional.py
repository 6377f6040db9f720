"""Writes that cannot go wrong unnoticed: versions, merges, tombstones, safe retries, dry runs."""

import json
from threading import Thread
from uuid import uuid4

import pytest
from support.parameters import SCHEMAS
from support.problems import is_problem
from support.resources import MINIMAL, NOBODY, RESOURCES, in_dataset
from support.service import Client, key_of

from models import keys

EXAMPLES = json.loads(
    """[
    [{"a": "b"}, {"a": "c"}, {"a": "c"}],
    [{"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}],
    [{"a": "b"}, {"a": null}, {}],
    [{"a": "b", "b": "c"}, {"a": null}, {"b": "c"}],
    [{"a": ["b"]}, {"a": "c"}, {"a": "c"}],
    [{"a": "c"}, {"a": ["b"]}, {"a": ["b"]}],
    [{"a": {"b": "c"}}, {"a": {"b": "d", "c": null}}, {"a": {"b": "d"}}],
    [{"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{"a": "b"}, ["c"], ["c"]],
    [{"a": "foo"}, null, null],
    [{"a": "foo"}, "bar", "bar"],
    [{"e": null}, {"a": 1}, {"e": null, "a": 1}],
    [[1, 2], {"a": "b", "c": null}, {"a": "b"}],
    [{}, {"a": {"bb": {"ccc": null}}}, {"a": {"bb": {}}}]
    ]"""
)
"""RFC 7396, appendix A: a document, a patch, and what becomes of it."""

OPTIONAL = {
    "locations": {"point": [69.46, 35.31]},
    "events": {"date": "2021-08"},
    "statements": {"date": "2021-08"},
}
"""What a record is sent with beside the least that makes one, and by which it is found."""


@pytest.fixture(params=RESOURCES)
def made(request, client):
    """Make a record, of each resource in turn; give its path, and the answer to its creation."""
    path = f"/v1/{request.param}"
    client.post("/v1/datasets", json={"id": "d"})
    sent = {"id": "x"} if request.param == "datasets" else in_dataset(request.param)
    answer = client.post(path, json=own(path) | sent)
    assert answer.status_code == 201
    return answer.headers["Location"], answer


@pytest.fixture
def actor(client):
    """Make an actor, and give its path."""
    client.post("/v1/datasets", json={"id": "d"})
    answer = client.post("/v1/actors", json={"dataset": "d", "name": "A", "tags": ["t"]})
    return answer.headers["Location"]


def own(path):
    """Give what of a small record is written at a path, without its dataset."""
    resource = path.split("/")[2]
    return {**MINIMAL[resource], **OPTIONAL.get(resource, {}), "attributes": {"a": 1}}


def change(client, path, patch=None, tag="*", **more):
    """Patch a record, by default whatever stands."""
    headers = {"If-Match": tag} if tag else {}
    return client.patch(
        path, json={"tags": ["new"]} if patch is None else patch, headers=headers, **more
    )


# Reading what is known already.


def test_a_record_has_a_strong_tag(client, made):
    """Whoever creates or reads a record gets its ETag, and the same one until it changes."""
    path, answer = made
    tag = answer.headers["ETag"]
    assert not tag.startswith("W/")
    read = client.get(path)
    assert (read.headers["ETag"], read.get_json()) == (tag, answer.get_json())
    changed = change(client, path)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert client.get(path).headers["ETag"] == changed.headers["ETag"]
    assert changed.get_json()["version"] == 2


def test_a_client_that_has_it_already(client, made):
    """If-None-Match compares weakly (RFC 9110, 13.1.2); what the client has is not sent again."""
    path, answer = made
    tag = answer.headers["ETag"]
    for sent, status in (
        (tag, 304),
        ("*", 304),
        (f'"x", {tag}, "y"', 304),
        ('"x","y"', 200),
        (f"W/{tag}", 304),
        (f'"x", W/{tag}', 304),
        ('W/"x"', 200),
        ("", 200),
    ):
        read = client.get(path, headers={"If-None-Match": sent})
        assert (read.status_code, read.headers["ETag"]) == (status, tag), sent
        assert bool(read.get_data()) == (status == 200)


def test_a_client_that_has_what_stood_before(client, made):
    """After a change, the old tag brings the new record."""
    path, answer = made
    change(client, path)
    read = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert read.status_code == 200
    assert read.get_json()["version"] == 2


def test_what_is_embedded_is_part_of_what_a_client_has(client, actor):
    """A tag that was sent with an embedded record no longer fits when that has changed."""
    sent = {"dataset": "d", "type": "protest", "participants": [{"role": "target"}]}
    sent["participants"][0]["actor_id"] = actor.rpartition("/")[2]
    event = client.post("/v1/events", json=sent).headers["Location"]
    before = client.get(f"{event}?expand=participants.actor")
    assert change(client, actor, {"name": "B"}).status_code == 200
    headers = {"If-None-Match": before.headers["ETag"]} if "ETag" in before.headers else {}
    after = client.get(f"{event}?expand=participants.actor", headers=headers)
    assert after.status_code == 200
    assert after.get_json()["participants"][0]["actor"]["name"] == "B"


def test_what_is_derived_changes_the_tag(panjshir, found):
    """A strong tag changes with every byte: with an attestation, though nobody edits the event."""
    event = found("events", "E4")
    path = f"/v1/events/{event['id']}"
    before = panjshir.get(path)
    for seed in ("S11", "S10"):  # the answer before what it answers
        statement = found("statements", seed)["id"]
        gone = panjshir.delete(f"/v1/statements/{statement}", headers={"If-Match": "*"})
        assert gone.status_code == 204
    after = panjshir.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json()["attestation"] != event["attestation"]
    assert after.get_json()["version"] == event["version"]


def test_head(client, made):
    """HEAD says of a record and of a list what GET says, without the body."""
    path, _ = made
    for address in (path, path.rpartition("/")[0]):
        head, read = client.head(address), client.get(address)
        assert (head.status_code, head.get_data()) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Link"):
            assert head.headers.get(name) == read.headers.get(name)


# Which version a change is about.


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_of_something_unsaid(client, made, method):
    """Who does not say which version is about to be changed is asked to."""
    path, answer = made
    refused = client.open(path, method=method, json=None if method == "DELETE" else {"name": "B"})
    is_problem(refused, 428)
    assert client.get(path).get_json() == answer.get_json()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("sent", ['"x"', "{old}", "W/{tag}", '"x", {old}', "W/{old}", "1.0"])
def test_a_change_of_what_no_longer_stands(client, actor, method, sent):
    """A stale tag is 412 with the record as it stands; a weak one never matches (13.1.1)."""
    old = client.get(actor).headers["ETag"]
    current = change(client, actor)
    sent = sent.replace("{old}", old).replace("{tag}", current.headers["ETag"])
    body = None if method == "DELETE" else {"dataset": "d", "name": "B"}
    answer = client.open(actor, method=method, json=body, headers={"If-Match": sent})
    assert is_problem(answer, 412)["current"] == current.get_json()
    assert client.get(actor).get_json() == current.get_json()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("sent", ["{tag}", "*", '"x", {tag}', 'W/"x", {tag} , "y"'])
def test_a_change_of_what_stands(client, actor, method, sent):
    """One tag that fits is enough, and * fits whatever stands."""
    tag = client.get(actor).headers["ETag"]
    body = None if method == "DELETE" else {"dataset": "d", "name": "B"}
    headers = {"If-Match": sent.replace("{tag}", tag)}
    answer = client.open(actor, method=method, json=body, headers=headers)
    assert answer.status_code == (204 if method == "DELETE" else 200)


def test_of_two_who_read_the_same_version_one_is_told(client, actor):
    """The second of two changes of the same version does not undo the first."""
    tag = client.get(actor).headers["ETag"]
    assert change(client, actor, {"name": "B"}, tag).status_code == 200
    assert is_problem(change(client, actor, {"name": "C"}, tag), 412)["current"]["name"] == "B"


@pytest.mark.parametrize("tag", ['""', '"", "x"'])
def test_an_empty_tag_is_of_no_version(client, actor, tag):
    """It is a tag (RFC 9110, 8.8.3), and matches nothing here."""
    is_problem(change(client, actor, tag=tag), 412)
    is_problem(client.get(actor, headers={"If-Match": tag}), 412)
    assert client.get(actor, headers={"If-None-Match": tag}).status_code == 200


# Replacing and creating under an id of one's own.


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}])
@pytest.mark.parametrize("resource", RESOURCES)
def test_creating_under_an_id_of_ones_own(client, resource, headers):
    """PUT creates what is not there, with and without If-None-Match: *."""
    client.post("/v1/datasets", json={"id": "d"})
    path = f"/v1/{resource}/{'own' if resource == 'datasets' else uuid4()}"
    sent = MINIMAL[resource] | in_dataset(resource)
    answer = client.put(path, json=sent, headers=headers)
    assert answer.status_code == 201
    assert answer.headers["Location"] == path
    record = answer.get_json()
    assert record["id"] == path.rpartition("/")[2]
    assert record["version"] == 1
    assert record["created_at"] == record["updated_at"]
    read = client.get(path)
    assert (read.get_json(), read.headers["ETag"]) == (record, answer.headers["ETag"])


def test_creating_under_an_id_in_capitals(client):
    """A UUID is the same in capitals (RFC 9562, section 4)."""
    client.post("/v1/datasets", json={"id": "d"})
    path = f"/v1/actors/{NOBODY.upper()}"
    made = client.put(path, json={"dataset": "d", "name": "A"})
    assert made.get_json()["id"] == NOBODY
    assert client.get(path).get_json() == client.get(path.lower()).get_json()


def test_creating_what_is_there(client, made):
    """If-None-Match: * only creates: what is there is 412, and stays."""
    path, answer = made
    sent = own(path) | in_dataset(path.split("/")[2])
    refused = client.put(path, json=sent, headers={"If-None-Match": "*"})
    assert is_problem(refused, 412)["current"] == answer.get_json()


@pytest.mark.parametrize("tag", ["*", '"1.0"'])
def test_replacing_what_is_not_there(client, actor, tag):
    """If-Match on what never was creates nothing."""
    path = f"/v1/actors/{NOBODY}"
    answer = client.put(path, json={"dataset": "d", "name": "A"}, headers={"If-Match": tag})
    assert "current" not in is_problem(answer, 412)
    is_problem(client.get(path), 404)


def test_replacing(client, made):
    """PUT replaces the whole: what is not sent is not known any more."""
    path, answer = made
    before = answer.get_json()
    described = SCHEMAS[f"{path.split('/')[2][:-1].title()}Input"]
    required = {*described["required"]} - {"id"}  # which is in the path
    sent = {"tags": ["only"], **{name: before[name] for name in required}}
    answer = client.put(path, json=sent, headers={"If-Match": answer.headers["ETag"]})
    after = answer.get_json()
    assert (answer.status_code, after["version"], after["tags"]) == (200, 2, ["only"])
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]
    gone = own(path).keys() - sent.keys()
    assert gone
    assert {name: after[name] for name in gone} == {**dict.fromkeys(gone), "attributes": {}}


def test_replacing_by_the_same(client, made):
    """A record put back as it was read, read-only members and all, is no new version."""
    path, answer = made
    before = client.get(path)
    again = client.put(path, json=before.get_json(), headers={"If-Match": before.headers["ETag"]})
    assert again.status_code == 200
    assert (again.get_json(), again.headers["ETag"]) == (answer.get_json(), answer.headers["ETag"])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_made_by_the_service_is_echoed_or_refused(client, made, method):
    """Read-only members may be sent back as they are, but not be changed."""
    path, answer = made
    record = answer.get_json()
    headers = {"If-Match": "*"}
    for name, other in (("version", 2), ("created_at", "2021-08-22T00:00:00.000000Z")):
        same = client.open(path, method=method, json=record, headers=headers)
        assert (same.status_code, same.get_json()["version"]) == (200, 1)
        refused = client.open(path, method=method, json=record | {name: other}, headers=headers)
        [error] = is_problem(refused, 422)["errors"]
        assert (error["pointer"], error["code"]) == (f"/{name}", "read_only")


def test_the_id_of_a_dataset_is_that_of_its_address(client):
    """A dataset is not renamed by what is sent to its address."""
    for sent in ({"id": "other"}, {"id": None}, {"id": 5}):
        [error] = is_problem(client.put("/v1/datasets/d", json=sent), 422)["errors"]
        assert error["pointer"] == "/id"
    client.put("/v1/datasets/d", json={"name": "D"})
    answer = change(client, "/v1/datasets/d", {"id": "other"})
    assert is_problem(answer, 422)["errors"][0]["pointer"] == "/id"
    assert change(client, "/v1/datasets/d", {"id": "d", "name": "E"}).get_json()["name"] == "E"


# Merge patches.


@pytest.mark.parametrize(("original", "patch", "result"), EXAMPLES)
def test_the_examples_of_the_standard(client, actor, original, patch, result):
    """A patch does what appendix A of RFC 7396 says; `attributes` stays an object all the while."""
    record = {"dataset": "d", "name": "A", "attributes": {"x": original}}
    path = client.post("/v1/actors", data=json.dumps(record), content_type="application/json")
    text = json.dumps({"attributes": {"x": patch}})
    answer = client.patch(
        path.headers["Location"],
        data=text,
        content_type="application/merge-patch+json",
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200
    assert answer.get_json()["attributes"] == ({} if result is None else {"x": result})


def test_patching_leaves_the_rest_alone(client, made):
    """A patch changes what it names and nothing else."""
    path, answer = made
    after = change(client, path, {"tags": ["a", "b"], "external_ids": {"x": "1"}}).get_json()
    changes = {"tags": ["a", "b"], "external_ids": {"x": "1"}, "version": 2}
    before = answer.get_json()
    assert after == before | changes | {"updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


def test_patching_nothing(client, made):
    """A patch that changes nothing makes no version."""
    path, answer = made
    for patch in ({}, {"tags": []}, {"attributes": {"x": None}}, {"external_ids": {}}):
        same = change(client, path, patch)
        assert (same.status_code, same.get_json()) == (200, answer.get_json()), patch
        assert same.headers["ETag"] == answer.headers["ETag"]


def test_patching_an_external_id_away(client, actor):
    """Null removes one external id, which another record may have then."""
    change(client, actor, {"external_ids": {"x": "1", "y": "2"}})
    change(client, actor, {"external_ids": {"x": None}})
    assert client.get(actor).get_json()["external_ids"] == {"y": "2"}
    assert client.get("/v1/actors?external_id=x:1").get_json()["items"] == []
    other = {"dataset": "d", "name": "B", "external_ids": {"x": "1"}}
    assert client.post("/v1/actors", json=other).status_code == 201
    refused = change(client, actor, {"external_ids": {"x": "1"}})
    [error] = is_problem(refused, 409)["errors"]
    assert error["pointer"] == "/external_ids/x"
    assert "/v1/actors/" in error["detail"]


def test_patching_away_what_is_needed(client, actor):
    """What is required cannot be removed; all that is wrong is listed."""
    answer = change(client, actor, {"name": None, "dataset": None, "kind": "robot", "x": 1})
    found = {error["pointer"]: error["code"] for error in is_problem(answer, 422)["errors"]}
    assert found == {
        "/name": "required",
        "/dataset": "required",
        "/kind": "unknown",
        "/x": "unknown",
    }


def test_patching_an_unknown_name_away(client, actor):
    """Null for what does not exist is a mistake as well: probably another name was meant."""
    [error] = is_problem(change(client, actor, {"descripton": None}), 422)["errors"]
    assert (error["pointer"], error["code"]) == ("/descripton", "unknown")


# Withdrawing.


def test_withdrawing(client, made):
    """What was withdrawn is 410 from then on, with its tombstone, and in no list."""
    path, answer = made
    gone = client.delete(path, headers={"If-Match": answer.headers["ETag"]})
    assert (gone.status_code, gone.get_data()) == (204, b"")
    sent = own(path) | in_dataset(path.split("/")[2])
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None), ("PUT", sent)):
        for headers in ({"If-Match": "*"}, {}):
            refused = client.open(path, method=method, json=body, headers=headers)
            tombstone = is_problem(refused, 410)["tombstone"]
            assert tombstone["id"] == answer.get_json()["id"]
            assert tombstone["version"] == 2
            assert tombstone["comment"] is None
            assert tombstone["withdrawn_at"] > answer.get_json()["updated_at"]
    assert client.head(path).status_code == 410
    found = client.get(path.rpartition("/")[0] + "?total=exact").get_json()
    assert answer.get_json()["id"] not in {item["id"] for item in found["items"]}
    assert found["total"] == len(found["items"])


def test_what_others_refer_to_is_not_withdrawn(client, actor):
    """Who would withdraw what others point at is told who they are."""
    actor_id = actor.rpartition("/")[2]
    sent = {
        "dataset": "d",
        "type": "protest",
        "participants": [{"actor_id": actor_id, "role": "target"}],
    }
    event = client.post("/v1/events", json=sent).headers["Location"]
    [error] = is_problem(client.delete(actor, headers={"If-Match": "*"}), 409)["errors"]
    assert event in error["detail"]
    assert (
        len(is_problem(client.delete("/v1/datasets/d", headers={"If-Match": "*"}), 409)["errors"])
        == 2
    )
    assert client.delete(event, headers={"If-Match": "*"}).status_code == 204
    assert client.delete(actor, headers={"If-Match": "*"}).status_code == 204


# Safe retries.


def as_other(client, scope="write"):
    """Give a client with another key of the same service."""
    other = client.application.test_client()
    assert isinstance(other, Client)
    pool = client.application.extensions["pool"]
    other.secret = keys.create(pool.getconn(), "other", [scope])[1]
    return other


def create(client, name, sent=None, key="retry", path="/v1/actors", **more):
    """Create an actor with an Idempotency-Key."""
    sent = {"dataset": "d", "name": name} if sent is None else sent
    return client.post(path, json=sent, headers={"Idempotency-Key": key}, **more)


def names(client):
    """List the names of all actors, the oldest first."""
    return [item["name"] for item in client.get("/v1/actors?sort=created_at").get_json()["items"]]


def same(one, other):
    """Tell whether two answers are the same, but for the request's id."""
    parts = [(answer.status_code, answer.get_data()) for answer in (one, other)]
    parts = [
        (*part, *(answer.headers.get(name) for name in ("ETag", "Location", "Content-Type")))
        for part, answer in zip(parts, (one, other), strict=True)
    ]
    return parts[0] == parts[1]


@pytest.mark.parametrize(
    "key", ["retry", "a b", "x" * 255, "8e03978e-40d5-43dd-bc93-6894a57f9324", "é"]
)
def test_sending_again(client, actor, key):
    """A creation sent again is answered as it was, and done once."""
    first = create(client, "B", key=key)
    assert first.status_code == 201
    assert same(create(client, "B", key=key), first)
    assert change(client, first.headers["Location"], {"name": "C"}).status_code == 200
    assert same(create(client, "B", key=key), first)
    assert names(client) == ["A", "C"]


def test_sending_a_bundle_again(client):
    """Whole articles can be sent again as well."""
    bundle = {"dataset": "d", "actors": [{"ref": "a", "name": "A"}]}
    first = create(client, "", bundle, path="/v1/bundles")
    assert first.status_code == 201
    assert same(create(client, "", bundle, path="/v1/bundles"), first)
    assert names(client) == ["A"]


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"dataset": "d", "name": "C"}, "/v1/actors"),
        ({"dataset": "d", "name": "B", "tags": ["x"]}, "/v1/actors"),
        ({"dataset": "d", "name": "B"}, "/v1/locations"),
        ({"dataset": "d", "name": "B"}, "/v1/actors?dry_run=true"),
    ],
)
def test_sending_something_else_with_the_same_key(client, actor, sent, path):
    """A key that was used for one request is not for another."""
    create(client, "B")
    is_problem(create(client, "", sent, path=path), 422)
    assert names(client) == ["A", "B"]
    assert client.get("/v1/locations").get_json()["items"] == []


def test_the_same_key_of_somebody_else(client, actor):
    """Each holder's Idempotency-Keys are their own."""
    other = as_other(client)
    assert not same(create(other, "B"), create(client, "B"))
    assert names(client) == ["A", "B", "B"]


def test_a_refused_request_leaves_the_key(client, actor):
    """What was refused may be corrected and sent with the same key."""
    is_problem(create(client, "", {"dataset": "d"}), 422)
    is_problem(create(client, "", {"dataset": "nowhere", "name": "B"}), 422)
    assert create(client, "B").status_code == 201
    assert names(client) == ["A", "B"]


def test_a_dry_run_leaves_the_key(client, actor):
    """What was only tried may be done with the same key."""
    assert create(client, "B", path="/v1/actors?dry_run=true").status_code == 201
    assert names(client) == ["A"]
    first = create(client, "B")
    assert same(create(client, "B"), first)
    assert names(client) == ["A", "B"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none(client, actor, key):
    """An Idempotency-Key of no or of too many characters is a fault of the header, and named."""
    [error] = is_problem(create(client, "B", key=key), 400)["errors"]
    assert error["header"] == "Idempotency-Key"
    assert names(client) == ["A"]


def test_sending_twice_at_once(fresh):
    """Of two that arrive together, one is done, and both are answered the same."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "write")
    client.post("/v1/datasets", json={"id": "d"})
    answers = []

    def send():
        own_client = app.test_client()
        own_client.secret = client.secret
        answers.append(create(own_client, "B"))

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert names(client) == ["B"]


# Dry runs.


def everything(client):
    """Give all that is stored, in every table."""
    connection = client.application.extensions["pool"].getconn()
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    return {
        name: sorted(
            connection.execute(f'SELECT "{name}"::text FROM "{name}"').fetchall()  # noqa: S608
        )
        for (name,) in tables
    }


def test_a_dry_run_keeps_nothing(client, made):
    """Every write can be tried: the answer is the same, and nothing at all is kept."""
    path, answer = made
    resource = path.split("/")[2]
    sent = own(path) | in_dataset(resource)
    new = f"/v1/{resource}/{'new' if resource == 'datasets' else uuid4()}"
    posted = sent | ({"id": "new"} if resource == "datasets" else {})
    before = everything(client)
    tag = {"If-Match": answer.headers["ETag"]}
    tried = [
        client.post(f"/v1/{resource}?dry_run=true", json=posted),
        client.put(f"{new}?dry_run=true", json=sent),
        client.put(f"{path}?dry_run=true", json=sent | {"tags": ["x"]}, headers=tag),
        client.patch(f"{path}?dry_run=true", json={"tags": ["y"]}, headers=tag),
        client.delete(f"{path}?dry_run=true", headers=tag),
    ]
    assert [each.status_code for each in tried] == [201, 201, 200, 200, 204]
    assert tried[1].get_json()["id"] == new.rpartition("/")[2]
    assert (tried[2].get_json()["tags"], tried[2].get_json()["version"]) == (["x"], 2)
    assert (tried[3].get_json()["tags"], tried[3].get_json()["version"]) == (["y"], 2)
    assert everything(client) == before
    assert client.get(path).get_json() == answer.get_json()


def test_a_dry_run_of_a_bundle_keeps_nothing(client):
    """A whole article can be tried as well, even one with an Idempotency-Key."""
    bundle = {
        "dataset": "d",
        "actors": [{"ref": "a", "name": "A"}],
        "events": [{"type": "protest"}],
    }
    before = everything(client)
    answer = create(client, "", bundle, path="/v1/bundles?dry_run=true")
    assert (answer.status_code, answer.get_json()["created"]["actors"]) == (201, 1)
    assert everything(client) == before


def test_a_dry_run_refuses_alike(client, actor):
    """What would be refused is refused when it is tried."""
    is_problem(client.post("/v1/actors?dry_run=true", json={"dataset": "d"}), 422)
    is_problem(change(client, f"{actor}?dry_run=true", tag=None), 428)
    is_problem(change(client, f"{actor}?dry_run=true", tag='"x"'), 412)
    is_problem(change(client, f"/v1/actors/{NOBODY}?dry_run=true"), 404)
    is_problem(client.delete("/v1/datasets/d?dry_run=true", headers={"If-Match": "*"}), 409)


def test_a_dry_run_is_no_dry_run_when_false(client):
    """dry_run=false does it."""
    assert client.post("/v1/datasets?dry_run=false", json={"id": "d"}).status_code == 201
    assert client.get("/v1/datasets/d").status_code == 200


def test_a_number_written_otherwise_is_no_change(client):
    """35 is 35.0, wherever a number stands; but 1 is not true."""
    body = {"dataset": "d", "name": "A", "point": [69, 35], "attributes": {"a": [35, {"b": 1}]}}
    client.post("/v1/datasets", json={"id": "d"})
    address = client.post("/v1/locations", json=body).headers["Location"]
    star = {"If-Match": "*"}
    same = {"point": [69.0, 35.0], "attributes": {"a": [35.0, {"b": 1.0}]}}
    assert client.patch(address, json=same, headers=star).get_json()["version"] == 1
    other = {"attributes": {"a": [35, {"b": True}]}}
    assert client.patch(address, json=other, headers=star).get_json()["version"] == 2
