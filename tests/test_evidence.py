"""Evidence over HTTP: files by their hashes, and the documents that have them."""

from datetime import UTC, datetime, timedelta

import pytest
from support.answers import faults
from support.records import Records

ONE, OTHER = "a1" * 32, "b2" * 32


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def test_an_edited_photograph_in_three_documents(records):
    """Who else has a photograph is found by its hash; the edited one has a hash of its own."""
    photograph = {
        "sha256": ONE.upper(),
        "media_type": "image/JPEG",
        "bytes": 6_000_000_000,
        "name": "IMG_2041.jpg",
        "url": "https://example.org/2041.jpg",
        "archived_url": "https://archive.example/2041.jpg",
        "retrieved_at": "2021-08-23T18:35:00+04:30",
    }
    kept = {
        **photograph,
        "sha256": ONE,
        "media_type": "image/jpeg",
        "retrieved_at": "2021-08-23T14:05:00.000000Z",
    }
    photo = records.make(
        "documents",
        kind="image",
        licence="CC-BY-4.0",
        archived_url="https://archive.example/1",
        files=[photograph],
    )
    read = records.read("documents", photo)
    assert read["files"] == [kept]
    assert (read["licence"], read["archived_url"]) == ("CC-BY-4.0", "https://archive.example/1")
    article = records.make("documents", kind="article", files=[{"sha256": ONE}])
    edited = records.make(
        "documents",
        kind="image",
        files=[{"sha256": OTHER}, {"sha256": ONE, "name": "as it was"}],
        attributes={"edited_from": ONE},
    )
    records.make("documents", kind="video", files=[])
    records.make("documents", kind="audio")
    assert {*records.ids("documents", file=ONE)} == {photo, article, edited}
    assert records.ids("documents", file=OTHER.upper()) == [edited]
    assert {*records.ids("documents", file=f"{ONE},{OTHER}", kind="image")} == {photo, edited}
    assert records.ids("documents", file="0" * 64) == []
    instant = records.now()
    records.change("documents", article, files=None)
    assert {*records.ids("documents", file=ONE)} == {photo, edited}
    assert {*records.ids("documents", file=ONE, as_of=instant)} == {photo, article, edited}
    records.revert("documents", article, 1)
    records.withdraw("documents", photo)
    assert {*records.ids("documents", file=ONE)} == {article, edited}


SOON = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("file", "at", "code"),
    [
        ({"sha256": None}, "sha256", "null"),
        ({"sha256": ONE[1:]}, "sha256", "form"),
        ({"sha256": f"g{ONE[1:]}"}, "sha256", "form"),
        ({"media_type": "jpeg"}, "media_type", "form"),
        ({"media_type": "image/"}, "media_type", "form"),
        ({"media_type": "text/html; charset=utf-8"}, "media_type", "form"),
        ({"media_type": f"image/{'x' * 128}"}, "media_type", "form"),
        ({"media_type": f"application/{'x' * 127}"}, None, None),
        ({"media_type": "application/vnd.oasis.opendocument.text+xml"}, None, None),
        ({"bytes": -1}, "bytes", "invalid"),
        ({"bytes": 1.5}, "bytes", "invalid"),
        ({"bytes": 0}, None, None),
        ({"bytes": 2**53 - 1}, None, None),
        ({"bytes": 2**53}, "bytes", "invalid"),
        ({"url": "file:///etc/passwd"}, "url", "form"),
        ({"archived_url": "IMG.jpg"}, "archived_url", "form"),
        ({"retrieved_at": "2021-08-23"}, "retrieved_at", "form"),
        ({"retrieved_at": "2021-02-30T00:00:00Z"}, "retrieved_at", "form"),
        ({"retrieved_at": SOON}, "retrieved_at", "future"),
        ({"retrieved_at": "2021-08-23t14:05:00.5z"}, None, None),
        ({"content": "AAAA"}, "content", "unknown"),
    ],
)
def test_a_file_is_checked_for_its_form(records, file, at, code):
    """A member of a file that cannot be is refused by its pointer."""
    sent = {"dataset": "d", "files": [{"sha256": OTHER}, {"sha256": ONE, **file}]}
    answer = records.client.post("/v1/documents", json=sent)
    if at is None:
        assert answer.status_code == 201, answer.get_json()
    else:
        assert faults(answer) == {(f"/files/1/{at}", code)}


def test_a_file_stands_once_in_a_document(records):
    """The same hash twice is a fault, in whatever letters it is written."""
    files = [{"sha256": ONE}, {"sha256": OTHER}, {"sha256": ONE.upper()}]
    answer = records.client.post("/v1/documents", json={"dataset": "d", "files": files})
    assert faults(answer) == {("/files/2/sha256", "repeated")}


@pytest.mark.parametrize(
    ("query", "code"), [("file=abc", "form"), ("file=", "empty"), ("reliability=G", "unknown")]
)
def test_a_wrong_question_is_refused(client, query, code):
    """A hash is one, and a grade is one of six."""
    answer = client.get(f"/v1/documents?{query}")
    assert answer.status_code == 400
    [fault] = answer.get_json()["errors"]
    assert (fault["parameter"], fault["code"]) == (query.partition("=")[0], code)


def test_official_papers_go_by_their_new_name(records):
    """The word that stood there formerly is taken for the one that does now."""
    document = records.make("documents", kind="official_paper")
    assert records.read("documents", document)["kind"] == "official"
    for kind in ("official", "official_paper"):
        assert records.ids("documents", kind=kind) == [document]
