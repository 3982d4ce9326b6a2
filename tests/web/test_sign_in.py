"""Sign-in: accounts only from an admin, throttling, password rules, second factors, sessions, the demo's door."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from fairlead.people import actions
from fairlead.people.models import User
from tests.cast import AT, Cast

PASSWORD = "a long pass phrase"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def _sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}).status_code


def test_a_person_signs_in_with_email_and_password(cast: Cast, client: Client) -> None:
    assert _sign_in(client, "rosa@marlow.test") == 302
    assert client.get("/you/").status_code == 200


def test_a_wrong_password_is_refused_and_says_nothing_of_the_account(cast: Cast, client: Client) -> None:
    known = client.post(reverse("account_login"), {"login": "rosa@marlow.test", "password": "wrong"})
    unknown = client.post(reverse("account_login"), {"login": "nobody@marlow.test", "password": "wrong"})
    assert known.status_code == unknown.status_code == 200
    for answer in (known, unknown):
        assert list(answer.context["form"].non_field_errors()) == list(
            known.context["form"].non_field_errors()
        )


def test_guessing_is_slowed_down(cast: Cast, client: Client) -> None:
    for _ in range(6):
        _sign_in(client, "rosa@marlow.test", "wrong")
    assert _sign_in(client, "rosa@marlow.test") != 302
    assert client.get("/you/").status_code == 302


def test_a_closed_account_cannot_sign_in(cast: Cast, client: Client) -> None:
    actions.close_account(by=cast.actor("ada"), at=AT, person=cast.rosa)
    assert _sign_in(client, "rosa@marlow.test") == 302
    assert client.get("/you/").status_code == 302


def test_nobody_signs_up(db: None, client: Client) -> None:
    answer = client.post(
        reverse("account_signup"),
        {"email": "new@marlow.test", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.status_code == 200
    assert not User.objects.filter(email="new@marlow.test").exists()


@pytest.mark.parametrize("weak", ["short", "123456789012", "qwertyqwerty", "rosa@marlow.test"])
def test_a_weak_password_is_refused(weak: str, cast: Cast, client: Client) -> None:
    client.force_login(
        User.objects.get(email="rosa@marlow.test"), backend=settings.AUTHENTICATION_BACKENDS[0]
    )
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert User.objects.get(email="rosa@marlow.test").check_password(PASSWORD)


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "usersessions_list", "account_change_password"],
)
def test_security_pages_are_there_for_oneself_only(name: str, cast: Cast, client: Client) -> None:
    assert client.get(reverse(name)).status_code == 302
    _sign_in(client, "rosa@marlow.test")
    answer = client.get(reverse(name))
    if "reauthenticate" in answer.headers.get("Location", ""):
        client.post(answer.headers["Location"], {"password": PASSWORD})
        answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert b"mina@marlow.test" not in answer.content


def test_a_second_factor_is_asked_for_once_it_is_set(cast: Cast, client: Client) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = User.objects.get(email="rosa@marlow.test")
    TOTP.activate(user, generate_totp_secret())
    assert _sign_in(client, "rosa@marlow.test") == 302
    assert client.get("/you/").status_code == 302
    assert "account/login" in client.get("/you/").headers["Location"]


@pytest.mark.parametrize("theme_next", ["https://elsewhere.example/", "//elsewhere.example"])
def test_the_theme_switch_sends_nobody_elsewhere(theme_next: str, db: None, client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": theme_next})
    assert answer.headers["Location"] == "/"


def test_outside_the_demo_nobody_becomes_somebody_by_a_click(cast: Cast, client: Client) -> None:
    with override_settings(DEMO=False):
        assert client.get("/start/").status_code == 404
        assert client.post(f"/start/be/{cast.rosa.public_id}/").status_code == 404
        assert client.get("/you/").status_code == 302
        assert client.get("/").headers["Location"] == reverse("account_login")


def test_every_answer_carries_the_policy_and_is_not_kept(cast: Cast, client: Client) -> None:
    _sign_in(client, "rosa@marlow.test")
    for path in ("/start/", "/you/", "/people/", "/account/login/", "/nowhere/"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" in headers["Cache-Control"]
        assert headers["X-Frame-Options"] == "DENY"
