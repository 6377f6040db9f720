"""Requests that wait: how many threads they may occupy, and until when."""

import select
import socket
import threading
from typing import Any, cast

from flask import Flask, current_app, request

CLIENT_POLL_SECONDS = 0.15
"""How long to wait between two looks at the feed."""

LEAVING = getattr(select, "POLLRDHUP", 0)
"""Event of a client that sends no more, where the system tells it."""

LEFT = LEAVING | select.POLLHUP | select.POLLERR
"""Events of a connection that a client has closed, also behind what it sent and nobody read."""


def seats() -> threading.Semaphore:
    """Give the seats for requests that wait: one for half of the worker's threads."""
    return cast("threading.Semaphore", current_app.extensions["seats"])


class Watch:
    """Watches a request that waits: whether its worker and its client are still there."""

    def __init__(self) -> None:
        """Watch the current request, also while its answer is streamed."""
        self.worker: Any = current_app.extensions.get("worker")
        self.socket: socket.socket | None = request.environ.get("gunicorn.socket")

    def over(self) -> bool:
        """Say whether there is nothing more to wait for."""
        return (self.worker is not None and not self.worker.alive) or self.is_left()

    def is_left(self) -> bool:
        """Say whether the client has closed its connection."""
        if self.socket is None:
            return False
        arrived = select.poll()
        try:
            arrived.register(self.socket, select.POLLIN | LEAVING)
            # A socket with a timeout is waited for, whatever the flags say, and what has nothing
            # to say then would seem to be gone.
            return any(
                event & LEFT or not self.socket.recv(1, socket.MSG_PEEK)
                for _, event in arrived.poll(0)
            )
        except (OSError, ValueError):
            return True

    def takes_more(self) -> bool:
        """Wait until the client has read what it was sent; false once that is pointless."""
        if self.socket is None:
            return not self.over()
        space = select.poll()
        space.register(self.socket, select.POLLOUT)
        while not self.over():
            if space.poll(CLIENT_POLL_SECONDS * 1000):
                return True
        return False


def waiting_threads(threads: int) -> int:
    """Count the threads of a worker that may wait: half of them."""
    return threads // 2


def init(app: Flask, threads: int) -> None:
    """Let half of a worker's threads wait, and the others serve."""
    app.extensions["seats"] = threading.Semaphore(waiting_threads(threads))


def attend(app: Flask, worker: Any) -> None:
    """Let requests that wait see when the worker is stopping."""
    app.extensions["worker"] = worker
