"""Statements: who said what, through whom, in which words, and what that claims of events."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.fields.dates import Edtf, bounds
from schemas.fields.ids import Finding, Reference
from schemas.fields.parameters import ids, one_of, sorts
from schemas.fields.quotes import words
from schemas.fields.values import Boolean, Integer, List, Nested, Reason, Text
from schemas.fields.words import Language, Word
from schemas.lists import Dated, Filter, Page, expansions, members_of
from schemas.record import RecordSchema, Strict
from schemas.vocabularies import own


class CarrierSchema(Strict):
    """One step on the way from the speaker to the document."""

    actor_id = Reference("actors", "Who carried it on.")
    label = Text("Who, in the words used, where no actor is recorded.", "local press")
    medium = Word("How.", "telephone_interview", known=own.MEDIA)
    date = Edtf("When (EDTF).", "2021-08-22")

    @validates_schema
    def somebody(self, carrier: dict[str, Any], **_: Any) -> None:
        """Refuse a step that is nobody."""
        if carrier.get("actor_id") is None and carrier.get("label") is None:
            raise ValidationError([Reason("A step has an actor_id or a label.", "required")])


class ClaimSchema(Strict):
    """What a statement says of one event."""

    event_id = Reference("events", "The event.", required=True)
    stance = Word("What it does to the claim.", "denies", known=own.STANCES, required=True)
    aspect = Word("What of the event it is about.", "occurrence", known=own.ASPECTS, required=True)
    value = Finding(
        "What is claimed of that aspect: an actor's id, a number, a date (EDTF), a text.",
        "three sides",
    )
    note = Text("What the coder noted.", "The words are weaker than a siege.", longest=20_000)

    @validates_schema(skip_on_field_errors=False)
    def known_value(self, claim: dict[str, Any], **_: Any) -> None:
        """Refuse a ref of who or where that names nothing."""
        value, to = claim.get("value"), Finding.targets.get(str(claim.get("aspect")))
        if to and isinstance(value, str) and value.startswith("@"):
            reason = Reason(f"{value[:80]} names none of the {to} sent along.", "ref")
            raise ValidationError({"value": [reason]})


QUOTED = ("quote", "document_id")
"""What says which words, and of which text."""


class StatementSchema(RecordSchema):
    """A statement: who said what, where and when, and where it is reported."""

    example_ref = "@s23"

    beside = frozenset({"quote_verified"})

    act = Word("What is done by saying so.", "deny", known=own.ACTS, required=True)
    form = Word(
        "How the words are given; `narration` is the document's own voice.",
        "paraphrase",
        known=own.FORMS,
        required=True,
    )
    text = Text("What was said, in the coder's words.", "There is no siege.", longest=20_000)
    quote = Text("The words as they stand in the document.", "no signs", longest=20_000)
    start = Integer("Where they start in its text, in code points; found where left out.", 2714)
    end = Integer("Where they end in its text, in code points, exclusive.", 2752)
    quote_verified = Boolean(
        "Whether the quote stands in the document's text at start-end; null where there is no "
        "text, or no quote.",
        example=True,
        dump_only=True,
        nullable=True,
    )
    language = Language("The language it was said in (BCP 47).", "fa")
    speaker_id = Reference("actors", "Who said it.")
    speaker_label = Text("Who said it, in the words used, where nobody is named.", "a spokesman")
    speaker_role = Text("As what, in the words used.", "leader of the NRF")
    on_behalf_of_id = Reference("actors", "On whose behalf.")
    addressee_ids = List(Reference("actors", "An addressee.", nullable=False), "To whom.")
    medium = Word("How it was said.", "interview", known=own.MEDIA)
    chain = List(
        Nested(CarrierSchema, "One step."), "Through whom it came, from the speaker outwards."
    )
    document_id = Reference("documents", "The document that reports it.")
    date = Edtf("When it was said (EDTF).", "2021-08-22")
    starts_on = Text(
        "The earliest day it can have been said.",
        "2021-08-22",
        dump_only=True,
        metadata={"format": "date"},
    )
    ends_on = Text(
        "The latest day it can have been said; null is open.",
        "2021-08-22",
        dump_only=True,
        metadata={"format": "date"},
    )
    date_precision = Word("How precise the date is.", "day", dump_only=True)
    date_text = Text("When, in the words used.", "on Sunday")
    location_id = Reference("locations", "Where it was said.")
    hedge = Text("The word that weakens it.", "reportedly")
    credibility = Integer("How credible it is (Admiralty code, 1-6).", 2, least=1, most=6)
    responds_to_id = Reference("statements", "The statement that it answers.")
    condition = Text("On what it depends.", "if the Taliban refuse dialogue")
    claims = List(Nested(ClaimSchema, "One claim."), "What it says of events; `[]` is nothing.")

    @validates_schema(skip_on_field_errors=False)
    def offsets_in_order(self, statement: dict[str, Any], **_: Any) -> None:
        """Refuse offsets that hold no text."""
        start, end = statement.get("start"), statement.get("end")
        if start is not None and end is not None and start >= end:
            raise ValidationError({"end": [Reason("The end lies behind the start.", "order")]})

    @post_load
    def derive_bounds(self, statement: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which it was said, and the form in which its words are told."""
        return statement | bounds(statement["date"]) | {"words": words(statement["quote"] or "")}

    def passages(self, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the statement itself."""
        yield "", record

    def forget(self, record: dict[str, Any], sent: Any) -> dict[str, Any]:
        """Forget where the old quote stood when another one comes without saying where."""
        another = any(name in sent and sent[name] != record[name] for name in QUOTED)
        if another and not {"start", "end"} & sent.keys():
            return {**record, "start": None, "end": None}
        return record


class StatementFilter(Filter, Dated):
    """What statements can be found by."""

    speaker = ids("actors", "Said by the actor.")
    speaker_affiliated_with = ids(
        "actors", "Said by someone who then belonged to the actor, or may have."
    )
    on_behalf_of = ids("actors", "Said on behalf of the actor.")
    addressee = ids("actors", "Said to the actor.")
    act = one_of("What is done by saying so.", own.ACTS)
    form = one_of("How the words are given.", own.FORMS)
    medium = one_of("How it was said.", own.MEDIA)
    carrier = ids("actors", "Carried on by the actor.")
    document = ids("documents", "Reported by the document.")
    event = ids("events", "Claiming something of the event.")
    stance = one_of("With a claim of the stance; one on `event`, if given.", own.STANCES)
    aspect = one_of("With a claim on the aspect; one on `event`, if given.", own.ASPECTS)
    event_location = ids("locations", "With a claim on an event at the location, or inside it.")
    location = ids("locations", "Said at the location, or anywhere inside it.")
    hedged = Boolean("Whether a word weakens it.", example=True, nullable=False)
    quote_verified = Boolean(
        "Whether its quote stands in the document's text.", example=True, nullable=False
    )


class StatementQuery(StatementFilter, Page):
    """A list of statements."""

    sort = sorts("starts_on", "created_at", "updated_at")
    members = members_of(StatementSchema)
    expand = expansions(StatementSchema)
