"""Summaries and dyads as CSV over HTTP: the numbers of their JSON, and what is in no row."""

import csv
import io
from codecs import BOM_UTF8
from urllib.parse import urlencode

import pytest
from support.records import Records

HARMS = ("killed", "injured", "missing", "abducted", "detained", "displaced")


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def table(client, path):
    """Read a table: its names, its rows, and what its headers tell."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_json()
    assert answer.mimetype == "text/csv"
    text = answer.get_data(as_text=True)
    assert text.endswith("\r\n")
    assert "\n\n" not in text.replace("\r", "")
    names, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len({*names}) == len(names)
    assert {len(row) for row in rows} <= {len(names)}
    told = {
        name: dict(each.split("=") for each in answer.headers[name].split(", "))
        for name in ("Attest-Left-Out", "Attest-Total")
        if name in answer.headers
    }
    return names, [dict(zip(names, row, strict=True)) for row in rows], told


def flat(value, path=""):
    """Give the cells of an answer in JSON by the names of their columns; null is empty."""
    found = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            found |= flat(inner, f"{path}{name}_")
        else:
            found[f"{path}{name}"] = "" if inner is None else str(inner)
    return found


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("events", {"by": "month,type", "fill": "false"}),
        ("events", {"by": "year,actor,status", "fill": "false", "limit": 5}),
        ("events", {"by": "place", "level": "area", "order": "-count", "limit": 2}),
        ("events", {"by": "code:cameo", "facets": "true", "code": "cameo:010"}),
        ("events", {"by": "type", "measure": "count,casualties", "limit": 3}),
        ("events", {"by": "country,location", "measure": "count", "country": "AF"}),
        ("events", {"by": "quarter", "fill": "false", "datetime": "2021"}),
        ("statements", {"by": "speaker,stance"}),
        ("statements", {"by": "act", "limit": 1, "order": "-count"}),
    ],
    ids=str,
)
def test_summaries_are_those_of_the_json(truth, path, query):
    """Each row has the cells of its item, and the last row may be the others."""
    client, asked = truth.client, urlencode(query)
    found = client.get(f"/v1/{path}/summary?{asked}").get_json()
    names, rows, told = table(client, f"/v1/{path}/summary.csv?{asked}")
    items = [*found["items"], *([found["others"]] if found["others"] else [])]
    assert len(rows) == len(items) > 0
    for item, row in zip(items, rows, strict=True):
        cells = flat(item)
        is_others = item is found["others"]
        assert row.pop("others") == ("true" if is_others else "false")
        assert row.pop("rows") == cells.pop("rows", "1")
        assert cells.keys() - row.keys() <= {*query["by"].split(",")}  # a word whose id is null
        harm = {name: cell for name, cell in row.items() if name not in cells}
        assert {*harm.values()} <= {"", "0"}
        assert all(
            cell == "" or name.endswith(("_count", "_unknown")) for name, cell in harm.items()
        )
        assert {name: row[name] for name in cells if name in row} == {
            name: cell for name, cell in cells.items() if name in row
        }
    assert told["Attest-Left-Out"] == flat(found["left_out"])
    assert told["Attest-Total"] == {
        name: each for name, each in flat(found["total"]).items() if each
    }
    assert names[-2:] == ["others", "rows"]


@pytest.mark.parametrize(
    "query",
    [{}, {"limit": 2}, {"type": "assault", "order": "first"}, {"datetime": "2021"}],
    ids=str,
)
def test_dyads_are_those_of_the_json(truth, query):
    """Each row has the cells of its dyad, and the last row may be the others."""
    client, asked = truth.client, urlencode(query)
    found = client.get(f"/v1/events/dyads?{asked}").get_json()
    names, rows, told = table(client, f"/v1/events/dyads.csv?{asked}")
    assert names == [
        *("initiator_id", "initiator_name", "target_id", "target_name"),
        *("count", "possible", "disputed", "types", "first", "last", "others", "dyads"),
    ]
    expected = []
    for item in found["items"]:
        types = "; ".join(f"{name}:{number}" for name, number in item.pop("types").items())
        expected.append(flat(item) | {"types": types, "others": "false", "dyads": "1"})
    if found["others"]:
        empty = dict.fromkeys(names, "")
        expected.append(empty | flat(found["others"]) | {"others": "true"})
    assert rows == expected
    assert len(rows) > 0
    assert told == {"Attest-Left-Out": flat(found["left_out"])}


def test_zero_is_none_and_empty_is_not_known(records):
    """An event without a number makes no sum, and a bucket without events has the sum of none."""
    records.make("events", date="2021-01-05")
    records.make("events", date="2021-03-05", fatalities={"best": 0})
    _, rows, _ = table(records.client, "/v1/events/summary.csv?by=month")
    assert [
        [row[name] for name in ("month", "count", "fatalities_best", "fatalities_unknown")]
        for row in rows
    ] == [["2021-01", "1", "", "1"], ["2021-02", "0", "0", "0"], ["2021-03", "1", "0", "0"]]


@pytest.mark.parametrize("name", ["=1+1", "+a", "-b", "@c", "'d", "\uff1de", 'f, "g"\n\u2028h'])
def test_names_are_no_formulas(records, name):
    """A text that a spreadsheet would calculate gets an apostrophe, once."""
    actor = records.make("actors", name=name)
    part = [{"actor_id": actor, "role": role} for role in ("initiator", "target")]
    code = [{"scheme": "s", "code": "-1"}]
    records.make("events", date="2021-08-22", participants=part, codes=code)
    shown = name if name[0] == "f" else f"'{name}"
    _, [row], _ = table(records.client, "/v1/events/summary.csv?by=actor,code:s")
    assert (row["actor_id"], row["actor_name"], row["codes_s"]) == (actor, shown, "'-1")
    _, [row], _ = table(records.client, "/v1/events/dyads.csv")
    assert (row["initiator_name"], row["target_name"], row["types"]) == (shown, shown, "protest:1")


@pytest.mark.parametrize(
    "path",
    ["events/summary.csv?by=month,actor", "statements/summary.csv?by=speaker", "events/dyads.csv?"],
)
def test_nothing_has_a_row_of_names(client, path):
    """Where nothing is found, there are the names of columns, behind the mark if it is wanted."""
    names, rows, told = table(client, f"/v1/{path}")
    assert rows == []
    assert {*told["Attest-Left-Out"].values()} == {"0"}
    marked = client.get(f"/v1/{path}&bom=true").get_data()
    assert marked == BOM_UTF8 + f"{','.join(names)}\r\n".encode()
    assert client.head(f"/v1/{path}").headers["Attest-Left-Out"]


def test_tables_of_the_past(records):
    """As of an instant, rows and what is left out are those of then."""
    event = records.make("events", date="2021-08-22")
    then = records.read("events", event)["updated_at"]
    paths = [f"/v1/events/summary.csv?by=type&as_of={then}", f"/v1/events/dyads.csv?as_of={then}"]
    before = [table(records.client, path) for path in paths]
    records.retract("events", event)
    assert [table(records.client, path) for path in paths] == before
    _, rows, told = table(records.client, "/v1/events/summary.csv?by=type")
    assert (rows, told["Attest-Left-Out"]["retracted"]) == ([], "1")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/events/summary.csv", {"by"}),
        ("/v1/events/summary.csv?by=type&by=month", {"by"}),
        ("/v1/events/summary.csv?by=place,plase&bom=maybe", {"by", "bom"}),
        ("/v1/statements/summary.csv?by=actor&measure=count", {"by", "measure"}),
        ("/v1/events/dyads.csv?order=size&fields=id&by=type", {"order", "fields", "by"}),
        ("/v1/events/dyads?bom=true", {"bom"}),
    ],
)
def test_what_is_refused(client, path, named):
    """A parameter that is not taken is refused by its name."""
    answer = client.get(path)
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == named
