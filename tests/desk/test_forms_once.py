"""The same form twice counts once; other words under its key are refused, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fairlead.desk import actions, broadcasts, company, queries, rules
from fairlead.desk.actions import Given
from fairlead.desk.models import Act, CompanyNotice, Contact, Message
from fairlead.help import actions as help_actions
from fairlead.help.models import Request, Shield, Step
from fairlead.people import access, clock
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import HOUR, MINE, written
from tests.help import helping

GIVEN = Given("Prices", "The price list changes on 1 January.")


def everything() -> list[int]:
    kept = (Act, Message, CompanyNotice, Contact, Request, Shield, Step)
    return [model.objects.for_system("a test counts").count() for model in kept]


def twice(form: Callable[..., object], *others: dict[str, Any], **first: Any) -> None:
    """Send a form twice, then with something else in it under the same key."""
    form(**first)
    before = everything()
    form(**first)
    assert everything() == before
    for other in others:
        with pytest.raises(access.Refusal, match="other words"):
            form(**first | other)
    assert everything() == before


def test_a_message_and_one_to_many(team: Company) -> None:
    vera = team.cast.actor("vera")
    twice(
        actions.write, {"given": replace(GIVEN, urgency="today")}, {"given": replace(GIVEN, title="Other")},
        {"to": team.cast.otto}, by=vera, at=AT, given=GIVEN, to=team.cast.mina, key="one",
    )  # fmt: skip
    names = [team.cast.mina.public_id, team.cast.otto.public_id]
    twice(
        broadcasts.send, {"given": replace(GIVEN, text="Another text.")}, {"to": names[:1]},
        {"release_at": AT + timedelta(days=1)}, by=vera, at=AT, given=GIVEN, to=names, key="many",
    )  # fmt: skip


def test_setting_straight_one_and_many(team: Company) -> None:
    vera = team.cast.actor("vera")
    message = written(team)
    twice(
        actions.set_straight, {"text": "Weekly."}, {"text": ""}, by=vera, at=AT, message=message, text="Daily.", key="x"
    )  # fmt: skip
    names = [team.cast.mina.public_id, team.cast.otto.public_id]
    sent = broadcasts.send(by=vera, at=AT, given=GIVEN, to=names, key="many")
    twice(
        broadcasts.set_straight, {"text": "It does not hold."}, by=vera, at=AT, broadcast=sent, text="", key="gone",
    )  # fmt: skip
    with pytest.raises(access.Refusal, match="nothing to set straight"):
        broadcasts.set_straight(by=vera, at=AT, broadcast=sent, text="But it does.", key="new")


def test_an_act_with_other_readers_or_another_moment(team: Company) -> None:
    mina = team.cast.actor("mina")
    ravi, rosa = team.cast.ravi.public_id, team.cast.rosa.public_id
    passed = rules.Wanted("passed", MINE)
    twice(
        actions.act, {"to": [ravi, rosa]}, {"to": [rosa]}, {"wanted": replace(passed, text="Other words.")},
        by=mina, at=AT + HOUR, message=written(team), wanted=passed, kind="concern", to=[ravi], key="p",
    )  # fmt: skip
    held = rules.Wanted("held", until=AT + timedelta(days=1))
    later = replace(held, until=AT + timedelta(days=2))
    twice(
        actions.act, {"wanted": later}, {"wanted": replace(held, event="the board")},
        by=mina, at=AT + HOUR, message=written(team, deal="Nordwind"), wanted=held, kind="concern", key="h",
    )  # fmt: skip


def test_contact_and_notices_to_everybody(team: Company) -> None:
    twice(
        actions.log_contact, {"words": "Something else."}, {"executive": team.cast.carl},
        by=team.cast.actor("ravi"), at=AT, executive=team.cast.vera, words="She asked for the price.", key="c",
    )  # fmt: skip
    hana = team.cast.actor("hana")
    said = {"reason": "safety", "title": "Office closed", "text": "The office is closed on Friday."}
    twice(
        company.send, {"text": "The office is open."}, {"title": "Other"}, {"reason": "law"}, by=hana, at=AT, key="n",
        **said,
    )  # fmt: skip
    notice = CompanyNotice.objects.for_system("a test looks").get().public_id
    twice(
        company.set_straight, {"text": ""}, {"text": "On Monday."}, by=hana, at=AT, notice=notice,
        text="On Thursday.", key="s",
    )  # fmt: skip


def test_help_and_shields(team: Company) -> None:
    cast = team.cast
    rosa, mina = cast.actor("rosa"), cast.actor("mina")
    twice(
        help_actions.ask, {"given": replace(helping.WORDS, subject="Other")},
        {"given": replace(helping.WORDS, tried="")}, by=rosa, at=AT, given=helping.WORDS, key="ask",
    )  # fmt: skip
    request = Request.objects.for_system("a test looks").get().public_id
    due = AT.date() + timedelta(days=7)
    twice(
        help_actions.step, {"text": "No."}, {"kind": "declined"}, {"promise": ""}, {"promise": "I call them."},
        {"due_on": due + timedelta(days=1)}, by=mina, at=AT + HOUR, request=request, kind="answered",
        text="Yes.", promise="I book the lab.", due_on=due, key="s",
    )  # fmt: skip
    wish = help_actions.Wish("It stops me.", "Daily questions", "9 to 17", "Mail", helping.REVIEW)
    twice(
        help_actions.ask_shield, {"wish": replace(wish, hours="9 to 12")}, {"wish": replace(wish, affects="Not.")},
        by=rosa, at=AT, wish=wish, after_version=0, key="w",
    )  # fmt: skip
    shield = Shield.objects.for_system("a test looks").get().public_id
    twice(
        help_actions.answer_shield, {"promised": "Nothing"}, {"needed": ""}, by=mina, at=AT, shield=shield,
        promised="I take them", needed="News", review_on=helping.REVIEW, key="a",
    )  # fmt: skip


# The pages


@pytest.fixture
def vera(team: Company, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = Client()
    made.force_login(team.cast.vera.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return made


def test_a_page_keeps_what_was_typed_and_sends_it_as_something_new(team: Company, vera: Client) -> None:
    message = written(team)
    where = f"/desk/messages/{message}/straight/"
    form = {"back": "messages", "do": "correct", "key": "one", "text": "Once a week."}
    assert vera.post(where, form).status_code == 302
    page = vera.post(where, form | {"text": "Once a month."})
    said = page.content.decode()
    assert page.status_code == 422
    assert "other words" in said
    assert ">Once a month.</textarea>" in said
    key = page.context["key"]
    assert key != "one"
    assert vera.post(where, form | {"text": "Once a month.", "key": f"{key}-1"}).status_code == 302
    [line] = queries.sent(team.cast.actor("vera"), AT)
    assert line.straight == ("Once a week.", "Once a month.")


def test_a_broadcast_form_keeps_what_was_typed(team: Company, vera: Client) -> None:
    form = {
        "title": "Prices",
        "text": "They change.",
        "to": [team.cast.mina.public_id],
        "key": "one",
        "urgency": "week",
    }
    assert vera.post("/broadcasts/write/", form).status_code == 302
    page = vera.post("/broadcasts/write/", form | {"text": "They stay."})
    assert page.status_code == 422
    assert "They stay." in page.content.decode()
    assert page.context["typed"].key != "one"
