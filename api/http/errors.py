"""What is answered when a request is refused or fails: problems, as of RFC 9457."""

import re
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
import structlog
from flask import Flask, Response, request
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    RequestEntityTooLarge,
)
from werkzeug.exceptions import NotFound as NotFoundHere

from api.http.context import give_back, request_id
from models.lists.search import BadCursor
from models.store.external_ids import Conflict
from models.store.idempotency import Reused
from models.store.references import Referred
from models.table import NotFound
from schemas.problem import BadQuery, Fault, Invalid

log = structlog.get_logger()

PROBLEM = "application/problem+json"


class Withdrawn(Exception):  # noqa: N818 - it names what is so
    """The record was withdrawn; its tombstone is what is left of it."""

    def __init__(self, tombstone: dict[str, Any]) -> None:
        """Keep the tombstone."""
        super().__init__("The record was withdrawn.")
        self.tombstone = tombstone


class Merged(Exception):  # noqa: N818
    """Another record stands for this one, which was merged into it."""

    def __init__(self, merged: str, into: str) -> None:
        """Keep both ids."""
        super().__init__(f"This record was merged into {into}.")
        self.merged = merged
        self.into = into


class Overtaken(Exception):  # noqa: N818
    """Others have written what should have been held; all is to be tried again."""


class InTheWay(Exception):  # noqa: N818
    """What is asked for cannot be done as things stand."""


class Stale(Exception):  # noqa: N818
    """The record is not, or no longer, what the request's condition asks for."""

    def __init__(self, detail: str, current: str | None = None) -> None:
        """Keep the current record's JSON text, if there is one."""
        super().__init__(detail)
        self.current = current


class Taken(Invalid):
    """The id that was chosen is that of another record."""


class Unconditional(Exception):  # noqa: N818
    """The request would change a record without saying which version of it."""


class Unsettled(Exception):  # noqa: N818
    """What stood at an instant is not certain yet."""


REFUSALS: dict[type[Exception], HTTPStatus] = {
    BadQuery: HTTPStatus.BAD_REQUEST,
    BadCursor: HTTPStatus.BAD_REQUEST,
    Taken: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Merged: HTTPStatus.PERMANENT_REDIRECT,
    Withdrawn: HTTPStatus.GONE,
    InTheWay: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    Unconditional: HTTPStatus.PRECONDITION_REQUIRED,
    Conflict: HTTPStatus.CONFLICT,
    Referred: HTTPStatus.CONFLICT,
    Reused: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""What is refused because of what was sent, and the status that says so."""

FAILURES: dict[type[Exception], str] = {
    Unsettled: "What stood then is not certain yet: a write that began before is under way.",
    PoolTimeout: "No connection to the database became free in time.",
    TooManyRequests: "Too many requests are waiting for the database.",
    PoolClosed: "The service is shutting down.",
    errors.QueryCanceled: "The database gave the statement up: it took too long.",
    Overtaken: "Others wrote at the same time, again and again.",
    errors.DeadlockDetected: "Two requests were waiting for each other.",
    errors.SerializationFailure: "Another request was in the way.",
    errors.DiskFull: "The database has no room left.",
    errors.ReadOnlySqlTransaction: "The database takes no writes at the moment.",
    psycopg.OperationalError: "The database cannot be reached.",
}
"""What fails though nothing is wrong with the request, which may be sent again later."""

TITLES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
"""What RFC 9110 calls statuses that older Pythons know by older names."""

RETRY_AFTER = "2"
"""Seconds after which a request that failed may be sent again."""


def problem(
    status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """Answer with a problem."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, HTTPStatus(status).phrase),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": request_id(),
        **more,
    }
    return Response(orjson.dumps(body), status, headers, mimetype=PROBLEM)


def refused(error: Exception) -> Response:
    """Answer a request that was refused."""
    status = next(code for kind, code in REFUSALS.items() if isinstance(error, kind))
    more: dict[str, Any] = {}
    detail = str(error) or (error.__doc__ or "").splitlines()[0]
    if isinstance(error, Invalid):
        where = "parameter" if isinstance(error, BadQuery) else "pointer"
        part = "query string" if isinstance(error, BadQuery) else "body"
        more["errors"] = [
            {where: fault.where, "code": fault.code, "detail": fault.detail}
            for fault in error.faults
        ]
        many = len(error.faults)
        detail = f"The {part} has {many} fault{'' if many == 1 else 's'}."
    elif isinstance(error, BadCursor):
        more["errors"] = [{"parameter": "cursor", "code": "cursor", "detail": detail}]
    elif isinstance(error, Conflict):
        detail = "Other records of the dataset have these external ids already."
        more["errors"] = [
            {
                "pointer": f"{error.pointer}/external_ids/{holder.external_id.partition(':')[0]}",
                "code": "conflict",
                "detail": f"{holder.external_id} is /v1/{holder.resource}/{holder.id} already"
                f"{', which was withdrawn' if holder.id in error.withdrawn else ''}.",
            }
            for holder in error.holders
        ]
    elif isinstance(error, Referred):
        detail = "Other records refer to this one."
        more["errors"] = [
            {"code": "referred", "detail": f"/v1/{resource}/{record_id} refers to this record."}
            for resource, record_id in error.referrers
        ]
    elif isinstance(error, Withdrawn):
        more["tombstone"] = error.tombstone
    elif isinstance(error, Merged):
        asked = request.full_path.removesuffix("?")
        place = re.sub(error.merged, error.into, asked, count=1, flags=re.IGNORECASE)
        more |= {"headers": {"Location": place}, "merged_into": error.into}
    elif isinstance(error, Stale) and error.current is not None:
        more["current"] = orjson.loads(error.current)
    return problem(status, detail, **more)


def failed(error: Exception) -> Response:
    """Answer a request that the database could not serve now."""
    detail = next(text for kind, text in FAILURES.items() if isinstance(error, kind))
    if isinstance(error, Unsettled):
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": RETRY_AFTER}
        )
    log.warning("database failed", error=type(error).__name__, reason=str(error).strip())
    if isinstance(error, psycopg.Error):
        give_back()
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": RETRY_AFTER})


def stopped(error: HTTPException) -> Response:
    """Answer what Flask and werkzeug refuse themselves, with the headers that they set."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    kept = {
        name: value
        for name, value in error.get_response().headers.items()
        if name not in {"Content-Type", "Content-Length"}
    }
    detail = error.description or HTTPStatus(error.code).phrase
    if isinstance(error, NotFoundHere):
        detail = f"There is nothing at {request.path}; GET / tells where things are."
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        detail = f"{request.method} is not among {', '.join(sorted(error.valid_methods))}."
    if isinstance(error, RequestEntityTooLarge):
        detail = "The body is larger than this service takes."
    return problem(error.code, detail, headers=kept)


def crashed(_error: Exception) -> Response:
    """Answer when the service itself is at fault; Flask has put the rest into the log."""
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "This should not have happened; the log tells more under this request's id.",
    )


def fault(where: str, code: str, detail: str) -> Invalid:
    """Make a refusal of one fault."""
    return Invalid([Fault(where, code, detail)])


def init(app: Flask) -> None:
    """Answer every refusal and failure of the service as a problem."""
    for kind in REFUSALS:
        app.register_error_handler(kind, refused)
    for kind in FAILURES:
        app.register_error_handler(kind, failed)
    app.register_error_handler(HTTPException, stopped)
    app.register_error_handler(InternalServerError, crashed)
