"""A diagnosis in a real browser: drafted, shared, read, answered, used; as layer 0 with a debt, and as layer 3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from fairlead.diagnoses.models import Diagnosis
from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.diagnoses.making import OPENED
from tests.looks import making

pytestmark = pytest.mark.browser
WHEN = [OPENED]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A look at Rosa's results is open since the day before."""
    WHEN[0] = OPENED
    monkeypatch.setattr(clock, "now", lambda: WHEN[0])
    made = making.past(the_company.build(the_cast.build()))
    making.ground(made.cast)
    assert making.sweep() == 1
    return made


def test_a_diagnosis_is_drafted_shared_answered_and_used(
    company: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, cast = str(live_server), company.cast
    found: list[str] = []
    look = making.look().public_id

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

    def judge(layer: int, verdict: str, words: str) -> None:
        section = page.locator(f"section[aria-labelledby=layer-{layer}]")
        section.get_by_label(verdict, exact=True).check()
        section.get_by_label("Evidence").fill(words)

    # Layer 0: a company debt.
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/looks/{look}/")
    page.get_by_role("button", name="Diagnose").click()
    expect(page.get_by_role("heading", name="Diagnose, layer by layer")).to_be_visible()
    judge(0, "Fail", "She was lazy in June.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "“lazy” in the evidence of environment speaks of personality"
    )
    expect(page.get_by_label("Evidence").first).to_have_value("She was lazy in June.")
    judge(0, "Fail", "The lab day promised in May was not held.")
    judge(2, "Fail", "Too early.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("a diagnosis stops at the first layer that fails")
    judge(2, "Not evaluated", "")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("status")).to_contain_text("Nobody else reads it")
    address = Diagnosis.objects.for_system("a test asks for it").get().public_id
    look_at(f"diagnoses/{address}/", f"diagnoses/{address}/write/")
    page.goto(f"{server}/diagnoses/{address}/")
    page.get_by_role("button", name="Share it with Rosa").click()
    expect(page.get_by_role("status")).to_contain_text("Rosa Lindqvist is told")
    expect(page.get_by_role("button", name="Use it")).to_have_count(0)

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/looks/{look}/")
    page.get_by_role("link", name="The diagnosis, shared").click()
    expect(page.get_by_role("heading", name="How your results are seen, layer by layer")).to_be_visible()
    expect(page.get_by_text("The lab day promised in May was not held.")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("status")).to_contain_text("That you read it is written down")
    page.get_by_label("What you want to be read").fill("I asked for it again in July. I was ill then.")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("status")).to_contain_text("nobody else can change it")
    look_at(f"diagnoses/{address}/", "observations/")

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/diagnoses/{address}/")
    expect(page.get_by_text("I asked for it again in July.")).to_be_visible()
    page.get_by_label("What the company owes").check()
    page.get_by_label("What exactly").fill("A day in the lab.")
    page.get_by_label("Who answers for a company debt").fill("Otto Nobody")
    page.get_by_label("By", exact=True).fill("2026-10-30")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody here is called Otto Nobody")
    expect(page.get_by_label("What exactly")).to_have_value("A day in the lab.")
    page.get_by_label("Who answers for a company debt").fill("Otto Brandt")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("status")).to_contain_text("The look is decided")
    expect(page.get_by_role("link", name="The company debt, open")).to_be_visible()

    _sign_in(page, server, cast.otto)
    page.goto(f"{server}/debts/")
    page.get_by_role("link", name="A day in the lab.").first.click()
    expect(page.get_by_text("said by the manager", exact=True)).to_be_visible()
    answer = page.goto(f"{server}/diagnoses/{address}/")
    assert answer is not None
    assert answer.status == 404

    # Withdrawn, the look is open again; then layer 3, and nobody answers.
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/diagnoses/{address}/")
    page.get_by_text("Withdraw it", exact=True).first.click()
    page.get_by_label("Why").fill("The lab day was held on 2 October.")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("waits for a decision again")
    page.goto(f"{server}/looks/{look}/")
    page.get_by_role("button", name="Diagnose").click()
    for layer in range(3):
        judge(layer, "Pass", "Nothing found on 6 October.")
    judge(3, "Fail", "Teach-back 9 of 20 on 2 October.")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Share it with Rosa").click()
    expect(page.get_by_text("It waits for Rosa until")).to_be_visible()
    newest = Diagnosis.objects.for_system("a test asks for it").latest("number").public_id
    WHEN[0] = OPENED + timedelta(days=8)
    page.goto(f"{server}/diagnoses/{newest}/")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("status")).to_contain_text("The look is decided")
    look_at(f"diagnoses/{newest}/", f"looks/{look}/")

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/looks/")
    page.get_by_role("link", name="layer 3").click()
    expect(page.get_by_text("Teach-back 9 of 20 on 2 October.")).to_be_visible()
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/diagnoses/{newest}/")
    expect(page.get_by_text("Opened by: Mina Aalto")).to_be_visible()
    expect(page.get_by_text("Hana Sato on")).to_be_visible()
    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/looks/")
    expect(page.get_by_text("Mina Aalto shared a diagnosis")).to_be_visible()
    assert found == []
