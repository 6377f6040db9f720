"""Records as rows of a table: the SQL of flat columns, as `schemas/flat.py` describes them."""

from collections.abc import Iterable, Sequence
from typing import Literal, LiteralString, Protocol

from psycopg import sql

from models.table import Table, text

Form = Literal["cells", "typed", "values"]
"""The form of values: cells of a spreadsheet; texts that typed columns are parsed from, whose lists
can be split again; or JSON."""

FORMULA: LiteralString = "(9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312)"
"""First characters of a formula in spreadsheets (tab, line breaks, `+`, `-`, `=`, `@`, also of full
width), and the apostrophe that escapes them."""

FROM_TABLE: dict[str, LiteralString] = {
    "text": "{0}::text",
    "integer": "{0}",
    "instant": """to_char({0}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "date": "CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31' THEN {0}::text"
    " ELSE ({table}.body || '}}')::jsonb ->> {member} END",
}
"""By kind of column: the SQL that writes a table's column as the record has it.

Days before our era, and unknown ones, are taken from the record: PostgreSQL writes them otherwise.
"""

KEPT_APART: dict[tuple[str, str], LiteralString] = {("documents", "text"): "documents.full_text"}
"""Members that are stored in a column instead of the text of the record."""

ESCAPED: LiteralString = "CASE WHEN ascii({0}) IN {1} THEN '''' || ({0}) ELSE {0} END"
ESCAPED_ONCE: LiteralString = (
    "(SELECT CASE WHEN ascii(cell.it) IN {1} THEN '''' || cell.it ELSE cell.it END"
    " FROM (SELECT {0} AS it OFFSET 0) AS cell)"
)
"""A cell, escaped by an apostrophe where a spreadsheet would see a formula (CSV injection)."""

EVERYWHERE = frozenset({"id", "dataset", "version", "created_at", "updated_at"})
"""Members that every table has a column for."""

COMPUTED: dict[str, dict[str, LiteralString]] = {
    "events": {
        "longitude": "events.point[0]",
        "latitude": "events.point[1]",
        "uncertainty_km": "events.uncertainty_km",
        "country": "events.country",
        "location_kind": "(SELECT locations.kind FROM locations"
        " WHERE locations.id = events.location_id)",
        "statement_id": "statements.id::text",
        "speaker_id": "statements.speaker_id::text",
        "speaker_name": "(SELECT actors.name FROM actors WHERE actors.id = statements.speaker_id)",
        "document_id": "statements.document_id::text",
        "dataset": "statements.dataset",
        "act": "statements.act",
    },
}
"""Columns that are not members of a record, by table; the id of the record is another one."""

LABELS: dict[str, LiteralString] = {
    "actors": "named.name",
    "locations": "named.name",
    "documents": "(named.body || '}')::jsonb ->> 'title'",
    "events": "(named.body || '}')::jsonb ->> 'title'",
}
"""The SQL of a record's name or title, by resource."""

ENTRIES: LiteralString = (
    " CROSS JOIN LATERAL jsonb_array_elements(nullif({table}.it -> {member}, 'null'))"
    " WITH ORDINALITY AS entry (it, number)"
)
"""JOIN that gives the entries of a list of the record, each as a row."""

JOIN_CLAIMS: LiteralString = (
    " JOIN claims ON claims.event_id = events.id JOIN statements"
    " ON statements.id = claims.statement_id AND NOT statements.withdrawn"
    " AND NOT statements.retracted CROSS JOIN LATERAL (SELECT (statements.body || '}}')::jsonb"
    " -> 'claims' -> claims.position::integer AS it OFFSET 0) AS entry"
)
"""JOIN that gives the claims of statements on events, each as a row."""

PARTIES: LiteralString = (
    " CROSS JOIN LATERAL (SELECT {columns} FROM (SELECT entry.it ->> 'role' AS role,"
    " entry.it ->> 'actor_id' AS id, coalesce((SELECT actors.name FROM actors"
    " WHERE actors.id = (entry.it ->> 'actor_id')::uuid), entry.it ->> 'label') AS name"
    " FROM jsonb_array_elements(nullif(events.it -> 'participants', 'null')) AS entry (it)"
    " OFFSET 0) AS party) AS parties"
)
"""JOIN that gives the participants of an event in one value for each role, in their order."""

PARTY: LiteralString = "string_agg({what}, {between}) FILTER (WHERE party.role = {role}) AS {name}"
PARTY_VALUES: LiteralString = (
    "jsonb_agg({what}) FILTER (WHERE party.role = {role} AND {what} IS NOT NULL) AS {name}"
)
"""The participants of one role: joined, or as a JSON list; null if there are none."""

JOINED: LiteralString = (
    "CASE WHEN {it} IS NOT NULL AND {it} <> 'null' THEN (SELECT"
    " coalesce(string_agg({what}, {between} ORDER BY item.number), '')"
    " FROM jsonb_array_elements_text({it}) WITH ORDINALITY AS item (it, number)) END"
)
"""The values of a list, joined in their order: empty for an empty list, null for an unknown one."""

BETWEEN: dict[Form, LiteralString] = {"cells": "'; '", "typed": "''", "values": "'; '"}
"""Separator of the values of a list."""

APART: LiteralString = "E'\\x1f' || replace(replace({}, E'\\x1e', E'\\x1e0'), E'\\x1f', E'\\x1e1')"
"""A value of a list that can be split again: the unit separator precedes each.

Inside a value, it and the record separator are escaped.
"""


class Column(Protocol):
    """A column, as `schemas/flat.py` describes it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def label_of(self) -> str | None: ...  # noqa: D102
    @property
    def axis(self) -> int | None: ...  # noqa: D102
    @property
    def free(self) -> bool: ...  # noqa: D102
    @property
    def role(self) -> str | None: ...  # noqa: D102


class Rows:
    """The rows of a flat table: the expressions of its columns, joins and order.

    One row is a record of the table or, with `rows`, one entry of that list of it.
    """

    def __init__(
        self, table: Table, columns: Sequence[Column], rows: str | None, form: Form
    ) -> None:
        """Compose the rows of a table."""
        self.table, self.rows, self.form = table, rows, form
        self.columns = columns
        self.are_claims = rows == "claims" and table.name == "events"
        self.own = [column for column in columns if column.path]

    @property
    def selected(self) -> sql.Composable:
        """Compose the SELECT list, each column by its name."""
        return sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(self.expression(column), sql.Identifier(column.name))
            for column in self.columns
        )

    @property
    def joined(self) -> sql.Composable:
        """Compose the joins behind the table: the entries of a list, the participants by role."""
        joins = list[sql.Composable]()
        if self.are_claims:
            joins.append(sql.SQL(JOIN_CLAIMS).format())
        elif self.rows:
            names = {"table": sql.SQL(self.table.name), "member": sql.Literal(self.rows)}
            joins.append(sql.SQL(ENTRIES).format(**names))
        if roles := [column for column in self.own if column.role]:
            each = sql.SQL(", ").join(party(column, self.form) for column in roles)
            joins.append(sql.SQL(PARTIES).format(columns=each))
        return sql.SQL("").join(joins)

    @property
    def record(self) -> sql.Composable:
        """Compose the record as JSON, named `it`, parsed once for all columns."""
        is_read = self.rows or any(self.table_column(column) is None for column in self.own)
        if self.are_claims or not is_read:
            return sql.SQL("")
        return sql.SQL(", ({})::jsonb AS it").format(text(self.table, full=False))

    @property
    def order(self) -> list[sql.Composable]:
        """Compose the order of the rows of one record."""
        if self.are_claims:
            return [sql.SQL("claims.statement_id"), sql.SQL("claims.position")]
        return [sql.SQL("entry.number")] if self.rows else []

    def expression(self, column: Column) -> sql.Composable:
        """Compose the expression of a column, in the form."""
        value = self.value(column)
        if self.form != "cells" or not column.free:
            return value
        # An expensive value is computed once, not in both branches.
        is_cheap = column.role or (column.kind != "list" and column.label_of is None)
        escaped = ESCAPED if is_cheap else ESCAPED_ONCE
        return sql.SQL(escaped).format(value, sql.SQL(FORMULA))

    def value(self, column: Column) -> sql.Composable:
        """Compose the expression of a column's value: a text, or JSON in the form of values."""
        if not column.path:
            return sql.SQL(self.computed(column.name))
        if column.role:
            return sql.SQL("parties.{}").format(sql.Identifier(column.name))
        if column.label_of:
            return sql.SQL("(SELECT {} FROM {} AS named WHERE named.id = ({})::uuid)").format(
                sql.SQL(LABELS[column.label_of]), sql.SQL(column.label_of), self.target_id(column)
            )
        if stored := self.table_column(column):
            return sql.SQL(FROM_TABLE[column.kind]).format(
                sql.SQL(stored), table=sql.SQL(self.table.name), member=sql.Literal(column.path[0])
            )
        if self.form != "values" and column.kind == "list":
            return joined(JOINED, self.form, "item.it", it=self.json_at(column.path))
        return self.json_value(column)

    def target_id(self, column: Column) -> sql.Composable:
        """Compose the id of the record whose name a column shows."""
        stored = self.table_column(column)
        return sql.SQL(stored) if stored else self.json_value(column)

    def computed(self, name: str) -> LiteralString:
        """Give the expression of a column that is not a member."""
        if name == "position":
            return "claims.position" if self.are_claims else "entry.number - 1"
        if name == f"{self.table.name.removesuffix('s')}_id":
            return f"{self.table.name}.id::text"
        return COMPUTED[self.table.name][name]

    def table_column(self, column: Column) -> LiteralString | None:
        """Give the table's column that is equal to the member, if there is one."""
        name = ".".join(column.path)
        if self.rows is not None or column.kind not in FROM_TABLE:
            return None
        if apart := KEPT_APART.get((self.table.name, name)):
            return apart
        top, *deeper = column.path
        is_own = self.table.columns.get(top) == f"%({top})s" or top in EVERYWHERE or deeper
        return self.table.members.get(name) if is_own else None

    def json_value(self, column: Column) -> sql.Composable:
        """Compose the value of a column from the JSON of the record or the entry."""
        if self.form == "typed" and column.kind == "json":
            return sql.SQL("nullif({}, 'null')").format(self.json_at(column.path))
        path = [*column.path, *([str(column.axis)] if column.axis is not None else [])]
        as_text = self.form != "values" or column.label_of
        if len(path) == 1:
            sign, place = ("->>" if as_text else "->"), sql.Literal(path[0])
        else:
            sign, place = ("#>>" if as_text else "#>"), sql.Literal("{" + ",".join(path) + "}")
        return sql.SQL("{} {} {}").format(self.source, sql.SQL(sign), place)

    def json_at(self, path: Iterable[str]) -> sql.Composable:
        """Compose the JSON at a path."""
        return sql.SQL("({} #> {})").format(self.source, sql.Literal("{" + ",".join(path) + "}"))

    @property
    def source(self) -> sql.SQL:
        """Name the JSON that values are taken from: an entry, or the record."""
        return sql.SQL("entry.it" if self.rows else f"{self.table.name}.it")


def party(column: Column, form: Form) -> sql.Composable:
    """Compose the participants of one role: their names or labels, or their ids."""
    what: LiteralString = "party.id" if column.label_of else "party.name"
    template = PARTY_VALUES if form == "values" else PARTY
    names = {"role": sql.Literal(column.role), "name": sql.Identifier(column.name)}
    return joined(template, form, what, **names)


def joined(
    template: LiteralString, form: Form, value: LiteralString, **parts: sql.Composable
) -> sql.Composable:
    """Compose the joined values of a list, in the form."""
    what = sql.SQL(APART).format(sql.SQL(value)) if form == "typed" else sql.SQL(value)
    return sql.SQL(template).format(what=what, between=sql.SQL(BETWEEN[form]), **parts)
