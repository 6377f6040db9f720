"""A worker whose own refusals, of what never becomes a request, are problems like all others."""

import socket
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import orjson
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from api.errors import PROBLEM, TITLES

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
        del req, addr
        unknown = (500, "This should not have happened.")
        status, detail = next(
            (found for kind, found in STATUSES.items() if isinstance(exc, kind)), unknown
        )
        title = TITLES.get(status, HTTPStatus(status).phrase)
        problem = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": "",  # nobody knows what was asked for
            "request_id": token_hex(10),
        }
        self.log.warning("Refused %s: %s", type(exc).__name__, problem["request_id"])
        body = orjson.dumps(problem)
        head = (
            f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: {PROBLEM}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError as error:
            self.log.debug("The client is gone: %s", error)
