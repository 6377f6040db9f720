"""/problems: the types of problems that the service answers with, explained."""

import re

import orjson
from flask import Response, request
from markupsafe import escape

from api.http.operation import Answer, Operation, Section, operation
from api.http.problem_types import ProblemType
from api.http.request import JSON
from models.table import NotFound
from schemas.fault_codes import FAULT_CODES
from schemas.problem import ProblemTypeSchema, ProblemTypesSchema

blueprint = Section(
    "problems",
    "What goes wrong, explained. Each refusal is a problem (RFC 9457) whose `type` is an address "
    "here, and each fault in its `errors` has a code that is listed here.",
    "/problems",
)


def entry(kind: ProblemType) -> dict[str, str | int]:
    """Give what is said of a type."""
    return {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "meaning": kind.meaning,
        "remedy": kind.remedy,
    }


def marked(text: str) -> str:
    """Write a text for browsers, with what stands in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text)))


def article(kind: ProblemType) -> str:
    """Write what is said of a type for browsers."""
    return (
        f"<h2><a href={kind.uri}>{escape(kind.title)}</a></h2>"
        f"<p>{kind.status} {kind.uri}<p>{marked(kind.meaning)}<p>{marked(kind.remedy)}"
    )


def glossary() -> str:
    """Write what the codes of faults mean for browsers."""
    terms = (f"<dt>{code}<dd>{marked(meaning)}" for code, meaning in FAULT_CODES.items())
    return f"<h2>Codes of faults</h2><dl>{''.join(terms)}</dl>"


def answer(content: object, title: str, page: str) -> Response:
    """Answer as JSON, or as a page for browsers."""
    if request.accept_mimetypes.best_match([JSON, "text/html"]) != "text/html":
        return Response(orjson.dumps(content), mimetype=JSON)
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
    return Response(f"{head}{page}</html>", mimetype="text/html")


@blueprint.get("")
@operation(
    Operation(
        "problems.search", {200: Answer("The types.", ProblemTypesSchema)}, (400,), scope=None
    )
)
def search() -> Response:
    """List the types of problems, and the codes of faults.

    A program tells problems apart by `type`, and faults by `code`: both keep their meaning. Titles
    and details are for people, and can change.
    """
    kinds = [*ProblemType]
    page = "".join(map(article, kinds)) + glossary()
    return answer(
        {"items": [entry(kind) for kind in kinds], "codes": FAULT_CODES}, "Problems", page
    )


@blueprint.get("/<problem>")
@operation(
    Operation(
        "problems.read",
        {200: Answer("The type.", ProblemTypeSchema)},
        (400, 404),
        scope=None,
    )
)
def read(problem: str) -> Response:
    """Explain a type of problem: what has happened, and what to do.

    The `type` of a problem leads here, to JSON or a page for browsers.
    """
    kind = next((each for each in ProblemType if each.slug == problem), None)
    if kind is None:
        raise NotFound("There is no problem of this type.")
    page = f"{article(kind)}<p><a href=/problems>All problems, and the codes of faults</a>"
    return answer(entry(kind), kind.title, page)
