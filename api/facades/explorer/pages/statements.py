"""/statements and /statements/{id}: who said what, through whom, and where it is written."""

from uuid import UUID

from werkzeug import Response

from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.lists import shown
from api.facades.explorer.page import page
from api.facades.explorer.reading import reading_of, values_claimed
from api.facades.explorer.rendering import render
from schemas.vocabularies import own

NAMED = {
    "speaker": "actors",
    "on_behalf_of": "actors",
    "addressee": "actors",
    "carrier": "actors",
    "event": "events",
    "document": "documents",
    "location": "locations",
    "publisher": "actors",
    "responds_to": "statements",
}
EMBEDDED = "speaker,on_behalf_of,chain.actor,document,location,addressees,responds_to,claims.event"


@page("/statements")
def statements() -> str | Response:
    """Show statements that match."""
    return shown(
        "statements",
        NAMED,
        helpers={"who": ("actors", "speaker")},
        asked={"expand": "speaker,on_behalf_of,claims.event"},
        choices={"stance": own.STANCES, "act": own.ACTS, "form": own.FORMS},
    )


@page("/statements/<uuid:record_id>")
def statement(record_id: UUID) -> str:
    """Show a statement, its way here, what it claims, and its words in the document."""
    found = ask(f"statements/{record_id}", expand=EMBEDDED)
    document = None
    if found["document_id"]:
        document = ask(f"documents/{found['document_id']}", expand="publisher")
    return render(
        "reading.html",
        statement=found,
        document=document,
        values=values_claimed(found),
        reported=[],
        api=api(),
        csv=None,
        **reading_of(document, found),
    )
