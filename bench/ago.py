"""Lists as of an instant beside the same lists today, on a world of which a part was revised.

`python -m bench past` asks each question of `cases` today and as of an instant in the midst of the
revisions, in turn: in PostgreSQL with the statements that the service sends, and through the
service. In PostgreSQL it also asks as of an instant at which a tenth of the events were recorded,
and of one before all of them.
"""

import http.client
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import psycopg
from psycopg import Connection

from bench import cases
from bench.cases import Case, Sent
from bench.measure import machine, tuning, versions
from bench.peers import servers
from bench.peers.servers import Server
from bench.revisions import EVENTS, MIDST, STATEMENTS
from bench.world import BEGIN, DAY, YEAR

TIMES = 60
"""So often is everything asked in a round, as of one instant after the other."""

PATIENCE = 4.0
"""Seconds after which one question is asked no more in a round."""

INSTANTS = {
    "midst": MIDST,
    "tenth": BEGIN + np.timedelta64(4 * DAY + YEAR // 10, "us"),
    "before": BEGIN - np.timedelta64(DAY, "us"),
}
"""In the midst of the revisions; when a tenth of the events were recorded; and before all."""

WHEN = ("today", *INSTANTS)
"""All that is compared."""

COUNTED = ("list", "newest", "country", "actor")
"""Lists that are also asked how many records they have."""

BESIDE = (b"set_config", b"pg_stat_activity", b"OFFSET")
"""What the service sends around the statements of a list as of an instant."""


def measure(url: str, *, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure all lists today and as of each instant; the results as they are kept."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        with cases.service(url) as attest:
            asked = [*questions(connection, attest)]
            own = str(attest.pool.conninfo)
            sent = {
                case.name: {name: [*statements(attest, case, name)] for name in when(case)}
                for case in asked
            }
        held = connection.execute("SELECT count(*) FROM events").fetchone() or (0,)
        settings = tuning(connection)
    found: dict[str, dict[str, Any]] = {
        case.name: {"title": case.title, "postgresql": {}, "service": {}} for case in asked
    }
    with reading(own) as readers:
        for number in turns(rounds, "in PostgreSQL", say):
            for case in asked[::number]:
                for name, taken in executed(readers, sent[case.name]).items():
                    found[case.name]["postgresql"].setdefault(name, []).append(taken)
    with (
        tempfile.TemporaryDirectory() as place,
        servers.serving(("attest",), url, Path(place)) as running,
    ):
        for number in turns(rounds, "through the service", say):
            for case in asked[::number]:
                for name, taken in requested(running["attest"], case).items():
                    found[case.name]["service"].setdefault(name, []).append(taken)
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "events": held[0],
        "revised": {"events": EVENTS, "statements": STATEMENTS},
        "instants": {name: written(instant) for name, instant in INSTANTS.items()},
        "rounds": rounds,
        "machine": machine(),
        "versions": versions(url),
        "postgresql": settings,
        "cases": found,
    }


def turns(rounds: int, where: str, say: Callable[[str], None]) -> Iterator[int]:
    """Count rounds: 1 and -1 in turn, for who comes first in one comes last in the next."""
    for number in range(rounds):
        yield 1 if number % 2 == 0 else -1
        say(f"round {number + 1} of {rounds} {where}")


@contextmanager
def reading(url: str) -> Iterator[dict[str, Connection[Any]]]:
    """Give connections that read what stands today, and what stood at each instant."""
    with ExitStack() as stack:
        readers = {}
        for name in WHEN:
            readers[name] = stack.enter_context(psycopg.connect(url, autocommit=True))
            if instant := INSTANTS.get(name):
                readers[name].execute(
                    "SELECT set_config('search_path', 'past,public', false),"
                    " set_config('attest.as_of', %s, false)",
                    [written(instant)],
                )
        yield readers


def questions(connection: Connection[Any], attest: cases.Service) -> Iterator[Case]:
    """Give all reads, and some of the lists once more with their exact number of records."""
    for case in cases.reads(connection, attest):
        yield case
        if case.name in COUNTED:
            paths = tuple(f"{path}&total=exact" for path in case.paths)
            yield Case(f"{case.name}-total", f"{case.title}, counted", paths)


def written(instant: np.datetime64) -> str:
    """Write an instant as the service does."""
    return f"{np.datetime_as_string(instant, unit='us')}Z"


def when(case: Case) -> tuple[str, ...]:
    """List what is compared in a case; what did not stand yet cannot be read by its id."""
    return WHEN[:2] if case.name == "one" else WHEN


def as_of(paths: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Give the paths as of one of the instants, or as they are."""
    if name not in INSTANTS:
        return paths
    instant = quote(written(INSTANTS[name]))
    return tuple(f"{path}{'&' if '?' in path else '?'}as_of={instant}" for path in paths)


def statements(attest: cases.Service, case: Case, name: str) -> Iterator[list[Sent]]:
    """Give what the service sends for each of the paths of a case, as of an instant or not."""
    for path in as_of(case.paths[:20], name):
        attest.ask(path)
        yield [one for one in attest.sent if not any(part in one.sql for part in BESIDE)]


def executed(
    readers: Mapping[str, Connection[Any]], sent: Mapping[str, list[list[Sent]]]
) -> dict[str, float]:
    """Execute what requests sent, by each of the connections in turn: µs, as of each instant."""

    def execute(name: str, number: int) -> None:
        connection = readers[name]
        for one in sent[name][number % len(sent[name])]:
            cursor = psycopg.ClientCursor(connection) if one.literal else connection.cursor()
            cursor.execute(one.sql, one.values, prepare=None if one.literal else True).fetchall()

    return in_turn([*sent], execute)


def requested(server: Server, case: Case) -> dict[str, float]:
    """Request a case of the service, today and as of an instant in turn: µs of each."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=servers.PATIENCE)

    def request(name: str, number: int) -> None:
        [path] = as_of(case.paths[number % len(case.paths) :][:1], name)
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path} was answered {answer.status}")
        answer.read()

    try:
        return in_turn([*WHEN[:2]], request)
    finally:
        connection.close()


def in_turn(names: list[str], do: Callable[[str, int], None]) -> dict[str, float]:
    """Do something for each name in turn, time and again: the µs of the best tenth of times.

    Whatever else the machine does strikes all of them, and the best tenth the least.
    """
    taken: dict[str, list[float]] = {name: [] for name in names}
    begun = time.perf_counter()
    for number in range(TIMES):
        for name in names:
            since = time.perf_counter()
            do(name, number)
            taken[name].append((time.perf_counter() - since) * 1e6)
        if time.perf_counter() - begun > PATIENCE:
            break
    return {name: round(sorted(each)[len(each) // 10], 1) for name, each in taken.items()}
