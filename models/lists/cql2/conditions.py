"""The conditions of a filter in CQL2 as SQL, in three-valued logic, as both have it."""

from collections.abc import Callable, Mapping
from typing import Any, LiteralString

from psycopg import sql

from models.lists.cql2.places import spatial, spatial_of
from models.lists.cql2.times import compared, temporal
from models.lists.cql2.values import PARSED, Form, Values, kind_of
from models.table import Table, text

Tree = tuple[Any, ...]

Writers = Mapping[str, Callable[..., sql.Composable]]
"""The function that writes each kind of condition, from its parts."""

OPERATORS: dict[str, LiteralString] = {
    operator: f"{{}} {operator} {{}}" for operator in ("=", "<>", "<", ">", "<=", ">=")
}
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""Comparisons, and each as it is the other way round."""

ARRAYS: dict[str, LiteralString] = {
    "a_contains": "{} @> {}",
    "a_containedby": "{} <@ {}",
    "a_overlaps": "{} && {}",
    "a_equals": "({0} @> {1} AND {0} <@ {1})",
}
"""Comparisons of lists of values: how often one stands there, and where, tells nothing."""

LETTERS: LiteralString = ' COLLATE "C"'
"""The order of texts that are compared: that of their code points."""


def condition(table: Table, shape: Tree) -> sql.Composable:
    """Write a filter as a condition on a row of the table, whose text is parsed once at the most.

    What columns tell is asked first, and for itself.
    """
    match shape:
        case ("not", inner):
            return sql.SQL("NOT {}").format(condition(table, inner))
        case (("and" | "or") as word, *inner):
            reading = [tree for tree in inner if reads(table, tree)]
            found = [Conditions(table).write(tree) for tree in inner if tree not in reading]
            if reading:
                rest = reading[0] if len(reading) == 1 else (word, *reading)
                found.append(parsed(table, rest) if len(reading) > 1 else condition(table, rest))
            return sql.SQL("({})").format(sql.SQL(f" {word.upper()} ").join(found))
    return parsed(table, shape)


def parsed(table: Table, tree: Tree) -> sql.Composable:
    """Write a condition, and parse the text of the record before if it is read several times."""
    if reads(table, tree) <= 1:
        return Conditions(table).write(tree)
    return sql.SQL("(SELECT {} FROM (SELECT ({})::jsonb AS record OFFSET 0) AS parsed)").format(
        Conditions(table, "jsonb").write(tree), text(table, full=False)
    )


def reads(table: Table, tree: Tree) -> int:
    """Tell how often the text of the record is read for a condition."""
    return Conditions(table, "jsonb").write(tree).as_string().count(PARSED)


class Conditions:
    """Writes conditions on the records of a table."""

    def __init__(self, table: Table, form: Form = "json") -> None:
        """Take the table, and the form in which texts of records are read."""
        self.table = table
        self.values = Values(table, form)
        self.written: Writers = {
            "and": lambda *inner: self.joined(" AND ", inner),
            "or": lambda *inner: self.joined(" OR ", inner),
            "not": lambda inner: sql.SQL("NOT {}").format(self.write(inner)),
            "constant": lambda value: sql.SQL("true" if value else "false"),
            "some": self.some,
            "compare": self.compare,
            "between": self.between,
            "in": self.among,
            "like": self.like,
            "null": lambda value: sql.SQL("({} IS NULL)").format(self.known(value)),
            "known": lambda value: sql.SQL("({} IS NOT NULL)").format(self.known(value)),
            "spatial": self.spatial,
            "temporal": lambda *times: temporal(self.values, *times),
            "arrays": self.arrays,
        }

    def write(self, tree: Tree) -> sql.Composable:
        """Write a condition."""
        return self.written[tree[0]](*tree[1:])

    def joined(self, word: LiteralString, inner: tuple[Tree, ...]) -> sql.Composable:
        """Join conditions."""
        each = [self.write(tree) for tree in inner]
        return sql.SQL("({})").format(sql.SQL(word).join(each)) if len(each) > 1 else each[0]

    def some(self, rows: str, tree: Tree, negated: bool) -> sql.Composable:  # noqa: FBT001 - as the tree has it
        """Write that an entry of a list fits; unknown where none does, and no list is recorded."""
        exists = sql.SQL("EXISTS (SELECT {} AND {})").format(
            self.values.entries(rows), self.write(tree)
        )
        if not negated:
            return exists
        known = self.values.is_known(rows)
        return sql.SQL("(CASE WHEN {} THEN true WHEN {} THEN false END)").format(exists, known)

    def compare(self, operator: str, left: Tree, right: Tree) -> sql.Composable:
        """Write a comparison of two values."""
        one, other = kind_of(left), kind_of(right)
        if (one, other) == ("date", "timestamp"):
            return compared(TURNED.get(operator, operator), self.values, right, left)
        if (one, other) == ("timestamp", "date"):
            return compared(operator, self.values, left, right)
        ordered = LETTERS if one == "text" and operator not in {"=", "<>"} else ""
        return sql.SQL(OPERATORS[operator] + ordered).format(
            self.values.write(left), self.values.write(right)
        )

    def between(self, value: Tree, low: Tree, high: Tree) -> sql.Composable:
        """Write a range, both ends of which are in it."""
        least = self.compare(">=", value, low)
        return sql.SQL("({} AND {})").format(least, self.compare("<=", value, high))

    def among(self, value: Tree, values: Tree) -> sql.Composable:
        """Write that a value is one of several."""
        return sql.SQL("{} = ANY({})").format(self.values.write(value), self.values.write(values))

    def like(self, value: Tree, pattern: Tree) -> sql.Composable:
        """Write a comparison with a pattern."""
        return sql.SQL("{} LIKE {}").format(self.values.write(value), self.values.write(pattern))

    def known(self, value: Tree) -> sql.Composable:
        """Write what is null where a value is not known."""
        if value[0] != "property" or value[1] not in {"span", "geometry"}:
            return self.values.write(value)
        _, kind, rows, path, keys = value
        if kind == "span" and not rows:  # a record without a date ends before everything
            return sql.SQL("NULLIF({}, '-infinity')").format(
                sql.SQL(self.values.column(rows, (*path, "last")) or "")
            )
        as_text = ("property", "text" if kind == "span" else "geometry", rows, path, keys)
        return self.values.write(as_text)

    def arrays(self, operator: str, left: Tree, right: Tree) -> sql.Composable:
        """Write a comparison of two lists of values."""
        return sql.SQL(ARRAYS[operator]).format(self.values.write(left), self.values.write(right))

    def spatial(self, operator: str, place: Tree, shape: Tree) -> sql.Composable:
        """Write how a place lies to a shape: that of a location, or of a record that has one."""
        _, _, rows, path, _ = place
        _, name = shape
        member = str(path[-1])
        if len(path) == 1:
            return spatial("locations", operator, member, name)
        if not rows and member == "geometry" and "location.geometry" in self.table.members:
            return spatial_of(self.table.name, operator, name)
        test = spatial("referred", operator, member, name)
        holder = self.values.property(("property", "id", rows, (*path[:-2], path[-2][0]), ()))
        each = "(SELECT {} FROM locations AS referred WHERE referred.id = {})"
        return sql.SQL(each).format(test, holder)
