"""A request as data, made by what the description says that its operation takes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeGuard
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from attest_client._api.operations import OPERATIONS, QUERIES
from attest_client.problems import NotInThePast

LONGEST_ADDRESS = 2000
"""Characters of an address up to which everybody takes it."""

READS = frozenset({"GET", "HEAD"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ONCE = ("If-Match", "If-None-Match", "Idempotency-Key")
"""Headers with which a write that is sent twice is done once."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, of an operation such as `GET /v1/events/{id}`."""

    operation: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    reads: bool = False

    @property
    def method(self) -> str:
        """The method of HTTP."""
        return self.operation.partition(" ")[0]

    @property
    def takes(self) -> frozenset[str]:
        """The parameters and headers that the operation takes."""
        return OPERATIONS[self.operation]

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again if nobody knows whether it was done."""
        return self.reads or any(name in self.headers for name in ONCE)


def request(  # noqa: PLR0913 - a request has so many parts
    method: str,
    path: str,
    asked: Mapping[str, Any] | None = None,
    *,
    ids: Mapping[str, object] | None = None,
    body: object = None,
    headers: Mapping[str, str | None] | None = None,
    as_of: str | None = None,
    reads: bool = False,
) -> Request:
    """Make a request; `asked` are parameters by their names in Python, None is not sent.

    A POST gets its `Idempotency-Key` where it takes one, and everything `as_of` where that is set.
    """
    if not path.startswith("/"):
        raise ValueError(f"{path!r} is no path: it begins with a slash, as in the description.")
    operation = f"{method} {path}"
    takes = OPERATIONS.get(operation, frozenset())
    names = {name.replace("-", "_"): name for name in takes}
    query: dict[str, str | list[str]] = {
        names.get(name, name): repeated(value)
        for name, value in (asked or {}).items()
        if value is not None
    }
    if isinstance((asked or {}).get("filter"), Mapping):
        query.setdefault("filter-lang", "cql2-json")
    if as_of is not None:
        if "as_of" not in takes:
            raise NotInThePast(f"{operation} cannot be asked as of an instant.")
        query.setdefault("as_of", as_of)
    sent = {
        name: header(name, value) for name, value in (headers or {}).items() if value is not None
    }
    content = None
    if body is not None:
        content = json.dumps(body, default=plain, ensure_ascii=False).encode()
        sent["Content-Type"] = "application/json"
    if "Idempotency-Key" in takes:
        sent.setdefault("Idempotency-Key", str(uuid4()))
    filled = path.format_map({name: step(id_) for name, id_ in (ids or {}).items()})
    address = f"{filled}?{urlencode(query, doseq=True)}" if query else filled
    return Request(operation, address, sent, content, reads or method in READS)


def header(name: str, value: str) -> str:
    """Give the value of a header; ValueError where it would not end with its line."""
    stripped = value.strip()
    if CONTROL.search(stripped):
        raise ValueError(f"{name} is one line, and cannot have control characters.")
    return stripped


def step(id_: object) -> str:
    """Write an id as one step of a path; ValueError where it would lead elsewhere."""
    text = str(id_)
    if text in {"", ".", ".."}:
        raise ValueError(f"{text!r} is no id.")
    return quote(text, safe="")


def search(path: str, asked: Mapping[str, Any], as_of: str | None) -> Request:
    """Ask for a list by a POST, which has room for more values than an address has."""
    members = QUERIES[f"POST {path}/search"]
    names = {name.replace("-", "_"): name for name in members}
    body = {
        names.get(name, name): (
            interval(value)
            if is_interval(value)
            else _listed(value, members.get(names.get(name, name)))
        )
        for name, value in {"as_of": as_of, **asked}.items()
        if value is not None
    }
    return request("POST", f"{path}/search", body=body, reads=True)


def _listed(value: object, of: str | None) -> object:
    """Give a list for what stands alone, where a list `of` some type is due."""
    if of is None or (isinstance(value, Sequence) and not isinstance(value, str)):
        return value
    return [float(each) for each in str(value).split(",")] if of == "number" else [value]


def repeated(value: object) -> str | list[str]:
    """Write a value as parameters have it; of lists of lists, each is a parameter by itself."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        lists = [isinstance(each, Sequence) and not isinstance(each, str) for each in value]
        if lists and all(lists):
            return [written(each) for each in value]
    return written(value)


def written(value: object) -> str:
    """Write a value as parameters have it: several with commas between them."""
    if is_interval(value):
        return interval(value)
    if isinstance(value, Mapping):
        return json.dumps(value, default=plain, ensure_ascii=False)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(_quoted(_plain_text(each)) for each in value)
    return _plain_text(value)


def _quoted(text: str) -> str:
    """Quote one of several values where it has a comma."""
    return '"' + text.replace('"', '""') + '"' if "," in text or text.startswith('"') else text


def _plain_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return instant(value) if isinstance(value, datetime) else str(value)


def is_interval(value: object) -> TypeGuard[tuple[date | None, date | None]]:
    """Tell whether a value is two days or instants, of which one may be None: an open end."""
    match value:
        case (None | date(), None | date()):
            return isinstance(value, tuple) and any(value)
    return False


def interval(value: tuple[date | None, date | None]) -> str:
    """Write two days or instants as `datetime` has them."""
    return "/".join(".." if each is None else _plain_text(each) for each in value)


def instant(value: datetime | str) -> str:
    """Write an instant (RFC 3339); the name of a release stays as it is."""
    if isinstance(value, str):
        return value
    if value.tzinfo is None:
        raise ValueError("An instant needs a time zone: datetime.now(UTC), for example.")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: object) -> Any:
    """Give what JSON has for a value: models, ids, dates, and mappings of all kinds."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON.")
