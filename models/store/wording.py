"""Words of records stored before the rules by which words are taken changed."""

from collections.abc import Iterator
from typing import Any

from psycopg import sql

from models.lists.text import child_of
from models.lists.texts import words_of
from models.store import deriving
from models.store.chunks import Work
from models.store.deriving import Part, Rules
from models.table import Table, text

RULES = 1
"""Version of the rules by which words are taken and compared: a change of them needs another."""

RECORDS_AT_ONCE = 200
"""Maximum number of records whose words are taken in one transaction: a text may be long."""


def catch_up(url: str) -> int:
    """Take the words of all records by the rules of this version; count the records."""
    work = Work("derived_words", "version", RULES, RECORDS_AT_ONCE)
    return deriving.catch_up(url, Rules(work, child_of, record, parts))


def record(table: Table) -> sql.Composable:
    """Give the SQL for what words are taken from: the whole record."""
    return sql.SQL("({})::json").format(text(table, full=True))


def parts(found: dict[str, Any]) -> Iterator[Part]:
    """Give the words of a record, if there are any."""
    lexemes = words_of(found)["lexemes"]
    if lexemes is not None:
        yield (lexemes,)
