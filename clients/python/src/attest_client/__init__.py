"""A client of Attest: who did what to whom, where and when - and who says so."""

from attest_client import models
from attest_client._api.types import UNSET, Unset
from attest_client._async.bundle import AsyncBundle
from attest_client._async.client import AsyncClient
from attest_client._async.pages import AsyncChanges, AsyncPages, AsyncStream
from attest_client._models import Whole, known
from attest_client._retry import Retry
from attest_client._sync.bundle import Bundle
from attest_client._sync.client import Client
from attest_client._sync.pages import Changes, Pages, Stream
from attest_client.bundles import Ref
from attest_client.problems import (
    AttestError,
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    Incomplete,
    Invalid,
    NotFound,
    NotInThePast,
    NotProvided,
    PreconditionFailed,
    PreconditionRequired,
    Refused,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
    Unreadable,
    Unversioned,
)

__all__ = [
    "UNSET",
    "AsyncBundle",
    "AsyncChanges",
    "AsyncClient",
    "AsyncPages",
    "AsyncStream",
    "AttestError",
    "BadRequest",
    "Bundle",
    "Changes",
    "Client",
    "Conflict",
    "Forbidden",
    "Gone",
    "Incomplete",
    "Invalid",
    "NotFound",
    "NotInThePast",
    "NotProvided",
    "Pages",
    "PreconditionFailed",
    "PreconditionRequired",
    "Ref",
    "Refused",
    "Retry",
    "Stream",
    "TooLarge",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "Unreachable",
    "Unreadable",
    "Unset",
    "Unversioned",
    "Whole",
    "known",
    "models",
]
