"""gunicorn's worker of threads, and one in which a request stays in the thread that found it.

gunicorn's own has one thread that waits for requests and hands each to another and back: sixty
calls of the kernel for one short request, most of them threads that wait for the interpreter's
lock. Here one thread at a time leads: it waits for requests and answers them itself, one after
the other. Whenever it has been at one for longer than `LEAD_SECONDS`, another thread takes the
lead, so that a slow request keeps one thread, and nobody else.
"""

import selectors
import socket
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import orjson
from gunicorn.http import errors
from gunicorn.workers import gthread

from api.http.causes import of_status
from api.http.problems import PROBLEM
from api.service.leadership import Leadership
from api.service.memory import megabytes

STATUSES: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "The address is too long."),
    errors.LimitRequestHeaders: (431, "The headers are too large."),
    errors.UnsupportedTransferCoding: (501, "This transfer coding is not known."),
    errors.ExpectationFailed: (417, "What is expected cannot be met."),
    errors.ParseException: (400, "This is no HTTP request that can be understood."),
    OSError: (400, "The connection broke."),
}
"""Refusals of gunicorn before there is a request; the first that fits counts."""


LEAD_SECONDS = 0.005
"""How long a request may take before another thread takes the lead."""

IDLE_SECONDS = 0.05
"""How long to wait between two looks at a leader who had nothing to do."""

READS = {"GET", "HEAD", "OPTIONS"}
"""The methods that keep nobody waiting, as a rule."""

COURTESY_SECONDS, MAX_COURTESIES = 0.000_1, 10
"""How long a worker leaves a new connection to the others: for each it has, up to so many."""


LINGER_SECONDS = 2
"""How long a client may take to close a connection that the service has ended."""

DRAINED_BYTES = 65_536
"""Size of what is read at once, and thrown away, of a connection that has ended."""


class Deposed(BaseException):
    """Another thread leads by now. No Exception, for nobody but the thread itself may catch it."""


class ThreadsWorker(gthread.ThreadWorker):
    """gunicorn's worker of threads; its refusals are problems like all others.

    Once it has grown beyond its limit, it ends as soon as it has nothing to do, and gunicorn starts
    another in its place: memory that a large request took is rarely given back.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Begin with nothing to do."""
        super().__init__(*arguments, **more)
        self.busy: set[int] = set()
        self.lingering: deque[Any] = deque()

    def notify(self) -> None:
        """Tell gunicorn that the worker lives, and end if it has grown too large."""
        super().notify()
        if self.alive and not self.busy and (taken := megabytes()) > self.limit:
            self.log.info("A worker ends that has grown to %d MB.", taken)
            self.alive = False

    @property
    def limit(self) -> float:
        """How many megabytes the worker may have."""
        settings = self.wsgi.extensions["settings"]  # type: ignore[attr-defined]
        return float(settings["worker_memory"])

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request, and be busy with it until it is answered."""
        self.busy.add(threading.get_ident())
        try:
            return super().handle_request(req, conn)
        finally:
            self.busy.discard(threading.get_ident())

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Keep the connection or close it.

        One that broke off within an answer is closed already: gunicorn (27.0) would close it again,
        fail at that, and count it off a second time.
        """
        if conn.sock.fileno() < 0:
            self.nr_conns -= 1
        elif not fs.cancelled() and fs.exception() is None and not fs.result():
            self.linger(conn)
        else:
            super().finish_request(conn, fs)

    def linger(self, conn: Any) -> None:
        """End a connection, and wait beside all else until its client has closed it, too.

        Closed at once, what the client still sends would be met by a reset, which can overtake the
        answer. gunicorn's own (27.0) waits for each where all other connections wait for it.
        """
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self.lingering.append(conn)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)  # noqa: FBT003 - that is how sockets are told
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.drain, conn))
        except OSError:
            self.part(conn)

    def drain(self, conn: Any, client: socket.socket) -> None:
        """Throw away what a client still sends; once it has closed the connection, so do we."""
        try:
            if client.recv(DRAINED_BYTES):
                return
        except BlockingIOError:
            return
        except OSError as error:
            self.log.debug("The client is gone: %s", error)
        self.part(conn)

    def part(self, conn: Any) -> None:
        """Close a connection that lingers."""
        self.lingering.remove(conn)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close connections that have waited, or lingered, for too long."""
        super().murder_pending()
        while self.lingering and self.lingering[0].timeout < time.monotonic():
            self.part(self.lingering[0])

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer with a problem, and close the connection."""
        del req, addr
        unknown = (500, "This should not have happened.")
        status, detail = next(
            (found for kind, found in STATUSES.items() if isinstance(exc, kind)), unknown
        )
        kind = of_status(status)
        problem = {
            "type": kind.uri,
            "title": kind.title,
            "status": status,
            "detail": detail,
            "instance": "",  # nobody knows what was asked for
            "request_id": token_hex(10),
        }
        self.log.warning("Refused %s: %s", type(exc).__name__, problem["request_id"])
        body = orjson.dumps(problem)
        reason = HTTPStatus(status).phrase
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {PROBLEM}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError as error:
            self.log.debug("The client is gone: %s", error)


class LeaderWorker(ThreadsWorker):
    """gunicorn's worker of threads, one of which leads.

    What gunicorn's own does in its main thread, the leader does here: nobody else touches the
    connections that wait. The main thread looks after the leader, and ends the worker.
    """

    def init_process(self) -> None:
        """Prepare the lead, and run."""
        self.lead = Leadership()
        super().init_process()

    def run(self) -> None:
        """Look after the leader until the worker is to end; then end it as gunicorn does."""
        wake: Any = self.method_queue.fileno()
        self.poller.register(wake, selectors.EVENT_READ, self.method_queue.run_callbacks)
        for number in range(self.cfg.threads):
            name = f"crew-{number}"
            threading.Thread(target=self.stand_by, name=name, daemon=True).start()
        self.look_after_the_leader()
        self.alive = False
        self.lead.end()
        self.method_queue.defer(int)  # wakes the leader, who sees that it is over
        while self.lead.is_taken:
            time.sleep(LEAD_SECONDS)
            self.lead.depose(LEAD_SECONDS)
        self.lead.take_over()
        self.poller.unregister(wake)
        super().run()

    def look_after_the_leader(self) -> None:
        """Depose a leader who takes too long, and tell gunicorn that the worker lives."""
        logged, finished = 0.0, 0
        while self.alive:
            if time.monotonic() - logged > 1:
                logged = time.monotonic()
                self.notify()
                if not self.is_parent_alive():
                    break
            idle = finished == self.lead.finished and not self.lead.is_busy
            finished = self.lead.finished
            time.sleep(IDLE_SECONDS if idle else LEAD_SECONDS)
            self.lead.depose(LEAD_SECONDS)

    def stand_by(self) -> None:
        """Take the lead and come back for it, as long as the worker lives."""
        while self.lead.take():
            try:
                self.serve_requests()
            except Deposed:
                continue
            except Exception:
                self.log.exception("The leader of a worker has failed.")
            self.lead.give_up()

    def serve_requests(self) -> None:
        """Answer requests until the worker ends; Deposed once another thread leads."""
        while self.alive:
            self.set_accept_enabled(self.nr_conns < self.worker_connections)
            self.wait_for_and_dispatch_events(timeout=1.0)
            self.murder_keepalived()
            self.murder_pending()

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request; a write waits for the disk, and lets another thread lead meanwhile."""
        if req.method not in READS and self.alive and self.lead.is_mine:
            self.lead.depose(-1)
        return super().handle_request(req, conn)

    def accept(self, listener: Any) -> None:
        """Accept a connection: the more a worker has, the longer it leaves it to the others."""
        time.sleep(min(self.nr_conns, MAX_COURTESIES) * COURTESY_SECONDS)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Answer a request here and now; a new connection waits until it has sent something."""
        if not conn.initialized and not conn.data_ready:
            self.await_data(conn)
            return
        done: Future[Any] = Future()
        self.lead.begin()
        try:
            done.set_result(self.handle(conn))
        except Exception as error:  # noqa: BLE001 - finish_request closes the connection for it
            done.set_exception(error)
        if not self.lead.finish():
            self.method_queue.defer(self.finish_request, conn, done)
            raise Deposed
        self.finish_request(conn, done)

    def await_data(self, conn: Any) -> None:
        """Wait for the first data of a connection, also in a worker that is to end.

        gunicorn's own closes such a connection then, and what its client sends meets a reset.
        """
        conn.sock.settimeout(0)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        arrived = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, arrived)


WORKERS = {"leader": LeaderWorker, "threads": ThreadsWorker}
"""The workers that can be chosen."""
