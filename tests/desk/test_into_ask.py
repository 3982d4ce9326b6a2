"""A part of a message becomes an ask in the manager’s words, by way of the plan, and nothing is lost on the way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from fairlead.asks import queries as asks
from fairlead.desk import needs
from fairlead.people import clock
from fairlead.plans import queries as plans
from fairlead.plans import rules as plan_rules
from tests.asks.asking import planned
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import HOUR, written

SIGNED = "django.contrib.auth.backends.ModelBackend"
THEIRS = "Somebody must finally tell Karin Holm that our three-year price holds. I hear it every single day."
MINE = "Confirm the price for three years to the CFO."


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + HOUR)


def client_of(team: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, name).user, backend=SIGNED)
    return client


def asked(team: Company, deal: str = "Nordwind", who: str = "mina", **given: str) -> tuple[int, str]:
    message = written(team, THEIRS, deal=deal)
    answer = client_of(team, who).post(f"/desk/messages/{message}/ask/", given)
    return answer.status_code, answer.content.decode()


def fields(page: str) -> dict[str, str]:
    """What a form of a page would send as it stands."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not re.search(r'type="(checkbox|radio)"', tag):
            found[name[1]] = value[1] if value else ""
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_the_managers_words_become_the_purpose_of_the_ask(team: Company) -> None:
    key = planned(team)
    status, page = asked(team, need=MINE)
    assert status == 200
    assert f'action="/deals/{key}/asks/new/"' in page
    assert fields(page)["purpose"] == MINE
    assert "three-year price holds" not in page


def test_a_part_that_was_chosen_is_given_to_reword_and_marked(team: Company) -> None:
    planned(team)
    status, page = asked(team, part="0")
    assert status == 422
    assert "the deal’s owner reads an ask" in page
    assert "<mark>Somebody must finally tell Karin Holm that our three-year price holds</mark>" in page
    assert fields(page)["need"] == needs.parts_of(THEIRS)[0]
    assert 'name="as_it_is"' in page


def test_the_senders_words_go_into_an_ask_only_with_a_tick(team: Company) -> None:
    planned(team)
    part = needs.parts_of(THEIRS)[0]
    status, page = asked(team, need=part, as_it_is="yes")
    assert status == 200
    assert fields(page)["purpose"] == part


def test_without_a_plan_the_plan_begins_with_the_need_and_leads_to_the_ask(team: Company) -> None:
    key, mina = team.deals["Nordwind"].public_id, client_of(team, "mina")
    status, page = asked(team, need=MINE)
    assert status == 200
    assert "This deal has none" in page
    typed = fields(page)
    assert (typed["resources-0-what"], typed["resources-0-kind"]) == (MINE, "executive")
    # One row more keeps it, a refusal keeps it.
    again = mina.post(f"/deals/{key}/plan/write/", typed | {"more": "players"}).content.decode()
    assert fields(again)["resources-0-what"] == MINE
    typed = fields(again) | {"players-0-name": "Karin Holm", "players-0-influence": "decides"}
    saved = mina.post(f"/deals/{key}/plan/write/", typed, follow=True)
    assert saved.redirect_chain[-1][0] == f"/deals/{key}/asks/new/"
    assert fields(saved.content.decode())["purpose"] == MINE
    kept = plans.page(team.cast.actor("mina"), key, AT + HOUR).shown
    assert kept is not None
    assert kept.plan.resources[0].what == MINE


def test_a_plan_without_anybody_at_the_buyer_is_opened_with_the_need_in_it(team: Company) -> None:
    planned(team, plan=plan_rules.Plan(what="Two sites"))
    status, page = asked(team, need=MINE)
    assert status == 200
    assert "names nobody at the buyer" in page
    assert fields(page)["resources-0-what"] == MINE
    assert fields(page)["what"] == "Two sites"


def test_nothing_is_kept_before_the_ask_or_the_plan_is_sent(team: Company) -> None:
    key = planned(team)
    asked(team, need=MINE)
    found = asks.on_deal(team.cast.actor("rosa"), key, AT + HOUR)
    assert found is not None
    assert found.lines == ()


def test_what_is_not_released_yet_becomes_no_ask(team: Company) -> None:
    planned(team)
    message = written(team, THEIRS, deal="Nordwind", release_at=AT + timedelta(days=3))
    answer = client_of(team, "mina").post(f"/desk/messages/{message}/ask/", {"need": MINE})
    assert answer.status_code == 422
    assert "before it is released" in answer.content.decode()


@pytest.mark.parametrize("who", ["vera", "otto", "ravi", "rosa", "carl"])
def test_nobody_but_the_manager_makes_an_ask_of_a_message(team: Company, who: str) -> None:
    planned(team)
    status, page = asked(team, who=who, need=MINE)
    assert status in (403, 404)
    assert MINE not in page


def test_odd_parts_and_no_words_are_refused_in_a_sentence(team: Company) -> None:
    planned(team)
    message = written(team, THEIRS, deal="Nordwind")
    for given in ({}, {"part": "99"}, {"part": "x"}, {"need": " "}, {"need": "x" * 400}):
        answer = client_of(team, "mina").post(f"/desk/messages/{message}/ask/", given)
        assert answer.status_code == 422, given
