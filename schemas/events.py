"""Events: who did what to whom, where and when."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas import vocabularies
from schemas.fields import Edtf, Integer, List, Nested, Raw, Reason, Reference, Text, Word
from schemas.page import (
    CommaSeparated,
    Dated,
    Filter,
    Located,
    Page,
    Scheme,
    expansions,
    ids,
    members,
    one_of,
    sorts,
    texts,
)
from schemas.record import RecordSchema, Strict, bounds


class RangeSchema(Strict):
    """A number that is known within bounds; null is *not known*, never zero."""

    low = Integer("At least.", 3)
    best = Integer("The best estimate.", 5)
    high = Integer("At most.", 12)

    @validates_schema(skip_on_field_errors=False)
    def ordered(self, numbers: dict[str, Any], **_: Any) -> None:
        """Refuse bounds that contradict each other."""
        known = [(n, numbers[n]) for n in ("low", "best", "high") if numbers.get(n) is not None]
        for (_, smaller), (name, larger) in zip(known, known[1:], strict=False):
            if smaller > larger:
                reason = Reason("low, best and high must not decrease in this order.", "order")
                raise ValidationError({name: [reason]})


class SizeSchema(RangeSchema):
    """How many took part, in numbers or in the words used."""

    text = Text("The words used.", "hundreds")


class CodeSchema(Strict):
    """What another ontology calls the event."""

    scheme = Text("The ontology.", "cameo", required=True, longest=64)
    code = Text("Its code, as a text: `010` is not `10`.", "191", required=True, longest=64)
    label = Text("What the code means there.", "Impose blockade, restrict movement")


class EventPlaceSchema(Strict):
    """Another place of an event."""

    location_id = Reference("locations", "The place.", required=True)
    role = Text("What it is to the event.", "origin")


class ParticipantSchema(Strict):
    """Who took part in an event, as what."""

    actor_id = Reference("actors", "Who, if recorded as an actor.")
    label = Text("Who, in the words used, where no actor is recorded.", "some former troops")
    role = Word("As what.", "initiator", known=vocabularies.PARTICIPANT_ROLES, required=True)
    side = Text("On which side, where there are sides.", "a", longest=64)
    size = Nested(SizeSchema, "How many they were.")
    certainty = Text("How certain that is, in the coder's words.", "probable")

    @validates_schema
    def somebody(self, participant: dict[str, Any], **_: Any) -> None:
        """Refuse a participant that is nobody."""
        if participant.get("actor_id") is None and participant.get("label") is None:
            raise ValidationError([Reason("A participant has an actor_id or a label.", "required")])


class RelationSchema(Strict):
    """What an event is to another one."""

    event_id = Reference("events", "The other event.", required=True)
    relation = Word(
        "What this event is to it.", "follows", known=vocabularies.EVENT_RELATIONS, required=True
    )


class MentionSchema(Strict):
    """A document that reports an event in its own voice."""

    document_id = Reference("documents", "The document.", required=True)
    quote = Text("Its words.", "laid siege to", longest=20_000)
    start = Integer("Where they start in its text, in code points.", 14)
    end = Integer("Where they end in its text, in code points, exclusive.", 27)
    hedge = Text("The word that weakens it.", "reportedly")


class VerificationSchema(Strict):
    """A curator's judgement of whether an event took place."""

    level = Word(
        "The judgement.", "confirmed", known=vocabularies.VERIFICATION_LEVELS, required=True
    )
    note = Text("Why.", "Seen on satellite images.", longest=20_000)
    document_id = Reference("documents", "The document it rests on.")


class AttestationSchema(Strict):
    """How well an event is attested; derived from the claims on it, never typed in."""

    status = Word(
        "The first status that fits.", "disputed", known=vocabularies.STATUSES, nullable=False
    )
    asserted_by = Integer("How many origins assert that it occurred.", 1, nullable=False)
    denied_by = Integer("How many origins deny that it occurred.", 1, nullable=False)
    questioned_by = Integer("How many origins question that it occurred.", 0, nullable=False)
    origins = Integer("How many origins claim anything of its occurrence.", 2, nullable=False)
    documents = Integer("How many documents report it in their own voice.", 1, nullable=False)
    rule = Text(
        "Why this status fits.", "1 origin asserts and 1 denies that it occurred.", nullable=False
    )


class EventSchema(RecordSchema):
    """An event: something that happened, is said to have happened, or might happen."""

    beside = frozenset({"attestation"})

    title = Text("What happened, in one line.", "Siege of the Panjshir Valley")
    description = Text(
        "What else is to be said of it.", "Surrounded on three sides.", longest=20_000
    )
    type = Word("The category (PLOVER).", "coerce", known=vocabularies.EVENT_TYPES, required=True)
    mode = Word("The mode within the category (PLOVER).", "restrict")
    contexts = List(
        Word("A context.", "military", known=vocabularies.CONTEXTS, nullable=False),
        "What it was about (PLOVER).",
    )
    codes = List(Nested(CodeSchema, "One code."), "What other ontologies call it.")
    modality = Word(
        "Whether it is something that happened, was planned, or is only thought of.",
        "actual",
        known=vocabularies.MODALITIES,
        nullable=False,
        load_default="actual",
    )
    date = Edtf("When it happened (EDTF).", "2021-08-22/2021-08-23")
    starts_on = Text(
        "The earliest day it can have begun.",
        "2021-08-22",
        dump_only=True,
        metadata={"format": "date"},
    )
    ends_on = Text(
        "The latest day it can have ended; null is open.",
        "2021-08-23",
        dump_only=True,
        metadata={"format": "date"},
    )
    date_precision = Word("How precise the date is.", "interval", dump_only=True)
    date_text = Text("When, in the words used.", "last week")
    location_id = Reference("locations", "Where.")
    location_precision = Word(
        "How precisely that is known.", "near", known=vocabularies.LOCATION_PRECISIONS
    )
    location_text = Text("Where, in the words used.", "the valley north of Kabul")
    other_locations = List(Nested(EventPlaceSchema, "One place."), "Other places of it.")
    participants = List(Nested(ParticipantSchema, "One participant."), "Who took part.")
    fatalities = Nested(RangeSchema, "How many were killed; null is *not known*, never none.")
    part_of_id = Reference("events", "The larger event that it is part of.")
    related = List(Nested(RelationSchema, "One relation."), "What it is to other events.")
    mentions = List(
        Nested(MentionSchema, "One mention."), "Documents that report it in their own voice."
    )
    verification = Nested(VerificationSchema, "A curator's judgement, or null.")
    attestation = Nested(
        AttestationSchema, "How well it is attested.", dump_only=True, nullable=False
    )

    @validates_schema(skip_on_field_errors=False)
    def mode_of_type(self, event: dict[str, Any], **_: Any) -> None:
        """Refuse a mode that PLOVER does not know for the type."""
        kind, mode = event.get("type"), event.get("mode")
        known = vocabularies.MODES.get(kind or "", ())
        if kind and mode and mode not in known:
            sentence = f"The modes of {kind} are: {', '.join(known) or 'none'}."
            raise ValidationError({"mode": [Reason(sentence, "unknown")]})

    @post_load
    def derive_bounds(self, event: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which it happened."""
        return event | bounds(event["date"])

    def passages(self, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield its mentions."""
        for position, mention in enumerate(record["mentions"] or ()):
            yield f"/mentions/{position}", mention


class EventFilter(Filter, Dated, Located):
    """What events can be found by."""

    datetime_match = Word(
        "`possible`: the days it may have happened on overlap `datetime`; `certain`: all of them "
        "lie within.",
        "certain",
        known=("possible", "certain"),
        nullable=False,
        load_default="possible",
    )
    type = one_of("The category (PLOVER).", vocabularies.EVENT_TYPES)
    mode = texts("The mode within the category (PLOVER).", "restrict")
    code = CommaSeparated(
        Scheme("A code.", "cameo:191", nullable=False),
        "Coded elsewhere as `scheme:code`.",
        "cameo:191",
    )
    modality = one_of(
        "Whether it happened, was planned, or is thought of.", vocabularies.MODALITIES
    )
    location = ids("locations", "At the location, or anywhere inside it.")
    country = one_of("In the country.", vocabularies.COUNTRIES)
    actor = ids("actors", "With the actor as a participant.")
    actor_role = one_of(
        "With a participant in the role; that of `actor`, if given.", vocabularies.PARTICIPANT_ROLES
    )
    affiliated_with = ids(
        "actors", "With a participant who then belonged to the actor, or is not known not to have."
    )
    status = one_of("How well it is attested.", vocabularies.STATUSES)
    fatalities_min = Integer(
        "Killing at least so many, by the best estimate, or else the lowest; not known is not "
        "found.",
        1,
        strict=False,
    )
    fatalities_max = Integer(
        "Killing at most so many, by the best estimate, or else the highest; not known is not "
        "found.",
        10,
        strict=False,
    )
    document = ids(
        "documents", "Reported by the document: in its own voice, or by a statement in it."
    )
    part_of = ids("events", "Part of the event.")

    @post_load
    def match(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the choice of how to match into the condition that it asks for."""
        if query.pop("datetime_match") == "certain" and "datetime" in query:
            query["datetime_certainly"] = query.pop("datetime")
        return query


class EventQuery(EventFilter, Page):
    """A list of events."""

    sort = sorts("starts_on", "ends_on", "fatalities", "created_at", "updated_at")
    only = members(EventSchema)
    expand = expansions(EventSchema)


class EvidenceSchema(Strict):
    """One statement behind a number: what it says, and of what."""

    statement_id = Text("The statement.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    document_id = Text("The document it stands in.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    external_ids = Raw("Ids that the statement has elsewhere.", {"seed": "S23"}, nullable=False)
    speaker = Text("Who says so.", "Ahmad Massoud")
    act = Text("What kind of statement it is.", "deny", nullable=False)
    form = Text("How it is given.", "paraphrase", nullable=False)
    text = Text("What was said, in the coder's words.", "There is no siege.")
    quote = Text("What was said, verbatim.", "no signs")
    hedge = Text("The word that weakens it.", "reportedly")
    stance = Text("What it does to the claim.", "denies", nullable=False)
    aspect = Text("What of the event it is about.", "occurrence", nullable=False)
    value = Raw("What is claimed of that aspect.", "three sides")
    value_name = Text(
        "What the actor or place is called whose id the value is.", "local militia groups"
    )
    note = Text("What the coder noted.", "Degree only.")


class OriginsSchema(Strict):
    """One origin and the statements that it is behind."""

    origin = Text(
        "Who it is: an actor's name, or an unnamed speaker's label.", "Taliban", nullable=False
    )
    actor_id = Text(
        "The actor's id; null for an unnamed speaker.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
    )
    statements = List(Nested(EvidenceSchema, "One statement."), "What it says.", nullable=False)


class VoiceSchema(Strict):
    """A document that reports the event in its own voice."""

    document_id = Text("The document.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    title = Text("Its headline.", "Siege of Panjshir")
    mentions = Integer("How many mentions the event lists of it.", 1, nullable=False)
    statements = List(Nested(EvidenceSchema, "One narration."), "What it narrates.", nullable=False)


class AspectsSchema(Strict):
    """What is claimed of the event besides its occurrence, side by side."""

    aspect = Text("The aspect.", "responsibility", nullable=False)
    claims = List(Nested(EvidenceSchema, "One claim."), "Who says what of it.", nullable=False)


class ExplanationSchema(AttestationSchema):
    """An event's attestation, with the statements and mentions behind each number."""

    event_id = Text("The event.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    asserting = List(
        Nested(OriginsSchema, "One origin."), "Who asserts that it occurred.", nullable=False
    )
    denying = List(
        Nested(OriginsSchema, "One origin."), "Who denies that it occurred.", nullable=False
    )
    questioning = List(
        Nested(OriginsSchema, "One origin."), "Who questions that it occurred.", nullable=False
    )
    projecting = List(
        Nested(OriginsSchema, "One origin."),
        "Who speaks of it as possible or to come.",
        nullable=False,
    )
    own_voice = List(
        Nested(VoiceSchema, "One document."),
        "Documents that report it in their own voice.",
        nullable=False,
    )
    aspects = List(
        Nested(AspectsSchema, "One aspect."), "What else is claimed of it.", nullable=False
    )
