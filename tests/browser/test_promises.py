"""Promises in a real browser: made, kept with one click, undone, moved with a reason, and read by the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Demo

pytestmark = pytest.mark.browser


def test_a_manager_promises_and_the_rep_reads_what_became_of_it(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    page.get_by_role("link", name="Promises: 2 due").click()
    page.get_by_label("I will").fill("Send you the notes of the lab.")
    page.get_by_label("To", exact=True).fill("Rosa Lindqvist")
    page.get_by_label("By the end of").fill("2026-11-25")
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_role("status")).to_contain_text("Promised to Rosa Lindqvist")
    page.get_by_role("button", name="Kept: Send you the notes of the lab.").click()
    expect(page.get_by_role("status")).to_contain_text("Rosa Lindqvist is told")
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Why").fill("The lab sends them on Thursday.")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the day")
    expect(page.get_by_label("Why")).to_have_value("The lab sends them on Thursday.")
    page.get_by_label("New day").fill("2026-11-26")
    page.get_by_role("button", name="Move it").click()

    demo.be(page, "Rosa")
    page.goto(demo.url + "promises/")
    page.get_by_role("link", name="Send you the notes of the lab.").click()
    expect(page.get_by_text("moved it to Thu 26 Nov: The lab sends them on Thursday.")).to_be_visible()


@pytest.mark.parametrize("person", ["Mina", "Rosa", "Hana"])
def test_the_pages_are_accessible_and_fit(
    person: str, demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, person)
    page.goto(demo.url + "promises/")
    first = page.locator(".f-list a").first
    places = ["promises/", *([str(first.get_attribute("href")).lstrip("/")] if first.count() else [])]
    found: list[str] = []
    for place in places:
        for theme, size in (("light", DESK), ("dark", PHONE)):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(demo.url + place)
            assert page.locator("h1").count() == 1
            found += [f"{place} {theme}: {line}" for line in axe(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, place
    assert found == []
