"""Conditional requests (RFC 9110, section 13): a write names the version that it changes."""

from hashlib import sha256

from flask import Response, request

from api.http.coding import tags
from api.http.errors import Stale, Unconditional
from models.table import Stored


def tag(stored: Stored, text: str | None = None) -> str:
    """Give the ETag of a record, or of a `text` that is another representation of it.

    Such a text has a tag of its own, for what it embeds may change by itself; what stands before
    the dash is still the record's.
    """
    return f"{stored.etag}-{sha256(text.encode()).hexdigest()[:16]}" if text else stored.etag


def unchanged(tag: str) -> Response | None:
    """Answer 304 if the client has this representation already, in any coding."""
    if "If-None-Match" not in request.headers:
        return None
    held = request.if_none_match
    known = next((each for each in tags(tag) if held.contains_weak(each)), None)
    return Response(status=304, headers={"ETag": f'"{known}"'}) if known else None


def may_read(stored: Stored) -> None:
    """Refuse to read a record of which If-Match names another version."""
    if "If-Match" in request.headers and not matches(stored):
        raise Stale("The record has changed since.", stored.text)


def may_create() -> None:
    """Refuse to create a record that the request expects to exist."""
    if request.if_match:
        raise Stale("There is no record that If-Match could match.")


def may_replace(stored: Stored) -> None:
    """Refuse to change a record unless the request names its present version."""
    if request.if_none_match:
        if request.if_none_match.contains_weak(stored.etag):
            raise Stale("If-None-Match forbids it: the record is there.", stored.text)
    elif not request.if_match:
        raise Unconditional(
            "Say which version this is about: If-Match with the ETag, or * for whatever stands."
        )
    if request.if_match and not matches(stored):
        weak = request.if_match.as_set(include_weak=True) and not request.if_match.as_set()
        raise Stale(
            "If-Match takes strong ETags only." if weak else "The record has changed since.",
            stored.text,
        )


def may_follow(stored: Stored | None) -> None:
    """Refuse to change another version than the request names, if it names one."""
    if stored and request.if_match and not matches(stored):
        raise Stale("The record has changed since.", None if stored.withdrawn else stored.text)


def matches(stored: Stored) -> bool:
    """Say whether If-Match names the present version, in any representation."""
    # werkzeug reads an empty tag as None.
    named = {tag.partition("-")[0] for tag in request.if_match.as_set() if tag}
    return request.if_match.star_tag or stored.etag in named
