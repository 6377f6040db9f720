"""Members of every record."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import orjson
from marshmallow import RAISE, Schema, ValidationError, missing

from schemas.fields.ids import ExternalIds, Id, Slug, example_id
from schemas.fields.values import (
    Composed,
    Distinct,
    Field,
    Integer,
    List,
    Nested,
    Object,
    Reason,
    Text,
)
from schemas.fields.words import Word, meant
from schemas.vocabularies import own

FORM = 2
"""Version of the stored form: raise it when a member is added; `attest rebuild` updates what is
stored."""

LAST = (
    "external_ids",
    "tags",
    "attributes",
    "created_at",
    "updated_at",
    "version",
    "retraction",
    "assessments",
)
"""The fields that every record has, which stand behind its own."""


MAX_GUESSED = 100
"""Maximum number of unknown names of one object of which it is said what was probably meant."""


class Strict(Schema):
    """A schema that takes nothing it does not know, and says which name was probably meant."""

    class Meta:
        """Unknown fields are faults."""

        unknown = RAISE

    error_messages = {"type": "This must be an object."}

    part: ClassVar[str] = "field"
    """The word for one of its parts."""

    sometimes: ClassVar[frozenset[str]] = frozenset()
    """Members that are not always there in answers."""

    def takes(self) -> tuple[str, ...]:
        """List the names of what may be sent."""
        return tuple(field.data_key or name for name, field in self.load_fields.items())

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        """Tell a field that is derived from one that does not exist."""
        if not isinstance(error.messages, dict) or not isinstance(data, Mapping):
            return
        known = self.takes()
        unknown = error.messages.keys() & data.keys() - {*known}
        for number, name in enumerate(unknown):
            derived = name in self.dump_fields
            probably = meant(name, known) if number < MAX_GUESSED else ""
            error.messages[name] = [
                Reason("This is made by the service and cannot be set.", "read_only")
                if derived
                else Reason(f"There is no such {self.part}.{probably}", "unknown")
            ]


class RetractionSchema(Strict):
    """Why a record no longer stands, though it is kept."""

    reason = Text("Why it was retracted.", "The photos were taken in 2019.", required=True)
    retracted_at = Text(
        "When it was retracted.",
        "2021-09-01T08:00:00.000000Z",
        dump_only=True,
        metadata={"format": "date-time"},
    )
    superseded_by = Id("The record that takes its place.", example_id("events", 2))


class ChangedStatusSchema(Strict):
    """An event that would have another status."""

    id = Id("The event.", example_id("events"), nullable=False)
    title = Text("What happened, in one line.", "Siege of the Panjshir Valley")
    from_ = Text("Its status now.", "disputed", nullable=False, data_key="from")
    to = Text("Its status then.", "denied", nullable=False)


class EffectsSchema(Strict):
    """What else a write would change that is only tried."""

    events = List(
        Nested(ChangedStatusSchema, "One event."),
        "Events that would have another status; the first 1,000.",
        nullable=False,
    )
    events_total = Integer("Number of these events.", 1, nullable=False)


class AssessmentsSchema(Strict):
    """How many have assessed a record, and to which verdict; derived from their assessments."""

    agree = Integer("How many agree with its current version.", 1, nullable=False)
    disagree = Integer("How many disagree with its current version.", 0, nullable=False)
    unsure = Integer("How many are unsure about its current version.", 0, nullable=False)
    outdated = Integer(
        "How many have assessed an earlier version, or a record that was merged into this one; "
        "they are counted only here.",
        0,
        nullable=False,
    )


class RecordSchema(Strict):
    """A record of any resource."""

    beside: ClassVar[frozenset[str]] = frozenset()
    """Members of its own that are stored beside the body, and put into it on the way out."""

    unlisted: ClassVar[frozenset[str]] = frozenset()
    """Members of its own that lists leave out unless they are asked for; never embedded."""

    example_ref: ClassVar[str] = "@record"
    """An example of how other records of a bundle refer to it."""

    further: ClassVar[Mapping[str, Field]] = {
        "method": Word("How it was last written.", "import", known=own.METHODS),
    }
    """What filters may name that is no member of a record."""

    id = Id(
        "Its id: a UUID, of version 7 where it was generated.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
        dump_only=True,
        nullable=False,
    )
    dataset = Slug("The dataset it belongs to.", "panjshir-2021", required=True)
    external_ids = ExternalIds(
        "Its ids in other systems, by scheme; unique per dataset, resource and scheme.",
        {"seed": "E1"},
        nullable=False,
        load_default=dict,
    )
    tags = Distinct(
        Composed("A tag.", "resistance", longest=200, nullable=False),
        "Tags to find it by.",
        ["resistance"],
        nullable=False,
        load_default=list,
    )
    attributes = Object(
        "Anything else to keep with it, as a JSON object.",
        {"coder": "A"},
        nullable=False,
        load_default=dict,
    )
    created_at = Text(
        "When it was created.",
        "2026-11-22T08:00:00.000000Z",
        dump_only=True,
        nullable=False,
        metadata={"format": "date-time"},
    )
    updated_at = Text(
        "When its current version was stored.",
        "2026-11-22T08:00:00.000000Z",
        dump_only=True,
        nullable=False,
        metadata={"format": "date-time"},
    )
    version = Integer(
        "1 when it is created, one more at every change.", 1, dump_only=True, nullable=False
    )
    retraction = Nested(
        RetractionSchema,
        "Null, or the retraction with its reason and time.",
        dump_only=True,
        nullable=True,
    )
    assessments = Nested(
        AssessmentsSchema, "What others think of it.", dump_only=True, nullable=False
    )

    def writable(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members that clients may set."""
        return {name: record[name] for name in self.load_fields if name in record}

    def merge(self, record: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
        """Apply a JSON merge patch to what a client may set of a record (RFC 7396)."""
        before = self.forget(self.writable(record), patch)
        merged: dict[str, Any] = merge_patch(before, patch)
        # To remove what there cannot be is a mistake too, and is left for the schema to find.
        return merged | {name: None for name in patch if name not in self.load_fields}

    def overlay(self, record: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Lay what was sent of a record over what stands; external ids and attributes unite."""
        before = self.forget(self.writable(record), sent)
        united = {
            name: {**before[name], **sent[name]}
            for name in ("external_ids", "attributes")
            if isinstance(sent.get(name), Mapping)
        }
        return {**before, **sent, **united}

    def forget(self, record: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out of what stands what cannot be right any more beside what was sent."""
        del sent
        return record

    def passages(self, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what of a record points into a document's text: its pointer, and the object.

        The object has `document_id`, `quote`, `start` and `end`.
        """
        del record
        yield from ()

    def renewed(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Give a record that an earlier version stored the form of this one, at any depth.

        Members that it lacks are null, as where they are not sent.
        """
        return completed(self, record)

    def render(self, record: Mapping[str, Any]) -> str:
        """Write a loaded record as the JSON text that is stored: without its last brace."""
        beside = {*self.beside, "assessments"}
        names = [*(name for name in self.fields if name not in LAST), *LAST]
        ordered = {name: record[name] for name in names if name in record and name not in beside}
        return orjson.dumps(ordered).decode()[:-1]


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396, section 2)."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def completed(schema: Schema, record: Mapping[str, Any]) -> dict[str, Any]:
    """Add the members that a stored object lacks, and its parts, as if they were not sent."""
    found = dict(record)
    for name, field in schema.fields.items():
        if name not in found:
            default = field.load_default if name in schema.load_fields else missing
            if default is not missing:
                found[name] = default() if callable(default) else default
            continue
        value = found[name]
        if isinstance(field, Nested) and isinstance(value, dict):
            found[name] = completed(field.schema, value)
        elif isinstance(field, List) and isinstance(field.inner, Nested) and value:
            found[name] = [completed(field.inner.schema, item) for item in value]
    if len(found) == len(record):
        return found
    ordered = {name: found[name] for name in schema.fields if name in found}
    return ordered | found
