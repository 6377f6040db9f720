"""Words of the service to whoever starts it: where it is, where its data are, what to try."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from api.http.addressing import ADDRESSES
from api.service.serve import bracketed
from models.database import embedded

QUESTIONS = {
    "How well attested is the siege of Panjshir?": "events?external_id=seed:E1"
    "&fields=title,attestation",
    "Who denies what?": "statements?stance=denies&fields=text,speaker_id&expand=speaker",
    "What may have happened from 15 to 22 August 2021?": "events"
    "?datetime=2021-08-15/2021-08-22&fields=title,date",
}
"""Questions that the example answers, and the path below /v1 that asks each."""

ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here
"""Addresses that stand for all of a machine, and the one by which it reaches itself."""


def greet(chosen: Mapping[str, Any], secret: str | None) -> None:
    """Say where the service is, and what to try first; `secret` is an admin key just made."""
    host = ALL_ADDRESSES.get(chosen["host"], chosen["host"])
    root = f"http://{bracketed(host)}:{chosen['port']}"
    click.echo(f"\nAttest is at {root}, its description at {root}/docs/\n")
    if secret:
        click.echo(f"The admin key, shown this once:\n\n    {secret}\n")
    headers = [*name_header(chosen, host), *key_header(chosen, secret)]
    for question, path in QUESTIONS.items():
        click.echo(f"{question}\n\n    {' '.join(['curl', *headers])} '{root}/v1/{path}'\n")


def name_header(chosen: Mapping[str, Any], host: str) -> list[str]:
    """Write the header that names the service where it does not answer to its address."""
    hosts: frozenset[str] | None = chosen["hosts"]
    if hosts is None or {host, bracketed(host), ADDRESSES} & hosts:
        return []
    return ["-H", shlex.quote(f"Host: {min(hosts)}")]


def key_header(chosen: Mapping[str, Any], secret: str | None) -> list[str]:
    """Write the header with a key where reading needs one; a key of the operator is not shown."""
    if chosen["public_read"]:
        return []
    if secret:
        return ["-H", shlex.quote(f"Authorization: Bearer {secret}")]
    if not chosen["admin_key"]:
        click.echo("Reading needs a key: set ATTEST_ADMIN_KEY to one in the shell first.\n")
    return ["-H", '"Authorization: Bearer $ATTEST_ADMIN_KEY"']


def tell_place(chosen: Mapping[str, Any]) -> None:
    """Say where the embedded PostgreSQL keeps the data, if one does."""
    if chosen["database_url"]:
        return
    folder = Path(chosen["data_dir"]).absolute()
    data = embedded.data_of(folder)
    why = ""
    if data.parent != folder.resolve():
        why = (
            f": the account {embedded.ACCOUNT}, which runs PostgreSQL, cannot enter {folder}. "
            "To remove the data, remove both"
        )
    click.echo(f"The data are in {data}{why}.", err=True)
