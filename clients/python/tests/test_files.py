"""Exports: whole files, or none."""

import json
import sys
from datetime import date
from hashlib import sha256
from uuid import uuid4

import httpx
import pandas as pd
import pytest
from wire import answer, asking, broken, cut, refusal, whole

from attest_client import AttestError, Client, Incomplete, Retry, Whole

ALL = ["csv", "ndjson", "geojson", "parquet", "arrow", "xlsx"]


@pytest.mark.parametrize("form", ALL)
def test_a_file_is_whole(client, tmp_path, form):
    """Whatever its form, it is checked, and has its name and nothing beside it."""
    path = client.events.export(tmp_path / f"events.{form}", dataset="panjshir-2021", sort="id")
    assert path.stat().st_size > 1000
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "what", ["events/summary.csv", "events/dyads.graphml", "statements/summary.csv", "actors.csv"]
)
def test_whatever_is_described_can_be_exported(client, tmp_path, what):
    """An export without a digest comes, too."""
    name, _, form = what.partition(".")
    asked = {"by": "dataset"} if "summary" in name else {}
    assert client.export(name, tmp_path / f"file.{form}", **asked).stat().st_size


def test_what_is_not_described_is_refused(client, tmp_path):
    """The forms that there are are named."""
    with pytest.raises(ValueError, match="arrow, csv, geojson, ndjson, parquet, xlsx"):
        client.export("events", tmp_path / "events.shp")
    with pytest.raises(ValueError, match="no exports of event"):
        client.export("event", tmp_path / "event.csv")


def lines(*records, **changed):
    """Make an export of lines, whose end may be other than it should be."""
    text = b"".join(json.dumps(each).encode() + b"\n" for each in records)
    end = {"end": True, "rows": len(records), "sha256": sha256(text).hexdigest()}
    return text + json.dumps(end | changed).encode() + b"\n"


GOOD = lines({"id": 1}, {"id": 2})
NO_END = GOOD[: GOOD.index(b'{"end"')]
MAP = b'{"type":"FeatureCollection","features":[\n],"end":true,"rows":0,"sha256":"%s"}\n'


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("ndjson", NO_END),
        ("ndjson", b""),
        ("ndjson", lines({"id": 1}, sha256="0" * 64)),
        ("geojson", MAP % (b"0" * 64)),
        ("geojson", b'{"type":"FeatureCollection","features":[\n{"id":1},\n'),
        ("parquet", b"PAR1 and so on"),
        ("arrow", b"\xff\xff\xff\xff"),
        ("xlsx", b"PK and so on"),
    ],
)
def test_what_breaks_off_has_no_name(tmp_path, form, content):
    """A file whose end is missing or wrong is asked for again, and then given up."""
    before = tmp_path / f"events.{form}"
    before.write_text("of yesterday")
    with (
        asking(whole(content), whole(content), attempts=2) as (client, _),
        pytest.raises(Incomplete, match="2 times"),
    ):
        client.events.export(before)
    assert before.read_text() == "of yesterday"


def test_a_broken_connection_is_made_again(tmp_path):
    """An export that breaks midway begins anew."""
    with asking(cut, broken(GOOD[:20], 9999), refusal(503), whole(GOOD)) as (client, _):
        path = client.events.export(tmp_path / "events.ndjson")
    assert path.read_bytes() == GOOD


def test_a_table_is_held_against_its_digest(tmp_path):
    """Writes in between make them differ: then both are asked as of one instant."""
    old, new = b"id\n1\n", b"id\n1\n2\n"
    digest = {"rows": 2, "bytes": len(new), "sha256": sha256(new).hexdigest()}
    told = whole(json.dumps(digest).encode())
    with asking(whole(old), told, whole(new), told) as (client, seen):
        path = client.actors.export(tmp_path / "actors.csv", tag="a")
    assert path.read_bytes() == new
    first, digested, second, again = (path for _, path, _, _ in seen)
    assert (first, digested) == ("/v1/actors.csv?tag=a", "/v1/actors.csv/digest?tag=a")
    assert second.startswith("/v1/actors.csv?tag=a&as_of=2")
    assert again == second.replace("actors.csv", "actors.csv/digest")


def test_a_table_can_be_had_while_others_write(client, url, tmp_path):
    """Something is written before each digest, and a table of an instant is whole all the same."""
    dataset = client.datasets.create({"id": f"busy-{uuid4().hex[:8]}", "name": "Busy"}).id
    client.actors.create({"dataset": dataset, "name": "Somebody"})

    def write(request):
        if request.url.path.endswith("/digest"):
            client.actors.create({"dataset": dataset, "name": "Somebody"})

    http = httpx.Client(event_hooks={"request": [write]})
    with Client(url, retry=Retry(attempts=2, first=0.001), http=http) as reader:
        path = reader.actors.export(tmp_path / "actors.csv", dataset=dataset, fields=["name"])
    assert path.read_text().count('"Somebody"\n') == 2
    assert len(list(client.actors.list(dataset=dataset))) == 3


def test_a_table_need_not_be_checked(tmp_path):
    """Whoever trusts the connection spares the service a second reading."""
    with asking(whole(b"id\n")) as (client, _):
        client.actors.export(tmp_path / "actors.csv", Whole(check=False))


def test_a_bar_tells_how_far_it_is(client, tmp_path, capfd):
    """It has the file's name, and is not drawn where nobody looks."""
    client.actors.export(tmp_path / "actors.csv", Whole(progress=True))
    assert "actors.csv" in capfd.readouterr().err
    client.actors.export(tmp_path / "actors.csv")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["events", "statements", "actors", "documents", "locations"])
def test_data_frames_know_what_is_not_known(client, name):
    """Each value of each record is in the frame, with its type; unknown is not zero or empty."""
    resource = getattr(client, name)
    frame = resource.to_pandas(dataset="panjshir-2021", sort="id").set_index("id")
    records = {each["id"]: each for each in resource.list(dataset="panjshir-2021").rows()}
    assert set(frame.index) == set(records)
    for number, row in frame.iterrows():
        for member, value in records[number].items():
            if member in frame.columns:
                assert_same(row[member], value)


def assert_same(cell, value):
    """Hold a cell against what a record has."""
    if value is None:
        assert pd.isna(cell)
    elif isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            assert list(json.loads(cell) if isinstance(cell, str) else cell) == value
    elif not isinstance(value, dict):
        assert cell == value or str(cell) == value or pd.Timestamp(value) == cell


TABLE = (
    "id,title,tags,codes,fatalities_best,starts_on,updated_at\n"
    '1,"\'=SUM(A1)","a; b",,0,2021-08-22,2021-08-23T10:00:00.5Z\n'
    '2,,"",,,,\n'
    '3,"","\'\'a",[],7,0001-01-01,2021-08-23T10:00:00Z\n'
)
KINDS = ["string", "string", "list", "object", "integer", "date", "datetime"]


def test_without_arrow_the_table_says_the_same():
    """Texts are as they were written; an empty cell is unknown, an empty text or list is not."""
    names = TABLE.partition("\n")[0].split(",")
    fields = [
        {"name": name, "type": kind, "description": "It.", "delimiter": "; "}
        for name, kind in zip(names, KINDS, strict=True)
    ]
    columns = answer({"fields": fields, "missingValues": [""], "primaryKey": ["id"]})
    content = TABLE.encode()
    digest = {"rows": 3, "bytes": len(content), "sha256": sha256(content).hexdigest()}
    with asking(columns, refusal(501), whole(content), answer(digest)) as (client, _):
        frame = client.events.to_pandas()
    columns = {
        name: [each if each is not pd.NA else None for each in frame[name]] for name in frame
    }
    columns["tags"] = [None if each is None else list(each) for each in columns["tags"]]
    assert columns == {
        "id": ["1", "2", "3"],
        "title": ["=SUM(A1)", None, ""],
        "tags": [["a", "b"], [], ["'a"]],
        "codes": [None, None, "[]"],
        "fatalities_best": [0, None, 7],
        "starts_on": [date(2021, 8, 22), None, date(1, 1, 1)],
        "updated_at": [
            pd.Timestamp("2021-08-23T10:00:00.5Z"),
            None,
            pd.Timestamp("2021-08-23T10:00:00Z"),
        ],
    }


def test_rows_of_a_list_are_a_data_frame(client):
    """One row each, and the columns that were chosen."""
    frame = client.events.to_pandas(rows="participants", fields=["role", "actor_name"])
    assert list(frame.columns) == ["event_id", "position", "role", "actor_name"]
    assert str(frame.dtypes["position"]) == "int64[pyarrow]"


def test_maps_are_data_frames(client):
    """Points where there are any; what is nowhere only if it is asked for."""
    places = client.locations.to_geopandas(dataset="panjshir-2021", unlocated=True)
    assert places.crs.to_string() == "OGC:CRS84"
    assert places.geometry.isna().sum() > 0
    events = client.events.to_geopandas(fields=["title", "fatalities_best", "starts_on"])
    assert set(events.geom_type) <= {"Point", "Polygon", "MultiPolygon"}
    assert str(events.dtypes["fatalities_best"]) == "Int64"
    assert events.dtypes["starts_on"].kind == "M"


def test_a_link_is_not_followed(tmp_path):
    """A file that is there already, where the unfinished one would be, stays as it is."""
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    (tmp_path / "a.ndjson.part").symlink_to(theirs)
    with asking(whole(GOOD)) as (client, _):
        path = client.datasets.export(tmp_path / "a.ndjson")
    assert (path.read_bytes(), theirs.read_text()) == (GOOD, "kept")


@pytest.mark.parametrize(
    ("frame", "module", "extra"),
    [("to_pandas", "pyarrow", "pandas"), ("to_geopandas", "shapely", "geopandas")],
)
def test_an_extra_that_is_missing_is_named(monkeypatch, frame, module, extra):
    """Before the service is asked for anything."""
    monkeypatch.setitem(sys.modules, module, None)
    with asking() as (client, _), pytest.raises(AttestError, match=rf"{module}.*\[{extra}\]"):
        getattr(client.locations, frame)()
