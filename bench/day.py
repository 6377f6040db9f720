"""The memory of a service after a day of lists, sums, exports and writes, all mixed.

`bench/.venv/bin/python -m bench.day` serves a copy of the world that BENCH_EVENTS says (100,000
events), asks it by eight clients at once, and prints the memory of its processes in between.
"""

import argparse
import itertools
import json
import os
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import psycopg

from bench import asking, cases, cluster, measure
from bench.peers import servers

CLIENTS = 8

FILES = ("csv", "ndjson", "geojson", "xlsx")
"""Formats that all events of a big country are exported in; others need a library more."""

EXPORTED = 60
"""Of so many requests, one is an export."""

Request = tuple[str, str, str | None]
"""Method, path and body."""


def main() -> None:
    """Ask for as long as is said, and print the memory in between."""
    parser = argparse.ArgumentParser(prog="python -m bench.day", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each part")
    parser.add_argument("--parts", type=int, default=4)
    arguments = parser.parse_args()
    measure.tools()
    original = cluster.database(int(os.environ.get("BENCH_EVENTS", "100000")))
    with (
        measure.copied(original) as url,
        tempfile.TemporaryDirectory() as place,
        servers.serving(("attest",), url, Path(place)) as running,
    ):
        server = running["attest"]
        measure.created(server)
        reads, exports, writes = questions(url)
        print(tell("started", 0, server))  # noqa: T201 - what the command is for
        for part in range(arguments.parts):
            until = time.monotonic() + arguments.seconds
            with ThreadPoolExecutor(CLIENTS) as threads:
                done = threads.map(
                    lambda client, until=until: ask(server, until, client, reads, exports, writes),
                    range(part * CLIENTS, (part + 1) * CLIENTS),
                )
                count = sum(done)
            print(tell(f"part {part + 1}", count, server), flush=True)  # noqa: T201 - as above


def questions(url: str) -> tuple[list[Request], list[Request], list[Request]]:
    """Give reads, exports and writes; peers are asked the lists and the writes, too."""
    with psycopg.connect(url, autocommit=True) as connection, cases.service(url) as attest:
        asked = [*cases.reads(connection, attest), *asking.reads(connection)]
        created = cases.writes(connection, 2_000)
    reads = [("GET", path, None) for case in asked for path in case.paths[:20]]
    country = next(case for case in asked if case.name == "country").paths[0]
    query = country.partition("?")[2].partition("&")[0]
    exports = [("GET", f"/v1/events.{file}?{query}", None) for file in FILES]
    return reads, exports, [("POST", "/v1/events", body) for body in created.bodies]


def ask(  # noqa: PLR0913, PLR0917 - what a client knows
    server: servers.Server,
    until: float,
    client: int,
    reads: list[Request],
    exports: list[Request],
    writes: list[Request],
) -> int:
    """Ask in an order of the client's own until the time is over; the number of requests."""
    chance = random.Random(client)  # noqa: S311 - no secret
    for number in itertools.count():
        if time.monotonic() > until:
            return number
        kinds = exports if number % EXPORTED == EXPORTED - 1 else reads if number % 4 else writes
        method, path, body = chance.choice(kinds)
        status, _, said = server.ask(path, method, body)
        is_busy = status == HTTPStatus.SERVICE_UNAVAILABLE and kinds is exports  # all seats taken
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED} and not is_busy:
            raise RuntimeError(
                f"{method} {path} was answered {status}: {json.dumps(str(said[:300]))}"
            )
    raise AssertionError


def tell(name: str, count: int, server: servers.Server) -> str:
    """Write a row: requests answered, and the MiB of each process, the parent's first."""
    sizes = ", ".join(f"{size / 1024:,.0f}" for size in server.memory().values())
    return f"| {name} | {count:,} | {sizes} |"


if __name__ == "__main__":
    main()
