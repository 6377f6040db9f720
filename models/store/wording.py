"""Words of records that stood before the rules changed by which they are taken, in Python."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from psycopg import sql

from models.database import connections
from models.database.connections import Connection
from models.lists.text import child_of
from models.lists.texts import words_of
from models.table import Child, Table, text
from models.tables import TABLES

RULES = 1
"""Version of the rules by which words are taken and compared: a change of them needs another."""

RECORDS_AT_ONCE = 200
"""Maximum number of records whose words are taken in one transaction: a text may be long."""


class Revision(NamedTuple):
    """A record as it was since an instant; None where it was withdrawn then."""

    id: str
    since: datetime
    record: dict[str, Any] | None


class Stay(NamedTuple):
    """The words of a record, since when they stand, and until when they did."""

    id: str
    lexemes: str
    since: datetime
    until: datetime | None


def catch_up(url: str) -> int:
    """Take the words of all records by the rules of this version; tell how many these were."""
    done = 0
    with connections.connect(url) as connection:
        for table in TABLES.values():
            if child := child_of(table):
                before = done
                while taken := take_some(connection, table, child):
                    done += taken
                if done > before:  # how frequent words are, questions want to know at once
                    connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(child.name)))
    return done


def take_some(connection: Connection, table: Table, child: Child) -> int:
    """Take the words of the next records for which that is due; tell how many these were."""
    with connection.transaction():
        connections.limit(connection, 0)
        # Whoever does the same meanwhile waits, and goes on from here.
        [(version, after)] = connection.execute(
            "SELECT derived_words.version, derived_words.after FROM derived_words"
            " WHERE derived_words.resource = %s FOR UPDATE",
            (table.name,),
        ).fetchall()
        if version > RULES or (version == RULES and after is None):
            return 0
        ids = following(connection, table, after if version == RULES else None)
        if ids:
            replace(connection, child, ids, [*stays(connection, table, ids)])
        connection.execute(
            "UPDATE derived_words SET version = %s, after = %s WHERE resource = %s",
            (RULES, ids[-1] if len(ids) == RECORDS_AT_ONCE else None, table.name),
        )
    return len(ids)


def following(connection: Connection, table: Table, after: str | None) -> list[str]:
    """List the next records, and lock them in the order of their ids as every write does."""
    statement = sql.SQL(
        "SELECT {0}.id::text FROM {0} WHERE {1} ORDER BY {0}.id LIMIT %(limit)s FOR NO KEY UPDATE"
    ).format(sql.SQL(table.name), sql.SQL(f"{table.name}.id > %(after)s" if after else "true"))
    given = {"after": after, "limit": RECORDS_AT_ONCE}
    return [each for (each,) in connection.execute(statement, given).fetchall()]


def stays(connection: Connection, table: Table, ids: list[str]) -> Iterator[Stay]:
    """Tell from what records are and were since when and until when they had which words."""
    statement = sql.SQL(
        "SELECT {0}.id::text, {0}.recorded_at, CASE WHEN NOT {0}.withdrawn THEN ({1})::json END"
        " FROM {2} AS {0} WHERE {0}.id = ANY(%s::uuid[]) ORDER BY {0}.id, {0}.recorded_at"
    ).format(sql.SQL(table.name), text(table, full=True), sql.SQL(f"{table.name}_ever"))
    revisions = [Revision(*row) for row in connection.execute(statement, (ids,)).fetchall()]
    for record_id, its in groupby(revisions, key=attrgetter("id")):
        since, lexemes = None, None
        for revision in its:
            found = None if revision.record is None else words_of(revision.record)["lexemes"]
            if found != lexemes:
                if since is not None and lexemes is not None:
                    yield Stay(record_id, lexemes, since, revision.since)
                since, lexemes = revision.since, found
        if since is not None and lexemes is not None:
            yield Stay(record_id, lexemes, since, None)


def replace(connection: Connection, child: Child, ids: list[str], found: Sequence[Stay]) -> None:
    """Put words in the place of those that records have and had."""
    standing = [stay for stay in found if stay.until is None]
    stood = [stay for stay in found if stay.until is not None]
    for name, rows, until in (
        (child.name, standing, ""),
        (f"{child.name}_history", stood, "superseded_at, "),
    ):
        names = {"table": sql.SQL(name), "key": sql.SQL(child.key), "until": sql.SQL(until)}
        deletion = sql.SQL("DELETE FROM {table} WHERE {table}.{key} = ANY(%s::uuid[])")
        connection.execute(deletion.format(**names), (ids,))
        insertion = sql.SQL(
            "INSERT INTO {table} ({until}{key}, lexemes, recorded_at)"
            " SELECT {until}given.id, given.lexemes::tsvector, given.since"
            " FROM unnest(%b::text[]::uuid[], %b::text[], %b::timestamptz[], %b::timestamptz[])"
            " AS given (id, lexemes, since, superseded_at)"
        ).format(**names)
        if rows:
            connection.execute(insertion, [[*column] for column in zip(*rows, strict=True)])
