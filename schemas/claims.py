"""Claims: what a statement says of an event, or of another statement."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from schemas.fields.dates import Edtf
from schemas.fields.ids import Finding, Reference, example_id
from schemas.fields.values import Field, Integer, Nested, Reason, Text
from schemas.fields.words import Word
from schemas.harm import HarmSchema
from schemas.ranges import RangeSchema
from schemas.record import Strict
from schemas.vocabularies import own

ABOUT_STATEMENTS = {
    "aspect": (
        ("occurrence",),
        "All that is claimed of a statement is that it was made or not: its occurrence.",
    ),
    "stance": (
        ("asserts", "denies", "questions"),
        "A claim about a statement asserts, denies or questions that it was made.",
    ),
}
"""Values of a claim about a statement that fit, and a sentence for all others."""


class ClaimSchema(Strict):
    """A claim of a statement on one event, or about another statement: that it was made, or not."""

    event_id = Reference("events", "The event; null for a claim about a statement.")
    statement_id = Reference(
        "statements",
        "The statement, where the claim is that it was made, or was not: then the aspect is "
        "`occurrence`, and there is no event.",
        example_id("statements", 2),
    )
    stance = Word("The stance of the statement.", "denies", known=own.STANCES, required=True)
    aspect = Word("The aspect of the event.", "occurrence", known=own.ASPECTS, required=True)
    value = Finding(
        "What is claimed of the aspect: an actor's id (responsibility), a location's (location), "
        "a number or `{low, best, high}` (fatalities), `{kind, low, best, high}` with one of "
        "`actor_id`, `label` and `side` or none (casualties), a date in EDTF (date), or a text "
        "(intent, degree); nothing of occurrence.",
        "three sides",
    )
    note = Text("The coder's note.", "The words are weaker than a siege.", longest=20_000)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def one_subject(self, claim: dict[str, Any], sent: Any, **_: Any) -> None:
        """Refuse a claim on nothing, on two things, or on more of a statement than its making."""
        named = [
            name
            for name in ("event_id", "statement_id")
            if isinstance(sent, Mapping) and sent.get(name) is not None
        ]
        if not named:
            reason = Reason("A claim has an event_id or a statement_id.", "required")
            raise ValidationError({"event_id": [reason]})
        if len(named) > 1:
            reason = Reason("A claim has an event_id or a statement_id, not both.", "subject")
            raise ValidationError({"statement_id": [reason]})
        if named == ["statement_id"]:
            found = {
                name: [Reason(sentence, "subject")]
                for name, (fits, sentence) in ABOUT_STATEMENTS.items()
                if name in claim and claim[name] not in fits
            }
            if found:
                raise ValidationError(found)

    @validates_schema(skip_on_field_errors=False)
    def known_value(self, claim: dict[str, Any], **_: Any) -> None:
        """Refuse a ref of who or where that names nothing."""
        value, to = claim.get("value"), Finding.targets.get(str(claim.get("aspect")))
        if to and isinstance(value, str) and value.startswith("@"):
            reason = Reason(f"{value[:80]} names none of the {to} sent along.", "ref")
            raise ValidationError({"value": [reason]})

    @post_load
    def typed(self, claim: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Read the value as its aspect has it; another one is a fault."""
        field = VALUES[claim["aspect"]]
        if claim["value"] is None:
            return claim
        if field is None:
            reason = Reason(f"Nothing more is claimed of the {claim['aspect']}.", "value")
            raise ValidationError({"value": [reason]})
        try:
            return {**claim, "value": field.deserialize(claim["value"])}
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error


class Count(Field, fields.Field[Any]):
    """A number, or bounds of one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        if isinstance(value, dict):
            return Nested(RangeSchema, "Bounds.", nullable=True).deserialize(value)
        return Integer("A number.").deserialize(value)


VALUES: dict[str, fields.Field[Any] | None] = {
    "occurrence": None,
    "responsibility": Reference("actors", "The actor."),
    "location": Reference("locations", "The place."),
    "fatalities": Count("A number, or low, best and high."),
    "casualties": Nested(HarmSchema, "How many were harmed, in which way, and who."),
    "date": Edtf("A date (EDTF)."),
    "intent": Text("In words."),
    "degree": Text("In words."),
}
"""The value that a claim on each aspect may have."""
