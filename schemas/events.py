"""Events: who did what to whom, where and when."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.attestation import AttestationSchema
from schemas.dated import Certain, Dated
from schemas.fields.dates import Edtf, bounds, not_yet
from schemas.fields.ids import Reference
from schemas.fields.parameters import CommaSeparated, Scheme, countries, ids, one_of, sorts, texts
from schemas.fields.values import Composed, Integer, List, Nested, Reason, Text, Verbatim
from schemas.fields.words import Country, Word
from schemas.harm import CasualtiesSchema
from schemas.harm import check as check_casualties
from schemas.lists import Filter, expansions, members_of
from schemas.located import Located
from schemas.ranges import RangeSchema
from schemas.record import RecordSchema, Strict
from schemas.searched import BestFirst, Searched
from schemas.vocabularies import own, plover


class ParticipantSizeSchema(RangeSchema):
    """How many took part, in numbers or in the words used."""

    text = Text("The words used.", "hundreds")


class CodeSchema(Strict):
    """A code of the event in another ontology."""

    scheme = Composed("The ontology.", "cameo", required=True, longest=64)
    code = Composed("Its code, as a text: `010` is not `10`.", "191", required=True, longest=64)
    label = Text("The meaning of the code there.", "Impose blockade, restrict movement")


class EventPlaceSchema(Strict):
    """Another place of an event."""

    location_id = Reference("locations", "The place.", required=True)
    role = Text("Its role in the event.", "origin")


class ParticipantSchema(Strict):
    """Who took part in an event, as what."""

    actor_id = Reference("actors", "The actor, if recorded as one.")
    label = Text(
        "The participant in the words used, where no actor is recorded.", "some former troops"
    )
    role = Word("The role.", "initiator", known=own.PARTICIPANT_ROLES, required=True)
    side = Composed("The side, where there are sides: a short code.", "a", longest=64)
    size = Nested(ParticipantSizeSchema, "Number of people that it represents.")
    certainty = Word("How certain that is.", "probable", known=own.CERTAINTIES)
    note = Text("The coder's note.", "The report names them once.", longest=20_000)

    @validates_schema
    def somebody(self, participant: dict[str, Any], **_: Any) -> None:
        """Refuse a participant that is nobody."""
        if participant.get("actor_id") is None and participant.get("label") is None:
            raise ValidationError([Reason("A participant has an actor_id or a label.", "required")])


def noted(participant: dict[str, Any]) -> dict[str, Any]:
    """Put a certainty that was written in the coder's own words into the note."""
    words = participant.get("certainty")
    if words is None or words in own.CERTAINTIES:
        return participant
    notes = [note for note in (participant.get("note"), words) if note]
    return {**participant, "certainty": None, "note": "\n".join(notes)}


class RelationSchema(Strict):
    """A relation of an event to another."""

    event_id = Reference("events", "The other event.", required=True)
    relation = Word(
        "The relation to the other event.", "follows", known=own.EVENT_RELATIONS, required=True
    )


class MentionSchema(Strict):
    """A document that reports an event in its own voice."""

    document_id = Reference("documents", "The document.", required=True)
    quote = Verbatim("Its words.", "laid siege to", longest=20_000)
    start = Integer("Start of the quote in the document's text, in code points.", 14)
    end = Integer("End of the quote in the document's text, in code points (exclusive).", 27)
    hedge = Text("The hedge, in the words used.", "reportedly")


class VerificationSchema(Strict):
    """A curator's judgement of whether an event took place."""

    level = Word("The judgement.", "confirmed", known=own.VERIFICATION_LEVELS, required=True)
    note = Text("Why it was judged so.", "Seen on satellite images.", longest=20_000)
    document_id = Reference("documents", "The document it rests on.")


class EventSchema(RecordSchema):
    """An event: something that happened, is said to have happened, or might happen."""

    example_ref = "@siege"

    further = {
        **RecordSchema.further,
        "country": Country("The country of its location, that of what this lies in included."),
    }

    beside = frozenset({"attestation"})

    title = Text("What happened, in one line.", "Siege of the Panjshir Valley")
    description = Text("A note.", "Surrounded on three sides.", longest=20_000)
    type = Word(
        "The type of event (PLOVER), or `control`: a state in which its initiators hold its place.",
        "coerce",
        known=plover.EVENT_TYPES,
        required=True,
    )
    mode = Word("The mode within the type (PLOVER).", "restrict")
    contexts = List(
        Word("A context.", "military", known=plover.CONTEXTS, nullable=False),
        "The contexts (PLOVER).",
    )
    codes = List(Nested(CodeSchema, "One code."), "Its codes in other ontologies.")
    modality = Word(
        "Whether it happened, was planned, or is only supposed.",
        "actual",
        known=own.MODALITIES,
        nullable=False,
        load_default="actual",
    )
    date = Edtf("When it happened (EDTF).", "2021-08-22/2021-08-23")
    starts_on = Text(
        "The earliest day it can have begun; null is open or unknown.",
        "2021-08-22",
        dump_only=True,
        metadata={"format": "date"},
    )
    ends_on = Text(
        "The latest day it can have ended; null is open or unknown.",
        "2021-08-23",
        dump_only=True,
        metadata={"format": "date"},
    )
    date_precision = Word("How precise the date is.", "interval", dump_only=True)
    date_text = Text("When, in the words used.", "last week")
    date_anchor = Edtf("The day that these words start from (EDTF).", "2021-08-23")
    location_id = Reference("locations", "The location.")
    location_precision = Word(
        "How precisely the location is known.", "near", known=own.LOCATION_PRECISIONS
    )
    location_text = Text("The location, in the words used.", "the valley north of Kabul")
    other_locations = List(Nested(EventPlaceSchema, "One place."), "Other places of it.")
    participants = List(Nested(ParticipantSchema, "One participant."), "The participants.")
    fatalities = Nested(RangeSchema, "Number of people killed; null is *not known*, never none.")
    casualties = List(
        Nested(CasualtiesSchema, "One entry."),
        "People harmed, by kind of harm and by who they were; entries may overlap. The total "
        "number of deaths is `fatalities`.",
    )
    part_of_id = Reference("events", "The larger event that it is part of.")
    related = List(Nested(RelationSchema, "One relation."), "Its relations to other events.")
    mentions = List(
        Nested(MentionSchema, "One mention."),
        "Documents that report it in their own voice: themselves, not attributed to a speaker.",
    )
    verification = Nested(VerificationSchema, "A curator's judgement, or null.")
    attestation = Nested(
        AttestationSchema, "How well it is attested.", dump_only=True, nullable=False
    )

    @validates_schema(skip_on_field_errors=False)
    def mode_of_type(self, event: dict[str, Any], **_: Any) -> None:
        """Refuse a mode that PLOVER does not know for the type."""
        kind, mode = event.get("type"), event.get("mode")
        known = plover.MODES.get(kind or "", ())
        if kind and mode and mode not in known:
            sentence = f"The modes of {kind} are: {', '.join(known) or 'none'}."
            raise ValidationError({"mode": [Reason(sentence, "unknown")]})

    @validates_schema
    def has_been(self, event: dict[str, Any], **_: Any) -> None:
        """Refuse what is said to have happened and lies in the future."""
        if event["modality"] == "actual" and (reason := not_yet(event["date"])):
            raise ValidationError({"date": [reason]})

    @validates_schema
    def harmed(self, event: dict[str, Any], **_: Any) -> None:
        """Refuse casualties that contradict each other, the participants or the fatalities."""
        check_casualties(event["casualties"], event["participants"], event["fatalities"])

    @post_load
    def derive_bounds(self, event: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which it happened."""
        return event | bounds(event["date"])

    def renewed(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Give a stored event the form of this version: a certainty without a code is a note."""
        found = super().renewed(record)
        if found["participants"]:
            found["participants"] = [*map(noted, found["participants"])]
        return found

    def writable(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Leave what a client may set of an event, as this version has it."""
        return super().writable(self.renewed(record))

    def passages(self, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield its mentions."""
        mentions = record.get("mentions")
        for position, mention in enumerate(mentions if isinstance(mentions, list) else ()):
            yield f"/mentions/{position}", mention


class EventFilter(Filter, Searched, Dated, Certain, Located):
    """Filters of events."""

    record = EventSchema

    type = one_of("The type of event (PLOVER), or `control`.", plover.EVENT_TYPES)
    mode = one_of("The mode within the type (PLOVER).", plover.ALL_MODES)
    code = CommaSeparated(
        Scheme("A code.", "cameo:191", nullable=False),
        "Events with this code of another ontology, `scheme:code`.",
        "cameo:191",
    )
    modality = one_of("Whether events happened, were planned, or are supposed.", own.MODALITIES)
    location = ids("locations", "Events at this location or anywhere inside it.")
    covers = ids(
        "locations",
        "Events at this location or at one that it lies in; with `type=control`, who is said to "
        "hold it.",
    )
    country = countries(
        "Events in this country; in a former one, those that may lie within its dates."
    )
    actor = ids("actors", "Events in which this actor takes part.")
    actor_role = one_of(
        "Events with a participant in this role; that of `actor`, if given.", own.PARTICIPANT_ROLES
    )
    side = texts("Events with a participant on this side; that of `actor`, if given.", "a")
    certainty = one_of(
        "Events with a participant of this certainty; that of `actor`, if given.", own.CERTAINTIES
    )
    affiliated_with = ids(
        "actors",
        "Events with a participant who is this actor or belonged to it at the time (as member, "
        "leader, commander, spokesperson, official, founder or faction), or may have.",
    )
    status = one_of("How well it is attested.", own.STATUSES)
    disputed_on = one_of(
        "Events with contradictory claims on this aspect: two origins or documents give values "
        "that cannot both be true, or one denies what another asserts.",
        own.ASPECTS,
    )
    fatalities_min = Integer(
        "Minimum fatalities (best estimate, else lowest). Events without a count are excluded.",
        1,
        strict=False,
    )
    fatalities_max = Integer(
        "Maximum fatalities (best estimate, else highest). Events without a count are excluded.",
        10,
        strict=False,
    )
    casualty_kind = one_of(
        "Events with this kind of harm; `killed` also finds those with `fatalities`.",
        own.CASUALTY_KINDS,
    )
    casualties_min = Integer(
        "Minimum number of people harmed by one entry of the casualties, that of `casualty_kind` "
        "if given, or by `fatalities` (best estimate, else lowest). Unknown numbers are excluded.",
        1,
        strict=False,
    )
    document = ids(
        "documents", "Events reported by this document: in its own voice, or by a statement in it."
    )
    part_of = ids("events", "Events that are part of this event.")
    related = ids("events", "Events related to this event, in either direction.")


class EventQuery(EventFilter, BestFirst):
    """A list of events."""

    sort = sorts("starts_on", "ends_on", "fatalities", "created_at", "updated_at", best_first="`q`")
    members = members_of(EventSchema)
    expand = expansions(EventSchema)
