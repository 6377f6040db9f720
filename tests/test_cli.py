"""The `attest` command, as its users run it: its words, its exit codes, and what it survives."""

import json
import os
import re
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from support.processes import SECRET, ask, attest, failures, free_port, running
from support.service import ROOT, example, new_database

from api.service.greeting import greet, tell_place
from api.service.settings import described, read
from models import keys
from models.database import embedded, migrating


def children(pid):
    """List the processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def kill(*pids):
    """Kill processes at once, without asking, and wait until they are gone."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def serving(server):
    """Give the root of a service that runs as it does for everybody."""
    with new_database(server) as url:
        migrating.migrate(url)
        with running("serve", database_url=url) as (_, root, _):
            yield root


@pytest.fixture
def empty(server):
    """Make a database with nothing in it."""
    with new_database(server) as url:
        yield url


@pytest.fixture
def ready(empty):
    """Give a database that is migrated and holds nothing."""
    migrating.migrate(empty)
    return empty


# What needs no database.


def test_the_settings_are_printed():
    """`attest settings` prints every setting, its default and what it means."""
    text = attest("settings")
    for name, default, meaning in described():
        assert f"{name} [{default or 'not set'}]\n    {meaning}\n" in text
    assert len(re.findall(r"^ATTEST_", text, re.MULTILINE)) == len(read({}))


def test_the_description_is_printed():
    """`attest openapi` prints openapi.yaml, or the same in JSON."""
    assert attest("openapi") == (ROOT / "openapi.yaml").read_text()
    assert json.loads(attest("openapi", "--json"))["openapi"].startswith("3.1")


@pytest.mark.parametrize("command", ["run", "load"])
def test_wrong_settings(command, tmp_path):
    """Where a setting is wrong, a command says so in one sentence, and does nothing."""
    file = [ROOT / "examples" / "panjshir.json"] if command == "load" else []
    said = attest(*command.split(), *file, status=1, data_dir=tmp_path / "data", prot=8000)
    assert re.fullmatch(r"Error: ATTEST_PROT: .*port\?\n", said, re.IGNORECASE)
    assert not (tmp_path / "data").exists()


COMMANDS = [
    ["serve"],
    ("run",),
    ("migrate",),
    ("rebuild",),
    ("load", str(ROOT / "examples" / "panjshir.json")),
    ("export", "events", "-", "--format", "csv"),
    ("key", "create", "x"),
    ("key", "list"),
    ("key", "revoke", "0197b2c4-5d1e-7001-8000-000000000001"),
]
"""All commands that need a database."""


@pytest.mark.parametrize("wrong", ["", " hunter2"])
def test_a_database_that_cannot_be_used(wrong, tmp_path):
    """A database that is not there, or no address, is a sentence that names the setting."""
    url = f"host={tmp_path} dbname=none password=hunter2{wrong}"
    for said in failures(COMMANDS, database_url=url):
        assert said.startswith("Error: ATTEST_DATABASE_URL: ")
        assert "hunter2" not in said


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"host": "a..b"}, "ATTEST_HOST: a..b: "),
        ({"host": "192.0.2.1"}, "ATTEST_HOST: 192.0.2.1: Cannot assign requested address."),
        ({"data_dir": "/dev/null"}, "ATTEST_DATA_DIR: PostgreSQL in /dev/null cannot use "),
    ],
)
def test_what_this_machine_does_not_have(settings, sentence):
    """An address or a folder that cannot be used is told with the setting that names it."""
    said = attest("run", status=1, **{"port": free_port(), **settings})
    assert f"Error: {sentence}" in said
    assert "Errno" not in said
    assert said.endswith(".\n")


def test_a_port_that_is_taken(tmp_path):
    """A port that somebody else listens on is a sentence, before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = attest("run", status=1, port=port, data_dir=tmp_path / "data")
    assert said == f"Error: ATTEST_PORT: {port} on 127.0.0.1: Address already in use.\n"
    assert not (tmp_path / "data").exists()


# Migrating and loading.


def test_a_database_that_is_not_migrated(empty):
    """All but `run` and `migrate` leave the schema alone: they say what is missing, what to do."""
    missing = ", ".join(migrating.migrations())
    commands = [command for command in COMMANDS if command[0] not in {"run", "migrate"}]
    sentence = f"Error: The database lacks {missing}: run attest migrate.\n"
    assert {*failures(commands, database_url=empty)} == {sentence}
    assert "up to date" in attest("migrate", database_url=empty)
    assert "up to date" in attest("migrate", database_url=empty)
    with psycopg.connect(empty, autocommit=True) as connection:
        assert migrating.pending(connection) == []


def test_a_database_of_a_newer_version(ready):
    """No command touches a database that it does not know."""
    with psycopg.connect(ready, autocommit=True) as connection:
        connection.execute("INSERT INTO migrations (name, digest) VALUES ('9999_later.sql', 'x')")
    sentence = "The database has migration 9999_later.sql, which this version does not know."
    assert {*failures(COMMANDS, database_url=ready)} == {f"Error: {sentence}\n"}


def test_a_role_that_may_not_migrate(empty):
    """Where the role may not create tables, what it needs is said, and by which setting it came."""
    role = f"reader_{uuid4().hex}"
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'hunter2'")
        try:
            url = make_conninfo(empty, user=role, password="hunter2")  # noqa: S106
            said = attest("migrate", status=1, database_url=url)
        finally:
            connection.execute(f"DROP ROLE {role}")
    assert said.startswith("Error: ATTEST_DATABASE_URL: permission denied for ")
    assert "needs CREATE on the database and on its schema public" in said


def test_a_trace_is_logged_once(ready):
    """An unexpected error is in the log, once."""
    with psycopg.connect(ready, autocommit=True) as connection:
        connection.execute("ALTER TABLE actors RENAME COLUMN country TO land")
    file = ROOT / "examples" / "panjshir.json"
    said = attest("load", file, status=1, traced=True, database_url=ready)
    assert said.count("Traceback (most recent call last)") == 1


def test_loading(ready, tmp_path):
    """`attest load` says what became of each file; loading again changes nothing."""
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"dataset": "other", "actors": [{"name": "A"}]}))
    sizes = {name: len(found) for name, found in example().items() if isinstance(found, list)}
    count = sum(sizes.values()) + 1
    said = attest("load", ROOT / "examples" / "panjshir.json", other, database_url=ready)
    assert f"panjshir.json: {count} created" in said
    assert "other.json: 2 created" in said
    again = attest("load", ROOT / "examples" / "panjshir.json", database_url=ready)
    assert (
        f"panjshir.json: {sum(sizes.values())} unchanged" in again or f"{count} unchanged" in again
    )
    with psycopg.connect(ready) as connection:
        found = {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
            for name in sizes
        }
    assert found == {**sizes, "actors": sizes["actors"] + 1}


def test_loading_what_is_wrong(ready, tmp_path):
    """A faulty file is refused with every fault's pointer, exit code 1, and nothing of it kept."""
    bundle = example()
    bundle["events"][1]["type"] = "coercion"
    bundle["statements"][0]["speaker_id"] = "@nobody"
    del bundle["actors"][2]["name"]
    (tmp_path / "faulty.json").write_text(json.dumps(bundle))
    (tmp_path / "broken.json").write_text('{"dataset": ')
    said = attest("load", tmp_path / "faulty.json", status=1, database_url=ready)
    assert said.startswith(f"Error: {tmp_path / 'faulty.json'}: The body has 3 faults.\n")
    for pointer in ("/events/1/type: ", "/statements/0/speaker_id: ", "/actors/2/name: "):
        assert f"\n  {pointer}" in said
    said = attest("load", tmp_path / "broken.json", status=1, database_url=ready)
    assert "broken.json: The body is not JSON" in said
    attest("load", tmp_path / "missing.json", status=2, database_url=ready)
    with psycopg.connect(ready) as connection:
        assert connection.execute("SELECT count(*) FROM datasets").fetchone() == (0,)


# Keys.


def test_keys(ready):
    """A key's secret is all that is printed when it is made; it is listed without, and revoked."""
    made = attest("key", "create", "a pipeline", "--scope", "read", database_url=ready)
    [secret] = made.split()
    listed = attest("key", "list", database_url=ready)
    key_id = re.search(r"^([0-9a-f-]{36}) read +valid +a pipeline$", listed, re.MULTILINE)[1]
    assert secret not in listed
    with psycopg.connect(ready, autocommit=True) as connection:
        assert keys.find(connection, secret).scopes == ["read"]
        assert attest("key", "revoke", key_id, database_url=ready) == f"{key_id} is revoked.\n"
        assert keys.find(connection, secret) is None
    assert f"{key_id} read       revoked" in attest("key", "list", database_url=ready)
    said = attest("key", "revoke", key_id, status=1, database_url=ready)
    assert said == f"Error: There is no valid key {key_id}.\n"
    attest("key", "create", "x", "--scope", "root", status=2, database_url=ready)


def test_the_method_of_a_key(ready):
    """A key says how what is written with it is made: by hand, unless another method is given."""
    secrets = {}
    for method, given in (("human", ()), ("model", ("--method", "model"))):
        made = attest("key", "create", "x", *given, database_url=ready)
        secrets[method] = made.strip()
    with psycopg.connect(ready, autocommit=True) as connection:
        found = {name: keys.find(connection, secret).method for name, secret in secrets.items()}
    assert found == {"human": "human", "model": "model"}
    attest("key", "create", "x", "--method", "robot", status=2, database_url=ready)


# Serving.


def test_serving_with_a_key_of_ones_own(ready):
    """ATTEST_ADMIN_KEY is an admin key from the next start on; none is made, nothing shows it."""
    settings = {"database_url": ready, "admin_key": SECRET, "log_format": "json", "workers": 1}
    with running("serve", **settings) as (process, root, said):
        made = {"name": "x", "scopes": ["write"]}
        status, key = ask(f"{root}/v1/keys", SECRET, "POST", made)
        assert status == 201
        assert ask(f"{root}/v1/keys", "wrong")[0] == 401
        listed = ask(f"{root}/v1/keys", SECRET)[1]["items"]
        assert [each["scopes"] for each in listed] == [["admin"], ["write"]]
        process.terminate()
        assert process.wait(timeout=30) == 0
        text = said.read_text()
        assert SECRET not in text
        assert key["secret"] not in text
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        seen = [(each["method"], each["path"], each["status"]) for each in lines if "path" in each]
        assert ("POST", "/v1/keys", 201) in seen
        assert ("GET", "/v1/keys", 401) in seen
    with running("serve", **settings | {"admin_key": f"another-{SECRET}"}) as (_, root, _):
        listed = ask(f"{root}/v1/keys", f"another-{SECRET}")[1]["items"]
        assert [each["scopes"] for each in listed] == [["admin"], ["write"], ["admin"]]


def test_running_for_the_first_time_and_after_the_worst():
    """`attest run` starts with the example, and finds what it was told before it was killed.

    Ended properly, it takes its PostgreSQL along.
    """
    with TemporaryDirectory(prefix="attest-cli-") as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent, "data")
        try:
            with running("run", data_dir=folder) as (process, root, said):
                first = said.read_text()
                secret = re.search(r"The admin key, shown this once:\n\n +(\S+)\n", first)[1]
                check_what_is_printed(first)
                sent = {"id": "mine", "name": "Mine"}
                assert ask(f"{root}/v1/datasets", secret, "POST", sent)[0] == 201
                assert '"path":"/v1/datasets"' in said.read_text()
                count = ask(f"{root}/v1/statements?total=exact")[1]["total"]
                postmaster = int((folder / "data" / "postmaster.pid").read_text().split()[0])
                # The first answer may come before the second worker is there.
                deadline = time.monotonic() + 10
                while len(workers := children(process.pid)) < 2 and time.monotonic() < deadline:
                    time.sleep(0.1)
                assert len(workers) == 2
                kill(process.pid, *workers, postmaster)
                process.wait(timeout=10)
            with running("run", data_dir=folder) as (process, root, said):
                assert ask(f"{root}/v1/datasets/mine")[1]["name"] == "Mine"
                assert ask(f"{root}/v1/statements?total=exact")[1]["total"] == count
                assert ask(f"{root}/v1/keys", secret)[0] == 200
                second = said.read_text()
                assert "admin key" not in second
                check_what_is_printed(second)
                process.terminate()
                # A worker that is just being born misses the signal: gunicorn waits 30 s for it.
                assert process.wait(timeout=60) == 0
                assert not (folder / "data" / "postmaster.pid").exists()
        finally:
            embedded.stop(folder)


@pytest.mark.parametrize(
    ("settings", "secret", "line"),
    [
        ({}, None, "curl 'http://127.0.0.1:8000/v1/"),
        ({"HOST": "::1"}, "attest_x", "curl 'http://[::1]:8000/v1/"),
        (
            {"HOST": "0.0.0.0"},  # noqa: S104
            "attest_x",
            "curl -H 'Authorization: Bearer attest_x' 'http://127.0.0.1:8000/v1/",
        ),
        (
            {"HOST": "::", "ADMIN_KEY": SECRET},
            None,
            'curl -H "Authorization: Bearer $ATTEST_ADMIN_KEY" \'http://[::1]:8000/v1/',
        ),
        (
            {"HOST": "0.0.0.0", "PUBLIC_READ": "true", "HOSTS": "b.example,a.example"},  # noqa: S104
            None,
            "curl -H 'Host: a.example' 'http://127.0.0.1:8000/v1/",
        ),
        (
            {"HOST": "0.0.0.0", "PUBLIC_READ": "true", "HOSTS": "a.example,*"},  # noqa: S104
            None,
            "curl 'http://127.0.0.1:8000/v1/",
        ),
    ],
)
def test_what_is_printed_can_be_run(settings, secret, line, capsys):
    """The greeting asks at an address that can be reached, by a name and a key that are taken."""
    greet(read({f"ATTEST_{name}": text for name, text in settings.items()}), secret)
    said = capsys.readouterr().out
    assert said.count(f"\n    {line}") == 3
    assert SECRET not in said


def test_where_the_data_are(tmp_path, capsys):
    """Where the data lie elsewhere than in the folder, it is said, and so is how to remove them."""
    chosen = {"database_url": None, "data_dir": str(tmp_path)}
    (tmp_path / "data").mkdir()
    tell_place(chosen)
    assert capsys.readouterr().err == f"The data are in {tmp_path}/data.\n"
    (tmp_path / "other").mkdir()
    (tmp_path / "other/data").symlink_to(tmp_path / "data")
    tell_place({**chosen, "data_dir": str(tmp_path / "other")})
    said = capsys.readouterr().err
    assert said.startswith(f"The data are in {tmp_path}/data: ")
    assert said.endswith(f"cannot enter {tmp_path}/other. To remove the data, remove both.\n")


def check_what_is_printed(text):
    """Try the curl lines that are printed at the start."""
    urls = re.findall(r"^ +curl '([^']+)'$", text, re.MULTILINE)
    assert len(urls) >= 3
    for url in urls:
        status, found = ask(url)
        assert status == 200
        assert found["items"]
        if "seed:E1" in url:
            assert [event["attestation"]["status"] for event in found["items"]] == ["disputed"]
        if "expand=speaker" in url:
            assert any(statement["speaker"]["name"] for statement in found["items"])
    status, page = ask(re.search(r"Attest is at (\S+),", text)[1])
    assert (status, page["name"]) == (200, "Attest")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /v1/events?tag=" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: nonsense\r\n\r\n", 501),
    ],
)
def test_what_never_becomes_a_request_is_a_problem_too(serving, sent, status):
    """What gunicorn itself refuses is answered as everything else is refused: never as HTML."""
    host, _, port = serving.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status
