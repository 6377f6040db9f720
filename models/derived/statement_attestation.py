"""The attestation of statements: origins that say that a statement was made, or was not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from models.database.connections import Connection
from models.derived.voices import ABOUT_STATEMENTS, Claim, Voices, collect, counted
from models.statements import STATEMENTS, derived
from models.store import records


def recount(connection: Connection, ids: Iterable[str], now: datetime) -> set[str]:
    """Count the claims about statements again; store what changed at `now`, and list those.

    They are locked first, so that nobody else writes their derived members meanwhile.
    """
    stored_all = records.lock(connection, STATEMENTS, sorted(ids), STATEMENTS.lock_strength)
    if not stored_all:
        return set()
    said = collect(connection, ABOUT_STATEMENTS, [each.id for each in stored_all])
    changed = set()
    for stored in stored_all:
        record = orjson.loads(stored.text)
        found = attest(said[stored.id])
        if not stored.withdrawn and record.get("attestation") != found:
            ends = derived(quote_verified=record["quote_verified"], attestation=found)
            anew = {"id": stored.id, "recorded_at": now, "derived": ends}
            records.derive(connection, STATEMENTS, anew, {})
            changed.add(stored.id)
    return changed


def attest(said: Voices) -> dict[str, Any]:
    """Count the origins; here a document in its own voice is one, too."""
    narrated = {Claim(stance, document, document) for stance, document in said.narrations}
    each, _ = counted(said.claims | narrated)
    return {"asserted": each["asserts"], "denied": each["denies"], "questioned": each["questions"]}
