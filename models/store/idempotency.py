"""Kept answers, so that a POST can be retried without being repeated."""

from typing import NamedTuple
from uuid import UUID

import orjson

from models.database.connections import Connection

ANONYMOUS = UUID(int=0)
"""Who writes without a key, where that is allowed."""


class Reused(Exception):  # noqa: N818 - it names what is so
    """An Idempotency-Key was used before, for another request."""


class Answer(NamedTuple):
    """The answer to a request."""

    status: int
    headers: dict[str, str]
    body: str


TAKE = """
WITH outdated AS (
    SELECT answers.key_id, answers.name FROM answers
    WHERE answers.created_at < now() - interval '24 hours'
        AND (answers.key_id, answers.name) <> (%(key)s::uuid, %(name)s::text)
    LIMIT 2 FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM answers USING outdated
    WHERE answers.key_id = outdated.key_id AND answers.name = outdated.name
)
INSERT INTO answers (key_id, name, request) VALUES (%(key)s, %(name)s, %(request)s)
ON CONFLICT (key_id, name) DO UPDATE
SET request = excluded.request, status = NULL, headers = NULL, body = NULL,
    created_at = excluded.created_at
WHERE answers.created_at < now() - interval '24 hours'
RETURNING answers.name
"""
"""Take a key that nobody has used for a day; each time, two that are outdated go."""


def claim(connection: Connection, key_id: UUID | None, name: str, request: bytes) -> Answer | None:
    """Take an Idempotency-Key for this request, or give the kept answer to the same request.

    `request` is a digest of what was sent. Waits for another request under way with the same
    key; raises Reused if that was another one.
    """
    owner = key_id or ANONYMOUS
    given = {"key": owner, "name": name, "request": request}
    if connection.execute(TAKE, given).fetchone():
        return None
    row = connection.execute(
        "SELECT answers.request, answers.status, answers.headers, answers.body FROM answers"
        " WHERE answers.key_id = %s AND answers.name = %s",
        (owner, name),
    ).fetchone()
    if row is None or row[0] != request:
        raise Reused
    return Answer(row[1], orjson.loads(row[2]), row[3])


def keep(connection: Connection, key_id: UUID | None, name: str, answer: Answer) -> None:
    """Keep the answer to the request that took the Idempotency-Key."""
    connection.execute(
        "UPDATE answers SET status = %s, headers = %s, body = %s"
        " WHERE answers.key_id = %s AND answers.name = %s",
        (
            answer.status,
            orjson.dumps(answer.headers).decode(),
            answer.body,
            key_id or ANONYMOUS,
            name,
        ),
    )
