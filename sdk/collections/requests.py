"""A request of a collection, and what it has to do with those before and behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query string or a header: whether it is sent, and what it is for."""

    name: str
    value: str
    sent: bool = True
    description: str = ""


@dataclass(frozen=True)
class Check:
    """A member of the answer, by its JSON pointer, that is, or is not, a value or a variable."""

    pointer: str
    equal: bool
    value: Any
    variable: bool = False


@dataclass(frozen=True)
class Request:
    """One request. `{{name}}` in its parts is a variable that an earlier request has filled."""

    name: str
    method: str
    path: str
    description: str = ""
    query: Sequence[Parameter] = ()
    headers: Sequence[Parameter] = ()
    body: Any = None
    media_type: str = "application/json"
    statuses: Sequence[int] = (200,)
    checks: Sequence[Check] = ()
    keeps: Mapping[str, str] = field(default_factory=dict)
    """Variables for later requests: a name, and a JSON pointer into the answer or `ETag`."""


@dataclass(frozen=True)
class Folder:
    """Requests, or further folders, that serve one purpose."""

    name: str
    description: str
    entries: Sequence["Folder | Request"]

    def requests(self) -> Iterator[Request]:
        """List the requests in it, in order."""
        for entry in self.entries:
            yield from entry.requests() if isinstance(entry, Folder) else [entry]
