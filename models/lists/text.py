"""Full text: `q` as a condition in SQL.

A record's words are a `tsvector` in a table of their own beside it, with an index (GIN), so that
whoever reads records for other reasons need not read them.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.database.connections import Connection
from models.lists.words import tokens, wanted
from models.table import Among, Child, Condition, Table

MAX_FOUND = 25_000
"""Number of records expected up to which all that have the words are found by their index; of
more, the newest are looked at one by one."""


MAX_INTERSECTED = 4
"""Maximum number of words, each of which many records have, that are looked up in the index."""

MAX_TRIED, FREQUENT = 2_000, 3
"""Number of records on which it is tried whether words are frequent, and how many must match."""

PHRASES_REMEMBERED = 1_024


class Operand(NamedTuple):
    """A word of `q`: the keys it may have, and its distance from the word before."""

    lexemes: Sequence[str]
    distance: int
    prefix: bool = False

    @property
    def found(self) -> frozenset[str]:
        """The alternatives of its keys."""
        return frozenset(self.lexemes)

    def written(self) -> str:
        """Write it as a part of a `tsquery`."""
        mark = ":*" if self.prefix else ""
        either = "|".join(f"'{lexeme}'{mark}" for lexeme in self.lexemes)
        return f"({either})"


def conditions(
    table: LiteralString, child: LiteralString, key: LiteralString
) -> dict[str, Condition]:
    """Give the conditions on the words of a record: `q`, and `q_rare` for rare words.

    The latter are found first, whatever else is asked for.
    """
    found: LiteralString = f"{child}.lexemes @@ %(q)s::tsquery"
    return {
        "q": Condition(found, among=Among(child, key), values=queried),
        "q_rare": Condition(
            f"{table}.id = ANY(ARRAY(SELECT {child}_found(%(q)s::tsquery)))", values=queried
        ),
    }


def child_of(table: Table) -> Child | None:
    """Give the table of words of a resource, if it can be searched by text."""
    return next((child for child in table.children if "lexemes" in child.columns), None)


def words_of(table: Table) -> Child:
    """Give the table of words of a resource that can be searched by text."""
    child = child_of(table)
    assert child is not None  # noqa: S101 - whoever asks has looked
    return child


def queried(asked: Any) -> dict[str, str]:
    """Give the value of the placeholder of `q`."""
    return {"q": matched(asked)}


def matched(asked: Any) -> str:
    """Write `q` as a `tsquery`."""
    return "|".join(
        "({})".format(
            "&".join(
                f"{'!' if excluded else ''}({phrase(operands(text))})" for text, excluded in each
            )
        )
        for each in asked.alternatives
    )


def ranked(asked: Any) -> str:
    """Write the words of `q` that raise the rank as a `tsquery`."""
    found = [
        operand.written()
        for each in asked.alternatives
        for text, excluded in each
        if not excluded
        for operand in operands(text)
    ]
    return "|".join(dict.fromkeys(found))


@lru_cache(PHRASES_REMEMBERED)
def operands(text: str) -> list[Operand]:
    """Take the words of a phrase, in order."""
    found = [*tokens(text)]
    # The last letter of a run stands alone in a record, too: what is asked for goes on behind it.
    asked = [
        token
        for token, before in zip(found, [None, *found], strict=False)
        if not (token.unspaced and len(token.text) == 1 and before and before.end == token.end)
    ]
    distances = [0, *(after.place - before.place for before, after in pairwise(asked))]
    return [
        Operand(wanted(token.text), distance, token.unspaced and len(token.text) == 1)
        for token, distance in zip(asked, distances, strict=True)
    ]


def phrase(found: Sequence[Operand]) -> str:
    """Write words that must follow each other as a part of a `tsquery`."""
    first, *others = found
    return first.written() + "".join(f"<{each.distance}>{each.written()}" for each in others)


def is_told_by_index(asked: Any) -> bool:
    """Say whether the index finds the matches quickly, should they be fewer than expected.

    That is of a few words which must all be there, none of them behind another.
    """
    phrases = [operands(text) for each in asked.alternatives for text, _ in each]
    return 1 < len(phrases) <= MAX_INTERSECTED and all(
        len(each) == 1 and not each[0].prefix for each in phrases
    )


STATISTICS = """
SELECT coalesce((SELECT pg_class.reltuples FROM pg_class, pg_namespace
    WHERE pg_class.relname = %(table)s AND pg_namespace.oid = pg_class.relnamespace
        AND pg_class.relkind = 'r' AND pg_namespace.nspname = ANY(current_schemas(false))), 0),
    ARRAY(SELECT ARRAY[known.lexeme, known.frequency::text]
    FROM pg_stats, unnest(
        pg_stats.most_common_elems::text::text[], pg_stats.most_common_elem_freqs
    ) AS known (lexeme, frequency)
    JOIN unnest(%(lexemes)s::text[]) AS asked (lexeme) ON asked.lexeme = known.lexeme
    WHERE pg_stats.tablename = %(table)s AND pg_stats.attname = 'lexemes'
        AND pg_stats.schemaname = ANY(current_schemas(false)))
"""
"""How many records there are, and which of some words are frequent, as ANALYZE has found."""


def expected(connection: Connection, table: Table, asked: Any) -> int:
    """Estimate the maximum number of matches, from the frequent words that ANALYZE found."""
    terms = [
        [operands(text) for text, excluded in each if not excluded] for each in asked.alternatives
    ]
    lexemes = {
        lexeme for each in terms for term in each for word in term for lexeme in word.lexemes
    }
    given = {"table": words_of(table).name, "lexemes": [*lexemes]}
    [(number, known)] = connection.execute(STATISTICS, given).fetchall()
    frequencies = {lexeme: float(frequency) for lexeme, frequency in known}
    together = sum(
        min(share(word, frequencies) for term in each for word in term) for each in terms
    )
    return int(min(together, 1.0) * max(number, 0))


def share(word: Operand, frequencies: Mapping[str, float]) -> float:
    """Give the share of records that have a word, 0 for a rare one."""
    if word.prefix:
        return 1.0
    return min(sum(frequencies.get(lexeme, 0.0) for lexeme in word.lexemes), 1.0)


def by_rarity(connection: Connection, table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Replace `q` by `q_rare` where its words are rare: an index then drives the list."""
    if "q" not in asked or is_frequent(connection, table, asked["q"]):
        return {**asked}
    others = {name: value for name, value in asked.items() if name != "q"}
    return {**others, "q_rare": asked["q"]}


def is_frequent(connection: Connection, table: Table, asked: Any) -> bool:
    """Say whether many records match; more than one word is tried on a sample."""
    if expected(connection, table, asked) <= MAX_FOUND:
        return False
    phrases = [operands(text) for each in asked.alternatives for text, _ in each]
    if sum(map(len, phrases)) == 1:
        return True
    child = words_of(table)
    composed = sql.SQL(
        "SELECT count(*) FROM (SELECT {0}.lexemes FROM {0} ORDER BY {0}.{1} DESC LIMIT {2})"
        " AS newest WHERE newest.lexemes @@ %(q)s::tsquery"
    ).format(sql.SQL(child.name), sql.SQL(child.key), sql.Literal(MAX_TRIED))
    [[number]] = connection.execute(composed.as_bytes(), queried(asked)).fetchall()
    return bool(number >= FREQUENT)
