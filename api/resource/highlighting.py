"""Records of a list with the places in them where the words stand that they were found by."""

from typing import Any

import orjson

from models import documents
from models.database.connections import Connection
from models.lists.highlights import highlights

MAX_CODE_POINTS = 500_000
"""Maximum number of code points of a page in which words are looked for to be shown."""


def highlighted(connection: Connection, texts: list[str], asked: Any) -> list[str]:
    """Add to the texts of records where the words stand that are asked for."""
    records: list[dict[str, Any]] = [orjson.loads(text) for text in texts]
    ids = [record["id"] for record in records if "text_sha256" in record]
    full_texts = documents.texts(connection, ids)
    found, left = [], MAX_CODE_POINTS
    for text, record in zip(texts, records, strict=True):
        if record["id"] in full_texts:
            record["text"] = full_texts[record["id"]]
        shown, seen = highlights(record, asked, left)
        left -= seen
        listed = orjson.dumps([each._asdict() for each in shown]).decode()
        found.append(f'{text[:-1]},"highlights":{listed}}}')
    return found
