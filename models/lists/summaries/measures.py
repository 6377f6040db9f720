"""Measures of the records that are counted."""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

HARMS: tuple[LiteralString, ...] = (
    *("killed", "injured", "missing", "abducted", "detained", "displaced"),
)
"""Kinds of harm."""

BOUNDS: tuple[LiteralString, ...] = ("low", "best", "high", "unknown")
"""Members of a measured number: its sums, and how many records have none."""


class Measure(NamedTuple):
    """A measure: its name, the SQL of records together, and whether it counts them.

    The SQL names columns of INPUTS in braces.
    """

    name: LiteralString
    sql: LiteralString
    is_count: bool = False


INPUTS: dict[LiteralString, dict[LiteralString, LiteralString]] = {
    "fatalities": {
        "number": "events.fatalities_low",
        "lowest": "events.lowest",
        "highest": "events.highest",
    },
    "casualties": {
        name: f"harms.{name}"
        for kind in HARMS
        for name in (kind, *(f"{kind}_{bound}" for bound in BOUNDS[:3]))
    },
}
"""The number that each measure takes from one record, by its name."""

# Few records have other bounds than their number: what is null costs a sum next to nothing.
FATALITIES = (
    Measure("low", "sum({number}) - coalesce(sum({number} - {lowest}), 0)"),
    Measure("best", "sum({number})"),
    Measure(
        "high",
        "coalesce(sum({number}) + coalesce(sum({highest} - coalesce({number}, 0)), 0),"
        " sum({highest} - coalesce({number}, 0)))",
    ),
    Measure("unknown", "count(*) - count(coalesce({number}, {highest}))", is_count=True),
)
"""Deaths: where the best number is not known, the lowest counts, and for a bound the other ones."""


def harmed(kind: LiteralString) -> tuple[Measure, ...]:
    """Measure how many people were harmed in one way."""
    return (
        Measure(f"{kind}_count", f"count(*) FILTER (WHERE {{{kind}}})", is_count=True),
        *(Measure(f"{kind}_{bound}", f"sum({{{kind}_{bound}}})") for bound in BOUNDS[:3]),
        Measure(
            f"{kind}_unknown",
            f"count(*) FILTER (WHERE {{{kind}}} AND {{{kind}_high}} IS NULL)",
            is_count=True,
        ),
    )


def pivoted(kind: LiteralString) -> LiteralString:
    """Write what the casualties of one kind of an event come to: they may overlap.

    Of those killed, `fatalities` say all, where they are known.
    """
    these: LiteralString = f"casualties.kind = '{kind}'"
    if kind == "killed":
        these = f"{these} AND (casualties.position = -1 OR NOT casualties.has_total)"
    low: LiteralString = "coalesce(casualties.lowest, casualties.number)"
    high: LiteralString = "coalesce(casualties.highest, casualties.number)"
    return (
        f"coalesce(bool_or({these}), false) AS {kind},"
        f" max({low}) FILTER (WHERE {these}) AS {kind}_low,"
        f" sum(casualties.number) FILTER (WHERE {these}) AS {kind}_best,"
        f" sum({high}) FILTER (WHERE {these}) AS {kind}_high"
    )


JOIN_CASUALTIES: LiteralString = (
    "LEFT JOIN (SELECT casualties.event_id, "
    + ", ".join(map(pivoted, HARMS))
    + " FROM (SELECT casualties.*, bool_or(casualties.position = -1)"
    " OVER (PARTITION BY casualties.event_id) AS has_total FROM casualties) AS casualties"
    " GROUP BY casualties.event_id) AS harms ON harms.event_id = events.id"
)
"""The casualties of an event, summed up by kind."""


def measured(asked: frozenset[str]) -> tuple[Measure, ...]:
    """List what is measured beside the number of records."""
    found = [*FATALITIES] if "fatalities" in asked else []
    if "casualties" in asked:
        found += [measure for kind in HARMS for measure in harmed(kind)]
    return tuple(found)


def shown(values: Mapping[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    """Write measured values as they are sent; kinds of harm that nobody suffered are left out.

    What no record adds up to is zero; what only records without numbers do is not known.
    """
    found: dict[str, Any] = {}
    if "fatalities" in asked:
        found["fatalities"] = {name: values[name] if values["count"] else 0 for name in BOUNDS}
    if "casualties" in asked:
        found["casualties"] = {
            kind: {name: values[f"{kind}_{name}"] for name in ("count", *BOUNDS)}
            for kind in HARMS
            if values[f"{kind}_count"]
        }
    return found
