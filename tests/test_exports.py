"""Exports: all that filters match as a file, equal to what lists, sums and releases say."""

import csv
import gzip
import hashlib
import io
import json
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from backports import zstd
from support.lists import walk
from support.parameters import PATHS
from support.records import STAR, Records
from support.resources import RESOURCES
from support.service import key_of

FORMULA = {*map(ord, "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")}
"""Characters that a formula begins with."""

HOSTILE = (
    *("=1+1", "+1", "-1+1", "@SUM(1)", "'=1+1", "''", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"),
    *('=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "a=1", "; a", '"', "a\nb", "\\."),
)
"""Texts by which a spreadsheet calculates, or a reader of CSV loses its way."""


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def listed(client, resource, **asked):
    """Give all records of a list, by their ids."""
    query = "&".join(f"{name}={value}" for name, value in {"limit": 1000, **asked}.items())
    pages = walk(client, f"/v1/{resource}?{query}")
    return {record["id"]: record for page in pages for record in page}


def lines(client, resource, **asked):
    """Give the records of an export in lines, once its last line is found to be right."""
    answer = client.get(f"/v1/{resource}.ndjson", query_string=asked)
    assert answer.status_code == 200, answer.get_json()
    *records, end = answer.get_data().splitlines(keepends=True)
    assert json.loads(end) == {
        "end": True,
        "rows": len(records),
        "sha256": hashlib.sha256(b"".join(records)).hexdigest(),
    }
    return [json.loads(record) for record in records]


def rows(client, resource, **asked):
    """Give the rows of an export as a table."""
    answer = client.get(f"/v1/{resource}.csv", query_string=asked)
    assert answer.status_code == 200, answer.get_json()
    return [*csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline=""))]


def leaves(value, path=()):
    """Give the names and values of what is nested in a record."""
    if isinstance(value, dict) and value and path not in {("external_ids",), ("attributes",)}:
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    else:
        yield "_".join(path), value


def written(value):
    """Write a value as a cell holds it, but for JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(value) if isinstance(value, list) else str(value)


def is_deep(value):
    """Tell whether a value is JSON in its cell."""
    return isinstance(value, dict) or (isinstance(value, list) and any(map(is_deep, value)))


def first(cell):
    """Give the code of the character that a cell begins with."""
    return ord(cell[0]) if cell else 0


@pytest.mark.parametrize("resource", RESOURCES)
def test_lines_are_what_the_list_gives(panjshir, resource):
    """Each record that the list gives is one line, to the last byte of it, in the order of ids."""
    records = listed(panjshir, resource)
    assert [*records.values()]
    assert lines(panjshir, resource) == [records[each] for each in sorted(records)]


JSON_TYPES = {"array": list, "object": dict}
"""Types that Frictionless Table Schema has for cells of JSON."""


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_cell_has_what_the_record_has(panjshir, resource):
    """Every member of every record stands in a column of its name; lists joined, the rest JSON."""
    records, table = listed(panjshir, resource), rows(panjshir, resource)
    assert [row["id"] for row in table] == sorted(records)
    told = panjshir.get(f"/v1/{resource}.csv/schema").get_json()
    assert [*table[0]] == [field["name"] for field in told["fields"]]
    for field in told["fields"]:
        cells = {row[field["name"]] for row in table} - {""}
        assert cells <= {*field.get("constraints", {}).get("enum", cells)}, field["name"]
        if field["type"] in JSON_TYPES:
            assert {type(json.loads(cell)) for cell in cells} <= {JSON_TYPES[field["type"]]}
    seen = set()
    for row in table:
        found = dict(leaves(records[row["id"]]))
        for name, value in found.items():
            if name in {"point", "claims"} and name not in row:
                continue
            if is_deep(value) or (value == [] and row.get(name) == "[]"):
                assert json.loads(row[name]) == value, name
            elif name in row and not (isinstance(value, str) and value[:1] in "=+-@'"):
                assert row[name] == written(value), name
            seen.add(name)
        assert {name for name, value in found.items() if value not in (None, [])} - seen <= {
            "point"
        }
    assert len(seen) >= 10


def test_names_stand_beside_ids(panjshir):
    """Actors, places and headlines are named beside their ids, participants by their role."""
    names = {each["id"]: each["name"] for each in listed(panjshir, "actors").values()}
    places = listed(panjshir, "locations")
    titles = {each["id"]: each["title"] for each in listed(panjshir, "documents").values()}
    records = listed(panjshir, "events")
    for row in rows(panjshir, "events"):
        record = records[row["id"]]
        place = places.get(row["location_id"], {})
        assert row["location_name"] == place.get("name", "")
        point = [float(row[axis]) for axis in ("longitude", "latitude") if row[axis]]
        assert point == (place.get("point") or [])
        for role in ("initiator", "target", "participant", "victim", "mediator"):
            those = [one for one in record["participants"] or () if one["role"] == role]
            called = [names.get(one["actor_id"], one["label"]) for one in those]
            assert row[f"participants_{role}"] == "; ".join(called)
            ids = [one["actor_id"] for one in those if one["actor_id"]]
            assert row[f"participants_{role}_ids"] == "; ".join(ids)
    for row in rows(panjshir, "statements"):
        assert row["speaker_name"] == names.get(row["speaker_id"], "")
        assert row["document_title"] == titles.get(row["document_id"], "")


@pytest.mark.parametrize(
    ("resource", "member"),
    [
        *(("events", name) for name in ("participants", "mentions", "codes", "casualties")),
        *(("events", name) for name in ("related", "other_locations")),
        *(("statements", name) for name in ("claims", "chain")),
        *(("actors", name) for name in ("names", "affiliations")),
        *(("locations", "names"), ("documents", "files")),
    ],
)
def test_rows_are_entries(panjshir, resource, member):
    """Each entry of each record is a row, with the record's id and where it stands in the list."""
    one = resource.removesuffix("s")
    wanted = [
        (record["id"], position, entry)
        for _, record in sorted(listed(panjshir, resource).items())
        for position, entry in enumerate(record[member] or ())
    ]
    table = rows(panjshir, resource, rows=member)
    keys = [(row[f"{one}_id"], int(row["position"])) for row in table]
    assert keys == [(record, position) for record, position, _ in wanted]
    alone = rows(panjshir, resource, rows=member, fields="position")
    assert [(row[f"{one}_id"], int(row["position"])) for row in alone] == keys
    for row, (_, _, entry) in zip(table, wanted, strict=True):
        for name, value in leaves(entry):
            column = name if f"{member}_{name}" not in row else f"{member}_{name}"
            if not isinstance(value, dict) and column in row:
                assert row[column].removeprefix("'") == written(value).removeprefix("'")


def test_claims_of_events(panjshir):
    """Each claim on an event that matches is a row, unless its statement is retracted."""

    def claimed():
        return sorted(
            (claim["event_id"], statement["id"], str(position), claim["stance"], claim["aspect"])
            for statement in listed(panjshir, "statements").values()
            for position, claim in enumerate(statement["claims"] or ())
            if claim["event_id"]
        )

    def exported(**asked):
        return [
            tuple(
                row[name] for name in ("event_id", "statement_id", "position", "stance", "aspect")
            )
            for row in rows(panjshir, "events", rows="claims", **asked)
        ]

    before = claimed()
    assert len(before) > 10
    assert exported() == before
    disputed = listed(panjshir, "events", status="disputed")
    assert exported(status="disputed") == [row for row in before if row[0] in disputed]
    statement = before[0][1]
    record = panjshir.get(f"/v1/statements/{statement}")
    panjshir.put(
        f"/v1/statements/{statement}/retraction",
        json={"reason": "Withdrawn by the newspaper."},
        headers={"If-Match": record.headers["ETag"]},
    )
    assert exported() == claimed() == [row for row in before if row[1] != statement]


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        ("events", {"status": "disputed"}),
        ("events", {"q": "siege OR valley"}),
        ("events", {"filter": "participants.role = 'initiator' AND fatalities IS NULL"}),
        ("events", {"country": "AF", "datetime": "2021-08", "type": "assault,coerce"}),
        ("events", {"bbox": "60,30,75,40"}),
        ("statements", {"act": "deny"}),
        ("statements", {"q": "besieged"}),
        ("actors", {"name": "Taleban"}),
        ("actors", {"kind": "person", "q": "Massoud"}),
        ("locations", {"within": None}),
        ("documents", {"language": "en"}),
        ("events", {"type": "aid"}),
    ],
)
def test_the_filters_are_those_of_the_list(panjshir, found, resource, asked):
    """Whatever is asked for, the same is found as by the list, in lines and in rows."""
    if "within" in asked:
        asked = {"within": found("locations", "afghanistan")["id"]}
    wanted = sorted(listed(panjshir, resource, **asked))
    assert bool(wanted) == (asked != {"type": "aid"})
    assert [each["id"] for each in lines(panjshir, resource, **asked)] == wanted
    assert [each["id"] for each in rows(panjshir, resource, **asked)] == wanted


@pytest.mark.parametrize(
    ("resource", "sort"),
    [
        (resource, sort)
        for resource in RESOURCES
        for each in PATHS[f"/v1/{resource}.csv"]["get"]["parameters"]
        if each["name"] == "sort"
        for sort in each["schema"]["enum"]
    ],
)
def test_the_order_is_that_of_the_list(panjshir, resource, sort):
    """Every order that lists have, and that of ids; without one, nothing is missing."""
    if sort in {"none", "id"}:
        wanted = sorted(listed(panjshir, resource))
    else:
        wanted = [*listed(panjshir, resource, sort=sort)]
    for exported in (lines, rows):
        found = [each["id"] for each in exported(panjshir, resource, sort=sort)]
        assert (sorted(found) if sort == "none" else found) == wanted


def test_columns_are_chosen(panjshir):
    """By names with underscores or dots, or by members that stand for all of theirs.

    What tells rows apart is always there: a row of one empty cell is none to readers of CSV.
    """
    answer = panjshir.get("/v1/events.csv?fields=title,fatalities,attestation.status,id&sort=id")
    head = answer.get_data(as_text=True).splitlines()[0]
    assert head == "title,fatalities_low,fatalities_best,fatalities_high,attestation_status,id"
    told = panjshir.get("/v1/events.csv/schema?fields=id,fatalities").get_json()
    assert [field["name"] for field in told["fields"]] == [
        *("id", "fatalities_low", "fatalities_best", "fatalities_high")
    ]
    assert told["primaryKey"] == ["id"]
    for names in ("location_name", "id,type,location_name,part_of_title", "country,longitude"):
        whole = rows(panjshir, "events")
        wanted = [{name: row[name] for name in {"id", *names.split(",")}} for row in whole]
        assert rows(panjshir, "events", fields=names) == wanted
    text = rows(panjshir, "documents", fields="id,text")
    assert any(len(row["text"]) > 1000 for row in text)
    assert "text" not in rows(panjshir, "documents")[0]


@pytest.mark.parametrize(
    "path",
    [
        *(f"{name}.csv" for name in RESOURCES),
        *(f"events.csv?rows={rows}" for rows in ("claims", "casualties", "related")),
    ],
)
def test_a_column_is_described_by_itself(panjshir, path):
    """No two columns of a table mean the same, whatever they are nested in."""
    name, _, asked = path.partition("?")
    told = panjshir.get(f"/v1/{name}/schema?{asked}").get_json()["fields"]
    assert len({field["description"] for field in told}) == len(told)
    named = {field["name"] for field in told}
    for field in told:
        assert {*re.findall(r"of what `(\w+)`", field["description"])} <= named


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("events.csv?fields=titel,fatalities_bst", ["mean title?", "mean fatalities_best?"]),
        ("events.parquet?fields=titel,geometri", ["mean title?", "mean geometry?"]),
        ("events.csv?fields=q", ["“q” is no column. /v1/events.csv/schema lists the columns."]),
        ("statements.csv?rows=claims&fields=value", ["Did you mean claims_value?"]),
        ("actors.csv?rows=affiliations&fields=role", ["Did you mean affiliations_role?"]),
        ("events.csv?rows=claims&fields=q", ["no column of claims. /v1/events.csv/schema?rows=cl"]),
        ("events.xlsx?limit=5&cursor=x", ["has no pages", "has no pages"]),
        ("events.csv?expand=location", ["embedded in .ndjson"]),
        ("events.ndjson?rows=claims&bom=true", ["for .csv alone", "/v1/events.csv."]),
    ],
)
def test_a_refusal_says_what_to_do(panjshir, path, said):
    """Every unknown column is named, and parameters of lists or other exports are told as such."""
    faults = panjshir.get(f"/v1/{path}").get_json()["errors"]
    details = sorted(fault["detail"] for fault in faults)
    assert len(details) == len(said)
    for part in said:
        assert any(part in detail for detail in details), (part, details)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("actors.parquet", "the forms are /v1/actors.csv, /v1/actors.ndjson."),
        ("events/dyads.xlsx", "the forms are /v1/events/dyads.csv, /v1/events/dyads.graphml."),
        ("actor.csv", "GET / lists the endpoints."),
        ("events.csv/schemas", "GET / lists the endpoints."),
    ],
)
def test_a_form_that_there_is_not(client, path, said):
    """A resource asked for in a form that it lacks is 404, and says which it has."""
    answer = client.get(f"/v1/{path}", checked=False)
    assert answer.status_code == 404
    assert answer.get_json()["detail"] == f"No endpoint at /v1/{path}; {said}"


@pytest.mark.parametrize(
    "asked",
    [
        {"fields": "title,participants.actor.name", "expand": "location"},
        {"fields": "title,participants.actor.name"},
        {"fields": "title"},
        {"expand": "location,participants.actor,mentions.document"},
    ],
)
def test_members_and_records_in_lines(panjshir, asked):
    """Lines have the members chosen, and what they point at, as lists do."""
    wanted = listed(panjshir, "events", **asked)
    assert lines(panjshir, "events", **asked) == [wanted[each] for each in sorted(wanted)]


@pytest.mark.parametrize(
    "asked", [{"fields": "id,text"}, {"fields": "text", "expand": "publisher"}]
)
def test_large_records_are_read_by_few(client, records, asked):
    """Where records are large, no more of them are in memory at once than of small ones."""
    for number in range(40):
        records.make("documents", title="t", text=f"{number} " + "w" * 200_000)
    tracemalloc.start()
    answer = client.get("/v1/documents.ndjson", query_string=asked, buffered=False, checked=False)
    sent = sum(map(len, answer.iter_encoded()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 8_000_000
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("events.csv?fields=titel", "fields: unknown"),
        ("events.csv?rows=people", "rows: unknown"),
        ("events.csv?rows=mentions&fields=title", "fields: unknown"),
        ("events.csv?limit=5", "limit: unknown"),
        ("events.ndjson?cursor=x", "cursor: unknown"),
        ("events.ndjson?total=exact", "total: unknown"),
        ("events.ndjson?highlight=true", "highlight: unknown"),
        ("events.csv?sort=name", "sort: unknown"),
        ("events.csv?expand=location", "expand: unknown"),
        ("events.csv?filter=nothing%20=%201", "filter: unknown"),
        ("events.csv?as_of=2999-01-01T00:00:00Z", "as_of: ahead"),
        ("events.ndjson?as_of=no-such-release", "as_of: not_found"),
        ("datasets.csv?rows=names", "rows: unknown"),
    ],
)
def test_what_cannot_be_exported_is_refused_by_name(panjshir, path, code):
    """A parameter that there is not, or that means nothing, is 400 and named."""
    answer = panjshir.get(f"/v1/{path}")
    assert answer.status_code == 400
    [fault] = answer.get_json()["errors"]
    assert f"{fault['parameter']}: {fault['code']}" == code
    if path == "events.csv?fields=titel":
        assert "title" in fault["detail"]


def test_formulas_are_made_harmless_and_can_be_restored(records, client):
    """No cell begins as a formula does, and without the first apostrophe all is as it was."""
    for number, text in enumerate(HOSTILE):
        records.make("actors", name=text, external_ids={"n": str(number)}, tags=[text, "b"])
    table = rows(client, "actors")
    assert len(table) == len(HOSTILE)
    for row in table:
        text = HOSTILE[int(json.loads(row["external_ids"])["n"])]
        for cell, whole in ((row["name"], text), (row["tags"], f"{text}; b")):
            assert first(cell) not in FORMULA
            assert cell.removeprefix("'") == whole if cell.startswith("'") else cell == whole


def test_unknown_none_and_zero_are_told_apart(records, client):
    """Unknown is an empty cell, an empty list is an empty text, and no deaths are 0."""
    records.make("events", type="assault", tags=[], fatalities={"best": 0})
    records.make("events", type="assault", contexts=[])
    path = "/v1/events.csv?fields=fatalities_best,fatalities_low,tags,contexts&sort=created_at"
    found = client.get(path).get_data(as_text=True).splitlines()[1:]
    assert [row.partition(",")[2] for row in found] == ['0,,"",', ',,"",""']


def test_as_of(records, client):
    """An export as of an instant has the records and the names of then."""
    actor = records.make("actors", name="Before")
    event = records.make(
        "events", type="assault", participants=[{"actor_id": actor, "role": "initiator"}]
    )
    instant = records.now()
    records.change("actors", actor, name="After")
    records.withdraw("events", event)
    records.make("events", type="protest")
    asked = {"as_of": instant}
    assert lines(client, "events", **asked) == [*listed(client, "events", **asked).values()]
    [row] = rows(client, "events", **asked)
    assert (row["id"], row["participants_initiator"]) == (event, "Before")
    assert [row["type"] for row in rows(client, "events")] == ["protest"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_release_is_exported_with_its_checksum(panjshir, resource):
    """The digest of the lines as of a release is the checksum that the release has."""
    release = panjshir.post("/v1/releases", json={"name": "first"}).get_json()
    answer = panjshir.get(f"/v1/{resource}.ndjson?as_of=first")
    end = json.loads(answer.get_data().splitlines()[-1])
    assert end["sha256"] == release["checksums"][resource]
    assert end["rows"] == release["counts"][resource]


def test_the_digest_of_a_table_is_that_of_its_bytes(panjshir):
    """Rows, size and SHA-256, also with a byte order mark and of entries."""
    for asked in ("", "?bom=true&status=disputed", "?rows=participants", "?type=aid"):
        data = panjshir.get(f"/v1/events.csv{asked}").get_data()
        assert data.startswith(b"\xef\xbb\xbf") == ("bom" in asked)
        assert panjshir.get(f"/v1/events.csv/digest{asked}").get_json() == {
            "rows": len([*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]) - 1,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }


def test_headers(panjshir):
    """The media type, the name of the file; HEAD tells the same without reading anything."""
    for path, kind, name in (
        ("events.csv", "text/csv; charset=utf-8", "events.csv"),
        ("events.csv?rows=claims", "text/csv; charset=utf-8", "claims.csv"),
        ("actors.ndjson", "application/x-ndjson", "actors.ndjson"),
    ):
        for ask in (panjshir.get, panjshir.head):
            answer = ask(f"/v1/{path}")
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
            assert bool(answer.get_data()) == (ask == panjshir.get)


@pytest.mark.parametrize(
    ("coding", "unpack"), [("gzip", gzip.decompress), ("zstd", zstd.decompress)]
)
def test_codings(panjshir, coding, unpack):
    """What is compressed on the way is the same."""
    plain = panjshir.get("/v1/statements.csv").get_data()
    answer = panjshir.get("/v1/statements.csv", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert len(answer.get_data()) < len(plain)
    assert unpack(answer.get_data()) == plain


def test_other_types_are_not_accepted(panjshir):
    """Whoever takes JSON alone is told what there is."""
    answer = panjshir.get("/v1/events.csv", headers={"Accept": "application/json"})
    assert answer.status_code == 406
    assert "text/csv" in answer.get_json()["detail"]


def test_faults_are_all_listed(panjshir):
    """Two faults are both named."""
    answer = panjshir.get("/v1/events.csv?fields=titel&sort=x")
    assert answer.status_code == 400
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == {"sort", "fields"}


def test_claims_as_of(records, client):
    """Of claims, those that were made by then, by who was then called so."""
    actor = records.make("actors", name="Before")
    event = records.make("events", type="assault")
    claim = {"event_id": event, "stance": "asserts", "aspect": "occurrence"}
    one = records.make("statements", act="assert", speaker_id=actor, claims=[claim])
    instant = records.now()
    records.change("actors", actor, name="After")
    records.change("statements", one, claims=[{**claim, "stance": "denies"}])
    records.make("statements", act="deny", claims=[{**claim, "stance": "denies"}])
    then = rows(client, "events", rows="claims", as_of=instant)
    assert [(row["speaker_name"], row["stance"]) for row in then] == [("Before", "asserts")]
    now = rows(client, "events", rows="claims")
    assert [(row["speaker_name"], row["stance"]) for row in now] == [
        *(("After", "denies"), ("", "denies"))
    ]


def test_an_instant_while_others_write(fresh):
    """However much is written meanwhile, an export as of an instant is the list as of it."""
    url, app = fresh
    records = Records(client_of(app, key_of(url, "admin")))
    stop = Event()

    def write(number):
        client = client_of(app, records.client.secret)
        while not stop.is_set():
            sent = {"dataset": "d", "name": f"Actor {number}"}
            made = client.post("/v1/actors", json=sent).get_json()
            address, changed = f"/v1/actors/{made['id']}", {"name": "Changed"}
            assert client.patch(address, json=changed, headers=STAR).status_code == 200

    with ThreadPoolExecutor(3) as pool:
        works = [pool.submit(write, number) for number in range(3)]
        try:
            for _ in range(5):
                sleep(0.3)
                asked = {"as_of": records.now()}
                exported = lines(records.client, "actors", **asked)
                tabled = rows(records.client, "actors", **asked, fields="id,name")
                wanted = listed(records.client, "actors", **asked)
                assert exported == [wanted[each] for each in sorted(wanted)]
                assert tabled == [{"id": one["id"], "name": one["name"]} for one in exported]
        finally:
            stop.set()
        for work in works:
            work.result()
    assert len(exported) > 10


def client_of(app, secret):
    """Give a client that holds a key."""
    client = app.test_client()
    client.secret = secret
    return client
