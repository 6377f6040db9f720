"""The service, put together: its resources, its refusals, its description."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from flask_cors import CORS
from psycopg_pool import ConnectionPool
from werkzeug.exceptions import NotAcceptable
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    actors,
    assessments,
    bundles,
    changes,
    datasets,
    documents,
    events,
    exports,
    home,
    keys,
    locations,
    problems,
    releases,
    statements,
)
from api.facades import manual, viewer
from api.facades.explorer import routes as explorer
from api.http import coding, context, log, streaming, waiting
from api.http import problems as refusals
from api.http.addressing import addressed
from api.http.formats.features import GEOJSON
from api.http.problems import PROBLEM
from api.http.request import JSON, JSON_PATCH
from models.database.connections import Connection
from schemas.resources import complete

SECTIONS = (
    datasets,
    documents,
    actors,
    locations,
    events,
    statements,
    exports,
    assessments,
    bundles,
    changes,
    releases,
    keys,
)
"""The sections under /v1, in the order of the description."""

complete("SECTIONS in api/app.py", {each.blueprint.name: each for each in SECTIONS})

SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Headers of every answer, for browsers."""

API_HEADERS = {
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Encoding, Authorization",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Further headers of the API's answers."""

EXPOSED = [
    "Accept-Query",
    "Attest-Left-Out",
    "Attest-Total",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
]
"""Headers of answers that pages of other origins may read, beside those that every page may."""

SECTION_HEADERS: dict[str, dict[str, str]] = {
    home.blueprint.name: {},
    "explorer": {},
    manual.blueprint.name: manual.HEADERS,
    viewer.blueprint.name: viewer.HEADERS,
}
"""Further headers of other sections' answers."""


def create_app(pool: ConnectionPool[Connection], settings: Mapping[str, Any]) -> Flask:
    """Make the service on a pool of connections that its caller opens and closes."""
    app = Flask("attest", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings["max_body"]
    app.url_map.strict_slashes = False
    # A slash in the path is a slash: //v1//events is nothing of ours.
    app.url_map.merge_slashes = False
    context.init(app, pool, settings)
    waiting.init(app, settings["threads"])
    streaming.init(app, settings["exports"], settings["threads"])
    log.init(app)
    refusals.init(app)
    app.before_request(addressed)
    app.before_request(acceptable)
    coding.init(app)
    if origins := settings["cors_origins"]:
        share(app, origins)
    app.after_request(guard)
    for module in SECTIONS:
        app.register_blueprint(module.blueprint)
    app.register_blueprint(problems.blueprint)
    app.register_blueprint(home.blueprint)
    app.register_blueprint(viewer.blueprint)
    manual.init(app, settings["manual_dir"])
    explorer.init(app)
    if hops := settings["proxies"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app


def acceptable() -> None:
    """Refuse a request that does not accept what its operation answers."""
    accept = request.environ.get("HTTP_ACCEPT", "*/*")
    if accept == "*/*":  # as nearly all requests say
        return
    view = current_app.view_functions.get(request.endpoint or "")
    described = getattr(view, "operation", None)
    if described is None or NotAcceptable.code not in described.refused:
        return
    types = described.types
    # A patch is JSON as well, and so is a map: GDAL asks for one by the media type of JSON. Whoever
    # takes problems alone may be answered with none.
    taken = (*types, *([JSON] if {JSON_PATCH, GEOJSON} & {*types} else []), PROBLEM)
    accepted = request.accept_mimetypes
    if accept not in taken and accepted and not accepted.best_match(taken):
        raise NotAcceptable(f"The answer is {types[0]}, which Accept does not take.")


def guard(response: Response) -> Response:
    """Set the headers that keep browsers from taking an answer for something else."""
    further = SECTION_HEADERS.get(request.blueprint or "", API_HEADERS)
    for name, value in (SECURITY_HEADERS | further).items():
        response.headers.setdefault(name, value)
    if response.status_code == HTTPStatus.NO_CONTENT or request.method == "OPTIONS":
        response.headers.pop("Content-Type", None)  # for there is no content
    return response


def share(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of other origins ask the service, and read the headers of its answers."""
    CORS(
        app,
        origins="*" if "*" in origins else [re.compile(re.escape(one) + r"\Z") for one in origins],
        methods=["GET", "HEAD", "QUERY", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allow_headers="*",
        expose_headers=EXPOSED,
        max_age=timedelta(hours=1),
    )
