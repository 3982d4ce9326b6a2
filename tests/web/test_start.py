"""The start page of the demo: the cast, and nothing of a company that is still being filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.fixture
def demo(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    settings.DEMO, settings.DATA = True, tmp_path
    return cast


def test_who_comes_while_the_company_is_filled_is_told_to_wait_and_sees_nothing_of_it(
    demo: Cast, tmp_path: Path
) -> None:
    (tmp_path / "filling").touch()
    page = Client().get("/start/").content.decode()
    assert "is being filled" in page
    assert 'http-equiv="refresh"' in page
    assert "Be Mina" not in page
    client = Client()
    assert client.post(f"/start/be/{demo.mina.public_id}/")["Location"] == "/start/"
    assert "_auth_user_id" not in client.session


def test_one_click_makes_one_of_the_cast_once_it_is_filled(demo: Cast) -> None:
    page = Client().get("/start/").content.decode()
    assert "Be Mina" in page
    assert 'http-equiv="refresh"' not in page
    client = Client()
    assert client.post(f"/start/be/{demo.mina.public_id}/").status_code == 302
    assert client.session["_auth_user_id"] == str(demo.mina.user_id)
