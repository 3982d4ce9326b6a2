"""A real browser against a real server: the demo as a visitor starts it, or the cast on a test database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

# Playwright's loop runs in this thread; the ORM calls of fixtures are plain ones all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A page that has begun but is not read to its end has no heading yet: axe waits for the end of it.
_LOADED = """() => document.readyState === 'complete'
    || new Promise((loaded) => window.addEventListener('load', () => loaded(true), {once: true}))"""
_RUN_AXE = "async () => await axe.run(document, {resultTypes: ['violations']})"
TIMEOUT = 30_000
"""Two browsers at once on two cores that are busy with other tests: what is slow is not what is tested here."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("FAIRLEAD_CHROMIUM") or shutil.which("chromium")
    assert found, "The browser tests need Chromium: apt install chromium, or set FAIRLEAD_CHROMIUM."
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    assert get_resolver().url_patterns  # all views are loaded before the first page waits for them
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=DESK, accept_downloads=True)  # type: ignore[arg-type]
    opened.set_default_timeout(TIMEOUT)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when the console shows an error or the content policy is broken."""
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if _bad(line) else None)
    yield opened
    assert wrong == []


def _bad(line: Any) -> bool:
    """Errors of the console, but for the browser's own line about an answer the test asked for (404, 409, 422)."""
    return line.type == "error" and "Failed to load resource" not in line.text


class Demo:
    """The demo as `fairlead demo` starts it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def be(self, page: Page, first_name: str) -> None:
        """Become a person of the cast, as a visitor does: one click on the first page."""
        page.context.clear_cookies()
        page.goto(self.url + "start/")
        page.get_by_role("button", name=f"Be {first_name}").click()
        page.wait_for_load_state()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    log = tmp_path_factory.mktemp("demo") / "log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("FAIRLEAD_", "DJANGO_"))}
    command = [str(Path(sys.executable).parent / "fairlead"), "demo", "--no-browser", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        yield Demo(_address(process, log))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _address(process: subprocess.Popen[bytes], log: Path, seconds: float = 240) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        text = log.read_text(errors="replace")
        if "The demo is at " in text:
            url = text.split("The demo is at ", 1)[1].split()[0]
            with suppress(urllib.error.URLError):
                urllib.request.urlopen(url + "health/", timeout=5).close()
                return url
        assert process.poll() is None, f"The demo ended:\n{text}"
        time.sleep(0.2)
    raise AssertionError(f"The demo was not up within {seconds} s:\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Accessibility findings of a page, a line each; empty is right."""
    script = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()

    def looked(page: Page) -> dict[str, Any]:
        page.evaluate(_LOADED)
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        found: dict[str, Any] = page.evaluate(_RUN_AXE)
        return found

    def findings(page: Page) -> list[str]:
        try:
            result = looked(page)
        except PlaywrightError as error:
            # A click before this was still on its way to the next page: that page is the one to look at.
            if not any(words in str(error) for words in ("context was destroyed", "axe is not defined")):
                raise
            result = looked(page)
        return [
            f"{v['impact']} {v['id']}: {node['html'][:120]}"
            for v in result["violations"]
            for node in v["nodes"][:3]
        ]

    return findings
