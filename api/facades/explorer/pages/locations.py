"""/locations and /locations/{id}: where a place is, what lies in it, and what happened there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug import Response

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.lists import shown
from api.facades.explorer.page import page
from api.facades.explorer.pictures.dots import spot_of
from api.facades.explorer.pictures.map import Map, draw
from api.facades.explorer.rendering import render
from schemas.vocabularies import own

MEMBERS = "name,names,kind,country,point,dataset,parent_id,parent.name"
MAX_WITHIN = 100
"""Maximum number of places within one that are listed."""


@page("/locations")
def locations() -> str | Response:
    """Show locations that match."""
    return shown(
        "locations",
        {"within": "locations", "borders": "locations"},
        asked={"fields": MEMBERS},
        sort="name",
        kinds=own.LOCATION_KINDS,
    )


@page("/locations/<uuid:record_id>")
def location(record_id: UUID) -> str:
    """Show a location, what lies in it, and the newest events there."""
    found = ask(f"locations/{record_id}", expand="parent")
    within = ask(
        "locations",
        filter=f"parent_id='{record_id}'",
        sort="name",
        limit=MAX_WITHIN,
        fields="name,kind,point",
    )
    events = ask(
        "events",
        location=record_id,
        limit=10,
        total="exact",
        fields="title,date,attestation,location_id,location.name",
    )
    return render(
        "location.html",
        location=found,
        within=within["items"],
        events=events,
        map=map_of(found),
        api=api(),
        geojson=api("/events.geojson", location=record_id),
    )


def map_of(location: Mapping[str, Any]) -> Map | None:
    """Draw where a location is, with its shape, as far as they are known."""
    spot, shape = spot_of(location), location["geometry"]
    return draw([spot] if spot else [], shapes=[shape] if shape else [])
