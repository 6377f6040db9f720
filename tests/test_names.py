"""Names over HTTP: found across spelling, transliteration, word order and script, best first."""

import psycopg
import pytest
from support.lists import walk
from support.service import new_database, service

from models.database import migrating
from models.store.backfill import catch_up

CURRENT = {"If-Match": "*"}

SON, FATHER = "Ahmad Massoud", "Ahmad Shah Massoud"


@pytest.fixture
def called(client):
    """Give a function that stores actors by their names, and one that finds them by a name."""
    client.put("/v1/datasets/names", json={})

    def store(*names, resource="actors", **more):
        for name in names:
            sent = {"dataset": "names", "name": name, **more}
            answer = client.post(f"/v1/{resource}", json=sent)
            assert answer.status_code == 201, answer.get_json()

    def find(name, resource="actors", **more):
        answer = client.get(f"/v1/{resource}", query_string={"name": name, **more})
        assert answer.status_code == 200, answer.get_json()
        return [(item["name"], item["score"]) for item in answer.get_json()["items"]]

    return store, find


@pytest.mark.parametrize(
    "asked",
    [
        *("Masoud", "Masood", "Mas'ud", "Massud", "Ahmad Masood", "Ahmad Mas'ud", "Ahmed Massud"),
        *("Akhmad Masʿūd", "massoud ahmad", "A. Massoud", "احمد مسعود"),
        *("أحمد مسعود", "Ахмад Масуд", "אחמד מסעוד", "Αχμάντ Μασούντ", "अहमद मसूद"),
        *("艾哈迈德·马苏德", "مسعود", "Масуд", "馬蘇德"),
    ],
)
def test_the_son_comes_before_his_father(called, asked):
    """Who is called so comes before who is called so and more, in whatever script one asks."""
    store, find = called
    store(FATHER, SON, "Hamid Karzai", "Ahmad Karimi", "Massoumeh Ebtekar")
    assert [name for name, _ in find(asked)][:2] == [SON, FATHER]


def test_the_father_comes_first_by_his_own_name(called):
    """A word that is asked for and missing costs more than one too many."""
    store, find = called
    store(SON, FATHER)
    assert find("Ahmed Shah Masood")[0][0] == FATHER
    [(_, both), (_, missing)] = find(FATHER)
    assert (both, missing) == (1, 0.8)


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        (
            "Khalil Ur-Rahman Haqqani",
            ["Khalilur Rahman Haqqani", "Khalil al-Rahman Haqqani", "خلیل الرحمن حقانی"],
        ),
        ("Zabihullah Mujahid", ["ذبیح‌الله مجاهد", "Забихулла Муджахид", "Zabiullah Mujahed"]),
        ("Abdul Rahman Dostum", ["Abdurrahman Dostum", "عبد الرحمن دوستم", "Dostum Abdulrahman"]),
        ("Vladimir Putin", ["Владимир Путин", "ولادیمیر پوتین", "ולדימיר פוטין", "Poutine"]),
        ("习近平", ["Xi Jinping", "Jinping Xi"]),
        ("Kim Jong-un", ["김정은", "Kim Jongun"]),
        ("Κυριάκος Μητσοτάκης", ["Kyriakos Mitsotakis", "Mitsotakis"]),
        ("Muammar Gaddafi", ["معمر القذافي", "Mouammar Kadhafi", "Муаммар Каддафи"]),
        ("Gamal Abdel Nasser", ["جمال عبد الناصر", "Jamal Abd al-Nasir"]),
        ("Osman Ramazan", ["Uthman Ramadan", "عثمان رمضان"]),
        ("Abdullah Öcalan", ["abdullah ocalan", "ABDULLAH ÖCALAN"]),
        ("Yitzhak Rabin", ["יצחק רבין"]),
        ("Yair Lapid", ["יאיר לפיד"]),
        ("Bezalel Smotrich", ["בצלאל סמוטריץ'", "בצלאל סמוטריץ׳"]),  # noqa: RUF001
        ("Ze'ev Jabotinsky", ["זאב ז'בוטינסקי"]),
        ("Park Geun-hye", ["박근혜"]),
        ("Lee Myung-bak", ["이명박"]),
        ("Choi Kyu-hah", ["최규하"]),
        ("Roh Moo-hyun", ["노무현"]),
        ("14th Division", ["14th division"]),
        ("Islamic Movement", ["Islamic Movment"]),
        ("'; --", ["'; --"]),
    ],
)
def test_variants_find_a_name(called, name, variants):
    """A record that has one name only is found by others' spellings of it, and by itself at 1."""
    store, find = called
    store(name, "Somebody Else", "13th Army", "!?")
    assert find(name)[0] == (name, 1)
    for variant in variants:
        [(found, score)] = find(variant)
        assert (found, 0.5 <= score <= 1) == (name, True)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ahmad Massoud", "Ahmad Karimi"),
        ("احمد مسعود", "Hamid Massoud"),
        ("leader", "lead"),
        ("14th Division", "13th Division"),
        ("National Army of Syria", "National Guard of Peru"),
        *(("Thein Sein", other) for other in ("סין", "سن", "Сон", "Шон", "သိန်း")),  # noqa: RUF001
        *((other, "Thein Sein") for other in ("Сон", "Шон")),
        *(("ישראל כץ", "Katya"), ("Ali Rezaei", "لؤي"), ("Ne Win", "Wan")),
        *(("Syngman Rhee", "이승만"), ("Thein Sein", "သိန်းစိန်")),  # docs/names.md says so
    ],
)
def test_others_are_not_found(called, name, other):
    """What has a word in common, or looks a little alike, is somebody else."""
    store, find = called
    store(other)
    assert find(name) == []


def test_every_name_counts_and_the_best_one_most(called):
    """A record is found by any of its names, with the score of the likest."""
    store, find = called
    store("Somebody", names=[{"name": "احمد مسعود"}, {"name": "Masood"}])
    assert find("احمد مسعود") == [("Somebody", 1)]
    assert find("Ahmad Massoud") == [("Somebody", 0.978)]
    assert find("nobody,Masood") == [("Somebody", 1)]


def test_names_that_change_are_found_anew(called, client):
    """A name that a record has no more does not find it."""
    store, find = called
    store("Massoud")
    [item] = client.get("/v1/actors?name=Masood").get_json()["items"]
    address = f"/v1/actors/{item['id']}"
    assert client.patch(address, json={"name": "Karimi"}, headers=CURRENT).status_code == 200
    assert find("Masood") == []
    assert find("Karimy") == [("Karimi", 0.99)]
    assert client.delete(address, headers=CURRENT).status_code == 204
    assert find("Karimi") == []


def test_places_are_found_likewise(called):
    """Locations are found by their names as actors are."""
    store, find = called
    store("Panjshir Valley", "Kandahar", resource="locations")
    store("Kabul", resource="locations", names=[{"name": "کابل"}])
    assert find("Panjsher", "locations")[0][0] == "Panjshir Valley"
    assert find("پنجشیر", "locations")[0][0] == "Panjshir Valley"
    assert find("Kaboul", "locations") == [("Kabul", 0.99)]
    assert find("کابل", "locations") == [("Kabul", 1)]


def test_other_filters_narrow_names(called):
    """Names go together with all else that can be asked for."""
    store, find = called
    store("Massoud", kind="person", country="AF")
    store("Masood", kind="organization")
    assert find("Masud", kind="person") == [("Massoud", 0.99)]
    assert find("Masud", country="UZ") == []
    assert find("Masud", dataset="names", kind="organization") == [("Masood", 0.99)]
    assert find("Masud", retracted="only") == []


@pytest.fixture
def many(called):
    """Store a dozen who are called alike, and give the function that finds them."""
    store, find = called
    store(*(f"{first} Massoud" for first in ("Ahmad", "Ali", "Omar", "Ahmad")), "Massoud")
    store(*("Masood", "Ahmad Shah Massoud", "Wali Massoud", "Massoudi", "Masoud Barzani"))
    store("Karimi", "Barzani")
    return find


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_go_on_where_the_last_ended(many, client, limit):
    """Pages of the best first are complete, whatever their length; ties are broken by id."""
    whole = client.get("/v1/actors?name=Massoud").get_json()["items"]
    assert len(whole) == 10
    assert whole == sorted(whole, key=lambda item: (-item["score"], item["id"]))
    pages = walk(client, f"/v1/actors?name=Massoud&limit={limit}")
    assert [item for page in pages for item in page] == whole


@pytest.mark.parametrize("sort", ["name", "-name", "created_at", "-updated_at"])
def test_another_order_has_the_same_records(many, client, sort):
    """With `sort`, the same records come in that order, still with their scores."""
    best = client.get("/v1/actors?name=Massoud").get_json()["items"]
    pages = [*walk(client, f"/v1/actors?name=Massoud&limit=3&sort={sort}")]
    found = [item for page in pages for item in page]
    key = sort.removeprefix("-")
    assert found == sorted(
        best, key=lambda item: (item[key], item["id"]), reverse=sort.startswith("-")
    )


def test_a_cursor_is_of_its_own_order(many, client):
    """A cursor of the best first is none of another order, and the other way round."""
    cursors = [
        client.get(f"/v1/actors?name=Massoud&limit=1{sort}").get_json()["next_cursor"]
        for sort in ("", "&sort=created_at")
    ]
    for cursor, sort in zip(cursors, ("&sort=created_at", ""), strict=True):
        answer = client.get(f"/v1/actors?name=Massoud&cursor={cursor}{sort}")
        assert answer.status_code == 400
        assert answer.get_json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("total", ["exact", "estimate"])
def test_how_many_are_called_so(many, client, total):
    """`total` counts those found, on every page."""
    path = f"/v1/actors?name=Massoud&limit=1&total={total}"
    first = client.get(path).get_json()
    assert first["total"] == 10
    second = client.get(f"{path}&cursor={first['next_cursor']}").get_json()
    assert second["total"] == 10
    assert client.get(f"{path}&sort=name").get_json()["total"] == 10


def test_a_score_is_sent_beside_the_fields_asked_for(many, client):
    """`fields` leaves the score in; without a name there is none."""
    [first, *_] = client.get("/v1/actors?name=Massoud&fields=name").get_json()["items"]
    assert first.keys() == {"id", "name", "score"}
    [first, *_] = client.get("/v1/actors?limit=1").get_json()["items"]
    assert "score" not in first


def test_names_are_derived_anew_where_the_rules_changed(server, template, settings):
    """Names, keys and sort keys of all records and revisions are derived once, in chunks."""
    with new_database(server, template) as url, service(url, settings | OPEN) as app:
        client = app.test_client()
        actors = [{"name": f"Actor {number}"} for number in range(1_200)]
        actors[7]["names"] = [{"name": "احمد مسعود"}]
        sent = {"dataset": "d", "actors": actors, "locations": [{"name": "Kabul"}]}
        assert client.post("/v1/bundles", json=sent).status_code == 201
        [actor, other, gone] = client.get("/v1/actors?limit=3").get_json()["items"]
        for name in ("Bashar", "Baschar"):
            for country in ("SY", None):
                send(client, "PATCH", actor, json={"name": name, "country": country})
        send(client, "PATCH", other, json={"names": [{"name": "Émir"}]})
        send(client, "DELETE", gone)
        with psycopg.connect(url, autocommit=True) as connection:
            before = [connection.execute(each).fetchall() for each in DERIVED]
            assert all(before)
            for statement in SPOILING:
                connection.execute(statement)
        assert client.get("/v1/actors?name=Masood").get_json()["items"] == []
        assert catch_up(url) == 1_201
        assert catch_up(url) == 0
        with psycopg.connect(url, autocommit=True) as connection:
            assert [connection.execute(each).fetchall() for each in DERIVED] == before
        [found] = client.get("/v1/actors?name=Ahmad Masood").get_json()["items"]
        assert found["name"] == "Actor 7"


def send(client, method, record, **more):
    """Change a record, or withdraw it."""
    address = f"/v1/actors/{record['id']}"
    answer = client.open(address, method=method, headers=CURRENT, **more)
    assert answer.status_code in {200, 204}, answer.get_json()


DERIVED = (
    "SELECT * FROM actor_names ORDER BY 1, 2",
    "SELECT * FROM actor_names_history ORDER BY 1, 2, 3",
    "SELECT * FROM location_names ORDER BY 1, 2",
    "SELECT id, sort_key FROM actors WHERE NOT withdrawn ORDER BY 1",
    "SELECT id, recorded_at, sort_key FROM actors_history ORDER BY 1, 2",
    "SELECT id, sort_key FROM locations ORDER BY 1",
)
"""Queries for everything that is derived from names."""

SPOILING = (
    "DELETE FROM actor_names",
    "DELETE FROM location_names",
    "UPDATE actor_names_history SET sounds = '{}', plain = ''",
    "UPDATE actors SET sort_key = ''",
    "UPDATE actors_history SET sort_key = ''",
    "UPDATE locations SET sort_key = ''",
    "UPDATE derived_names SET version = 0, after = NULL",
)
"""Statements that leave names as other rules might have left them."""

OPEN = {"public_read": True, "public_write": True}


def test_migrating_leaves_nothing_to_derive(migrated):
    """A migrated database that holds nothing needs no names."""
    assert migrating.migrate(migrated) == []
    assert catch_up(migrated) == 0
