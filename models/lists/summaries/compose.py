"""Summaries as SQL: records are counted by their days first, which are then spread over buckets.

A date may reach over many buckets. Records with the same first and last bucket are counted
together before they are counted as possible in each one between, so that vague dates cost little.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from psycopg import sql

from models.lists.search import Statement
from models.lists.summaries.draft import CONSTANTS, DISPUTED, Draft, Wanted
from models.lists.summaries.words import TIMES
from models.table import Table

MAX_REACHED = 53
"""Maximum number of buckets that a date reaches over and is possible in: weeks of a year."""

MAX_FILLED = 20_000
"""Maximum number of rows once empty buckets are filled in."""

ORDERS = {
    "count": "count",
    "possible": "possible",
    "disputed": "disputed",
    "fatalities": "best",
}
"""Orders by what is measured, and the column of each."""

LEVELS = """levels_{key} AS (
    SELECT DISTINCT here.id AS location_id, place.id AS place_id
    FROM locations AS here
    CROSS JOIN LATERAL unnest(here.id || here.ancestors) AS around (id)
    JOIN locations AS place ON place.id = around.id
    WHERE here.id IN (SELECT counted.{key} FROM counted) AND place.kind = {kind}
)"""
"""Which places of a kind the locations of counted records are, or lie in."""


def whole(table: Table, wanted: Wanted, asked: Mapping[str, Any]) -> Statement:
    """Compose the statement that counts all records, and those that are left out."""
    draft = Draft(table, wanted._replace(by=()), asked)
    return statement(draft, ["counted AS ({})"], [totals(draft)])


def rows(table: Table, wanted: Wanted, asked: Mapping[str, Any]) -> Statement:
    """Compose the statement that counts records by words.

    Each row starts with its kind: a `row`, the sum of the `others` or, if no record is in several
    rows, those of `whole`. A number follows, then the keys, their names, and the measures.
    """
    draft = Draft(table, wanted, asked)
    steps = [
        "counted AS MATERIALIZED ({})",
        *levels(draft),
        f"placed AS ({placed(draft)})",
        f"found AS ({gathered(draft)})",
        *filling(draft),
        f"ordered AS ({ordered(draft)})",
    ]
    answers = [page(draft), remainder(draft)]
    return statement(draft, steps, answers if draft.several else [*answers, totals(draft)])


def statement(draft: Draft, steps: Iterable[str], answers: Iterable[str]) -> Statement:
    """Put a statement together from its steps, of which the first is the count of records."""
    composed = sql.SQL(f"WITH {', '.join(steps)} {' UNION ALL '.join(answers)}")
    return Statement(composed.format(counted(draft)).as_bytes(), draft.values(), reusable=False)


def counted(draft: Draft) -> sql.Composable:
    """Compose the count of records that have the same days and the same values."""
    facts = draft.facts()
    # What is the same for all would only cost time.
    grouped = ", ".join(
        str(number)
        for number, value in enumerate(facts.values(), 1)
        if draft.several or value not in CONSTANTS
    )
    if not draft.several:
        columns = [f"{value} AS {name}" for name, value in facts.items()]
        columns += together(draft, draft.inputs)
        return sql.SQL(f"SELECT {', '.join(columns)} {{}} GROUP BY {grouped or '()'}").format(
            draft.records()
        )
    # A record counts once in each row, and is certain there if any of what puts it there is.
    columns = [f"{draft.table.name}.id"]
    columns += [f"{value} AS {name}" for name, value in facts.items() if name != "doubtful"]
    columns += [f"{value} AS m_{name}" for name, value in draft.inputs.items()]
    once = ", ".join(str(number) for number in range(1, len(columns) + 1))
    columns.append(f"bool_and({facts['doubtful']}) AS doubtful")
    outer = [f"each.{name}" for name in facts]
    outer += together(draft, {name: f"each.m_{name}" for name in draft.inputs})
    return sql.SQL(
        f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(columns)} {{}} GROUP BY {once}) AS each"
        f" GROUP BY {grouped}"
    ).format(draft.records())


def together(draft: Draft, inputs: Mapping[str, str]) -> list[str]:
    """Compose the aggregates of a group."""
    found = [f"{each.sql.format(**inputs)} AS {each.name}" for each in draft.measures]
    return ["count(*) AS n", *found]


IS_COUNTED = f"coalesce(counted.reason, '{DISPUTED}') = '{DISPUTED}'"
"""Whether records are not left out."""

AMOUNTS = {
    "count": "counted.n",
    "disputed": "CASE WHEN counted.reason IS NOT NULL THEN counted.n ELSE 0 END",
}
"""How many of the records that are counted together are counted, and disputed."""


def amounts(draft: Draft) -> dict[str, str]:
    """Map each amount of a group to its SQL."""
    counts = [name for name in AMOUNTS if name == "count" or draft.may_be_disputed]
    return {name: AMOUNTS[name] for name in counts} | {
        each.name: f"counted.{each.name}" for each in draft.measures
    }


def levels(draft: Draft) -> Iterator[str]:
    """Compose which places of a level the locations lie in."""
    for key, name in draft.names.items():
        if name in {"place", "admin1"}:
            kind = "%(level)s" if name == "place" else "'admin1'"
            yield LEVELS.format(key=key, kind=kind)


def placed(draft: Draft) -> str:
    """Compose counts by row: certain or not, and for each bucket that a date reaches over."""
    source, keys = "counted", {key: f"counted.{key}" for key in draft.words}
    for key, name in draft.names.items():
        if name in {"place", "admin1"}:
            source += f" LEFT JOIN levels_{key} ON levels_{key}.location_id = counted.{key}"
            keys[key] = f"levels_{key}.place_id"
    measures = ", ".join(f"{value} AS {name}" for name, value in amounts(draft).items())
    if draft.time is None:
        values = "".join(f"{value} AS {key}, " for key, value in keys.items())
        return (
            f"SELECT {values}NOT counted.doubtful AS sure, {measures} FROM {source}"
            f" WHERE {IS_COUNTED}"
        )
    step = TIMES[draft.unit].length
    ranges = (
        "counted.last IS NOT NULL AND isfinite(counted.first) AND isfinite(counted.last)"
        f" AND counted.last < counted.first + {MAX_REACHED} * interval '{step}'"
    )
    certain = "CASE WHEN counted.last IS NULL THEN nullif(counted.first, '-infinity') END"
    own = keys | {draft.time: certain}
    spread = keys | {draft.time: "bucket"}
    own_values, spread_values = (
        "".join(f"{value} AS {key}, " for key, value in each.items()) for each in (own, spread)
    )
    return (
        f"SELECT {own_values}NOT counted.doubtful AS sure, {measures} FROM {source}"
        f" WHERE {IS_COUNTED} AND NOT ({ranges})"
        f" UNION ALL SELECT {spread_values}false, {measures} FROM {source}"
        f" CROSS JOIN LATERAL generate_series(counted.first, counted.last, '{step}') AS bucket"
        f" WHERE {IS_COUNTED} AND {ranges}"
    )


def gathered(draft: Draft) -> str:
    """Compose the rows: what is certain is measured, what is possible is counted beside it."""
    keys = ", ".join(f"placed.{key}" for key in draft.words)
    certain = [
        f"coalesce(sum(placed.{name}) FILTER (WHERE placed.sure), {zero(draft, name)}) AS {name}"
        for name in amounts(draft)
    ]
    possible = "coalesce(sum(placed.count) FILTER (WHERE NOT placed.sure), 0) AS possible"
    return f"SELECT {', '.join([keys, *certain, possible])} FROM placed GROUP BY {keys}"


def zero(draft: Draft, name: str) -> str:
    """Compose the sum of no rows: NULL for numbers that may be unknown, else 0."""
    sums = {each.name for each in draft.measures if not each.is_count}
    return "NULL" if name in sums else "0"


def filling(draft: Draft) -> Iterator[str]:
    """Compose the empty buckets between the first and the last, unless these are too many."""
    if not is_filled(draft):
        return
    unit, key = TIMES[draft.unit], draft.time
    kinds = ", ".join(["true AS one", *(f"found.{name}" for name in draft.words if name != key)])
    yield f"kinds AS (SELECT DISTINCT {kinds} FROM found)"
    yield (
        f"bounds AS (SELECT min(found.{key}) AS first, max(found.{key}) AS last,"
        f" ((max(found.{key})::date - min(found.{key})::date) / {unit.days} + 1)"
        " * (SELECT count(*) FROM kinds) AS size FROM found)"
    )
    keys = ", ".join("bucket" if name == key else f"kinds.{name}" for name in draft.words)
    zeros = ", ".join([zero(draft, name) for name in measured(draft)])
    names = ", ".join(f"every.{name}" for name in draft.words)
    sums = ", ".join(f"sum(every.{name}) AS {name}" for name in measured(draft))
    yield (
        f"filled AS (SELECT {names}, {sums} FROM (SELECT found.* FROM found UNION ALL"
        f" SELECT {keys}, {zeros} FROM bounds CROSS JOIN kinds"
        f" CROSS JOIN LATERAL generate_series(bounds.first, bounds.last, '{unit.length}') AS bucket"
        f" WHERE bounds.size <= {MAX_FILLED}) AS every GROUP BY {names})"
    )


def is_filled(draft: Draft) -> bool:
    """Tell whether empty buckets are filled in."""
    return draft.time is not None and draft.wanted.fill


def measured(draft: Draft) -> list[str]:
    """Name the columns of a row that are measured."""
    return [*amounts(draft), "possible"]


def ordered(draft: Draft) -> str:
    """Compose the rows in their order, each with its place, its keys as text, and their names."""
    source = "filled" if is_filled(draft) else "found"
    columns, keys, joins = [], [], ""
    for key, word in draft.words.items():
        value, name = f"{source}.{key}::text", "NULL::text"
        if key == draft.time:
            value = f"to_char({source}.{key}, '{TIMES[draft.unit].written}')"
        if word.names:
            name = f"names_{key}.name"
            joins += f" LEFT JOIN {word.names} AS names_{key} ON names_{key}.id = {source}.{key}"
            keys.append(name)
        keys.append(f"{source}.{key}")
        columns += [f"{value} AS {key}", f"{name} AS name_{key}"]
    order = draft.wanted.order.removeprefix("-")
    direction = "DESC" if draft.wanted.order.startswith("-") else "ASC"
    if order != "key":
        # Where nothing is counted, nobody died.
        value = f"CASE WHEN {source}.count = 0 THEN 0 ELSE {source}.{ORDERS[order]} END"
        keys.insert(0, f"{value} {direction} NULLS LAST")
    elif direction == "DESC":
        keys = [f"{each} DESC NULLS LAST" for each in keys]
    columns += [f"{source}.{name}" for name in measured(draft)]
    return (
        f"SELECT row_number() OVER (ORDER BY {', '.join(keys)}) AS place, {', '.join(columns)}"
        f" FROM {source}{joins}"
    )


def page(draft: Draft) -> str:
    """Compose the first rows, up to the limit."""
    keys = [f"ordered.{key}, ordered.name_{key}" for key in draft.words]
    columns = [*keys, *(f"ordered.{name}::bigint" for name in measured(draft))]
    return (
        f"SELECT 'row', ordered.place, {', '.join(columns)}"
        " FROM ordered WHERE ordered.place <= %(limit)s"
    )


def remainder(draft: Draft) -> str:
    """Compose the sum of the other rows, if there are any; and how many it would take to fill."""
    sums = [f"sum(ordered.{name})::bigint" for name in measured(draft)]
    found = (
        f"SELECT 'others', count(*), {nothing(draft)}{', '.join(sums)}"
        " FROM ordered WHERE ordered.place > %(limit)s HAVING count(*) > 0"
    )
    if not is_filled(draft):
        return found
    unmeasured = ", ".join("0" for _ in measured(draft))
    return f"{found} UNION ALL SELECT 'size', size, {nothing(draft)}{unmeasured} FROM bounds"


def totals(draft: Draft) -> str:
    """Compose the totals of all records, and of those that are left out for each reason."""
    sums = [
        f"coalesce(sum({value}) FILTER (WHERE NOT counted.doubtful), {zero(draft, name)})::bigint"
        for name, value in amounts(draft).items()
    ]
    possible = "coalesce(sum(counted.n) FILTER (WHERE counted.doubtful), 0)::bigint"
    return (
        f"SELECT coalesce(nullif(counted.reason, '{DISPUTED}'), 'total'), 0::bigint,"
        f" {nothing(draft)}{', '.join([*sums, possible])} FROM counted GROUP BY 1"
    )


def nothing(draft: Draft) -> str:
    """Write that what is answered has no keys and no names."""
    return "NULL, NULL, " * len(draft.words)
