"""Times of day: compared as instants where a record and a question have them."""

import pytest
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
