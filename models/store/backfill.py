"""Names of records that stood before the rules changed by which they are derived, in Python."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from psycopg import sql

from models.database import connections
from models.database.connections import Connection
from models.names.search import child_of
from models.names.sorting import sort_key
from models.names.sounds import spoken
from models.table import Child, Table, text
from models.tables import TABLES

RULES = 1
"""Version of the rules by which names are compared and sorted: a change of them needs another."""

RECORDS_AT_ONCE = 1_000
"""Maximum number of records derived in one transaction, so that no writer waits for long."""

FIRST = "00000000-0000-0000-0000-000000000000"
"""The id after which all others come."""


class Revision(NamedTuple):
    """A record as it was since an instant; None where it was withdrawn then."""

    id: str
    since: datetime
    record: Mapping[str, Any] | None


class Part(NamedTuple):
    """A name of a record, as its table has it."""

    id: str
    position: int
    plain: str
    sounds: str


class Stay(NamedTuple):
    """A name of a record, since when it stands, and until when it did."""

    part: Part
    since: datetime
    until: datetime | None


def catch_up(url: str) -> int:
    """Derive the names of all records by the rules of this version; tell how many these were."""
    done = 0
    with connections.connect(url) as connection:
        for table in TABLES.values():
            if child := child_of(table):
                while derived := derive_some(connection, table, child):
                    done += derived
    return done


def derive_some(connection: Connection, table: Table, child: Child) -> int:
    """Derive the names of the next records for which that is due; tell how many these were."""
    with connection.transaction():
        connections.limit(connection, 0)
        # Whoever does the same meanwhile waits, and goes on from here.
        [(version, after)] = connection.execute(
            "SELECT derived_names.version, derived_names.after::text FROM derived_names"
            " WHERE derived_names.resource = %s FOR UPDATE",
            (table.name,),
        ).fetchall()
        if version > RULES or (version == RULES and after is None):
            return 0
        ids = following(connection, table, FIRST if version < RULES else after)
        if ids:
            rename(connection, table, child, ids)
        last = ids[-1] if len(ids) == RECORDS_AT_ONCE else None
        connection.execute(
            "UPDATE derived_names SET version = %s, after = %s WHERE resource = %s",
            (RULES, last, table.name),
        )
    return len(ids)


def following(connection: Connection, table: Table, after: str) -> list[str]:
    """List the next records, and lock them: whoever changes one names it."""
    statement = "SELECT {0}.id::text FROM {0} WHERE {0}.id > %s ORDER BY {0}.id LIMIT %s FOR UPDATE"
    composed = sql.SQL(statement).format(sql.SQL(table.name))
    return [each for (each,) in connection.execute(composed, (after, RECORDS_AT_ONCE)).fetchall()]


def rename(connection: Connection, table: Table, child: Child, ids: list[str]) -> None:
    """Derive all that follows from what records are and were called."""
    # Names are those of the record's texts; since when they stand is what its revisions say.
    statement = sql.SQL(
        "SELECT {0}.id::text, {0}.recorded_at, CASE WHEN NOT {0}.withdrawn THEN json_build_object("
        "'name', ({1})::json -> 'name', 'names', ({1})::json -> 'names') END"
        " FROM {2} AS {0} WHERE {0}.id = ANY(%s::uuid[]) ORDER BY {0}.id, {0}.recorded_at"
    ).format(sql.SQL(table.name), text(table, full=False), sql.SQL(f"{table.name}_ever"))
    revisions = [Revision(*row) for row in connection.execute(statement, (ids,)).fetchall()]
    stays = [
        stay for _, its in groupby(revisions, key=attrgetter("id")) for stay in standing([*its])
    ]
    replace(connection, child, ids, stays)
    keys = [
        (each.id, each.since, sort_key(each.record["name"])) for each in revisions if each.record
    ]
    setting = sql.SQL(
        "UPDATE {0} SET sort_key = given.key"
        " FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS given (id, since, key)"
        " WHERE {0}.id = given.id AND {0}.recorded_at = given.since AND {0}.sort_key <> given.key"
    )
    for name in (table.name, f"{table.name}_history"):
        connection.execute(setting.format(sql.SQL(name)), columns(keys, 3))


def standing(revisions: Sequence[Revision]) -> Iterator[Stay]:
    """Tell from the revisions of a record since when and until when it had which names."""
    since: dict[Part, datetime] = {}
    for revision in revisions:
        parts = {*parts_of(revision)}
        for part in [*since]:
            if part not in parts:
                yield Stay(part, since.pop(part), revision.since)
        for part in parts:
            since.setdefault(part, revision.since)
    for part, start in since.items():
        yield Stay(part, start, None)


def parts_of(revision: Revision) -> Iterator[Part]:
    """Derive the names of a revision."""
    if revision.record:
        found = spoken(revision.record)
        heard = zip(found["spoken_plain"], found["spoken_sounds"], strict=True)
        for position, (plain, sounds) in enumerate(heard, 1):
            yield Part(revision.id, position, plain, sounds)


def replace(connection: Connection, child: Child, ids: list[str], stays: Sequence[Stay]) -> None:
    """Put names in the place of those that records have and had."""
    stand = [(*stay.part, stay.since) for stay in stays if stay.until is None]
    stood = [(*stay.part, stay.since, stay.until) for stay in stays if stay.until]
    insert = (
        "INSERT INTO {0} ({1}, position, plain, sounds, recorded_at)"
        " SELECT given.id, given.position, given.plain, string_to_array(given.sounds, ' '),"
        " given.since FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[],"
        " %s::timestamptz[]) AS given (id, position, plain, sounds, since)"
    )
    insert_history = (
        "INSERT INTO {0} (superseded_at, {1}, position, plain, sounds, recorded_at)"
        " SELECT given.until, given.id, given.position, given.plain,"
        " string_to_array(given.sounds, ' '), given.since"
        " FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::timestamptz[],"
        " %s::timestamptz[]) AS given (id, position, plain, sounds, since, until)"
    )
    for name, statement, given in (
        (child.name, insert, columns(stand, 5)),
        (f"{child.name}_history", insert_history, columns(stood, 6)),
    ):
        names = (sql.SQL(name), sql.SQL(child.key))
        deletion = sql.SQL("DELETE FROM {0} WHERE {0}.{1} = ANY(%s::uuid[])")
        connection.execute(deletion.format(*names), (ids,))
        connection.execute(sql.SQL(statement).format(*names), given)


def columns(rows: Sequence[tuple[Any, ...]], number: int) -> list[list[Any]]:
    """Turn rows into that number of columns."""
    return [[row[column] for row in rows] for column in range(number)]
