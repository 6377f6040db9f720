"""Problems: what every refusal must look like, and a database that cannot serve."""

import re
from time import monotonic, sleep

import psycopg

from api.http.problem_types import ProblemType
from schemas.fault_codes import FAULT_CODES

TYPES = {(kind.uri, kind.title) for kind in ProblemType}
"""The types of problems, with their titles."""


def is_problem(answer, status):
    """Check an answer against RFC 9457, and the members that are ours; give its body."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert {*problem} >= {"type", "title", "status", "detail", "instance", "request_id"}
    assert problem["status"] == status
    assert problem["instance"] == answer.request.path
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert (problem["type"], problem["title"]) in TYPES
    assert {fault["code"] for fault in problem.get("errors", ())} <= {*FAULT_CODES}, problem
    assert problem["detail"]
    assert not re.search(r"Traceback|File \"|psycopg|werkzeug", answer.get_data(as_text=True))
    return problem


def unavailable(answer, kind="unavailable"):
    """Hold an answer against what is to be said when the database fails, by its type."""
    assert int(answer.headers["Retry-After"]) >= 1
    problem = is_problem(answer, 503)
    assert problem["type"] == f"/problems/{kind}"
    assert not re.search("[a-z][A-Z]", problem["detail"]), "the name of a class"
    return problem


def blocked(url, seconds=5):
    """Wait until somebody waits for a lock in a database; give the process."""
    with psycopg.connect(url, autocommit=True) as connection:
        deadline = monotonic() + seconds
        while monotonic() < deadline:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            ).fetchone()
            if row:
                return row[0]
            sleep(0.02)
    raise AssertionError("Nobody waits.")
