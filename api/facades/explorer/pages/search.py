"""/search and /suggest: where the record is whose name or title one half remembers."""

from typing import Any

import orjson
from flask import Response, redirect, request
from werkzeug import Response as Answer

from api.facades.explorer.addresses import api, link
from api.facades.explorer.asking import ask
from api.facades.explorer.forms import one_name
from api.facades.explorer.lists import NAME
from api.facades.explorer.page import HEADERS, page
from api.facades.explorer.rendering import render
from api.http.context import database
from api.http.request import JSON
from models.tables import TABLES
from schemas.fields.ids import UUID

MAX_FOUND = 12
MAX_SUGGESTED = 8
KINDS = ("events", "statements", "actors", "documents", "locations")
SUGGESTED = ("actors", "locations")


@page("/search")
def search() -> str | Answer:
    """Show what is called so, or speaks of it; an id leads to its record."""
    text = " ".join(request.args.get("q", "").split())
    if UUID.fullmatch(text) and (path := path_of(text.lower())):
        return redirect(link(path))
    found: dict[str, Any] = {kind: [] for kind in KINDS}
    further: dict[str, bool] = {}
    if text:
        name = {"name": one_name(text), "limit": MAX_FOUND}
        found["actors"] = ask("actors", fields="name,names,kind,country,score", **name)["items"]
        found["locations"] = ask("locations", fields="name,kind,country,point", **name)["items"]
        for kind, members in (
            ("events", "title,date,attestation"),
            ("statements", "text,quote,date,speaker_id,speaker.name,speaker_label,claims"),
            ("documents", "title,published_on"),
        ):
            listed = ask(kind, q=text, limit=MAX_FOUND, fields=members)
            found[kind], further[kind] = listed["items"], listed["next_cursor"] is not None
    return render(
        "search.html", text=text, found=found, further=further, api=api("/events", q=text)
    )


def path_of(record_id: str) -> str | None:
    """Give the path of the page of a record, whatever it is."""
    for kind in KINDS:
        if TABLES[kind].fetch(database(), [record_id]):
            return f"/{kind}/{record_id}"
    return None


@page("/suggest")
def suggest() -> Answer:
    """Give names that begin to match, for the fields of forms."""
    kind, text = request.args.get("of", ""), request.args.get("name", "").strip()
    names: list[str] = []
    if kind in SUGGESTED and text:
        listed = ask(kind, name=one_name(text), limit=MAX_SUGGESTED, fields="name")
        names = [each[NAME.get(kind, "name")] for each in listed["items"]]
    return Response(orjson.dumps(names), headers=HEADERS, mimetype=JSON)
