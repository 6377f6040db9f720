"""Problems: faults, and the answer that carries them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import INCLUDE, Schema

from schemas.fields.values import MAX_COUNT, Integer, List, Map, Nested, Raw, Text
from schemas.fields.words import Word


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a JSON pointer or a parameter's name), its code, and why."""

    where: str
    code: str
    detail: str


class Invalid(Exception):  # noqa: N818 - it names what is so, as the other refusals do
    """The body has faults, listed by JSON pointer."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults, at least one, in the order found."""
        super().__init__(f"{len(faults)} fault(s)")
        self.faults = list(faults)


class BadQuery(Invalid):
    """The query string has faults, listed by parameter."""


class BadHeader(Invalid):
    """Headers have faults, listed by their names."""


class BadPath(Invalid):
    """There can be nothing at the address, for a parameter in its path has not the form."""


def escaped(token: object) -> str:
    """Write one step of a JSON pointer (RFC 6901, section 3)."""
    text = str(token).encode(errors="replace").decode()  # what is no Unicode cannot be answered
    return text.replace("~", "~0").replace("/", "~1")


def faults(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[Fault]:
    """Flatten marshmallow's nested messages into faults, with pointers below `prefix`."""
    for key, value in messages.items():
        # marshmallow keeps what concerns a whole object under "_schema".
        where = prefix if key == "_schema" else f"{prefix}/{escaped(key)}"
        if isinstance(value, Mapping):
            yield from faults(value, where)
        else:
            for message in value:
                yield Fault(where, getattr(message, "code", "invalid"), str(message))


class FaultSchema(Schema):
    """One fault of a request: where it is, a stable code, and what is wrong in words."""

    class Meta:
        """Each says where it is: by a pointer, a parameter or a header."""

        unknown = INCLUDE

    pointer = Text(
        "The place in the body (RFC 6901); empty is all of it.",
        "/participants/0/actor_id",
        shortest=0,
        nullable=False,
    )
    parameter = Text(
        "The parameter of the query string or the path.", "datetime", shortest=0, nullable=False
    )
    header = Text("The header.", "Edit-Comment", nullable=False)
    code = Word("The fault, for programs.", "not_found", required=True)
    detail = Text("The fault, for people.", "No actor has this id.", required=True)


class ProblemSchema(Schema):
    """A refusal, as of RFC 9457: problem details for HTTP APIs."""

    class Meta:
        """Some refusals carry more: the current record, the tombstone, what conflicts."""

        unknown = INCLUDE

    type = Text(
        "The type of problem, for programs: the address at which the service explains it.",
        "/problems/invalid-body",
        required=True,
    )
    title = Text("The type in words.", "Invalid body", required=True)
    status = Integer("The HTTP status code.", 422, required=True)
    detail = Text("This occurrence of the problem.", "The body has 2 faults.", required=True)
    instance = Text(
        "The path that was asked for.", "/v1/events", required=True, shortest=0, longest=MAX_COUNT
    )
    request_id = Text("The id of the request, for the logs.", "01977f2f8a4c7d3c", required=True)
    errors = List(
        Nested(FaultSchema, "One fault."),
        "Every fault at once.",
        nullable=False,
        validate=None,
    )
    further_errors = Integer("How many faults there are beyond those listed.", 12, nullable=False)
    current = Raw("412 only: the current record.", {"version": 3}, nullable=False)
    tombstone = Raw(
        "410 only: the tombstone of the record.",
        {
            "id": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01",
            "version": 4,
            "withdrawn_at": "2026-11-22T08:00:00.000000Z",
            "comment": "The same report was coded twice.",
        },
        nullable=False,
    )


class ProblemTypeSchema(Schema):
    """A type of problem: what has happened where it is met, and what to do."""

    type = Text("Its address: the `type` of such problems.", "/problems/withdrawn", required=True)
    title = Text("Its name in words.", "The record was withdrawn", required=True)
    status = Integer("The HTTP status code that it comes with.", 410, required=True)
    meaning = Text("What has happened.", "The record was here, and was withdrawn.", required=True)
    remedy = Text("What to do about it.", "Remove what you hold of it.", required=True)


class ProblemTypesSchema(Schema):
    """All types of problems, and all codes of faults."""

    items = List(
        Nested(ProblemTypeSchema, "One type."),
        "The types, by status.",
        nullable=False,
        validate=None,
        required=True,
    )
    codes = Map(
        "The codes of faults, as in `errors`: code -> the kind of fault.",
        {"required": "Required, but missing."},
        values=Text("The kind of fault.", "Required, but missing.", nullable=False),
        required=True,
    )
