"""A record on its way to the store: as sent, beside the stored one, as a draft, checked.

Each step is made of the one before, and only what was checked can be stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import orjson
from marshmallow import ValidationError
from uuid_utils.compat import uuid7

from models.table import Stored, Table
from models.tables import TABLES
from schemas.record import RecordSchema
from schemas.resources import RESOURCES, complete

complete("RESOURCES in schemas/resources.py", RESOURCES, TABLES)
complete("TABLES in models/tables.py", TABLES)

SCHEMAS: Mapping[str, RecordSchema] = {name: shape.record() for name, shape in RESOURCES.items()}
"""The schema of each resource's records."""

Operation = Literal[
    "create", "change", "withdraw", "restore", "retract", "reinstate", "merge", "unmerge"
]
"""The operation on a record, as its revision and the feed name it."""


@dataclass(frozen=True, eq=False)
class Sent:
    """A record as it was sent: its members may have any fault.

    With `partial`, members that are not sent stay as they are. An id that was `generated` for this
    very request is known to nobody else. A record that is `shared` may be created by another
    request at the same moment, which is no conflict. Where `weight_may_change`, the record may be
    retracted or reinstated, and so lose or gain its weight in attestations.
    """

    table: Table
    schema: RecordSchema
    id: str
    body: dict[str, Any] = field(default_factory=dict)
    pointer: str = ""
    partial: bool = False
    generated: bool = False
    shared: bool = False
    weight_may_change: bool = False


@dataclass(frozen=True, eq=False)
class Current:
    """A record as it was sent, beside the stored one, which is locked until commit or None."""

    sent: Sent
    stored: Stored | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The record: its resource and its id."""
        return self.sent.table.name, self.sent.id

    @cached_property
    def before(self) -> dict[str, Any]:
        """The stored record; empty where there is none."""
        return self.sent.schema.renewed(orjson.loads(self.stored.text)) if self.stored else {}

    @cached_property
    def loaded(self) -> dict[str, Any] | None:
        """The stored record as its schema loads it; None if there is none, or it was withdrawn."""
        if self.stored is None or self.stored.withdrawn:
            return None
        try:
            loaded = self.sent.schema.load(self.sent.schema.writable(self.before))
        except ValidationError:  # an earlier version of the service took what this one refuses
            return None
        return {**self.before, **loaded}

    def draft(
        self, body: dict[str, Any] | None = None, operation: Operation | None = None
    ) -> "Draft":
        """Make a draft of what was sent or of a `body`; it stays retracted if it is."""
        return Draft(
            current=self,
            body=self.sent.body if body is None else body,
            operation=operation or ("change" if self.stored else "create"),
            retraction=self.before.get("retraction"),
        )


@dataclass(frozen=True, eq=False)
class Draft:
    """The next version of a record: all members that clients may set, and its retraction."""

    current: Current
    body: dict[str, Any]
    operation: Operation
    retraction: dict[str, Any] | None
    reverted: bool = False
    """Whether it is what the record once was."""

    moved: dict[str, str] = field(default_factory=dict)
    """Where it named records that were merged: JSON pointers, and the ids that stood there."""

    @property
    def sent(self) -> Sent:
        """The record as it was sent."""
        return self.current.sent


@dataclass(frozen=True, eq=False)
class Checked:
    """A draft without faults: its record as the schema loaded it, and every id in it."""

    draft: Draft
    record: dict[str, Any]
    refers_to: frozenset[str]

    @property
    def current(self) -> Current:
        """The record as it was sent, beside the stored one."""
        return self.draft.current

    @property
    def sent(self) -> Sent:
        """The record as it was sent."""
        return self.draft.current.sent

    def differs_in(self, names: Iterable[str]) -> bool:
        """Say whether the record is new, or one of some members has another value than before."""
        before = self.current.loaded
        return before is None or any(before[name] != self.record[name] for name in names)


@dataclass(frozen=True, eq=False)
class Written:
    """A checked record after it was stored, or found to be unchanged."""

    checked: Checked
    stored: Stored | None
    """As it is stored now; None where nothing changed, or where its text has to be read."""

    changed: bool = True
    parts: frozenset[str] = frozenset()
    """The tables in which parts of the record have changed."""

    @property
    def weight_changed(self) -> bool:
        """Tell whether the record was retracted or reinstated."""
        before = self.checked.current.before.get("retraction")
        return (before is None) != (self.checked.draft.retraction is None)


def new_id() -> str:
    """Generate an id: a UUID of version 7."""
    return str(uuid7())
