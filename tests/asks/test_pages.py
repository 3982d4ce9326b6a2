"""The pages of asks and debts, and their API: what each person is shown, and nothing typed is lost."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from fairlead.asks import queries
from fairlead.debts import queries as debts
from fairlead.people import actions as people
from fairlead.people import clock
from tests.asks.asking import BLOCK, CONTENT, accepted, approved, done, planned, sent, state, step
from tests.calls.company import Company
from tests.cast import AT

SIGNED = "django.contrib.auth.backends.ModelBackend"
TYPED = {
    "kind": "call", "buyer": "Karin Holm", "purpose": "Confirm the price & the day.", "outcome": "She names the day.",
    "deadline": "2026-11-27", "whose": "Mina’s number.", "helps": "Ten minutes.", "background": "The budget is there.",
    "do_not_offer": "A lower price\n\nAnother pilot", "key": "form",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client_of(team: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, name).user, backend=SIGNED)
    return client


def shown(team: Company, name: str, path: str) -> str:
    answer = client_of(team, name).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_deal_without_a_plan_says_why_a_plan_first_and_starts_one(team: Company) -> None:
    deal = team.deals["Nordwind"].public_id
    assert f"/deals/{deal}/asks/new/" in shown(team, "rosa", f"/deals/{deal}/")
    page = shown(team, "rosa", f"/deals/{deal}/asks/new/")
    assert "A plan comes first." in page
    assert f"/deals/{deal}/plan/write/" in page


def test_what_was_typed_in_a_refused_form_is_still_there(team: Company) -> None:
    deal, client = planned(team), client_of(team, "rosa")
    bad = TYPED | {"addressee": team.cast.vera.public_id, "deadline": "2026-11-01"}
    answer = client.post(f"/deals/{deal}/asks/new/", bad)
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in (
        "Confirm the price &amp; the day.",
        "She names the day.",
        "Another pilot",
        "has passed",
        "2026-11-01",
    ):
        assert kept in text, kept


def test_a_rep_asks_the_manager_approves_and_the_executive_reads_a_brief(team: Company) -> None:
    deal = planned(team)
    made = client_of(team, "rosa").post(
        f"/deals/{deal}/asks/new/", TYPED | {"addressee": team.cast.vera.public_id}, follow=True
    )
    assert "Sent to Mina Aalto" in made.content.decode()
    ask = queries.book(team.cast.actor("mina"), AT).waiting[0]
    assert ask.content.do_not_offer == ("A lower price", "Another pilot")
    assert "Asks, 1 waiting" in shown(team, "mina", "/call/")
    answer = client_of(team, "mina").post(
        f"/asks/{ask.public_id}/act/", {"act": "approved", "key": "a"}, follow=True
    )
    assert "Approved. Vera Lindholm is told." in answer.content.decode()
    listed = shown(team, "vera", "/asks/")
    assert "Asked of you" in listed
    assert "waiting: </span>1" in listed
    brief = shown(team, "vera", f"/asks/{ask.public_id}/brief/")
    assert brief.index("Do not offer") < brief.index("Whose number")
    assert "A lower price" in brief


def test_the_page_of_who_is_asked_names_the_manager_and_no_rep_above_two_levels(team: Company) -> None:
    ask = approved(team, to="carl")
    for path in ("/asks/", f"/asks/{ask}/", f"/asks/{ask}/brief/"):
        text = shown(team, "carl", path)
        assert "Mina Aalto" in text, path
        assert "Rosa" not in text, path


def test_a_refused_answer_keeps_day_and_reason(team: Company) -> None:
    ask = approved(team)
    answer = client_of(team, "vera").post(
        f"/asks/{ask}/act/", {"act": "accepted", "on": "2026-12-24", "reason": "Travelling.", "key": "a"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("Propose that day instead", "2026-12-24", "Travelling."):
        assert kept in text, kept


def test_a_manager_edits_and_approves_in_one_form(team: Company) -> None:
    ask = sent(team)
    page = shown(team, "mina", f"/asks/{ask}/edit/")
    assert "Approve with edits" in page
    client_of(team, "mina").post(f"/asks/{ask}/edit/", TYPED | {"after_version": "1"})
    line = queries.one(team.cast.actor("vera"), ask, AT).line
    assert (line.version, line.content.purpose) == (2, "Confirm the price & the day.")
    assert "Earlier versions" in shown(team, "rosa", f"/asks/{ask}/")


def test_a_debrief_is_written_on_its_page_and_a_refused_one_keeps_every_line(team: Company) -> None:
    ask, client = accepted(team), client_of(team, "vera")
    typed = {
        "said": "She wants it in writing.", "reached": "partly", "happened_on": "2026-11-24", "key": "d",
        "word-0-text": "The price in writing", "word-0-whose": "executive", "word-0-due_on": "",
        "blocks": "Legal takes ten days.",
    }  # fmt: skip
    answer = client.post(f"/asks/{ask}/debrief/", typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("She wants it in writing.", "The price in writing", "Legal takes ten days.", "Say by when"):
        assert kept in text, kept
    answer = client.post(f"/asks/{ask}/debrief/", typed | {"word-0-due_on": "2026-11-27"}, follow=True)
    assert "1 promise written down" in answer.content.decode()
    assert "The price in writing" in shown(team, "vera", "/promises/")
    assert "reached in part" in shown(team, "rosa", f"/asks/{ask}/")


def test_the_deal_page_shows_its_asks_and_lets_the_manager_name_a_sponsor(team: Company) -> None:
    approved(team)
    deal = team.deals["Nordwind"].public_id
    assert CONTENT.purpose in shown(team, "vera", f"/deals/{deal}/")
    assert CONTENT.purpose not in shown(team, "olu", f"/deals/{deal}/")
    answer = client_of(team, "mina").post(
        f"/deals/{deal}/sponsor/", {"sponsor": team.cast.carl.public_id}, follow=True
    )
    assert "sponsor: Carl Ek" in answer.content.decode()


def test_empty_pages_say_what_would_stand_there(team: Company) -> None:
    for name in ("vera", "mina", "rosa"):
        assert "No ask waits for you." in shown(team, name, "/asks/")
    assert "Too few to say." in shown(team, "mina", "/asks/effect/")
    assert "The company owes you nothing." in shown(team, "rosa", "/debts/")


def test_a_debt_is_delivered_on_its_page_and_a_refused_form_keeps_its_words(team: Company) -> None:
    ask = approved(team, BLOCK)
    step(team, "vera", ask, "declined", reason="Nobody is free.")
    (line,) = debts.book(team.cast.actor("vera"), AT).owed_by_me
    client, act = client_of(team, "vera"), f"/debts/{line.public_id}/act/"
    assert client.post(act, {"act": "delivered", "words": ""}).status_code == 422
    late = client.post(act, {"act": "dated", "due_on": "2026-11-01"})
    assert "2026-11-01" in late.content.decode()
    answer = client.post(act, {"act": "delivered", "words": "Two days, in the wiki."}, follow=True)
    assert "Rosa Lindqvist is told" in answer.content.decode()
    assert "Two days, in the wiki." in shown(team, "rosa", f"/debts/{line.public_id}/")


# The API


def test_a_token_reads_and_without_the_scope_takes_no_step(team: Company) -> None:
    ask = approved(team)
    by = team.cast.actor("vera")
    _, reading = people.make_token(by=by, at=AT, name="a", scopes=frozenset({"read"}))
    _, acting = people.make_token(by=by, at=AT, name="b", scopes=frozenset({"read", "ask"}))
    body = {"act": "accepted", "on": "2026-11-24", "key": "api"}

    def send(token: str) -> tuple[int, dict[str, object]]:
        answer = Client().post(
            f"/api/asks/{ask}/act", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        return answer.status_code, answer.json()

    assert send(reading)[0] == 403
    assert state(team, ask) == "asked"
    status, found = send(acting)
    assert (status, found["state"], found["on"]) == (200, "accepted", "2026-11-24")
    assert send(acting)[0] == 200
    assert [one.kind for one, _ in queries.one(by, ask, AT).steps] == ["approved", "accepted"]


def test_the_api_tells_of_a_debrief_what_the_page_tells(team: Company) -> None:
    ask = done(team)
    client = client_of(team, "rosa")
    found = client.get(f"/api/asks/{ask}").json()
    assert [word["text"] for word in found["debriefs"][0]["words"]] == [
        "The three-year price in writing", "The data sheet",
    ]  # fmt: skip
    assert client.get("/api/debts").json()["owed_to_me"][0]["due_on"] == "2026-12-01"
