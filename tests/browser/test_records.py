"""Records about people in a real browser: a rule, a hold, a copy with a private note that is asked for; all pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.looks.models import Look
from fairlead.oneonones.models import PrivateNote
from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, Cast
from tests.looks import making

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """A look at Rosa's results and a private note of Mina about her."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    cast = the_cast.build()
    Look.objects.create(
        person=cast.rosa, quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        ground=making.ground(cast), facts=making.FACTS, digest="", opened_at=making.SWEPT, public_id="rosas-look",
    )  # fmt: skip
    PrivateNote.objects.create(
        writer=cast.mina, other=cast.rosa, slot=AT.date(), text="Ask about the lab.", at=AT
    )
    return cast


def test_hr_keeps_records_and_people_see_what_concerns_them(
    cast: Cast, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server = str(live_server)
    found: list[str] = []

    def look_at(*places: str) -> None:
        for place in places:
            for theme, size in (("light", DESK), ("dark", PHONE)):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"{server}/{place}")
                found.extend(f"{place} {theme}: {line}" for line in axe(page))
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, place
        page.set_viewport_size(DESK)  # type: ignore[arg-type]

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/records/reads/")
    expect(page.get_by_text("Nobody has read a look at your results.")).to_be_visible()

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/looks/rosas-look/")
    look_at("records/notes/")
    expect(page.get_by_text("Nobody asks for your private notes.")).to_be_visible()

    _sign_in(page, server, cast.hana)
    page.get_by_role("contentinfo").get_by_role("link", name="Records").click()
    page.get_by_role("link", name="Countries").click()
    page.get_by_role("link", name="Finland").click()
    page.get_by_label("Shortest plan, days").fill("10")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("alert")).to_contain_text("14 to 180 days")
    page.get_by_label("Shortest plan, days").fill("45")
    page.get_by_label("Why, and who was asked").fill("Counsel has read it.")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("Version 1 holds in Finland from now on.")).to_be_visible()
    look_at(
        "records/", "records/countries/", "records/countries/FI/", "records/erasure/", "records/what-is-kept/"
    )

    page.goto(f"{server}/records/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    expect(page.get_by_text("Mina Aalto read a look at results")).to_be_visible()
    page.get_by_label("Why nothing may be erased").fill("A claim at court.")
    page.get_by_role("button", name="Set a hold").click()
    expect(page.get_by_text("stands", exact=True)).to_be_visible()
    page.get_by_role("link", name="Prepare a copy").click()
    look_at(page.url.removeprefix(f"{server}/"))
    page.get_by_label("Who asked, how, and why it is prepared").fill("Rosa asked by mail.")
    page.get_by_role("button", name="Gather it").click()
    copy = page.url.removeprefix(f"{server}/")
    look_at(copy, f"records/people/{cast.rosa.public_id}/")
    page.goto(f"{server}/{copy}")
    expect(page.get_by_text("Whether there are is not shown to anybody.")).to_be_visible()

    _sign_in(page, server, cast.mina)
    look_at("records/notes/")
    page.get_by_label("Ask about the lab.").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Nobody hears of what you did not disclose.")).to_be_visible()

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/{copy}")
    expect(page.get_by_text("Ask about the lab.")).to_be_visible()
    page.get_by_label("Withhold it").check()
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("the person reads the reason")
    page.get_by_label("Why, where it is not released as it is").fill("Mina took it back by word.")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("withheld", exact=True)).to_be_visible()
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_role("alert")).to_contain_text("Writers of private notes have time until")
    look_at(copy)

    _sign_in(page, server, cast.rosa)
    look_at("records/reads/", "looks/rosas-look/")
    page.goto(f"{server}/records/reads/")
    expect(page.get_by_text("Hana Sato read a copy of everything about the person")).to_be_visible()
    assert found == []
