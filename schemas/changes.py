"""The change feed: where to begin, what to hear of, and what a change tells."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.fields.ids import SLUG, Id, Slug, is_id
from schemas.fields.parameters import CommaSeparated, one_of
from schemas.fields.values import Field, Integer, List, Map, Nested, Raw, Reason, Text
from schemas.fields.words import Word
from schemas.instants import EPOCH, MICROSECOND
from schemas.lists import Query
from schemas.record import Strict
from schemas.resources import RESOURCES
from schemas.revisions import ASSESS, DERIVE, OPERATIONS

LONGEST_WAIT = 60
"""Seconds that a request may wait for a change."""

MAX_POSITION = 2**53 - 1
"""The largest position that all JSON readers tell from the next one."""

LATEST = "latest"
"""The place behind all that has changed by now."""

PLACE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,16}))?")
"""A place: the position of a change, and its instant in microseconds since 1970."""

EXAMPLE = "1734-1795420800000000"


class RecordId(Text):
    """The id of a record of any resource: a UUID, or the slug of a dataset."""

    default_error_messages = {"id": "This is neither a UUID nor the slug of a dataset."}

    def trimmed(self, text: str) -> str:
        """Take an id as it is stored: in small letters."""
        if not is_id(text) and not SLUG.fullmatch(text):
            raise self.make_error("id")
        return text.lower()


class Behind(Field, fields.Field[Any]):
    """A place in the feed: opaque to clients; a position and, if it is known, its instant."""

    default_error_messages = {
        "cursor": "This is no cursor of this feed; next_cursor gives one, and latest is one too."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        found = PLACE.fullmatch(str(value))
        if value == LATEST:
            return value
        if not found:
            raise self.make_error("cursor")
        position, moment = found.groups()
        return int(position), moment and EPOCH + int(moment) * MICROSECOND


def cursor(position: int, recorded_at: datetime | None) -> str:
    """Write a place, as `Behind` reads it."""
    if recorded_at is None:
        return str(position)
    return f"{position}-{(recorded_at - EPOCH) // MICROSECOND}"


def behind(otherwise: str) -> Behind:
    """Ask where to go on, and say where the feed begins otherwise."""
    description = (
        "Where to continue: `next_cursor` of a page, or the id of an event; `latest` is after all "
        f"changes so far, `0` before the first one. {otherwise}."
    )
    return Behind(description, EXAMPLE, nullable=False)


class FeedQuery(Query):
    """Filters of the feed."""

    resource = one_of("The resources to include.", tuple(RESOURCES))
    dataset = CommaSeparated(
        Slug("A slug.", "panjshir-2021", nullable=False), "The dataset.", "panjshir-2021"
    )
    operation = one_of("The operations to include.", (*OPERATIONS, ASSESS, DERIVE))
    id = CommaSeparated(
        RecordId("An id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False),
        "The record, by the id that it had when it changed: of one that was merged into another, "
        "its own changes.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
    )
    include = one_of(
        "What to send with each change: `record`, as of that change (without the `text` of "
        "documents); null if it was withdrawn.",
        ("record",),
    )


class StreamQuery(FeedQuery):
    """Parameters of the stream."""

    after = behind("By default `latest`")


class ChangeQuery(FeedQuery):
    """Parameters of a page of the feed."""

    after = behind(
        "By default `0`. With `sort=-position`, the changes before it are sent, and the default "
        "is `latest`"
    )
    sort = Word(
        "The order: the oldest change first, or with `-` the newest one.",
        "position",
        known=("position", "-position"),
        nullable=False,
        load_default="position",
    )
    limit = Integer(
        "Maximum number of changes per page.",
        50,
        least=1,
        most=1_000,
        strict=False,
        nullable=False,
        load_default=50,
    )
    wait = Integer(
        "Maximum number of seconds to wait if nothing has changed: the answer comes with the "
        "first change, or else empty. If too many requests wait already, it comes at once.",
        30,
        most=LONGEST_WAIT,
        strict=False,
        nullable=False,
        load_default=0,
    )

    @validates_schema(skip_on_field_errors=True)
    def wait_forwards(self, query: Mapping[str, Any], **_: Any) -> None:
        """Refuse to wait for what has been."""
        if query["wait"] and query["sort"] != "position":
            reason = Reason("What came before is there already: wait needs sort=position.", "order")
            raise ValidationError({"wait": [reason]})


class DerivedSchema(Strict):
    """A derived member of a record, before a change and after it."""

    before = Raw("What it was; null where nothing is known of it.", {"status": "claimed"})
    after = Raw("What it became.", {"status": "disputed"})


class ChangeSchema(Strict):
    """A change of a record."""

    sometimes = frozenset({"record"})

    position = Integer(
        "The position in the feed: 1, 2, 3 …, without gaps.", 1734, most=MAX_POSITION, required=True
    )
    resource = Text("The resource of the record.", "events", required=True)
    id = Text(
        "Its id: a UUID; of a dataset, its name.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
        required=True,
    )
    version = Integer("Its version after the change.", 3, required=True)
    dataset = Text("Its dataset.", "panjshir-2021", required=True)
    operation = Text(
        "The operation: create, change, withdraw, restore, retract, reinstate, merge, unmerge; "
        "assess, if it was assessed, or derive, if a derived member changed: these keep the "
        "version. More may come.",
        "change",
        required=True,
    )
    recorded_at = Text(
        "When the change was recorded.",
        "2026-11-23T08:00:00.000000Z",
        required=True,
        metadata={"format": "date-time"},
    )
    key_id = Id(
        "The key that it was written with.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c02",
        required=True,
        nullable=True,
    )
    method = Text("How it was made: human, model or import.", "model", required=True, nullable=True)
    comment = Text("Why.", "The dateline says Sunday.", required=True, nullable=True)
    derived = Map(
        "Derived members of the record that changed, such as `attestation` with its `status` and "
        "`rule`: before and after; null if none did, and for new records.",
        {
            "attestation": {
                "before": {"status": "claimed", "rule": "Asserted by 1 origin, denied by none."},
                "after": {
                    "status": "disputed",
                    "rule": "Asserted by 1 origin, denied by 1 origin.",
                },
            }
        },
        values=Nested(DerivedSchema, "What it was and became.", nullable=False),
        required=True,
        nullable=True,
    )
    record = Raw(
        "With `include=record`: the record as of this change; null if it was withdrawn.",
        {"id": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", "version": 3},
    )


class ChangeListSchema(Strict):
    """A page of the feed."""

    items = List(Nested(ChangeSchema, "A change."), "The changes, in their order.", required=True)
    next_cursor = Text(
        "The cursor to continue from, for `after`; the same if nothing has changed, and null "
        "only with `sort=-position`, on the last page. A different one with an empty page means "
        "that there is more after what filters exclude.",
        EXAMPLE,
        required=True,
        nullable=True,
    )
