"""Revisions of a world: what some of its records were before they became what they are.

They come when all is recorded, spread over LASTING, each record's own at its own instant. What
stands is what `World` draws, so that it can be compared with a world that was never revised.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.world import BEGIN, DAY, YEAR, World, dates

EVENTS, STATEMENTS = 0.2, 0.1
"""The shares of events and of statements that are revised once: half of these events in what they
are found by, and all of these statements with their claims."""

SINCE = BEGIN + np.timedelta64(4 * DAY + YEAR + DAY, "us")
"""When the first is revised: a day after the last one was created."""

LASTING = 14 * DAY
"""How long it takes until all are revised, in microseconds."""

MIDST = SINCE + np.timedelta64(LASTING // 2, "us")
"""The instant before which half of the revisions were made."""

PARTS = (
    ("participants",),
    ("location_id", "location_precision", "location_text"),
    ("type", "mode", "contexts"),
)
"""Members that belong together, of which one, or all, were those of another event before."""


def revise(
    world: World, number: int, events: list[dict[str, Any]], statements: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Give what the revised records of a chunk were before: id -> record.

    They themselves become the second version of their records. Events that much is said of stay
    as they are: their attestation is counted when all are loaded.
    """
    heavy = {*world.known["heavy"]}
    draw = world.draw("revisions", number)
    before = {}
    for records, share, earlier in ((events, EVENTS, draft), (statements, STATEMENTS, misdated)):
        revised = draw.random(len(records)) < share
        chances = draw.random((len(records), 4)).tolist()
        for place in np.flatnonzero(revised).tolist():
            record, chance = records[place], chances[place]
            if record["id"] in heavy:
                continue
            other = records[int(chance[0] * len(records))]
            before[record["id"]] = earlier(record, other, chance)
            moment = SINCE + np.timedelta64(int(chance[1] * LASTING), "us")
            record |= {"version": 2, "updated_at": f"{np.datetime_as_string(moment, unit='us')}Z"}
    return before


def draft(record: dict[str, Any], other: Mapping[str, Any], chance: list[float]) -> dict[str, Any]:
    """Give what an event was before: in other words, and half of them with parts of another."""
    earlier = {**record, "title": f"First reports: {record['title']}"}
    if chance[2] < 1 / 2:
        which = int(chance[3] * (len(PARTS) + 1))
        parts = PARTS[which : which + 1] or PARTS
        earlier |= {name: other[name] for names in parts for name in names}
    return earlier


def misdated(
    record: dict[str, Any], other: Mapping[str, Any], chance: list[float]
) -> dict[str, Any]:
    """Give what a statement was before: said on another day, and some claims of another stance.

    That moves all of its claims, and counts for no attestation: occurrence alone does.
    """
    del other
    day = np.datetime64(record["date"]) - (1 + int(chance[2] * 30))
    claims = [
        claim if claim["aspect"] == "occurrence" else {**claim, "stance": "questions"}
        for claim in record["claims"]
    ]
    return {**record, **dates(str(day)), "date": str(day), "claims": claims}
