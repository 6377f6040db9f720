"""Attestation over HTTP: counted from origins, explained by them, and kept right by every write."""

from typing import Final

import pytest

CURRENT: Final = {"If-Match": "*"}

LONG: Final = "We shall never give up the valley"


class Newsroom:
    """An event, and all that is said of it."""

    def __init__(self, client, **event):
        """Make the event, and nothing that is said of it."""
        self.client = client
        client.put("/v1/datasets/newsroom", json={})
        self.event = self.make("events", type="assault", **event)

    def make(self, resource, **fields):
        """Make a record, and give its id."""
        answer = self.client.post(f"/v1/{resource}", json={"dataset": "newsroom", **fields})
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()["id"]

    def actor(self, name="a"):
        """Make an actor, and give its id."""
        return self.make("actors", name=name)

    def document(self, **fields):
        """Make a document, and give its id."""
        return self.make("documents", **fields)

    def claim(self, stance, aspect="occurrence", **fields):
        """Write a claim on the event."""
        return {"event_id": self.event, "stance": stance, "aspect": aspect, **fields}

    def say(self, stance, *, aspect="occurrence", form="paraphrase", **fields):
        """Make a statement with a claim on the event, and give its id."""
        claims = [self.claim(stance, aspect)]
        return self.make("statements", **{"act": "assert", "form": form, "claims": claims} | fields)

    def change(self, resource, record, **patch):
        """Change a record."""
        address = f"/v1/{resource}/{record}"
        answer = self.client.patch(address, json=patch, headers=CURRENT)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def withdraw(self, resource, record):
        """Withdraw a record."""
        answer = self.client.delete(f"/v1/{resource}/{record}", headers=CURRENT)
        assert answer.status_code == 204, answer.get_json()

    def read(self, event=None):
        """Give the attestation of an event, which the list, too, finds it by."""
        event = event or self.event
        attestation = self.client.get(f"/v1/events/{event}").get_json()["attestation"]
        found = self.client.get(f"/v1/events?status={attestation['status']}").get_json()["items"]
        assert event in {item["id"] for item in found}
        return attestation

    def status(self):
        """Give the status of the event."""
        return self.read()["status"]

    def counts(self):
        """Count who asserts, denies and questions it, all origins, and documents."""
        names = ("asserted_by", "denied_by", "questioned_by", "origins", "documents")
        return tuple(self.read()[name] for name in names)

    def explained(self):
        """Give the explanation, whose lists are as long as the numbers say."""
        answer = self.client.get(f"/v1/events/{self.event}/attestation")
        assert answer.status_code == 200, answer.get_json()
        explanation = answer.get_json()
        attestation = self.read()
        assert {name: explanation[name] for name in attestation} == attestation
        lengths = {
            "asserted_by": len(explanation["asserting"]),
            "denied_by": len(explanation["denying"]),
            "questioned_by": len(explanation["questioning"]),
            "documents": len(explanation["own_voice"]),
        }
        assert {name: attestation[name] for name in lengths} == lengths
        return explanation


@pytest.fixture
def newsroom(client):
    """Give an event of which nothing is said yet."""
    return Newsroom(client)


def test_an_event_of_which_nothing_is_said(newsroom):
    """Nothing asserted is nothing counted: an event alone is unattested."""
    assert newsroom.status() == "unattested"
    assert newsroom.counts() == (0, 0, 0, 0, 0)
    assert newsroom.read()["rule"]
    assert newsroom.explained()["asserting"] == []


def test_the_first_status_that_fits(newsroom):
    """Each status gives way to those before it in the order, and only to them."""
    client, event = newsroom.client, newsroom.event
    assert newsroom.status() == "unattested"
    newsroom.say("questions", speaker_label="a sceptic")
    newsroom.say("projects", speaker_label="a prophet")
    assert newsroom.status() == "unattested"
    newsroom.change("events", event, mentions=[{"document_id": newsroom.document()}])
    assert newsroom.status() == "reported"
    newsroom.say("asserts", speaker_id=newsroom.actor())
    assert newsroom.status() == "claimed"
    other = newsroom.say("asserts", speaker_id=newsroom.actor())
    assert newsroom.status() == "corroborated"
    denial = newsroom.say("denies", speaker_id=newsroom.actor())
    assert newsroom.status() == "disputed"
    newsroom.change("events", event, verification={"level": "confirmed"})
    assert newsroom.status() == "confirmed"
    newsroom.change("events", event, verification={"level": "refuted"})
    assert newsroom.status() == "refuted"
    newsroom.change("events", event, modality="hypothetical")
    assert newsroom.status() == "hypothetical"
    newsroom.change("events", event, modality="planned")
    assert newsroom.status() == "hypothetical"
    newsroom.change("events", event, modality="actual", verification=None)
    assert newsroom.status() == "disputed"
    for statement in client.get(f"/v1/statements?event={event}&stance=asserts").get_json()["items"]:
        if statement["id"] != other:
            newsroom.withdraw("statements", statement["id"])
    assert newsroom.status() == "disputed"
    newsroom.withdraw("statements", other)
    assert newsroom.status() == "disputed"
    newsroom.change("events", event, mentions=[])
    assert newsroom.status() == "denied"
    newsroom.withdraw("statements", denial)
    assert newsroom.status() == "unattested"


def test_a_denial_of_what_documents_report(newsroom):
    """A document in its own voice stands on the asserting side: one denial makes it disputed."""
    mentions = [{"document_id": newsroom.document()} for _ in range(2)]
    newsroom.change("events", newsroom.event, mentions=mentions)
    newsroom.say("denies", speaker_label="a spokesman")
    found = newsroom.client.get(f"/v1/events/{newsroom.event}").get_json()["attestation"]
    assert found["status"] == "disputed"
    assert (found["asserted_by"], found["denied_by"], found["documents"]) == (0, 1, 2)
    assert found["rule"] == "Reported by 2 documents in their own voice, denied by 1 origin."


TEXT = "A long report that two outlets carry word for word, with a spokesman in it."


def test_copies_of_a_document(newsroom):
    """Documents with the same text are one, and an unnamed speaker in them is one as well."""
    copies = [newsroom.document(text=TEXT) for _ in range(2)]
    for copy in copies:
        newsroom.say("asserts", speaker_label="A spokesman", document_id=copy)
    mentions = [{"document_id": copy} for copy in copies]
    newsroom.change("events", newsroom.event, mentions=mentions)
    explained = newsroom.client.get(f"/v1/events/{newsroom.event}/attestation").get_json()
    assert (explained["asserted_by"], explained["documents"]) == (1, 1)
    assert [len(origin["statements"]) for origin in explained["asserting"]] == [2]
    assert [voice["mentions"] for voice in explained["own_voice"]] == [2]
    newsroom.change("documents", copies[1], text=f"{TEXT} And more.")
    explained = newsroom.client.get(f"/v1/events/{newsroom.event}/attestation").get_json()
    assert (explained["asserted_by"], explained["documents"]) == (2, 2)
    newsroom.change("documents", copies[1], text=TEXT)
    assert newsroom.status() == "claimed"


@pytest.mark.parametrize(
    ("one", "other", "origins"),
    [
        ("我们永远不会离开潘杰希尔山谷", "我们,永远不会离开 潘杰希尔山谷。", 1),
        ("私たちは決して谷を離れない", "私たちは決して谷を離れない!", 1),
        ("เราจะไม่ออกจากหุบเขานี้", "เราจะไม่ออกจากหุบเขานี้", 1),
        ("ကျွန်ုပ်တို့ချိုင့်ဝှမ်းမှထွက်ခွာမည်မဟုတ်ပါ", "ကျွန်ုပ်တို့ချိုင့်ဝှမ်းမှထွက်ခွာမည်မဟုတ်ပါ", 1),
        ("لن نغادر وادي بنجشير أبدا", "لَنْ نُغَادِرَ وَادِي بَنْجَشِير أَبَداً", 1),
        ("我们不会离开", "我们不会离开", 2),
        ("we never leave it", "we never leave it", 2),
    ],
)
def test_the_same_quote_in_any_script(newsroom, one, other, origins):
    """Five words, or twelve letters where no spaces are written, are one origin; marks are none."""
    for quote in (one, other):
        newsroom.say("asserts", speaker_id=newsroom.actor(), quote=quote, form="direct_quote")
    found = newsroom.client.get(f"/v1/events/{newsroom.event}").get_json()["attestation"]
    assert found["asserted_by"] == origins


def test_a_retracted_event_is_retracted_before_all_else(newsroom):
    """A retraction outdoes modality, verification and whatever is said."""
    newsroom.change("events", newsroom.event, modality="planned", verification={"level": "refuted"})
    address = f"/v1/events/{newsroom.event}/retraction"
    answer = newsroom.client.put(address, json={"reason": "x"}, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    newsroom.say("asserts", speaker_label="a")
    event = newsroom.client.get(f"/v1/events/{newsroom.event}").get_json()
    assert event["attestation"]["status"] == "retracted"
    for choice, count in (("exclude", 0), ("include", 1), ("only", 1)):
        items = newsroom.client.get(f"/v1/events?retracted={choice}").get_json()["items"]
        assert len(items) == count
    assert newsroom.client.get("/v1/events").get_json()["items"] == []


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({}, "unattested"),
        ({"modality": "planned"}, "hypothetical"),
        ({"modality": "hypothetical", "verification": {"level": "confirmed"}}, "hypothetical"),
        ({"verification": {"level": "confirmed"}}, "confirmed"),
        ({"verification": {"level": "refuted"}}, "refuted"),
    ],
)
def test_a_new_event_is_attested_from_the_start(client, event, status):
    """What an event says of itself counts when it is created, before anything is said of it."""
    assert Newsroom(client, **event).status() == status


def test_a_new_event_counts_its_mentions(newsroom):
    """Two mentions in one document are one document; the answer to the POST says so already."""
    documents = [newsroom.document(), newsroom.document()]
    mentions = [{"document_id": one} for one in (*documents, documents[0])]
    sent = {"dataset": "newsroom", "type": "aid", "mentions": mentions}
    event = newsroom.client.post("/v1/events", json=sent).get_json()
    assert event["attestation"]["documents"] == 2
    assert event["attestation"]["status"] == "reported"


def test_one_speaker_is_one_origin(newsroom):
    """However often, wherever and in which words somebody says it, it is one origin."""
    speaker = newsroom.actor()
    for stance in ("asserts", "asserts", "asserts"):
        newsroom.say(stance, speaker_id=speaker, document_id=newsroom.document())
    assert newsroom.counts() == (1, 0, 0, 1, 0)
    [origin] = newsroom.explained()["asserting"]
    assert origin["actor_id"] == speaker
    assert len(origin["statements"]) == 3


def test_who_speaks_for_an_actor_is_that_actor(newsroom):
    """Several speakers on behalf of one, and that one itself, are one origin."""
    movement = newsroom.actor("movement")
    for name in ("spokesman", "minister"):
        newsroom.say("asserts", speaker_id=newsroom.actor(name), on_behalf_of_id=movement)
    newsroom.say("asserts", speaker_label="a spokesman", on_behalf_of_id=movement)
    newsroom.say("asserts", speaker_id=movement)
    assert newsroom.counts() == (1, 0, 0, 1, 0)
    [origin] = newsroom.explained()["asserting"]
    assert (origin["origin"], origin["actor_id"]) == ("movement", movement)
    assert {said["speaker"] for said in origin["statements"]} == {
        *("spokesman", "minister", "a spokesman", "movement")
    }
    newsroom.say("asserts", speaker_id=newsroom.actor("spokesman in private"))
    assert newsroom.counts() == (2, 0, 0, 2, 0)


def test_an_unnamed_speaker_is_one_for_each_document_and_label(newsroom):
    """`a witness` in two documents are two; in one document one, however it is written."""
    documents = [newsroom.document(), newsroom.document()]
    for document in documents:
        for label in ("a witness", "A  Witness", "a doctor"):
            newsroom.say("asserts", speaker_label=label, document_id=document)
    assert newsroom.counts() == (4, 0, 0, 4, 0)
    newsroom.explained()


def test_an_unnamed_speaker_without_a_document_is_one_for_each_statement(newsroom):
    """Where nothing says that two speakers are the same, they are not taken for it."""
    for _ in range(2):
        newsroom.say("asserts", speaker_label="a witness")
    newsroom.say("asserts")
    assert newsroom.counts() == (3, 0, 0, 3, 0)
    newsroom.explained()


@pytest.mark.parametrize(
    ("quotes", "origins"),
    [
        ((LONG, LONG, LONG), 1),
        ((LONG, f"“{LONG}!”", LONG.upper()), 1),
        ((LONG, LONG.replace("never", "not"), "Another long quote of five words"), 3),
        (("We want no war", "We want no war"), 2),
        (("We want no war, never", "We want no war, never"), 1),
        ((None, None), 2),
    ],
)
def test_the_same_words_are_one_origin(newsroom, quotes, origins):
    """Words that several outlets carry are counted once, unless so few that chance may do it."""
    for quote in quotes:
        newsroom.say(
            "asserts",
            form="direct_quote",
            quote=quote,
            speaker_label="a commander",
            document_id=newsroom.document(),
        )
    assert newsroom.counts() == (origins, 0, 0, origins, 0)
    assert newsroom.status() == ("claimed" if origins == 1 else "corroborated")
    newsroom.explained()


def test_words_tie_a_named_and_an_unnamed_speaker(newsroom):
    """Whom one outlet names is whom the others quote; what they say besides is of one origin."""
    speaker = newsroom.actor("commander")
    document = newsroom.document()
    newsroom.say("asserts", speaker_id=speaker)
    newsroom.say("asserts", speaker_id=speaker, form="direct_quote", quote=LONG)
    unnamed = {"speaker_label": "a commander", "document_id": document}
    newsroom.say("asserts", form="direct_quote", quote=LONG, **unnamed)
    newsroom.say("asserts", **unnamed)
    assert newsroom.counts() == (1, 0, 0, 1, 0)
    [origin] = newsroom.explained()["asserting"]
    assert len(origin["statements"]) == 4


def test_the_same_words_of_another_event_tie_nobody(newsroom):
    """Each event is counted by what is said of it."""
    other = newsroom.make("events", type="aid")
    for event, label in ((newsroom.event, "a"), (other, "b")):
        claim = {"event_id": event, "stance": "asserts", "aspect": "occurrence"}
        newsroom.say(
            "asserts", form="direct_quote", quote=LONG, speaker_label=label, claims=[claim]
        )
    assert newsroom.counts() == (1, 0, 0, 1, 0)
    assert newsroom.read(other)["asserted_by"] == 1


def test_one_statement_may_claim_things_of_several_events(newsroom):
    """Each claim counts for its own event, in its own stance."""
    other = newsroom.make("events", type="aid")
    denial = {"event_id": other, "stance": "denies", "aspect": "occurrence"}
    newsroom.say("asserts", speaker_label="a", claims=[newsroom.claim("asserts"), denial])
    assert newsroom.status() == "claimed"
    assert newsroom.read(other)["status"] == "denied"


def test_who_contradicts_himself_disputes_it(newsroom):
    """Somebody who asserts and later denies counts on both sides, and is one origin."""
    speaker = newsroom.actor()
    newsroom.say("asserts", speaker_id=speaker)
    newsroom.say("denies", speaker_id=speaker)
    assert newsroom.counts() == (1, 1, 0, 1, 0)
    assert newsroom.status() == "disputed"
    explanation = newsroom.explained()
    assert explanation["asserting"][0]["actor_id"] == explanation["denying"][0]["actor_id"]


def test_questions_and_forecasts_are_counted_apart(newsroom):
    """Who questions or projects is an origin, but moves no status."""
    newsroom.say("questions", speaker_id=newsroom.actor())
    newsroom.say("projects", speaker_id=newsroom.actor())
    assert newsroom.counts() == (0, 0, 1, 2, 0)
    assert newsroom.status() == "unattested"
    explanation = newsroom.explained()
    assert len(explanation["projecting"]) == 1
    newsroom.say("denies", speaker_id=newsroom.actor())
    assert newsroom.status() == "denied"


@pytest.mark.parametrize(
    "aspect",
    ["responsibility", "location", "date", "fatalities", "casualties", "intent", "degree"],
)
@pytest.mark.parametrize("stance", ["asserts", "denies"])
def test_only_claims_of_occurrence_move_the_status(newsroom, aspect, stance):
    """Who did it, where, how many died: that is reported side by side, and counts for nothing."""
    newsroom.say(stance, aspect=aspect, speaker_id=newsroom.actor())
    newsroom.say(stance, aspect=aspect, form="narration", document_id=newsroom.document())
    assert newsroom.counts() == (0, 0, 0, 0, 0)
    assert newsroom.status() == "unattested"
    [shown] = newsroom.explained()["aspects"]
    assert (shown["aspect"], len(shown["claims"])) == (aspect, 2)


def test_narration_is_the_documents_own_voice(newsroom):
    """A narration counts its document, once with its mentions, and never as an origin."""
    document, other = newsroom.document(), newsroom.document()
    newsroom.say("asserts", form="narration", document_id=document)
    newsroom.say("asserts", form="narration", document_id=document, speaker_id=newsroom.actor())
    assert newsroom.counts() == (0, 0, 0, 0, 1)
    assert newsroom.status() == "reported"
    mentions = [{"document_id": document}, {"document_id": other}, {"document_id": other}]
    newsroom.change("events", newsroom.event, mentions=mentions)
    assert newsroom.counts() == (0, 0, 0, 0, 2)
    voices = {one["document_id"]: one for one in newsroom.explained()["own_voice"]}
    assert {
        one: (voice["mentions"], len(voice["statements"])) for one, voice in voices.items()
    } == {
        document: (1, 2),
        other: (2, 0),
    }


@pytest.mark.parametrize("stance", ["denies", "questions", "projects"])
def test_a_narration_that_does_not_assert_reports_nothing(newsroom, stance):
    """A document that doubts or denies in its own voice is counted, but does not report it."""
    newsroom.say(stance, form="narration", document_id=newsroom.document())
    assert newsroom.counts() == (0, 0, 0, 0, 1)
    assert newsroom.status() == "unattested"
    [voice] = newsroom.explained()["own_voice"]
    assert [said["stance"] for said in voice["statements"]] == [stance]


def test_narrations_without_a_document_are_explained_as_they_are_counted(newsroom):
    """Where no document is recorded, what is counted is what is listed."""
    for _ in range(2):
        newsroom.say("asserts", form="narration")
    assert newsroom.status() == "reported"
    newsroom.explained()


def test_a_form_that_is_corrected_moves_the_weight(newsroom):
    """What turns out to be the document's own voice counts as such from then on."""
    statement = newsroom.say("asserts", speaker_label="a", document_id=newsroom.document())
    assert newsroom.counts() == (1, 0, 0, 1, 0)
    newsroom.change("statements", statement, form="narration")
    assert newsroom.counts() == (0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("patch", "counts"),
    [
        ({"claims": None}, (1, 0, 0, 1, 0)),
        ({"claims": []}, (1, 0, 0, 1, 0)),
        ({"text": "in other words"}, (2, 0, 0, 2, 0)),
        ({"form": "narration"}, (1, 0, 0, 1, 1)),
    ],
)
def test_a_patch_of_a_statement_is_counted(newsroom, patch, counts):
    """Whatever a patch changes of who says what of an event is counted at once."""
    newsroom.say("asserts", speaker_id=newsroom.actor())
    second = newsroom.say("asserts", speaker_id=newsroom.actor(), document_id=newsroom.document())
    assert newsroom.counts() == (2, 0, 0, 2, 0)
    newsroom.change("statements", second, **patch)
    assert newsroom.counts() == counts


def test_a_speaker_that_is_corrected_is_counted(newsroom):
    """Two origins become one when they turn out to be one, or to speak for one, and two again."""
    one, other = newsroom.actor(), newsroom.actor()
    newsroom.say("asserts", speaker_id=one)
    second = newsroom.say("asserts", speaker_id=other)
    for patch, origins in (
        ({"speaker_id": one}, 1),
        ({"speaker_id": other}, 2),
        ({"on_behalf_of_id": one}, 1),
        ({"on_behalf_of_id": None}, 2),
    ):
        newsroom.change("statements", second, **patch)
        assert newsroom.counts() == (origins, 0, 0, origins, 0)


def test_a_statement_that_is_replaced_is_counted_anew(newsroom):
    """A PUT takes the old claims away, also from an event that the new ones do not name."""
    other = newsroom.make("events", type="aid")
    statement = newsroom.say("asserts", speaker_label="a")
    claim = {"event_id": other, "stance": "denies", "aspect": "occurrence"}
    sent = {"dataset": "newsroom", "act": "deny", "form": "paraphrase", "claims": [claim]}
    address = f"/v1/statements/{statement}"
    answer = newsroom.client.put(address, json=sent, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    assert newsroom.status() == "unattested"
    assert newsroom.read(other)["status"] == "denied"
    newsroom.change("statements", statement, claims=[newsroom.claim("asserts")])
    assert newsroom.status() == "claimed"
    assert newsroom.read(other)["status"] == "unattested"


def test_a_statement_put_under_its_own_id_is_counted(newsroom):
    """A PUT that creates counts like a POST."""
    sent = {
        "dataset": "newsroom",
        "act": "assert",
        "form": "paraphrase",
        "claims": [newsroom.claim("asserts")],
    }
    address = "/v1/statements/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
    assert newsroom.client.put(address, json=sent).status_code == 201
    assert newsroom.status() == "claimed"


def test_an_event_that_is_replaced_keeps_what_is_said_of_it(newsroom):
    """A PUT or PATCH of the event loses no claim, and counts its own mentions anew."""
    newsroom.say("asserts", speaker_label="a")
    newsroom.say("denies", speaker_label="b")
    mentions = [{"document_id": newsroom.document()}]
    address = f"/v1/events/{newsroom.event}"
    sent = {"dataset": "newsroom", "type": "aid", "title": "new", "mentions": mentions}
    answer = newsroom.client.put(address, json=sent, headers=CURRENT)
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["attestation"] == newsroom.read()
    assert newsroom.counts() == (1, 1, 0, 2, 1)
    newsroom.change("events", newsroom.event, title="newer", mentions=None)
    assert newsroom.counts() == (1, 1, 0, 2, 0)
    assert newsroom.status() == "disputed"


def test_a_withdrawn_statement_weighs_nothing(newsroom):
    """Withdrawing takes the weight away at once, from every event that was spoken of."""
    other = newsroom.make("events", type="aid")
    more = {"event_id": other, "stance": "asserts", "aspect": "occurrence"}
    statement = newsroom.say("asserts", claims=[newsroom.claim("asserts"), more])
    assert (newsroom.status(), newsroom.read(other)["status"]) == ("claimed", "claimed")
    newsroom.withdraw("statements", statement)
    assert (newsroom.status(), newsroom.read(other)["status"]) == ("unattested", "unattested")
    assert newsroom.explained()["asserting"] == []


def test_what_is_only_tried_weighs_nothing(newsroom):
    """A dry run leaves attestation and ETag as they were; its answer tells what would be."""
    address = f"/v1/events/{newsroom.event}"
    before = newsroom.client.get(address)
    sent = {
        "dataset": "newsroom",
        "act": "assert",
        "form": "paraphrase",
        "claims": [newsroom.claim("asserts")],
    }
    assert newsroom.client.post("/v1/statements?dry_run=true", json=sent).status_code == 201
    patch = {"verification": {"level": "confirmed"}}
    tried = newsroom.client.patch(f"{address}?dry_run=true", json=patch, headers=CURRENT)
    assert tried.get_json()["attestation"]["status"] == "confirmed"
    after = newsroom.client.get(address)
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.get_json() == before.get_json()


def test_what_is_refused_weighs_nothing(newsroom):
    """A statement with one fault counts for none of its events."""
    sent = {
        "dataset": "newsroom",
        "act": "assert",
        "form": "paraphrase",
        "claims": [newsroom.claim("asserts"), newsroom.claim("asserts", event_id="nowhere")],
    }
    assert newsroom.client.post("/v1/statements", json=sent).status_code == 422
    assert newsroom.status() == "unattested"


def test_the_etag_follows_the_attestation(newsroom):
    """An event's ETag changes with its attestation, its version does not; an old one is stale."""
    client, address = newsroom.client, f"/v1/events/{newsroom.event}"
    before = client.get(address)
    statement = newsroom.say("asserts", speaker_label="a")
    after = client.get(address)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.get_json()["version"] == before.get_json()["version"]
    stale = client.patch(address, json={"title": "x"}, headers={"If-Match": before.headers["ETag"]})
    assert stale.status_code == 412
    assert stale.get_json()["current"]["attestation"]["status"] == "claimed"
    unchanged = client.get(address, headers={"If-None-Match": after.headers["ETag"]})
    assert unchanged.status_code == 304
    newsroom.withdraw("statements", statement)
    tags = {response.headers["ETag"] for response in (before, after, client.get(address))}
    assert len(tags) == 3


def test_what_changes_no_number_changes_no_etag(newsroom):
    """A further statement of a known origin leaves the event as it is, byte for byte."""
    speaker = newsroom.actor()
    newsroom.say("asserts", speaker_id=speaker)
    address = f"/v1/events/{newsroom.event}"
    before = newsroom.client.get(address)
    newsroom.say("asserts", speaker_id=speaker)
    after = newsroom.client.get(address)
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.get_data() == before.get_data()


def test_nobody_types_in_an_attestation(newsroom):
    """An attestation that is sent is refused, whatever it says."""
    address = f"/v1/events/{newsroom.event}"
    attestation = newsroom.read() | {"status": "confirmed"}
    for method, body in (
        ("patch", {"attestation": attestation}),
        ("put", {"dataset": "newsroom", "type": "aid", "attestation": attestation}),
    ):
        answer = getattr(newsroom.client, method)(address, json=body, headers=CURRENT)
        assert answer.status_code == 422
        [fault] = answer.get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/attestation", "read_only")
    assert newsroom.status() == "unattested"


def test_the_explanation_gives_the_evidence(newsroom):
    """Who says so, how, in which words, in which document: all that stands behind a number."""
    speaker = newsroom.actor("Ahmad Massoud")
    document = newsroom.document(title="News", text=f"He said: {LONG}.")
    statement = newsroom.say(
        "denies",
        act="deny",
        form="direct_quote",
        text="No.",
        quote=LONG,
        hedge="reportedly",
        speaker_id=speaker,
        document_id=document,
        external_ids={"seed": "S23"},
        claims=[
            newsroom.claim("denies", note="weak"),
            newsroom.claim("asserts", "degree", value="three sides"),
        ],
    )
    explanation = newsroom.explained()
    evidence = {
        "statement_id": statement,
        "document_id": document,
        "external_ids": {"seed": "S23"},
        "speaker_id": speaker,
        "speaker": "Ahmad Massoud",
        "act": "deny",
        "form": "direct_quote",
        "text": "No.",
        "quote": LONG,
        "quote_verified": True,
        "hedge": "reportedly",
        **dict.fromkeys(("speaker_label", "speaker_role", "date", "medium", "chain")),
        "stance": "denies",
        "aspect": "occurrence",
        "value": None,
        "value_name": None,
        "note": "weak",
        "attestation": {"asserted": 0, "denied": 0, "questioned": 0},
        "doubted_by": [],
    }
    origin = {"origin": "Ahmad Massoud", "actor_id": speaker, "statements": [evidence]}
    origin["carriers"] = []
    assert explanation["denying"] == [origin]
    degree = evidence | {
        "stance": "asserts",
        "aspect": "degree",
        "value": "three sides",
        "note": None,
    }
    undisputed = {"disputed": False, "rule": None, "between": []}
    assert explanation["aspects"] == [{"aspect": "degree", **undisputed, "claims": [degree]}]
    assert explanation["event_id"] == newsroom.event
    assert explanation["rule"] == "Denied by 1 origin, asserted by none."


def test_the_explanation_names_what_is_claimed(newsroom):
    """An id that is claimed is shown with the name it stands for; other values as they are."""
    militia, place = newsroom.actor("militia"), newsroom.make("locations", name="valley")
    values = {
        "responsibility": [militia, militia.upper()],
        "location": [place],
        "fatalities": [0],
        "date": ["2021-08"],
    }
    claims = [
        newsroom.claim("asserts", aspect, value=value)
        for aspect, each in values.items()
        for value in each
    ]
    newsroom.say("asserts", claims=claims)
    shown = {
        aspect["aspect"]: [claim["value_name"] for claim in aspect["claims"]]
        for aspect in newsroom.explained()["aspects"]
    }
    assert shown == {
        "responsibility": ["militia", "militia"],
        "location": ["valley"],
        "fatalities": [None],
        "date": [None],
    }


def test_nothing_is_explained_of_what_is_not_there(newsroom):
    """An event that never was is 404, one that was withdrawn 410."""
    address = "/v1/events/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01/attestation"
    assert newsroom.client.get(address).status_code == 404
    newsroom.withdraw("events", newsroom.event)
    answer = newsroom.client.get(f"/v1/events/{newsroom.event}/attestation")
    assert answer.status_code == 410


@pytest.mark.parametrize(
    ("seed", "status", "counts"),
    [
        ("E1", "disputed", (1, 1, 0, 2, 0)),
        ("E2", "claimed", (1, 0, 0, 1, 0)),
        ("E3", "reported", (0, 0, 0, 0, 1)),
        ("E4", "claimed", (1, 0, 0, 1, 0)),
        ("E5", "confirmed", (0, 0, 0, 0, 1)),
        ("E6", "reported", (0, 0, 0, 0, 1)),
        ("E7", "reported", (0, 0, 0, 0, 1)),
        ("E8", "claimed", (1, 0, 0, 1, 0)),
        ("E9", "claimed", (1, 0, 0, 1, 0)),
        ("E10", "hypothetical", (0, 0, 1, 2, 0)),
        ("E14", "claimed", (1, 0, 0, 1, 0)),
        ("E15", "denied", (0, 1, 0, 1, 0)),
        ("E16", "hypothetical", (0, 0, 0, 2, 0)),
    ],
)
def test_the_article_is_attested(panjshir, found, seed, status, counts):
    """Questions 3, 4, 5 and 18: each event of the reference article stands as it is reported."""
    event = found("events", seed)
    attestation = event["attestation"]
    assert attestation["status"] == status
    names = ("asserted_by", "denied_by", "questioned_by", "origins", "documents")
    assert tuple(attestation[name] for name in names) == counts
    explained = panjshir.get(f"/v1/events/{event['id']}/attestation").get_json()
    lists = ("asserting", "denying", "questioning", "own_voice")
    listed = [len(explained[name]) for name in lists]
    assert listed == [*counts[:3], counts[4]]


def test_the_dispute_over_the_siege_is_explained(panjshir, found):
    """Questions 2 and 3: by whom, from how many origins, and whether they say the same."""
    siege = found("events", "E1")["id"]
    explained = panjshir.get(f"/v1/events/{siege}/attestation").get_json()

    def said(section):
        return {
            origin["origin"]: {one["external_ids"]["seed"] for one in origin["statements"]}
            for origin in explained[section]
        }

    assert said("asserting") == {"Taliban": {"S1", "S5", "S8"}}
    assert said("denying") == {"Ahmad Massoud": {"S23"}}
    aspects = {
        one["aspect"]: [(claim["external_ids"]["seed"], claim["value"]) for claim in one["claims"]]
        for one in explained["aspects"]
    }
    assert aspects == {"degree": [("S8", "three sides")], "intent": [("S13", "unite the country")]}


def test_who_is_said_to_have_done_it(panjshir, found):
    """Question 7: denial and blame stand side by side, with names, and dispute nothing."""
    baghlan = found("events", "E6")["id"]
    explained = panjshir.get(f"/v1/events/{baghlan}/attestation").get_json()
    [responsibility] = explained["aspects"]
    told = [
        (claim["speaker"], claim["stance"], claim["value_name"])
        for claim in responsibility["claims"]
    ]
    assert sorted(told) == [
        ("Ahmad Massoud", "asserts", "Local militia groups"),
        ("Ahmad Massoud", "denies", "Ahmad Massoud"),
    ]
    assert explained["status"] == "reported"


def test_what_rests_on_one_side_alone(panjshir, found):
    """Question 4: the events that only the Taliban, or only their opponents, claim."""
    sides = {}
    for event in panjshir.get("/v1/events?status=claimed,denied").get_json()["items"]:
        explained = panjshir.get(f"/v1/events/{event['id']}/attestation").get_json()
        [origin] = explained["asserting"] + explained["denying"]
        sides[event["external_ids"]["seed"]] = origin["origin"]
    assert sides == {
        "E2": "Taliban",
        "E4": "local press outlets",
        "E8": "Taliban",
        "E9": "unnamed reports",
        "E14": "Ahmad Massoud",
        "E15": "Ahmad Massoud",
    }


def test_what_no_longer_stands_without_the_local_press(panjshir, found):
    """Question 14: withdrawing all that the local press carried leaves the ultimatum bare.

    The refusal of the ultimatum answers such a report, and goes before it.
    """
    press = found("actors", "local-press")["id"]
    carried = panjshir.get(f"/v1/statements?carrier={press}").get_json()["items"]
    assert {it["external_ids"]["seed"] for it in carried} == {"S10", "S21", "S22"}
    before = {
        event["external_ids"]["seed"]: event["attestation"]["status"]
        for event in panjshir.get("/v1/events").get_json()["items"]
    }
    for statement in [found("statements", "S11"), *carried]:
        answer = panjshir.delete(f"/v1/statements/{statement['id']}", headers=CURRENT)
        assert answer.status_code == 204
    after = {
        event["external_ids"]["seed"]: event["attestation"]["status"]
        for event in panjshir.get("/v1/events").get_json()["items"]
    }
    changed = {seed for seed, status in before.items() if after[seed] != status}
    assert changed == {"E4"}
    assert after["E4"] == "unattested"
