"""What schemathesis cannot know of the service: which records stand, in which version."""

import json
import os
import re
from contextlib import suppress
from http import HTTPStatus
from itertools import count
from typing import Any

import requests
import schemathesis
from schemathesis import Case, HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import JsonSchemaError, RejectedPositiveData

from models.tables import TABLES

URL, KEY = os.environ["FUZZ_URL"], os.environ["FUZZ_KEY"]

POINTERS = {
    "actor_id": "actors",
    "addressee_ids": "actors",
    "borders": "locations",
    "document_id": "documents",
    "event_id": "events",
    "location_id": "locations",
    "on_behalf_of_id": "actors",
    "parent_id": "locations",
    "part_of_id": "events",
    "publisher_id": "actors",
    "responds_to_id": "statements",
    "speaker_id": "actors",
}
"""Which members of a body hold ids of records, and of which resource."""

UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

SLUG = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")

SEMANTIC = (
    ("not_found", r".*", "a schema does not know which records there are"),
    ("ref", r".*", "nor which records of the same bundle there are, and of which resource"),
    ("repeated", r"/\w+/\d+(/ref|/external_ids/.*)?", "nor what others of a bundle are called"),
    ("repeated", r".*/(casualties/\d+/kind|files/\d+/sha256)", "nor what another entry says"),
    ("contradiction", r".*/casualties(/\d+/(low|best))?", "the parts must fit to the whole"),
    ("exclusive", r".*/casualties/\d+/(label|side)", "at most one of several"),
    ("unknown", r".*/casualties/\d+/side", "which sides there are depends on the participants"),
    ("form", r".*/retrieved_at", "a calendar is no regular expression"),
    ("conflict", r"/\w+/\d+/external_ids", "nor whose external ids they are"),
    (
        "circular",
        r".*/(parent_id|part_of_id|responds_to_id|copy_of_id|superseded_by|into)",
        "nor what is what",
    ),
    ("circular", r".*/(affiliations|related|borders|claims)/\d+(/\w+)?", "nor what is what"),
    ("subject", r".*/claims/\d+/(statement_id|aspect|stance)", "a claim is on one thing alone"),
    ("required", r".*/claims/\d+/event_id", "nor that it is on one at all"),
    ("withdrawn", r"/to", "nor what a record was"),
    ("form", r"/superseded_by", "nor of which resource what takes a record's place must be"),
    ("taken", r"/id", "nor which datasets there are"),
    ("reserved", r"(/datasets/\d+)?/id", "nor what else has an address among them"),
    ("mismatch", r".*/(quote|text_sha256|dataset)|/id", "one value must fit to another one"),
    ("order", r".*/(end|best|high)", "one number must not be below another one"),
    ("unknown", r"fields", "which paths lead to a member of a record depends on its form"),
    ("id", r"id", "the id of a record is a UUID, or the slug of a dataset"),
    ("order", r"wait", "what has been is not waited for"),
    ("unknown", r"(/events/\d+)?/mode", "which modes there are depends on the type"),
    (
        "required",
        r".*/(participants|chain|queries)/\d+|near|radius|datetime|bbox|(.*/)?point",
        "one of two, or the other as well",
    ),
    ("range", r".*/attributes/.*|.*/(start|end)", "free JSON is bounded, a place by its text"),
    ("blank", r".*", "nor whether anything of a text can be seen"),
    ("control", r"/name", "nor whether it can be printed"),
    (r"\w+", r".*/claims/\d+/value(/.*)?", "what is claimed depends on the aspect"),
    ("future", r".*/(date|published_on|retrieved_at)", "nor which day it is"),
    ("nul", r".*", "no text may hold NUL; a pattern on every text would say little more"),
    ("cursor", r"cursor|after", "a cursor is opaque: it is the service's own"),
    ("ahead", r"after|as_of", "nor can it be known how far the feed has come, or what time it is"),
    ("as_of", r"as_of", "a calendar is no regular expression"),
    ("length", r"Edit-Comment", "what can be printed is no regular expression either"),
    ("degrees", r"near|bbox", "numbers inside a text have no maximum"),
    ("bbox", r"bbox", "nor an order"),
    ("repeated|times", r"by", "words of a list depend on each other"),
    ("required", r"by|level|measure", "and other parameters on them"),
    ("range", r"fill", "nor can it be known how many rows there are"),
    ("range", r"limit", "several lists share the rows of an answer"),
    ("datetime", r"datetime", "a calendar is no regular expression"),
    ("words|quotes|excluded", r"q|/q", "nor is it one which letters make a word"),
    ("edtf", r".*/(date|date_anchor|published_on)", "a calendar is no regular expression"),
    ("language", r"(.*/)?language", "BCP 47 is a registry"),
    ("geojson", r".*/geometry", "a ring ends where it begins"),
    (r"\w+", r"filter|/filter(/.*)?", "a filter has a grammar of its own"),
    ("numbers|degrees|bbox", r"/(near|bbox)", "numbers of a list have an order"),
    ("datetime|as_of|cursor|ahead|not_found", r"/(datetime|as_of|cursor)", "as in a query string"),
    ("required", r"/(near|radius|datetime|bbox)", "the other as well"),
    ("scheme|blank|uuid|language|form", r"/\w+/\d+", "what a text may be is no regular expression"),
)
"""Faults that a valid request can have: their codes, where they are, why no schema can foretell."""

LONGEST_LINE = 8190
"""So long may a request's first line be for gunicorn, which answers for itself beyond that."""

ETAG = re.compile(r'\*|(W/)?"[^"]*"(\s*,\s*(W/)?"[^"]*")*')


def fetched(path: str) -> Any:
    """Read from the service."""
    response = requests.get(URL + path, headers={"Authorization": f"Bearer {KEY}"}, timeout=30)
    response.raise_for_status()
    return response.json()


STANDING: dict[str, list[str]] = {
    resource: [record["id"] for record in fetched(f"/v1/{resource}?limit=1000&fields=id")["items"]]
    for resource in TABLES
}
"""The ids of the records that stand."""

OWN_KEY = next(key["id"] for key in fetched("/v1/keys")["items"])
"""The key that this all is done with."""

MINE = "/assessments/mine"
"""Where one's own assessment of a record is; its body may say of which version it is."""

NOBODY = "00000000-0000-4000-8000-000000000000"

turns = count()


def one_of(resource: str) -> str:
    """Choose a record that stands, another one each time."""
    standing = STANDING[resource]
    return standing[next(turns) % len(standing)]


def resource_of(case: Case) -> str:
    """Tell which resource a case is about, or nothing."""
    found = re.match(r"/v1/(\w+)", case.operation.path)
    return found[1] if found else ""


def directed(value: Any, name: str = "") -> Any:
    """Give a body whose ids are those of records that stand, wherever it has what could be ids."""
    if isinstance(value, dict):
        return {member: directed(inner, member) for member, inner in value.items()}
    if isinstance(value, list):
        return [directed(item, name) for item in value]
    if isinstance(value, str) and name in POINTERS and UUID.fullmatch(value):
        return one_of(POINTERS[name]) if STANDING[POINTERS[name]] else value
    if isinstance(value, str) and name == "dataset" and SLUG.fullmatch(value):
        return STANDING["datasets"][0]
    return value


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Point a case at records that stand, and say of which version it is."""
    del context, kwargs
    if resource_of(case) == "keys" and case.path_parameters.get("id") == OWN_KEY:
        case.path_parameters["id"] = NOBODY  # all that follows would be answered 401
    if re.fullmatch("[1-9]|[1-5][0-9]|60", str((case.query or {}).get("wait"))):
        case.query["wait"] = 1  # nothing changes meanwhile, so that it would wait in vain
    if case.meta is None or resource_of(case) not in {*TABLES, "bundles", "releases"}:
        return
    address(case)
    refer(case)
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        condition(case)


def address(case: Case) -> None:
    """Ask for a record that stands, three times out of four."""
    if "id" not in case.path_parameters or case.meta.is_negative_at(ParameterLocation.PATH):
        return
    if case.meta.phase.name is TestPhase.STATEFUL:  # there the requests are about each other
        return
    if next(turns) % 4 and STANDING[resource_of(case)]:
        case.path_parameters["id"] = one_of(resource_of(case))


def refer(case: Case) -> None:
    """Let a body refer to records that stand, and a dataset to itself."""
    if not isinstance(case.body, dict):
        return
    case.body = directed(case.body)
    named = resource_of(case) == "datasets" and case.method == "PUT" and "id" in case.body
    if named and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body["id"] = case.path_parameters["id"]


def condition(case: Case) -> None:
    """Send the condition that holds, nine times out of ten, and a new Idempotency-Key."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"{case.headers['Idempotency-Key'][:200]}{next(turns)}"
    record_id = case.path_parameters.get("id")
    if case.method not in {"PUT", "PATCH", "DELETE"} or not next(turns) % 10:
        return
    case.headers.pop("If-Match", None)
    case.headers.pop("If-None-Match", None)
    if record_id in STANDING.get(resource_of(case), ()):
        case.headers["If-Match"] = "*"


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    """Remember which records stand."""
    del context
    query = case.query or {}
    if "dry_run" in query:
        return
    if response.status_code == HTTPStatus.CREATED and "location" in response.headers:
        resource, record_id = response.headers["location"][0].split("/")[2:]
        STANDING.setdefault(resource, []).append(record_id)
    if case.operation.path.endswith(MINE):  # the record stands, whatever is thought of it
        return
    if response.status_code == HTTPStatus.NO_CONTENT and resource_of(case) in STANDING:
        with suppress(ValueError):
            STANDING[resource_of(case)].remove(case.path_parameters["id"])


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Keep a failure, unless it is that of this tool."""
    del context
    if case.operation.path == "/v1/bundles" and "Missing required property" in failure.message:
        # A record whose external ids are known is changed: what is not sent of it stays.
        return False
    if case.operation.path == "/v1/datasets/{id}.jsonld" and "advertised" in failure.message:
        # The id of a dataset is any text: a write there is refused for the name alone.
        return False
    if isinstance(failure, JsonSchemaError) and "required property" in failure.message:
        # What is nested in a record is required, unless a path leaves it out.
        return not chooses_paths(case)
    if response.status_code == HTTPStatus.REQUEST_URI_TOO_LONG:
        return len(response.request.path_url) + len("OPTIONS  HTTP/1.1") <= LONGEST_LINE
    if isinstance(failure, RejectedPositiveData):
        return not is_semantic(response)
    return True


def chooses_paths(case: Case) -> bool:
    """Tell whether `fields` leads into nested objects."""
    asked = [case.query, case.body] if isinstance(case.body, dict) else [case.query]
    return any("." in str((each or {}).get("fields", "")) for each in asked)


def is_semantic(response: Response) -> bool:
    """Tell whether a valid request was refused for what its description cannot say."""
    problem = json.loads(response.content)
    sent = response.request.headers
    match response.status_code:
        case HTTPStatus.PERMANENT_REDIRECT:  # a case of this run has merged it
            return "merged_into" in problem
        case HTTPStatus.GONE:  # a case of this run has withdrawn it
            return "tombstone" in problem
        case HTTPStatus.PRECONDITION_FAILED:  # see condition: one in ten is left as it was drawn
            of_a_version = response.request.path_url.partition("?")[0].endswith(MINE)
            return of_a_version or "If-Match" in sent or "If-None-Match" in sent
        case HTTPStatus.PRECONDITION_REQUIRED:
            return not ETAG.fullmatch(sent.get("If-Match", ""))
        case HTTPStatus.BAD_REQUEST | HTTPStatus.UNPROCESSABLE_ENTITY:
            faults = problem.get("errors", [])
            return bool(faults) and all(is_foreseeable_by_nobody(fault) for fault in faults)
    return False


def is_foreseeable_by_nobody(fault: dict[str, str]) -> bool:
    """Tell whether a fault is one of SEMANTIC."""
    where = next((fault[name] for name in ("pointer", "parameter", "header") if name in fault), "")
    return any(
        re.fullmatch(codes, fault["code"]) and re.fullmatch(at, where, re.DOTALL)
        for codes, at, _ in SEMANTIC
    )
