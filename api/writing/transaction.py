"""A write: one transaction, which may be retried safely, or be a dry run."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

from flask import Response, g, request
from psycopg import Rollback
from psycopg.errors import DeadlockDetected

from api.http.context import database, key
from api.http.errors import Overtaken
from api.http.request import JSON
from models.database.connections import Connection, limit
from models.store import idempotency
from models.store.idempotency import Answer
from schemas.merges import MAX_COMMENT_CHARACTERS
from schemas.problem import BadHeader, Fault

IDEMPOTENCY_KEY = "Idempotency-Key"

MAX_TRIES = 6
"""Maximum number of tries of a transaction before its client is told to retry."""

MAX_KEY_CHARACTERS = 255
"""Maximum length of an Idempotency-Key."""

EDIT_COMMENT = "Edit-Comment"


def transact(
    work: Callable[[Connection], Answer],
    *,
    dry_run: bool,
    repeatable: bool = False,
    timeout: int | None = None,
    comment: str | None = None,
) -> Response:
    """Do the work of a write in one transaction, and answer.

    With `repeatable`, the same Idempotency-Key is answered the same without doing it again. With
    `dry_run` everything is done, checked and answered, and nothing is kept. `timeout`, in
    milliseconds, replaces the usual timeout of statements. `comment` comes from the body, and
    takes precedence over the header Edit-Comment.
    """
    connection, holder = database(), key()
    name = request.headers.get(IDEMPOTENCY_KEY) if repeatable else None
    if name is not None and not 0 < len(name) <= MAX_KEY_CHARACTERS:
        detail = f"It has 1 to {MAX_KEY_CHARACTERS} characters."
        raise BadHeader([Fault(IDEMPOTENCY_KEY, "length", detail)])
    said = edit_comment()  # which is read in any case, for what is wrong with it
    g.comment = (comment or "").strip() or said
    owner = holder.id if holder else None

    def attempt() -> Answer:
        with connection.transaction() as transaction:
            if timeout is not None:
                limit(connection, timeout)
            answer = idempotency.claim(connection, owner, name, fingerprint()) if name else None
            if answer is None:
                answer = work(connection)
                if name is not None and not dry_run:
                    idempotency.keep(connection, owner, name, answer)
            if dry_run:
                raise Rollback(transaction)
        return answer

    answer = persist(attempt)
    response = Response(answer.body, answer.status, answer.headers, mimetype=JSON)
    if not answer.body:
        del response.headers["Content-Type"]
    return response


def persist(attempt: Callable[[], Answer]) -> Answer:
    """Retry a transaction that PostgreSQL aborted because of a deadlock or a conflict."""
    for _ in range(MAX_TRIES - 1):
        with suppress(DeadlockDetected, Overtaken):
            return attempt()
    return attempt()


def edit_comment() -> str | None:
    """Read the header Edit-Comment, in UTF-8."""
    sent = request.headers.get(EDIT_COMMENT)
    if sent is None:
        return None
    try:
        comment = sent.encode("latin-1").decode()  # WSGI gives the bytes of a header as Latin-1
    except UnicodeError:
        comment = sent
    if not 0 < len(comment.strip()) <= MAX_COMMENT_CHARACTERS or not comment.strip().isprintable():
        detail = f"It has 1 to {MAX_COMMENT_CHARACTERS} characters, all of them printable."
        raise BadHeader([Fault(EDIT_COMMENT, "length", detail)])
    return comment.strip()


def fingerprint() -> bytes:
    """Digest a request: its address and its body."""
    sent = request.get_data()
    return sha256(b"\n".join([request.method.encode(), request.full_path.encode(), sent])).digest()
