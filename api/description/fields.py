"""How our own fields are described: what JSON they are, or text in a query string."""

from collections.abc import Callable
from typing import Any

from api.description.jsonschema import without_null
from schemas.changes import Behind
from schemas.cql2.parameters import MAX_BYTES, Cql2
from schemas.fields.groupings import Groupings
from schemas.fields.ids import SCHEME, ExternalIds
from schemas.fields.moments import INSTANT, RELEASE, Interval, Moment
from schemas.fields.parameters import (
    CommaSeparated,
    Cursor,
    ExternalId,
    Numbers,
    Scheme,
)
from schemas.fields.places import LATITUDE, LONGITUDE, Point


def ours(converter: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """Describe our own fields to apispec: what JSON they are, or text in a query string."""
    del ret
    if isinstance(field, CommaSeparated):
        return separated(converter, field)
    return next((shape(field) for kind, shape in SHAPES.items() if isinstance(field, kind)), {})


def separated(converter: Any, field: CommaSeparated) -> dict[str, Any]:
    """Describe values with commas between them."""
    if isinstance(field, Groupings):
        lists = {"type": "string", "pattern": field.pattern}
        return {"type": "array", "items": lists, "minItems": 1, "maxItems": field.most}
    inner = without_null(converter.field2property(field.inner))
    inner.pop("example", None)
    if inner["type"] == "string" and not {"enum", "pattern"} & inner.keys():
        # A comma would begin the next value, unless it stands in double quotes.
        inner["pattern"] = '^([^,"][^,]*|"([^"]|"")+")$'
    return {"type": "array", "items": inner, "minItems": 1}


def numbers(field: Numbers) -> dict[str, Any]:
    """Describe numbers with commas between them."""
    number = r"-?\d+(\.\d+)?"
    return {"type": "string", "pattern": f"^{number}(,{number}){{{field.count - 1}}}$"}


def bounded(*limits: float) -> dict[str, Any]:
    """Describe a list of numbers, each between a limit and its opposite."""
    return {
        "prefixItems": [{"type": "number", "minimum": -limit, "maximum": limit} for limit in limits]
    }


def text(pattern: str) -> dict[str, Any]:
    """Describe a text of some form."""
    return {"type": "string", "pattern": f"^{pattern}$"}


SHAPES: dict[type, Callable[[Any], dict[str, Any]]] = {
    Numbers: numbers,
    Point: lambda _: bounded(LONGITUDE, LATITUDE),
    ExternalIds: lambda _: {"propertyNames": {"pattern": f"^{SCHEME.pattern}$"}},
    ExternalId: lambda _: text(f"{SCHEME.pattern}:[^,]+"),
    Scheme: lambda _: text("[^:,]+:[^,]+"),
    Interval: lambda _: text(".+"),
    Cursor: lambda _: text(".+"),
    Moment: lambda _: text(f"({RELEASE.pattern}|{INSTANT.pattern})"),
    Behind: lambda _: text(".+"),
    Cql2: lambda _: {"type": "string", "minLength": 1, "maxLength": MAX_BYTES},
}
"""How our own fields are described; the first kind that fits counts."""
