"""Times of day: compared as instants where a record and a question have them."""

import pytest
from support.lists import walk
from support.records import Records

MADE = {
    "morning": "2021-08-22T06:00:00Z",
    "night": "2021-08-22T01:00:00+04:30",
    "local": "2021-08-22T14:30:00",
    "day": "2021-08-22",
    "from noon": "2021-08-22T12:00:00Z/2021-08-23",
    "about": "2021-08-22?",
    "nearly": "2021-08-22~",
    "month": "2021-08%",
    "open": "/..",
}


@pytest.fixture
def records(client):
    """Give events and statements of one day."""
    records = Records(client)
    for name, date in MADE.items():
        records.make("events", title=name, date=date)
        records.make("statements", text=name, date=date)
    return records


ALL_DAY = {"local", "day", "about", "nearly", "month", "open"}


@pytest.mark.parametrize("resource", ["events", "statements"])
@pytest.mark.parametrize(
    ("asked", "possible", "certain"),
    [
        ("2021-08-22T12:00:00Z/2021-08-22T18:00:00Z", ALL_DAY | {"from noon"}, set()),
        ("2021-08-22T05:00:00Z/2021-08-22T07:00:00Z", ALL_DAY | {"morning"}, {"morning"}),
        ("2021-08-21T20:30:00Z", {"night", "month", "open"}, {"night"}),
        ("2021-08-22T01:00:00+04:30", ALL_DAY | {"night"}, {"night"}),
        ("2021-08-22T01:00:00 04:30", ALL_DAY | {"night"}, {"night"}),
        ("2021-08-22t06:00:00z", ALL_DAY | {"morning"}, {"morning"}),
        (
            "2021-08-22T00:00:00Z/2021-08-22T23:59:59Z",
            ALL_DAY | {"morning", "from noon"},
            {"morning", "local", "day"},
        ),
        (
            "2021-08-22",
            ALL_DAY | {"morning", "night", "from noon"},
            {"morning", "night", "local", "day"},
        ),
        ("2021-08-22T07:00:00Z/..", ALL_DAY | {"from noon"}, {"from noon"}),
        ("../2021-08-22T06:00:00Z", ALL_DAY | {"morning", "night"}, {"morning", "night"}),
        ("2021-08-24", {"month", "open"}, set()),
    ],
)
def test_instants_are_compared(records, resource, asked, possible, certain):
    """What has a time of day is found by it, in any zone; what has none by its day."""
    called = "title" if resource == "events" else "text"
    for match, expected in (("possible", possible), ("certain", certain)):
        query = {"datetime": asked, "datetime_match": match, "fields": called}
        answer = records.client.get(f"/v1/{resource}", query_string=query)
        items = records.expect(200, answer)["items"]
        assert {item[called] for item in items} == expected, match


IN_ORDER = (
    *(
        "2021-08-21T23:59:59Z",
        "2021-08-22",
        "2021-08-22T01:00:00+04:30",
        "2021-08-22T05:30:00+08:00",
    ),
    *("2021-08-22T05:59:59Z", "2021-08-22T10:30:00+04:30", "2021-08-22T06:00:00.5Z"),
    *("2021-08-22T14:30:00Z/2021-08-25", "2021-08-22T20:00:00-11:00", "2021-08-23"),
)
"""Dates in their order: by the day that is written, in that by the instant; whole days first."""


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("events", ""),
        ("events", "actor={actor}"),
        ("events", "location={location}"),
        ("events", "bbox=69,35,70,36"),
        ("events", "near=69.5,35.5&radius=5"),
        ("events", "type=aid&datetime=2021-08"),
        ("events", "datetime=2021-08-20/2021-08-24&datetime_match=possible"),
        ("events", "tag=x"),
        ("statements", ""),
        ("statements", "addressee={actor}"),
        ("statements", "event={event}"),
        ("documents", ""),
        ("documents", "kind=article"),
    ],
)
def test_lists_are_in_order_within_a_day(client, resource, query):
    """Pages of every list of what has a date follow the instants, there and back."""
    records = Records(client)
    ids = {
        "actor": records.make("actors"),
        "location": records.make("locations", point=[69.5, 35.5]),
        "event": records.make("events", tags=["other"]),
    }
    claim = {"event_id": ids["event"], "stance": "asserts", "aspect": "occurrence"}
    about = {
        "documents": {"kind": "article"},
        "events": {
            "type": "aid",
            "location_id": ids["location"],
            "participants": [{"actor_id": ids["actor"], "role": "target"}],
            "tags": ["x"],
        },
        "statements": {"addressee_ids": [ids["actor"]], "claims": [claim]},
    }[resource]
    member = "published_on" if resource == "documents" else "date"
    for date in (*IN_ORDER[::2], *IN_ORDER[1::2]):
        records.make(resource, **about, **{member: date})
    by = "published_on" if resource == "documents" else "starts_on"
    asked = query.format(**ids)
    for sort, expected in ((by, IN_ORDER), (f"-{by}", IN_ORDER[::-1])):
        path = f"/v1/{resource}?{asked}&sort={sort}&limit=3&fields={member}"
        found = [each[member] for page in walk(client, path) for each in page]
        assert [date for date in found if date] == [*expected]


def test_a_time_without_seconds(records):
    """A time that lacks its seconds is told so, where it is written and where it is asked for."""
    sent = {"dataset": "d", "type": "aid", "date": "2021-08-22T14:30"}
    for answer in (
        records.client.post("/v1/events", json=sent),
        records.client.get("/v1/events?datetime=2021-08-22T14:30Z"),
    ):
        assert "seconds" in answer.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize("as_of", ["2100-01-01T00:00:00%2B00:00", "2100-01-01T00:00:00 00:00"])
def test_a_plus_that_was_not_encoded(records, as_of):
    """A plus may be sent as it stands."""
    answer = records.client.get(f"/v1/events?as_of={as_of}")
    assert "as_of" in answer.get_data(as_text=True)
    assert answer.get_json()["errors"][0]["code"] != "invalid"


@pytest.mark.parametrize(
    ("resource", "members", "pointer"),
    [
        ("documents", {"published_on": "2205-08-23"}, "/published_on"),
        ("events", {"date": "2205-08-22"}, "/date"),
        ("events", {"date": "2205-08-22/2205-08-23"}, "/date"),
        ("statements", {"date": "2205-08-22"}, "/date"),
    ],
)
def test_what_cannot_have_been_yet(records, resource, members, pointer):
    """What happened, was said or was published cannot lie after tomorrow: it is a slip."""
    sent = {"dataset": "d", "type": "aid", "act": "deny", "form": "paraphrase"}
    kept = {"events": {"type"}, "statements": {"act", "form"}, "documents": set()}[resource]
    sent = {name: sent[name] for name in {"dataset", *kept}} | members
    [fault] = records.expect(422, records.client.post(f"/v1/{resource}", json=sent))["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, "future")


def test_what_is_to_come(records):
    """What is planned or supposed may begin in the future, and what goes on may end there."""
    records.make("events", date="2205-08-22", modality="planned")
    records.make("events", date="2205-08-22", modality="hypothetical")
    records.make("events", date="2021-08-22/2205")
    records.make("events", date="2021-08-22/..")
