"""Quotes follow the edits of their documents, and never come to be other words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import STAR

from schemas.fields.quotes import follow

TEXT = "A: no. B: no."
EDITED = "In Kabul. A: no. B: no."


def bundle(text, **statement):
    """Give a document with a statement that quotes it."""
    return {
        "dataset": "d",
        "documents": [{"ref": "it", "title": "T", "text": text, "external_ids": {"x": "1"}}],
        "statements": [
            {
                "act": "assert",
                "form": "direct_quote",
                "document_id": "@it",
                "quote": "no.",
                "external_ids": {"x": "2"},
                **statement,
            }
        ],
    }


@pytest.fixture
def quoted(client):
    """Store a document, and a statement that quotes the words of B; give their addresses."""
    answer = client.post("/v1/bundles", json=bundle(TEXT, start=10, end=13))
    assert answer.status_code == 201, answer.get_json()
    return tuple(
        f"/v1/{resource}/{client.get(f'/v1/{resource}').get_json()['items'][0]['id']}"
        for resource in ("documents", "statements")
    )


def place(client, address):
    """Say where a statement's quote stands, and whether it does."""
    statement = client.get(address).get_json()
    return statement["start"], statement["end"], statement["quote_verified"]


def edit(client, address, **members):
    """Change members of a record."""
    answer = client.patch(address, json=members, headers=STAR)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_a_quote_follows_a_patch_of_the_text(client, quoted):
    """Words behind an insertion move with it, as a revision of the statement."""
    document, statement = quoted
    edit(client, document, text=EDITED)
    assert place(client, statement) == (20, 23, True)
    assert client.get(statement).get_json()["version"] == 2
    edit(client, statement, hedge="reportedly")
    assert place(client, statement) == (20, 23, True)
    edit(client, document, text=TEXT)
    assert place(client, statement) == (10, 13, True)


@pytest.mark.parametrize("sent", [{}, {"start": 10, "end": 13}])
def test_a_quote_follows_a_bundle_sent_again(client, quoted, sent):
    """A bundle with a new text follows the quotes that it sends too, with their old offsets."""
    _, statement = quoted
    answer = client.post("/v1/bundles", json=bundle(EDITED, **sent))
    assert answer.status_code == 200, answer.get_json()
    assert place(client, statement) == (20, 23, True)
    client.post("/v1/bundles", json=bundle(EDITED))
    assert place(client, statement) == (20, 23, True)


def test_lost_words_are_not_found_in_others(client, quoted):
    """Where the words were taken out, nothing takes their place, whatever is written next."""
    document, statement = quoted
    edit(client, document, text="A: no. B: yes")
    assert place(client, statement) == (10, 13, False)
    edit(client, statement, hedge="reportedly")
    client.post("/v1/bundles", json=bundle("A: no. B: yes"))
    assert place(client, statement) == (10, 13, False)
    edit(client, document, text="A: no. B: yes. C: no.")
    assert place(client, statement) == (10, 13, False)


def test_the_same_words_at_the_old_offsets_are_others(client, quoted):
    """Where other words that are the same have come to stand at the offsets, it is not there."""
    document, statement = quoted
    edit(client, document, text="AAAAAAAA: no. B: no.")
    assert place(client, statement) == (17, 20, True)
    edit(client, document, text="AAAAAAAAAAAAAAA: no. B: yes")
    assert place(client, statement) == (17, 20, False)
    edit(client, statement, hedge="reportedly")
    assert place(client, statement) == (17, 20, False)


def test_words_come_back(client, quoted):
    """Lost words are verified again where it stood, if it is the only such passage."""
    document, statement = quoted
    edit(client, statement, quote="B: no.", start=7, end=13)
    edit(client, document, text="A: no.")
    assert place(client, statement) == (7, 13, False)
    edit(client, document, text=TEXT)
    assert place(client, statement) == (7, 13, True)


def test_a_revert_is_not_refused_for_offsets(client, quoted):
    """A statement can be as it once was, though its document's text is another now."""
    document, statement = quoted
    edit(client, statement, hedge="reportedly")
    edit(client, document, text="Nothing was said.")
    edit(client, statement, document_id=None, quote=None, start=None, end=None)
    answer = client.post(f"{statement}/revert", json={"to": 1}, headers=STAR)
    assert answer.status_code == 200, answer.get_json()
    assert place(client, statement) == (10, 13, False)


def test_what_follows_is_told_in_the_feed(client, quoted):
    """The statement that moved is a change of its own, behind that of the document."""
    document, _ = quoted
    edit(client, document, text=EDITED)
    changes = client.get("/v1/changes").get_json()["items"]
    assert [each["resource"] for each in changes[-2:]] == ["documents", "statements"]
    assert changes[-1]["operation"] == "change"


words = st.text("ab .", max_size=6)


@given(words, words, words, words, words)
def test_a_passage_is_followed_to_the_same_words(head, quote, tail, more, less):
    """Wherever a passage is followed to, the same words stand there."""
    before = head + quote + tail
    for after in (more + before, before + more, head + more + quote + less + tail, less):
        found = follow(before, after, len(head), len(head) + len(quote))
        if found is not None:
            assert after[slice(*found)] == quote
    assert follow(before, before, len(head), len(head) + len(quote)) == (
        len(head),
        len(head) + len(quote),
    )
