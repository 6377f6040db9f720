"""A browser for tests: Debian's Chromium, and a service that it can reach."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium")
"""The program, if there is one."""


@contextmanager
def launched() -> Iterator[Browser]:
    """Run a browser; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: pages are tested in a browser where it is installed")
    with sync_playwright() as tools:
        # As root, its sandbox cannot be made; it loads pages of this service alone.
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on loopback, and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Watched:
    """A page of a browser, with all that it asks for and complains about."""

    def __init__(self, browser: Browser, base: str, **chosen: Any) -> None:
        """Open a page that looks as is chosen: its width, and light or dark."""
        width = chosen.pop("width", 1280)
        size = {"width": width, "height": 900}
        self.base = base
        self.context = browser.new_context(viewport=size, **chosen)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self.listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def listen(self, message: Any) -> None:
        """Keep what the browser says, but for what it only remarks."""
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def go(self, path: str) -> Page:
        """Go to a page of the service."""
        self.page.goto(self.base + path)
        return self.page

    def close(self) -> None:
        """Close it."""
        self.context.close()
