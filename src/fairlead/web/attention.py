"""What of a deal needs somebody's attention, the most pressing first: one list out of what the features say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from fairlead.exits.queries import InShort as Exit
from fairlead.health.queries import Health
from fairlead.people.access import Actor, may
from fairlead.plans.queries import InShort as Plan
from fairlead.qualification.queries import Panel
from fairlead.web import formats

_PLAN_FLAGS = 3
_OWED = {"packet": "A packet is owed", "reason": "A reason is owed"}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that needs attention: what, a mark with its words, the detail, its record, and where to act."""

    title: str
    mark: str
    state: str
    detail: str
    record: str = ""
    url: str = ""
    act: str = ""


def of_deal(
    actor: Actor, deal: str, today: date, *,
    exit: Exit | None, flags: Health, panel: Panel, weakest: str, plan: Plan,
) -> list[Point]:  # fmt: skip
    """The points of an open deal, for whoever reads its page. ``weakest``: the names of its weakest criteria."""
    points = _owed(deal, today, exit) + [
        Point(flag.verdict.title, "late", "flag", flag.verdict.detail, flag.record) for flag in flags.up
    ]
    return points + _evidence(panel, weakest) + _plan(actor, deal, plan)


def _owed(deal: str, today: date, exit: Exit | None) -> list[Point]:
    if exit is None or exit.ahead or exit.why:
        return []
    act = "Open it" if not exit.may_answer else "Write the packet" if exit.need == "packet" else "Say why"
    url = reverse("exit_write" if exit.may_answer else "exit", args=[deal])
    late = exit.state == "late"
    state = "overdue" if late else f"by {formats.day(exit.due_on, today)}" if exit.due_on else ""
    detail = f"It left the forecast {formats.count(exit.age, 'working day')} ago: {exit.way}."
    title = _OWED.get(exit.need, "A sentence is owed")
    return [Point(title, "late" if late else "wait", state, detail, url=url, act=act)]


def _evidence(panel: Panel, weakest: str) -> list[Point]:
    """The weakest of the evidence, where the buyer has not confirmed it."""
    least = min((line.grade.counted for line in panel.lines), default=3)
    if least >= 2:
        return []
    url = reverse("evidence", args=[panel.deal])
    if not panel.scored:
        detail = f"{panel.criteria.name} asks {len(panel.lines)} questions."
        return [
            Point("Nobody wrote down what the buyer said", "wait", "unknown", detail, url=url, act="Begin")
        ]
    title = f"{weakest}: only our belief" if least else f"{weakest}: unknown"
    first = next(line for line in panel.lines if line.grade.counted == least)
    return [Point(title, "late" if not least else "wait", f"{least} of 3", first.criterion.question, url=url)]


def _plan(actor: Actor, deal: str, plan: Plan) -> list[Point]:
    if not plan.number:
        if not plan.required or not may(actor, "plan.write"):
            return []
        detail = "A deal of this size is worth one. It takes ten minutes; the page says what is missing."
        return [
            Point(
                "No plan yet", "wait", "asked for", detail, url=reverse("plan", args=[deal]), act="Write it"
            )
        ]
    return [Point(flag.title, "wait", "plan", flag.detail) for flag in plan.flags[:_PLAN_FLAGS]]
