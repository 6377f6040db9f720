"""Releases: named instants, of everything or of one dataset."""

import hashlib

import orjson
import pytest
from support.answers import faults


@pytest.fixture
def two(client):
    """Two datasets, with an event in each and a release of all and of one."""
    for dataset, title in (("annals", "riot"), ("chronicle", "siege")):
        assert client.post("/v1/datasets", json={"id": dataset, "name": dataset}).status_code == 201
        event = {"dataset": dataset, "type": "other", "title": title}
        assert client.post("/v1/events", json=event).status_code == 201
    for name, dataset in (("all-1", None), ("annals-1", "annals")):
        answer = client.post("/v1/releases", json={"name": name, "dataset": dataset})
        assert answer.status_code == 201, answer.get_json()
        assert answer.get_json() == client.get(answer.headers["Location"]).get_json()
    return client


def test_a_release_of_a_dataset_counts_its_records_alone(two):
    """It counts and digests what a list of the dataset as of it shows, and nothing else."""
    release, every = (two.get(f"/v1/releases/{name}").get_json() for name in ("annals-1", "all-1"))
    assert (release["dataset"], every["dataset"]) == ("annals", None)
    assert release["counts"]["events"] == release["counts"]["datasets"] == 1
    assert every["counts"]["events"] >= 2
    assert release["checksum"] != every["checksum"]
    two.post("/v1/events", json={"dataset": "annals", "type": "other", "title": "later"})
    listed = two.get("/v1/events?dataset=annals&as_of=annals-1&sort=created_at").get_json()["items"]
    assert [event["title"] for event in listed] == ["riot"]
    lines = b"".join(orjson.dumps(event) + b"\n" for event in listed)
    assert hashlib.sha256(lines).hexdigest() == release["checksums"]["events"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["annals-1", "all-1"]),
        ("dataset=annals", ["annals-1"]),
        ("dataset=chronicle", []),
        ("dataset=annals,chronicle", ["annals-1"]),
    ],
)
def test_releases_of_a_dataset_are_found(two, query, found):
    """`dataset` finds the releases of a dataset alone, not those of all."""
    listed = two.get(f"/v1/releases?limit=2&{query}").get_json()["items"]
    assert [release["name"] for release in listed] == found


@pytest.mark.parametrize(
    ("dataset", "code"), [("nowhere", "not_found"), ("No slug!", "form"), (7, "invalid")]
)
def test_a_release_of_no_dataset_is_refused(client, dataset, code):
    """A dataset that is none, or was withdrawn, is a fault of the field."""
    answer = client.post("/v1/releases", json={"name": "none", "dataset": dataset})
    assert faults(answer) == {("/dataset", code)}
    assert client.get("/v1/releases/none").status_code == 404
