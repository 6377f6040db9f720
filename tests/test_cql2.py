"""Filters in CQL2: what they find, what is refused and where, and that nothing hostile harms."""
# ruff: noqa: E501, ISC004 - tables of filters, each as it is written

import json
import re
import time
from itertools import chain
from urllib.parse import quote

import jsonschema_rs
import pytest
from support.resources import RESOURCES
from support.service import client_on, example

from models.events import EVENTS
from models.lists.cql2.conditions import condition


def listed(client, resource, written, **more):
    """List the records that a filter finds."""
    answer = client.get(f"/v1/{resource}", query_string={"filter": written, "limit": 1000, **more})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["items"]


def titles(client, written, resource="events", **more):
    """Name the records that a filter finds."""
    named = "title" if resource in {"events", "documents"} else "name"
    return {record[named] for record in listed(client, resource, written, **more)}


def faults(client, written, resource="events", **more):
    """List what is wrong with a filter."""
    answer = client.get(f"/v1/{resource}", query_string={"filter": written, **more})
    assert answer.status_code == 400, answer.get_json()
    return [
        (each["parameter"], each["code"], each["detail"]) for each in answer.get_json()["errors"]
    ]


def fill(client):
    """Make a few records that differ in what filters ask for; give their ids."""
    square = {
        "type": "Polygon",
        "coordinates": [
            [[10, 10], [20, 10], [20, 20], [10, 20], [10, 10]],
            [[14, 14], [16, 14], [16, 16], [14, 16], [14, 14]],
        ],
    }
    bundle = {
        "dataset": "d",
        "actors": [
            {"ref": "red", "name": "Red", "kind": "organization", "country": "AF"},
            {"ref": "blue", "name": "Blue", "kind": "person", "country": "PK"},
        ],
        "locations": [
            {"ref": "square", "name": "Square", "kind": "area", "geometry": square},
            {"ref": "inside", "name": "Inside", "point": [12, 12]},
            {"ref": "hole", "name": "Hole", "point": [15, 15]},
            {"ref": "east", "name": "East", "point": [179.5, 0]},
            {"ref": "nowhere", "name": "Nowhere"},
        ],
        "events": [
            {
                "ref": "one", "title": "one", "type": "assault", "date": "2021-08-22",
                "location_id": "@square", "fatalities": {"low": 1, "best": 5, "high": 9},
                "tags": ["a", "b"], "contexts": ["military", "diplomatic"],
                "attributes": {"coder": "A", "n": 7, "deep": {"x": True}},
                "external_ids": {"src": "E1"},
                "participants": [
                    {"actor_id": "@red", "role": "initiator", "side": "a"},
                    {"actor_id": "@blue", "role": "target", "side": "b", "size": {"best": 40}},
                ],
            },
            {
                "ref": "two", "title": "two", "type": "assault", "date": "2021-08",
                "location_id": "@inside", "fatalities": {"low": 0, "best": 0, "high": 0},
                "participants": [
                    {"actor_id": "@blue", "role": "initiator"},
                    {"actor_id": "@red", "role": "target"},
                    {"label": "some elders", "role": "victim"},
                ],
            },
            {
                "ref": "three", "title": "three", "type": "protest", "date": "../2020",
                "location_id": "@hole", "participants": [], "description": "Ärger in Łódź",
            },
            {"ref": "four", "title": "four", "type": "aid", "location_id": "@east"},
            {
                "ref": "five", "title": "five", "type": "aid", "date": "2022-01-01/..",
                "location_id": "@nowhere", "part_of_id": "@one",
            },
        ],
    }  # fmt: skip
    answer = client.post("/v1/bundles", json=bundle)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()["ids"]


@pytest.fixture(scope="module")
def standing(migrated, settings):
    """Give a client of a service with these records, which are only read, and their ids."""
    with client_on(migrated, settings) as client:
        yield client, fill(client)


@pytest.fixture
def world(client):
    """Give a client of a service with these records, and their ids."""
    return client, fill(client)


EVERY = {"one", "two", "three", "four", "five"}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        # Comparisons; what is not known is neither equal nor different.
        ("type = 'assault'", {"one", "two"}),
        ("type <> 'assault'", {"three", "four", "five"}),
        ("type IN ('aid', 'protest')", {"three", "four", "five"}),
        ("type = 'aid' OR type = 'protest'", {"three", "four", "five"}),
        ("type NOT IN ('aid')", {"one", "two", "three"}),
        ("fatalities.best = 0", {"two"}),
        ("fatalities.best >= 0", {"one", "two"}),
        ("NOT fatalities.best > 0", {"two"}),
        ("fatalities.best IS NULL", {"three", "four", "five"}),
        ("fatalities IS NULL", {"three", "four", "five"}),
        ("fatalities.best BETWEEN 1 AND 5", {"one"}),
        ("fatalities.best NOT BETWEEN 1 AND 5", {"two"}),
        ("fatalities.high - fatalities.low = 8", {"one"}),
        ("fatalities.best * 2 + 1 = 11 AND fatalities.best DIV 2 = 2", {"one"}),
        ("fatalities.best % 2 = 1", {"one"}),
        ("fatalities.best / 2 = 2.5", {"one"}),
        ("1 / fatalities.best > 0", {"one"}),
        ("title LIKE 't%'", {"two", "three"}),
        ("title LIKE '_o_'", set()),
        ("title NOT LIKE '%o%'", {"three", "five"}),
        ("CASEI(title) = CASEI('ONE')", {"one"}),
        ("ACCENTI(description) LIKE '%Arger%'", {"three"}),
        ("ACCENTI(CASEI(description)) LIKE ACCENTI(CASEI('ÄRGER%'))", {"three"}),
        ("title > 'o' AND title < 'p'", {"one"}),
        ("external_ids.src = 'E1'", {"one"}),
        ("external_ids.other IS NULL", EVERY),
        ("attributes.coder = 'A'", {"one"}),
        ("attributes.n > 6.5", {"one"}),
        ("attributes.n = 'A'", set()),
        ("attributes.deep.x = TRUE", {"one"}),
        ("part_of.type = 'assault'", {"five"}),
        ("TRUE", EVERY),
        ("FALSE OR NOT TRUE", set()),
        ("type = 'assault' AND NOT (title = 'one' OR title = 'five')", {"two"}),
        # Lists of values.
        ("A_CONTAINS(tags, ('a'))", {"one"}),
        ("A_CONTAINS(tags, ('a', 'c'))", set()),
        ("A_OVERLAPS(contexts, ('military', 'economic'))", {"one"}),
        ("A_CONTAINEDBY(tags, ('a', 'b', 'c')) AND type = 'assault'", {"one", "two"}),
        ("A_EQUALS(contexts, ('diplomatic', 'military'))", {"one"}),
        ("NOT A_CONTAINS(contexts, ('military'))", set()),
        ("A_CONTAINS(participants.role, ('initiator', 'victim'))", {"two"}),
        ("NOT A_CONTAINS(participants.role, ('initiator'))", {"three"}),
        # Times: a date in EDTF has its days, one that is open goes on.
        ("starts_on = DATE('2021-08-22')", {"one"}),
        ("starts_on >= DATE('2021-08-01') AND starts_on < DATE('2021-09-01')", {"one", "two"}),
        ("starts_on <= DATE('2021-08-01')", {"two"}),
        ("starts_on > DATE('2021-08-22')", {"five"}),
        ("starts_on BETWEEN DATE('2021-08-01') AND DATE('2021-08-31')", {"one", "two"}),
        ("starts_on IS NULL", {"three", "four"}),
        ("ends_on IS NULL", {"four", "five"}),
        ("date IS NULL", {"four"}),
        ("date = '2021-08'", {"two"}),
        ("T_INTERSECTS(date, DATE('2021-08-22'))", {"one", "two"}),
        ("T_INTERSECTS(date, INTERVAL('2020-12-31', '..'))", {"one", "two", "three", "five"}),
        ("T_DURING(date, INTERVAL('2021-07-01', '2021-09-30'))", {"one", "two"}),
        ("T_AFTER(date, DATE('2021-08-31'))", {"five"}),
        ("T_BEFORE(date, TIMESTAMP('2021-08-01T12:00:00Z'))", {"three"}),
        ("T_STARTS(DATE('2021-08-01'), date)", {"two"}),
        ("T_DISJOINT(date, DATE('2021-08-22'))", {"three", "five"}),
        ("NOT T_INTERSECTS(date, DATE('2021-08-22'))", {"three", "five"}),
        ("T_AFTER(INTERVAL(starts_on, ends_on), DATE('2021-08-01'))", {"one", "five"}),
        ("created_at > TIMESTAMP('2020-01-01T00:00:00Z')", EVERY),
        ("created_at = DATE('2020-01-01') OR updated_at < DATE('2020-01-01')", set()),
        # Places: the shape, or else the point; a hole is not inside.
        ("S_INTERSECTS(geometry, BBOX(11, 11, 13, 13))", {"one", "two"}),
        ("S_INTERSECTS(geometry, POINT(15 15))", {"three"}),
        ("S_INTERSECTS(geometry, BBOX(14.5, 14.5, 15.5, 15.5))", {"three"}),
        ("S_WITHIN(geometry, BBOX(9, 9, 21, 21))", {"one", "two", "three"}),
        ("S_WITHIN(geometry, BBOX(9, 9, 15.5, 15.5))", {"two", "three"}),
        (
            "S_WITHIN(geometry, POLYGON((9 9, 21 9, 21 21, 9 21, 9 9),"
            " (14.5 14.5, 15.5 14.5, 15.5 15.5, 14.5 15.5, 14.5 14.5)))",
            {"one", "two"},
        ),
        (
            "S_WITHIN(geometry, MULTIPOLYGON(((11 11, 13 11, 13 13, 11 11)),"
            " ((0 0, 1 0, 1 1, 0 0))))",
            {"two"},
        ),
        ("S_CONTAINS(geometry, BBOX(11, 11, 13, 13))", {"one"}),
        ("S_CONTAINS(geometry, BBOX(13, 13, 17, 17))", set()),
        ("S_WITHIN(POINT(12 12), geometry)", {"one", "two"}),
        ("S_INTERSECTS(geometry, BBOX(179, -1, -179, 1))", {"four"}),
        ("S_INTERSECTS(geometry, MULTIPOINT(12 12, 15 15))", {"one", "two", "three"}),
        (
            "S_INTERSECTS(geometry, MULTIPOINT(" + "80 70," * 120 + "15 15))",
            {"three"},
        ),
        ("S_DWITHIN(geometry, POLYGON((10 10, 14 10, 14 14, 10 14, 10 10)), 1, 'km')", {"one", "two"}),
        ("S_DISJOINT(geometry, BBOX(11, 11, 13, 13))", {"three", "four"}),
        ("NOT S_INTERSECTS(geometry, BBOX(11, 11, 13, 13))", {"three", "four"}),
        ("S_DWITHIN(geometry, POINT(12 12.5), 60, 'km')", {"one", "two"}),
        ("S_DWITHIN(geometry, POINT(-179.9 0), 100000)", {"four"}),
        ("S_DWITHIN(geometry, BBOX(20.1, 11, 21, 12), 20, 'km')", {"one"}),
        ("geometry IS NULL", {"five"}),
        ("location.kind = 'area'", {"one"}),
        # Participants: what one AND joins is of one and the same.
        ("participants.role = 'victim'", {"two"}),
        ("participants.actor.name = 'Red' AND participants.role = 'initiator'", {"one"}),
        ("participants.actor.name = 'Red' AND participants.role IN ('target', 'victim')", {"two"}),
        (
            "participants.role = 'initiator'"
            " AND (participants.actor.name = 'Red' OR participants.actor.name = 'Blue')",
            {"one", "two"},
        ),
        (
            "(participants.actor.name = 'Red' AND participants.role = 'initiator')"
            " AND (participants.actor.name = 'Blue' AND participants.role = 'target')",
            {"one"},
        ),
        ("participants.actor.name = 'Red' AND participants.actor.name = 'Blue'", set()),
        ("participants.label IS NULL AND participants.role = 'target'", {"one", "two"}),
        ("participants.label IS NOT NULL", {"two"}),
        ("NOT participants.role = 'victim'", {"one", "three"}),
        ("participants.role NOT IN ('victim')", {"one", "three"}),
        ("participants.role <> 'victim'", {"one", "two"}),
        ("NOT (participants.label IS NOT NULL)", {"one", "three"}),
        ("participants.size.best > 30", {"one"}),
        ("participants.side = 'a' OR participants.label LIKE '%elders'", {"one", "two"}),
        ("participants IS NULL", {"four", "five"}),
    ],
)  # fmt: skip
def test_what_a_filter_finds(standing, written, found):
    """A filter finds what it says, and its negation never finds the same."""
    client, _ = standing
    assert titles(client, written) == found
    assert titles(client, f"NOT ({written})").isdisjoint(found)
    # What is asked of several members of a text is read from it in another way.
    several = f"(({written}) AND description IS NULL) OR (description IS NOT NULL AND ({written}))"
    assert titles(client, several) == found
    [total] = {
        client.get("/v1/events", query_string={"filter": written, "total": "exact"}).get_json()[
            "total"
        ]
    }
    assert total == len(found)


@pytest.mark.parametrize("word", ["and", "or"])
def test_the_text_is_parsed_once(word):
    """However much is asked of a text, it is parsed once, and what columns tell is asked before."""
    title = ("property", "text", "", ("title",), ())
    column = ("compare", "=", ("property", "text", "", ("type",), ()), ("value", "text", "of"))
    texts = [("like", title, ("value", "text", f"of_{number}")) for number in range(80)]
    for tree, first in (
        ((word, *texts), "(SELECT "),
        ((word, *texts, column), "events.type = "),
        ((word, column, ("not", (word, *texts, column))), "events.type = "),
        (("not", (word, texts[0], column)), "NOT (events.type = "),
        (texts[0], ""),
    ):
        written = condition(EVENTS, tree).as_string()
        assert len(re.findall(r"\)::jsonb?\b", written)) == 1
        assert written.removeprefix("(").startswith(first)


def test_claims_are_of_one_claim(panjshir):
    """Conditions on claims and carriers are of one and the same, as the parameters' are."""
    denies = {
        each["id"]
        for each in panjshir.get("/v1/statements?stance=denies&aspect=occurrence").get_json()[
            "items"
        ]
    }
    written = "claims.stance = 'denies' AND claims.aspect = 'occurrence'"
    assert {each["id"] for each in listed(panjshir, "statements", written)} == denies != set()
    by_text = listed(
        panjshir, "statements", "claims.value = 'three sides' AND claims.aspect = 'degree'"
    )
    assert len(by_text) == 1
    reported = sum(1 for each in example()["statements"] if each.get("chain"))
    assert len(listed(panjshir, "statements", "chain IS NOT NULL")) == reported


def test_filters_and_parameters_together(standing):
    """A filter and the parameters all hold, each for a participant of its own."""
    client, ids = standing
    red = ids["red"]
    written = f"participants.actor_id = '{red.upper()}' AND participants.role = 'target'"
    assert titles(client, written, side="a") == set()
    assert titles(client, f"participants.actor_id = '{red}'", actor_role="victim") == {"two"}
    assert titles(client, "type = 'assault'", type="aid,assault", bbox="11,11,13,13") == {
        "one",
        "two",
    }
    assert titles(client, "type = 'assault'", type="aid") == set()
    assert titles(client, "starts_on >= DATE('2021-08-10')", actor=red) == {"one"}
    assert titles(client, "S_WITHIN(geometry, BBOX(9, 9, 21, 21))", bbox="11,11,13,13") == {
        "one",
        "two",
    }
    assert titles(client, "kind = 'organization'", "actors", name="Red") == {"Red"}
    assert titles(client, "kind = 'person'", "actors", name="Red") == set()
    assert titles(client, "retraction IS NULL", retracted="include") == EVERY


def test_pages_of_a_filter(standing):
    """Pages of a filtered list are those of the whole."""
    client, _ = standing
    for sort in ("-starts_on", "created_at", "fatalities"):
        found, cursor = [], {}
        while cursor is not None:
            query = {"filter": "NOT title = 'one'", "limit": 1, "sort": sort, **cursor}
            page = client.get("/v1/events", query_string=query).get_json()
            found += [each["title"] for each in page["items"]]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert sorted(found) == sorted(EVERY - {"one"})


def test_merged_records_are_found_by_either_id(world):
    """The id of a merged record in a filter means its survivor, as in a parameter."""
    client, ids = world
    sent = {"into": ids["red"], "comment": "The same."}
    assert client.post(f"/v1/actors/{ids['blue']}/merge", json=sent).status_code == 200
    for name in ("red", "blue"):
        assert titles(client, f"participants.actor_id = '{ids[name]}'") == {"one", "two"}
        both = f"participants.actor_id IN ('{ids[name]}', '{ids['one']}')"
        assert titles(client, both) == {"one", "two"}


def test_a_filter_as_of_an_instant(world):
    """As of an instant, a filter is about what stood then."""
    client, ids = world
    before = client.get(f"/v1/events/{ids['one']}").get_json()["updated_at"]
    client.patch(
        f"/v1/events/{ids['one']}", json={"type": "protest", "participants": []},
        headers={"If-Match": "*"},
    )  # fmt: skip
    for written in ("type = 'assault'", "participants.role = 'initiator'", "attributes.n = 7"):
        assert "one" in titles(client, written, as_of=before)
    assert titles(client, "type = 'assault' AND participants.role = 'initiator'") == {"two"}


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("tpye = 'aid'", "unknown", "At character 1: There is no property tpye. Did you mean type?"),
        ("participants.rol = 'x'", "unknown", "Did you mean participants.role?"),
        ("external_ids IS NULL", "unknown", "members of external_ids are named behind a dot"),
        ("location = 'x'", "unknown", "beside filter. Did you mean location_id?"),
        ("status = 'denied'", "unknown", "beside filter. Did you mean attestation.status?"),
        ("actor = 'x'", "unknown", "no property actor. It is a parameter, which stands beside"),
        ("disputed_on = 'date'", "unknown", "It is a parameter, which stands beside filter."),
        ("type = 'asault'", "unknown", "Did you mean assault?"),
        ("type IN ('aid', 'asault')", "unknown", "At character 17"),
        ("participants.role = 'villain'", "unknown", "is not among the known"),
        ("type = 5", "type", "type is a text, 5 is a number"),
        ("fatalities.best = 'x'", "type", "At character 19"),
        ("fatalities > 1", "type", "Its members are named behind a dot."),
        ("starts_on >= '2021-01-01'", "type", "DATE('2021-08-22')"),
        ("date >= DATE('2021-01-01')", "type", "T_INTERSECTS"),
        ("tags = 'a'", "type", "A_CONTAINS"),
        ("location_id = 'Kabul'", "uuid", "is not a UUID"),
        ("location_id < '0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01'", "type", "only compared by ="),
        ("type = 'aid' AND", "syntax", "At character 17: The filter ends here; expected"),
        ("type == 'aid'", "syntax", "At character 7"),
        ("type = 'aid", "syntax", "A text begins here, and does not end"),
        ("(type = 'aid'", "syntax", "expected a comma or )"),
        ("title LIKE 'a\\'", "syntax", "does not end"),
        ("title LIKE 'a\\\\\\", "syntax", "does not end"),
        ("title LIKE title", "type", "LIKE takes a pattern"),
        ("fatalities.best ^ 2 = 4", "unsupported", "There is no ^"),
        ("S_TOUCHES(geometry, POINT(1 1))", "unsupported", "S_INTERSECTS"),
        ("S_INTERSECTS(geometry, LINESTRING(1 1, 2 2))", "unsupported", "LINESTRING"),
        ("S_INTERSECTS(type, POINT(1 1))", "type", "type is none"),
        ("S_INTERSECTS(geometry, POINT(90 180))", "geometry", "latitude"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0)))", "geometry", "4 positions"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "geometry", "self-inter"),
        ("S_INTERSECTS(geometry, BBOX(0, 5, 1, 4))", "bbox", "South"),
        ("S_DWITHIN(geometry, POINT(1 1), 5, 'leagues')", "type", "units"),
        ("T_AFTER(date, DATE('2021-02-30'))", "date", "is no day"),
        ("T_AFTER(date, TIMESTAMP('2021-02-03'))", "timestamp", "is no instant"),
        ("T_AFTER(date, INTERVAL('2021-02-03', '2020-02-03'))", "order", "ends before"),
        ("A_CONTAINS(tags, (1))", "type", "list of texts"),
        ("A_CONTAINS(contexts, ('militry'))", "unknown", "Did you mean military?"),
        ("avg(fatalities.best) = 1", "unknown", "There is no function avg"),
        ("participants.role = codes.code", "type", "about one list"),
        ("type", "type", "A condition stands here, and type is none"),
        ("", "syntax", "The filter ends here"),
        ("x" * 8_193, "length", "8192 bytes"),
        ("title IN (" + ",".join(["''"] * 1_002) + ")", "length", "1000 values"),
        (" AND ".join(["(participants.side = 'a')"] * 25 + ["NOT codes.code = '1'"] * 25), "length", "24 entries"),
        (" OR ".join(f"participants.label LIKE '{n}'" for n in range(101)), "length", "100 conditions"),
        (" AND ".join(f"NOT (title = '{n}' AND mode IS NULL)" for n in range(51)), "length", "100 cond"),
    ],
)  # fmt: skip
def test_what_is_refused(client, written, code, words):
    """A filter that cannot be understood is told where, why, and what was probably meant."""
    [(parameter, found, detail)] = faults(client, written)
    assert (parameter, found) == ("filter", code)
    assert words in detail


def test_all_faults_are_told_at_once(client):
    """Every condition that cannot be is told, beside what else is wrong with the query."""
    written = "tpye = 'a' AND fatalities.best = 'x' OR participants.role = 'y'"
    assert [code for _, code, _ in faults(client, written)] == ["unknown", "type", "unknown"]
    found = faults(client, "tpye = 'a'", **{"type": "asault", "filter-lang": "xpath"})
    assert {parameter for parameter, _, _ in found} == {"filter", "filter-lang", "type"}


IN_JSON = [
    ("type = 'assault'", {"op": "=", "args": [{"property": "type"}, "assault"]}),
    (
        "participants.role = 'initiator' AND participants.side = 'a'",
        {
            "op": "and",
            "args": [
                {"op": "=", "args": [{"property": "participants.role"}, "initiator"]},
                {"op": "=", "args": [{"property": "participants.side"}, "a"]},
            ],
        },
    ),
    (
        "participants.label IS NOT NULL",
        {
            "op": "not",
            "args": [{"op": "isNull", "args": [{"property": "participants.label"}]}],
        },
    ),
    ("fatalities.best >= 5", {"op": ">=", "args": [{"property": "fatalities.best"}, 5]}),
    (
        "T_DURING(date, INTERVAL('2021-01-01', '..'))",
        {"op": "t_during", "args": [{"property": "date"}, {"interval": ["2021-01-01", ".."]}]},
    ),
    (
        "S_WITHIN(geometry, BBOX(9, 9, 21, 21))",
        {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [9, 9, 21, 21]}]},
    ),
    (
        "A_CONTAINS(tags, ('a'))",
        {"op": "a_contains", "args": [{"property": "tags"}, ["a"]]},
    ),
    (
        "type NOT IN ('aid')",
        {"op": "not", "args": [{"op": "in", "args": [{"property": "type"}, ["aid"]]}]},
    ),
]


@pytest.mark.parametrize(("written", "other"), IN_JSON)
def test_both_languages_find_the_same(standing, written, other):
    """A filter in JSON finds what the same in text does."""
    client, _ = standing
    lang = {"filter-lang": "cql2-json"}
    assert titles(client, json.dumps(other), **lang) == titles(client, written)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("type = 'aid'", "syntax"),
        ('{"op": "=", "args": [{"property": "tpye"}, "aid"]}', "unknown"),
        ('{"op": "=", "args": [{"property": 5}, "aid"]}', "type"),
        ('{"op": "=", "args": [{"property": "type"}]}', "arguments"),
        ('{"op": "=", "args": [{"property": "type"}, null]}', "type"),
        ('{"op": "=", "args": [{"property": "version"}, NaN]}', "range"),
        ('{"op": "=", "args": [{"property": "version"}, 1e999]}', "range"),
        ('{"op": "=", "args": [{"property": "version"}, 1e9999999999999999999]}', "range"),
        ('{"op": "between", "args": [{"property": "version"}, 1]}', "arguments"),
        ('{"op": "in", "args": [{"property": "type"}, []]}', "type"),
        ('{"op": "not", "args": [' * 40 + "true" + "]}" * 40, "depth"),
        ("[" * 5_000, "depth"),
        ('{"op": "and", "args": [], "more": 1}', "unknown"),
        ('{"date": "2021-13-01"}', "date"),
        ('{"a": 1}', "type"),
    ],
)
def test_what_is_refused_in_json(client, written, code):
    """JSON that is no filter is told where, by its pointer."""
    assert [each[1] for each in faults(client, written, **{"filter-lang": "cql2-json"})] == [code]


def hostile():
    """Give two hundred filters that are meant to harm."""
    name, half = "participants.actor.name", "x" * 3_000
    once = [
        "'; DROP TABLE events; --", "type = '''; DROP TABLE events; --'", "1=1; SELECT 1",
        "type = 'a' UNION SELECT 1", "title LIKE '%s'", "title LIKE '%(filter_0)s'", "title = '%'",
        "title = '{}' OR title = '{0}'", "title LIKE '" + "%a" * 1_500 + "'", "title LIKE 'a\\'",
        "title LIKE '" + "%_" * 1_500 + "x'", "title = '" + half + "'", f"CASEI(title) = '{half}'",
        f"ACCENTI(CASEI(ACCENTI(title))) = '{half}'", "title = '\x01'", "title = '\ud7ff'",
        "title LIKE '(a+)+$'", "title LIKE '\\\\\\\\'", "title = '\\'", 'type = "type"',
        "external_ids.a'b = 'c'", '"external_ids.a\'b" = \'c\'', '"attributes.%s" = \'c\'',
        '"attributes.{}" = 1', "attributes." + "a." * 500 + "b = 1", "attributes.. = 1",
        "version = 1e40", "version = -1e-40", "version = 1e999999999", f"version = 1e-{10**19}", "version = " + "9" * 40,
        "version = " + "9" * 5_000, "version = .", "version = 0x10", "version = NaN",
        "version = 1 / 0", "version % 0 = 0", "version DIV 0 = 0", "version / (version - version) = 1",
        "version = 9999999999999999999999999999999999999999 * 9999999999999999999999999999999999",
        " * ".join(["attributes.n"] * 31) + " = 1", "*".join(["1e39"] * 31) + " = version",
        "starts_on = DATE('0000-01-01')", "starts_on = DATE('9999-12-31')",
        "starts_on > DATE('9999-12-31')", "starts_on = DATE('0001-01-01')",
        "starts_on < DATE('0001-01-01')", "starts_on = DATE('10000-01-01')",
        "created_at = TIMESTAMP('9999-12-31T23:59:59-14:00')", "created_at = DATE('9999-12-31')",
        "created_at <= TIMESTAMP('0001-01-01T00:00:00+14:00')", "created_at <= DATE('0001-01-01')",
        "T_MEETS(INTERVAL('..', '..'), date)", "T_EQUALS(INTERVAL(starts_on, starts_on), date)",
        "S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))", "S_INTERSECTS(geometry, POINT(180 90))",
        "S_DWITHIN(geometry, POINT(0 90), 20100, 'km')", "S_DWITHIN(geometry, POINT(0 0), -1)",
        "S_DWITHIN(geometry, POINT(0 0), 1e39)", "S_INTERSECTS(geometry, POINT(1e39 0))",
        "S_INTERSECTS(geometry, MULTIPOINT(" + ",".join(["1 1"] * 1_500) + "))",
        "S_WITHIN(geometry, POLYGON((" + ",".join(f"{n / 20} {(n % 2) / 9}" for n in range(400)) + ")))",
        "S_DWITHIN(geometry, POLYGON((" + "".join(f"{n / 999} 0," for n in range(999)) + "1 1, 0 0)), 9000, 'km')",
        "A_CONTAINS(tags, ())", "A_EQUALS((), tags)", "A_CONTAINS(tags, (tags))",
        "A_OVERLAPS(attributes.n, ('a'))", "type IN (" + ",".join(["'aid'"] * 990) + ")",
        "title IN (" + ",".join(f"'{n}'" for n in range(999)) + ")", "id IN ('x')",
        " OR ".join(f"title = '{n}'" for n in range(400)),
        " OR ".join(f"{name} LIKE '%{n}%'" for n in range(150)),
        " AND ".join(["NOT participants.role = 'victim'"] * 150),
        " AND ".join(f"(participants.role = 'victim' AND participants.side = '{n}')" for n in range(24)),
        " AND ".join(f"(participants.role = 'victim' AND participants.side = '{n}')" for n in range(90)),
        "NULL IS NULL", "NULL = NULL", "type IS TRUE", "NOT NOT NOT TRUE", "TRUE = TRUE", "()", "(())",
        "((type = 'aid'))", "type = ('aid')", "CASEI(type)", "POINT(1 1)", "DATE('2021-01-01')",
    ]  # fmt: skip
    deep = [
        shape
        for depth in (10, 31, 40, 1_000)
        for shape in (
            "(" * depth + "type = 'aid'" + ")" * depth,
            "NOT " * depth + "type = 'aid'",
            "NOT (" * depth + "type = 'aid'" + ")" * depth,
            "CASEI(" * depth + "title" + ")" * depth + " = 'a'",
            "1+" * depth + "1 = version",
            "-" * depth + "version = 1",
            "((" * depth,
            "))" * depth,
            "type = 'aid' AND (" * min(depth, 400),
            "A_CONTAINS(tags, " + "(" * depth + "'a'" + ")" * depth + ")",
            "'" * depth,
            '"' * depth,
            "/*" * depth,
            "\\" * depth,
            "S_INTERSECTS(geometry, POLYGON(" + "(" * depth + "0 0" + ")" * depth + "))",
        )
    ]
    cut = [IN_TEXT[:place] for place in range(0, len(IN_TEXT), 3)]
    return [*once, *deep, *cut]


IN_TEXT = (
    "NOT (type IN ('aid', 'assault') OR fatalities.best BETWEEN 1 AND -2.5e1) AND title NOT LIKE"
    " 'a''b%' AND S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1, 0 0))) AND attributes.n IS NOT NULL"
)
"""A filter that is cut off at many places."""


def test_hostile_filters(standing):
    """Two hundred hostile filters are answered or refused, none of them crashes or takes long."""
    client, _ = standing
    slowest = (0.0, "")
    every = hostile()
    assert len(every) >= 200
    for written in every:
        began = time.perf_counter()
        answer = client.get("/v1/events", query_string={"filter": written})
        slowest = max(slowest, (time.perf_counter() - began, written[:80]))
        assert answer.status_code in {200, 400}, written[:200]
    assert slowest < (2, ""), slowest
    assert len(client.get("/v1/events").get_json()["items"]) == len(EVERY)


@pytest.mark.parametrize("resource", RESOURCES)
def test_queryables(panjshir, resource):
    """Each property that is listed can be asked for, and no other; their schema is one."""
    answer = panjshir.get(f"/v1/{resource}/queryables")
    assert answer.content_type == "application/schema+json"
    schema = answer.get_json()
    jsonschema_rs.meta.validate(schema)
    assert schema["additionalProperties"] is False
    assert schema["$id"].endswith(f"/v1/{resource}/queryables")
    names = schema["properties"]
    assert all(each["title"] and each["description"] for each in names.values())
    # Every property is known to the SQL: a list is asked in parts, for it would be too deep.
    ordered = sorted(names)
    for part in (ordered[start : start + 25] for start in range(0, len(ordered), 25)):
        written = " OR ".join(f'"{name}" IS NULL' for name in part)
        assert panjshir.get(f"/v1/{resource}?limit=1&filter={quote(written)}").status_code == 200


def test_queryables_say_what_values_there_are(panjshir):
    """Code lists, formats and members with names of their own are told."""
    schema = panjshir.get("/v1/events/queryables").get_json()
    names = schema["properties"]
    assert "assault" in names["type"]["enum"]
    assert names["starts_on"]["format"] == "date"
    assert names["fatalities.best"]["type"] == "integer"
    assert names["participants.actor_id"]["format"] == "uuid"
    assert names["geometry"]["format"].startswith("geometry")
    assert names["tags"]["items"] == {"type": "string"}
    validator = jsonschema_rs.validator_for(schema)
    assert validator.is_valid({"type": "aid", "external_ids.seed": "E1", "attributes.a.b": 5})
    assert not validator.is_valid({"tpye": "aid"})
    assert not any(chain([name.startswith("external_ids") for name in names]))
