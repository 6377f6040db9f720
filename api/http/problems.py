"""Problems (RFC 9457): the answers to every refusal and failure."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
import psycopg
import structlog
from flask import Flask, Response, request
from gunicorn.http.errors import LimitRequestHeaders, ParseException
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    RequestEntityTooLarge,
)
from werkzeug.exceptions import NotFound as NotFoundHere

from api.http.addressing import misshapen, other_forms
from api.http.causes import FAILURES, REFUSALS, of_status
from api.http.context import give_back, request_id
from api.http.errors import (
    Busy,
    Merged,
    Stale,
    Unsettled,
    Withdrawn,
)
from api.http.problem_types import ProblemType
from models.lists.search import BadCursor
from models.store.external_ids import Conflict
from models.store.references import Referred
from schemas.problem import BadHeader, BadPath, BadQuery, Invalid

log = structlog.get_logger()


PROBLEM = "application/problem+json"


TITLES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
"""Names of RFC 9110 for statuses that older Pythons know by older names."""


RETRY_AFTER = "2"
"""Seconds after which to retry."""


def problem(
    kind: ProblemType,
    detail: str,
    status: int | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """Answer with a problem, by default with the status of its type."""
    status = status or kind.status
    body = {
        "type": kind.uri,
        "title": kind.title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": request_id(),
        **more,
    }
    return Response(orjson.dumps(body), status, headers, mimetype=PROBLEM)


MAX_LISTED = 100
"""Maximum number of faults that a problem lists; the others are counted."""


PARTS: dict[type[Exception], tuple[str, str]] = {
    BadQuery: ("parameter", "query string"),
    BadPath: ("parameter", "path"),
    BadHeader: ("header", "request's head"),
}
"""Parts of a request that have faults beside its body: what names a place in them, and the part."""


class More(NamedTuple):
    """Further members and the detail of a problem."""

    detail: str | None = None
    members: Mapping[str, Any] = {}


def faulty(error: Invalid) -> More:
    """List the faults of a part of the request."""
    where, part = next(
        (named for kind, named in PARTS.items() if isinstance(error, kind)), ("pointer", "body")
    )
    many = len(error.faults)
    listed = [
        {where: fault.where, "code": fault.code, "detail": fault.detail}
        for fault in error.faults[:MAX_LISTED]
    ]
    detail = f"The {part} has {many} fault{'' if many == 1 else 's'}."
    if many <= MAX_LISTED:
        return More(detail, {"errors": listed})
    rest = {"errors": listed, "further_errors": many - MAX_LISTED}
    return More(f"{detail} The first {MAX_LISTED} are listed.", rest)


def unreadable(error: BadCursor) -> More:
    """Name the parameter."""
    return More(
        None, {"errors": [{"parameter": "cursor", "code": "cursor", "detail": said(error)}]}
    )


def conflicting(error: Conflict) -> More:
    """List the external ids that other records hold."""
    listed = [
        {
            "pointer": f"{error.pointer}/external_ids/{holder.external_id.partition(':')[0]}",
            "code": "conflict",
            "detail": f"{holder.external_id} is /v1/{holder.resource}/{holder.id} already"
            f"{', which was withdrawn' if holder.id in error.withdrawn else ''}.",
        }
        for holder in error.holders
    ]
    return More("Other records of the dataset have these external ids already.", {"errors": listed})


def referred(error: Referred) -> More:
    """List the records that refer to this one."""
    listed = [
        {"code": "referred", "detail": f"/v1/{resource}/{record_id} refers to this record."}
        for resource, record_id in error.referrers
    ]
    return More("Other records refer to this one.", {"errors": listed})


def redirecting(error: Merged) -> More:
    """Point to the survivor: the same address with another id."""
    asked = request.full_path.removesuffix("?")
    place = re.sub(error.merged, error.into, asked, count=1, flags=re.IGNORECASE)
    return More(None, {"headers": {"Location": place}, "merged_into": error.into})


def outdated(error: Stale) -> More:
    """Include the present version of the record, if there is one."""
    if error.current is None:
        return More()
    return More(None, {"current": orjson.loads(error.current)})


MORE: dict[type[Exception], Callable[[Any], More]] = {
    Invalid: faulty,
    BadCursor: unreadable,
    Conflict: conflicting,
    Referred: referred,
    Withdrawn: lambda error: More(None, {"tombstone": error.tombstone}),
    Merged: redirecting,
    Stale: outdated,
}
"""Further members of refusals."""


def refused(error: Exception) -> Response:
    """Answer a request that was refused."""
    kind = next(known for error_kind, known in REFUSALS.items() if isinstance(error, error_kind))
    if isinstance(error, BadQuery) and all(fault.code == "cursor" for fault in error.faults):
        kind = ProblemType.INVALID_CURSOR
    if isinstance(error, Merged) and request.method not in {"GET", "HEAD"}:
        # A write that is redirected would reach a record that it was not meant for.
        detail = f"{error} Writes have to name that one."
        return problem(kind, detail, HTTPStatus.CONFLICT, merged_into=error.into)
    tell = next((tell for kind, tell in MORE.items() if isinstance(error, kind)), lambda _: More())
    more = tell(error)
    return problem(kind, more.detail or said(error), **more.members)


def said(error: Exception) -> str:
    """Give the text of an error, or else that of its kind."""
    return str(error) or (error.__doc__ or "").splitlines()[0]


def failed(error: Exception) -> Response:
    """Answer a request that failed for a reason outside of it, such as the database."""
    retry = {"Retry-After": RETRY_AFTER}
    if isinstance(error, (Busy, Unsettled)):
        kind = ProblemType.BUSY if isinstance(error, Busy) else ProblemType.UNSETTLED
        return problem(kind, said(error), headers=retry)
    kind, detail = next(each for failure, each in FAILURES.items() if isinstance(error, failure))
    log.warning("database failed", error=type(error).__name__, reason=str(error).strip())
    if isinstance(error, psycopg.Error):
        give_back()
    return problem(kind, detail, headers=retry)


def stopped(error: HTTPException) -> Response:
    """Answer refusals of Flask and werkzeug, with the headers that they set."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    kept = {
        name: value
        for name, value in error.get_response().headers.items()
        if name not in {"Content-Type", "Content-Length"}
    }
    detail = error.description or HTTPStatus(error.code).phrase
    if isinstance(error, NotFoundHere):
        path = request.environ["PATH_INFO"]
        forms = ", ".join(other_forms(path))
        if not forms and (wrong := misshapen(request.path)):
            return refused(wrong)
        hint = f"the forms are {forms}." if forms else "GET / lists the endpoints."
        detail = f"No endpoint at {path}; {hint}"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        detail = f"{request.method} is not among {', '.join(sorted(error.valid_methods))}."
    if isinstance(error, RequestEntityTooLarge):
        detail = f"The body has more than {request.max_content_length:,} bytes."
    return problem(of_status(error.code), detail, error.code, headers=kept)


def broken(error: ParseException) -> Response:
    """Answer a malformed chunked body, and close: nothing after it can be parsed."""
    too_large = isinstance(error, LimitRequestHeaders)
    detail = "The trailers are too large." if too_large else "The chunked body is malformed."
    return problem(ProblemType.MALFORMED_REQUEST, detail, headers={"Connection": "close"})


def crashed(_error: Exception) -> Response:
    """Answer an unexpected error; Flask has logged its traceback."""
    return problem(
        ProblemType.INTERNAL_ERROR,
        "An unexpected error; the log has the details under this request's id.",
    )


def init(app: Flask) -> None:
    """Answer every refusal and failure of the service as a problem."""
    for kind in REFUSALS:
        app.register_error_handler(kind, refused)
    unready: tuple[type[Exception], ...] = (Busy, Unsettled, *FAILURES)
    for kind in unready:
        app.register_error_handler(kind, failed)
    app.register_error_handler(HTTPException, stopped)
    app.register_error_handler(ParseException, broken)
    app.register_error_handler(InternalServerError, crashed)
