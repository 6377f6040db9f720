"""Search by name: PostgreSQL gives candidates, and those with the highest scores are kept.

A record is a candidate if one of its names shares the sound of a word with one asked for, or many
of its trigrams. `likeness` gives the scores.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, LiteralString, NamedTuple

import orjson
from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.compose import conditions
from models.lists.cql2.lifting import lift_filter
from models.lists.search import (
    BadCursor,
    Page,
    Statement,
    filters_of,
    placeholders,
    search,
)
from models.lists.sources import Filters
from models.names.likeness import FOUND, alike
from models.names.sounds import Name, name_from_ascii, name_of
from models.table import Child, Condition, Table

MAX_CANDIDATES = 1_000
"""Maximum number of candidates for one name: those with most in common with it."""

SCORE_DIGITS = 3
"""Decimal digits of a score."""

FIRST = 0.001
"""By how much a name in the very same letters ranks before one that is equal but for those."""

TWO, SOME = 2, 200
"""Keys in common that make a candidate; and the maximum number of candidates with fewer."""

CERTAIN_SCORE = 0.85
"""Score from which a match by sound is taken as certain."""

UNFILTERED = ("name", "sort", "cursor", "limit", "total", "full", "best_first")
"""Parameters of a list that are not filters."""


def named(name: LiteralString, key: LiteralString) -> Child:
    """Give the table of a record's names, as `names_of` takes them from the record."""
    columns: dict[LiteralString, LiteralString] = {
        "position": "smallint",
        "plain": "text",
        "sounds": "text[]",
    }
    select: LiteralString = (
        "SELECT %(id)s::uuid, given.number::smallint, given.plain,"
        " string_to_array(given.sounds, ' ') FROM unnest(%(spoken_plain)s::text[],"
        " %(spoken_sounds)s::text[]) WITH ORDINALITY AS given (plain, sounds, number)"
    )
    return Child(name, key, columns, select=select)


def chosen(table: LiteralString) -> Condition:
    """Give the condition that a record is among those found by name: the value is their ids."""
    return Condition(f"{table}.id = ANY(%(name)s::uuid[])")


def child_of(table: Table) -> Child | None:
    """Give the table of a resource's names, if its records can be found by name."""
    return next((child for child in table.children if "sounds" in child.columns), None)


Strategy = Literal["rare", "sounds", "plain"]
"""A strategy to find candidates: by two words that sound alike, by one, or also by trigrams.

Each finds more than the one before, and takes longer.
"""


class Where(NamedTuple):
    """Where to look for a name: a table, other filters, and the maximum number of candidates."""

    table: Table
    filters: Mapping[str, Any]
    most: int


class Candidate(NamedTuple):
    """A record that the name at position `number` of those asked for may mean, with its names.

    `common` is the number of shared keys plus the share of equal trigrams, from 0 to 1.
    """

    number: int
    id: str
    names: Sequence[Name]
    common: float


def search_by_name(
    connection: Connection, table: Table, *, best_first: str | None = None, **asked: Any
) -> Page:
    """Find a page of the records that have one of the names asked for, each with its `score`."""
    scores = scored(connection, table, asked)
    if best_first:
        page = best_page(connection, table, scores, asked)
    else:
        page = search(connection, table, **{**asked, "name": [*scores], "total": None})
    texts = [with_score(found, scores) for found in page.texts]
    total = len(scores) if asked.get("total") else None
    return Page(texts, page.after, total)


def scored(connection: Connection, table: Table, asked: Mapping[str, Any]) -> dict[str, float]:
    """Score the records with a name like one of those asked for: id -> score."""
    wanted = [name_of(name) for name in asked["name"]]
    filters = {name: value for name, value in asked.items() if name not in UNFILTERED}
    scores: dict[str, float] = {}
    for found in score_each(connection, Where(table, filters, MAX_CANDIDATES), wanted):
        for each, score in found.items():
            scores[each] = max(score, scores.get(each, 0.0))
    return scores


def score_each(
    connection: Connection,
    where: Where,
    wanted: Sequence[Name],
    strategies: Sequence[Strategy] = ("sounds", "plain"),
) -> list[dict[str, float]]:
    """Score the candidates of each name: id -> score.

    The strategies are tried one after the other, until a match is certain.
    """
    scores: list[dict[str, float]] = [{} for _ in wanted]
    unsure = [*range(len(wanted))]
    for strategy in strategies:
        asked = [wanted[number] for number in unsure]
        found = candidates(connection, where, asked, strategy)
        for candidate in promising(found, asked):
            number = unsure[candidate.number]
            likeness = max(alike(wanted[number], name) for name in candidate.names)
            if (score := round(likeness, SCORE_DIGITS)) >= FOUND:
                scores[number][candidate.id] = score
        unsure = [
            number for number in unsure if max(scores[number].values(), default=0) < CERTAIN_SCORE
        ]
    return scores


def promising(found: Sequence[Candidate], asked: Sequence[Name]) -> Iterator[Candidate]:
    """Leave out candidates that share a single word, except for some of them."""
    seen = Counter[int]()
    for candidate in found:
        seen[candidate.number] += 1
        several = len(asked[candidate.number].words) > 1
        if candidate.common >= TWO or not several or seen[candidate.number] <= SOME:
            yield candidate


def candidates(
    connection: Connection,
    where: Where,
    wanted: Sequence[Name],
    strategy: Strategy,
) -> list[Candidate]:
    """Find the candidates of each name."""
    if not wanted:
        return []
    composed = candidate_statement(where, wanted, strategy)
    # The planner can estimate the number of similar names only when it sees the name.
    found = ClientCursor(connection).execute(composed.sql, composed.values).fetchall()
    return [
        Candidate(number - 1, each, [*map(name_from_ascii, names)], common)
        for number, each, names, common in found
    ]


def candidate_statement(where: Where, wanted: Sequence[Name], strategy: Strategy) -> Statement:
    """Compose the statement that finds candidates, with its values."""
    filters = lift_filter(where.table, where.filters)
    values = {
        **placeholders(where.table, filters),
        "wanted_plain": [name.plain for name in wanted],
        "wanted_sounds": [name.rare if strategy == "rare" else name.sounds for name in wanted],
        "most": where.most,
    }
    composed = candidate_query(where.table, filters_of(filters), spelled=strategy == "plain")
    return Statement(composed, values, reusable=False)


@lru_cache(256)
def candidate_query(table: Table, filters: Filters, *, spelled: bool) -> bytes:
    """Compose the statement that finds candidates, those with most in common first."""
    child = child_of(table)
    assert child is not None  # noqa: S101 - callers have checked
    names: LiteralString = child.name
    own: LiteralString = f"{names}.{child.key}"
    near: LiteralString = f"{names}.sounds && wanted.sounds"
    if spelled:
        near = f"{near} OR {names}.plain %% wanted.plain"
    statement = sql.SQL(
        # Without OFFSET 0, the keys would be split anew for every row that is looked at.
        "SELECT wanted.number, found.id::text, found.names, found.common"
        " FROM (SELECT given.plain, given.number, string_to_array(given.sounds, ' ') AS sounds"
        " FROM unnest(%(wanted_plain)s::text[],"
        " %(wanted_sounds)s::text[]) WITH ORDINALITY AS given (plain, sounds, number) OFFSET 0)"
        " AS wanted, LATERAL (SELECT near.id, near.names, near.common FROM (SELECT {own} AS id,"
        " array_agg({names}.plain) AS names, max(similarity({names}.plain, wanted.plain)"
        " + (SELECT count(*) FROM unnest({names}.sounds) AS key WHERE key = ANY(wanted.sounds)))"
        " AS common FROM {names} WHERE {near} GROUP BY {own} ORDER BY common DESC, id OFFSET 0)"
        # No more records are looked at than are wanted, one by one, in that order.
        " AS near, LATERAL (SELECT FROM {table} WHERE {table}.id = near.id AND {conditions}"
        " OFFSET 0) AS matching ORDER BY near.common DESC, near.id LIMIT %(most)s) AS found"
    )
    return statement.format(
        names=sql.SQL(names),
        own=sql.SQL(own),
        near=sql.SQL(near),
        table=sql.SQL(table.name),
        conditions=sql.SQL(" AND ").join(conditions(table, filters)),
    ).as_bytes()


def best_page(
    connection: Connection,
    table: Table,
    scores: Mapping[str, float],
    asked: Mapping[str, Any],
) -> Page:
    """Give a page of the records by score, the highest first; BadCursor for a wrong cursor."""
    exact = exact_matches(connection, table, [*scores], asked["name"])
    ordered = sorted((-score - (each in exact) * FIRST, each) for each, score in scores.items())
    if cursor := asked.get("cursor"):
        try:
            after = (-float(cursor[1]), cursor[2])
        except ValueError as error:
            raise BadCursor from error
        ordered = [place for place in ordered if place > after]
    chosen = [each for _, each in ordered[: asked["limit"]]]
    texts = table.fetch(connection, chosen, full=asked.get("full", False))
    last = ordered[asked["limit"] - 1] if len(ordered) > asked["limit"] else None
    return Page(
        [texts[each] for each in chosen if each in texts],
        (f"{-last[0]:.{SCORE_DIGITS}f}", last[1]) if last else None,
        None,
    )


def exact_matches(
    connection: Connection, table: Table, ids: Sequence[str], names: Sequence[str]
) -> set[str]:
    """List the records whose name is one of those asked for, letter by letter."""
    statement = sql.SQL(
        "SELECT {0}.id::text FROM {0} WHERE {0}.id = ANY(%s::uuid[]) AND {0}.name = ANY(%s)"
    ).format(sql.SQL(table.name))
    return {each for (each,) in connection.execute(statement.as_bytes(), (ids, names))}


def with_score(found: str, scores: Mapping[str, float]) -> str:
    """Add the score to a record's text."""
    return f'{found[:-1]},"score":{scores[orjson.loads(found)["id"]]}}}'
