"""Loads a world into an empty database, as fast as COPY does, and as the service would write it.

`python -m bench.load --events 1000000 --database CONNINFO`. Texts are rendered by the schemas,
columns and parts are taken by the tables of `models`, and attestation is counted by the service's
own function: `bench.verify` holds some of the records against what the service writes itself.
"""

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from multiprocessing import get_context
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from psycopg import sql

from api.description.schemas import RECORDS
from api.writing.draft import Checked, Current, Sent
from api.writing.effects import effects_of
from bench.revisions import SINCE, revise
from bench.world import World
from models.database import migrating
from models.database.connections import Connection
from models.derived import attestation, containment
from models.derived.voices import Claim, Voices
from models.store import external_ids
from models.store.records import COMMON
from models.table import Child, Table
from models.tables import TABLES
from schemas.links import links
from schemas.record import RecordSchema

PROCESSES = 2
SLICE = 1_000
"""So many actors, locations or documents are made at once."""

ID = re.compile(r'"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})"')
"""An id in a text; those of a world stand nowhere but where one record points at another."""

LITERAL = re.compile(r"true|false|-?\d+")
PLACEHOLDER = re.compile(r"%\((\w+)\)s(?:::(\w+(?:\[\])?))?")
TAKEN = re.compile(r"\(SELECT (\w+)\.(\w+) FROM \1 WHERE \1\.id = %\((\w+)\)s\)")
"""What a column of a table can be: the same for all, a value of the record, or of the record that
it points at."""

HISTORY = "_history"
"""What the name of a table's history ends with."""

SESSION = (
    "-c synchronous_commit=off -c jit=off -c timezone=UTC -c maintenance_work_mem=1GB"
    " -c max_parallel_maintenance_workers=0"
)


class Cell(NamedTuple):
    """Where the value of a column comes from: a parameter, or a column of what that points at.

    Or it is the same for all, as `literal` says.
    """

    parameter: str = ""
    table: str | None = None
    column: str | None = None
    literal: str | None = None


class Copy(NamedTuple):
    """A table that rows are copied into, by their parameters, and what is then selected of them."""

    name: str
    columns: list[str]
    cells: list[Cell]
    select: bytes | None = None


def main() -> None:
    """Load a world of so many events into a database that is empty."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=main.__doc__)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--database", required=True, metavar="CONNINFO")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    load(arguments.database, World(arguments.events, arguments.seed))


def load(url: str, world: World) -> None:
    """Load a world, and tell how long each step took and how large it has become."""
    begun = time.monotonic()
    with step("migrations"):
        migrating.migrate(url)
    with connect(url) as connection:
        if connection.execute("SELECT FROM datasets LIMIT 1").fetchone():
            raise RuntimeError("The database is not empty.")
        with step("world"):
            world.plan()
        with get_context("fork").Pool(PROCESSES, prepare, (url, world)) as pool:
            for kind in ("datasets", "actors", "locations", "documents"):
                with step(kind):
                    starts = range(0, world.size.get(kind, 1), SLICE)
                    pool.starmap(base, [(kind, start) for start in starts], chunksize=1)
            with step("what lies in what"):
                connection.execute("BEGIN")
                containment.update(connection, world.known["locations"], together(world))
                connection.execute("COMMIT")
                for name in TABLES:
                    connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.SQL(name)))
            large = ["events", "statements", "external_ids"]
            parts = [child.name for name in large[:2] for child in TABLES[name].children]
            parts += [f"{name}{HISTORY}" for name in (*large, *parts)]
            with step("dropping indexes"):
                restoring = bare(connection, large, parts)
            with step("events and statements"):
                for _ in progress(pool.imap_unordered(chunk, range(world.chunks)), world.chunks):
                    pass
        with step("vacuum"):
            at_once(url, [[f"VACUUM (FREEZE) {name}"] for name in (*large, *parts)])
        with step("indexes"):
            at_once(url, restoring["indexes"])
        with step("constraints"):
            at_once(url, restoring["constraints"])
            for name in (*large, *parts):
                connection.execute(f"ALTER TABLE {name} RESET (autovacuum_enabled)")
        with step("feed"):
            feed(connection)
        with step("events that much is said of"):
            connection.execute("ANALYZE claims")
            attestation.recount(connection, world.known["heavy"], SINCE.item().replace(tzinfo=UTC))
        with step("statistics"):
            at_once(url, [[f"VACUUM ANALYZE {name}"] for name in tables(connection)])
            connection.execute("CHECKPOINT")
        report(connection)
    say(f"{time.monotonic() - begun:8.1f} s in all")


def connect(url: str) -> Connection:
    """Connect as a loader does: what is lost when the server fails is loaded again."""
    return Connection.connect(url, autocommit=True, options=SESSION)


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Tell how long something took, in seconds."""
    begun = time.monotonic()
    yield
    say(f"{time.monotonic() - begun:8.1f} s {name}")


def progress(items: Iterable[Any], total: int) -> Iterator[Any]:
    """Tell now and then how far it has come."""
    begun = told = time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() - told > 30:  # noqa: PLR2004 - seconds
            told = time.monotonic()
            say(f"           {number} of {total} chunks after {told - begun:.0f} s")


# What is dropped meanwhile


def bare(connection: Connection, large: list[str], parts: list[str]) -> dict[str, list[list[str]]]:
    """Drop indexes and constraints, and give the statements that make them again.

    Primary keys of records stay: what is derived for their parts may read them.
    """
    constraints = connection.execute(
        "SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE conrelid::regclass::text = ANY(%s)"
        " AND contype IN ('f', 'p', 'u')"
        " AND (contype <> 'p' OR conrelid::regclass::text = ANY(%s)) ORDER BY contype",
        ([*large, *parts], ["external_ids", *parts]),
    ).fetchall()
    again = []
    for table, name, kind, definition in constraints:
        if kind != "f":
            named = {"p": "PRIMARY KEY", "u": "UNIQUE"}[kind]
            definition = f"{named} USING INDEX {name}"  # noqa: PLW2901
        again.append((kind, table, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
    indexes = connection.execute(
        "SELECT pg_indexes.indexname, pg_indexes.indexdef FROM pg_indexes"
        " JOIN pg_class ON pg_class.oid = pg_indexes.indexname::regclass"
        " WHERE pg_indexes.tablename = ANY(%s) AND NOT EXISTS (SELECT FROM pg_constraint"
        " WHERE pg_constraint.conindid = pg_class.oid AND pg_constraint.contype = 'p'"
        " AND NOT pg_constraint.conrelid::regclass::text = ANY(%s))"
        " ORDER BY pg_indexes.indexdef LIKE '%%USING g%%' DESC, pg_indexes.tablename",
        ([*large, *parts], ["external_ids", *parts]),
    ).fetchall()
    with connection.transaction():
        for table, name, _, _ in constraints:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX IF EXISTS {name}")
        for name in (*large, *parts):
            connection.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = false)")
    # Keys come before what refers to them, and one table's changes wait for each other.
    keys: dict[str, list[str]] = defaultdict(list)
    for kind, table, statement in again:
        keys[table if kind != "f" else ""].append(statement)
    foreign = keys.pop("", [])
    return {
        "indexes": [[definition] for _, definition in indexes],
        "constraints": [[statement for each in keys.values() for statement in each] + foreign],
    }


def at_once(url: str, jobs: list[list[str]]) -> None:
    """Run jobs, each some statements one after another, as many at once as there are processes."""

    def run(statements: list[str]) -> None:
        with connect(url) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    with ThreadPoolExecutor(PROCESSES) as threads:
        [*threads.map(run, jobs)]


def tables(connection: Connection) -> list[str]:
    """List the tables of the database, the largest first."""
    rows = connection.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace ORDER BY relpages DESC"
    )
    return [row[0] for row in rows]


def report(connection: Connection) -> None:
    """Tell how large the tables are."""
    say(f"{'rows':>12} {'table':>8} {'indexes':>8}  MB")
    for name in tables(connection):
        row = connection.execute(
            "SELECT reltuples::bigint, pg_table_size(oid) / 1000000, pg_indexes_size(oid) / 1000000"
            " FROM pg_class WHERE oid = %s::regclass",
            (name,),
        ).fetchone()
        if row and row[0] > 0:
            say(f"{row[0]:>12} {row[1]:>8} {row[2]:>8}  {name}")
    row = connection.execute("SELECT pg_database_size(current_database()) / 1000000").fetchone()
    say(f"{row[0] if row else 0:>12} MB in all")


def feed(connection: Connection) -> None:
    """Let all versions arrive at the feed, as each did when it was written."""
    ever = [
        sql.SQL("SELECT {}, {}, id::text, version, dataset, operation, recorded_at FROM {}").format(
            sql.Literal(number), sql.Literal(name), sql.Identifier(f"{name}_ever")
        )
        for number, name in enumerate(TABLES)
    ]
    arriving = sql.SQL(
        "INSERT INTO arrivals (resource, id, version, dataset, operation, recorded_at)"
        " SELECT resource, id, version, dataset, operation, recorded_at FROM ({})"
        " AS ever (place, resource, id, version, dataset, operation, recorded_at)"
        " ORDER BY recorded_at, place, id"
    )
    # What was derived of locations has arrived already, and is among those versions.
    connection.execute("TRUNCATE arrivals")
    connection.execute(arriving.format(sql.SQL(" UNION ALL ").join(ever)))


# What the processes do

STATE: dict[str, Any] = {}
"""What a process keeps: its `connection` and the `world`."""


def prepare(url: str, world: World) -> None:
    """Make a process ready."""
    STATE.update(connection=connect(url), world=world)


@cache
def schema_of(name: str) -> RecordSchema:
    """Give the schema of a table's records."""
    return RECORDS[name]()


def base(kind: str, start: int) -> None:
    """Load a slice of the dataset, actors, locations or documents."""
    world: World = STATE["world"]
    table, schema = TABLES[kind], schema_of(kind)
    bodies = [*world.sent(kind, start, start + SLICE)] if kind != "datasets" else [world.dataset()]
    sheet = Sheet()
    for body in bodies:
        instant = body.pop("created_at", "2026-01-05T00:00:00.000000Z")
        record_id = body["id"] if kind == "datasets" else body.pop("id")
        record = {
            **schema.load(body),
            "id": record_id,
            "created_at": instant,
            "updated_at": instant,
            "version": 1,
            "retraction": None,
        }
        record["dataset"] = record.get("dataset", record_id)
        if kind == "locations":
            record["recorded_at"] = together(world)
        references = sorted({link.id for link in links(schema, record)})
        sheet.add(table, completed(table, schema, record, references))
    sheet.store()


def together(world: World) -> datetime:
    """Tell since when locations stand, which are loaded together: what they lie in is derived."""
    [last] = world.moments("locations", np.array([world.size["locations"]])).tolist()
    return last.replace(tzinfo=UTC)  # type: ignore[no-any-return]


def chunk(number: int) -> None:
    """Load a chunk of events, and of statements on them, in one transaction."""
    world: World = STATE["world"]
    events, statements = world.chunk(number)
    before = revise(world, number, events, statements)
    sheet = Sheet()
    found: dict[str, list[Any]] = defaultdict(list)
    table = TABLES["statements"]
    for record in statements:
        earlier = before.get(record["id"])
        rows = sheet.add(table, rendered(table, record), earlier and rendered(table, earlier))
        for claim in rows["claims"]:
            found[claim["event_id"]].append(claim)
    table = TABLES["events"]
    for record in events:
        counted = attested(record, found.get(record["id"], []))
        earlier = before.get(record["id"])
        sheet.add(
            table,
            rendered(table, record) | counted,
            earlier and rendered(table, earlier) | counted,
        )
    sheet.store()


def rendered(table: Table, record: dict[str, Any]) -> dict[str, Any]:
    """Complete a record whose references are read from its text."""
    parameters = completed(table, schema_of(table.name), record, [])
    references = {*ID.findall(parameters["body"])}
    references.discard(record["id"])
    parameters["refers_to"] = sorted(references)
    return parameters


def completed(
    table: Table, schema: RecordSchema, record: dict[str, Any], references: list[str]
) -> dict[str, Any]:
    """Give what the service stores of a record: its parameters, and the columns taken of it."""
    parameters = {
        **record,
        "recorded_at": record.get("recorded_at", record["updated_at"]),
        "key_id": None,
        "method": None,
        "comment": None,
        "operation": "create" if record["version"] == 1 else "change",
        "retracted": False,
        "refers_to": references,
        "body": schema.render(record),
    }
    if table.name != "events":  # whose attestation is counted from what is at hand
        sent = Sent(table, schema, record["id"])
        checked = Checked(Current(sent).draft(), parameters, frozenset())
        parameters |= effects_of(sent).derive(STATE["connection"], checked)
    return parameters | dict(table.row(parameters))


def attested(record: dict[str, Any], claims: list[Any]) -> dict[str, str]:
    """Count the claims on an event as `attestation.recount` does, from the rows it would read."""
    counted = {
        Claim(claim["stance"], claim["origin"], claim["words"])
        for claim in claims
        if claim["aspect"] == "occurrence" and not claim["narrated"]
    }
    narrations = {("asserts", mention["document_id"]) for mention in record["mentions"] or ()} | {
        (claim["stance"], claim["document_id"] or claim["id"])
        for claim in claims
        if claim["aspect"] == "occurrence" and claim["narrated"]
    }
    level = (record["verification"] or {}).get("level")
    if not counted and not narrations:
        return attested_by_nobody(record["modality"], level)
    return ended(Voices(counted, narrations), record["modality"], level)


def ended(said: Voices, modality: str, verification: str | None) -> dict[str, str]:
    """Derive the end of an event's text, and its status."""
    return attestation.stored(
        attestation.attest(said, retracted=False, modality=modality, verification=verification)
    )


@lru_cache
def attested_by_nobody(modality: str, verification: str | None) -> dict[str, str]:
    """Derive what an event's attestation is of which nobody says anything."""
    return ended(Voices(set(), set()), modality, verification)


class Sheet:
    """Rows of all tables that are stored together."""

    def __init__(self) -> None:
        """Begin with none."""
        self.lines: dict[str, list[str]] = defaultdict(list)
        self.copies: dict[str, Copy] = {}

    def add(
        self, table: Table, parameters: dict[str, Any], before: dict[str, Any] | None = None
    ) -> dict[str, list[Any]]:
        """Add a record with its parts; give the rows of these that stand, by table.

        What it was `before` goes to the histories, but for the parts that have stayed.
        """
        self.line(of_table(table), parameters)
        since = parameters["recorded_at"]
        begun = before["recorded_at"] if before else since
        if before:
            self.line(of_table(table, HISTORY), before | {"superseded_at": since})
        names = external_ids.names(parameters)
        for name in names:
            row = {"external_id": name, "resource": table.name, "recorded_at": begun}
            self.line(EXTERNAL_IDS, {**parameters, **row})
        found: dict[str, list[Any]] = {}
        for child in table.children:
            if not child.rows:
                into = of_child(child)
                self.line(into, {**parameters, "superseded_at": None})
                if before:
                    self.line(into, {**before, "superseded_at": since})
                continue
            rows = [{"id": parameters["id"], **row} for row in child.rows(parameters)]
            gone = [{"id": before["id"], **row} for row in child.rows(before)] if before else []
            for row in rows:
                self.line(of_child(child), row | {"recorded_at": begun if row in gone else since})
            for row in gone:
                if row not in rows:
                    self.line(
                        of_child(child, HISTORY),
                        row | {"recorded_at": begun, "superseded_at": since},
                    )
            found[child.name] = rows
        return found

    def line(self, into: Copy, parameters: Mapping[str, Any]) -> None:
        """Add one row."""
        self.copies[into.name] = into
        cells = [value(cell, parameters) for cell in into.cells]
        self.lines[into.name].append("\t".join([WRITTEN[type(cell)](cell) for cell in cells]))

    def store(self) -> None:
        """Copy all rows, and then select what is selected for them, in one transaction."""
        connection: Connection = STATE["connection"]
        with connection.transaction(), connection.cursor() as cursor:
            for name, lines in self.lines.items():
                columns = sql.SQL(", ").join(map(sql.Identifier, self.copies[name].columns))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), columns)
                with cursor.copy(statement) as copy:
                    copy.write("\n".join([*lines, ""]).encode())
            for into in self.copies.values():
                if into.select:
                    connection.execute(into.select)


EXTERNAL_IDS = Copy(
    "external_ids",
    [*(names := ("external_id", "resource", "dataset", "id", "recorded_at"))],
    [*map(Cell, names)],
)


def value(cell: Cell, parameters: Mapping[str, Any]) -> Any:
    """Take the value of a column."""
    if cell.literal:
        return cell.literal
    if cell.table:
        return taken(cell.table, cell.column).get(parameters[cell.parameter])
    return parameters[cell.parameter]


@cache
def of_table(table: Table, kind: str = "") -> Copy:
    """Tell what is copied into a table of records, or what its columns are then derived from.

    With HISTORY as `kind`, into what keeps what they were.
    """
    columns = {"id": "%(id)s", **COMMON, **table.columns}
    if kind:
        columns = {"superseded_at": "%(superseded_at)s", "derivations": "0", **columns}
    cells = [cell(value) for value in columns.values()]
    known = [one for one in cells if one]
    if len(known) == len(cells):
        return Copy(f"{table.name}{kind}", [*columns], known)
    into = f"{table.name}{kind}"
    types = types_of(into)
    values = [
        f"staged.{one.parameter}::{types[name]}"
        if one and one.parameter and not one.table
        else staged(value)
        for (name, value), one in zip(columns.items(), cells, strict=True)
    ]
    wanted = {
        at[1]: types.get(at[1], "text")
        for value in columns.values()
        for at in PLACEHOLDER.finditer(value)
    }
    return staging(
        into,
        wanted,
        f"INSERT INTO {into} ({', '.join(columns)})"  # noqa: S608 - all of it is our own
        f" SELECT {', '.join(values)} FROM staged_{into} AS staged",
    )


def cell(value: str) -> Cell | None:
    """Read from the SQL of a column's value where it comes from; None where it is derived."""
    if LITERAL.fullmatch(value):
        return Cell(literal=value)
    if found := PLACEHOLDER.fullmatch(value):
        return Cell(found[1])
    if found := TAKEN.fullmatch(value):
        return Cell(found[3], found[1], found[2])
    return None


@cache
def of_child(child: Child, kind: str = "") -> Copy:
    """Tell what is copied for a part: its rows, or what its rows are then selected by.

    With HISTORY as `kind`, for one that no longer stands. What is selected tells these itself.
    """
    columns = [child.key, *child.columns, "recorded_at"]
    if kind:
        columns.insert(0, "superseded_at")
    if child.rows:
        names = ["id" if name == child.key else name for name in columns]
        return Copy(f"{child.name}{kind}", columns, [*map(Cell, names)])
    wanted = {at[1]: at[2] or "text" for at in PLACEHOLDER.finditer(child.select)}
    wanted |= {"recorded_at": "timestamptz", "superseded_at": "timestamptz"}
    own = ", ".join([child.key, *child.columns])
    # A part that is the same before and after has stood since before.
    return staging(
        child.name,
        wanted,
        "WITH made AS MATERIALIZED (SELECT made.*, staged.superseded_at,"  # noqa: S608 - all of it is our own
        " min(staged.recorded_at) OVER same AS since,"
        " max(coalesce(staged.superseded_at, 'infinity')) OVER same AS until"
        f" FROM staged_{child.name} AS staged"
        f" CROSS JOIN LATERAL ({staged(child.select)}) AS made ({own})"
        f" WINDOW same AS (PARTITION BY made.{child.key}, made::text)),"
        f" gone AS (INSERT INTO {child.name}{HISTORY} (superseded_at, {own}, recorded_at)"
        f" SELECT until, {own}, since FROM made WHERE until < 'infinity')"
        f" INSERT INTO {child.name} ({own}, recorded_at)"
        f" SELECT {own}, since FROM made WHERE superseded_at IS NULL",
    )


def staged(value: str) -> str:
    """Put columns of what is staged in the places of parameters."""
    return PLACEHOLDER.sub(lambda at: f"staged.{at[1]}" + (f"::{at[2]}" if at[2] else ""), value)


def staging(name: str, columns: Mapping[str, str], select: str) -> Copy:
    """Make a table of parameters, from which the rows of another are then selected."""
    of = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    statement = f"CREATE TEMPORARY TABLE staged_{name} ({of}) ON COMMIT DELETE ROWS"
    STATE["connection"].execute(statement.encode())
    return Copy(f"staged_{name}", [*columns], [Cell(column) for column in columns], select.encode())


def types_of(table: str) -> dict[str, str]:
    """Read the types of a table's columns."""
    rows = STATE["connection"].execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        (table,),
    )
    return dict(rows.fetchall())


@cache
def taken(table: str, column: str | None) -> dict[str, Any]:
    """Read what records take from those that they point at: id -> value, as a text."""
    statement = f"SELECT {table}.id::text, {table}.{column}::text FROM {table}"  # noqa: S608 - names of our own
    return dict(STATE["connection"].execute(statement.encode()).fetchall())


def text_cell(value: str) -> str:
    """Write a text as COPY reads it."""
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return value


def list_cell(values: list[Any]) -> str:
    """Write an array of texts or ids as COPY reads it."""
    if not values:
        return "{}"
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return text_cell('{"' + '","'.join(quoted) + '"}')


WRITTEN: dict[type, Callable[[Any], str]] = {
    str: text_cell,
    int: str,
    float: repr,
    bool: lambda value: "t" if value else "f",
    UUID: str,
    type(None): lambda _: "\\N",
    list: list_cell,
    tuple: list_cell,
    datetime: datetime.isoformat,
}
"""How COPY reads a value of each type."""


if __name__ == "__main__":
    main()
