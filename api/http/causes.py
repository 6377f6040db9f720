"""Causes of refusals and failures, and the type of problem of each."""

from http import HTTPStatus

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from api.http.errors import (
    InTheWay,
    Merged,
    NoRoom,
    NotInstalled,
    Overtaken,
    Stale,
    Taken,
    TooManyRows,
    Unconditional,
    Withdrawn,
)
from api.http.problem_types import ProblemType
from models.lists.search import BadCursor
from models.store.external_ids import Conflict
from models.store.idempotency import Reused
from models.store.references import Referred
from models.table import NotFound
from schemas.problem import BadHeader, BadPath, BadQuery, Invalid

REFUSALS: dict[type[Exception], ProblemType] = {
    BadQuery: ProblemType.INVALID_QUERY,
    BadHeader: ProblemType.INVALID_HEADER,
    BadPath: ProblemType.NOT_FOUND,
    BadCursor: ProblemType.INVALID_CURSOR,
    TooManyRows: ProblemType.TOO_MANY_ROWS,
    NotInstalled: ProblemType.NOT_INSTALLED,
    Taken: ProblemType.ID_TAKEN,
    Invalid: ProblemType.INVALID_BODY,
    NotFound: ProblemType.NOT_FOUND,
    Merged: ProblemType.MERGED,
    Withdrawn: ProblemType.WITHDRAWN,
    InTheWay: ProblemType.CONFLICT,
    Stale: ProblemType.PRECONDITION_FAILED,
    Unconditional: ProblemType.PRECONDITION_REQUIRED,
    Conflict: ProblemType.EXTERNAL_ID_TAKEN,
    Referred: ProblemType.REFERENCED,
    Reused: ProblemType.IDEMPOTENCY_KEY_REUSED,
}
"""Refusals of what was sent, and the type of problem that says so; the first that fits counts."""


FAILURES: dict[type[Exception], tuple[ProblemType, str]] = {
    PoolTimeout: (ProblemType.BUSY, "No connection to the database became available in time."),
    TooManyRequests: (ProblemType.BUSY, "Too many requests are waiting for the database."),
    NoRoom: (
        ProblemType.UNAVAILABLE,
        "The service cannot write its temporary files: no space is left.",
    ),
    PoolClosed: (ProblemType.UNAVAILABLE, "The service is shutting down."),
    errors.QueryCanceled: (
        ProblemType.QUERY_TIMEOUT,
        "The query timed out.",
    ),
    Overtaken: (ProblemType.CONTENTION, "Other requests kept writing the same records."),
    errors.DeadlockDetected: (ProblemType.CONTENTION, "Two requests were waiting for each other."),
    errors.SerializationFailure: (
        ProblemType.CONTENTION,
        "Another request conflicted with this one.",
    ),
    errors.DiskFull: (ProblemType.UNAVAILABLE, "The database has no space left."),
    errors.ReadOnlySqlTransaction: (
        ProblemType.UNAVAILABLE,
        "The database is read-only at the moment.",
    ),
    psycopg.OperationalError: (ProblemType.UNAVAILABLE, "The database cannot be reached."),
}
"""Failures of the service: answered 503, safe to retry."""


GENERAL: dict[int, ProblemType] = {
    kind.status: kind
    for kind in (
        ProblemType.MALFORMED_REQUEST,
        ProblemType.UNAUTHORIZED,
        ProblemType.FORBIDDEN,
        ProblemType.UNKNOWN_PATH,
        ProblemType.METHOD_NOT_ALLOWED,
        ProblemType.NOT_ACCEPTABLE,
        ProblemType.CONFLICT,
        ProblemType.WITHDRAWN,
        ProblemType.PRECONDITION_FAILED,
        ProblemType.CONTENT_TOO_LARGE,
        ProblemType.URI_TOO_LONG,
        ProblemType.UNSUPPORTED_MEDIA_TYPE,
        ProblemType.EXPECTATION_FAILED,
        ProblemType.INVALID_BODY,
        ProblemType.PRECONDITION_REQUIRED,
        ProblemType.HEADERS_TOO_LARGE,
        ProblemType.INTERNAL_ERROR,
        ProblemType.NOT_IMPLEMENTED,
        ProblemType.UNAVAILABLE,
    )
}
"""By status: the type of what is refused before anything of ours looks at it."""


def of_status(status: int) -> ProblemType:
    """Give the type of a refusal that is known by its status alone."""
    faulty = status < HTTPStatus.INTERNAL_SERVER_ERROR
    otherwise = ProblemType.MALFORMED_REQUEST if faulty else ProblemType.INTERNAL_ERROR
    return GENERAL.get(status, otherwise)
