"""What is measured of the records that are counted."""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

HARMS: tuple[LiteralString, ...] = (
    *("killed", "injured", "missing", "abducted", "detained", "displaced"),
)
"""Kinds of harm."""

BOUNDS: tuple[LiteralString, ...] = ("low", "best", "high", "unknown")
"""What is told of a number: its sums, and how many records have none."""


class Measure(NamedTuple):
    """A measure: its name, how rows are put together, `{}`, and of which value of a record."""

    name: LiteralString
    together: LiteralString
    value: LiteralString


SUM: LiteralString = "sum({})"
WHERE: LiteralString = "count(*) FILTER (WHERE {})"

COUNT: LiteralString = "count(*)"

DISPUTED = Measure("disputed", WHERE, "events.status = 'disputed'")

FATALITIES = (
    Measure("low", SUM, "coalesce(events.lowest, events.fatalities_low)"),
    Measure("best", SUM, "events.fatalities_low"),
    Measure("high", SUM, "coalesce(events.highest, events.fatalities_low)"),
    Measure("unknown", WHERE, "coalesce(events.fatalities_low, events.highest) IS NULL"),
)
"""Deaths: where the best number is not known, the lowest counts, and for a bound the other ones."""


def harmed(kind: LiteralString) -> tuple[Measure, ...]:
    """Measure how many people were harmed in one way."""
    return (
        Measure(f"{kind}_count", WHERE, f"harms.{kind}"),
        Measure(f"{kind}_low", SUM, f"harms.{kind}_low"),
        Measure(f"{kind}_best", SUM, f"harms.{kind}_best"),
        Measure(f"{kind}_high", SUM, f"harms.{kind}_high"),
        Measure(f"{kind}_unknown", WHERE, f"harms.{kind} AND harms.{kind}_high IS NULL"),
    )


def pivoted(kind: LiteralString) -> LiteralString:
    """Write what the casualties of one kind of an event come to: they may overlap.

    Of those killed, `fatalities` say all, where they are known.
    """
    these: LiteralString = f"casualties.kind = '{kind}'"
    if kind == "killed":
        these = f"{these} AND (casualties.position = -1 OR NOT casualties.told)"
    low: LiteralString = "coalesce(casualties.lowest, casualties.number)"
    high: LiteralString = "coalesce(casualties.highest, casualties.number)"
    return (
        f"coalesce(bool_or({these}), false) AS {kind},"
        f" max({low}) FILTER (WHERE {these}) AS {kind}_low,"
        f" sum(casualties.number) FILTER (WHERE {these}) AS {kind}_best,"
        f" sum({high}) FILTER (WHERE {these}) AS {kind}_high"
    )


CASUALTIES: LiteralString = (
    "LEFT JOIN (SELECT casualties.event_id, "
    + ", ".join(map(pivoted, HARMS))
    + " FROM (SELECT casualties.*, bool_or(casualties.position = -1)"
    " OVER (PARTITION BY casualties.event_id) AS told FROM casualties) AS casualties"
    " GROUP BY casualties.event_id) AS harms ON harms.event_id = events.id"
)
"""What the casualties of an event come to, by kind."""


def measured(table: str, asked: frozenset[str]) -> tuple[Measure, ...]:
    """List what is measured beside the number of records."""
    if table != "events":
        return ()
    found = [DISPUTED]
    if "fatalities" in asked:
        found += FATALITIES
    if "casualties" in asked:
        found += [measure for kind in HARMS for measure in harmed(kind)]
    return tuple(found)


def shown(values: Mapping[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    """Write measured values as they are sent; kinds of harm that nobody suffered are left out.

    What no record adds up to is zero; what only records without numbers do is not known.
    """
    found: dict[str, Any] = {}
    if "disputed" in values:
        found["disputed"] = values["disputed"]
    if "fatalities" in asked and "low" in values:
        found["fatalities"] = {name: values[name] if values["count"] else 0 for name in BOUNDS}
    if "casualties" in asked:
        found["casualties"] = {
            kind: {name: values[f"{kind}_{name}"] for name in ("count", *BOUNDS)}
            for kind in HARMS
            if values[f"{kind}_count"]
        }
    return found
