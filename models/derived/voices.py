"""Voices: the origins and documents that speak of an event or a statement, each once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from models.claims import unnamed
from models.database.connections import Connection
from models.derived import copies


class Claim(NamedTuple):
    """The stance and the origin of a claim, as it is counted."""

    stance: str
    origin: str
    words: str


class AspectClaim(NamedTuple):
    """A claim on an aspect other than the occurrence; its value is read from its place.

    A document that claims so in its own voice is the origin.
    """

    aspect: str
    claim: Claim
    statement_id: str
    position: int


class Voices(NamedTuple):
    """Claims on an occurrence, and the documents that speak of it in their own voice.

    These by their stance: they report it where they assert it. `others` are claims on other aspects
    of an event.
    """

    claims: set[Claim]
    narrations: set[tuple[str, str]]
    others: Sequence[AspectClaim] = ()

    @property
    def documents(self) -> set[str]:
        """The documents that speak of it in their own voice."""
        return {document for _, document in self.narrations}

    @property
    def reporting(self) -> set[str]:
        """Those of them that say that it occurred."""
        return {document for stance, document in self.narrations if stance == "asserts"}


class Attested(NamedTuple):
    """The events and the statements whose attestation rests on something."""

    events: set[str]
    statements: set[str]

    @property
    def all(self) -> set[str]:
        """Both."""
        return self.events | self.statements


NOTHING = Attested(set(), set())

COUNT_CLAIMS: LiteralString = """
WITH weightless (id) AS (
    SELECT statements.id FROM statements WHERE statements.retracted AND statements.id IN (
        SELECT claims.statement_id FROM claims WHERE claims.{0} = ANY(%(ids)s::uuid[])
    )
    UNION ALL
    SELECT documents.id FROM documents WHERE documents.retracted AND documents.id IN (
        SELECT claims.document_id FROM claims WHERE claims.{0} = ANY(%(ids)s::uuid[])
        UNION ALL
        SELECT mentions.document_id FROM mentions WHERE mentions.event_id = ANY(%(ids)s::uuid[])
    )
)
SELECT claims.{0}::text, claims.stance, claims.origin::text, claims.words::text, claims.narrated,
    claims.statement_id::text, claims.document_id::text, claims.aspect, claims.position
FROM claims
WHERE claims.{0} = ANY(%(ids)s::uuid[])
    AND claims.statement_id NOT IN (SELECT weightless.id FROM weightless)
    AND coalesce(claims.document_id NOT IN (SELECT weightless.id FROM weightless), true)
UNION ALL
SELECT mentions.event_id::text, 'asserts', NULL, NULL, true, NULL, mentions.document_id::text,
    'occurrence', NULL
FROM mentions
WHERE mentions.event_id = ANY(%(ids)s::uuid[])
    AND mentions.document_id NOT IN (SELECT weightless.id FROM weightless)
"""
"""Claims on events, or on the making of statements, and documents that report them, but for
retracted ones."""

ON_EVENTS: LiteralString = COUNT_CLAIMS.format("event_id")
ABOUT_STATEMENTS: LiteralString = COUNT_CLAIMS.format("about_id")

LABELS = """
SELECT statements.id::text, (statements.body || statements.derived)::json ->> 'speaker_label'
FROM statements
WHERE statements.id = ANY(%s::uuid[]) AND statements.speaker_id IS NULL
    AND statements.on_behalf_of_id IS NULL
"""
"""The labels of unnamed speakers."""

LIST_RESTING = """
SELECT mentions.event_id::text, NULL FROM mentions WHERE mentions.document_id = ANY(%(ids)s::uuid[])
UNION
SELECT claims.event_id::text, claims.about_id::text FROM claims
WHERE claims.document_id = ANY(%(ids)s::uuid[])
"""
"""Events that documents mention, and what statements in them claim something of."""


def resting_on(connection: Connection, document_ids: Iterable[str]) -> Attested:
    """List what documents mention, or what statements in them claim something of."""
    rows = connection.execute(LIST_RESTING, {"ids": [*document_ids]}).fetchall()
    return Attested({row[0] for row in rows if row[0]}, {row[1] for row in rows if row[1]})


def voices(
    connection: Connection, event_ids: Iterable[str], without: str | None = None
) -> dict[str, Voices]:
    """Collect what counts for events: id -> voices; with `without`, as if a document were none."""
    return collect(connection, ON_EVENTS, event_ids, without)


def collect(
    connection: Connection, statement: LiteralString, ids: Iterable[str], without: str | None = None
) -> dict[str, Voices]:
    """Collect what counts for events or statements, as a statement of SQL finds it."""
    rows = connection.execute(statement, {"ids": [*ids]}).fetchall()
    within = {row[6] for row in rows} - {None}
    # One document alone, the most that there is mostly, is one with no other that counts.
    original = copies.originals(copies.group(connection, within)) if len(within) > 1 else {}
    said = [row for row in rows if row[6] is None or row[6] != without]
    named = labels(connection, said, original)
    found: dict[str, Voices] = defaultdict(lambda: Voices(set(), set()))
    others: dict[str, list[AspectClaim]] = defaultdict(list)
    for subject, stance, origin, words, narrated, statement_id, document_id, *what in said:
        aspect, position = what
        claim = Claim(stance, origin, words)
        if narrated:
            within = original.get(document_id, document_id) or statement_id
            claim = Claim(stance, within, within)
        elif statement_id in named:
            claim = in_original(claim, original[document_id], named[statement_id])
        if aspect != "occurrence":
            others[subject].append(AspectClaim(aspect, claim, statement_id, position))
        elif narrated:
            found[subject].narrations.add((stance, claim.origin))
        else:
            found[subject].claims.add(claim)
    for subject, claims in others.items():
        found[subject] = found[subject]._replace(others=claims)
    return found


def labels(
    connection: Connection, said: Sequence[Sequence[Any]], original: Mapping[str, str]
) -> Mapping[str, str | None]:
    """Read the labels of unnamed speakers in documents for which another one stands: id -> label.

    Nothing is read where there are none, as mostly.
    """
    ids = {row[5] for row in said if row[5] and original.get(row[6], row[6]) != row[6]}
    return dict(connection.execute(LABELS, ([*ids],)).fetchall()) if ids else {}


def in_original(claim: Claim, original: str, label: str | None) -> Claim:
    """Count the unnamed speaker of a copy as the one of its original."""
    origin = str(unnamed(original, label))
    return Claim(claim.stance, origin, origin if claim.words == claim.origin else claim.words)


def distinct(claims: Iterable[Claim]) -> Mapping[Claim, str]:
    """Map claims to origins: those of one speaker, or with the same words, have the same."""
    claims = list(claims)
    first = copies.unite((claim.origin, claim.words) for claim in claims)
    return {claim: first[claim.origin] for claim in claims}


def counted(claims: Iterable[Claim]) -> tuple[dict[str, int], int]:
    """Count the origins of each stance, and all of them."""
    origins = distinct(claims)
    stances = ("asserts", "denies", "questions")
    each = {
        stance: len({origins[claim] for claim in origins if claim.stance == stance})
        for stance in stances
    }
    return each, len({*origins.values()})
