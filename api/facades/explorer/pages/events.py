"""/events: what happened, when, where, to whom, and how sure that is."""

from flask import redirect, request
from werkzeug import Response

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.counting import places_of, times_of
from api.facades.explorer.facets import choices_of
from api.facades.explorer.forms import canonical
from api.facades.explorer.lists import (
    chips_of,
    filters_of,
    limit_of,
    names_by_id,
    names_of,
    rows_asked,
)
from api.facades.explorer.page import page
from api.facades.explorer.rendering import render

MEMBERS = (
    "title,date,date_text,date_precision,type,mode,location_id,location.name,location_text,"
    "location_precision,participants,participants.actor.name,fatalities,attestation,dataset,"
    "retraction"
)
"""Members of a row."""

NAMED = {
    "actor": "actors",
    "affiliated_with": "actors",
    "location": "locations",
    "document": "documents",
    "part_of": "events",
    "publisher": "actors",
    "speaker": "actors",
}
"""Filters whose values are ids, and the resources that have their names."""


@page("/events")
def events() -> str | Response:
    """Show events that match, what else there is to choose from, when and where they are."""
    if target := canonical("events", who=("actors", "actor"), where=("locations", "location")):
        return redirect(target)
    filters = filters_of()
    listed = ask(
        "events",
        limit=limit_of(25),
        cursor=request.args.get("cursor"),
        sort=request.args.get("sort"),
        fields=MEMBERS,
        **filters,
    )
    facets = choices_of(filters)
    datasets = [value for value, _ in facets.values["dataset"]]
    start, end = ends_of(filters.get("datetime", ""))
    return render(
        "events.html",
        filters=filters,
        listed=listed,
        facets=facets,
        times=times_of(filters),
        places=places_of(filters, filters.get("bbox")),
        chips=chips_of(filters, hidden=("datetime_match",)),
        names=names_of(filters, NAMED) | names_by_id({"datasets": datasets}),
        start=start,
        end=end,
        api=api(sort=request.args.get("sort"), **rows_asked(), **filters),
        csv=api("/events.csv", **filters),
        geojson=api("/events.geojson", **filters),
        not_found=request.args.get("not_found"),
    )


def ends_of(datetime: str) -> tuple[str, str]:
    """Split what is asked of time into the two ends that the form has."""
    start, slash, end = datetime.partition("/")
    return ("" if start == ".." else start), ("" if end == ".." else end) if slash else start
