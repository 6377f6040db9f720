"""/: what this is, what it holds, what a status means, and where to begin."""

from collections import Counter
from typing import Any

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.page import page
from api.facades.explorer.rendering import render
from api.http.context import database
from models.lists.sizes import sizes
from models.tables import TABLES

KINDS = ("events", "statements", "documents", "actors", "locations")
"""The resources that are counted."""

MAX_DATASETS = 12
MAX_NEWEST = 6


@page(None)
def home() -> str:
    """Show where to begin."""
    datasets = ask("datasets", limit=MAX_DATASETS + 1, sort="created_at")["items"]
    counts = sizes(database(), [TABLES[kind] for kind in KINDS])
    totals: Counter[str] = Counter()
    for counted in counts.values():
        totals.update(counted)
    example, explained = example_of_dispute()
    newest = ask(
        "events",
        sort="-updated_at",
        limit=MAX_NEWEST,
        fields="title,attestation,updated_at,version",
    )["items"]
    return render(
        "home.html",
        kinds=KINDS,
        datasets=datasets[:MAX_DATASETS],
        further=len(datasets) > MAX_DATASETS,
        counts=counts,
        totals=totals,
        example=example,
        explained=explained,
        newest=newest,
        api=api("/events/summary", by="dataset,status"),
    )


def example_of_dispute() -> tuple[Any, Any]:
    """Give the first event that is disputed, with its explanation; None where there is none."""
    chosen = {"limit": 1, "fields": "title,attestation,date", "sort": "created_at"}
    found = ask("events", status="disputed", **chosen)["items"]
    if not found:
        return None, None
    return found[0], ask(f"events/{found[0]['id']}/attestation")
