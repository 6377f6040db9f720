"""/documents and /documents/{id}: what a report states, and where in its text."""

from uuid import UUID

from werkzeug import Response

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.lists import shown
from api.facades.explorer.page import page
from api.facades.explorer.reading import reading_of
from api.facades.explorer.rendering import render
from schemas.vocabularies import own

MAX_REPORTED = 100
"""Maximum number of events of a document that are listed."""

MEMBERS = (
    "title,kind,language,published_on,publisher_id,publisher.name,dataset,retraction,reliability"
)


@page("/documents")
def documents() -> str | Response:
    """Show documents that match."""
    return shown(
        "documents",
        {"publisher": "actors", "copy_of": "documents"},
        helpers={"who": ("actors", "publisher")},
        asked={"fields": MEMBERS},
        kinds=own.DOCUMENT_KINDS,
    )


@page("/documents/<uuid:record_id>")
def document(record_id: UUID) -> str:
    """Show a document, its text, and all that is stated in it."""
    found = ask(f"documents/{record_id}", expand="publisher,copy_of")
    reported = ask(
        "events",
        document=record_id,
        limit=MAX_REPORTED,
        sort="starts_on",
        fields="title,date,attestation",
    )
    return render(
        "reading.html",
        statement=None,
        document=found,
        values={},
        reported=reported["items"],
        api=api(),
        csv=api("/statements.csv", document=record_id),
        **reading_of(found, None),
    )
