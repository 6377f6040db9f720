"""Tables that no spreadsheet calculates with, whatever people wrote, and that say all of it."""

import csv
import io
import re

import pytest

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\n=",
    "\r=",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "'=",
    "''=",
)
REST = (
    "1+1",
    "2+3+cmd|' /C calc'!A0",
    'HYPERLINK("http://x.test")',
    "SUM(A1:A2)",
    'DDE("cmd";"/C")',
)
INSIDE = ("a;=1+1", "a\t=1+1", "a,=1+1", 'a";=1+1;"', "a\n=1+1", ";=1+1", ",=1+1", '"=1+1', "'a")
TEXTS = [*(start + rest for start in STARTS for rest in REST), *INSIDE]
"""Formulas at the beginning of a text, and behind what may end a cell."""

SEPARATED = re.compile(r'(?:^|(?<=[,;\t\n]))("(?:[^"]|"")*"|[^,;\t\n]*)')
"""A cell, for a spreadsheet by which semicolons and tabs end one as well as commas."""


@pytest.fixture
def hostile(client):
    """Give a service whose records have such texts wherever people write some."""
    sent = {"dataset": "d", "actors": [], "events": [], "statements": []}
    for n, text in enumerate(TEXTS):
        part = {"actor_id": f"@a{n}", "role": "initiator", "label": text, "note": text}
        of = {"ref": f"e{n}", "type": "assault", "title": text, "description": text, "tags": [text]}
        claim = {"event_id": f"@e{n}", "stance": "asserts", "aspect": "intent", "value": text}
        said = {"act": "assert", "form": "paraphrase", "text": text, "speaker_id": f"@a{n}"}
        sent["actors"].append({"ref": f"a{n}", "name": text})
        sent["events"].append({**of, "participants": [part]})
        sent["statements"].append({**said, "claims": [{**claim, "note": text}]})
    answer = client.post("/v1/bundles", json=sent)
    assert answer.status_code == 201, answer.get_json()
    return client


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("events.csv", "title description tags participants_initiator"),
        ("events.csv?rows=participants", "label note actor_name"),
        ("events.csv?rows=claims", "value note speaker_name"),
        ("actors.csv", "name"),
        ("statements.csv", "text speaker_name"),
        ("statements.csv?rows=claims", "claims_value claims_note claims_event_title"),
    ],
)
def test_nothing_is_calculated(hostile, path, columns):
    """No cell begins as a formula does, and without its apostrophe it is what was written."""
    text = hostile.get(f"/v1/{path}").get_data(as_text=True)
    begins = {cell.removeprefix('"')[:1] for cell in SEPARATED.findall(text)}
    assert not begins & {*"=+-@\r\uff1d\uff0b\uff0d\uff20"}
    table = [*csv.DictReader(io.StringIO(text, newline=""))]
    assert len(table) == len(TEXTS)
    for column in columns.split():
        assert {row[column].removeprefix("'") for row in table} == {text.strip() for text in TEXTS}


def test_nothing_is_calculated_of_counts(hostile):
    """The same holds of what is counted by texts that people wrote."""
    text = hostile.get("/v1/events/summary.csv?by=actor").get_data(as_text=True)
    begins = {cell.removeprefix('"')[:1] for cell in SEPARATED.findall(text)}
    assert not begins & {*"=+-@\r\uff1d\uff0b\uff0d\uff20"}
    table = csv.DictReader(io.StringIO(text, newline=""))
    names = {row["actor_name"].removeprefix("'") for row in table}
    assert names == {text.strip() for text in TEXTS}
