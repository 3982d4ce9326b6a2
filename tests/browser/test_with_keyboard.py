"""Nothing but the keyboard: choose, submit, withdraw, read, sort and filter, with the focus always in sight."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser

_FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {
    shown: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    what: at.outerHTML.slice(0, 120),
  }
}"""
_STOPS = """() => [...document.querySelectorAll('a[href],button,input,select,textarea,summary')].filter(
  (e) => e.type !== 'hidden' && !e.disabled && e.checkVisibility({checkVisibilityCSS: true})
    && !(e.type === 'radio' && !e.checked)).length"""


@pytest.fixture(autouse=True)
def still(page: Page) -> None:
    """Scrolling does not glide, so that where the focus is can be seen at once."""
    page.emulate_media(reduced_motion="reduce")


def _focused(locator: Locator) -> bool:
    return bool(locator.evaluate("e => e === document.activeElement"))


def _tab_to(page: Page, goal: Locator, most: int = 120) -> None:
    """Press Tab until the goal has the focus; on the way every stop is in sight and visibly focused."""
    expect(goal).to_be_visible()
    for _ in range(most):
        if _focused(goal):
            return
        page.keyboard.press("Tab")
        seen = page.evaluate(_FOCUS)
        assert seen["shown"], f"no visible focus on {seen['what']}"
        assert seen["inside"], f"the focus is out of sight on {seen['what']}"
    raise AssertionError(f"{goal} was not reached within {most} tabs")


def _press(page: Page, goal: Locator) -> None:
    _tab_to(page, goal)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def _become(page: Page, demo: Demo, name: str) -> None:
    page.context.clear_cookies()
    page.goto(demo.url + "start/")
    _press(page, page.get_by_role("button", name=f"Be {name}"))


def test_the_first_stop_skips_to_the_page(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    assert _focused(skip)
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(
    ("person", "place"),
    [
        ("Mina", "call/"),
        ("Rosa", "quarter/"),
        ("Mina", "deals/"),
        ("Olu", "imports/new/"),
        ("Vera", "board/"),
    ],
)
def test_tab_goes_through_the_whole_page_in_order_and_out_again(
    person: str, place: str, demo: Demo, page: Page
) -> None:
    demo.be(page, person)
    page.goto(demo.url + place)
    assert page.locator("dialog,[role=dialog],[role=menu],[tabindex]:not([tabindex='-1'])").count() == 0
    stops: int = page.evaluate(_STOPS)
    seen: list[int] = []
    for _ in range(stops + 40):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "() => document.activeElement === document.body ? -1"
            " : [...document.querySelectorAll('*')].indexOf(document.activeElement)"
        )
        if at == -1 or (seen and at == seen[0]):
            break
        if not seen or seen[-1] != at:
            seen.append(at)
    else:
        raise AssertionError(f"The focus never leaves {place}")
    assert seen == sorted(seen), "the order of the focus is the order of the page"
    assert len(seen) >= stops


def test_a_manager_submits_with_a_reason_and_withdraws_it(demo: Demo, page: Page) -> None:
    _become(page, demo, "Mina")
    expect(page.get_by_role("heading", name="Forecast call")).to_be_visible()
    _press(page, page.get_by_role("link", name="Check and submit"))
    _tab_to(page, page.locator("#number"), most=3)
    page.keyboard.press("Control+A")
    page.keyboard.type("2345")
    _tab_to(page, page.locator("#reason"), most=5)
    page.keyboard.type("Two contracts wait for their tenders.")
    _tab_to(page, page.get_by_role("button", name="Submit to Vera"), most=2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2,345 is submitted")
    _tab_to(page, page.get_by_label("Why"))
    page.keyboard.type("Sent before the tender was read.")
    page.keyboard.press("Tab")
    assert _focused(page.get_by_role("button", name="Withdraw 2,345"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("withdrawn")
    expect(page.get_by_text("It does not count any more")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw 2,345")).to_have_count(0)


def test_what_folds_opens_and_closes_again(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    fold = page.get_by_text("Change the number of Rosa Lindqvist")
    _tab_to(page, fold)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Overlay on Rosa Lindqvist")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Overlay on Rosa Lindqvist")).to_be_hidden()


def test_a_rep_opens_the_copy(demo: Demo, page: Page) -> None:
    _become(page, demo, "Rosa")
    _press(page, page.get_by_role("link", name="Open the copy"))
    expect(page.get_by_role("heading", name="The call Mina Aalto submitted")).to_be_visible()


def test_a_table_is_sorted_and_filtered(demo: Demo, page: Page) -> None:
    _become(page, demo, "Mina")
    _press(page, page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Deals"))
    for column in ("Deal", "Last change"):
        _press(page, page.locator("thead").get_by_role("link", name=column))
        expect(page.locator("th[aria-sort]")).to_have_text(re.compile(f"^{column}"))
    _tab_to(page, page.get_by_label("Deal or account"))
    page.keyboard.type("Kestrel")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("Kestrel")
    expect(page.locator("tbody tr").filter(has_not_text="Kestrel")).to_have_count(0)
