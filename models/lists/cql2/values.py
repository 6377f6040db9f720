"""Values in the filters of CQL2 as SQL: properties of records, of their parts, and literals."""

from typing import Any, Literal, LiteralString

from psycopg import sql

from models.table import Entries, Table, text

Tree = tuple[Any, ...]

TYPES: dict[str, LiteralString] = {
    "text": "text",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
    "id": "uuid",
}
"""PostgreSQL's types of the kinds of values."""

ARRAYS: dict[str, LiteralString] = {"array:text": "text[]", "array:id": "uuid[]"}
"""PostgreSQL's types of lists of values."""

JSON_TYPES = {"json:text": "string", "json:number": "number", "json:boolean": "boolean"}
"""The type that JSON has to be of, to be compared with a value."""

Form = Literal["json", "jsonb"]
"""How the text of a record is read: member by member, or parsed once, which takes longer once."""

PARSED: LiteralString = "parsed.record"
"""The record, parsed."""

CASELESS: LiteralString = "translate(replace(lower({}), 'ß', 'ss'), 'ς', 'σ')"  # noqa: RUF001 - the other sigma
PLAIN: LiteralString = (
    "normalize(regexp_replace(normalize({}, NFD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]',"
    " '', 'g'), NFC)"
)
"""A text whatever its case; and without the marks on its letters."""


def kind_of(value: Tree) -> str:
    """Tell of which kind a value is."""
    if value[0] in {"property", "gathered", "value", "values"}:
        return str(value[1]).removeprefix("json:")
    return "text" if value[0] == "fold" else "number"


class Values:
    """Writes values of the records of a table."""

    def __init__(self, table: Table, form: Form) -> None:
        """Take the table, and the form in which the text of a record is read."""
        self.table, self.form = table, form

    def write(self, value: Tree) -> sql.Composable:  # noqa: PLR0911 - one for each kind
        """Write a value."""
        match value:
            case ("property", *_):
                return self.property(value)
            case ("gathered", *_):
                return self.gathered(value)
            case ("value", kind, name):
                return sql.SQL(f"{{}}::{TYPES[kind]}").format(sql.Placeholder(name))
            case ("values", kind, name):
                return sql.SQL(f"{{}}::{TYPES[kind]}[]").format(sql.Placeholder(name))
            case ("fold", "casei", inner):
                return sql.SQL(CASELESS).format(self.write(inner))
            case ("fold", _, inner):
                return sql.SQL(PLAIN).format(self.write(inner))
            case ("arithmetic", operator, left, right):
                return self.arithmetic(operator, self.write(left), self.write(right))
        raise LookupError(value[0])

    def arithmetic(
        self, operator: str, left: sql.Composable, right: sql.Composable
    ) -> sql.Composable:
        """Write an operation with numbers; what is divided by zero is not known."""
        if operator == "div":
            return sql.SQL("div({}, NULLIF({}, 0))").format(left, right)
        if operator in {"/", "%"}:
            sign: LiteralString = "/" if operator == "/" else "%%"
            return sql.SQL(f"({{}} {sign} NULLIF({{}}, 0))").format(left, right)
        signs: dict[str, LiteralString] = {"+": "+", "-": "-", "*": "*"}
        return sql.SQL(f"({{}} {signs[operator]} {{}})").format(left, right)

    def property(self, value: Tree) -> sql.Composable:
        """Write a property: its column, or else what the text of the record says."""
        _, kind, rows, path, keys = value
        column = None if keys or kind.startswith("json") else self.column(rows, path)
        if column is not None:
            typed: LiteralString = "({})::numeric" if kind == "number" else "{}"
            return sql.SQL(typed).format(sql.SQL(column))
        if kind == "geometry" and len(path) > 1:  # a place without a shape has its point
            known: LiteralString = "point" if path[-1] == "point" else "extent"
            return sql.SQL(
                f"(SELECT referred.{known} FROM locations AS referred WHERE referred.id = {{}})"
            ).format(self.property(("property", "id", rows, (*path[:-2], path[-2][0]), ())))
        return self.typed(kind, self.json(rows, path, keys), rows)

    def column(self, rows: str, path: Tree) -> LiteralString | None:
        """Give the column of a property, if it has one."""
        name = ".".join(step if isinstance(step, str) else step[0][:-3] for step in path)
        entries = self.table.entries.get(rows)
        members = (entries.members if entries else {}) if rows else self.table.members
        return members.get(name)

    def json(self, rows: str, path: Tree, keys: str | tuple[()] = ()) -> sql.Composable:
        """Write the JSON of a property."""
        hop = next((n for n, step in enumerate(path) if not isinstance(step, str)), None)
        if hop is not None:
            member, resource = path[hop]
            known = self.column(rows, (*path[:hop], member))
            holder = (
                sql.SQL(known)
                if known
                else self.typed("id", self.json(rows, (*path[:hop], member)), "")
            )
            text_ = sql.SQL(f"(referred.body || referred.derived)::{self.form}")
            inside = within(text_, path[hop + 1 :])
            return sql.SQL("(SELECT {} FROM {} AS referred WHERE referred.id = {})").format(
                inside, sql.Identifier(resource), holder
            )
        if not rows:
            return within(self.record(), path, keys)
        entries = self.table.entries.get(rows)
        entry: sql.Composable = sql.SQL("entry.value")
        if entries:
            entry = sql.SQL("({} -> {} -> {}.position::integer)").format(
                self.record(), sql.Literal(rows), sql.SQL(entries.among.name)
            )
        return within(entry, path, keys)

    def record(self) -> sql.Composable:
        """Write the JSON of the record."""
        if self.form == "jsonb":
            return sql.SQL(PARSED)
        return sql.SQL("({})::json").format(text(self.table, full=False))

    def typed(self, kind: str, json: sql.Composable, rows: str) -> sql.Composable:
        """Write what some JSON is as a value of a kind."""
        if kind in JSON_TYPES:
            typed: LiteralString = TYPES[kind.removeprefix("json:")]
            more: LiteralString = ""
            if kind == "json:number" and rows == "claims":  # of bounds, the best number
                more = (
                    f" WHEN {self.form}_typeof({{json}}) = 'object'"
                    " THEN ({json} ->> 'best')::numeric"
                )
            return sql.SQL(
                f"CASE WHEN {self.form}_typeof({{json}}) = {{type}}"
                f" THEN ({{json}} #>> '{{{{}}}}')::{typed}{more} END"
            ).format(json=json, type=sql.Literal(JSON_TYPES[kind]))
        if kind in ARRAYS:
            return sql.SQL(
                f"CASE WHEN {self.form}_typeof({{0}}) = 'array'"
                f" THEN ARRAY(SELECT {self.form}_array_elements_text({{0}}))::{ARRAYS[kind]} END"
            ).format(json)
        if kind in {"array", "list", "object", "json", "geometry", "span"}:
            return sql.SQL(f"NULLIF({self.form}_typeof({{}}), 'null')").format(json)
        return sql.SQL(f"({{}} #>> '{{{{}}}}')::{TYPES[kind]}").format(json)

    def gathered(self, value: Tree) -> sql.Composable:
        """Write what all entries of a list have, as an array; null where no list is recorded."""
        _, kind, rows, path, keys = value
        each = self.property(("property", kind, rows, path, keys))
        return sql.SQL(
            "CASE WHEN EXISTS (SELECT {entries}) THEN ARRAY(SELECT {each} {entries})"
            f" WHEN {{known}} THEN '{{{{}}}}'::{TYPES[kind]}[] END"
        ).format(entries=self.entries(rows), each=each, known=self.is_known(rows))

    def entries(self, rows: str) -> sql.Composable:
        """Write where the entries of a list of the record are found: FROM and WHERE."""
        known: Entries | None = self.table.entries.get(rows)
        if known:
            names = {"child": known.among.name, "id": known.among.id, "which": known.among.which}
            of_record = sql.SQL("FROM {child} WHERE {child}.{id} = {table}.id AND {which}")
            written = {name: sql.SQL(value) for name, value in names.items()}
            return of_record.format(table=sql.SQL(self.table.name), **written)
        found = self.json("", (rows,))
        return sql.SQL(
            f"FROM {self.form}_array_elements("
            f"CASE WHEN {self.form}_typeof({{0}}) = 'array' THEN {{0}} END)"
            " AS entry (value) WHERE true"
        ).format(found)

    def is_known(self, rows: str) -> sql.Composable:
        """Write whether a list is recorded at all, and not null."""
        return sql.SQL(f"{self.form}_typeof({{}}) = 'array'").format(self.json("", (rows,)))


def within(json: sql.Composable, path: Tree, keys: str | tuple[()] = ()) -> sql.Composable:
    """Write what stands at a path in some JSON; the last steps may be the client's own."""
    found = json
    for step in path:
        found = sql.SQL("{} -> {}").format(found, sql.Literal(step))
    if keys:
        found = sql.SQL("{} #> {}::text[]").format(found, sql.Placeholder(keys))
    return sql.SQL("({})").format(found)
