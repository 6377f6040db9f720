"""Streamed answers: their seat, their connection, and their end."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from threading import Semaphore
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, request
from psycopg import sql

from api.http import coding
from api.http.context import give_back, settings
from api.http.errors import Busy
from api.http.waiting import Watch, waiting_threads
from models.database.connections import Connection
from models.database.streaming import Abandoned, Chunk, Source, copied, snapshot
from models.past.as_of import entered

log = structlog.get_logger()

PATIENCE_SECONDS = 10
"""How long a client may take for one portion of an export; then it is cut off."""

PORTION_BYTES = 65_536
"""Maximum size of what is sent at once."""

RESET, END = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)
"""Options of a socket (SO_LINGER) by which closing it breaks the connection off, or ends it.

In HTTP/1.0, which nginx speaks to services by default, nothing else tells the two apart.
"""


class Export:
    """An export under way: it holds a seat and a connection until it is sent or abandoned."""

    def __init__(self, as_of: datetime | None) -> None:
        """Take a seat and a connection, and open a snapshot; Busy if all seats are taken."""
        seats = cast("Semaphore", current_app.extensions["exports"])
        if not seats.acquire(blocking=False):
            raise Busy
        self.held = ExitStack()
        self.held.callback(seats.release)
        self.watch = Watch()
        self.ends_by_closing = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
        try:
            self.connection = self.begin(as_of)
        except BaseException:
            self.held.close()
            raise

    def begin(self, as_of: datetime | None) -> Connection:
        """Give a connection on which one snapshot is read."""
        give_back()  # or the request would hold two
        pool = current_app.extensions["pool"]
        connection: Connection = pool.getconn()
        self.held.callback(pool.putconn, connection)
        self.held.enter_context(snapshot(connection, settings()["export_timeout"]))
        if as_of is not None:
            self.held.enter_context(entered(connection, as_of))
        return connection

    def is_wanted(self) -> bool:
        """Say whether the client is still there; a stopping worker goes on for a while."""
        return not self.watch.is_left()

    def rows(self, source: Source, form: sql.Composable) -> Iterator[Chunk]:
        """Read the rows of a statement, as long as the client is there."""
        chunks = copied(self.connection, source, form, self.is_wanted)
        self.held.callback(chunks.close)  # before the transaction ends, whoever holds them
        return chunks

    def wanted(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Pass on chunks that are kept rather than sent; Abandoned once the client has gone."""
        for chunk in chunks:
            if not self.is_wanted():
                raise Abandoned
            yield chunk

    def response(
        self, pieces: Iterator[bytes], media_type: str, name: str, *, compact: bool = False
    ) -> Response:
        """Answer with pieces as they come; an error in the first one is still a refusal.

        HEAD reads nothing. `compact` content is not compressed again.
        """
        may_code = not compact and "HTTP_ACCEPT_ENCODING" in request.environ
        encoding = coding.chosen() if may_code else None
        if request.method == "HEAD":
            self.close()
            sent: Any = iter(())  # of no length, as what GET sends
        else:
            self.held.callback(getattr(pieces, "close", lambda: None))
            try:
                first = next(pieces, b"")
            except BaseException:
                self.close()
                raise
            sent = self.sent(coding.streamed(chain((first,), pieces), encoding))
        response = Response(sent, mimetype=media_type)
        response.call_on_close(self.close)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["X-Accel-Buffering"] = "no"  # or a proxy would keep it until it is long
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response

    def sent(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Send pieces; stop for a client that takes none for long, or disconnects.

        A failure is raised again: the connection is closed then without the end of the answer.
        """
        peer = self.watch.socket
        if peer is not None:
            peer.settimeout(PATIENCE_SECONDS)
            if self.ends_by_closing:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        try:
            for piece in pieces:
                for start in range(0, len(piece), PORTION_BYTES):
                    yield piece[start : start + PORTION_BYTES]
            if peer is not None and self.ends_by_closing:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, END)
        except GeneratorExit:
            log.info("export broken off by its client")
            self.reset()
            raise
        except Exception as error:
            log.warning("export broken off", error=type(error).__name__, reason=str(error).strip())
            self.reset()
            raise
        finally:
            if peer is not None and peer.fileno() >= 0:
                peer.settimeout(None)
            self.close()

    def reset(self) -> None:
        """Reset a connection, since a normal close would look like the end of the answer."""
        if self.watch.socket is not None and self.ends_by_closing:
            self.watch.socket.close()

    def close(self) -> None:
        """Release the seat and the connection, once."""
        try:
            self.held.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the connection is not used again
            log.warning("export ended badly", error=type(error).__name__, reason=str(error).strip())


def opened(as_of: datetime | None, write: Callable[[Export], Response]) -> Response:
    """Answer with an export, which is closed if that fails."""
    export = Export(as_of)
    try:
        return write(export)
    except Abandoned:
        export.close()
        return Response(status=499)
    except BaseException:
        export.close()
        raise


def init(app: Flask, exports: int, threads: int) -> None:
    """Limit the exports that a worker sends at once, so that threads remain for other requests."""
    left = threads - waiting_threads(threads) - 1
    app.extensions["exports"] = Semaphore(max(1, min(exports, left)))
