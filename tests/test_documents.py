"""Documents over HTTP: reports, their texts, and what is found by them."""

import hashlib
from typing import Final

import pytest
from support.answers import faults, names
from support.resources import MADE
from support.service import world

CURRENT: Final = {"If-Match": "*"}

MISSING: Final = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"

TEXT: Final = (
    "Taliban units “are stationed near Panjshir”, a spokesman said. Massoud: there is no siege."
)


def sha256(text):
    """Hash a text as the service promises to."""
    return hashlib.sha256(text.encode()).hexdigest()


def make(client, title, **fields):
    """Make a document that is known by its title, and give it."""
    sent = {"dataset": "documents", "title": title, "external_ids": {"test": title}, **fields}
    answer = client.post("/v1/documents", json=sent)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def change(client, document, **patch):
    """Change a document, and give it."""
    answer = client.patch(f"/v1/documents/{document['id']}", json=patch, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


@pytest.fixture
def documents(client):
    """Give a client of a service with a dataset for documents."""
    client.put("/v1/datasets/documents", json={})
    return client


@pytest.fixture(scope="module")
def archive(server, template, settings):
    """Give a client that only reads documents of all kinds, and the ids of their publishers."""
    with world(server, template, settings) as client:
        for dataset in ("archive", "attic"):
            client.put(f"/v1/datasets/{dataset}", json={})
        ids = {}
        for name in ("agency", "ministry"):
            body = {"dataset": "archive", "name": name}
            ids[name] = client.post("/v1/actors", json=body).get_json()["id"]

        def keep(title, **fields):
            make(client, title, **{"dataset": "archive", **fields})

        keep(
            "wire",
            kind="article",
            publisher_id=ids["agency"],
            language="en",
            published_on="2021-08-23",
            url="https://example.org/a?b=1&c=d",
            text="a",
            tags=["war"],
        )
        keep("post", kind="post", language="fa", published_on="2021-08", text_sha256=sha256("b"))
        keep("law", kind="official", publisher_id=ids["ministry"], published_on="2020")
        keep("draft", publisher_id=ids["ministry"], published_on="2021-08-20/..", tags=["law"])
        keep("undated", language="en", dataset="attic")
        yield client, ids


def test_every_field_of_a_document_is_kept(documents):
    """What is sent of a document is what is read, member by member."""
    body = {"dataset": "documents", "name": "publisher"}
    publisher = documents.post("/v1/actors", json=body).get_json()
    original = documents.post("/v1/documents", json={"dataset": "documents"}).get_json()
    text = '“Straight” and "curly", a tab\t, two\r\nlines, احمد مسعود, 🇦🇫 and e\u0301.\n'
    sent = {
        "dataset": "documents",
        "title": "Taliban say Panjshir is surrounded",
        "kind": "article",
        "publisher_id": publisher["id"],
        "url": "https://example.org/news/1?page=2#end",
        "language": "en-GB",
        "published_on": "2021-08-23?",
        "published_note": "No dateline; it says “on Monday”.",
        "text": text,
        "text_sha256": sha256(text),
        "copy_of_id": original["id"],
        "reliability": "B",
        "archived_url": "https://archive.example/1",
        "licence": "CC-BY-4.0",
        "files": [
            {
                "sha256": sha256("photograph"),
                "media_type": "image/jpeg",
                "bytes": 0,
                "name": None,
                "url": "https://example.org/1.jpg",
                "archived_url": None,
                "retrieved_at": "2021-08-23T14:05:00.000000Z",
            }
        ],
        "external_ids": {"ucdp": "0412"},
        "tags": ["panjshir"],
        "attributes": {"pages": 0, "authors": [], "checked": None},
    }
    created = documents.post("/v1/documents", json=sent)
    assert created.status_code == 201, created.get_json()
    read = documents.get(created.headers["Location"]).get_json()
    assert read == created.get_json()
    assert {name: read[name] for name in sent} == sent
    assert read.keys() - sent.keys() == MADE | {"source_reliability"}


def test_what_is_not_sent_is_not_known(documents):
    """No member is given a value that nobody recorded; a document may be known by nothing."""
    read = documents.post("/v1/documents", json={"dataset": "documents"}).get_json()
    assert {name for name, value in read.items() if value is not None} == {
        *("id", "dataset", "external_ids", "tags", "attributes"),
        *("created_at", "updated_at", "version", "assessments"),
    }
    assert read["text"] is None


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"kind": "book"}, "/kind", "unknown"),
        ({"publisher_id": MISSING}, "/publisher_id", "not_found"),
        ({"url": "example.org/news"}, "/url", "form"),
        ({"url": "javascript:alert(1)"}, "/url", "form"),
        ({"language": "English"}, "/language", "language"),
        ({"published_on": "Monday"}, "/published_on", "edtf"),
        ({"reliability": "G"}, "/reliability", "unknown"),
        ({"reliability": "b"}, "/reliability", "unknown"),
        ({"text": ""}, "/text", "invalid"),
        ({"text": "a\0b"}, "/text", "nul"),
        ({"text": 3}, "/text", "invalid"),
        ({"text_sha256": "abc"}, "/text_sha256", "form"),
        ({"text_sha256": sha256("a").upper()}, "/text_sha256", "form"),
        ({"text": "b", "text_sha256": sha256("a")}, "/text_sha256", "mismatch"),
        ({"starts_on": "2021-08-22"}, "/starts_on", "unknown"),
        ({"version": 1}, "/version", "read_only"),
        ({"retraction": None}, "/retraction", "read_only"),
    ],
)
def test_a_wrong_member_is_named(archive, fields, pointer, code):
    """A member that cannot be taken is refused by its pointer."""
    client, _ = archive
    sent = {"dataset": "archive", **fields}
    assert faults(client.post("/v1/documents?dry_run=true", json=sent)) == {(pointer, code)}


def test_the_hash_is_that_of_the_text(documents):
    """It is derived from the text in UTF-8, and follows it; without a text it may be given."""
    document = make(documents, "a", text=TEXT)
    assert document["text_sha256"] == sha256(TEXT)
    document = change(documents, document, text="new")
    assert document["text_sha256"] == sha256("new")
    patch = {"text": "newer", "text_sha256": sha256("new")}
    answer = documents.patch(f"/v1/documents/{document['id']}", json=patch, headers=CURRENT)
    assert faults(answer) == {("/text_sha256", "mismatch")}
    document = change(documents, document, text=None)
    assert (document["text"], document["text_sha256"]) == (None, sha256("new"))
    answer = documents.patch(
        f"/v1/documents/{document['id']}", json={"text_sha256": None}, headers=CURRENT
    )
    assert answer.get_json()["text_sha256"] is None
    assert make(documents, "b", text_sha256=sha256("b"))["text_sha256"] == sha256("b")


def test_a_text_that_was_left_out_must_be_the_one_that_was_hashed(documents):
    """A text that comes later may be another one; then its hash is another one as well."""
    document = make(documents, "a", text_sha256=sha256("a"))
    sent = {"dataset": "documents", "text": "b", "text_sha256": sha256("a")}
    answer = documents.put(f"/v1/documents/{document['id']}", json=sent, headers=CURRENT)
    assert ("/text_sha256", "mismatch") in faults(answer)
    assert change(documents, document, text="b")["text_sha256"] == sha256("b")
    assert names(documents, f"/v1/documents?text_sha256={sha256('b')}") == {"a"}
    assert names(documents, f"/v1/documents?text_sha256={sha256('a')}") == set()


def test_a_list_holds_texts_only_where_asked(documents):
    """A text is in a record, and in a list if `fields` names it; never in what is expanded."""
    document = make(documents, "a", text=TEXT)
    address = f"/v1/documents/{document['id']}"
    [listed] = documents.get("/v1/documents").get_json()["items"]
    assert listed == {name: value for name, value in document.items() if name != "text"}
    [asked] = documents.get("/v1/documents?fields=title,text").get_json()["items"]
    assert asked == {"id": document["id"], "title": "a", "text": TEXT}
    [asked] = documents.get("/v1/documents?fields=title").get_json()["items"]
    assert asked == {"id": document["id"], "title": "a"}
    assert documents.get(address).get_json()["text"] == TEXT
    assert documents.get(f"{address}?fields=title").get_json().keys() == {"id", "title"}
    assert documents.get(f"{address}?fields=text").get_json()["text"] == TEXT
    said = {
        "dataset": "documents",
        "act": "assert",
        "form": "paraphrase",
        "document_id": document["id"],
    }
    statement = documents.post("/v1/statements", json=said).get_json()
    read = documents.get(f"/v1/statements/{statement['id']}?expand=document").get_json()
    assert read["document"] == listed


def test_a_patch_keeps_the_text(documents):
    """What a patch does not name stays, the text too, though lists leave it out."""
    document = change(documents, make(documents, "a", text=TEXT), title="b")
    assert (document["text"], document["text_sha256"]) == (TEXT, sha256(TEXT))
    assert documents.get(f"/v1/documents/{document['id']}").get_json() == document


def test_what_the_service_makes_may_be_sent_back(documents):
    """A document may be PUT as it was read, with its text and its hash."""
    read = make(documents, "a", text=TEXT, kind="article")
    answer = documents.put(f"/v1/documents/{read['id']}", json=read, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json() == read
    changed = read | {"title": "b"}
    answer = documents.put(f"/v1/documents/{read['id']}", json=changed, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    replaced = answer.get_json()
    assert [replaced[name] for name in ("title", "kind", "text")] == ["b", "article", TEXT]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("publisher={agency}", {"wire"}),
        ("publisher={agency},{ministry}", {"wire", "law", "draft"}),
        ("kind=article,post", {"wire", "post"}),
        ("language=en", {"wire", "undated"}),
        ("language=en,fa&dataset=archive", {"wire", "post"}),
        ("url=https://example.org/a?b=1%26c=d", {"wire"}),
        ("url=https://example.org/a", set()),
        (f"text_sha256={sha256('a')},{sha256('b')}", {"wire", "post"}),
        ("datetime=2021-08-23", {"wire", "post", "draft"}),
        ("datetime=2021-08-19", {"post"}),
        ("datetime=../2020-06-30", {"law"}),
        ("datetime=2022/..", {"draft"}),
        ("datetime=../..", {"wire", "post", "law", "draft"}),
        ("datetime=2020&publisher={agency}", set()),
        ("tag=war,law", {"wire", "draft"}),
        ("dataset=attic", {"undated"}),
        ("external_id=test:law", {"law"}),
        ("retracted=only", set()),
    ],
)
def test_documents_are_found(archive, query, found):
    """Filters narrow each other, values with commas widen one; what is not known is not found."""
    client, ids = archive
    assert names(client, f"/v1/documents?{query.format(**ids)}") == found


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("kind=book", "kind"),
        ("publisher=reuters", "publisher"),
        ("datetime=monday", "datetime"),
        ("fields=txt", "fields"),
        ("expand=author", "expand"),
        ("sort=title", "sort"),
        ("title=a", "title"),
    ],
)
def test_a_wrong_question_is_refused(archive, query, parameter):
    """A parameter that makes no sense is an error that names it, never ignored."""
    client, _ = archive
    answer = client.get(f"/v1/documents?{query}")
    assert answer.status_code == 400
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == {parameter}


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("-published_on", ["wire", "draft", "post", "law", "undated"]),
        ("published_on", ["undated", "law", "post", "draft", "wire"]),
        ("created_at", ["wire", "post", "law", "draft", "undated"]),
        ("-updated_at", ["undated", "draft", "law", "post", "wire"]),
    ],
)
def test_documents_are_sorted(archive, sort, found):
    """A list comes in the order asked for; the undated are before everything."""
    client, _ = archive
    items = client.get(f"/v1/documents?sort={sort}").get_json()["items"]
    assert [item["title"] for item in items] == found


def test_documents_of_one_day_are_sorted_by_id(documents):
    """Ties are broken by id, in the direction of the sort."""
    ids = [make(documents, str(number), published_on="2021-08-23")["id"] for number in range(4)]
    for sort, expected in (("published_on", sorted(ids)), ("-published_on", sorted(ids)[::-1])):
        items = documents.get(f"/v1/documents?sort={sort}").get_json()["items"]
        assert [item["id"] for item in items] == expected


def test_what_others_refer_to_cannot_be_withdrawn(documents):
    """A document is held by whoever names it as a source, and they are told."""
    document = make(documents, "a")
    own = {"dataset": "documents"}
    source = {"document_id": document["id"]}
    actor = documents.post("/v1/actors", json={**own, "name": "a"}).get_json()
    held = {"actor_id": actor["id"], "role": "member", **source}
    referring = []
    for resource, body in [
        ("statements", {"act": "assert", "form": "paraphrase", **source}),
        ("events", {"type": "aid", "mentions": [source]}),
        ("events", {"type": "aid", "verification": {"level": "confirmed", **source}}),
        ("actors", {"name": "b", "affiliations": [held]}),
    ]:
        answer = documents.post(f"/v1/{resource}", json={**own, **body})
        assert answer.status_code == 201, answer.get_json()
        referring.append(answer.headers["Location"])
    address = f"/v1/documents/{document['id']}"
    answer = documents.delete(address, headers=CURRENT)
    assert answer.status_code == 409
    told = [fault["detail"].partition(" ")[0] for fault in answer.get_json()["errors"]]
    assert sorted(told) == sorted(referring)
    for one in referring:
        assert documents.delete(one, headers=CURRENT).status_code == 204
    assert documents.delete(address, headers=CURRENT).status_code == 204
    assert documents.get(address).status_code == 410
    body = {**own, "act": "assert", "form": "paraphrase", **source}
    assert faults(documents.post("/v1/statements", json=body)) == {("/document_id", "not_found")}


def test_an_external_id_has_one_holder(documents):
    """A conflict names the document that holds the id."""
    holder = make(documents, "a")
    sent = {"dataset": "documents", "external_ids": {"test": "a"}}
    answer = documents.post("/v1/documents", json=sent)
    assert answer.status_code == 409
    [fault] = answer.get_json()["errors"]
    assert fault["pointer"] == "/external_ids/test"
    assert f"/v1/documents/{holder['id']} " in fault["detail"]


def quoting(client, document, quote, **fields):
    """Make a statement that quotes a document, and give its address."""
    sent = {
        "dataset": "documents",
        "act": "assert",
        "form": "direct_quote",
        "document_id": document["id"],
        "quote": quote,
        **fields,
    }
    answer = client.post("/v1/statements", json=sent)
    assert answer.status_code == 201, answer.get_json()
    return answer.headers["Location"]


@pytest.mark.parametrize(
    ("given", "text", "verified"),
    [
        ({"start": 15, "end": 42}, TEXT, True),
        ({"start": 15}, TEXT, True),
        ({"end": 42}, TEXT, True),
        ({"start": 15, "end": 42}, f"x{TEXT}", False),
        ({"start": 15, "end": 42}, "Short.", False),
        ({}, TEXT, True),
        ({}, "Something else.", False),
    ],
)
def test_a_text_that_is_added_verifies_what_was_quoted(documents, given, text, verified):
    """Whether a quote is true is not known before there is a text, and known from then on."""
    document = make(documents, "a")
    address = quoting(documents, document, "are stationed near Panjshir", **given)
    before = documents.get(address)
    assert before.get_json()["quote_verified"] is None
    change(documents, document, text=text)
    after = documents.get(address)
    assert after.get_json()["quote_verified"] is verified
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.get_json()["version"] == before.get_json()["version"]


def test_a_text_that_changes_is_held_against_what_was_quoted(documents):
    """Quotes turn false where their words went, true where they are back, null without a text."""
    document = make(documents, "a", text=TEXT)
    moved = quoting(documents, document, "no siege")
    kept = quoting(documents, document, "are stationed near Panjshir")
    unquoted = quoting(documents, document, None)

    def verified():
        return [documents.get(one).get_json()["quote_verified"] for one in (moved, kept, unquoted)]

    assert verified() == [True, True, None]
    change(documents, document, text=TEXT.replace("no siege", "a siege"))
    assert verified() == [False, True, None]
    for value, address in (("true", kept), ("false", moved)):
        query = f"/v1/statements?quote_verified={value}"
        items = documents.get(query).get_json()["items"]
        assert [f"/v1/statements/{item['id']}" for item in items] == [address]
    change(documents, document, text=TEXT)
    assert verified() == [True, True, None]
    change(documents, document, text=None)
    assert verified() == [None, None, None]
    change(documents, document, text=f"> {TEXT}")
    assert verified() == [False, False, None]


def test_another_quotation_mark_is_no_change(documents):
    """A text whose quotation marks are set anew still holds what was quoted of it."""
    document = make(documents, "a", text=TEXT)
    address = quoting(documents, document, "“are stationed near Panjshir”")
    change(documents, document, text=TEXT.replace("“", '"').replace("”", '"'))
    assert documents.get(address).get_json()["quote_verified"] is True


def test_a_dry_run_of_a_new_text_changes_no_quote(documents):
    """What a new text would do to statements is not done while it is only tried."""
    document = make(documents, "a", text=TEXT)
    address = quoting(documents, document, "no siege")
    etag = documents.get(address).headers["ETag"]
    answer = documents.patch(
        f"/v1/documents/{document['id']}?dry_run=true", json={"text": "x"}, headers=CURRENT
    )
    assert answer.get_json()["text"] == "x"
    assert documents.get(address).headers["ETag"] == etag
    assert documents.get(f"/v1/documents/{document['id']}").get_json()["text"] == TEXT


def test_an_address_to_find_by_is_no_longer_than_one_that_is_stored(client):
    """The limit of an address holds where it is asked for, too."""
    for size, status in ((2_000, 200), (2_001, 400)):
        address = "https://example.org/".ljust(size, "a")
        answer = client.get("/v1/documents", query_string={"url": address})
        assert answer.status_code == status
    assert answer.get_json()["errors"][0]["parameter"] == "url"
