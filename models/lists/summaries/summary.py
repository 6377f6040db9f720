"""A summary: rows of what records have in common, what all come to, and what is left out."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from psycopg import ClientCursor

from models.database.connections import Connection
from models.lists.cql2.lifting import lift_filter
from models.lists.search import Statement
from models.lists.summaries import compose
from models.lists.summaries.draft import REASONS, Draft, Wanted
from models.lists.summaries.measures import shown
from models.lists.summaries.words import CODE
from models.lists.text import by_rarity
from models.past import as_of
from models.table import Table


def summarise(
    connection: Connection, table: Table, wanted: Wanted, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Count the records that match what is asked."""
    if instant := as_of.early(connection, table.name):
        asked = {**asked, "created_until": instant}
    asked = lift_filter(table, by_rarity(connection, table, asked))
    draft = Draft(table, wanted, asked)
    found = execute(connection, compose.rows(table, wanted, asked))
    if draft.several:
        unnamed = [None, None] * len(wanted.by)
        of_all = execute(connection, compose.whole(table, wanted, asked))
        found += [(*row[:2], *unnamed, *row[2:]) for row in of_all]
    items: list[tuple[int, dict[str, Any]]] = []
    sums: dict[str, dict[str, Any]] = {}
    filled = False
    for kind, number, *row in found:
        keys, measures = row[: 2 * len(wanted.by)], row[2 * len(wanted.by) :]
        values = dict(zip(compose.measured(draft), measures, strict=True))
        if kind == "row":
            items.append((number, named(draft, keys) | numbers(draft, values)))
        elif kind == "others":
            sums[kind] = {"rows": number, **numbers(draft, values)}
        elif kind == "size":
            filled = (number or 0) <= compose.MAX_FILLED
        else:
            sums[kind] = values
    nothing = dict.fromkeys(compose.measured(draft), 0)
    return {
        "by": [*wanted.by],
        "items": [item for _, item in sorted(items, key=itemgetter(0))],
        "others": sums.get("others"),
        "total": numbers(draft, sums.get("total", nothing)),
        "left_out": {
            reason: sums[reason]["count"] + sums[reason]["possible"] if reason in sums else 0
            for reason in (REASONS if table.name == "events" else ("retracted",))
        },
        **({"filled": filled} if draft.time else {}),
    }


def execute(connection: Connection, statement: Statement) -> list[tuple[Any, ...]]:
    """Execute a statement, planned for its very values."""
    return ClientCursor(connection).execute(statement.sql, statement.values).fetchall()


def named(draft: Draft, keys: Sequence[str | None]) -> dict[str, Any]:
    """Write the keys of a row, each as a text, its id with a name, or null where not known."""
    found: dict[str, Any] = {}
    for (key, word), value, name in zip(draft.words.items(), keys[::2], keys[1::2], strict=True):
        if draft.names[key].startswith(CODE):
            found.setdefault("codes", {})[draft.names[key].removeprefix(CODE)] = value
        else:
            of_record = {"id": value, "name": name}
            found[draft.names[key]] = of_record if word.names and value else value
    return found


def numbers(draft: Draft, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write the numbers of a row, of the other rows, or of all records."""
    counts = {"count": values["count"], "possible": values["possible"]}
    if "disputed" in values:
        counts["disputed"] = values["disputed"]
    return counts | shown(values, draft.wanted.measures)
