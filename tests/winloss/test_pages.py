"""The pages of win and loss: nothing typed is lost, nothing is shown too early, files hold no more than pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fairlead.people import clock
from fairlead.winloss.models import Account
from tests.cast import AT
from tests.winloss.house import House
from tests.winloss.test_winloss import many

MOMENT = "They chose at the board on Friday."


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client(house: House, name: str) -> Client:
    made = Client()
    made.force_login(getattr(house.cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def test_a_refused_form_keeps_everything_that_was_typed(house: House) -> None:
    url = f"/deals/{house.id('Kestrel')}/win-loss/write/"
    typed = {
        "outcome": "no_decision",
        "primary": "",
        "moment": MOMENT,
        "rival": "Acme & Sons",
        "rate-risk": "helped",
    }
    answer = client(house, "rosa").post(url, typed)
    page = text(answer)
    assert answer.status_code == 422
    assert "Choose the one reason that decided it." in page
    assert MOMENT in page
    assert "Acme &amp; Sons" in page
    assert '<option value="helped" selected>' in page
    assert not Account.objects.for_system("a test looks").exists()


def test_a_form_that_was_overtaken_is_sent_back_and_kept_at_the_next_try(house: House) -> None:
    url = f"/deals/{house.id('Kestrel')}/win-loss/write/"
    house.say("Kestrel")
    typed = {"outcome": "lost", "primary": "risk", "moment": MOMENT, "after_version": "0"}
    rosa = client(house, "rosa")
    first = rosa.post(url, typed)
    assert first.status_code == 422
    assert MOMENT in text(first)
    assert 'name="after_version" value="1"' in text(first)
    assert rosa.post(url, typed | {"after_version": "1"}).status_code == 302
    assert Account.objects.for_system("a test looks").filter(number=2, primary="risk").exists()


def test_an_interview_that_lacks_its_buyer_keeps_the_words(house: House) -> None:
    url = f"/deals/{house.id('Kestrel')}/win-loss/interview/"
    typed = {
        "outcome": "lost", "primary": "process", "moment": MOMENT, "held_on": "24.11.2026", "who": "outside",
        "interviewer": "Nadia Frost", "may_quote": "no", "quote": "You never called.",
    }  # fmt: skip
    olu = client(house, "olu")
    for held_on, says in (
        ("24.11.2026", "Write the day as in"),
        ("2026-11-24", "Name the person at the buyer"),
    ):
        answer = olu.post(url, typed | {"held_on": held_on})
        assert answer.status_code == 422
        for word in (says, MOMENT, "Nadia Frost", "You never called."):
            assert word in text(answer)


def test_asking_somebody_who_is_not_neutral_says_so_and_keeps_the_words(house: House) -> None:
    url = f"/deals/{house.id('Kestrel')}/win-loss/ask/"
    typed = {"interviewer": house.cast.mina.public_id, "due_on": "2026-12-08", "with_whom": "Anna, by phone"}
    answer = client(house, "olu").post(url, typed)
    assert answer.status_code == 422
    assert "line does not interview" in text(answer)
    assert "Anna, by phone" in text(answer)


def test_the_file_of_a_manager_has_rows_and_no_column_for_who_sold_it(house: House) -> None:
    many(house)
    rows = text(client(house, "mina").get("/win-loss/export.csv")).splitlines()
    assert rows[0].startswith("deal,closed_on,outcome,segment,source")
    assert len(rows) == 1 + 12
    assert "Rosa" not in "".join(rows)
    executive = text(client(house, "carl").get("/win-loss/export.csv"))
    assert len(executive.splitlines()) == 1
    counts = text(client(house, "carl").get("/win-loss/export.csv?what=figures"))
    assert "rep,Price and value,6,6,6" in counts
    assert client(house, "rosa").get("/win-loss/export.csv?what=figures").status_code == 403


def test_a_sentence_that_begins_like_a_formula_is_none_in_the_file(house: House) -> None:
    house.say("Kestrel", moment="=cmd|' /C calc'!A0")
    assert ",=cmd" not in text(client(house, "rosa").get("/win-loss/export.csv"))


def test_an_odd_period_is_said_and_all_are_shown(house: House) -> None:
    mina = client(house, "mina")
    for period in ("2026Q9", "nonsense", "%00", "9999Q4"):
        answer = mina.get("/win-loss/", {"period": period})
        assert answer.status_code in (200, 422)
        assert mina.get("/win-loss/export.csv", {"period": period}).status_code in (200, 409)
        assert mina.get("/api/win-loss", {"period": period}).status_code in (200, 409)


def test_what_the_owner_said_when_the_deal_left_is_not_asked_twice(house: House) -> None:
    from fairlead.deals.models import Deal
    from fairlead.exits.models import Answer

    deal = Deal.objects.for_system("a test looks").get(external_id="Kestrel")
    Answer.objects.create(
        deal=deal, period="2026Q4", number=1, kind="short", reason="price", why="They wanted 30 % off.",
        by=house.cast.rosa, at=AT,
    )  # fmt: skip
    page = text(client(house, "rosa").get(f"/deals/{deal.public_id}/win-loss/write/"))
    assert "When it left the forecast you said" in page
    assert "They wanted 30 % off.</textarea>" in page
    assert 'value="price" id="primary_price" checked' in page


def test_the_deals_page_says_in_short_what_each_calls_decisive(house: House) -> None:
    house.interview("Kestrel")
    url = f"/deals/{house.id('Kestrel')}/"
    assert "shown once your own account is in" in text(client(house, "rosa").get(url))
    house.say("Kestrel")
    page = text(client(house, "mina").get(url))
    assert "Our process and response" in page
    assert "Open win/loss" in page
    assert "What decided it" not in text(client(house, "vera").get(url)), (
        "above the manager there are counts only"
    )


def test_settings_keep_a_reasons_key_while_it_keeps_its_name(house: House) -> None:
    olu = client(house, "olu")
    typed = {
        "asks": "yes", "times": "3", "fixed": "70", "days": "5", "starts_on": "2026-11-24",
        "reasons": "Price and value\nNo local service\n\n",
    }  # fmt: skip
    assert olu.post("/settings/win-loss/", typed | {"days": "many"}).status_code == 422
    assert "No local service" in text(olu.post("/settings/win-loss/", typed | {"times": "0"}))
    assert olu.post("/settings/win-loss/", typed).status_code == 302
    found = olu.get("/api/operations/win-loss").json()[0]
    assert [one["key"] for one in found["reasons"]] == ["price", "no_local_service", "other"]
    assert (found["version"], found["fixed_minor"], found["asks"]) == (2, 70_000_00, True)


def test_the_api_says_and_hears_what_the_pages_do(house: House) -> None:
    url = f"/api/deals/{house.id('Kestrel')}/win-loss"
    rosa, olu = client(house, "rosa"), client(house, "olu")
    lacking = rosa.post(
        url, {"outcome": "lost", "primary": "", "moment": ""}, content_type="application/json"
    )
    assert (lacking.status_code, lacking.json()["code"]) == (409, "account_incomplete")
    said = {"outcome": "lost", "primary": "price", "moment": MOMENT, "ratings": {"risk": "contributed"}}
    kept = rosa.post(url, said, content_type="application/json").json()
    assert (kept["rep"]["version"], kept["rep"]["ratings"]["risk"], kept["owed"]) == (1, "contributed", False)
    assert olu.get(url).json()["rep"] is None
    heard = said | {"buyer_name": "Anna Reuter", "held_on": "2026-11-24", "primary": "process"}
    both = olu.post(f"{url}/interview", heard, content_type="application/json").json()
    assert both["rep"] is not None
    answer = rosa.post(
        f"/api/interviews/{both['buyer']['public_id']}/answer",
        {"words": "I called."},
        content_type="application/json",
    )
    assert [one["words"] for one in answer.json()["replies"]] == ["I called."]
