"""/events/{id}: who asserts, who denies it, in which words; what else is claimed; the history."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g

from api.facades.explorer import words
from api.facades.explorer.addresses import api
from api.facades.explorer.asking import ask
from api.facades.explorer.dates import dated
from api.facades.explorer.page import page
from api.facades.explorer.pictures.charts import ranges
from api.facades.explorer.rendering import render

EMBEDDED = (
    "location,other_locations.location,participants.actor,part_of,related.event,mentions.document,"
    "verification.document,casualties.actor"
)
MAX_SHOWN = {"origins": 12, "statements": 4, "rows": 12, "claims": 5}
"""Maximum numbers of what is shown of each kind: links lead to all of it."""

MAX_PARTS = 100
MAX_CHANGES = 12
MAX_ASSESSMENTS = 20
MAX_READ, MAX_READ_BACK = 100, 1_000
"""Maximum number of changes that are read for the history: now, and as of an instant."""

MAX_TOLD = 40
"""Maximum number of statements that the history names."""

LATER = "9999"
"""Stands for the present: a text that sorts behind every instant."""

SIDES = ("asserts", "denies")
"""Stances that have a column in every table of claims."""


@page("/events/<uuid:record_id>")
def event(record_id: UUID) -> str:
    """Show an event with all that is said of it."""
    path = f"events/{record_id}"
    found = ask(path, expand=EMBEDDED)
    explained = ask(f"{path}/attestation")
    parts = ask(
        "events",
        part_of=record_id,
        fields="title,date,attestation",
        sort="starts_on",
        limit=MAX_PARTS,
    )
    return render(
        "event.html",
        event=found,
        most=MAX_SHOWN,
        explained=explained,
        parts=parts["items"],
        aspects=[table_of(group) for group in explained["aspects"]],
        assessments=assessments_of(path, found),
        history=history_of(str(record_id)),
        api=api(f"/{path}"),
        attestation=api(f"/{path}/attestation"),
    )


def table_of(group: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the claims on an aspect into a table: a row a value, with who asserts and denies it."""
    rows: dict[str, dict[str, Any]] = {}
    for claim in group["claims"]:
        shown = shown_value(group["aspect"], claim)
        row = rows.setdefault(shown, {"shown": shown, "value": claim["value"], "by": {}})
        row["by"].setdefault(claim["stance"], []).append(claim)
    question, column = words.ASPECTS.get(group["aspect"], (words.plain(group["aspect"]), "Value"))
    stances = [
        each
        for each in words.STANCES
        if each in SIDES or any(each in row["by"] for row in rows.values())
    ]
    ordered = sorted(rows.values(), key=lambda row: -len(row["by"].get("asserts", ())))
    numbers = group["aspect"] == "fatalities"
    return {
        **group,
        "question": question,
        "column": column,
        "rows": ordered,
        "stances": stances,
        "ranges": ranges([row["value"] for row in ordered]) if numbers else None,
    }


def shown_value(aspect: str, claim: Mapping[str, Any]) -> str:
    """Write the value of a claim."""
    value = claim["value"]
    if aspect == "date":
        return dated(value)
    if aspect == "casualties" and isinstance(value, dict):
        return words.harm(value, claim["value_name"])
    if aspect == "fatalities":
        return words.amount(value)
    return str(claim["value_name"] or value or "not said")


def assessments_of(path: str, found: Mapping[str, Any]) -> list[Any]:
    """List what reviewers think of the event; nothing is asked where nobody has said anything."""
    if not any(found["assessments"].values()):
        return []
    return list(ask(f"{path}/assessments", limit=MAX_ASSESSMENTS)["items"])


def history_of(record_id: str) -> list[dict[str, Any]]:
    """List the newest changes up to the instant that is read, with what was said then."""
    until = g.get("instant") or LATER
    limit = MAX_READ if until == LATER else MAX_READ_BACK
    listed = ask("changes", id=record_id, sort="-position", limit=limit, include="record")
    found = listed["items"]
    told = told_by_instant(record_id)
    return [
        {**change, "changed": changed(before, change), "told": told[change["recorded_at"]]}
        for change, before in zip(found, [*found[1:], None], strict=True)
        if change["recorded_at"] <= until
    ][:MAX_CHANGES]


def told_by_instant(record_id: str) -> dict[str, list[dict[str, Any]]]:
    """Give the newest statements on an event by the instants when they were added and retracted."""
    listed = ask(
        "statements",
        event=record_id,
        sort="-created_at",
        limit=MAX_TOLD,
        retracted="include",
        fields="text,quote,created_at,claims,retraction",
    )
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in listed["items"]:
        stance = next(
            (one["stance"] for one in each["claims"] if one["event_id"] == record_id), "unattested"
        )
        text = {"id": each["id"], "text": words.wording(each)}
        told[each["created_at"]].append({**text, "mark": stance, "says": "Statement added"})
        if gone := each["retraction"]:
            further = {"mark": "retracted", "says": "Statement retracted"}
            told[gone["retracted_at"]].append({**text, **further})
    return told


def changed(before: Mapping[str, Any] | None, change: Mapping[str, Any]) -> list[str]:
    """Name the members that a change of a record changed."""
    old, new = before and before.get("record"), change.get("record")
    if change["operation"] != "change" or not old or not new:
        return []
    return [
        words.plain(name)
        for name in new
        if name not in {"updated_at", "version", "attestation", "assessments"}
        and new[name] != old.get(name)
    ]
