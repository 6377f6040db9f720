"""Folds list entries that a merge made refer to the same record."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

FOLDED: dict[str, tuple[str, ...] | None] = {
    "participants": ("actor_id", "role"),
    "casualties": ("kind", "actor_id", "label", "side"),
    "affiliations": None,
    "related": None,
    "other_locations": None,
    "addressee_ids": None,
    "borders": None,
    "claims": None,
}
"""Lists whose entries are folded, by the members in which they agree; None is all of them."""

RANGE = ("low", "best", "high")
"""Members of an entry that are one estimate: those of two would not fit together."""

IN_WORDS = "text"
"""The member that says in the words used how many the numbers beside it are."""


def fold(record: dict[str, Any], moved: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Fold what a record says, in place, where an entry was moved to be about another record.

    `moved` maps JSON pointers to the merges that moved them: entries moved by the same merges, or
    by none, were written beside each other, and stay apart. Returns the lists as they were before.
    """
    places: dict[str, dict[int, Any]] = {}
    for pointer, by in moved.items():
        name, position, *_ = [*pointer.split("/")[1:], ""]
        if name in FOLDED and position.isdigit():
            places.setdefault(name, {})[int(position)] = by
    unfolded = {}
    for name, positions in places.items():
        entries = record.get(name)
        if not isinstance(entries, list):
            continue
        shown = folded(entries, keys(name, entries, record), positions)
        if len(shown) < len(entries):
            unfolded[name] = entries
            record[name] = shown
    return unfolded


def unfold(
    record: dict[str, Any], lists: Mapping[str, list[Any]], moved: Mapping[str, Any]
) -> bool:
    """Give a record the lists that were folded, in place; False where it says otherwise by now."""
    again: dict[str, Any] = {**record, **lists}
    fold(again, moved)
    if any(record.get(name) != again[name] for name in lists):
        return False
    record.update(lists)
    return True


def folded(entries: list[Any], known_by: Sequence[bytes], moved: Mapping[int, Any]) -> list[Any]:
    """Merge equal entries that different merges moved: the first of each, then the second, and on.

    The earlier entry takes precedence; the later one fills in what is missing.
    """
    shown: list[Any] = []
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    count: Counter[tuple[bytes, Any]] = Counter()
    for position, (entry, known) in enumerate(zip(entries, known_by, strict=True)):
        number = count[known, by := moved.get(position)]
        count[known, by] += 1
        if number == len(places[known]):
            places[known].append(len(shown))
            shown.append(entry)
        elif isinstance(entry, dict):
            place = places[known][number]
            shown[place] = {**entry, **known_members(shown[place])}
    return shown


def known_members(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an entry knows; of an estimate all that it says, where it says anything."""
    known = {member: value for member, value in entry.items() if value is not None}
    estimated = not known.keys().isdisjoint(RANGE)
    whole = (*RANGE, IN_WORDS) if estimated else ()
    return known | {member: entry[member] for member in whole if member in entry}


def keys(name: str, entries: list[Any], record: Mapping[str, Any]) -> list[bytes]:
    """Write what each entry is known by; a participant on a side with casualties by that, too."""
    found = [key(name, entry) for entry in entries]
    sides = {harm["side"] for harm in record.get("casualties") or ()} - {None}
    if name != "participants" or not sides:
        return found
    return [
        known + str(entry["side"]).encode() if entry["side"] in sides else known
        for known, entry in zip(found, entries, strict=True)
    ]


def key(name: str, entry: Any) -> bytes:
    """Write what an entry is known by, so that those that say the same are written alike."""
    if isinstance(entry, dict):
        members = FOLDED[name] or sorted(entry)
        entry = {member: entry[member] for member in members if entry.get(member) is not None}
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)
