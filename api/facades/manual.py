"""/manual/: the documentation, where `make docs` has built it."""

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Flask, current_app, redirect, request
from werkzeug.wrappers import Response as Answer

from api.facades.files import INDEX, found, sent
from models.table import NotFound

blueprint = Blueprint("manual", __name__, url_prefix="/manual")

HEADERS = {
    # The theme has its signs as images inside its CSS.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
}
"""Further headers of its answers: nothing inside a page is run, nothing is asked elsewhere."""

UNBUILT = (
    "The manual is not built here: `make docs` builds it, and ATTEST_MANUAL_DIR says where it is."
)
"""Said where there is none."""


def init(app: Flask, folder: str) -> None:
    """Serve the manual that lies in a folder, once it lies there."""
    app.extensions["manual"] = Path(folder).absolute()
    app.register_blueprint(blueprint)


@blueprint.get("/")
@blueprint.get("/<path:name>")
def manual(name: str = "") -> Answer:
    """Answer with a page of the manual, or with what it is made of."""
    folder: Path = current_app.extensions["manual"]
    if not is_built():
        raise NotFound(UNBUILT)
    index = found(folder, f"{name}/{INDEX}" if name else INDEX)
    if index and not request.path.endswith("/"):
        return redirect(f"{request.path}/", HTTPStatus.PERMANENT_REDIRECT)
    path = index or (None if request.path.endswith("/") else found(folder, name))
    if path is None:
        raise NotFound("The manual has no such page: it begins at /manual/.")
    return sent(path)


def is_built() -> bool:
    """Tell whether there is a manual."""
    folder: Path = current_app.extensions["manual"]
    return (folder / INDEX).is_file()
