"""Effects of a write on other records: the special cases of each resource."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from api.http.errors import Overtaken, fault
from api.writing import reprints
from api.writing.draft import Checked, Current, Sent, Written
from models import locations, statements
from models.database.connections import Connection
from models.derived import attestation, containment, disputes, sources
from models.derived.voices import NOTHING, Attested, resting_on
from schemas.fields.ids import is_id


class Effects:
    """A resource whose records change no others."""

    locked_first = False
    """Whether its records must be read to know which events to lock."""

    def touches(self, connection: Connection, current: Sequence[Current]) -> Attested:
        """List the events and statements whose attestation this write may change."""
        del connection, current
        return NOTHING

    def derive(self, connection: Connection, checked: Checked) -> dict[str, Any]:
        """Derive the columns beside the body; `derived` ends the JSON text."""
        del connection, checked
        return {"derived": "}"}

    def derives_later(self, checked: Checked) -> bool:
        """Say whether derived members depend on other records of the same write."""
        del checked
        return False

    def claimed_events(self, checked: Checked) -> set[str]:
        """List the events that a record makes claims on, survivors in the place of merged ones."""
        del checked
        return set()

    def update_dependents(
        self, connection: Connection, written: Sequence[Written], now: datetime
    ) -> set[str]:
        """Derive again what depends on the written records; list what must be counted again."""
        del connection, written, now
        return set()


class EventEffects(Effects):
    """Events are stored with their attestation."""

    weighed = ("mentions", "modality", "verification")
    """Members that their own attestation depends on."""

    def touches(self, connection: Connection, current: Sequence[Current]) -> Attested:
        """List the events whose attestation may change with their own members."""
        del connection
        return Attested({each.sent.id for each in current if self.may_weigh(each.sent)}, set())

    def may_weigh(self, sent: Sent) -> bool:
        """Tell whether a write may change what the event's attestation depends on."""
        if sent.weight_may_change or not sent.partial:
            return True
        return any(name in sent.body for name in self.weighed)

    def derive(self, connection: Connection, checked: Checked) -> dict[str, Any]:
        """Derive the attestation of a new event; an existing one is counted again if needed."""
        if checked.current.stored:
            return {}
        return attestation.first(connection, checked.record)

    def update_dependents(
        self, connection: Connection, written: Sequence[Written], now: datetime
    ) -> set[str]:
        """List the existing events of which a weighed member has changed."""
        del connection, now
        return {
            each.checked.sent.id
            for each in written
            if each.checked.current.stored
            and (each.weight_changed or each.checked.differs_in(self.weighed))
        }


class StatementEffects(Effects):
    """Statements make claims on events, and on whether other statements were made."""

    locked_first = True

    def touches(self, connection: Connection, current: Sequence[Current]) -> Attested:
        """List what statements make claims on, before and after."""
        del connection
        records = [record for each in current for record in (each.before, each.sent.body)]
        return Attested(claimed(records, "event_id"), claimed(records, "statement_id"))

    def claimed_events(self, checked: Checked) -> set[str]:
        """List the events that a statement makes claims on."""
        return claimed([checked.record], "event_id")

    def derive(self, connection: Connection, checked: Checked) -> dict[str, Any]:
        """Derive whether the quote was verified; what others say of the statement stays."""
        del connection
        verified, before = checked.record["quote_verified"], checked.current.before
        counts = before.get("attestation")
        return {"derived": statements.derived(quote_verified=verified, attestation=counts)}

    def update_dependents(
        self, connection: Connection, written: Sequence[Written], now: datetime
    ) -> set[str]:
        """List what claims were changed on."""
        del connection, now
        records = [
            record
            for each in written
            if "claims" in each.parts or each.weight_changed or self.claims_changed(each)
            for record in (each.checked.current.before, each.checked.record)
        ]
        return claimed(records, "event_id") | claimed(records, "statement_id")

    def claims_changed(self, written: Written) -> bool:
        """Say whether claims differ from before; no table has the whole of a claim's value."""
        before = written.checked.current.before
        return bool(before) and before.get("claims") != written.checked.record["claims"]


class DocumentEffects(Effects):
    """Documents are quoted, give weight to statements in them, and are copies of others."""

    def touches(self, connection: Connection, current: Sequence[Current]) -> Attested:
        """List what rests on documents whose weight may change, or that may become copies."""
        sent = [each.sent for each in current]
        reweighed = {each.id for each in sent if each.weight_may_change and not each.generated}
        return resting(connection, reweighed | reprints.touched(connection, sent))

    def update_dependents(
        self, connection: Connection, written: Sequence[Written], now: datetime
    ) -> set[str]:
        """List what rests on documents whose weight changed, or that are copies of others now."""
        del now
        reweighed = {each.checked.sent.id for each in written if each.weight_changed}
        return resting(connection, reweighed | reprints.parted(connection, written)).all


def resting(connection: Connection, documents: set[str]) -> Attested:
    """List what rests on some documents, or nothing without a query."""
    return resting_on(connection, documents) if documents else NOTHING


class ActorEffects(Effects):
    """Actors publish documents, which have their reliability unless graded themselves."""

    def update_dependents(
        self, connection: Connection, written: Sequence[Written], now: datetime
    ) -> set[str]:
        """Derive the reliability of the documents that they have published again."""
        if graded := [each.checked.sent.id for each in written if self.regraded(each)]:
            sources.update(connection, graded, now)
        return set()

    def regraded(self, written: Written) -> bool:
        """Say whether the grade that documents take from the actor changed."""
        before, grade = written.checked.current.before, written.checked.record["reliability"]
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
        """Derive the country: its own, or else that of the location that it lies in."""
        del connection
        record, country = checked.record, checked.record["country"]
        if country is None and record["parent_id"] is not None:
            country = checked.current.before.get("derived_country")
        return {"derived": locations.derived(country)}

    def derives_later(self, checked: Checked) -> bool:
        """Say whether it takes its country from a location that it is moved into."""
        record = checked.record
        if record["country"] is not None or record["parent_id"] is None:
            return False
        return checked.differs_in(ABOVE)

    def update_dependents(
        self, connection: Connection, written: Sequence[Written], now: datetime
    ) -> set[str]:
        """Derive the hierarchy again; a location that would lie in itself is a fault."""
        moved = {
            each.checked.sent.id: each for each in written if each.checked.differs_in(self.placed)
        }
        if not moved:
            return set()
        try:
            elsewhere = containment.update(connection, moved, now)
        except containment.Circular as circular:
            pointer = moved[circular.id].checked.sent.pointer if circular.id in moved else ""
            detail = "The location would lie in itself."
            raise fault(f"{pointer}/parent_id", "circular", detail) from circular
        if elsewhere and any(each.checked.current.stored for each in moved.values()):
            self.dispute(connection, elsewhere, now)
        return set()

    def dispute(self, connection: Connection, places: Sequence[str], now: datetime) -> None:
        """Count the claims again on events that statements place at some locations.

        Whether two places contradict each other depends on what they lie in. They are locked, so
        that no other request can name them in a claim.
        """
        if events := disputes.claimed_at(connection, places):
            attestation.lock(connection, events)
            attestation.recount(connection, events, now)


NONE = Effects()

EFFECTS: Mapping[str, Effects] = {
    "actors": ActorEffects(),
    "documents": DocumentEffects(),
    "events": EventEffects(),
    "locations": LocationEffects(),
    "statements": StatementEffects(),
}
"""The resources whose records change others."""


def effects_of(sent: Sent) -> Effects:
    """Give the effects of a record's resource."""
    return EFFECTS.get(sent.table.name, NONE)


def touched(connection: Connection, current: Iterable[Current]) -> Attested:
    """List the events and statements whose attestation a write of any records may change."""
    found = Attested(set(), set())
    for effects, group in grouped(current, lambda each: each.sent):
        events, spoken_of = effects.touches(connection, group)
        found = Attested(found.events | events, found.statements | spoken_of)
    return found


def update_dependents(
    connection: Connection, written: Iterable[Written], locked: set[str], now: datetime
) -> set[str]:
    """Derive again what depends on the written records; list what must be counted again.

    Raises Overtaken where any of that is not among the `locked` events and statements.
    """
    recounted: set[str] = set()
    for effects, group in grouped(written, lambda each: each.checked.sent):
        recounted |= effects.update_dependents(connection, group, now)
    if not recounted <= locked:
        raise Overtaken
    return recounted


Each = TypeVar("Each")


def grouped(
    items: Iterable[Each], sent: Callable[[Each], Sent]
) -> Iterator[tuple[Effects, list[Each]]]:
    """Group items by resource."""
    in_order = sorted(items, key=lambda each: sent(each).table.name)
    for _, group in groupby(in_order, key=lambda each: sent(each).table.name):
        members = [*group]
        yield effects_of(sent(members[0])), members


def claimed(records: Iterable[Mapping[str, Any]], member: str) -> set[str]:
    """List the ids in a member of statements' claims, which may have other faults."""
    return {
        claim[member].lower()
        for record in records
        if isinstance(claims := record.get("claims"), list)
        for claim in claims
        if isinstance(claim, Mapping)
        and isinstance(claim.get(member), str)
        and is_id(claim[member])
    }
