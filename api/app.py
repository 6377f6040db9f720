"""The service, put together: its resources, its refusals, its description."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request
from psycopg_pool import ConnectionPool
from werkzeug.exceptions import NotAcceptable
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    actors,
    bundles,
    changes,
    datasets,
    documents,
    events,
    home,
    keys,
    locations,
    releases,
    statements,
)
from api.http import context, errors, log, waiting
from api.http.request import JSON, JSON_PATCH
from models.database.connections import Connection

RESOURCES = (
    datasets,
    documents,
    actors,
    locations,
    events,
    statements,
    bundles,
    changes,
    releases,
    keys,
)
"""What is served under /v1, in the order of the description."""


def create_app(pool: ConnectionPool[Connection], settings: Mapping[str, Any]) -> Flask:
    """Make the service on a pool of connections that its caller opens and closes."""
    app = Flask("attest", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings["max_body"]
    app.url_map.strict_slashes = False
    # A slash in the path is a slash: //v1//events is nothing of ours.
    app.url_map.merge_slashes = False
    context.init(app, pool, settings)
    waiting.init(app, settings["threads"])
    log.init(app)
    errors.init(app)
    app.before_request(acceptable)
    app.after_request(guard)
    for module in RESOURCES:
        app.register_blueprint(module.blueprint)
    home.init(app)
    if hops := settings["proxies"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app


def acceptable() -> None:
    """Refuse what does not take JSON as the answer, or events where the answer is a stream."""
    answer = changes.EVENT_STREAM if request.path == changes.STREAM else JSON
    if request.headers.get("Accept", "*/*") in {"*/*", answer}:  # as nearly all requests do
        return
    accepted = request.accept_mimetypes
    if (
        request.path.startswith("/v1/")
        and accepted
        and not accepted.best_match([answer, JSON_PATCH])
    ):
        raise NotAcceptable(f"The answer is {answer}, which Accept does not take.")


def guard(response: Response) -> Response:
    """Set the headers that keep browsers from taking an answer for something else."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.path.startswith("/v1/"):
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept, Authorization"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    elif request.path.startswith("/docs"):
        # The viewer starts itself by a script inside its page, and styles itself likewise.
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; script-src 'self' 'unsafe-inline'; "
            "style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
        )
    return response
