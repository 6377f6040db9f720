"""Every code list by the name of its type in the description, with what it says and whose it is."""

from typing import NamedTuple

from schemas.vocabularies import former, iso, own, plover


class CodeList(NamedTuple):
    """A code list: its words, and what one of them says."""

    words: tuple[str, ...]
    description: str


CODE_LISTS: dict[str, CodeList] = {
    "Act": CodeList(own.ACTS, "The act performed by a statement."),
    "ActorKind": CodeList(own.ACTOR_KINDS, "The kind of an actor."),
    "AffiliationRole": CodeList(own.AFFILIATION_ROLES, "The role of an actor toward another."),
    "Aspect": CodeList(own.ASPECTS, "The aspect of an event that a claim is about."),
    "CasualtyKind": CodeList(own.CASUALTY_KINDS, "The kind of harm to people in an event."),
    "Context": CodeList(plover.CONTEXTS, "The context of an event (PLOVER 2.0, table 2.1)."),
    "Country": CodeList(
        iso.ALL_COUNTRIES,
        "A country (ISO 3166-1 alpha-2, and XK for Kosovo), or a former one (ISO 3166-3), by its "
        "alpha-2 code of that time or, if another country has or had that, by its code of four "
        "letters; CS is ambiguous. Their dates: "
        + ", ".join(f"{each.code} {each.name} {each.valid}" for each in former.FORMER)
        + ".",
    ),
    "DocumentKind": CodeList(own.DOCUMENT_KINDS, "The kind of a document."),
    "EventRelation": CodeList(own.EVENT_RELATIONS, "The relation of an event to another."),
    "EventType": CodeList(
        plover.EVENT_TYPES, "The type of an event (PLOVER 2.0, `control` and `other`)."
    ),
    "Form": CodeList(own.FORMS, "The way in which a document renders a statement."),
    "LocationKind": CodeList(own.LOCATION_KINDS, "The kind of a location."),
    "LocationPrecision": CodeList(own.LOCATION_PRECISIONS, "How precisely a place is known."),
    "Medium": CodeList(own.MEDIA, "The medium of a statement, or of a step of its chain."),
    "Method": CodeList(
        own.METHODS, "How a record was made, according to the key that it was written with."
    ),
    "Modality": CodeList(own.MODALITIES, "Whether an event happened, was planned, or is supposed."),
    "Mode": CodeList(plover.ALL_MODES, "The mode of an event (PLOVER 2.0, tables 3.1 to 3.11)."),
    "NameKind": CodeList(own.NAME_KINDS, "The kind of name."),
    "ParticipantCertainty": CodeList(own.CERTAINTIES, "How certain it is that somebody took part."),
    "ParticipantRole": CodeList(own.PARTICIPANT_ROLES, "The role of an actor in an event."),
    "Reliability": CodeList(
        own.RELIABILITIES,
        "How reliable a source is (Admiralty code): A completely, B usually, C fairly, D not "
        "usually, E not reliable; F where that cannot be judged.",
    ),
    "Sector": CodeList(plover.SECTORS, "The part of society of an actor (PLOVER 2.0, table 5.2)."),
    "Stance": CodeList(own.STANCES, "The stance of a statement toward what it claims."),
    "Status": CodeList(own.STATUSES, "How well an event is attested."),
    "Verdict": CodeList(own.VERDICTS, "The verdict of an assessment."),
    "VerificationLevel": CodeList(own.VERIFICATION_LEVELS, "A curator's judgement of an event."),
}
