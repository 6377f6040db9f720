"""Full text: which records have the words that are asked for, in which order, and where."""

# ruff: noqa: RUF001 - texts in other scripts are what this is about

import psycopg
import pytest
from support.lists import walk
from support.problems import is_problem
from support.records import Records
from support.service import new_database, service, world

from models.lists import ranked, text
from models.store import wording

EVENTS = {
    "siege": {"title": "Sièges of Panjšir", "description": "Three sides were attacked."},
    "attack": {"title": "An attack near Sana'a", "participants": [{"label": "former troops"}]},
    "talks": {"title": "Talks in Doha", "location_text": "on three sides of the valley"},
    "sides": {"title": "Sides three", "codes": [{"scheme": "own", "code": "zq", "label": "coup"}]},
    "note": {"verification": {"level": "refuted", "note": "Drohnen über Ødegård"}},
    "the": {"title": "the the"},
    "chinese": {"title": "北京市发生爆炸", "description": "2021年8月"},
    "thai": {"title": "การชุมนุมในกรุงเทพมหานคร"},
    "burmese": {"title": "ရန်ကုန်မြို့တွင် ဆန္ဒပြပွဲ"},
    "tibetan": {"title": "བོད་ཡིག"},
    "japanese": {"title": "東京でデモ"},
    "arabic": {"title": "حركة طالبان أعلنت"},
    "persian": {"title": "جنبش طالبان کابل"},
    "russian": {"title": "Обстрел Харькова"},
    "free": {"attributes": {"note": "zebra"}, "tags": ["zebra"], "external_ids": {"x": "zebra"}},
}

STATEMENTS = {
    "french": {"text": "Les attaques ont cessé.", "language": "fr-FR"},
    "german": {"quote": "Die Angriffe hören auf", "language": "de"},
    "claim": {"claims": [("intent", "to starve the garrison")], "condition": "if they refuse"},
    "hedge": {"speaker_label": "a shopkeeper", "hedge": "allegedly"},
    "persian-latin": {"text": "Mali", "language": "it"},
}


@pytest.fixture(scope="module")
def said(server, template, settings):
    """Give a client of a service that holds records in many languages."""
    with world(server, template, settings) as client:
        client.put("/v1/datasets/d", json={"name": "D"})
        events, statements = [], []
        for name, event in EVENTS.items():
            ids = {"test": name, **event.pop("external_ids", {})}
            people = [{"role": "target", **one} for one in event.get("participants", ())]
            events.append(
                {"type": "other", **event, "participants": people, "external_ids": ids, "ref": name}
            )
        for name, statement in STATEMENTS.items():
            claims = [
                {"event_id": "@siege", "stance": "asserts", "aspect": aspect, "value": value}
                for aspect, value in statement.get("claims", ())
            ]
            given = {"act": "assert", "form": "paraphrase", **statement, "claims": claims}
            statements.append({**given, "external_ids": {"test": name}})
        sent = {"dataset": "d", "events": events, "statements": statements}
        answer = client.post("/v1/bundles", json=sent)
        assert answer.status_code == 201, answer.get_json()
        yield client


def found(client, resource, q, **more):
    """Say what is found by words."""
    answer = client.get(f"/v1/{resource}", query_string={"q": q, "limit": 1000, **more})
    assert answer.status_code == 200, answer.get_json()
    return {item["external_ids"]["test"] for item in answer.get_json()["items"]}


FOUND = [
    # One word: its accents, its case and its English endings do not count.
    ("siege", {"siege"}),
    ("SIEGES panjsir", {"siege"}),
    ("panjšir", {"siege"}),
    ("attacks", {"siege", "attack"}),
    ("attacking", {"siege", "attack"}),
    ("odegard", {"note"}),
    ("uber", {"note"}),
    ("sanaa", {"attack"}),
    ("Sana’a", {"attack"}),
    # All words, some of them, and none.
    ("three sides", {"siege", "talks", "sides"}),
    ('"three sides"', {"siege", "talks"}),
    ("“three sides”", {"siege", "talks"}),
    ('"sides three"', {"sides"}),
    ("three -valley", {"siege", "sides"}),
    ('three -"three sides"', {"sides"}),
    ("sides -attack", {"talks", "sides"}),
    ("doha OR panjsir", {"talks", "siege"}),
    ("doha OR three -attacks", {"talks", "sides"}),
    ("talks valley OR troops attack", {"talks", "attack"}),
    ("doha or talks", set()),
    ('"the the"', {"the"}),
    # No phrase goes on from one member to the next.
    ('"panjsir three"', set()),
    # Where it may stand, and where not.
    ("former troops", {"attack"}),
    ("valley", {"talks"}),
    ("coup", {"sides"}),
    ("zq", set()),
    ("zebra", set()),
    ("other", set()),
    ("refuted", set()),
    # Marks are no words.
    ("doha & ! | :* <-> \\ ' ( )", {"talks"}),
    ("doha:*", {"talks"}),
    ("doh", set()),
    ("sana-a", set()),
    # Scripts without spaces: two letters and more, and one as well.
    ("北京", {"chinese"}),
    ("爆炸", {"chinese"}),
    ("北京爆炸", set()),
    ("北京 爆炸", {"chinese"}),
    ("京北", set()),
    ("市", {"chinese"}),
    ("炸", {"chinese"}),
    ("2021年8月", {"chinese"}),
    ("กรุงเทพ", {"thai"}),
    ("ชุมนุม", {"thai"}),
    ("ရန်ကုန်", {"burmese"}),
    ("བོད", {"tibetan"}),
    ("བོད་ཡིག", {"tibetan"}),
    ("ཡིག་བོད", set()),
    ("東京", {"japanese"}),
    ("デモ", {"japanese"}),
    ("东京", set()),
    # Others as words, with Arabic and Persian letters as the same.
    ("طالبان", {"arabic", "persian"}),
    ("اعلنت", {"arabic"}),
    ("كابل", {"persian"}),
    ("обстрел", {"russian"}),
]


@pytest.mark.parametrize(("q", "events"), FOUND)
def test_events_by_their_words(said, q, events):
    """Words, phrases, alternatives and what is excluded mean what they mean to a web search."""
    assert found(said, "events", q) == events
    assert found(said, "events", q, sort="-starts_on") == events
    body = said.get("/v1/events", query_string={"q": q, "total": "exact", "limit": 1}).get_json()
    assert body["total"] == len(events)


@pytest.mark.parametrize(
    ("q", "statements"),
    [
        ("attaque", {"french"}),
        ("cesser", {"french"}),
        ("cesse", {"french"}),
        ("Angriff", {"german"}),
        ("horen", {"german"}),
        ("hören", {"german"}),
        # An Italian stem is none in other languages.
        ("mali", {"persian-latin"}),
        ("mal", {"persian-latin"}),
        ("malis -mali", set()),
        ("attaque -attaques", set()),
        ("starving garrison", {"claim"}),
        ("refuse", {"claim"}),
        ("shopkeepers", {"hedge"}),
        ("allegedly", {"hedge"}),
        ("intent", set()),
    ],
)
def test_statements_by_their_language(said, q, statements):
    """A record is found by the stems of its language, without the question naming one."""
    assert found(said, "statements", q) == statements


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("", "words"),
        ("   ", "words"),
        ("! & *", "words"),
        ("\u200b", "words"),
        ("-siege", "excluded"),
        ('siege OR -"no siege"', "excluded"),
        ("OR siege", "words"),
        ("siege OR", "words"),
        ("siege OR OR peace", "words"),
        ('"siege', "quotes"),
        ("a" * 1_001, "length"),
        ('"' * 8_192, "length"),
        ("a OR " * 199 + "a", "words"),
        ("a " * 33, "words"),
    ],
)
def test_what_cannot_be_asked(said, q, code):
    """What finds nothing by its own fault is refused, and never finds everything."""
    problem = is_problem(said.get("/v1/events", query_string={"q": q}), 400)
    assert [(fault["parameter"], fault["code"]) for fault in problem["errors"]] == [("q", code)]


@pytest.mark.parametrize(
    "q",
    [
        "x\0y",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "'; DROP TABLE events; --",
        "%(q)s %s {0} \\",
        "a<->b <2> c:*AB !d",
        "'" * 999,
        "-" * 999 + "a b",
        "“”" * 400 + "a",
        "\u0301" * 999 + "a",
        "京" * 1_000,
        "ก" * 1_000,
        " ".join(f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}" for n in range(32)),
        " ".join(f'"{n} {n}a"' for n in range(16)),
        " OR ".join(f"w{n}" for n in range(32)),
    ],
)
def test_what_may_be_asked(said, q):
    """Whatever is asked for is answered."""
    for more in ({}, {"sort": "starts_on", "total": "exact"}, {"highlight": "true"}):
        answer = said.get("/v1/events", query_string={"q": q, **more})
        assert answer.status_code == 200 or is_problem(answer, 400)


MARKED = {
    "bc%sdfg": (0x300, 0x36F),
    "אב%sגדה": (0x591, 0x5C7),
    "بت%sثج": (0x610, 0x61A, 0x640, 0x64B, 0x65F, 0x670, 0x6D6, 0x6ED),
}
"""A word of each script with its marks: the first and the last of each range of code points."""


@pytest.mark.parametrize(("word", "marks"), MARKED.items())
def test_marks_do_not_count(client, word, marks):
    """Accents, points and vowel signs are left out of words, to the last of them."""
    records = Records(client)
    title = " ".join(word % chr(mark) for mark in marks)
    event = records.make("events", title=title)
    plain = " ".join([word % ""] * len(marks))
    assert records.ids("events", q=f'"{plain}"') == [event]


UNSPACED = (
    *("กฮ", "ཀཧ", "ကအ", "កអ", "ᥐᥭ", "ᨠᩌ", "ぁン", "ㇰㇿ", "㐀䶿", "一鿿", "ꧠꧯ", "ꩠꩯ", "豈龎", "ｦﾝ"),
)
"""The first letter and a late one of scripts without spaces."""


@pytest.mark.parametrize("letters", UNSPACED)
def test_words_without_spaces(client, letters):
    """Of scripts without spaces any two letters that follow each other are found."""
    records = Records(client)
    made = {records.make("events", title=f"{letter}{letter}京"): letter for letter in letters}
    for event, letter in made.items():
        assert records.ids("events", q=f"{letter}京") == [event]


def test_no_text_is_too_long(client):
    """The words of a record are kept as far as PostgreSQL has room for them, however many."""
    records = Records(client)
    for number, long in enumerate(
        (
            " ".join(f"{n * 7919:x}" for n in range(60_000)),
            "".join(chr(0x4E00 + n * n % 20_000) for n in range(120_000)),
            "x" * 50_000 + " the" * 50_000,
        )
    ):
        found = records.make("documents", title=f"Long {number}", text=long)
        assert found in records.ids("documents", q=f"long {number}")
    assert records.ids("documents", q="the")


def test_the_best_come_first(client):
    """A word in the title weighs more than one said, and that more than one in a note."""
    records = Records(client)
    noted = records.make("events", title="Talks", description="They speak of a siege.")
    titled = records.make("events", title="Siege")
    said = records.make("events", title="Talks", location_text="siege")
    assert records.ids("events", q="siege") == [titled, said, noted]
    assert {*records.ids("events", q="siege", sort="created_at")} == {noted, titled, said}
    assert records.ids("events", q="siege", sort="created_at") == [noted, titled, said]
    asked = {"q": "siege", "limit": 1}
    assert [*map(ids, walk(client, path("/v1/events", asked)))] == [[titled], [said], [noted]]
    asked["sort"] = "-created_at"
    assert [*map(ids, walk(client, path("/v1/events", asked)))] == [[said], [titled], [noted]]


def ids(items):
    """Take the ids of records."""
    return [item["id"] for item in items]


def path(address, asked):
    """Write an address with its query."""
    return f"{address}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"


def test_cursors_of_other_lists(client):
    """A cursor of another order is refused: of other words, too, where the best come first."""
    records = Records(client)
    for _ in range(3):
        records.make("events", title="Siege of a valley")
        records.make("actors", name="Siege")
    for resource, first, then, status in (
        ("events", {}, {"q": "siege"}, 400),
        ("events", {"q": "siege"}, {}, 400),
        ("events", {"q": "siege"}, {"q": "valley"}, 400),
        ("events", {"q": "siege"}, {"q": "siege OR valley"}, 400),
        ("events", {"q": "siege"}, {"q": "siege", "sort": "starts_on"}, 400),
        ("events", {"q": "siege valley"}, {"q": " siege  valley "}, 200),
        ("events", {"q": "siege"}, {"q": "siege", "retracted": "include"}, 200),
        ("events", {"q": "siege", "sort": "starts_on"}, {"q": "valley", "sort": "starts_on"}, 200),
        ("actors", {"name": "Siege"}, {"q": "siege"}, 400),
        ("actors", {"name": "Siege"}, {"name": "Sieges"}, 400),
        ("actors", {"name": "Siege", "q": "siege"}, {"name": "Siege"}, 200),
    ):
        found = client.get(f"/v1/{resource}", query_string={"limit": 1, **first})
        cursor = found.get_json()["next_cursor"]
        answer = client.get(f"/v1/{resource}", query_string={"cursor": cursor, **then})
        assert answer.status_code == status, (first, then)
        if status == 400:
            assert [fault["parameter"] for fault in is_problem(answer, 400)["errors"]] == ["cursor"]


def test_a_word_that_most_have(said, monkeypatch):
    """Of too many matches the newest are ranked, and the answer says how many; sorted, all come."""
    monkeypatch.setattr(ranked, "MAX_RANKED", 2)
    q = "siege OR attack OR talks"
    body = said.get("/v1/events", query_string={"q": q, "total": "exact"}).get_json()
    assert (len(body["items"]), body["ranked"], body["total"]) == (2, 2, 3)
    body = said.get("/v1/events", query_string={"q": "siege"}).get_json()
    assert "ranked" not in body
    assert len(found(said, "events", q, sort="starts_on")) == 3


@pytest.mark.parametrize("walked", [3, 1_000])
def test_frequent_words_are_looked_for_in_the_newest(said, monkeypatch, walked):
    """Words expected in many are looked for in the newest; rare combinations by their index."""
    monkeypatch.setattr(text, "MAX_FOUND", -1)
    monkeypatch.setattr(ranked, "MAX_WALKED", walked)
    for q, events in FOUND:
        body = said.get("/v1/events", query_string={"q": q, "limit": 1000}).get_json()
        names = {item["external_ids"]["test"] for item in body["items"]}
        if "ranked" in body:
            assert walked == 3
            assert names <= events
            assert body["ranked"] == len(names)
        else:
            assert names == events
        assert found(said, "events", q, sort="-starts_on") == events


def test_beside_other_filters(said):
    """Words are one condition among others, also of those that are found by name."""
    assert found(said, "events", "three sides", type="other") == {"siege", "talks", "sides"}
    assert found(said, "events", "three sides", type="aid") == set()
    assert found(said, "events", "siege", status="claimed") == set()


def test_names_and_words(client):
    """Words are a condition among others where records are found by name, and sorted by that."""
    records = Records(client)
    one = records.make("actors", name="Ahmad Masoud", description="commander")
    other = records.make("actors", name="Ahmad Massoud", description="commanders")
    records.make("actors", name="Ahmad Massoud", description="singer")
    assert records.ids("actors", name="Ahmad Massoud", q="commander") == [other, one]
    assert records.ids("actors", q="massoud commander") == [other]


def test_what_becomes_of_a_record(client):
    """Words follow every write: a change, a revert, a retraction, a withdrawal, a merge."""
    records = Records(client)
    event = records.make("events", title="First words")
    first = records.now()
    records.change("events", event, title="Second saying")
    second = records.now()
    assert records.ids("events", q="first") == []
    assert records.ids("events", q="second") == [event]
    assert records.ids("events", q="first", as_of=first) == [event]
    assert records.ids("events", q="second", as_of=first) == []
    records.revert("events", event, 1)
    assert records.ids("events", q="first") == [event]
    records.retract("events", event, reason="Photographs of 2019")
    assert records.ids("events", q="photographs") == []
    assert records.ids("events", q="photographs", retracted="only") == [event]
    records.lift("events", event)
    assert records.ids("events", q="photographs", retracted="include") == []
    records.withdraw("events", event)
    assert records.ids("events", q="first", retracted="include") == []
    assert records.ids("events", q="second", as_of=second) == [event]
    assert records.ids("events", q="second", as_of=second, sort="starts_on") == [event]
    one, other = (records.make("actors", name=name) for name in ("Northern Front", "NRF"))
    records.merge("actors", one, other)
    assert records.ids("actors", q="northern") == [other]
    records.unmerge("actors", one)
    assert records.ids("actors", q="northern") == [one]


def test_highlights(panjshir):
    """Each record shows where the words stand, in code points of the member."""
    asked = {"q": '"three sides" OR encircle', "highlight": "true"}
    for resource in ("documents", "statements"):
        [*items] = panjshir.get(f"/v1/{resource}", query_string=asked).get_json()["items"]
        assert items
        for item in items:
            assert item["highlights"]
            assert ("text" in item) == (resource == "statements")
            full = panjshir.get(f"/v1/{resource}/{item['id']}").get_json()
            for shown in item["highlights"]:
                value = member(full, shown["field"])
                match = value[shown["start"] : shown["end"]]
                assert match.lower().startswith(("three sides", "encircle"))
                assert f"⟦{match}⟧" in shown["snippet"]
                plain = shown["snippet"].replace("⟦", "").replace("⟧", "").strip("…")
                assert plain in value
    chosen = panjshir.get(
        f"/v1/documents?{'&'.join(f'{n}={v}' for n, v in asked.items())}&fields=id"
    )
    assert {*chosen.get_json()["items"][0]} == {"id", "highlights"}
    plain = panjshir.get("/v1/events?q=siege").get_json()
    assert "highlights" not in plain["items"][0]


def member(record, pointer):
    """Give the member of a record at a JSON pointer."""
    for step in pointer.split("/")[1:]:
        record = record[int(step) if isinstance(record, list) else step]
    return record


def test_highlights_of_scripts_without_spaces(said):
    """A match is marked as it was asked for, not by its pairs of letters."""
    for q, match in (("发生", "发生"), ("炸", "炸"), ("北京市发", "北京市发"), ("8月", "8月")):
        asked = {"q": q, "highlight": "true"}
        [item] = said.get("/v1/events", query_string=asked).get_json()["items"]
        [shown] = item["highlights"]
        assert f"⟦{match}⟧" in shown["snippet"]


def test_highlights_of_what_is_excluded(said):
    """Neither words that must not be there are shown, nor anything where nothing is asked for."""
    asked = {"q": "sides -attack", "highlight": "true", "sort": "starts_on"}
    for item in said.get("/v1/events", query_string=asked).get_json()["items"]:
        assert {shown["snippet"].lower().count("sides") for shown in item["highlights"]} == {1}
    problem = is_problem(said.get("/v1/events?highlight=true"), 400)
    assert [fault["parameter"] for fault in problem["errors"]] == ["q"]
    assert said.get("/v1/events?highlight=false").status_code == 200


WORDS = [f"{one}_words" for one in ("document", "actor", "location", "event", "statement")]


def test_words_of_records_that_stood_before(server, template, settings):
    """Words of all records and revisions are taken once, in chunks, as writing them does."""
    opened = settings | {"public_read": True, "public_write": True}
    with new_database(server, template) as url, service(url, opened) as app:
        client = app.test_client()
        events = [{"type": "other", "title": f"Event {number}"} for number in range(450)]
        sent = {
            "dataset": "d",
            "events": events,
            "documents": [{"title": "Report", "text": "北京 and the rest", "language": "en"}],
            "actors": [{"name": "Ahmad"}],
            "locations": [{"name": "Kabul", "names": [{"name": "کابل"}]}],
            "statements": [{"act": "assert", "form": "quote", "text": "x", "language": "fr"}],
        }
        sent["statements"][0]["form"] = "paraphrase"
        assert client.post("/v1/bundles", json=sent).status_code == 201
        one, other, third = ids(client.get("/v1/events?limit=3").get_json()["items"])
        star = {"If-Match": "*"}
        for title in ("Event", "Siege", "Siege", "Talks"):
            change = {"title": title, "mode": None, "tags": [title]}
            client.patch(f"/v1/events/{one}", json=change, headers=star)
        client.patch(f"/v1/events/{other}", json={"tags": ["x"]}, headers=star)
        client.delete(f"/v1/events/{third}", headers=star)
        client.post(f"/v1/events/{third}/revert", json={"to": 1})
        tables = [f"{name}{end}" for name in WORDS for end in ("", "_history")]
        reads = [f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in tables]  # noqa: S608
        with psycopg.connect(url, autocommit=True) as connection:
            before = [connection.execute(each).fetchall() for each in reads]
            assert len(before[6]) == 450
            assert len(before[7]) == 4
            for name in WORDS:
                connection.execute(f"DELETE FROM {name}")  # noqa: S608
                connection.execute(f"UPDATE {name}_history SET lexemes = ''")  # noqa: S608
            connection.execute("UPDATE derived_words SET version = 0, after = NULL")
        assert client.get("/v1/events?q=talks").get_json()["items"] == []
        assert wording.catch_up(url) == 454
        assert wording.catch_up(url) == 0
        with psycopg.connect(url, autocommit=True) as connection:
            assert [connection.execute(each).fetchall() for each in reads] == before
        assert ids(client.get("/v1/events?q=talks").get_json()["items"]) == [one]
