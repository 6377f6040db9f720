"""A worker whose own refusals, of what never becomes a request, are problems like all others."""

import socket
from http import HTTPStatus
from typing import Any

import orjson
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from api.errors import PROBLEM

STATUSES: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "The address is too long."),
    errors.LimitRequestHeaders: (431, "The headers are too large."),
    errors.UnsupportedTransferCoding: (501, "This transfer coding is not known."),
    errors.ExpectationFailed: (417, "What is expected cannot be met."),
    errors.ParseException: (400, "This is no HTTP request that can be understood."),
    OSError: (400, "The connection broke."),
}
"""What gunicorn refuses before there is a request; the first that fits counts."""


class Worker(ThreadWorker):
    """gunicorn's worker of threads."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer with a problem, and close the connection."""
        del req
        unknown = (500, "This should not have happened.")
        status, detail = next(
            (found for kind, found in STATUSES.items() if isinstance(exc, kind)), unknown
        )
        self.log.warning("Refused %s: %s: %s", addr, type(exc).__name__, exc)
        title = HTTPStatus(status).phrase
        body = orjson.dumps(
            {"type": "about:blank", "title": title, "status": status, "detail": detail}
        )
        head = (
            f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: {PROBLEM}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError as error:
            self.log.debug("The client is gone: %s", error)
