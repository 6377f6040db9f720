"""Summaries of UCDP's events, loaded through the service, held against the table they come from.

`python -m bench.ucdp FOLDER` takes a folder with `ged_21_1_subset.csv.gz` (UCDP GED 21.1), loads
its events in bundles into a PostgreSQL of its own, and holds the summary by month, country and
type, with deaths as low, best and high, against the table, to the last row; and the same as of an
instant at which half of it had been loaded.
"""

import argparse
import csv
import gzip
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from api.app import create_app
from api.service.settings import read
from bench.load import say
from models.database import connections, embedded, migrating
from schemas.vocabularies.iso import COUNTRIES

TABLE = "ged_21_1_subset.csv.gz"

TYPES = {
    "State-based violence": "assault",
    "Non-state violence": "coerce",
    "One-sided violence": "mobilize",
}
"""A type for each of UCDP's, whichever: they must stay apart."""

EVENTS_AT_ONCE = 2_000

Key = tuple[str, str, str]
"""Month, country and type."""

Sums = dict[Key, list[int]]
"""Events, and deaths as low, best and high."""


def main() -> None:
    """Load the table, and hold summaries against it."""
    parser = argparse.ArgumentParser(prog="python -m bench.ucdp", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    with gzip.open(parser.parse_args().folder / TABLE, "rt") as file:
        rows = [*csv.DictReader(file)]
    # Codes of countries are given in the order of their names, for they are only told apart.
    names = sorted({row["country"] for row in rows})
    codes = dict(zip(names, COUNTRIES, strict=False))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "data"
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as somebody else
        place.mkdir()
        url = embedded.start(place, durable=False)
        try:
            check(url, rows, codes)
        finally:
            embedded.stop(place)


def check(url: str, rows: Sequence[Mapping[str, str]], codes: Mapping[str, str]) -> None:
    """Load the rows, half by half, and compare the summaries of both."""
    migrating.migrate(url)
    open_to_all = {"public_read": True, "public_write": True}
    settings = {**read({}), **open_to_all}
    with connections.pool(url, size=2, statement_timeout=60_000, patience=10) as pool:
        pool.open(wait=True)
        client = create_app(pool, settings).test_client()
        places = locate(client, codes)
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        begun = time.monotonic()
        instants = [load(client, half, places) for half in halves]
        refused = sum(None in deaths(row).values() for row in rows)
        say(f"{refused} rows have a bound on the wrong side of their best number")
        say(f"{len(rows)} events loaded in {time.monotonic() - begun:.0f} s")
        compare(client, expected(rows, codes))
        compare(client, expected(halves[0], codes), as_of=instants[0])


def locate(client: FlaskClient, codes: Mapping[str, str]) -> dict[str, str]:
    """Make a location of each country; give their ids by name."""
    sent = [
        {"ref": code.lower(), "name": name, "kind": "country", "country": code}
        for name, code in codes.items()
    ]
    ids = post(client, {"dataset": "ucdp", "locations": sent})["ids"]
    return {name: ids[code.lower()] for name, code in codes.items()}


def load(client: FlaskClient, rows: Sequence[Mapping[str, str]], places: Mapping[str, str]) -> str:
    """Load events; give an instant by which they are there."""
    for start in range(0, len(rows), EVENTS_AT_ONCE):
        some = rows[start : start + EVENTS_AT_ONCE]
        sent = [{"ref": f"e{row['id']}", **event(row, places)} for row in some]
        post(client, {"dataset": "ucdp", "events": sent})
    answer = client.patch(
        "/v1/datasets/ucdp",
        json={"attributes": {"rows": len(rows), "last": rows[-1]["id"]}},
        headers={"If-Match": "*"},
    )
    return str(answer.get_json()["updated_at"])


def event(row: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Any]:
    """Make an event of a row."""
    return {
        "type": TYPES[row["type_of_violence"]],
        "title": row["conflict_name"],
        "date": f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}",
        "location_id": places[row["country"]],
        "participants": [
            {"label": row["side_a"], "role": "initiator"},
            {"label": row["side_b"], "role": "target"},
        ],
        "fatalities": deaths(row),
        "external_ids": {"ucdp": row["id"]},
    }


def deaths(row: Mapping[str, str]) -> dict[str, int | None]:
    """Take a row's deaths; a bound that contradicts the best number is refused, and not known."""
    low, best, high = (int(row[f"{name}_death"]) for name in ("low", "best", "high"))
    return {
        "low": low if low <= best else None,
        "best": best,
        "high": high if high >= best else None,
    }


def post(client: FlaskClient, bundle: Mapping[str, Any]) -> Any:
    """Store a bundle."""
    answer = client.post("/v1/bundles", json=bundle)
    if answer.status_code != 201:  # noqa: PLR2004 - created
        raise RuntimeError(answer.get_data(as_text=True))
    return answer.get_json()


def expected(rows: Sequence[Mapping[str, str]], codes: Mapping[str, str]) -> Sums:
    """Add rows up; a bound that contradicts the best number is that number."""
    sums: Sums = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        month = f"{row['year']}-{int(row['month']):02}"
        low, best, high = (int(row[f"{name}_death"]) for name in ("low", "best", "high"))
        numbers = (1, min(low, best), best, max(best, high))
        key = month, codes[row["country"]], TYPES[row["type_of_violence"]]
        sums[key] = [one + other for one, other in zip(sums[key], numbers, strict=True)]
    return dict(sums)


def compare(client: FlaskClient, sums: Sums, **asked: str) -> None:
    """Hold a summary against what rows add up to."""
    query = {"by": "month,country,type", "fill": "false", "limit": "100000", **asked}
    begun = time.monotonic()
    answer = client.get("/v1/events/summary", query_string=query).get_json()
    taken = time.monotonic() - begun
    found = {
        (row["month"], row["country"], row["type"]): [
            row["count"],
            *(row["fatalities"][name] for name in ("low", "best", "high")),
        ]
        for row in answer["items"]
    }
    assert found == sums  # noqa: S101 - this is what is to be shown
    assert all(row["possible"] == 0 for row in answer["items"])  # noqa: S101 - as above
    assert answer["total"]["count"] == sum(each[0] for each in sums.values())  # noqa: S101 - as above
    deaths = answer["total"]["fatalities"]
    say(
        f"{len(sums)} rows alike, {answer['total']['count']} events, deaths {deaths},"
        f" in {taken * 1_000:.0f} ms{' as of ' + asked['as_of'] if asked else ''}"
    )


if __name__ == "__main__":
    main()
