"""Migrations: each applied once, in order, wholly or not at all, and never edited afterwards."""

import re
import shutil
import subprocess
import sys

import psycopg
import pytest
from support.records import Records
from support.service import ROOT, key_of, new_database, service

from models.database import migrating
from models.database.migrating import MigrationError
from schemas.actors import ActorSchema
from schemas.datasets import DatasetSchema
from schemas.documents import DocumentSchema
from schemas.events import EventSchema

MIGRATIONS = ROOT / "models" / "database" / "migrations"

MIGRATE = "import sys; from models.database.migrating import migrate; print(*migrate(sys.argv[1]))"


@pytest.fixture
def empty(server):
    """Make a database with nothing in it."""
    with new_database(server) as url:
        yield url


def applied(url):
    """List what was applied to a database, in that order."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT name FROM migrations ORDER BY applied_at").fetchall()
    return [name for (name,) in rows]


def pending(url):
    """List what is still to be applied."""
    with psycopg.connect(url, autocommit=True) as connection:
        return migrating.pending(connection)


@pytest.fixture
def later(tmp_path):
    """Copy the code, as another version of it whose migrations can be changed."""
    shutil.copytree(ROOT / "models", tmp_path / "models")
    return tmp_path / "models" / "database" / "migrations"


def migrate_by(version, url):
    """Migrate by another version of the code."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", MIGRATE, url],
        cwd=version.parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_all_in_order_and_once(empty):
    """An empty database gets all migrations in the order of their numbers; the next time, none."""
    names = [path.name for path in sorted(MIGRATIONS.glob("*.sql"))]
    assert [name[:4] for name in names] == [f"{1 + i:04}" for i in range(len(names))]
    assert pending(empty) == names
    assert migrating.migrate(empty) == names
    assert applied(empty) == names
    assert pending(empty) == []
    assert migrating.migrate(empty) == []
    assert applied(empty) == names


def test_what_is_pending_is_found_without_writing(empty):
    """Who only asks what is missing leaves no trace."""
    assert pending(empty)
    with psycopg.connect(empty) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchone() == (0,)


def test_an_edited_migration(empty, later):
    """A migration that was edited once it had been applied is refused."""
    migrating.migrate(empty)
    first = min(later.glob("*.sql"))
    first.write_text(first.read_text() + "-- a remark\n")
    done = migrate_by(later, empty)
    assert done.returncode != 0
    assert f"Migration {first.name} was edited" in done.stderr


def test_the_next_version_and_back(empty, later):
    """A newer version applies what is new alone; the older one then refuses the database."""
    before = migrating.migrate(empty)
    name = f"{len(before) + 1:04}_later.sql"
    (later / name).write_text("CREATE TABLE later (id uuid CONSTRAINT later_pkey PRIMARY KEY);")
    done = migrate_by(later, empty)
    assert (done.returncode, done.stdout.split()) == (0, [name]), done.stderr
    assert applied(empty) == [*before, name]
    for attempt in (migrating.migrate, pending):
        with pytest.raises(MigrationError, match=f"{name}, which this version does not know"):
            attempt(empty)


def test_a_migration_that_fails(empty, later):
    """A migration that fails leaves nothing of itself, and those before it stand."""
    before = [path.name for path in sorted(later.glob("*.sql"))]
    good, bad = f"{len(before) + 1:04}_good.sql", f"{len(before) + 2:04}_bad.sql"
    (later / good).write_text("CREATE TABLE good (); CREATE INDEX ON good ((1));")
    (later / bad).write_text("CREATE TABLE bad (); SELECT 1 / 0;")
    done = migrate_by(later, empty)
    assert done.returncode != 0
    assert "division by zero" in done.stderr
    assert applied(empty) == [*before, good]
    with psycopg.connect(empty) as connection:
        found = connection.execute("SELECT to_regclass('good'), to_regclass('bad')").fetchone()
    assert found == ("good", None)
    (later / bad).write_text("CREATE TABLE bad ();")
    assert migrate_by(later, empty).stdout.split() == [bad]


def test_three_at_once(empty):
    """Of several that migrate at once, one applies each migration, and the others wait for it."""
    racing = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", MIGRATE, empty],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    ends = [process.communicate(timeout=60) for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0], ends
    names = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    assert sorted(" ".join(out for out, _ in ends).split()) == names
    assert applied(empty) == names


COMMON = """
SELECT attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""
KEYS = """
SELECT replace(conname, %(table)s, 'T'), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = to_regclass(%(table)s) AND contype <> 'n'
"""
INDEXES = """
SELECT replace(indexdef, %(table)s, 'T') FROM pg_indexes
WHERE schemaname = 'public' AND tablename = %(table)s
"""


def test_a_new_table_of_records_is_like_those_that_stand(migrated):
    """`make_records` gives a table all that every table of records has, and its history."""
    with psycopg.connect(migrated) as connection, connection.transaction(force_rollback=True):
        connection.execute("SELECT make_records('scratch', 'name text NOT NULL, kind text')")
        actors, scratch = ({*connection.execute(COMMON, (name,))} for name in ("actors", "scratch"))
        assert scratch < actors
        assert {name for name, *_ in actors - scratch} == {
            *("sector", "country", "sort_key", "reliability")
        }
        for query in (KEYS, INDEXES):
            known, new = (
                {*connection.execute(query, {"table": name})} for name in ("actors", "scratch")
            )
            assert new <= known
        assert len(new) == 10
        past = connection.execute("SELECT count(*) FROM past.scratch, scratch_history").fetchone()
        assert past == (0,)
        words = connection.execute(
            "SELECT count(*) FROM scratch_words, scratch_words_history"
        ).fetchone()
        assert words == (0,)
        forms = "SELECT form FROM stored_forms WHERE resource IN ('actors', 'scratch')"
        assert len({*connection.execute(forms).fetchall()}) == 1


def test_every_constraint_is_named(migrated):
    """Constraints have names of ours: messages are made from them, on every PostgreSQL alike."""
    with psycopg.connect(migrated) as connection:
        rows = connection.execute(
            "SELECT conname, conrelid::regclass::text FROM pg_constraint"
            " JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = 'public'::regnamespace"
            " AND contype IN ('p', 'u', 'f', 'c', 'x')"
        ).fetchall()
    assert rows
    assert all(name.startswith(table) for name, table in rows)
    assert not [name for name, _ in rows if name.endswith(("_key", "_fkey", "_check", "_excl"))]


STOOD = """
INSERT INTO datasets (id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to,
    derived, body)
VALUES ('old', 1, 'old', %(then)s, %(then)s, %(then)s, '{}', '{}', '}', %(dataset)s);
"""
ACTED = """
INSERT INTO actors (id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to,
    withdrawn, derived, body, name, names)
VALUES (%(id)s, %(version)s, 'old', %(then)s, %(then)s, %(then)s, '{}', '{}', %(withdrawn)s, '}',
    %(actor)s, 'Somebody', '{somebody}')
"""
THEN = "2026-01-01T00:00:00.000000Z"


def body_of(schema, **record):
    """Write a record as an earlier version stored it."""
    own = dict.fromkeys(schema().fields)
    book = {"external_ids": {}, "tags": [], "attributes": {}, "created_at": THEN}
    return schema().render({**own, **book, "updated_at": THEN, **record})


EVENT = """
INSERT INTO events (id, version, dataset, created_at, updated_at, recorded_at, tags,
    refers_to, withdrawn, derived, body, type, modality, codes, status, begins, starts_on, ends_on,
    fatalities, fatalities_low, fatalities_high)
VALUES (%(id)s, 1, 'old', %(then)s, %(then)s, %(now)s, '{}', '{}', %(withdrawn)s, '}', '{', 'aid',
    'actual', '{}', 'claimed', '2021-01-01', '2021-01-01', '2021-01-01', -1, %(low)s, %(high)s)
"""
STOOD_BEFORE = (
    "INSERT INTO events_history SELECT recorded_at, events.* FROM events WHERE id = %(id)s"
)
BEFORE = "UPDATE events_history SET recorded_at = %(then)s, fatalities_low = 1, fatalities_high = 1"
DOCUMENT = """
INSERT INTO documents (id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to,
    derived, body, kind, begins, starts_on, ends_on)
VALUES (%(id)s, 1, 'old', %(then)s, %(then)s, %(then)s, '{}', '{}', '}', %(document)s,
    'official_paper', '-infinity', '-infinity', '-infinity')
"""


def test_what_stood_before_there_were_casualties(empty, later):
    """Deaths of standing events are found as killed, also as of before; documents by their grade.

    What is only in free attributes is no grade.
    """
    for migration in sorted(later.glob("*.sql"))[11:]:
        migration.unlink()
    assert migrate_by(later, empty).returncode == 0
    ids = [f"0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c0{number}" for number in range(4)]
    with psycopg.connect(empty, autocommit=True) as connection:
        given = {"then": THEN, "now": "2026-02-01T00:00:00.000000Z", "dataset": "{}"}
        connection.execute(STOOD, given)
        for event, low, high, withdrawn in zip(
            ids, (3, None, None, 5), (3, 9, None, 5), (False, False, False, True), strict=True
        ):
            numbers = {"low": low, "high": high, "withdrawn": withdrawn}
            connection.execute(EVENT, {**given, **numbers, "id": event})
        connection.execute(STOOD_BEFORE, {"id": ids[0]})
        connection.execute(BEFORE, given)
        for document, own in zip(ids, ("B", None), strict=False):
            body = body_of(DocumentSchema, reliability=own, attributes={"reliability": "A"})
            connection.execute(DOCUMENT, {**given, "id": document, "document": body})
    migrating.migrate(empty)
    with psycopg.connect(empty) as connection:
        harmed = "SELECT event_id::text, kind, number FROM {} ORDER BY event_id"
        found = connection.execute(harmed.format("casualties")).fetchall()
        assert found == [(ids[0], "killed", 3), (ids[1], "killed", None)]
        found = connection.execute(harmed.format("casualties_history")).fetchall()
        assert found == [(ids[0], "killed", 1)]
        found = connection.execute(
            "SELECT kind, reliability, source_reliability, files FROM documents ORDER BY id"
        ).fetchall()
        assert found == [("official", "B", "B", []), ("official", None, None, [])]


def test_what_stood_before_there_was_a_past(empty, later, settings):
    """Records of an older version stand since they were stored, with a revision, in the feed."""
    for migration in sorted(later.glob("*.sql"))[2:]:
        migration.unlink()
    assert migrate_by(later, empty).returncode == 0
    changed, gone = (f"0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c0{number}" for number in (1, 2))
    with psycopg.connect(empty, autocommit=True) as connection:
        given = {
            "then": THEN,
            "dataset": body_of(DatasetSchema, id="old", dataset="old", version=1),
        }
        connection.execute(STOOD, given)
        for record_id, version in ((changed, 3), (gone, 2)):
            actor = {"id": record_id, "dataset": "old", "name": "Somebody", "version": version}
            given |= {"actor": body_of(ActorSchema, **actor), "withdrawn": record_id == gone}
            connection.execute(ACTED, {**given, "id": record_id, "version": version})
    migrating.migrate(empty)
    with service(empty, settings) as app:
        client = app.test_client()
        client.secret = key_of(empty, "admin")
        assert client.get(f"/v1/actors/{changed}").get_json()["version"] == 3
        for as_of, statuses in {"2025-12-31T23:59:59Z": (404, 404), THEN: (200, 410)}.items():
            asked = [client.get(f"/v1/actors/{one}?as_of={as_of}") for one in (changed, gone)]
            assert tuple(answer.status_code for answer in asked) == statuses
        [revision] = client.get(f"/v1/actors/{changed}/revisions").get_json()["items"]
        assert (revision["number"], revision["operation"]) == (3, "change")
        [tombstone] = client.get(f"/v1/actors/{gone}/revisions").get_json()["items"]
        assert (tombstone["number"], tombstone["operation"]) == (2, "withdraw")
        patch = {"name": "Somebody else"}
        place = f"/v1/actors/{changed}"
        assert client.patch(place, json=patch, headers={"If-Match": "*"}).status_code == 200
        assert client.get(f"{place}?as_of={THEN}").get_json()["name"] == "Somebody"
        diff = client.get(f"{place}/revisions/4/diff").get_json()
        assert {"op": "replace", "path": "/name", "value": "Somebody else"} in diff


HAPPENED = """
INSERT INTO {0} ({1}id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to,
    retracted, withdrawn, derivations, operation, derived, body, type, modality, codes, status,
    begins, starts_on, ends_on, fatalities)
VALUES ({2}%(id)s, %(version)s, 'old', %(then)s, %(then)s, %(then)s, '{{}}', '{{}}', false, false,
    0, 'create', ',"attestation":null}}', %(event)s, 'other', 'actual', '{{}}', 'unattested',
    '-infinity', '-infinity', '-infinity', -1)
"""
TOOK_PART = """
INSERT INTO {0} ({1}event_id, position, role, begins, recorded_at)
SELECT {2}%(id)s, position, 'initiator', '-infinity', %(then)s
FROM generate_series(0, 2) AS position
"""


def test_participants_of_before_there_were_sides_to_find_by(empty, later, settings):
    """Sides and certainties are found where they stand, and stood; other words become a note."""
    for migration in sorted(later.glob("*.sql"))[11:]:
        migration.unlink()
    assert migrate_by(later, empty).returncode == 0
    event_id = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
    sides = {
        "2026-01-01T00:00:00Z": ("x", "certain", 1),
        "2026-02-01T00:00:00Z": ("e\u0301", "rather likely", 2),
    }
    with psycopg.connect(empty, autocommit=True) as connection:
        dataset = body_of(DatasetSchema, id="old", dataset="old", version=1)
        connection.execute(STOOD, {"then": THEN, "dataset": dataset})
        for then, (side, certainty, version) in sides.items():
            people = [{"label": "men", "role": "initiator", "side": None, "certainty": None}] * 2
            people.append({**people[0], "side": side, "certainty": certainty})
            event = {"id": event_id, "dataset": "old", "version": version, "type": "other"}
            body = body_of(EventSchema, **event, modality="actual", participants=people)
            given = {"id": event_id, "version": version, "then": then, "event": body}
            first = version == 1
            until = (
                ("superseded_at, ", "timestamptz '2026-02-01T00:00:00Z', ") if first else ("", "")
            )
            for statement, table in ((HAPPENED, "events"), (TOOK_PART, "participants")):
                name = f"{table}_history" if first else table
                connection.execute(statement.format(name, *until), given)
    migrating.migrate(empty)
    with service(empty, settings) as app:
        client = app.test_client()
        client.secret = key_of(empty, "admin")

        def found(query):
            answer = client.get(f"/v1/events?fields=id&{query}", checked=False)
            return [each["id"] for each in answer.get_json()["items"]]

        assert found("side=%C3%A9") == [event_id]
        assert found("side=x") == found("certainty=certain") == []
        assert found("side=x&certainty=certain&as_of=2026-01-15T00:00:00Z") == [event_id]
        path = f"/v1/events/{event_id}"
        patch = {"title": "Three men"}
        answer = client.patch(path, json=patch, headers={"If-Match": "*"}, checked=False)
        assert answer.status_code == 200, answer.get_json()
        [*_, last] = answer.get_json()["participants"]
        assert (last["certainty"], last["note"]) == (None, "rather likely")
        assert found("side=%C3%A9") == [event_id]


ASKED_ACROSS = {
    "affiliations": ("created_at = '-infinity'", "actor_id, position, created_at::text"),
    "claims": ("actor_id = NULL", "statement_id, position, actor_id, length(value)"),
    "locations": ("derived = '}'", "id, derived"),
}
"""What a migration derives for records that stand and stood: how it was before, and as it is."""


def test_what_stood_before_it_was_asked_for_across_relations(server, template, settings):
    """What is derived for what stands, and stood, is what is derived when it is written."""
    [migration] = MIGRATIONS.glob("*_relations.sql")
    text = re.sub(r"--.*", "", migration.read_text())
    parts = [each.strip() for each in text.split(";\n")]
    [helper] = [each for each in parts if each.startswith("CREATE FUNCTION")]
    updates = [each for each in parts if each.startswith("UPDATE")]
    with new_database(server, template) as url:
        with service(url, settings) as app:
            client = app.test_client()
            client.secret = key_of(url, "admin")
            records = Records(client)
            country = records.make("locations", country="AF")
            town = records.make("locations", parent_id=country)
            records.make("locations")
            of = {"actor_id": records.make("actors"), "role": "member"}
            actor = records.make("actors", affiliations=[of])
            event = records.make("events")
            on = {"event_id": event, "stance": "asserts"}
            harmed = [{"kind": "killed", "actor_id": actor, "best": 1}, {"kind": "killed"}, None]
            claims = [
                {**on, "aspect": "occurrence"},
                {**on, "aspect": "responsibility", "value": actor},
                {**on, "aspect": "responsibility", "value": None},
                {**on, "aspect": "location", "value": town},
                *({**on, "aspect": "casualties", "value": each} for each in harmed),
            ]
            said = records.make("statements", claims=claims)
            records.change("statements", said, claims=claims[::-1])
            records.change("actors", actor, affiliations=[{**of, "role": "leader"}, of])
            records.change("locations", country, country="UZ")
        with psycopg.connect(url) as connection:
            connection.execute(helper)
            for table, (before, columns) in ASKED_ACROSS.items():
                for name in (table, f"{table}_history"):
                    listed = f"SELECT {columns}, recorded_at FROM {name} ORDER BY 1::text, 2"  # noqa: S608
                    expected = connection.execute(listed).fetchall()
                    assert expected
                    connection.execute(f"UPDATE {name} SET {before}")  # noqa: S608
                    assert connection.execute(listed).fetchall() != expected
                    for update in updates:
                        connection.execute(update)
                    assert connection.execute(listed).fetchall() == expected, name


UNCOUNTED = """
ALTER TABLE {0} DROP COLUMN IF EXISTS qualified CASCADE, DROP COLUMN IF EXISTS lowest CASCADE,
    DROP COLUMN IF EXISTS highest CASCADE
"""


def test_what_is_counted_of_records_of_before_there_were_summaries(fresh):
    """Certain dates, and the lowest and highest numbers, are read from what stands, and stood."""
    url, app = fresh
    client = app.test_client()
    client.secret = key_of(url, "admin")
    records = Records(client)
    numbers = {"low": 1, "best": 2, "high": 5}
    harms = [{"kind": "injured", **numbers}, {"kind": "missing", "best": 2}]
    event = records.make("events", date="2021-08~", fatalities=numbers, casualties=harms)
    said = records.make("statements", date="2021-08-22?")
    then = records.now()
    records.change("events", event, date="2021-08", fatalities={"high": 7}, casualties=harms[1:])
    records.change("statements", said, date="2021-08-22")
    paths = [
        "/v1/events/summary?by=month&measure=fatalities,casualties",
        "/v1/events/summary?by=type&measure=fatalities,casualties",
        "/v1/statements/summary?by=month",
    ]
    paths += [f"{path}&as_of={then}" for path in paths]
    before = [client.get(path).get_json() for path in paths]
    assert before[0]["items"][0]["count"] == before[3]["items"][0]["possible"] == 1
    assert before[4]["items"][0]["casualties"]["injured"]["high"] == 5
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("events", "statements", "casualties"):
            for part in (name, f"{name}_history"):
                connection.execute(UNCOUNTED.format(part))
            connection.execute("SELECT keep_history(%s)", (name,))
        connection.execute("DELETE FROM migrations WHERE name LIKE '%_summaries.sql'")
    [migration] = migrating.migrate(url)
    assert migration.endswith("_summaries.sql")
    assert [client.get(path).get_json() for path in paths] == before
