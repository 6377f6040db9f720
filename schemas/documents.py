"""Documents: published reports, whose words statements and mentions quote."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.dated import Dated
from schemas.evidence import FILE, DocumentFileSchema, Files, SourceReliabilitySchema
from schemas.fields.dates import Edtf, bounds, not_yet
from schemas.fields.ids import Address, AnySha256, Id, Reference, Sha256
from schemas.fields.parameters import CommaSeparated, Whole, ids, one_of, sorts, texts
from schemas.fields.quotes import digest
from schemas.fields.values import List, Nested, Reason, Text, Verbatim
from schemas.fields.words import Language, Word
from schemas.lists import Cut, Filter, Read, expansions, members_of
from schemas.record import RecordSchema, Strict
from schemas.searched import BestFirst, Searched
from schemas.vocabularies import own


class DocumentSchema(RecordSchema):
    """A document: one published report."""

    example_ref = "@article"

    beside = frozenset({"text", "source_reliability"})

    unlisted = frozenset({"text"})

    title = Text("Its headline.", "Taliban say Panjshir is surrounded")
    kind = Word("Its kind.", "article", known=own.DOCUMENT_KINDS, former=own.FORMER_DOCUMENT_KINDS)
    publisher_id = Reference("actors", "The publisher.")
    url = Address("The address it was published at.", "https://example.org/news/1")
    archived_url = Address(
        "The address of a copy of it in an archive.", "https://archive.example/2021/news/1"
    )
    language = Language("The language it is written in (BCP 47).", "en")
    published_on = Edtf("When it was published (EDTF).", "2021-08-23")
    published_note = Text(
        "How the date was inferred, if it was.", "No dateline; it says “on Monday”."
    )
    text = Verbatim(
        "The whole text, against which quotes are verified. Left out of lists unless "
        "`fields` names it.",
        "The Taliban are stationed near Panjshir, a spokesman said.",
        longest=2_000_000,
    )
    text_sha256 = Sha256(
        "SHA-256 of the text in UTF-8: derived, or given where the text may not be kept.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )
    copy_of_id = Reference(
        "documents",
        "The document that it reprints, as a newspaper does an agency's report: both count as one.",
    )
    reliability = Word(
        "How reliable this document is as a source (Admiralty code, A-F); null for the grade of "
        "its publisher.",
        "B",
        known=own.RELIABILITIES,
    )
    source_reliability = Nested(
        SourceReliabilitySchema,
        "Its own reliability or, where it has none, that of its publisher; null where neither "
        "is graded.",
        dump_only=True,
        nullable=True,
    )
    licence = Text("The licence it may be used under.", "CC-BY-4.0")
    files = Files(
        Nested(DocumentFileSchema, "One file."),
        "Its files by their hashes, as images and recordings: the bytes are kept elsewhere, and "
        "no address is ever fetched.",
    )

    @post_load
    def hash_text(self, record: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the hash of the text; a given one must be that of the given text."""
        if record["text"] is not None:
            found = digest(record["text"])
            if record["text_sha256"] not in (None, found):
                reason = Reason(f"The text hashes to {found}.", "mismatch")
                raise ValidationError({"text_sha256": [reason]})
            record["text_sha256"] = found
        return record

    @validates_schema
    def has_been(self, record: dict[str, Any], **_: Any) -> None:
        """Refuse what is said to have been published and lies in the future."""
        if reason := not_yet(record["published_on"]):
            raise ValidationError({"published_on": [reason]})

    @post_load
    def derive_bounds(self, record: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the days within which it was published; for finding only."""
        return record | bounds(record["published_on"])

    def renewed(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Give a stored document the form of this version, and its kind the name of today."""
        found = super().renewed(record)
        return {**found, "kind": own.FORMER_DOCUMENT_KINDS.get(found["kind"], found["kind"])}

    def forget(self, record: dict[str, Any], sent: Any) -> dict[str, Any]:
        """Forget the hash of the old text when a new one comes without its hash."""
        if sent.get("text") is not None and "text_sha256" not in sent:
            return {**record, "text_sha256": None}
        return record


class DocumentFilter(Filter, Searched, Dated):
    """Filters of documents."""

    record = DocumentSchema

    publisher = ids("actors", "Documents published by this actor.")
    kind = one_of("Its kind.", own.DOCUMENT_KINDS, former=own.FORMER_DOCUMENT_KINDS)
    language = CommaSeparated(
        Language("A tag.", "en", nullable=False), "Documents in this language, as tagged.", "en"
    )
    url = Whole(
        "Documents published at this address, as it is: commas belong to it.",
        "https://example.org/news/1",
        nullable=False,
    )
    text_sha256 = texts(
        "Documents whose text has this SHA-256.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )
    copy_of = ids("documents", "Documents that reprint this document, as their `copy_of_id` says.")

    file = CommaSeparated(
        AnySha256("A SHA-256.", FILE, nullable=False),
        "Documents that have a file with this SHA-256.",
        FILE,
    )
    reliability = one_of(
        "Documents whose source has this reliability: their own or, where they have none, that "
        "of their publisher.",
        own.RELIABILITIES,
    )


class DocumentQuery(DocumentFilter, BestFirst):
    """A list of documents."""

    sort = sorts("published_on", "created_at", "updated_at", best_first="`q`")
    members = members_of(DocumentSchema)
    expand = expansions(DocumentSchema)


class DependentSchema(Strict):
    """A record, or a part of one, that has nothing behind it but a document or an actor."""

    resource = Text("Its resource.", "events", nullable=False)
    id = Id("Its id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    title = Text("Its name or title or, of a statement, its text.", "Talks in the valley")
    status = Text("Of an event: its current status.", "reported")
    pointers = List(
        Text("Where (RFC 6901).", "/affiliations/0", shortest=0, nullable=False),
        "JSON pointers to what depends on it; an empty one is the whole record. For statements "
        "that depend on an actor, they point to it, or to the document that it published.",
        [""],
        nullable=False,
    )


class DependentQuery(Read, Cut):
    """A list of what rests on a document or an actor."""

    sort = sorts("resource")
