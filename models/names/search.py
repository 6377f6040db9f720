"""Finding by name: PostgreSQL gives those that may be meant, and the likest of them are kept.

A record may be meant where one of its names sounds like one asked for, in a word at least, or has
many of its trigrams. Which ones are alike enough, and which one most, is told by `likeness`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, LiteralString, NamedTuple

import orjson
from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists.compose import Filters, conditions
from models.lists.cql2.lifting import settled
from models.lists.search import (
    BadCursor,
    Page,
    Statement,
    filters_of,
    placeholders,
    search,
)
from models.names.likeness import FOUND, alike
from models.names.sounds import Name, heard, written
from models.table import Child, Condition, Table, text

MOST_CANDIDATES = 1_000
"""Maximum number of candidates for one name: those with most in common with it."""

SCORE_DIGITS = 3
"""Decimal digits of a score."""

FIRST = 0.001
"""By how much the very name comes before those that are only written or sorted in another way."""

TWO, SOME = 2, 200
"""Keys in common that are as good as a name; and how many records are looked at that have fewer."""

CERTAIN_SCORE = 0.85
"""Score from which a match by sound is taken as certain."""

UNFILTERED = ("name", "sort", "cursor", "limit", "total", "full", "best_first")
"""Parameters of a list that are no filters."""


def named(name: LiteralString, key: LiteralString) -> Child:
    """Give the table of a record's names, from what `names.spoken` takes from the record."""
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
    """Give the condition that a record is among those found by name, whose ids are its value."""
    return Condition(f"{table}.id = ANY(%(name)s::uuid[])")


def child_of(table: Table) -> Child | None:
    """Give the table of the names of a resource, if its records are found by them."""
    return next((child for child in table.children if "sounds" in child.columns), None)


Way = Literal["rare", "sounds", "plain"]
"""How a name is looked for: by two words that sound alike, by one, or also by trigrams.

Each finds more than the one before, and takes longer.
"""


class Where(NamedTuple):
    """Where a name is looked for: a table, what else is asked for, how many are looked at."""

    table: Table
    filters: Mapping[str, Any]
    most: int


class Candidate(NamedTuple):
    """A record that may be meant by the name at a position of those asked for, and by which names.

    What they have in `common` is how many keys, and how many of their trigrams, as a part of one.
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
        page = likest(connection, table, scores, asked)
    else:
        page = search(connection, table, **{**asked, "name": [*scores], "total": None})
    texts = [with_score(found, scores) for found in page.texts]
    total = len(scores) if asked.get("total") else None
    return Page(texts, page.after, total)


def scored(connection: Connection, table: Table, asked: Mapping[str, Any]) -> dict[str, float]:
    """Find the records that are called like one of the names asked for: id -> score."""
    wanted = [heard(name) for name in asked["name"]]
    filters = {name: value for name, value in asked.items() if name not in UNFILTERED}
    scores: dict[str, float] = {}
    for found in called(connection, Where(table, filters, MOST_CANDIDATES), wanted):
        for each, score in found.items():
            scores[each] = max(score, scores.get(each, 0.0))
    return scores


def called(
    connection: Connection,
    where: Where,
    wanted: Sequence[Name],
    ways: Sequence[Way] = ("sounds", "plain"),
) -> list[dict[str, float]]:
    """Find for each name, among those with most in common, who is called like it: id -> score.

    It is looked for in all `ways`, one after the other, until somebody is found who is meant.
    """
    scores: list[dict[str, float]] = [{} for _ in wanted]
    unsure = [*range(len(wanted))]
    for way in ways:
        asked = [wanted[number] for number in unsure]
        found = candidates(connection, where, asked, way)
        for candidate in likely(found, asked):
            number = unsure[candidate.number]
            likeness = max(alike(wanted[number], name) for name in candidate.names)
            if (score := round(likeness, SCORE_DIGITS)) >= FOUND:
                scores[number][candidate.id] = score
        unsure = [
            number for number in unsure if max(scores[number].values(), default=0) < CERTAIN_SCORE
        ]
    return scores


def likely(found: Sequence[Candidate], asked: Sequence[Name]) -> Iterator[Candidate]:
    """Leave out those with one word in common where others have more, except for some of them."""
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
    way: Way,
) -> list[Candidate]:
    """Find whom each of the names may mean."""
    if not wanted:
        return []
    composed = finding_called(where, wanted, way)
    # How many sound like a name, the planner knows only when it sees the name.
    found = ClientCursor(connection).execute(composed.sql, composed.values).fetchall()
    return [
        Candidate(number - 1, each, [*map(written, names)], common)
        for number, each, names, common in found
    ]


def finding_called(where: Where, wanted: Sequence[Name], way: Way) -> Statement:
    """Compose the statement that finds whom names may mean, with its values."""
    filters = settled(where.table, where.filters)
    values = {
        **placeholders(where.table, filters),
        "wanted_plain": [name.plain for name in wanted],
        "wanted_sounds": [name.rare if way == "rare" else name.sounds for name in wanted],
        "most": where.most,
    }
    composed = selecting(where.table, filters_of(filters), spelled=way == "plain")
    return Statement(composed, values, reusable=False)


@lru_cache(256)
def selecting(table: Table, filters: Filters, *, spelled: bool) -> bytes:
    """Compose the statement that finds whom names may mean, those with most in common first."""
    child = child_of(table)
    assert child is not None  # noqa: S101 - whoever asks has looked
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
        " OFFSET 0) AS standing ORDER BY near.common DESC, near.id LIMIT %(most)s) AS found"
    )
    return statement.format(
        names=sql.SQL(names),
        own=sql.SQL(own),
        near=sql.SQL(near),
        table=sql.SQL(table.name),
        conditions=sql.SQL(" AND ").join(conditions(table, filters)),
    ).as_bytes()


def likest(
    connection: Connection,
    table: Table,
    scores: Mapping[str, float],
    asked: Mapping[str, Any],
) -> Page:
    """Give a page of those found, the likest first; BadCursor if `cursor` is of no use."""
    very = exactly(connection, table, [*scores], asked["name"])
    ordered = sorted((-score - (each in very) * FIRST, each) for each, score in scores.items())
    if cursor := asked.get("cursor"):
        try:
            after = (-float(cursor[1]), cursor[2])
        except ValueError as error:
            raise BadCursor from error
        ordered = [place for place in ordered if place > after]
    chosen = [each for _, each in ordered[: asked["limit"]]]
    texts = dict(
        connection.execute(fetching(table, full=asked.get("full", False)), (chosen,)).fetchall()
    )
    last = ordered[asked["limit"] - 1] if len(ordered) > asked["limit"] else None
    return Page(
        [texts[each] for each in chosen if each in texts],
        (f"{-last[0]:.{SCORE_DIGITS}f}", last[1]) if last else None,
        None,
    )


def exactly(
    connection: Connection, table: Table, ids: Sequence[str], names: Sequence[str]
) -> set[str]:
    """Tell which records are called the very name that is asked for."""
    statement = sql.SQL(
        "SELECT {0}.id::text FROM {0} WHERE {0}.id = ANY(%s::uuid[]) AND {0}.name = ANY(%s)"
    ).format(sql.SQL(table.name))
    return {each for (each,) in connection.execute(statement.as_bytes(), (ids, names))}


@lru_cache(16)
def fetching(table: Table, *, full: bool) -> bytes:
    """Compose the statement that reads records by their ids."""
    statement = sql.SQL("SELECT {0}.id::text, {1} FROM {0} WHERE {0}.id = ANY(%s::uuid[])")
    return statement.format(sql.SQL(table.name), text(table, full=full)).as_bytes()


def with_score(found: str, scores: Mapping[str, float]) -> str:
    """Add to a record's text its score."""
    return f'{found[:-1]},"score":{scores[orjson.loads(found)["id"]]}}}'
