"""Matching: records that may be the described ones, scored and explained.

A feature is what two records know of one thing, from 0 to 1, or None where either does not know it:
what is unknown counts neither for nor against.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import Any, LiteralString, NamedTuple

import orjson
from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.earth import kilometres
from models.names.likeness import alike
from models.names.search import SCORE_DIGITS, Where, score_each
from models.names.sounds import Name, name_of
from models.table import Table, text

MAX_CANDIDATES = 100
"""Maximum number of records examined for one name of a query."""

NEAR = 25.0
"""Kilometres at which two points agree by a little more than a third."""

Features = dict[str, float | None]
"""Agreement of two records by feature, from 0 to 1; None if unknown."""


class Wanted(NamedTuple):
    """Queries, the number of candidates and their minimum score, and the datasets to look in."""

    queries: Sequence[Mapping[str, Any]]
    limit: int
    threshold: float
    dataset: Sequence[str] | None = None

    def best(self, matches: Iterable["Match"]) -> list["Match"]:
        """Keep the best of a query's matches; those of one score by their ids."""
        kept = [match for match in matches if match.score >= self.threshold]
        return sorted(kept, key=lambda match: (-match.score, match.record["id"]))[: self.limit]


class Match(NamedTuple):
    """A candidate: its JSON, its score, and the score of each feature."""

    record: Mapping[str, Any]
    score: float
    features: Features


WEIGHTS: dict[str, float] = {
    "name": 6.0,
    "external_ids": 6.0,
    "kind": 1.0,
    "sector": 0.5,
    "country": 1.5,
    "distance": 2.0,
    "within": 1.0,
}
"""Weights of the features of actors and locations."""


def match(connection: Connection, table: Table, wanted: Wanted) -> list[list[Match]]:
    """Find the candidate actors or locations of each query, the best first."""
    lists = [names(query) for query in wanted.queries]
    scores = alike_of(connection, table, lists, wanted.dataset)
    found: list[dict[str, float | None]] = [{**each} for each in scores]
    for number, record_id in held(connection, table, wanted):
        found[number].setdefault(record_id, None)
    records = read(connection, table, {each for ids in found for each in ids})
    return [
        wanted.best(
            compared(query, records[each], known) for each, known in ids.items() if each in records
        )
        for query, ids in zip(wanted.queries, found, strict=True)
    ]


def alike_of(
    connection: Connection,
    table: Table,
    lists: Sequence[Sequence[Name]],
    dataset: Sequence[str] | None,
) -> list[dict[str, float]]:
    """Score, for each list of names, the records with a name like one of them: id -> score."""
    filters = {"retracted_exclude": True, **({"dataset": [*dataset]} if dataset else {})}
    wanted = [(number, name) for number, names in enumerate(lists) for name in names]
    asked = [name for _, name in wanted]
    scores: list[dict[str, float]] = [{} for _ in lists]
    found = score_each(
        connection, Where(table, filters, MAX_CANDIDATES), asked, ("rare", "sounds", "plain")
    )
    for (number, _), ids in zip(wanted, found, strict=True):
        for each, score in ids.items():
            scores[number][each] = max(score, scores[number].get(each, 0.0))
    return scores


def names(query: Mapping[str, Any]) -> list[Name]:
    """List the names of a query, each once."""
    known = [query.get("name"), *(name["name"] for name in query.get("names") or ())]
    return [*{name.plain: name for name in map(name_of, filter(None, known))}.values()]


def held(connection: Connection, table: Table, wanted: Wanted) -> list[tuple[int, str]]:
    """Find the records with an external id of a query: the query's number, and the id."""
    asked = [
        (number, f"{scheme}:{value}")
        for number, query in enumerate(wanted.queries)
        for scheme, value in (query.get("external_ids") or {}).items()
    ]
    if not asked:
        return []
    numbers, external_ids = zip(*asked, strict=True)
    rows = connection.execute(
        "SELECT wanted.number, external_ids.id FROM unnest(%s::integer[], %s::text[])"
        " AS wanted (number, external_id) JOIN external_ids"
        " ON external_ids.external_id = wanted.external_id AND external_ids.resource = %s"
        " WHERE %s::text[] IS NULL OR external_ids.dataset = ANY(%s::text[])",
        ([*numbers], [*external_ids], table.name, wanted.dataset, wanted.dataset),
    )
    return rows.fetchall()


DERIVED: dict[str, LiteralString] = {
    "actors": "actors.country, '{}'::text[]",
    "locations": "locations.country, locations.ancestors::text[]",
}
"""Columns read beside a record's text: its country, and its ancestors."""


def read(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, Any]:
    """Read records, without withdrawn ones: id -> record, with `country` and `ancestors`."""
    statement = sql.SQL(
        "SELECT {1}, {2} FROM {0} WHERE {0}.id = ANY(%s::uuid[]) AND NOT {0}.withdrawn"
        " AND NOT {0}.retracted"
    ).format(sql.SQL(table.name), text(table, full=False), sql.SQL(DERIVED[table.name]))
    found = {}
    for body, country, ancestors in ClientCursor(connection).execute(statement, ([*ids],)):
        record = orjson.loads(body)
        found[record["id"]] = {**record, "country": country, "ancestors": ancestors}
    return found


def compared(query: Mapping[str, Any], record: Mapping[str, Any], likeness: float | None) -> Match:
    """Compare an actor or a location with a query."""
    if likeness is None:
        known = names(record)
        pairs = ((one, other) for one in names(query) for other in known)
        likeness = max((alike(one, other) for one, other in pairs), default=None)
    features: Features = {"name": rounded(likeness)}
    for name in ("kind", "sector", "country"):
        if name in query:
            features[name] = same(query[name], record.get(name))
    features["external_ids"] = agreement(query.get("external_ids"), record["external_ids"])
    if "point" in query:
        features["distance"] = nearness(query["point"], record["point"])
        features["within"] = inside(query["within"], [record["id"], *record["ancestors"]])
    return Match(record, weighed(features, WEIGHTS), features)


def rounded(value: float | None) -> float | None:
    """Round a feature, if it is known."""
    return None if value is None else round(value, SCORE_DIGITS)


def weighed(features: Features, weights: Mapping[str, float]) -> float:
    """Give the weighted mean of the known features."""
    known = [(weights[name], value) for name, value in features.items() if value is not None]
    total = sum(weight for weight, _ in known)
    return (
        round(sum(weight * value for weight, value in known) / total, SCORE_DIGITS)
        if total
        else 0.0
    )


def same(asked: object, known: object) -> float | None:
    """Say whether two words are the same, if both are known."""
    return None if asked is None or known is None else float(asked == known)


def agreement(asked: Mapping[str, str] | None, known: Mapping[str, str]) -> float | None:
    """Say whether an id is the same in any scheme that both have."""
    shared = [value == known[scheme] for scheme, value in (asked or {}).items() if scheme in known]
    return float(any(shared)) if shared else None


def inside(place: str | None, places: Sequence[str]) -> float | None:
    """Say whether a place is among the known ones that something lies in."""
    return None if place is None or len(places) < 2 else float(place in places)  # noqa: PLR2004


def nearness(one: Sequence[float] | None, other: Sequence[float] | None) -> float | None:
    """Score the nearness of two points: 1 at no distance, 0.37 at NEAR kilometres."""
    if one is None or other is None:
        return None
    return round(exp(-kilometres(one, other) / NEAR), SCORE_DIGITS)
