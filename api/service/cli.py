"""The `attest` command: serve, migrate, load, export, keys, settings, and the description."""

import logging
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson
import structlog
from flask import Flask
from marshmallow import ValidationError

from api.app import create_app
from api.description import openapi
from api.http.log import configure
from api.service.exporting import Exports
from api.service.greeting import greet, tell_place
from api.service.loading import holds_nothing, load_all, load_example
from api.service.rebuilding import rebuild
from api.service.serve import Server, pool_of
from api.service.settings import described, read
from api.service.starting import (
    connected,
    database_of,
    first_key,
    migrated,
    migrated_database,
    refuse_taken_port,
    service_connection,
    settings,
    warn_of_earlier_forms,
)
from api.service.streams import tolerate
from models import keys
from models.database import connections
from models.keys import METHODS, SCOPES
from schemas.keys import KeyInputSchema

log = structlog.get_logger()

PROGRESS_RECORDS = 50_000
"""Number of rebuilt records after which `attest rebuild` says how far it is."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Attest: who did what to whom, where and when - and who says so.

    Settings come from the environment: see `attest settings`.
    """
    # Standard output must arrive where it is the answer; other commands tell of progress there.
    tolerate("stderr")


@main.command()
def serve() -> None:
    """Serve; the database must have been migrated."""
    tolerate("stdout")
    chosen = settings()
    refuse_taken_port(chosen)
    with migrated_database(chosen) as url:
        tell_place(chosen)
        with service_connection(chosen, url) as connection:
            warn_of_earlier_forms(connection)
            if secret := first_key(connection, chosen):
                click.echo(f"The first admin key, shown this once: {secret}", err=True)
        Server(chosen, url).run()


@main.command()
def run() -> None:
    """Start everything on this machine: database, migrations, the example, and the service."""
    tolerate("stdout")
    chosen = settings()
    refuse_taken_port(chosen)
    if not chosen["database_url"]:
        click.echo("Starting PostgreSQL …", err=True)
    with database_of(chosen) as url:
        tell_place(chosen)
        migrated(url)
        with service_connection(chosen, url) as connection:
            warn_of_earlier_forms(connection)
            secret = first_key(connection, chosen)
        with service(chosen, url) as app:
            if holds_nothing(app):
                load_example(app)
        greet(chosen, secret)
        Server(chosen, url).run()


@contextmanager
def service(chosen: Mapping[str, Any], url: str, level: int = logging.WARNING) -> Iterator[Flask]:
    """Give the service to call within this process, by whoever may run this command."""
    configure(chosen["log_format"], level)
    pool = pool_of(chosen, url)
    pool.open(wait=True, timeout=10)
    try:
        yield create_app(pool, {**chosen, "hosts": None, "public_read": True, "public_write": True})
    finally:
        pool.close()


@contextmanager
def readable() -> Iterator[Flask]:
    """Give the service to read from; what goes wrong is said by the command, and not logged too.

    Whoever ends the command interrupts it, so that nothing is left half done.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, signal.default_int_handler)
    chosen = settings()
    with migrated_database(chosen) as url, service(chosen, url, logging.CRITICAL) as app:
        yield app


def unopened() -> Flask:
    """Give the service without a database, to see what it offers."""
    chosen = read({})
    return create_app(pool_of(chosen, "dbname=none"), chosen)


main.add_command(Exports(unopened, readable))


@main.command()
def migrate() -> None:
    """Bring the database to what this version needs."""
    tolerate("stdout")
    with database_of(settings()) as url:
        migrated(url)
    click.echo("The database is up to date.")


@main.command("rebuild")
def rebuild_all() -> None:
    """Bring records that an earlier version stored to the form of this one.

    A service may run beside it, and another rebuild; where it is ended, the next one goes on.
    """
    tolerate("stdout")
    began, records, changed = time.monotonic(), 0, 0
    with migrated_database(settings()) as url:
        for step in rebuild(url):
            records, changed = records + step.records, changed + step.changed
            if records % PROGRESS_RECORDS < step.records:
                click.echo(f"{step.resource}: {records} records …", err=True)
    seconds = time.monotonic() - began
    click.echo(f"Rebuilt {changed} texts of {records} records in {seconds:.1f} seconds.")


@main.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def load(files: tuple[Path, ...]) -> None:
    """Load bundles from FILES, each of them wholly or not at all."""
    tolerate("stdout")
    chosen = settings()
    with migrated_database(chosen) as url, service(chosen, url) as app:
        load_all(app, files)


@main.group()
def key() -> None:
    """Make, list and revoke API keys."""


@key.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=["write"],
    type=click.Choice(SCOPES),
    show_default=True,
)
@click.option(
    "--method",
    default="human",
    type=click.Choice(METHODS),
    show_default=True,
    help="How records written with this key are made.",
)
def create_key(name: str, scopes: tuple[str, ...], method: str) -> None:
    """Make a key called NAME; its secret is printed this once, and kept nowhere."""
    try:
        name = KeyInputSchema().fields["name"].deserialize(name)
    except ValidationError as error:
        raise click.BadParameter(str(error.messages[0]), param_hint="NAME") from error
    with connected() as connection:
        made, secret = keys.create(connection, name, [*scopes], method=method)
    click.echo(f"Key {made.id} ({', '.join(scopes)}); its secret, shown this once:", err=True)
    click.echo(secret)


@key.command("list")
def list_keys() -> None:
    """List all keys, without their secrets."""
    with connected() as connection:
        for each in keys.search(connection):
            state = f"revoked {each.revoked_at:%Y-%m-%d %H:%M}" if each.revoked_at else "valid"
            click.echo(f"{each.id} {','.join(each.scopes):10} {state:24} {each.name}")


@key.command("revoke")
@click.argument("key_id", type=click.UUID)
def revoke_key(key_id: Any) -> None:
    """Revoke the key KEY_ID at once."""
    with connected() as connection:
        if not keys.revoke(connection, str(key_id)):
            message = f"There is no valid key {key_id}."
            raise click.ClickException(message)
    click.echo(f"{key_id} is revoked.")


@main.command("settings")
def show_settings() -> None:
    """Print the settings, their defaults and what they mean."""
    for name, default, meaning in described():
        click.echo(f"{name} [{default or 'not set'}]\n    {meaning}")


@main.command("role-settings")
def show_role_settings() -> None:
    """Print the SQL that sets a role up for connections through a PgBouncer.

    In transaction mode it passes no settings on, so these must be the role's own.
    """
    for statement in connections.role_settings(settings()["statement_timeout"]):
        click.echo(statement)


@main.command("openapi")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
def show_openapi(*, as_json: bool) -> None:
    """Print the description of the service: OpenAPI 3.1."""
    app = unopened()
    if as_json:
        click.echo(orjson.dumps(openapi.described(app), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(openapi.text(app), nl=False)
