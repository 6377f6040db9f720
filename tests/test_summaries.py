"""Summaries over HTTP: what is counted, what may be, what is not known, and what is left out."""

import random
from urllib.parse import urlencode

import pytest
from support.records import Records
from support.service import world
from support.sums import TIMES, Sums, deaths
from support.truth import SEED, WHENS, Truth, values

DOUBTFUL = [
    {"date": "2021-08~", "fatalities": {"low": 2, "best": 3, "high": 7}},
    {"date": "2021-08-22?", "fatalities": {"low": 2, "best": None, "high": 5}},
    {"date": "2021-08-22/2021-08-23%", "fatalities": {"low": 0, "best": 0, "high": 0}},
    {"date": "2021~", "modality": "planned"},
    {"date": "2021-08-30/2021-09-02", "fatalities": {"low": None, "best": None, "high": 9}},
    {"date": "2021-08-22", "verification": {"level": "refuted"}},
]
"""Events whose dates have qualifiers, or that have lowest and highest numbers."""


@pytest.fixture(scope="module")
def truth(server, template, settings):
    """Give a world of records, some with doubts of every kind, and a client that asks for them."""
    with world(server, template, settings) as client:
        found = Truth(client)
        for number, members in enumerate(DOUBTFUL):
            known = {"dataset": "first", "external_ids": {"test": f"x{number}"}}
            sent = {**known, "type": "other", **members}
            event = client.post("/v1/events", json=sent).get_json()
            found.all["events"][event["id"]] = event
            said = {"act": "deny", "form": "paraphrase", "text": "No."}
            sent = {**known, **said, "date": members["date"]}
            statement = client.post("/v1/statements", json=sent).get_json()
            found.all["statements"][statement["id"]] = statement
        yield found


EVENTS = [
    *(("month",), ("day",), ("week",), ("quarter",), ("year",), ("type",), ("mode",)),
    *(("modality",), ("status",), ("country",), ("location",), ("admin1",), ("place",)),
    *(("actor",), ("actor_role",), ("dataset",), ("publisher",), ("code:cameo",)),
    *(("month", "type", "country"), ("actor", "actor_role", "year"), ("week", "code:cameo")),
    *(("place", "location", "type"), ("publisher", "month"), ("actor", "code:cameo", "publisher")),
]
STATEMENTS = [
    *(("month",), ("act",), ("form",), ("stance",), ("aspect",), ("medium",), ("speaker",)),
    *(("location",), ("place",), ("dataset",), ("publisher",), ("speaker", "stance", "day")),
    *(("stance", "aspect", "quarter"), ("publisher", "week", "aspect")),
]
LISTS = [("events", by) for by in EVENTS] + [("statements", by) for by in STATEMENTS]
"""Lists of words."""

BESIDE = {
    "events": [
        *("datetime", "type", "actor", "actor_role", "location", "status", "modality", "country"),
        *("retracted", "document", "certainty", "tag", "code", "fatalities_min"),
    ],
    "statements": [
        *("datetime", "act", "stance", "aspect", "event", "speaker", "retracted", "value"),
        *("location", "hedged", "document"),
    ],
}
"""Filters that are asked for beside."""


def summary(client, resource, by, **query):
    """Ask for a summary."""
    path = f"/v1/{resource}/summary?{urlencode({'by': ','.join(by), **query})}"
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def key_of(row, by):
    """Give what the records of a row have in common."""
    found = []
    for word in by:
        scheme = word.removeprefix("code:")
        key = row["codes"][scheme] if scheme != word else row[word]
        found.append(key["id"] if isinstance(key, dict) else key)
    return tuple(found)


@pytest.mark.parametrize(("resource", "by"), LISTS, ids=str)
def test_rows_are_what_counting_records_gives(truth, resource, by):
    """Whatever is counted by what, and asked beside, rows and totals are those of the records."""
    drawn = random.Random(f"{SEED} {resource} {by}")  # noqa: S311 - the same each time
    level = {"level": "area"} if "place" in by else {}
    for several in range(3):
        query, asked = {}, {}
        for name in drawn.sample(BESIDE[resource], several):
            written, meant = values(truth, resource, name, drawn)
            query, asked = query | written, asked | meant
        found = summary(truth.client, resource, by, fill="false", limit=100_000, **query, **level)
        sums = Sums(truth, resource, by, asked, **level)
        rows = {key_of(row, by): row for row in found["items"]}
        assert len(rows) == len(found["items"])
        assert rows.keys() == sums.rows.keys(), query
        for key, row in rows.items():
            expected = sums.rows[key]
            told = {name: row.get(name, 0) for name in ("count", "possible", "disputed")}
            assert told == {name: expected[name] for name in told}, (query, key)
            if resource == "events":
                assert row["fatalities"] == deaths(sums.deaths[key]), (query, key)
        for name in ("count", "possible", "disputed"):
            assert found["total"].get(name, 0) == sums.total[name], query
        assert found["others"] is None
        assert {name: number for name, number in found["left_out"].items() if number} == dict(
            sums.left_out
        )
        if resource == "events":
            assert found["total"]["fatalities"] == deaths(sums.deaths[None])


@pytest.mark.parametrize("unit", TIMES)
@pytest.mark.parametrize("when", [each for each in WHENS if each[1] and each[2]], ids=str)
def test_buckets_of_an_interval(truth, unit, when):
    """Of what is asked for between two days, only buckets with these days are told."""
    asked = {"datetime": when}
    found = summary(truth.client, "events", (unit,), datetime=when[0], fill="false", limit=100_000)
    sums = Sums(truth, "events", (unit,), asked)
    told = {row[unit]: (row["count"], row["possible"]) for row in found["items"]}
    assert told == {key[0]: (row["count"], row["possible"]) for key, row in sums.rows.items()}


ON_THE_DAY = [
    *("2021-08-22", "2021-08-22T09:00:00Z/2021-08-22T10:00:00Z"),  # within whatever is asked
    *("2021-08-21/2021-08-22", "2021-08-22/..", "2021-08~", "2021-08-22?", "2021-08-22%"),
]
"""Dates, of which the first two certainly lie on 22 August 2021, and the others possibly."""


@pytest.mark.parametrize("by", ["type", "month", "location", "actor", "code:cameo", "type,actor"])
def test_a_date_that_may_lie_elsewhere_is_possible_alone(client, by):
    """Of a `datetime`, rows, totals and their CSV count for certain only what certainly lay in it.

    The list with `datetime_match=certain` and the dyads say the same.
    """
    records = Records(client)
    who = [{"actor_id": records.make("actors"), "role": role} for role in ("initiator", "target")]
    place = records.make("locations")
    for when in ON_THE_DAY:
        known = {
            "location_id": place,
            "participants": who,
            "codes": [{"scheme": "cameo", "code": "190"}],
        }
        records.make("events", type="assault", date=when, fatalities={"best": 100}, **known)
    asked = {"datetime": "2021-08-22", "dataset": "d"}
    both = {"count": 2, "possible": 5}
    found = summary(client, "events", by.split(","), **asked)
    [dyad] = client.get("/v1/events/dyads", query_string=asked).get_json()["items"]
    for told in (found["total"], dyad, *found["items"]):
        assert {name: told[name] for name in both} == both
    for told in (found["total"], *found["items"]):
        assert told["fatalities"] == {"low": 200, "best": 200, "high": 200, "unknown": 0}
    certain = client.get("/v1/events", query_string={**asked, "datetime_match": "certain"})
    assert len(certain.get_json()["items"]) == both["count"]
    table = client.get("/v1/events/summary.csv", query_string={**asked, "by": by})
    assert table.headers["Attest-Total"].startswith(
        "count=2, possible=5, disputed=0, fatalities_low=200"
    )
    assert all(",2,5,0,200,200,200,0," in line for line in table.get_data(as_text=True).split()[1:])
    # Where nothing is asked of time, nothing is in doubt but its bucket.
    of_all = summary(client, "events", by.split(","), dataset="d")["total"]
    assert (of_all["count"], of_all["possible"]) == (7, 0)


def test_statements_that_may_have_been_made_elsewhen_are_possible_alone(client):
    """Statements are counted as events are; what is left out is counted whatever its date."""
    records = Records(client)
    for when in ON_THE_DAY:
        records.make("statements", act="deny", date=when)
        retracted = records.make("statements", act="deny", date=when)
        records.retract("statements", retracted)
    for asked in ("2021-08-22", "2021-08-22T00:00:00Z/2021-08-22T23:59:59Z"):
        found = summary(client, "statements", ("act",), datetime=asked, dataset="d")
        assert found["items"] == [{"act": "deny", "count": 2, "possible": 5}]
        assert found["total"] == {"count": 2, "possible": 5}
        assert found["left_out"] == {"retracted": 7}


@pytest.mark.parametrize("order", ["key", "count", "possible", "disputed", "fatalities"])
def test_orders_and_the_others(truth, order):
    """Rows come in their order, both ways; what the limit cuts off is one row of others."""
    client, by = truth.client, ("actor", "type")
    for sign in ("", "-"):
        whole = summary(client, "events", by, order=f"{sign}{order}")
        keys = {
            "key": lambda row: ((row["actor"] or {"name": "\U0010ffff"})["name"], row["type"]),
            "fatalities": lambda row: row["fatalities"]["best"],
        }
        found = [keys.get(order, lambda row: row[order])(row) for row in whole["items"]]
        known = [each for each in found if each is not None]
        assert found[: len(known)] == known
        if order != "key":
            assert known == sorted(known, reverse=bool(sign))
        cut = summary(client, "events", by, order=f"{sign}{order}", limit=4)
        assert cut["items"] == whole["items"][:4]
        rest = whole["items"][4:]
        assert cut["others"]["rows"] == len(rest)
        for name in ("count", "possible", "disputed"):
            assert cut["others"][name] == sum(row[name] for row in rest)
        best = [row["fatalities"]["best"] for row in rest if row["count"]]
        assert cut["others"]["fatalities"]["best"] == sum(each or 0 for each in best)
        assert cut["others"]["fatalities"]["unknown"] == sum(
            row["fatalities"]["unknown"] for row in rest
        )
        assert {name: cut[name] for name in ("total", "left_out")} == {
            name: whole[name] for name in ("total", "left_out")
        }


def test_empty_buckets_are_zeros(client):
    """Between the first and the last month, each type has each; without fill, none is zero."""
    records = Records(client)
    for kind, when in (("assault", "2021-11"), ("assault", "2022-02-01"), ("aid", "2021-12-03")):
        records.make("events", type=kind, date=when, fatalities={"best": 3})
    found = summary(client, "events", ("month", "type"))
    assert [(row["month"], row["type"], row["count"]) for row in found["items"]] == [
        (
            month,
            kind,
            int((month, kind) in {("2021-11", "assault"), ("2022-02", "assault")})
            or int((month, kind) == ("2021-12", "aid")),
        )
        for month in ("2021-11", "2021-12", "2022-01", "2022-02")
        for kind in ("aid", "assault")
    ]
    nothing = {"low": 0, "best": 0, "high": 0, "unknown": 0}
    assert {str(row["fatalities"]) for row in found["items"] if not row["count"]} == {
        str({name: nothing[name] for name in ("low", "best", "high", "unknown")})
    }
    assert all(row["count"] for row in summary(client, "events", ("month",), fill="false")["items"])


def test_too_many_empty_buckets_are_left_out(client):
    """One event of the year 1 must not make a million rows: what there is is told without them."""
    records = Records(client)
    for when in ("0001-01-01", "2021-08-22"):
        records.make("events", date=when)
    for query, rows, filled in (
        ({"by": "day"}, 2, False),
        ({"by": "month"}, 2, False),
        ({"by": "month", "fill": "true", "order": "-count", "limit": "1"}, 1, False),
        ({"by": "month", "datetime": "2021"}, 1, True),
        ({"by": "year", "limit": "3000"}, 2021, True),
        ({"by": "year", "fill": "false"}, 2, False),
        ({"by": "month", "tag": "nothing"}, 0, True),
        ({"by": "type"}, 1, None),
    ):
        answer = client.get("/v1/events/summary", query_string=query)
        assert answer.status_code == 200, answer.get_json()
        found = answer.get_json()
        assert (len(found["items"]), found.get("filled")) == (rows, filled), query
    found = client.get("/v1/events/summary?by=day&by=year&by=type&limit=3000").get_json()
    assert [row["day"] for row in found["items"]] == ["0001-01-01", "2021-08-22"]
    assert [each.get("filled") for each in (found, *found["further"])] == [False, True, None]


@pytest.mark.parametrize(
    ("query", "parameter", "code", "part"),
    [
        ("", "by", "required", "Name one to three words to count by: day, week, month,"),
        ("by=", "by", "unknown", "known"),
        ("by=mnth", "by", "unknown", "Did you mean month?"),
        ("by=Type,type", "by", "unknown", "Did you mean type?"),
        ("by=type,type", "by", "repeated", "once"),
        ("by=type,mode,status,country", "by", "length", "3 at the most"),
        ("by=month,year", "by", "times", "month"),
        ("by=code", "by", "scheme", "code:cameo"),
        ("by=code:", "by", "scheme", "code:cameo"),
        ("by=stance", "by", "unknown", "known"),
        ("by=place", "level", "required", "level"),
        ("by=type&level=admin1", "by", "required", "place"),
        ("by=place&level=provinz", "level", "unknown", "admin1"),
        ("by=type&measure=deaths", "measure", "unknown", "fatalities"),
        ("by=type&order=cuont", "order", "unknown", "Did you mean count?"),
        ("by=type&measure=count&order=-fatalities", "measure", "required", "fatalities"),
        ("by=type&limit=100001", "limit", "invalid", "100000"),
        ("by=type&by=day&limit=50001", "limit", "range", "2 lists have 50000 rows each"),
        ("by=type&fill=1", "fill", "invalid", "true"),
        ("by=type&sort=type", "sort", "unknown", "parameter"),
        ("by=type&cursor=x", "cursor", "unknown", "parameter"),
        ("by=type&near=1,1", "radius", "required", "together"),
        ("&".join(f"by=code:{n}" for n in range(13)), "by", "length", "12"),
    ],
)
def test_what_cannot_be_counted(client, query, parameter, code, part):
    """What is wrong is named, with what was probably meant."""
    answer = client.get(f"/v1/events/summary?{query}")
    assert answer.status_code == 400
    assert {(fault["parameter"], fault["code"]) for fault in answer.get_json()["errors"]} == {
        (parameter, code)
    }
    assert part in str(answer.get_json()["errors"])


def test_facets_are_counted_without_their_own_filter(truth):
    """Several lists at once: each as if nothing were asked of its words, and all else were."""
    client = truth.client
    asked = {"type": "assault", "datetime": "2021", "status": "confirmed,reported"}
    lists = [("type",), ("month",), ("status", "type"), ("country",)]
    path = "&".join(f"by={','.join(by)}" for by in lists)
    answer = client.get(f"/v1/events/summary?{path}&facets=true&{urlencode(asked)}").get_json()
    without = [{"type"}, {"datetime"}, {"status", "type"}, set()]
    for found, by, own in zip([answer, *answer.pop("further")], lists, without, strict=True):
        rest = {name: value for name, value in asked.items() if name not in own}
        expected = summary(client, "events", by, **rest)
        assert expected.pop("further") == []
        assert found == expected
    plain = client.get(f"/v1/events/summary?{path}&{urlencode(asked)}").get_json()
    assert [row["type"] for row in plain["items"]] == ["assault"]


def test_casualties_by_kind(client):
    """Entries may overlap: the lowest number is that of the largest, the highest their sum."""
    records = Records(client)
    records.make(
        "events",
        fatalities={"low": 3, "best": 4, "high": 6},
        casualties=[
            {"kind": "killed", "label": "guards", "best": 1},
            {"kind": "injured", "label": "guards", "low": 2},
            {"kind": "injured", "label": "others", "low": 1, "best": 5, "high": 8},
        ],
    )
    records.make("events", casualties=[{"kind": "injured"}, {"kind": "killed", "best": 2}])
    records.make("events")
    found = summary(client, "events", ("type",), measure="count,casualties")
    [row] = found["items"]
    assert row["casualties"] == {
        "killed": {"count": 2, "low": 5, "best": 6, "high": 8, "unknown": 0},
        "injured": {"count": 2, "low": 2, "best": 7, "high": 10, "unknown": 1},
    }
    assert found["total"]["casualties"] == row["casualties"]
    assert "fatalities" not in row


def test_as_it_was_known_at_an_instant(client):
    """A summary of the past counts what stood then, as it stood: dates, numbers, names."""
    records = Records(client)
    actor = records.make("actors", name="Before")
    taking_part = [{"actor_id": actor, "role": "initiator", "certainty": "possible"}]
    event = records.make(
        "events", date="2021-08~", fatalities={"low": 1, "best": 2}, participants=taking_part
    )
    then = records.now()
    first = {by: summary(client, "events", by) for by in (("month",), ("actor",), ("type",))}
    records.change("events", event, date="2021-09-01", fatalities={"best": 9}, type="aid")
    records.change("actors", actor, name="After")
    records.make("events", date="2020")
    records.retract("events", records.make("events"))
    for by, expected in first.items():
        assert summary(client, "events", by, as_of=then) == expected
        assert summary(client, "events", by) != expected
    assert first["month",]["items"][0]["possible"] == 1
    assert first["actor",]["items"][0] == {
        "actor": {"id": actor, "name": "Before"},
        "count": 0,
        "possible": 1,
        "disputed": 0,
        "fatalities": {"low": 0, "best": 0, "high": 0, "unknown": 0},
    }
    assert summary(client, "events", ("type",))["left_out"]["retracted"] == 1


def test_merged_actors_count_as_one(client):
    """An event with both counts once for the survivor, and the old id asks for it too."""
    records = Records(client)
    one, other = (records.make("actors", name=name) for name in ("One", "Other"))
    both = [
        {"actor_id": actor, "role": role} for actor, role in ((one, "target"), (other, "victim"))
    ]
    records.make("events", participants=both)
    records.make("events", participants=both[:1])
    records.merge("actors", one, other)
    for asked in ({}, {"actor": one}, {"actor": f"{one},{other}"}):
        [row] = summary(client, "events", ("actor",), **asked)["items"]
        assert (row["actor"], row["count"]) == ({"id": other, "name": "Other"}, 2)
    records.unmerge("actors", one)
    found = summary(client, "events", ("actor",), order="-count")["items"]
    assert [(row["actor"]["name"], row["count"]) for row in found] == [("One", 2), ("Other", 1)]


def test_withdrawn_records_are_in_no_count(client):
    """What was withdrawn is neither counted nor left out; what is retracted is left out."""
    records = Records(client)
    events = [records.make("events") for _ in range(3)]
    records.withdraw("events", events[0])
    records.retract("events", events[1])
    found = summary(client, "events", ("type",))
    assert (found["total"]["count"], found["left_out"]["retracted"]) == (1, 1)
    found = summary(client, "events", ("type",), retracted="only")
    assert (found["total"]["count"], found["left_out"]["retracted"]) == (1, 0)
