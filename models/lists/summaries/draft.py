"""A summary before it is SQL: its records, and the words that they are counted by."""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from models.lists.counted import CERTAIN, certain, left_out
from models.lists.cql2.lifting import lift_filter
from models.lists.search import matching
from models.lists.summaries.measures import INPUTS, JOIN_CASUALTIES, measured
from models.lists.summaries.words import CODE, DATETIMES, TIMES, word_of
from models.table import Among, Table

SLACK: LiteralString = "interval '1 day'"
"""How far the day in UTC may be from the day that is written."""

REASONS: dict[str, LiteralString] = {
    "retracted": "{}.retracted",
    "not_actual": "{}.modality <> 'actual'",
    "refuted": "{}.status = 'refuted'",
    "denied": "{}.status = 'denied'",
}
"""Why records are left out, and the condition on a row of their table; see `counted`."""

DISPUTED = "disputed"
"""Stands in the place of a reason where records are counted, and disputed."""

NEVER, NO_REASON = "false", "NULL::text"
CONSTANTS = (NEVER, NO_REASON)
"""Values that are the same for all records."""


class Wanted(NamedTuple):
    """The words to count by, the measures, the order, and how many rows are sent."""

    by: tuple[str, ...] = ()
    measures: frozenset[str] = frozenset()
    level: str | None = None
    order: str = "key"
    limit: int = 1_000
    fill: bool = True


class Draft:
    """A summary of a table's records, before it is SQL."""

    def __init__(self, table: Table, wanted: Wanted, asked: Mapping[str, Any]) -> None:
        """Look up the words that records are counted by, and what is measured of them."""
        self.table, self.wanted = table, wanted
        asked = lift_filter(table, asked)
        self.reasons = {name: REASONS[name] for name in left_out(table, asked, wanted.by)}
        # What is left out is counted, too.
        self.asked = {name: value for name, value in asked.items() if name != "retracted_exclude"}
        self.words = {f"k{n}": word_of(table.name, name, n) for n, name in enumerate(wanted.by, 1)}
        self.names = dict(zip(self.words, wanted.by, strict=True))
        self.time = next((key for key, name in self.names.items() if name in TIMES), None)
        self.unit = self.names[self.time] if self.time else ""
        self.measures = measured(wanted.measures)
        self.inputs = {
            name: value
            for measure in sorted(wanted.measures & INPUTS.keys())
            for name, value in INPUTS[measure].items()
        }
        self.may_be_disputed = table.name == "events"

    @property
    def several(self) -> bool:
        """Whether a record may be in several rows."""
        return any(word.several for word in self.words.values())

    def children(self) -> dict[Among, list[str]]:
        """List the tables whose rows are counted, each with the filters on them."""
        found: dict[Among, list[str]] = {
            word.child: [] for word in self.words.values() if word.child
        }
        for name in sorted(self.asked):
            if name != "filter" and (among := self.table.filters[name].among) in found:
                found[among].append(name)
        return found

    def values(self) -> dict[str, Any]:
        """Give the values of all placeholders."""
        found = {**matching(self.table, self.asked).values, "limit": self.wanted.limit}
        for name in DATETIMES & self.asked.keys():
            found |= {"clip_from": self.asked[name].first_day, "clip_to": self.asked[name].last_day}
        for key, name in self.names.items():
            found |= {f"scheme_{key}": f"{name.removeprefix(CODE)}:", "level": self.wanted.level}
        return found

    def records(self) -> sql.Composable:
        """Compose the rows that are counted: where they come from, and which these are."""
        children = self.children()
        joined = {name for names in children.values() for name in names}
        rest = {name: value for name, value in self.asked.items() if name not in joined}
        found = [matching(self.table, rest).where]
        for child, names in children.items():
            if names:
                found.append(sql.SQL(child.which))
                found += [sql.SQL(self.table.filters[name].sql) for name in names]
        joins = [*dict.fromkeys(word.join for word in self.words.values())]
        if "casualties" in self.wanted.measures:
            joins.append(JOIN_CASUALTIES)
        source = " ".join([self.table.name, *joins])
        return sql.SQL("FROM {} WHERE {}").format(sql.SQL(source), sql.SQL(" AND ").join(found))

    def facts(self) -> dict[str, LiteralString]:
        """Map each GROUP BY column to its SQL."""
        name = self.table.name
        cases = [
            f"WHEN {condition.format(name)} THEN '{reason}'"
            for reason, condition in self.reasons.items()
        ]
        if self.may_be_disputed:
            cases.append(f"WHEN {name}.status = '{DISPUTED}' THEN '{DISPUTED}'")
        found: dict[str, LiteralString] = {
            "reason": f"CASE {' '.join(cases)} END" if cases else NO_REASON
        }
        if self.time:
            found |= self.days()
        found |= {key: word.value for key, word in self.words.items() if key != self.time}
        doubts = {word.doubtful for word in self.words.values() if word.doubtful}
        surely = certain(self.table, self.asked)
        if surely != CERTAIN:
            doubts.add(f"NOT ({surely})")
        return found | {"doubtful": " OR ".join(sorted(doubts)) or NEVER}

    def days(self) -> dict[str, LiteralString]:
        """Write the first bucket of a record's date, and the last if it is not certainly the same.

        Of a date that reaches beyond what is asked for, only the part within counts.
        """
        name = self.table.name
        first, last, loose = f"{name}.begins", f"{name}.ends_on::timestamp", f"{name}.qualified"
        for filter_ in DATETIMES & self.asked.keys():
            off = SLACK if "_at" in filter_ else "interval '0'"
            edges = f"(%(clip_from)s::timestamp - {off})", f"(%(clip_to)s::timestamp + {off})"
            if self.asked[filter_].first_day > "0001-01-01":
                loose = f"{loose} OR {first} < {edges[0]}"
                first = f"greatest({first}, {edges[0]})"
            if self.asked[filter_].last_day < "infinity":
                loose = f"{loose} OR {last} > {edges[1]}"
                last = f"least({last}, {edges[1]})"
        unit = f"date_trunc('{self.unit}', "
        within = f"nullif({unit}{last}), {unit}{first}))"
        return {
            "first": f"{unit}{first})",
            # For most records, whose date is one day, no more is to be computed than that.
            "last": f"CASE WHEN {loose} THEN {unit}{last}) WHEN {last} > {first} THEN {within} END",
        }
