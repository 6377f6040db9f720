"""Effects of a write on other records: the special cases of each resource."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from api.http.errors import Overtaken, fault
from api.writing import reprints
from api.writing.draft import Checked, Held, Sent, Written
from models import locations, statements
from models.database.connections import Connection
from models.derived import attestation, containment, disputes, sources
from models.derived.voices import NOTHING, Attested, resting_on
from schemas.fields.ids import is_id


class Effects:
    """A resource whose records change nothing but themselves."""

    locked_first = False
    """Whether its records must be read before it is known which events to lock."""

    def touches(self, connection: Connection, held: Sequence[Held]) -> Attested:
        """List the events and statements whose attestation a write of these may change."""
        del connection, held
        return NOTHING

    def derive(self, connection: Connection, checked: Checked) -> dict[str, Any]:
        """Derive the columns that are stored beside the body; `derived` ends the JSON text."""
        del connection, checked
        return {"derived": "}"}

    def derives_later(self, checked: Checked) -> bool:
        """Tell whether the end of the text may be known only when all that is written stands."""
        del checked
        return False

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """Derive again what depends on the written records; list what is to be counted again."""
        del connection, written, now
        return set()


class EventEffects(Effects):
    """Events are stored with their attestation."""

    weighed = frozenset({"mentions", "modality", "verification"})
    """Members that their own attestation depends on."""

    def touches(self, connection: Connection, held: Sequence[Held]) -> Attested:
        """List those whose weighed members may change."""
        del connection
        return Attested({each.sent.id for each in held if self.may_weigh(each.sent)}, set())

    def may_weigh(self, sent: Sent) -> bool:
        """Tell whether a write may change what the event's attestation depends on."""
        if sent.weight_may_change or not sent.partial:
            return True
        return not self.weighed.isdisjoint(sent.body)

    def derive(self, connection: Connection, checked: Checked) -> dict[str, Any]:
        """Derive the attestation of a new event; that of another is counted again if need be."""
        if checked.held.stored:
            return {}
        return attestation.first(connection, checked.record)

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """List the events that stood before, and of which a weighed member has changed."""
        del connection, now
        return {
            each.checked.sent.id
            for each in written
            if each.checked.held.stored and (each.weight_changed or self.weighs_anew(each))
        }

    def weighs_anew(self, written: Written) -> bool:
        """Tell whether a weighed member has changed."""
        before, record = written.checked.held.loaded, written.checked.record
        return before is None or any(before[name] != record[name] for name in self.weighed)


class StatementEffects(Effects):
    """Statements claim something of events, and of other statements that they were made, or not."""

    locked_first = True

    def touches(self, connection: Connection, held: Sequence[Held]) -> Attested:
        """List what statements claim something of, or will."""
        del connection
        told = [record for each in held for record in (each.standing, each.sent.body)]
        return Attested(claimed(told, "event_id"), claimed(told, "statement_id"))

    def derive(self, connection: Connection, checked: Checked) -> dict[str, Any]:
        """Derive whether the quote was verified; what others say of the statement stays."""
        del connection
        verified, standing = checked.record["quote_verified"], checked.held.standing
        counts = standing.get("attestation")
        return {"derived": statements.derived(quote_verified=verified, attestation=counts)}

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """List what claims have changed on."""
        del connection, now
        told = [
            record
            for each in written
            if "claims" in each.parts or each.weight_changed or self.claims_anew(each)
            for record in (each.checked.held.standing, each.checked.record)
        ]
        return claimed(told, "event_id") | claimed(told, "statement_id")

    def claims_anew(self, written: Written) -> bool:
        """Tell whether something else is claimed than before; no table has all of a value."""
        before = written.checked.held.standing
        return bool(before) and before.get("claims") != written.checked.record["claims"]


class DocumentEffects(Effects):
    """Documents are quoted, lend their weight to what is said in them, and are copies of others."""

    def touches(self, connection: Connection, held: Sequence[Held]) -> Attested:
        """List what rests on documents that are reweighed, or may become one with others."""
        sent = [each.sent for each in held]
        reweighed = {each.id for each in sent if each.weight_may_change and not each.generated}
        return resting(connection, reweighed | reprints.touched(connection, sent))

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """List what rests on documents that were reweighed, or are one with others than before."""
        del now
        reweighed = {each.checked.sent.id for each in written if each.weight_changed}
        return resting(connection, reweighed | reprints.parted(connection, written)).all


def resting(connection: Connection, documents: set[str]) -> Attested:
    """List what rests on some documents, if there are any."""
    return resting_on(connection, documents) if documents else NOTHING


class ActorEffects(Effects):
    """Actors publish documents, which are as reliable as they are unless graded themselves."""

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """Derive again how reliable the documents are that they have published."""
        if graded := [each.checked.sent.id for each in written if self.regraded(each)]:
            sources.settle(connection, graded, now)
        return set()

    def regraded(self, written: Written) -> bool:
        """Tell whether documents are to be as reliable as it is now, and it was not so before."""
        before, grade = written.checked.held.standing, written.checked.record["reliability"]
        if before.get("reliability") != grade:
            return True
        return grade is not None and written.weight_changed


ABOVE = ("parent_id", "country")
"""Members that the country of a location depends on."""


class LocationEffects(Effects):
    """Locations lie in each other, and events at them."""

    placed = ("parent_id", "country", "point", "uncertainty_km", "geometry")
    """Members that what lies in a location depends on."""

    def derive(self, connection: Connection, checked: Checked) -> dict[str, str]:
        """Derive the country, which is that of what it lies in unless it has one of its own."""
        del connection
        record, country = checked.record, checked.record["country"]
        if country is None and record["parent_id"] is not None:
            country = checked.held.standing.get("derived_country")
        return {"derived": locations.derived(country)}

    def derives_later(self, checked: Checked) -> bool:
        """Tell whether it has the country of a location that it comes to lie in."""
        record, before = checked.record, checked.held.loaded
        if record["country"] is not None or record["parent_id"] is None:
            return False
        return before is None or any(before[name] != record[name] for name in ABOVE)

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """Derive again what lies in what; a location that would lie in itself is a fault."""
        moved = {each.checked.sent.id: each for each in written if self.moves(each)}
        if not moved:
            return set()
        try:
            elsewhere = containment.settle(connection, moved, now)
        except containment.Circular as circular:
            pointer = moved[circular.id].checked.sent.pointer if circular.id in moved else ""
            detail = "The location would lie in itself."
            raise fault(f"{pointer}/parent_id", "circular", detail) from circular
        if elsewhere and any(each.checked.held.stored for each in moved.values()):
            self.dispute(connection, elsewhere, now)
        return set()

    def dispute(self, connection: Connection, places: Sequence[str], now: datetime) -> None:
        """Count the claims again on events that are said to have taken place at locations.

        Whether two of these can both be so depends on what they lie in. They are locked by now, so
        that nobody else can name them in a claim.
        """
        if events := disputes.claimed_at(connection, places):
            attestation.lock(connection, events)
            attestation.recount(connection, events, now)

    def moves(self, written: Written) -> bool:
        """Tell whether a location is new, or lies elsewhere than before."""
        before, record = written.checked.held.loaded, written.checked.record
        return before is None or any(before[name] != record[name] for name in self.placed)


NONE = Effects()

EFFECTS: Mapping[str, Effects] = {
    "actors": ActorEffects(),
    "documents": DocumentEffects(),
    "events": EventEffects(),
    "locations": LocationEffects(),
    "statements": StatementEffects(),
}
"""The resources whose records change more than themselves."""


def effects_of(sent: Sent) -> Effects:
    """Give the effects of a record's resource."""
    return EFFECTS.get(sent.table.name, NONE)


def touched(connection: Connection, held: Iterable[Held]) -> Attested:
    """List what the attestation of may change by a write of records of any resource."""
    found = Attested(set(), set())
    for effects, group in grouped(held, lambda each: each.sent):
        events, spoken_of = effects.touches(connection, group)
        found = Attested(found.events | events, found.statements | spoken_of)
    return found


def settle(
    connection: Connection, written: Iterable[Written], events: set[str], now: datetime
) -> set[str]:
    """Derive again what depends on records that were written; list what is to be counted again.

    Raises Overtaken where any of that is not among the `events` and statements that are locked.
    """
    found: set[str] = set()
    for effects, group in grouped(written, lambda each: each.checked.sent):
        found |= effects.settle(connection, group, now)
    if not found <= events:
        raise Overtaken
    return found


Each = TypeVar("Each")


def grouped(
    items: Iterable[Each], sent: Callable[[Each], Sent]
) -> Iterator[tuple[Effects, list[Each]]]:
    """Group items by resource."""
    in_order = sorted(items, key=lambda each: sent(each).table.name)
    for _, group in groupby(in_order, key=lambda each: sent(each).table.name):
        members = [*group]
        yield effects_of(sent(members[0])), members


def redirected(checked: Iterable[Checked]) -> set[str]:
    """List the events that statements claim something of, survivors in the place of merged ones."""
    return {
        event_id
        for each in checked
        if isinstance(effects_of(each.sent), StatementEffects)
        for event_id in claimed([each.record], "event_id")
    }


def claimed(records: Iterable[Mapping[str, Any]], member: str) -> set[str]:
    """List the ids that claims of statements have in a member, whatever their other faults."""
    return {
        claim[member].lower()
        for record in records
        if isinstance(claims := record.get("claims"), list)
        for claim in claims
        if isinstance(claim, Mapping)
        and isinstance(claim.get(member), str)
        and is_id(claim[member])
    }
