"""Every code list by the name of its type in the description, with what it says and whose it is."""

from typing import NamedTuple

from schemas.vocabularies import former, iso, own, plover


class CodeList(NamedTuple):
    """A code list: its words, and what one of them says."""

    words: tuple[str, ...]
    description: str


CODE_LISTS: dict[str, CodeList] = {
    "Act": CodeList(own.ACTS, "What a speaker does by saying it."),
    "ActorKind": CodeList(own.ACTOR_KINDS, "What an actor is."),
    "AffiliationRole": CodeList(own.AFFILIATION_ROLES, "What an actor is to another."),
    "Aspect": CodeList(own.ASPECTS, "What of an event a claim is about."),
    "CasualtyKind": CodeList(own.CASUALTY_KINDS, "What befell people in an event."),
    "Context": CodeList(plover.CONTEXTS, "What an event was about (PLOVER 2.0, table 2.1)."),
    "Country": CodeList(
        iso.ALL_COUNTRIES,
        "A country (ISO 3166-1 alpha-2, and XK for Kosovo), or one that is no more (ISO 3166-3): "
        "its alpha-2 code of then or, where another one has or had that, its code of four letters; "
        "CS is either of two. From when to when these were: "
        + ", ".join(f"{each.code} {each.name} {each.valid}" for each in former.FORMER)
        + ".",
    ),
    "DocumentKind": CodeList(own.DOCUMENT_KINDS, "What a document is."),
    "EventRelation": CodeList(own.EVENT_RELATIONS, "What an event is to another."),
    "EventType": CodeList(
        plover.EVENT_TYPES, "The type of an event (PLOVER 2.0, `control` and `other`)."
    ),
    "Form": CodeList(own.FORMS, "How a document gives what was said."),
    "LocationKind": CodeList(own.LOCATION_KINDS, "What a location is."),
    "LocationPrecision": CodeList(own.LOCATION_PRECISIONS, "How precisely a place is known."),
    "Medium": CodeList(own.MEDIA, "Through what something was said or carried."),
    "Method": CodeList(own.METHODS, "How something was made, as the key it was written with says."),
    "Modality": CodeList(own.MODALITIES, "Whether an event happened, was planned, or is supposed."),
    "Mode": CodeList(plover.ALL_MODES, "How it was done (PLOVER 2.0, tables 3.1 to 3.11)."),
    "NameKind": CodeList(own.NAME_KINDS, "The kind of name."),
    "ParticipantCertainty": CodeList(own.CERTAINTIES, "How certain it is that somebody took part."),
    "ParticipantRole": CodeList(own.PARTICIPANT_ROLES, "As what an actor takes part in an event."),
    "Reliability": CodeList(
        own.RELIABILITIES,
        "How reliable a source is (Admiralty code): A completely, B usually, C fairly, D not "
        "usually, E not reliable; F where that cannot be judged.",
    ),
    "Sector": CodeList(plover.SECTORS, "The part of society of an actor (PLOVER 2.0, table 5.2)."),
    "Stance": CodeList(own.STANCES, "What a statement does to what it claims of an event."),
    "Status": CodeList(own.STATUSES, "How well an event is attested."),
    "Verdict": CodeList(own.VERDICTS, "What somebody thinks of a record."),
    "VerificationLevel": CodeList(own.VERIFICATION_LEVELS, "What a curator judges of an event."),
}
