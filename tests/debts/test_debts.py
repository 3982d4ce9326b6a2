"""Company debts: opened by a refusal in a plan, delivered with evidence, rated, disputed; who reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from fairlead.debts import actions, queries, rules
from fairlead.debts.models import Debt
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.plans import actions as plans
from fairlead.plans.rules import Plan, Resource
from tests.calls.company import Company
from tests.cast import AT

TODAY = AT.date()
DAY = timedelta(days=1)
REFUSED = Resource("An engineer on site for two days", "people", "refused", "Otto Brandt", date(2026, 11, 10))
SIDES: dict[rules.Side, int] = {"owes": 1, "owed": 2}
WALK = st.lists(st.tuples(st.sampled_from(list(SIDES)), st.integers(0, 9)), max_size=15)


def save(team: Company, *resources: Resource, after: int = 0, who: str = "rosa") -> None:
    plan = Plan(what="Two sites", resources=resources)
    deal = team.deals["Nordwind"].public_id
    plans.save(by=team.cast.actor(who), at=AT, deal=deal, after_version=after, plan=plan)


def owed(team: Company, who: str = "rosa") -> list[queries.Line]:
    return list(queries.book(team.cast.actor(who), AT).owed_to_me)


def act(team: Company, who: str, kind: rules.Kind, debt: str = "", **more: object) -> None:
    debt = debt or Debt.objects.for_system("a test asks for it").get().public_id
    actions.act(by=team.cast.actor(who), at=AT, debt=debt, kind=kind, **more)  # type: ignore[arg-type]


# Opening


def test_a_refused_resource_of_a_plan_is_owed_by_who_refused_it_from_that_day_on(team: Company) -> None:
    save(team, REFUSED, replace(REFUSED, what="A travel budget", state="asked"))
    (line,) = owed(team)
    assert (line.item, line.owner.name, line.since, line.age_days) == (
        REFUSED.what, "Otto Brandt", date(2026, 11, 10), 14,
    )  # fmt: skip
    assert {notice.kind: notice.to_id for notice in Notice.objects.filter(kind__startswith="debts.")} == {
        "debts.opened": team.cast.otto.pk
    }
    ledger.verify()


@pytest.mark.parametrize(
    ("who", "owner"),
    [("Otto", "Otto Brandt"), ("", "Mina Aalto"), ("Legal", "Mina Aalto"), ("Rosa", "Mina Aalto")],
)
def test_where_nobody_is_clearly_named_the_manager_answers(team: Company, who: str, owner: str) -> None:
    save(team, replace(REFUSED, who=who))
    assert [line.owner.name for line in owed(team)] == [owner]


def test_the_same_refusal_in_the_next_version_is_the_same_debt_and_a_grant_lifts_it(team: Company) -> None:
    save(team, REFUSED)
    save(team, REFUSED, replace(REFUSED, what="Legal help", state="asked"), after=1)
    assert len(owed(team)) == 1
    save(team, replace(REFUSED, state="granted"), after=2)
    assert owed(team) == []
    lifted = queries.book(team.cast.actor("rosa"), AT).settled[0]
    assert lifted.standing.reason == "Version 3 of the plan no longer says refused."
    save(team, REFUSED, after=3)
    assert len(owed(team)) == 1


# Who reads it


def test_a_debt_is_read_by_its_two_people_and_their_managers(team: Company) -> None:
    save(team, REFUSED)
    debt = Debt.objects.for_system("a test asks for it").get().public_id
    found = set()
    for name in team.cast.names:
        book = queries.book(team.cast.actor(name), AT)
        listed = bool(book.owed_by_me or book.owed_to_me or book.of_reports)
        try:
            queries.one(team.cast.actor(name), debt, AT)
            found.add(name)
            assert listed, name
        except access.NotFound:
            assert not listed, name
    assert found == {"rosa", "otto", "mina", "vera"}


def test_managers_read_and_take_no_step(team: Company) -> None:
    save(team, REFUSED)
    for name in ("mina", "vera"):
        with pytest.raises(access.Refusal) as refused:
            act(team, name, "delivered", words="Done.")
        assert refused.value.code == "not_yours"
    with pytest.raises(access.NotFound):
        act(team, "ravi", "disputed", words="No.")


# Steps


def test_it_is_dated_delivered_with_evidence_and_rated_by_who_it_is_owed_to(team: Company) -> None:
    save(team, REFUSED)
    act(team, "otto", "dated", due_on=TODAY + DAY)
    with pytest.raises(access.Refusal, match="what was delivered"):
        act(team, "otto", "delivered")
    act(team, "otto", "delivered", words="Two days on site, report in the wiki.")
    assert queries.open_towards(team.cast.rosa.pk, AT) == []
    act(team, "rosa", "rated", rating="in_part")
    now = queries.book(team.cast.actor("otto"), AT).settled[0].standing
    assert (now.state, now.due_on, now.evidence, now.rating) == (
        "delivered", TODAY + DAY, "Two days on site, report in the wiki.", "in_part",
    )  # fmt: skip


def test_a_delivery_that_is_disputed_is_still_owed(team: Company) -> None:
    save(team, REFUSED)
    act(team, "otto", "delivered", words="Done.")
    act(team, "rosa", "disputed", words="Nobody came.")
    assert queries.open_towards(team.cast.rosa.pk, AT)[0][:2] == (REFUSED.what, team.cast.otto.pk)
    act(team, "rosa", "undone")
    assert queries.open_towards(team.cast.rosa.pk, AT) == []


@pytest.mark.parametrize(
    ("who", "kind", "more", "code"),
    [
        ("otto", "dated", {"due_on": TODAY - DAY}, "day_passed"),
        ("otto", "dated", {}, "bad_day"),
        ("otto", "rated", {"rating": "helped"}, "not_yours"),
        ("rosa", "delivered", {"words": "Done."}, "not_yours"),
        ("rosa", "rated", {"rating": "helped"}, "settled"),
        ("rosa", "undone", {}, "nothing_to_undo"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_with_why(
    team: Company, who: str, kind: rules.Kind, more: dict[str, Any], code: str
) -> None:
    save(team, REFUSED)
    with pytest.raises(access.Refusal) as refused:
        act(team, who, kind, **more)
    assert refused.value.code == code


def test_what_was_said_is_never_changed(team: Company) -> None:
    save(team, REFUSED)
    with pytest.raises(DatabaseError), transaction.atomic():
        Debt.objects.for_system("tests try to change what was said").update(item="Nothing")


# Rules


@given(WALK)
def test_steps_that_may_be_taken_always_lead_to_a_state_and_an_undo_leads_back(
    walk: list[tuple[rules.Side, int]],
) -> None:
    steps: list[rules.Step] = []
    for side, choice in walk:
        now = rules.standing(None, steps)
        kinds = rules.may(now, side, SIDES[side])
        if not kinds:
            continue
        kind = kinds[choice % len(kinds)]
        about = now.newest.number if kind == "undone" and now.newest else None
        taken = rules.Step(
            len(steps) + 1, kind, SIDES[side], AT, TODAY if kind == "dated" else None, "words",
            "helped" if kind == "rated" else "", about,
        )  # fmt: skip
        after = rules.standing(None, [*steps, taken])
        if kind != "undone":
            undo = rules.Step(len(steps) + 2, "undone", SIDES[side], AT, about=taken.number)
            assert rules.standing(None, [*steps, taken, undo]) == now
        assert (after.delivered_at is None) or after.state in ("delivered", "lifted")
        steps.append(taken)


@given(st.dates(), st.integers(0, 400))
def test_a_debt_is_late_only_while_it_is_open_and_past_its_day(due: date, days: int) -> None:
    if due > date.max - timedelta(days=days):
        return
    now = rules.standing(due, [])
    assert now.days_late(due + timedelta(days=days)) == days
    done = rules.standing(due, [rules.Step(1, "delivered", 1, AT, words="Done.")])
    assert done.days_late(due + timedelta(days=days)) == 0


def test_a_name_means_a_person_only_where_exactly_one_is_meant() -> None:
    people = [(1, "Otto Brandt"), (2, "Vera Lindholm"), (3, "Vera Holm")]
    assert rules.named("otto", people) == 1
    assert rules.named("Vera Holm", people) == 3
    assert rules.named("Vera", people) is None
    assert rules.named("", people) is None
