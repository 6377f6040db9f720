"""References to a merged record, redirected to its survivor, and restored by an unmerge."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple

from api.writing.draft import Current, Draft
from models.store.merges import Fold
from schemas.folding import fold, unfold
from schemas.links import links

SUPERSEDED = "/retraction/superseded_by"
"""Where a retraction points at another record."""


class Redirected(NamedTuple):
    """The draft of a record that refers elsewhere, the pointers to where, and its folded lists.

    `unfolded` are the lists before they were folded.
    """

    draft: Draft
    pointers: list[str]
    unfolded: dict[str, list[Any]]

    @property
    def key(self) -> tuple[str, str]:
        """The record: its resource and its id."""
        return self.draft.sent.table.name, self.draft.sent.id


class References:
    """The references of a record to others of one resource, in its draft."""

    def __init__(self, current: Current, resource: str, folded: Fold) -> None:
        """Take a record with its lists as they were before they were `folded`.

        Where it was changed since, its lists stay as they are, and where pointers led is lost.
        """
        self.current, self.resource, self.lists = current, resource, folded.lists
        self.body = deepcopy(current.sent.schema.writable(current.before))
        self.moved: dict[str, frozenset[str]] = {**folded.moved}
        self.is_unfolded = unfold(self.body, folded.lists, self.moved)
        if not self.is_unfolded:
            self.moved = {}

    def redirect(self, merged: str, into: str) -> Redirected:
        """Refer to the survivor instead of the merged record, everywhere."""
        pointers = self.point(merged, into)
        before = {pointer: self.moved.get(pointer, frozenset()) for pointer in pointers}
        moved = self.moved | {pointer: by | {merged} for pointer, by in before.items()}
        return self.drafted(moved, pointers, merged, into)

    def restore(self, merged: str, into: str, pointers: Collection[str]) -> Redirected:
        """Refer to the merged record again instead of its survivor, at these pointers alone."""
        if not self.is_unfolded:
            pointers = [each for each in pointers if each.split("/")[1] not in self.lists]
        found = self.point(into, merged, pointers)
        moved = {each: by - {merged} for each, by in self.moved.items() if by != {merged}}
        return self.drafted(moved, found, into, merged, superseded=SUPERSEDED in pointers)

    def point(self, at: str, instead: str, only: Collection[str] | None = None) -> list[str]:
        """Replace an id by another one in the body, perhaps `only` at some pointers; list where."""
        pointers = []
        for link in links(self.current.sent.schema, self.body):
            wanted = only is None or link.pointer in only
            if wanted and (link.to, link.id) == (self.resource, at):
                pointers.append((link.pointer, link))
        for _, link in pointers:
            link.holder[link.key] = instead
        return [pointer for pointer, _ in pointers]

    def drafted(
        self,
        moved: Mapping[str, frozenset[str]],
        pointers: list[str],
        at: str,
        instead: str,
        *,
        superseded: bool = True,
    ) -> Redirected:
        """Draft the record with its lists folded, and with its retraction where `superseded`."""
        unfolded = fold(self.body, moved)
        draft = self.current.draft(self.body)
        if superseded and draft.retraction and draft.retraction["superseded_by"] == at:
            draft = replace(draft, retraction={**draft.retraction, "superseded_by": instead})
            pointers = [*pointers, SUPERSEDED]
        return Redirected(draft, pointers, unfolded)
