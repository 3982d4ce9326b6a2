"""Doors from outside: forged posts, crafted addresses, odd characters, markup in names, sessions, other hosts."""

from __future__ import annotations

import base64
import io
import json
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from fairlead.deals.models import Deal, Import
from fairlead.people import actions, clock
from fairlead.people.access import Role, system
from fairlead.people.models import Person, Team, Token
from fairlead.web.models import Upload
from tests.cast import AT, Cast
from tests.web import world
from tests.web.matrix import ROWS
from tests.web.reading import one_reader
from tests.web.test_import_pages import SALESFORCE, olu, send
from tests.web.test_matrix import ALL, address, client_of

__all__ = ["olu"]
TAG = "<b id=x>"
PASSWORD = "a long pass phrase"


@pytest.fixture
def the_world(db: None, monkeypatch: pytest.MonkeyPatch) -> world.World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    cache.clear()
    return world.build()


KEYS_OF_THEIR_OWN = ("outside/<str:secret>/",)
"""The address is the key: no session of a browser opens them, so another site has nothing to use."""


def test_no_post_counts_without_the_token_of_a_page(
    the_world: world.World, caplog: pytest.LogCaptureFixture
) -> None:
    cast = the_world.cast
    client = Client(enforce_csrf_checks=True)
    passed = []
    for name in ("mina", "olu", "ada"):
        client.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
        with one_reader():
            for route in ALL:
                if (ROWS[route].post is None and ROWS[route].put is None) or route in KEYS_OF_THEIR_OWN:
                    continue
                method = "POST" if ROWS[route].post is not None else "PUT"
                answer = client.generic(
                    method, address(route, the_world), "{}", content_type="application/json"
                )
                refusals = [record for record in caplog.records if record.name == "django.security.csrf"]
                caplog.clear()
                if answer.status_code != 403 or len(refusals) != 1:
                    passed.append(f"{method} {route} as {name}: {answer.status_code}")
    assert passed == []


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


CURSORS = [
    cursor(float("inf"), 1), cursor(float("nan"), 1), cursor(10**30, 1), cursor(5, 10**30), cursor("a\x00b", 1),
    cursor("\ud800", 1), cursor("0001-01-01T00:00:00+14:00", 1), cursor("2026-01-01T00:00:00", 1),
    cursor("2026-01-01", float("inf")), cursor(None, 10**40), cursor([], {}), cursor("x"), cursor(), "%00", "!!",
    base64.urlsafe_b64encode(b"{}").decode(), base64.urlsafe_b64encode(b"[1e999,2]").decode(),
]  # fmt: skip


def test_a_crafted_page_is_refused_and_never_breaks(the_world: world.World) -> None:
    client = client_of(the_world, "mina")
    for order in ("close_on", "amount", "name", "changed"):
        for word in CURSORS:
            for path in ("/deals/", "/api/deals"):
                answer = client.get(path, {"order": order, "after": word})
                assert answer.status_code < 500, f"{path} by {order}: {word}"
    for word in [*CURSORS, cursor("a", 10**30), cursor("a", -1)]:
        assert client.get("/people/", {"after": word}).status_code < 500
    for path in ("/ledger/", "/api/ledger"):
        for before in ("9" * 30, "-1", "1e9", "\x00"):
            assert client.get(path, {"before": before}).status_code < 500, f"{path} {before}"


@pytest.mark.parametrize("sent", ["\x00", "a\x00b", "\ufffe", "\ud83d", "%s%n", "'; --", "9" * 400])
def test_odd_characters_in_an_address_never_break(sent: str, the_world: world.World) -> None:
    client = client_of(the_world, "olu")
    word = sent.encode("utf-8", "surrogatepass")
    odd = quote_from_bytes(word)
    for path in (
        f"/deals/?q={odd}", f"/deals/?owner={odd}", f"/deals/?stage={odd}", f"/find/?q={odd}", f"/people/?q={odd}",
        f"/api/deals?search={odd}", f"/api/deals?stage={odd}", f"/api/deals?owner={odd}", f"/deals/{odd}/",
        f"/people/{odd}/", f"/call/?for={odd}", f"/call/?period={odd}", f"/api/forecast/call?for={odd}",
    ):  # fmt: skip
        assert client.get(path).status_code < 500, path


def test_a_workbook_holds_no_control_characters(the_world: world.World) -> None:
    rows = Deal.objects.for_system("a test writes odd names").filter(public_id=the_world.deal_of_rosa)
    rows.update(name="Nord\x01wind\x0b", next_step="=1+1\x1f")
    answer = client_of(the_world, "mina").get("/deals/export.xlsx")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "Nordwind" in texts
    assert "=1+1" not in texts
    assert client_of(the_world, "mina").get("/deals/export.csv").status_code == 200


@pytest.mark.skipif(
    connection.vendor == "postgresql",
    reason="Pages write a text as the same text whatever database it is from.",
)
def test_markup_in_any_text_is_shown_and_never_obeyed(the_world: world.World) -> None:
    for person in Person.objects.all():
        person.name, person.title, person.territory = f"{person.name} {TAG}", TAG, TAG
        person.save()
    Team.objects.update(name=TAG)
    Token.objects.update(name=TAG)
    Upload.objects.update(names=[TAG], report={"why": TAG, "notes": [TAG]}, state=Upload.REFUSED)
    Import.objects.update(file_name=TAG)
    every = Deal.objects.for_system("a test writes odd names")
    every.update(name=TAG, next_step=TAG, product=TAG, stage=TAG, extra={TAG: TAG})
    shown, raw = 0, []
    for name in ("vera", "mina", "rosa", "olu", "ada"):
        client = client_of(the_world, name)
        with one_reader():
            for route in ALL:
                if ROWS[route].get is None or route.startswith(("api/", "account/")):
                    continue
                for more in ("", f"?q={TAG}&owner={TAG}&stage={TAG}&status=all"):
                    answer = client.get(address(route, the_world) + more)
                    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
                        continue
                    text = answer.content.decode()
                    shown += text.count("&lt;b id=x&gt;")
                    raw += [f"{route} as {name}"] if TAG in text else []
    assert raw == []
    assert shown > 100


def test_plain_text_is_sent_as_plain_text(the_world: world.World) -> None:
    answer = client_of(the_world, "mina").get(f"/call/copy/{the_world.submission_by_mina}/text/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    kind = answer.headers["Content-Type"]
    assert (
        kind.startswith("text/plain")
        or "<pre" in answer.content.decode()
        or "<textarea" in answer.content.decode()
    )


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_sends_nobody_elsewhere(to: str, the_world: world.World) -> None:
    client = Client()
    given = {"login": "rosa@marlow.test", "password": PASSWORD, "next": to}
    answer = client.post(f"{reverse('account_login')}?next={to}", given)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert "elsewhere" not in answer.headers["Location"]


def test_another_host_is_refused(the_world: world.World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["fairlead.example"]
    client = Client()
    assert client.get("/account/login/", headers={"host": "evil.example"}).status_code == 400
    forwarded = client.get(
        "/account/login/", headers={"host": "fairlead.example", "x-forwarded-host": "evil.example"}
    )
    assert b"evil.example" not in forwarded.content


def test_a_session_gets_a_new_key_at_sign_in(the_world: world.World) -> None:
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    client.post(reverse("account_login"), {"login": "rosa@marlow.test", "password": PASSWORD})
    assert client.get("/you/").status_code == 200
    assert client.session.session_key != session.session_key


def test_a_forgotten_password_tells_nobody_who_has_an_account(the_world: world.World) -> None:
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in ("rosa@marlow.test", "nobody@marlow.test")
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    assert {box for one in mail.outbox for box in one.to} <= {"rosa@marlow.test", "nobody@marlow.test"}


def test_an_upload_started_by_a_second_person_is_that_persons_import(olu: Client, cast: Cast) -> None:
    where = send(olu, ("report.csv", SALESFORCE))["Location"]
    second = actions.add_person(
        by=system("tests add somebody"),
        at=AT,
        name="Oda Falk",
        manager=cast.carl,
        roles=frozenset({Role.SALES_OPS}),
    )
    actions.open_account(
        by=system("tests add somebody"), at=AT, person=second, email="oda@marlow.test", password=None
    )
    client = Client()
    assert second.user is not None
    client.force_login(second.user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"{where}act/", {"act": "take", "stage-0": "pipeline", "below": "Mina Aalto"})
    assert Import.objects.latest("pk").by == f"person:{second.pk}"


def test_a_file_that_gives_offices_says_so_in_the_report(olu: Client) -> None:
    people = "person_id,name,role,manager\nolu2,Oskar Two,admin,\n"
    where = send(olu, ("people.csv", people))["Location"]
    said = "Oskar Two: the role admin is given by an admin under People, not by a file."
    assert said in olu.get(where).content.decode()
    olu.post(f"{where}act/", {"act": "take"})
    assert said in olu.get(where).content.decode()
    assert not Person.objects.get(name="Oskar Two").grants.exists()
