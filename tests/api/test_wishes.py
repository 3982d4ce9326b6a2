"""How notices come by mail, and correcting a notice to everybody, through the API as on the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from fairlead.desk import company
from fairlead.mail import queries as mail
from fairlead.mail.rules import Wish
from fairlead.people import clock
from tests.cast import AT, Cast


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client(cast: Cast, name: str) -> Client:
    made = Client()
    made.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def send(client: Client, method: str, path: str, **body: Any) -> Any:
    return client.generic(method, path, json.dumps(body), content_type="application/json")


def test_a_wish_is_kept_read_back_and_refused_where_it_is_odd(cast: Cast) -> None:
    mina = client(cast, "mina")
    assert mina.get("/api/me/mail").json()["mode"] == "digest"
    said = send(mina, "PUT", "/api/me/mail", mode="once", quiet_from=20, quiet_to=7, weekends=True)
    assert said.status_code == 200
    assert mail.wish(cast.actor("mina")) == Wish("once", 8, 20, 7, True)
    assert mina.get("/api/me/mail").json() == said.json()
    for odd in ({"mode": "always"}, {"mode": "once", "hour": 24}):
        assert send(mina, "PUT", "/api/me/mail", **odd).status_code in (409, 422)
    assert mail.wish(cast.actor("otto")) == Wish()


def test_a_notice_to_everybody_is_corrected_by_who_sent_it(cast: Cast) -> None:
    sent = company.send(
        by=cast.actor("hana"), at=AT, reason="closed", title="Closed on Friday", text="We are closed on Friday.",
        key="one",
    )  # fmt: skip
    path = f"/api/everybody/{sent.public_id}/straight"
    said = send(client(cast, "hana"), "POST", path, text="On Monday, not on Friday.", key="two")
    assert said.status_code == 200
    assert said.json()["straight"] == ["On Monday, not on Friday."]
    assert send(client(cast, "carl"), "POST", path, text="No.", key="three").status_code == 404
    assert send(client(cast, "rosa"), "POST", path, text="No.", key="four").status_code == 403
