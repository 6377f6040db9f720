"""Lists: pages that lose and repeat nothing, what is left out, and what is put in."""

import base64
import json
from contextlib import ExitStack
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest
from support.lists import SORTS, choices, target, walk
from support.parameters import SCHEMAS, query_of
from support.problems import is_problem
from support.resources import MINIMAL, RECORDS, RESOURCES, in_dataset
from support.service import ROOT, client_on, key_of, new_database, service

from models.names.sorting import sort_key

example = json.loads((ROOT / "examples" / "panjshir.json").read_text())


EXPANSIONS = [
    (resource, path, target(path.rpartition(".")[2]))
    for resource in RESOURCES
    for path in choices(resource, "expand")
    if path != "claims.value"  # which is of one resource or another: tests/test_indirect.py
]
"""Everything that can be embedded, and the resource that it is of."""


@pytest.fixture(scope="module")
def filling(server, template, settings):
    """Give a function that makes a database by filling an empty one, through the API."""
    with ExitStack() as stack:

        def fill(work):
            url = stack.enter_context(new_database(server, template))
            with service(url, settings) as app:
                client = app.test_client()
                client.secret = key_of(url, "admin")
                return url, work(client)

        yield fill


@pytest.fixture
def many(full, settings):
    """Give a client of a service with many records that share what they are sorted by."""
    with client_on(full, settings) as client:
        yield client


@pytest.fixture(scope="module")
def full(filling):
    """Make the database of that service."""
    return filling(fill_with_many)[0]


DATES = [
    *(None, "2021", "2021-08", "2021-08-22", "2021-08-22", "../2021", "2021/..", "0001-01-01"),
]
NAMES = ["Kabul", "kabul", "Ünal", "'; --", "\U0001f989", "Kabul", '"', "a,b", "Zürich"]
FATALITIES = [None, {"best": 0}, {"best": 5}, {"low": 1}, {"best": 5}, {"best": 2**31 - 1}]
SORTED_BY = {
    "documents": {"published_on": DATES},
    "actors": {"name": NAMES},
    "locations": {"name": NAMES},
    "events": {"date": DATES, "fatalities": FATALITIES},
    "statements": {"date": DATES},
}
"""Members that records are sorted by, besides when they were made: the values, in turn."""


def fill_with_many(client):
    """Make records of every resource, which share the keys that they are sorted by."""
    for name in "abcdefghijklm":
        client.post("/v1/datasets", json={"id": f"set-{name}"})

    def record(resource, number):
        chosen = SORTED_BY.get(resource, {}).items()
        turns = {member: values[number % len(values)] for member, values in chosen}
        return {**MINIMAL[resource], **turns, "tags": [str(number)]}

    bundle = {resource: [record(resource, number) for number in range(17)] for resource in RECORDS}
    answer = client.post("/v1/bundles", json={"dataset": "many", **bundle})
    assert answer.status_code == 201, answer.get_json()


# Pages.


@pytest.mark.parametrize(("resource", "sort"), SORTS)
def test_a_walk_through_all_pages(many, resource, sort):
    """Every record is on one page, in order, whatever the sort, and however many share a key."""
    whole = many.get(f"/v1/{resource}?sort={sort}&limit=1000").get_json()
    assert whole["next_cursor"] is None
    for limit in (3, 17):
        pages = list(walk(many, f"/v1/{resource}?sort={sort}&limit={limit}"))
        assert [record for page in pages for record in page] == whole["items"]
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert pages[-1]
    assert len({record["id"] for record in whole["items"]}) == len(whole["items"]) >= 14


@pytest.mark.parametrize("resource", RESOURCES)
def test_each_sort_goes_both_ways(many, resource):
    """Descending is ascending read backwards, ties included."""
    for sort in choices(resource, "sort"):
        if not sort.startswith("-"):
            up = many.get(f"/v1/{resource}?limit=1000&sort={sort}").get_json()["items"]
            down = many.get(f"/v1/{resource}?limit=1000&sort=-{sort}").get_json()["items"]
            assert up == down[::-1]


@pytest.mark.parametrize(
    ("resource", "sort", "key"),
    [
        ("datasets", "id", lambda record: record["id"]),
        ("actors", "name", lambda record: (sort_key(record["name"]), record["id"])),
        ("locations", "name", lambda record: (sort_key(record["name"]), record["id"])),
        ("actors", "created_at", lambda record: (record["created_at"], record["id"])),
        (
            "events",
            "fatalities",
            lambda record: (
                -1
                if (record["fatalities"] or {"best": None})["best"] is None
                else record["fatalities"]["best"],
                record["id"],
            ),
        ),
    ],
)
def test_the_order(many, resource, sort, key):
    """What a list is sorted by is what its name says; ties are broken by id."""
    found = many.get(f"/v1/{resource}?limit=1000&sort={sort}").get_json()["items"]
    assert found == sorted(found, key=key)


def test_names_are_sorted_by_letters(client):
    """Accents, case and punctuation count only among names that are alike without them."""
    client.put("/v1/datasets/d", json={})
    names = [
        *("!?", "14th Division", "7th Division", "Abd al-Karim", "Abd al Rahman", "abdullah"),
        *("Abdullah", "Ábdullah", "Æthelred", "ʿAziz", "Émile", "Emil Zátopek", "Istanbul"),
        *("İstanbul", "İzmir", "Łódź", "Lublin", "Öcalan", "Olga", "Ørsted", "Osman", "Straße"),
        *("Strasse 2", "Zoë", "zoo", "Ζεύς", "Анна", "анна я", "Ёлкин", "Емеля", "بغداد", "習"),
    ]
    wanted = [
        *("!?", "14th Division", "7th Division", "Abd al-Karim", "Abd al Rahman"),
        *("Abdullah", "abdullah", "Ábdullah", "Æthelred", "ʿAziz", "Emil Zátopek", "Émile"),
        *("Istanbul", "İstanbul", "İzmir", "Łódź", "Lublin", "Öcalan", "Olga", "Ørsted"),
        *("Osman", "Straße", "Strasse 2", "Zoë", "zoo", "Ζεύς", "Анна", "анна я", "Ёлкин"),
        *("Емеля", "بغداد", "習"),
    ]
    for resource in ("actors", "locations"):
        for name in names:
            answer = client.post(f"/v1/{resource}", json={"dataset": "d", "name": name})
            assert answer.status_code == 201, answer.get_json()
        for sort, expected in (("name", wanted), ("-name", wanted[::-1])):
            pages = walk(client, f"/v1/{resource}?sort={sort}&limit=4")
            assert [record["name"] for page in pages for record in page] == expected


def test_long_names_are_sorted(client):
    """However long a name is, and whatever its letters, an index holds its key."""
    client.put("/v1/datasets/d", json={})
    names = ["".join(chr(0x20000 + 7 * n + k) for n in range(400)) for k in (0, 1)]
    for name in reversed(names):
        answer = client.post("/v1/actors", json={"dataset": "d", "name": name})
        assert answer.status_code == 201, answer.get_json()
    pages = walk(client, "/v1/actors?sort=name&limit=1")
    assert [record["name"] for page in pages for record in page] == names


def test_the_latest_change_comes_first(many):
    """updated_at follows every change."""
    oldest = many.get("/v1/actors?sort=updated_at&limit=1").get_json()["items"][0]
    path = f"/v1/actors/{oldest['id']}"
    many.patch(path, json={"tags": ["changed"]}, headers={"If-Match": "*"})
    assert (
        many.get("/v1/actors?sort=-updated_at&limit=1").get_json()["items"][0]["id"] == oldest["id"]
    )


def test_dates_in_order(many):
    """Events are sorted by their earliest day; those without any come before all, or after all."""
    found = many.get("/v1/events?sort=starts_on&limit=1000").get_json()["items"]
    days = [event["starts_on"] for event in found]
    known = [day for day in days if day is not None]
    assert days == [None] * (len(days) - len(known)) + known
    assert [day for day in known if day > "0"] == sorted(day for day in known if day > "0")


@pytest.mark.parametrize("sort", ["name", "-created_at", "created_at"])
def test_pages_while_others_write(many, sort):
    """What is created, changed or withdrawn meanwhile moves nothing to another page."""
    before = [
        record["id"] for page in walk(many, f"/v1/actors?sort={sort}&limit=9") for record in page
    ]
    pages = walk(many, f"/v1/actors?sort={sort}&limit=3")
    seen = [record["id"] for record in next(pages)]
    gone = before[12]
    assert many.delete(f"/v1/actors/{gone}", headers={"If-Match": "*"}).status_code == 204
    changed = f"/v1/actors/{before[14]}"
    assert many.patch(changed, json={"tags": ["x"]}, headers={"If-Match": "*"}).status_code == 200
    for name in ("Kabul", "AAA", "Ünal", "zzz", "kabul"):
        many.post("/v1/actors", json={"dataset": "many", "name": name})
    for page in pages:
        seen += [record["id"] for record in page]
        many.post("/v1/actors", json={"dataset": "many", "name": "Kabul"})
    assert len(seen) == len({*seen})
    assert [record_id for record_id in seen if record_id in before] == [
        record_id for record_id in before if record_id != gone
    ]


@pytest.mark.parametrize(
    "query",
    [
        "limit=5&dataset=many&tag=0,1,2,3,4,5,6,7,8,9",
        "limit=2&name=Kabul",
        "limit=3&retracted=include&fields=name,tags&dataset=many",
        "limit=5&total=exact&dataset=many",
        "limit=3&name=%27;%20--,%22a%22%22%22&name=b",
        "limit=2&name=%C3%9Cnal,Z%C3%BCrich,%F0%9F%A6%89",
        "limit=4&name=Kabul%26limit=1,Kabul",
    ],
)
def test_the_next_page_keeps_what_was_asked(many, query):
    """The Link header asks for all that the first page was asked for, however it is written."""
    whole = many.get(f"/v1/actors?{query.partition('&')[2]}&limit=1000")
    pages = list(walk(many, f"/v1/actors?{query}"))
    assert [record for page in pages for record in page] == whole.get_json()["items"]


@pytest.mark.parametrize(
    ("limit", "found", "more"), [("", 17, False), ("&limit=1", 1, True), ("&limit=1000", 17, False)]
)
def test_how_many_a_page_has(many, limit, found, more):
    """A page has up to `limit` records."""
    page = many.get(f"/v1/actors?dataset=many{limit}").get_json()
    assert len(page["items"]) == found
    assert (page["next_cursor"] is not None) == more


def test_how_many_a_page_has_where_nothing_is_said(client):
    """A page has 50 records unless asked for more or fewer."""
    actors = [{"name": str(i)} for i in range(51)]
    client.post("/v1/bundles", json={"dataset": "d", "actors": actors})
    assert [len(page) for page in walk(client, "/v1/actors")] == [50, 1]
    assert [len(page) for page in walk(client, "/v1/actors?limit=51")] == [51]


def test_the_last_page_is_known_to_be_the_last(many):
    """A page that ends with the last record names no next one, even when it is full."""
    answer = many.get("/v1/actors?limit=17")
    assert len(answer.get_json()["items"]) == 17
    assert answer.get_json()["next_cursor"] is None
    assert "Link" not in answer.headers


# Counts.


@pytest.mark.parametrize(
    ("query", "total"),
    [("", 17), ("&name=Kabul", 6), ("&name=nobody", 0), ("&tag=1,2", 2), ("&dataset=other", 0)],
)
def test_how_many_there_are(many, query, total):
    """total=exact counts what matches, on every page; nothing is counted unasked."""
    first = many.get(f"/v1/actors?limit=1&total=exact{query}").get_json()
    assert first["total"] == total
    assert "total" not in many.get(f"/v1/actors?limit=1{query}").get_json()
    if first["next_cursor"]:
        cursor = first["next_cursor"]
        second = many.get(f"/v1/actors?limit=1&total=exact&cursor={cursor}{query}").get_json()
        assert second["total"] == total


@pytest.mark.parametrize("resource", RESOURCES)
def test_about_how_many_there_are(many, resource):
    """total=estimate is the planner's guess: near the count, once the table was analysed."""
    connection = many.application.extensions["pool"].getconn()
    connection.execute(f"ANALYZE {resource}")
    total = many.get(f"/v1/{resource}?total=exact").get_json()["total"]
    estimate = many.get(f"/v1/{resource}?total=estimate").get_json()["total"]
    assert isinstance(estimate, int)
    assert abs(estimate - total) <= 3


# Cursors.


def coded(*parts):
    """Write a cursor of one's own."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def refused(answer):
    """Hold an answer against what is said of a cursor that is none."""
    [error] = is_problem(answer, 400)["errors"]
    assert (error["parameter"], error["code"]) == ("cursor", "cursor")


@pytest.mark.parametrize(("resource", "sort"), SORTS)
def test_a_cursor_of_another_sort(many, resource, sort):
    """A cursor goes on in the order that it was made for, and in no other."""
    cursor = many.get(f"/v1/{resource}?limit=1&sort={sort}").get_json()["next_cursor"]
    for other in choices(resource, "sort"):
        answer = many.get(f"/v1/{resource}?limit=1&cursor={cursor}&sort={other}")
        if other == sort:
            assert answer.status_code == 200
        else:
            refused(answer)


@pytest.mark.parametrize("resource", ["datasets", "events"])
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "abc",
        "%C3%A9",
        "eyJ9",
        base64.urlsafe_b64encode(b"nonsense").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe\x00").decode(),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
        coded(),
        coded("{sort}"),
        coded("{sort}", "2021-08-22"),
        coded("{sort}", "2021-08-22", "x", "y"),
        coded("{sort}", None, None),
        coded("{sort}", 1, 2),
        coded("{sort}", ["a"], {"b": 1}),
        coded("{sort}", "2021-08-22", "a\0b"),
    ],
)
def test_a_cursor_that_is_none(client, resource, cursor):
    """What the service has not written is refused as such, whatever it decodes to."""
    sort = choices(resource, "sort")[0]
    plain = base64.urlsafe_b64decode(cursor.encode()) if cursor.startswith("W") else b""
    if b"{sort}" in plain:
        cursor = base64.urlsafe_b64encode(plain.replace(b"{sort}", sort.encode())).decode()
    refused(client.get(f"/v1/{resource}?cursor={cursor}"))


@pytest.mark.parametrize(
    ("resource", "sort", "key", "last"),
    [
        (resource, sort, key, last)
        for resource, sort in SORTS
        if not sort.startswith("-")
        for key, last in (("nonsense", "{id}"), ("2021-02-30", "{id}"), ("2021-08-22", "nobody"))
        if not (resource == "datasets" and last == "nobody")
        if not (sort in {"name", "id"} and last == "{id}")
    ],
)
def test_a_cursor_with_a_wrong_key(client, resource, sort, key, last):
    """A key that is no date, number or id is not handed on to whoever reads the log."""
    cursor = coded(sort, key, str(uuid4()) if last == "{id}" else last)
    refused(client.get(f"/v1/{resource}?sort={sort}&cursor={cursor}"))


def test_a_cursor_that_was_cut(many):
    """A cursor is taken whole or not at all."""
    cursor = many.get("/v1/events?limit=1").get_json()["next_cursor"]
    assert len(cursor) > 60
    refused(many.get(f"/v1/events?cursor={cursor[:40]}"))


# What is left out.


@pytest.mark.parametrize("resource", RESOURCES)
def test_each_member_alone(panjshir, resource):
    """`fields` sends the members named, and the id; in lists and of one record alike."""
    panjshir.post("/v1/datasets", json={"id": "d"})
    panjshir.post(f"/v1/{resource}", json=MINIMAL[resource] | in_dataset(resource))
    whole = panjshir.get(f"/v1/{resource}?limit=2").get_json()["items"]
    for name in query_of(resource)().fields["members"].inner.record().fields:
        found = panjshir.get(f"/v1/{resource}?limit=2&fields={name}").get_json()["items"]
        assert [{*record} for record in found] == [{"id", name}] * len(whole)
        if name != "text" or resource != "documents":
            assert found == [{key: record[key] for key in {"id", name}} for record in whole]
        one = panjshir.get(f"/v1/{resource}/{whole[0]['id']}?fields={name}")
        assert one.get_json() == found[0]


def test_the_members_in_their_own_order(panjshir):
    """However they are asked for, members come in the order of the record, and once."""
    text = panjshir.get("/v1/events?limit=1&fields=version,title,title,type").get_data()
    [record] = json.loads(text)["items"]
    assert [*record] == ["id", "title", "type", "version"]


def test_a_text_comes_only_when_asked_for(panjshir):
    """A list of documents leaves out their texts, unless `fields` names them; one record has it."""
    [listed] = panjshir.get("/v1/documents").get_json()["items"]
    assert "text" not in listed
    [asked] = panjshir.get("/v1/documents?fields=title,text").get_json()["items"]
    one = panjshir.get(f"/v1/documents/{listed['id']}").get_json()
    assert asked["text"] == one["text"] == example["documents"][0]["text"]
    assert one == listed | {"text": one["text"]}


# What is put in.


def statements(client, path):
    """Give the answer to a request, and the statements that it takes besides finding the key."""
    executed = []
    execute = psycopg.Cursor.execute

    def remember(cursor, query, *arguments, **more):
        executed.append(query)
        return execute(cursor, query, *arguments, **more)

    with patch.object(psycopg.Cursor, "execute", remember):
        answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json(), [each for each in executed if "keys.digest" not in str(each)]


def filled(name, ids):
    """Make a record as described under a name, in which every reference leads somewhere."""
    record = {}
    described = SCHEMAS[name]
    for member, schema in described["properties"].items():
        if schema.get("readOnly"):
            continue
        inner = schema.get("items", schema)
        inner = next((one for one in inner.get("anyOf", ()) if "$ref" in one), inner)
        of = inner.get("$ref", "").rpartition("/")[2]
        if (
            of and SCHEMAS[of]["additionalProperties"] is not False
        ):  # any JSON, which refers to nothing
            continue
        if of:
            made = filled(of, ids)
        elif inner.get("format") == "uuid":
            made = ids[target(member)]
        elif member in described.get("required", ()):
            made = schema["example"]
        else:
            continue
        several = [made] if member in DISTINCT else [made, made]
        record[member] = several if "items" in schema else made
        if member == "claims":  # each is on one thing
            record[member] = [
                {**made, "aspect": "occurrence", "stance": "denies", other: None}
                for other in ("event_id", "statement_id")
            ]
            for each in record[member]:
                each.pop("value", None)
    return record


DISTINCT = {"casualties", "files"}
"""Lists of which no two entries are of the same."""


def minimal(name):
    """Make a record of what is required."""
    described = SCHEMAS[name]
    return {member: described["properties"][member]["example"] for member in described["required"]}


@pytest.fixture
def dense(connected, settings):
    """Give a client of a service with records that refer to others wherever they can."""
    url, found = connected
    with client_on(url, settings) as client:
        yield client, found


@pytest.fixture(scope="module")
def connected(filling):
    """Make the database of that service; give the ids of those records too."""
    return filling(fill_densely)


def fill_densely(client):
    """Make a record of each resource whose every reference leads somewhere; give their ids."""
    client.post("/v1/datasets", json={"id": "panjshir-2021"})
    inputs = {resource: f"{resource[:-1].title()}Input" for resource in RECORDS}
    targets = {
        resource: client.post(f"/v1/{resource}", json=minimal(inputs[resource])).get_json()["id"]
        for resource in RECORDS
    }
    found = {}
    for resource in RECORDS:
        answer = client.post(f"/v1/{resource}", json=filled(inputs[resource], targets))
        assert answer.status_code == 201, answer.get_json()
        found[resource] = answer.get_json()["id"]
    return found


def reach(record, steps):
    """Give the values at a path, through all lists on the way."""
    if isinstance(record, list):
        there = [each for each in record if not steps or steps[0] in each]
        return [value for each in there for value in reach(each, steps)]
    return reach(record[steps[0]], steps[1:]) if steps else [record]


def original(client, to, record_id):
    """Read a record as it stands in lists."""
    items = client.get(f"/v1/{to}?limit=1000").get_json()["items"]
    return next(item for item in items if item["id"] == record_id)


@pytest.mark.parametrize(("resource", "path", "to"), EXPANSIONS)
def test_what_a_record_points_at(dense, resource, path, to):
    """Each path embeds the very record, with one statement more, in a list and in one record."""
    client, found = dense
    address = f"/v1/{resource}/{found[resource]}"
    plain = client.get(address).get_json()
    record, executed = statements(client, f"{address}?expand={path}")
    assert len(executed) == 2
    embedded = reach(record, path.split("."))
    target = original(client, to, embedded[0]["id"])
    assert embedded
    assert all(each == target for each in embedded)
    for page in ("?limit=1000", "?limit=1000&fields=id"):
        listed, executed = statements(client, f"/v1/{resource}{page}&expand={path}")
        assert len(executed) == 2
        [again] = [item for item in listed["items"] if item["id"] == found[resource]]
        assert reach(again, path.split(".")) == embedded
    assert {*again} == {"id", path.partition(".")[0]}
    assert record.keys() - plain.keys() <= {path}


@pytest.mark.parametrize("resource", RECORDS)
def test_all_that_records_point_at(dense, resource):
    """All paths at once take one statement for each resource that they lead to, and no more."""
    client, found = dense
    leading = [(path, to) for name, path, to in EXPANSIONS if name == resource]
    wanted = ",".join(path for path, _ in leading)
    page, executed = statements(client, f"/v1/{resource}?limit=1000&expand={wanted}")
    assert len(executed) == 2
    [record] = [item for item in page["items"] if item["id"] == found[resource]]
    assert all(reach(record, path.split(".")) for path, _ in leading)


def test_embedding_stays_as_quick_however_many_there_are(panjshir):
    """A page of 32 statements takes no more statements than one of 1."""
    for limit in (1, 32):
        page, executed = statements(
            panjshir, f"/v1/statements?limit={limit}&expand=speaker,document"
        )
        assert len(page["items"]) == limit
        assert len(executed) == 2


def test_embedding_and_leaving_out(panjshir):
    """What is embedded comes beside what `fields` names."""
    query = "fields=title&expand=participants.actor,location&external_id=seed:E1"
    [event] = panjshir.get(f"/v1/events?{query}").get_json()["items"]
    assert {*event} == {"id", "title", "participants", "location"}
    known = [each for each in event["participants"] if each["actor_id"]]
    assert known
    assert all(each["actor"]["id"] == each["actor_id"] for each in known)
    assert event["location"]["name"]


def test_what_points_nowhere_is_not_embedded(client):
    """A reference that is null embeds nothing, and is no fault."""
    client.post("/v1/datasets", json={"id": "d"})
    made = client.post("/v1/statements", json={"dataset": "d", "act": "deny", "form": "paraphrase"})
    wanted = ",".join(choices("statements", "expand"))
    record = client.get(f"{made.headers['Location']}?expand={wanted}").get_json()
    assert not any(record.get(name) for name in ("speaker", "document", "claims"))
    assert {*made.get_json()} <= {*record}


def test_datasets_point_at_nothing(client):
    """Where nothing can be embedded, `expand` is unknown."""
    assert choices("datasets", "expand") == []
    assert is_problem(client.get("/v1/datasets?expand=x"), 400)["errors"][0]["code"] == "unknown"
