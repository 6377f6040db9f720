"""Steps that commands start with: settings, a database, a connection, a first key."""

import errno
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import psycopg
import structlog
from psycopg import errors
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
    """Give the address of the database; the embedded one runs as long as it is needed.

    Where the database is at fault, the command ends with a sentence.
    """
    if chosen["database_url"]:
        with plainly("ATTEST_DATABASE_URL"):
            yield str(chosen["database_url"])
        return
    try:
        folder = Path(chosen["data_dir"]).absolute()
        with plainly("The embedded PostgreSQL"), embedded.used(folder) as url:
            yield url
    except embedded.EmbeddedError as error:
        message = f"ATTEST_DATA_DIR: {error}"
        raise click.ClickException(message) from error


@contextmanager
def migrated_database(chosen: Mapping[str, Any]) -> Iterator[str]:
    """Give the address of a database that has all migrations; end with a sentence otherwise."""
    with database_of(chosen) as url:
        with connections.connect(url) as connection:
            refuse_what_is_pending(connection)
        yield url


@contextmanager
def connected() -> Iterator[Connection]:
    """Give a connection to a database that has all migrations."""
    with migrated_database(settings()) as url, connections.connect(url) as connection:
        yield connection


@contextmanager
def service_connection(chosen: Mapping[str, Any], url: str) -> Iterator[Connection]:
    """Give a connection like those of the service, and warn of every setting that they lack."""
    configure(chosen["log_format"])
    given = {name: chosen[name] for name in ("statement_timeout", "pooler")}
    with connections.connect(connections.configure(url, **given)) as connection:
        for name, (value, needed) in connections.unsettled(connection, **given).items():
            remedy = "attest role-settings" if chosen["pooler"] else "ATTEST_POOLER"
            log.warning(
                "connections lack a setting", name=name, value=value, needed=needed, see=remedy
            )
        yield connection


@contextmanager
def plainly(database: str) -> Iterator[None]:
    """End with a sentence that names the database, not a trace, where that is at fault."""
    try:
        yield
    except migrating.MigrationError as error:
        raise click.ClickException(str(error)) from error
    except errors.InsufficientPrivilege as error:
        message = (
            f"{database}: {error.diag.message_primary}. To migrate, the role needs CREATE on the "
            "database and on its schema public."
        )
        raise click.ClickException(message) from error
    except (psycopg.Error, PoolTimeout) as error:
        said = str(error).strip()
        # PgBouncer refuses settings of a connection in these words.
        hint = " (see ATTEST_POOLER)" if "unsupported startup parameter" in said else ""
        message = f"{database}: {said}{hint}"
        raise click.ClickException(message) from error


def migrated(url: str) -> None:
    """Bring the database to what this version needs, and say what was done."""
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
    """End with a sentence where nothing can listen at the address, or something does already."""
    host, port = chosen["host"], chosen["port"]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError) as error:
            # The other errors concern the name, or an address that this machine does not have.
            concerns_port = getattr(error, "errno", None) in {errno.EADDRINUSE, errno.EACCES}
            setting = f"ATTEST_PORT: {port} on {host}" if concerns_port else f"ATTEST_HOST: {host}"
            message = f"{setting}: {getattr(error, 'strerror', None) or error}."
            raise click.ClickException(message) from error
