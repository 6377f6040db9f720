"""Keys: who may read, write and administer; kept only as digests of their secrets."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from models.database.connections import Connection

SCOPES = ("read", "write", "admin")
"""Scopes of keys, each with all before it."""

METHODS = ("human", "model", "import")
"""How what is written with a key is made."""


class Key(NamedTuple):
    """A key, without its secret, which nobody keeps."""

    id: UUID
    name: str
    scopes: list[str]
    method: str
    created_at: Any
    revoked_at: Any

    def allows(self, scope: str) -> bool:
        """Tell whether one of its scopes is `scope`, or goes beyond it."""
        return any(SCOPES.index(own) >= SCOPES.index(scope) for own in self.scopes)


COLUMNS = "keys.id, keys.name, keys.scopes, keys.method, keys.created_at, keys.revoked_at"


def digest(secret: str) -> bytes:
    """Digest a secret: SHA-256, enough for 32 random bytes."""
    return hashlib.sha256(secret.encode()).digest()


def create(
    connection: Connection,
    name: str,
    scopes: list[str],
    secret: str | None = None,
    method: str = "human",
) -> tuple[Key, str]:
    """Make a key of 32 random bytes, or of a given secret; return it with its secret.

    `method` is how what is written with it is made: one of METHODS.
    """
    secret = secret or f"attest_{secrets.token_urlsafe(32)}"
    row = connection.execute(
        "INSERT INTO keys (id, name, digest, scopes, method) VALUES (%s, %s, %s, %s, %s)"
        f" RETURNING {COLUMNS}",
        (uuid7(), name, digest(secret), scopes, method),
    ).fetchone()
    return Key(*row), secret  # type: ignore[misc]


def find(connection: Connection, secret: str) -> Key | None:
    """Find the key with this secret, unless it was revoked."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM keys WHERE keys.digest = %s AND keys.revoked_at IS NULL",
        (digest(secret),),
    ).fetchone()
    return Key(*row) if row else None


def get(connection: Connection, key_id: str) -> tuple[Key, bytes] | None:
    """Read the key with this id and the digest of its secret, unless it was revoked."""
    row = connection.execute(
        f"SELECT keys.digest, {COLUMNS} FROM keys WHERE keys.id = %s AND keys.revoked_at IS NULL",
        (key_id,),
    ).fetchone()
    return (Key(*row[1:]), row[0]) if row else None


def known(connection: Connection, secret: str) -> bool:
    """Tell whether there is, or was, a key with this secret."""
    statement = "SELECT FROM keys WHERE keys.digest = %s"
    return connection.execute(statement, (digest(secret),)).fetchone() is not None


def search(connection: Connection) -> list[Key]:
    """List all keys, revoked ones too, the oldest first."""
    return [Key(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM keys ORDER BY keys.id")]


class LastError(Exception):
    """It is the last key that can administer."""


def revoke(connection: Connection, key_id: str, *, leave_one: bool = False) -> bool:
    """Revoke a key at once; false where there is none with this id, or it was revoked before.

    With `leave_one`, LastError where nobody could administer any more.
    """
    with connection.transaction():
        # Two administrators who revoke each other at the same time wait for each other here.
        valid = connection.execute(
            "SELECT keys.id::text, 'admin' = ANY(keys.scopes) FROM keys"
            " WHERE keys.revoked_at IS NULL ORDER BY keys.id FOR UPDATE"
        ).fetchall()
        others = [each for each, administers in valid if administers and each != key_id]
        if leave_one and (key_id, True) in valid and not others:
            raise LastError
        row = connection.execute(
            "UPDATE keys SET revoked_at = %s WHERE keys.id = %s AND keys.revoked_at IS NULL"
            " RETURNING keys.id",
            (datetime.now(UTC), key_id),
        ).fetchone()
    return row is not None
