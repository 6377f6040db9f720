"""A mirror of all records, made of nothing but the feed, and what it is held against."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from models.table import UNASSESSED
from support.resources import RESOURCES


@dataclass
class Reader:
    """A mirror of all records, made of nothing but the feed, and what it has seen of it."""

    mirror: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)
    told: dict = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    cursor: str | None = None
    latest: str = ""

    def poll(self, client, chance, *, stops):
        """Read a page and keep it with its cursor; tell whether there was anything."""
        query = {"include": "record", "limit": chance.choice((1, 10, 100, 1000))}
        if self.cursor:
            query["after"] = self.cursor
        answer = client.get("/v1/changes", query_string=query, checked=False)
        self.counts["polls"] += 1
        if answer.status_code == 503:
            self.counts["refused polls"] += 1
            time.sleep(0.1)
            return True
        assert answer.status_code == 200, answer.get_json()
        if stops and chance.random() < 0.05:
            # It is stopped before it could keep what it was sent, and goes on where it was.
            self.counts["stops"] += 1
            time.sleep(chance.uniform(0, 0.5))
            return True
        page = answer.get_json()
        self.keep(page["items"])
        self.cursor = page["next_cursor"]
        return bool(page["items"])

    def keep(self, items):
        """Keep what a page tells."""
        before = self.latest
        for item in items:
            record = item["resource"], item["id"]
            self.seen.append((item["position"], *record, item["recorded_at"], item["version"]))
            self.told[(*record, item["recorded_at"])] = item["record"]
            self.counts[item["operation"]] += 1
            self.counts["overtaken"] += item["recorded_at"] < before
            self.latest = max(self.latest, item["recorded_at"])
            if item["record"] is None:
                self.mirror.pop(record, None)
            else:
                self.mirror[record] = item["record"]


def compare(url, reader):
    """Hold what the reader has seen against the tables: nothing missed, nothing twice, in order."""
    positions = [position for position, *_ in reader.seen]
    assert positions == [*range(1, len(positions) + 1)], "there are gaps, or changes told twice"
    latest = {}
    for _, resource, record_id, recorded_at, version in reader.seen:
        before = latest.get((resource, record_id), ("", 0))
        assert before[0] < recorded_at, "a record's later change came before an earlier one"
        assert before[1] <= version, "a record's later version came before an earlier one"
        latest[resource, record_id] = recorded_at, version
    ever, standing = {}, {}
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for resource in RESOURCES:
            rows = connection.execute(
                EVER.format(sql.Literal(UNASSESSED), sql.Identifier(f"{resource}_ever"))
            )
            for record_id, recorded_at, stands, text in rows:
                ever[resource, record_id, recorded_at] = text and json.loads(text)
                if stands and text:
                    standing[resource, record_id] = json.loads(text)
        assert connection.execute("SELECT count(*) FROM arrivals").fetchone() == (0,)
    assert len(reader.told) == len(reader.seen)
    assert reader.told.keys() == ever.keys(), "the feed is not what the tables have ever held"
    assert reader.told == ever, "a record was told otherwise than it was"
    assert reader.mirror == standing, "the mirror is not what stands"


EVER = sql.SQL(
    'SELECT id::text, to_char(recorded_at, \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\'),'
    " superseded_at = 'infinity', CASE WHEN NOT withdrawn"
    " THEN body || coalesce(assessed, {}) || derived END FROM {}"
)
"""Whatever stood at any time: id, since when, whether it still stands, and its text."""
