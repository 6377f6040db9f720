"""Attestation: how well an event is attested, and what stands behind that."""

from schemas.fields.values import Integer, List, Nested, Raw, Text
from schemas.fields.words import Word
from schemas.record import Strict
from schemas.vocabularies import own


class AttestationSchema(Strict):
    """How well an event is attested; derived from the claims on it, never typed in."""

    status = Word("The first status that fits.", "disputed", known=own.STATUSES, nullable=False)
    asserted_by = Integer("Number of origins that assert it occurred.", 1, nullable=False)
    denied_by = Integer("Number of origins that deny it occurred.", 1, nullable=False)
    questioned_by = Integer(
        "Number of origins that question whether it occurred.", 0, nullable=False
    )
    origins = Integer("Number of origins that claim anything of its occurrence.", 2, nullable=False)
    documents = Integer("Number of documents that report it in their own voice.", 1, nullable=False)
    rule = Text(
        "The rule that led to this status.",
        "Asserted by 1 origin, denied by 1 origin.",
        nullable=False,
    )


class EvidenceSchema(Strict):
    """One statement behind a number: what it says, and of what."""

    statement_id = Text("The statement.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    document_id = Text("The document it stands in.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    external_ids = Raw("The statement's ids in other systems.", {"seed": "S23"}, nullable=False)
    speaker_id = Text("Who says so, by id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    speaker = Text("Who says so, by name or label.", "Ahmad Massoud")
    act = Text("The form of the statement.", "deny", nullable=False)
    form = Text("How it is given.", "paraphrase", nullable=False)
    text = Text("The statement, in the coder's words.", "There is no siege.")
    quote = Text("The quote, verbatim.", "no signs")
    hedge = Text("The hedge, in the words used.", "reportedly")
    stance = Text("The stance of the statement.", "denies", nullable=False)
    aspect = Text("The aspect of the event.", "occurrence", nullable=False)
    value = Raw("The value claimed.", "three sides")
    value_name = Text(
        "The name of the actor or location whose id the value is.", "local militia groups"
    )
    note = Text("The coder's note.", "Degree only.")


class OriginSchema(Strict):
    """One origin and the statements that it is behind."""

    origin = Text(
        "Who it is: an actor's name, or an unnamed speaker's label.", "Taliban", nullable=False
    )
    actor_id = Text(
        "The actor's id; null for an unnamed speaker.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
    )
    statements = List(Nested(EvidenceSchema, "One statement."), "Its text.", nullable=False)


class OwnVoiceSchema(Strict):
    """A document that reports the event in its own voice."""

    document_id = Text("The document.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    title = Text("Its headline.", "Siege of Panjshir")
    mentions = Integer("Number of mentions of it in the event.", 1, nullable=False)
    statements = List(
        Nested(EvidenceSchema, "One narration."),
        "The statements it narrates in its own voice.",
        nullable=False,
    )


class AspectClaimsSchema(Strict):
    """Claims on one aspect of the event besides its occurrence, side by side."""

    aspect = Text("The aspect.", "responsibility", nullable=False)
    claims = List(
        Nested(EvidenceSchema, "One claim."), "The claims and mentions behind it.", nullable=False
    )


class RetractedSourceSchema(Strict):
    """A retracted document or statement: what it says of the event has no weight."""

    resource = Word(
        "A document or a statement.", "documents", known=("documents", "statements"), nullable=False
    )
    id = Text("Its id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    title = Text("A document's headline.", "Siege of Panjshir")
    reason = Text("Why it was retracted.", "The photos were taken in 2019.", nullable=False)
    mentions = Integer("Number of mentions of it in the event.", 1, nullable=False)
    statements = List(
        Nested(EvidenceSchema, "One claim."),
        "What the document or the statement says.",
        nullable=False,
    )


class BestReliabilitySchema(Strict):
    """How reliable the best source is on each side (Admiralty code); it moves no status."""

    asserting = Word(
        "The best grade among documents that report it or have statements that assert it.",
        "B",
        known=own.RELIABILITIES,
    )
    denying = Word(
        "The best grade among documents with statements that deny it.",
        "C",
        known=own.RELIABILITIES,
    )


class ExplanationSchema(AttestationSchema):
    """An event's attestation, with the statements and mentions behind each number."""

    event_id = Text("The event.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    title = Text("Its name.", "Siege of the Panjshir Valley")
    asserting = List(
        Nested(OriginSchema, "One origin."), "Who asserts that it occurred.", nullable=False
    )
    denying = List(
        Nested(OriginSchema, "One origin."), "Who denies that it occurred.", nullable=False
    )
    questioning = List(
        Nested(OriginSchema, "One origin."), "Who questions that it occurred.", nullable=False
    )
    projecting = List(
        Nested(OriginSchema, "One origin."),
        "Who speaks of it as possible or to come.",
        nullable=False,
    )
    best_reliability = Nested(
        BestReliabilitySchema,
        "How reliable the best source is on each side; null where none is graded, F where none "
        "can be judged.",
        nullable=False,
    )
    own_voice = List(
        Nested(OwnVoiceSchema, "One document."),
        "Documents that report it in their own voice.",
        nullable=False,
    )
    aspects = List(
        Nested(AspectClaimsSchema, "One aspect."), "Claims on its other aspects.", nullable=False
    )
    retracted = List(
        Nested(RetractedSourceSchema, "One document or statement."),
        "Retracted statements and documents, which are not counted above.",
        nullable=False,
    )
