"""What exits ask for, and whether it was given: the rule of a day, the threshold of a team, the answer that counts.

Takes persons instead of an actor: for callers that asked the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls import numbers
from fairlead.calls.queries import habits
from fairlead.deals import comparing
from fairlead.exits import rules, tracing
from fairlead.exits.models import Act, Answer, Ruling
from fairlead.forecasting.periods import Period
from fairlead.people import kept
from fairlead.people import queries as people

# The rule


def rule_on(day: date, known_at: datetime) -> rules.Rule:
    """The rule in force on a day, as known at a moment."""
    return kept.once(("exits.rule", day, known_at), lambda: _rule_on(day, known_at))


def _rule_on(day: date, known_at: datetime) -> rules.Rule:
    rows = Ruling.objects.filter(starts_on__lte=day, set_at__lte=known_at)
    row = rows.order_by("-starts_on", "-version").first()
    return rules.Rule() if row is None else rule_of(row)


def rule_of(row: Ruling) -> rules.Rule:
    return rules.Rule(
        row.version, row.times, row.fixed_minor, row.days, row.blocking, row.who, tuple(row.categories)
    )


def asked_of(rule: rules.Rule, owner: int) -> bool:
    """Whether a person's exits count."""
    return rule.who == "everybody" or owner not in numbers.leaders([owner])


def threshold_of(rule: rules.Rule, owner: int, today: date) -> int | None:
    """The amount from which a packet is asked of an owner; None where too few won deals say what is usual."""
    return kept.once(("exits.threshold", rule.version, owner, today), lambda: _threshold(rule, owner, today))


def _threshold(rule: rules.Rule, owner: int, today: date) -> int | None:
    if rule.fixed_minor is not None:
        return rule.fixed_minor
    return rule.threshold(habits.sizes(habits.of_team(people.node(owner), today)))


# Exits and their answers


@dataclass(frozen=True, slots=True)
class Standing:
    """An exit and where it stands. ``state`` is a key of ``wording.STATES``.

    ``due_on`` is the last day in time and ``age`` counts working days, both from the day it left, or was asked back.
    """

    trace: tracing.Trace
    need: rules.Need
    rule: rules.Rule
    threshold: int | None
    left_on: date
    due_on: date
    age: int
    state: str
    answer: Answer | None
    reply: Act | None

    @property
    def owed(self) -> bool:
        return self.state in ("owed", "late", "asked_back")


def standing_of(trace: tracing.Trace, period: Period, at: datetime) -> Standing | None:
    """Where an exit stands; None for one that did not leave, or whose owner is not asked."""
    house = people.house()
    today = house.day(at)
    if trace.left_at is None or not trace.owner or before_us(trace.left_at):
        return None
    left_on = max(house.day(trace.left_at), period.starts_on)
    rule = rule_on(left_on, at)
    if not asked_of(rule, trace.owner):
        return None
    threshold = threshold_of(rule, trace.owner, left_on) if trace.column == "full" else None
    wanted = rules.need(
        reason=trace.reason, status=trace.status, column=trace.column, amount=trace.amount,
        threshold=threshold, pushes=trace.pushes,
    )  # fmt: skip
    answer = answer_of(trace.deal, period.name, trace, wanted, at)
    reply = reply_to(answer, at)
    since = house.day(reply.at) if reply is not None and reply.kind == "asked_back" else left_on
    off = _off(trace.owner)
    due = rules.due_on(since, rule.days, off)
    state = _state(wanted, answer, reply, today > due)
    return Standing(
        trace, wanted, rule, threshold, left_on, due, rules.age(since, today, off), state, answer, reply
    )


def before_us(moment: datetime) -> bool:
    """Whether something happened before the first import: a history that came with it asks nobody for anything."""
    first = kept.once("exits.first", comparing.first_known)
    return first is not None and moment <= first


def _off(owner: int) -> Collection[date]:
    lead = people.manager_of(owner) or owner
    return kept.once(("exits.off", lead), lambda: people.off_of_teams([lead])[lead])


def _state(wanted: rules.Need, answer: Answer | None, reply: Act | None, late: bool) -> str:
    if wanted == "":
        return "nothing"
    if answer is None:
        return "late" if late else "owed"
    if answer.kind == "short":
        return "said"
    if reply is None:
        return "waiting"
    return reply.kind


def standings(traces: Iterable[tracing.Trace], period: Period, at: datetime) -> list[Standing]:
    """Where exits stand, the oldest first."""
    found = [standing for trace in traces if (standing := standing_of(trace, period, at)) is not None]
    return sorted(found, key=lambda one: (one.left_on, -one.trace.amount, one.trace.deal))


def answer_of(
    deal: int, period: str, trace: tracing.Trace | None, wanted: rules.Need, at: datetime
) -> Answer | None:
    """The newest answer that counts for how the deal left last: one from since it began to stand before that."""
    rows = Answer.objects.for_system("whether an exit was answered; callers checked whose")
    for row in rows.filter(deal=deal, period=period, at__lte=at).select_related("by").order_by("-number"):
        if rules.covers(row.kind, wanted) and _of_this_exit(row, trace):
            return row
    return None


def _of_this_exit(row: Answer, trace: tracing.Trace | None) -> bool:
    entered = None if trace is None else trace.entered_at
    if entered is None:
        return True
    return row.at >= entered and (row.left_at is None or row.left_at >= entered)


def reply_to(answer: Answer | None, at: datetime) -> Act | None:
    """What the manager said last of a packet."""
    if answer is None or answer.kind != "packet":
        return None
    rows = Act.objects.for_system("whether an exit was answered; callers checked whose")
    said = rows.filter(answer=answer, kind__in=("accepted", "asked_back"), at__lte=at)
    return said.select_related("by").order_by("-pk").first()
