"""A page: who may read it, as of which instant, from one snapshot, and whether it has changed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import sha256
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Blueprint, Response, g, redirect, request
from werkzeug import Response as Redirection

from api.facades.explorer.addresses import change
from api.facades.explorer.asking import query_of
from api.facades.explorer.rendering import VERSION
from api.facades.explorer.signing import identify_reader
from api.http import conditional
from api.http.as_of import instant_of
from api.http.context import database, key
from api.http.request import understood
from models import states
from models.database.connections import snapshot
from models.past.as_of import entered
from schemas.instants import instant
from schemas.lists import Read
from schemas.problem import BadQuery, Fault

pages = Blueprint("explorer", __name__)

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""All that a page may load or send to: this service."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Encoding, Authorization, Cookie",
    # Otherwise browsers would not say that a form is of this site.
    "Referrer-Policy": "same-origin",
}
"""Headers of every page."""

UNLISTED = {"X-Robots-Tag": "noindex"}
"""Tells search engines to leave out what is one of endlessly many selections."""

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")
"""Headers that are about the page, and not about the records that it asks for."""

MAX_KEPT_CHARACTERS = 8_000_000
"""Maximum length of all pages that a worker keeps."""

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
"""How long before now a page can be asked for by name."""

View = Callable[..., str | Redirection]

kept: LRUCache[str, str] = LRUCache(MAX_KEPT_CHARACTERS, getsizeof=len)
"""Pages by their ETags."""

keeping = Lock()
"""Held while pages are put there and taken."""


def page(rule: str | None) -> Callable[[View], Callable[..., Redirection]]:
    """Serve a view, which gives the text of a page or a redirection, to whoever may read.

    What it asks for is one state of all records, and its text is kept until that changes. Without a
    rule, another view calls it.
    """

    def decorate(view: View) -> Callable[..., Redirection]:
        @wraps(view)
        def shown(**path: Any) -> Redirection:
            g.page = True
            identify_reader()
            if "ago" in request.args:
                return redirect(change(as_of=instant_before(request.args["ago"]), ago=None))
            then = read_instant()
            connection = database()
            with snapshot(connection):
                state = states.state(connection)
                if not state.arrived:
                    return answer(lambda: view(**path), then, state.name)
            # The history of a record would lack what has no position in the feed yet.
            states.catch_up(connection)
            with snapshot(connection):
                return answer(lambda: view(**path), then, states.state(connection).name)

        if rule:
            pages.add_url_rule(rule, view.__name__, shown)
        return shown

    return decorate


def instant_before(period: str) -> str:
    """Give the instant that lies a period before now, which forms ask for; BadQuery if unknown."""
    if period not in PERIODS:
        raise BadQuery([Fault("ago", "unknown", f"The periods are: {', '.join(PERIODS)}.")])
    return instant(datetime.now(UTC) - PERIODS[period])


def read_instant() -> datetime | None:
    """Read which instant is asked for; links keep it as it was written."""
    asked = request.args.get("as_of")
    if not asked:
        return None
    query = understood(Read, query_of(as_of=asked).encode())
    final = instant_of(query["as_of"])
    g.as_of, g.instant = asked, instant(final)
    return final


def tag_of(state: str) -> str:
    """Give the ETag of the page that is asked for, in a state of all records."""
    reader = key()
    by = f"{reader.id} {'Authorization' in request.headers}" if reader else ""
    parts = (VERSION, state, request.host_url, request.full_path, by)
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def answer(
    view: Callable[[], str | Redirection], then: datetime | None, state: str | None
) -> Redirection:
    """Answer with a page as of an instant, in a state of all records; 304 to whoever has it."""
    tag = state and tag_of(state)
    if tag and (unchanged := conditional.unchanged(tag)):
        unchanged.headers.update(HEADERS)
        return unchanged
    for name in CONDITIONS:
        request.environ.pop(name, None)
    text = kept_text(tag) or written(view, then)
    if not isinstance(text, str):
        return text
    response = Response(text, headers=HEADERS, mimetype="text/html")
    if tag:
        response.headers["ETag"] = f'"{tag}"'
        keep(tag, text)
    if request.args:
        response.headers.update(UNLISTED)
    return response


def written(view: Callable[[], str | Redirection], then: datetime | None) -> str | Redirection:
    """Write a page, as of an instant if one is asked for."""
    if then is None:
        return view()
    with entered(database(), then):
        return view()


def kept_text(tag: str | None) -> str | None:
    """Give the text of a page if this worker has written it before."""
    with keeping:
        return kept.get(tag) if tag else None


def keep(tag: str, text: str) -> None:
    """Keep the text of a page for the next reader; one that is too long is not kept."""
    with keeping, suppress(ValueError):
        kept[tag] = text
