"""Locks of a write, always taken in the same order: statements, attestations, other records."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from api.writing.draft import Current, Sent
from api.writing.effects import effects_of, touched
from models.database.connections import Connection
from models.derived import attestation
from models.statements import STATEMENTS
from models.store import records
from models.table import Stored

Key = tuple[str, str]
"""A record: its resource and its id."""


class Locked(NamedTuple):
    """Sent records beside the stored ones, and all whose attestation may change."""

    current: list[Current]
    events: set[str]


def lock(connection: Connection, sent: Sequence[Sent], exclusively: Collection[str] = ()) -> Locked:
    """Lock the stored records, and those whose attestation a write of them may change.

    Until commit, nobody else can refer to those in `exclusively` either.
    """
    first = [each for each in sent if effects_of(each).locked_first]
    stored = lock_records(connection, first)
    events, spoken_of = touched(connection, [Current(each, stored.get(key(each))) for each in sent])
    if others := sorted(spoken_of - {each.id for each in sent}):
        records.lock(connection, STATEMENTS, others, STATEMENTS.lock_strength)
    attestation.lock(connection, events - {each.id for each in sent if each.generated})
    alone = [each for each in sent if each.id in exclusively]
    stored |= lock_records(connection, alone, exclusively=True)
    stored |= lock_records(connection, [each for each in sent if key(each) not in stored])
    return Locked([Current(each, stored.get(key(each))) for each in sent], events | spoken_of)


def lock_records(
    connection: Connection, sent: Iterable[Sent], *, exclusively: bool = False
) -> dict[Key, Stored]:
    """Read and lock stored records, resource by resource and in the order of their ids.

    Records with a generated id, and shared ones, are not stored yet: there is nothing to lock.
    """
    sought = [each for each in sent if not each.generated and not each.shared]
    sought.sort(key=key)
    stored: dict[Key, Stored] = {}
    for resource, group in groupby(sought, key=lambda each: each.table.name):
        wanted = [*group]
        table = wanted[0].table
        strength = "UPDATE" if exclusively else table.lock_strength
        ids = [each.id for each in wanted]
        for found in records.lock(connection, table, ids, strength):
            stored[resource, found.id] = found
    return stored


def key(sent: Sent) -> Key:
    """Give the resource and the id of a sent record."""
    return sent.table.name, sent.id
