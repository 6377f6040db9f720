"""Copies: documents that have the same text, or reprint one another, are one document."""

from collections.abc import Iterable
from typing import LiteralString, NamedTuple

from models.database.connections import Connection


class Print(NamedTuple):
    """A document, the one that it reprints, and the hash of its text, as far as they are known."""

    id: str
    copy_of_id: str | None
    text: str | None


FOLLOW: LiteralString = """
    SELECT found.id, found.text, found.copy_of_id
    FROM grouped, LATERAL (
        SELECT NULL::uuid, grouped.text, NULL::uuid
        WHERE grouped.id IS NOT NULL AND grouped.text IS NOT NULL{0}
        UNION ALL
        SELECT same.id, same.text_sha256, same.copy_of_id FROM documents AS same
        WHERE same.text_sha256 = grouped.text AND grouped.id IS NULL AND NOT same.withdrawn
        UNION ALL
        SELECT printed.id, printed.text_sha256, printed.copy_of_id FROM documents AS printed
        WHERE printed.id = grouped.copy_of_id AND NOT printed.withdrawn{1}
        UNION ALL
        SELECT copies.id, copies.text_sha256, copies.copy_of_id FROM documents AS copies
        WHERE copies.copy_of_id BETWEEN grouped.id AND grouped.id AND NOT copies.withdrawn{2}
    ) AS found (id, text, copy_of_id)
"""
"""Follows `grouped` to what it shares a text with, reprints, or is reprinted by.

A text is a step of its own, without an id, so that there are as many steps as documents and texts.
Copies are found by a range of one id: where a few reports have been reprinted by most documents,
PostgreSQL takes as many to be copies of each of them, and would read them all at every step.
"""

GROUP: LiteralString = f"""
WITH RECURSIVE grouped (id, text, copy_of_id) AS (
    (SELECT documents.id, documents.text_sha256, documents.copy_of_id FROM documents
    WHERE documents.id = ANY(%(ids)s::uuid[]) AND NOT documents.withdrawn
    UNION ALL SELECT NULL, unnest(%(texts)s::text[]), NULL)
    UNION
    {
    FOLLOW.format(
        " AND grouped.id <> ALL(%(without_text)s::uuid[])",
        " AND grouped.id <> ALL(%(without_copy)s::uuid[])",
        " AND copies.id <> ALL(%(without_copy)s::uuid[])",
    )
}
)
SELECT grouped.id::text, grouped.copy_of_id::text, grouped.text FROM grouped
WHERE grouped.id IS NOT NULL
"""
"""Documents that are copies of some others, or have some texts.

Of those in `without_text` and `without_copy`, their text or what they reprint is not followed.
"""


def group(
    connection: Connection,
    ids: Iterable[str],
    texts: Iterable[str] = (),
    *,
    without_text: Iterable[str] = (),
    without_copy: Iterable[str] = (),
) -> list[Print]:
    """List documents with their copies and originals, except withdrawn ones."""
    asked = {
        "ids": [*ids],
        "texts": [*texts],
        "without_text": [*without_text],
        "without_copy": [*without_copy],
    }
    return [Print(*row) for row in connection.execute(GROUP, asked)]


def originals(prints: Iterable[Print]) -> dict[str, str]:
    """Map each document that has copies to the one that represents them all: id -> id."""
    first_with: dict[str, str] = {}
    pairs = []
    for one, copy_of_id, text in prints:
        if copy_of_id:
            pairs.append((one, copy_of_id))
        if text and (first := first_with.setdefault(text, one)) != one:
            pairs.append((one, first))
    return unite(pairs)


def unite(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map each node to the least of all nodes that pairs connect it with (union-find)."""
    first: dict[str, str] = {}

    def find(node: str) -> str:
        path = []
        while (above := first.setdefault(node, node)) != node:
            path.append(node)
            node = above
        for passed in path[:-1]:
            first[passed] = node
        return node

    for one, other in pairs:
        here, there = find(one), find(other)
        if here != there:
            first[max(here, there)] = min(here, there)
    return {node: find(node) for node in [*first]}


def reprinted(prints: Iterable[Print]) -> dict[str, list[str]]:
    """List what each document reprints, directly or through others, nearest first: id -> ids."""
    of = {each.id: each.copy_of_id for each in prints}
    found: dict[str, list[str]] = {}
    for begin, nearest in of.items():
        chain: dict[str, None] = {}
        above = nearest
        while above is not None and above not in chain:
            chain[above] = None
            above = of.get(above)
        found[begin] = [*chain]
    return found
