"""Revisions over HTTP: every version with who made it, when, how and why; and going back."""

import copy
from urllib.parse import quote

import pytest
from jsonpatch import JsonPatch
from support.crowds import Crowd, statuses
from support.problems import is_problem
from support.records import STAR, Records
from support.resources import MINIMAL, NOBODY, RECORDS

from schemas.fields.parameters import cursor

PARTS = ("number", "operation", "comment")


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def keyed(client, method, scopes=("admin",)):
    """Make a key whose writes are made in a way; give its id and the headers that use it."""
    sent = {"name": f"{method} key", "scopes": [*scopes], "method": method}
    answer = client.post("/v1/keys", json=sent)
    assert answer.status_code == 201, answer.get_json()
    key = answer.get_json()
    assert key["method"] == method
    return key["id"], {"Authorization": f"Bearer {key['secret']}"}


@pytest.mark.parametrize("resource", RECORDS)
def test_every_write_leaves_a_revision(records, resource):
    """Creating, changing, retracting, withdrawing, restoring: each is a revision that stays."""
    client, one = records.client, records.make(resource)
    address = f"/v1/{resource}/{one}"
    texts = [records.read(resource, one)]
    texts.append(records.change(resource, one, tags=["t"]))
    sent = {
        name: value
        for name, value in {**MINIMAL[resource], "dataset": "d", "attributes": {"a": 1}}.items()
        if resource != "datasets" or name != "dataset"
    }
    texts.append(records.expect(200, client.put(address, json=sent, headers=STAR)))
    texts.append(records.retract(resource, one))
    texts.append(records.lift(resource, one))
    records.withdraw(resource, one)
    texts.append(None)
    texts.append(records.revert(resource, one, 2))
    listed = records.revisions(resource, one)
    assert [(each["number"], each["operation"]) for each in listed] == [
        (1, "create"),
        (2, "change"),
        (3, "change"),
        (4, "retract"),
        (5, "reinstate"),
        (6, "withdraw"),
        (7, "restore"),
    ]
    for each, text in zip(listed, texts, strict=True):
        whole = records.expect(200, client.get(f"{address}/revisions/{each['number']}"))
        assert {**each, "record": text} == whole
        if text:
            assert whole["recorded_at"] == text["updated_at"]
            assert text["version"] == each["number"]
    assert texts[-1]["tags"] == ["t"]
    assert texts[-1]["created_at"] == texts[0]["created_at"]
    assert [each["recorded_at"] for each in listed] == sorted(
        {each["recorded_at"] for each in listed}
    )


def test_what_changes_nothing_leaves_no_revision(records):
    """A PATCH, a PUT or a bundle that says what stands already makes no version."""
    one = records.make("actors", external_ids={"own": "1"})
    stands = records.read("actors", one)
    records.change("actors", one, name="A")
    records.expect(200, records.client.put(f"/v1/actors/{one}", json=stands, headers=STAR))
    actor = {"name": "A", "external_ids": {"own": "1"}}
    records.client.post("/v1/bundles", json={"dataset": "d", "actors": [actor]})
    assert [each["number"] for each in records.revisions("actors", one)] == [1]


def test_true_is_not_one(records):
    """What differs in JSON is a change, also where Python takes both values for the same."""
    one = records.make("actors", attributes={"a": 1})
    for value in (True, 1, False, 0):
        assert records.change("actors", one, attributes={"a": value})["attributes"] == {"a": value}
    assert len(records.revisions("actors", one)) == 5
    records.change("actors", one, attributes={"a": 0.0})
    assert len(records.revisions("actors", one)) == 5


def test_what_is_derived_is_no_revision(records):
    """An event whose attestation is counted anew is of the same revision, as it first stood."""
    event = records.make("events")
    claims = [{"event_id": event, "stance": "asserts", "aspect": "occurrence"}]
    records.make("statements", claims=claims, speaker_label="a")
    assert records.read("events", event)["attestation"]["status"] == "claimed"
    [revision] = records.revisions("events", event)
    assert (revision["number"], revision["operation"]) == (1, "create")
    shown = records.client.get(f"/v1/events/{event}/revisions/1").get_json()["record"]
    assert shown["attestation"]["status"] == "unattested"


def test_revisions_page_by_page(records):
    """Revisions are listed both ways, cut into pages that follow each other, without a gap."""
    one = records.make("actors")
    for number in range(6):
        records.change("actors", one, name=str(number))
    for sort, numbers in (("number", [*range(1, 8)]), ("-number", [*range(7, 0, -1)])):
        for limit in (1, 2, 3, 7, 1000):
            found, query = [], {"sort": sort, "limit": limit}
            while True:
                address = f"/v1/actors/{one}/revisions"
                answer = records.client.get(address, query_string=query)
                page = records.expect(200, answer)
                assert len(page["items"]) <= limit
                found += [each["number"] for each in page["items"]]
                assert ("Link" in answer.headers) == (page["next_cursor"] is not None)
                if page["next_cursor"] is None:
                    break
                assert quote(page["next_cursor"]) in answer.headers["Link"]
                query["cursor"] = page["next_cursor"]
            assert found == numbers


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("sort=name", "sort"),
        ("cursor=x", "cursor"),
        ("total=exact", "total"),
        ("as_of=x%2F", "as_of"),
    ],
)
def test_a_wrong_question_for_revisions(records, query, parameter):
    """What a list of revisions cannot be asked is refused by its name."""
    one = records.make("actors")
    answer = records.client.get(f"/v1/actors/{one}/revisions?{query}")
    [fault] = is_problem(answer, 400)["errors"]
    assert fault["parameter"] == parameter


def test_a_cursor_of_other_revisions(records):
    """A cursor of a list of records, of another order, or of no number, is refused."""
    one = records.make("actors")
    records.make("actors")
    records.change("actors", one, name="B")
    lists = records.client.get("/v1/actors?limit=1").get_json()["next_cursor"]
    address = f"/v1/actors/{one}/revisions"
    other = records.client.get(f"{address}?limit=1&sort=number").get_json()["next_cursor"]
    for foreign in (lists, other):
        answer = records.client.get(address, query_string={"cursor": foreign})
        [fault] = is_problem(answer, 400)["errors"]
        assert fault["parameter"] == "cursor"


@pytest.mark.parametrize("key", ["x", "", "1.5", "99999999999999999999", "-1", None])
def test_a_forged_cursor(records, key):
    """A cursor that somebody made up is refused, or answered like any other; it never fails."""
    one = records.make("actors")
    made = cursor("-number", key, "") if key is not None else "bnVsbA"
    answer = records.client.get(f"/v1/actors/{one}/revisions", query_string={"cursor": made})
    assert answer.status_code in {200, 400}, answer.get_json()
    if answer.status_code == 400:
        assert answer.get_json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/v1/actors/{NOBODY}/revisions", 404),
        (f"/v1/actors/{NOBODY}/revisions/1", 404),
        (f"/v1/actors/{NOBODY}/revisions/1/diff", 404),
        ("/v1/datasets/nowhere/revisions", 404),
        ("/v1/datasets/No!/revisions", 404),
        ("/v1/actors/{one}/revisions/0", 404),
        ("/v1/actors/{one}/revisions/3", 404),
        ("/v1/actors/{one}/revisions/99999999999999999999", 404),
        ("/v1/actors/{one}/revisions/3/diff", 404),
        ("/v1/actors/{one}/revisions/1/diff?against=3", 404),
        ("/v1/actors/{one}/revisions/1/diff?against=0", 400),
        ("/v1/actors/{one}/revisions/1/diff?against=x", 400),
        ("/v1/actors/{one}/revisions/1/diff?against=99999999999999999999", 400),
        ("/v1/actors/{one}/revisions/1/diff?against=2147483647", 404),
        ("/v1/actors/{one}/revisions/1?limit=1", 400),
    ],
)
def test_a_revision_that_is_not_there(records, path, status):
    """What never was is 404, for records as for numbers; what is no number is 400."""
    one = records.make("actors")
    records.change("actors", one, name="B")
    is_problem(records.client.get(path.format(one=one)), status)


def test_revisions_of_what_was_withdrawn_or_merged(records):
    """A tombstone's and a merged record's own revisions stay readable under its own id."""
    gone, one, into = (records.make("actors", name=name) for name in "abc")
    records.withdraw("actors", gone)
    records.merge("actors", one, into)
    for record, last in ((gone, "withdraw"), (one, "merge")):
        assert [each["operation"] for each in records.revisions("actors", record)] == [
            "create",
            last,
        ]
        whole = records.client.get(f"/v1/actors/{record}/revisions/2").get_json()
        assert whole["record"] is None


# Comparing.


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"name": "A"}, {"name": "B"}),
        ({"tags": ["a", "b", "c"]}, {"tags": ["c", "a"]}),
        ({"tags": []}, {"tags": ["a"] * 3}),
        ({"attributes": {"a/b": 1, "c~d": 2, "": 3}}, {"attributes": {"a~1b": 1, "~": [None, 0]}}),
        ({"attributes": {"a": [1, 2, {"x": [1]}]}}, {"attributes": {"a": [{"x": [1]}, 1, 2]}}),
        ({"attributes": {"a": 1}}, {"attributes": {"a": True}}),
        ({"attributes": {"a": 0}}, {"attributes": {"a": False}}),
        ({"attributes": {"a": 1, "b": 2}}, {"attributes": {"a": 1.0, "b": 3}}),
        ({"attributes": {"a": None}}, {"attributes": {}}),
        ({"attributes": {"1": "x", "0": "y"}}, {"attributes": {"0": "x", "1": "y"}}),
        (
            {"names": [{"name": "x"}, {"name": "y"}]},
            {"names": [{"name": "y", "language": "en"}, {"name": "z"}, {"name": "x"}]},
        ),
        ({"external_ids": {"a": "1"}}, {"external_ids": {"a": "2", "b": "1"}}),
        ({"description": "x"}, {"description": None}),
        ({"attributes": {"a": [*range(20_000)]}}, {"attributes": {"a": [*range(20_000)][::-1]}}),
    ],
)
def test_a_difference_makes_the_one_of_the_other(records, earlier, later):
    """The JSON Patch, applied to one revision, is the other, in either direction."""
    one = records.make("actors", **earlier)
    address = f"/v1/actors/{one}"
    sent = {"dataset": "d", "name": "A", **later}
    records.expect(200, records.client.put(address, json=sent, headers=STAR))
    texts = {
        number: records.client.get(f"{address}/revisions/{number}").get_json()["record"]
        for number in (1, 2)
    }
    for number, against in ((2, 1), (1, 2), (2, 2)):
        query = {"against": against}
        answer = records.client.get(f"{address}/revisions/{number}/diff", query_string=query)
        patch = records.expect(200, answer)
        assert answer.mimetype == "application/json-patch+json"
        assert repr(JsonPatch(patch).apply(copy.deepcopy(texts[against]))) == repr(texts[number])
    by_itself = records.client.get(f"{address}/revisions/2/diff").get_json()
    assert by_itself == records.client.get(f"{address}/revisions/2/diff?against=1").get_json()
    assert records.client.get(f"{address}/revisions/2/diff?against=2").get_json() == []


def test_a_difference_from_nothing(records):
    """Where there was no record, before the first revision or at a tombstone, stands null."""
    one = records.make("actors")
    records.withdraw("actors", one)
    records.revert("actors", one, 1)
    address = f"/v1/actors/{one}/revisions"
    texts = [records.client.get(f"{address}/{number}").get_json()["record"] for number in (1, 2, 3)]
    assert texts[1] is None
    for number in (1, 2, 3):
        patch = records.client.get(f"{address}/{number}/diff").get_json()
        assert patch == [{"op": "replace", "path": "", "value": texts[number - 1]}]
    assert records.client.get(f"{address}/2/diff?against=2").get_json() == []


# Who, how and why.


@pytest.mark.parametrize("method", ["human", "model", "import"])
def test_a_revision_tells_how_it_was_made(records, method):
    """The key that writes says how what it writes is made; the revision names the key."""
    key_id, headers = keyed(records.client, method)
    answer = records.client.post("/v1/actors", json={"dataset": "d", "name": "A"}, headers=headers)
    [revision] = records.revisions("actors", records.expect(201, answer)["id"])
    assert (revision["method"], revision["key_id"], revision["key_name"]) == (
        method,
        key_id,
        f"{method} key",
    )


def test_a_key_makes_by_hand_unless_it_says_otherwise(client):
    """A key's method is `human` by default, shown with it in every answer, and one of three."""
    plain = client.post("/v1/keys", json={"name": "a", "scopes": ["write"]}).get_json()
    assert plain["method"] == "human"
    keyed(client, "model")
    listed = {key["name"]: key["method"] for key in client.get("/v1/keys").get_json()["items"]}
    assert (listed["a"], listed["model key"]) == ("human", "model")
    for wrong in ("robot", "", None, 1, ["human"], "Human"):
        sent = {"name": "a", "scopes": ["write"], "method": wrong}
        [fault] = is_problem(client.post("/v1/keys", json=sent), 422)["errors"]
        assert fault["pointer"].startswith("/method")


def test_each_revision_has_a_key_of_its_own(records):
    """What one key made and another changed names each for its part, even when it is revoked."""
    (person, by_hand), (machine, by_model) = (
        keyed(records.client, "human"),
        keyed(records.client, "model"),
    )
    sent = {"dataset": "d", "name": "A"}
    one = records.client.post("/v1/actors", json=sent, headers=by_model).get_json()["id"]
    address = f"/v1/actors/{one}"
    records.client.patch(address, json={"name": "B"}, headers=by_hand | STAR)
    records.client.delete(address, headers=by_model | STAR)
    assert records.client.delete(f"/v1/keys/{machine}").status_code in {200, 204}
    assert [(each["key_id"], each["method"]) for each in records.revisions("actors", one)] == [
        (machine, "model"),
        (person, "human"),
        (machine, "model"),
    ]
    assert {each["key_name"] for each in records.revisions("actors", one)} == {
        "model key",
        "human key",
    }


WHY = "Цитата неверна - „sic“ 🙂"


def utf8(comment):
    """Write a header's text as it goes over the wire: its bytes, each as a character."""
    return {"Edit-Comment": comment.encode().decode("latin-1")}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (utf8("The dateline says Sunday."), "The dateline says Sunday."),
        (utf8(WHY), WHY),
        (utf8("é" * 500), "é" * 500),
        (utf8("  x  "), "x"),
        ({"Edit-Comment": "caf\xe9"}, "café"),
        ({}, None),
    ],
)
def test_why_a_record_was_written(records, sent, kept):
    """Edit-Comment is kept with what POST, PUT, PATCH, DELETE, retraction and revert make."""
    client = records.client
    both = {**STAR, **sent}
    body = {"dataset": "d", "name": "A"}
    one = records.expect(201, client.post("/v1/actors", json=body, headers=sent))["id"]
    address = f"/v1/actors/{one}"
    records.expect(200, client.put(address, json=body | {"name": "B"}, headers=both))
    records.expect(200, client.patch(address, json={"name": "C"}, headers=both))
    records.expect(200, client.put(f"{address}/retraction", json={"reason": "x"}, headers=both))
    records.expect(200, client.delete(f"{address}/retraction", headers=both))
    records.expect(204, client.delete(address, headers=both))
    records.expect(200, client.post(f"{address}/revert", json={"to": 1}, headers=sent))
    found = [each["comment"] for each in records.revisions("actors", one)]
    assert found == [kept] * 7


def test_why_a_bundle_was_sent(records):
    """The Edit-Comment of a bundle is that of each record it creates or changes, and no other."""
    actors = [{"ref": "a", "name": "A", "external_ids": {"own": "a"}}]
    actors.append({"ref": "b", "name": "B", "external_ids": {"own": "b"}})
    sent = {"dataset": "d", "actors": actors}
    first = records.client.post("/v1/bundles", json=sent, headers={"Edit-Comment": "first"})
    ids = records.expect(201, first)["ids"]
    actors[0]["name"] = "C"
    records.expect(200, records.client.post("/v1/bundles", json=sent, headers=utf8(WHY)))
    assert [each["comment"] for each in records.revisions("actors", ids["a"])] == ["first", WHY]
    assert [each["comment"] for each in records.revisions("actors", ids["b"])] == ["first"]


@pytest.mark.parametrize("sent", ["", " ", "\t", "x" * 501, "é" * 501])
def test_a_comment_that_says_nothing_or_too_much(records, sent):
    """An Edit-Comment of no or of more than 500 characters is refused before anything is done."""
    client = records.client
    one = records.make("actors")
    address, headers = f"/v1/actors/{one}", {**STAR, **utf8(sent)}
    body = {"dataset": "d", "name": "B"}
    answers = [
        client.post("/v1/actors", json=body, headers=headers),
        client.put(address, json=body, headers=headers),
        client.patch(address, json={"name": "B"}, headers=headers),
        client.delete(address, headers=headers),
        client.post("/v1/bundles", json={"dataset": "d", "actors": []}, headers=headers),
        client.put(f"{address}/retraction", json={"reason": "x"}, headers=headers),
        client.post(f"{address}/revert", json={"to": 1}, headers=headers),
        client.post(f"{address}/merge", json={"into": records.make("actors")}, headers=headers),
    ]
    for answer in answers:
        [fault] = is_problem(answer, 400)["errors"]
        assert (fault["header"], fault["code"]) == ("Edit-Comment", "length")
    assert [each["number"] for each in records.revisions("actors", one)] == [1]


def test_a_comment_on_a_read(records):
    """A header that means nothing for a read is no fault of it."""
    one = records.make("actors")
    for comment in ("", "x" * 501, "why"):
        headers = {"Edit-Comment": comment}
        assert records.client.get(f"/v1/actors/{one}", headers=headers).status_code == 200


# Going back.


def test_going_back_is_a_revision_of_its_own(records):
    """Reverting makes the record what it was, as the next version, with what pointed at it."""
    place = records.make("locations")
    one = records.make("events", location_id=place, title="first", tags=["a"])
    before = records.read("events", one)
    records.change("events", one, location_id=None, title="second", tags=[])
    assert records.ids("events", location=place) == []
    after = records.revert("events", one, 1)
    assert {name for name in after if after[name] != before[name]} == {"version", "updated_at"}
    assert after["version"] == 3
    assert records.ids("events", location=place) == [one]
    assert records.revisions("events", one)[-1]["operation"] == "change"


def test_going_back_to_what_stands(records):
    """To revert to what stands already is no new revision, as any write that changes nothing."""
    one = records.make("actors")
    records.revert("actors", one, 1)
    records.revert("actors", one, 1)
    assert records.read("actors", one)["version"] == 1


def test_going_back_brings_and_takes_a_retraction(records):
    """A record is retracted, or not, as it was by the revision that it is reverted to."""
    one = records.make("actors")
    retracted = records.retract("actors", one, reason="wrong")["retraction"]
    assert records.revert("actors", one, 1)["retraction"] is None
    assert one in records.ids("actors")
    assert records.revert("actors", one, 2)["retraction"] == retracted
    assert one not in records.ids("actors")


@pytest.mark.parametrize(
    ("resource", "more"),
    [
        (
            "actors",
            {
                "external_ids": {"own": "x"},
                "affiliations": [{"actor_id": "@actors", "role": "member"}],
            },
        ),
        ("locations", {"parent_id": "@locations", "point": [69.1, 35.2], "names": [{"name": "B"}]}),
        (
            "documents",
            {"publisher_id": "@actors", "text": "He said no such thing.", "language": "en"},
        ),
        (
            "events",
            {"participants": [{"actor_id": "@actors", "role": "target"}], "date": "2021-08"},
        ),
        (
            "statements",
            {"speaker_id": "@actors", "claims": [{"event_id": "@events", "stance": "asserts"}]},
        ),
    ],
)
def test_a_withdrawn_record_is_restored_with_all_its_parts(records, resource, more):
    """What was withdrawn is found again by its parts and external ids, as it stood before."""
    others = {f"@{name}": records.make(name) for name in ("actors", "locations", "events")}

    def known(value):
        if isinstance(value, dict):
            return {name: known(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [known(inner) for inner in value]
        return others.get(value, value) if isinstance(value, str) else value

    for claim in more.get("claims", ()):
        claim["aspect"] = "occurrence"
    one = records.make(resource, **known(more))
    before = records.read(resource, one)
    records.withdraw(resource, one)
    assert records.client.get(f"/v1/{resource}/{one}").status_code == 410
    if resource == "statements":
        assert records.read("events", others["@events"])["attestation"]["asserted_by"] == 0
    after = records.revert(resource, one, 1)
    ignored = {"version", "updated_at"}
    assert {name for name in after if after[name] != before[name]} == ignored
    if resource == "statements":
        assert records.read("events", others["@events"])["attestation"]["asserted_by"] == 1
    asked = {
        "actors": {"external_id": "own:x"},
        "locations": {"within": others["@locations"]},
        "documents": {"publisher": others["@actors"]},
        "events": {"actor": others["@actors"]},
        "statements": {"event": others["@events"]},
    }
    assert one in records.ids(resource, **asked[resource])


def test_restoring_what_points_at_what_is_gone(records):
    """A record is not restored that would point at a withdrawn one; the fault says where."""
    place = records.make("locations")
    one = records.make("events", location_id=place)
    records.withdraw("events", one)
    records.withdraw("locations", place)
    answer = records.client.post(f"/v1/events/{one}/revert", json={"to": 1})
    [fault] = is_problem(answer, 422)["errors"]
    assert (fault["pointer"], fault["code"]) == ("/location_id", "not_found")
    records.revert("locations", place, 1)
    assert records.revert("events", one, 1)["location_id"] == place


def test_restoring_what_another_is_called_now(records):
    """An external id that another record was given meanwhile is a conflict that names it."""
    one = records.make("actors", external_ids={"own": "x"})
    records.change("actors", one, external_ids={"own": None})
    other = records.make("actors", external_ids={"own": "x"})
    answer = records.client.post(f"/v1/actors/{one}/revert", json={"to": 1})
    [fault] = is_problem(answer, 409)["errors"]
    assert fault["pointer"] == "/external_ids/own"
    assert other in fault["detail"]
    assert records.read("actors", one)["external_ids"] == {}


def test_going_back_to_a_reference_that_was_merged(records):
    """What pointed at a record that another stands for by now points at that one."""
    one, into = records.make("actors"), records.make("actors", name="B")
    event = records.make("events", participants=[{"actor_id": one, "role": "target"}])
    records.change("events", event, participants=[])
    records.merge("actors", one, into)
    after = records.revert("events", event, 1)
    assert [part["actor_id"] for part in after["participants"]] == [into]


@pytest.mark.parametrize(
    ("sent", "pointer", "code"),
    [
        ({}, "/to", "required"),
        ({"to": None}, "/to", None),
        ({"to": "1"}, "/to", None),
        ({"to": 0}, "/to", None),
        ({"to": 1.5}, "/to", None),
        ({"to": True}, "/to", None),
        ({"to": 1, "reason": "x"}, "/reason", "unknown"),
        ({"revision": 1}, "/revision", "unknown"),
    ],
)
def test_a_wrong_request_to_go_back(records, sent, pointer, code):
    """What a revert does not take is refused with its pointer."""
    one = records.make("actors")
    answer = records.client.post(f"/v1/actors/{one}/revert", json=sent)
    found = {fault["pointer"]: fault["code"] for fault in is_problem(answer, 422)["errors"]}
    assert pointer in found
    assert code in {None, found[pointer]}


def test_going_back_to_where_nothing_is(records):
    """A revision that is not there is 404, one by which the record was withdrawn is 422."""
    one = records.make("actors")
    records.withdraw("actors", one)
    records.revert("actors", one, 1)
    address = f"/v1/actors/{one}/revert"
    for to, status in ((4, 404), (2**31 - 1, 404), (2**31, 422)):
        is_problem(records.client.post(address, json={"to": to}), status)
    [fault] = is_problem(records.client.post(address, json={"to": 2}), 422)["errors"]
    assert (fault["pointer"], fault["code"]) == ("/to", "withdrawn")
    is_problem(records.client.post(f"/v1/actors/{NOBODY}/revert", json={"to": 1}), 404)


def test_going_back_from_the_version_that_was_seen(records):
    """With If-Match a revert is done only from that version; without, from whatever stands."""
    one = records.make("actors")
    address = f"/v1/actors/{one}"
    old = records.client.get(address).headers["ETag"]
    records.change("actors", one, name="B")
    new = records.client.get(address).headers["ETag"]
    answer = records.client.post(f"{address}/revert", json={"to": 1}, headers={"If-Match": old})
    assert is_problem(answer, 412)["current"]["name"] == "B"
    answer = records.client.post(f"{address}/revert", json={"to": 1}, headers={"If-Match": new})
    assert records.expect(200, answer)["name"] == "A"
    assert answer.headers["ETag"] == records.client.get(address).headers["ETag"]


def test_going_back_is_tried_and_repeated_safely(records):
    """A dry run answers the same and keeps nothing; a repeated Idempotency-Key does it once."""
    one = records.make("actors")
    records.change("actors", one, name="B")
    address = f"/v1/actors/{one}/revert"
    tried = records.expect(200, records.client.post(f"{address}?dry_run=true", json={"to": 1}))
    assert (tried["name"], tried["version"]) == ("A", 3)
    assert records.read("actors", one)["name"] == "B"
    headers = {"Idempotency-Key": "k"}
    first = records.client.post(address, json={"to": 1}, headers=headers)
    records.change("actors", one, name="C")
    again = records.client.post(address, json={"to": 1}, headers=headers)
    assert first.get_data() == again.get_data()
    assert records.read("actors", one)["name"] == "C"
    other = records.client.post(address, json={"to": 2}, headers=headers)
    is_problem(other, 422)


def test_a_location_does_not_go_back_into_itself(records):
    """A revert that would make a circle of containment is refused like any write."""
    one = records.make("locations")
    other = records.make("locations", parent_id=one)
    records.change("locations", other, parent_id=None)
    records.change("locations", one, parent_id=other)
    answer = records.client.post(f"/v1/locations/{other}/revert", json={"to": 1})
    [fault] = is_problem(answer, 422)["errors"]
    assert fault["code"] == "circular"


def test_the_weight_goes_back_too(records):
    """A statement that is reverted counts for the events it then speaks of."""
    one, other = records.make("events"), records.make("events")
    statement = records.make(
        "statements", claims=[{"event_id": one, "stance": "asserts", "aspect": "occurrence"}]
    )
    records.change(
        "statements",
        statement,
        claims=[{"event_id": other, "stance": "denies", "aspect": "occurrence"}],
    )
    assert records.read("events", other)["attestation"]["status"] == "denied"
    records.revert("statements", statement, 1)
    assert records.read("events", one)["attestation"]["status"] == "claimed"
    assert records.read("events", other)["attestation"]["status"] == "unattested"


def test_quotes_are_looked_up_again_in_the_text_that_was(records):
    """A document that goes back to an earlier text has its quotes verified in that."""
    document = records.make("documents", text="He said no such thing.")
    said = {"form": "direct_quote", "quote": "no such thing", "document_id": document}
    statement = records.make("statements", **said)
    assert records.read("statements", statement)["quote_verified"] is True
    records.change("documents", document, text="Something else.")
    assert records.read("statements", statement)["quote_verified"] is False
    records.revert("documents", document, 1)
    assert records.read("statements", statement)["quote_verified"] is True


# Several at once.


def test_of_a_revert_and_a_change_of_one_version_one_is_made(fresh):
    """Whoever comes second with the same ETag is told so, and no change is lost."""
    url, app = fresh
    crowd = Crowd(url, app)
    crowd.one.put("/v1/datasets/d", json={})
    one = crowd.posted("actors", name="0")["id"]
    address = f"/v1/actors/{one}"
    for turn in range(25):
        etag = crowd.one.patch(address, json={"name": f"a{turn}"}, headers=STAR).headers["ETag"]
        match = {"If-Match": etag}
        answers = crowd.together(
            lambda client: client.post(f"{address}/revert", json={"to": 1}, headers=match),  # noqa: B023
            lambda client: client.patch(address, json={"name": "b"}, headers=match),  # noqa: B023
        )
        assert statuses(answers) == {200: 1, 412: 1}
        [made] = [answer.get_json() for answer in answers if answer.status_code == 200]
        assert crowd.read("actors", one) == made
    listed = crowd.one.get(f"{address}/revisions?limit=1000&sort=number").get_json()["items"]
    assert [each["number"] for each in listed] == [*range(1, 52)]


def test_many_changes_leave_many_revisions(fresh):
    """Of many who change one record at once each leaves a revision: numbered, in order of time."""
    url, app = fresh
    crowd = Crowd(url, app)
    crowd.one.put("/v1/datasets/d", json={})
    one = crowd.posted("actors", name="0")["id"]
    names = [f"n{number}" for number in range(24)]
    answers = crowd.together(*[crowd.put("actors", one, name=name) for name in names[:12]])
    answers += crowd.together(*[crowd.put("actors", one, name=name) for name in names[12:]])
    assert statuses(answers) == {200: 24}
    listed = crowd.one.get(f"/v1/actors/{one}/revisions?sort=number").get_json()["items"]
    assert [each["number"] for each in listed] == [*range(1, 26)]
    times = [each["recorded_at"] for each in listed]
    assert times == sorted({*times})
    kept = {
        crowd.one.get(f"/v1/actors/{one}/revisions/{number}").get_json()["record"]["name"]
        for number in range(2, 26)
    }
    assert kept == {*names}


def test_long_revisions_differ_by_whole_members(records):
    """Lists that would take long to compare item by item are not: their member is replaced."""
    one = records.make("actors", attributes={"a": [*range(20_000)]})
    records.change("actors", one, attributes={"a": [*range(20_000)][::-1]})
    patch = records.client.get(f"/v1/actors/{one}/revisions/2/diff").get_json()
    assert {(each["op"], each["path"]) for each in patch} == {
        ("replace", "/attributes"),
        ("replace", "/updated_at"),
        ("replace", "/version"),
    }
