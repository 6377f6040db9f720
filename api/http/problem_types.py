"""Types of problems: the `type` of every refusal and failure, and its page in `/problems`."""

from enum import Enum
from http import HTTPStatus


class ProblemType(Enum):
    """A type of problem: its title, its status, what happened, and what to do."""

    MERGED = (
        "The record was merged into another one",
        308,
        (
            "Another record stands for this one: `merged_into` is its id. Reading is redirected "
            "there. A write is refused with 409, since it would reach a record that it was not "
            "meant for."
        ),
        "Follow `Location`, and use the id `merged_into` from now on.",
    )
    MALFORMED_REQUEST = (
        "Malformed request",
        400,
        "The request cannot be read: its head or its chunks are broken, or its body is not JSON.",
        "Look at `detail`, which says what cannot be read, and send what is valid.",
    )
    INVALID_QUERY = (
        "Invalid query",
        400,
        (
            "Parameters of the query string have faults. `errors` lists all of them, each with "
            "its parameter."
        ),
        "Mend each parameter that is listed. A misspelled one is refused and never ignored.",
    )
    INVALID_HEADER = (
        "Invalid header",
        400,
        "Headers of the request have faults. `errors` lists them.",
        "Mend each header that is listed; `Host` names the service as whoever runs it calls it.",
    )
    INVALID_CURSOR = (
        "Invalid cursor",
        400,
        (
            "The cursor is not one that this list or feed gave, or it was cut, or belongs to "
            "another `sort` or other words of `q`."
        ),
        (
            "Begin without it, and send `next_cursor` of each page as it is, with the same "
            "parameters; the header `Link` has the whole address."
        ),
    )
    TOO_MANY_ROWS = (
        "Too many rows for this format",
        400,
        "More records match than a file of this format can hold.",
        "Narrow the filters, or take the format that `detail` names.",
    )
    UNAUTHORIZED = (
        "A key is needed",
        401,
        "The request has no key, or one that is not known or was revoked.",
        (
            "Send `Authorization: Bearer <key>` with a key that whoever runs the service has made. "
            "Where reading is public it needs none, but one that is not valid is refused there too."
        ),
    )
    FORBIDDEN = (
        "The key does not allow this",
        403,
        "The key is valid, and lacks the scope that `detail` names.",
        "Use a key with that scope; whoever has the scope `admin` can make one at `/v1/keys`.",
    )
    NOT_FOUND = (
        "Not found",
        404,
        (
            "There is no such record, revision, release or other thing of that name; with "
            "`as_of`, there was none at that instant."
        ),
        "Check the id or name, and that it is of this resource; ids of records are UUIDs.",
    )
    UNKNOWN_PATH = (
        "Nothing is at this path",
        404,
        "The service has nothing at this path, whatever is stored.",
        "Compare the path with those of `/openapi.yaml`; `GET /` lists where things are.",
    )
    METHOD_NOT_ALLOWED = (
        "Method not allowed",
        405,
        "There is something at this path, but it does not take this method.",
        "Use a method that the header `Allow` lists.",
    )
    NOT_ACCEPTABLE = (
        "Not acceptable",
        406,
        "The header `Accept` does not take the media type that this operation answers.",
        "Take the type that `detail` names, or `*/*`. Other formats have paths of their own.",
    )
    CONFLICT = (
        "Not possible as things stand",
        409,
        (
            "The request is valid, but the present state of the records does not allow it; "
            "`detail` says why."
        ),
        "Change first what is in the way.",
    )
    EXTERNAL_ID_TAKEN = (
        "Another record has this external id",
        409,
        "Within a dataset, an external id is that of one record. `errors` names who has it.",
        (
            "If both are one and the same, change the record that is there, or send yours in a "
            "bundle, which changes it. If not, leave the external id out."
        ),
    )
    ID_TAKEN = (
        "Another record has this id",
        409,
        "The id or name that was chosen is that of another record.",
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
            "Change or withdraw those first; or retract the record, which keeps it (a dataset "
            "cannot be retracted)."
        ),
    )
    WITHDRAWN = (
        "The record was withdrawn",
        410,
        "The record was here, and was withdrawn. `tombstone` is what is left of it.",
        (
            "Remove what you hold of it. What was withdrawn by mistake is restored by `/revert` "
            "to a revision of before."
        ),
    )
    PRECONDITION_FAILED = (
        "The record is not what the condition says",
        412,
        (
            "`If-Match` or `If-None-Match` does not hold: somebody else wrote in the meantime, or "
            "the record is there already, or not at all. `current` is how it stands, if it does."
        ),
        "Read the record anew, apply the change to it, and send it with the new ETag.",
    )
    CONTENT_TOO_LARGE = (
        "Content too large",
        413,
        "The body is larger than this service takes; `detail` tells how much it does.",
        "Send it in parts: a bundle can refer to records that are there already.",
    )
    URI_TOO_LONG = (
        "URI too long",
        414,
        "The address is longer than this service takes.",
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
        "Leave the header out.",
    )
    INVALID_BODY = (
        "Invalid body",
        422,
        (
            "The body is JSON and has faults. `errors` lists all of them, each with a JSON "
            "pointer; beyond 100, `further_errors` counts them. Nothing was stored."
        ),
        "Mend each place that is listed, and send all of it again.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "The Idempotency-Key was used for something else",
        422,
        "Within 24 hours, the same `Idempotency-Key` came with another request.",
        "Use a new key for each request that is meant anew, and the same only to repeat one.",
    )
    PRECONDITION_REQUIRED = (
        "A condition is needed",
        428,
        "Changing a record needs `If-Match`, so that nobody's change is overwritten unseen.",
        (
            "Send the ETag that the record was read with, or `*` for whatever stands; to create "
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
        "The service itself is at fault.",
        "Tell whoever runs the service the `request_id`: the log has the rest under it.",
    )
    NOT_INSTALLED = (
        "A library is not installed",
        501,
        "The service lacks a library that this format needs.",
        "Install what `detail` names, or take the format that it names beside.",
    )
    NOT_IMPLEMENTED = (
        "Not implemented",
        501,
        "The request uses a part of HTTP that this service does not know.",
        "Send it without that; `detail` names it.",
    )
    UNAVAILABLE = (
        "The database cannot serve now",
        503,
        (
            "The database cannot be reached, takes no writes, or has no room; or the service is "
            "shutting down. Nothing was stored, unless the database was lost as a write ended."
        ),
        (
            "Try again after `Retry-After` seconds, then less and less often; a write with the "
            "same `Idempotency-Key` or `If-Match`, which does nothing twice."
        ),
    )
    BUSY = (
        "Too much at once",
        503,
        "All places for such requests are taken at the moment.",
        "Try again after `Retry-After` seconds.",
    )
    CONTENTION = (
        "Others wrote at the same time",
        503,
        "Other requests wrote the same records, again and again. Nothing was stored.",
        "Try again after `Retry-After` seconds.",
    )
    QUERY_TIMEOUT = (
        "The query took too long",
        503,
        "The database gave the statement up after the time that the service allows.",
        "Narrow the filters, ask without `total=exact`, or take an export.",
    )
    UNSETTLED = (
        "That instant is not settled yet",
        503,
        (
            "Requests that began before this instant are still writing: what was known then can "
            "change."
        ),
        "Try again after `Retry-After` seconds, or ask for an earlier instant.",
    )

    def __init__(self, title: str, status: int, meaning: str, remedy: str) -> None:
        """Keep the texts of the type, each in sentences."""
        self.title = title
        self.status = status
        self.meaning = meaning
        self.remedy = remedy

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
