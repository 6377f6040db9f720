"""/changes: what has changed, when, how and why."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask import redirect, request
from werkzeug import Response

from api.facades.explorer import words
from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.forms import canonical
from api.facades.explorer.page import page
from api.facades.explorer.rendering import render

MAX_CHANGES = 150
FILTERS = ("resource", "operation", "dataset", "id")


@page("/changes")
def changes() -> str | Response:
    """Show the newest changes, or those before a place, in the groups in which they were made."""
    if target := canonical("changes"):
        return redirect(target)
    filters = {name: request.args[name] for name in FILTERS if name in request.args}
    order = {"sort": "-position", **filters}
    further = {name: value for name, value in request.args.items() if name not in {*order, "as_of"}}
    asked = {"limit": MAX_CHANGES, **order, **further, "include": "record"}
    listed = ask("changes", **asked)
    return render(
        "changes.html",
        groups=[*groups_of(listed["items"])],
        listed=listed,
        filters=filters,
        after=request.args.get("after"),
        api=api(**order, **further),
    )


def groups_of(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Group changes by the write that made them."""

    def write_of(change: dict[str, Any]) -> tuple[Any, ...]:
        return change["recorded_at"], change["key_id"], change["comment"]

    for (at, _, comment), together in groupby(items, key=write_of):
        several = [*together]
        counted = Counter((each["operation"], each["resource"]) for each in several)
        yield {
            "at": at,
            "comment": comment,
            "method": words.METHODS.get(several[0]["method"] or ""),
            "changes": several,
            "counted": counted.most_common(),
            "datasets": sorted({each["dataset"] for each in several if each["dataset"]}),
        }
