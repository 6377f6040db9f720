"""The pages and what they need, put together: style, script, icon, signing in, and refusals."""

from http import HTTPStatus
from urllib.parse import quote

import orjson
from flask import Flask, Response, current_app, g, redirect, request
from werkzeug import Response as Answer
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized

from api.facades import manual
from api.facades.explorer.addresses import API
from api.facades.explorer.page import HEADERS, pages
from api.facades.explorer.pages import (
    actors,
    changes,
    documents,
    event,
    events,
    home,
    locations,
    registers,
    search,
    statements,
)
from api.facades.explorer.rendering import HERE, render
from api.facades.explorer.signing import sign_in, sign_out
from api.facades.files import found, sent
from api.http.auth import identify
from api.http.problems import PROBLEM
from api.http.request import JSON

SHOWN = (actors, changes, documents, event, events, home, locations, registers, search, statements)
"""The modules with pages, which put them into the blueprint."""

ENTRY = "service.home"
"""The view of the API at the address of the first page."""

WITH_PAGES = {pages.name, manual.blueprint.name}
"""Sections whose refusals are pages."""


@pages.get("/static/<name>")
def static(name: str) -> Response:
    """Serve the style, the script or the icon."""
    path = found(HERE / "static", name)
    if path is None:
        raise NotFound
    return sent(path)


@pages.get("/sign-in")
def sign_in_form() -> Response:
    """Ask for a key."""
    return form()


@pages.post("/sign-in")
def signed_in() -> Response:
    """Exchange a key for a cookie, and go on to where the reader wanted to go."""
    own_form()
    try:
        key = identify(f"Bearer {request.form.get('key', '').strip()}")
    except Unauthorized:
        return form("There is no such key, or it was revoked.")
    if not key.allows("read"):
        return form("This key may not read.")
    answer = going_to(onwards())
    sign_in(answer, key)
    return answer


@pages.post("/sign-out")
def signed_out() -> Response:
    """Let the browser forget the reader."""
    own_form()
    answer = going_to("/")
    sign_out(answer)
    return answer


def going_to(path: str) -> Response:
    """Let the browser go to a page after a form."""
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def form(fault: str = "") -> Response:
    """Show the form to sign in."""
    text = render("sign-in.html", fault=fault, onwards=onwards())
    return Response(text, HTTPStatus.UNAUTHORIZED if fault else HTTPStatus.OK, HEADERS)


def onwards() -> str:
    """Give the page to go on to, which must be one of ours."""
    asked = request.form.get("next") or request.args.get("next") or "/"
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if ours and asked.isprintable() else "/"


def own_form() -> None:
    """Refuse a form that a page of another site sends."""
    site = request.headers.get("Sec-Fetch-Site")
    _, _, host = request.headers.get("Origin", request.host_url.rstrip("/")).partition("://")
    # Browsers say nothing of the site without TLS, and name the origin alone.
    if site not in {"same-origin", "none"} if site else host != request.host:
        raise Forbidden("This form was sent by another site.")


def shown_to_people(response: Answer) -> Answer:
    """Show a refusal or failure as a page where a page was asked for."""
    if response.mimetype != PROBLEM or not asks_for_page():
        return response
    problem = orjson.loads(response.get_data())
    if response.status_code == HTTPStatus.NOT_FOUND and (twin := twin_of_page()):
        return redirect(twin, HTTPStatus.TEMPORARY_REDIRECT)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        text = render("sign-in.html", fault="", onwards=request.full_path.removesuffix("?"))
    elif "Location" in response.headers:
        return response
    else:
        text = render("problem.html", problem=problem)
    response.set_data(text)
    response.mimetype = "text/html"
    response.headers.update(HEADERS)
    return response


def asks_for_page() -> bool:
    """Tell whether a page was asked for, or something unknown by a browser."""
    if request.url_rule is not None:
        return "page" in g or (request.blueprint in WITH_PAGES and prefers_pages())
    return prefers_pages() and not request.path.startswith(f"{API}/")


def twin_of_page() -> str | None:
    """Give the address in the API where there is no page of the same, such as of revisions."""
    if request.url_rule is not None or request.method not in {"GET", "HEAD"}:
        return None
    adapter = current_app.url_map.bind("")
    try:
        adapter.match(API + request.path, "GET")
    except HTTPException:
        return None
    _, _, query = request.full_path.rpartition("?")
    return API + quote(request.path) + (f"?{query}" if query else "")


def init(app: Flask) -> None:
    """Serve the pages, and show refusals as pages to people."""
    app.register_blueprint(pages)
    app.before_request(front_page)
    app.after_request(shown_to_people)


def front_page() -> Answer | None:
    """Show the first page to browsers, where programs get the entry points as JSON."""
    return home.home() if request.endpoint == ENTRY and prefers_pages() else None


def prefers_pages() -> bool:
    """Tell whether a page is preferred to JSON, as by browsers."""
    return request.accept_mimetypes.best_match([JSON, "text/html"]) == "text/html"
