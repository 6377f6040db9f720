"""Settings from the environment: read once, typed, and refused if wrong."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema
from marshmallow.fields import Field

from api.http.addressing import ADDRESSES
from api.service.setting_fields import (
    DatabaseAddress,
    Host,
    Origin,
    Secret,
    choice,
    number,
    path,
    switch,
)
from schemas.fields.parameters import CommaSeparated
from schemas.fields.values import Boolean, Reason
from schemas.problem import faults
from schemas.record import Strict

PREFIX = "ATTEST_"

EXAMPLE_KEY = "attest-example-admin-key"
"""The key that examples may use; refused wherever others could use it too."""

SHORTEST_KEY = 32
"""Characters that a key must have where others could try to guess it."""


class SettingsError(ValueError):
    """The environment does not say what the service needs, in one sentence."""


class SettingsSchema(Strict):
    """The settings, each sent as the variable of its name in upper case, behind the prefix."""

    part = "setting"

    def on_bind_field(self, field_name: str, field_obj: Field[Any]) -> None:
        """Name the variable that a setting is read from."""
        field_obj.data_key = PREFIX + field_name.upper()

    database_url = DatabaseAddress(
        "Which PostgreSQL (15 or newer) keeps the data; where not set, an embedded one in "
        "`ATTEST_DATA_DIR`.",
        "postgresql://attest@db/attest",
    )
    pooler = switch(
        "Whether a PgBouncer in transaction mode stands before PostgreSQL: nothing is prepared "
        "then, and the role needs the settings that `attest role-settings` prints."
    )
    data_dir = path("Where the embedded PostgreSQL keeps its data.", "data")
    manual_dir = path(
        "Where the manual lies that `make docs` has built, which is served at `/manual/`.",
        "build/manual",
    )
    host = path("The address to listen on.", "127.0.0.1")
    port = number("The port to listen on.", 8_000, 1, 65_535)
    admin_key = Secret(
        "An admin key, made when the service starts and no key has it; without it, the first start "
        "makes one and shows it.",
        "a secret of 32 characters or more",
        shortest=8,
    )
    public_read = Boolean(
        "Whether everybody may read; where not set, only on loopback.", example=True
    )
    public_write = switch("Whether everybody may write; never but on loopback.")
    workers = number("How many processes serve.", 2, 1, 512)
    threads = number(
        "How many threads each of them has; each holds one connection at the most.", 6, 1, 256
    )
    worker = choice(
        "How the threads of a process share its requests: in `leader` the one that finds a request "
        "answers it, in `threads` (gunicorn's own way) one hands it to another.",
        "leader",
        "threads",
    )
    pool_wait = number(
        "How many seconds a request waits for a connection before it is answered 503.", 5, 1, 300
    )
    statement_timeout = number("Statement timeout in milliseconds.", 30_000, 1, 3_600_000)
    bundle_timeout = number(
        "Statement timeout of bundles in milliseconds: one may wait for all of another one.",
        300_000,
        1,
        3_600_000,
    )
    exports = number(
        "How many exports a worker sends at once. Each holds a thread and a connection: beside "
        "them, and the half of the threads that may wait for changes, one is always left.",
        2,
        1,
        256,
    )
    export_timeout = number(
        "Statement timeout of exports in milliseconds.",
        3_600_000,
        1,
        86_400_000,
    )
    max_body = number("How many bytes a request may have.", 16_777_216, 1_024, 1_073_741_824)
    proxies = number(
        "Number of trusted proxies in front of the service, each of which sets X-Forwarded-For, "
        "-Proto and -Host.",
        0,
        0,
        10,
    )
    hosts = CommaSeparated(
        Host("A host.", "attest.example.org", nullable=False),
        "The names by which the service may be asked, with commas between them; others are "
        "answered 400. `*` stands for all IP addresses. Where not set, any on loopback; elsewhere "
        "IP addresses, `localhost` and `ATTEST_HOST`.",
        "attest.example.org",
        load_default=None,
    )
    cors_origins = CommaSeparated(
        Origin("An origin.", "https://map.example.org", nullable=False),
        "The origins whose pages may ask the service from a browser (CORS), with commas between "
        "them; `*` for all. None where not set.",
        "https://map.example.org",
        load_default=None,
    )
    max_bundle_records = number(
        "How many records a bundle may have; 10,000 small ones take some 5 s.",
        10_000,
        1,
        1_000_000,
    )
    max_match_names = number(
        "How many names the queries of one request for matches may have, participants included; "
        "each may take some 12 ms.",
        1_000,
        1,
        100_000,
    )
    worker_memory = number(
        "From how many megabytes on a worker is replaced by a new one, when it has nothing to do.",
        400,
        64,
        1_048_576,
    )
    log_format = choice(
        "How logs are written; `auto` is `text` on a terminal, else `json`.", "auto", "json", "text"
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
    """Read the settings from the environment; an empty one counts as not set.

    SettingsError says in one line what is wrong with which of them.
    """
    schema = SettingsSchema()
    known = {field.data_key for field in schema.fields.values()}
    given = {
        name: value
        for name, value in environment.items()
        if name.startswith(PREFIX) and (value or name not in known)
    }
    try:
        settings: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        sentences = [
            f"{fault.where[1:]}: {fault.detail}" for fault in faults(error.normalized_messages())
        ]
        raise SettingsError(" ".join(sentences)) from error
    if settings["public_read"] is None:
        settings["public_read"] = is_loopback(settings["host"])
    settings["hosts"] = hosts(settings)
    return settings


def hosts(settings: Mapping[str, Any]) -> frozenset[str] | None:
    """Give the hosts by which the service may be asked; None for any."""
    if settings["hosts"] is None:
        own = {settings["host"], "localhost", ADDRESSES}
        return None if is_loopback(settings["host"]) else frozenset(own)
    ports = r":[0-9]+\Z"
    return frozenset(re.sub(ports, "", name).lower() for name in settings["hosts"])


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
