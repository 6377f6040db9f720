"""Copies: documents that have the same text, or reprint one another, are one document."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from models.database.connections import Connection


class Print(NamedTuple):
    """A document, the one that it reprints, and the hash of its text, as far as they are known."""

    id: UUID
    copy_of_id: UUID | None
    text: str | None


FOLLOWED: LiteralString = """
    SELECT found.id, found.text
    FROM kin LEFT JOIN documents ON documents.id = kin.id AND NOT documents.withdrawn,
        LATERAL (
            SELECT NULL::uuid, documents.text_sha256 WHERE documents.text_sha256 IS NOT NULL{0}
            UNION ALL SELECT documents.copy_of_id, NULL WHERE documents.copy_of_id IS NOT NULL{1}
            UNION ALL SELECT copies.id, NULL FROM documents AS copies
            WHERE copies.copy_of_id = kin.id AND NOT copies.withdrawn{2}
            UNION ALL SELECT same.id, NULL FROM documents AS same
            WHERE same.text_sha256 = kin.text AND NOT same.withdrawn
        ) AS found (id, text)
"""
"""Follows `kin`, documents and texts, to what they share a text with, reprint, or are reprinted by.

A text is a step of its own, so that the number of steps grows with that of the documents alone.
"""

KIN: LiteralString = f"""
WITH RECURSIVE kin (id, text) AS (
    (SELECT unnest(%(ids)s::uuid[]), NULL::text
    UNION ALL SELECT NULL, unnest(%(texts)s::text[]))
    UNION
    {
    FOLLOWED.format(
        " AND documents.id <> ALL(%(without_text)s::uuid[])",
        " AND documents.id <> ALL(%(without_copy)s::uuid[])",
        " AND copies.id <> ALL(%(without_copy)s::uuid[])",
    )
}
)
SELECT documents.id, documents.copy_of_id, documents.text_sha256
FROM kin JOIN documents ON documents.id = kin.id AND NOT documents.withdrawn
"""
"""Documents that are one with some others, or with some texts.

Of those `without` it, their own text or what they reprint is not followed.
"""


def kin(
    connection: Connection,
    ids: Iterable[Any],
    texts: Iterable[str] = (),
    *,
    without_text: Iterable[str] = (),
    without_copy: Iterable[str] = (),
) -> list[Print]:
    """List the standing documents that are one with some of these, which come too."""
    asked = {
        "ids": [*ids],
        "texts": [*texts],
        "without_text": [*without_text],
        "without_copy": [*without_copy],
    }
    return [Print(*row) for row in connection.execute(KIN, asked)]


def originals(prints: Collection[Print]) -> Mapping[UUID, UUID]:
    """Say of each document which one stands for all that are one with it: id -> id."""
    first_with: dict[str, UUID] = {}
    pairs = [(each.id, each.copy_of_id or each.id) for each in prints]
    pairs += [(each.id, first_with.setdefault(each.text, each.id)) for each in prints if each.text]
    return unite(pairs)


def unite(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Say of each node which one, the least, stands for all that pairs tie together."""
    first: dict[Any, Any] = {}

    def find(node: Any) -> Any:
        path = []
        while first.setdefault(node, node) != node:
            path.append(node)
            node = first[node]
        first.update(dict.fromkeys(path, node))
        return node

    for one, other in pairs:
        here, there = find(one), find(other)
        first[max(here, there)] = min(here, there)
    return {node: find(node) for node in [*first]}


def reprinted(prints: Collection[Print]) -> Mapping[UUID, list[UUID]]:
    """List what each document reprints, by whatever way, the nearest first: id -> ids."""
    of = {each.id: each.copy_of_id for each in prints}
    found: dict[UUID, list[UUID]] = {}
    for begin, nearest in of.items():
        chain, above = [], nearest
        while above is not None and above not in chain:
            chain.append(above)
            above = of.get(above)
        found[begin] = chain
    return found
