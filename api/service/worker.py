"""gunicorn's worker of threads, but that a request stays in the thread that found it.

gunicorn's own has one thread that waits for requests and hands each to another and back: sixty
calls of the kernel for one short request, most of them threads that wait for the interpreter's
lock. Here one thread at a time leads: it waits for requests and answers them itself, one after
the other. Whenever it has been at one for longer than `PATIENCE`, another thread takes the lead, so
that a slow request keeps one thread, and nobody else.
"""

import selectors
import socket
import threading
import time
from concurrent.futures import Future
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import orjson
from gunicorn.http import errors
from gunicorn.workers import gthread

from api.http.problems import PROBLEM, TITLES

STATUSES: dict[type[Exception], tuple[int, str]] = {
    errors.LimitRequestLine: (414, "The address is too long."),
    errors.LimitRequestHeaders: (431, "The headers are too large."),
    errors.UnsupportedTransferCoding: (501, "This transfer coding is not known."),
    errors.ExpectationFailed: (417, "What is expected cannot be met."),
    errors.ParseException: (400, "This is no HTTP request that can be understood."),
    OSError: (400, "The connection broke."),
}
"""What gunicorn refuses before there is a request; the first that fits counts."""


PATIENCE = 0.005
"""Seconds that a request may take before another thread takes the lead."""

REST = 0.05
"""Seconds between two looks at a leader who had nothing to do."""


READS = {"GET", "HEAD", "OPTIONS"}
"""The methods that keep nobody waiting, as a rule."""

COURTESY, MOST = 0.000_1, 10
"""Seconds for each connection, up to so many, that a worker leaves a new one to the others."""


class Deposed(BaseException):
    """Another thread leads by now. No Exception, for nobody but the thread itself may catch it."""


class Worker(gthread.ThreadWorker):
    """gunicorn's worker of threads, one of which leads; its refusals are problems like all others.

    What gunicorn's own does in its main thread, the leader does here: nobody else touches the
    connections that wait. The main thread looks after the leader, and ends the worker.
    """

    def init_process(self) -> None:
        """Prepare who leads, and run."""
        self.change = threading.Lock()
        self.turns = threading.Semaphore(1)
        self.leader: int | None = None
        self.since: float | None = None  # when the leader began the request that it is at
        self.served = 0
        super().init_process()

    def run(self) -> None:
        """Look after the leader until the worker is to end; then end it as gunicorn does."""
        wake: Any = self.method_queue.fileno()
        self.poller.register(wake, selectors.EVENT_READ, self.method_queue.run_callbacks)
        crew = [
            threading.Thread(target=self.stand_by, name=f"crew-{number}", daemon=True)
            for number in range(self.cfg.threads)
        ]
        for thread in crew:
            thread.start()
        told, served = 0.0, 0
        while self.alive:
            if time.monotonic() - told > 1:
                told = time.monotonic()
                self.notify()
                if not self.is_parent_alive():
                    break
            idle = served == self.served and self.since is None
            served = self.served
            time.sleep(REST if idle else PATIENCE)
            self.depose(PATIENCE)
        with self.change:  # from here on, nobody takes the lead
            self.alive = False
        self.method_queue.defer(int)  # wakes the leader, who sees that it is over
        while self.leader is not None:
            time.sleep(PATIENCE)
            self.depose(PATIENCE)
        for _ in crew:
            self.turns.release()
        self.leader = threading.get_ident()
        self.poller.unregister(wake)
        super().run()

    def stand_by(self) -> None:
        """Wait for the lead, take it, and come back for it, as long as the worker lives."""
        while True:
            self.turns.acquire()
            with self.change:
                if not self.alive:
                    return
                self.leader = threading.get_ident()
            try:
                self.lead()
            except Deposed:
                continue
            except Exception:
                self.log.exception("The leader of a worker has failed.")
            self.leader = None
            self.turns.release()

    def lead(self) -> None:
        """Answer requests until the worker ends; Deposed once another thread leads."""
        while self.alive:
            self.set_accept_enabled(self.nr_conns < self.worker_connections)
            self.wait_for_and_dispatch_events(timeout=1.0)
            self.murder_keepalived()
            self.murder_pending()

    def depose(self, patience: float) -> None:
        """Let another thread lead if the leader has been at a request for too many seconds."""
        with self.change:
            if self.since is not None and time.monotonic() - self.since > patience:
                self.since = self.leader = None
                self.turns.release()

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request; a write waits for the disk, and lets another thread lead meanwhile."""
        if req.method not in READS and self.alive and self.leader == threading.get_ident():
            self.depose(-1)
        return super().handle_request(req, conn)

    def accept(self, listener: Any) -> None:
        """Accept a connection: the more a worker has, the longer it leaves it to the others."""
        time.sleep(min(self.nr_conns, MOST) * COURTESY)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Answer a request here and now; a new connection waits until it has sent something."""
        done: Future[Any] = Future()
        if not conn.initialized and not conn.data_ready:
            done.set_result(gthread._DEFER)  # type: ignore[attr-defined]  # noqa: SLF001 - its own sign
            self.finish_request(conn, done)
            return
        self.since = time.monotonic()
        try:
            done.set_result(self.handle(conn))
        except Exception as error:  # noqa: BLE001 - finish_request closes the connection for it
            done.set_exception(error)
        with self.change:
            self.served += 1
            leads = self.leader == threading.get_ident()
            if leads:
                self.since = None
        if not leads:
            self.method_queue.defer(self.finish_request, conn, done)
            raise Deposed
        self.finish_request(conn, done)

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
