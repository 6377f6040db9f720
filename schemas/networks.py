"""Networks, dyads and timelines: who does what with whom, as it is asked for and answered."""

from typing import Any

from marshmallow import post_load

from schemas.dated import Dated
from schemas.events import EventFilter
from schemas.fields.ids import Id, example_id
from schemas.fields.parameters import one_of, sorts
from schemas.fields.values import Boolean, Integer, List, Map, Nested, Text
from schemas.fields.words import Word
from schemas.lists import Cut, Marked, Read
from schemas.record import Strict
from schemas.vocabularies import own

KINDS = ("affiliation", "event", "statement")

PARTS = ("speaker", "on_behalf_of", "addressee", "carrier", "about")
"""The roles of an actor in a statement."""

AFFILIATED = ("affiliated", "affiliated_by")
"""Whether an affiliation is the actor's own, or another one's to it."""

MAX_NODES = 500
MAX_DYADS = 10_000


def day(description: str, example: str) -> Text:
    """Describe a day, null where it is not known."""
    return Text(description, example, metadata={"format": "date"})


class LeftOutSchema(Strict):
    """What was asked for and is not counted, unless a parameter says so."""

    not_actual = Integer("Events that are planned or hypothetical.", 2, nullable=False)
    denied = Integer("Events that are denied and not asserted by anyone.", 1, nullable=False)
    refuted = Integer("Events that a curator has refuted.", 0, nullable=False)
    retracted = Integer("Retracted events.", 0, nullable=False)
    unnamed = Integer(
        "Participants of counted events that are a label and not a recorded actor; for dyads, "
        "only initiators and targets.",
        3,
        nullable=False,
    )


class EventNumbersSchema(Strict):
    """Numbers of events, with their doubt."""

    count = Integer("Events that certainly lie within `datetime`.", 12, nullable=False)
    possible = Integer(
        "Further events that may lie within it: their date extends beyond it or is qualified.",
        3,
        nullable=False,
    )
    disputed = Integer("Number of both that are disputed.", 1, nullable=False)


class SharedEventsSchema(EventNumbersSchema):
    """Events that two actors have in common."""

    types = Map(
        values=Integer("Number of events."),
        description="Number of events of each type, including possible ones.",
        example={"assault": 9, "threaten": 6},
        nullable=False,
    )
    first = day("The earliest day on which one of them can have begun.", "2020-03-01")
    last = day(
        "The latest day on which one of them can have ended; for one that is still open, the day "
        "it began.",
        "2021-08-23",
    )


class PartySchema(Strict):
    """An actor, by its id and name."""

    id = Id("The actor.", example_id("actors"), nullable=False)
    name = Text("Its name.", "Taliban", nullable=False)


class DyadSchema(SharedEventsSchema):
    """Who does something to whom, and how often."""

    initiator = Nested(PartySchema, "Who does it.", nullable=False)
    target = Nested(PartySchema, "To whom.", nullable=False)


class OtherDyadsSchema(EventNumbersSchema):
    """Dyads beyond the limit, in one."""

    dyads = Integer("How many there are.", 7, nullable=False)


class DyadsSchema(Strict):
    """The matrix of who does something to whom."""

    items = List(Nested(DyadSchema, "One dyad."), "The dyads.", nullable=False)
    others = Nested(OtherDyadsSchema, "The other dyads, summed up; null if there are none.")
    left_out = Nested(LeftOutSchema, "Numbers of what is excluded.", nullable=False)


class NetworkNodeSchema(PartySchema):
    """An actor of a network."""

    kind = Word("Its kind.", "organization", known=own.ACTOR_KINDS)
    count = Integer(
        "Number of counted events in which it takes part: for an `expanded` actor all of its "
        "own, for others those in common with an expanded one.",
        17,
        nullable=False,
    )
    distance = Integer(
        "0: the actor itself; 1: has events in common with it; 2: with one of those.",
        1,
        nullable=False,
    )
    expanded = Boolean(
        "Whether all of its links to actors in `nodes` are included.",
        example=True,
        nullable=False,
    )


class NetworkLinkSchema(SharedEventsSchema):
    """Events that two actors of a network have in common."""

    source = Id("An actor.", example_id("actors"), nullable=False)
    target = Id("Another one, or the same.", example_id("actors", 2), nullable=False)
    relation = Word(
        "`toward`: the source initiates what the target is the target of; `together`: they take "
        "part in any other way, and the order of source and target has no meaning.",
        "toward",
        known=("toward", "together"),
        nullable=False,
    )


class OtherNodesSchema(Strict):
    """Actors beyond the limit."""

    nodes = Integer("How many there are.", 12, nullable=False)


class NetworkSchema(Strict):
    """An actor, and who takes part in events together with it."""

    nodes = List(
        Nested(NetworkNodeSchema, "One actor."),
        "The actor, then those nearest to it, and of these the ones with most events first.",
        nullable=False,
    )
    links = List(Nested(NetworkLinkSchema, "One link."), "Their links.", nullable=False)
    others = Nested(OtherNodesSchema, "The other actors, summed up; null if there are none.")
    left_out = Nested(LeftOutSchema, "Numbers of what is excluded.", nullable=False)


class DyadQuery(EventFilter):
    """Which events make up the matrix, and how it is cut."""

    order = Word(
        "The order, `-` is descending: by the number of events, of disputed ones, or the first or "
        "last day. Ties are broken by ids.",
        "-count",
        known=tuple(
            f"{sign}{by}" for by in ("count", "disputed", "first", "last") for sign in ("-", "")
        ),
        nullable=False,
        load_default="-count",
    )
    limit = Integer(
        "Maximum number of dyads; the others are summed up in one.",
        100,
        least=1,
        most=MAX_DYADS,
        strict=False,
        nullable=False,
        load_default=100,
    )


class DyadTableQuery(DyadQuery, Marked):
    """Which events make up the matrix, as a table."""


class NetworkQuery(EventFilter):
    """Which events make up the network, and how far it reaches."""

    depth = Integer(
        "1: the links of the actor; 2: also those of its neighbours, the ones with most events "
        "in common first, as long as they have at most 20,000 events together.",
        1,
        least=1,
        most=2,
        strict=False,
        nullable=False,
        load_default=1,
    )
    limit = Integer(
        "Maximum number of actors, including the one asked about.",
        50,
        least=1,
        most=MAX_NODES,
        strict=False,
        nullable=False,
        load_default=50,
    )


class TimelineQuery(Read, Cut, Dated):
    """Which part of a timeline is sent."""

    sort = sorts("starts_on")
    kind = one_of("The kinds of entries.", KINDS)

    @post_load
    def days(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Ask for days alone: affiliations have no times of day."""
        if "datetime_at" in query:
            query["datetime"] = query.pop("datetime_at")
        return query


class TimelineEntrySchema(Strict):
    """One entry of an actor's timeline."""

    kind = Word("What it is.", "event", known=KINDS, nullable=False)
    id = Id(
        "The event or the statement; of an affiliation, the actor whose record has it.",
        example_id("events"),
        nullable=False,
    )
    position = Integer("Of an affiliation: its position among those of that actor.", 0)
    parts = List(
        Word("A part.", "initiator", known=(*own.PARTICIPANT_ROLES, *PARTS, *AFFILIATED)),
        "The actor's roles in it: in an event those of a participant; in a statement `speaker`, "
        "`on_behalf_of`, `addressee`, `carrier` or, if it is said to be responsible or harmed, "
        "`about`; in an affiliation `affiliated` for its own, `affiliated_by` for one to it.",
        nullable=False,
    )
    type = Text("The type of the event, the act of the statement, the role.", "assault")
    title = Text("The title of the event or affiliation, the text of the statement.", "Siege")
    status = Word("Of an event: how well it is attested.", "disputed", known=own.STATUSES)
    date = Text("When (EDTF).", "2021-08-22/2021-08-23")
    starts_on = day("The earliest day it can have begun.", "2021-08-22")
    ends_on = day("The latest day it can have ended; null is open or unknown.", "2021-08-23")
    other = Nested(PartySchema, "Of an affiliation: the other actor.")
