"""Identities of a bundle's records: known by external ids, sent before, or new."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from api.http.context import id_of
from api.writing.draft import new_id
from models.database.connections import Connection
from models.store import external_ids, merges
from schemas.problem import Fault


class Identities(NamedTuple):
    """The identities of one list of a bundle."""

    ids: list[str]
    """One for each: of the record that stands, of the survivor, or generated."""

    generated: set[str]
    """The ids that were generated for this bundle."""

    merged: set[int]
    """The positions of records that were merged into others, and are left alone."""

    faults: list[Fault]


def identify(
    connection: Connection,
    resource: str,
    dataset: str,
    records: list[dict[str, Any]],
    before: list[str] | None,
) -> Identities:
    """Give each record the id of the one that holds its external ids, or a new one.

    A record without external ids keeps the id that it was given when the same bundle was sent
    `before`. One that was merged has the id of its survivor.
    """
    names = [external_names(record) for record in records]
    holders = {
        holder.external_id: holder
        for holder in external_ids.find(
            connection, resource, dataset, [*{*chain.from_iterable(names)}]
        )
    }
    found = Identities([], set(), set(), repeated_names(resource, names))
    for position, own in enumerate(names):
        holding = [holders[name] for name in own if name in holders]
        known = {holder.id for holder in holding}
        if len(known) > 1:
            detail = f"They are of different records: {', '.join(sorted(known))}."
            pointer = f"/{resource}/{position}/external_ids"
            found.faults.append(Fault(pointer, "conflict", detail))
        record_id = next(iter(known), None)
        merged = bool(holding) and all(holder.merged_from for holder in holding)
        if record_id is None and before and not own:
            record_id = before[position]
            if survivor := merges.survivor(connection, record_id):
                record_id, merged = survivor, True
        if record_id is None:
            record_id = id_of(resource, position) or new_id()
            found.generated.add(record_id)
        if merged:
            found.merged.add(position)
        found.ids.append(record_id)
    if not found.faults:
        found.faults.extend(repeated_records(resource, found))
    return found


def repeated_names(resource: str, names: Sequence[Sequence[str]]) -> list[Fault]:
    """List the external ids that more than one record of a list has."""
    first: dict[str, int] = {}
    found = []
    for position, own in enumerate(names):
        for name in own:
            if first.setdefault(name, position) != position:
                pointer = f"/{resource}/{position}/external_ids/{name.partition(':')[0]}"
                detail = f"/{resource}/{first[name]} has {name} too."
                found.append(Fault(pointer, "repeated", detail))
    return found


def repeated_records(resource: str, identities: Identities) -> Iterator[Fault]:
    """Yield the records of a list that equal an earlier one, apart from merged ones."""
    first: dict[str, int] = {}
    for position, record_id in enumerate(identities.ids):
        if position in identities.merged:
            continue
        if first.setdefault(record_id, position) != position:
            detail = f"/{resource}/{first[record_id]} is the same record."
            yield Fault(f"/{resource}/{position}", "repeated", detail)


def external_names(record: dict[str, Any]) -> list[str]:
    """Write the external ids of a raw record, which may have faults, as `scheme:value`."""
    sent = record.get("external_ids")
    if not isinstance(sent, dict):
        return []
    return [f"{scheme}:{value}" for scheme, value in sent.items() if isinstance(value, str)]
