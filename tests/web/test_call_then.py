"""The Call page of an earlier day: its address, its days, and what it refuses."""

from __future__ import annotations

import pytest
from django.test import Client

from fairlead.people import clock
from tests.cast import AT
from tests.web import world


@pytest.fixture
def mina(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    person = world.build().cast.mina
    client = Client()
    assert person.user is not None
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_week_ago_is_shown_unless_a_day_is_asked_for(mina: Client) -> None:
    page = mina.get("/call/then/").content.decode()
    assert "The call as it was on" in page
    assert 'action="/call/submit/"' not in page, "the past is read, not changed"


@pytest.mark.parametrize(
    "day", ["2026-13-01", "20261101", "yesterday", "2026-09-30", "2027-01-01", "2026-11-24"]
)
def test_another_day_is_refused_with_the_days_there_are(mina: Client, day: str) -> None:
    answer = mina.get(f"/call/then/?on={day}&period=2026Q4")
    assert answer.status_code == 409
    assert "from 2026-10-01 to 2026-11-23" in answer.content.decode()


def test_a_past_period_has_its_last_day(mina: Client) -> None:
    assert mina.get("/call/then/?on=2026-09-30&period=2026Q3").status_code == 200


def test_a_period_that_has_not_begun_has_no_past(mina: Client) -> None:
    answer = mina.get("/call/then/?period=2027Q1")
    assert answer.status_code == 409
    assert "No day of 2027Q1 is over yet" in answer.content.decode()
