"""The pages of reviews and their API: nothing typed is lost, and each reads what is theirs."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from fairlead.people import clock
from fairlead.reviews import actions, queries
from fairlead.reviews.rules import Notes
from tests.calls.company import Company
from tests.cast import AT
from tests.reviews.test_reviews import FRIDAY, begun, ended

SIGNED = "django.contrib.auth.backends.ModelBackend"
NAMES = ("Rosa", "Ravi", "Ines", "Tomas")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client(team: Company, name: str) -> Client:
    found = Client()
    found.force_login(getattr(team.cast, name).user, backend=SIGNED)
    return found


def typed(team: Company, **changes: str) -> dict[str, str]:
    return {
        "version": "0",
        "decision-0-text": "Ask the board & the lawyer.",
        "decision-0-deal": team.deals["Nordwind"].public_id,
        "question-0-text": "Who signs?",
        "question-0-finder": team.cast.rosa.public_id,
        "action-0-text": "Call the lawyer.",
        "action-0-owner": team.cast.rosa.public_id,
        "action-0-due_on": FRIDAY.isoformat(),
        "act": "end",
    } | changes


def test_a_leader_prepares_begins_writes_and_ends_it_and_the_team_reads_it(team: Company) -> None:
    mina = client(team, "mina")
    assert "Only you see this page" in mina.get("/reviews/").content.decode()
    page = mina.post("/reviews/begin/", follow=True)
    address = page.redirect_chain[-1][0]
    assert "Write it down" in page.content.decode()
    rosa = client(team, "rosa")
    text = rosa.get(address).content.decode()
    assert "Mina Aalto writes the minutes" in text
    assert "Write it down" not in text
    assert "Weekly review" in rosa.get("/quarter/").content.decode()
    text = mina.post(f"{address}write/", typed(team), follow=True).content.decode()
    assert "Ask the board &amp; the lawyer." in text
    text = rosa.get(address).content.decode()
    for said in ("Ask the board &amp; the lawyer.", "Who signs?", "Call the lawyer.", "the promise"):
        assert said in text, said
    deal = rosa.get(f"/deals/{team.deals['Nordwind'].public_id}/").content.decode()
    assert "Decided in the review of 24 Nov:" in deal
    assert "Call the lawyer." in rosa.get(f"{address}text/").content.decode()


def test_a_second_click_on_begin_leads_into_the_running_review(team: Company) -> None:
    review = begun(team)
    found = client(team, "mina").post("/reviews/begin/")
    assert found.headers["Location"] == f"/reviews/{review}/"


def test_a_rep_has_no_word_of_reviews_before_the_first_one(team: Company) -> None:
    assert "Weekly review" not in client(team, "rosa").get("/quarter/").content.decode()
    assert "You have been in no review yet" in client(team, "rosa").get("/reviews/").content.decode()


def test_what_was_typed_is_still_there_after_a_refusal(team: Company) -> None:
    address = f"/reviews/{begun(team)}/write/"
    page = client(team, "mina").post(address, typed(team, **{"action-0-due_on": "2026-11-01"}))
    assert page.status_code == 422
    text = page.content.decode()
    for kept in (
        "Ask the board &amp; the lawyer.",
        "Who signs?",
        "Call the lawyer.",
        "2026-11-01",
        "has passed",
    ):
        assert kept in text, kept


def test_two_tabs_see_both_texts_and_the_second_save_puts_them_together(team: Company) -> None:
    review, mina = begun(team), client(team, "mina")
    address = f"/reviews/{review}/write/"
    mina.post(address, typed(team, act="save"))
    other = typed(team, **{"decision-0-text": "Something else.", "act": "save"})
    page = mina.post(address, other)
    assert page.status_code == 409
    text = page.content.decode()
    assert "Something else." in text
    assert "Decided: Ask the board &amp; the lawyer." in text
    assert 'name="version" value="1"' in text
    assert mina.post(address, other | {"version": "1"}).status_code == 302


def test_who_ends_second_keeps_what_was_typed(team: Company) -> None:
    review, mina = begun(team), client(team, "mina")
    actions.end(by=team.cast.actor("mina"), at=AT, review=review, notes=Notes(), version=0)
    page = mina.post(f"/reviews/{review}/write/", typed(team))
    assert page.status_code == 409
    assert "Ask the board &amp; the lawyer." in page.content.decode()
    assert "ended this review before you" in page.content.decode()


def test_a_guest_finds_no_rep_named_on_any_page_of_the_review(team: Company) -> None:
    team.call("rosa", 653)
    review = ended(team, team.cast.vera)
    vera = client(team, "vera")
    for path in (f"/reviews/{review}/", f"/reviews/{review}/text/", f"/api/reviews/{review}"):
        text = vera.get(path).content.decode()
        assert not [name for name in NAMES if name in text], path
        assert "653" not in text
    page = vera.get(f"/reviews/{review}/").content.decode()
    assert "For you as a guest" in page
    assert "somebody of the team" in page


def test_a_refused_correction_keeps_the_sentence(team: Company) -> None:
    review = ended(team)
    page = client(team, "rosa").post(f"/reviews/{review}/straight/", {"text": "x" * 301, "key": "k"})
    assert page.status_code == 422
    assert "x" * 301 in page.content.decode()


def test_the_api_begins_saves_ends_and_sets_straight(team: Company) -> None:
    mina, rosa = client(team, "mina"), client(team, "rosa")
    kind = "application/json"
    begun_now = mina.post("/api/reviews", json.dumps({"guest": ""}), content_type=kind).json()
    path = f"/api/reviews/{begun_now['public_id']}"
    body = {"notes": {"decisions": [{"text": "Go on."}]}, "version": 0}
    assert mina.put(f"{path}/notes", json.dumps(body), content_type=kind).json()["version"] == 1
    late = {"notes": {"decisions": [{"text": "Stop."}]}, "version": 0}
    refused = mina.post(f"{path}/end", json.dumps(late), content_type=kind)
    assert (refused.status_code, refused.json()["code"]) == (409, "newer_notes")
    assert rosa.get(path).json()["notes"] is None
    done = mina.post(f"{path}/end", json.dumps(body | {"version": 1}), content_type=kind).json()
    assert done["minutes"]["decisions"][0]["text"] == "Go on."
    said = rosa.post(f"{path}/straight", json.dumps({"text": "On Monday.", "key": "k"}), content_type=kind)
    assert said.json()["minutes"]["straight"][0]["name"] == "Rosa Lindqvist"
    assert [line["mine"] for line in rosa.get("/api/reviews").json()] == ["report"]


def test_a_token_needs_the_scope_to_run_a_review(team: Company) -> None:
    from fairlead.people import actions as people

    _, secret = people.make_token(by=team.cast.actor("mina"), at=AT, name="t", scopes=frozenset({"read"}))
    found = Client().post(
        "/api/reviews", "{}", content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert (found.status_code, found.json()["code"]) == (403, "missing_scope")


def test_the_minutes_as_text_hold_what_was_agreed(team: Company) -> None:
    text = queries.as_text(queries.one(team.cast.actor("mina"), ended(team), AT))
    for said in (
        "Review of Industrial North",
        "Nordwind: Ask the board",
        "- Rosa Lindqvist, by Fri 27 Nov: Call the lawyer.",
    ):
        assert said in text, said
