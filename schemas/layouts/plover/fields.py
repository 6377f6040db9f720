"""The fields of PLOVER JSON that a record can fill, and a few beyond them."""

from schemas.attestation import AttestationSchema
from schemas.fields.dates import Edtf
from schemas.fields.ids import Reference, example_id
from schemas.fields.values import Boolean, Float, Integer, List, Nested, Text
from schemas.fields.words import Word
from schemas.record import Strict
from schemas.vocabularies import own


class PloverEntitySchema(Strict):
    """Somebody who takes part."""

    code = Text(
        "The country (ISO 3166-1 alpha-3), or the code of an international actor such as `NGO`.",
        "AFG",
    )
    sector = Text("The sector.", "REB")
    entity_text = Text("The words used, where no actor is recorded.", "some former troops")
    identifier_id = Text("The actor's Wikidata id.", "Q42418")
    identifier_text = Text("The actor's name.", "Taliban")
    actor_id = Reference("actors", "The actor here; beyond PLOVER.")
    role = Word("Its role here; beyond PLOVER.", "initiator", known=own.PARTICIPANT_ROLES)


class PloverPlaceSchema(Strict):
    """Where it happened."""

    extracted_place = Text("The location, in the words used.", "the valley north of Kabul")
    resolved_place = Text("The name of the location.", "Panjshir Valley")
    geonameid = Integer("Its id in GeoNames.", 1138958)
    lat = Float(
        "Latitude in degrees, if `resolution` or `uncertainty_km` says how exact it is.", 35.31
    )
    lon = Float("Longitude in degrees, likewise.", 69.46)
    city = Text("The populated place that it is or lies in.", "Kabul")
    district = Text("The district (admin2) that it is or lies in.", "Bazarak")
    province = Text("The province (admin1) that it is or lies in.", "Panjshir")
    country = Text("The country that it is or lies in, by its name.", "Afghanistan")
    country_code = Text("The country (ISO 3166-1 alpha-3).", "AFG")
    resolution = Integer(
        "How exact it is: 5 within a city, 4 city, 3 district, 2 province, 1 country.", 3
    )
    uncertainty_km = Float("The radius around the point within which it lies; beyond PLOVER.", 15.5)


class PloverSizeSchema(Strict):
    """How many people came to harm."""

    dead = Integer("Number killed, by the best estimate.", 5)
    injured = Integer("Number injured, by the best estimate of the only entry.", 2)
    arrested = Integer("Number detained, by the best estimate of the only entry.", 0)


class PloverCitationSchema(Strict):
    """A document that reports it."""

    url = Text("Its address.", "https://example.org/news/1")
    title = Text("Its headline.", "Taliban say Panjshir is surrounded")
    language = Text("Its language (ISO 639-1).", "en")
    publication = Text("The name of its publisher.", "Reuters")
    license = Text("The licence it may be used under.", "CC-BY-4.0")
    document_id = Reference("documents", "The document here; beyond PLOVER.")


class PloverSchema(Strict):
    """An event as PLOVER JSON; null is not known."""

    id = Text("The id of the event.", example_id("events"), nullable=False)
    has_event = Boolean("Whether its type is one of PLOVER's.", example=True, nullable=False)
    date = Text(
        "The day it began, where the day is known.", "2021-08-22", metadata={"format": "date"}
    )
    time = Text("The time it began: behind `date` and T, an instant of ISO 8601.", "14:30:00Z")
    enddate = Text(
        "The day it ended, where that is known and it lasted longer than one.",
        "2021-08-23",
        metadata={"format": "date"},
    )
    endtime = Text("The time it ended.", "18:00:00Z")
    edtf = Edtf("When it happened, as recorded (EDTF); beyond PLOVER.", "2021-08-22/2021-08-23")
    actor = List(
        Nested(PloverEntitySchema, "One of them."),
        "Who does it: initiators and, where all act alike, participants and mediators.",
    )
    recipient = List(Nested(PloverEntitySchema, "One of them."), "To whom: targets and victims.")
    event = List(
        Text("A category.", "COERCE", nullable=False),
        "Its category; none where the type is not PLOVER's.",
        ["COERCE"],
        nullable=False,
    )
    event_loc = Nested(PloverPlaceSchema, "Where it happened.")
    event_text = List(
        Text("A text.", "laid siege to", nullable=False),
        "The words that report it: of its mentions, then of statements that assert or project it.",
        ["laid siege to"],
    )
    quad_code = Integer(
        "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.", 4
    )
    mode = List(Text("A mode.", "restrict", nullable=False), "Its mode.", ["restrict"])
    context = List(
        Text("A context.", "territory", nullable=False),
        "Its contexts; `future`, `hypothetical` or `negation` where it is planned, supposed or "
        "refuted.",
        ["territory"],
    )
    link = Text("The larger event that it is part of.", example_id("events", 2))
    size = Nested(PloverSizeSchema, "How many people came to harm.")
    cite_info = Nested(PloverCitationSchema, "The first document that reports it.")
    other_cite_info = List(
        Nested(PloverCitationSchema, "One document."), "The others; beyond PLOVER."
    )
    coded_date = Text(
        "The day on which its current version was stored.",
        "2026-11-22",
        nullable=False,
        metadata={"format": "date"},
    )
    coded_time = Text("The time of it.", "08:00:00.000000Z", nullable=False)
    comment = Text("A note.", "Surrounded on three sides.")
    attestation = Nested(
        AttestationSchema, "How well it is attested; beyond PLOVER.", nullable=False
    )
