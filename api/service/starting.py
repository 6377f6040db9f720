"""Steps that commands start with: settings, a database, a connection, a first key."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from api.http.log import configure
from api.service.rebuilding import FEW_RECORDS, due, rebuild
from api.service.settings import SettingsError, read
from models import keys
from models.database import connections, embedded, migrating
from models.database.connections import Connection
from models.derived import catching_up
from models.store import wording
from models.store.backfill import catch_up

log = structlog.get_logger()


def settings() -> dict[str, Any]:
    """Read the settings; end with one sentence where one is wrong."""
    try:
        return read(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def database_of(chosen: Mapping[str, Any]) -> Iterator[str]:
    """Give the address of the database; the embedded one runs as long as it is needed."""
    if chosen["database_url"]:
        yield str(chosen["database_url"])
        return
    try:
        with embedded.used(Path(chosen["data_dir"]).resolve()) as url:
            yield url
    except (embedded.EmbeddedError, OSError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def connected() -> Iterator[Connection]:
    """Give a connection to the database."""
    with database_of(settings()) as url, plainly(), connections.connect(url) as connection:
        yield connection


@contextmanager
def service_connection(chosen: Mapping[str, Any], url: str) -> Iterator[Connection]:
    """Give a connection like those of the service, and warn of every setting that they lack."""
    configure(chosen["log_format"])
    given = {name: chosen[name] for name in ("statement_timeout", "pooler")}
    with plainly(), connections.connect(connections.configure(url, **given)) as connection:
        for name, (value, needed) in connections.unsettled(connection, **given).items():
            remedy = "attest role-settings" if chosen["pooler"] else "ATTEST_POOLER"
            log.warning(
                "connections lack a setting", name=name, value=value, needed=needed, see=remedy
            )
        yield connection


@contextmanager
def plainly() -> Iterator[None]:
    """End with a sentence, not a trace, where the database is at fault."""
    try:
        yield
    except (psycopg.Error, PoolTimeout, migrating.MigrationError) as error:
        said = str(error).strip()
        # This is how PgBouncer refuses what a connection would be set to.
        hint = " (see ATTEST_POOLER)" if "unsupported startup parameter" in said else ""
        raise click.ClickException(f"The database: {said}{hint}") from error


def migrated(url: str) -> None:
    """Bring the database to what this version needs, and say what was done."""
    with plainly():
        for name in migrating.migrate(url):
            click.echo(f"Applied {name}.", err=True)
        if named := catch_up(url):
            click.echo(f"Derived the names of {named} records.", err=True)
        if disputed := catching_up.catch_up(url):
            click.echo(f"Derived the disputes on {disputed} events.", err=True)
        if worded := wording.catch_up(url):
            click.echo(f"Took the words of {worded} records.", err=True)
        if changed := sum(step.changed for step in rebuild(url, FEW_RECORDS)):
            click.echo(f"Rebuilt the texts of {changed} records.", err=True)


def refuse_what_is_pending(connection: Connection) -> None:
    """End with a sentence where migrations are missing."""
    if missing := migrating.pending(connection):
        message = f"The database lacks {', '.join(missing)}: run attest migrate."
        raise click.ClickException(message)


def warn_of_earlier_forms(connection: Connection) -> None:
    """Warn where records stand as an earlier version of the service stored them."""
    if resources := due(connection):
        log.warning("records are in an earlier form", resources=resources, see="attest rebuild")


def first_key(connection: Connection, chosen: Mapping[str, Any]) -> str | None:
    """Make the first admin key: the one in the settings, or one whose secret is given back."""
    given = chosen["admin_key"]
    known = keys.search(connection)
    if given and not keys.known(connection, given):
        keys.create(connection, "ATTEST_ADMIN_KEY", ["admin"], given)
    elif not given and not any(key.allows("admin") for key in known if not key.revoked_at):
        return keys.create(connection, "first admin", ["admin"])[1]
    return None


def refuse_taken_port(chosen: Mapping[str, Any]) -> None:
    """End with a sentence where somebody else listens at the address already."""
    family = socket.AF_INET6 if ":" in chosen["host"] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen["host"], chosen["port"]))
        except OSError as error:
            message = f"{chosen['host']}:{chosen['port']}: {error.strerror}; see ATTEST_PORT."
            raise click.ClickException(message) from error
