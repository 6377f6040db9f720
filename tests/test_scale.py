"""SQL that a distributed engine can run too: rules that cost nothing on one machine."""

import re
from pathlib import Path

import pytest
from support.service import ROOT

from models.store.parts import deleting
from models.store.records import TOMBSTONE, updating
from models.tables import TABLES

CHILDREN = [child for table in TABLES.values() for child in table.children]

SQL_FILES = sorted(path.relative_to(ROOT) for path in (ROOT / "models").rglob("*.py"))

SPREAD_BY_CELL = {"event_cells"}
"""Parts whose key begins with what they are found by, so that a box reads them from one place."""


def columns(client, query, table):
    """List the columns that a query on the catalogue finds for a table."""
    connection = client.application.extensions["pool"].getconn()
    return [name for (name,) in connection.execute(query, {"table": table}).fetchall()]


@pytest.mark.parametrize("child", CHILDREN, ids=lambda child: child.name)
def test_parts_are_kept_by_the_id_of_their_record(client, child):
    """The id of its record is a column of each part that may not be null, and begins its key."""
    required = columns(
        client,
        "SELECT attname FROM pg_attribute WHERE attrelid = %(table)s::regclass"
        " AND attnum > 0 AND attnotnull AND NOT attisdropped",
        child.name,
    )
    assert child.key in required
    key = columns(
        client,
        "SELECT attname FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (number, place)"
        " JOIN pg_attribute ON attnum = number WHERE indrelid = %(table)s::regclass"
        " AND attrelid = indrelid AND indisprimary AND place <= indnkeyatts ORDER BY place",
        child.name,
    )
    if child.name in SPREAD_BY_CELL:
        assert child.key in key
    else:
        assert key[0] == child.key


@pytest.mark.parametrize("path", SQL_FILES, ids=str)
@pytest.mark.parametrize(
    ("form", "why"),
    [
        (r"\browcount\b", "what was written is told by RETURNING"),
        (r"ROW\([^)]*\)::text", "rows are compared by their columns"),
        (r"\b(ctid|xmin|xmax)\b", "no row is identified by where it lies"),
        (r"\bMERGE INTO\b|\bCREATE TRIGGER\b", "writes are INSERT, UPDATE and DELETE"),
        (r"= clock_timestamp\(\)|= now\(\)", "an instant that is stored is a parameter"),
    ],
)
def test_no_statement_needs_one_machine(path, form, why):
    """No SQL of the service relies on what only a single PostgreSQL can tell."""
    assert re.search(form, Path(ROOT, path).read_text()) is None, why


def test_recursion_stands_apart_from_writes():
    """A statement that walks a hierarchy writes nothing itself."""
    texts = "".join(Path(ROOT, path).read_text() for path in SQL_FILES)
    walks = [text for text in re.findall(r'"""(.*?)"""', texts, re.DOTALL) if "RECURSIVE" in text]
    assert len(walks) > 3
    assert [
        text for text in walks if re.search(r"\b(UPDATE \w+\s|INSERT INTO|DELETE FROM)", text)
    ] == []


def test_updates_and_deletes_name_their_record():
    """Every UPDATE and DELETE of records and their parts says by its id which one it is about."""
    for table in TABLES.values():
        statement = updating(table, tuple(TOMBSTONE.items())).decode()
        assert f"WHERE {table.name}.id = %(id)s AND old.id" in statement
        if table.children:
            parts = deleting(tuple(table.children), all_of_them=True).decode()
            assert parts.count("DELETE FROM") == parts.count("= %(id)s") == len(table.children)
