"""A draft: a record on its way from what was sent to what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from uuid_utils.compat import uuid7

from models.table import Stored, Table
from schemas.bundles import MEMBERS
from schemas.record import RecordSchema

SCHEMAS: Mapping[str, RecordSchema] = {resource: schema() for resource, schema in MEMBERS.items()}
"""What shapes the records of each resource; those of datasets are never drafted by others."""


@dataclass(eq=False)
class Draft:
    """A record that is about to be stored: what was sent of it, and what stands in its place."""

    table: Table
    schema: RecordSchema
    id: str
    body: dict[str, Any]
    current: Stored | None = None
    pointer: str = ""
    record: dict[str, Any] = field(default_factory=dict)

    written: str | None = None  # its text as it was stored, where that is the whole of it
    loaded: bool = False
    made: bool = False  # its id was made just now, so that nobody else can know it
    shared: bool = False  # others may create it just as well, at the same moment
    operation: str = ""  # what is done to it, where that is more than to create or change it

    @cached_property
    def standing(self) -> dict[str, Any]:
        """The record as it stands; empty where it is new."""
        return orjson.loads(self.current.text) if self.current else {}

    @cached_property
    def retraction(self) -> dict[str, Any] | None:
        """Why it is retracted: as it stands, unless that is to change."""
        return self.standing.get("retraction")


def new_id() -> str:
    """Make an id: a UUID of version 7."""
    return str(uuid7())
