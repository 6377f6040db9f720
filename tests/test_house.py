"""The house: rules of its layout that no other tool holds."""

import re

import pytest
from support.service import ROOT
from support.versions import ANY_POSTGRESQL

from models.lists import flat as flat_sql
from models.tables import TABLES
from schemas import flat
from schemas.resources import RESOURCES, complete

TESTS = sorted((ROOT / "tests").glob("**/*.py"))


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


def test_resources_have_the_same_labels_in_both_layers():
    """A column of labels has its SQL."""
    assert flat.LABELS.keys() == flat_sql.LABELS.keys()
