"""Lists of what has the words that are asked for, the best first.

What is ranked are all records that match, or the newest `MOST_RANKED` of them, in the order that
the list has otherwise: a word that stands in most records is looked for in the newest ones alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import ClientCursor, sql

from models.database.connections import Connection
from models.lists import text
from models.lists.compose import conditions
from models.lists.search import (
    BadCursor,
    Page,
    count,
    placeholders,
    search,
    statement,
)
from models.past import as_of
from models.table import Table
from models.table import text as text_of

MOST_RANKED = 1_000
"""Maximum number of records that are ranked: the newest that match."""

MOST_WALKED = 20_000
"""Maximum number of records that are looked at, the newest first, for words that many have."""

RANK_DIGITS = 6
"""Decimal digits by which ranks are told apart."""

LENGTH_COUNTS: LiteralString = "1"
"""As `ts_rank` has it: that a word is worth less among many (1 + the logarithm of how many)."""


class Found(NamedTuple):
    """Records that match, with their ranks; `all_of_them` unless there are, or may be, more."""

    ranks: Sequence[tuple[str, float]]
    all_of_them: bool


def search_by_text(
    connection: Connection, table: Table, *, best_first: bool = False, **asked: Any
) -> Page:
    """Find a page of the records that have the words asked for."""
    if not best_first:
        return search(connection, table, **asked)
    part = {name: asked.pop(name, None) for name in ("sort", "limit", "cursor", "total", "full")}
    total = count(connection, table, part["total"], asked) if part["total"] else None
    if instant := as_of.early(connection, table.name):
        asked["created_until"] = instant
    found = matching_best(connection, table, asked, part["sort"])
    ordered = sorted((-round(rank, RANK_DIGITS), each) for each, rank in found.ranks)
    if part["cursor"]:
        try:
            after = (-float(part["cursor"][1]), part["cursor"][2])
        except ValueError as error:
            raise BadCursor from error
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
    """Find the records to rank, the newest ones that match, in the way that finds them soonest."""
    if text.expected(connection, table, asked["q"]) <= text.MOST_FOUND:
        return indexed(connection, table, asked, sort)
    ranks, walked = walk(connection, table, asked, sort)
    if len(ranks) > MOST_RANKED or walked < MOST_WALKED:
        return cut(ranks)
    if text.is_exact(asked["q"]):
        # Words that are frequent apart, and rarely together: the index knows without looking.
        with connection.transaction():
            connection.execute("SET LOCAL enable_seqscan = off")
            return indexed(connection, table, asked, sort)
    return Found(ranks, all_of_them=False)


def cut(ranks: Sequence[tuple[str, float]]) -> Found:
    """Leave the newest ones."""
    return Found(ranks[:MOST_RANKED], len(ranks) <= MOST_RANKED)


def indexed(connection: Connection, table: Table, asked: Mapping[str, Any], sort: str) -> Found:
    """Find all that match, and of them the newest."""
    child = text.words_of(table)
    order = table.orders[sort.removeprefix("-")]
    composed = sql.SQL(
        # Without OFFSET 0, they would be looked for one by one in the order of the list.
        "SELECT found.id::text, {rank} FROM (SELECT {table}.id, {key} AS key, {child}.lexemes"
        " FROM {child} JOIN {table} ON {table}.id = {child}.{child_key}"
        " WHERE {child}.lexemes @@ %(q)s::tsquery AND {conditions} OFFSET 0) AS found"
        " ORDER BY found.key {direction}, found.id {direction} LIMIT {limit}"
    ).format(
        rank=sql.SQL(rank("found.lexemes")),
        table=sql.SQL(table.name),
        child=sql.SQL(child.name),
        child_key=sql.SQL(child.key),
        key=sql.SQL(order.sql),
        conditions=sql.SQL(" AND ").join(conditions(table, (*sorted(asked.keys() - {"q"}),))),
        direction=sql.SQL("DESC" if sort.startswith("-") else "ASC"),
        limit=sql.Literal(MOST_RANKED + 1),
    )
    values = {**placeholders(table, asked), "ranked": text.ranked(asked["q"])}
    return cut(ClientCursor(connection).execute(composed.as_bytes(), values).fetchall())


def walk(
    connection: Connection, table: Table, asked: Mapping[str, Any], sort: str
) -> tuple[Sequence[tuple[str, float]], int]:
    """Look at the newest records that fit otherwise; give those that match, and how many these are.

    Where more match than are ranked, it is not told how many were looked at.
    """
    others = {name: value for name, value in asked.items() if name != "q"}
    newest = statement(table, sort=sort, limit=MOST_WALKED, **others)
    child = text.words_of(table)
    values = {
        **newest.values,
        **text.queried(asked["q"]),
        "ranked": text.ranked(asked["q"]),
    }
    composed = sql.SQL(
        "SELECT newest.id, {rank} FROM ({newest}) AS newest (id, key, text), LATERAL ("
        "SELECT {child}.lexemes FROM {child} WHERE {child}.{child_key} = newest.id::uuid"
        " AND {child}.lexemes @@ %(q)s::tsquery OFFSET 0) AS found LIMIT {limit}"
    ).format(
        rank=sql.SQL(rank("found.lexemes")),
        newest=sql.SQL(newest.sql.decode()),
        child=sql.SQL(child.name),
        child_key=sql.SQL(child.key),
        limit=sql.Literal(MOST_RANKED + 1),
    )
    cursor = ClientCursor(connection)
    ranks = cursor.execute(composed.as_bytes(), values).fetchall()
    if len(ranks) > MOST_RANKED:
        return ranks, MOST_WALKED
    counting = sql.SQL("SELECT count(*) FROM ({}) AS newest").format(sql.SQL(newest.sql.decode()))
    [[number]] = cursor.execute(counting.as_bytes(), newest.values).fetchall()
    return ranks, int(number)


def rank(words: LiteralString) -> LiteralString:
    """Give the expression of how well a record fits, by the expression of its words."""
    return f"ts_rank({words}, %(ranked)s::tsquery, {LENGTH_COUNTS})"
