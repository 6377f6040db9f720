"""How documents are stored and found, and the texts that quotes are held against."""

from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

from models.database.connections import Connection
from models.lists import text
from models.lists.conditions import UNDATED, among, days, days_kept, kept, possibly, shared
from models.lists.texts import worded, words_of
from models.table import UNASSESSED, Condition, Order, Table


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from a document."""
    return {
        "publisher_id": record["publisher_id"],
        "kind": record["kind"],
        "language": record["language"],
        "url": record["url"],
        "text_sha256": record["text_sha256"],
        "copy_of_id": record["copy_of_id"],
        "full_text": record["text"],
        "reliability": record["reliability"],
        "files": [file["sha256"] for file in record["files"] or ()],
        **words_of(record),
        **days({**record, "date": record["published_on"]}, unknown=UNDATED),
    }


PUBLISHERS_GRADE: LiteralString = """(
    SELECT actors.reliability FROM actors
    WHERE actors.id = {publisher} AND NOT actors.retracted AND NOT actors.withdrawn
)"""
"""The reliability of a document's publisher, unless that is retracted."""


def source_reliability(own: LiteralString, publisher: LiteralString) -> LiteralString:
    """Give the expression of a document's grade: its own, or else that of its publisher."""
    return f"coalesce({own}, {PUBLISHERS_GRADE})".replace("{publisher}", publisher)


def derived(own: LiteralString, publisher: LiteralString) -> LiteralString:
    """Give the expression of the derived end of a document's text: its grade, and whose it is."""
    return f"""',"source_reliability":' || coalesce(
        '{{"grade":"' || {own} || '","of":"document","actor_id":null}}',
        '{{"grade":"' || {PUBLISHERS_GRADE} || '","of":"publisher","actor_id":"'
            || {publisher} || '"}}',
        'null'
    ) || '}}'""".replace("{publisher}", publisher)


OWN, PUBLISHER = "%(reliability)s::text", "%(publisher_id)s::uuid"

DOCUMENTS = Table(
    name="documents",
    row=row,
    columns={
        "publisher_id": "%(publisher_id)s",
        "kind": "%(kind)s",
        "language": "%(language)s",
        "url": "%(url)s",
        "text_sha256": "%(text_sha256)s",
        "copy_of_id": "%(copy_of_id)s",
        "full_text": "%(full_text)s",
        "begins": "%(begins)s",
        "starts_on": "%(starts_on)s",
        "ends_on": "%(ends_on)s",
        "reliability": "%(reliability)s",
        "files": "%(files)s",
        # The publisher may be written in the same transaction, so that the database derives it.
        "source_reliability": source_reliability(OWN, PUBLISHER),
        "derived": derived(OWN, PUBLISHER),
    },
    children=[worded("document_words", "document_id")],
    filters={
        "copy_of": among("documents", "copy_of_id", "copy_of", "uuid"),
        "publisher": among("documents", "publisher_id", "publisher", "uuid"),
        "language": among("documents", "language"),
        "reliability": among("documents", "source_reliability", "reliability"),
        "kind": among("documents", "kind"),
        **shared("documents"),
        **text.conditions("documents", "document_words", "document_id"),
        **possibly("documents", "published_on"),
        "url": Condition("documents.url = ANY(%(url)s)"),
        "text_sha256": Condition("documents.text_sha256 = ANY(%(text_sha256)s)"),
        # The index has only documents with files.
        "file": Condition("documents.files <> '{}' AND documents.files && %(file)s::text[]"),
    },
    members={
        **kept("documents", "kind", "language", "url", "text_sha256", "reliability"),
        **days_kept("documents", "published_on"),
        "publisher_id": "documents.publisher_id",
        "copy_of_id": "documents.copy_of_id",
        "source_reliability.grade": "documents.source_reliability",
        "text": "documents.full_text",
    },
    orders={
        "published_on": Order("documents.begins", "timestamp"),
        "created_at": Order("documents.created_at", "timestamptz"),
        "updated_at": Order("documents.updated_at", "timestamptz"),
    },
    order="begins",
    # A text is kept beside the body, so that lists need not leave it out of every record.
    full="documents.body || ',\"text\":' || coalesce(to_json(documents.full_text)::text, 'null')"
    f" || coalesce(documents.assessed, '{UNASSESSED}') || documents.derived",
    # Whoever writes a statement locks its document: a new text waits for them, and they for it.
    lock_strength="UPDATE",
)
"""Documents; `datetime` is when they were published."""


def texts(connection: Connection, ids: Iterable[str]) -> dict[str, str | None]:
    """Read the texts of documents: id -> text, None where it was not given."""
    sought = list(ids)
    if not sought:
        return {}
    rows = connection.execute(
        "SELECT documents.id::text, documents.full_text FROM documents"
        " WHERE documents.id = ANY(%s::uuid[])",
        (sought,),
    )
    return dict(rows.fetchall())


def retracted(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Tell which of some documents are retracted."""
    sought = list(ids)
    if not sought:
        return set()
    rows = connection.execute(
        "SELECT documents.id::text FROM documents"
        " WHERE documents.id = ANY(%s::uuid[]) AND documents.retracted",
        (sought,),
    )
    return {row[0] for row in rows}
