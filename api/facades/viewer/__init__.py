"""/docs/: the description, to read and to try out, by Swagger UI and nothing from elsewhere."""

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response

from api.facades.files import found, sent
from models.table import NotFound

blueprint = Blueprint("viewer", __name__, url_prefix="/docs")

HEADERS = {
    # Swagger UI sets styles as attributes of what it draws, and has images inside its CSS.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}
"""Further headers of its answers."""

OURS = Path(__file__).parent
"""The page, what starts it, and its colours."""

THEIRS = Path(flask_swagger_ui.__file__).parent / "dist"
"""Swagger UI, as its package has it."""

FILES = {
    "page.html": OURS,
    "viewer.css": OURS,
    "viewer.js": OURS,
    "favicon-32x32.png": THEIRS,
    "swagger-ui-bundle.js": THEIRS,
    "swagger-ui.css": THEIRS,
}
"""The files that are served: their names and where they are."""


@blueprint.get("/")
@blueprint.get("/<name>")
def viewer(name: str = "page.html") -> Response:
    """Answer with the page, or with what it is made of."""
    path = found(FILES[name], name) if name in FILES else None
    if path is None:
        raise NotFound("The page of the API has no such part.")
    return sent(path)
