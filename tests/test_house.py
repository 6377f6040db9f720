"""The house: rules of its layout that no other tool holds."""

import re

import pytest
from support.service import ROOT
from support.versions import ANY_POSTGRESQL

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
