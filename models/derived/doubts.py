"""Doubts that change no count: shared carriers, related origins, copies of retracted documents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from models.database.connections import Connection
from models.derived.evidence import Names
from models.lists.conditions import BELONGING

Together = list[tuple[Any, dict[str, Any]]]
"""The statements of one origin, each beside how it is shown."""

LIST_RELATED = f"""
SELECT affiliations.actor_id::text, affiliations.of_id::text, affiliations.position
FROM affiliations
WHERE affiliations.actor_id = ANY(%(actors)s::uuid[])
    AND affiliations.of_id = ANY(%(actors)s::uuid[]) AND affiliations.role IN {BELONGING}
    AND EXISTS (
        SELECT FROM unnest(%(spoke)s::uuid[], %(starts)s::date[], %(ends)s::date[])
            AS said (actor_id, starts_on, ends_on)
        WHERE said.actor_id IN (affiliations.actor_id, affiliations.of_id)
            AND affiliations.starts_on <= said.ends_on AND affiliations.ends_on >= said.starts_on
    )
ORDER BY affiliations.actor_id, affiliations.position
"""
"""Affiliations between some actors that held, or may have, when one of the two spoke."""


class Carriers:
    """Who carried statements, from the speaker on."""

    def __init__(
        self,
        names: Names,
        documents: Mapping[str, Any],
        reprinted: Mapping[str, Sequence[str]],
    ) -> None:
        """Take the names, the documents of statements, and what each of those reprints."""
        self.names, self.documents, self.reprinted = names, documents, reprinted

    def of_statement(self, statement: Any) -> dict[str, dict[str, Any]]:
        """Give who carried a statement: its chain, and who published its document or an original.

        Its speaker is not a carrier of it.
        """
        within = statement["document_id"]
        printed = [within, *self.reprinted.get(within, ())] if within else []
        steps = [(step["actor_id"], step["label"]) for step in statement["chain"] or ()]
        steps += [(self.documents[one]["publisher_id"], None) for one in reversed(printed)]
        own = {statement["speaker_id"], statement["on_behalf_of_id"]}
        carriers: dict[str, dict[str, Any]] = {}
        for actor_id, label in steps:
            if (actor_id or label) and (actor_id is None or actor_id not in own):
                key = actor_id or " ".join(label.casefold().split())
                name = self.names.name(actor_id) or label
                carriers.setdefault(key, {"actor_id": actor_id, "name": name})
        return carriers

    def of(self, together: Together) -> list[dict[str, Any]]:
        """List the carriers of an origin's statements."""
        return [*united(self.of_statement(statement) for statement, _ in together).values()]

    def summary(self, origins: Sequence[Together]) -> dict[str, Any]:
        """Count the carriers of origins, and say whether all that they say came through one."""
        each = [self.of_statement(statement) for together in origins for statement, _ in together]
        carriers = united(each)
        shared = [one for key, one in carriers.items() if all(key in some for some in each)]
        unknown = sum(not self.of(together) for together in origins)
        return {
            "origins": len(origins),
            "carriers": len(carriers),
            "shared": shared,
            "summary": sentence(len(origins), len(carriers), shared, unknown),
        }


def united(carriers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Unite the carriers of several statements, each under its first name."""
    result: dict[str, Any] = {}
    for some in carriers:
        for key, one in some.items():
            result.setdefault(key, one)
    return result


def sentence(
    origins: int, carriers: int, shared: Sequence[Mapping[str, Any]], unknown: int
) -> str | None:
    """Say in words through whom origins came; None without origins."""
    if not origins:
        return None
    named = " and ".join(str(one["name"]) for one in shared)
    if origins == 1:
        if named:
            return f"1 origin, through {named}."
        return (
            f"1 origin, through {several(carriers)}." if carriers else "1 origin, no carrier known."
        )
    if named:
        return f"{origins} origins, {'both' if origins == 2 else 'all'} through {named}."  # noqa: PLR2004 - two are both
    if not carriers:
        return f"{origins} origins, no carrier known."
    rest = f"; of {unknown} none is known" if unknown else ""
    return f"{origins} origins, through {several(carriers)}{rest}."


def several(carriers: int) -> str:
    """Write the number of carriers, none of whom carried all."""
    return "1 carrier, not all of them" if carriers == 1 else f"{carriers} carriers"


def related(
    connection: Connection,
    event: Mapping[str, Any],
    sections: Iterable[Mapping[Any, Together]],
    names: Names,
) -> list[dict[str, Any]]:
    """List pairs of origins of which one belonged to the other when one of them spoke.

    A statement without a date is taken to have the event's.
    """
    origins: dict[str, set[Any]] = {}
    said: list[tuple[str, str, str]] = []
    for section in sections:
        for counted, together in section.items():
            for statement, _ in together:
                for actor_id in {statement["speaker_id"], statement["on_behalf_of_id"]} - {None}:
                    origins.setdefault(actor_id, set()).add(counted)
                    said.append((actor_id, *days(statement if statement["date"] else event)))
    if len({counted for each in origins.values() for counted in each}) < 2:  # noqa: PLR2004 - a pair
        return []
    spoke, starts, ends = zip(*dict.fromkeys(said), strict=True)
    asked = {"actors": [*origins], "spoke": [*spoke], "starts": [*starts], "ends": [*ends]}
    return [
        described(names, actor_id, of_id, position)
        for actor_id, of_id, position in connection.execute(LIST_RELATED, asked)
        if origins[actor_id] != origins[of_id] or len(origins[actor_id]) > 1
    ]


def days(record: Mapping[str, Any]) -> tuple[str, str]:
    """Give the bounds of a record's date; without a date, all of time."""
    return record["starts_on"] or "-infinity", record["ends_on"] or "infinity"


def described(names: Names, actor_id: str, of_id: str, position: int) -> dict[str, Any]:
    """Describe how one actor belonged to another, by an affiliation of it."""
    affiliation = names.records["responsibility"][actor_id]["affiliations"][position]
    return {
        "actor_id": actor_id,
        "actor": names.name(actor_id),
        "role": affiliation["role"],
        "title": affiliation["title"],
        "of_id": of_id,
        "of": names.name(of_id),
        "date": affiliation["date"],
    }


def of_retracted(
    counting: Collection[str | None],
    documents: Mapping[str, Any],
    reprinted: Mapping[str, Sequence[str]],
) -> list[dict[str, Any]]:
    """List the counting documents whose original was retracted, and the reason."""
    return [
        {
            "document_id": one,
            "title": documents[one]["title"],
            "original_id": above,
            "original_title": documents[above]["title"],
            "reason": documents[above]["retraction"]["reason"],
        }
        for one in sorted(filter(None, counting))
        for above in reprinted.get(one, ())
        if documents[above]["retraction"]
    ]
