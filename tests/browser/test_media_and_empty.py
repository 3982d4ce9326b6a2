"""Pages reached through flows and pages of an empty company: phone, print, forced colours, dark, and through axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import access, actions, clock
from fairlead.people.access import Role
from fairlead.people.models import Person
from tests.browser.conftest import DESK, PHONE, Demo
from tests.browser.looking import in_every_medium, wider
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, START

pytestmark = pytest.mark.browser

PAPER = {"width": 690, "height": 975}
"""What is left of A4 between the margins, in CSS pixels."""

_SMALL = """() => [...document.querySelectorAll('a[href],button,select,input,summary')].filter((e) => {
  if (e.type === 'hidden' || !e.checkVisibility({checkVisibilityCSS: true})) return false
  if (e.closest('p,td,th,dd,dt,label,svg,.choice')) return false
  const box = e.getBoundingClientRect()
  return box.height > 0 && box.height < 24 && box.width > 1
}).map((e) => e.outerHTML.slice(0, 100))"""


def _look(page: Page, address: str, axe: Callable[[Page], list[str]]) -> list[str]:
    """What is wrong with a page in every medium, a line each."""
    page.goto(address)
    found = [f"{address} {line}" for line in in_every_medium(page, axe)]
    found += [f"{address}: small to tap: {line}" for line in page.evaluate(_SMALL)]
    return found + _on_paper_and_forced(page, address)


def _on_paper_and_forced(page: Page, address: str) -> list[str]:
    found: list[str] = []
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    page.emulate_media(media="print", color_scheme="light")
    if (wide := wider(page)) > 0:
        found.append(f"{address} print: {wide} px wider than the paper")
    if page.locator("header.top:visible, footer:visible, button:visible, .tabbar:visible").count():
        found.append(f"{address} print: the frame or a button is printed")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(media="screen", forced_colors="active", color_scheme="dark")
    if (wide := wider(page)) > 0:
        found.append(f"{address} forced colours: {wide} px wider than the window")
    page.emulate_media(forced_colors="none")
    return found


@pytest.mark.parametrize(
    ("person", "place", "link"),
    [
        ("Mina", "call/", ""),
        ("Rosa", "quarter/", "Open the copy"),
        ("Vera", "board/", "what was submitted"),
        ("Mina", "deals/?q=kestrel", "Kestrel"),
        ("Rosa", "people/", "Vera Lindholm"),
        ("Olu", "imports/new/", ""),
        ("Olu", "people/new/", ""),
        ("Olu", "settings/targets/", ""),
        ("Rosa", "find/?q=kestrel", ""),
    ],
)
def test_a_page_behind_a_link_is_right_in_every_medium(
    person: str, place: str, link: str, demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, person)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(demo.url + place)
    if link:
        page.get_by_role("main").get_by_role("link", name=link).first.click()
        page.wait_for_load_state()
    assert page.locator("h1").count() == 1
    assert _look(page, page.url, axe) == []


@pytest.fixture
def admin(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A fresh installation: one person who set it up, nothing imported."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    by = access.system("tests set up an empty company")
    actions.set_up(by=by, at=AT, name="Gantry", currency="EUR", time_zone="Europe/Helsinki")
    roles = frozenset(Role)
    ada = actions.add_person(by=by, at=AT, name="Ada Noor", manager=None, roles=roles, starts_on=START)
    actions.open_account(by=by, at=AT, person=ada, email="ada@gantry.test", password="a long pass phrase")
    return ada


def test_signing_in_and_every_page_of_an_empty_company_is_right(
    admin: Person, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server = str(live_server)
    found = _look(page, f"{server}/account/login/", axe)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    _sign_in(page, server, admin)
    links = page.locator("nav.f-nav a")
    places = [str(links.nth(i).get_attribute("href")) for i in range(links.count())]
    assert len(places) >= 6
    for place in [*places, "/you/", "/imports/new/", "/account/2fa/", "/account/password/change/"]:
        found += _look(page, server + place, axe)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{server}/imports/")
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()
    assert found == []


def test_the_second_factor_is_set_up_on_an_accessible_page(
    admin: Person, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    _sign_in(page, str(live_server), admin)
    answer = page.goto(f"{live_server}/account/2fa/totp/activate/")
    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1").count() == 1
    assert _look(page, page.url, axe) == []
