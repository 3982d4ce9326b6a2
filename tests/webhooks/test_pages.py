"""The pages of webhooks: registering, the secret shown once, calls without content, one's own yes and no."""

from __future__ import annotations

import pytest
from django.test import Client

from fairlead.people import clock
from fairlead.webhooks import calling, queries, ringing
from fairlead.webhooks.models import Webhook
from tests.cast import AT, Cast
from tests.webhooks.conftest import Receiving
from tests.webhooks.test_ringing import CANARY, NO, URL, registered, tell


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client(cast: Cast, name: str) -> Client:
    made = Client()
    made.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_an_address_is_registered_with_a_secret_shown_once_and_agreed_to(
    cast: Cast, receiving: Receiving
) -> None:
    ada, mina = client(cast, "ada"), client(cast, "mina")
    assert "No address is registered." in ada.get("/settings/webhooks/").content.decode()
    given = {"person": cast.mina.public_id, "url": URL, "groups": ["Promises"]}
    made = ada.post("/settings/webhooks/", given).content.decode()
    assert "whsec_" in made
    hook = Webhook.objects.for_system("a test looks").get().public_id
    for page in (f"/settings/webhooks/{hook}/", "/settings/webhooks/"):
        shown = ada.get(page).content.decode()
        assert "whsec_" not in shown
        assert CANARY not in shown
        assert "chat.marlow.test" in shown
    assert "you are asked" in mina.get("/you/").content.decode()
    assert "Yes, ring there" in mina.get("/you/webhooks/").content.decode()
    assert mina.post(f"/you/webhooks/{hook}/", {"answer": "yes"}).status_code == 302
    assert "End it" in mina.get("/you/webhooks/").content.decode()
    tell(cast.mina)
    Webhook.objects.for_system("a test plays an earlier yes").update(agreed_at=AT.replace(hour=1))
    assert ringing.ring(AT) == 1
    assert "Send again" in ada.get(f"/settings/webhooks/{hook}/").content.decode()
    assert mina.post(f"/you/webhooks/{hook}/", {"answer": "no"}).status_code == 302
    assert ada.get(f"/settings/webhooks/{hook}/").status_code == 404


def test_for_whom_is_picked_from_who_signs_in_by_name_and_never_by_address(
    cast: Cast, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = client(cast, "ada")
    page = ada.get("/settings/webhooks/").content.decode()
    assert f'<option value="{cast.mina.public_id}">Mina Aalto' in page
    assert "mina@" not in page
    assert 'name="who"' not in page
    cast.mina.user.is_active = False  # type: ignore[union-attr]
    cast.mina.user.save()  # type: ignore[union-attr]
    assert "Mina Aalto" not in ada.get("/settings/webhooks/").content.decode()
    given = {"person": cast.mina.public_id, "url": URL, "groups": ["Promises"]}
    assert ada.post("/settings/webhooks/", given).status_code == 422
    monkeypatch.setattr(queries, "MOST_TO_RING", 2)
    few = ada.get("/settings/webhooks/").content.decode()
    assert "2 of" in few
    assert "Vera Lindholm" not in few
    assert "Vera Lindholm" in ada.get("/settings/webhooks/?who=lindh").content.decode()
    assert "Nobody of this name" in ada.get("/settings/webhooks/?who=zz").content.decode()
    wrong = {"person": cast.vera.public_id, "url": "http://x", "groups": ["Promises"]}
    kept = ada.post("/settings/webhooks/", wrong).content.decode()
    assert f'<option value="{cast.vera.public_id}" selected>' in kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person": "nobody"}, "Choose for whom it rings"),
        ({"person": ""}, "Choose for whom it rings"),
        ({"url": "http://chat.marlow.test/"}, "begins with https://"),
        ({"url": "https://chat.marlow.test:22/"}, "Port 22 is not called"),
        ({"groups": []}, "Choose at least one kind"),
        ({"groups": ["Between you and one other person"]}, "that are offered"),
        ({"url": "https://127.0.0.1/"}, "begins with https://"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    cast: Cast, change: dict[str, object], said: str
) -> None:
    given = {"person": cast.mina.public_id, "url": "https://chat.marlow.test/x", "groups": ["Promises"]}
    answered = client(cast, "ada").post("/settings/webhooks/", given | change)
    page = answered.content.decode()
    assert answered.status_code == 422
    assert said in page
    assert 'role="alert"' in page
    assert str((given | change)["url"]) in page


def test_an_address_is_tested_paused_resumed_and_removed_on_its_page(
    cast: Cast, receiving: Receiving
) -> None:
    ada, row = client(cast, "ada"), registered(cast)
    where = f"/settings/webhooks/{row.public_id}/"
    assert "was taken (204)" in ada.post(where, {"do": "test"}, follow=True).content.decode()
    receiving.answers["chat.marlow.test"] = calling.Outcome(False, "redirect", 302)
    said = ada.post(where, {"do": "test"}, follow=True).content.decode()
    assert "It sends elsewhere" in said
    assert "(302)" in said
    assert "paused by hand" in ada.post(where, {"do": "pause"}, follow=True).content.decode()
    assert "rings there." in ada.post(where, {"do": "resume"}, follow=True).content.decode()
    assert "whsec_" in ada.post(where, {"do": "rotate"}).content.decode()
    assert ada.post(where, {"do": "rotate"}).status_code == 409
    assert ada.post(where, {"do": "nonsense"}).status_code in (400, 409, 422)
    assert ada.post(where, {"do": "remove"}).status_code == 302
    assert ada.get(where).status_code == 404


def test_an_address_that_failed_says_when_it_is_tried_again(cast: Cast, receiving: Receiving) -> None:
    row = registered(cast)
    receiving.answers["chat.marlow.test"] = NO
    tell(cast.mina)
    ringing.ring(AT)
    page = client(cast, "ada").get(f"/settings/webhooks/{row.public_id}/").content.decode()
    assert "1 call in a row failed" in page
    assert "It refused. (500)" in page
