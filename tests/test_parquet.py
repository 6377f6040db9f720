"""Typed exports: Parquet, Arrow streams and workbooks, opened by what opens them elsewhere."""

import gzip
import io
import json
import re
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from hashlib import sha256
from http.client import IncompleteRead
from socket import create_connection, socketpair
from time import monotonic, sleep
from urllib.parse import urlsplit
from urllib.request import urlopen

import openpyxl
import psycopg
import pyarrow as pa
import pytest
import shapely
from pyarrow import ipc
from pyarrow import parquet as pq
from support.processes import SECRET, ask, running
from support.records import Records
from support.service import ROOT, example, key_of, new_database, service

from api.http.waiting import Watch

LONG = {"title": "Long", "description": "x" * 20_000, "attributes": {"long": "🕊" * 20_000}}
"""A text that fits into a cell, and one that does not by its units in UTF-16."""

HOSTILE = {
    "title": "=1+1",
    "description": "<r><t>rich</t></r>",
    "location_text": "a\x01b _x0041_ \r\n\t“c” & ]]>",
    "date_text": '\\N, "\\t" \\\\',
    "participants": [
        {"label": "=A1; B", "role": "target"},
        {"label": "<r>\x1e1\x1f\x1e0 \x1e</r>", "role": "target"},
    ],
    "tags": ["b; c", "a\x1fb", "a\x1eb"],
}
"""Texts that are none of what they resemble."""


@pytest.fixture(scope="module")
def world(server, template, settings):
    """Give the example's records and odd ones, their ids, and instants: before, and after them."""
    with new_database(server, template) as url, service(url, settings) as app:
        client = app.test_client()
        client.secret = key_of(url, "admin")
        records = Records(client)
        made = records.expect(201, client.post("/v1/bundles", json=example()))["ids"]
        before = records.now()
        country = records.make("locations", name="C", kind="country", point=[70, 35], country="AF")
        district = records.make("locations", name="D", kind="admin2", parent_id=country)
        cape = records.make("locations", name="E", kind="populated_place", point=[-179.5, -0.25])
        made |= {
            "hostile": records.make("events", **HOSTILE),
            "long": records.make("events", **LONG),
            "ancient": records.make("events", date="0043-03-15/..", location_id=district),
            "cape": records.make("events", date="1900-02-28/1900-03-01", location_id=cape),
        }
        yield {"client": client, "records": records, "ids": made, "before": before, "url": url}


@pytest.fixture
def client(world):
    """Give a client that only reads."""
    return world["client"]


def sent(client, path, **more):
    """Read a file to its end."""
    answer = client.get(f"/v1/{path}", buffered=True, **more)
    assert answer.status_code == 200, answer.get_json()
    return answer.data


def table(client, path):
    """Open an export by pyarrow."""
    data = sent(client, path)
    return pq.read_table(io.BytesIO(data)) if ".parquet" in path else read_stream(data)


def read_stream(data):
    """Read a stream to its end, which may be where it was cut off."""
    with ipc.open_stream(data) as reader:
        return reader.read_all()


def book(client, path):
    """Open an export by openpyxl: its rows as objects, of the cells that are not empty."""
    opened = openpyxl.load_workbook(io.BytesIO(sent(client, path)))
    sheet = opened.worksheets[0]
    names, *rows = sheet.iter_rows()
    return opened, [
        {name.value: cell for name, cell in zip(names, row, strict=True) if cell.value is not None}
        for row in rows
    ]


def one(rows, key, name="id"):
    """Give the one row of an id."""
    [found] = [row for row in rows if row[name] == key]
    return found


def value_at(record, path):
    """Take from a record what a column has, as JSON has it."""
    for name in path.split("."):
        record = None if record is None else record[name]
    return record


PATHS = {
    "events": {
        "type": "type",
        "starts_on": "starts_on",
        "participants": "participants",
        "fatalities_best": "fatalities.best",
        "attestation_status": "attestation.status",
        "attestation_origins": "attestation.origins",
        "contexts": "contexts",
        "tags": "tags",
        "external_ids": "external_ids",
        "created_at": "created_at",
        "retraction_reason": "retraction.reason",
        "description": "description",
        "date_text": "date_text",
        "location_text": "location_text",
    },
    "statements": {
        "act": "act",
        "quote": "quote",
        "start": "start",
        "quote_verified": "quote_verified",
        "addressee_ids": "addressee_ids",
        "credibility": "credibility",
        "claims": "claims",
        "updated_at": "updated_at",
        "ends_on": "ends_on",
    },
}
"""Columns whose values stand at a path in a record."""


def as_json(column, value):
    """Write a value of a typed column as a record has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if column in {"participants", "external_ids", "claims"} and value is not None:
        return json.loads(value)
    return value


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize("resource", PATHS)
def test_rows_are_the_records(client, resource, suffix):
    """All records that a list finds are rows, in the order asked for, and say the same."""
    asked = "sort=-starts_on"
    found = table(client, f"{resource}.{suffix}?{asked}").to_pylist()
    records = client.get(f"/v1/{resource}?limit=1000&{asked}").get_json()["items"]
    assert [row["id"] for row in found] == [record["id"] for record in records]
    for row, record in zip(found, records, strict=True):
        for column, path in PATHS[resource].items():
            assert as_json(column, row[column]) == value_at(record, path), column


def test_what_is_deeper_is_json(client):
    """The values that are claimed are JSON, whatever their type; null where nothing is claimed."""
    found = table(client, "statements.parquet?rows=claims&fields=statement_id,claims_value")
    records = client.get("/v1/statements?limit=1000&sort=created_at").get_json()["items"]
    claimed = {
        (record["id"], json.dumps(claim["value"]))
        for record in records
        for claim in record["claims"] or ()
    }
    values = [(row["statement_id"], row["claims_value"]) for row in found.to_pylist()]
    assert {(key, value or "null") for key, value in values} == claimed
    assert {type(json.loads(value)) for _, value in claimed} == {str, type(None)}


def test_columns_have_types(client):
    """Days, instants, numbers and lists are of their types, and the file says what each means."""
    schema = table(client, "events.parquet").schema
    assert {
        name: schema.field(name).type
        for name in ("id", "starts_on", "created_at", "fatalities_low", "longitude", "tags")
    } == {
        "id": pa.string(),
        "starts_on": pa.date32(),
        "created_at": pa.timestamp("us", "UTC"),
        "fatalities_low": pa.int64(),
        "longitude": pa.float64(),
        "tags": pa.list_(pa.field("element", pa.string())),
    }
    statements = table(client, "statements.arrow").schema
    assert statements.field("quote_verified").type == pa.bool_()
    assert b"geo" not in statements.metadata
    told = json.loads(schema.metadata[b"table_schema"])
    assert [field["name"] for field in told["fields"]] == schema.names
    assert told["primaryKey"] == ["id"]
    described = client.get("/v1/events.csv/schema", checked=False).get_json()["fields"]
    assert {
        field["name"]: schema.field(field["name"]).metadata[b"description"].decode()
        for field in described
    } == {field["name"]: field["description"] for field in described}


def test_names_stand_beside_ids(client, world):
    """Participants are named by their roles, in their order; places by their names."""
    row = one(table(client, "events.parquet").to_pylist(), world["ids"]["hostile"])
    assert row["participants_target"] == [each["label"] for each in HOSTILE["participants"]]
    assert row["participants_target_ids"] is None
    assert row["participants_initiator"] is None
    assert row["tags"] == HOSTILE["tags"]
    siege = one(table(client, "events.arrow").to_pylist(), world["ids"]["siege"])
    assert (siege["location_name"], siege["participants_initiator"]) == (
        "Panjshir Valley",
        ["Taliban"],
    )


def test_points_are_those_of_the_location_itself(client, world):
    """An event where only what surrounds its location has a point has no geometry."""
    found = table(client, "events.parquet?fields=geometry,id")
    assert found.schema.names == ["id", "geometry"]
    geo = json.loads(found.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"][geo["primary_column"]] == {"encoding": "WKB", "geometry_types": ["Point"]}
    at = {row["id"]: shapely.from_wkb(row["geometry"]) for row in found.to_pylist()}
    assert at[world["ids"]["ancient"]] is None
    assert at[world["ids"]["cape"]].wkt == "POINT (-179.5 -0.25)"
    records = client.get("/v1/events?limit=1000&expand=location").get_json()["items"]
    for record in records:
        point = at[record["id"]]
        place = record.get("location") or {"point": None}
        assert (point and [point.x, point.y]) == place["point"]
    alone = table(client, "events.arrow?fields=geometry")
    assert alone.schema.names == ["geometry"]
    assert alone.schema.field(0).metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"


def test_days_of_all_years_are_kept(client, world):
    """A day of antiquity is one, and an open end is null; a spreadsheet has the former as text."""
    ids = world["ids"]
    row = one(table(client, "events.parquet").to_pylist(), ids["ancient"])
    assert (row["starts_on"], row["ends_on"]) == (date(43, 3, 15), None)
    _, rows = book(client, "events.xlsx")
    cells = {row["id"].value: row for row in rows}
    assert cells[ids["ancient"]]["starts_on"].value == "0043-03-15"
    assert "ends_on" not in cells[ids["ancient"]]
    assert cells[ids["cape"]]["starts_on"].value == "1900-02-28"
    assert cells[ids["cape"]]["ends_on"].value == datetime(1900, 3, 1)  # noqa: DTZ001 - as there


ASKED = [
    ("fields=mode&dataset=d", {"id": ["hostile", "long", "ancient", "cape"], "mode": [None] * 4}),
    ("fields=tags,id&external_id=seed:E1", {"tags": [[]], "id": ["siege"]}),
    ("fields=fatalities_low&dataset=none", {"id": [], "fatalities_low": []}),
    (
        "rows=participants&fields=position,label,event_id&tag=b; c",
        {
            "position": [0, 1],
            "label": [each["label"] for each in HOSTILE["participants"]],
            "event_id": ["hostile"] * 2,
        },
    ),
    ("fields=id&filter=description = '<r><t>rich</t></r>'", {"id": ["hostile"]}),
    ("fields=id&q=siege&external_id=seed:E1&sort=starts_on", {"id": ["siege"]}),
]
"""Questions, and the columns that answer them."""


@pytest.mark.parametrize(("query", "columns"), ASKED)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_what_is_asked_for_is_exported(client, world, suffix, query, columns):
    """Filters, words, order, columns and rows are those of the CSV."""
    names = {record: name for name, record in world["ids"].items()}
    found = table(client, f"events.{suffix}?{query}").to_pydict()
    known = {
        column: [names.get(str(value), value) for value in values]
        for column, values in found.items()
    }
    assert known == columns


@pytest.mark.parametrize(("query", "columns"), ASKED)
def test_a_workbook_has_what_is_asked_for(client, query, columns):
    """A workbook has as many rows, under the same names."""
    [sheet, _] = openpyxl.load_workbook(io.BytesIO(sent(client, f"events.xlsx?{query}")))
    assert [cell.value for cell in sheet[1]] == [*columns]
    length = len(next(iter(columns.values())))
    assert sheet.auto_filter.ref == f"A1:{'ABC'[len(columns) - 1]}{length + 1}"


def test_exports_are_as_of_an_instant(client, world):
    """As of an instant, what came later is not there."""
    asked = {"as_of": world["before"], "fields": "dataset"}
    for suffix in ("parquet", "arrow"):
        answer = client.get(f"/v1/events.{suffix}", query_string=asked, buffered=True)
        reader = pq.read_table if suffix == "parquet" else read_stream
        found = reader(io.BytesIO(answer.data))
        assert found.column("dataset").to_pylist() == ["panjshir-2021"] * len(example()["events"])
    answer = client.get("/v1/events.xlsx", query_string=asked, buffered=True)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet.max_row == len(example()["events"]) + 1


@pytest.fixture(scope="module")
def crowded(world):
    """Give a client of more rows than a workbook holds: participants of retracted events."""
    records = world["records"]
    many = [{"label": f"P{n}", "role": "victim"} for n in range(1_000)]
    first = records.make("events", participants=many)
    records.retract("events", first)
    with psycopg.connect(world["url"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO events SELECT (copy).* FROM (SELECT jsonb_populate_record(events,"
            " jsonb_build_object('id', gen_random_uuid())) AS copy FROM events,"
            " generate_series(1, 100) WHERE events.id = %s) AS copies",
            (first,),
        )
    return world["client"], first


CROWD = "rows=participants&fields=event_id,label&retracted=only"


def test_a_whole_stream_is_told_from_one_that_was_cut(crowded):
    """The last batch tells how many rows there are, and the SHA-256 of all that is before it."""
    client, _ = crowded
    data = sent(client, f"events.arrow?{CROWD}")
    source, ends, rows, end = pa.BufferReader(data), [], 0, None
    with ipc.open_stream(source) as reader:
        for batch, metadata in iter(lambda: next_of(reader), (None, None)):
            ends.append(source.tell())
            rows += batch.num_rows
            end = metadata
    assert len(ends) > 3
    assert {name.decode(): value.decode() for name, value in end.items()} == {
        "end": "true",
        "rows": str(rows),
        "sha256": sha256(data[: ends[-2]]).hexdigest(),
    }
    assert rows == 101_000
    cut = data[: ends[1]]
    assert 0 < read_stream(cut).num_rows < rows
    with ipc.open_stream(cut) as reader:
        assert [metadata for _, metadata in (next_of(reader), next_of(reader))] == [None, None]


def test_a_stream_of_no_rows_is_whole(crowded):
    """Where nothing is found, the digest is of what is before the last batch, too."""
    client, _ = crowded
    data = sent(client, "events.arrow?external_id=nobody:has-this")
    source = pa.BufferReader(data)
    with ipc.open_stream(source) as reader:
        first, none = next_of(reader)
        place = source.tell()
        last, end = next_of(reader)
        assert next_of(reader) == (None, None)
    assert (first.num_rows, none, last.num_rows) == (0, None, 0)
    assert end[b"rows"] == b"0"
    assert end[b"sha256"].decode() == sha256(data[:place]).hexdigest()


def next_of(reader):
    """Read a batch and its metadata; two times None where there is none."""
    try:
        return reader.read_next_batch_with_custom_metadata()
    except StopIteration:
        return None, None


def test_a_stream_that_breaks_off_is_seen_to_and_harms_nobody(crowded, world):
    """Where the database fails midway, the client sees an error, and the worker goes on."""
    _, first = crowded
    given = {"database_url": world["url"], "admin_key": SECRET, "public_read": "true"}
    with running("serve", workers=1, **given) as (_, root, said):
        address = f"{root}/v1/events.csv?rows=participants&retracted=only&sort=none"
        with urlopen(address, timeout=30) as answer:  # noqa: S310
            answer.read(1)
            with psycopg.connect(world["url"], autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^COPY'"
                    " AND datname = current_database()"
                )
            with pytest.raises(IncompleteRead):
                answer.read()
        # A workbook that nobody waits for any more is not written to its end.
        asked = f"rows=participants&retracted=only&filter=NOT(id='{first}')"
        with create_connection(("127.0.0.1", urlsplit(root).port)) as client:
            client.sendall(
                f"GET /v1/events.xlsx?{asked} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
            sleep(0.3)
        deadline = monotonic() + 20
        while '"status":499' not in said.read_text():
            assert monotonic() < deadline, said.read_text()
            sleep(0.1)
        with psycopg.connect(world["url"]) as connection:
            copying = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^COPY' AND state = 'active'"
                " AND datname = current_database()"
            )
            assert copying.fetchone() == (0,)
        for _ in range(5):
            assert ask(f"{root}/v1/events?limit=1")[0] == 200
        assert "leader of a worker has failed" not in said.read_text()


@pytest.mark.parametrize("unread", [b"", b"GET / HTTP/1.1\r\n\r\n"])
def test_whoever_waits_is_told_from_whoever_has_left(world, unread):
    """A client is there as long as its connection is, whatever timeout its socket has.

    What it has sent before it left changes nothing, as a second request on the connection.
    """
    here, there = socketpair()
    with here, there:
        here.settimeout(5)
        given = {"gunicorn.socket": here}
        with world["client"].application.test_request_context(environ_overrides=given):
            watch = Watch()
        there.sendall(unread)
        began = monotonic()
        assert not watch.is_left()
        assert monotonic() - began < 1
        there.close()
        assert watch.is_left()


@pytest.mark.parametrize("path", ["events.csv/digest", "events.xlsx"])
def test_what_is_kept_for_somebody_who_has_left_is_given_up(world, path):
    """Rows that are read, and not sent at once, are read as long as the client is there."""
    here, there = socketpair()
    with here:
        there.close()
        given = {"gunicorn.socket": here}
        answer = world["client"].get(f"/v1/{path}", environ_overrides=given, checked=False)
        assert (answer.status_code, answer.get_data()) == (499, b"")


def test_a_digest_is_not_taken_for_its_headers(world):
    """HEAD of a digest reads no rows."""
    head = world["client"].head("/v1/events.csv/digest")
    assert (head.status_code, head.content_type) == (200, "application/json")
    assert "Content-Length" not in head.headers


def test_a_file_that_was_cut_cannot_be_opened(crowded):
    """A Parquet file ends with what is needed to open it, and so does a workbook."""
    client, first = crowded
    data = sent(client, f"events.parquet?{CROWD}")
    assert pq.read_metadata(io.BytesIO(data)).num_rows == 101_000
    with pytest.raises(pa.ArrowInvalid):
        pq.read_table(io.BytesIO(data[:-9]))
    asked = f"events.xlsx?{CROWD}&filter=id = '{first}'"
    data = sent(client, asked)
    assert openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].max_row == 1_001
    with pytest.raises(Exception, match="not a zip file"):
        openpyxl.load_workbook(io.BytesIO(data[:-30]))


def test_what_no_workbook_holds_is_refused(crowded):
    """More rows than 100,000 are refused before anything is sent, and the way out is named."""
    client, _ = crowded
    answer = client.get(f"/v1/events.xlsx?{CROWD}")
    assert answer.status_code == 400
    assert "100,000" in answer.get_json()["detail"]
    assert "/v1/events.csv" in answer.get_json()["detail"]
    assert client.get("/v1/events.xlsx?fields=id&retracted=only", buffered=True).status_code == 200


def test_cells_are_what_they_say(client, world):
    """Numbers are numbers, text is text whatever it begins with, and what is cut is told."""
    opened, rows = book(client, "events.xlsx")
    cells = {row["id"].value: row for row in rows}
    hostile, siege = cells[world["ids"]["hostile"]], cells[world["ids"]["siege"]]
    assert (hostile["title"].value, hostile["title"].data_type) == ("=1+1", "s")
    assert hostile["description"].value == HOSTILE["description"]
    assert hostile["participants_target"].value == "; ".join(
        each["label"].translate({30: "_x001E_", 31: "_x001F_"}) for each in HOSTILE["participants"]
    )
    assert hostile["location_text"].value == (
        "a_x0001_b _x005F_x0041_ _x000D_\n\t“c” & ]]>"  # as Excel reads it, openpyxl does not
    )
    assert hostile["date_text"].value == HOSTILE["date_text"]
    assert siege["attestation_origins"].value == 2
    assert siege["longitude"].value == 69.47
    assert siege["starts_on"].value == datetime(2021, 8, 22)  # noqa: DTZ001 - as there
    record = client.get(f"/v1/events/{world['ids']['siege']}").get_json()
    created = datetime.fromisoformat(record["created_at"]).replace(tzinfo=None)
    assert abs(siege["created_at"].value - created).total_seconds() < 0.001
    long = cells[world["ids"]["long"]]
    assert len(long["description"].value) == 20_000
    assert long["attributes"].value.endswith("🕊… [cut]")
    assert len(long["attributes"].value.encode("utf-16-le")) in {65_532, 65_534}
    sheet, columns = opened.worksheets
    assert (sheet.title, columns.title) == ("events", "columns")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:BP{len(rows) + 1}")
    notes = {row[0].value: row[3].value for row in columns.iter_rows(min_row=2)}
    assert [*notes] == [cell.value for cell in sheet[1]]
    assert {name for name, note in notes.items() if note} == {"attributes"}


@pytest.mark.parametrize("path", ["events.parquet", "statements.arrow"])
def test_without_pyarrow_it_is_told_what_to_install(client, monkeypatch, path):
    """Where pyarrow cannot be imported, those paths say so, and all others work."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for method in ("GET", "HEAD"):
        answer = client.open(f"/v1/{path}", method=method)
        assert answer.status_code == 501
    assert "attest[parquet]" in client.get(f"/v1/{path}").get_json()["detail"]
    assert client.get("/v1/events.xlsx", buffered=True).status_code == 200


def test_a_workbook_needs_room_for_a_file(client, monkeypatch, tmp_path):
    """Where no temporary file can be written, that is a failure to be retried."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    answer = client.get("/v1/events.xlsx")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "temporary files" in answer.get_json()["detail"]


FULL = """
import os, resource
from api.http.errors import NoRoom
from api.http.formats import sheets
from models.database.streaming import Chunk
from schemas.flat import Column

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
chunks = (Chunk(os.urandom(20_000).hex().encode() + b"\\n", 1) for _ in range(100))
try:
    next(sheets.write([Column("id", "text", "")], "events", chunks))
except NoRoom:
    print("no room")
"""


def test_a_full_disk_is_no_room(tmp_path):
    """Where the file cannot be written to its end, nor closed, that is the same failure."""
    command, where = [sys.executable, "-c", FULL], {"TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=where, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.stdout, done.stderr) == ("no room\n", "")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("path", ["events.parquet", "events.arrow", "events.xlsx"])
def test_a_head_is_answered_and_a_file_left_is_given_up(client, path):
    """HEAD has the headers alone, faults are refused, and whoever hangs up frees the seat."""
    head = client.head(f"/v1/{path}")
    whole = client.get(f"/v1/{path}", buffered=True)
    for name in ("Content-Type", "Content-Disposition"):
        assert head.headers[name] == whole.headers[name]
    refused = client.get(f"/v1/{path}?fields=titel,geometri&typ=protest")
    assert refused.status_code == 400
    assert {fault["parameter"] for fault in refused.get_json()["errors"]} >= {"typ"}
    assert client.get(f"/v1/{path}?fields=titel").get_json()["errors"][0]["parameter"] == "fields"
    for _ in range(5):
        left = client.get(f"/v1/{path}", checked=False)
        next(left.iter_encoded())
        left.close()


def test_only_streams_are_compressed_on_the_way(client):
    """An Arrow stream is gzipped for who takes that; the other files are compact as they are."""
    as_gzip = {"headers": {"Accept-Encoding": "gzip"}, "buffered": True}
    plain = read_stream(sent(client, "events.arrow"))
    answer = client.get("/v1/events.arrow", **as_gzip)
    assert read_stream(gzip.decompress(answer.data)).equals(plain)
    for path in ("events.parquet", "events.xlsx"):
        assert "Content-Encoding" not in client.get(f"/v1/{path}", **as_gzip).headers


PYTHON = re.compile(r"^```python\n(.*?)^```\n```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""Lines of Python of a page, and what they print."""


def test_what_the_page_says_in_python_is_so(client, tmp_path, monkeypatch, capsys):
    """Whatever the page prints is printed, of the files that its first lines fetch."""
    monkeypatch.chdir(tmp_path)
    for name in ("events.parquet", "events.arrow"):
        (tmp_path / name).write_bytes(sent(client, name))
    blocks = PYTHON.findall((ROOT / "docs" / "exports-typed.md").read_text())
    assert len(blocks) == 2
    for lines, printed in blocks:
        capsys.readouterr()
        exec(lines, {})  # noqa: S102 - it is ours
        assert capsys.readouterr().out == printed
