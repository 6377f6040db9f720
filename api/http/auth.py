"""Authorization: API keys as bearer tokens (RFC 6750), and public scopes."""

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from api.http.context import database, key, settings
from models import keys


def authorize(scope: str) -> None:
    """Require that the key has the scope, or that it is public; 401 or 403 otherwise."""
    sent = request.headers.get("Authorization")
    if sent is not None:
        g.key = identify(sent)
    elif is_public(scope):
        return
    else:
        raise Unauthorized(
            f"This needs a key with the scope {scope}, sent as Authorization: Bearer <key>.",
            www_authenticate=WWWAuthenticate("bearer"),
        )
    holder = key()
    if holder is None or not holder.allows(scope):
        raise Forbidden(f"This needs a key with the scope {scope}.")


def is_public(scope: str) -> bool:
    """Say whether a scope needs no key."""
    return scope != "admin" and bool(settings()[f"public_{scope}"])


def identify(sent: str) -> keys.Key:
    """Find the key of an Authorization header; 401 if there is none."""
    scheme, _, secret = sent.partition(" ")
    found = None
    if scheme.lower() == "bearer" and secret.strip().isascii():
        found = keys.find(database(), secret.strip())
    if found is None:
        challenge = WWWAuthenticate("bearer", {"error": "invalid_token"})
        raise Unauthorized(
            "The Authorization header names no key that is valid: Bearer <key> is its form.",
            www_authenticate=challenge,
        )
    return found
