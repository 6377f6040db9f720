"""Reports that examples/panjshir.json codes: where its statements stand in them, and its bundle.

The one here is our own, and as hard as a real one: quotation marks of several kinds, within each
other and across a line's end, names in other scripts, letters beyond the basic plane, the same
words twice. The published article is read where `ATTEST_TEST_DATA` names the folder that has it.
"""

import os
from copy import deepcopy
from pathlib import Path
from typing import Any, Final, NamedTuple

PARAGRAPHS: Final = (
    (
        ("S1", "Some hundreds of Taliban stand round the valley of Panjshir (پنجشیر), they say"),
        ("", ", and "),
        ("S2", "those within have called up whoever can carry a gun"),
        ("", "."),
    ),
    (
        ("", "A note of the movement, passed on by ☎ on Sunday, has it that "),
        ("S3", "its men are under way to the mouth of the gorge"),
        ("", "; "),
        ("S4", "men of the army that was are said to have joined the valley’s own 🏔"),
        ("", "."),
    ),
    (
        ("", "By Monday "),
        ("S5", "the ring was closed, so the movement"),
        ("", " - which "),
        ("S6", "“would rather talk than storm”"),
        ("", ", as it let it be known. Its fighters, wrote Zabihullah Mujahid, "),
        ("S7", "are stationed near Panjshir"),
        ("", ": "),
        ("S8", "on three sides of the mountains"),
        ("", ". ‘The “Emirate” is "),
        ("S9", "trying to resolve\nthis issue peacefully"),
        ("", "’, he went on."),
    ),
    (
        ("S10", "Four hours Aḥmad Šāh’s son had been given"),
        ("", ", stations of the region said. "),
        ("S11", "He would not hear of it: “Panjshir does not kneel”"),
        ("", ". "),
        ("S12", "With him is Amrullah Saleh (امرالله صالح), as pictures show"),
        ("", "."),
    ),
    (
        ("S13", "One land under one hand: that is what the march is for"),
        ("", ", it was explained. If words fail, "),
        ("S14", "the last solution is war"),
        ("", ", a voice told al-Ḥadaṯ."),
    ),
    (
        ("", "Massoud (مسعود) sees it otherwise. "),
        ("S15", "There may yet be talks"),
        ("", ", yet "),
        ("S16", "his own are ready"),
        ("", ". The "),
        ("S17", "only way forward is through negotiation"),
        ("", ", he said down a bad line: “"),
        ("S18", "We do not want a war"),
        ("", ".” "),
        ("S19", "Those with him would hold out, as once before"),
        ("", ", "),
        ("S20", "against any totalitarian\u00a0regime"),
        ("", ". "),
        ("S21", "All should have a seat in Kabul, the Taliban too"),
        ("", "; or else war was «"),
        ("S22", "unavoidable"),
        ("", "». "),
        ("S23", "A siege? He knew of none"),
        ("", ": "),
        ("S24", "the pass had not been entered"),
        ("", ", "),
        ("S25", "no shot had been heard of"),
        ("", ". We do not want a war, he had said on Friday too."),
    ),
    (
        ("", "In Kabul Khalil ur-Rahman Haqqani promised that "),
        ("S26", "all Afghans"),
        ("", " were safe under a "),
        ("S27", "general amnesty"),
        ("", "… in 34 provinces. "),
        ("S28", "Order would come back after forty years of war"),
        ("", ", he held: “"),
        ("S29", "If we can defeat superpowers"),
        ("", "” …"),
    ),
    (
        ("S30", "Three districts of Baghlān were taken back, the one fight that is certain"),
        ("", ". "),
        ("S31", "It was not he who had sent anybody, said Massoud"),
        ("", ", but men of those parts, driven to it by "),
        ("S32", "brutality"),
        ("", "."),
    ),
)
"""The report: its paragraphs in passages, each with the statement that it makes, if any."""


class Report(NamedTuple):
    """A text, and where in it each statement stands: start and end (exclusive), in code points."""

    text: str
    spans: dict[str, tuple[int, int]]


def report() -> Report:
    """Give our own report."""
    text, spans = "", {}
    for paragraph in PARAGRAPHS:
        for seed, passage in paragraph:
            if seed:
                spans[seed] = len(text), len(text) + len(passage)
            text += passage
        text += "\n\n"
    return Report(text.rstrip(), spans)


PUBLISHED: Final[dict[str, tuple[int, int]]] = {
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
"""Each statement's start and end (exclusive) in the published article, in code points."""

DATA: Final = os.environ.get("ATTEST_TEST_DATA")
"""A folder of data that cannot be shipped: the published article, and suites of other projects."""


def published() -> Report | None:
    """Give the published article, where it is at hand."""
    path = Path(DATA or "", "article.txt")
    return Report(path.read_bytes().decode(), PUBLISHED) if DATA and path.exists() else None


REPORTS: Final = [
    ("our own", report()),
    *([("published", found)] if (found := published()) else []),
]
"""The reports that the tests can be run on."""

QUOTED: Final = frozenset({"direct_quote", "partial_quote"})
"""The forms whose words are the speaker's, and so can be checked against the report."""


def bundle(example: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return a copy of the example that quotes a report, in a dataset of its own."""
    copy = deepcopy(example)
    copy["dataset"] = "panjshir-article"
    for document in copy["documents"]:
        document["text"] = report.text
        document.pop("attributes", None)  # a note on the example's text, which this one is not
    for event in copy["events"]:
        for mention in event.get("mentions", []):
            _drop_quote(mention)
    for statement in copy["statements"]:
        _drop_quote(statement)
        if statement["form"] in QUOTED:
            start, end = report.spans[statement["external_ids"]["seed"]]
            statement.update(quote=report.text[start:end], start=start, end=end)
    return copy


def _drop_quote(record: dict[str, Any]) -> None:
    for field in ("quote", "start", "end"):
        record.pop(field, None)
