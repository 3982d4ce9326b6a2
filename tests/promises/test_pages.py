"""The pages of promises and their API: one click, undo, and nothing typed is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from django.test import Client

from fairlead.people import actions as people
from fairlead.people import clock
from fairlead.promises import queries
from tests.cast import AT, Cast
from tests.promises.test_promises import FRIDAY, promised

SIGNED = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def rosa(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    client = Client()
    assert cast.rosa.user is not None
    client.force_login(cast.rosa.user, backend=SIGNED)
    return client


def test_the_empty_page_says_what_would_stand_there(rosa: Client) -> None:
    page = rosa.get("/promises/").content.decode()
    assert "Nothing is due today." in page
    assert "Nothing open." in page


def test_a_promise_is_made_on_the_page_and_kept_and_undone_with_a_click(rosa: Client, cast: Cast) -> None:
    typed = {"text": "Send the list.", "to": "Mina Aalto", "due_on": AT.date().isoformat(), "key": "k"}
    assert "Mina Aalto, who is told" in rosa.post("/promises/", typed, follow=True).content.decode()
    line = queries.book(cast.actor("rosa"), AT).due_today[0]
    assert "Promises: 1 due" in rosa.get("/quarter/").content.decode()
    act = f"/promises/{line.public_id}/act/"
    assert "Kept. Mina Aalto is told." in rosa.post(act, {"act": "kept"}, follow=True).content.decode()
    assert "Promises: 1 due" not in rosa.get("/quarter/").content.decode()
    assert "stands as before" in rosa.post(act, {"act": "undone"}, follow=True).content.decode()


def test_what_was_typed_in_a_refused_form_is_still_there(rosa: Client) -> None:
    typed = {"text": "Send the list & more.", "to": "Nobody Here", "due_on": FRIDAY.isoformat(), "key": "k1"}
    page = rosa.post("/promises/", typed)
    assert page.status_code == 422
    text = page.content.decode()
    for kept in ("Send the list &amp; more.", "Nobody Here", FRIDAY.isoformat(), "full name"):
        assert kept in text, kept
    assert 'value="k1"' not in text, "nothing was kept, so sending it again is a new form"


def test_a_refused_move_keeps_the_reason(rosa: Client, cast: Cast) -> None:
    act = f"/promises/{promised(cast)}/act/"
    page = rosa.post(act, {"act": "moved", "reason": "They are away.", "due_on": "2026-11-01"})
    assert page.status_code == 422
    assert "They are away." in page.content.decode()
    assert "has passed" in page.content.decode()


def test_both_read_the_same_page_of_a_promise(rosa: Client, cast: Cast) -> None:
    promise = promised(cast)
    rosa.post(
        f"/promises/{promise}/act/", {"act": "moved", "reason": "They are away.", "due_on": "2026-12-01"}
    )
    mina = Client()
    assert cast.mina.user is not None
    mina.force_login(cast.mina.user, backend=SIGNED)
    for client in (rosa, mina):
        page = client.get(f"/promises/{promise}/").content.decode()
        assert "Was due" in page
        assert "They are away." in page


def test_a_token_without_the_scope_reads_and_does_not_promise(rosa: Client, cast: Cast) -> None:
    by = cast.actor("rosa")
    _, reading = people.make_token(by=by, at=AT, name="a", scopes=frozenset({"read"}))
    _, making = people.make_token(by=by, at=AT, name="b", scopes=frozenset({"read", "promise"}))
    body = {"made_to": cast.mina.public_id, "text": "Send it.", "due_on": FRIDAY.isoformat(), "key": "api"}

    def send(path: str, data: Mapping[str, object], token: str) -> tuple[int, dict[str, object]]:
        answer = Client().post(
            path,
            json.dumps(data),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, answer.json()

    assert send("/api/promises", body, reading)[0] == 403
    status, made = send("/api/promises", body, making)
    assert (status, made["state"], made["may"]) == (200, "open", ["kept", "moved", "withdrawn"])
    status, kept = send(f"/api/promises/{made['public_id']}/act", {"act": "kept"}, making)
    assert (status, kept["state"], kept["in_time"]) == (200, "kept", True)
    assert send(f"/api/promises/{made['public_id']}/act", {"act": "kept"}, making)[0] == 409
