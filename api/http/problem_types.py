"""Types of problems: the `type` of every refusal and failure, and its page in `/problems`."""

from enum import Enum
from http import HTTPStatus


class ProblemType(Enum):
    """A type of problem: its title, its status, what happened, and what to do."""

    MERGED = (
        "The record was merged into another one",
        308,
        (
            "This record has a survivor: `merged_into` is its id. Reads are redirected to it. A "
            "write is refused with 409, since it would change a record that it was not meant for."
        ),
        "Follow `Location`, and use the id `merged_into` from now on.",
    )
    MALFORMED_REQUEST = (
        "Malformed request",
        400,
        (
            "The request cannot be read: its headers or chunked body are malformed, or its body is "
            "not JSON."
        ),
        "See `detail`, and send a valid request.",
    )
    INVALID_QUERY = (
        "Invalid query",
        400,
        (
            "Parameters of the query string have faults. `errors` lists all of them, each with "
            "its parameter."
        ),
        "Correct each parameter listed. A misspelled one is refused, never ignored.",
    )
    INVALID_HEADER = (
        "Invalid header",
        400,
        "Headers of the request have faults. `errors` lists them.",
        (
            "Correct each header listed; `Host` must be one of the names of the service "
            "(`ATTEST_HOSTS`)."
        ),
    )
    INVALID_CURSOR = (
        "Invalid cursor",
        400,
        (
            "The cursor is not from this list or feed, is truncated, or belongs to another "
            "`sort` or other words of `q`."
        ),
        (
            "Start without it, and send `next_cursor` of each page unchanged, with the same "
            "parameters; the header `Link` has the complete address."
        ),
    )
    TOO_MANY_ROWS = (
        "Too many rows for this format",
        400,
        "More records match than a file of this format can hold.",
        "Narrow the filters, or use the format that `detail` names.",
    )
    UNAUTHORIZED = (
        "A key is needed",
        401,
        "The request has no key, or one that is unknown or revoked.",
        (
            "Send `Authorization: Bearer <key>` with a key from the operator of the service. "
            "Public reading needs none, but refuses an invalid one, too."
        ),
    )
    FORBIDDEN = (
        "The key does not allow this",
        403,
        "The key is valid, but lacks the scope that `detail` names.",
        "Use a key with that scope; a key with the scope `admin` can create one at `/v1/keys`.",
    )
    NOT_FOUND = (
        "Not found",
        404,
        (
            "There is no record, revision, release or other resource of that name; with `as_of`, "
            "there was none at that instant."
        ),
        "Check the id or name, and the resource; ids of records are UUIDs.",
    )
    UNKNOWN_PATH = (
        "No endpoint at this path",
        404,
        "The service has no endpoint at this path, whatever is stored.",
        "Compare the path with those of `/openapi.yaml`; `GET /` lists the endpoints.",
    )
    METHOD_NOT_ALLOWED = (
        "Method not allowed",
        405,
        "The endpoint does not support this method.",
        "Use a method listed in the header `Allow`.",
    )
    NOT_ACCEPTABLE = (
        "Not acceptable",
        406,
        "The header `Accept` excludes the media type of this operation's answer.",
        "Accept the type that `detail` names, or `*/*`. Other formats have paths of their own.",
    )
    CONFLICT = (
        "Conflict with the present state",
        409,
        (
            "The request is valid, but the present state of the records does not allow it; "
            "`detail` says why."
        ),
        "Resolve the conflict first.",
    )
    EXTERNAL_ID_TAKEN = (
        "Another record has this external id",
        409,
        "Within a dataset, an external id belongs to one record. `errors` names that record.",
        (
            "If both are the same, change the existing record, or send yours in a bundle, which "
            "updates it. If not, omit the external id."
        ),
    )
    ID_TAKEN = (
        "Another record has this id",
        409,
        "The id or name belongs to another record.",
        "Choose another one.",
    )
    REFERENCED = (
        "Other records refer to this one",
        409,
        (
            "The record cannot be withdrawn while others refer to it. `errors` names them, up to "
            "20 at a time."
        ),
        (
            "Change or withdraw those first; or retract the record instead, which keeps it (a "
            "dataset cannot be retracted)."
        ),
    )
    WITHDRAWN = (
        "The record was withdrawn",
        410,
        (
            "The record was withdrawn. `tombstone` has its id, version, time of withdrawal and "
            "Edit-Comment."
        ),
        (
            "Remove your copy. A record that was withdrawn by mistake is restored by `/revert` "
            "to an earlier revision."
        ),
    )
    PRECONDITION_FAILED = (
        "The condition does not hold",
        412,
        (
            "`If-Match` or `If-None-Match` does not hold: the record was changed by someone "
            "else, exists already, or does not exist. `current` is its present version, if it "
            "exists."
        ),
        "Read the record again, apply the change to it, and send it with the new ETag.",
    )
    CONTENT_TOO_LARGE = (
        "Content too large",
        413,
        "The body is larger than this service accepts; `detail` has the maximum.",
        "Send it in parts: a bundle can refer to existing records.",
    )
    URI_TOO_LONG = (
        "URI too long",
        414,
        "The address is longer than this service accepts.",
        "Send the filters in a body: `QUERY`, or `POST` to `/search` below the resource.",
    )
    UNSUPPORTED_MEDIA_TYPE = (
        "Unsupported media type",
        415,
        "The body is not of a type that this operation reads, or it is compressed.",
        "Send `Content-Type: application/json`, or the type that `detail` names, uncompressed.",
    )
    EXPECTATION_FAILED = (
        "Expectation failed",
        417,
        "The header `Expect` asks for something other than `100-continue`.",
        "Omit the header.",
    )
    INVALID_BODY = (
        "Invalid body",
        422,
        (
            "The body is JSON and has faults. `errors` lists all of them, each with a JSON "
            "pointer; beyond 100, `further_errors` counts them. Nothing was stored."
        ),
        "Correct each field listed, and send all of it again.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "The Idempotency-Key was used for something else",
        422,
        "The same `Idempotency-Key` was used for a different request within 24 hours.",
        "Use a new key for each new request, and the same key only to retry one.",
    )
    PRECONDITION_REQUIRED = (
        "A condition is required",
        428,
        "Changing a record requires `If-Match`, so that no concurrent change is overwritten.",
        (
            "Send the ETag that the record was read with, or `*` for any version; to create "
            "only, `If-None-Match: *`."
        ),
    )
    HEADERS_TOO_LARGE = (
        "Headers too large",
        431,
        "The headers of the request are too many or too long.",
        "Send fewer or shorter ones.",
    )
    INTERNAL_ERROR = (
        "Internal error",
        500,
        "The service has failed.",
        "Report the `request_id` to the operator of the service: the log has the details.",
    )
    NOT_INSTALLED = (
        "A library is not installed",
        501,
        "A library that this format requires is not installed.",
        "Install the package that `detail` names, or use the other format that it names.",
    )
    NOT_IMPLEMENTED = (
        "Not implemented",
        501,
        "The request uses a part of HTTP that this service does not implement.",
        "Send it without that; `detail` names it.",
    )
    UNAVAILABLE = (
        "The service is unavailable",
        503,
        (
            "The database cannot be reached, is read-only or out of space; or the service is "
            "shutting down. Nothing was stored, unless the connection was lost at the very end "
            "of a write."
        ),
        (
            "Retry after `Retry-After` seconds, then with increasing delays; retry a write with "
            "the same `Idempotency-Key` or `If-Match`, so that it is not done twice."
        ),
    )
    BUSY = (
        "Too many requests at once",
        503,
        "Too many such requests are being served at the moment.",
        "Retry after `Retry-After` seconds.",
    )
    CONTENTION = (
        "Others wrote at the same time",
        503,
        "Other requests kept writing the same records. Nothing was stored.",
        "Retry after `Retry-After` seconds.",
    )
    QUERY_TIMEOUT = (
        "The query took too long",
        503,
        "The query timed out.",
        "Narrow the filters, omit `total=exact`, or use an export.",
    )
    UNSETTLED = (
        "That instant is not final yet",
        503,
        (
            "Requests that began before this instant are still writing: the records as of it can "
            "still change."
        ),
        "Retry after `Retry-After` seconds, or use an earlier instant.",
    )

    def __init__(self, title: str, status: int, meaning: str, remedy: str) -> None:
        """Keep the texts of the type, each in sentences."""
        self.title, self.status = title, status
        self.meaning, self.remedy = meaning, remedy

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.name.lower().replace("_", "-")

    @property
    def uri(self) -> str:
        """The `type` of a problem (RFC 9457), under which the service explains it."""
        return f"/problems/{self.slug}"


ALSO = frozenset({(ProblemType.MERGED, HTTPStatus.CONFLICT)})
"""Types that are answered with another status, too: a write is not redirected."""


def answered_with(status: int) -> list[ProblemType]:
    """List the types that are answered with a status."""
    return [kind for kind in ProblemType if kind.status == status or (kind, status) in ALSO]
