"""Matching events: candidates that agree in more than time and place.

An event may be meant if one of those who took part is the same, or if it has the type or the place
that was asked for and lies near its days. Unless its type, its title or a participant agrees, it is
no candidate: much happens in one place on one day.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString

import orjson
from psycopg import ClientCursor, sql

from models.actors import ACTORS
from models.database.connections import Connection
from models.events import EVENTS
from models.locations import LOCATIONS
from models.matching.candidates import (
    Features,
    Match,
    Wanted,
    alike_of,
    nearness,
    read,
    rounded,
    same,
    weighed,
)
from models.names.likeness import alike
from models.names.sounds import name_of
from models.table import text

DAYS_AROUND = 31
"""How many days before and after its date an event is looked for."""

MAX_CANDIDATES = 100
"""Maximum number of events examined in each way, those with the nearest days first."""

SHARED = 0.5
"""So far must a participant or a title agree for an event to be a candidate at all."""

ROLES = 0.8
"""Factor where somebody took part in another role."""

MEANT, NAMESAKES = 0.7, 10
"""Minimum likeness of whom a participant's name means, and maximum number of them."""

WEIGHTS: dict[str, float] = {
    "title": 2.0,
    "type": 2.0,
    "mode": 1.0,
    "date": 2.5,
    "place": 2.5,
    "country": 0.5,
    "participants": 3.0,
}
"""Weights of the features of events."""


def nearby(table: LiteralString) -> LiteralString:
    """Give the condition that what begins a row lies near the days that are asked for."""
    return (
        f"{table}.begins >= asked.starts_on - {DAYS_AROUND}"
        f" AND {table}.begins < asked.ends_on + {DAYS_AROUND + 1}"
    )


NEAREST: LiteralString = "ORDER BY abs(events.starts_on - asked.starts_on) NULLS LAST, events.id"

WAYS: tuple[LiteralString, ...] = (
    (
        "events JOIN participants ON participants.event_id = events.id"
        " WHERE participants.actor_id = ANY(string_to_array(asked.actors, ' ')::uuid[])"
        f" AND (asked.starts_on IS NULL OR {nearby('participants')})"
    ),
    (
        "events JOIN event_places ON event_places.event_id = events.id"
        " WHERE event_places.location_id = asked.location_id"
        f" AND (asked.starts_on IS NULL OR {nearby('event_places')})"
    ),
    (
        f"events WHERE events.type = asked.type AND {nearby('events')} AND (asked.country IS NULL"
        " OR events.country IS NULL OR events.country = asked.country)"
    ),
)
"""How events are looked for: by who took part, by where they were, by their type."""


def match_events(connection: Connection, wanted: Wanted) -> list[list[Match]]:
    """Find the candidate events of each query, the best first."""
    queries = wanted.queries
    meant = taking_part(connection, queries)
    ids = {query["location_id"] for query in queries if query["location_id"]}
    places = read(connection, LOCATIONS, ids)
    found = looked_for(connection, wanted, meant, places)
    events = known(connection, {each for ids in found for each in ids})
    results = []
    for query, actors, ids in zip(queries, meant, found, strict=True):
        place = places.get(query["location_id"])
        matches = [compared(query, actors, place, events[each]) for each in ids]
        results.append(wanted.best(filter(is_more, matches)))
    return results


Meant = list[dict[str, float]]
"""The actors that each participant of a query may mean: id -> score."""


def taking_part(connection: Connection, queries: Sequence[Mapping[str, Any]]) -> list[Meant]:
    """List for each query the actors that its participants may mean, by ids or names."""
    given = [each["name"] for query in queries for each in query["participants"] or ()]
    names = [*dict.fromkeys(name for name in given if name)]
    found = alike_of(connection, ACTORS, [[name_of(name)] for name in names], None)
    namesakes = {}
    for name, scores in zip(names, found, strict=True):
        best = sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:NAMESAKES]
        namesakes[name] = {each: score for each, score in best if score >= MEANT}
    return [
        [
            {each["actor_id"]: 1.0} if each["actor_id"] else namesakes[each["name"]]
            for each in query["participants"] or ()
        ]
        for query in queries
    ]


def looked_for(
    connection: Connection,
    asked: Wanted,
    meant: Sequence[Meant],
    places: Mapping[str, Any],
) -> list[set[str]]:
    """Find the ids of the candidate events of each query, in one statement for all."""
    queries = asked.queries
    countries = [
        query["country"] or places.get(query["location_id"], {}).get("country") for query in queries
    ]
    values = {
        "types": [query["type"] for query in queries],
        "starts": [query["starts_on"] or query["ends_on"] for query in queries],
        "ends": [query["ends_on"] or query["starts_on"] for query in queries],
        "actors": [" ".join({each for one in actors for each in one}) for actors in meant],
        "locations": [query["location_id"] for query in queries],
        "countries": countries,
        "dataset": asked.dataset or None,
        "most": MAX_CANDIDATES,
    }
    found: list[set[str]] = [set() for _ in queries]
    for number, each in ClientCursor(connection).execute(FIND_CANDIDATES, values):
        found[number - 1].add(each)
    return found


FIND_CANDIDATES = sql.SQL(
    "SELECT asked.number, found.id::text FROM unnest(%(types)s::text[], %(starts)s::date[],"
    " %(ends)s::date[], %(actors)s::text[], %(locations)s::uuid[], %(countries)s::text[])"
    " WITH ORDINALITY AS asked (type, starts_on, ends_on, actors, location_id, country, number),"
    " LATERAL ({}) AS found"
).format(
    sql.SQL(" UNION ALL ").join(
        sql.SQL(
            "(SELECT events.id FROM {} AND NOT events.withdrawn AND NOT events.retracted"
            " AND (%(dataset)s::text[] IS NULL OR events.dataset = ANY(%(dataset)s::text[]))"
            " {} LIMIT %(most)s)"
        ).format(sql.SQL(way), sql.SQL(NEAREST))
        for way in WAYS
    )
)
"""The statement that finds the events that may be meant."""


def known(connection: Connection, ids: set[str]) -> dict[str, dict[str, Any]]:
    """Read events with derived members: id -> event."""
    statement = sql.SQL(
        "SELECT {}, nullif(events.starts_on, '-infinity')::text,"
        " nullif(nullif(events.ends_on, 'infinity'), '-infinity')::text, events.country,"
        " events.point[0], events.point[1], (SELECT array_agg(event_places.location_id::text)"
        " FROM event_places WHERE event_places.event_id = events.id)"
        " FROM events WHERE events.id = ANY(%s::uuid[])"
    ).format(text(EVENTS, full=False))
    found = {}
    for body, starts_on, ends_on, country, west, south, places in ClientCursor(connection).execute(
        statement, ([*ids],)
    ):
        event = orjson.loads(body)
        found[event["id"]] = {
            **event,
            "days": (starts_on, ends_on),
            "country": country,
            "point": None if west is None else (west, south),
            "places": places or [],
        }
    return found


def compared(
    query: Mapping[str, Any],
    actors: Meant,
    place: Mapping[str, Any] | None,
    event: Mapping[str, Any],
) -> Match:
    """Compare an event with a query."""
    titles = [name_of(title) for title in (query["title"], event["title"]) if title]
    country = query["country"] or (place["country"] if place else None)
    features: Features = {
        "title": rounded(alike(*titles)) if len(titles) > 1 else None,
        "type": same(query["type"], event["type"]),
        "mode": same(query["mode"], event["mode"]),
        "date": closeness((query["starts_on"], query["ends_on"]), event["days"]),
        "place": located(query, place, event),
        "country": same(country, event["country"]),
        "participants": shared(query, actors, event),
    }
    return Match(event, weighed(features, WEIGHTS), features)


def is_more(match: Match) -> bool:
    """Say whether more than time and place agrees: the type, a participant or the title."""
    values = {name: value or 0.0 for name, value in match.features.items()}
    return values["type"] == 1 or max(values["participants"], values["title"]) >= SHARED


def closeness(
    asked: tuple[str | None, str | None], days: tuple[str | None, str | None]
) -> float | None:
    """Score the closeness of two spans of days: 1 for equal ones, at least 0.5 for overlaps.

    A bound that is open or not known takes the other one's place.
    """
    (first, last), (start, end) = (span(*asked), span(*days))
    if first is None or last is None or start is None or end is None:
        return None
    apart = max((start - last).days, (first - end).days)
    if apart > 0:
        return round(max(0.0, 0.5 - apart / (2 * DAYS_AROUND)), 3)
    outside = abs((first - start).days) + abs((last - end).days)
    return round(0.5 + 0.5 / (1 + outside / 7), 3)


def span(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """Read the bounds of days."""
    start, end = first or last, last or first
    return start and date.fromisoformat(start), end and date.fromisoformat(end)  # type: ignore[return-value]


def located(
    query: Mapping[str, Any], place: Mapping[str, Any] | None, event: Mapping[str, Any]
) -> float | None:
    """Score the agreement of places: one lies in the other, or the nearness of their points."""
    if place:
        if place["id"] in event["places"]:
            return 1.0
        if event["location_id"] in place["ancestors"]:
            return ROLES
    point = query["point"] or (place["point"] if place else None)
    return nearness(point, event["point"])


def shared(query: Mapping[str, Any], actors: Meant, event: Mapping[str, Any]) -> float | None:
    """Score the agreement of participants: the mean of those asked for."""
    asked, theirs = query["participants"], event["participants"]
    if not asked or not theirs:
        return None
    found = [
        max(taken(one, meant, other) for other in theirs)
        for one, meant in zip(asked, actors, strict=True)
    ]
    return rounded(sum(found) / len(found))


def taken(one: Mapping[str, Any], meant: Mapping[str, float], other: Mapping[str, Any]) -> float:
    """Score the likeness of two participants."""
    if other["actor_id"]:
        found = meant.get(other["actor_id"], 0.0)
    elif one["name"]:
        found = alike(name_of(one["name"]), name_of(other["label"]))
    else:
        found = 0.0
    return found * (1.0 if one["role"] in {None, other["role"]} else ROLES)
