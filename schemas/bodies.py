"""Queries in a body: the parameters of a list as JSON, with its own types instead of texts."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from schemas.cql2.parameters import BodyText, Cql2
from schemas.fields.parameters import CommaSeparated, Each, Numbers
from schemas.fields.values import Boolean, Float, Integer, Reason, refusal
from schemas.lists import Query, loader

MAX_VALUES = 1_000
"""Maximum number of values of one parameter."""

Sent = Mapping[str, Any]


def read(query: type[Query], sent: Sent) -> dict[str, Any]:
    """Load what a body asks; ValidationError lists all faults, where they are in the body."""
    schema = loader(query)
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    faults: dict[str, Any] = {}
    taken: dict[str, Any] = {}
    for name, value in sent.items():
        try:
            taken[name] = typed(known[name], value) if name in known else value
        except ValidationError as error:
            faults[name] = error.messages
    try:
        found: dict[str, Any] = schema.load(taken)
    except ValidationError as error:
        further = error.normalized_messages()
        if faults:  # a rejected parameter may be the one that another fault calls missing
            further = {name: each for name, each in further.items() if name in taken}
        faults = {**further, **faults}
    if faults:
        raise ValidationError(faults)
    return {name: value for name, value in found.items() if value is not None}


def typed(field: fields.Field[Any], value: Any) -> Any:
    """Convert a JSON value to what its field reads; ValidationError for a wrong JSON type."""
    if value is None:
        raise refusal("null", "This may not be null: leave it out.")
    take = next((take for kind, take in KINDS if isinstance(field, kind)), text)
    return take(value)


def values(value: Any) -> Each:
    """Take a list of values, each as it is."""
    if not isinstance(value, list) or not value:
        raise refusal("type", 'This is a list of values, as ["one", "other"].')
    if len(value) > MAX_VALUES:
        raise refusal("length", f"This has {MAX_VALUES} values at the most.")
    faults = {
        number: [Reason("This is a text or a number.", "type")]
        for number, each in enumerate(value)
        if isinstance(each, bool) or not isinstance(each, (str, int, float))
    }
    if faults:
        raise ValidationError(faults)
    return Each(value)


def numbers(value: Any) -> str:
    """Take a list of numbers."""
    if not isinstance(value, list) or not all(map(is_number, value)):
        raise refusal("type", "This is a list of numbers.")
    return ",".join(repr(number) for number in value)


def is_number(value: Any) -> bool:
    """Tell a number of JSON from true and false."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def number(value: Any) -> Any:
    """Take a number."""
    if not is_number(value):
        raise refusal("type", "This is a number.")
    return value


def boolean(value: Any) -> Any:
    """Take true or false."""
    if not isinstance(value, bool):
        raise refusal("type", "This is true or false.")
    return value


def cql2(value: Any) -> Any:
    """Take a filter, as text or as an object."""
    if isinstance(value, str):
        return BodyText(value)
    if not isinstance(value, dict):
        raise refusal("type", "A filter is a text or an object.")
    return value


def text(value: Any) -> Any:
    """Take a text."""
    if not isinstance(value, str):
        raise refusal("type", "This is a text.")
    return value


KINDS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (CommaSeparated, values),
    (Numbers, numbers),
    (Cql2, cql2),
    (Boolean, boolean),
    ((Integer, Float), number),
)
"""The type that each kind of field takes in a body; all others take a text."""
