"""Lists of records that match the words of `q`, the best first.

All matching records are ranked, or the newest `MAX_RANKED` of them: a word in most records is
looked for in the newest ones alone. The newest are those with the last ids, which lie beside each
other; with other filters, they are the first ones in the list's own order.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists import text
from models.lists.compose import conditions
from models.lists.cql2.lifting import lift_filter
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

MAX_RANKED = 500
"""Maximum number of records that are ranked: the newest that match."""

MAX_WALKED = 20_000
"""Maximum number of records, the newest, that are searched for frequent words."""

MAX_FILTERED = 5_000
"""Maximum number of records matching all other filters that are searched for words."""

RANK_DIGITS = 6
"""Decimal digits by which ranks are told apart."""

RANK = re.compile(r"\d+\.\d+", re.ASCII)
"""The form of a rank in a cursor."""

LENGTH_COUNTS: LiteralString = "1"
"""Normalization of `ts_rank`: divide by 1 + the logarithm of the length."""


class Found(NamedTuple):
    """Matching records with their ranks; not `all_of_them` where there are, or may be, more."""

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
    found = matching_best(connection, table, lift_filter(table, asked), part["sort"])
    ordered = sorted((-round(rank, RANK_DIGITS), each) for each, rank in found.ranks)
    if part["cursor"]:
        after = place_of(part["cursor"])
        ordered = [place for place in ordered if place > after]
    chosen = [each for _, each in ordered[: part["limit"]]]
    texts = table.fetch(connection, chosen, full=bool(part["full"]))
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


def matching_best(
    connection: Connection, table: Table, asked: Mapping[str, Any], sort: str
) -> Found:
    """Find the records to rank, by the fastest strategy."""
    expected = text.expected(connection, table, asked["q"])
    filtered = not asked.keys() <= {"q", "retracted_exclude"}
    rare = expected <= (MAX_FILTERED if filtered else text.MAX_FOUND)
    if rare and (found := indexed(connection, table, asked)):
        return found
    if filtered:
        ranks, walked = filter_first(connection, table, asked, sort)
        all_of_them = walked < MAX_FILTERED
    else:
        ranks, walked = walk(connection, table, asked)
        all_of_them = walked < MAX_WALKED
    if len(ranks) > MAX_RANKED or all_of_them:
        return cut(ranks)
    # Words that are frequent apart may be rare together.
    may_be_rare = expected <= text.MAX_FOUND or text.is_told_by_index(asked["q"])
    if may_be_rare and (found := indexed(connection, table, asked)):
        return found
    return Found(ranks, all_of_them=False)


def cut(ranks: Sequence[tuple[str, float]]) -> Found:
    """Keep the newest `MAX_RANKED`."""
    return Found(ranks[:MAX_RANKED], len(ranks) <= MAX_RANKED)


def indexed(connection: Connection, table: Table, asked: Mapping[str, Any]) -> Found | None:
    """Find the newest matches by the index of words; None where too many have the words."""
    child = text.words_of(table)
    composed = sql.SQL(
        "WITH found AS MATERIALIZED (SELECT {child}_found(%(q)s::tsquery, {most}) AS id)"
        " SELECT newest.id::text, {rank} FROM (SELECT sorted.id FROM"
        " (SELECT found.id FROM found WHERE (SELECT count(*) FROM found) < {most}"
        " ORDER BY found.id DESC) AS sorted, LATERAL"
        " (SELECT FROM {table} WHERE {table}.id = sorted.id AND {conditions} OFFSET 0) AS matching"
        " LIMIT {limit}) AS newest JOIN {child} ON {child}.{child_key} = newest.id"
        " UNION ALL SELECT NULL, count(*) FROM found"
    ).format(
        rank=sql.SQL(rank(f"{child.name}.lexemes")),
        most=sql.Literal(text.MAX_FOUND + 1),
        conditions=other_conditions(table, asked),
        limit=sql.Literal(MAX_RANKED + 1),
        **names(table),
    )
    rows = ClientCursor(connection).execute(composed.as_bytes(), values(table, asked)).fetchall()
    *ranks, (_, count_) = rows
    return None if count_ > text.MAX_FOUND else cut(newest_first(ranks))


def newest_first(ranks: Sequence[tuple[str, float]]) -> Sequence[tuple[str, float]]:
    """Sort records by their ids, which have the time of creation in them."""
    return sorted(ranks, reverse=True)


def walk(
    connection: Connection, table: Table, asked: Mapping[str, Any]
) -> tuple[Sequence[tuple[str, float]], int]:
    """Search the words of the newest records, then check the other filters.

    Gives the matches, and the maximum number of records searched.
    """
    composed = sql.SQL(
        "SELECT newest.{child_key}::text, {rank} FROM (SELECT {child}.{child_key}, {child}.lexemes"
        " FROM {child} ORDER BY {child}.{child_key} DESC LIMIT {walked}) AS newest, LATERAL"
        " (SELECT FROM {table} WHERE {table}.id = newest.{child_key} AND {conditions} OFFSET 0)"
        " AS matching WHERE newest.lexemes @@ %(q)s::tsquery LIMIT {limit}"
    ).format(
        rank=sql.SQL(rank("newest.lexemes")),
        walked=sql.Literal(MAX_WALKED),
        conditions=other_conditions(table, asked),
        limit=sql.Literal(MAX_RANKED + 1),
        **names(table),
    )
    cursor = ClientCursor(connection)
    ranks = cursor.execute(composed.as_bytes(), values(table, asked)).fetchall()
    counting = sql.SQL(
        "SELECT count(*) FROM (SELECT FROM {child} LIMIT {walked}) AS newest"
    ).format(walked=sql.Literal(MAX_WALKED), **names(table))
    return ranks, reached(cursor, Statement(counting.as_bytes(), {}, reusable=True), ranks)


def filter_first(
    connection: Connection, table: Table, asked: Mapping[str, Any], sort: str
) -> tuple[Sequence[tuple[str, float]], int]:
    """Search the words of the first records that match all other filters; results as of `walk`."""
    others = {name: value for name, value in asked.items() if name != "q"}
    first = statement(table, sort=sort, limit=MAX_FILTERED, **others)
    composed = sql.SQL(
        "SELECT first.id, {rank} FROM ({first}) AS first (id, key, text), LATERAL"
        " (SELECT {child}.lexemes FROM {child} WHERE {child}.{child_key} = first.id::uuid"
        " AND {child}.lexemes @@ %(q)s::tsquery OFFSET 0) AS found LIMIT {limit}"
    ).format(
        rank=sql.SQL(rank("found.lexemes")),
        first=sql.SQL(first.sql.decode()),
        limit=sql.Literal(MAX_RANKED + 1),
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
    """Count the records searched at most; 0 where that makes no difference."""
    if len(ranks) > MAX_RANKED:
        return 0
    [[number]] = cursor.execute(counting.sql, counting.values).fetchall()
    return int(number)


def names(table: Table) -> dict[str, sql.SQL]:
    """Give the names of the table, of the table of its words, and of its key there."""
    child = text.words_of(table)
    return {
        "table": sql.SQL(table.name),
        "child": sql.SQL(child.name),
        "child_key": sql.SQL(child.key),
    }


def other_conditions(table: Table, asked: Mapping[str, Any]) -> sql.Composable:
    """Compose the conditions of all filters but `q`."""
    others = {name: value for name, value in asked.items() if name != "q"}
    return sql.SQL(" AND ").join(conditions(table, filters_of(others)))


def values(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of the placeholders."""
    return {**placeholders(table, asked), "ranked": text.ranked(asked["q"])}


def rank(words: LiteralString) -> LiteralString:
    """Give the SQL expression of a record's rank, from that of its words."""
    return f"ts_rank({words}, %(ranked)s::tsquery, {LENGTH_COUNTS})"
