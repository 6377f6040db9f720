"""Proves that a loaded world is what the service would have written, by having it write some.

`python -m bench.verify --database CONNINFO` draws events and statements of a loaded database, with
all that they refer to and all that is said of the events; sends them to the service on an empty
database beside it, by PUT with their ids, and those that were revised once more, as they are now;
and compares every text, every column and every row of their parts and of their histories, but for
when and in how many steps they were stored: of instants, the version counts that they belong to.
The two databases must have the same indexes and constraints, too. It ends with 1 where anything
differs.
"""

import argparse
import json
import logging
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import structlog
from psycopg import sql
from psycopg.conninfo import make_conninfo

from api.app import create_app
from api.service.settings import read
from bench.cluster import new
from bench.load import say, schema_of
from models import keys
from models.database import connections, migrating
from models.database.connections import Connection
from models.table import text
from models.tables import TABLES
from schemas.links import links

APART_DERIVED = {"derived", "status", "disputed_on"}
"""Columns that are counted from what others claim."""

APART = {"created_at", "updated_at", "recorded_at", "superseded_at", "key_id", "method"}
APART |= {"derivations", "key", "number"}
"""Columns and members that tell when, by whom and in how many steps something was stored."""

SHOWN = 20
"""So many differences are shown at the most."""


def main() -> None:
    """Hold a loaded database against what the service itself writes."""
    parser = argparse.ArgumentParser(prog="python -m bench.verify", description=main.__doc__)
    parser.add_argument("--database", required=True, metavar="CONNINFO")
    parser.add_argument("--number", type=int, default=50, help="of events, and of statements")
    parser.add_argument("--seed", type=float, default=0.5, help="of the draw, from 0 to 1")
    arguments = parser.parse_args()
    differences = verify(arguments.database, arguments.number, arguments.seed)
    for difference in differences[:SHOWN]:
        say(difference)
    say(f"{len(differences)} differences")
    sys.exit(1 if differences else 0)


def verify(url: str, number: int, seed: float) -> list[str]:
    """Give what differs between loaded records and the same ones as the service writes them."""
    with Connection.connect(url) as loaded, beside(url) as other:
        migrating.migrate(other)
        drawn = draw(loaded, number, seed)
        records = gathered(loaded, drawn)
        write(other, records)
        say(", ".join(f"{len(ids)} {name}" for name, ids in records.items()))
        with Connection.connect(other) as written:
            differences = [*catalogues(loaded, written)]
            for name, found in records.items():
                ids = [*found]
                whole = whole_claims(loaded, ids, records) if name == "events" else set(ids)
                differences += compare(loaded, written, name, ids, whole)
    return differences


@contextmanager
def beside(url: str) -> Iterator[str]:
    """Make an empty database on the same server, and drop it in the end."""
    name = f"verify_{uuid4().hex[:8]}"
    server = make_conninfo(url, dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        new(connection, name)
        try:
            yield make_conninfo(url, dbname=name)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


def draw(connection: Connection, number: int, seed: float) -> dict[str, set[str]]:
    """Draw events and statements, among them the event that has the most claims below 300."""
    connection.execute("SELECT setseed(%s)", (seed,))
    drawn = {}
    for name in ("events", "statements"):
        statement = sql.SQL("SELECT id::text FROM {} ORDER BY random() LIMIT %s")
        rows = connection.execute(statement.format(sql.Identifier(name)), (number,))
        drawn[name] = {row[0] for row in rows}
    rows = connection.execute(
        "SELECT event_id::text FROM claims GROUP BY event_id HAVING count(*) < 300"
        " ORDER BY count(*) DESC LIMIT 1"
    )
    drawn["events"] |= {row[0] for row in rows}
    rows = connection.execute(
        "SELECT DISTINCT statement_id::text FROM claims WHERE event_id = ANY(%s::uuid[])",
        ([*drawn["events"]],),
    )
    drawn["statements"] |= {row[0] for row in rows}
    return drawn


def gathered(connection: Connection, drawn: dict[str, set[str]]) -> dict[str, dict[str, Any]]:
    """Read records and all that they refer to, directly or not: resource -> id -> record.

    What one was before it was revised is a member of it, `before`.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
    wanted = [(name, record_id) for name, ids in drawn.items() for record_id in ids]
    while wanted:
        further: set[tuple[str, str]] = set()
        for name, table in TABLES.items():
            schema = schema_of(name)
            ids = {record_id for to, record_id in wanted if to == name} - found[name].keys()
            for record_id in ids:
                stored = table.get(connection, record_id)
                if stored is None:
                    raise LookupError(f"There is no /v1/{name}/{record_id}.")
                record = json.loads(stored.text)
                found[name][record_id] = record
                further |= {(link.to, link.id) for link in links(schema, record)}
                if record["version"] > 1:
                    record["before"] = before(connection, name, record_id)
                    further |= {(link.to, link.id) for link in links(schema, record["before"])}
                if name != "datasets":
                    further.add(("datasets", record["dataset"]))
        wanted = [*further]
    return found


def before(connection: Connection, name: str, record_id: str) -> Any:
    """Read what a revised record was before."""
    statement = sql.SQL("SELECT {} FROM {} AS {} WHERE id = %s AND version = 1 LIMIT 1")
    parts = text(TABLES[name], full=False), sql.Identifier(f"{name}_history"), sql.Identifier(name)
    [[found]] = connection.execute(statement.format(*parts), (record_id,)).fetchall()
    return json.loads(found)


def write(url: str, records: dict[str, dict[str, Any]]) -> None:
    """Have the service write records, in the order in which they were created."""
    with psycopg.connect(url, autocommit=True) as connection:
        secret = keys.create(connection, "verify", ["admin"])[1]
    pool = connections.pool(url, size=2, statement_timeout=60_000, patience=10)
    with pool:
        client = create_app(pool, read({})).test_client()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        ordered = sorted(
            (version["updated_at"], [*TABLES].index(name), record_id, name, version)
            for name, found in records.items()
            for record_id, record in found.items()
            for version in (record.get("before"), record)
            if version
        )
        for _, _, record_id, name, version in ordered:
            anew = {"If-Match": "*"} if version["version"] > 1 else {}
            answer = client.put(
                f"/v1/{name}/{record_id}",
                json=schema_of(name).writable(version),
                headers={"Authorization": f"Bearer {secret}", **anew},
            )
            if answer.status_code != (201 if version["version"] == 1 else 200):
                raise RuntimeError(f"/v1/{name}/{record_id}: {answer.get_data(as_text=True)}")


def whole_claims(
    connection: Connection, ids: list[str], records: dict[str, dict[str, Any]]
) -> set[str]:
    """Tell of which events every claim is among the statements that are compared."""
    rows = connection.execute(
        "SELECT event_id::text, array_agg(statement_id::text) FROM claims"
        " WHERE event_id = ANY(%s::uuid[]) GROUP BY event_id",
        (ids,),
    )
    return {*ids} - {row[0] for row in rows if {*row[1]} - records["statements"].keys()}


def compare(
    loaded: Connection, written: Connection, name: str, ids: list[str], whole: set[str]
) -> Iterator[str]:
    """Yield how records differ; attestation only of those that are `whole`."""
    table = TABLES[name]
    sources = [(name, "id"), *((child.name, child.key) for child in table.children)]
    sources += [("external_ids", "id"), ("arrivals", "id")]
    eras = [versions(connection, name, ids) for connection in (loaded, written)]
    for source, key in sources:
        histories = [source, f"{source}_history"] if source != "arrivals" else [source]
        for kept in histories:
            one, other = (
                rows(connection, kept, key, ids, era)
                for connection, era in zip((loaded, written), eras, strict=True)
            )
            for record_id in ids:
                ours, theirs = (
                    [trimmed(row, whole=record_id in whole) for row in found.get(record_id, [])]
                    for found in (one, other)
                )
                if ours != theirs:
                    yield f"{kept} of {name}/{record_id}: loaded {differing(ours, theirs)}"


def versions(connection: Connection, name: str, ids: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Tell since when each version of records stood: id -> instants with the versions' numbers."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    kind = "text" if name == "datasets" else "uuid"
    statement = sql.SQL(
        "SELECT id::text, version, to_jsonb(min(recorded_at)) FROM {} WHERE id = ANY(%s::{}[])"
        " GROUP BY id, version ORDER BY version"
    ).format(sql.Identifier(f"{name}_ever"), sql.SQL(kind))
    for record_id, version, since in connection.execute(statement, (ids,)):
        found[record_id].append((since, version))
    return found


def rows(
    connection: Connection,
    source: str,
    key: str,
    ids: list[str],
    eras: dict[str, list[tuple[str, int]]],
) -> dict[str, list[dict[str, Any]]]:
    """Read all rows of records, with all their columns: id -> rows.

    Their instants become the version of the record that stood at them. Of a version's own rows
    only the last is read.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    texts = {"datasets", "datasets_history", "external_ids", "external_ids_history", "arrivals"}
    kind = "text" if source in texts else "uuid"
    of_records = source.removesuffix("_history") in TABLES
    statement = sql.SQL(
        "SELECT {key}::text, to_jsonb({source}) FROM {source} WHERE {key} = ANY(%s::{kind}[])"
        " {only} ORDER BY to_jsonb({source}) - %s::text[]"
    ).format(
        key=sql.Identifier(key),
        source=sql.Identifier(source),
        kind=sql.SQL(kind),
        only=sql.SQL("AND operation <> 'derive'" if source == "arrivals" else ""),
    )
    last: dict[tuple[str, int], str] = {}
    for record_id, row in connection.execute(statement, (ids, [*APART])).fetchall():
        era = eras[record_id]
        since, until = row["recorded_at"], row.get("superseded_at")
        if of_records:
            # Other rows of a version tell in how many steps its attestation came about.
            if until and row["version"] == era[-1][1]:
                continue
            latest = last.get((record_id, row["version"]))
            if latest is not None and latest > since:
                continue
            if latest is not None:
                found[record_id] = [
                    each for each in found[record_id] if each["version"] != row["version"]
                ]
            last[record_id, row["version"]] = since
        else:
            row["since"] = at(era, since)
        row["until"] = at(era, until) if until else None
        found.setdefault(record_id, []).append(row)
    return found


def at(era: list[tuple[str, int]], instant: str) -> int:
    """Tell which version of a record stood at an instant."""
    return era[bisect_right(era, (instant, sys.maxsize)) - 1][1]


def trimmed(row: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Leave out of a row what may differ; its body becomes a list, for members are in order."""
    row = {name: value for name, value in row.items() if name not in APART}
    if "body" in row:
        body = json.loads(row["body"] + "}")
        row["body"] = [[name, value] for name, value in body.items() if name not in APART]
        if not whole:
            row = {name: value for name, value in row.items() if name not in APART_DERIVED}
    return row


def differing(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> str:
    """Say in what rows differ."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, written {len(theirs)}"
    for one, other in zip(ours, theirs, strict=True):
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                return f"{name} = {one.get(name)}, written {other.get(name)}"
    return "the same"


def catalogues(loaded: Connection, written: Connection) -> Iterator[str]:
    """Yield how indexes, constraints and settings of tables differ."""
    statement = (
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || convalidated || ' '"
        " || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace UNION ALL SELECT relname || ' '"
        " || reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND reloptions IS NOT NULL"
    )
    ours, theirs = ({row[0] for row in one.execute(statement)} for one in (loaded, written))
    for definition in sorted(ours ^ theirs):
        yield f"{'too much' if definition in ours else 'missing'}: {definition}"


if __name__ == "__main__":
    main()
