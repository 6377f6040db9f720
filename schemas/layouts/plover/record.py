"""Events as PLOVER JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from schemas.vocabularies import plover as codes
from schemas.vocabularies.alpha3 import ALPHA3

Node = Mapping[str, Any]

QUADS: dict[str, int] = {
    **dict.fromkeys(("agree", "consult", "support", "concede"), 1),
    **dict.fromkeys(("cooperate", "aid", "retreat"), 2),
    **dict.fromkeys(("request", "accuse", "reject", "threaten"), 3),
    **dict.fromkeys(("protest", "sanction", "mobilize", "coerce", "assault"), 4),
}
"""The quad category of each type that PLOVER has (chapter 3)."""

INTERNATIONAL = codes.SECTORS[codes.SECTORS.index("IGO") :]
"""Sectors that PLOVER puts in the place of a country (table 5.1)."""

SIDES = {
    "initiator": "actor",
    "participant": "actor",
    "mediator": "actor",
    "target": "recipient",
    "victim": "recipient",
}
"""The field of each role: those who act alike are actors without a recipient (section 2.4)."""

AUXILIARY = {"planned": "future", "hypothetical": "hypothetical"}
"""The context of events that have not happened, by modality (section 2.3)."""

RESOLUTIONS = {
    "facility": 5,
    "populated_place": 4,
    "admin3": 3,
    "admin2": 3,
    "admin1": 2,
    "country": 1,
}
"""How exact a location of each kind is; an area is as exact as what it lies in."""

KNOWN_TO = {"near": 3, "admin2": 3, "admin1": 2, "country": 1, "region": 0, "unknown": 0}
"""How exact a location is at most, by how precisely it is known; 0 is too vague for a code."""

LEVELS = {
    "city": "populated_place",
    "district": "admin2",
    "province": "admin1",
    "country": "country",
}
"""The kind of place that each field names."""

WHEN = re.compile(r"([0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2})(?:T(.+))?")
"""A day, perhaps with a time, and nothing that is uncertain of it."""


class Context(NamedTuple):
    """Records that tell more of an event.

    `around` are the locations that its own lies in, the nearest first; `statements` those that
    assert or project it; `documents` those that report it, with their publishers embedded.
    """

    around: Sequence[Node] = ()
    statements: Sequence[Node] = ()
    documents: Sequence[Node] = ()


def plover(event: Node, context: Context) -> dict[str, Any]:
    """Write an event, whose actors and location are embedded, as PLOVER JSON."""
    kind = event["type"] if event["type"] in QUADS else None
    (date, time), (enddate, endtime) = ends(event["date"])
    citations = [citation(document) for document in context.documents]
    coded_date, _, coded_time = event["updated_at"].partition("T")
    return {
        "id": event["id"],
        "has_event": kind is not None,
        "date": date,
        "time": time,
        "enddate": enddate if enddate != date else None,
        "endtime": endtime,
        "edtf": event["date"],
        "actor": entities(event["participants"], "actor"),
        "recipient": entities(event["participants"], "recipient"),
        "event": [kind.upper()] if kind else [],
        "event_loc": place(event, context.around),
        "event_text": quotes([*(event["mentions"] or ()), *context.statements]),
        "quad_code": QUADS[kind] if kind else None,
        "mode": [event["mode"]] if event["mode"] else None,
        "context": contexts(event),
        "link": event["part_of_id"],
        "size": size(event),
        "cite_info": citations[0] if citations else None,
        "other_cite_info": citations[1:] or None,
        "coded_date": coded_date,
        "coded_time": coded_time,
        "comment": event["description"],
        "attestation": event["attestation"],
    }


def ends(date: str | None) -> tuple[tuple[str | None, str | None], tuple[str | None, str | None]]:
    """Give the day and the time of both ends of a date, as far as they are known exactly."""
    start, slash, end = (date or "").partition("/")
    first = moment(start)
    return first, moment(end) if slash else (None, None)


def moment(date: str) -> tuple[str | None, str | None]:
    """Give a day and a time; neither, where the day is not known exactly."""
    found = WHEN.fullmatch(date)
    return (found[1], found[2]) if found else (None, None)


def entities(participants: Sequence[Node] | None, side: str) -> list[dict[str, Any]] | None:
    """List who takes part on a side; None where it is not known who takes part at all."""
    if participants is None:
        return None
    return [entity(one) for one in participants if SIDES[one["role"]] == side]


def entity(participant: Node) -> dict[str, Any]:
    """Write somebody who takes part."""
    actor = participant.get("actor") or {}
    sector = actor.get("sector")
    international = sector in INTERNATIONAL
    return {
        "code": sector if international else ALPHA3.get(actor.get("country") or ""),
        "sector": None if international else sector,
        "entity_text": participant["label"],
        "identifier_id": actor.get("external_ids", {}).get("wikidata"),
        "identifier_text": actor.get("name"),
        "actor_id": participant["actor_id"],
        "role": participant["role"],
    }


def place(event: Node, around: Sequence[Node]) -> dict[str, Any] | None:
    """Write where it happened; a point only with how exact it is, for that of an area is not."""
    location = event.get("location")
    if location is None and event["location_text"] is None:
        return None
    own: Node = location or {}
    levels = [RESOLUTIONS.get(each.get("kind") or "") for each in (own, *around)]
    level = next(filter(None, levels), None)
    resolution = resolved(level, event["location_precision"])
    radius = own.get("uncertainty_km")
    exact = resolution is not None or radius is not None
    longitude, latitude = (own.get("point") if exact else None) or (None, None)
    geonames = own.get("external_ids", {}).get("geonames", "")
    return {
        "extracted_place": event["location_text"],
        "resolved_place": own.get("name"),
        "geonameid": int(geonames) if re.fullmatch("[1-9][0-9]{0,8}", geonames) else None,
        "lat": latitude,
        "lon": longitude,
        **{
            field: next((each["name"] for each in (own, *around) if each.get("kind") == kind), None)
            for field, kind in LEVELS.items()
        },
        "country_code": ALPHA3.get(own.get("derived_country") or own.get("country") or ""),
        "resolution": resolution,
        "uncertainty_km": radius,
    }


def resolved(level: int | None, precision: str | None) -> int | None:
    """Tell how exact a place is: as its kind is, or less where it is known less precisely."""
    return level and (min(level, KNOWN_TO.get(precision or "", level)) or None)


def quotes(passages: Iterable[Node]) -> list[str] | None:
    """List what is quoted, each once."""
    found = dict.fromkeys(passage["quote"] for passage in passages if passage["quote"])
    return [*found] or None


def contexts(event: Node) -> list[str] | None:
    """List its contexts, and whether it is no event that has happened."""
    found = [*(event["contexts"] or ())]
    if event["modality"] in AUXILIARY:
        found.append(AUXILIARY[event["modality"]])
    if event["attestation"]["status"] == "refuted":
        found.append("negation")
    return found or event["contexts"]


def size(event: Node) -> dict[str, Any] | None:
    """Count who was harmed: entries may overlap, so that several are not added up."""
    found = {
        "dead": (event["fatalities"] or {}).get("best"),
        "injured": only(event.get("casualties"), "injured"),
        "arrested": only(event.get("casualties"), "detained"),
    }
    return None if all(number is None for number in found.values()) else found


def only(casualties: Sequence[Node] | None, kind: str) -> int | None:
    """Give the best estimate of the only entry of a kind."""
    every = [harm["best"] for harm in casualties or () if harm["kind"] == kind]
    return every[0] if len(every) == 1 else None


def citation(document: Node) -> dict[str, Any]:
    """Write a document, whose publisher is embedded."""
    language = (document["language"] or "").partition("-")[0].lower()
    return {
        "url": document["url"],
        "title": document["title"],
        "language": language if len(language) == 2 else None,  # noqa: PLR2004 - ISO 639-1
        "publication": (document.get("publisher") or {}).get("name"),
        "license": document["licence"],
        "document_id": document["id"],
    }
