"""The report that examples/panjshir.json codes: where its statements stand, and its own bundle."""

from copy import deepcopy
from typing import Any, Final

SPANS: Final[dict[str, tuple[int, int]]] = {
    "S1": (16, 78),
    "S2": (110, 203),
    "S3": (241, 292),
    "S4": (318, 397),
    "S5": (522, 592),
    "S6": (597, 651),
    "S7": (672, 700),
    "S8": (747, 802),
    "S9": (805, 868),
    "S10": (891, 1009),
    "S11": (1074, 1138),
    "S12": (1169, 1203),
    "S13": (1309, 1387),
    "S14": (1390, 1586),
    "S15": (1734, 1801),
    "S16": (1829, 1856),
    "S17": (1859, 1944),
    "S18": (2058, 2092),
    "S19": (2326, 2376),
    "S20": (2379, 2472),
    "S21": (2524, 2608),
    "S22": (2622, 2678),
    "S23": (2714, 2752),
    "S24": (2761, 2852),
    "S25": (2857, 2893),
    "S26": (3035, 3082),
    "S27": (3092, 3152),
    "S28": (3212, 3320),
    "S29": (3323, 3403),
    "S30": (3468, 3617),
    "S31": (3681, 3715),
    "S32": (3731, 3811),
}
"""Each statement's start and end (exclusive) in the report, in code points."""

QUOTED: Final = frozenset({"direct_quote", "partial_quote"})
"""The forms whose words are the speaker's, and so can be checked against the report."""


def bundle(example: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a copy of the example that quotes the report's own text, in a dataset of its own."""
    copy = deepcopy(example)
    copy["dataset"] = "panjshir-article"
    for document in copy["documents"]:
        document["text"] = text
        document.pop("attributes", None)  # a note on the example's text, which this one is not
    for event in copy["events"]:
        for mention in event.get("mentions", []):
            _drop_quote(mention)
    for statement in copy["statements"]:
        _drop_quote(statement)
        if statement["form"] in QUOTED:
            start, end = SPANS[statement["external_ids"]["seed"]]
            statement.update(quote=text[start:end], start=start, end=end)
    return copy


def _drop_quote(record: dict[str, Any]) -> None:
    for field in ("quote", "start", "end"):
        record.pop(field, None)
