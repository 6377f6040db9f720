"""Evidence: files known by their hashes, and how reliable the source of a document is."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from schemas.fields.ids import Address, AnySha256, Id, Pattern, example_id
from schemas.fields.moments import INSTANT, read_instant
from schemas.fields.values import Integer, List, Reason, Text
from schemas.fields.words import Word
from schemas.instants import instant
from schemas.record import Strict
from schemas.vocabularies import own

FILE = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
"""The hash of a file, as an example."""

MAX_BYTES = 2**53 - 1
"""The largest number of bytes of a file: what every client reads exactly."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clock of a client may be ahead of ours."""

NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
"""A restricted name (RFC 6838, section 4.2)."""


class MediaType(Pattern):
    """A media type without parameters, in small letters (RFC 6838)."""

    form = re.compile(f"{NAME}/{NAME}")
    default_error_messages = {"form": "This is no media type such as image/jpeg, as of RFC 6838."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        return super()._deserialize(value, attr, data, **more).lower()


class PastInstant(Pattern):
    """An instant that has been (RFC 3339), as it is in UTC."""

    form = INSTANT
    default_error_messages = {
        "form": "This is no instant such as 2026-11-22T08:00:00Z.",
        "future": "This lies in the future.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        moment = read_instant(super()._deserialize(value, attr, data, **more))
        if moment is None:
            raise self.make_error("form")
        if moment > datetime.now(UTC) + CLOCKS_DIFFER:
            raise self.make_error("future")
        return instant(moment)


class DocumentFileSchema(Strict):
    """A file of a document, known by its hash: its bytes are kept elsewhere."""

    sha256 = AnySha256("SHA-256 of its bytes.", FILE, required=True)
    media_type = MediaType("Its media type (RFC 6838).", "image/jpeg")
    bytes = Integer("Its length in bytes.", 184_320, most=MAX_BYTES)
    name = Text("Its name.", "IMG_2041.jpg")
    url = Address("The address that it was found at.", "https://example.org/photos/2041.jpg")
    archived_url = Address(
        "The address of a copy of it.", "https://archive.example/2021/photos/2041.jpg"
    )
    retrieved_at = PastInstant(
        "When it was retrieved (RFC 3339); kept in UTC.", "2021-08-23T14:05:00.000000Z"
    )


class Files(List):
    """Files of a document, each of which stands there once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        files: list[Any] = super()._deserialize(value, attr, data, **more)
        first: dict[str, int] = {}
        found = {}
        for position, file in enumerate(files):
            earlier = first.setdefault(file["sha256"], position)
            if earlier != position:
                reason = Reason(f"File {earlier} has this hash, too.", "repeated")
                found[position] = {"sha256": [reason]}
        if found:
            raise ValidationError(found)
        return files


class SourceReliabilitySchema(Strict):
    """How reliable the source of a document is, and who says so."""

    grade = Word("The grade (Admiralty code).", "B", known=own.RELIABILITIES, nullable=False)
    of = Word(
        "What was graded: the document itself, or its publisher.",
        "publisher",
        known=("document", "publisher"),
        nullable=False,
    )
    actor_id = Id(
        "The publisher whose grade it is; null for the document's own.", example_id("actors")
    )
