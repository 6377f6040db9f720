"""How documents are stored and found, and the texts that quotes are held against."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.database.connections import Connection
from models.lists.conditions import UNDATED, among, days, possibly, shared
from models.table import Condition, Order, Table


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from a document."""
    return {
        "publisher_id": record["publisher_id"],
        "kind": record["kind"],
        "language": record["language"],
        "url": record["url"],
        "text_sha256": record["text_sha256"],
        "full_text": record["text"],
        **days({**record, "date": record["published_on"]}, unknown=UNDATED),
    }


DOCUMENTS = Table(
    name="documents",
    row=row,
    columns={
        "publisher_id": "%(publisher_id)s",
        "kind": "%(kind)s",
        "language": "%(language)s",
        "url": "%(url)s",
        "text_sha256": "%(text_sha256)s",
        "full_text": "%(full_text)s",
        "begins": "%(begins)s",
        "starts_on": "%(starts_on)s",
        "ends_on": "%(ends_on)s",
    },
    filters={
        "publisher": among("documents", "publisher_id", "publisher", "uuid"),
        "language": among("documents", "language"),
        "kind": among("documents", "kind"),
        **shared("documents"),
        **possibly("documents", "published_on"),
        "url": Condition("documents.url = ANY(%(url)s)"),
        "text_sha256": Condition("documents.text_sha256 = ANY(%(text_sha256)s)"),
    },
    orders={
        "published_on": Order("documents.begins", "timestamp"),
        "created_at": Order("documents.created_at", "timestamptz"),
        "updated_at": Order("documents.updated_at", "timestamptz"),
    },
    order="begins",
    # A text is kept beside the body, so that lists need not leave it out of every record.
    full="documents.body || ',\"text\":' || coalesce(to_json(documents.full_text)::text, 'null')"
    " || documents.derived",
    # Who writes a statement holds its document; a new text waits for them, and they for it.
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
