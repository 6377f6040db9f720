"""Host names under which the service may be called: links repeat the Host header."""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

from flask import current_app, request
from werkzeug.exceptions import NotFound

from api.http.context import settings
from schemas.fields.ids import UUID
from schemas.problem import BadHeader, BadPath, Fault

HOST = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
"""A host, perhaps with a port (RFC 9110, section 7.2)."""

MAX_PORT = 65_535
"""The highest port there is."""

FORM = re.compile(r"(/v1/[a-z/]{1,40}\.)[a-z]{1,20}")
"""A path that ends with the form that something is exported in."""

ADDRESSES = "*"
"""Stands among the hosts for all that are IP addresses."""


def addressed() -> None:
    """Refuse a request without a host, for a foreign host, or with a malformed path."""
    environ = request.environ
    host = environ.get("HTTP_HOST")
    if host is None and environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return  # which has no need of it
    name = name_in(host or "")
    if name is None:
        what = "is not one host" if host else "is missing"
        raise BadHeader([Fault("Host", "host", f"The header Host {what}.")])
    if not is_ours(name):
        detail = f"This service is not called {name}; who runs it names its hosts in ATTEST_HOSTS."
        raise BadHeader([Fault("Host", "host", detail)])
    # werkzeug takes several slashes at the beginning for one.
    if environ.get("PATH_INFO", "").startswith("//"):
        raise NotFound


@lru_cache(64)
def name_in(host: str) -> str | None:
    """Take the name from a host and port; None if that is malformed."""
    named = HOST.fullmatch(host)
    if named is None or int(named["port"] or 0) > MAX_PORT:
        return None
    return named["name"].removesuffix(".").lower()


def is_ours(name: str) -> bool:
    """Say whether the service may be called under a host."""
    hosts: frozenset[str] | None = settings()["hosts"]
    return hosts is None or name in hosts or (ADDRESSES in hosts and is_address(name))


def is_address(name: str) -> bool:
    """Say whether a host is an IP address, which DNS cannot redirect."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


UUIDS, NUMBERS = "uuid", "int"
"""Converters of parts of a path that have a form."""


class Form(NamedTuple):
    """The pattern that a converter accepts; the code and the sentence for anything else."""

    pattern: re.Pattern[str]
    code: str
    detail: str


FORMS = {
    UUIDS: Form(UUID, "uuid", "This is not a UUID, as the ids of records are."),
    NUMBERS: Form(re.compile("[0-9]{1,18}"), "invalid", "This is not a whole number."),
}


def misshapen(path: str) -> BadPath | None:
    """List the parts of an unknown path that have the wrong form."""
    for rule in current_app.url_map.iter_rules():
        kinds = re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)
        form = re.sub(r"<(?:\w+:)?(\w+)>", r"(?P<\1>[^/]+)", rule.rule)
        found = re.fullmatch(form, path) if kinds else None
        wrong = [
            Fault(name.removeprefix("record_"), FORMS[kind].code, FORMS[kind].detail)
            for kind, name in kinds
            if found and kind in FORMS and not FORMS[kind].pattern.fullmatch(found[name])
        ]
        if wrong:
            return BadPath(wrong)
    return None


def other_forms(path: str) -> list[str]:
    """List the paths of the available formats, where a path names another one."""
    if not (asked := FORM.fullmatch(path)):
        return []
    rules = sorted(rule.rule for rule in current_app.url_map.iter_rules())
    return [rule for rule in rules if rule.startswith(asked[1]) and FORM.fullmatch(rule)]
