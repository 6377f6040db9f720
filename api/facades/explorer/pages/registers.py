"""/datasets, /releases and /vocabularies: what the records are of, and in which words."""

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.page import page
from api.facades.explorer.pages.home import KINDS
from api.facades.explorer.rendering import render
from api.facades.explorer.vocabularies import VOCABULARIES
from api.http.context import database
from models.lists.sizes import sizes
from models.tables import TABLES

MAX_ROWS = 200


@page("/datasets")
def datasets() -> str:
    """Show all datasets, with how much each has."""
    listed = ask("datasets", limit=MAX_ROWS, sort="created_at")
    return render(
        "datasets.html",
        listed=listed,
        kinds=KINDS,
        counts=sizes(database(), [TABLES[kind] for kind in KINDS]),
        api=api(),
        csv=api("/datasets.csv"),
    )


@page("/datasets/<record_id>")
def dataset(record_id: str) -> str:
    """Show a dataset: its licence, how it is cited, and how much it has."""
    found = ask(f"datasets/{record_id}")
    counts = sizes(database(), [TABLES[kind] for kind in KINDS])
    return render(
        "dataset.html",
        dataset=found,
        kinds=KINDS,
        counts=counts.get(found["id"], {}),
        api=api(),
    )


@page("/releases")
def releases() -> str:
    """Show the instants that have a name."""
    return render("releases.html", listed=ask("releases", limit=MAX_ROWS), api=api())


@page("/releases/<name>")
def release(name: str) -> str:
    """Show a release: its instant, and what it has."""
    return render("release.html", release=ask(f"releases/{name}"), api=api())


@page("/vocabularies")
def vocabularies() -> str:
    """Show the words that records may have."""
    return render("vocabularies.html", vocabularies=VOCABULARIES)
