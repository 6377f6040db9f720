"""Keys: what may be done with which, and the secret that is shown once."""

from marshmallow.validate import Length

from schemas.fields.ids import Id
from schemas.fields.values import Line, List, Nested, Text
from schemas.fields.words import Word
from schemas.record import Strict
from schemas.vocabularies import own

SCOPES = ("read", "write", "admin")
"""Scopes of keys, each with all before it."""


class KeyInputSchema(Strict):
    """A key that is to be made."""

    name = Line(
        "What the key is for, or whose it is.", "extraction pipeline", required=True, longest=200
    )
    scopes = List(
        Word("A scope.", "write", known=SCOPES, nullable=False),
        "The scopes: `read`, `write` (includes read), `admin` (includes both).",
        ["write"],
        required=True,
        validate=Length(min=1, error="A key allows something."),
    )
    method = Word(
        "How records written with it are made: coded by people, by a model, or imported. Each "
        "revision has it.",
        "model",
        known=own.METHODS,
        nullable=False,
        load_default="human",
    )


class KeySchema(Strict):
    """A key, without its secret."""

    id = Id("Its id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False)
    name = Text("What the key is for, or whose it is.", "extraction pipeline", nullable=False)
    scopes = List(
        Text("A scope.", "write", nullable=False), "The scopes.", ["write"], nullable=False
    )
    method = Text("How records written with this key are made.", "model", nullable=False)
    created_at = Text(
        "When it was made.",
        "2026-11-22T08:00:00.000000Z",
        nullable=False,
        metadata={"format": "date-time"},
    )
    revoked_at = Text(
        "When it was revoked; null while it is valid.",
        "2026-11-23T08:00:00.000000Z",
        metadata={"format": "date-time"},
    )


class KeyWithSecretSchema(KeySchema):
    """A key that was just made, with its secret."""

    secret = Text("The secret: shown only once, and not stored.", "attest_…", nullable=False)


class KeyListSchema(Strict):
    """All keys."""

    items = List(
        Nested(KeySchema, "A key."),
        "The keys, the oldest first; revoked ones too.",
        required=True,
    )
