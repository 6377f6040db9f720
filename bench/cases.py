"""What is asked of Attest and of its peers: real parameters, picked from the database itself."""

# ruff: noqa: S608 - SQL is put together here, from literals of ours alone

import json
import logging
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from unittest.mock import patch

from flask.testing import FlaskClient
from psycopg import ClientCursor, Connection, Cursor, sql
from psycopg_pool import ConnectionPool

from api.app import create_app
from api.http.log import configure
from api.service.serve import pool_of
from api.service.settings import read
from bench.peers import queries

SEED = 20_211_122
"""What the choices among equals begin with, so that two runs ask the same."""

MANY = 1_000
"""So many records are asked for in turn, where one is asked for."""

LIMIT = 50
"""So many records stand on a page."""

DEEP = 1_000
"""The page that is read far behind the first."""

DATASET = "bench-writes"
"""The dataset that measurements write to, in a copy of the database."""


class Sent(NamedTuple):
    """A statement as the service sent it to PostgreSQL."""

    sql: bytes
    values: Mapping[str, Any] | tuple[Any, ...] | None
    literal: bool  # with its values inside, instead of prepared


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """Keep every statement that psycopg is given meanwhile."""
    sent: list[Sent] = []
    execute = Cursor.execute

    def remember(cursor: Cursor[Any], query: Any, params: Any = None, **more: Any) -> Cursor[Any]:
        if query:
            if isinstance(query, sql.Composable):
                query = query.as_bytes()
            text = query if isinstance(query, bytes) else str(query).encode()
            sent.append(Sent(text, params, isinstance(cursor, ClientCursor)))
        return execute(cursor, query, params, **more)

    with patch.object(Cursor, "execute", remember):
        yield sent


class Service(NamedTuple):
    """Attest in this process: what tells which SQL it sends, and what it answers."""

    client: FlaskClient
    sent: list[Sent]
    pool: ConnectionPool[Any]

    def ask(self, path: str) -> dict[str, Any]:
        """Ask for a path, and give the answer."""
        self.sent.clear()
        with recorded() as sent:
            response = self.client.get(path)
        self.sent.extend(sent)
        if response.status_code != 200:  # noqa: PLR2004 - asked rightly
            raise RuntimeError(f"{path} was answered {response.status}: {response.text[:300]}")
        answer: dict[str, Any] = response.get_json()
        return answer


@contextmanager
def service(url: str) -> Iterator[Service]:
    """Give Attest in this process, on the database at `url`."""
    configure("text", logging.WARNING)
    settings = read({"ATTEST_DATABASE_URL": url, "ATTEST_PUBLIC_READ": "true"})
    pool = pool_of(settings, url)
    pool.open(wait=True)
    try:
        yield Service(create_app(pool, settings).test_client(), [], pool)
    finally:
        pool.close()


@dataclass(frozen=True)
class Case:
    """One question: what is asked of whom, and what of the measured ratios it has to reach.

    `paths` has several where they are asked in turn. `goals` are least ratios to other contenders
    in this case, and `within` the most times that a request may cost what one of the case `base`
    does.
    """

    name: str
    title: str
    paths: tuple[str, ...]
    peers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    goals: Mapping[str, float] = field(default_factory=dict)
    base: str | None = None
    within: float = 2.0
    bodies: tuple[str, ...] = ()

    def of(self, contender: str) -> tuple[str, ...] | None:
        """Give the paths that a contender is asked, or None."""
        return self.paths if contender == "attest" else self.peers.get(contender)


LISTS = {"fastapi": 2.5, "flask": 4.0}
"""The least ratios that the lists have to reach."""


def raw_sql(service: Service, path: str, connection: Connection[Any]) -> str:
    """Write the very SQL that the service sends for a path, its values as literals in it.

    That is a script of pgbench: statements on a line each, without `:name`, which means more there.
    """
    service.ask(path)
    cursor = ClientCursor(connection)
    found = [" ".join(cursor.mogrify(one.sql.decode(), one.values).split()) for one in service.sent]
    for statement in found:
        if variable := re.search(r"(?<!:):[A-Za-z_]\w*", statement):
            raise RuntimeError(f"pgbench would take {variable[0]} for a variable: {statement}")
    return "".join(f"{statement};\n" for statement in found)


def row(connection: Connection[Any], statement: str, *values: Any) -> tuple[Any, ...] | None:
    """Read one row."""
    found: tuple[Any, ...] | None = connection.execute(statement.encode(), values).fetchone()
    return found


STANDING = "NOT events.withdrawn AND NOT events.retracted"
"""The events that lists show."""


def reads(connection: Connection[Any], service: Service) -> list[Case]:
    """Pick the parameters of all reads from the database; what it does not hold is left out."""
    made = [
        case for make in (one, lists, places, actors, others) for case in make(connection, service)
    ]
    return [case for case in made if case is not None]


def one(connection: Connection[Any], _service: Service) -> Iterator[Case]:
    """Ask for one record after the other."""
    rows = connection.execute(
        f"SELECT events.id::text FROM events WHERE {STANDING}"
        " ORDER BY md5(events.id::text) LIMIT %s".encode(),
        [MANY],
    ).fetchall()
    ids = [found for [found] in rows]
    yield Case(
        "one",
        f"one record, of {len(ids):,} in turn",
        tuple(f"/v1/events/{one}" for one in ids),
        {
            "fastapi": tuple(f"/events/{one}" for one in ids),
            "flask": tuple(f"/events/{one}" for one in ids),
            "datasette": tuple(f"/events/events/{one}.json?_shape=array" for one in ids),
            "hello": ("/hello",),
        },
        goals={"fastapi": 1.0, "hello": 0.5},
    )


def lists(connection: Connection[Any], service: Service) -> Iterator[Case]:
    """Ask for lists, newest first, by what an event is and how it is attested."""
    [country, kind, number] = row(
        connection,
        f"SELECT events.country, events.type, count(*) FROM events WHERE {STANDING}"
        " AND events.country IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1",
    ) or (None, None, 0)
    pair = {"country": country, "type": kind}
    yield listed("list", f"plain list: {country}, {kind}, {number:,} events", pair, goals=LISTS)
    [odd, few] = row(
        connection,
        f"SELECT events.type, count(*) FROM events WHERE {STANDING} AND events.country = %s"
        " GROUP BY 1 ORDER BY 2, 1 LIMIT 1",
        country,
    ) or (kind, number)
    title = f"rare type in a big country: {odd}, {few:,} events"
    yield listed("rare-type", title, {"country": country, "type": odd}, base="list")
    page = max(2, min(DEEP, number // LIMIT))
    yield deep(service, "deep", f"plain list, page {page:,}", pair, page)
    yield listed("newest", "all events, newest first", {}, goals=LISTS, base="list")
    total = row(connection, f"SELECT count(*) FROM events WHERE {STANDING}")
    page = max(2, min(DEEP, (total[0] if total else 0) // LIMIT))
    yield deep(service, "newest-deep", f"all events, page {page:,}", {}, page, base="newest")
    countries = by_country(connection)
    rare, few = next((found for found in reversed(countries) if found[1] > LIMIT), countries[-1])
    big, most = countries[0]
    yield listed("rare", f"rare country: {rare}, {few:,} events", {"country": rare}, base="list")
    yield listed("country", f"big country: {big}, {most:,} events", {"country": big}, base="list")
    statuses = connection.execute(
        f"SELECT events.status, count(*) FROM events WHERE {STANDING}"
        " GROUP BY 1 ORDER BY 2 DESC, 1".encode()
    ).fetchall()
    for rank, (status, number) in enumerate(statuses):
        name, title = f"status-{status}", f"status {status}, {number:,} events"
        # The peers are asked for the most frequent one, as all of them take the same index.
        if rank == 0:
            yield listed(name, title, {"status": status}, base="list")
        elif rank == len(statuses) - 1:
            yield own(name, title, f"events?status={status}")


def by_country(connection: Connection[Any]) -> list[tuple[str, int]]:
    """Count the events of each country, the one with the most first."""
    return connection.execute(
        f"SELECT events.country, count(*) FROM events WHERE {STANDING}"
        " AND events.country IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1".encode()
    ).fetchall()


def places(connection: Connection[Any], _service: Service) -> Iterator[Case]:
    """Ask for events by where they were."""
    found = row(
        connection,
        "SELECT event_places.location_id::text, count(*) FROM event_places"
        " JOIN locations ON locations.id = event_places.location_id"
        " WHERE locations.kind = 'admin1' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
    )
    if found:
        title = f"one location with all inside it, {found[1]:,} events"
        yield listed("location", title, {"location": found[0]}, base="list")
    cell = row(
        connection,
        "SELECT floor(events.point[0] * 10), floor(events.point[1] * 10), count(*) FROM events"
        f" WHERE {STANDING} AND events.point IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1",
    )
    if cell is None:
        return
    west, south, number = float(cell[0]) / 10, float(cell[1]) / 10, cell[2]
    dense = f"{west:.1f},{south:.1f},{west + 0.1:.1f},{south + 0.1:.1f}"
    yield own("box-dense", f"box of 0.1 degrees, {number:,} events", f"events?bbox={dense}")
    # The tenth at either end is left out: a country's farthest islands are no part of a fair box.
    around = row(
        connection,
        "SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY events.point[0]),"
        " percentile_cont(0.1) WITHIN GROUP (ORDER BY events.point[1]),"
        " percentile_cont(0.9) WITHIN GROUP (ORDER BY events.point[0]),"
        " percentile_cont(0.9) WITHIN GROUP (ORDER BY events.point[1])"
        f" FROM events WHERE {STANDING} AND events.point IS NOT NULL AND events.country ="
        " (SELECT events.country FROM events WHERE events.country IS NOT NULL"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)",
    )
    if around and around[0] is not None:
        box = ",".join(f"{edge:.2f}" for edge in around)
        yield own("box-country", "box of a big country", f"events?bbox={box}")
    yield own("box-world", "box of the world", "events?bbox=-180,-90,180,90")
    centre = f"{west + 0.05:.2f},{south + 0.05:.2f}"
    yield own("near", "within 50 km of a busy place", f"events?near={centre}&radius=50")


def actors(connection: Connection[Any], _service: Service) -> Iterator[Case]:
    """Ask for events by who took part."""
    found = connection.execute(
        b"SELECT participants.actor_id::text, count(DISTINCT participants.event_id)"
        b" FROM participants WHERE participants.actor_id IS NOT NULL"
        b" GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    if not found:
        return
    busiest, most = found[0]
    small, few = next((each for each in reversed(found) if each[1] >= LIMIT // 5), found[-1])
    yield listed("actor", f"busiest actor, {most:,} events", {"actor": busiest}, base="list")
    yield listed("actor-small", f"small actor, {few:,} events", {"actor": small}, base="list")


def others(connection: Connection[Any], _service: Service) -> Iterator[Case]:
    """Ask for events by their days, and for the statements on an event."""
    found = row(
        connection,
        "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY events.starts_on)::text FROM events"
        " WHERE isfinite(events.starts_on)",
    )
    if found and found[0]:
        year, month = found[0][:4], found[0][5:7]
        days = f"{year}-{month}-01/{year}-{month}-28"
        yield own("days", f"in four weeks of {year}", f"events?datetime={days}")
    claimed = row(
        connection,
        "SELECT claims.event_id::text, count(*) FROM claims GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
    )
    if claimed:
        title = f"statements of an event, {claimed[1]:,} claims"
        yield own("statements", title, f"statements?event={claimed[0]}")


def own(name: str, title: str, path: str) -> Case:
    """Make a case that the peers leave out."""
    separator = "&" if "?" in path else "?"
    return Case(name, title, (f"/v1/{path}{separator}limit={LIMIT}",), base="list")


def listed(name: str, title: str, asked: Mapping[str, str], **more: Any) -> Case:
    """Make a case of the first page of a list of events."""
    query = "".join(f"{key}={value}&" for key, value in asked.items())
    peer = (f"/events?{query}limit={LIMIT}",)
    served = {"fastapi": peer, "flask": peer}
    if asked.keys() <= {"country", "type", "status"}:
        served["datasette"] = (datasette(query),)
    return Case(name, title, (f"/v1/events?{query}limit={LIMIT}",), served, **more)


def datasette(query: str, after: str = "") -> str:
    """Write datasette's own path of a list: no counts, no facets, no more columns than asked."""
    return (
        f"/events/events.json?{query}_sort_desc=sorts_on&_size={LIMIT}&_shape=objects"
        f"&_nocount=1&_nofacet=1&_nosuggest=1{after}"
    )


def deep(  # noqa: PLR0913, PLR0917 - what distinguishes the two
    service: Service, name: str, title: str, asked: Mapping[str, str], page: int, base: str = "list"
) -> Case:
    """Make a case of a later page, whose cursor is taken by really going there."""
    query = "".join(f"{key}={value}&" for key, value in asked.items())
    skipped, cursor, last = (page - 1) * LIMIT, "", {}
    while skipped:
        limit = min(skipped, 1000)
        going = f"&cursor={cursor}" if cursor else ""
        answer = service.ask(f"/v1/events?{query}fields=starts_on&limit={limit}{going}")
        cursor, last = answer["next_cursor"], answer["items"][-1]
        skipped -= limit
    key, event_id = last["starts_on"] or "", last["id"]
    further = queries.position(key or "-infinity", event_id)
    peer = (f"/events?{query}limit={LIMIT}&cursor={further}",)
    return Case(
        name,
        title,
        (f"/v1/events?{query}limit={LIMIT}&cursor={cursor}",),
        {
            "fastapi": peer,
            "flask": peer,
            "datasette": (datasette(query, f"&_next={key},{event_id.replace('-', '~2D')}"),),
        },
        goals=LISTS,
        base=base,
        within=1.2,
    )


def writes(connection: Connection[Any], count: int) -> Case:
    """Make events to be created, each with two participants and words of its own."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    who = column(
        connection,
        "SELECT actors.id::text FROM actors WHERE NOT actors.withdrawn"
        " ORDER BY md5(actors.id::text) LIMIT 1000",
    )
    where = column(
        connection,
        "SELECT locations.id::text FROM locations WHERE NOT locations.withdrawn"
        " AND locations.point IS NOT NULL ORDER BY md5(locations.id::text) LIMIT 1000",
    )
    return Case(
        "post",
        "POST one event with two participants",
        ("/v1/events",),
        {"fastapi": ("/events",), "flask": ("/events",)},
        goals={"fastapi": 1.0},
        bodies=tuple(json.dumps(event(chance, who, where, n)) for n in range(count)),
    )


def column(connection: Connection[Any], statement: str) -> list[str]:
    """Read the only column of some rows."""
    return [found for [found] in connection.execute(statement.encode()).fetchall()]


WORDS = (
    *("armed", "clashes", "convoy", "district", "governor", "reported", "shelling", "several"),
    *("villages", "residents", "market", "road", "army", "militia", "checkpoint", "night"),
    *("morning", "border", "river", "hospital", "school", "casualties"),
)
"""What the titles and descriptions of created events are made of."""


def event(chance: random.Random, who: list[str], where: list[str], number: int) -> dict[str, Any]:
    """Make an event as it is sent."""

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count)).capitalize()

    first, second = chance.sample(who, 2)
    return {
        "dataset": DATASET,
        "title": words(7),
        "description": f"{words(40)} ({number}).",
        "type": "assault",
        "date": f"2021-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "location_id": chance.choice(where),
        "location_precision": "near",
        "participants": [
            {"actor_id": first, "role": "initiator"},
            {"actor_id": second, "role": "target"},
        ],
        "fatalities": {"low": 0, "best": chance.randint(1, 9), "high": 12},
        "tags": ["bench"],
    }
