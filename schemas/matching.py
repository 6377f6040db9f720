"""Matching: what somebody has, and which records here may be the same."""

from typing import Any

from marshmallow import Schema, ValidationError, post_load, validates_schema
from marshmallow.validate import Length, Range

from schemas.actors import NameSchema
from schemas.fields.dates import Edtf, bounds
from schemas.fields.ids import ExternalIds, Id, Reference, Slug
from schemas.fields.places import Point
from schemas.fields.values import Float, Integer, List, Nested, Raw, Reason, Text
from schemas.fields.words import Country, Word
from schemas.record import Strict
from schemas.vocabularies import own, plover

MAX_QUERIES = 500
"""Maximum number of queries answered at once."""


def needed(query: dict[str, Any], *names: str) -> None:
    """Refuse a query that has none of what it could be answered by."""
    if not any(query.get(name) for name in names):
        sentence = f"A query has one of {', '.join(names)}."
        raise ValidationError([Reason(sentence, "required")])


class CalledSchema(Strict):
    """Members of an actor or a location to match."""

    name = Text("Its name.", "Ahmad Masood")
    names = List(Nested(NameSchema, "One name."), "Other names to match.")
    country = Country("The country it belongs to or lies in.")
    external_ids = ExternalIds("Its ids in other systems, by scheme.", {"wikidata": "Q1"})

    @validates_schema
    def something(self, query: dict[str, Any], **_: Any) -> None:
        """Refuse a query without a name."""
        needed(query, "name", "names", "external_ids")


class ActorLikeSchema(CalledSchema):
    """An actor that is looked for."""

    kind = Word("Its kind.", "person", known=own.ACTOR_KINDS)
    sector = Word("Its sector of society (PLOVER).", "REB", known=plover.SECTORS)


class LocationLikeSchema(CalledSchema):
    """A place that is looked for."""

    kind = Word("Its kind.", "area", known=own.LOCATION_KINDS)
    point = Point("Longitude and latitude in degrees (WGS 84).", [69.46, 35.31])
    within = Reference("locations", "The locations it lies in, at any depth.")


class TakingPartSchema(Strict):
    """Who took part in an event that is looked for."""

    actor_id = Reference("actors", "The actor, by id.")
    name = Text("The actor, by name.", "Taleban")
    role = Word("The role.", "initiator", known=own.PARTICIPANT_ROLES)

    @validates_schema
    def somebody(self, participant: dict[str, Any], **_: Any) -> None:
        """Refuse a participant that is nobody."""
        needed(participant, "actor_id", "name")


class EventLikeSchema(Strict):
    """An event that is looked for."""

    title = Text("What happened, in one line.", "Siege of Panjshir")
    type = Word("The type of event (PLOVER).", "coerce", known=plover.EVENT_TYPES)
    mode = Word("The mode within the type (PLOVER).", "restrict")
    date = Edtf("When it happened (EDTF).", "2021-08-22")
    location_id = Reference("locations", "The location.")
    point = Point("Where: longitude and latitude in degrees (WGS 84).", [69.46, 35.31])
    country = Country("The country it happened in.")
    participants = List(Nested(TakingPartSchema, "One participant."), "The participants.")

    @validates_schema
    def something(self, query: dict[str, Any], **_: Any) -> None:
        """Refuse a query of time and place alone: too much happens there and then."""
        needed(query, "type", "participants", "title")

    @post_load
    def derive_bounds(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which it was."""
        return query | bounds(query["date"])


def queries(schema: type[Strict], description: str) -> List:
    """Take up to MAX_QUERIES queries."""
    error = f"This has 1 to {MAX_QUERIES} queries."
    return List(
        Nested(schema, "One query."),
        description,
        required=True,
        validate=Length(min=1, max=MAX_QUERIES, error=error),
    )


class MatchSchema(Strict):
    """Queries to match, and how many candidates to return."""

    limit = Integer(
        "Maximum number of candidates per query.",
        5,
        least=1,
        most=50,
        nullable=False,
        load_default=5,
    )
    threshold = Float(
        "Minimum score of a candidate.",
        0.5,
        nullable=False,
        load_default=0.5,
        validate=Range(min=0, max=1, error="This lies between {min} and {max}."),
    )
    dataset = List(
        Slug("A slug.", "panjshir-2021", nullable=False), "The datasets to look in; null is all."
    )


class ActorMatchSchema(MatchSchema):
    """Actors that are looked for."""

    queries = queries(ActorLikeSchema, "The actors to match, each by what is known of it.")


class LocationMatchSchema(MatchSchema):
    """Places that are looked for."""

    queries = queries(LocationLikeSchema, "The locations to match, each by what is known of it.")


class EventMatchSchema(MatchSchema):
    """Events that are looked for."""

    queries = queries(EventLikeSchema, "The events to match, each by what is known of it.")


class CandidateSchema(Schema):
    """A record that may be the one that is meant."""

    id = Id("The record.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", required=True)
    score = Float("The mean of its features, each by its weight.", 0.974, required=True)
    features = Raw(
        "How well each feature agrees, from 0 to 1; null if one of the two lacks it, which is "
        "not counted.",
        {"name": 0.97, "kind": 1.0, "country": None},
        required=True,
    )
    name = Text("A name of the actor or location.", "Ahmad Massoud", nullable=False)
    title = Text("The event's title, or null.", "Siege of Panjshir")
    external_ids = Raw("Its ids in other systems.", {"seed": "E1"}, required=True)


class MatchResultSchema(Schema):
    """The candidates for one query."""

    candidates = List(
        Nested(CandidateSchema, "One record."),
        "The candidates, the best first.",
        required=True,
    )


class MatchResultsSchema(Schema):
    """The candidates for each query."""

    results = List(
        Nested(MatchResultSchema, "The candidates for one query."),
        "One for each query, in their order.",
        required=True,
    )
