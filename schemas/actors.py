"""Actors: persons, organizations and collectives, their names and affiliations."""

from typing import Any

from marshmallow import post_load

from schemas.fields.dates import Edtf, bounds
from schemas.fields.ids import Reference
from schemas.fields.moments import Interval
from schemas.fields.names import called
from schemas.fields.parameters import countries, ids, one_of, sorts
from schemas.fields.values import List, Nested, Text
from schemas.fields.words import Country, Language, Word
from schemas.lists import SCORED, Filter, expansions, members_of
from schemas.record import RecordSchema, Strict
from schemas.searched import BestFirst, Searched
from schemas.vocabularies import own, plover


class NameSchema(Strict):
    """One name of an actor or a place."""

    name = Text("The name.", "احمد مسعود", required=True)
    language = Language("Its language (BCP 47).", "fa")
    script = Text("Its script (ISO 15924).", "Arab", longest=4, shortest=4)
    kind = Word("The kind of name.", "alias", known=own.NAME_KINDS)


class AffiliationSchema(Strict):
    """An affiliation of an actor to another, and its dates."""

    actor_id = Reference("actors", "The other actor.", required=True)
    role = Word(
        "The role toward the other actor.", "leader", known=own.AFFILIATION_ROLES, required=True
    )
    title = Text("The words used.", "former vice president")
    date = Edtf("When it held, mostly an interval (EDTF).", "2019/..")
    document_id = Reference("documents", "The document that says so.")


class ActorSchema(RecordSchema):
    """An actor: who does, suffers or says something."""

    example_ref = "@taliban"

    name = Text("Its usual name.", "Ahmad Massoud", required=True)
    names = List(Nested(NameSchema, "One name."), "All its names.")
    kind = Word("Its kind.", "person", known=own.ACTOR_KINDS)
    sector = Word("Its sector of society (PLOVER).", "REB", known=plover.SECTORS)
    country = Country(
        "The country it belongs to (ISO 3166-1 alpha-2, plus XK), or belonged to (ISO 3166-3)."
    )
    reliability = Word(
        "How reliable it is as a source (Admiralty code, A-F): the grade of what it publishes.",
        "B",
        known=own.RELIABILITIES,
    )
    description = Text("A note.", "Son of a commander.", longest=20_000)
    affiliations = List(
        Nested(AffiliationSchema, "One affiliation."), "Its relations to other actors."
    )

    @post_load
    def derive_bounds(self, actor: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which each affiliation held; for finding only."""
        held = [bounds(affiliation["date"]) for affiliation in actor["affiliations"] or ()]
        return actor | {"held": held}


class ActorFilter(Filter, Searched):
    """Filters of actors."""

    record = ActorSchema

    name = called("Ahmad Masood")
    kind = one_of("Its kind.", own.ACTOR_KINDS)
    sector = one_of("Its sector of society (PLOVER).", plover.SECTORS)
    country = countries("The country it belongs to.")
    reliability = one_of("Its reliability as a source (Admiralty code).", own.RELIABILITIES)
    affiliated_with = ids("actors", "Actors affiliated with this actor.")
    affiliation_role = one_of("Its role toward that actor.", own.AFFILIATION_ROLES)
    datetime = Interval(
        "When an affiliation (the one of the other parameters, if given) held or may have held; "
        "those with unknown dates may have.",
        "2021-08-23",
        nullable=False,
    )


class ActorQuery(ActorFilter, BestFirst):
    """A list of actors."""

    sort = sorts("created_at", "updated_at", "name", best_first="`name` or `q`")
    members = members_of(ActorSchema, SCORED)
    expand = expansions(ActorSchema)
