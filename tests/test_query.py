"""QUERY and its twin: a list asked for in a body finds what the query string does."""

import json

import pytest
from support.parameters import PATHS
from support.resources import NOBODY, RESOURCES
from support.service import client_on, key_of, new_database, service

WAYS = ("QUERY", "POST")


def asked(client, way, resource, body, status=200, **more):
    """Ask a list in a body, in one of two ways."""
    path = f"/v1/{resource}{'/search' if way == 'POST' else ''}"
    answer = client.open(path, method=way, json=body, **more)
    assert answer.status_code == status, answer.get_json()
    return answer


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("resource", "body", "query"),
    [
        ("events", {}, ""),
        ("events", {"type": ["coerce", "assault"]}, "type=coerce,assault"),
        ("events", {"bbox": [69, 34, 71, 36], "limit": 3}, "bbox=69,34,71,36&limit=3"),
        ("events", {"near": [69.17, 34.53], "radius": 100.5}, "near=69.17,34.53&radius=100.5"),
        (
            "events",
            {"datetime": "2021-08-15/2021-08-22", "datetime_match": "certain"},
            "datetime=2021-08-15/2021-08-22&datetime_match=certain",
        ),
        ("events", {"fatalities_min": 1, "total": "exact"}, "fatalities_min=1&total=exact"),
        ("events", {"external_id": ["seed:E1", "seed:a,b"]}, "external_id=seed:E1"),
        (
            "events",
            {"sort": "created_at", "fields": ["id", "title"]},
            "sort=created_at&fields=id,title",
        ),
        ("events", {"filter": "type = 'coerce'"}, "type=coerce"),
        (
            "events",
            {"filter": {"op": "in", "args": [{"property": "type"}, ["coerce", "aid"]]}},
            "type=coerce,aid",
        ),
        (
            "events",
            {
                "filter": {"op": "not", "args": [{"op": "isNull", "args": [{"property": "mode"}]}]},
                "filter-lang": "cql2-json",
            },
            "filter=mode IS NOT NULL",
        ),
        ("events", {"expand": ["location"], "dataset": ["panjshir-2021"]}, "expand=location"),
        ("statements", {"hedged": True, "credibility": [2, 3]}, "hedged=true&credibility=2,3"),
        (
            "actors",
            {"name": ["Taleban"], "kind": ["organization"]},
            "name=Taleban&kind=organization",
        ),
        ("actors", {"retracted": "include"}, "retracted=include"),
        ("documents", {"url": "https://example.org/a,b"}, "url=https://example.org/a,b"),
        ("datasets", {"filter": "id LIKE 'panj%'"}, "filter=id LIKE 'panj%25'"),
    ],
)
def test_a_body_asks_what_a_query_string_does(panjshir, way, resource, body, query):
    """Lists, numbers and texts of a body mean what their text in a query string means."""
    found = asked(panjshir, way, resource, body)
    assert found.get_json() == panjshir.get(f"/v1/{resource}?{query}").get_json()
    assert "Link" not in found.headers


@pytest.mark.parametrize("way", WAYS)
def test_pages_of_a_body(panjshir, way):
    """The next page is asked for by the same body with its cursor."""
    body, found = {"filter": "TRUE", "limit": 5, "sort": "created_at", "fields": ["id"]}, []
    while True:
        page = asked(panjshir, way, "events", body).get_json()
        found += page["items"]
        if page["next_cursor"] is None:
            break
        body["cursor"] = page["next_cursor"]
    assert (
        found == panjshir.get("/v1/events?limit=100&sort=created_at&fields=id").get_json()["items"]
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_values(panjshir, way):
    """A thousand ids are asked for at once, and no more; so is a filter of 64 kB."""
    some = [each["id"] for each in panjshir.get("/v1/actors?limit=3&fields=id").get_json()["items"]]
    nobody = [f"0197b2c4-5d1e-7c3a-9f00-{number:012x}" for number in range(997)]
    there = panjshir.get(f"/v1/events?limit=100&actor={','.join(some)}").get_json()
    assert (
        asked(panjshir, way, "events", {"actor": [*nobody, *some], "limit": 100}).get_json()
        == there
    )
    listed = ",".join(f"'{each}'" for each in (*nobody, *some))
    found = {"filter": f"participants.actor_id IN ({listed})", "limit": 100}
    assert asked(panjshir, way, "events", found).get_json() == there
    told = asked(panjshir, way, "events", {"actor": [*nobody, *some, NOBODY]}, 422).get_json()
    assert [(each["pointer"], each["code"]) for each in told["errors"]] == [("/actor", "length")]
    told = asked(panjshir, way, "events", {"filter": "TRUE" + " " * 65_536}, 422).get_json()
    assert [(each["pointer"], each["code"]) for each in told["errors"]] == [("/filter", "length")]
    body = json.dumps({"filter": "x" * 1_048_576})
    path = "/v1/events/search" if way == "POST" else "/v1/events"
    sent = {"data": body, "content_type": "application/json"}
    assert panjshir.open(path, method=way, **sent).status_code == 413


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"type": ["aid", "asault"]}, {"/type/1": "unknown"}),
        ({"type": "aid"}, {"/type": "type"}),
        ({"type": []}, {"/type": "type"}),
        ({"type": ["aid", 5, None, ["x"]]}, {"/type/2": "type", "/type/3": "type"}),
        ({"type": [5]}, {"/type/0": "invalid"}),
        ({"tpye": ["aid"]}, {"/tpye": "unknown"}),
        ({"type": "aid", "sort": "size"}, {"/type": "type", "/sort": "unknown"}),
        ({"near": "69,34", "radius": 5}, {"/near": "type"}),
        ({"type": None}, {"/type": "null"}),
        ({"actor": ["Taliban"]}, {"/actor/0": "uuid"}),
        ({"bbox": "69,34,71,36"}, {"/bbox": "type"}),
        ({"bbox": [69, 34, 71]}, {"/bbox": "numbers"}),
        ({"near": [69, True], "radius": 5}, {"/near": "type"}),
        ({"near": [69, 34]}, {"/radius": "required"}),
        ({"limit": "5"}, {"/limit": "type"}),
        ({"limit": 5_000}, {"/limit": "invalid"}),
        ({"datetime": 2021}, {"/datetime": "type"}),
        ({"datetime": "yesterday"}, {"/datetime": "datetime"}),
        ({"sort": "size"}, {"/sort": "unknown"}),
        ({"cursor": "x"}, {"/cursor": "cursor"}),
        ({"as_of": "2999-01-01T00:00:00Z"}, {"/as_of": "ahead"}),
        ({"as_of": "unheard-of"}, {"/as_of": "not_found"}),
        ({"filter": 5}, {"/filter": "type"}),
        ({"filter": "tpye = 1"}, {"/filter": "unknown"}),
        (
            {"filter": {"op": "=", "args": [{"property": "tpye"}, 1]}},
            {"/filter/args/0": "unknown"},
        ),
        (
            {
                "filter": {
                    "op": "and",
                    "args": [
                        {"op": "=", "args": [{"property": "type"}, "asault"]},
                        {"op": "=", "args": [{"property": "version"}, "x"]},
                    ],
                },
                "type": ["asault"],
            },
            {
                "/filter/args/0/args/1": "unknown",
                "/filter/args/1/args/1": "type",
                "/type/0": "unknown",
            },
        ),
    ],
)
def test_faults_of_a_body(panjshir, way, body, faults):
    """Every fault names its place in the body, down to the value of a list."""
    told = asked(panjshir, way, "events", body, 422).get_json()["errors"]
    assert {each["pointer"]: each["code"] for each in told} == faults


def test_what_is_no_query(panjshir):
    """A body that is no JSON object, a query string beside it, and another type are refused."""
    sent = {"content_type": "application/json"}
    assert panjshir.open("/v1/events", method="QUERY", data="[]", **sent).status_code == 422
    assert panjshir.open("/v1/events", method="QUERY", data="{", **sent).status_code == 400
    assert panjshir.open("/v1/events", method="QUERY", data="type=aid").status_code == 415
    answer = panjshir.open("/v1/events?type=aid", method="QUERY", json={})
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == "type"


@pytest.mark.parametrize("resource", RESOURCES)
def test_it_is_announced(panjshir, resource):
    """Lists announce what a query is sent as, and name the method where another is refused."""
    assert panjshir.get(f"/v1/{resource}").headers["Accept-Query"] == "application/json"
    assert panjshir.head(f"/v1/{resource}").headers["Accept-Query"] == "application/json"
    refused = panjshir.delete(f"/v1/{resource}", checked=False)
    assert refused.status_code == 405
    assert "QUERY" in refused.headers["Allow"]
    described = PATHS[f"/v1/{resource}"]["x-query"]
    twin = PATHS[f"/v1/{resource}/search"]["post"]
    assert described["requestBody"] == twin["requestBody"]
    assert described["responses"] == twin["responses"]


def test_pages_of_other_origins_may_ask_so(migrated, settings):
    """A browser is told that it may send QUERY."""
    with client_on(migrated, {**settings, "cors_origins": ["https://example.org"]}) as client:
        answer = client.options(
            "/v1/events",
            headers={"Origin": "https://example.org", "Access-Control-Request-Method": "QUERY"},
            checked=False,
        )
        assert "QUERY" in answer.headers["Access-Control-Allow-Methods"]


def test_to_ask_is_to_read(server, template, settings):
    """A key that may only read asks in a body, and nothing of it is remembered."""
    with new_database(server, template) as url, service(url, settings) as app:
        client = app.test_client()
        client.secret = key_of(url, "read")
        for way in WAYS:
            asked(client, way, "events", {"type": ["aid"]}, headers={"Idempotency-Key": "one"})
            asked(client, way, "events", {"type": ["other"]}, headers={"Idempotency-Key": "one"})
        client.secret = None
        for way in WAYS:
            assert asked(client, way, "events", {}).get_json()["items"] == []


@pytest.mark.parametrize("name", ["queryables", "search"])
def test_no_dataset_is_in_the_way(client, name):
    """No dataset has the address of something else."""
    for answer in (
        client.post("/v1/datasets", json={"id": name}),
        client.put(f"/v1/datasets/{name}", json={}, checked=False),
    ):
        assert answer.status_code == 422
        [told] = answer.get_json()["errors"]
        assert (told["pointer"], told["code"]) == ("/id", "reserved")


def test_as_of_in_a_body(panjshir):
    """As of an instant, a body is about what stood then."""
    [event] = panjshir.get("/v1/events?external_id=seed:E1").get_json()["items"]
    before = event["updated_at"]
    path = f"/v1/events/{event['id']}"
    panjshir.patch(path, json={"mode": None, "type": "other"}, headers={"If-Match": "*"})
    body = {"type": ["coerce"], "external_id": ["seed:E1"]}
    for way in WAYS:
        assert asked(panjshir, way, "events", body).get_json()["items"] == []
        then = asked(panjshir, way, "events", {**body, "as_of": before}).get_json()["items"]
        assert [each["id"] for each in then] == [event["id"]]
