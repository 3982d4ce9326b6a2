"""Every page of the navigation of every person of the cast, in both themes and at phone width, through axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, Demo
from tests.browser.looking import in_every_medium

pytestmark = pytest.mark.browser

CAST = ["Mina", "Rosa", "Vera", "Otto", "Ravi", "Pia", "Carl", "Olu", "Hana"]


def _places(page: Page) -> list[str]:
    links = page.locator("nav.f-nav a")
    return [str(links.nth(i).get_attribute("href")) for i in range(links.count())]


@pytest.mark.parametrize("person", CAST)
def test_every_page_of_a_person_is_accessible_and_fits(
    person: str, demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, person)
    places = [
        *_places(page),
        "/you/",
        "/you/stored/",
        *(["/earnings/"] if person in ("Rosa", "Mina") else []),
    ]
    assert len(places) > 2
    found: list[str] = []
    for place in places:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        page.goto(demo.url.rstrip("/") + place)
        assert page.locator("h1").count() == 1, place
        found += [f"{person} {place} {line}" for line in in_every_medium(page, axe)]
    assert found == []
