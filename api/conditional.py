"""Conditional requests (RFC 9110, section 13): who writes says which version of a record."""

from flask import request

from api.errors import Stale, Unconditional
from models.table import Stored


def fresh(stored: Stored) -> bool:
    """Tell whether a client that reads has this very representation already."""
    return stored.etag in request.if_none_match


def may_create() -> None:
    """Refuse to create what the request expects to be there."""
    if request.if_match:
        raise Stale("There is no record that If-Match could match.")


def may_replace(stored: Stored) -> None:
    """Refuse to change a record unless the request names the version that stands."""
    if request.if_none_match:
        if request.if_none_match.star_tag or stored.etag in request.if_none_match:
            raise Stale("If-None-Match forbids it: the record is there.", stored.text)
    elif not request.if_match:
        raise Unconditional(
            "Say which version this is about: If-Match with the ETag, or * for whatever stands."
        )
    if request.if_match and not request.if_match.contains(stored.etag):
        raise Stale("The record has changed; this is how it stands.", stored.text)
