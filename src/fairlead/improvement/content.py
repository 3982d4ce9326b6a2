"""What a plan holds: tasks with their measures, deals with milestones, what the company does. No Django here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from fairlead.people.access import Refused

LONGEST = 2000
SHORT = 300
MOST_TASKS = 6
LEAST_DEALS, MOST_DEALS = 2, 4
MOST_MILESTONES = 4
MOST_COMMITMENTS = 6
LONGEST_PLAN = 90
SELF_DAYS = 45
"""A self-plan protects so many days at most."""
RUBRIC = ("features", "benefits", "value")
RUBRIC_MOST = 5
"""Points of each part of a teach-back."""

Metric = Literal["teach_back", "opened", "won", "plans", "evidence", "counted"]
METRICS: tuple[Metric, ...] = get_args(Metric)
COMPUTED: tuple[Metric, ...] = ("opened", "won", "plans", "evidence")
"""Metrics that nobody types in: they are counted in the deals."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to reach: at least ``target`` of ``unit`` by ``due_on``, measured as ``source`` says.

    ``assessor`` is the public id of who measures what is not counted in the deals. ``peers`` and ``peers_met`` are
    how many role peers there were and how many met the target in as many days before; None where too few.
    """

    key: str
    gap: str
    what: str
    metric: Metric
    unit: str
    baseline: int
    target: int
    source: str
    assessor: str
    due_on: date | None
    peers: int | None = None
    peers_met: int | None = None

    @property
    def is_high(self) -> bool:
        """Whether fewer than half of the role peers met it."""
        return self.peers is not None and self.peers_met is not None and 2 * self.peers_met < self.peers


@dataclass(frozen=True, slots=True)
class Milestone:
    """What the buyer has to have said (2) or to have written or done (3) about a criterion of the deal."""

    key: str
    criterion: str
    name: str
    grade: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class PlanDeal:
    """A named deal with its milestones; the name as it was when the plan was written."""

    deal: str
    name: str
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the company does for the plan. ``ref`` leads to the company debt it became, and betrays no plan."""

    ref: str
    what: str
    owner: str
    owner_name: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Content:
    """A plan as written, from one version to the next."""

    why: str = ""
    days: int = 30
    tasks: tuple[Task, ...] = ()
    deals: tuple[PlanDeal, ...] = ()
    commitments: tuple[Commitment, ...] = ()


def fresh() -> str:
    """A key that is the same from version to version."""
    return secrets.token_hex(6)


def plain(content: Content) -> dict[str, Any]:
    """As it is kept."""
    return {name: _plain(value) for name, value in asdict(content).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def content_of(kept: Mapping[str, Any]) -> Content:
    """A plan from what is kept."""
    return Content(
        kept["why"],
        kept["days"],
        tuple(Task(**{**one, "due_on": _day(one["due_on"])}) for one in kept["tasks"]),
        tuple(
            PlanDeal(
                one["deal"],
                one["name"],
                tuple(Milestone(**{**mark, "due_on": _day(mark["due_on"])}) for mark in one["milestones"]),
            )
            for one in kept["deals"]
        ),
        tuple(Commitment(**{**one, "due_on": _day(one["due_on"])}) for one in kept["commitments"]),
    )


# What may not go to HR


def refuse(
    content: Content,
    *,
    least_days: int,
    today: date,
    cycle: int | None,
    alone: bool = False,
    before: Content | None = None,
) -> None:
    """Raises Refused for a plan that is not whole. ``cycle``: the middle days to a won deal; ``alone``: self-plan;
    ``before``: what a change began from, whose days may have passed.

    Codes: why_missing, bad_days, no_task, too_many, task_incomplete, no_target, bad_rubric, won_too_slow,
    too_few_deals, milestone_missing, commitment_incomplete, day_outside, nothing_owed.
    """
    if not content.why.strip():
        raise Refused("why_missing", "Say in a sentence what gap the plan is to close.")
    most = SELF_DAYS if alone else LONGEST_PLAN
    if not least_days <= content.days <= most:
        raise Refused("bad_days", f"A plan lasts {least_days} to {most} days here.")
    if not content.tasks:
        raise Refused("no_task", "A plan without a task cannot be met. Write at least one, with its measure.")
    if len(content.tasks) > MOST_TASKS:
        raise Refused("too_many", f"At most {MOST_TASKS} tasks: more cannot be reached side by side.")
    for number, task in enumerate(content.tasks, 1):
        _refuse_task(task, number, content.days, cycle, alone)
    if content.deals or not alone:
        _refuse_deals(content.deals, alone)
    if len(content.commitments) > MOST_COMMITMENTS:
        raise Refused("too_many", f"At most {MOST_COMMITMENTS} things the company does.")
    if not content.commitments and not alone:
        raise Refused(
            "nothing_owed", "Say what the company does for the plan: nobody gets better by being told to."
        )
    for one in content.commitments:
        if not one.what or not one.owner or one.due_on is None:
            raise Refused(
                "commitment_incomplete", "What the company does needs a sentence, who does it and a day."
            )
    known = _days(before) if before is not None else {}
    for key, (day, what) in _days(content).items():
        if day is None or (day < today and known.get(key, (None, ""))[0] != day):
            raise Refused("day_outside", f"{what} needs a day that is still to come.")


def _days(content: Content) -> dict[str, tuple[date | None, str]]:
    """Key -> its day and what it is, of everything in a plan that has one."""
    tasks = {f"t{one.key or n}": (one.due_on, f"Task {n + 1}") for n, one in enumerate(content.tasks)}
    marks = {
        f"m{deal.deal} {mark.criterion}": (mark.due_on, f"{deal.name}: “{mark.name}”")
        for deal in content.deals
        for mark in deal.milestones
    }
    owed = {f"c{one.what} {one.owner}": (one.due_on, f"“{one.what}”") for one in content.commitments}
    return {**tasks, **marks, **owed}


def _refuse_task(task: Task, number: int, days: int, cycle: int | None, alone: bool) -> None:
    where = f"Task {number}"
    if not task.what or not task.gap or not task.unit or not task.source or task.due_on is None:
        raise Refused(
            "task_incomplete", f"{where} needs the gap, what to do, a unit, where it is measured and a day."
        )
    if task.metric not in METRICS:
        raise Refused("task_incomplete", f"{where}: choose how it is measured.")
    if task.metric not in COMPUTED and not task.assessor and not alone:
        raise Refused(
            "task_incomplete", f"{where}: name who measures it, because nothing counts it by itself."
        )
    if task.target <= task.baseline:
        raise Refused("no_target", f"{where}: the target has to be above the baseline of {task.baseline}.")
    if task.metric == "teach_back" and task.target > RUBRIC_MOST * len(RUBRIC):
        raise Refused("bad_rubric", f"{where}: a teach-back has {RUBRIC_MOST * len(RUBRIC)} points at most.")
    if task.metric == "won" and (cycle is None or cycle > days):
        usual = "nobody knows how long" if cycle is None else f"{cycle} days"
        raise Refused(
            "won_too_slow",
            f"{where}: a deal takes {usual} from opening to signature here, the plan {days}. Winning cannot be its "
            "measure; take what the buyer confirms on the way.",
        )


def _refuse_deals(deals: Sequence[PlanDeal], alone: bool) -> None:
    if not alone and not LEAST_DEALS <= len(deals) <= MOST_DEALS:
        raise Refused(
            "too_few_deals", f"Agree on {LEAST_DEALS} to {MOST_DEALS} of the person’s open deals, by name."
        )
    if len({one.deal for one in deals}) < len(deals):
        raise Refused("too_few_deals", "One deal stands in the plan twice.")
    for one in deals:
        if not one.milestones:
            raise Refused("milestone_missing", f"Say what the buyer of {one.name} confirms on the way.")
        if len(one.milestones) > MOST_MILESTONES:
            raise Refused("too_many", f"{one.name}: at most {MOST_MILESTONES} milestones.")
        if len({mark.criterion for mark in one.milestones}) < len(one.milestones):
            raise Refused("milestone_missing", f"{one.name}: one criterion stands there twice.")
        for mark in one.milestones:
            if mark.grade not in (2, 3):
                raise Refused("milestone_missing", "A milestone is what the buyer said, or wrote or did.")


def words_of(content: Content) -> list[tuple[str, str]]:
    """(what it is, the words) of everything a manager wrote in it, for the list of words that are refused."""
    said = [("the reason", content.why)]
    for number, task in enumerate(content.tasks, 1):
        said += [(f"task {number}", text) for text in (task.gap, task.what, task.unit, task.source)]
    return said + [("what the company does", one.what) for one in content.commitments]


def keep_keys(content: Content, before: Content | None) -> Content:
    """The same plan with the keys of what stood there before, so that what was measured stays with its task."""
    known = {one.what: one.key for one in before.tasks} if before else {}
    refs = {(one.what, one.owner): one.ref for one in before.commitments} if before else {}
    marks = {
        (deal.deal, mark.criterion): mark.key
        for deal in (before.deals if before else ())
        for mark in deal.milestones
    }
    return replace(
        content,
        tasks=tuple(replace(one, key=one.key or known.get(one.what) or fresh()) for one in content.tasks),
        deals=tuple(
            replace(
                deal,
                milestones=tuple(
                    replace(mark, key=marks.get((deal.deal, mark.criterion)) or fresh())
                    for mark in deal.milestones
                ),
            )
            for deal in content.deals
        ),
        commitments=tuple(
            replace(one, ref=refs.get((one.what, one.owner)) or fresh()) for one in content.commitments
        ),
    )
