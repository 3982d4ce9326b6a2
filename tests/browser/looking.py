"""A page that is open, looked at in both themes and at both widths."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE


def wider(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def in_every_medium(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    """What is wrong, a line each. It is not loaded again: what is served knows neither theme nor width of a window."""
    found: list[str] = []
    for theme, size in (("light", DESK), ("dark", DESK), ("dark", PHONE), ("light", PHONE)):
        page.emulate_media(media="screen", color_scheme=theme, forced_colors="none")  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if (theme, size) in (("light", DESK), ("dark", PHONE)):  # every colour and every width once
            found += [f"{theme} {size['width']}: {line}" for line in axe(page)]
        if (wide := wider(page)) > 0:
            found.append(f"{theme} {size['width']}: {wide} px wider than the window")
    return found
