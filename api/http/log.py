"""The log: one line a request, JSON or text, always with the request's id."""

import logging
import re
import sys
import time
from secrets import token_hex
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.types import EventDict

from api.http.context import key, request_id

REQUEST_ID = "X-Request-ID"

PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,128}")
"""The form of a client's own request id; any other is replaced by a new one."""

UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
"""Characters that control a terminal, break a line or turn it; tab and line feed are none."""

QUIET = {"/healthz", "/readyz"}
"""Paths that are probed so often that only failures are worth a line."""

log = structlog.get_logger()


def configure(style: str, level: int = logging.INFO) -> None:
    """Write logs to stderr: `json`, `text`, or `auto` for text on a terminal."""
    text = style == "text" or (style == "auto" and sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        identified,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[structlog.types.Processor] = (
        [
            all_visible,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
        if text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(written)]
    )
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Each line is one write: between two, another worker's would come.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        # A command that is quiet may go on to serve, and what is kept stays as it is.
        cache_logger_on_first_use=level <= logging.INFO,
    )
    # What libraries log through the standard library comes out in the same form.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
            foreign_pre_chain=shared,
        )
    )
    # A handler with a level of its own would seem too deaf to Flask, which adds another one then.
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # psycopg gives its loggers a level, so that the root's does not hold for them.
    logging.getLogger("psycopg").setLevel(max(level, logging.WARNING))


def identified(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Add the id of the current request, if there is one."""
    if has_request_context():
        line["request_id"] = request_id()
    return line


def written(line: EventDict, **more: Any) -> str:
    """Write a line as JSON."""
    return visible(orjson.dumps(line, more.get("default")).decode())


def visible(text: str) -> str:
    """Escape control and invisible characters."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def all_visible(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Escape control and invisible characters in the values of a line of text."""
    return {
        name: visible(value) if isinstance(value, str) else value for name, value in line.items()
    }


def begin() -> None:
    """Give the request its id: the client's own if that is valid."""
    sent = request.headers.get(REQUEST_ID, "")
    g.request_id = sent if PLAIN.fullmatch(sent) else token_hex(10)
    g.began = time.perf_counter()


def end(response: Response) -> Response:
    """Add the request's id to the answer, and log the request."""
    response.headers[REQUEST_ID] = request_id()
    failed = response.status_code >= 500  # noqa: PLR2004 - the service's own faults
    if request.path not in QUIET or failed:
        holder = key()
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.began) * 1000, 1),
            key=str(holder.id) if holder else None,
            client=request.remote_addr,
        )
    return response


def init(app: Flask) -> None:
    """Give every request an id and a line in the log."""
    app.before_request(begin)
    app.after_request(end)
