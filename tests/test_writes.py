"""How many statements a write sends to PostgreSQL: what it must, and no more."""

from unittest.mock import patch

import psycopg
import pytest
from support.service import example

CURRENT = {"If-Match": "*"}

NEW = {
    "actors": {"name": "Shopkeepers", "kind": "collective", "external_ids": {"desk": "7"}},
    "documents": {"title": "Bread runs short", "kind": "article"},
    "events": {"title": "A bakery closes", "type": "other", "date": "2021"},
    "locations": {"name": "Bazarak market", "kind": "area"},
    "statements": {"act": "assert", "form": "paraphrase", "text": "It is closed."},
}
"""A new record of each resource, in the dataset of the article."""


def sent(client, method, path, body=None):
    """Send a request; count its statements, apart from the one that finds the key."""
    statements = []
    execute = psycopg.Cursor.execute

    def remember(cursor, query, *arguments, **more):
        statements.append(query)
        return execute(cursor, query, *arguments, **more)

    headers = {} if method == "POST" else CURRENT
    with patch.object(psycopg.Cursor, "execute", remember):
        answer = client.open(path, method=method, json=body, headers=headers)
    assert answer.status_code < 300, answer.get_data(as_text=True)
    return len([each for each in statements if "keys.digest" not in str(each)])


def first(client, resource, query=""):
    """Give the first record of a list."""
    return client.get(f"/v1/{resource}?limit=1{query}").get_json()["items"][0]


@pytest.mark.parametrize(
    ("resource", "number"),
    # References and the instant, the record; for a document, its text; for a statement, what it
    # claims is locked and counted; for a location, what lies in it.
    [("actors", 2), ("documents", 3), ("events", 2), ("locations", 7), ("statements", 2)],
)
def test_statements_of_a_post(panjshir, resource, number):
    """A new record is checked by one statement, and stored with all its parts by another."""
    dataset = first(panjshir, "datasets")["id"]
    record = {**NEW[resource], "dataset": dataset}
    assert sent(panjshir, "POST", f"/v1/{resource}", record) == number


def test_statements_of_a_post_with_claims(panjshir):
    """What a statement claims takes a lock before it, and two statements and a change after it."""
    event = first(panjshir, "events")
    claims = [{"event_id": event["id"], "stance": "denies", "aspect": "occurrence"}]
    record = {**NEW["statements"], "dataset": event["dataset"], "claims": claims}
    assert sent(panjshir, "POST", "/v1/statements", record) == 6


@pytest.mark.parametrize(
    ("resource", "change", "number"),
    [
        # The record, what it refers to, and its new version.
        ("actors", {"tags": ["desk"]}, 3),
        ("actors", {"sector": "GOV"}, 3),
        ("datasets", {"licence": "CC0-1.0"}, 3),
        ("events", {"tags": ["desk"]}, 3),
        ("locations", {"tags": ["desk"]}, 3),
        # A document is read again, for its text is kept apart from the rest of it.
        ("documents", {"tags": ["desk"]}, 4),
        # Which events its claims are about is locked, in case they change.
        ("statements", {"tags": ["desk"]}, 4),
        # Parts that change go and come, two statements.
        ("actors", {"names": [{"name": "Another name"}]}, 5),
        ("events", {"participants": []}, 5),
        # So do its words.
        ("events", {"title": "Another title"}, 5),
        # The new external id takes one, and the old one that is let go of.
        ("events", {"external_ids": {"desk": "1"}}, 4),
        ("events", {"external_ids": {"seed": None, "desk": "1"}}, 5),
        # What an event's status depends on is locked, counted and stored, and the event read.
        ("events", {"modality": "planned"}, 8),
    ],
)
def test_statements_of_a_patch(panjshir, resource, change, number):
    """A change sends what it changes, and counts claims only where these may count otherwise."""
    record = first(panjshir, resource, "&name=Massoud" if resource == "actors" else "")
    assert sent(panjshir, "PATCH", f"/v1/{resource}/{record['id']}", change) == number


def test_statements_of_a_patch_that_changes_nothing(panjshir):
    """What stands already is read and checked, and not stored again."""
    event = first(panjshir, "events")
    assert sent(panjshir, "PATCH", f"/v1/events/{event['id']}", {"title": event["title"]}) == 2


def test_statements_of_a_bundle(panjshir):
    """A bundle costs a few statements a resource, however many records it has: here 76."""
    bundle = example()
    assert sum(len(records) for records in bundle.values() if isinstance(records, list)) == 76
    assert sent(panjshir, "POST", "/v1/bundles", bundle) == 20
    bundle["events"][0]["title"] = "Another title"
    assert sent(panjshir, "POST", "/v1/bundles", bundle) == 23


def test_statements_of_a_delete(panjshir):
    """A record is locked, looked for in others, and withdrawn with its parts."""
    event = {**NEW["events"], "dataset": first(panjshir, "datasets")["id"]}
    made = panjshir.post("/v1/events", json=event).get_json()
    assert sent(panjshir, "DELETE", f"/v1/events/{made['id']}") == 6


def test_statements_of_an_assessment(panjshir):
    """The record is locked; what one thinks is looked for, stored, counted, shown and read."""
    event = first(panjshir, "events")
    path = f"/v1/events/{event['id']}/assessments/mine"
    assert sent(panjshir, "PUT", path, {"verdict": "agree"}) == 10
    assert sent(panjshir, "PUT", path, {"verdict": "agree"}) == 5  # and nothing to store
