"""Datasets over HTTP: what belongs together, and on which terms."""

from typing import Final

import pytest
from support.answers import faults
from support.resources import MINIMAL, RECORDS

CURRENT: Final = {"If-Match": "*"}


def listed(client, query=""):
    """Say which datasets a list holds, in its order."""
    answer = client.get(f"/v1/datasets{query}")
    assert answer.status_code == 200, answer.get_json()
    return [dataset["id"] for dataset in answer.get_json()["items"]]


@pytest.fixture
def shelf(client):
    """Give a client of a service with some datasets."""
    for slug in ("b", "a.1", "c_2", "a-1"):
        body = {"id": slug, "tags": [slug[0]], "external_ids": {"test": slug}}
        assert client.post("/v1/datasets", json=body).status_code == 201
    return client


def test_every_field_of_a_dataset_is_kept(client):
    """What is sent of a dataset is what is read; its id is the slug, and it belongs to itself."""
    sent = {
        "id": "panjshir-2021",
        "name": "Panjshir, August 2021",
        "description": "One news report,\ncoded.",
        "licence": "CC-BY-4.0",
        "citation": "Attest (2026): Panjshir, August 2021.",
        "url": "https://example.org/panjshir",
        "external_ids": {"doi": "10.5281/zenodo.1"},
        "tags": ["afghanistan"],
        "attributes": {"coders": 0, "reviewers": [], "funder": None},
    }
    created = client.post("/v1/datasets", json=sent)
    assert created.status_code == 201
    assert created.headers["Location"] == "/v1/datasets/panjshir-2021"
    read = client.get("/v1/datasets/panjshir-2021").get_json()
    assert read == created.get_json()
    assert {name: read[name] for name in sent} == sent
    assert (read["dataset"], read["version"], read["retraction"]) == ("panjshir-2021", 1, None)


def test_what_is_not_sent_is_not_known(client):
    """No member is given a value that nobody recorded."""
    read = client.put("/v1/datasets/bare", json={}).get_json()
    unknown = ("name", "description", "licence", "citation", "url", "retraction")
    assert {read[name] for name in unknown} == {None}
    assert (read["external_ids"], read["tags"], read["attributes"]) == ({}, [], {})


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("/id", "required")),
        ({"id": "Panjshir 2021"}, ("/id", "form")),
        ({"id": "-a"}, ("/id", "form")),
        ({"id": "a" * 65}, ("/id", "form")),
        ({"id": 2021}, ("/id", "invalid")),
        ({"id": "a", "url": "example.org"}, ("/url", "form")),
        ({"id": "a", "license": "MIT"}, ("/license", "unknown")),
        ({"id": "a", "dataset": "b"}, ("/dataset", "read_only")),
        ({"id": "a", "version": 1}, ("/version", "read_only")),
    ],
)
def test_a_wrong_member_is_named(client, body, fault):
    """A member that cannot be taken is refused by its pointer."""
    assert fault in faults(client.post("/v1/datasets", json=body))


def test_a_slug_is_taken_once(shelf):
    """A dataset cannot be created where one is: a conflict, which names it."""
    answer = shelf.post("/v1/datasets", json={"id": "b", "name": "another"})
    assert answer.status_code == 409
    assert "b" in str(answer.get_json()["errors"])
    assert shelf.get("/v1/datasets/b").get_json()["name"] is None


def test_a_dataset_is_replaced_and_changed_under_its_slug(shelf):
    """A PUT needs no id, but takes none other than the address has; a PATCH changes members."""
    answer = shelf.put("/v1/datasets/b", json={"name": "B"}, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    replaced = answer.get_json()
    assert (replaced["id"], replaced["name"], replaced["version"]) == ("b", "B", 2)
    assert (replaced["tags"], replaced["external_ids"]) == ([], {})
    answer = shelf.put("/v1/datasets/b", json={"id": "c_2"}, headers=CURRENT)
    assert faults(answer) == {("/id", "mismatch")}
    answer = shelf.patch("/v1/datasets/b", json={"licence": "CC0-1.0"}, headers=CURRENT)
    assert (answer.get_json()["name"], answer.get_json()["licence"]) == ("B", "CC0-1.0")


def test_a_slug_is_for_good(shelf):
    """Records are filed under it, so that it cannot be changed."""
    answer = shelf.patch("/v1/datasets/b", json={"id": "z"}, headers=CURRENT)
    assert answer.status_code == 422
    assert shelf.get("/v1/datasets/z").status_code == 404
    assert shelf.get("/v1/datasets/b").get_json()["id"] == "b"


def test_what_the_service_makes_may_be_sent_back(shelf):
    """A dataset may be PUT as it was read."""
    read = shelf.get("/v1/datasets/b").get_json()
    answer = shelf.put("/v1/datasets/b", json=read | {"name": "B"}, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    assert (answer.get_json()["name"], answer.get_json()["tags"]) == ("B", ["b"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?sort=id", ["a-1", "a.1", "b", "c_2"]),
        ("?sort=-id", ["c_2", "b", "a.1", "a-1"]),
        ("?sort=created_at", ["b", "a.1", "c_2", "a-1"]),
        ("?sort=-updated_at", ["a-1", "c_2", "a.1", "b"]),
        ("?sort=id&tag=a", ["a-1", "a.1"]),
        ("?sort=id&tag=b,c", ["b", "c_2"]),
        ("?sort=id&dataset=b,a-1", ["a-1", "b"]),
        ("?sort=id&dataset=b&tag=a", []),
        ("?external_id=test:c_2", ["c_2"]),
        ("?retracted=only", []),
    ],
)
def test_datasets_are_found(shelf, query, found):
    """A dataset is found, and sorted, by what every record is found by."""
    assert [slug for slug in listed(shelf, query) if slug != "default"] == found


@pytest.mark.parametrize("resource", RECORDS)
def test_a_dataset_that_holds_records_cannot_be_withdrawn(shelf, resource):
    """It is held by every record in it; once they are gone it goes, and takes no more."""
    sent = {"dataset": "b", **MINIMAL[resource]}
    answer = shelf.post(f"/v1/{resource}", json=sent)
    assert answer.status_code == 201, answer.get_json()
    record = answer.headers["Location"]
    refused = shelf.delete("/v1/datasets/b", headers=CURRENT)
    assert refused.status_code == 409
    [fault] = refused.get_json()["errors"]
    assert f"{record} " in fault["detail"]
    assert shelf.delete(record, headers=CURRENT).status_code == 204
    assert shelf.delete("/v1/datasets/b", headers=CURRENT).status_code == 204
    gone = shelf.get("/v1/datasets/b")
    assert gone.status_code == 410
    assert gone.get_json()["tombstone"]["id"] == "b"
    assert "b" not in listed(shelf)
    assert faults(shelf.post(f"/v1/{resource}", json=sent)) == {("/dataset", "not_found")}


def test_an_external_id_has_one_holder_in_each_dataset(shelf):
    """Two datasets may know one thing by the same id; a record that moves takes its id along."""
    body = {"name": "a", "external_ids": {"wikidata": "Q1"}}
    one = shelf.post("/v1/actors", json={"dataset": "b", **body})
    other = shelf.post("/v1/actors", json={"dataset": "c_2", **body})
    assert (one.status_code, other.status_code) == (201, 201)
    address = one.headers["Location"]
    refused = shelf.patch(address, json={"dataset": "c_2"}, headers=CURRENT)
    assert refused.status_code == 409
    assert f"/v1/actors/{other.get_json()['id']} " in refused.get_json()["errors"][0]["detail"]
    assert shelf.patch(address, json={"dataset": "a-1"}, headers=CURRENT).status_code == 200
    assert shelf.post("/v1/actors", json={"dataset": "b", **body}).status_code == 201
    assert shelf.post("/v1/actors", json={"dataset": "a-1", **body}).status_code == 409
