"""A bundle that is built of Python objects, which refer to each other."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self, Unpack
from uuid import UUID

from attest_client._api import asked
from attest_client._api.models.bundle_result import BundleResult
from attest_client._api.types import Unset

Resource = Literal["documents", "actors", "locations", "events", "statements"]


NOT_IN_REFS = re.compile(r"[^A-Za-z0-9._-]+")
MAX_REF_CHARACTERS = 100


class Ref(str):
    """A record of a bundle, as the others of that bundle refer to it: put it where an id is due."""

    __slots__ = ("bundle", "resource")

    bundle: "Builder"
    resource: Resource

    def __new__(cls, bundle: "Builder", resource: Resource, name: str) -> Self:
        """Name a record."""
        made = super().__new__(cls, f"@{name}")
        made.bundle = bundle
        made.resource = resource
        return made

    @property
    def id(self) -> UUID:
        """Its id, once the bundle was sent."""
        result = self.bundle.result
        if result is None:
            raise ValueError(f"{self} has an id once its bundle was sent.")
        return result.ids[self[1:]]


class Builder:
    """The records of a bundle, as they are added."""

    result: BundleResult | None = None
    """The answer, once the bundle was sent."""

    def __init__(self, dataset: str) -> None:
        """Begin with none."""
        self.dataset = dataset
        self._records: dict[str, list[dict[str, Any]]] = {}
        self._refs: dict[tuple[str, str], Ref] = {}

    def document(self, **members: Unpack[asked.DocumentInBundle]) -> Ref:
        """Add a document."""
        return self._add("documents", members)

    def actor(self, **members: Unpack[asked.ActorInBundle]) -> Ref:
        """Add an actor."""
        return self._add("actors", members)

    def location(self, **members: Unpack[asked.LocationInBundle]) -> Ref:
        """Add a location."""
        return self._add("locations", members)

    def event(self, **members: Unpack[asked.EventInBundle]) -> Ref:
        """Add an event."""
        return self._add("events", members)

    def statement(self, **members: Unpack[asked.StatementInBundle]) -> Ref:
        """Add a statement."""
        return self._add("statements", members)

    def at(self, pointer: str | Unset) -> Ref | None:
        """Give the record that a fault's `pointer` leads to, such as `/statements/3/quote`.

        Where it was given no `ref`, what it prints has its first external id, or its name.
        """
        if isinstance(pointer, Unset):
            return None
        _, resource, place, *_ = [*pointer.split("/"), "", ""]
        return self._refs.get((resource, place))

    def to_dict(self) -> dict[str, Any]:
        """Give the bundle as it is sent."""
        self._check(self._records)
        return {"dataset": self.dataset, **self._records}

    def _add(self, resource: Resource, members: Mapping[str, Any]) -> Ref:
        listed = self._records.setdefault(resource, [])
        name = members.get("ref") or named(f"{resource}.{len(listed) + 1}", members)
        listed.append({**members, "ref": name})
        made = Ref(self, resource, name)
        self._refs[resource, str(len(listed) - 1)] = made
        return made

    def _check(self, value: object) -> None:
        """Refuse a record of another bundle, which the service would take for one of this."""
        if isinstance(value, Ref):
            if value.bundle is not self:
                raise ValueError(f"{value} is a record of another bundle.")
        elif isinstance(value, Mapping):
            for each in value.values():
                self._check(each)
        elif isinstance(value, list | tuple):
            for each in value:
                self._check(each)


def named(place: str, members: Mapping[str, Any]) -> str:
    """Name a record that was given no `ref`, so that people can tell which one it is."""
    ids = [f"{scheme}-{id_}" for scheme, id_ in (members.get("external_ids") or {}).items()]
    known = [*ids, *(members.get(name) for name in ("name", "title"))]
    texts = [NOT_IN_REFS.sub("-", each).strip("-") for each in known if each]
    return ".".join([place, *filter(None, texts)][:2])[:MAX_REF_CHARACTERS]
