"""`attest rebuild`: what an earlier version stored is brought to the form of this one."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import psycopg
import pytest
from support.processes import attest
from support.resources import Entries
from support.service import example, key_of, new_database, service

from api.service.rebuilding import due, rebuild
from models.lists.text import child_of
from models.store import rebuilding
from models.tables import TABLES

MISSING = Entries(
    "MISSING in tests/test_rebuild.py",
    {
        "datasets": ("citation",),
        "documents": ("published_note",),
        "actors": ("description", "affiliations.title"),
        "locations": ("borders",),
        "events": ("part_of_id", "participants.side", "mentions.hedge", "verification"),
        "statements": ("condition", "claims.note", "chain.date"),
    },
)
"""Members that an earlier version did not know and stored nothing of, in this test."""

DERIVED = {"documents": ("source_reliability",), "statements": ("attestation",)}
"""Members that this version was the first to derive."""


@pytest.fixture
def stored(server, template, settings):
    """Give a service that holds the reference article, with its past, and its database."""
    with new_database(server, template) as url, service(url, settings) as app:
        client = app.test_client()
        client.secret = key_of(url, "admin")
        assert client.post("/v1/bundles", json=example()).status_code == 201
        [event] = client.get("/v1/events?limit=1").get_json()["items"]
        path, headers = f"/v1/events/{event['id']}", {"If-Match": "*"}
        assert client.patch(path, json={"title": "Edited"}, headers=headers).status_code == 200
        yield client, url


def forget(url):
    """Take the missing members out of all texts, as an earlier version would have stored them."""
    with psycopg.connect(url) as connection:
        for name in (each for table in TABLES for each in (table, f"{table}_history")):
            of = name.removesuffix("_history")
            columns = "id, recorded_at, body, derived"
            rows = connection.execute(f"SELECT {columns} FROM {name}")  # noqa: S608
            for record_id, since, body, derived in rows.fetchall():
                record = json.loads(body + "}")
                beside = json.loads("{" + derived.removeprefix(","))
                for member in DERIVED.get(of, ()):
                    del beside[member]
                for path in MISSING[of]:
                    *above, member = path.split(".")
                    for holder in (record[above[0]] or ()) if above else (record,):
                        if holder[member] is None:
                            del holder[member]
                end = f",{json.dumps(beside)[1:]}" if beside else "}"
                setting = "SET body = %s, derived = %s WHERE id = %s AND recorded_at = %s"
                connection.execute(
                    f"UPDATE {name} {setting}",
                    (json.dumps(record)[:-1], end, record_id, since),
                )
        connection.execute("UPDATE stored_forms SET form = 1, after = NULL")


def everything(client, as_of=""):
    """Read all records, each as it is written."""
    records = {}
    for name in TABLES:
        page = client.get(f"/v1/{name}?limit=1000{as_of}", checked=False)
        items = page.get_json()["items"]
        records |= {f"{name}/{each['id']}": json.dumps(each) for each in items}
    return records


def test_members_that_are_missing_are_filled_in(stored):
    """All that stands and stood gets them as null, with no revision, and no word in the feed."""
    client, url = stored
    with psycopg.connect(url) as connection:
        [then] = connection.execute("SELECT min(superseded_at) FROM events_history").fetchone()
    past = f"&as_of={then.isoformat().replace('+', '%2B')}"
    before, earlier = everything(client), everything(client, past)
    feed = client.get("/v1/changes?limit=1000").get_json()["items"]
    forget(url)
    assert everything(client) != before
    assert sum(step.changed for step in rebuild(url)) > len(before)
    assert everything(client) == before
    assert everything(client, past) == earlier
    assert client.get("/v1/changes?limit=1000").get_json()["items"] == feed
    assert sum(step.records for step in rebuild(url)) == 0


def test_each_byte_that_changes_changes_the_etag(stored):
    """Who holds a record in its earlier form is not told that it is still the same."""
    client, url = stored
    path = client.get("/v1/events?limit=1").get_json()["items"][0]["id"]
    forget(url)
    etag = client.get(f"/v1/events/{path}", checked=False).headers["ETag"]
    assert sum(step.changed for step in rebuild(url))
    answer = client.get(f"/v1/events/{path}", headers={"If-None-Match": etag})
    assert (answer.status_code, "part_of_id" in answer.get_json()) == (200, True)


def test_what_was_interrupted_goes_on(stored, monkeypatch):
    """A rebuild that is ended leaves what it has done, and the next one does the rest."""
    client, url = stored
    before = everything(client)
    monkeypatch.setattr(rebuilding, "RECORDS_AT_ONCE", 5)
    forget(url)
    first = sum(step.records for step in islice(rebuild(url), 3))
    assert 0 < first < len(before)
    with psycopg.connect(url) as connection:
        assert due(connection)
    assert first + sum(step.records for step in rebuild(url)) == len(before)
    assert everything(client) == before


def test_an_edit_between_is_kept(stored):
    """A record of an earlier form is edited like any other; sent as it is, it is unchanged."""
    client, url = stored
    forget(url)
    dataset = example()["dataset"]
    sent = client.post("/v1/bundles", json=example()).get_json()
    assert sent["created"] == {}, dataset
    assert set(sent["updated"]) <= {"events"}  # the one that was edited
    [event] = client.get("/v1/events?limit=1&sort=created_at", checked=False).get_json()["items"]
    headers = {"If-Match": "*"}
    patch = {"title": "Edited between"}
    answer = client.patch(f"/v1/events/{event['id']}", json=patch, headers=headers)
    assert answer.status_code == 200
    assert [*rebuild(url)]
    assert client.get(f"/v1/events/{event['id']}").get_json() == answer.get_json()


def test_writers_come_first(stored):
    """A rebuild that a writer and it wait for each other in gives way, and does its part later."""
    client, url = stored
    before = everything(client)
    forget(url)
    touching = "UPDATE events SET comment = comment WHERE id = %s"
    with psycopg.connect(url) as writer, ThreadPoolExecutor(1) as threads:
        writer.execute("SET deadlock_timeout = '30s'")  # so that the rebuild finds it out first
        rows = writer.execute("SELECT id FROM events ORDER BY id").fetchall()
        writer.execute(touching, rows[-1])
        rebuilt = threads.submit(lambda: sum(step.records for step in rebuild(url)))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        while writer.execute(waiting).fetchone() == (0,):
            time.sleep(0.01)
        writer.execute(touching, rows[0])
        writer.commit()
        assert rebuilt.result(timeout=30) == len(before)
    assert everything(client) == before


def test_the_command(stored):
    """`attest rebuild` says how much it did; a small database is rebuilt with the migrations."""
    client, url = stored
    before = everything(client)
    forget(url)
    assert f"of {len(before)} records in " in attest("rebuild", database_url=url)
    assert everything(client) == before
    assert attest("rebuild", database_url=url).startswith("Rebuilt 0 texts of 0 records in ")
    forget(url)
    attest("migrate", database_url=url)
    assert everything(client) == before


def test_a_database_that_was_never_migrated(server):
    """`attest rebuild` says what to do first."""
    with new_database(server) as url:
        assert "run attest migrate." in attest("rebuild", status=1, database_url=url)


def test_every_resource_is_rebuilt(stored):
    """The tables by which `attest rebuild` finds resources and their words name all of them."""
    _, url = stored
    with psycopg.connect(url) as connection:
        forms = connection.execute("SELECT resource FROM stored_forms").fetchall()
        words = connection.execute("SELECT resource FROM derived_words").fetchall()
    assert {name for (name,) in forms} == {*TABLES}
    assert {name for (name,) in words} == {
        name for name, table in TABLES.items() if child_of(table)
    }


def test_words_that_have_another_place_now(stored):
    """A certainty in the coder's words becomes a note, and a kind has the name of today."""
    client, url = stored
    [event] = client.get("/v1/events?external_id=seed:E1").get_json()["items"]
    [paper] = client.get("/v1/documents?limit=1").get_json()["items"]
    with psycopg.connect(url) as connection:
        for table, pattern, word in (
            ("events", r'"certainty":(null|"\w+")', '"certainty":"as good as sure"'),
            ("documents", r'"kind":"\w+"', '"kind":"official_paper"'),
        ):
            statement = f"UPDATE {table} SET body = regexp_replace(body, %s, %s)"  # noqa: S608
            connection.execute(statement, (pattern, word))
        connection.execute("UPDATE stored_forms SET form = 1, after = NULL")
    assert [*rebuild(url)]
    participant = client.get(f"/v1/events/{event['id']}").get_json()["participants"][0]
    assert (participant["certainty"], participant["note"]) == (None, "as good as sure")
    assert client.get(f"/v1/documents/{paper['id']}").get_json()["kind"] == "official"
