"""The parameters of a filter, and the tree that it is parsed into."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields

from schemas.cql2 import encoded, text
from schemas.cql2.check import checked
from schemas.cql2.nodes import Node, Refused
from schemas.cql2.properties import properties
from schemas.fields.values import Field, Reason
from schemas.record import RecordSchema

TEXT, JSON = LANGUAGES = ("cql2-text", "cql2-json")
"""The languages of filters."""

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""Longitude and latitude of WGS 84, in this order."""

MAX_BYTES, MAX_BODY_BYTES = 8_192, 65_536
"""Maximum length of a filter in UTF-8, in a query string and in a body."""

FILTERS_KEPT = 128
"""How many filters are remembered as they were understood."""

Understood = tuple[tuple[Any, ...], tuple[Refused, ...]]
"""The tree of a filter, and what is wrong with it."""


class BodyText(str):
    """A filter that was sent in a body, where it may be longer."""

    __slots__ = ()


class Cql2(Field, fields.Field[Any]):
    """A filter as it was sent: a text or, in a body, an object."""

    def __init__(self, description: str, example: object, **more: Any) -> None:
        """Take what is read together with its language."""
        super().__init__(description, example, nullable=False, **more)


class About(NamedTuple):
    """The schema of the records that a filter is about, and the parameters that stand beside it."""

    record: type[RecordSchema]
    parameters: frozenset[str]


def understood(about: About, query: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the tree of a query's filter; ValidationError lists all that is wrong with it."""
    written = query["filter"]
    most = MAX_BODY_BYTES if isinstance(written, BodyText) else MAX_BYTES
    if isinstance(written, Mapping):
        tree, faults = of_node(about, lambda: encoded.read(written))
    elif not isinstance(written, str):
        tree, faults = (), (Refused("", "type", "A filter is a text or an object."),)
    elif len(written.encode(errors="replace")) > most:
        tree, faults = (), (Refused("", "length", f"A filter has {most} bytes at the most."),)
    else:
        tree, faults = of_text(about, written, query.get("filter_lang", TEXT))
    if not faults:
        return tree
    if isinstance(written, Mapping):
        raise ValidationError({"filter": nested(faults)})
    raise ValidationError({"filter": [Reason(str(each), each.code) for each in faults]})


def nested(faults: tuple[Refused, ...]) -> dict[str, Any]:
    """Give faults of an object where they are in it."""
    found: dict[str, Any] = {}
    for fault in faults:
        place = found
        for step in str(fault.at).split("/")[1:]:
            place = place.setdefault(step.replace("~1", "/").replace("~0", "~"), {})
        place.setdefault("_schema", []).append(Reason(fault.sentence, fault.code))
    return found


@lru_cache(FILTERS_KEPT)
def of_text(about: About, written: str, language: str) -> Understood:
    """Read a filter from a text, or remember how it was read."""
    parse = encoded.parse if language == JSON else text.parse
    return of_node(about, lambda: parse(written))


def of_node(about: About, parse: Any) -> Understood:
    """Check what is parsed."""
    try:
        node: Node = parse()
    except Refused as fault:
        return (), (fault,)
    found = checked(node, properties(about.record), about.parameters)
    return found.tree, tuple(found.faults)
