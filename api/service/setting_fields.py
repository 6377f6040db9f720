"""Fields of the settings: what each kind takes, and how it refuses anything else."""

import re
from typing import Any

from psycopg import ProgrammingError, conninfo

from api.http.addressing import HOST
from schemas.fields.ids import Pattern
from schemas.fields.values import Boolean, Integer, Text
from schemas.fields.words import Word

URI = re.compile(r"postgres(?:ql)?://[^@/]*(?:@[^@]*|/[^@]*)?")
"""A connection URI in which `@` ends the name and password, and stands nowhere else."""

PORTS = re.compile(r"[0-9,]*")
"""The ports of one or more servers."""

VISIBLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""Visible characters of ASCII, with spaces between them."""


def number(description: str, default: int, least: int, most: int) -> Integer:
    """Make a setting of a whole number."""
    return Integer(
        description,
        default,
        least=least,
        most=most,
        strict=False,
        nullable=False,
        load_default=default,
    )


def switch(description: str) -> Boolean:
    """Make a setting that is off where nothing is said."""
    return Boolean(description, example=False, nullable=False, load_default=False)


def choice(description: str, default: str, *others: str) -> Word:
    """Make a setting that is one of a few words."""
    known = tuple(sorted({default, *others}))
    return Word(description, default, known=known, nullable=False, load_default=default)


def path(description: str, default: str) -> Text:
    """Make a setting that is a text, with a default."""
    return Text(description, default, nullable=False, load_default=default)


class Host(Pattern):
    """A host by which the service is asked, or `*`."""

    form = re.compile(rf"(?:{HOST.pattern}|\*)".replace("?P<name>", ""))
    default_error_messages = {"form": "This is no host such as attest.example.org."}


class Origin(Pattern):
    """The origin of a web page (RFC 6454), or `*`."""

    form = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+|\*")
    default_error_messages = {"form": "This is no origin such as https://map.example.org."}


class DatabaseAddress(Text):
    """An address of PostgreSQL; no error repeats any of it, since it may hold a password."""

    default_error_messages = {
        "address": "This is no address of a PostgreSQL such as postgresql://attest@db/attest. "
        "In a name or password, write @ as %40, / as %2F, : as %3A, % as %25 and a space as %20."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        address = super()._deserialize(value, attr, data, **more)
        try:
            port = conninfo.conninfo_to_dict(address).get("port") or ""
        except ProgrammingError as error:
            raise self.make_error("address") from error
        # libpq takes what follows an @ or / inside a password for a host, a port or a database.
        is_uri = address.startswith(("postgresql://", "postgres://"))
        if not PORTS.fullmatch(str(port)) or (is_uri and not URI.fullmatch(address)):
            raise self.make_error("address")
        return address


class Secret(Text):
    """A key that every client can send in a header."""

    default_error_messages = {
        "characters": "A key has ASCII letters, digits and punctuation, and no space at its ends."
    }

    def trimmed(self, text: str) -> str:
        """Refuse what would be changed or refused on its way in a header."""
        if not VISIBLE.fullmatch(text):
            raise self.make_error("characters")
        return text
