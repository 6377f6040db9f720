"""Quotes follow the edits of their documents, and never come to be other words."""

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import STAR

from schemas.fields.quotes import Mismatch, follow, locate

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


# Mentions within events.


@pytest.fixture
def mentioned(client):
    """Store a document, and an event that mentions it by the words of B; give their addresses."""
    sent = bundle(TEXT)
    mention = {"document_id": "@it", "quote": "no.", "start": 10, "end": 13}
    event = {"type": "other", "mentions": [mention], "external_ids": {"x": "3"}}
    answer = client.post("/v1/bundles", json={**sent, "statements": [], "events": [event]})
    assert answer.status_code == 201, answer.get_json()
    return tuple(
        f"/v1/{resource}/{client.get(f'/v1/{resource}').get_json()['items'][0]['id']}"
        for resource in ("documents", "events")
    )


def offsets(client, address):
    """Say where what an event's mention quotes stands."""
    [mention] = client.get(address).get_json()["mentions"]
    return mention["start"], mention["end"]


def test_a_mention_follows_a_patch_of_the_text(client, mentioned):
    """The event is stored anew, with the words where they now stand, and its counts stay."""
    document, event = mentioned
    before = client.get(event).get_json()
    edit(client, document, text=EDITED)
    after = client.get(event).get_json()
    assert offsets(client, event) == (20, 23)
    assert after["version"] == 2
    assert after["attestation"] == before["attestation"]
    changes = client.get("/v1/changes").get_json()["items"]
    assert [each["resource"] for each in changes[-2:]] == ["documents", "events"]
    edit(client, event, title="Talks")
    assert offsets(client, event) == (20, 23)
    edit(client, document, text=TEXT)
    assert offsets(client, event) == (10, 13)


def test_a_mention_follows_a_bundle_that_changes_both(client, mentioned):
    """An event that is sent along with its document's new text, by its old offsets, follows it."""
    _, event = mentioned
    mention = {"document_id": "@it", "quote": "no.", "start": 10, "end": 13}
    sent = {"type": "other", "title": "Talks", "mentions": [mention], "external_ids": {"x": "3"}}
    answer = client.post("/v1/bundles", json={**bundle(EDITED), "statements": [], "events": [sent]})
    assert answer.status_code == 200, answer.get_json()
    assert offsets(client, event) == (20, 23)


def test_what_a_mention_has_lost_is_not_found_elsewhere(client, mentioned):
    """Where the words were taken out, the mention stays as it was, whatever is written next."""
    document, event = mentioned
    edit(client, document, text="A: no. B: yes")
    assert offsets(client, event) == (10, 13)
    edit(client, event, title="Talks")
    assert offsets(client, event) == (10, 13)
    assert client.get(event).get_json()["version"] == 2


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


@pytest.mark.parametrize(
    ("text", "quote", "start", "end", "place"),
    [
        ("Il a nié tout.", "nie\u0301", None, None, (5, 8)),
        ("Il a nie\u0301 tout.", "nié", None, None, (5, 9)),
        ("Il a nie\u0301 tout.", "nié", 5, None, (5, 9)),
        ("Il a nie\u0301 tout.", "nié", None, 9, (5, 9)),
        ("Il a nie\u0301 tout.", "nié", 5, 9, (5, 9)),
        ("no sie\u00adge at all", "no siege", None, None, (0, 9)),
        ("no sie\u00adge at all", "siege", 3, 9, (3, 9)),
        ("می\u200cگوید", "میگوید", None, None, (0, 7)),
        ("\u1112\u1161\u11ab", "한", None, None, (0, 3)),
        ("한", "\u1112\u1161\u11ab", None, None, (0, 1)),
        ("ạ\u0302", "a\u0302\u0323", None, None, (0, 2)),
    ],
)
def test_equivalent_letters_are_found(text, quote, start, end, place):
    """Composed or not, hyphenated or joined: what is read alike is found, at its own offsets."""
    assert locate(text, quote, start, end) == place


@pytest.mark.parametrize(
    ("text", "quote", "start", "end"),
    [
        ("한", "\u1112\u1161", None, None),
        ("Il a nie\u0301 tout.", "nié", 5, 8),
        ("Il a nie\u0301 tout.", "nié", 4, None),
        ("Il a nie\u0301 tout.", "nié", None, 8),
        ("abc", "\u200b", None, None),
    ],
)
def test_parts_of_letters_are_not(text, quote, start, end):
    """A quote begins and ends with a letter, and where it is said to."""
    with pytest.raises(Mismatch):
        locate(text, quote, start, end)


letters = st.text("eé\u0301\u0323ạ\u00ad\u200d한\u1112\u1161\u11ab o'", max_size=8)


@given(letters, letters, letters, st.sampled_from(["NFC", "NFD"]))
def test_a_quote_is_found_in_either_form(head, quote, tail, form):
    """Whatever form a text has, the quote is found in it if it is a piece of it."""
    text = f"{head} x{quote}x {tail}"
    sought = unicodedata.normalize(form, f"x{quote}x")
    start, end = locate(
        unicodedata.normalize("NFD" if form == "NFC" else "NFC", text), sought, None, None
    )
    assert 0 <= start < end


def test_long_texts_are_folded_in_linear_time():
    """A million marks on one letter, or letters that nearly fit, take no longer than others."""
    for text in ("e" + "\u0301\u0323" * 300_000, "한" * 300_000, "e\u0301" * 300_000):
        begun = process_time()
        with pytest.raises(Mismatch):
            locate(text, "\u1112\u1161" * 3 + "z", None, None)
        assert process_time() - begun < 5


def test_many_quotes_of_a_long_text_are_followed_at_once():
    """Two texts are compared once, however many quotes are followed from one to the other."""
    before = "".join(f"{number} said so. " for number in range(100_000))
    after = f"In Kabul. {before[:-10]}"
    begun = process_time()
    for number in range(1_000):
        start = number * 100
        assert follow(before, after, start, start + 40) in {None, (start + 10, start + 50)}
    assert process_time() - begun < 10
