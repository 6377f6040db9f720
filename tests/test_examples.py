"""The description's examples: sent as they stand to a new service, they are answered."""

import json
from urllib.parse import urlencode

import pytest
from support.parameters import PATHS
from support.resources import RESOURCES, Entries
from support.service import example, key_of, new_database, service

from api.service.loading import holds_nothing, load_example
from schemas.fields.ids import example_id
from schemas.resources import MEMBERS

EXCEPTIONS = {
    f"{resource}.unmerge": (409, "Nothing in the example is merged.")
    for resource in ("actors", "events", "locations")
} | {
    f"{resource}.assessment": (404, "Nobody has assessed anything of the example.")
    for resource in RESOURCES
}
"""Operations that are refused as they are filled in: the status, and why."""

OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, place in PATHS.items()
    for method in ("get", "post")
    if (operation := place.get(method))
}


@pytest.fixture(scope="module")
def client(server, template, settings):
    """Give a client, who may do everything, of a service as it is when it starts."""
    with new_database(server, template) as url, service(url, settings) as app:
        client = app.test_client()
        client.secret = key_of(url, "admin")
        open_to_all = {**app.extensions["settings"], "public_read": True, "public_write": True}
        with service(url, open_to_all) as loading:
            load_example(loading)
        yield client


def example_of(parameter):
    """Give the example of a parameter, or None."""
    return parameter.get("example", parameter["schema"].get("example"))


def filled_in(name):
    """Write a request as a page fills it in: its address, its headers and its body."""
    method, path, operation = OPERATIONS[name]
    query, headers = {}, {}
    for parameter in (*PATHS[path].get("parameters", ()), *operation.get("parameters", ())):
        shown = example_of(parameter)
        if shown is None:
            assert not parameter.get("required"), parameter["name"]
        elif parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(shown))
        elif parameter["in"] == "header":
            headers[parameter["name"]] = shown
        else:
            values = shown if isinstance(shown, list) else [shown]
            written = [str(each).lower() if each is True else str(each) for each in values]
            query[parameter["name"]] = ",".join(written)
    body = None
    if "requestBody" in operation:
        [(headers["Content-Type"], content)] = operation["requestBody"]["content"].items()
        body = json.dumps(content["example"]) if "example" in content else "{}"
    return {
        "method": method,
        "path": f"{path}?{urlencode(query)}",
        "headers": headers,
        "data": body,
    }


@pytest.mark.parametrize("name", sorted({*OPERATIONS} - {*EXCEPTIONS}))
def test_what_is_filled_in_is_answered(client, name):
    """Every GET and POST is answered with success, and once more; what is looked for is found."""
    sent = filled_in(name)
    for _ in range(2):
        ends = name != "changes.stream"
        answer = client.open(**sent, checked=ends, buffered=ends)
        assert 200 <= answer.status_code < 300, answer.get_json()
        if name == "changes.stream":  # which does not end
            answer.close()
            return
        found = answer.get_json(silent=True)
        if name.endswith((".search", ".revisions", ".dependents")):
            assert found["items"], sent
        if name.endswith(".match"):
            assert all(each["candidates"] for each in found["results"]), found


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_cannot_be_filled_in_is_told(client, name):
    """The exceptions are refused for their reason."""
    status, _ = EXCEPTIONS[name]
    assert client.open(**filled_in(name)).status_code == status


@pytest.mark.parametrize("resource", MEMBERS)
def test_the_example_has_fixed_ids(client, resource):
    """The records of the example are numbered in their order, in every new service."""
    records = Entries("examples/panjshir.json", example())[resource]
    for position, record in enumerate(records):
        answer = client.get(f"/v1/{resource}/{example_id(resource, position + 1)}")
        assert answer.get_json()["external_ids"] == record["external_ids"]


def test_what_is_meant_anew_each_time_has_no_example():
    """No cursor, no place in the feed and no key of a request is filled in."""
    every = [
        parameter
        for _, path, operation in OPERATIONS.values()
        for parameter in (*PATHS[path].get("parameters", ()), *operation.get("parameters", ()))
    ]
    shown = {each["name"] for each in every if example_of(each) is not None}
    hidden = {"cursor", "after", "Idempotency-Key", "Last-Event-ID", "If-None-Match"}
    assert not shown & hidden
    assert {each["name"] for each in every} - shown - hidden == {
        *("tag", "sector", "affiliation_role", "text_sha256", "url", "borders", "value", "hedged"),
        *("fatalities_min", "fatalities_max", "part_of", "quote_verified", "medium", "addressee"),
        *("on_behalf_of", "related", "casualty_kind", "casualties_min", "file", "speaker_holds"),
        *("copy_of", "statement", "responds_to", "credibility"),
    }


def test_a_service_from_which_all_was_withdrawn_starts_again(server, template, settings):
    """Nothing of the example comes back, and nothing is in the way of the start."""
    with new_database(server, template) as url:
        open_to_all = {**settings, "public_read": True, "public_write": True}
        with service(url, open_to_all) as app:
            load_example(app)
            client = app.test_client()
            star = {"If-Match": "*"}
            both_ways = {"events": "related", "actors": "affiliations", "locations": "borders"}
            for resource, member in both_ways.items():
                for record in client.get(f"/v1/{resource}?fields=id").get_json()["items"]:
                    address = f"/v1/{resource}/{record['id']}"
                    client.patch(address, json={member: None}, headers=star)
            for _ in range(10):  # whatever nothing refers to any more
                for resource in RESOURCES:
                    found = client.get(f"/v1/{resource}?limit=1000&fields=id").get_json()["items"]
                    for record in found:
                        client.delete(f"/v1/{resource}/{record['id']}", headers=star)
            assert holds_nothing(app)
            load_example(app)
            assert client.get("/v1/events").get_json()["items"] == []
