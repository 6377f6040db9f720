"""Statements: who said what, through whom, in which words, and what that claims."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.attestation import MakingSchema
from schemas.claims import ClaimSchema
from schemas.dated import Certain, Dated
from schemas.fields.dates import Edtf, bounds, not_yet
from schemas.fields.ids import ClaimedValue, Reference
from schemas.fields.parameters import CommaSeparated, ids, one_of, sorts
from schemas.fields.quotes import telling_words
from schemas.fields.values import Boolean, Integer, List, Nested, Reason, Text, Verbatim
from schemas.fields.words import Language, Word
from schemas.lists import Filter, expansions, members_of
from schemas.record import RecordSchema, Strict
from schemas.searched import BestFirst, Searched
from schemas.vocabularies import own


class CarrierSchema(Strict):
    """One step on the way from the speaker to the document."""

    actor_id = Reference("actors", "An actor that passed it on.")
    label = Text("The participant in the words used, where no actor is recorded.", "local press")
    medium = Word("The medium.", "telephone_interview", known=own.MEDIA)
    date = Edtf("When (EDTF).", "2021-08-22")

    @validates_schema
    def somebody(self, carrier: dict[str, Any], **_: Any) -> None:
        """Refuse a step that is nobody."""
        if carrier.get("actor_id") is None and carrier.get("label") is None:
            raise ValidationError([Reason("A step has an actor_id or a label.", "required")])


QUOTED = ("quote", "document_id")
"""Members that say which words of which text are quoted."""


class StatementSchema(RecordSchema):
    """A statement: who said what, where and when, and where it is reported."""

    example_ref = "@s23"

    beside = frozenset({"quote_verified", "attestation"})

    act = Word("The act performed by saying it.", "deny", known=own.ACTS, required=True)
    form = Word(
        "How the words are given; `narration` is the document's own voice.",
        "paraphrase",
        known=own.FORMS,
        required=True,
    )
    text = Text("The statement, in the coder's words.", "There is no siege.", longest=20_000)
    quote = Verbatim("The words, verbatim.", "no signs", longest=20_000)
    start = Integer(
        "Start of the quote in the document's text, in code points; found if left out.", 2714
    )
    end = Integer("End of the quote in the document's text, in code points (exclusive).", 2752)
    quote_verified = Boolean(
        "Whether the quote stands in the document's text at start-end; null where there is no "
        "text, or no quote.",
        example=True,
        dump_only=True,
        nullable=True,
    )
    language = Language("The language it was said in (BCP 47).", "fa")
    speaker_id = Reference("actors", "The speaker.")
    speaker_label = Text("The speaker in the words used, where nobody is named.", "a spokesman")
    speaker_role = Text("The role, in the words used.", "leader of the NRF")
    on_behalf_of_id = Reference("actors", "The actor on whose behalf it was said.")
    addressee_ids = List(
        Reference("actors", "An actor it was addressed to.", nullable=False),
        "The actors it was addressed to.",
    )
    medium = Word("How it was said.", "interview", known=own.MEDIA)
    chain = List(
        Nested(CarrierSchema, "One step."),
        "The actors it passed through, from the speaker outwards.",
    )
    document_id = Reference("documents", "The document that reports it.")
    date = Edtf("When it was said (EDTF).", "2021-08-22")
    starts_on = Text(
        "The earliest day it can have been said; null is open or unknown.",
        "2021-08-22",
        dump_only=True,
        metadata={"format": "date"},
    )
    ends_on = Text(
        "The latest day it can have been said; null is open or unknown.",
        "2021-08-22",
        dump_only=True,
        metadata={"format": "date"},
    )
    date_precision = Word("How precise the date is.", "day", dump_only=True)
    date_text = Text("When, in the words used.", "on Sunday")
    date_anchor = Edtf("The day that these words start from (EDTF).", "2021-08-23")
    location_id = Reference("locations", "Where it was said.")
    hedge = Text("The hedge, in the words used.", "reportedly")
    credibility = Integer(
        "How credible it is (Admiralty code, 1-6).",
        2,
        least=min(own.CREDIBILITIES),
        most=max(own.CREDIBILITIES),
    )
    responds_to_id = Reference("statements", "The statement that it answers.")
    condition = Text("The condition it depends on.", "if the Taliban refuse dialogue")
    claims = List(
        Nested(ClaimSchema, "One claim."), "Its claims on events and statements; `[]` is none."
    )
    attestation = Nested(
        MakingSchema,
        "How many origins say that it was made, or was not; derived from the claims about it.",
        dump_only=True,
    )

    @validates_schema(skip_on_field_errors=False)
    def offsets_in_order(self, statement: dict[str, Any], **_: Any) -> None:
        """Refuse offsets that hold no text."""
        start, end = statement.get("start"), statement.get("end")
        if start is not None and end is not None and start >= end:
            raise ValidationError({"end": [Reason("The end lies behind the start.", "order")]})

    @validates_schema
    def has_been(self, statement: dict[str, Any], **_: Any) -> None:
        """Refuse what is said to have been said and lies in the future."""
        if reason := not_yet(statement["date"]):
            raise ValidationError({"date": [reason]})

    @post_load
    def derive_bounds(self, statement: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which it was said, and the words by which it is known again."""
        return statement | bounds(statement["date"]) | {"words": telling_words(statement["quote"])}

    def passages(self, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the statement itself."""
        yield "", record

    def forget(self, record: dict[str, Any], sent: Any) -> dict[str, Any]:
        """Forget where the old quote stood when another one comes without saying where."""
        another = any(name in sent and sent[name] != record[name] for name in QUOTED)
        if another and not {"start", "end"} & sent.keys():
            return {**record, "start": None, "end": None}
        return record


class StatementFilter(Filter, Searched, Dated, Certain):
    """Filters of statements."""

    record = StatementSchema

    speaker = ids("actors", "Statements by this actor.")
    speaker_affiliated_with = ids(
        "actors",
        "Statements by this actor, or someone who belonged, or may have belonged, to it then.",
    )
    on_behalf_of = ids("actors", "Statements on behalf of this actor.")
    addressee = ids("actors", "Statements addressed to this actor.")
    act = one_of("The act performed by saying it.", own.ACTS)
    form = one_of("How the words are given.", own.FORMS)
    medium = one_of("How it was said.", own.MEDIA)
    carrier = ids("actors", "Statements passed on by this actor.")
    document = ids("documents", "Statements reported by this document.")
    event = ids("events", "Statements that claim something of this event.")
    statement = ids("statements", "Statements that claim that this statement was made, or was not.")
    responds_to = ids("statements", "Statements that answer this statement.")
    credibility = CommaSeparated(
        Integer(
            "A number.",
            2,
            least=min(own.CREDIBILITIES),
            most=max(own.CREDIBILITIES),
            strict=False,
            nullable=False,
        ),
        "Statements this credible (Admiralty code, 1-6).",
        2,
    )
    stance = one_of(
        "Statements with a claim of this stance; on `event` or `statement`, if given.", own.STANCES
    )
    aspect = one_of("Statements with a claim on this aspect; on `event`, if given.", own.ASPECTS)
    event_location = ids(
        "locations", "Statements with a claim on an event at this location or inside it."
    )
    about = ids(
        "actors",
        "Statements with a claim on an event in which this actor takes part, or a claim that "
        "names it as responsible or harmed.",
    )
    speaker_holds = Boolean(
        "Statements with a claim on an event whose place was reportedly held at that time by the "
        "speaker, by the actor it speaks for, or by one that either of them belonged to "
        "(`true`), or only by others (`false`). If no holder or no speaker is known, neither "
        "matches.",
        example=False,
        nullable=False,
    )
    location = ids("locations", "Statements made at this location or anywhere inside it.")
    value = CommaSeparated(
        ClaimedValue("A value.", "5", nullable=False),
        "Statements with a claim of this value: an id of an actor or a place, a number (or best "
        "one), a date, a text; on `event`, `stance` and `aspect`, if given.",
        "no surrender",
    )
    reliability = one_of(
        "Statements in documents whose source has this reliability (Admiralty code).",
        own.RELIABILITIES,
    )
    hedged = Boolean("Whether the statement is hedged.", example=True, nullable=False)
    quote_verified = Boolean(
        "Whether the quote was found in the document's text.", example=True, nullable=False
    )


class StatementQuery(StatementFilter, BestFirst):
    """A list of statements."""

    sort = sorts("starts_on", "created_at", "updated_at", best_first="`q`")
    members = members_of(StatementSchema)
    expand = expansions(StatementSchema)
