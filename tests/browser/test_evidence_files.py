"""A rep on a phone adds the photo of a signed letter; a refusal keeps what was typed; it is erased with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_evidence import company
from tests.browser.test_exits import _fits
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.qualification.test_files import JPEG

__all__ = ["company"]
Axe = Callable[[Page], list[str]]


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_photo_is_the_evidence(
    company: the_company.Company,
    live_server: object,
    page: Page,
    axe: Axe,
    size: dict[str, int],
    tmp_path: Path,
) -> None:
    server, deal = str(live_server), company.deals["Nordwind"].public_id
    page.set_viewport_size(size)  # type: ignore[arg-type]
    _sign_in(page, server, company.cast.rosa)
    page.goto(f"{server}/deals/{deal}/evidence/win/")
    page.get_by_label("3 The buyer wrote").check()
    page.fill("#what", "She signed the letter of intent.")
    page.fill("#buyer_name", "Karin Holm")
    wrong, photo = tmp_path / "letter.jpg", tmp_path / "signed letter.jpg"
    wrong.write_bytes(b"<html>no photo</html>")
    photo.write_bytes(JPEG)
    page.set_input_files("#file", wrong)
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is no JPG file inside")
    assert page.input_value("#what") == "She signed the letter of intent."
    page.set_input_files("#file", photo)
    page.get_by_role("button", name="Keep it", exact=True).click()
    link = page.get_by_role("link", name="signed letter.jpg", exact=True)
    with page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_bytes() == JPEG
    assert axe(page) == []
    assert _fits(page)
    page.get_by_text("Remove the file").click()
    page.get_by_label("Why").fill("The wrong letter.")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Erase it").click()
    expect(page.get_by_text("removed by Rosa Lindqvist: The wrong letter.")).to_be_visible()
