"""`attest export`: all that filters match as a file, written by the exports of the service."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask import Flask
from marshmallow.fields import Field
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn
from werkzeug.test import TestResponse

from api.http import coding
from api.http.operation import Operation
from api.service.files import KINDS, Incomplete, Passing, written
from schemas.fields.values import Boolean, Integer

PATH = re.compile(r"/v1/([a-z/]+)\.([a-z]+)")
"""The path of an export: what is exported, and the suffix of its form."""

CODINGS = {".gz": "gzip", ".zst": "zstd"}
"""Last suffixes of files that are compressed."""

OUT = Path("-")
"""Stands for standard output."""

FEW_WORDS = 8
"""Up to how many words that an option takes stand in its help."""

Forms = Mapping[str, Operation]
"""The forms in which something is exported, by their suffixes."""


class Exports(click.Group):
    """Commands that export, one for each resource, with the service's parameters as options."""

    def __init__(
        self, described: Callable[[], Flask], opened: Callable[[], AbstractContextManager[Flask]]
    ) -> None:
        """Take the paths from one service, and the records from another, which has a database."""
        super().__init__(
            "export",
            help="Export all that filters match as a file, in one snapshot.",
            subcommand_metavar="RESOURCE FILE [OPTIONS]",
        )
        self.described, self.opened = described, opened

    def forms(self) -> Mapping[str, Forms]:
        """List what can be exported, and in which forms."""
        app, found = self.described(), dict[str, dict[str, Operation]]()
        for rule in app.url_map.iter_rules():
            if path := PATH.fullmatch(rule.rule):
                view: Any = app.view_functions[rule.endpoint]
                found.setdefault(path[1], {})[path[2]] = view.operation
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name what can be exported."""
        del ctx
        return [*self.forms()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command that exports something."""
        del ctx
        forms = self.forms().get(cmd_name)
        return command(cmd_name, forms, self.opened) if forms else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; UsageError names what can be exported."""
        if args and self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            raise click.UsageError(f"“{args[0]}” is not among what can be exported: {known}.")
        return super().resolve_command(ctx, args)


def command(
    what: str, forms: Forms, opened: Callable[[], AbstractContextManager[Flask]]
) -> click.Command:
    """Make a command that exports something, in one of its forms."""

    def export(file: Path, form: str | None, *, force: bool, **given: Any) -> None:
        chosen, coded = form_of(file, what, form, forms)
        asked = {name: given[key_of(name)] for name in parameters(forms)}
        asked = {name: value for name, value in asked.items() if value not in {None, ()}}
        known = parameters({chosen: forms[chosen]})
        if unknown := [f"--{name}" for name in asked if name not in known]:
            raise click.UsageError(f"The form {chosen} does not take {', '.join(unknown)}.")
        passing = KINDS.get(chosen, Passing)()
        with opened() as app, plainly_to(file, force=force) as output:
            response = app.test_client().get(f"/v1/{what}.{chosen}", query_string=query_of(asked))
            with closing(response):
                send(response, passing, output, coded)
        if file != OUT:
            counted = "" if passing.rows is None else f"{passing.rows:,} rows, "
            click.echo(f"{file}: {counted}{decimal(passing.bytes)}")

    return click.Command(
        what,
        callback=export,
        params=[
            click.Argument(
                ["file"],
                type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
            ),
            click.Option(
                ["form", "--format"],
                type=click.Choice([*forms]),
                help="The form, where the name of FILE does not tell it.",
            ),
            click.Option(["--force"], is_flag=True, help="Replace FILE if there is one."),
            *(option(name, field) for name, field in parameters(forms).items()),
        ],
        help=f"Export {what} to FILE, whose suffix is the form: {', '.join(forms)}.\n\n"
        "Behind it, .gz or .zst compresses the file; - is standard output. FILE is there only "
        "once all of it is.",
        short_help=f"As {', '.join(forms)}.",
    )


def parameters(forms: Forms) -> dict[str, Field[Any]]:
    """List the parameters of the forms, each once."""
    found: dict[str, Field[Any]] = {}
    for form in forms.values():
        for name, field in form.query().load_fields.items():
            found.setdefault(field.data_key or name, field)
    return found


def key_of(name: str) -> str:
    """Give the key of a parameter among those of a command, which has some of its own."""
    return f"asked_{name.replace('-', '_')}"


def option(name: str, field: Field[Any]) -> click.Option:
    """Make the option that a parameter is."""
    written_as = name.replace("_", "-")
    help_text = field.metadata["description"]
    if isinstance(field, Boolean):
        flags = f"--{written_as}/--no-{written_as}"
        return click.Option([key_of(name), flags], default=None, help=help_text)
    inner = getattr(field, "inner", None)
    words = (inner or field).metadata.get("enum", ())
    return click.Option(
        [key_of(name), f"--{written_as}"],
        multiple=inner is not None,
        metavar=f"[{'|'.join(words)}]" if 0 < len(words) <= FEW_WORDS else kind_of(field),
        help=help_text,
    )


def kind_of(field: Field[Any]) -> str:
    """Name what an option takes."""
    return "INTEGER" if isinstance(field, Integer) else "TEXT"


def form_of(file: Path, what: str, wanted: str | None, forms: Forms) -> tuple[str, str | None]:
    """Tell in which form a file is to be, and how it is coded; UsageError where nothing says so."""
    coded = CODINGS.get(file.suffix.lower())
    suffix = (Path(file.stem) if coded else file).suffix[1:].lower()
    form = wanted or suffix
    if form in forms:
        return form, coded
    why = f"“{suffix}” is no form of {what}" if suffix else "The name of the file tells no form"
    raise click.UsageError(f"{why}: end it with .{', .'.join(forms)}, or give --format.")


@contextmanager
def plainly_to(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give what to write to; if that fails, end with a sentence, and without a file."""
    try:
        if file == OUT:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with written(file, force=force) as output:
                yield output
    except FileExistsError as error:
        raise click.ClickException(str(error)) from error
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere
        raise click.exceptions.Exit(1) from error
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}; nothing is kept.") from error
    except Incomplete as error:
        raise click.ClickException(f"{file}: its end is missing; nothing is kept.") from error
    except KeyboardInterrupt as error:
        raise click.ClickException(f"{file}: interrupted; nothing is kept.") from error


def send(response: TestResponse, passing: Passing, output: BinaryIO, coded: str | None) -> None:
    """Write an answer of the service to a file, and look whether all of it has come."""
    if response.status_code != HTTPStatus.OK:
        raise click.ClickException(refusal(response.get_json()))
    with showing(response.request.path) as show:
        for piece in coding.streamed(counted(response.iter_encoded(), passing), coded):
            output.write(piece)
            show(passing)
    passing.check()


def query_of(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write parameters as a query string has them."""
    return [
        (name, str(value).lower() if isinstance(value, bool) else value)
        for name, values in asked.items()
        for value in (values if isinstance(values, tuple) else (values,))
    ]


def counted(pieces: Iterator[bytes], passing: Passing) -> Iterator[bytes]:
    """Pass pieces on, and count them."""
    for piece in pieces:
        yield passing.take(piece)


def refusal(problem: Mapping[str, Any]) -> str:
    """Say why an export is refused, by the names of its options."""
    faults = [
        f"--{fault['parameter'].replace('_', '-')}: {fault['detail']}"
        if "parameter" in fault
        else fault["detail"]
        for fault in problem.get("errors", ())
    ]
    return "\n  ".join(faults) if len(faults) == 1 else "\n  ".join([problem["detail"], *faults])


@contextmanager
def showing(name: str) -> Iterator[Callable[[Passing], None]]:
    """Show on a terminal how far an export is."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counted]}"),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(name, total=None, counted="")

        def show(passing: Passing) -> None:
            rows = "" if passing.rows is None else f"{max(passing.rows, 0):,} rows "
            progress.update(
                task, completed=passing.bytes, counted=f"{rows}{decimal(passing.bytes)}"
            )

        yield show
