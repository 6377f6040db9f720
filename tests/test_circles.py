"""Circles: nothing lies in itself, answers itself or takes its own place, however far round."""

import time
from itertools import pairwise

import pytest
from support.crowds import Crowd, statuses
from support.problems import is_problem
from support.records import STAR, Records


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def linked(client, resource, member, one, to):
    """Let a record name another by a member; give the answer."""
    if member == "superseded_by":
        path, sent = f"/v1/{resource}/{one}/retraction", {"reason": "Twice.", member: to}
        return client.put(path, json=sent, headers=STAR)
    return client.patch(f"/v1/{resource}/{one}", json={member: to}, headers=STAR)


CHAINS = [
    ("documents", "copy_of_id"),
    ("events", "part_of_id"),
    ("statements", "responds_to_id"),
    ("events", "superseded_by"),
    ("locations", "parent_id"),
    ("locations", "superseded_by"),
    ("documents", "superseded_by"),
]


@pytest.mark.parametrize(("resource", "member"), CHAINS)
@pytest.mark.parametrize("length", [2, 3])
def test_a_circle_of_several(records, resource, member, length):
    """The last of some records cannot name the first, and each can be withdrawn again."""
    ids = [records.make(resource) for _ in range(length)]
    for one, to in pairwise(ids):
        records.expect(200, linked(records.client, resource, member, one, to))
    [fault] = records.expect(422, linked(records.client, resource, member, ids[-1], ids[0]))[
        "errors"
    ]
    assert (fault["pointer"], fault["code"]) == (f"/{member}", "circular")
    for one in ids:
        assert records.client.delete(f"/v1/{resource}/{one}", headers=STAR).status_code == 204


@pytest.mark.parametrize(
    ("resource", "itself"),
    [
        ("events", lambda one: {"part_of_id": one}),
        ("events", lambda one: {"related": [{"event_id": one, "relation": "causes"}]}),
        ("locations", lambda one: {"parent_id": one}),
        ("locations", lambda one: {"borders": [one]}),
        ("actors", lambda one: {"affiliations": [{"actor_id": one, "role": "member"}]}),
        ("statements", lambda one: {"responds_to_id": one}),
        ("documents", lambda one: {"copy_of_id": one}),
        (
            "statements",
            lambda one: {
                "claims": [{"statement_id": one, "stance": "denies", "aspect": "occurrence"}]
            },
        ),
    ],
)
def test_a_record_that_names_itself(records, resource, itself):
    """A record names others only, also under a merged id that means itself."""
    one = records.make(resource)
    answer = records.client.patch(f"/v1/{resource}/{one}", json=itself(one), headers=STAR)
    [fault] = records.expect(422, answer)["errors"]
    assert fault["code"] == "circular"
    assert fault["pointer"].startswith("/" + next(iter(itself(one))))
    if resource not in {"documents", "statements"}:
        merged = records.make(resource)
        records.merge(resource, merged, one)
        answer = records.client.patch(f"/v1/{resource}/{one}", json=itself(merged), headers=STAR)
        assert [each["code"] for each in records.expect(422, answer)["errors"]] == ["circular"]


def test_circles_in_a_bundle(records):
    """Every record of a circle is told, with its pointer, and nothing is stored."""
    sent = {
        "dataset": "d",
        "events": [
            {"ref": "a", "type": "aid", "part_of_id": "@b"},
            {"ref": "b", "type": "aid", "part_of_id": "@a"},
            {"ref": "c", "type": "aid", "related": [{"event_id": "@c", "relation": "same_as"}]},
        ],
        "documents": [
            {"ref": "d", "copy_of_id": "@f"},
            {"ref": "e", "copy_of_id": "@d"},
            {"ref": "f", "copy_of_id": "@e"},
        ],
        "statements": [
            {"ref": "s", "act": "deny", "form": "paraphrase", "responds_to_id": "@t"},
            {"ref": "t", "act": "deny", "form": "paraphrase", "responds_to_id": "@s"},
        ],
    }
    faults = records.expect(422, records.client.post("/v1/bundles", json=sent))["errors"]
    assert {(fault["pointer"], fault["code"]) for fault in faults} == {
        *((f"/documents/{number}/copy_of_id", "circular") for number in range(3)),
        ("/events/0/part_of_id", "circular"),
        ("/events/1/part_of_id", "circular"),
        ("/events/2/related/0/event_id", "circular"),
        ("/statements/0/responds_to_id", "circular"),
        ("/statements/1/responds_to_id", "circular"),
    }


def test_a_merge_that_would_close_a_circle(records):
    """Two events are not merged where something between them would lie in itself."""
    whole = records.make("events")
    middle = records.make("events", part_of_id=whole)
    part = records.make("events", part_of_id=middle)
    answer = records.client.post(f"/v1/events/{whole}/merge", json={"into": part})
    assert "part of itself" in records.expect(409, answer)["detail"]


@pytest.mark.parametrize(("resource", "member"), CHAINS[:4])
def test_two_who_close_a_circle_at_once(fresh, resource, member):
    """Of two requests that together would make a circle one is refused, each time."""
    crowd = Crowd(*fresh)
    records = Records(crowd.one)
    for _ in range(4):
        one, other = records.make(resource), records.make(resource)
        answers = crowd.together(
            *[
                lambda client, of=of, to=to: linked(client, resource, member, of, to)
                for of, to in ((one, other), (other, one))
            ]
        )
        assert statuses(answers) == {200: 1, 422: 1}


def test_a_wide_circle_of_places_is_found_soon(client):
    """However many places lie in each other in turn, each is looked at once."""
    places = [
        {"ref": f"p{n}", "name": f"Place {n}", "parent_id": f"@p{(n + 1) % 2_000}"}
        for n in range(2_000)
    ]
    began = time.perf_counter()
    answer = client.post("/v1/bundles", json={"dataset": "d", "locations": places})
    [fault] = is_problem(answer, 422)["errors"]
    assert fault["code"] == "circular"
    assert time.perf_counter() - began < 20
