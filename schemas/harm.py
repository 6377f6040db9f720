"""Harm to people, and whether it is consistent with participants and fatalities."""

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import normalize

from marshmallow import ValidationError, validates_schema

from schemas.fields.ids import Reference
from schemas.fields.values import Composed, Reason, Text
from schemas.fields.words import Word
from schemas.ranges import RangeSchema
from schemas.record import Strict
from schemas.vocabularies import own

WHOM = ("actor_id", "label", "side")
"""Members that say who was harmed: one of them, or none where that is not known."""


class HarmedSchema(Strict):
    """Who was harmed, and in which way."""

    kind = Word("The kind of harm.", "killed", known=own.CASUALTY_KINDS, required=True)
    actor_id = Reference(
        "actors",
        "The actor harmed, or to which the people harmed belonged. At most one of `actor_id`, "
        "`label` and `side`; none if it is unknown who was harmed.",
    )
    label = Text("Who was harmed, in the words used, where no actor is recorded.", "worshippers")
    side = Composed("The side that they were on.", "a", longest=64)

    @validates_schema
    def one_of_them(self, harm: dict[str, Any], **_: Any) -> None:
        """Refuse more than one way of saying who was harmed."""
        named = [name for name in WHOM if harm.get(name) is not None]
        for name in named[1:]:
            sentence = f"{named[0]} says already who was harmed."
            raise ValidationError({name: [Reason(sentence, "exclusive")]})


class HarmSchema(RangeSchema, HarmedSchema):
    """How many were harmed, in which way, and who they were."""


class CasualtiesSchema(HarmSchema):
    """People harmed in an event: how many, in which way, and who they were."""

    text = Text("How many, in the words used.", "dozens")


SIDES_NAMED = 10
"""Maximum number of sides that a sentence names."""

Casualties = list[dict[str, Any]]

Fault = tuple[int | str, str | None, Reason]
"""The position of an entry or `_schema` for the whole list, its member if any, and the fault."""


def check(
    casualties: Casualties | None,
    participants: list[dict[str, Any]] | None,
    fatalities: Mapping[str, Any] | None,
) -> None:
    """Refuse casualties that say a thing twice, of nobody's side, or more deaths than there are."""
    found: dict[int | str, Any] = {}
    sides = {participant["side"] for participant in participants or ()} - {None}
    for place, member, reason in (
        *repeated(casualties or []),
        *sideless(casualties or [], sides),
        *beyond(casualties or [], fatalities),
    ):
        if member:
            found.setdefault(place, {}).setdefault(member, []).append(reason)
        else:
            found.setdefault(place, []).append(reason)
    if found:
        raise ValidationError({"casualties": found})


def repeated(casualties: Casualties) -> Iterator[Fault]:
    """Yield entries that say the same kind of harm of the same people as an earlier one."""
    seen: dict[tuple[str | None, ...], int] = {}
    for position, harm in enumerate(casualties):
        label = " ".join(normalize("NFKC", harm["label"] or "").casefold().split())
        known = (harm["kind"], harm["actor_id"], label, harm["side"])
        first = seen.setdefault(known, position)
        if first != position:
            sentence = f"Entry {first} says already how many of them were {harm['kind']}."
            yield position, "kind", Reason(sentence, "repeated")


def sideless(casualties: Casualties, sides: set[str]) -> Iterator[Fault]:
    """Yield entries of a side that no participant is on."""
    known = f"they are on: {some(sorted(sides), ', ')}" if sides else "none has a side"
    for position, harm in enumerate(casualties):
        if harm["side"] is not None and harm["side"] not in sides:
            sentence = f"No participant is on the side “{harm['side']}”; {known}."
            yield position, "side", Reason(sentence, "unknown")


def beyond(casualties: Casualties, fatalities: Mapping[str, Any] | None) -> Iterator[Fault]:
    """Yield what is certainly more than the deaths in all: an entry, or all sides together.

    Only sides are added up: nobody is on two of them, while actors and labels may overlap. What
    is not known contradicts nothing.
    """
    most = first_of(fatalities or {}, "high", "best")
    if most is None:
        return
    deaths = (fatalities or {})[most]
    limit = f"fatalities are {deaths} at most"
    by_side: dict[str, int] = {}
    for position, harm in enumerate(casualties):
        least = first_of(harm, "low", "best") if harm["kind"] == "killed" else None
        if least is None:
            continue
        if harm["side"] is not None:
            by_side[harm["side"]] = harm[least]
        if harm[least] > deaths:
            sentence = f"At least {harm[least]} were killed here, but {limit}."
            yield position, least, Reason(sentence, "contradiction")
    together = sum(by_side.values())
    if together > deaths >= max(by_side.values(), default=0):
        listed = some([f"{number} of “{side}”" for side, number in by_side.items()], " + ")
        sentence = f"At least {listed} = {together} were killed, but {limit}."
        yield "_schema", None, Reason(sentence, "contradiction")


def some(words: list[str], between: str) -> str:
    """Join words, or the first of them and how many others there are."""
    others = len(words) - SIDES_NAMED
    rest = [f"{others} more"] if others > 0 else []
    return between.join([*words[:SIDES_NAMED], *rest])


def first_of(numbers: Mapping[str, Any], *names: str) -> str | None:
    """Name the first of some members that is known."""
    return next((name for name in names if numbers.get(name) is not None), None)
