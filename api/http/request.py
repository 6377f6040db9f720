"""A request's query string and JSON body, read strictly."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from schemas.fields.values import Reason
from schemas.lists import Query
from schemas.problem import BadQuery, Fault, Invalid, escaped, faults

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
SCHEMA_JSON = "application/schema+json"
LD_JSON = "application/ld+json"

MAX_INTEGER = 2**63
"""Whole numbers at or beyond this are not read alike by all JSON readers."""

MAX_DEPTH = 100
"""Maximum depth of objects and lists in each other."""

MAX_SHORT_BYTES = 1_048_576
"""Maximum length of a body that is no record or bundle, in bytes."""


ODD = re.compile(rb"\\u|\d{19}|\d[eE][+-]?\d{3}")
"""A sign that JSON may have a NUL character, half a surrogate pair, or too large a number."""


def query(schema: type[Query]) -> dict[str, Any]:
    """Read the query string; BadQuery lists every parameter that is wrong."""
    return {**understood(schema, request.query_string)}


@lru_cache(1_024)
def understood(schema: type[Query], text: bytes) -> dict[str, Any]:
    """Read a query string, or take the result from the cache."""
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(text.decode(errors="replace"), keep_blank_values=True):
        given.setdefault(name, []).append(value)
    several = schema.several()
    found = [
        Fault(name, "repeated", "This is given more than once, and takes one value.")
        for name, values in given.items()
        if len(values) > 1 and name not in several
    ]
    found += [
        Fault(unquote(name.decode()), unreadable.code, unreadable)
        for name, _, value in (pair.partition(b"=") for pair in text.split(b"&"))
        if (unreadable := unreadable_text(unquote_to_bytes(name) + unquote_to_bytes(value)))
    ]
    try:
        read = schema.read(
            {name: values if name in several else values[0] for name, values in given.items()}
        )
    except ValidationError as error:
        found += [
            Fault(fault.where[1:].split("/")[0], fault.code, fault.detail)
            for fault in faults(error.normalized_messages())
        ]
    if found:
        raise BadQuery([*dict.fromkeys(found)])
    return read


def unreadable_text(text: bytes) -> Reason | None:
    """Say why PostgreSQL cannot store a text, if it cannot."""
    try:
        whole = "\0" not in text.decode()
    except UnicodeDecodeError:
        return Reason("A text is encoded in UTF-8.", "utf8")
    return None if whole else Reason("A text cannot hold a NUL character.", "nul")


def body(*types: str) -> dict[str, Any]:
    """Read the body: a JSON object without duplicate names, NaN or values that cannot be kept."""
    wanted = types or (JSON,)
    if request.mimetype not in wanted:
        sent_as = f"was sent as {request.mimetype}" if request.mimetype else "has no Content-Type"
        raise UnsupportedMediaType(f"The body {sent_as}; it must be {' or '.join(wanted)}.")
    if request.content_encoding:
        raise UnsupportedMediaType("The body must not be compressed.")
    data = received()
    try:
        sent = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=unambiguous,
            parse_constant=_refuse_constant,
        )
    except RecursionError as error:
        raise BadRequest("The body nests too deep.") from error
    except ValueError as error:  # also UnicodeDecodeError and JSONDecodeError
        # Python says of a number with thousands of digits how to raise its own limit.
        reason = "a number has too many digits" if "integer string" in str(error) else error
        raise BadRequest(f"The body is not JSON: {reason}.") from error
    if not isinstance(sent, dict):
        raise Invalid([Fault("", "type", "The body must be an object.")])
    # Nearly all bodies show at a glance that nothing in them is out of the ordinary.
    odd = ODD.search(data) or data.count(b"{") + data.count(b"[") > MAX_DEPTH
    if odd and (found := list(unstorable(sent))):
        raise Invalid(found)
    return sent


def short_body() -> dict[str, Any]:
    """Read a body that is no record or bundle: whoever may only read can send these, too."""
    most = request.max_content_length
    request.max_content_length = MAX_SHORT_BYTES if most is None else min(most, MAX_SHORT_BYTES)
    return body()


def received() -> bytes:
    """Receive the whole body; RequestEntityTooLarge, also without a Content-Length."""
    most = request.max_content_length
    if request.content_length is None and most is not None:
        request.max_content_length = most + 1  # werkzeug cuts off there what comes in chunks
    try:
        data = request.get_data()
    finally:
        request.max_content_length = most
    if most is not None and len(data) > most:
        raise RequestEntityTooLarge
    return data


def body_of(
    schema: Schema, before: Callable[[Mapping[str, Any]], None] = lambda _: None
) -> dict[str, Any]:
    """Read a body that is not a record, by its schema; Invalid lists all its faults.

    What would take too long to read is refused by what looks at it `before`.
    """
    sent = short_body()
    before(sent)
    try:
        found: dict[str, Any] = schema.load(sent)
    except ValidationError as error:
        raise Invalid([*faults(error.normalized_messages())]) from error
    return found


def unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members; ValueError for a duplicate name."""
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for twice, _ in pairs:
            if twice in seen:
                break
            seen.add(twice)
        message = f"the name {json.dumps(twice)} stands twice in one object"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number of JSON"
    raise ValueError(message)


def unstorable(value: Any, pointer: str = "", depth: int = 0) -> Iterator[Fault]:
    """Find valid JSON that cannot be stored or sent again unchanged."""
    if depth > MAX_DEPTH:
        yield Fault(pointer, "depth", f"This nests deeper than {MAX_DEPTH} levels.")
    elif isinstance(value, dict):
        for name, member in value.items():
            where = f"{pointer}/{escaped(name)}"
            yield from unstorable_scalar(name, where)
            yield from unstorable(member, where, depth + 1)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from unstorable(item, f"{pointer}/{position}", depth + 1)
    else:
        yield from unstorable_scalar(value, pointer)


def unstorable_scalar(value: Any, pointer: str) -> Iterator[Fault]:
    """Find a text or a number that cannot be stored."""
    if isinstance(value, str):
        if "\0" in value:
            yield Fault(pointer, "nul", "A text cannot hold a NUL character.")
        if any("\ud800" <= character <= "\udfff" for character in value):
            yield Fault(pointer, "surrogate", "A text cannot hold half of a surrogate pair.")
    elif isinstance(value, int) and not -MAX_INTEGER <= value < MAX_INTEGER:
        yield Fault(pointer, "range", "A whole number must fit into 64 bits.")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(pointer, "range", "A number must be finite.")
