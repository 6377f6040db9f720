"""The change feed: where to begin, what to hear of, and what a change tells."""

import re
from datetime import datetime
from typing import Any

from marshmallow import fields

from schemas.bundles import MEMBERS
from schemas.fields.ids import Slug
from schemas.fields.parameters import CommaSeparated, one_of
from schemas.fields.values import Field, Integer, List, Nested, Raw, Text
from schemas.instants import EPOCH, MICROSECOND
from schemas.lists import Query
from schemas.record import Strict
from schemas.revisions import ASSESS, DERIVE, OPERATIONS

RESOURCES = ("datasets", *MEMBERS)
"""Resources whose changes are in the feed."""

LONGEST_WAIT = 60
"""Seconds that a request may wait for a change."""

MAX_POSITION = 2**53 - 1
"""The largest position that all JSON readers tell from the next one."""

LATEST = "latest"
"""The place behind all that has changed by now."""

PLACE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,16}))?")
"""A place: the position of a change, and its instant in microseconds since 1970."""

EXAMPLE = "1734-1795420800000000"


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
        "Where to go on: `next_cursor` of a page, or the id of an event; `latest` is behind all "
        f"that has changed by now, `0` before the first change. {otherwise}."
    )
    return Behind(description, EXAMPLE, nullable=False)


class FeedQuery(Query):
    """Filters of the feed."""

    resource = one_of("The resources to include.", RESOURCES)
    dataset = CommaSeparated(
        Slug("A slug.", "panjshir-2021", nullable=False), "The dataset.", "panjshir-2021"
    )
    operation = one_of("The operations to include.", (*OPERATIONS, ASSESS, DERIVE))
    include = one_of(
        "What is sent with each change: `record`, as it was by that change (without the `text` of "
        "documents); null where it was withdrawn.",
        ("record",),
    )


class StreamQuery(FeedQuery):
    """Parameters of the stream."""

    after = behind("Without it, `latest`")


class ChangeQuery(FeedQuery):
    """Parameters of a page of the feed."""

    after = behind("Without it, `0`")
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
        "How many seconds to wait where nothing has changed: the answer comes with the first "
        "change, or else empty. At once, where too many wait already.",
        30,
        most=LONGEST_WAIT,
        strict=False,
        nullable=False,
        load_default=0,
    )


class ChangeSchema(Strict):
    """A change of a record."""

    sometimes = frozenset({"record"})

    position = Integer(
        "The position in the feed: 1, 2, 3 …, without gaps.", 1734, most=MAX_POSITION, required=True
    )
    resource = Text("The resource of the record.", "events", required=True)
    id = Text("Its id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", required=True)
    version = Integer("Its version since then.", 3, required=True)
    dataset = Text("Its dataset.", "panjshir-2021", required=True)
    operation = Text(
        "What became of it: create, change, withdraw, restore, retract, reinstate, merge, unmerge; "
        "assess, where somebody has assessed it, or derive, where something derived has changed: "
        "then the version stays. More may come.",
        "change",
        required=True,
    )
    recorded_at = Text("When it became so.", "2026-11-23T08:00:00.000000Z", required=True)
    key_id = Text(
        "The key that it was written with.",
        "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c02",
        required=True,
        nullable=True,
    )
    method = Text("How it was made: human, model or import.", "model", required=True, nullable=True)
    comment = Text("Why.", "The dateline says Sunday.", required=True, nullable=True)
    record = Raw(
        "With `include=record`: the record as it was by this change; null where it was withdrawn.",
        {"id": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", "version": 3},
    )


class ChangeListSchema(Strict):
    """A page of the feed."""

    items = List(Nested(ChangeSchema, "A change."), "The changes, in their order.", required=True)
    next_cursor = Text(
        "The cursor to continue from, for `after`; never null, and the same if "
        "nothing has changed.",
        EXAMPLE,
        required=True,
    )
