"""What the service is told by its environment: read once, typed, and refused where it is wrong."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema
from marshmallow.fields import Field

from schemas.fields.values import Boolean, Integer, Reason, Text
from schemas.fields.words import Word
from schemas.problem import faults
from schemas.record import Strict

PREFIX = "ATTEST_"

EXAMPLE_KEY = "attest-example-admin-key"
"""The key that examples may use; refused wherever others could use it too."""

SHORTEST_KEY = 32
"""So long must a key be that others could try to guess."""


class SettingsError(ValueError):
    """The environment does not say what the service needs, in one sentence."""


class SettingsSchema(Strict):
    """The settings, each sent as the variable of its name in upper case, behind the prefix."""

    part = "setting"

    def on_bind_field(self, field_name: str, field_obj: Field[Any]) -> None:
        """Name the variable that a setting is read from."""
        field_obj.data_key = PREFIX + field_name.upper()

    database_url = Text(
        "Which PostgreSQL (15 or newer) keeps the data; where not set, an embedded one in "
        "`ATTEST_DATA_DIR`.",
        "postgresql://attest@db/attest",
    )
    pooler = Boolean(
        "Whether a PgBouncer in transaction mode stands before PostgreSQL: nothing is prepared "
        "then, and the role needs the settings that `attest role-settings` prints.",
        example=False,
        nullable=False,
        load_default=False,
    )
    data_dir = Text(
        "Where the embedded PostgreSQL keeps its data.",
        "/var/lib/attest/data",
        nullable=False,
        load_default="data",
    )
    host = Text("The address to listen on.", "127.0.0.1", nullable=False, load_default="127.0.0.1")
    port = Integer(
        "The port to listen on.",
        8000,
        least=1,
        most=65_535,
        strict=False,
        nullable=False,
        load_default=8000,
    )
    admin_key = Text(
        "An admin key, made when the service starts and no key has it; without it, the first start "
        "makes one and shows it.",
        "a secret of 32 characters or more",
        shortest=8,
    )
    public_read = Boolean(
        "Whether everybody may read; where not set, only on loopback.", example=True
    )
    public_write = Boolean(
        "Whether everybody may write; never but on loopback.",
        example=False,
        nullable=False,
        load_default=False,
    )
    workers = Integer(
        "How many processes serve.",
        2,
        least=1,
        most=512,
        strict=False,
        nullable=False,
        load_default=2,
    )
    threads = Integer(
        "How many threads each of them has; each holds one connection at the most.",
        4,
        least=1,
        most=256,
        strict=False,
        nullable=False,
        load_default=4,
    )
    pool_wait = Integer(
        "How many seconds a request waits for a connection before it is answered 503.",
        5,
        least=1,
        most=300,
        strict=False,
        nullable=False,
        load_default=5,
    )
    statement_timeout = Integer(
        "After how many milliseconds PostgreSQL gives a statement up.",
        30_000,
        least=1,
        most=3_600_000,
        strict=False,
        nullable=False,
        load_default=30_000,
    )
    bundle_timeout = Integer(
        "After how many milliseconds PostgreSQL gives a statement of a bundle up, which may wait "
        "for all of another one.",
        300_000,
        least=1,
        most=3_600_000,
        strict=False,
        nullable=False,
        load_default=300_000,
    )
    max_body = Integer(
        "How many bytes a request may have.",
        16_777_216,
        least=1_024,
        most=1_073_741_824,
        strict=False,
        nullable=False,
        load_default=16_777_216,
    )
    proxies = Integer(
        "How many proxies of yours stand before the service, each of which sets X-Forwarded-For, "
        "-Proto and -Host.",
        0,
        most=10,
        strict=False,
        nullable=False,
        load_default=0,
    )
    log_format = Word(
        "How logs are written; `auto` is `text` on a terminal, else `json`.",
        "json",
        known=("auto", "json", "text"),
        nullable=False,
        load_default="auto",
    )

    @validates_schema
    def guarded(self, settings: Mapping[str, Any], **_: Any) -> None:
        """Refuse to stand open where others than this machine can reach it."""
        if is_loopback(settings["host"]):
            return
        if settings["public_write"]:
            sentence = f"Everybody could write at {settings['host']}, which is not loopback."
            raise ValidationError({f"{PREFIX}PUBLIC_WRITE": [Reason(sentence, "public")]})
        key = settings["admin_key"]
        if key is not None and (key == EXAMPLE_KEY or len(key) < SHORTEST_KEY):
            sentence = (
                f"A default or short key cannot guard {settings['host']}, which is not loopback; "
                f"{SHORTEST_KEY} characters are needed."
            )
            raise ValidationError({f"{PREFIX}ADMIN_KEY": [Reason(sentence, "public")]})


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read(environment: Mapping[str, str]) -> dict[str, Any]:
    """Read the settings from the environment; SettingsError in one sentence where one is wrong."""
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    try:
        settings: dict[str, Any] = SettingsSchema().load(given)
    except ValidationError as error:
        sentences = [
            f"{fault.where[1:]}: {fault.detail}" for fault in faults(error.normalized_messages())
        ]
        raise SettingsError(" ".join(sentences)) from error
    if settings["public_read"] is None:
        settings["public_read"] = is_loopback(settings["host"])
    return settings


def described() -> list[tuple[str, str, str]]:
    """List the settings: the variable's name, its default, what it means."""
    return [
        (str(field.data_key), written(field.load_default), field.metadata["description"])
        for field in SettingsSchema().fields.values()
    ]


def written(default: object) -> str:
    """Write a default as the variable would be; not at all where there is none."""
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)
