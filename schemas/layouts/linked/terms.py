"""Terms: the IRI that a member of a record has, and how its value is written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.layouts.linked.values import DAY, address, days

VOCABULARIES = {
    "schema": "https://schema.org/",
    "attest": "urn:attest:",
    "prov": "http://www.w3.org/ns/prov#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes of IRIs. What has no term elsewhere is `attest:` and the name that the member has."""

UNPREFIXED = "schema:"
"""The prefix of types, and of terms that need no definition."""

EDTF = "edtf:EDTF"
"""The type of dates that may be uncertain or open (Library of Congress)."""

INSTANT = "xsd:dateTime"

Node = Mapping[str, Any]
"""An object of a record, or the record itself."""

Written = Iterator[tuple[str, Any]]
"""Keys of JSON-LD, and their values."""


@dataclass(frozen=True)
class Addresses:
    """The addresses of records, absolute: whoever keeps an answer can still follow them."""

    root: str

    def of(self, resource: str, record_id: str) -> dict[str, str]:
        """Refer to a record."""
        return {"@id": f"{self.root}/v1/{resource}/{record_id}"}

    def revision(self, resource: str, record_id: str, number: int) -> dict[str, str]:
        """Refer to a revision of a record."""
        return self.of(resource, f"{record_id}/revisions/{number}")


@dataclass(frozen=True)
class Term:
    """A term whose value is written as it stands, perhaps of a type or ordered in a list."""

    iri: str
    type: str | None = None
    container: str | None = None

    @property
    def key(self) -> str:
        """Name the term in JSON: the IRI without its prefix."""
        return self.iri.partition(":")[2]

    def definitions(self) -> Written:
        """Define the term, and those inside its value, for a context."""
        more = {"@type": self.type, "@container": self.container}
        given = {name: value for name, value in more.items() if value}
        if given or not self.iri.startswith(UNPREFIXED):
            yield self.key, {"@id": self.iri, **given} if given else self.iri

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write a value that is known, which a member of `holder` has."""
        del holder, addresses
        yield self.key, value


@dataclass(frozen=True)
class LeftOut(Term):
    """A member that is not written, or by the term of another one: `iri` says why."""

    def definitions(self) -> Written:
        """Define nothing."""
        yield from ()

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write nothing."""
        del value, holder, addresses
        yield from ()


@dataclass(frozen=True, kw_only=True)
class Record(Term):
    """A term whose values are other records, by their ids."""

    to: str

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Refer to the records."""
        del holder
        many = isinstance(value, list)
        found = [addresses.of(self.to, one) for one in (value if many else [value])]
        yield self.key, found if many else found[0]


@dataclass(frozen=True)
class Address(Term):
    """A term whose value is the address of something elsewhere, or else a text."""

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write an address as such only where it is one."""
        del holder, addresses
        yield self.key, {"@id": value} if address(value) else value


@dataclass(frozen=True)
class Day(Term):
    """A date (EDTF), and beside it the days of its ends that are known exactly."""

    type: str | None = EDTF
    first: str = ""
    last: str = ""

    def definitions(self) -> Written:
        """Define the date and its ends."""
        yield from super().definitions()
        for iri in filter(None, (self.first, self.last)):
            yield from Term(iri, DAY).definitions()

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write the date as it stands, and its ends where they are known to the day."""
        yield from super().write(value, holder, addresses)
        first, last = days(value)
        if self.first and (self.last or "/" not in value):  # an interval is not one day
            yield Term(self.first).key, first
        if self.last:
            yield Term(self.last).key, last


@dataclass(frozen=True)
class Nodes(Term):
    """A term whose values are objects, with terms of their own and perhaps a type."""

    members: Mapping[str, Term] | None = None
    kind: str | tuple[str, ...] | Callable[[Node], str] = ""

    def definitions(self) -> Written:
        """Define the term and those of the objects."""
        yield from super().definitions()
        for term in (self.members or {}).values():
            yield from term.definitions()

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write the objects, one or a list."""
        del holder
        many = isinstance(value, list)
        found = [self.node(one, addresses) for one in (value if many else [value])]
        yield self.key, found if many else found[0]

    def node(self, value: Node, addresses: Addresses) -> dict[str, Any]:
        """Write one object."""
        kind = self.kind(value) if callable(self.kind) else self.kind
        typed = {"@type": kind} if kind else {}
        return {**typed, **written(self.members or {}, value, addresses)}


def written(table: Mapping[str, Term], holder: Node, addresses: Addresses) -> dict[str, Any]:
    """Write the members of an object by their terms; what is not known is not there."""
    found: dict[str, Any] = {}
    for member, term in table.items():
        if holder.get(member) is None:
            continue
        for key, value in term.write(holder[member], holder, addresses):
            if value is not None:
                found[key] = [*listed(found[key]), *listed(value)] if key in found else value
    return found


def listed(value: Any) -> list[Any]:
    """Take one value for a list of it."""
    return value if isinstance(value, list) else [value]


def context(*tables: Mapping[str, Term]) -> dict[str, Any]:
    """Define the terms of tables: all that is needed to read what is written by them."""
    found: dict[str, Any] = {"@version": 1.1, "@vocab": VOCABULARIES["schema"], **VOCABULARIES}
    for table in tables:
        for term in table.values():
            found.update(term.definitions())
    return found
