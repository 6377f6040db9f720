"""Measures Attest beside its peers, and writes docs/performance.md.

`python -m bench` loads the world that BENCH_EVENTS says (1,000,000 events), measures all contenders
in BENCH_ROUNDS rounds (5) of BENCH_SECONDS (3) each, prints the table, and keeps the results.
`python -m bench growth` measures how each read grows with the number of events, `python -m bench
past` what lists cost as of an instant. `python -m bench report` prints and draws what was measured
last.
"""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bench import ago, cluster, measure, report

HERE = Path(__file__).absolute().parent

SIZES = (10_000, 100_000, 1_000_000)
"""The numbers of events that growth is measured over, and loaded for it."""

LARGEST = 10_000_000
"""A number of events that growth is measured over only where it is loaded already."""


def main() -> None:
    """Measure what is asked for, and tell it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    measured = ("peers", "growth", "past", "report")
    parser.add_argument("what", nargs="?", choices=measured, default="peers")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--docs", type=Path, default=HERE.parent / "docs")
    arguments = parser.parse_args()
    try:
        if arguments.what == "peers":
            peers(arguments.results)
        elif arguments.what == "growth":
            growth(arguments.results)
        elif arguments.what == "past":
            past(arguments.results)
    except RuntimeError as error:
        sys.exit(str(error))
    found = report.latest(arguments.results, "[0-9]*.json")
    if found and arguments.what in {"peers", "report"}:
        print(report.printed(found))  # noqa: T201 - what the command is for
    grown = report.latest(arguments.results, "growth-*.json")
    if grown and arguments.what in {"growth", "report"}:
        print(report.told(grown))  # noqa: T201 - as above
    gone = report.latest(arguments.results, "past-*.json")
    if gone and arguments.what in {"past", "report"}:
        print("\n".join(report.gone(gone)))  # noqa: T201 - as above
    say(f"written: {report.written(found, grown, gone, arguments.docs).name}")


def say(sentence: str) -> None:
    """Say what goes on, beside what is printed."""
    print(f"{datetime.now(UTC):%H:%M:%S} {sentence}", file=sys.stderr)  # noqa: T201 - as above


def peers(folder: Path) -> None:
    """Measure all contenders, and keep the results."""
    measure.tools()
    events = int(os.environ.get("BENCH_EVENTS", "1000000"))
    say(f"loading {events:,} events, unless they are there …")
    results = measure.measure(
        cluster.database(events),
        cluster.FOLDER,
        rounds=int(os.environ.get("BENCH_ROUNDS", "5")),
        seconds=seconds(),
        say=say,
    )
    measure.keep(results, folder, measure.named(results))


def growth(folder: Path) -> None:
    """Measure how reads grow, and keep the results."""
    measure.tools()
    urls = {events: cluster.database(events) for events in SIZES}
    if url := loaded(LARGEST):
        urls[LARGEST] = url
    results = measure.growth(urls, seconds=seconds(), say=say)
    measure.keep(results, folder, f"growth-{results['measured_on']}.json")


def past(folder: Path) -> None:
    """Measure what lists cost as of an instant, and keep the results."""
    measure.tools()
    results = ago.measure(
        cluster.database(int(os.environ.get("BENCH_EVENTS", "1000000"))),
        rounds=int(os.environ.get("BENCH_ROUNDS", "5")),
        say=say,
    )
    measure.keep(results, folder, f"past-{results['measured_on']}.json")


def loaded(events: int) -> str | None:
    """Give the conninfo of the database of so many events where there is one; load none."""
    server: Any = cluster.start()
    name = f"attest_{events}"
    with psycopg.connect(server) as connection:
        row = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    return make_conninfo(server, dbname=name) if row is not None else None


def seconds() -> float:
    """Give how long each measurement lasts."""
    return float(os.environ.get("BENCH_SECONDS", "3"))


if __name__ == "__main__":
    main()
