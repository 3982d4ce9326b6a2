"""The accuracy page: nothing to look back on, a replay on its way, and the replay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from fairlead.calls import actions
from fairlead.people import clock
from fairlead.web import jobs
from tests.calls import company as the_company
from tests.calls.company import OPS
from tests.cast import AT, Cast

BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_the_page_fills_itself_when_the_worker_has_replayed_the_past(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = the_company.build(cast)
    for n in range(24):
        day = date(2025, 1, 10) + timedelta(days=25 * n)
        made.deal(f"won {n}", "rosa", 60 + n, closed_on=day, status="won", close_on=day)
        made.deal(f"lost {n}", "ravi", 50, closed_on=day, status="lost", close_on=day)
    client = Client()
    assert cast.mina.user is not None
    client.force_login(cast.mina.user, backend=BACKEND)

    def page() -> str:
        return client.get("/accuracy/").content.decode()

    assert "Nothing to look back on yet" in page()
    actions.estimate(by=OPS, at=AT, with_past=False)
    waiting = page()
    assert "are being replayed" in waiting
    assert 'hx-get="/accuracy/"' in waiting
    assert jobs.watched(AT) == []
    done = page()
    assert "What would have been said, and what came" in done
    assert "hx-get" not in done
