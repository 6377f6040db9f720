"""Hearsay: who says of a statement that it was made, or was not, counted as of events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from models.database.connections import Connection
from models.derived.voices import ABOUT_STATEMENTS, Claim, Voices, collect, counted
from models.statements import STATEMENTS, derived
from models.store import records


def recount(connection: Connection, ids: Iterable[str], now: datetime) -> set[str]:
    """Count the claims about statements again; store and list those that changed, at `now`.

    They are locked before they are counted: nobody else writes the end of their texts meanwhile.
    """
    standing = records.lock(connection, STATEMENTS, sorted(ids), STATEMENTS.lock_strength)
    if not standing:
        return set()
    said = collect(connection, ABOUT_STATEMENTS, [each.id for each in standing])
    changed = set()
    for stored in standing:
        record = orjson.loads(stored.text)
        found = attest(said[stored.id])
        if not stored.withdrawn and record.get("attestation") != found:
            ends = derived(quote_verified=record["quote_verified"], attestation=found)
            anew = {"id": stored.id, "recorded_at": now, "derived": ends}
            records.derive(connection, STATEMENTS, anew, {})
            changed.add(stored.id)
    return changed


def attest(said: Voices) -> dict[str, Any]:
    """Count the origins; a document that says so in its own voice is one here, too."""
    narrated = {Claim(stance, document, document) for stance, document in said.narrations}
    each, _ = counted(said.claims | narrated)
    return {"asserted": each["asserts"], "denied": each["denies"], "questioned": each["questions"]}
