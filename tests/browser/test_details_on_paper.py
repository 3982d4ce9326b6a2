"""What is folded on a screen stands on paper, with a script and without one."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.diagnoses import making as diagnosing
from tests.looks import making

pytestmark = pytest.mark.browser
NOW = datetime(2026, 10, 8, 12, tzinfo=UTC)


def _on_paper(page: Page, address: str) -> str:
    page.goto(address)
    assert page.locator("details:not([open])").count(), f"nothing is folded on {address}"
    return " ".join(" ".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(page.pdf())).pages)


@pytest.mark.parametrize("script", [True, False])
def test_what_is_folded_on_standing_look_and_diagnosis_is_printed(
    transactional_db: None,
    live_server: object,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    script: bool,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    company = making.past(the_company.build(the_cast.build()))
    making.ground(company.cast)
    making.sweep()
    diagnosis = diagnosing.shared(company, "ppf")
    server, rosa = str(live_server), company.cast.rosa
    context = browser.new_context(java_script_enabled=script, viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    _sign_in(page, server, company.cast.mina)
    standing = _on_paper(page, f"{server}/standing/{rosa.public_id}/")
    assert "How each asked sum is made" in standing
    assert standing.count("Working days") >= 2, "the arithmetic of every quarter"
    shown = _on_paper(page, f"{server}/diagnoses/{diagnosis}/")
    dense = "".join(shown.split())
    for words in page.locator("details:not(.no-print)").all():
        inside = "".join((words.locator("> *:not(summary)").first.text_content() or "").split())[:25]
        assert inside in dense, inside
    context.close()
