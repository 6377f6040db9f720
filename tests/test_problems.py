"""What the service says of its own refusals, at the addresses that they name."""

import ast
from pathlib import Path

import pytest
from support.problems import is_problem

from schemas.fault_codes import FAULT_CODES

ROOT = Path(__file__).parent.parent

ELSEWHERE = {
    "public",  # a setting's fault, which is told at the start
    "code",  # the name of an attribute
}
"""What looks like a code of a fault in the source, and is none that a client meets."""

TAKES = {"Fault": 1, "fault": 1, "Refused": 1, "refusal": 0, "Reason": 1, "Form": 1}
"""The makers of faults: which of their arguments is the code."""


def listed(client):
    """Read all that is said of problems."""
    return client.get("/problems").get_json()


def test_every_type_is_explained_at_its_own_address(client):
    """The list and the pages say the same, each in sentences; no address is of two."""
    problems = listed(client)["items"]
    assert len({problem["type"] for problem in problems}) == len(problems) > 30
    for problem in problems:
        assert client.get(problem["type"]).get_json() == problem
        assert all(problem[part].endswith(".") for part in ("meaning", "remedy"))
    assert is_problem(client.get("/problems/none"), 404)["type"] == "/problems/not-found"


def test_a_browser_gets_a_page(client):
    """Whoever follows a type in a browser reads it; what stands there is escaped."""
    for path in ("/problems", "/problems/withdrawn"):
        page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}, checked=False)
        assert page.mimetype == "text/html"
        text = page.get_data(as_text=True)
        assert "/problems/withdrawn" in text
        assert "<code>tombstone</code>" in text
    hostile = client.get("/problems/<b>", headers={"Accept": "text/html"}, checked=False)
    is_problem(hostile, 404)


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/v1/events?limit=0", None, "invalid-query"),
        ("/v1/events?cursor=abcd", None, "invalid-cursor"),
        ("/v1/changes?after=abcd", None, "invalid-cursor"),
        ("/v1/events?cursor=abcd&limit=0", None, "invalid-query"),
        ("/v1/events/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01/revisions/x", None, "not-found"),
        ("/v1/events/0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", None, "not-found"),
        ("/v1/events/x", None, "not-found"),
        ("/v1/nothing", None, "unknown-path"),
        ("/v1/events", {}, "invalid-body"),
        ("/healthz", {}, "method-not-allowed"),
    ],
)
def test_refusals_have_types(client, path, body, kind):
    """What was refused is told apart by its type, finer than by the status."""
    method = "GET" if body is None else "POST"
    answer = client.open(path, method=method, json=body, checked=False)
    problem = is_problem(answer, answer.status_code)
    assert problem["type"] == f"/problems/{kind}"
    known = {each["type"]: each["status"] for each in listed(client)["items"]}
    assert known[problem["type"]] == answer.status_code


def test_a_type_is_described_under_each_of_its_statuses(client):
    """A merged record redirects whoever reads it, and refuses whoever writes."""
    responses = client.get("/openapi.json").get_json()["components"]["responses"]
    for name in ("PermanentRedirect", "Conflict"):
        assert "`/problems/merged`" in responses[name]["description"]


def test_every_code_is_explained(client):
    """Each code that the source can give is listed, and none that it cannot."""
    codes = {code for path in sources() for code in codes_in(ast.parse(path.read_text()))}
    assert codes - ELSEWHERE == {*FAULT_CODES} == {*listed(client)["codes"]}


def sources():
    """List the files that can refuse a request; a wrong setting ends the service."""
    rooms = (ROOT / room for room in ("api", "models", "schemas"))
    files = (path for room in rooms for path in room.rglob("*.py"))
    return (path for path in files if path.name != "setting_fields.py")


def codes_in(tree):
    """Find the codes that a file can give."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = TAKES.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
            if place is not None and len(node.args) > place:
                yield from texts(node.args[place])
        elif isinstance(node, ast.Dict):
            members = {getattr(name, "value", None): value for name, value in zipped(node)}
            if {"code", "detail"} <= {*members}:
                yield from texts(members["code"])
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = " ".join(map(ast.unparse, targets))
            if node.value and ("error_messages" in names or names == "TEXT"):
                for each in ast.walk(node.value):
                    if isinstance(each, ast.Dict):
                        yield from (key.value for key in each.keys if key is not None)


def zipped(node):
    """Pair the names and values of a dictionary."""
    return zip(node.keys, node.values, strict=True)


def texts(node):
    """Give the texts in an expression."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def test_the_api_is_catalogued(client):
    """Programs find the description, the docs and the probe (RFC 9727), and each is there."""
    answer = client.get("/.well-known/api-catalog")
    assert answer.mimetype == "application/linkset+json"
    assert answer.mimetype_params == {"profile": "https://www.rfc-editor.org/info/rfc9727"}
    assert 'rel="api-catalog"' in answer.headers["Link"]
    [links] = answer.get_json()["linkset"]
    assert links.pop("anchor") == "http://localhost/v1"
    assert {"service-desc", "service-doc", "status"} <= {*links}
    for targets in links.values():
        for target in targets:
            path = target["href"].removeprefix("http://localhost")
            found = client.get(path, checked=False)
            assert (found.status_code, found.mimetype) == (200, target["type"])
