"""Effects of a write on other records: the special cases of each resource."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from api.http.errors import Overtaken, fault
from api.writing import quotes
from api.writing.draft import Checked, Held, Sent, Written
from models import documents
from models.database.connections import Connection
from models.derived import attestation, containment, sources
from schemas.fields.ids import is_id


class Effects:
    """A resource whose records change nothing but themselves."""

    locked_first = False
    """Whether its records must be read before it is known which events to lock."""

    def touches(self, connection: Connection, held: Sequence[Held]) -> set[str]:
        """List the events whose attestation a write of these records may change."""
        del connection, held
        return set()

    def derive(self, connection: Connection, checked: Checked) -> dict[str, str]:
        """Derive the columns that are stored beside the body; `derived` ends the JSON text."""
        del connection, checked
        return {"derived": "}"}

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """Derive again what depends on the written records; list the events to count again."""
        del connection, written, now
        return set()


class EventEffects(Effects):
    """Events are stored with their attestation."""

    weighed = frozenset({"mentions", "modality", "verification"})
    """Members that their own attestation depends on."""

    def touches(self, connection: Connection, held: Sequence[Held]) -> set[str]:
        """List those whose weighed members may change."""
        del connection
        return {each.sent.id for each in held if self.may_weigh(each.sent)}

    def may_weigh(self, sent: Sent) -> bool:
        """Tell whether a write may change what the event's attestation depends on."""
        if sent.weight_may_change or not sent.partial:
            return True
        return not self.weighed.isdisjoint(sent.body)

    def derive(self, connection: Connection, checked: Checked) -> dict[str, str]:
        """Derive the attestation of a new event; that of another is counted again if need be."""
        if checked.held.stored:
            return {}
        mentioned = {mention["document_id"] for mention in checked.record["mentions"] or ()}
        return attestation.first(checked.record, documents.retracted(connection, mentioned))

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
    """Statements claim something of events."""

    locked_first = True

    def touches(self, connection: Connection, held: Sequence[Held]) -> set[str]:
        """List the events that statements claim something of, or will."""
        del connection
        return {
            event_id
            for each in held
            for record in (each.standing, each.sent.body)
            for event_id in claimed(record)
        }

    def derive(self, connection: Connection, checked: Checked) -> dict[str, str]:
        """Derive whether the quote was verified."""
        del connection
        return {"derived": quotes.verdict(checked.record["quote_verified"])}

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """List the events of which claims have changed."""
        del connection, now
        return {
            event_id
            for each in written
            if "claims" in each.parts or each.weight_changed
            for record in (each.checked.held.standing, each.checked.record)
            for event_id in claimed(record)
        }


class DocumentEffects(Effects):
    """Documents are quoted, and lend their weight to what is said in them."""

    def touches(self, connection: Connection, held: Sequence[Held]) -> set[str]:
        """List the events that rest on documents which are reweighed, or whose text may change."""
        weighed = [
            each.sent.id
            for each in held
            if not each.sent.generated and (each.sent.weight_may_change or self.retells(each.sent))
        ]
        return attestation.resting_on(connection, weighed) if weighed else set()

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """List the events that rest on what was reweighed."""
        del now
        weighed = [
            each.checked.sent.id for each in written if each.weight_changed or self.retold(each)
        ]
        return attestation.resting_on(connection, weighed) if weighed else set()

    def retells(self, sent: Sent) -> bool:
        """Tell whether a write may change the text, by which a document is known as a copy."""
        return not sent.partial or not {"text", "text_sha256"}.isdisjoint(sent.body)

    def retold(self, written: Written) -> bool:
        """Tell whether the text of a document has changed."""
        before, record = written.checked.held.standing, written.checked.record
        return bool(before) and before.get("text_sha256") != record["text_sha256"]


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


class LocationEffects(Effects):
    """Locations lie in each other, and events at them."""

    placed = ("parent_id", "country", "point", "geometry")
    """Members that what lies in a location depends on."""

    def settle(self, connection: Connection, written: Sequence[Written], now: datetime) -> set[str]:
        """Derive again what lies in what; a location that would lie in itself is a fault."""
        moved = {each.checked.sent.id: each for each in written if self.moves(each)}
        if not moved:
            return set()
        try:
            containment.settle(connection, moved, now)
        except containment.Circular as circular:
            pointer = moved[circular.id].checked.sent.pointer if circular.id in moved else ""
            detail = "The location would lie in itself."
            raise fault(f"{pointer}/parent_id", "circular", detail) from circular
        return set()

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


def touched(connection: Connection, held: Iterable[Held]) -> set[str]:
    """List the events whose attestation a write of records of any resource may change."""
    found: set[str] = set()
    for effects, group in grouped(held, lambda each: each.sent):
        found |= effects.touches(connection, group)
    return found


def settle(
    connection: Connection, written: Iterable[Written], events: set[str], now: datetime
) -> set[str]:
    """Derive again what depends on records that were written; list the events to count again.

    Raises Overtaken where one of those is not among the `events` that are locked.
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
        for event_id in claimed(each.record)
    }


def claimed(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the events that a statement claims something of, whatever its other faults."""
    claims = record.get("claims")
    for claim in claims if isinstance(claims, list) else ():
        event_id = claim.get("event_id") if isinstance(claim, Mapping) else None
        if isinstance(event_id, str) and is_id(event_id):
            yield event_id.lower()
