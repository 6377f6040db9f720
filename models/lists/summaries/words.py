"""The words that records are counted by, and the SQL of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString, NamedTuple

from models.table import Among, Table


class Unit(NamedTuple):
    """A unit of time: the length of a bucket, how it is written, its least number of days."""

    length: LiteralString
    written: LiteralString
    days: int


TIMES = {
    "day": Unit("1 day", "YYYY-MM-DD", 1),
    "week": Unit("1 week", 'IYYY-"W"IW', 7),
    "month": Unit("1 month", "YYYY-MM", 28),
    "quarter": Unit("3 months", 'YYYY-"Q"Q', 90),
    "year": Unit("1 year", "YYYY", 365),
}
"""Words of time."""

DATETIMES = frozenset({"datetime", "datetime_at", "datetime_certainly", "datetime_at_certainly"})
"""The filters by time."""


@dataclass(frozen=True)
class Word:
    """A word that records are counted by: its value of a row, which may be null, as not known.

    `join` brings in the rows that have it. Of a `child` table a record may have several rows; what
    is asked of these holds of the row that is counted. `doubtful` says where it is not certain.
    `names` is the table that has the names of its values, which are ids. `own` are the filters by
    the same: facets are counted without them.
    """

    value: LiteralString
    own: frozenset[str] = frozenset()
    join: LiteralString = ""
    child: Among | None = None
    several: bool = False
    doubtful: LiteralString | None = None
    names: LiteralString | None = None


def column(table: LiteralString, name: LiteralString) -> Word:
    """Count by a column of the table itself, which has a filter of its name."""
    return Word(f"{table}.{name}", frozenset({name}))


PARTICIPANTS = Among("participants", "event_id")
CLAIMS = Among("claims", "statement_id")
"""Children whose filters hold of the rows that are counted."""

TAKING_PART: LiteralString = "LEFT JOIN participants ON participants.event_id = events.id"
NOT_CERTAIN: LiteralString = "coalesce(participants.certainty <> 'certain', false)"

REPORTS: LiteralString = """LEFT JOIN (
    SELECT mentions.event_id, mentions.document_id FROM mentions
    UNION ALL
    SELECT claims.event_id, claims.document_id FROM claims WHERE claims.document_id IS NOT NULL
) AS reports ON reports.event_id = events.id
LEFT JOIN documents ON documents.id = reports.document_id"""
"""The documents that report an event: in their own voice, or by a statement in them."""

SAYING: LiteralString = "LEFT JOIN claims ON claims.statement_id = statements.id"


def places(table: LiteralString) -> dict[str, Word]:
    """Count by the location that a record is at, or by what that lies in."""
    own = Word(f"{table}.location_id", frozenset({"location"}), names="locations")
    return {"location": own, "place": own, "admin1": own}


WORDS: dict[str, dict[str, Word]] = {
    "events": {
        **{
            name: column("events", name)
            for name in ("type", "mode", "modality", "status", "country", "dataset")
        },
        **places("events"),
        "actor": Word(
            "participants.actor_id",
            frozenset({"actor"}),
            TAKING_PART,
            PARTICIPANTS,
            several=True,
            doubtful=NOT_CERTAIN,
            names="actors",
        ),
        "actor_role": Word(
            "participants.role",
            frozenset({"actor_role"}),
            TAKING_PART,
            PARTICIPANTS,
            several=True,
            doubtful=NOT_CERTAIN,
        ),
        "publisher": Word("documents.publisher_id", join=REPORTS, several=True, names="actors"),
    },
    "statements": {
        **{name: column("statements", name) for name in ("act", "form", "medium", "dataset")},
        **places("statements"),
        "speaker": Word("statements.speaker_id", frozenset({"speaker"}), names="actors"),
        "stance": Word("claims.stance", frozenset({"stance"}), SAYING, CLAIMS, several=True),
        "aspect": Word("claims.aspect", frozenset({"aspect"}), SAYING, CLAIMS, several=True),
        "publisher": Word(
            "documents.publisher_id",
            join="LEFT JOIN documents ON documents.id = statements.document_id",
            names="actors",
        ),
    },
}
"""By table, the words that its records are counted by, beside those of TIMES."""

CODE = "code:"
"""The beginning of a word that counts events by their codes; their scheme follows."""


def word_of(table: str, name: str, number: int) -> Word:
    """Give a word by its name; its `number` tells what it brings in from that of others."""
    if name in TIMES:
        return Word("", DATETIMES)
    if not name.startswith(CODE):
        return WORDS[table][name]
    code, scheme = f"code_{number}.code", f"%(scheme_k{number})s"
    return Word(
        f"substr({code}, length({scheme}) + 1)",
        frozenset({"code"}),
        f"LEFT JOIN LATERAL unnest(events.codes) AS code_{number} (code)"
        f" ON starts_with({code}, {scheme})",
        several=True,
    )


def own_filters(table: Table, by: Sequence[str]) -> frozenset[str]:
    """List the filters by the same as words count by."""
    words = [word_of(table.name, name, number) for number, name in enumerate(by, 1)]
    return frozenset[str]().union(*(word.own for word in words))
