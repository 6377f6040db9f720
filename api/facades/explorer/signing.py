"""Signing in: a key is exchanged for a cookie that only pages read.

The cookie has the key's id, never its secret. It is signed with the digest of the secret, which the
database has: so every worker and every instance can check it, and it ends with its key.
"""

from hashlib import sha256

from flask import Response, g, request
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from api.http.auth import authorize, is_public
from api.http.context import database
from models import keys
from schemas.fields.ids import UUID

COOKIE = "attest"
SALT = "attest: reading pages"
SESSION_SECONDS = 8 * 60 * 60
"""How long a reader stays signed in: a working day."""


def identify_reader() -> None:
    """Find who reads: by the header as in the API, else by the cookie; 401 where anyone must."""
    if "Authorization" in request.headers:
        authorize("read")
    elif found := signed_in():
        g.key = found
        if not found.allows("read"):
            raise Forbidden("This needs a key with the scope read.")
    elif not is_public("read"):
        raise Unauthorized("Reading needs a key here.", www_authenticate=WWWAuthenticate("bearer"))


def signed_in() -> keys.Key | None:
    """Give the key that the cookie was made for, if that is valid still."""
    sent = request.cookies.get(COOKIE, "")
    key_id, _, _ = sent.partition(".")
    found = keys.get(database(), key_id) if UUID.fullmatch(key_id) else None
    if found is None:
        return None
    key, digest = found
    try:
        signer(digest).unsign(sent, max_age=SESSION_SECONDS)
    except BadSignature:
        return None
    return key


def sign_in(response: Response, key: keys.Key) -> None:
    """Let the browser keep a cookie for a key."""
    found = keys.get(database(), str(key.id))
    if found is None:
        return
    signed = signer(found[1]).sign(str(key.id)).decode()
    response.set_cookie(
        COOKIE,
        signed,
        max_age=SESSION_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def sign_out(response: Response) -> None:
    """Let the browser forget the cookie."""
    response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Strict")


def signer(digest: bytes) -> TimestampSigner:
    """Make what signs and checks the cookie of a key."""
    return TimestampSigner(digest, salt=SALT, digest_method=sha256)
