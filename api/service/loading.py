"""Loading bundles from files, and the example that a new service starts with."""

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click
from flask import Flask
from rich.progress import Progress

from api.http.context import IDS, METHOD
from schemas.fields.ids import example_id

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "panjshir.json"
"""The reference article, coded."""

RELEASE = {"name": "example", "note": "What a new service starts with."}
"""The release in which the example stands as it was loaded."""


def holds_nothing(app: Flask) -> bool:
    """Tell whether the database has no dataset yet."""
    found: list[Any] = app.test_client().get("/v1/datasets?limit=1").get_json()["items"]
    return not found


def load_example(app: Flask) -> None:
    """Load the example under ids that are always the same, and release it.

    The description shows these ids: what it is filled in with can be sent to a new service.
    """
    load_all(app, [EXAMPLE], {IDS: lambda resource, position: example_id(resource, position + 1)})
    client = app.test_client()
    if client.get(f"/v1/releases/{RELEASE['name']}").status_code == HTTPStatus.OK:
        return  # it was all withdrawn once
    answer = client.post("/v1/releases", json=RELEASE)
    if answer.status_code >= 400:  # noqa: PLR2004 - refused
        raise click.ClickException(answer.get_json()["detail"])


def load_all(app: Flask, files: Sequence[Path], environ: dict[str, Any] | None = None) -> None:
    """Load bundles one by one; end with the faults of the first that is refused."""
    client = app.test_client()
    with Progress(transient=True) as progress:
        for file in progress.track(files, description="Loading"):
            response = client.post(
                "/v1/bundles",
                data=file.read_bytes(),
                content_type="application/json",
                environ_overrides={METHOD: "import", **(environ or {})},
            )
            answer = response.get_json()
            if response.status_code >= 400:  # noqa: PLR2004 - refused
                problems = "".join(
                    f"\n  {error.get('pointer', '')}: {error['detail']}"
                    for error in answer.get("errors", [])
                )
                message = f"{file}: {answer['detail']}{problems}"
                raise click.ClickException(message)
            counts = ", ".join(
                f"{sum(answer[state].values())} {state}"
                for state in ("created", "updated", "unchanged", "withdrawn", "merged")
                if answer[state]
            )
            progress.console.print(f"{file.name}: {counts or 'empty'}", highlight=False)
