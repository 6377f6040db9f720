"""A service that behaves as networks and busy services do, for a test to say how."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from attest_client import Client, Retry

HOME = {"id": "mine", "dataset": "mine", "name": "Mine", "version": 1}
"""A record as short as models take it."""


def answer(body=HOME, status=200, **headers):
    """Answer at once."""

    def send(handler):
        content = b"" if status in {204, 304} else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return send


def refusal(status, **headers):
    """Refuse with a problem."""
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "Not now."}
    return answer(body | {"instance": "/", "request_id": "1"}, status, **headers)


def cut(handler):
    """Break the connection before any answer."""
    handler.close_connection = True


def broken(content, size):
    """Begin to send, and break off: more was promised than comes."""

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(size))
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = True

    return send


def whole(content):
    """Send bytes to their end."""
    return broken(content, len(content))


class Handler(BaseHTTPRequestHandler):
    """Gives the next answer of those that the test has said."""

    protocol_version = "HTTP/1.1"

    def do(self):
        """Note the request, and answer it."""
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers, sent))
        self.server.answers.pop(0)(self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815 - as http.server has it

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def wire(*answers):
    """Give the root of a service that answers so, and a list of the requests it has seen."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.answers, server.seen = list(answers), []
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", server.seen
            assert server.answers == []
        finally:
            server.shutdown()


@contextmanager
def asking(*answers, attempts=3, **how):
    """Give a client of such a service, which does not wait long, and the requests it sends."""
    retry = Retry(attempts=attempts, first=0.001)
    with wire(*answers) as (url, seen), Client(url, retry=retry, **how) as client:
        yield client, seen
