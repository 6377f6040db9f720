"""The house: rules of its layout that no other tool holds."""

import ast
import re
from importlib import import_module

import pytest
from support.service import ROOT
from support.versions import ANY_POSTGRESQL

from models import assessments, keys
from models.lists import conditions, stream, timelines
from models.lists import flat as flat_sql
from models.table import Among
from models.tables import TABLES
from schemas import exports, flat, networks
from schemas import keys as key_schemas
from schemas.layouts.linked import actors as linked_actors
from schemas.resources import RESOURCES, complete
from schemas.vocabularies import own

TESTS = sorted((ROOT / "tests").glob("**/*.py"))
CODE = sorted(path for room in ("api", "models", "schemas") for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_imports_a_test(path):
    """What test modules share stands in tests/support."""
    found = re.findall(r"^\s*(?:from|import) (test_\w+|conftest)", path.read_text(), re.MULTILINE)
    assert found == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_looks_outside_the_repository(path):
    """Whoever has a clone has all that the tests need."""
    outside = r"ROOT\.parent|parents\[[3-9]\]|\.\./shared"
    assert path.name == "test_house.py" or not re.search(outside, path.read_text())


@pytest.mark.parametrize("name", ANY_POSTGRESQL)
def test_what_runs_on_one_postgresql_is_there(name):
    """Nothing is excepted from PostgreSQL 15 by a name that no test has."""
    file, _, test = name.partition("::")
    written = (ROOT / "tests" / f"{file}.py").read_text()
    assert not test or f"def {test}(" in written


def test_a_list_without_a_resource_is_named():
    """Whoever adds a resource is told which list lacks it, when the service is made."""
    assert [*TABLES] == [*RESOURCES]
    with pytest.raises(LookupError, match=r"^A in a\.py .* statements: add it"):
        complete("A in a.py", dict.fromkeys([*RESOURCES][:-1]))


def constants(path):
    """Give the names that a module binds at its top."""
    for statement in ast.parse(path.read_text()).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets += [statement.target] if isinstance(statement, ast.AnnAssign) else []
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def module_of(path):
    """Import the module of a file."""
    return import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def test_names_of_tables_are_tables_and_nothing_else():
    """`EVENTS` is the table of events wherever it stands."""
    tables = {name.upper(): f"models/{name}.py" for name in TABLES}
    found = [(name, str(path.relative_to(ROOT))) for path in CODE for name in constants(path)]
    assert [(name, path) for name, path in found if tables.get(name, path) != path] == []


def test_names_of_child_tables_are_these_and_nothing_else():
    """In SQL, `PARTICIPANTS` means the same rows in every module."""
    every = [(name, path) for path in CODE if "models" in path.parts for name in constants(path)]
    found = [(name, getattr(module_of(path), name)) for name, path in every]
    children = {name: value for name, value in found if isinstance(value, Among)}
    assert len(children) > 4
    assert [(name, it) for name, it in found if name in children and it != children[name]] == []


SAME = {
    "scopes": (keys.SCOPES, key_schemas.SCOPES),
    "methods": (keys.METHODS, own.METHODS),
    "verdicts": (assessments.COUNTED_VERDICTS, (*own.VERDICTS, "outdated")),
    "labels": ({*flat.LABELS}, {*flat_sql.LABELS}),
    "no order": (stream.UNORDERED, exports.UNORDERED),
    "timelines": (timelines.KINDS, networks.KINDS),
    "belonging": (
        {*re.findall(r"\w+", conditions.BELONGING)},
        linked_actors.BELONGING & {*own.AFFILIATION_ROLES},
    ),
}
"""Facts that `models` and `schemas` both state, for neither may import the other."""


@pytest.mark.parametrize("fact", SAME)
def test_what_is_stated_twice_is_the_same(fact):
    """Code lists and names that two layers know are equal."""
    one, other = SAME[fact]
    assert one == other
