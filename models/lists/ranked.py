"""Lists of what has the words that are asked for, the best first.

What is ranked are all records that match, or the newest `MOST_RANKED` of them: a word that stands
in most records is looked for in the newest ones alone. The newest are those with the last ids,
which lie beside each other; beside other filters, the first ones in the list's own order.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists import text
from models.lists.compose import conditions
from models.lists.cql2.lifting import settled
from models.lists.search import (
    BadCursor,
    Page,
    Statement,
    count,
    filters_of,
    placeholders,
    search,
    statement,
)
from models.past import as_of
from models.table import Table
from models.table import text as text_of

MOST_RANKED = 500
"""Maximum number of records that are ranked: the newest that match."""

MOST_WALKED = 20_000
"""Maximum number of records, the newest, whose words are looked at for words that many have."""

MOST_FILTERED = 5_000
"""Maximum number of records that match all other filters whose words are looked at."""

RANK_DIGITS = 6
"""Decimal digits by which ranks are told apart."""

RANK = re.compile(r"\d+\.\d+", re.ASCII)
"""A rank as a cursor has it."""

LENGTH_COUNTS: LiteralString = "1"
"""As `ts_rank` has it: that a word is worth less among many (1 + the logarithm of how many)."""


class Found(NamedTuple):
    """Records that match, with their ranks; `all_of_them` unless there are, or may be, more."""

    ranks: Sequence[tuple[str, float]]
    all_of_them: bool


def search_by_text(
    connection: Connection, table: Table, *, best_first: str | None = None, **asked: Any
) -> Page:
    """Find a page of the records that have the words asked for."""
    if not best_first:
        return search(connection, table, **asked)
    part = {name: asked.pop(name, None) for name in ("sort", "limit", "cursor", "total", "full")}
    total = count(connection, table, part["total"], asked) if part["total"] else None
    if instant := as_of.early(connection, table.name):
        asked["created_until"] = instant
    found = matching_best(connection, table, settled(table, asked), part["sort"])
    ordered = sorted((-round(rank, RANK_DIGITS), each) for each, rank in found.ranks)
    if part["cursor"]:
        after = place_of(part["cursor"])
        ordered = [place for place in ordered if place > after]
    chosen = [each for _, each in ordered[: part["limit"]]]
    texts = fetch(connection, table, chosen, full=bool(part["full"]))
    last = ordered[part["limit"] - 1] if len(ordered) > part["limit"] else None
    return Page(
        [texts[each] for each in chosen if each in texts],
        (f"{-last[0]:.{RANK_DIGITS}f}", last[1]) if last else None,
        total,
        None if found.all_of_them else len(found.ranks),
    )


def place_of(cursor: tuple[str, str, str]) -> tuple[float, str]:
    """Read where a page ended; BadCursor where that is no rank."""
    if not RANK.fullmatch(cursor[1]):
        raise BadCursor
    return -float(cursor[1]), cursor[2]


def fetch(
    connection: Connection, table: Table, ids: Sequence[str], *, full: bool
) -> dict[str, str]:
    """Read the texts of records: id -> JSON text."""
    composed = sql.SQL("SELECT {0}.id::text, {1} FROM {0} WHERE {0}.id = ANY(%s::uuid[])").format(
        sql.SQL(table.name), text_of(table, full=full)
    )
    return dict(connection.execute(composed.as_bytes(), (ids,)).fetchall())


def matching_best(
    connection: Connection, table: Table, asked: Mapping[str, Any], sort: str
) -> Found:
    """Find the records to rank, in the way that finds them soonest."""
    expected = text.expected(connection, table, asked["q"])
    filtered = not asked.keys() <= {"q", "retracted_exclude"}
    rare = expected <= (MOST_FILTERED if filtered else text.MOST_FOUND)
    if rare and (found := indexed(connection, table, asked)):
        return found
    if filtered:
        ranks, walked = filter_first(connection, table, asked, sort)
        all_of_them = walked < MOST_FILTERED
    else:
        ranks, walked = walk(connection, table, asked)
        all_of_them = walked < MOST_WALKED
    if len(ranks) > MOST_RANKED or all_of_them:
        return cut(ranks)
    # Words that are frequent apart may be rare together.
    may_be_rare = expected <= text.MOST_FOUND or text.is_told_by_index(asked["q"])
    if may_be_rare and (found := indexed(connection, table, asked)):
        return found
    return Found(ranks, all_of_them=False)


def cut(ranks: Sequence[tuple[str, float]]) -> Found:
    """Leave the newest ones."""
    return Found(ranks[:MOST_RANKED], len(ranks) <= MOST_RANKED)


def indexed(connection: Connection, table: Table, asked: Mapping[str, Any]) -> Found | None:
    """Find all that have the words, and of them the newest that match; None where all are many."""
    child = text.words_of(table)
    composed = sql.SQL(
        "WITH found AS MATERIALIZED (SELECT {child}_found(%(q)s::tsquery, {most}) AS id)"
        " SELECT newest.id::text, {rank} FROM (SELECT sorted.id FROM"
        " (SELECT found.id FROM found WHERE (SELECT count(*) FROM found) < {most}"
        " ORDER BY found.id DESC) AS sorted, LATERAL"
        " (SELECT FROM {table} WHERE {table}.id = sorted.id AND {conditions} OFFSET 0) AS standing"
        " LIMIT {limit}) AS newest JOIN {child} ON {child}.{child_key} = newest.id"
        " UNION ALL SELECT NULL, count(*) FROM found"
    ).format(
        rank=sql.SQL(rank(f"{child.name}.lexemes")),
        most=sql.Literal(text.MOST_FOUND + 1),
        conditions=standing(table, asked),
        limit=sql.Literal(MOST_RANKED + 1),
        **names(table),
    )
    rows = ClientCursor(connection).execute(composed.as_bytes(), values(table, asked)).fetchall()
    *ranks, (_, count_) = rows
    return None if count_ > text.MOST_FOUND else cut(newest_first(ranks))


def newest_first(ranks: Sequence[tuple[str, float]]) -> Sequence[tuple[str, float]]:
    """Sort records by their ids, which tell when they were made."""
    return sorted(ranks, reverse=True)


def walk(
    connection: Connection, table: Table, asked: Mapping[str, Any]
) -> tuple[Sequence[tuple[str, float]], int]:
    """Look at the words of the newest records, and at the records that have those asked for.

    Gives those that match, and how many records were looked at at the most.
    """
    composed = sql.SQL(
        "SELECT newest.{child_key}::text, {rank} FROM (SELECT {child}.{child_key}, {child}.lexemes"
        " FROM {child} ORDER BY {child}.{child_key} DESC LIMIT {walked}) AS newest, LATERAL"
        " (SELECT FROM {table} WHERE {table}.id = newest.{child_key} AND {conditions} OFFSET 0)"
        " AS standing WHERE newest.lexemes @@ %(q)s::tsquery LIMIT {limit}"
    ).format(
        rank=sql.SQL(rank("newest.lexemes")),
        walked=sql.Literal(MOST_WALKED),
        conditions=standing(table, asked),
        limit=sql.Literal(MOST_RANKED + 1),
        **names(table),
    )
    cursor = ClientCursor(connection)
    ranks = cursor.execute(composed.as_bytes(), values(table, asked)).fetchall()
    counting = sql.SQL(
        "SELECT count(*) FROM (SELECT FROM {child} LIMIT {walked}) AS newest"
    ).format(walked=sql.Literal(MOST_WALKED), **names(table))
    return ranks, reached(cursor, Statement(counting.as_bytes(), {}, reusable=True), ranks)


def filter_first(
    connection: Connection, table: Table, asked: Mapping[str, Any], sort: str
) -> tuple[Sequence[tuple[str, float]], int]:
    """Look at the words of the first records of the list that all other filters give; as `walk`."""
    others = {name: value for name, value in asked.items() if name != "q"}
    first = statement(table, sort=sort, limit=MOST_FILTERED, **others)
    composed = sql.SQL(
        "SELECT first.id, {rank} FROM ({first}) AS first (id, key, text), LATERAL"
        " (SELECT {child}.lexemes FROM {child} WHERE {child}.{child_key} = first.id::uuid"
        " AND {child}.lexemes @@ %(q)s::tsquery OFFSET 0) AS found LIMIT {limit}"
    ).format(
        rank=sql.SQL(rank("found.lexemes")),
        first=sql.SQL(first.sql.decode()),
        limit=sql.Literal(MOST_RANKED + 1),
        **names(table),
    )
    cursor = ClientCursor(connection)
    given = {**first.values, **values(table, {"q": asked["q"]})}
    ranks = cursor.execute(composed.as_bytes(), given).fetchall()
    counting = f"SELECT count(*) FROM ({first.sql.decode()}) AS first".encode()
    return ranks, reached(cursor, first._replace(sql=counting), ranks)


def reached(
    cursor: ClientCursor[Any], counting: Statement, ranks: Sequence[tuple[str, float]]
) -> int:
    """Tell how many records were looked at at the most; 0 where that makes no difference."""
    if len(ranks) > MOST_RANKED:
        return 0
    [[number]] = cursor.execute(counting.sql, counting.values).fetchall()
    return int(number)


def names(table: Table) -> dict[str, sql.SQL]:
    """Name the table, that of its words, and what this is known by there."""
    child = text.words_of(table)
    return {
        "table": sql.SQL(table.name),
        "child": sql.SQL(child.name),
        "child_key": sql.SQL(child.key),
    }


def standing(table: Table, asked: Mapping[str, Any]) -> sql.Composable:
    """Give the condition on what else is asked for of a record."""
    others = {name: value for name, value in asked.items() if name != "q"}
    return sql.SQL(" AND ").join(conditions(table, filters_of(others)))


def values(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give the placeholders their values."""
    return {**placeholders(table, asked), "ranked": text.ranked(asked["q"])}


def rank(words: LiteralString) -> LiteralString:
    """Give the expression of how well a record fits, by the expression of its words."""
    return f"ts_rank({words}, %(ranked)s::tsquery, {LENGTH_COUNTS})"
