"""The service's answers about itself."""

from schemas.fields.values import Map, Text
from schemas.record import Strict


class HomeSchema(Strict):
    """The entry points."""

    name = Text("The service.", "Attest", required=True)
    about = Text("Its kind.", "Who did what to whom, and who says so.", required=True)
    version = Text("Its version.", "0.1.0", required=True)
    links = Map(
        "The entry points: name -> address.",
        {"docs": "http://127.0.0.1:8000/docs/"},
        values=Text("An address.", "http://127.0.0.1:8000/docs/", nullable=False),
        required=True,
    )


class HealthSchema(Strict):
    """How the service is."""

    status = Text("`ok`; anything else is answered as a problem.", "ok", required=True)
