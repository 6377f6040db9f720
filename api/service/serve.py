"""The service as processes: gunicorn, with a pool of connections for each worker."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from psycopg_pool import ConnectionPool

from api.app import create_app
from api.http.log import configure
from api.http.waiting import attend
from api.service.worker import WORKERS
from models.database import connections
from models.database.connections import Connection


def pool_of(settings: Mapping[str, Any], url: str) -> ConnectionPool[Connection]:
    """Make the pool of one worker: a connection for each of its threads, not open yet."""
    return connections.pool(
        url,
        size=settings["threads"],
        statement_timeout=settings["statement_timeout"],
        patience=settings["pool_wait"],
        pooler=settings["pooler"],
    )


class Plain(Logger):
    """gunicorn's log, in the form of all others."""

    def setup(self, cfg: Any) -> None:
        """Leave the writing to the root logger, as `api.http.log` has set it up."""
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True


class Server(BaseApplication):
    """Gunicorn, told by the settings instead of a file of its own."""

    def __init__(self, settings: Mapping[str, Any], url: str) -> None:
        """Serve the database at `url`."""
        self.settings, self.url = settings, url
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn is to do; see its own documentation for each."""
        settings = self.settings
        chosen: dict[str, Any] = {
            "bind": f"{bracketed(settings['host'])}:{settings['port']}",
            "workers": settings["workers"],
            "threads": settings["threads"],
            "worker_class": WORKERS[settings["worker"]],
            "limit_request_line": 8190,
            "preload_app": True,
            "keepalive": 75,
            "graceful_timeout": 30,
            "max_requests": 100_000,
            "max_requests_jitter": 10_000,
            "control_socket_disable": True,
            "accesslog": None,
            "proc_name": "attest",
            "post_fork": post_fork,
            "worker_exit": worker_exit,
            "logger_class": Plain,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]
        """Make the service, once for all workers; its pool is opened by each of them."""
        configure(self.settings["log_format"])
        return create_app(pool_of(self.settings, self.url), self.settings)


def bracketed(host: str) -> str:
    """Write an address as gunicorn reads it."""
    return f"[{host}]" if ":" in host else host


def post_fork(server: Any, worker: Any) -> None:
    """Open the worker's own pool, for connections do not survive a fork; tell who waits of it."""
    app = server.app.wsgi()
    app.extensions["pool"].open()
    attend(app, worker)


def worker_exit(server: Any, worker: Any) -> None:
    """Close the worker's pool."""
    server.app.wsgi().extensions["pool"].close(timeout=5)
    del worker
