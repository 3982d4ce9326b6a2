"""What a plan must hold before it may go to HR."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fairlead.improvement import content
from fairlead.improvement.content import Commitment, Content, Milestone, PlanDeal, Task
from fairlead.people.access import Refusal

TODAY = date(2026, 11, 2)
TASK = Task("", "gap", "do", "counted", "visits", 0, 3, "notes", "mina", date(2026, 11, 20))
DEALS = tuple(
    PlanDeal(key, key, (Milestone("", "pain", "Pain", 2, date(2026, 11, 20)),)) for key in ("a", "b")
)
OWED = (Commitment("", "train", "vera", "Vera", date(2026, 11, 10)),)
SAID_BY_US, NO_DAY = Milestone("", "x", "X", 1, TODAY), Milestone("", "x", "X", 2, None)
WHOLE = Content("The gap.", 30, (TASK,), DEALS, OWED)


def refused(held: Content, cycle: int | None = 60, least: int = 30, alone: bool = False) -> str:
    try:
        content.refuse(held, least_days=least, today=TODAY, cycle=cycle, alone=alone)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_a_whole_plan_is_not_refused() -> None:
    assert refused(WHOLE) == ""


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (replace(WHOLE, why=" "), "why_missing"),
        (replace(WHOLE, days=29), "bad_days"),
        (replace(WHOLE, days=91), "bad_days"),
        (replace(WHOLE, tasks=()), "no_task"),
        (replace(WHOLE, tasks=(TASK,) * 7), "too_many"),
        (replace(WHOLE, tasks=(replace(TASK, gap=""),)), "task_incomplete"),
        (replace(WHOLE, tasks=(replace(TASK, source=""),)), "task_incomplete"),
        (replace(WHOLE, tasks=(replace(TASK, due_on=None),)), "task_incomplete"),
        (replace(WHOLE, tasks=(replace(TASK, assessor=""),)), "task_incomplete"),
        (replace(WHOLE, tasks=(replace(TASK, target=0),)), "no_target"),
        (replace(WHOLE, tasks=(replace(TASK, baseline=3),)), "no_target"),
        (replace(WHOLE, tasks=(replace(TASK, metric="teach_back", target=16),)), "bad_rubric"),
        (replace(WHOLE, tasks=(replace(TASK, due_on=date(2026, 11, 1)),)), "day_outside"),
        (replace(WHOLE, deals=DEALS[:1]), "too_few_deals"),
        (replace(WHOLE, deals=(DEALS[0], DEALS[0])), "too_few_deals"),
        (replace(WHOLE, deals=(DEALS[0], replace(DEALS[1], milestones=()))), "milestone_missing"),
        (replace(WHOLE, deals=(DEALS[0], replace(DEALS[1], milestones=(SAID_BY_US,)))), "milestone_missing"),
        (replace(WHOLE, deals=(DEALS[0], replace(DEALS[1], milestones=(NO_DAY,)))), "day_outside"),
        (replace(WHOLE, commitments=()), "nothing_owed"),
        (replace(WHOLE, commitments=(replace(OWED[0], owner=""),)), "commitment_incomplete"),
        (replace(WHOLE, commitments=(replace(OWED[0], due_on=date(2026, 10, 1)),)), "day_outside"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(held: Content, code: str) -> None:
    assert refused(held) == code


@pytest.mark.parametrize(("cycle", "code"), [(31, "won_too_slow"), (None, "won_too_slow"), (30, ""), (9, "")])
def test_winning_is_no_measure_where_deals_are_longer_than_the_plan(cycle: int | None, code: str) -> None:
    task = replace(TASK, metric="won", assessor="")
    assert refused(replace(WHOLE, tasks=(task,)), cycle=cycle) == code


def test_a_plan_of_ones_own_needs_tasks_and_nothing_of_others() -> None:
    own = replace(WHOLE, deals=(), commitments=(), tasks=(replace(TASK, assessor=""),), days=20)
    assert refused(own, least=1, alone=True) == ""
    assert refused(replace(own, days=46), least=1, alone=True) == "bad_days"


def test_a_plan_is_kept_and_read_again_as_it_was() -> None:
    keyed = content.keep_keys(WHOLE, None)
    assert content.content_of(content.plain(keyed)) == keyed
    assert all(one.key for one in keyed.tasks)


def test_what_stays_keeps_its_key_and_what_is_new_gets_one() -> None:
    first = content.keep_keys(WHOLE, None)
    second = content.keep_keys(
        replace(WHOLE, tasks=(replace(TASK, target=5), replace(TASK, what="else"))), first
    )
    assert second.tasks[0].key == first.tasks[0].key
    assert second.tasks[1].key not in {"", first.tasks[0].key}
    assert [one.ref for one in second.commitments] == [one.ref for one in first.commitments]
    assert second.deals == first.deals


@pytest.mark.parametrize(
    ("peers", "met", "high"), [(7, 3, True), (7, 4, False), (6, 3, False), (None, None, False)]
)
def test_a_target_that_fewer_than_half_of_the_peers_meet_is_called_high(
    peers: int | None, met: int | None, high: bool
) -> None:
    assert replace(TASK, peers=peers, peers_met=met).is_high is high
