"""Attestation: how well an event is attested, and what stands behind that."""

from schemas.fields.ids import Id, example_id
from schemas.fields.values import Boolean, Integer, List, Nested, Raw, Text
from schemas.fields.words import Word
from schemas.record import Strict
from schemas.vocabularies import own

ID = example_id("statements")


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


class MakingSchema(Strict):
    """Who else speaks of the making of a statement, counted from the claims about it."""

    asserted = Integer("Number of origins that assert it was made.", 0, nullable=False)
    denied = Integer("Number of origins that deny it was made.", 1, nullable=False)
    questioned = Integer("Number of origins that question whether it was made.", 0, nullable=False)


class DoubtSchema(Strict):
    """A statement which denies or questions that another one was made."""

    statement_id = Id("The statement.", ID, nullable=False)
    document_id = Id("The document it stands in.", ID)
    speaker_id = Id("Who says so, by id.", ID)
    speaker = Text("Who says so, by name or label.", "a spokesman")
    stance = Word("The stance.", "denies", known=("denies", "questions"), nullable=False)
    text = Text("The statement, in the coder's words.", "He never said that.")


class StepSchema(Strict):
    """One step on the way from the speaker to the document."""

    actor_id = Id("The actor's id; null where no actor is recorded.", ID)
    label = Text("The words used, where no actor is recorded.", "local press")
    name = Text("The actor's name, or the words used.", "Reuters")
    medium = Word("The medium.", "telephone_interview", known=own.MEDIA)
    date = Text("When (EDTF).", "2021-08-22")


class EvidenceSchema(Strict):
    """One statement behind a number: what it says, and of what."""

    statement_id = Id("The statement.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    document_id = Id("The document it stands in.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    external_ids = Raw("The statement's ids in other systems.", {"seed": "S23"}, nullable=False)
    speaker_id = Id("Who says so, by id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    speaker = Text("Who says so, by name or label.", "Ahmad Massoud")
    speaker_label = Text(
        "The speaker in the words used, where nobody is named.", "a spokesman for the movement"
    )
    speaker_role = Text("The speaker's role, in the words used.", "leader of the NRF")
    date = Text("When it was said (EDTF).", "2021-08-22")
    medium = Word("How it was said.", "telephone_interview", known=own.MEDIA)
    chain = List(
        Nested(StepSchema, "One step."),
        "Through whom it came, from the speaker outwards; null where that is not recorded.",
    )
    act = Text("The form of the statement.", "deny", nullable=False)
    form = Text("How it is given.", "paraphrase", nullable=False)
    text = Text("The statement, in the coder's words.", "There is no siege.")
    quote = Text("The quote, verbatim.", "no signs")
    quote_verified = Boolean(
        "Whether the quote stands in the document's text at start-end; null where there is no "
        "text, or no quote.",
        example=True,
        nullable=True,
    )
    hedge = Text("The hedge, in the words used.", "reportedly")
    stance = Text("The stance of the statement.", "denies", nullable=False)
    aspect = Text("The aspect of the event.", "occurrence", nullable=False)
    value = Raw("The value claimed.", "three sides")
    value_name = Text(
        "The name of the actor or location whose id the value is.", "local militia groups"
    )
    note = Text("The coder's note.", "Degree only.")
    attestation = Nested(
        MakingSchema, "Who else says that the statement itself was made, or was not."
    )
    doubted_by = List(
        Nested(DoubtSchema, "One statement."),
        "Who denies or questions that the statement itself was made.",
        nullable=False,
    )


class CarrierNameSchema(Strict):
    """Somebody through whom a statement came."""

    actor_id = Id("The actor's id; null where no actor is recorded.", ID)
    name = Text("The actor's name, or the words used.", "Reuters")


class OriginSchema(Strict):
    """One origin and the statements that it is behind."""

    origin = Text(
        "Who it is: an actor's name, or an unnamed speaker's label.", "Taliban", nullable=False
    )
    actor_id = Id(
        "The actor's id; null for an unnamed speaker.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
    )
    statements = List(Nested(EvidenceSchema, "One statement."), "Its text.", nullable=False)
    carriers = List(
        Nested(CarrierNameSchema, "One carrier."),
        "All actors through whom its statements came: the chain of each, and the publisher of "
        "the document or of the one that it reprints.",
        nullable=False,
    )


class OwnVoiceSchema(Strict):
    """A document that reports the event in its own voice."""

    document_id = Id("The document.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    title = Text("Its headline.", "Siege of Panjshir")
    copies = List(
        Id("A document.", ID, nullable=False),
        "Other documents that count as one with it: they have the same text or reprint one "
        "another.",
        nullable=False,
    )
    mentions = Integer("Number of mentions of it in the event.", 1, nullable=False)
    statements = List(
        Nested(EvidenceSchema, "One narration."),
        "The statements it narrates in its own voice.",
        nullable=False,
    )


class AspectClaimsSchema(Strict):
    """Claims on one aspect of the event besides its occurrence, side by side."""

    aspect = Text("The aspect.", "responsibility", nullable=False)
    disputed = Boolean("Whether they contradict each other.", example=True, nullable=False)
    rule = Text("Why; null where they do not.", "One voice asserts what another denies.")
    between = List(
        Id("A statement.", ID, nullable=False),
        "Two of the statements that contradict each other.",
        nullable=False,
    )
    claims = List(
        Nested(EvidenceSchema, "One claim."), "The claims and mentions behind it.", nullable=False
    )


class RetractedSourceSchema(Strict):
    """A retracted document or statement: what it says of the event has no weight."""

    resource = Word(
        "A document or a statement.", "documents", known=("documents", "statements"), nullable=False
    )
    id = Id("Its id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
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


class CarriedSchema(Strict):
    """Through whom the origins of one stance came."""

    origins = Integer("Number of origins.", 2, nullable=False)
    carriers = Integer("Number of distinct carriers of all that they say.", 1, nullable=False)
    shared = List(
        Nested(CarrierNameSchema, "One carrier."),
        "Carriers through whom every statement of all origins came.",
        nullable=False,
    )
    summary = Text(
        "The same in words; null where there are no origins.", "2 origins, both through Reuters."
    )


class CarriersSchema(Strict):
    """Through whom the origins that assert, and those that deny, came."""

    asserting = Nested(CarriedSchema, "Those that assert.", nullable=False)
    denying = Nested(CarriedSchema, "Those that deny.", nullable=False)


class RelatedSchema(Strict):
    """Two origins of which one belonged to the other, or may have, when one of them spoke."""

    actor_id = Id("The actor that belonged to the other.", ID, nullable=False)
    actor = Text("Its name.", "Zabihullah Mujahid")
    role = Text("The role toward the other.", "spokesperson", nullable=False)
    title = Text("The words used for it.", "chief spokesman")
    of_id = Id("The other actor.", ID, nullable=False)
    of = Text("Its name.", "Taliban")
    date = Text("When it held (EDTF).", "2007/..")


class CopyOfRetractedSchema(Strict):
    """A document that counts, and reprints one that was retracted."""

    document_id = Id("The document that counts.", ID, nullable=False)
    title = Text("Its headline.", "Siege of Panjshir")
    original_id = Id("The document that it reprints, which was retracted.", ID, nullable=False)
    original_title = Text("The headline of that one.", "Siege of Panjshir")
    reason = Text("Why that one was retracted.", "The photos were taken in 2019.", nullable=False)


class ExplanationSchema(AttestationSchema):
    """An event's attestation, with the statements and mentions behind each number."""

    event_id = Id("The event.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    title = Text("Its name.", "Siege of the Panjshir Valley")
    disputed_on = List(
        Word("An aspect.", "occurrence", known=own.ASPECTS, nullable=False),
        "The aspects on which what is claimed of it cannot all be true.",
        ["occurrence", "fatalities"],
        nullable=False,
    )
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
        "Documents that report it in their own voice: themselves, not attributed to a speaker.",
        nullable=False,
    )
    aspects = List(
        Nested(AspectClaimsSchema, "One aspect."), "Claims on its other aspects.", nullable=False
    )
    carriers = Nested(
        CarriersSchema,
        "Through whom the origins came; it changes no count and no status.",
        nullable=False,
    )
    related = List(
        Nested(RelatedSchema, "Two origins."),
        "Origins of which one then spoke for, led or belonged to the other; it changes no count.",
        nullable=False,
    )
    copies_of_retracted = List(
        Nested(CopyOfRetractedSchema, "One document."),
        "Documents that count, though what they reprint was retracted.",
        nullable=False,
    )
    retracted = List(
        Nested(RetractedSourceSchema, "One document or statement."),
        "Retracted statements and documents, which are not counted above.",
        nullable=False,
    )
