"""Conditions and columns that several tables share."""

from collections.abc import Mapping
from typing import Any, LiteralString

from models.table import Among, Condition, Index, Indirect, Span


def shared(table: LiteralString) -> dict[str, Condition]:
    """Give the conditions that records of every table can be found by."""
    return {
        "external_id": Condition(
            f"{table}.id IN (SELECT external_ids.id{'' if table == 'datasets' else '::uuid'}"
            " FROM external_ids WHERE external_ids.external_id = ANY(%(external_id)s)"
            f" AND external_ids.resource = '{table}')"
        ),
        "dataset": among(table, "dataset"),
        "tag": Condition(f"{table}.tags && %(tag)s::text[]"),
        "retracted_exclude": Condition(f"NOT {table}.retracted"),
        "retracted_only": Condition(f"{table}.retracted"),
        "assessed": Condition(f"{table}.verdicts && %(assessed)s::text[]"),
        "assessed_none": Condition(f"{table}.verdicts IS NULL"),
        "assessed_or_none": Condition(
            f"({table}.verdicts IS NULL OR {table}.verdicts && %(assessed_or_none)s::text[])"
        ),
        "method": among(table, "method"),
        # Written so that no index but its own is tried: the two are not independent of each other.
        "review": Condition(
            f"coalesce({table}.method = 'model' AND {table}.verdicts IS NULL, false)"
        ),
        "created_until": Condition(f"{table}.created_at <= %(created_until)s"),
    }


def among(
    table: LiteralString,
    column: LiteralString,
    parameter: LiteralString | None = None,
    type: LiteralString = "text",  # noqa: A002 - it is one of PostgreSQL's
) -> Condition:
    """Give the condition that a column's value is among those asked for, found by its index."""
    name = parameter or column
    return Condition(
        f"{table}.{column} = ANY(%({name})s::{type}[])",
        index=Index(f"{table}.{column} = {{}}"),
    )


def within(
    child: Among,
    column: LiteralString,
    parameter: LiteralString | None = None,
    type: LiteralString = "text",  # noqa: A002 - as above
) -> Condition:
    """Give the condition that a child row's value is among those asked for, found by its index."""
    name = parameter or column
    return Condition(
        f"{child.name}.{column} = ANY(%({name})s::{type}[])",
        among=child,
        index=Index(f"{child.name}.{column} = {{}}", child),
    )


def indirect(
    condition: LiteralString, values: Indirect, child: Among | None = None, *, exact: bool = True
) -> Condition:
    """Give a condition that is found through other records alone, without a probe."""
    index = Index("false", child, lambda _: (), exact=exact, indirect=values)
    return Condition(condition, among=child, index=index)


BELONGING = "('member', 'leader', 'commander', 'spokesperson', 'official', 'founder', 'faction_of')"
"""The roles by which one belongs to an actor; an opponent, an ally or a child does not."""


def belonging(member: LiteralString, to: LiteralString, table: LiteralString) -> LiteralString:
    """Give the condition that a member belonged to an actor, or may have, on a record's days.

    An actor belongs to itself. An undated record takes whoever ever did. Who belongs at all comes
    first, for these may be few.
    """
    own: LiteralString = f"%({to})s::uuid[]"
    return (
        f"{member} IN ({belongers(to)}) AND ({member} = ANY({own}) OR EXISTS ("
        f"SELECT FROM affiliations WHERE affiliations.actor_id = {member}"
        f" AND affiliations.of_id = ANY({own}) AND affiliations.role IN {BELONGING}"
        f" AND ({table}.ends_on = '-infinity' OR affiliations.starts_on <= {table}.ends_on"
        f" AND affiliations.ends_on >= {table}.starts_on)))"
    )


def belongers(to: LiteralString) -> LiteralString:
    """Select an actor, and whoever ever belonged to it."""
    return (
        f"SELECT unnest(%({to})s::uuid[]) UNION SELECT affiliations.actor_id FROM affiliations"
        f" WHERE affiliations.of_id = ANY(%({to})s::uuid[]) AND affiliations.role IN {BELONGING}"
    )


def dated(table: LiteralString, member: LiteralString = "date") -> dict[str, Condition]:
    """Give the conditions on when a record was or may have been; see `possibly`."""
    return {**possibly(table, member), **certainly(table, member)}


def begun(table: LiteralString) -> dict[str, Condition]:
    """Give the conditions on the day on which a record begins, as filters ask for it."""
    return {
        "starts_from": Condition(
            f"{table}.begins >= %(starts_from)s::date", span=Span("{0} >= %(starts_from)s::date")
        ),
        # What is not known to begin does not begin before anything.
        "starts_before": Condition(
            f"{table}.begins < %(starts_before)s::date AND {table}.begins > '-infinity'",
            span=Span("{0} < %(starts_before)s::date AND {0} > '-infinity'"),
        ),
    }


BEGINS: LiteralString = "%(datetime_begins)s::timestamptz"
ENDS: LiteralString = "%(datetime_ends)s::timestamptz"
"""The instants between which something is asked for, where these are given."""


def possibly(table: LiteralString, member: LiteralString) -> dict[str, Condition]:
    """Give the conditions on when a record may have been, by its `begins` and `ends_on`.

    Times of day are in its `member`, the date as it was written: where it and the question have
    them, the two are compared.
    """
    written: LiteralString = f"(({table}.body || {table}.derived)::json ->> '{member}')"
    return {
        "datetime": Condition(
            f"{table}.begins < %(datetime_to)s::date + 1 AND {table}.ends_on >= %(datetime_from)s",
            values=interval,
            span=Span(
                "{0} < %(datetime_to)s::date + 1 AND {0} >= %(datetime_from)s::date - 31",
                long_ones=f"{table}.ends_on > {table}.starts_on + 31",
            ),
        ),
        # The day that is written may be another one in UTC.
        "datetime_at": Condition(
            f"{table}.begins < %(datetime_to)s::date + 2"
            f" AND {table}.ends_on >= %(datetime_from)s::date - 1 AND {table}.ends_on > '-infinity'"
            f" AND coalesce(first_instant({written}) <= {ENDS},"
            f" {table}.begins < %(datetime_to)s::date + 1)"
            f" AND coalesce(last_instant({written}) >= {BEGINS},"
            f" {table}.ends_on >= %(datetime_from)s)",
            values=interval,
            span=Span(
                "{0} < %(datetime_to)s::date + 2 AND {0} >= %(datetime_from)s::date - 32",
                long_ones=f"{table}.ends_on > {table}.starts_on + 31",
            ),
        ),
    }


def certainly(table: LiteralString, member: LiteralString) -> dict[str, Condition]:
    """Give the conditions that a record lies wholly within what is asked for; see `possibly`."""
    written: LiteralString = f"(({table}.body || {table}.derived)::json ->> '{member}')"
    return {
        "datetime_certainly": Condition(
            f"{table}.begins >= %(datetime_begin)s::date AND {table}.ends_on <= %(datetime_to)s"
            f" AND {table}.ends_on > '-infinity' AND NOT {table}.qualified",
            values=interval,
            span=Span("{0} >= %(datetime_begin)s::date AND {0} < %(datetime_to)s::date + 1"),
        ),
        "datetime_at_certainly": Condition(
            f"{table}.begins >= %(datetime_begin)s::date - 1"
            f" AND {table}.ends_on <= %(datetime_to)s::date + 1 AND {table}.ends_on > '-infinity'"
            f" AND coalesce(first_instant({written}) >= {BEGINS},"
            f" {table}.begins >= %(datetime_whole_from)s::date)"
            f" AND coalesce(last_instant({written}) <= {ENDS},"
            f" {table}.ends_on <= %(datetime_whole_to)s)"
            f" AND NOT {table}.qualified",
            values=interval,
            span=Span("{0} >= %(datetime_begin)s::date - 1 AND {0} < %(datetime_to)s::date + 2"),
        ),
    }


def interval(asked: Any) -> dict[str, Any]:
    """Give the days and instants of an interval; from an open start, undated records stay out."""
    first = "0001-01-01"
    return {
        "datetime_from": asked.first_day,
        "datetime_to": asked.last_day,
        "datetime_begin": "-infinity" if asked.first_day == first else asked.first_day,
        "datetime_begins": asked.begins,
        "datetime_ends": asked.ends,
        "datetime_whole_from": "-infinity" if asked.whole_from == first else asked.whole_from,
        "datetime_whole_to": asked.whole_to,
    }


def days(record: Mapping[str, Any], *, unknown: tuple[str, str]) -> dict[str, str]:
    """Give the columns of a record's days and of its order, from its date and what it means.

    `unknown` are the bounds of a record that has no date at all.
    """
    if record.get("date") is None:
        return {"starts_on": unknown[0], "ends_on": unknown[1], "begins": unknown[0]}
    return {
        "begins": record["begins"] or "-infinity",
        "starts_on": record["starts_on"] or "-infinity",
        "ends_on": record["ends_on"] or "infinity",
    }


def is_qualified(record: Mapping[str, Any]) -> bool:
    """Tell whether a record's date has a qualifier (EDTF): such a date is never certain."""
    return any(qualifier in (record.get("date") or "") for qualifier in "?~%")


UNDATED = ("-infinity", "-infinity")
"""The bounds of a record without a date: before everything, so that no interval finds it."""

ALWAYS = ("-infinity", "infinity")
"""The bounds of what may have held at any time, since nobody says when."""


def kept(table: LiteralString, *names: LiteralString) -> dict[str, LiteralString]:
    """Give the columns that have the members of a record by their own names."""
    every: tuple[LiteralString, ...] = (
        *("id", "dataset", "version", "created_at", "updated_at", "tags", "method"),
        *names,
    )
    return {name: f"{table}.{name}" for name in every}


def days_kept(table: LiteralString, member: LiteralString) -> dict[str, LiteralString]:
    """Give the columns of a record's days, and of its dates' first and last one."""
    return {
        "starts_on": f"CASE WHEN isfinite({table}.starts_on) THEN {table}.starts_on END",
        "ends_on": f"CASE WHEN isfinite({table}.ends_on) THEN {table}.ends_on END",
        f"{member}.first": f"{table}.starts_on",
        f"{member}.last": f"{table}.ends_on",
    }
