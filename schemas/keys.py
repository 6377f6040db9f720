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
        "How what is written with it is made: by people who code, by a model, or taken over from "
        "elsewhere. Each revision says so.",
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
    method = Text("How what is written with this key is made.", "model", nullable=False)
    created_at = Text("When it was made.", "2026-11-22T08:00:00.000000Z", nullable=False)
    revoked_at = Text("When it was revoked; null while it is valid.", "2026-11-23T08:00:00.000000Z")


class KeyWithSecretSchema(KeySchema):
    """A key that was just made, with its secret."""

    secret = Text(
        "The secret: it is shown this once, and kept nowhere.", "attest_…", nullable=False
    )


class KeyListSchema(Strict):
    """All keys."""

    items = List(
        Nested(KeySchema, "A key."),
        "The keys, the oldest first; revoked ones too.",
        required=True,
    )
