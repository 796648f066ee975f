"""A real browser over drawn pages: pages come from templates, files from static/, and no server or database is needed.

Answers carry the console's own Content-Security-Policy, so what breaks it breaks here.
"""

from __future__ import annotations

import json
import mimetypes
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.utils import build_policy
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Request, Route

HOST = "http://concord.test"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
Answer = Callable[[Request], tuple[int, str, str]]


class Desk:
    """One page of a browser, and what it asked for: ``posts`` holds each POST's path and body."""

    def __init__(self, browser: Browser, pages: dict[str, str], **context: Any) -> None:
        self.pages = pages
        self.answers: dict[str, Answer] = {}
        self.posts: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self.policy = build_policy()
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)
        self.page.route("**/*", self._serve)

    def open(self, path: str) -> Page:
        """Go to ``path`` and wait until the modules have started."""
        self.page.goto(HOST + path, wait_until="load")
        self.page.wait_for_timeout(50)
        return self.page

    def _serve(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        if request.method == "POST":
            self.posts.append((path, request.post_data or ""))
        if path.startswith("/static/"):
            self._file(route, path.removeprefix("/static/"))
        elif path in self.answers:
            status, kind, body = self.answers[path](request)
            route.fulfill(status=status, content_type=kind, body=body)
        elif path in self.pages:
            headers = {"Content-Security-Policy": self.policy}
            route.fulfill(status=200, content_type="text/html", body=self.pages[path], headers=headers)
        else:
            route.fulfill(status=404, content_type="text/plain", body="nothing here")

    def _file(self, route: Route, name: str) -> None:
        found = finders.find(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if isinstance(found, str):
            route.fulfill(status=200, content_type=kind, body=Path(found).read_bytes())
        else:
            self.faults.append(f"no static file {name}")
            route.fulfill(status=404, content_type="text/plain", body="")


def as_json(status: int = 200, **content: Any) -> Answer:
    """An answer in JSON."""
    return lambda request: (status, "application/json", json.dumps(content))
