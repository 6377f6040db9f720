"""The feed under fire: many write at once, for long or short, and one reads the feed meanwhile.

`python -m support.fire`, within `tests`, does it at length and prints what came of it; tests do
it for seconds.
"""

import argparse
import json
import logging
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import Rollback

from api.app import create_app
from api.http.log import configure
from api.service.settings import read
from models.database import connections, embedded, migrating
from models.database.connections import Connection
from support.mirror import Reader, compare
from support.service import OneConnection, key_of, new_database, service

WRITERS = 8

ROLLED_BACK = 0.2
"""The part of all transactions that is rolled back."""

HOT = 20
"""So many events that all writers claim something of, and as many actors that all change."""

STAR = {"If-Match": "*"}


@dataclass
class Fire:
    """What is to be done: how many commits, how many of them last long, in seconds; what befalls.

    Short transactions last up to `short` seconds, long ones up to `long`.
    """

    commits: int
    long: float = 2.0
    part_long: float = 0.06
    short: float = 0.02
    stops: bool = False
    kills: int = 0
    patience: float = 900
    seed: int = 1


class Writer:
    """A client whose every transaction lasts as long as it is told, and is kept or not."""

    def __init__(self, url, secret, settings, hot, chance):
        """Connect."""
        self.url, self.secret, self.hot, self.chance = url, secret, hot, chance
        self.pool = OneConnection(self.connected())
        self.client = create_app(self.pool, settings).test_client()
        self.own, self.mine, self.counts = [], [], Counter()

    def connected(self):
        """Connect as the service does."""
        configured = connections.configure(self.url, 30_000)
        return Connection.connect(configured, autocommit=True, prepare_threshold=0)

    def send(self, method, path, body=None, headers=None):
        """Send a request; what the database could not do ends the transaction."""
        sent = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        answer = self.client.open(path, method=method, json=body, headers=sent)
        if answer.status_code >= 500:
            raise Refused(answer.get_json()["detail"])
        self.counts["writes"] += answer.status_code < 300
        return answer.get_json() if answer.status_code == 201 else None

    def write(self):
        """Write something of one's own: a new actor, an old one, or several records at once."""
        draw = self.chance.random()
        if draw < 0.5 or len(self.own) < 5:
            actor = {"dataset": "d", "name": f"Actor {draw}"}
            self.mine.append(self.send("POST", "/v1/actors", actor)["id"])
        elif draw < 0.8:
            path = f"/v1/actors/{self.chance.choice(self.own)}"
            self.send("PATCH", path, {"name": f"Changed {draw}"}, STAR)
        elif draw < 0.9:
            self.send("DELETE", f"/v1/actors/{self.chance.choice(self.own)}", headers=STAR)
        else:
            events = [{"type": "assault", "title": f"Event {draw} {number}"} for number in range(3)]
            self.send("POST", "/v1/bundles", {"dataset": "d", "events": events})

    def heat(self):
        """Write what others write at the same moment: claims on an event, or an actor's name."""
        one = self.chance.randrange(HOT)
        if self.chance.random() < 0.3:
            path = f"/v1/actors/{self.hot['actors'][one]}"
            self.send("PATCH", path, {"name": f"Hot {uuid4()}"}, STAR)
            return
        stance = self.chance.choice(("asserts", "denies"))
        claim = {"event_id": self.hot["events"][one], "stance": stance, "aspect": "occurrence"}
        said = {"act": "assert", "form": "paraphrase", "speaker_label": f"Speaker {uuid4()}"}
        self.send("POST", "/v1/statements", {"dataset": "d", **said, "claims": [claim]})

    def transact(self, fire):
        """Do one transaction; tell whether it was committed."""
        chance, self.mine = self.chance, []
        longest = fire.long if chance.random() < fire.part_long else fire.short
        kept = chance.random() >= ROLLED_BACK
        hot, early = chance.random() < 0.3, chance.random() < 0.1
        with self.pool.connection_given.transaction() as transaction:
            for _ in range(chance.choice((1, 1, 2))):
                self.write()
            if hot and early:
                self.heat()
            time.sleep(chance.uniform(0, longest))
            if hot and not early:
                self.heat()
            if not kept:
                raise Rollback(transaction)
        self.counts["long" if longest == fire.long else "short"] += 1
        self.counts["committed" if kept else "rolled back"] += 1
        if kept:
            self.own += self.mine
        return kept

    def work(self, fire, wanted):
        """Do transactions as long as more commits are wanted, whatever becomes of PostgreSQL."""
        while wanted():
            try:
                if not self.transact(fire):
                    continue
            except (Refused, Rollback, psycopg.Error):
                self.counts["broken off"] += 1
                if self.pool.connection_given.closed or self.pool.connection_given.broken:
                    self.reconnect()
                continue
            wanted(done=1)

    def reconnect(self):
        """Connect again, as soon as there is something to connect to."""
        self.pool.connection_given.close()
        while True:
            with suppress(psycopg.Error):
                self.pool.connection_given = self.connected()
                return
            time.sleep(0.1)


class Refused(Exception):  # noqa: N818 - it names what is so
    """The service could not do a write."""


class Tally:
    """How many commits there are, for all writers."""

    def __init__(self, commits, patience):
        """Want so many commits, but not for ever."""
        self.left, self.lock = commits, threading.Lock()
        self.deadline = time.monotonic() + patience

    def __call__(self, done=0):
        """Count what is done; tell whether more is wanted."""
        with self.lock:
            self.left -= done
            return self.left > 0 and time.monotonic() < self.deadline


def heated(client):
    """Make what all writers write to: resource -> ids."""
    assert client.put("/v1/datasets/d", json={"name": "D"}).status_code == 201
    made = {"actors": {"name": "Hot"}, "events": {"type": "assault"}}
    return {
        resource: [
            client.post(f"/v1/{resource}", json={"dataset": "d", **record}).get_json()["id"]
            for _ in range(HOT)
        ]
        for resource, record in made.items()
    }


def kill(folder):
    """Kill the PostgreSQL in a folder in a way that it cannot notice, and start it again."""
    process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGKILL)
    embedded.start(folder)


def rage(url, settings, fire, folder=None):
    """Let all write, and one read; give the reader, and what was done."""
    secret = key_of(url, "admin")
    with service(url, settings) as app:
        client = app.test_client()
        client.secret = secret
        hot = heated(client)
        writers = [
            Writer(url, secret, settings, hot, random.Random(f"{fire.seed} {number}"))  # noqa: S311
            for number in range(WRITERS)
        ]
        wanted = Tally(fire.commits, fire.patience)
        threads = [
            threading.Thread(target=writer.work, args=(fire, wanted), daemon=True)
            for writer in writers
        ]
        reader, chance, kills = Reader(), random.Random(fire.seed), []  # noqa: S311
        began = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            done = fire.commits - wanted.left
            due = fire.commits * (len(kills) + 1) / (fire.kills + 1)
            if len(kills) < fire.kills and done > due:
                kills.append(threading.Thread(target=kill, args=(folder,)))
                kills[-1].start()
            if not reader.poll(client, chance, stops=fire.stops):
                time.sleep(0.02)
        seconds = time.monotonic() - began
        while reader.poll(client, chance, stops=fire.stops):
            pass
    done = sum((writer.counts for writer in writers), Counter())
    for writer in writers:
        writer.pool.connection_given.close()
    return reader, {**done, "kills": len(kills), "seconds": round(seconds, 1)}


@contextmanager
def server(*, durable):
    """Give a PostgreSQL of our own: its folder and its address."""
    with tempfile.TemporaryDirectory(prefix="attest-fire-") as parent:
        Path(parent).chmod(0o755)  # as root, PostgreSQL runs as somebody else
        folder = Path(parent, "cluster")
        try:
            yield folder, embedded.start(folder, durable=durable)
        finally:
            embedded.stop(folder)


def main():
    """Do it at length, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commits", type=int, default=20_000, help="[20000]")
    parser.add_argument("--long", type=float, default=2, help="the longest, in seconds [2]")
    parser.add_argument("--part-long", type=float, default=0.06, help="of all [0.06]")
    parser.add_argument("--stops", action="store_true", help="stop and resume the reader")
    parser.add_argument("--kills", type=int, default=0, help="of PostgreSQL, with kill -9 [0]")
    parser.add_argument("--seed", type=int, default=1, help="[1]")
    asked = parser.parse_args()
    configure("json", logging.CRITICAL)
    fire = Fire(**vars(asked))
    with server(durable=bool(fire.kills)) as (folder, root), new_database(root) as url:
        migrating.migrate(url)
        reader, done = rage(url, read({}), fire, folder)
        compare(url, reader)
    told = dict(sorted({**done, **reader.counts, "changes": len(reader.seen)}.items()))
    print(json.dumps(told))  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
