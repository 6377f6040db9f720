"""Disputes: aspects of an event on which claims contradict each other.

The rule, in docs/attestation.md: two voices name values that cannot both hold, or one denies what
another asserts. A voice is an origin, or a document that says so itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from models.database.connections import Connection
from models.derived.values import Place, Value, keyed
from models.derived.voices import AspectClaim, Claim, Voices, distinct

ASSERTED_AND_DENIED = "One voice asserts what another denies."
APART = "Two voices assert what cannot both be so."

READ_VALUES = """
SELECT given.statement_id::text, given.position, claimed.value,
    to_char(lower(days_of(claimed.date)), 'YYYY-MM-DD'),
    to_char(upper(days_of(claimed.date)) - 1, 'YYYY-MM-DD')
FROM unnest(%s::uuid[], %s::smallint[], %s::boolean[]) AS given (statement_id, position, dated)
JOIN statements ON statements.id = given.statement_id
CROSS JOIN LATERAL (
    SELECT value, CASE WHEN given.dated THEN value #>> '{}' END
    FROM (
        SELECT (statements.body || statements.derived)::json -> 'claims' -> given.position::integer
            -> 'value'
    ) AS claim (value)
) AS claimed (value, date)
"""
"""The values of claims, each with the text of a date."""

READ_ANCESTORS = """
SELECT locations.id::text, locations.ancestors::text[] FROM locations
WHERE locations.id = ANY(%s::uuid[])
"""

LIST_CLAIMED_AT = """
SELECT DISTINCT claims.event_id::text FROM claims
WHERE claims.value = ANY(%s::text[]) AND claims.aspect = 'location' AND claims.event_id IS NOT NULL
"""
"""Events that some statement places at one of these locations."""


class Contradiction(NamedTuple):
    """Why an aspect is disputed, and two statements that contradict each other on it."""

    rule: str
    between: tuple[str, str]


class Said(NamedTuple):
    """A voice, what it says, and the statement that says so."""

    voice: str
    stance: str
    value: Value
    statement_id: str


def disputed_on(connection: Connection, said: Mapping[str, Voices]) -> dict[str, list[str]]:
    """List the aspects on which events are disputed, in the order of the alphabet."""
    others = contradictions(connection, said)
    found = {
        event_id: listed(voices, others.get(event_id, {})) for event_id, voices in said.items()
    }
    return {event_id: aspects for event_id, aspects in found.items() if aspects}


def listed(said: Voices, others: Iterable[str]) -> list[str]:
    """List the aspects on which an event is disputed, beside `others` its occurrence."""
    return sorted([*others, *(["occurrence"] if occurrence(said) else [])])


def occurrence(said: Voices) -> bool:
    """Say whether one voice denies that an event occurred, and another asserts or reports it."""
    stances = {claim.stance for claim in said.claims}
    return "denies" in stances and ("asserts" in stances or bool(said.reporting))


def contradictions(
    connection: Connection, said: Mapping[str, Voices]
) -> dict[str, dict[str, Contradiction]]:
    """Find why events are disputed on aspects other than their occurrence: id -> aspect -> why.

    Nothing is read in the usual case: at most one voice speaks of each aspect.
    """
    several = {
        event_id: [claim for group in grouped(voices.others) for claim in group]
        for event_id, voices in said.items()
    }
    values = read(connection, [claim for claims in several.values() for claim in claims])
    found: dict[str, dict[str, Contradiction]] = defaultdict(dict)
    for event_id, claims in several.items():
        for group in grouped(claims):
            if why := contradiction(spoken(group, values)):
                found[event_id][group[0].aspect] = why
    return found


def grouped(claims: Iterable[AspectClaim]) -> list[list[AspectClaim]]:
    """Group claims by aspect, leaving out aspects on which only one voice makes a claim."""
    groups: dict[str, list[AspectClaim]] = defaultdict(list)
    for each in claims:
        if each.claim.stance in {"asserts", "denies"}:
            groups[each.aspect].append(each)
    return [group for group in groups.values() if len({each.claim for each in group}) > 1]


def read(
    connection: Connection, claims: list[AspectClaim]
) -> dict[tuple[str, int], tuple[Any, Value]]:
    """Read the values of claims: statement and position -> the subject and the value."""
    if not claims:
        return {}
    ids, positions, dated = zip(
        *{(each.statement_id, each.position, each.aspect == "date") for each in claims}, strict=True
    )
    rows = connection.execute(READ_VALUES, ([*ids], [*positions], [*dated])).fetchall()
    aspects = {(each.statement_id, each.position): each.aspect for each in claims}
    places = {row[2] for row in rows if aspects[row[:2]] == "location" and row[2]}
    ancestors = dict(connection.execute(READ_ANCESTORS, ([*places],)).fetchall()) if places else {}
    found: dict[tuple[str, int], tuple[Any, Value]] = {}
    for statement_id, position, value, *days in rows:
        key = statement_id, position
        if aspects[key] == "location" and value:
            found[key] = None, Place(value, frozenset({value, *ancestors.get(value, ())}))
        elif (known := keyed(aspects[key], value, days)) is not None:
            found[key] = known
    return found


def spoken(
    group: Iterable[AspectClaim], values: Mapping[tuple[str, int], tuple[Any, Value]]
) -> dict[Any, list[Said]]:
    """List what each voice says on one aspect: subject -> what is said of it."""
    group = [each for each in group if (each.statement_id, each.position) in values]
    voices: Mapping[Claim, str] = distinct({each.claim for each in group})
    found: dict[Any, list[Said]] = defaultdict(list)
    for each in sorted(group, key=lambda each: (each.statement_id, each.position)):
        of, value = values[each.statement_id, each.position]
        said = Said(voices[each.claim], each.claim.stance, value, each.statement_id)
        found[of].append(said)
    return found


def contradiction(said: Mapping[Any, list[Said]]) -> Contradiction | None:
    """Find two voices that contradict each other on the same subject."""
    for each in said.values():
        asserted = by_value(one for one in each if one.stance == "asserts")
        denied = by_value(one for one in each if one.stance == "denies")
        if found := opposed(asserted, denied) or apart(each):
            return found
    return None


def by_value(said: Iterable[Said]) -> dict[Value, dict[str, str]]:
    """Group claims by value: value -> voice -> statement."""
    found: dict[Value, dict[str, str]] = defaultdict(dict)
    for each in said:
        found[each.value].setdefault(each.voice, each.statement_id)
    return found


def opposed(
    asserted: Mapping[Value, Mapping[str, str]], denied: Mapping[Value, Mapping[str, str]]
) -> Contradiction | None:
    """Find a voice that denies what another asserts, or a larger place or period around it."""
    for value, deniers in denied.items():
        for other, asserters in asserted.items():
            if not other.lies_in(value):
                continue
            for one, statement_id in [*asserters.items()][:2]:
                for another, denial in [*deniers.items()][:2]:
                    if one != another:
                        return Contradiction(ASSERTED_AND_DENIED, (statement_id, denial))
    return None


def apart(said: Iterable[Said]) -> Contradiction | None:
    """Find two voices whose assertions cannot both be true.

    Where each says one thing, as mostly, none need be compared with each of the others.
    """
    own: dict[str, dict[Value, str]] = defaultdict(dict)
    for each in said:
        if each.stance == "asserts":
            own[each.voice].setdefault(each.value, each.statement_id)
    different = [*{frozenset(values): values for values in own.values()}.values()]
    if len(different) < 2:  # noqa: PLR2004 - a pair
        return None
    if all(len(values) == 1 for values in different):
        statements = {
            value: statement for values in different for value, statement in values.items()
        }
        [first, *_] = statements
        pair = first.furthest([*statements])
        return pair and Contradiction(APART, (statements[pair[0]], statements[pair[1]]))
    for values, others in combinations(different, 2):
        if not any(one.meets(other) for one in values for other in others):
            between = (next(iter(values.values())), next(iter(others.values())))
            return Contradiction(APART, between)
    return None


def claimed_at(connection: Connection, location_ids: Iterable[str]) -> set[str]:
    """List the events that some statement places at one of some locations."""
    rows = connection.execute(LIST_CLAIMED_AT, ([*map(str, location_ids)],)).fetchall()
    return {row[0] for row in rows}
