"""The vocabularies of records, in the order in which pages show them."""

from typing import NamedTuple

from api.facades.explorer import words
from schemas.vocabularies import own, plover


class Vocabulary(NamedTuple):
    """A code list: what it is of, its codes, and what each means where that needs to be said.

    `filter` is a list and its parameter that takes the codes.
    """

    title: str
    codes: tuple[str, ...]
    meanings: dict[str, str]
    filter: tuple[str, str] | None = None


VOCABULARIES = (
    Vocabulary("Statuses of events", own.STATUSES, words.STATUSES, ("/events", "status")),
    Vocabulary("Stances of claims", own.STANCES, words.VERBS, ("/statements", "stance")),
    Vocabulary("Aspects of events", own.ASPECTS, words.CLAIMED, ("/statements", "aspect")),
    Vocabulary(
        "Types of events (PLOVER 2.0; control is of this service alone)",
        plover.EVENT_TYPES,
        {kind: "modes: " + ", ".join(modes) for kind, modes in plover.MODES.items() if modes},
        ("/events", "type"),
    ),
    Vocabulary("Contexts of events (PLOVER 2.0)", plover.CONTEXTS, {}),
    Vocabulary(
        "Roles of participants", own.PARTICIPANT_ROLES, words.ROLES, ("/events", "actor_role")
    ),
    Vocabulary("Modalities of events", own.MODALITIES, {}, ("/events", "modality")),
    Vocabulary("How precisely a place is known", own.LOCATION_PRECISIONS, words.PRECISIONS),
    Vocabulary("Acts of statements", own.ACTS, {}, ("/statements", "act")),
    Vocabulary("Forms of statements", own.FORMS, {}, ("/statements", "form")),
    Vocabulary("Media of statements", own.MEDIA, {}, ("/statements", "medium")),
    Vocabulary("Kinds of actors", own.ACTOR_KINDS, {}, ("/actors", "kind")),
    Vocabulary("Sectors of actors (PLOVER 2.0)", plover.SECTORS, {}, ("/actors", "sector")),
    Vocabulary("Affiliations", own.AFFILIATION_ROLES, words.AFFILIATED),
    Vocabulary("Kinds of places", own.LOCATION_KINDS, {}, ("/locations", "kind")),
    Vocabulary("Kinds of documents", own.DOCUMENT_KINDS, {}, ("/documents", "kind")),
    Vocabulary("Harm", own.CASUALTY_KINDS, {}),
    Vocabulary("Verdicts of reviewers", own.VERDICTS, {}, ("/events", "assessed")),
)
