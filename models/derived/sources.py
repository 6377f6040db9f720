"""Sources: a document without a grade of its own is as reliable as its publisher."""

from collections.abc import Sequence
from datetime import datetime

from models.database.connections import Connection
from models.documents import derived, source_reliability
from models.store.records import ARRIVAL

DOCUMENTS_AT_ONCE = 1_000
"""Maximum number of documents derived by one statement."""

PUBLISHED = """
SELECT documents.id FROM documents
WHERE documents.publisher_id = ANY(%s::uuid[]) AND documents.reliability IS NULL
    AND NOT documents.withdrawn
ORDER BY documents.id FOR NO KEY UPDATE
"""
"""Locks the documents that have the grade of one of these publishers."""

LOCK_PUBLISHERS = (
    "SELECT FROM actors WHERE actors.id = ANY(%s::uuid[]) ORDER BY actors.id FOR UPDATE"
)
"""Locks publishers against writers of documents, who lock theirs."""

DERIVE = f"""
WITH old AS (
    SELECT documents.* FROM documents WHERE documents.id = ANY(%(ids)s::uuid[])
),
wanted AS (
    SELECT old.id, {source_reliability("old.reliability", "old.publisher_id")} AS grade,
        {derived("old.reliability", "old.publisher_id")} AS derived
    FROM old
),
changed AS (
    SELECT old.*, wanted.grade, wanted.derived AS anew FROM old JOIN wanted ON wanted.id = old.id
    WHERE wanted.derived <> old.derived
),
kept AS (
    INSERT INTO documents_history SELECT after(old.recorded_at, %(now)s), old.* FROM old
    WHERE old.recorded_at <> %(now)s AND old.id IN (SELECT changed.id FROM changed)
),
new AS (
    UPDATE documents
    SET derived = changed.anew, source_reliability = changed.grade,
        derivations = changed.derivations + 1, recorded_at = after(changed.recorded_at, %(now)s)
    FROM changed WHERE documents.id = changed.id RETURNING documents.*
)
{ARRIVAL}
SELECT 'documents', new.id::text, new.version, new.dataset, 'derive', new.recorded_at,
    NULL, NULL, NULL
FROM new ON CONFLICT (recorded_at, resource, id) DO NOTHING
"""
"""Derives the grades of documents anew, keeps what they were, and lets the feed know.

What this very transaction has written has arrived already.
"""


def update(connection: Connection, publishers: Sequence[str], now: datetime) -> None:
    """Derive anew how reliable the documents of publishers are, whose own grade has changed.

    What changes stands since `now`. Documents are locked first, as by whoever edits them; while
    this waits for the publishers, others may give them more.
    """
    given = ([*publishers],)
    connection.execute(PUBLISHED, given)
    connection.execute(LOCK_PUBLISHERS, given)
    ids = [row[0] for row in connection.execute(PUBLISHED, given)]
    for start in range(0, len(ids), DOCUMENTS_AT_ONCE):
        chunk = ids[start : start + DOCUMENTS_AT_ONCE]
        connection.execute(DERIVE, {"ids": chunk, "now": now})
