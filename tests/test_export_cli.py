"""`attest export`, as its users run it: the bytes of the service, or a sentence and no file."""

import gzip
import os
import signal
import subprocess
import time
from contextlib import closing, nullcontext, suppress
from functools import partial
from resource import RLIMIT_FSIZE, setrlimit
from threading import Thread

import psycopg
import pytest
import yaml
from backports import zstd
from click.testing import CliRunner
from support.processes import ATTEST, PATIENCE, attest, environment
from support.service import ROOT, key_of, new_database, service

from api.service.exporting import Exports
from api.service.files import KINDS, Incomplete

RECORDS, LENGTH = 600, 4_000
"""Number of records that are more than a pipe holds, and characters of each."""

INSTANT = "2020-01-01T00:00:00Z"

SAME = [
    ("events", "e.csv", "", ""),
    ("events", "e.NDJSON", "--type assault --type coerce", "type=assault,coerce"),
    ("events", "p.csv.gz", "--rows participants --bom", "rows=participants&bom=true"),
    ("events", "s.csv.zst", "--sort -starts_on --no-bom", "sort=-starts_on&bom=false"),
    ("statements", "s.ndjson", "--q siege --expand speaker", "q=siege&expand=speaker"),
    ("statements", "h.csv", "--no-speaker-holds", "speaker_holds=false"),
    ("actors", "a", f"--format csv --as-of {INSTANT}", f"as_of={INSTANT}"),
    ("locations", "l.csv", "--filter kind='country'", "filter=kind='country'"),
    ("events/dyads", "d.graphml", "--limit 2", "limit=2"),
]  # fmt: skip
"""Exports: resource, file, options, and the query string that says the same."""

REFUSED = [
    ("events there.csv", 1, "there.csv exists: give --force to replace it."),
    ("events begun.csv", 1, "begun.csv.part exists: another command writes it, or left it"),
    ("events no/e.csv", 1, "no/e.csv: No such file or directory; nothing is kept."),
    ("events e.csv --country XX", 1, "Error: --country: “XX” is not among the known"),
    ("events e.csv --sort x --rows y", 1, "has 2 faults.\n  --sort: “x” is not among"),
    ("events e.csv --as-of then", 1, "Error: --as-of: "),
    ("events e.csv --datetime then --filter typ='x'", 1, "has 2 faults.\n  --"),
    ("events e.csv --expand location", 2, "The form csv does not take --expand."),
    ("events e.tsv", 2, "“tsv” is no form of events: end it with ."),
    ("events -", 2, "The name of the file tells no form: end it with ."),
    ("events e.csv --contry AF", 2, "No such option '--contry'."),
    ("evnts e.csv", 2, "“evnts” is not among what can be exported: "),
]
"""Arguments that are refused, the exit code, and what is said."""

ENDED = {
    "ndjson": b'{"id":1}\n{"end":true,"rows":1,"sha256":""}\n',
    "csv": b'id,title\r\n1,"a ""b"" \n"\n2,\n',
    "geojson": b'{"features":[]}\n',
    "graphml": b"<graphml></graphml>\n",
    "parquet": b"PAR1...PAR1",
    "arrow": b"...\xff\xff\xff\xff\0\0\0\0",
}
"""A file of each kind that ends as it should."""


@pytest.fixture(scope="module")
def full(server, template, settings):
    """Give a database with more records than a pipe holds."""
    with new_database(server, template) as url:
        with service(url, settings) as app:
            client = app.test_client()
            client.secret = key_of(url, "admin")
            documents = [{"title": f"{n}", "text": "x" * LENGTH} for n in range(RECORDS)]
            sent = {"dataset": "full", "documents": documents}
            assert client.post("/v1/bundles", json=sent).status_code == 201
        yield url


@pytest.fixture
def run(panjshir, tmp_path, monkeypatch):
    """Run the command on a service that holds the reference article; give code and words."""
    app = panjshir.application
    command = Exports(lambda: app, lambda: nullcontext(app))
    monkeypatch.chdir(tmp_path)

    def export(arguments):
        done = CliRunner().invoke(command, arguments.split())
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    return export


def interruptible():
    """Let a process be interrupted, though the tests may run where nobody interrupts them."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def started(url, *arguments, **more):
    """Start an export, whose words and output can be read."""
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    given = {**piped, "preexec_fn": interruptible, **more}
    return subprocess.Popen(  # noqa: S603
        [ATTEST, "export", *arguments],
        env=environment(database_url=url) | {"TERM": "xterm", "COLUMNS": "120"},
        **given,
    )


def pieces(terminal):
    """Read what is shown on a terminal; nothing, once nobody writes to it."""
    with suppress(OSError):
        return os.read(terminal, 1_000)
    os.close(terminal)
    return b""


def waiting(url, count):
    """Wait until so many exports wait for a table."""
    deadline = time.monotonic() + PATIENCE
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'relation'"
        while connection.execute(f"{waits} AND datname = current_database()").fetchone()[0] < count:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.parametrize("case", SAME)
def test_the_same_bytes(run, panjshir, tmp_path, case):
    """A file is what the service sends for the same question."""
    resource, name, options, query = case
    status, said = run(f"{resource} {name} {options}")
    assert status == 0, said
    form = "csv" if "--format" in options else name.lower().split(".")[1]
    sent = panjshir.get(f"/v1/{resource}.{form}?{query}").get_data()
    found = (tmp_path / name).read_bytes()
    if name.endswith(".gz"):
        found = gzip.decompress(found)
    elif name.endswith(".zst"):
        found = zstd.decompress(found)
    assert found == sent
    if form == "ndjson":
        assert f"{name}: {found.count(10) - 1} rows, " in said
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("arguments", "status", "told"), REFUSED)
def test_what_is_refused(run, tmp_path, arguments, status, told):
    """A refusal is one sentence, and no file is made or changed by it."""
    mine = {"there.csv": "mine", "begun.csv.part": "mine"}
    for name, text in mine.items():
        (tmp_path / name).write_text(text)
    code, said = run(arguments)
    assert (code, told in said) == (status, True), said
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == mine


def test_replacing(run, tmp_path):
    """A file that may be replaced is, and a folder never."""
    (tmp_path / "e.csv").write_text("mine")
    (tmp_path / "f.csv").mkdir()
    assert run("events e.csv --force")[0] == 0
    assert (tmp_path / "e.csv").read_text().startswith("id,dataset,")
    assert run("events f.csv --force")[0] == 2


def test_each_parameter_is_an_option(run):
    """Every parameter of an export is an option, explained as the service explains it."""
    described = yaml.load((ROOT / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    shared = described["components"]["parameters"]
    said = " ".join(run("events --help")[1].split())
    count = 0
    for form in ("csv", "ndjson"):
        for sent in described["paths"][f"/v1/events.{form}"]["get"]["parameters"]:
            parameter = shared[sent["$ref"].rpartition("/")[2]] if "$ref" in sent else sent
            if parameter["in"] == "query":
                count += 1
                assert f" --{parameter['name'].replace('_', '-')}" in said
                # That of `fields` is another one for each form.
                told = " ".join(parameter["description"].split()[:3])
                assert told in said or parameter["name"] == "fields"
    assert count > 60
    assert "events/dyads As graphml, csv." in " ".join(run("--help")[1].split())


def test_standard_output(loaded):
    """`-` is standard output, which holds the file and no other word.

    By which names the service is called does not matter to those who ask it by no name.
    """
    given = {"database_url": loaded, "hosts": "attest.example.org"}
    said = attest("export", "events", "-", "--format", "csv", "--fields", "id", **given)
    head, *ids = said.splitlines()
    assert head == "id"
    assert len(ids) == len({*ids}) > 10


def test_interrupting(full, tmp_path):
    """Whoever interrupts or ends an export, or hangs up its terminal, finds no file."""
    with closing(psycopg.connect(full)) as connection:
        connection.execute("LOCK TABLE documents")
        begun = {
            number: started(full, "documents", tmp_path / f"{number}.ndjson")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        waiting(full, len(begun))
        assert {file.suffix for file in tmp_path.iterdir()} == {".part"}
        for number, process in begun.items():
            process.send_signal(number)
            _, said = process.communicate(timeout=PATIENCE)
            file = tmp_path / f"{number}.ndjson"
            assert said.decode() == f"Error: {file}: interrupted; nothing is kept.\n"
            assert process.returncode == 1
    assert not [*tmp_path.iterdir()]


def test_a_database_that_fails_midway(full):
    """A database that fails when some rows were sent is told of, and they are not taken for all."""
    begun = [
        started(full, "documents", "-", "--format", form, "--fields", "id,text")
        for form in ("ndjson", "csv")
    ]
    assert all(process.stdout.read(1_000) for process in begun)
    with closing(psycopg.connect(full, autocommit=True)) as connection:
        ended = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
        connection.execute(f"{ended} AND datname = current_database()")
    for process in begun:
        sent, said = process.communicate(timeout=PATIENCE)
        assert said.startswith(b"Error: ATTEST_DATABASE_URL: "), said
        assert b"Traceback" not in said
        assert process.returncode == 1
        assert b'"end":true' not in sent


def test_what_cannot_be_written(full, tmp_path):
    """A database that is not there, no room, or a reader that has enough: never a trace, or a file.

    Where standard error is a terminal, rows and size are shown meanwhile.
    """
    terminal, standard_error = os.openpty()
    seen = []
    reading = Thread(target=lambda: seen.extend(iter(partial(pieces, terminal), b"")), daemon=True)
    reading.start()
    room = {"preexec_fn": lambda: setrlimit(RLIMIT_FSIZE, (100_000, 100_000))}
    nowhere = started(f"host={tmp_path} dbname=none", "documents", tmp_path / "n.csv")
    large = started(full, "documents", tmp_path / "d.ndjson", "--fields", "text", **room)
    left = started(full, "documents", "-", "--format", "ndjson", "--fields", "text")
    shown = started(full, "documents", "-", "--format", "csv", stderr=standard_error)
    assert nowhere.communicate(timeout=PATIENCE)[1].startswith(b"Error: ATTEST_DATABASE_URL: ")
    told = f"Error: {tmp_path}/d.ndjson: File too large; nothing is kept.\n".encode()
    assert large.communicate(timeout=PATIENCE)[1].startswith(told)  # coverage has a file, too
    left.stdout.read(10)
    left.stdout.close()
    with left.stderr:
        assert left.stderr.read() == b""
    assert shown.communicate(timeout=PATIENCE)[0].count(b"\n") == RECORDS + 1
    codes = [process.wait(PATIENCE) for process in (nowhere, large, left, shown)]
    assert codes == [1, 1, 1, 0]
    assert not [*tmp_path.iterdir()]
    os.close(standard_error)
    reading.join(PATIENCE)
    assert b"documents.csv" in b"".join(seen)


@pytest.mark.parametrize("kind", ENDED)
def test_ends(kind):
    """A file that ends early is told from one that is whole, however it comes in pieces."""
    whole = ENDED[kind]
    rows = {"ndjson": 1, "csv": 2}.get(kind)
    for size in (1, 3, len(whole)):
        passing = KINDS[kind]()
        for start in range(0, len(whole), size):
            passing.take(whole[start : start + size])
        passing.check()
        assert (passing.rows, passing.bytes) == (rows, len(whole))
    for cut in (1, 2, 5, len(whole) - 1):
        begun = KINDS[kind]()
        begun.take(whole[: -cut - whole.endswith(b"}\n") - whole.endswith(b">\n")])
        if kind == "csv" and cut == 2:  # a row less ends as well as all of them
            continue
        with pytest.raises(Incomplete):
            begun.check()
