"""Circles of references among records: found before they are stored."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from api.writing.draft import Draft
from models.database.connections import Connection
from models.store.circles import onward
from schemas.fields.ids import is_id
from schemas.problem import Fault

CHAINS = {
    "copy_of_id": "It would be a copy of itself: {through} leads back to it.",
    "part_of_id": "It would be a part of itself: {through} leads back to it.",
    "responds_to_id": "It would answer itself: {through} leads back to it.",
    "superseded_by": "It would take its own place: {through} leads back to it.",
}
"""Members that lead from record to record of one resource, and what is wrong with a circle."""


class Step(NamedTuple):
    """A step from a draft to the record that a member of it names."""

    draft: Draft
    member: str
    to: str

    @property
    def path(self) -> tuple[str, ...]:
        """The path of the member in a record."""
        return ("retraction", self.member) if self.member == "superseded_by" else (self.member,)

    @property
    def way(self) -> tuple[str, str]:
        """The resource and the member of the step."""
        return self.draft.sent.table.name, self.member


Leading = dict[tuple[str, str], dict[str, str]]
"""Where the records of a write lead, along each way: id -> id."""


def circular(
    connection: Connection, drafts: Sequence[tuple[Draft, dict[str, Any] | None]]
) -> tuple[list[Fault], bool]:
    """Find the drafts that would close a circle, through other drafts or stored records.

    What they are led through is locked until commit; also tells whether any of them may have been.
    """
    taken = [step for draft, record in drafts for step in steps(draft, record)]
    new = [step for step in taken if is_new(step)]
    leading: Leading = {}
    for step in taken:
        leading.setdefault(step.way, {})[step.draft.sent.id] = step.to
    found = [
        Fault(
            f"{step.draft.sent.pointer}/{step.member}",
            "circular",
            CHAINS[step.member].format(through=step.to),
        )
        for step in new
        if comes_back(connection, step, leading[step.way])
    ]
    return found, any(changes(step) for step in new)


def steps(draft: Draft, record: dict[str, Any] | None) -> list[Step]:
    """List the steps of a draft."""
    named = {**(record or {}), "superseded_by": (draft.retraction or {}).get("superseded_by")}
    return [
        Step(draft, member, named[member].lower())
        for member in CHAINS
        if isinstance(named.get(member), str) and is_id(named[member])
    ]


def is_new(step: Step) -> bool:
    """Say whether a step is not in the stored record already."""
    stored = step.draft.current.stored
    if stored is None or stored.withdrawn:
        return True
    before: Any = step.draft.current.before
    for name in step.path:
        before = (before or {}).get(name)
    return bool(before != step.to)


def changes(step: Step) -> bool:
    """Say whether a step starts from a stored record: others may lead to it already."""
    return step.draft.current.stored is not None


def comes_back(connection: Connection, step: Step, own: Mapping[str, str]) -> bool:
    """Follow a step from record to record; true if it comes back to its start.

    `own` says where records of this write lead. No stored record leads to one that is created,
    unless this write makes it lead there.
    """
    table, begin = step.draft.sent.table, step.draft.sent.id
    seen: set[str] = set()
    place: str | None = step.to if step.to != begin else None  # that is reported already
    while place is not None and place not in seen:
        if place == begin:
            return True
        seen.add(place)
        found = own.get(place)
        if found is None and changes(step):
            found = onward(connection, table, step.path, [place]).get(place)
        place = found
    return False
